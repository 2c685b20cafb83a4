//! A command while it runs: what it is told and what it says.

use super::cobra;
use super::env::Env;
use super::input::Input;
use super::output::{Output, Stop, Stream, exit};
use super::task::Step;
use super::v2;
use super::v3;
use super::view::{Effects, KILLED, Spawn, View, What};
use crate::cluster::{self, Program, ProgramEvent};
use std::collections::VecDeque;

/// A command that is running. Whoever owns the world starts its programs, hands it their events,
/// and prints what it says.
#[derive(Debug)]
pub struct Process {
    words: Vec<String>,
    env: Env,
    /// Standard input so far, and whether more may come.
    input: String,
    open: bool,
    /// How much of what was printed while it was reading is shown.
    shown: usize,
    view: Option<View>,
    /// The number of its own program, and the number of the next one.
    number: usize,
    next: usize,
    /// Events that wait for the commands that the event before them started.
    events: VecDeque<ProgramEvent>,
    commands: VecDeque<Spawn>,
    child: Option<Box<Process>>,
    /// How many commands have started it.
    depth: usize,
    /// Its own program has ended, or has been told to.
    ending: bool,
    ended: bool,
    /// How it ends when its own program has ended.
    verdict: Option<Stop>,
    exit: Option<u8>,
}

/// What comes of something that a process is told.
#[derive(Default, Debug)]
pub struct Reaction {
    /// What it prints.
    pub output: Output,
    /// Programs to start, in order. They are numbered from 0 as they are started.
    pub start: Vec<Program>,
    /// Something to tell a program, by its number.
    pub feed: Vec<(usize, cluster::Input)>,
    /// Programs to interrupt.
    pub interrupt: Vec<usize>,
    /// Files that it has written.
    pub files: Vec<(String, super::SavedFile)>,
    /// It has ended, with this exit code.
    pub exit: Option<u8>,
}

/// How deep commands may start commands.
const MAX_DEPTH: usize = 8;

impl Process {
    /// Starts a command. `words` begin with the program's name, which is `etcdctl`. Standard input
    /// holds `input`; `open`: more may come.
    pub(crate) fn start(
        words: Vec<String>,
        env: Env,
        input: &str,
        open: bool,
    ) -> (Process, Reaction) {
        Process::numbered(words, env, (input, open), 0, 0)
    }

    fn numbered(
        words: Vec<String>,
        env: Env,
        (input, open): (&str, bool),
        number: usize,
        depth: usize,
    ) -> (Process, Reaction) {
        let mut process = Process {
            words,
            env,
            input: input.to_owned(),
            open,
            shown: 0,
            view: None,
            number,
            next: number,
            events: VecDeque::new(),
            commands: VecDeque::new(),
            child: None,
            depth,
            ending: false,
            ended: false,
            verdict: None,
            exit: None,
        };
        let reaction = process.read();
        (process, reaction)
    }

    /// A command that has ended already.
    pub fn ended(code: u8) -> Process {
        let (mut process, _) = Process::start(vec!["etcdctl".into()], Env::default(), "", false);
        process.exit = Some(code);
        process
    }

    /// Whether it waits for standard input.
    pub fn reads(&self) -> bool {
        let interactive = self.view.as_ref().is_none_or(|view| {
            matches!(
                view.what,
                What::Watch {
                    interactive: true,
                    ..
                }
            )
        });
        self.open && self.exit.is_none() && interactive
    }

    /// Reads the arguments and what standard input has, from the beginning.
    fn read(&mut self) -> Reaction {
        let mut reaction = Reaction::default();
        let mut env = self.env.clone();
        let version = env.get("ETCDCTL_API").unwrap_or("3").to_owned();
        env.unset("ETCDCTL_API");
        let input = Input::new(&self.input, self.open);
        let (output, result) = match version.as_str() {
            "3" => cobra::call(&v3::ROOT, &self.words, &env, input),
            "2" => v2::call(&self.words, &env, input),
            other => {
                let mut out = Output::default();
                out.error(&format!("unsupported API version: {other}"));
                (out, Err(Stop::Exit(exit::ERROR)))
            }
        };
        let all = output.len();
        reaction.output.append(output.after(self.shown));
        self.shown = all;
        match result {
            Ok(Step::Done) => self.stop(Stop::Exit(0), &mut reaction),
            Ok(Step::Saved(path, file)) => {
                reaction.files.push((path, file));
                self.stop(Stop::Exit(0), &mut reaction);
            }
            Ok(Step::Run(task)) => {
                self.view = Some(task.view);
                self.next = self.number + 1;
                self.input.clear();
                let number = self.number;
                let feed = task.feed.into_iter().map(|input| (number, input));
                reaction.feed.extend(feed);
                reaction.start.push(task.program);
            }
            Err(Stop::More) => {}
            Err(stop) => self.stop(stop, &mut reaction),
        }
        reaction
    }

    /// Hands it more of standard input: whole lines.
    pub fn input(&mut self, text: &str) -> Reaction {
        let mut reaction = Reaction::default();
        if !self.reads() {
            return reaction;
        }
        if self.view.is_none() {
            self.input.push_str(text);
            return self.read();
        }
        for line in text.lines() {
            let result = v3::watch_line(line, &self.env, &mut reaction.output);
            match (result, &mut self.view) {
                (Ok(Some((input, command))), Some(view)) => {
                    if let (What::Watch { commands, .. }, cluster::Input::Watch(_)) =
                        (&mut view.what, &input)
                    {
                        commands.push(command);
                    }
                    reaction.feed.push((self.number, input));
                }
                (Err(stop), _) => self.finish(stop, &mut reaction),
                _ => {}
            }
        }
        self.settle(&mut reaction);
        reaction
    }

    /// Ends its standard input (Ctrl-D).
    pub fn close_input(&mut self) -> Reaction {
        let mut reaction = Reaction::default();
        if !self.reads() {
            return reaction;
        }
        self.open = false;
        if self.view.is_none() {
            return self.read();
        }
        let message = "error reading watch request line: EOF";
        self.finish(
            Stop::Fail(exit::INVALID_INPUT, message.into()),
            &mut reaction,
        );
        self.settle(&mut reaction);
        reaction
    }

    /// Interrupts it (Ctrl-C).
    pub fn interrupt(&mut self) -> Reaction {
        let mut reaction = Reaction::default();
        if self.exit.is_some() {
            return reaction;
        }
        if let Some(child) = &mut self.child {
            let told = child.interrupt();
            self.took(told, &mut reaction);
        }
        self.commands.clear();
        if self.view.is_none() {
            self.stop(Stop::Exit(KILLED), &mut reaction);
        } else if !self.ending {
            self.ending = true;
            reaction.interrupt.push(self.number);
        }
        self.settle(&mut reaction);
        reaction
    }

    /// Hands it what one of its programs says.
    pub fn event(&mut self, program: usize, event: &ProgramEvent) -> Reaction {
        let mut reaction = Reaction::default();
        if program == self.number {
            self.events.push_back(event.clone());
        } else if let Some(child) = &mut self.child {
            let told = child.event(program, event);
            self.took(told, &mut reaction);
        }
        self.settle(&mut reaction);
        reaction
    }

    /// Takes over what a command that it has started does.
    fn took(&mut self, told: Reaction, reaction: &mut Reaction) {
        reaction.output.append(told.output);
        reaction.start.extend(told.start);
        reaction.feed.extend(told.feed);
        reaction.interrupt.extend(told.interrupt);
        for (path, file) in &told.files {
            self.env.save(path, file.clone());
        }
        reaction.files.extend(told.files);
        if let Some(code) = told.exit {
            if let Some(child) = self.child.take() {
                self.next = child.next;
            }
            self.command_ended(code, reaction);
        }
    }

    /// Goes on as far as it can.
    fn settle(&mut self, reaction: &mut Reaction) {
        while self.child.is_none() && self.exit.is_none() {
            if let Some(spawn) = self.commands.pop_front() {
                self.spawn(spawn, reaction);
                continue;
            }
            let Some(event) = self.events.pop_front() else {
                return;
            };
            let ends = matches!(event, ProgramEvent::Ended(_));
            self.ended |= ends;
            let mut effects = Effects::default();
            let result = match (&mut self.view, self.verdict.take()) {
                (Some(view), None) => view.see(&event, &mut reaction.output, &mut effects),
                (_, Some(verdict)) if ends => Err(verdict),
                (_, verdict) => {
                    // It has said its last word and only tidies up.
                    self.verdict = verdict;
                    Ok(())
                }
            };
            if let Some((path, file)) = effects.file {
                self.env.save(&path, file.clone());
                reaction.files.push((path, file));
            }
            self.commands.extend(effects.commands);
            if let Err(stop) = result {
                self.finish(stop, reaction);
            }
        }
    }

    /// Runs a command that an event asks for.
    fn spawn(&mut self, spawn: Spawn, reaction: &mut Reaction) {
        let mut env = self.env.clone();
        for (name, value) in &spawn.env {
            env.export(name, value);
        }
        match spawn.words[0].as_str() {
            "echo" => {
                super::shell::echo(&spawn.words[1..], &mut reaction.output);
                self.command_ended(0, reaction);
            }
            "etcdctl" if self.depth < MAX_DEPTH => {
                let (number, depth) = (self.next, self.depth + 1);
                let (child, told) = Process::numbered(spawn.words, env, ("", false), number, depth);
                self.next = child.next;
                let told = Reaction { ..told };
                self.child = Some(Box::new(child));
                self.took(told, reaction);
            }
            name => {
                let why = if name.contains('/') {
                    format!("fork/exec {name}: no such file or directory")
                } else {
                    let name = super::go::quote(name.as_bytes());
                    format!("exec: {name}: executable file not found in $PATH")
                };
                self.command_failed(&why, exit::ERROR, &spawn.words, reaction);
            }
        }
    }

    /// A command that it has started has ended.
    fn command_ended(&mut self, code: u8, reaction: &mut Reaction) {
        if code != 0 {
            let words = self.view.as_ref().map_or(&[][..], |view| view.command());
            let words = words.to_vec();
            self.command_failed(&format!("exit status {code}"), code, &words, reaction);
        } else if self.holds_lock() {
            self.finish(Stop::Exit(0), reaction);
        }
    }

    fn command_failed(&mut self, why: &str, code: u8, words: &[String], reaction: &mut Reaction) {
        match self.view.as_ref().map(|view| &view.what) {
            Some(What::Lock { .. }) => {
                self.finish(Stop::Fail(code, why.to_owned()), reaction);
            }
            Some(What::V2(_)) if !why.starts_with("exit status") => {
                reaction.output.print(Stream::Err, why);
                self.finish(Stop::Exit(exit::ERROR), reaction);
            }
            Some(What::V2(_)) => {}
            _ => {
                let words: Vec<String> = words
                    .iter()
                    .map(|word| super::go::quote(word.as_bytes()))
                    .collect();
                let words = words.join(" ");
                reaction
                    .output
                    .error(&format!("command [{words}] error ({why})"));
                self.finish(Stop::Exit(exit::ERROR), reaction);
            }
        }
    }

    fn holds_lock(&self) -> bool {
        let what = self.view.as_ref().map(|view| &view.what);
        matches!(what, Some(What::Lock { .. }))
    }

    /// Ends it, once its own program has ended.
    fn finish(&mut self, stop: Stop, reaction: &mut Reaction) {
        if self.exit.is_some() {
            return;
        }
        self.commands.clear();
        if self.ended || self.view.is_none() {
            return self.stop(stop, reaction);
        }
        // A format that does not fit ends etcdctl on the spot: what it holds is not given back.
        if matches!(stop, Stop::Fail(exit::BAD_FEATURE, _)) && !self.ending {
            self.ending = true;
            reaction.feed.push((self.number, cluster::Input::Exit));
            return self.stop(stop, reaction);
        }
        // What it leaves behind is over with it, but for a lock: that is given back first.
        if !self.ending {
            self.ending = true;
            reaction.interrupt.push(self.number);
        }
        if self.holds_lock() {
            self.verdict = Some(stop);
        } else {
            self.stop(stop, reaction);
        }
    }

    fn stop(&mut self, stop: Stop, reaction: &mut Reaction) {
        let code = match stop {
            Stop::Fail(code, message) => {
                reaction.output.error(&format!("Error: {message}"));
                code
            }
            Stop::Exit(code) => code,
            Stop::More => 0,
        };
        self.exit = Some(code);
        reaction.exit = Some(code);
    }
}

/// Whether an event says that a program is set up or has ended, so that others may go on.
pub fn is_set_up(event: &ProgramEvent) -> bool {
    matches!(event, ProgramEvent::Ready | ProgramEvent::Ended(_))
}

/// Whether a command was ended by Ctrl-C and did not handle it.
pub fn was_killed(code: u8) -> bool {
    code == KILLED
}
