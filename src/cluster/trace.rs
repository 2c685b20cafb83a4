//! The trace: everything that happens in a run, as a list of facts. It is the only way out of a
//! world: whatever is drawn, said or checked is read from it or from the state that it explains.

use super::action::Action;
use super::call::{Answer, Call};
use super::client::{ClientError, ClientId, OperationId, Outcome};
use super::program::{ProgramEvent, Question, RunId};
use super::violation::Violation;
use crate::kv::{Caller, Revision};
use crate::raft::{Envelope, Event, Index, NodeId};
use crate::sim::{FlightId, SimTime};
use serde::Serialize;
use std::fmt;
use std::sync::Arc;

/// A fact of a run.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct TraceEvent {
    /// When it happened.
    pub time: SimTime,
    /// The step that it belongs to: steps are the events and actions of a run, counted from 1.
    /// One step can have many facts.
    pub step: u64,
    /// What happened.
    pub fact: Fact,
}

/// What happened.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub enum Fact {
    /// Somebody acted from outside.
    Acted(Box<Action>),
    /// A member started, for the first time or again.
    Started {
        /// The member.
        member: NodeId,
    },
    /// A member crashed.
    Crashed {
        /// The member.
        member: NodeId,
        /// How many writes were not synced and are lost.
        lost_writes: usize,
    },
    /// A message was sent.
    Sent {
        /// Its identity.
        flight: FlightId,
        /// Where it comes from.
        from: Address,
        /// Where it goes.
        to: Address,
        /// When it arrives, if it arrives.
        arrives: SimTime,
        /// What it carries.
        packet: Arc<Packet>,
    },
    /// A message arrived.
    Delivered {
        /// Its identity.
        flight: FlightId,
        /// Where it comes from.
        from: Address,
        /// Where it arrived.
        to: Address,
        /// When it was sent.
        sent: SimTime,
        /// What it carries.
        packet: Arc<Packet>,
    },
    /// A message was lost at the end of its way.
    Lost {
        /// Its identity.
        flight: FlightId,
        /// Where it comes from.
        from: Address,
        /// Where it should have arrived.
        to: Address,
        /// When it was sent.
        sent: SimTime,
        /// What it carried.
        packet: Arc<Packet>,
        /// Why it was lost.
        reason: LossReason,
    },
    /// A member learned or decided something about the protocol.
    Learned {
        /// The member.
        member: NodeId,
        /// What.
        event: Event,
    },
    /// A member handed a write to its disk.
    Wrote {
        /// The member.
        member: NodeId,
        /// The indexes of the first and the last entry, if it holds entries.
        entries: Option<(Index, Index)>,
        /// When the disk has all of it, though a failing power would lose it.
        written_at: SimTime,
        /// When it will be durable, if the disk does not stand still before.
        synced_at: SimTime,
    },
    /// A write became durable.
    Synced {
        /// The member.
        member: NodeId,
        /// The indexes of the first and the last entry, if it holds entries.
        entries: Option<(Index, Index)>,
    },
    /// A member applied an entry to its store.
    Applied {
        /// The member.
        member: NodeId,
        /// The entry.
        index: Index,
        /// The operation that the entry belongs to; `None` for entries of Raft's own.
        operation: Option<OperationId>,
        /// The store's revision afterwards.
        revision: Revision,
    },
    /// A client sent a request.
    Called {
        /// The operation.
        operation: OperationId,
        /// The client.
        client: ClientId,
        /// The member that it talks to.
        member: NodeId,
        /// What it asks for.
        call: Arc<Call>,
        /// The question of a program that it puts, perhaps not for the first time; `None` if no
        /// program asks.
        question: Option<Question>,
    },
    /// A member keeps a request, since it knows no leader to give it to.
    Held {
        /// The member.
        member: NodeId,
        /// The operation.
        operation: OperationId,
    },
    /// An operation ended for its client.
    Returned {
        /// The operation.
        operation: OperationId,
        /// The client.
        client: ClientId,
        /// How it ended.
        outcome: Outcome,
    },
    /// A property that must always hold was found violated in this step. The world does not know
    /// it: whoever watches the run appends it after the step.
    Violated(Box<Violation>),
    /// The network made a second copy of a message. It counts as sent.
    Duplicated {
        /// The message.
        original: FlightId,
        /// The identity of the copy.
        flight: FlightId,
        /// Where it comes from.
        from: Address,
        /// Where it goes.
        to: Address,
        /// When the copy arrives, if it arrives.
        arrives: SimTime,
        /// What it carries.
        packet: Arc<Packet>,
    },
    /// A message does not come on, or came to its receiver and is not taken in yet.
    Waiting {
        /// Its identity.
        flight: FlightId,
        /// Where it comes from.
        from: Address,
        /// Where it goes.
        to: Address,
        /// What it carries.
        packet: Arc<Packet>,
        /// What it waits for.
        reason: WaitReason,
    },
    /// A crash left half of a record on a disk.
    Torn {
        /// The member.
        member: NodeId,
    },
    /// A member that starts found half of a record at the end of its disk and cut it off.
    Repaired {
        /// The member.
        member: NodeId,
    },
    /// A member refuses to start with what its disk holds.
    FailedToStart {
        /// The member.
        member: NodeId,
        /// What it says, in etcd's words.
        error: String,
    },
    /// A program of a client has something to say.
    Ran {
        /// The client.
        client: ClientId,
        /// The program's run.
        run: RunId,
        /// What.
        event: Box<ProgramEvent>,
    },
    /// A fault that was given for a while is over.
    Ended {
        /// What was done for a while.
        action: Box<Action>,
    },
    /// What was planned for now is impossible.
    Refused {
        /// What was planned.
        action: Box<Action>,
        /// Why, as a sentence.
        reason: String,
    },
}

/// What a message waits for.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize)]
pub enum WaitReason {
    /// Its link is held.
    LinkHeld,
    /// Somebody holds this very message.
    Hand,
    /// The process is paused.
    Paused,
    /// The process is busy with what came before.
    Busy,
}

/// Who can send and receive.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize)]
pub enum Address {
    /// A member.
    Member(NodeId),
    /// A client.
    Client(ClientId),
}

/// Each address is a number, in the same order: members have ids below 2⁶³.
impl From<Address> for u64 {
    fn from(address: Address) -> u64 {
        match address {
            Address::Member(id) => id.0,
            Address::Client(id) => 1 << 63 | u64::from(id.0),
        }
    }
}

/// `infra1` or `client A`.
impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Address::Member(id) => write!(f, "infra{id}"),
            Address::Client(id) => id.fmt(f),
        }
    }
}

/// What travels over the network.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub enum Packet {
    /// Between members.
    Raft(Envelope),
    /// Client to member.
    Request {
        /// The operation.
        operation: OperationId,
        /// What is asked for.
        call: Arc<Call>,
        /// In whose name.
        caller: Caller,
    },
    /// Member to client.
    Response {
        /// The operation.
        operation: OperationId,
        /// The answer.
        result: Result<Arc<Answer>, ClientError>,
    },
    /// Member to client: a part of a stream.
    Streamed {
        /// The operation.
        operation: OperationId,
        /// Which part, from 1, so that a lost one is noticed.
        number: u64,
        /// The part.
        answer: Arc<Answer>,
    },
    /// Client to member, while a stream is under way.
    Upstream {
        /// The operation.
        operation: OperationId,
        /// What is said.
        note: Upstream,
    },
    /// Member to member: you have been removed from the cluster.
    Removed,
    /// Client to member: a program wants to talk.
    Dial {
        /// The program's run.
        run: RunId,
    },
    /// Member to client: it may.
    Accepted {
        /// The program's run.
        run: RunId,
    },
    /// Member, or what is left of its machine, to client: nobody listens, or nobody listens any
    /// more.
    Closed {
        /// The program's run.
        run: RunId,
    },
}

/// What a client says about a stream.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Serialize)]
pub enum Upstream {
    /// No more, please.
    Cancel,
    /// Are you still there? The answer is a part without events that does not count.
    Ping,
    /// Say up to where everything was sent: a part without events.
    Progress,
}

impl Packet {
    pub(super) fn response(operation: OperationId, result: Result<Answer, ClientError>) -> Packet {
        Packet::Response {
            operation,
            result: result.map(Arc::new),
        }
    }
}

/// Why a message was lost.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize)]
pub enum LossReason {
    /// Its link was cut when it would have arrived.
    Cut,
    /// The receiver was crashed when it would have arrived, or crashed before it took it in.
    ReceiverCrashed,
    /// By chance: its link loses messages.
    Chance,
    /// Somebody dropped it.
    Dropped,
    /// It is a copy, and the receiver has the message already.
    Repeated,
}

#[cfg(all(test, target_pointer_width = "64"))]
mod tests {
    use super::*;

    /// Every step makes some, and moves them around: what is rare and large goes into a box.
    #[test]
    fn facts_are_small() {
        assert!(size_of::<Fact>() <= 72, "{}", size_of::<Fact>());
    }

    #[test]
    fn addresses_are_numbers_in_their_own_order() {
        let members = [1, 2, 9, u64::MAX >> 1].map(|id| Address::Member(NodeId(id)));
        let clients = [0, 1, 255].map(|id| Address::Client(ClientId(id)));
        let all: Vec<Address> = members.into_iter().chain(clients).collect();
        assert!(all.is_sorted());
        let numbers = all.into_iter().map(u64::from);
        assert!(numbers.is_sorted_by(|one, other| one < other));
    }
}
