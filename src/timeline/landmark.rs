//! What a person steps to: the next commit, the election before, …

use crate::cluster::{Fact, Packet, TraceEvent};
use crate::raft::{Event, Message, Role};

/// A kind of step that a person may want to go to.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Landmark {
    /// Any step: an event of the world or an action.
    Step,
    /// A message comes to the end of its way.
    Message,
    /// An entry is committed: a leader learns that enough members have it. (Followers learn it
    /// from a message of the leader, later.)
    Commit,
    /// A member is elected.
    Election,
    /// Somebody acts from outside.
    Action,
    /// A checker finds that a property does not hold.
    Violation,
}

impl Landmark {
    /// All of them.
    pub const ALL: [Landmark; 6] = [
        Landmark::Step,
        Landmark::Message,
        Landmark::Commit,
        Landmark::Election,
        Landmark::Action,
        Landmark::Violation,
    ];

    /// Whether a step with these facts is one of these.
    pub(super) fn is(self, facts: &[TraceEvent]) -> bool {
        let any = |is: fn(&Fact) -> bool| facts.iter().any(|event| is(&event.fact));
        match self {
            Landmark::Step => true,
            Landmark::Message => {
                any(|fact| matches!(fact, Fact::Delivered { .. } | Fact::Lost { .. }))
            }
            Landmark::Commit => any(is_commit) && !any(is_from_leader),
            Landmark::Election => any(is_election),
            Landmark::Action => any(|fact| matches!(fact, Fact::Acted(_))),
            Landmark::Violation => any(|fact| matches!(fact, Fact::Violated(_))),
        }
    }

    fn bit(self) -> u8 {
        1 << self as u8
    }
}

fn is_commit(fact: &Fact) -> bool {
    matches!(
        fact,
        Fact::Learned {
            event: Event::Committed { .. },
            ..
        }
    )
}

/// What a follower learns commits from.
pub(super) fn is_from_leader(fact: &Fact) -> bool {
    let Fact::Delivered { packet, .. } = fact else {
        return false;
    };
    match &**packet {
        Packet::Raft(envelope) => matches!(
            envelope.message,
            Message::AppendRequest { .. }
                | Message::Heartbeat { .. }
                | Message::SnapshotRequest { .. }
        ),
        _ => false,
    }
}

fn is_election(fact: &Fact) -> bool {
    matches!(
        fact,
        Fact::Learned {
            event: Event::RoleChanged {
                role: Role::Leader,
                ..
            },
            ..
        }
    )
}

/// Which landmarks there are among some steps.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub(super) struct LandmarkSet(u8);

impl LandmarkSet {
    /// What a step with these facts is.
    pub fn of_step(facts: &[TraceEvent]) -> LandmarkSet {
        let bits = Landmark::ALL
            .into_iter()
            .filter(|landmark| landmark.is(facts));
        LandmarkSet(bits.fold(0, |set, landmark| set | landmark.bit()))
    }

    /// Those of these steps and those of others.
    pub fn and(self, other: LandmarkSet) -> LandmarkSet {
        LandmarkSet(self.0 | other.0)
    }

    /// Whether this one is among them.
    pub fn contains(self, landmark: Landmark) -> bool {
        self.0 & landmark.bit() != 0
    }
}

impl FromIterator<LandmarkSet> for LandmarkSet {
    fn from_iter<I: IntoIterator<Item = LandmarkSet>>(sets: I) -> Self {
        sets.into_iter()
            .fold(LandmarkSet::default(), LandmarkSet::and)
    }
}
