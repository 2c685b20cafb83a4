//! Actions: the only way into a run.
//!
//! Each fault of the simulated world is an action, so that a page, a script and a random run break
//! the world in the same ways, and a recording can do it again. A fault can be given for good, for
//! a while ([`Action::During`]) and at a time ([`Action::At`]).

use super::client::ClientId;
use super::load::Load;
use super::program::{Input, Program, RunId};
use super::trace::Address;
use crate::kv::Request;
use crate::raft::NodeId;
use crate::sim::{ClockRate, DiskOptions, FlightId, SimTime};
use serde::Serialize;

/// Something that a person, a script or a host page does to the world.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub enum Action {
    /// A client sends a request to a member.
    Request {
        /// The client.
        client: ClientId,
        /// The member that it talks to.
        member: NodeId,
        /// What it asks for.
        request: Request,
    },
    /// A client runs a program: it does what somebody types, with all its waiting and retrying.
    Run {
        /// The client.
        client: ClientId,
        /// What it does.
        program: Box<Program>,
        /// What was typed, for whoever reads the recording.
        typed: String,
    },
    /// A running program is given one more line.
    Feed {
        /// The run.
        run: RunId,
        /// What is given.
        input: Input,
    },
    /// A running program is interrupted, as with Ctrl-C.
    Interrupt {
        /// The run.
        run: RunId,
    },
    /// The process of a member that was added to the cluster starts for the first time.
    Join {
        /// The member.
        member: NodeId,
    },
    /// A client sends requests by itself from now on, or stops.
    SetLoad {
        /// The client.
        client: ClientId,
        /// What it sends; `None` to stop.
        load: Option<Load>,
    },
    /// A member's process ends at once, and what its disk has not synced is lost.
    Crash {
        /// The member.
        member: NodeId,
    },
    /// A crashed member starts again from its disk.
    Restart {
        /// The member.
        member: NodeId,
    },
    /// The network is cut so that only members of the same group reach each other. Members that
    /// no group names form one more group. It replaces an earlier cut.
    Partition {
        /// The groups.
        groups: Vec<Vec<NodeId>>,
    },
    /// No link between members is cut any more.
    Heal,
    /// A member behaves as if its election timer had run out.
    TimeOutNow {
        /// The member.
        member: NodeId,
    },
    /// What is sent over the links from now on takes this long.
    SetDelay {
        /// The links.
        links: Links,
        /// The shortest delay, in microseconds, at most [`MAX_DELAY_US`].
        latency_us: u64,
        /// Up to this much is added at random, in microseconds, at most [`MAX_DELAY_US`].
        jitter_us: u64,
    },
    /// The links lose messages by chance.
    SetLoss {
        /// The links.
        links: Links,
        /// How many of a million. Judged when a message would be delivered.
        loss_ppm: u32,
    },
    /// The links double messages by chance, each copy with a delay of its own.
    SetDuplication {
        /// The links.
        links: Links,
        /// How many of a million. Judged when a message is sent.
        duplicate_ppm: u32,
    },
    /// Nothing is delivered over the links any more, neither what is sent from now on nor what is
    /// on its way. It is added to what is cut already.
    CutLinks {
        /// The links.
        links: Links,
    },
    /// Links that are cut work again.
    MendLinks {
        /// The links.
        links: Links,
    },
    /// What comes to the end of the links waits there until they are released.
    HoldLinks {
        /// The links.
        links: Links,
    },
    /// What waits at the end of the links is delivered now, in the order in which it came there.
    ReleaseLinks {
        /// The links.
        links: Links,
    },
    /// Every link is as it was at the start: delays, losses, copies, cuts and holds.
    ResetNetwork,
    /// A message that is on its way is lost.
    DropMessage {
        /// The message.
        flight: FlightId,
    },
    /// A message that is on its way stays there until it is released.
    HoldMessage {
        /// The message.
        flight: FlightId,
    },
    /// A message that is held by hand goes the rest of its way.
    ReleaseMessage {
        /// The message.
        flight: FlightId,
    },
    /// A second copy of a message that is on its way is sent now, with a delay of its own.
    DuplicateMessage {
        /// The message.
        flight: FlightId,
    },
    /// A message that is on its way is delivered now: before its time, and although it is held.
    DeliverMessage {
        /// The message.
        flight: FlightId,
    },
    /// A member crashes while its disk writes: half of the oldest record that is not durable is on
    /// the disk. The checksum gives it away at the next start, and it is cut off.
    TearWrite {
        /// The member.
        member: NodeId,
    },
    /// A bit of a durable record flips. Nobody notices until the member starts the next time; then
    /// it refuses to start.
    DamageDisk {
        /// The member.
        member: NodeId,
        /// Which record, counted from the newest, which is 0.
        back: u64,
    },
    /// The disk of a crashed member is replaced by an empty one. The member would start with the
    /// same identity and know nothing of what it has promised: it may vote a second time in a
    /// term and be counted as a copy of entries that it has lost. Raft (paper §5.1, "stable
    /// storage") and etcd do not allow for this: etcd wants such a member to be removed and added
    /// under a new identity. Here it is possible, so that it can be seen.
    WipeDisk {
        /// The member.
        member: NodeId,
    },
    /// A disk stands still: nothing that it was given, or is given, becomes durable.
    StallDisk {
        /// The member.
        member: NodeId,
    },
    /// A disk that stands still goes on where it stopped.
    ResumeDisk {
        /// The member.
        member: NodeId,
    },
    /// Writes that a disk is given from now on take this long.
    SetDisk {
        /// The member.
        member: NodeId,
        /// How long, each at most [`MAX_DELAY_US`].
        disk: DiskOptions,
    },
    /// A process stands still, as in a long garbage collection: it takes in nothing, and its
    /// timers do not run out. What is delivered to it waits, and so does the news that a write is
    /// durable. Its clock and its disk go on.
    Pause {
        /// The member.
        member: NodeId,
    },
    /// A paused process goes on. First it sees that its clock has jumped, so its election timer
    /// may run out before it reads the heartbeats that wait; then it takes in what waits, in order.
    Resume {
        /// The member.
        member: NodeId,
    },
    /// A process needs time for everything that it takes in, one after the other: messages,
    /// requests, the news that a write is durable. Its timers run all the same.
    SlowDown {
        /// The member.
        member: NodeId,
        /// How long for each, in microseconds, at most [`MAX_DELAY_US`]; 0 is the usual.
        delay_us: u64,
    },
    /// A member's clock runs at another rate from now on.
    SetClockRate {
        /// The member.
        member: NodeId,
        /// The rate.
        rate: ClockRate,
    },
    /// A member's clock is set. Set back, it stands still until the difference is made up.
    JumpClock {
        /// The member.
        member: NodeId,
        /// By how many microseconds, forward or back, at most [`MAX_JUMP_US`].
        by_us: i64,
    },
    /// Something is done now and undone after a while, unless somebody has undone it before.
    /// [`Action::can_end`] says for what this is possible. What is undone is this alone: if the
    /// same was changed twice for a while, each change ends at its own time.
    During {
        /// What is done.
        action: Box<Action>,
        /// For how long, in microseconds.
        for_us: u64,
    },
    /// Something is done later. If it is impossible then, the trace says why.
    At {
        /// What is done: anything but another plan.
        action: Box<Action>,
        /// When.
        time: SimTime,
    },
}

/// The longest delay of a link, a disk or a process, in microseconds: one minute.
pub const MAX_DELAY_US: u64 = 60_000_000;

/// The furthest that a clock may be set at once, in microseconds: one day.
pub const MAX_JUMP_US: u64 = 86_400_000_000;

/// Directed links of the network.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub enum Links {
    /// All links between members.
    BetweenMembers,
    /// All links between a member and the other members, in both directions.
    Of(NodeId),
    /// All links from a member to the other members.
    From(NodeId),
    /// All links from the other members to a member.
    To(NodeId),
    /// These: sender and receiver. Between a member and a client there are two links as well.
    List(Vec<(Address, Address)>),
}

impl Links {
    /// The links between two in both directions.
    pub fn between(one: Address, other: Address) -> Links {
        Links::List(vec![(one, other), (other, one)])
    }
}

impl Action {
    /// This action, undone after so many microseconds.
    pub fn during(self, for_us: u64) -> Action {
        Action::During {
            action: Box::new(self),
            for_us,
        }
    }

    /// This action, done later.
    pub fn at(self, time: SimTime) -> Action {
        Action::At {
            action: Box::new(self),
            time,
        }
    }

    /// Whether it can be done for a while: whether it is clear what undoing it means. A crash is
    /// undone by a restart, a pause by going on, a hold by a release, and a setting by what was
    /// set before.
    pub fn can_end(&self) -> bool {
        match self {
            Action::Crash { .. }
            | Action::SetLoad { load: Some(_), .. }
            | Action::Partition { .. }
            | Action::SetDelay { .. }
            | Action::SetLoss { .. }
            | Action::SetDuplication { .. }
            | Action::CutLinks { .. }
            | Action::HoldLinks { .. }
            | Action::HoldMessage { .. }
            | Action::TearWrite { .. }
            | Action::StallDisk { .. }
            | Action::SetDisk { .. }
            | Action::Pause { .. }
            | Action::SlowDown { .. }
            | Action::SetClockRate { .. } => true,
            Action::Request { .. }
            | Action::Run { .. }
            | Action::Feed { .. }
            | Action::Interrupt { .. }
            | Action::Join { .. }
            | Action::Restart { .. }
            | Action::Heal
            | Action::TimeOutNow { .. }
            | Action::MendLinks { .. }
            | Action::ReleaseLinks { .. }
            | Action::ResetNetwork
            | Action::DropMessage { .. }
            | Action::ReleaseMessage { .. }
            | Action::DuplicateMessage { .. }
            | Action::DeliverMessage { .. }
            | Action::DamageDisk { .. }
            | Action::WipeDisk { .. }
            | Action::ResumeDisk { .. }
            | Action::Resume { .. }
            | Action::JumpClock { .. }
            | Action::SetLoad { load: None, .. }
            | Action::During { .. }
            | Action::At { .. } => false,
        }
    }
}
