//! A console on a simulated cluster: commands in the foreground and in the background, in virtual
//! time.

use super::comparable::{Ids, Normaliser};
use super::running::{Running, show};
use super::session::{Item, Ran, Record, Typed};
use crate::cluster::{
    Action, AnswerBody, CLUSTER_ID, ClientId, Fact, Job, Program, ProgramEvent, RunId, World,
    WorldOptions, member_id,
};
use crate::etcdctl::{Entered, Process, Reaction, Shell, is_set_up};
use crate::raft::NodeId;
use crate::sim::SimTime;
use std::collections::VecDeque;

/// A console with its cluster.
pub(super) struct Console {
    /// The cluster; `None` until the first line needs it.
    world: Option<World>,
    pub(super) options: WorldOptions,
    seed: u64,
    pub(super) shell: Shell,
    normaliser: Normaliser,
    ids: Ids,
    foreground: Option<Running>,
    background: Vec<(String, Running)>,
    /// After so many seconds the next command is interrupted.
    pub(super) expect_timeout: Option<u64>,
    /// Members that ever ran.
    pub(super) ever: u64,
    /// A program of the console's own, and how it ended.
    chore: Option<(RunId, bool)>,
}

/// Who moves the leadership for `@leader`.
const JANITOR: ClientId = ClientId(1);

/// One second, in microseconds.
pub(super) const SECOND: u64 = 1_000_000;
/// How long it takes to start a program, in microseconds.
const START_US: u64 = 10_000;
/// Events that are on their way arrive within so many microseconds.
const ARRIVE_US: u64 = 300_000;
/// A command that nobody expects to hang is interrupted after so many seconds.
const PATIENCE_S: u64 = 120;
/// An interrupted command has so many seconds to tidy up.
const TIDY_S: u64 = 10;
/// From so many microseconds on it is worth saying how long a command took.
const LONG_US: u64 = 4_500_000;

impl Console {
    pub fn new(seed: u64) -> Console {
        Console {
            world: None,
            options: WorldOptions::etcd(),
            seed,
            shell: Shell::new(),
            normaliser: Normaliser::new(),
            ids: Ids {
                members: Vec::new(),
                cluster: Some(CLUSTER_ID),
            },
            foreground: None,
            background: Vec::new(),
            expect_timeout: None,
            ever: 0,
            chore: None,
        }
    }

    /// Makes a part of the transcript comparable.
    pub fn normalise(&mut self, record: &mut Record) -> Result<(), String> {
        self.normaliser.apply(record, &self.ids)
    }

    /// Plays an item: what is shown of it, and what could not be done.
    pub fn play(&mut self, item: &Item) -> (Option<Record>, Option<String>) {
        match item {
            Item::Comment(line) => (Some(Record::Plain(line.clone())), None),
            Item::Command(typed) => {
                let (ran, complaint) = self.command(typed);
                (Some(Record::Command(ran)), at_line(typed, complaint))
            }
            Item::Directive(typed) => {
                let (record, complaint) = match self.directive(typed) {
                    Ok(record) => (record, None),
                    Err(why) => (Record::Plain(format!("@{}", typed.line)), Some(why)),
                };
                (Some(record), at_line(typed, complaint))
            }
        }
    }

    /// Whether the cluster runs already.
    pub(super) fn has_begun(&self) -> bool {
        self.world.is_some()
    }

    /// The cluster, settled; infra1 leads.
    pub(super) fn world(&mut self) -> &mut World {
        if self.world.is_none() {
            let world = World::new(self.options.clone(), self.seed);
            self.world = Some(world.expect("the options are good ones"));
            self.ever = 3;
            self.ids.members = (1..=3).map(|number| member_id(NodeId(number))).collect();
            let first = NodeId(1);
            // Its timer runs out before those of the others.
            let _ = self.act(Action::TimeOutNow { member: first });
            self.wait(10, |console| console.leads(first));
            self.pass(5 * SECOND);
        }
        self.world.as_mut().expect("it was made above")
    }

    /// Whether a member leads.
    pub(super) fn leads(&mut self, member: NodeId) -> bool {
        self.leader() == Some(member)
    }

    /// Who leads.
    pub(super) fn leader(&mut self) -> Option<NodeId> {
        self.world().leader().map(|leader| leader.id())
    }

    /// Does something to the world.
    pub(super) fn act(&mut self, action: Action) -> Result<(), String> {
        let result = self.world().act(action).map_err(|why| why.to_string());
        self.hear();
        result
    }

    /// Lets time pass, in microseconds.
    pub(super) fn pass(&mut self, us: u64) {
        let until = self.now().after(us);
        self.advance(until, |_| false);
    }

    /// Waits for something, for so many seconds at most; says whether it came.
    pub(super) fn wait(
        &mut self,
        seconds: u64,
        mut come: impl FnMut(&mut Console) -> bool,
    ) -> bool {
        let until = self.now().after(seconds * SECOND);
        self.advance(until, &mut come)
    }

    pub(super) fn now(&mut self) -> SimTime {
        self.world().now()
    }

    /// Goes on until a moment, or until something has come.
    fn advance(&mut self, until: SimTime, mut come: impl FnMut(&mut Console) -> bool) -> bool {
        loop {
            if come(self) {
                return true;
            }
            let world = self.world();
            match world.next_time() {
                Some(next) if next <= until => {
                    world.step();
                }
                _ => {
                    world.advance_to(until);
                    self.hear();
                    return come(self);
                }
            }
            self.hear();
        }
    }

    /// Hands what programs have said to the commands that they belong to.
    fn hear(&mut self) {
        let mut facts: VecDeque<_> = self.world().take_trace().into();
        while let Some(event) = facts.pop_front() {
            let Fact::Ran { run, event, .. } = event.fact else {
                continue;
            };
            self.note_members(&event);
            if let Some((chore, ended)) = &mut self.chore
                && *chore == run
            {
                *ended |= matches!(*event, ProgramEvent::Ended(_));
                continue;
            }
            let in_front = self.foreground.iter_mut();
            let behind = self.background.iter_mut().map(|(_, running)| running);
            for running in in_front.chain(behind) {
                let Some(number) = running.runs.iter().position(|known| *known == run) else {
                    continue;
                };
                running.set_up |= is_set_up(&event);
                let reaction = running.process.event(number, &event);
                let world = self.world.as_mut().expect("it has spoken");
                running.react(world, reaction, &mut self.shell);
                facts.extend(world.take_trace());
                break;
            }
        }
    }

    /// Members that are added are named in the order in which they are.
    fn note_members(&mut self, event: &ProgramEvent) {
        let ProgramEvent::Answered { answer, .. } = event else {
            return;
        };
        if let AnswerBody::Members {
            member: Some(member),
            ..
        } = &answer.body
            && !self.ids.members.contains(&member.id)
        {
            self.ids.members.push(member.id);
        }
    }

    fn command(&mut self, typed: &Typed) -> (Ran, Option<String>) {
        self.world();
        let limit = self.expect_timeout.take();
        let input = self.input(typed);
        let mut ran = Ran {
            title: format!("$ {}", typed.line),
            line: typed.line.clone(),
            input: typed.input.clone().unwrap_or_default(),
            ..Ran::default()
        };
        let line = match self.with_ids(&typed.line) {
            Ok(line) => line,
            Err(why) => return (ran, Some(why)),
        };
        self.pass(START_US);
        let began = self.now();
        let (process, reaction) = match self.shell.enter_with_input(&line, &input, false) {
            Entered::Done(output, code) => {
                let complaint = (code == 127).then(|| "there is no such program".to_owned());
                show(&mut ran, &output, code);
                return (ran, complaint);
            }
            Entered::Clear | Entered::More => return (ran, None),
            Entered::Begun(process, reaction) => (process, reaction),
        };
        let running = self.begin(ran, process, reaction, began);
        self.foreground = Some(running);
        self.hear();
        let ended = |console: &mut Console| {
            let running = console.foreground.as_ref();
            running.is_none_or(|running| running.exit.is_some())
        };
        let seconds = limit.unwrap_or(PATIENCE_S);
        let by_itself = self.wait(seconds, ended);
        if !by_itself {
            self.interrupt_foreground();
            self.wait(TIDY_S, ended);
        }
        let Some(mut running) = self.foreground.take() else {
            return (Ran::default(), None);
        };
        let took = self.now().since(running.began);
        if !by_itself {
            running.ran.interrupted = Some(seconds);
        } else if took >= LONG_US {
            running.ran.took = Some((took + SECOND / 2) / SECOND);
        }
        let complaint = running
            .exit
            .is_none()
            .then(|| "the command does not end".to_owned());
        (running.finish(), complaint)
    }

    fn begin(
        &mut self,
        ran: Ran,
        process: Box<Process>,
        reaction: Reaction,
        began: SimTime,
    ) -> Running {
        let mut running = Running::new(ran, process, began);
        let world = self.world.as_mut().expect("a command was typed");
        running.react(world, reaction, &mut self.shell);
        running
    }

    fn interrupt_foreground(&mut self) {
        if let (Some(running), Some(world)) = (&mut self.foreground, &mut self.world) {
            let reaction = running.process.interrupt();
            running.react(world, reaction, &mut self.shell);
        }
        self.hear();
    }

    /// Starts a command in the background, and waits until it is set up.
    pub(super) fn watch_begin(
        &mut self,
        typed: &Typed,
        name: &str,
        command: &str,
    ) -> Result<Record, String> {
        self.world();
        let input = self.input(typed);
        let line = self.with_ids(command)?;
        self.pass(START_US);
        let began = self.now();
        let shown = Ran {
            title: format!("@{}", typed.line),
            input: typed.input.clone().unwrap_or_default(),
            ..Ran::default()
        };
        let ran = Ran {
            title: format!("@watch-end {name}"),
            line: command.to_owned(),
            ..Ran::default()
        };
        // What is typed to it is there from the beginning; its standard input stays open.
        let open = typed.input.is_some();
        match self.shell.enter_with_input(&line, &input, open) {
            Entered::Begun(process, reaction) => {
                let running = self.begin(ran, process, reaction, began);
                self.background.push((name.to_owned(), running));
                self.hear();
                let at = self.background.len() - 1;
                self.wait(TIDY_S, |console| {
                    let (_, running) = &console.background[at];
                    running.set_up || running.exit.is_some()
                });
            }
            Entered::Done(output, code) => {
                let process = Process::ended(code);
                let mut running = self.begin(ran, Box::new(process), Reaction::default(), began);
                running.output = output;
                running.exit = Some(code);
                self.background.push((name.to_owned(), running));
            }
            Entered::Clear | Entered::More => {}
        }
        Ok(Record::Command(shown))
    }

    /// Interrupts a command in the background and shows what it has printed.
    pub(super) fn watch_end(&mut self, name: &str) -> Result<Record, String> {
        self.world();
        self.pass(ARRIVE_US);
        let found = self.background.iter().position(|(begun, _)| begun == name);
        let Some(at) = found else {
            return Err(format!("nothing of the name {name} was begun"));
        };
        let (_, running) = self.background.remove(at);
        let in_front = self.foreground.replace(running);
        debug_assert!(in_front.is_none());
        let ended = |console: &mut Console| {
            let running = console.foreground.as_ref();
            running.is_none_or(|running| running.exit.is_some())
        };
        if !ended(self) {
            self.interrupt_foreground();
            self.wait(TIDY_S, ended);
        }
        match self.foreground.take() {
            Some(running) => Ok(Record::Command(running.finish())),
            None => Err(format!("nothing of the name {name} was begun")),
        }
    }

    /// Has a member do something, and waits until it is done.
    pub(super) fn chore(&mut self, member: NodeId, job: Job) -> bool {
        let endpoints = vec![super::directives::address(member.0)];
        let program = Program::new(endpoints, job);
        let run = self.world().next_run();
        self.chore = Some((run, false));
        let action = Action::Run {
            client: JANITOR,
            program: Box::new(program),
            typed: String::new(),
        };
        if self.act(action).is_err() {
            return false;
        }
        let ended = self.wait(60, |console| console.chore.is_none_or(|(_, ended)| ended));
        self.chore = None;
        ended
    }

    fn input(&self, typed: &Typed) -> String {
        let lines = typed.input.iter().flatten();
        lines
            .map(|line| self.with_ids(line).unwrap_or_else(|_| line.clone()) + "\n")
            .collect()
    }

    /// Puts ids in the place of `$ID1` and `$LEASE1`.
    fn with_ids(&self, line: &str) -> Result<String, String> {
        let mut text = String::new();
        let mut rest = line;
        while let Some(at) = rest.find('$') {
            text.push_str(&rest[..at]);
            rest = &rest[at..];
            let name = ["$LEASE", "$ID"]
                .into_iter()
                .find(|name| rest.starts_with(name));
            let digits = name.map_or("", |name| {
                let after = &rest[name.len()..];
                let end = after
                    .find(|c: char| !c.is_ascii_digit())
                    .unwrap_or(after.len());
                &after[..end]
            });
            let (Some(name), Ok(number)) = (name, digits.parse::<usize>()) else {
                text.push('$');
                rest = &rest[1..];
                continue;
            };
            let known = match name {
                "$ID" => &self.ids.members[..],
                _ => self.normaliser.leases(),
            };
            let Some(id) = number.checked_sub(1).and_then(|at| known.get(at)) else {
                return Err(format!("there is no {}{digits} yet", &name[1..]));
            };
            match name {
                "$ID" => text.push_str(&format!("{id:x}")),
                _ => text.push_str(&format!("{id:016x}")),
            }
            rest = &rest[name.len() + digits.len()..];
        }
        text.push_str(rest);
        Ok(text)
    }
}

fn at_line(typed: &Typed, complaint: Option<String>) -> Option<String> {
    complaint.map(|why| format!("line {}: {why}: {}", typed.number, typed.line))
}
