//! The rules as functions. Each says in its first line what must hold, and each is the only
//! place that decides it.

use super::{Rule, Rules};
use crate::raft::electorate::{Electorate, majority};
use crate::raft::options::{Options, ReadMode};
use crate::raft::types::{ConfState, Index, NodeId, Term};
use rand::RngExt;
use rand_pcg::Pcg32;

/// Where a log ends: the term decides, then the length (paper §5.4.1).
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct LogPosition {
    /// The term of the last entry.
    pub term: Term,
    /// Its index.
    pub index: Index,
}

// Quorums.

impl Rules {
    /// Who decides in this configuration: its voters, and while it is joint also the voters of
    /// the old one, each time a majority; never a learner.
    pub fn electorate(self, conf: &ConfState) -> Electorate<'_> {
        let outgoing: &[NodeId] = if self.on(Rule::JointMajorities) {
            &conf.voters_outgoing
        } else {
            &[]
        };
        let needed = if self.on(Rule::MajorityQuorum) {
            majority
        } else {
            |voters: usize| (voters / 2).max(1)
        };
        if self.on(Rule::LearnersDoNotCount) {
            return Electorate::new(&conf.voters[..], outgoing, needed);
        }
        let mut everybody = [&conf.voters[..], &conf.learners].concat();
        everybody.sort();
        Electorate::new(everybody, outgoing, needed)
    }
}

// Elections.

impl Rules {
    /// A voter may vote for a candidate if it has voted for it before, or for nobody in this
    /// term and knows no leader of it.
    pub fn has_vote_for(
        self,
        candidate: NodeId,
        vote: Option<NodeId>,
        leader: Option<NodeId>,
    ) -> bool {
        vote == Some(candidate)
            || (vote.is_none() && leader.is_none())
            || !self.on(Rule::OneVotePerTerm)
    }

    /// A voter votes only for a candidate whose log is at least as up to date as its own: the
    /// later last term wins, then the longer log.
    pub fn is_up_to_date(self, candidate: LogPosition, own: LogPosition) -> bool {
        candidate >= own || !self.on(Rule::UpToDateLog)
    }

    /// A candidate counts only answers that were given in the term of its campaign.
    pub fn counts_vote_of(self, answered: Term, campaign: Term) -> bool {
        answered == campaign || !self.on(Rule::VotesOfOwnTerm)
    }

    /// A voter ignores candidates while it heard from its leader less than an election timeout
    /// ago, unless that leader itself ordered the campaign.
    pub fn is_loyal(
        self,
        options: &Options,
        leader: Option<NodeId>,
        elapsed: u64,
        transfer: bool,
    ) -> bool {
        options.check_quorum
            && self.on(Rule::LeaderStickiness)
            && leader.is_some()
            && elapsed < options.election_timeout
            && !transfer
    }

    /// After a restart a voter does not know any more to which leader it promised its loyalty.
    /// Where leases rest on that promise it votes for nobody until the promise has run out.
    pub fn may_have_promised(self, options: &Options, restarted: bool, clock: u64) -> bool {
        options.read_mode == ReadMode::LeaseBased
            && self.on(Rule::RestartedVoterWaits)
            && restarted
            && clock < options.election_timeout
    }

    /// How long to wait for a leader before campaigning: drawn at random each time.
    pub fn election_timeout(self, options: &Options, rng: &mut Pcg32) -> u64 {
        if self.on(Rule::RandomTimeouts) {
            rng.random_range(options.election_timeout..options.election_timeout_max)
        } else {
            options.election_timeout
        }
    }
}

// Replication.

impl Rules {
    /// Counting copies commits only entries of the leader's own term; older ones are committed
    /// with them, indirectly.
    pub fn may_commit_by_counting(self, entry: Option<Term>, current: Term) -> bool {
        entry == Some(current) || !self.on(Rule::CommitOwnTerm)
    }

    /// A follower takes entries only if it has the entry before them, with the same term.
    pub fn may_attach(self, own: Option<Term>, prev: Term) -> bool {
        own == Some(prev) || (own.is_some() && !self.on(Rule::ConsistencyCheck))
    }

    /// A follower keeps what it has as far as it agrees with what it is sent, and cuts off the
    /// rest only from the first entry on that conflicts. `agree` of `sent` entries agree.
    pub fn keeps_agreeing(self, agree: usize, sent: usize) -> bool {
        agree == sent && self.on(Rule::TruncateOnConflict)
    }

    /// A follower commits what the leader has committed, and never beyond `matched`, the last
    /// entry that it knows to be the same as the leader's.
    pub fn commit_of_follower(self, leader_commit: Index, matched: Index, last: Index) -> Index {
        if self.on(Rule::CommitWithinMatch) {
            leader_commit.min(matched)
        } else {
            leader_commit.min(last)
        }
    }

    /// A heartbeat carries the commit index only as far as the follower is known to have the
    /// entries, since it does not check where the logs agree.
    pub fn commit_in_heartbeat(self, commit: Index, matched: Index) -> Index {
        if self.on(Rule::SafeHeartbeatCommit) {
            commit.min(matched)
        } else {
            commit
        }
    }

    /// A commit index moves forwards only.
    pub fn may_move_commit(self, from: Index, to: Index) -> bool {
        to > from || (to < from && !self.on(Rule::MonotonicCommit))
    }

    /// Entries are handed to the state machine when they are committed and durable here.
    pub fn may_apply_up_to(self, commit: Index, stored: Index) -> Index {
        if self.on(Rule::ApplyDurable) {
            commit.min(stored)
        } else {
            commit
        }
    }

    /// A snapshot is taken over only if it is ahead of what is committed here.
    pub fn may_restore(self, snapshot: Index, commit: Index) -> bool {
        snapshot > commit || !self.on(Rule::SnapshotOnlyNewer)
    }
}

// Membership.

impl Rules {
    /// The configuration may change again once the last change was applied here. (An index that
    /// may hold a change is known to the leader; at first it is the end of its log.)
    pub fn may_change_again(self, pending: Index, applied: Index) -> bool {
        pending <= applied || !self.on(Rule::OneChangeAtATime)
    }

    /// The configuration may change once an entry of the leader's term is committed.
    pub fn may_change_in_term(self, own_term_committed: bool) -> bool {
        own_term_committed || !self.on(Rule::ChangeAfterOwnCommit)
    }

    /// A member may campaign if it has applied every configuration change that it knows to be
    /// committed.
    pub fn may_campaign(self, unapplied_change: bool) -> bool {
        !unapplied_change || !self.on(Rule::CampaignAfterConf)
    }
}

// Reads.

impl Rules {
    /// A leader knows what is committed once an entry of its own term is.
    pub fn may_read(self, own_term_committed: bool) -> bool {
        own_term_committed || !self.on(Rule::ReadAfterOwnCommit)
    }

    /// A lease runs for an election timeout, less the drift of the clocks, from the moment at
    /// which a heartbeat was sent that a quorum has answered. Once the leader has told somebody
    /// to take over, there is no lease any more in its term.
    pub fn lease_holds(
        self,
        options: &Options,
        confirmed_at: Option<u64>,
        now: u64,
        transferred: bool,
    ) -> bool {
        if transferred && self.on(Rule::LeaseEndsOnTransfer) {
            return false;
        }
        if !self.on(Rule::BoundedLease) {
            return true;
        }
        confirmed_at.is_some_and(|at| now < at.saturating_add(options.lease_ticks()))
    }
}
