//! What members say to each other. One type per message of the paper, every field named.

use super::types::{Entry, Index, NodeId, Snapshot, Term};
use serde::Serialize;
use std::sync::Arc;

/// A message with its address.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct Envelope {
    /// Who sends it.
    pub from: NodeId,
    /// Who shall receive it.
    pub to: NodeId,
    /// The sender's term, with two exceptions: a [`Message::PreVoteRequest`], and the grant of
    /// one, carry the term that the candidate would campaign in; a forwarded request
    /// ([`Message::Propose`], [`Message::ReadIndexRequest`], [`Message::TransferLeader`]) carries
    /// `None`, since it is meant for whoever leads.
    pub term: Option<Term>,
    /// What is said.
    pub message: Message,
}

/// What is said.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub enum Message {
    /// Leader to follower: store these entries (AppendEntries, paper Figure 2). Without entries
    /// it probes where the follower's log agrees, or tells a new commit index.
    AppendRequest {
        /// Index of the entry that precedes `entries`.
        prev_index: Index,
        /// Term of that entry.
        prev_term: Term,
        /// The entries to store, contiguous from `prev_index + 1`; may be empty.
        entries: Arc<[Entry]>,
        /// The leader's commit index.
        commit: Index,
    },
    /// Follower to leader, after the entries are durable: the logs agree up to `match_index`.
    AppendAccepted {
        /// The last index known to agree with the leader's log.
        match_index: Index,
    },
    /// Follower to leader: the entry at `prev_index` is missing or has another term.
    AppendRejected {
        /// The `prev_index` of the refused request, so that a stale refusal is recognised. 0 says
        /// that the logs do not even agree before their first entry: the member is new, lacks
        /// the configuration with which the cluster began, and needs a snapshot.
        prev_index: Index,
        /// The last index at which the logs may still agree, as far as the follower can tell.
        hint_index: Index,
        /// The term of the follower's entry at `hint_index`.
        hint_term: Term,
    },
    /// Leader to follower: I still lead.
    Heartbeat {
        /// The commit index, never beyond what the leader knows the follower to have.
        commit: Index,
        /// The round that this heartbeat belongs to; `None` while no read waits.
        round: Option<ReadRound>,
        /// The leader's clock, in ticks since it started, when it sent this. The answer copies
        /// it, so that the leader knows since when its lease runs; nobody else reads it.
        sent_at: u64,
    },
    /// Follower to leader: I still follow you.
    HeartbeatResponse {
        /// Copied from the heartbeat.
        round: Option<ReadRound>,
        /// Copied from the heartbeat.
        sent_at: u64,
    },
    /// Candidate to voter: may I lead this term? (RequestVote, paper Figure 2)
    VoteRequest {
        /// The candidate's last entry: its index.
        last_index: Index,
        /// The candidate's last entry: its term.
        last_term: Term,
        /// The campaign was ordered by the leader itself (dissertation §3.10), so voters do not
        /// ignore it for having heard from a leader recently.
        transfer: bool,
    },
    /// Voter to candidate, after the vote is durable.
    VoteResponse {
        /// Granted, or why not.
        verdict: VoteVerdict,
    },
    /// Candidate to voter: would you vote for me in the term of this envelope? Changes nobody's
    /// state (dissertation §9.6).
    PreVoteRequest {
        /// The candidate's last entry: its index.
        last_index: Index,
        /// The candidate's last entry: its term.
        last_term: Term,
    },
    /// Voter to candidate.
    PreVoteResponse {
        /// Granted, or why not.
        verdict: VoteVerdict,
    },
    /// Leader to follower: the entries that you miss are compacted, take this state instead
    /// (InstallSnapshot, paper Figure 13). Answered with [`Message::AppendAccepted`].
    SnapshotRequest {
        /// The state machine and where it stands.
        snapshot: Arc<Snapshot>,
    },
    /// Leader to the member that shall succeed it: campaign at once (dissertation §3.10).
    TimeoutNow,
    /// Follower to leader: a client gave me these commands, please propose them.
    Propose {
        /// Entries whose terms and indexes the leader will assign.
        entries: Arc<[Entry]>,
    },
    /// Follower to leader: from which index on may I answer this read? (dissertation §6.4)
    ReadIndexRequest {
        /// The follower's name for the read.
        read: ReadContext,
    },
    /// Leader to follower: you may answer once you have applied `index`.
    ReadIndexResponse {
        /// The follower's name for the read.
        read: ReadContext,
        /// The commit index when the read arrived and the leadership was confirmed.
        index: Index,
    },
    /// Anyone to the leader: hand the leadership to `target`.
    TransferLeader {
        /// Who shall lead.
        target: NodeId,
    },
}

/// The name of a read request, unique per member that issues it.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize)]
pub struct ReadContext {
    /// The member that wants to read.
    pub node: NodeId,
    /// The application's number for the read.
    pub id: u64,
}

/// A round of heartbeats that confirms reads, counted by the leader while it leads.
///
/// Rounds are not named after reads: a request to read may be delivered twice, and answers to the
/// round of the first copy must not confirm what was asked between the two.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize)]
pub struct ReadRound(pub u64);

/// A voter's answer.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize)]
pub enum VoteVerdict {
    /// The vote is given (and, for a real vote, durable).
    Granted,
    /// It is not, for this reason.
    Refused(VoteRefusal),
}

/// Why a vote was refused.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize)]
pub enum VoteRefusal {
    /// The candidate's term is behind the voter's.
    StaleTerm {
        /// The voter's term.
        current: Term,
    },
    /// The voter has given its vote of this term to somebody else.
    AlreadyVoted {
        /// Who has it.
        vote: NodeId,
    },
    /// The voter knows a leader of this term.
    KnowsLeader {
        /// The leader.
        leader: NodeId,
    },
    /// The voter's log is more up to date than the candidate's (paper §5.4.1).
    LogBehind {
        /// The voter's last entry: its index.
        last_index: Index,
        /// The voter's last entry: its term.
        last_term: Term,
    },
    /// The voter heard from a live leader less than an election timeout ago and stays loyal
    /// (paper §6, dissertation §4.2.3).
    LeaderIsAlive {
        /// The leader.
        leader: NodeId,
    },
    /// The voter has just restarted, and may have promised its loyalty to a leader whose lease
    /// still runs (only with lease-based reads).
    MayHavePromised,
}
