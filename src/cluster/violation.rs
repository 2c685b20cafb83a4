//! Violations: a property that must always hold did not, with the two facts that contradict.
//!
//! Plain data. Module `check` finds violations, `timeline` puts them into the trace as
//! [`Fact::Violated`](super::Fact::Violated), and whoever shows them reads the words from
//! [`Violation`]'s and [`Claim`]'s `Display`.

use super::OperationId;
use crate::kv::Revision;
use crate::raft::{ConfState, Index, NodeId, Term};
use crate::sim::{FlightId, SimTime};
use serde::{Deserialize, Serialize};
use std::fmt;

/// What must hold in every run in which all rules of Raft are in force.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
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
}

impl Property {
    /// All properties, in the order in which they are shown.
    pub const ALL: [Property; 13] = [
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
        }
    }
}

impl fmt::Display for Property {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// A property that did not hold.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
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
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
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

/// Something that was seen of a member, a message or a client.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub enum Claim {
    /// A member leads.
    Leads {
        /// The member.
        member: NodeId,
        /// The term.
        term: Term,
    },
    /// A member gave its vote.
    Voted {
        /// The member.
        member: NodeId,
        /// Who got the vote.
        candidate: NodeId,
        /// The term.
        term: Term,
    },
    /// A member's log holds an entry.
    Holds {
        /// The member.
        member: NodeId,
        /// The index of the entry.
        index: Index,
        /// Its term.
        term: Term,
        /// The term of the entry before it.
        prev_term: Term,
        /// The fingerprint of what it asks for.
        digest: u64,
    },
    /// A member's log does not hold the entry that it should hold.
    Lacks {
        /// The member.
        member: NodeId,
        /// Its term.
        term: Term,
        /// The index of the entry.
        index: Index,
        /// The term of what it holds there instead, if anything.
        instead: Option<Term>,
    },
    /// A member took an entry for committed.
    Committed {
        /// The member.
        member: NodeId,
        /// Its term then.
        term: Term,
        /// The index of the entry.
        index: Index,
        /// The term of the entry.
        entry_term: Term,
    },
    /// A member applied an entry.
    Applied {
        /// The member.
        member: NodeId,
        /// The index of the entry.
        index: Index,
        /// The fingerprint of all entries up to it.
        prefix: u64,
        /// The store's revision afterwards.
        revision: Revision,
    },
    /// A member has a snapshot.
    Snapshotted {
        /// The member.
        member: NodeId,
        /// The last index that it covers.
        index: Index,
        /// The term of that entry.
        term: Term,
        /// The fingerprint of what it holds.
        digest: u64,
    },
    /// Only these members have an entry on their disks.
    DurableOn {
        /// The index of the entry.
        index: Index,
        /// The members.
        members: Vec<NodeId>,
        /// The configuration that decides.
        conf: ConfState,
    },
    /// One of a member's numbers.
    Stands {
        /// The member.
        member: NodeId,
        /// Which number.
        counter: Counter,
        /// Its value.
        value: u64,
    },
    /// A leader counts entries as stored by a member.
    Matches {
        /// The leader.
        leader: NodeId,
        /// Its term.
        term: Term,
        /// The member.
        member: NodeId,
        /// Up to here.
        index: Index,
    },
    /// A member's disk does not hold an entry.
    NotDurable {
        /// The member.
        member: NodeId,
        /// The index of the entry.
        index: Index,
        /// The term of what it holds there instead, if anything.
        instead: Option<Term>,
    },
    /// A configuration is in force at a member.
    InForce {
        /// The member.
        member: NodeId,
        /// The configuration.
        conf: ConfState,
    },
    /// A message arrived.
    Arrived {
        /// Its identity.
        flight: FlightId,
    },
    /// A message with this identity was never sent, or has come to its end before.
    NotUnderWay {
        /// Its identity.
        flight: FlightId,
    },
    /// A message was sent with another sender, receiver or content.
    SentOtherwise {
        /// Its identity.
        flight: FlightId,
    },
    /// A client had an answer that shows this state.
    Saw {
        /// The operation.
        operation: OperationId,
        /// The store's revision that the answer shows.
        revision: Revision,
    },
    /// These operations can be put in this order: the end of the longest one that was found.
    Ordered {
        /// The operations; none if the first one fits nowhere.
        operations: Vec<OperationId>,
    },
    /// These operations contradict each other.
    Contradict {
        /// The operations, as they returned.
        operations: Vec<OperationId>,
    },
}

/// A number that must not become less.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub enum Counter {
    /// The term of a running process.
    Term,
    /// The term on the disk.
    StoredTerm,
    /// The commit index of a running process.
    Commit,
    /// The applied index of a running process.
    Applied,
    /// The index of the snapshot on the disk.
    StoredSnapshot,
    /// How far a leader knows a member's log to agree.
    Match(NodeId),
}

impl fmt::Display for Counter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Counter::Term => f.write_str("term"),
            Counter::StoredTerm => f.write_str("term on disk"),
            Counter::Commit => f.write_str("commit index"),
            Counter::Applied => f.write_str("applied index"),
            Counter::StoredSnapshot => f.write_str("snapshot index on disk"),
            Counter::Match(member) => write!(f, "match index of infra{member}"),
        }
    }
}

/// A half sentence.
impl fmt::Display for Claim {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Claim::Leads { member, term } => write!(f, "infra{member} leads term {term}"),
            Claim::Voted {
                member,
                candidate,
                term,
            } => write!(f, "infra{member} votes for infra{candidate} in term {term}"),
            Claim::Holds {
                member,
                index,
                term,
                prev_term,
                digest,
            } => write!(
                f,
                "infra{member} holds entry {index} of term {term} with content {digest:016x} after one of term {prev_term}"
            ),
            Claim::Lacks {
                member,
                term,
                index,
                instead,
            } => {
                write!(f, "infra{member} in term {term} lacks entry {index}")?;
                write_instead(f, *instead)
            }
            Claim::Committed {
                member,
                term,
                index,
                entry_term,
            } => write!(
                f,
                "infra{member} in term {term} takes entry {index} of term {entry_term} for committed"
            ),
            Claim::Applied {
                member,
                index,
                prefix,
                revision,
            } => write!(
                f,
                "infra{member} applies entry {index} (all up to it: {prefix:016x}) and reaches revision {}",
                revision.0
            ),
            Claim::Snapshotted {
                member,
                index,
                term,
                digest,
            } => write!(
                f,
                "infra{member} has a snapshot up to entry {index} of term {term} with content {digest:016x}"
            ),
            Claim::DurableOn {
                index,
                members,
                conf,
            } => {
                write!(f, "entry {index} is on the disks of ")?;
                write_members(f, members)?;
                f.write_str(" only, of ")?;
                write_conf(f, conf)
            }
            Claim::Stands {
                member,
                counter,
                value,
            } => write!(f, "infra{member} has {counter} {value}"),
            Claim::Matches {
                leader,
                term,
                member,
                index,
            } => write!(
                f,
                "infra{leader}, leader of term {term}, counts infra{member} as having everything up to {index}"
            ),
            Claim::NotDurable {
                member,
                index,
                instead,
            } => {
                write!(f, "the disk of infra{member} lacks entry {index}")?;
                write_instead(f, *instead)
            }
            Claim::InForce { member, conf } => {
                write!(f, "infra{member} decides by ")?;
                write_conf(f, conf)
            }
            Claim::Arrived { flight } => write!(f, "message {} arrives", flight.0),
            Claim::NotUnderWay { flight } => write!(f, "message {} is not under way", flight.0),
            Claim::SentOtherwise { flight } => {
                write!(f, "message {} was sent with other contents", flight.0)
            }
            Claim::Saw {
                operation,
                revision,
            } => write!(
                f,
                "the answer to operation {} shows revision {}",
                operation.0, revision.0
            ),
            Claim::Ordered { operations } if operations.is_empty() => {
                f.write_str("nothing new was in order before")
            }
            Claim::Ordered { operations } => {
                f.write_str("up to here the order can be ")?;
                write_operations(f, operations)
            }
            Claim::Contradict { operations } => {
                f.write_str("no order explains the answers to ")?;
                write_operations(f, operations)
            }
        }
    }
}

fn write_instead(f: &mut fmt::Formatter<'_>, instead: Option<Term>) -> fmt::Result {
    match instead {
        Some(term) => write!(f, " and holds one of term {term} there"),
        None => Ok(()),
    }
}

fn write_members(f: &mut fmt::Formatter<'_>, members: &[NodeId]) -> fmt::Result {
    if members.is_empty() {
        return f.write_str("nobody");
    }
    for (place, member) in members.iter().enumerate() {
        let comma = if place == 0 { "" } else { ", " };
        write!(f, "{comma}infra{member}")?;
    }
    Ok(())
}

fn write_operations(f: &mut fmt::Formatter<'_>, operations: &[OperationId]) -> fmt::Result {
    for (place, operation) in operations.iter().enumerate() {
        let comma = if place == 0 { "operations " } else { ", " };
        write!(f, "{comma}{}", operation.0)?;
    }
    Ok(())
}

fn write_conf(f: &mut fmt::Formatter<'_>, conf: &ConfState) -> fmt::Result {
    f.write_str("the voters ")?;
    write_members(f, &conf.voters)?;
    if conf.voters_outgoing.is_empty() {
        return Ok(());
    }
    f.write_str(" and before ")?;
    write_members(f, &conf.voters_outgoing)
}
