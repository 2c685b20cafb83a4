//! Clients at work: programs that run, and loads.

use super::super::client::{ClientId, OperationId};
use super::super::member::Member;
use super::super::program::{Input, Program, RunId};
use super::super::run::{Deed, Port, Run, RunTimer, listens_at};
use super::super::trace::{Address, Packet};
use super::members::Members;
use super::{Pending, World};
use crate::raft::NodeId;

/// How many programs can run at a time.
pub(super) const MAX_RUNS: usize = 1_000;

/// A program that runs, for whoever looks on.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct RunningProgram<'a> {
    /// Its identity.
    pub run: RunId,
    /// Whose it is.
    pub client: ClientId,
    /// What it does.
    pub program: &'a Program,
}

impl World {
    /// The programs that run, oldest first.
    pub fn programs(&self) -> impl Iterator<Item = RunningProgram<'_>> {
        self.runs.iter().map(|(run, running)| RunningProgram {
            run: *run,
            client: running.client(),
            program: running.program(),
        })
    }

    /// A program that runs.
    pub fn program(&self, run: RunId) -> Option<&Program> {
        self.runs.get(&run).map(Run::program)
    }

    /// The identity that the next program gets.
    pub fn next_run(&self) -> RunId {
        RunId(self.run_count + 1)
    }

    /// The member that listens at an address, or would if it ran.
    pub fn listener(&self, endpoint: &str) -> Option<NodeId> {
        listener(&self.members, endpoint)
    }

    /// A client begins a program.
    pub(super) fn begin_program(&mut self, client: ClientId, program: Program) {
        self.run_count += 1;
        let id = RunId(self.run_count);
        let run = Run::new(id, client, program, self.outside.now);
        self.runs.insert(id, run);
        self.with_run(id, |run, port| run.start(port));
    }

    pub(super) fn feed_program(&mut self, run: RunId, input: Input) {
        self.with_run(run, |run, port| run.feed(port, input));
    }

    pub(super) fn interrupt_program(&mut self, run: RunId) {
        self.with_run(run, |run, port| run.interrupt(port));
    }

    pub(super) fn run_timer(&mut self, run: RunId, timer: RunTimer) {
        self.with_run(run, |run, port| run.timer(port, timer));
    }

    /// Something for a program has come over the network.
    pub(super) fn packet_for_program(&mut self, from: NodeId, packet: &Packet) {
        match packet {
            Packet::Accepted { run } => {
                self.with_run(*run, |run, port| run.accepted(port, from));
            }
            Packet::Closed { run } => self.with_run(*run, |run, port| run.closed(port, from)),
            Packet::Response { operation, result } => {
                if let Some(id) = self.run_of(*operation) {
                    let result = result.clone().map(|answer| (*answer).clone());
                    self.with_run(id, |run, port| run.response(port, *operation, result));
                }
            }
            Packet::Streamed {
                operation,
                number,
                answer,
            } => {
                if let Some(id) = self.run_of(*operation) {
                    let answer = (**answer).clone();
                    self.with_run(id, |run, port| {
                        run.streamed(port, *operation, *number, answer);
                    });
                }
            }
            _ => {}
        }
    }

    /// The program that waits for an answer to this operation.
    fn run_of(&self, operation: OperationId) -> Option<RunId> {
        let asked = |(_, run): &(&RunId, &Run)| run.asked(operation);
        self.runs.iter().find(asked).map(|(id, _)| *id)
    }

    /// Lets a program act, and carries out what it wants.
    fn with_run(&mut self, id: RunId, act: impl FnOnce(&mut Run, &mut Port)) {
        let Some(mut run) = self.runs.remove(&id) else {
            return;
        };
        let mut calls = self.calls;
        let members = &self.members;
        let mut port = Port {
            now: self.outside.now,
            calls: &mut calls,
            listener: &|endpoint| listener(members, endpoint),
            edition: self.options.edition,
            deeds: Vec::new(),
        };
        act(&mut run, &mut port);
        let deeds = port.deeds;
        self.calls = calls;
        let client = run.client();
        if !run.has_ended() {
            self.runs.insert(id, run);
        }
        for deed in deeds {
            match deed {
                Deed::Note(fact) => self.note(fact),
                Deed::Send(member, packet) => {
                    self.wire_client(client, member);
                    self.send(
                        Address::Client(client),
                        Address::Member(member),
                        packet.into(),
                    );
                }
                Deed::Timer(at, timer) => {
                    self.outside.queue.schedule(at, Pending::Run(id, timer));
                }
            }
        }
    }

    /// A process is gone, and its machine closes the connections that it had.
    pub(super) fn close_connections(&mut self, member: NodeId) {
        let connected = |(_, run): &(&RunId, &Run)| run.is_connected_to(member);
        let connected: Vec<(RunId, ClientId)> = self
            .runs
            .iter()
            .filter(connected)
            .map(|(id, run)| (*id, run.client()))
            .collect();
        for (run, client) in connected {
            let packet = Packet::Closed { run };
            self.send(
                Address::Member(member),
                Address::Client(client),
                packet.into(),
            );
        }
        self.cut_off(member);
    }

    /// A packet of a client came to a machine on which nobody listens: the machine says so.
    pub(super) fn refuse_connection(&mut self, member: NodeId, client: ClientId, packet: &Packet) {
        if let Packet::Request { operation, .. } = packet
            && self.refuse(member, client, *operation)
        {
            return;
        }
        let run = match packet {
            Packet::Dial { run } => Some(*run),
            Packet::Request { operation, .. } | Packet::Upstream { operation, .. } => {
                self.run_of(*operation)
            }
            _ => None,
        };
        if let Some(run) = run {
            let packet = Packet::Closed { run };
            self.send(
                Address::Member(member),
                Address::Client(client),
                packet.into(),
            );
        }
    }
}

fn listener(members: &Members, endpoint: &str) -> Option<NodeId> {
    let at = |member: &&Member| listens_at(endpoint, member.client_url());
    let running = members.iter().filter(at).max_by_key(|member| {
        let runs = member.server().is_some();
        (runs, member.id())
    });
    running.map(Member::id)
}
