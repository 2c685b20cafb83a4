//! Claims: what was seen of members, messages and clients, in words. Two of them make a violation.

use super::OperationId;
use crate::kv::Revision;
use crate::raft::{ConfState, Index, NodeId, Term};
use crate::sim::FlightId;
use bytes::Bytes;
use serde::Serialize;
use std::fmt;

/// Something that was seen of a member, a message or a client.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
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
    /// So a key stood when a revision was the newest.
    Stood {
        /// The revision.
        revision: u64,
        /// The key.
        key: Bytes,
        /// The revision that changed it last and the fingerprint of its value; `None` if there is no
        /// such key.
        print: Option<(u64, u64)>,
    },
    /// So an answer shows a key.
    Read {
        /// The operation.
        operation: OperationId,
        /// The revision that the answer is of.
        revision: u64,
        /// The key.
        key: Bytes,
        /// As in [`Claim::Stood`].
        print: Option<(u64, u64)>,
    },
    /// A revision changed these keys of those that are watched.
    Changed {
        /// The revision.
        revision: u64,
        /// The keys.
        keys: Vec<Bytes>,
    },
    /// A watch was told everything before a revision.
    Knows {
        /// The operation that began its stream.
        operation: OperationId,
        /// The revision.
        before: u64,
    },
    /// A watch is told that a revision changed these keys.
    Told {
        /// The operation that began its stream.
        operation: OperationId,
        /// The revision.
        revision: u64,
        /// The keys; none says that there was nothing up to that revision.
        keys: Vec<Bytes>,
    },
}

/// A number that must not become less.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize)]
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
            Claim::Stood {
                revision,
                key,
                print,
            } => {
                let key = key.escape_ascii();
                match print {
                    Some((modified, value)) => write!(
                        f,
                        "at revision {revision} key {key} is of revision {modified} with value {value:016x}"
                    ),
                    None => write!(f, "at revision {revision} there is no key {key}"),
                }
            }
            Claim::Read {
                operation,
                revision,
                key,
                print,
            } => {
                let (n, key) = (operation.0, key.escape_ascii());
                match print {
                    Some((modified, value)) => write!(
                        f,
                        "operation {n} reads at revision {revision} key {key} of revision {modified} with value {value:016x}"
                    ),
                    None => write!(f, "operation {n} reads at revision {revision} no key {key}"),
                }
            }
            Claim::Changed { revision, keys } if keys.is_empty() => {
                write!(f, "revision {revision} changes nothing that is watched")
            }
            Claim::Changed { revision, keys } => {
                let keys = list_of(keys);
                write!(f, "revision {revision} changes the keys {keys}")
            }
            Claim::Knows { operation, before } => {
                let n = operation.0;
                write!(
                    f,
                    "the watch of operation {n} was told everything before revision {before}"
                )
            }
            Claim::Told {
                operation,
                revision,
                keys,
            } if keys.is_empty() => {
                let n = operation.0;
                write!(
                    f,
                    "the watch of operation {n} is told of nothing up to revision {revision}"
                )
            }
            Claim::Told {
                operation,
                revision,
                keys,
            } => {
                let (n, keys) = (operation.0, list_of(keys));
                write!(
                    f,
                    "the watch of operation {n} is told that revision {revision} changes the keys {keys}"
                )
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

fn list_of(keys: &[Bytes]) -> String {
    let keys: Vec<String> = keys
        .iter()
        .map(|key| key.escape_ascii().to_string())
        .collect();
    keys.join(", ")
}
