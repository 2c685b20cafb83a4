//! A command that was begun: what it has started on the cluster, and what it has printed.

use super::session::{Ran, lines};
use crate::cluster::{Action, ClientId, RunId, World};
use crate::etcdctl::{Output, Process, Reaction, Shell, Stream, was_killed};
use crate::sim::SimTime;

/// Who types.
const TYPIST: ClientId = ClientId(0);

/// A command that was begun.
pub(super) struct Running {
    pub ran: Ran,
    pub process: Box<Process>,
    pub runs: Vec<RunId>,
    pub output: Output,
    pub began: SimTime,
    pub exit: Option<u8>,
    pub set_up: bool,
}

impl Running {
    /// A command that begins now.
    pub fn new(ran: Ran, process: Box<Process>, began: SimTime) -> Running {
        Running {
            ran,
            process,
            runs: Vec::new(),
            output: Output::default(),
            began,
            exit: None,
            set_up: false,
        }
    }

    /// What is shown of it in the end.
    pub fn finish(self) -> Ran {
        let mut ran = self.ran;
        show(&mut ran, &self.output, self.exit.unwrap_or(0));
        ran
    }

    /// Does what the command wants done.
    pub fn react(&mut self, world: &mut World, reaction: Reaction, shell: &mut Shell) {
        shell.ended(&reaction);
        self.output.append(reaction.output);
        for program in reaction.start {
            let run = world.next_run();
            let action = Action::Run {
                client: TYPIST,
                program: Box::new(program),
                typed: self.ran.line.clone(),
            };
            match world.act(action) {
                Ok(()) => self.runs.push(run),
                Err(why) => {
                    let mut output = Output::default();
                    output.print(Stream::Err, &format!("{why}\n"));
                    self.output.append(output);
                    self.exit = Some(1);
                }
            }
        }
        for (number, input) in reaction.feed {
            if let Some(run) = self.runs.get(number) {
                let _ = world.act(Action::Feed { run: *run, input });
            }
        }
        for number in reaction.interrupt {
            if let Some(run) = self.runs.get(number) {
                let _ = world.act(Action::Interrupt { run: *run });
            }
        }
        if reaction.exit.is_some() {
            self.exit = reaction.exit;
        }
    }
}

/// What a command printed, and how it ended.
pub(super) fn show(ran: &mut Ran, output: &Output, code: u8) {
    ran.out = lines(&output.all(Stream::Out));
    ran.err = lines(&output.all(Stream::Err));
    ran.exit = if was_killed(code) { 0 } else { code };
}
