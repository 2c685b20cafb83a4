//! What a node asks of its driver: effects as data.

use super::message::{Envelope, ReadContext, VoteRefusal};
use super::types::{Entry, HardState, Index, NodeId, Snapshot, Term};
use serde::{Deserialize, Serialize};
use std::sync::Arc;

/// Everything that has become due since the last call of `Node::ready`.
///
/// The driver's duties, in any order except where a number says otherwise:
///
/// 1. Send `messages` at once.
/// 2. Hand `write` to the disk. Writes complete in the order in which they were handed over.
///    When one is durable, send its `after_sync` messages and call `Node::stored` with its `done`.
/// 3. Apply `committed` in order to the state machine and call `Node::applied`. An entry may be
///    applied before this member has stored it: it is durable on a majority.
/// 4. If `snapshot` is set, the state machine is replaced by it before anything of `committed`
///    is applied. (The disk gets it through `write` as well.)
/// 5. Answer the `reads` once everything up to their index is applied.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Ready {
    /// The volatile state, if it changed.
    pub soft_state: Option<SoftState>,
    /// To be sent now.
    pub messages: Vec<Envelope>,
    /// To be stored.
    pub write: Option<Write>,
    /// A snapshot to restore the state machine from.
    pub snapshot: Option<Arc<Snapshot>>,
    /// Entries to apply, contiguous.
    pub committed: Vec<Entry>,
    /// Reads that may be answered.
    pub reads: Vec<ReadState>,
    /// What the node learned, in order: for whoever watches, not for the protocol.
    pub events: Vec<Event>,
}

/// One request to the disk: all of it becomes durable together.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Write {
    /// Replaces the stored hard state.
    pub hard_state: Option<HardState>,
    /// Replaces the whole log and the stored snapshot; `entries` then follow it.
    pub snapshot: Option<Arc<Snapshot>>,
    /// To be stored. Everything from the index of the first one on is cut off before.
    pub entries: Vec<Entry>,
    /// To be sent when this write is durable: answers that promise what it holds.
    pub after_sync: Vec<Envelope>,
    /// To be given to `Node::stored` when this write is durable.
    pub done: WriteDone,
}

/// The receipt of a [`Write`].
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct WriteDone {
    /// The number of the write, counted from 1 since the node started.
    pub number: u64,
    /// The last entry that this write makes durable, if it has any: index and term. The term
    /// tells whether the entry is still in the log when the receipt arrives (the ABA case: a
    /// suffix may have been replaced meanwhile).
    pub last: Option<(Index, Term)>,
    /// The index of the snapshot that this write makes durable, if it has one.
    pub snapshot: Option<Index>,
    /// The term and vote that this write makes durable.
    pub term: Term,
}

/// A read that may be answered once everything up to `index` is applied.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct ReadState {
    /// The name that the application gave the read.
    pub read: ReadContext,
    /// The index.
    pub index: Index,
}

/// The role of a node (paper §5.1).
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default, Serialize, Deserialize)]
pub enum Role {
    /// Answers leaders and candidates.
    #[default]
    Follower,
    /// Asks whether it could win before it disturbs anybody (dissertation §9.6).
    PreCandidate,
    /// Asks for votes.
    Candidate,
    /// Handles all requests.
    Leader,
}

/// The volatile state that others want to see.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default, Serialize, Deserialize)]
pub struct SoftState {
    /// The role.
    pub role: Role,
    /// The leader of the current term, as far as known.
    pub leader: Option<NodeId>,
}

/// Something that a node learned or decided. Kept for the trace, the sentences and "Why?".
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub enum Event {
    /// The role, the term or the known leader changed.
    RoleChanged {
        /// The new role.
        role: Role,
        /// The current term.
        term: Term,
        /// The leader of the term, if known.
        leader: Option<NodeId>,
        /// Why.
        reason: RoleReason,
    },
    /// A vote (or pre-vote) was given.
    VoteGranted {
        /// To whom.
        candidate: NodeId,
        /// For which term.
        term: Term,
        /// Whether it was only a pre-vote.
        pre: bool,
    },
    /// A vote (or pre-vote) was refused.
    VoteRefused {
        /// To whom.
        candidate: NodeId,
        /// For which term.
        term: Term,
        /// Whether it was only a pre-vote.
        pre: bool,
        /// Why.
        reason: VoteRefusal,
    },
    /// A candidate counted an answer.
    VoteCounted {
        /// Who answered.
        voter: NodeId,
        /// Granted, or why not.
        verdict: super::message::VoteVerdict,
        /// Whether it was only a pre-vote.
        pre: bool,
    },
    /// A leader put new entries into its own log.
    Appended {
        /// The first of them.
        first: Index,
        /// The last of them.
        last: Index,
    },
    /// A follower took entries of the leader into its log (not durable yet).
    Accepted {
        /// The leader.
        leader: NodeId,
        /// The last index that now agrees with the leader's log.
        last: Index,
    },
    /// A follower found a conflict and cut off the end of its log (paper §5.3).
    Truncated {
        /// The first index that is gone.
        from: Index,
        /// The last index that is gone.
        to: Index,
    },
    /// A follower refused entries, since its log does not agree at the entry before them.
    AppendRefused {
        /// The leader.
        leader: NodeId,
        /// Where they should have attached.
        prev_index: Index,
    },
    /// A message of an old term was ignored or answered with the newer term.
    StaleMessage {
        /// Its sender.
        from: NodeId,
        /// Its term.
        term: Term,
    },
    /// Entries became durable on this member's own disk.
    Stored {
        /// The last durable index.
        last: Index,
    },
    /// A leader learned how far a follower's log agrees.
    Matched {
        /// The follower (or the leader itself).
        node: NodeId,
        /// Its match index.
        match_index: Index,
    },
    /// The commit index moved.
    Committed {
        /// The new commit index.
        index: Index,
    },
    /// A snapshot replaced the log.
    SnapshotRestored {
        /// Its index.
        index: Index,
        /// Its term.
        term: Term,
    },
    /// A read was confirmed.
    ReadConfirmed {
        /// The read.
        read: ReadContext,
        /// May be answered from this index on.
        index: Index,
    },
    /// A new configuration is in force.
    ConfChanged {
        /// The configuration.
        conf: super::types::ConfState,
    },
    /// A command or a read was dropped.
    Dropped {
        /// Why.
        reason: DropReason,
    },
    /// A leadership transfer began.
    TransferStarted {
        /// To whom.
        target: NodeId,
    },
    /// A leadership transfer was given up.
    TransferAborted {
        /// To whom it should have gone.
        target: NodeId,
    },
}

/// Why a role, a term or the known leader changed.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub enum RoleReason {
    /// The node started.
    Started,
    /// The election timer ran out.
    ElectionTimeout,
    /// The leader or the operator ordered a campaign.
    ToldToCampaign,
    /// The pre-vote was won, the real campaign begins.
    PreVoteWon,
    /// A majority voted for the node.
    ElectionWon,
    /// So many refused that the campaign cannot be won.
    ElectionLost,
    /// A message of a higher term arrived.
    HigherTerm {
        /// From whom.
        from: NodeId,
    },
    /// The leader of the current term was heard for the first time.
    FoundLeader,
    /// The leader did not hear from a majority for an election timeout (CheckQuorum).
    LostQuorum,
    /// The leader is not a voter any more.
    Removed,
}

/// Why a command or a read was dropped.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub enum DropReason {
    /// There is no leader to give it to.
    NoLeader,
    /// The leader is handing over its leadership.
    Transferring,
    /// Too many bytes wait to be committed.
    TooMuchUncommitted,
    /// Proposal forwarding is switched off.
    ForwardingDisabled,
    /// The node is not a voter.
    NotAVoter,
}
