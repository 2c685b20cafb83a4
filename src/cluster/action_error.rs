//! Why an action is refused.

use super::action::{MAX_DELAY_US, MAX_JUMP_US};
use super::client::ClientId;
use super::load::LoadError;
use super::program::{ProgramRefusal, RunId};
use super::trace::Address;
use crate::kv::KvError;
use crate::raft::NodeId;
use crate::sim::{ClockRate, FlightId, PPM, SimTime};
use thiserror::Error;

/// Why an action is impossible. Nothing has changed.
#[derive(Clone, PartialEq, Eq, Debug, Error)]
pub enum ActionError {
    /// There is no such member.
    #[error("there is no member infra{0}; this cluster has infra1 to infra{1}")]
    NoSuchMember(NodeId, usize),
    /// There is no such client.
    #[error("there is no {0}; clients are named A to Z")]
    NoSuchClient(ClientId),
    /// A crashed member cannot crash.
    #[error("infra{0} is crashed already; restart it first")]
    AlreadyCrashed(NodeId),
    /// A running member cannot be restarted.
    #[error("infra{0} is running; only a crashed member can be restarted")]
    AlreadyRunning(NodeId),
    /// A crashed member has no process.
    #[error("infra{0} is crashed; restart it first")]
    NotRunning(NodeId),
    /// A leader has no election timer.
    #[error("infra{0} leads; only a follower or a candidate can time out")]
    IsLeader(NodeId),
    /// A member is named twice.
    #[error("infra{0} is in two groups; name every member at most once")]
    InTwoGroups(NodeId),
    /// All members are in one group.
    #[error("this cut has only one side; put some members, not all of them, into the group")]
    OneSided,
    /// Nothing is cut.
    #[error("the network is whole; there is no cut to heal")]
    NothingToHeal,
    /// The request breaks one of etcd's limits.
    #[error("{0}")]
    Request(#[from] KvError),
    /// There is no such program, or it has ended.
    #[error("command {} does not run", .0.0)]
    NoSuchRun(RunId),
    /// The program takes no more input.
    #[error("command {} takes no more input", .0.0)]
    ReadsNothing(RunId),
    /// The program is too large.
    #[error("{0}")]
    Program(#[from] ProgramRefusal),
    /// Too many programs run.
    #[error("at most {0} commands can run at once")]
    TooManyRuns(usize),
    /// The member has been started before.
    #[error("infra{0} is no new member; restart it if it is crashed")]
    HasStarted(NodeId),
    /// The cluster does not know of the member.
    #[error("infra{0} was not added to the cluster; add it first (member add)")]
    NotAdded(NodeId),
    /// Too many members were added.
    #[error("at most {0} members can be started in one run")]
    TooManyMembers(usize),
    /// The load makes no sense.
    #[error("{0}")]
    Load(#[from] LoadError),
    /// The client sends nothing by itself.
    #[error("{0} sends no requests by itself")]
    NoLoad(ClientId),
    /// There is no such link.
    #[error(
        "there is no link from {0} to {1}; links lead from member to member and between members and clients"
    )]
    NoSuchLink(Address, Address),
    /// No link is named.
    #[error("no link is named; name at least one")]
    NoLinks,
    /// All links are cut already.
    #[error("nothing would change: all of this is cut already")]
    AlreadyCut,
    /// None of the links is cut.
    #[error("there is nothing to mend: none of this is cut")]
    NotCut,
    /// All links are held already.
    #[error("nothing would change: all of this is held already")]
    AlreadyHeld,
    /// None of the links is held.
    #[error("there is nothing to release: none of this is held")]
    NotHeld,
    /// Every link is as it was at the start.
    #[error("every link is as it was at the start")]
    NothingToReset,
    /// More than certain.
    #[error("a probability is at most {PPM} parts per million, not {0}")]
    TooProbable(u32),
    /// A delay is too long.
    #[error("a delay is at most {} s, not {} ms", MAX_DELAY_US / 1_000_000, .0 / 1_000)]
    TooSlow(u64),
    /// The message has arrived, is lost, or was never sent.
    #[error("message {} is not on its way", .0.0)]
    NoSuchMessage(FlightId),
    /// The message is held by hand already.
    #[error("message {} is held already", .0.0)]
    MessageHeld(FlightId),
    /// The message is not held by hand.
    #[error("message {} is not held", .0.0)]
    MessageNotHeld(FlightId),
    /// The link is cut.
    #[error("the link from {0} to {1} is cut; mend it before something is delivered over it")]
    LinkIsCut(Address, Address),
    /// A paused process cannot do this.
    #[error("infra{0} is paused; let it go on first")]
    IsPaused(NodeId),
    /// The process is not paused.
    #[error("infra{0} is not paused")]
    NotPaused(NodeId),
    /// The disk stands still already.
    #[error("the disk of infra{0} stands still already")]
    DiskStalled(NodeId),
    /// The disk does not stand still.
    #[error("the disk of infra{0} does not stand still")]
    DiskNotStalled(NodeId),
    /// No write can be torn.
    #[error("the disk of infra{0} writes nothing now, so there is nothing to tear")]
    NothingWritten(NodeId),
    /// There are not so many records.
    #[error("the disk of infra{member} has {records} records; count back from 0, the newest")]
    NoSuchRecord {
        /// The member.
        member: NodeId,
        /// How many records its disk has.
        records: u64,
    },
    /// A running process uses its disk.
    #[error("infra{0} is running; crash it before its disk is replaced")]
    DiskInUse(NodeId),
    /// The disk is empty.
    #[error("the disk of infra{0} is empty already")]
    DiskIsEmpty(NodeId),
    /// The rate of a clock is too low or too high.
    #[error("a clock runs at {} to {} ppm beside the right rate, not {}", ClockRate::SLOWEST.0, ClockRate::FASTEST.0, .0.0)]
    ClockRate(ClockRate),
    /// A clock is set too far.
    #[error("a clock is set by at most {} h at once", MAX_JUMP_US / 3_600_000_000)]
    ClockJump,
    /// Nobody could say what undoing it means.
    #[error("this cannot be given for a while, since nothing about it could be undone")]
    CannotEnd,
    /// It would be undone at once.
    #[error("a while is longer than 0 µs")]
    NoTime,
    /// A plan for a plan.
    #[error("only what is done at once can be planned, not another plan")]
    PlanOfPlan,
    /// The time is over.
    #[error("{0} is over; it is {1} now")]
    InThePast(SimTime, SimTime),
    /// Too much is planned.
    #[error("at most {0} actions can be planned at once")]
    TooManyPlans(usize),
}

impl ActionError {
    /// Whether the action is impossible now and will be for ever, whatever happens.
    pub fn is_for_good(&self) -> bool {
        match self {
            ActionError::NoSuchMember(..)
            | ActionError::NoSuchClient(_)
            | ActionError::InTwoGroups(_)
            | ActionError::OneSided
            | ActionError::Request(_)
            | ActionError::Load(_)
            | ActionError::Program(_)
            | ActionError::ReadsNothing(_)
            | ActionError::NoSuchLink(..)
            | ActionError::NoLinks
            | ActionError::TooProbable(_)
            | ActionError::TooSlow(_)
            | ActionError::ClockRate(_)
            | ActionError::ClockJump
            | ActionError::CannotEnd
            | ActionError::NoTime
            | ActionError::PlanOfPlan
            | ActionError::InThePast(..) => true,
            ActionError::AlreadyCrashed(_)
            | ActionError::NoSuchRun(_)
            | ActionError::TooManyRuns(_)
            | ActionError::HasStarted(_)
            | ActionError::NotAdded(_)
            | ActionError::TooManyMembers(_)
            | ActionError::NoLoad(_)
            | ActionError::AlreadyRunning(_)
            | ActionError::NotRunning(_)
            | ActionError::IsLeader(_)
            | ActionError::NothingToHeal
            | ActionError::AlreadyCut
            | ActionError::NotCut
            | ActionError::AlreadyHeld
            | ActionError::NotHeld
            | ActionError::NothingToReset
            | ActionError::NoSuchMessage(_)
            | ActionError::MessageHeld(_)
            | ActionError::MessageNotHeld(_)
            | ActionError::LinkIsCut(..)
            | ActionError::IsPaused(_)
            | ActionError::NotPaused(_)
            | ActionError::DiskStalled(_)
            | ActionError::DiskNotStalled(_)
            | ActionError::NothingWritten(_)
            | ActionError::NoSuchRecord { .. }
            | ActionError::DiskInUse(_)
            | ActionError::DiskIsEmpty(_)
            | ActionError::TooManyPlans(_) => false,
        }
    }
}
