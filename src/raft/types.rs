//! The nouns of the protocol: identities, terms, entries, and what a member keeps on its disk.

use super::image::Image;
use crate::base::SharedVec;
use bytes::Bytes;
use serde::{Deserialize, Serialize};
use std::fmt;
use std::sync::Arc;

/// The identity of a member, unique in the cluster for ever and never 0.
#[derive(
    Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Default, Serialize, Deserialize,
)]
pub struct NodeId(pub u64);

/// A term: Raft's logical clock (paper §5.1). Term 0 is the time before the first election.
#[derive(
    Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Default, Serialize, Deserialize,
)]
pub struct Term(pub u64);

/// A position in the log. The first entry has index 1; index 0 stands for "before the log".
#[derive(
    Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Default, Serialize, Deserialize,
)]
pub struct Index(pub u64);

impl Term {
    /// The term after this one.
    pub fn next(self) -> Term {
        Term(self.0.saturating_add(1))
    }
}

impl Index {
    /// The index after this one.
    pub fn next(self) -> Index {
        Index(self.0.saturating_add(1))
    }

    /// The index before this one; 0 stays 0.
    pub fn prev(self) -> Index {
        Index(self.0.saturating_sub(1))
    }
}

impl fmt::Display for NodeId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl fmt::Display for Term {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl fmt::Display for Index {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// One slot of the replicated log. Cheap to clone: the data is shared.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
pub struct Entry {
    /// The term of the leader that created the entry.
    pub term: Term,
    /// Its position; together with `term` it identifies the entry in the whole cluster
    /// (Log Matching, paper §5.3).
    pub index: Index,
    /// What the entry asks for when it is applied.
    pub payload: Payload,
}

/// What an entry asks for.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
pub enum Payload {
    /// The no-op with which a leader opens its term (paper §8), so that it can learn what is
    /// committed.
    Noop,
    /// A command for the state machine, opaque to Raft.
    Command(Bytes),
    /// A change of the membership.
    ConfChange(Box<ConfChange>),
}

/// A change of the membership, carried through the log (dissertation chapter 4).
#[derive(Clone, PartialEq, Eq, Hash, Debug, Default, Serialize, Deserialize)]
pub struct ConfChange {
    /// How the change is carried out.
    pub transition: Transition,
    /// The single steps. Empty means: leave the joint configuration.
    pub changes: Vec<ConfChangeStep>,
    /// Opaque to Raft: whatever the application wants to find when the change is applied.
    pub context: Bytes,
}

/// How a membership change is carried out.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default, Serialize, Deserialize)]
pub enum Transition {
    /// A single step where that is safe, joint consensus with automatic leave otherwise.
    #[default]
    Auto,
    /// Joint consensus; the leader leaves it by itself as soon as it may.
    JointImplicit,
    /// Joint consensus until somebody proposes to leave it.
    JointExplicit,
}

/// One step of a [`ConfChange`].
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
pub enum ConfChangeStep {
    /// Make the node a voter (also: promote a learner).
    AddVoter(NodeId),
    /// Make the node a learner (also: demote a voter).
    AddLearner(NodeId),
    /// Take the node out.
    Remove(NodeId),
}

/// A configuration of the cluster, as it is stored in a snapshot. All lists are sorted.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Default, Serialize, Deserialize)]
pub struct ConfState {
    /// The voters (of the new configuration while joint).
    pub voters: Vec<NodeId>,
    /// Members that receive the log but do not vote.
    pub learners: Vec<NodeId>,
    /// The voters of the old configuration; empty unless joint.
    pub voters_outgoing: Vec<NodeId>,
    /// Voters of the old configuration that become learners on leaving the joint one.
    pub learners_next: Vec<NodeId>,
    /// Whether the leader leaves the joint configuration by itself.
    pub auto_leave: bool,
}

impl ConfState {
    /// The configuration with these voters and nothing else.
    pub fn voters(ids: impl IntoIterator<Item = NodeId>) -> ConfState {
        let mut voters: Vec<NodeId> = ids.into_iter().collect();
        voters.sort();
        voters.dedup();
        ConfState {
            voters,
            ..ConfState::default()
        }
    }
}

/// What must be on disk before a member speaks for its term (paper Figure 2, "persistent state").
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default, Serialize, Deserialize)]
pub struct HardState {
    /// The latest term that the member has seen.
    pub term: Term,
    /// The candidate that got the member's vote in `term`.
    pub vote: Option<NodeId>,
    /// The highest index known to be committed. Not needed for safety; it saves a restarted
    /// member from waiting to learn it again.
    pub commit: Index,
}

/// The state machine at an index, in place of the log up to there (paper §7).
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Snapshot {
    /// The last entry that the snapshot covers.
    pub index: Index,
    /// The term of that entry.
    pub term: Term,
    /// The configuration at that index.
    pub conf: ConfState,
    /// The state machine, opaque to Raft.
    pub data: Image,
}

/// Everything that a member finds on its disk when it starts.
///
/// A member of a new cluster starts from a snapshot at index 0 whose `conf` is the initial
/// configuration; one that joins later starts with an empty configuration.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Stored {
    /// Term, vote and commit.
    pub hard_state: HardState,
    /// The latest snapshot; at index 0 if none was ever taken.
    pub snapshot: Arc<Snapshot>,
    /// The entries kept in the log, contiguous. They may begin before `snapshot.index` (a tail
    /// kept for slow followers) and never after `snapshot.index + 1`.
    pub entries: SharedVec<Entry>,
    /// The term of the entry before the first of `entries` (its index is one less).
    pub prev_term: Term,
    /// Everything up to here was already applied by the application that kept its state across
    /// the restart; normally `snapshot.index`.
    pub applied: Index,
}

impl Stored {
    /// The empty disk of a member of a new cluster with this configuration.
    pub fn new(conf: ConfState) -> Stored {
        Stored {
            hard_state: HardState::default(),
            snapshot: Arc::new(Snapshot {
                index: Index(0),
                term: Term(0),
                conf,
                data: Image::default(),
            }),
            entries: SharedVec::default(),
            prev_term: Term(0),
            applied: Index(0),
        }
    }

    /// Keeps what this log has in common with another one only once, as far as that is easily
    /// found. Nobody can tell the difference.
    pub fn share_log(&mut self, other: &Stored) {
        let first = self.entries.first().map(|first| first.index);
        if let Some(before) = first.and_then(|first| other.place_of(first)) {
            self.entries.share_with(&other.entries, before);
        }
    }

    /// The place of an index among the entries, if it is not before the first one.
    pub(super) fn place_of(&self, index: Index) -> Option<usize> {
        let first = self.entries.first()?.index;
        usize::try_from(index.0.checked_sub(first.0)?).ok()
    }

    /// The entry at an index, if it is there.
    pub fn entry(&self, index: Index) -> Option<&Entry> {
        self.entries.get(self.place_of(index)?)
    }
}

impl Payload {
    /// How much room it takes in a message: the bytes of a command; for a membership change
    /// those of its context and 9 for each step; nothing for a no-op.
    pub fn bytes(&self) -> u64 {
        match self {
            Payload::Noop => 0,
            Payload::Command(data) => data.len() as u64,
            Payload::ConfChange(change) => {
                change.context.len() as u64 + 9 * change.changes.len() as u64
            }
        }
    }
}
