//! A command of the console while it runs.

use super::{Model, Place, Style};
use crate::cluster::{Action, ClientId, ProgramEvent, RunId};
use crate::etcdctl::{Process, Reaction};

/// A command that was begun.
pub(super) struct Running {
    process: Box<Process>,
    /// As it was typed, with what it read before it began to talk to the cluster.
    typed: String,
    client: ClientId,
    /// Its programs, by their numbers.
    runs: Vec<RunId>,
    /// The step at which it began.
    pub began: u64,
    /// The step of what it hears now.
    pub now: u64,
    /// Whether it runs in the background.
    pub behind: bool,
    /// How it has ended.
    pub exit: Option<u8>,
}

impl Running {
    pub fn new(
        process: Box<Process>,
        (typed, behind): (String, bool),
        client: ClientId,
        step: u64,
    ) -> Running {
        Running {
            process,
            typed,
            client,
            runs: Vec::new(),
            began: step,
            now: step,
            behind,
            exit: None,
        }
    }

    /// Whether the run is one of its programs.
    pub fn owns(&self, run: RunId) -> bool {
        self.runs.contains(&run)
    }

    /// Whether it waits for a line.
    pub fn reads(&self) -> bool {
        self.process.reads()
    }

    pub fn input(&mut self, line: &str) -> Reaction {
        if self.runs.is_empty() {
            self.typed.push('\n');
            self.typed.push_str(line);
        }
        self.process.input(&format!("{line}\n"))
    }

    pub fn close_input(&mut self) -> Reaction {
        self.process.close_input()
    }

    pub fn interrupt(&mut self) -> Reaction {
        self.process.interrupt()
    }

    pub fn event(&mut self, run: RunId, event: &ProgramEvent) -> Reaction {
        match self.runs.iter().position(|known| *known == run) {
            Some(number) => self.process.event(number, event),
            None => Reaction::default(),
        }
    }
}

impl Model {
    /// Does what a command wants done.
    pub(super) fn react(&mut self, running: &mut Running, reaction: Reaction) {
        let step = running.now.max(running.began);
        self.console.shell.ended(&reaction);
        self.console.print_output(step, &reaction.output);
        for program in reaction.start {
            let run = self.session.world().next_run();
            let action = Action::Run {
                client: running.client,
                program: Box::new(program),
                typed: running.typed.clone(),
            };
            match self.session.act(action) {
                Ok(()) => running.runs.push(run),
                Err(why) => {
                    self.console.print(step, Style::Err, &format!("{why}\n"));
                    running.exit = Some(1);
                }
            }
        }
        for (number, input) in reaction.feed {
            if let Some(run) = running.runs.get(number) {
                self.tell_run(Action::Feed { run: *run, input });
            }
        }
        for number in reaction.interrupt {
            if let Some(run) = running.runs.get(number) {
                self.tell_run(Action::Interrupt { run: *run });
            }
        }
        if reaction.exit.is_some() {
            running.exit = reaction.exit;
        }
    }

    /// Tells a program something. One that has ended meanwhile does not hear it any more.
    fn tell_run(&mut self, action: Action) {
        if let Err(why) = self.session.act(action) {
            self.notice = Some((Place::Write, why.to_string()));
        }
    }
}
