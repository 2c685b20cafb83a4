//! The process of a member: everything that a crash destroys.

use super::inbox::Inbox;
use super::{Alarm, Effect, TICK_US};
use crate::cluster::call::{Answer, AnswerBody, Header};
use crate::cluster::client::{ClientError, ClientId, OperationId};
use crate::cluster::command::{Command, Order};
use crate::cluster::identity::{CLUSTER_ID, member_id};
use crate::cluster::options::WorldOptions;
use crate::cluster::trace::{Address, Fact, Packet};
use crate::kv::{Request, Response, Store};
use crate::raft::{DropReason, Entry, Index, Node, NodeId, Payload, Ready};
use crate::sim::{SimTime, SmallMap};
use std::sync::Arc;

/// The process of a running member: everything that a crash destroys.
#[derive(Clone, Debug)]
pub struct Server {
    pub(super) node: Node,
    store: Store,
    /// What the machine's clock showed when the process started, in microseconds.
    started: u64,
    /// How many ticks the node has been given.
    ticked: u64,
    /// What has arrived and is not taken in yet: the process is paused or slow.
    pub(super) inbox: Inbox,
    /// Requests that wait for an answer of this member.
    pending: SmallMap<OperationId, Box<Pending>>,
    /// Whether one of them may be [`Stage::Held`], so that nobody looks for it in vain.
    any_held: bool,
    /// Whether one of them may be [`Stage::Confirmed`].
    any_confirmed: bool,
    /// The reads that the node was asked for, by their numbers: each try has its own.
    reads: SmallMap<u64, OperationId>,
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

impl Server {
    /// A process that starts with this node and store. `start` is the number of the start, from 1,
    /// and `reading` what the machine's clock shows.
    pub(super) fn new(
        node: Node,
        store: Store,
        (start, reading): (u64, u64),
        options: &WorldOptions,
    ) -> Server {
        Server {
            node,
            store,
            started: reading,
            ticked: 0,
            inbox: Inbox::default(),
            pending: SmallMap::default(),
            any_held: false,
            any_confirmed: false,
            reads: SmallMap::default(),
            // A node must not see the number of a read twice, not even after a restart.
            read_tries: start << 32,
            request_timeout_us: options.request_timeout_us,
            read_retry_us: options.read_retry_us(),
        }
    }

    /// The Raft node.
    pub fn node(&self) -> &Node {
        &self.node
    }

    /// The store.
    pub fn store(&self) -> &Store {
        &self.store
    }

    /// Keeps the store only once if it is equal to another one.
    pub(super) fn share_store(&mut self, other: Option<&Store>) {
        if let Some(other) = other.filter(|other| **other == self.store) {
            self.store = other.clone();
        }
    }

    /// How many messages and other news have arrived and are not taken in yet.
    pub fn waiting(&self) -> usize {
        self.inbox.len()
    }

    /// What the machine's clock shows at this tick, in microseconds.
    pub(super) fn reading_of_tick(&self, tick: u64) -> u64 {
        self.started.saturating_add(tick.saturating_mul(TICK_US))
    }

    /// The ticks that the node has been given so far.
    pub fn ticked(&self) -> u64 {
        self.ticked
    }

    /// Gives the node the ticks that have passed until the machine's clock shows this.
    pub(super) fn catch_up(&mut self, reading: u64) {
        let ticks = reading.saturating_sub(self.started) / TICK_US - self.ticked;
        if ticks > 0 {
            self.ticked += ticks;
            self.node.tick(ticks);
        }
    }

    /// Takes a client's request.
    pub(super) fn accept(
        &mut self,
        now: SimTime,
        member: NodeId,
        client: ClientId,
        operation: OperationId,
        request: &Request,
        out: &mut Vec<Effect>,
    ) {
        let pending = Box::new(Pending {
            client,
            request: request.clone(),
            stage: Stage::Held,
        });
        self.pending.insert(operation, pending);
        if request.is_serializable() {
            let response = self.store.apply(request);
            return self.answer(operation, response.map_err(ClientError::from), out);
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
                caller: Default::default(),
                order: Order::Request(pending.request.clone()),
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
                self.any_held = true;
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
    pub(super) fn give_held(&mut self, now: SimTime, member: NodeId, out: &mut Vec<Effect>) {
        if !self.any_held || self.node.leader().is_none() {
            return;
        }
        self.any_held = false;
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
    pub(super) fn retry_read(
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
    pub(super) fn take_in(&mut self, member: NodeId, ready: &Ready, out: &mut Vec<Effect>) {
        if let Some(snapshot) = &ready.snapshot {
            self.store = Store::restore(&snapshot.data)
                .expect("members are handed only each other's snapshots");
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
                self.any_confirmed = true;
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
            .and_then(Command::request)
            .map(|request| self.store.apply(request));
        let operation = command.map(|command| command.operation);
        out.push(Effect::Note(Fact::Applied {
            member,
            index: entry.index,
            operation,
            revision: self.store.revision(),
        }));
        if let (Some(operation), Some(response)) = (operation, response) {
            self.answer(operation, response.map_err(ClientError::from), out);
        }
    }

    fn answer_reads(&mut self, out: &mut Vec<Effect>) {
        if !self.any_confirmed {
            return;
        }
        let applied = self.node.applied_index();
        let due: Vec<(OperationId, Request)> = self
            .pending
            .iter()
            .filter(|(_, pending)| matches!(pending.stage, Stage::Confirmed(at) if at <= applied))
            .map(|(operation, pending)| (*operation, pending.request.clone()))
            .collect();
        for (operation, request) in due {
            let response = self.store.apply(&request);
            self.answer(operation, response.map_err(ClientError::from), out);
        }
        let mut left = self.pending.values();
        self.any_confirmed = left.any(|pending| matches!(pending.stage, Stage::Confirmed(_)));
    }

    /// Answers the client, if this member owes it an answer.
    pub(super) fn answer(
        &mut self,
        operation: OperationId,
        result: Result<Response, ClientError>,
        out: &mut Vec<Effect>,
    ) {
        if let Some(pending) = self.pending.remove(&operation) {
            self.reads.retain(|_, of| *of != operation);
            let header = Header {
                cluster_id: CLUSTER_ID,
                member_id: member_id(self.node.id()),
                revision: self.store.revision().0,
                raft_term: self.node.term().0,
            };
            let body = |response| {
                Arc::new(Answer {
                    header,
                    body: AnswerBody::Store(response),
                })
            };
            let result = result.map(body);
            let packet = Packet::Response { operation, result };
            out.push(Effect::Send(Address::Client(pending.client), packet.into()));
        }
    }
}
