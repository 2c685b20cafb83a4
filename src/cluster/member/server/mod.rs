//! The process of a member: everything that a crash destroys.
//!
//! A call is taken, checked, and then answered at once, or after a question to the leader (a
//! linearizable read), or when its entry is applied (a write). What a member cannot do without a
//! leader it keeps until there is one.

mod leases;
mod maintenance;
mod membership;
mod requests;
mod roster;
mod state;
mod watches;

pub use roster::Roster;
pub use state::StateCopy;
pub(super) use state::restore;

use super::inbox::Inbox;
use super::{Effect, TICK_US};
use crate::cluster::call::{Answer, AnswerBody, Call, Header};
use crate::cluster::client::{ClientError, OperationId};
use crate::cluster::command::{Command, Order};
use crate::cluster::identity::{CLUSTER_ID, member_id};
use crate::cluster::options::WorldOptions;
use crate::cluster::trace::{Address, Fact, Packet};
use crate::cluster::world::Out;
use crate::kv::{Caller, Store};
use crate::raft::{Index, Node, NodeId};
use crate::sim::{SimTime, SmallMap};
use leases::Lessor;
use std::sync::Arc;
use watches::Watcher;

/// What the machines' clocks show when the world begins, in microseconds since 1970: the evening
/// of 2025-11-21.
const EPOCH_US: u64 = 1_763_755_200_000_000;

/// The process of a running member: everything that a crash destroys.
#[derive(Clone, Debug)]
pub struct Server {
    id: NodeId,
    /// The id that clients see.
    member_id: u64,
    name: Arc<str>,
    client_url: Arc<str>,
    pub(super) node: Node,
    store: Store,
    roster: Arc<Roster>,
    /// The number of the process, from 1.
    start: u64,
    /// What the machine's clock showed when the process started, in microseconds.
    started: u64,
    /// What it showed last.
    reading: u64,
    /// How many ticks the node has been given.
    ticked: u64,
    /// What has arrived and is not taken in yet: the process is paused or slow.
    pub(super) inbox: Inbox,
    /// Calls that wait for an answer of this member. Boxed, since those behind one that is answered move up.
    pending: SmallMap<OperationId, Box<Pending>>,
    /// Those of them that wait for a leader.
    held: Vec<OperationId>,
    /// Reads that may be answered once this index is applied.
    confirmed: Vec<(Index, OperationId)>,
    /// The reads that the node was asked for, by their numbers: each try has its own.
    reads: SmallMap<u64, OperationId>,
    read_tries: u64,
    limits: Limits,
    lessor: Lessor,
    /// The most bytes that the store took since it was defragmented.
    largest: u64,
    /// The tick at which the leader looks for what is over.
    look_at: Option<u64>,
    watchers: Vec<Watcher>,
    /// The leader that was known last, and since when there has been none.
    leader: Option<NodeId>,
    leaderless_since: Option<SimTime>,
    /// Whether clients are served.
    pub(super) serving: bool,
    /// Whether the process has said its name, and when it tried last.
    published: bool,
    introduced: Option<SimTime>,
    versioned: Option<SimTime>,
    /// The members that are connected to this one, and since when.
    peers: Vec<(NodeId, SimTime)>,
}

/// The options that a server minds.
#[derive(Clone, Copy, Debug)]
struct Limits {
    request_timeout_us: u64,
    read_retry_us: u64,
    election_us: u64,
    quota_bytes: u64,
    as_etcd: bool,
    edition: u64,
}

#[derive(Clone, Debug)]
struct Pending {
    from: Address,
    call: Arc<Call>,
    caller: Caller,
    stage: Stage,
}

/// Where a call stands at the member that took it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Stage {
    /// It waits for a leader to be given to.
    Held,
    /// A write is proposed, or a read index asked for.
    Given,
    /// It was passed on to the leader as it is.
    PassedOn,
    /// A read may be answered once an index is applied; or a login, which began as one, is proposed.
    Confirmed,
    /// The leadership is on its way to this member.
    Moving(NodeId),
}

/// Who a process is.
pub(super) struct Identity {
    pub id: NodeId,
    pub name: Arc<str>,
    pub client_url: Arc<str>,
    /// The number of the start, from 1.
    pub start: u64,
    /// What the machine's clock shows.
    pub reading: u64,
    /// The bytes of the database that the process before left.
    pub db_size: u64,
}

impl Server {
    /// A process that starts with this node and store.
    pub(super) fn new(
        node: Node,
        (store, roster): (Store, Arc<Roster>),
        identity: Identity,
        options: &WorldOptions,
    ) -> Server {
        let first = options.member_ids().any(|id| id == identity.id);
        Server {
            id: identity.id,
            member_id: member_id(identity.id),
            name: identity.name,
            client_url: identity.client_url,
            node,
            store,
            roster,
            start: identity.start,
            started: identity.reading,
            reading: identity.reading,
            ticked: 0,
            inbox: Inbox::default(),
            pending: SmallMap::default(),
            held: Vec::new(),
            confirmed: Vec::new(),
            reads: SmallMap::default(),
            // A node must not see the number of a read twice, not even after a restart.
            read_tries: identity.start << 32,
            limits: Limits {
                request_timeout_us: options.request_timeout_us,
                read_retry_us: options.read_retry_us(),
                election_us: options.raft.election_timeout * TICK_US,
                quota_bytes: options.quota_bytes,
                as_etcd: options.as_etcd,
                edition: options.edition,
            },
            lessor: Lessor::default(),
            largest: identity.db_size,
            look_at: None,
            watchers: Vec::new(),
            leader: None,
            leaderless_since: Some(SimTime::ZERO),
            serving: !options.as_etcd && first,
            published: !options.as_etcd && first,
            introduced: None,
            versioned: None,
            peers: Vec::new(),
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

    /// Who is in the cluster, as far as this member has applied the log.
    pub fn roster(&self) -> &Roster {
        &self.roster
    }

    /// Whether it serves clients: not before it has heard from the cluster.
    pub fn is_serving(&self) -> bool {
        self.serving
    }

    /// Keeps the store only once if it is equal to another one.
    pub(in crate::cluster::member) fn share_store(&mut self, other: Option<&Store>) {
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

    /// The tick at which something besides the node wants to be called.
    pub(super) fn wants_tick(&self) -> Option<u64> {
        self.look_at
    }

    /// The time of day, in microseconds since 1970.
    fn unix_us(&self) -> u64 {
        EPOCH_US.saturating_add(self.reading)
    }

    /// Gives the node the ticks that have passed until the machine's clock shows this.
    pub(super) fn catch_up(&mut self, reading: u64) {
        self.reading = self.reading.max(reading);
        let ticks = reading.saturating_sub(self.started) / TICK_US - self.ticked;
        if ticks > 0 {
            self.ticked += ticks;
            self.node.tick(ticks);
            self.look();
        }
    }

    // Answers.

    fn answer_of(&self, body: AnswerBody, revision: u64) -> Answer {
        let header = Header {
            cluster_id: CLUSTER_ID,
            member_id: self.member_id,
            revision,
            raft_term: self.node.term().0,
        };
        Answer { header, body }
    }

    /// Answers whoever called, if this member owes an answer.
    fn reply(
        &mut self,
        operation: OperationId,
        result: Result<AnswerBody, ClientError>,
        out: &mut Out,
    ) {
        let Some(pending) = self.pending.remove(&operation) else {
            return;
        };
        if pending.stage == Stage::Given && !self.reads.is_empty() {
            self.reads.retain(|_, of| *of != operation);
        }
        let result = result.map(|body| {
            let revision = match &body {
                AnswerBody::Members { .. } => 0,
                AnswerBody::Store(response) => response.revision.0,
                _ => self.store.revision().0,
            };
            self.answer_of(body, revision)
        });
        let packet = Packet::response(operation, result);
        out.push(Effect::send(pending.from, packet));
    }

    fn set_stage(&mut self, operation: OperationId, stage: Stage) {
        if let Some(pending) = self.pending.get_mut(&operation) {
            pending.stage = stage;
        }
    }

    /// A call waits for a leader.
    fn hold(&mut self, operation: OperationId, out: &mut Out) {
        self.set_stage(operation, Stage::Held);
        self.held.push(operation);
        let member = self.id;
        out.push(Effect::Note(Fact::Held { member, operation }));
    }

    /// Everything that a new leader, or none, means for the calls that are under way.
    pub(super) fn look_at_leader(&mut self, now: SimTime, out: &mut Out) {
        self.judge_lessor();
        let leader = self.node.leader();
        if leader != self.leader {
            self.leader = leader;
            self.judge_leaderless(now, out);
            if leader.is_some() {
                self.moved(out);
                self.leader_changed(now, out);
            }
        }
        if leader.is_some() {
            self.give_held(now, out);
            if !self.published || !self.roster.has_version {
                self.introduce(now, out);
            }
        }
    }
}
