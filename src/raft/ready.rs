//! What a node asks of its driver: effects as data.

use super::membership::ConfError;
use super::message::{Envelope, ReadContext, VoteRefusal};
use super::types::{Entry, HardState, Index, NodeId, Snapshot, Stored, Term};
use crate::base::SharedVec;
use serde::{Deserialize, Serialize};
use std::sync::Arc;
use thiserror::Error;

/// Everything that has become due since the last call of `Node::ready`.
///
/// The driver's duties, in any order except where a number says otherwise:
///
/// 1. Send `messages` at once.
/// 2. Hand `write` to the disk. Writes complete in the order in which they were handed over.
///    When one is durable, send its `after_sync` messages and call `Node::stored` with its `done`.
/// 3. Apply `committed` in order to the state machine and call `Node::applied`. Entries are
///    handed out only when this member itself has them on its disk: after a crash its state
///    machine is then never ahead of its log. (etcd with asynchronous storage writes does the
///    same. An entry that is durable on a majority elsewhere could be applied earlier, and a
///    slow disk would hold up fewer reads; the price would be a log with a hole after a crash.)
/// 4. If `snapshot` is set, the state machine is replaced by it before anything of `committed`
///    is applied. (The disk gets it through `write` as well.)
/// 5. Answer the `reads` once everything up to their index is applied.
///
/// Two more duties: call `Node::tick` for the time that has passed before anything else, so that
/// leases are judged by the present; and give each read a number that the member never used
/// before, not even before a restart, so that a late answer is not taken for that of another.
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
    pub entries: Arc<[Entry]>,
    /// Replaces the stored snapshot, and drops the beginning of the log; its end stays.
    pub compaction: Option<Compaction>,
    /// To be sent when this write is durable: answers that promise what it holds.
    pub after_sync: Vec<Envelope>,
    /// To be given to `Node::stored` when this write is durable.
    pub done: WriteDone,
}

/// A snapshot that this member took itself, and up to where it needs its log no more.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Compaction {
    /// The snapshot.
    pub snapshot: Arc<Snapshot>,
    /// The last entry to drop.
    pub prev_index: Index,
    /// Its term, to be kept as [`Stored::prev_term`](super::types::Stored::prev_term).
    pub prev_term: Term,
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
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize)]
pub struct ReadState {
    /// The name that the application gave the read.
    pub read: ReadContext,
    /// The index.
    pub index: Index,
}

/// The role of a node (paper §5.1).
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default, Serialize)]
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
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default, Serialize)]
pub struct SoftState {
    /// The role.
    pub role: Role,
    /// The leader of the current term, as far as known.
    pub leader: Option<NodeId>,
}

/// Something that a node learned or decided. Kept for the trace, the sentences and "Why?".
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
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
    /// A leader learned that a follower's log differs from its own at `prev_index`, and where it
    /// tries next.
    Mismatched {
        /// The follower.
        node: NodeId,
        /// Where the logs do not agree.
        prev_index: Index,
        /// The next entry that it will be sent.
        next_index: Index,
    },
    /// A leader heard from a member for the first time since it last checked its quorum.
    HeardFrom {
        /// The member.
        node: NodeId,
    },
    /// A leader took a read for which a round of heartbeats, or a first commit, is needed.
    ReadWaits {
        /// The read.
        read: ReadContext,
    },
    /// The commit index moved.
    Committed {
        /// The new commit index.
        index: Index,
    },
    /// A leader sent its snapshot to a follower that needs what is compacted.
    SnapshotSent {
        /// To whom.
        to: NodeId,
        /// The index of the snapshot.
        index: Index,
    },
    /// This member took a snapshot and dropped the log before it.
    Compacted {
        /// The index of the snapshot.
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
        conf: Box<super::types::ConfState>,
    },
    /// A committed membership change made no sense any more and was passed over.
    ConfChangeIgnored {
        /// The index of its entry.
        index: Index,
    },
    /// A forwarded membership change was refused.
    ConfChangeRefused {
        /// Why.
        reason: ConfChangeRefusal,
    },
    /// The node should campaign, and must not.
    CampaignRefused {
        /// Why.
        reason: CampaignRefusal,
    },
    /// A message that no honest member sends was ignored (or one that a modified rule made
    /// possible).
    Nonsense {
        /// Its sender.
        from: NodeId,
        /// What is wrong with it.
        reason: Nonsense,
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
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize)]
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
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize)]
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

impl Stored {
    /// What the disk holds after this write. A driver that keeps its members' disks in memory
    /// needs nothing else; the order of the steps is the one in which [`Write`] lists them.
    pub fn write(&mut self, write: &Write) {
        self.write_parts(
            write.hard_state,
            write.snapshot.as_ref(),
            &write.entries,
            write.compaction.as_ref(),
        );
    }

    /// [`Stored::write`] for a driver that keeps the parts of a write that are stored, and not
    /// what is to be done afterwards.
    pub fn write_parts(
        &mut self,
        hard_state: Option<HardState>,
        snapshot: Option<&Arc<Snapshot>>,
        entries: &[Entry],
        compaction: Option<&Compaction>,
    ) {
        if let Some(hard_state) = hard_state {
            self.hard_state = hard_state;
        }
        if let Some(snapshot) = snapshot {
            self.snapshot = snapshot.clone();
            self.entries = SharedVec::default();
            self.prev_term = snapshot.term;
            self.applied = snapshot.index;
        }
        if let Some(first) = entries.first() {
            self.entries.truncate(self.entries_before(first.index));
            for entry in entries {
                self.entries.push(entry.clone());
            }
        }
        if let Some(compaction) = compaction {
            let gone = self.entries_before(compaction.prev_index.next());
            self.entries.trim_front(gone);
            self.snapshot = compaction.snapshot.clone();
            self.prev_term = compaction.prev_term;
            self.applied = compaction.snapshot.index;
        }
    }

    /// How many entries have a lower index.
    fn entries_before(&self, index: Index) -> usize {
        let first = self.entries.first().map_or(index, |first| first.index);
        let before = index.0.saturating_sub(first.0);
        usize::try_from(before).map_or(self.entries.len(), |n| n.min(self.entries.len()))
    }
}

/// Why a membership change was not proposed.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Error)]
pub enum ConfChangeRefusal {
    /// It was dropped like any other proposal.
    #[error("the change was dropped: {0:?}")]
    Dropped(DropReason),
    /// The change before it has not been applied yet.
    #[error("a membership change that may not be applied yet is at index {index}")]
    Pending {
        /// The index up to which an earlier change may be found.
        index: Index,
    },
    /// No entry of the leader's term is committed yet.
    #[error("the leader has not committed an entry of its term yet")]
    NothingCommittedYet,
    /// It makes no sense in the present configuration.
    #[error("{0}")]
    Invalid(ConfError),
}

/// What is wrong with a message that no honest member sends.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize)]
pub enum Nonsense {
    /// It is addressed to somebody else, or comes from the node itself or from nobody.
    WrongAddress,
    /// It has no term and is not a request for whoever leads.
    NoTerm,
    /// Its sender acts as the leader of a term that has another one.
    SecondLeader,
    /// Its entries are not contiguous, their terms fall, or it is ahead of its own term.
    Malformed,
    /// It acknowledges entries that do not exist.
    BeyondLog,
}

/// Why a node does not campaign.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize)]
pub enum CampaignRefusal {
    /// It leads.
    Leads,
    /// It is not a voter, or still takes in a snapshot.
    NotPromotable,
    /// It knows of a committed membership change that it has not applied.
    UnappliedChange,
    /// It promised a leader not to vote for anybody else, that leader's lease rests on it, and
    /// the promise binds itself too.
    Promised,
    /// There is no higher term.
    TermsExhausted,
}
