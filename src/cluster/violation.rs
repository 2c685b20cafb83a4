//! Violations: a property that must always hold did not, with the two facts that contradict.
//!
//! Plain data. Module `check` finds violations, `timeline` puts them into the trace as
//! [`Fact::Violated`](super::Fact::Violated), and whoever shows them reads the words from
//! [`Violation`]'s and [`Claim`]'s `Display`.

use super::claim::Claim;
use crate::sim::SimTime;
use serde::Serialize;
use std::fmt;

/// What must hold in every run in which all rules of Raft are in force.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize)]
pub enum Property {
    /// At most one leader in a term (paper §5.2, Figure 3).
    ElectionSafety,
    /// One vote in a term, across restarts (paper §5.2, Figure 2).
    OneVotePerTerm,
    /// A leader only adds to its log (paper §5.3, Figure 3).
    LeaderAppendOnly,
    /// Index and term identify an entry and everything before it (paper §5.3, Figure 3).
    LogMatching,
    /// What is committed is in the log of every later leader (paper §5.4, Figure 3).
    LeaderCompleteness,
    /// Everybody applies the same entries at the same indexes (paper §5.4.3, Figure 3).
    StateMachineSafety,
    /// What is committed is on the disks of a quorum (paper §5.3).
    CommittedIsDurable,
    /// Term, commit index and applied index never go back (paper Figure 2).
    NothingGoesBack,
    /// What a leader believes that a follower has, the follower has (paper Figure 2).
    MatchIsTrue,
    /// Whoever decides shares a member with whoever else may decide (dissertation §4.1).
    QuorumsOverlap,
    /// Nothing arrives that was not sent.
    NothingUnsent,
    /// No answer is older than one that was received before the question (dissertation §6.4).
    FreshAnswers,
    /// Every operation seems to happen at once, between its call and its answer (Herlihy and Wing,
    /// 1990).
    Linearizability,
    /// Reads show one committed revision, also those that may be stale or are of the past, and the same
    /// process shows no older one later to who takes what may be stale (etcd, "API guarantees").
    OneRevision,
    /// Watches are ordered, unique, complete and atomic, across reconnections too (etcd, "API
    /// guarantees").
    WholeWatches,
}

impl Property {
    /// All properties, in the order in which they are shown.
    pub const ALL: [Property; 15] = [
        Property::ElectionSafety,
        Property::OneVotePerTerm,
        Property::LeaderAppendOnly,
        Property::LogMatching,
        Property::LeaderCompleteness,
        Property::StateMachineSafety,
        Property::CommittedIsDurable,
        Property::NothingGoesBack,
        Property::MatchIsTrue,
        Property::QuorumsOverlap,
        Property::NothingUnsent,
        Property::FreshAnswers,
        Property::Linearizability,
        Property::OneRevision,
        Property::WholeWatches,
    ];

    /// Its name in words.
    pub fn name(self) -> &'static str {
        match self {
            Property::ElectionSafety => "Election Safety",
            Property::OneVotePerTerm => "One Vote per Term",
            Property::LeaderAppendOnly => "Leader Append-Only",
            Property::LogMatching => "Log Matching",
            Property::LeaderCompleteness => "Leader Completeness",
            Property::StateMachineSafety => "State Machine Safety",
            Property::CommittedIsDurable => "Committed Is Durable",
            Property::NothingGoesBack => "Nothing Goes Back",
            Property::MatchIsTrue => "Match Index Is True",
            Property::QuorumsOverlap => "Quorums Overlap",
            Property::NothingUnsent => "Nothing Unsent Arrives",
            Property::FreshAnswers => "Fresh Answers",
            Property::Linearizability => "Linearizability",
            Property::OneRevision => "Reads Show One Revision",
            Property::WholeWatches => "Watches Are Whole",
        }
    }

    /// What it demands, in one sentence.
    pub fn sentence(self) -> &'static str {
        match self {
            Property::ElectionSafety => "At most one leader is elected in a term.",
            Property::OneVotePerTerm => {
                "A member votes for at most one candidate in a term, even if it restarts."
            }
            Property::LeaderAppendOnly => {
                "A leader never overwrites or deletes entries of its log, it only adds."
            }
            Property::LogMatching => {
                "If two logs hold an entry with the same index and term, they are the same up to there."
            }
            Property::LeaderCompleteness => {
                "An entry that is committed in a term is in the log of every leader of a later term."
            }
            Property::StateMachineSafety => {
                "No two members commit or apply different entries at the same index."
            }
            Property::CommittedIsDurable => {
                "A committed entry is on the disks of a quorum of the voters, and on that of every \
                 member that applies it."
            }
            Property::NothingGoesBack => {
                "Terms, commit indexes and applied indexes never become less."
            }
            Property::MatchIsTrue => {
                "What a leader counts as stored by a follower is on that follower's disk."
            }
            Property::QuorumsOverlap => {
                "Any quorum that decides shares a member with every quorum of the newest configuration."
            }
            Property::NothingUnsent => "No message arrives that was not sent, or not so.",
            Property::FreshAnswers => {
                "No answer shows a state older than one that was seen before the question was asked."
            }
            Property::Linearizability => {
                "There is an order of all operations, each between its question and its answer, in \
                 which every answer is right."
            }
            Property::OneRevision => {
                "A read shows the keys as one committed revision left them, and one that may be stale \
                 nothing older than the same process showed before."
            }
            Property::WholeWatches => {
                "A watch tells every change of its keys once, in order, all of a revision together."
            }
        }
    }
}

impl fmt::Display for Property {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// A property that did not hold.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct Violation {
    /// The property.
    pub property: Property,
    /// What was known before.
    pub earlier: Evidence,
    /// What contradicts it.
    pub later: Evidence,
}

/// `Election Safety is violated: infra1 leads term 2 (step 7, 0.012 s), and infra2 leads …`
impl fmt::Display for Violation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Violation {
            property,
            earlier,
            later,
        } = self;
        write!(f, "{property} is violated: {earlier}, but {later}")
    }
}

/// A claim and where it comes from.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct Evidence {
    /// The step of the run in which it was seen.
    pub step: u64,
    /// The time of that step.
    pub time: SimTime,
    /// What was seen.
    pub claim: Claim,
}

impl fmt::Display for Evidence {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} (step {}, {})", self.claim, self.step, self.time)
    }
}
