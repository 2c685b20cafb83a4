//! The rules of Raft: the one home of every rule that protects a property.
//!
//! The protocol never decides such a thing by itself, it asks here. So this folder is the safety
//! argument of Raft, one sentence at a time: `table.rs` says for each rule what it protects and
//! what goes wrong without it, `checks.rs` holds the rules themselves, each a small function.
//!
//! Each rule can be switched off for one run, to watch what it is good for. While all are on (and
//! in every real use they are), asking costs the test of one bit.

mod checks;
mod table;

pub use checks::LogPosition;
pub use table::RuleInfo;

use std::fmt;

/// A rule of Raft.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
#[repr(u8)]
pub enum Rule {
    /// Decisions need a majority.
    MajorityQuorum,
    /// One vote per term.
    OneVotePerTerm,
    /// Term and vote are durable before anybody hears of them.
    DurableVote,
    /// Answers count for the term that they were given in.
    VotesOfOwnTerm,
    /// Votes go to candidates whose log is at least as up to date.
    UpToDateLog,
    /// A higher term ends every role at once.
    StepDown,
    /// Only entries of the own term are committed by counting.
    CommitOwnTerm,
    /// Entries attach only where the logs agree.
    ConsistencyCheck,
    /// Entries are cut off only where they conflict.
    TruncateOnConflict,
    /// A follower commits nothing beyond what matches the leader's log.
    CommitWithinMatch,
    /// A heartbeat tells no commit index that the follower is not known to have.
    SafeHeartbeatCommit,
    /// The commit index never goes back.
    MonotonicCommit,
    /// A match index never goes back.
    MonotonicMatch,
    /// Learners do not count.
    LearnersDoNotCount,
    /// Entries are acknowledged only when they are durable.
    DurableAck,
    /// Only durable entries are applied.
    ApplyDurable,
    /// A leader opens its term with a no-op.
    NoopAtStart,
    /// Reads wait for a committed entry of the leader's term.
    ReadAfterOwnCommit,
    /// A read index is confirmed by a round of heartbeats that began after the read.
    ReadFreshRound,
    /// A lease ends before anybody else can be elected.
    BoundedLease,
    /// A lease ends when a transfer begins.
    LeaseEndsOnTransfer,
    /// A restarted voter keeps the promises that it may have made.
    RestartedVoterWaits,
    /// One membership change at a time.
    OneChangeAtATime,
    /// Membership changes wait for a committed entry of the leader's term.
    ChangeAfterOwnCommit,
    /// A joint configuration needs both majorities.
    JointMajorities,
    /// A configuration is taken when it is applied.
    ConfAtApply,
    /// Nobody campaigns with a configuration change that it has not applied.
    CampaignAfterConf,
    /// A snapshot replaces only an older state.
    SnapshotOnlyNewer,
    /// Election timeouts are random.
    RandomTimeouts,
    /// A member asks before it campaigns.
    PreVote,
    /// Voters are loyal to a leader that they hear.
    LeaderStickiness,
    /// A leader without a quorum steps down.
    CheckQuorum,
}

/// Which rules are in force.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Rules {
    /// One bit for each rule that is switched off.
    off: u64,
}

impl Rules {
    /// All rules: Raft.
    pub const fn all() -> Rules {
        Rules { off: 0 }
    }

    /// All rules but this one.
    #[must_use]
    pub const fn without(self, rule: Rule) -> Rules {
        Rules {
            off: self.off | 1 << rule as u8,
        }
    }

    /// Whether the rule is in force.
    pub const fn on(self, rule: Rule) -> bool {
        self.off & (1 << rule as u8) == 0
    }

    /// Whether all are.
    pub const fn all_on(self) -> bool {
        self.off == 0
    }

    /// Those that are switched off, in the order of the table.
    pub fn switched_off(self) -> impl Iterator<Item = Rule> {
        Rule::ALL.into_iter().filter(move |rule| !self.on(*rule))
    }
}

impl Default for Rules {
    fn default() -> Rules {
        Rules::all()
    }
}

impl fmt::Debug for Rules {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.all_on() {
            return f.write_str("all");
        }
        f.write_str("all without ")?;
        f.debug_list().entries(self.switched_off()).finish()
    }
}
