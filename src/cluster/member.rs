//! A member: a Raft node, a store and a disk behind the requests of clients.
//!
//! What survives a crash is in [`Member`]; what a process keeps in memory is in [`Server`], and a
//! crash drops it whole. A member never touches the world: each of its methods takes the time and
//! leaves its [`Effect`]s behind, which `World` carries out.

use super::client::{ClientError, ClientId, OperationId};
use super::command::Command;
use super::options::WorldOptions;
use super::trace::{Address, Fact, Packet};
use crate::kv::{Request, Response, Store};
use crate::raft::{
    DropReason, Entry, Envelope, Index, Node, NodeId, Payload, Ready, Stored, Write,
};
use crate::sim::{Disk, SimTime, stream};
use std::collections::BTreeMap;

/// The length of a tick of a member's clock, in microseconds.
pub const TICK_US: u64 = 1_000;

/// A member of the cluster, running or crashed.
#[derive(Clone, Debug)]
pub struct Member {
    id: NodeId,
    disk: Disk<Write>,
    stored: Stored,
    server: Option<Server>,
    /// How many times the member has started.
    starts: u64,
}

/// The process of a running member: everything that a crash destroys.
#[derive(Clone, Debug)]
pub struct Server {
    node: Node,
    store: Store,
    /// When the process started: its clock shows the time since then.
    started: SimTime,
    /// How many ticks the node has been given.
    ticked: u64,
    /// Requests that wait for an answer of this member.
    pending: BTreeMap<OperationId, Pending>,
    /// The reads that the node was asked for, by their numbers: each try has its own.
    reads: BTreeMap<u64, OperationId>,
    read_tries: u64,
    request_timeout_us: u64,
    read_retry_us: u64,
}

#[derive(Clone, Debug)]
struct Pending {
    client: ClientId,
    request: Request,
    stage: Stage,
}

/// Where a request stands at the member that took it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Stage {
    /// It waits for a leader to be given to.
    Held,
    /// A write is proposed, or a read index asked for.
    Given,
    /// A read may be answered once this index is applied.
    Confirmed(Index),
}

/// What a member wants to happen, in order.
#[derive(Debug)]
pub(super) enum Effect {
    /// A fact for the trace.
    Note(Fact),
    /// A message to be sent.
    Send(Address, Packet),
    /// Something to be called later, unless the member crashes before.
    Alarm(SimTime, Alarm),
}

/// What a member wants to be called for.
#[derive(Clone, Copy, Debug)]
pub(super) enum Alarm {
    /// The oldest write is durable.
    Synced,
    /// A request has waited long enough.
    RequestTimedOut(OperationId),
    /// A read index was asked for and there is no answer yet.
    RetryRead(OperationId),
}

impl Member {
    /// A member of a new cluster: running, with an empty disk.
    pub(super) fn new(
        id: NodeId,
        options: &WorldOptions,
        seed: u64,
        out: &mut Vec<Effect>,
    ) -> Member {
        let conf = crate::raft::ConfState::voters(options.member_ids());
        let mut member = Member {
            id,
            disk: Disk::new(options.disk, stream(seed, "disk", [id.0, 0])),
            stored: Stored::new(conf),
            server: None,
            starts: 0,
        };
        member.start(SimTime::ZERO, options, seed, out);
        member
    }

    /// Its identity.
    pub fn id(&self) -> NodeId {
        self.id
    }

    /// Its name, as etcd's documentation names members: `infra1`.
    pub fn name(&self) -> String {
        format!("infra{}", self.id)
    }

    /// Its process, if it runs.
    pub fn server(&self) -> Option<&Server> {
        self.server.as_ref()
    }

    /// What is durable on its disk.
    pub fn stored(&self) -> &Stored {
        &self.stored
    }

    /// The number of the present process, from 1.
    pub(super) fn starts(&self) -> u64 {
        self.starts
    }

    /// Starts the process from what the disk holds.
    pub(super) fn start(
        &mut self,
        now: SimTime,
        options: &WorldOptions,
        seed: u64,
        out: &mut Vec<Effect>,
    ) {
        self.starts += 1;
        let rng = stream(seed, "member", [self.id.0, self.starts]);
        let node = Node::new(self.id, options.raft.clone(), self.stored.clone(), rng)
            .expect("the world's options were validated");
        let server = Server {
            store: Store::restore(&self.stored.snapshot.data),
            node,
            started: now,
            ticked: 0,
            pending: BTreeMap::new(),
            reads: BTreeMap::new(),
            // Late answers to the reads of an earlier process must not be taken for those of this one.
            read_tries: self.starts << 32,
            request_timeout_us: options.request_timeout_us,
            read_retry_us: options.read_retry_us(),
        };
        self.server = Some(server);
        out.push(Effect::Note(Fact::Started { member: self.id }));
        self.pump(now, out);
    }

    /// Ends the process at once.
    pub(super) fn crash(&mut self, now: SimTime, out: &mut Vec<Effect>) {
        self.server = None;
        out.push(Effect::Note(Fact::Crashed {
            member: self.id,
            lost_writes: self.disk.crash(now),
        }));
    }

    /// When the node's next timer runs out.
    pub(super) fn next_timer(&self) -> Option<SimTime> {
        let server = self.server.as_ref()?;
        let ticks = server.node.ticks_until_timer()?;
        Some(server.time_of_tick(server.ticked.saturating_add(ticks)))
    }

    /// Time has passed: a timer may have run out.
    pub(super) fn wake(&mut self, now: SimTime, out: &mut Vec<Effect>) {
        self.with_server(now, out, |_, _, _| ());
    }

    /// A message arrived.
    pub(super) fn receive(
        &mut self,
        now: SimTime,
        from: Address,
        packet: &Packet,
        out: &mut Vec<Effect>,
    ) {
        self.with_server(now, out, |id, server, out| match (from, packet) {
            (_, Packet::Raft(envelope)) => server.node.step(envelope.clone()),
            (Address::Client(client), Packet::Request { operation, request }) => {
                server.accept(now, id, client, *operation, request, out);
            }
            (Address::Member(_), Packet::Request { .. }) | (_, Packet::Response { .. }) => {
                unreachable!("members send requests and clients send answers nowhere")
            }
        });
    }

    /// Something that the member wanted to be called for.
    pub(super) fn alarm(&mut self, now: SimTime, alarm: Alarm, out: &mut Vec<Effect>) {
        match alarm {
            Alarm::Synced => self.synced(now, out),
            Alarm::RequestTimedOut(operation) => self.with_server(now, out, |_, server, out| {
                server.answer(operation, Err(ClientError::RequestTimedOut), out);
            }),
            Alarm::RetryRead(operation) => self.with_server(now, out, |id, server, out| {
                server.retry_read(now, id, operation, out);
            }),
        }
    }

    /// A server by its own right is campaigning (the operator said so).
    pub(super) fn campaign(&mut self, now: SimTime, out: &mut Vec<Effect>) {
        self.with_server(now, out, |_, server, _| server.node.campaign());
    }

    fn synced(&mut self, now: SimTime, out: &mut Vec<Effect>) {
        let Some(write) = self.disk.synced() else {
            return;
        };
        out.push(Effect::Note(Fact::Synced {
            member: self.id,
            entries: range_of(&write.entries),
        }));
        self.stored.write(&write);
        send_all(write.after_sync, out);
        self.with_server(now, out, |_, server, _| server.node.stored(write.done));
    }

    /// Lets the clock catch up, does something, and carries out what becomes due by it.
    fn with_server(
        &mut self,
        now: SimTime,
        out: &mut Vec<Effect>,
        act: impl FnOnce(NodeId, &mut Server, &mut Vec<Effect>),
    ) {
        let Some(server) = &mut self.server else {
            return;
        };
        let ticks = server.ticks_at(now) - server.ticked;
        if ticks > 0 {
            server.ticked += ticks;
            server.node.tick(ticks);
        }
        act(self.id, server, out);
        self.pump(now, out);
    }

    /// Carries out everything that the node asks for.
    fn pump(&mut self, now: SimTime, out: &mut Vec<Effect>) {
        let Some(server) = &mut self.server else {
            return;
        };
        while server.node.has_ready() {
            let ready = server.node.ready();
            let member = self.id;
            out.extend(ready.events.iter().map(|event| {
                let event = event.clone();
                Effect::Note(Fact::Learned { member, event })
            }));
            server.take_in(member, &ready, out);
            send_all(ready.messages, out);
            if let Some(write) = ready.write {
                let entries = range_of(&write.entries);
                let synced_at = self.disk.write(now, write);
                out.push(Effect::Note(Fact::Wrote {
                    member,
                    entries,
                    synced_at,
                }));
                out.push(Effect::Alarm(synced_at, Alarm::Synced));
            }
            server.give_held(now, member, out);
        }
    }
}

impl Server {
    /// The Raft node.
    pub fn node(&self) -> &Node {
        &self.node
    }

    /// The store.
    pub fn store(&self) -> &Store {
        &self.store
    }

    /// When this tick of the process's clock comes.
    pub fn time_of_tick(&self, tick: u64) -> SimTime {
        self.started.after(tick.saturating_mul(TICK_US))
    }

    /// The ticks that the node has been given so far.
    pub fn ticked(&self) -> u64 {
        self.ticked
    }

    fn ticks_at(&self, now: SimTime) -> u64 {
        now.since(self.started) / TICK_US
    }

    /// Takes a client's request.
    fn accept(
        &mut self,
        now: SimTime,
        member: NodeId,
        client: ClientId,
        operation: OperationId,
        request: &Request,
        out: &mut Vec<Effect>,
    ) {
        let pending = Pending {
            client,
            request: request.clone(),
            stage: Stage::Held,
        };
        self.pending.insert(operation, pending);
        if let Request::Range {
            serializable: true, ..
        } = request
        {
            let response = self.store.apply(request);
            return self.answer(operation, Ok(response), out);
        }
        let deadline = now.after(self.request_timeout_us);
        out.push(Effect::Alarm(deadline, Alarm::RequestTimedOut(operation)));
        self.give(now, member, operation, out);
    }

    /// Gives a request to the protocol, or keeps it until there is a leader.
    fn give(
        &mut self,
        now: SimTime,
        member: NodeId,
        operation: OperationId,
        out: &mut Vec<Effect>,
    ) {
        let Some(pending) = self.pending.get_mut(&operation) else {
            return;
        };
        let write = pending.request.is_write();
        let given = if write {
            let command = Command {
                operation,
                request: pending.request.clone(),
            };
            self.node.propose(command.encode())
        } else {
            self.read_tries += 1;
            self.reads.insert(self.read_tries, operation);
            self.node.read_index(self.read_tries)
        };
        match given {
            Ok(()) => {
                pending.stage = Stage::Given;
                if !write {
                    let retry = now.after(self.read_retry_us);
                    out.push(Effect::Alarm(retry, Alarm::RetryRead(operation)));
                }
            }
            Err(DropReason::NoLeader | DropReason::Transferring | DropReason::NotAVoter) => {
                pending.stage = Stage::Held;
                out.push(Effect::Note(Fact::Held { member, operation }));
            }
            Err(DropReason::TooMuchUncommitted) => {
                self.answer(operation, Err(ClientError::TooManyRequests), out);
            }
            Err(DropReason::ForwardingDisabled) => {
                self.answer(operation, Err(ClientError::NotLeader), out);
            }
        }
    }

    /// Gives what was held to the leader that is known now.
    fn give_held(&mut self, now: SimTime, member: NodeId, out: &mut Vec<Effect>) {
        if self.node.leader().is_none() {
            return;
        }
        let held: Vec<OperationId> = self
            .pending
            .iter()
            .filter(|(_, pending)| pending.stage == Stage::Held)
            .map(|(operation, _)| *operation)
            .collect();
        for operation in held {
            self.give(now, member, operation, out);
        }
    }

    /// A read index may have been lost with a message or a leader: etcd asks again from time to
    /// time. A write is never proposed twice, since the first copy may still commit.
    fn retry_read(
        &mut self,
        now: SimTime,
        member: NodeId,
        operation: OperationId,
        out: &mut Vec<Effect>,
    ) {
        let stage = self.pending.get(&operation).map(|pending| pending.stage);
        if stage == Some(Stage::Given) {
            self.give(now, member, operation, out);
        }
    }

    /// Applies what is committed and answers what can be answered by it.
    fn take_in(&mut self, member: NodeId, ready: &Ready, out: &mut Vec<Effect>) {
        if let Some(snapshot) = &ready.snapshot {
            self.store = Store::restore(&snapshot.data);
        }
        for entry in &ready.committed {
            self.apply(member, entry, out);
        }
        if let Some(last) = ready.committed.last() {
            self.node.applied(last.index);
        }
        for read in &ready.reads {
            let operation = self.reads.remove(&read.read.id);
            if let Some(pending) = operation.and_then(|id| self.pending.get_mut(&id)) {
                pending.stage = Stage::Confirmed(read.index);
            }
        }
        self.answer_reads(out);
    }

    fn apply(&mut self, member: NodeId, entry: &Entry, out: &mut Vec<Effect>) {
        let command = match &entry.payload {
            Payload::Command(data) => Command::decode(data),
            Payload::Noop | Payload::ConfChange(_) => None,
        };
        let response = command
            .as_ref()
            .map(|command| self.store.apply(&command.request));
        let operation = command.map(|command| command.operation);
        out.push(Effect::Note(Fact::Applied {
            member,
            index: entry.index,
            operation,
            revision: self.store.revision(),
        }));
        if let (Some(operation), Some(response)) = (operation, response) {
            self.answer(operation, Ok(response), out);
        }
    }

    fn answer_reads(&mut self, out: &mut Vec<Effect>) {
        let applied = self.node.applied_index();
        let due: Vec<(OperationId, Request)> = self
            .pending
            .iter()
            .filter(|(_, pending)| matches!(pending.stage, Stage::Confirmed(at) if at <= applied))
            .map(|(operation, pending)| (*operation, pending.request.clone()))
            .collect();
        for (operation, request) in due {
            let response = self.store.apply(&request);
            self.answer(operation, Ok(response), out);
        }
    }

    /// Answers the client, if this member owes it an answer.
    fn answer(
        &mut self,
        operation: OperationId,
        result: Result<Response, ClientError>,
        out: &mut Vec<Effect>,
    ) {
        if let Some(pending) = self.pending.remove(&operation) {
            self.reads.retain(|_, of| *of != operation);
            let packet = Packet::Response { operation, result };
            out.push(Effect::Send(Address::Client(pending.client), packet));
        }
    }
}

fn send_all(envelopes: Vec<Envelope>, out: &mut Vec<Effect>) {
    out.extend(
        envelopes
            .into_iter()
            .map(|envelope| Effect::Send(Address::Member(envelope.to), Packet::Raft(envelope))),
    );
}

/// The first and last index of these entries.
fn range_of(entries: &[Entry]) -> Option<(Index, Index)> {
    Some((entries.first()?.index, entries.last()?.index))
}
