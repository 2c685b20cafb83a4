//! A frame: everything that the page draws of one moment, as plain data.
//!
//! Whatever a component shows stands here, ready to be drawn: components choose places, shapes
//! and colours, never facts. Positions that move between two events (messages, timers) are given
//! by their end points in time, so that a component can draw any moment between two events
//! without asking for another frame.

use crate::cluster::{ClientId, OperationId};
use crate::raft::{Index, NodeId, Term};
use crate::sim::{FlightId, SimTime};

/// One moment of the world.
#[derive(Clone, PartialEq, Debug)]
pub struct Frame {
    /// The moment. Frames change only when an event happens or somebody acts.
    pub time: SimTime,
    /// How many events have happened since the start of the run.
    pub step: u64,
    /// The top bar.
    pub vitals: Vitals,
    /// All members, in the order of their ids.
    pub members: Vec<MemberView>,
    /// The sides of the network, largest first: members of one group reach each other both ways,
    /// directly or through others. One group while the network is whole, or cut so that a way
    /// around is left; [`Frame::links`] tells what exactly is cut.
    pub groups: Vec<Vec<NodeId>>,
    /// The links with which something is wrong, in the order of sender and receiver. A cut one
    /// way is one link here, and cuts both ways are two.
    pub links: Vec<LinkView>,
    /// The members that were added and have never been started, and their names.
    pub unstarted: Vec<(NodeId, String)>,
    /// The faults that end by themselves, then what is planned, each in the order in which it was
    /// given.
    pub faults: Vec<FaultView>,
    /// The messages that are on their way.
    pub flights: Vec<FlightView>,
    /// Messages that were lost a short time ago.
    pub losses: Vec<LossView>,
    /// The clients that have ever said something.
    pub clients: Vec<ClientView>,
    /// What just happened or what everybody waits for.
    pub sentence: Vec<Span>,
    /// Every member's log.
    pub log: LogMatrix,
    /// The latest events, newest last, each as a sentence.
    pub recent: Vec<RecentEvent>,
}

/// The few numbers that tell how the cluster is.
#[derive(Clone, PartialEq, Debug)]
pub struct Vitals {
    /// The highest term of any running member.
    pub term: Term,
    /// The leader that a majority could follow: the leader of the highest term.
    pub leader: Option<NodeId>,
    /// How many members make a majority.
    pub quorum: usize,
    /// How many voters there are.
    pub voters: usize,
    /// How many members of the largest connected side run now.
    pub reachable: usize,
    /// The store's revision at the member that is furthest.
    pub revision: u64,
    /// The names of the rules of Raft that are switched off in this run.
    pub modified: Vec<&'static str>,
    /// Whether a property was found violated.
    pub violated: bool,
}

impl Vitals {
    /// How many more members of the largest side may fail before there is no quorum; `None` when
    /// there is none already.
    pub fn can_lose(&self) -> Option<usize> {
        self.reachable.checked_sub(self.quorum)
    }
}

/// One member, for the stage and the inspector.
#[derive(Clone, PartialEq, Debug)]
pub struct MemberView {
    /// Its id, from 1.
    pub id: NodeId,
    /// Its name: `infra1`.
    pub name: String,
    /// The client URL without the scheme: `127.0.0.1:2379`.
    pub address: String,
    /// What it is doing.
    pub role: RoleView,
    /// Its term (the stored one while it is crashed).
    pub term: Term,
    /// Whom it voted for in this term.
    pub voted_for: Option<NodeId>,
    /// The leader that it knows of.
    pub leader: Option<NodeId>,
    /// The first and last index of its log; `None` when the log is empty.
    pub log: Option<(Index, Index)>,
    /// Its commit index.
    pub commit: Index,
    /// Its applied index.
    pub applied: Index,
    /// The last index that is durable on its disk.
    pub synced: Index,
    /// Its store's revision.
    pub revision: u64,
    /// The election timer; `None` for a leader and for a crashed member.
    pub timer: Option<TimerView>,
    /// For a candidate: the ballots, one per voter in the order of the ids.
    pub ballots: Vec<(NodeId, BallotView)>,
    /// A short remark below the name: "leader", "still believes it leads", "crashed".
    pub note: &'static str,
    /// It is a learner: it gets all entries and has no vote.
    pub learner: bool,
    /// What is wrong with its machine.
    pub machine: MachineView,
    /// As the leader of the highest term sees it: match and next index. `None` without a leader
    /// and for the leader itself.
    pub progress: Option<(Index, Index)>,
    /// The first keys of the member's store with their values, in order, lossily as text.
    pub keys: Vec<KeyView>,
}

/// The machine of a member: process, clock and disk, and what is wrong with them.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct MachineView {
    /// What is wrong, each in a few words: "paused", "clock 10 % too fast". Empty if all is well.
    pub remarks: Vec<String>,
    /// Its process stands still.
    pub paused: bool,
    /// How long its process needs for everything that it takes in, in microseconds.
    pub delay_us: u64,
    /// How many messages and other news wait until the process takes them in.
    pub inbox: usize,
    /// How much faster than the world's time its clock runs, in parts per million.
    pub clock_rate_ppm: i32,
    /// How far its clock is ahead of the world's time, in microseconds; negative if behind.
    pub clock_offset_us: i64,
    /// Its disk stands still.
    pub disk_stalled: bool,
    /// How many writes are not durable yet.
    pub unsynced: usize,
    /// How many of those are written, so that only the sync is missing.
    pub written: usize,
    /// Why it refused to start, in etcd's words.
    pub failure: Option<String>,
}

/// A link with which something is wrong.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct LinkView {
    /// Where it comes from.
    pub from: ActorView,
    /// Where it goes.
    pub to: ActorView,
    /// Nothing is delivered over it.
    pub cut: bool,
    /// What comes to its end waits there.
    pub held: bool,
    /// How many of a million messages get lost.
    pub loss_ppm: u32,
    /// How many of a million messages are doubled.
    pub duplicate_ppm: u32,
    /// Latency and jitter in microseconds, if they are not the usual ones.
    pub delay_us: Option<(u64, u64)>,
    /// All of that in a few words: "cut", "loses 10 %, 20 ms to 30 ms".
    pub label: String,
}

/// A fault that ends by itself, or something that is planned.
#[derive(Clone, PartialEq, Debug)]
pub struct FaultView {
    /// What it is.
    pub sentence: Vec<Span>,
    /// When it ends, or when it is done.
    pub at: SimTime,
    /// It is only planned.
    pub planned: bool,
}

/// A key of a member's store.
#[derive(Clone, PartialEq, Debug)]
pub struct KeyView {
    /// The key.
    pub key: String,
    /// The value.
    pub value: String,
    /// The revision of its last change.
    pub mod_revision: u64,
    /// How many times it was put since it was created.
    pub version: u64,
}

/// What a member is doing.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum RoleView {
    /// Follows.
    Follower,
    /// Asks whether it could win.
    PreCandidate,
    /// Asks for votes.
    Candidate,
    /// Leads.
    Leader,
    /// Its process is down.
    Crashed,
}

/// An election timer. At the time `t` between `started` and `fires` the arc is
/// `(t − started) / scale` of the full circle.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct TimerView {
    /// When it was last reset.
    pub started: SimTime,
    /// When it runs out.
    pub fires: SimTime,
    /// The longest possible timeout, in microseconds: the full circle, the same for all members.
    pub scale_us: u64,
}

/// A ballot of a candidate.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum BallotView {
    /// No request has been sent, or it was lost.
    NotAsked,
    /// The request or its answer is on its way.
    InFlight,
    /// Granted.
    Granted,
    /// Refused.
    Refused,
}

/// Who sends or receives.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum ActorView {
    /// A member.
    Member(NodeId),
    /// A client.
    Client(ClientId),
}

/// A message on its way. At the time `t` it is at `(t − sent) / (arrives − sent)` of its link; if
/// it is `stopped`, where it was then.
#[derive(Clone, PartialEq, Debug)]
pub struct FlightView {
    /// Its identity.
    pub id: FlightId,
    /// Where it comes from.
    pub from: ActorView,
    /// Where it goes.
    pub to: ActorView,
    /// When it was sent; later by the time for which it was held.
    pub sent: SimTime,
    /// When it arrives, if it arrives.
    pub arrives: SimTime,
    /// Since when it stays where it is: it, or its link, is held.
    pub stopped: Option<SimTime>,
    /// Request or reply.
    pub shape: MessageShape,
    /// The term that it carries; its hue. `None` for client traffic.
    pub term: Option<Term>,
    /// A label of at most two words: `append 8`, `vote?`, `✓ 8`.
    pub label: String,
    /// The same for a screen reader: `append entries 8 to 11 of term 3`.
    pub description: String,
}

/// The shape of a message.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum MessageShape {
    /// A solid card.
    Request,
    /// A hollow pill, positive.
    Granted,
    /// A hollow pill, negative.
    Refused,
}

/// A message that was lost.
#[derive(Clone, PartialEq, Debug)]
pub struct LossView {
    /// The message.
    pub flight: FlightView,
    /// When it was lost.
    pub at: SimTime,
    /// Why, in a few words: "cut", "infra2 is crashed".
    pub reason: String,
}

/// A client.
#[derive(Clone, PartialEq, Debug)]
pub struct ClientView {
    /// Its identity.
    pub id: ClientId,
    /// Its name: `client A`.
    pub name: String,
    /// The member that it talks to.
    pub member: NodeId,
    /// Its latest operation, while it waits and shortly after it ended.
    pub operation: Option<OperationView>,
    /// How many of its operations wait for an answer.
    pub pending: usize,
    /// The last operation that ended.
    pub last: Option<OperationView>,
    /// How many requests it makes up by itself in a second, if it does.
    pub load: Option<u64>,
}

/// An operation of a client.
#[derive(Clone, PartialEq, Debug)]
pub struct OperationView {
    /// Its identity.
    pub id: OperationId,
    /// As typed: `put name joe`.
    pub command: String,
    /// When it was called.
    pub called: SimTime,
    /// When it returned.
    pub returned: Option<SimTime>,
    /// How it stands.
    pub outcome: OutcomeView,
}

/// How an operation stands.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum OutcomeView {
    /// No answer yet.
    Pending,
    /// An answer, as etcdctl prints it, one line per item: `OK`; key and value; the count.
    Done(Vec<String>),
    /// An error: certainly not executed, with the message.
    Failed(String),
    /// No answer in time: it may or may not have been executed, with the message.
    Unknown(String),
}

/// A piece of a sentence.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Span {
    /// Plain words.
    Text(String),
    /// A member's name, drawn strong in the hue of the term.
    Member(NodeId, Term),
    /// A command, key or value, drawn in the monospaced face.
    Code(String),
}

/// An event of the recent past.
#[derive(Clone, PartialEq, Debug)]
pub struct RecentEvent {
    /// Which fact of the run it is.
    pub number: u64,
    /// When it happened.
    pub time: SimTime,
    /// Whether it matters to the story (others are drawn fainter).
    pub major: bool,
    /// What happened.
    pub sentence: Vec<Span>,
}

/// All logs, aligned on the index.
#[derive(Clone, PartialEq, Debug)]
pub struct LogMatrix {
    /// The first column.
    pub first: Index,
    /// The last column: the longest log's end. Less than `first` while all logs are empty.
    pub last: Index,
    /// One row per member, in the order of the ids.
    pub rows: Vec<LogRow>,
}

/// One member's log.
#[derive(Clone, PartialEq, Debug)]
pub struct LogRow {
    /// The member.
    pub member: NodeId,
    /// One cell per column.
    pub cells: Vec<LogCell>,
}

/// One slot of a log.
#[derive(Clone, PartialEq, Debug)]
pub struct LogCell {
    /// Filled, outline, …
    pub state: CellState,
    /// The entry's term; its hue. Term 0 where there is no entry.
    pub term: Term,
    /// A label of a few characters: `name=joe`, `∅` for the no-op.
    pub label: String,
}

/// How a slot is drawn.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum CellState {
    /// Filled: committed as far as this member knows.
    Committed,
    /// Outline: stored on disk.
    Stored,
    /// Outline with a gap below: written but not yet synced.
    Unsynced,
    /// Dashed: missing, while somebody else has it.
    Missing,
    /// Hatched: inside the snapshot.
    Snapshot,
}
