//! The etcdctl console: a shell whose commands run in the cluster, in its time.
//!
//! [`Shell`] and [`Process`](crate::etcdctl::Process) say what a line does and prints; here they meet
//! the run. Whatever is printed carries the step of the run at which it was printed, so that the
//! console of a moment in the past shows what it showed then. A command that belongs to another
//! branch is forgotten together with what it printed after the fork.

mod panel;
mod running;
#[cfg(test)]
mod tests;

use super::forms;
use super::model::{Model, Place, Sheet};
use super::slices::Shared;
use crate::cluster::{Fact, ProgramEvent, RunId};
use crate::etcdctl::{Entered, Output, Shell, Stream};
use crate::raft::NodeId;
use crate::timeline::BranchId;
use crate::view;
use crate::words::{key, tell};
pub use panel::Console;
use running::Running;
use std::collections::VecDeque;

/// What a person does at the console.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Key {
    /// Show the console, ready for typing, or the form again.
    Open(bool),
    /// The line as it is typed now.
    Type(String),
    /// Enter.
    Enter,
    /// Tab: complete the last word.
    Complete,
    /// The line before (`true`) or after in the history.
    Recall(bool),
    /// Ctrl-C.
    Interrupt,
    /// Ctrl-D.
    Close,
    /// Ctrl-L.
    Clear,
}

impl From<Key> for super::model::Message {
    fn from(key: Key) -> Self {
        super::model::Message::Console(key)
    }
}

/// How a printed text looks.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Style {
    /// The prompt and what was typed after it.
    Typed,
    /// Standard output.
    Out,
    /// Standard error.
    Err,
    /// A remark of the console's own: an exit code, what could be completed.
    Remark,
}

/// A text in the console.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Printed {
    /// The step of the run after which it was printed.
    step: u64,
    /// How it looks.
    pub style: Style,
    /// The text: lines, the last perhaps not at its end yet.
    pub text: String,
}

/// The console.
pub struct ConsoleState {
    /// Whether it is shown in the place of the form.
    pub open: bool,
    /// What is typed.
    pub line: String,
    /// Everything that was printed in this branch.
    printed: Vec<Printed>,
    /// What is shown: what was printed up to the present moment.
    pub shown: Shared<Vec<Printed>>,
    shell: Shell,
    /// Which line of the history is recalled, counted from the end.
    recalled: usize,
    foreground: Option<Running>,
    background: Vec<Running>,
    /// Lines that were typed while a command ran that reads nothing: the shell's next ones.
    ahead: VecDeque<String>,
    /// The branch, and how many of its facts have been looked at.
    branch: Option<BranchId>,
    seen: usize,
}

/// More texts than these are not kept.
const MAX_PRINTED: usize = 2_000;

impl Default for ConsoleState {
    fn default() -> Self {
        ConsoleState {
            open: false,
            line: String::new(),
            printed: Vec::new(),
            shown: Shared::new(Vec::new()),
            shell: Shell::new(),
            recalled: 0,
            foreground: None,
            background: Vec::new(),
            ahead: VecDeque::new(),
            branch: None,
            seen: 0,
        }
    }
}

impl ConsoleState {
    /// The console for another run: the shell remembers its lines.
    pub fn for_another_run(&mut self) -> ConsoleState {
        ConsoleState {
            open: self.open,
            shell: std::mem::take(&mut self.shell),
            ..ConsoleState::default()
        }
    }

    /// What stands before the line that is typed; nothing while a command runs that reads nothing.
    pub fn prompt(&self, member: NodeId) -> String {
        match &self.foreground {
            Some(running) if running.reads() => "> ".to_owned(),
            Some(_) => String::new(),
            None => format!("infra{member} {}", self.shell.prompt()),
        }
    }

    /// Whether a command runs in the foreground.
    pub fn is_busy(&self) -> bool {
        self.foreground.is_some()
    }

    /// Prints after everything that was printed up to this step, also in the past.
    fn print(&mut self, step: u64, style: Style, text: &str) {
        let at = self.printed_until(step);
        match self.printed[..at].last_mut() {
            _ if text.is_empty() => {}
            Some(last) if last.step == step && last.style == style && style != Style::Typed => {
                last.text.push_str(text);
            }
            _ => self.printed.insert(
                at,
                Printed {
                    step,
                    style,
                    text: text.to_owned(),
                },
            ),
        }
        let superfluous = self.printed.len().saturating_sub(MAX_PRINTED);
        self.printed.drain(..superfluous);
    }

    /// How many texts were printed up to this step.
    fn printed_until(&self, step: u64) -> usize {
        self.printed.partition_point(|printed| printed.step <= step)
    }

    fn print_output(&mut self, step: u64, output: &Output) {
        for (stream, text) in &output.texts {
            let style = match stream {
                Stream::Out => Style::Out,
                Stream::Err => Style::Err,
            };
            self.print(step, style, text);
        }
    }

    /// A discreet remark, if a command did not succeed.
    fn print_exit(&mut self, step: u64, code: u8) {
        if code != 0 && !crate::etcdctl::was_killed(code) {
            self.print(
                step,
                Style::Remark,
                &(tell(key!("console.exit"), &[("code", &code)]) + "\n"),
            );
        }
    }

    /// Shows what was printed up to this step.
    fn show(&mut self, step: u64) {
        let until = self.printed_until(step);
        if self.shown.as_slice() != &self.printed[..until] {
            self.shown = Shared::new(self.printed[..until].to_vec());
        }
    }

    fn put_back(&mut self, running: Running) {
        match running.behind {
            true => self.background.push(running),
            false => self.foreground = Some(running),
        }
    }

    /// Forgets what happened after this step.
    fn forget_after(&mut self, step: u64) {
        self.ahead.clear();
        self.printed.retain(|printed| printed.step <= step);
        self.foreground.take_if(|running| running.began > step);
        self.background.retain(|running| running.began <= step);
    }
}

impl Model {
    /// Does what a person does at the console.
    pub(super) fn console(&mut self, key: Key) -> bool {
        let step = self.session.steps();
        match key {
            Key::Open(open) => {
                self.console.open = open;
                self.sheet = open.then_some(Sheet::Write).or(self.sheet);
                self.focus = Some(if open { "#console-line" } else { "#key" });
            }
            Key::Type(line) => self.console.line = line,
            Key::Enter => self.enter(),
            Key::Complete => self.complete(step),
            Key::Recall(before) => self.recall(before),
            Key::Interrupt => self.interrupt(step),
            Key::Close => self.close_input(),
            Key::Clear => self.console.printed.clear(),
        }
        self.refresh();
        true
    }

    fn enter(&mut self) {
        let line = std::mem::take(&mut self.console.line);
        self.console.recalled = 0;
        let Some(mut running) = self.console.foreground.take() else {
            return self.run_line(line);
        };
        let prompt = if running.reads() { "> " } else { "" };
        let step = self.session.steps();
        self.console
            .print(step, Style::Typed, &format!("{prompt}{line}"));
        if running.reads() {
            let reaction = running.input(&line);
            self.react(&mut running, reaction);
        } else {
            self.console.ahead.push_back(line);
        }
        self.console.foreground = Some(running);
        self.reap();
    }

    /// The shell gets a line.
    fn run_line(&mut self, line: String) {
        let step = self.session.steps();
        let prompt = self.console.prompt(self.write.member);
        self.console
            .print(step, Style::Typed, &format!("{prompt}{line}"));
        let typed = self.console.printed_until(step).saturating_sub(1);
        let behind = line.trim_end().strip_suffix('&').map(str::to_owned);
        let (line, behind) = (behind.clone().unwrap_or(line), behind.is_some());
        let endpoint = self.endpoint();
        let shell = &mut self.console.shell;
        shell.env.talk_to(endpoint);
        match shell.enter(&line) {
            Entered::Done(output, code) => {
                self.console.print_output(step, &output);
                self.console.print_exit(step, code);
            }
            Entered::Clear => self.console.printed.clear(),
            Entered::More => {}
            Entered::Begun(process, reaction) => {
                let client = forms::choose_client(&self.slices.clients, self.write.member);
                if !reaction.start.is_empty() && !self.session.is_live() {
                    self.session.fork();
                    self.follow_branch();
                }
                // The action is the next step: before it, nobody has typed this.
                let began = step + u64::from(!reaction.start.is_empty());
                if let Some(typed) = self.console.printed.get_mut(typed) {
                    typed.step = began;
                }
                let typed = self.console.shell.typed().to_owned();
                let mut running = Running::new(process, (typed, behind), client, began);
                self.react(&mut running, reaction);
                self.console.put_back(running);
                self.reap();
            }
        }
    }

    /// Where the member listens that the person talks to.
    fn endpoint(&self) -> Option<String> {
        let members = &self.slices.members;
        let member = members.iter().find(|member| member.id == self.write.member);
        member.map(|member| member.address.clone())
    }

    fn complete(&mut self, step: u64) {
        let member = self.session.world().member(self.write.member);
        let server = member.and_then(|member| member.server());
        let keys = server.into_iter().flat_map(|server| server.store().iter());
        let keys: Vec<String> = keys.map(|kv| view::text(&kv.key)).collect();
        let console = &mut self.console;
        let found = console.shell.complete(&console.line, &keys);
        let common = found.common().to_owned();
        if common.len() > console.line.len() - found.from {
            console.line.replace_range(found.from.., &common);
        }
        match &found.words[..] {
            [_] => console.line.push(' '),
            [] => {}
            words => console.print(step, Style::Remark, &(words.join("  ") + "\n")),
        }
    }

    fn recall(&mut self, before: bool) {
        let console = &mut self.console;
        let history = console.shell.history();
        console.recalled = match before {
            true => (console.recalled + 1).min(history.len()),
            false => console.recalled.saturating_sub(1),
        };
        let line = history.len().checked_sub(console.recalled);
        console.line = line
            .and_then(|at| history.get(at))
            .cloned()
            .unwrap_or_default();
    }

    fn interrupt(&mut self, step: u64) {
        let prompt = self.console.prompt(self.write.member);
        let line = std::mem::take(&mut self.console.line);
        self.console
            .print(step, Style::Typed, &format!("{prompt}{line}^C"));
        self.console.shell.abandon();
        self.console.ahead.clear();
        let running = self
            .console
            .foreground
            .take()
            .or_else(|| self.console.background.pop());
        if let Some(mut running) = running {
            let reaction = running.interrupt();
            self.react(&mut running, reaction);
            self.console.put_back(running);
            self.reap();
        }
    }

    fn close_input(&mut self) {
        if let Some(mut running) = self.console.foreground.take() {
            let reaction = running.close_input();
            self.react(&mut running, reaction);
            self.console.foreground = Some(running);
            self.reap();
        }
    }

    /// Hands what programs have said to the commands that they belong to, and shows what there is
    /// to show at this moment.
    pub(super) fn refresh_console(&mut self) {
        self.follow_branch();
        let news: Vec<(u64, RunId, Box<ProgramEvent>)> = {
            let trace = self.session.trace();
            let news = trace.from_position(self.console.seen.min(trace.len()));
            let ran = |event: &crate::cluster::TraceEvent| match &event.fact {
                Fact::Ran {
                    run, event: said, ..
                } => Some((event.step, *run, said.clone())),
                _ => None,
            };
            news.filter_map(ran).collect()
        };
        self.console.seen = self.console.seen.max(self.session.trace().len());
        for (step, run, event) in news {
            let all = self.console.foreground.take().into_iter();
            let mut all: Vec<Running> = all.chain(self.console.background.drain(..)).collect();
            if let Some(running) = all.iter_mut().find(|running| running.owns(run)) {
                let reaction = running.event(run, &event);
                running.now = step;
                self.react(running, reaction);
            }
            all.into_iter()
                .for_each(|running| self.console.put_back(running));
        }
        self.reap();
        self.console.show(self.session.steps());
    }

    /// Another branch shares what happened before the fork only.
    fn follow_branch(&mut self) {
        let branch = self.session.current_branch();
        let before = self.console.branch.replace(branch);
        let Some(before) = before.filter(|before| *before != branch) else {
            return;
        };
        let forks = self.session.branches();
        let shared = forks
            .filter(|info| info.id == branch || info.id == before)
            .filter(|info| info.parent.is_some())
            .map(|info| info.fork.step)
            .min();
        let shared = shared.unwrap_or(0).min(self.session.steps());
        self.console.forget_after(shared);
        let trace = self.session.trace();
        let (mut low, mut high) = (0, trace.len());
        while low < high {
            let middle = low + (high - low) / 2;
            match trace.get(middle) {
                Some(event) if event.step <= shared => low = middle + 1,
                _ => high = middle,
            }
        }
        self.console.seen = low;
    }

    /// Takes the commands away that have ended, and gives the shell what was typed meanwhile.
    fn reap(&mut self) {
        let console = &mut self.console;
        let step = console.foreground.as_ref().map_or(0, |running| running.now);
        if let Some(code) = console.foreground.as_ref().and_then(|running| running.exit) {
            console.foreground = None;
            console.print_exit(step, code);
        }
        console.background.retain(|running| running.exit.is_none());
        if self.console.foreground.is_none()
            && self.session.is_live()
            && let Some(line) = self.console.ahead.pop_front()
        {
            self.run_line(line);
        }
    }
}
