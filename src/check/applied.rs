//! State Machine Safety: everybody applies the same entries in the same order.
//!
//! Each applied entry is mixed into the fingerprint of all entries before it, so that two members
//! agree at an index if and only if they agree in everything up to there. The store's revision is
//! compared with it, and snapshots of the same index must hold the same.

use super::by_index::ByIndex;
use super::report::{Moment, Report};
use super::sorted::Sorted;
use crate::cluster::{Claim, Property};
use crate::kv::Revision;
use crate::raft::{Index, NodeId, Snapshot, Term};
use xxhash_rust::xxh3::{xxh3_64, xxh3_64_with_seed};

/// What was applied at each index, and which snapshots were seen.
#[derive(Clone, Debug, Default)]
pub(super) struct Applied {
    table: ByIndex<Option<First>>,
    snapshots: Sorted<Index, (Snapshotted, NodeId, Moment)>,
}

/// Who applied an index first, and what came of it.
#[derive(Clone, Copy, Debug)]
struct First {
    prefix: u64,
    revision: Revision,
    member: NodeId,
    seen: Moment,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
struct Snapshotted {
    term: Term,
    digest: u64,
}

/// The fingerprint of everything up to an entry.
pub(super) fn extend(prefix: u64, term: Term, digest: u64) -> u64 {
    let mut bytes = [0; 16];
    bytes[..8].copy_from_slice(&term.0.to_le_bytes());
    bytes[8..].copy_from_slice(&digest.to_le_bytes());
    xxh3_64_with_seed(&bytes, prefix)
}

impl Applied {
    /// The fingerprint of everything up to the index, if anybody applied it.
    pub fn prefix_at(&self, index: Index) -> u64 {
        let first = self.table.get(index).and_then(Option::as_ref);
        first.map_or(0, |first| first.prefix)
    }

    /// A member applied the entry at the index.
    pub fn applies(
        &mut self,
        report: &mut Report,
        member: NodeId,
        index: Index,
        prefix: u64,
        revision: Revision,
    ) {
        let here = First {
            prefix,
            revision,
            member,
            seen: report.now(),
        };
        let first = *self.table.at(index).get_or_insert(here);
        let same = first.prefix == prefix && first.revision == revision;
        report.expect(Property::StateMachineSafety, same, || {
            (first.seen.saw(first.claim(index)), here.claim(index))
        });
    }

    /// A member has a snapshot.
    pub fn has_snapshot(&mut self, report: &mut Report, member: NodeId, snapshot: &Snapshot) {
        let conf = postcard::to_stdvec(&snapshot.conf).expect("a configuration is plain data");
        let here = Snapshotted {
            term: snapshot.term,
            digest: xxh3_64_with_seed(&snapshot.data.bytes(), xxh3_64(&conf)),
        };
        let index = snapshot.index;
        let now = report.now();
        let known = *self.snapshots.get_or_insert(index, (here, member, now));
        report.expect(Property::StateMachineSafety, known.0 == here, || {
            let (first, who, seen) = known;
            let earlier = seen.saw(first.claim(who, index));
            (earlier, here.claim(member, index))
        });
    }
}

impl First {
    fn claim(&self, index: Index) -> Claim {
        Claim::Applied {
            member: self.member,
            index,
            prefix: self.prefix,
            revision: self.revision,
        }
    }
}

impl Snapshotted {
    fn claim(&self, member: NodeId, index: Index) -> Claim {
        Claim::Snapshotted {
            member,
            index,
            term: self.term,
            digest: self.digest,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::raft::ConfState;

    /// Each member applies entries of these terms (and no content) one after the other.
    fn check(members: &[&[u64]]) -> Vec<Property> {
        let mut applied = Applied::default();
        let mut report = Report::default();
        for (member, terms) in (1..).zip(members) {
            let mut prefix = 0;
            for (index, term) in (1..).zip(*terms) {
                prefix = extend(prefix, Term(*term), 0);
                let report = report.at(member);
                applied.applies(
                    report,
                    NodeId(member),
                    Index(index),
                    prefix,
                    Revision(index),
                );
            }
        }
        report.violated()
    }

    #[test]
    fn a_difference_is_reported_there_and_at_every_later_index() {
        let twice = [Property::StateMachineSafety; 2];
        assert_eq!(check(&[&[1, 1, 2], &[1, 2, 2]]), twice);
    }

    #[test]
    fn a_member_that_is_behind_is_fine() {
        assert_eq!(check(&[&[1, 1, 2], &[1, 1], &[1, 1, 2, 3]]), []);
    }

    #[test]
    fn another_revision_for_the_same_entry_is_reported() {
        let verdict = |second| {
            let mut applied = Applied::default();
            let mut report = Report::default();
            for (member, revision) in [(1, 5), (2, second)] {
                let report = report.at(member);
                applied.applies(report, NodeId(member), Index(1), 7, Revision(revision));
            }
            report.violated()
        };
        assert_eq!(verdict(6), [Property::StateMachineSafety]);
        assert_eq!(verdict(5), []);
    }

    #[test]
    fn snapshots_of_one_index_that_differ_are_reported() {
        let verdict = |index, data: &'static str| {
            let mut applied = Applied::default();
            let mut report = Report::default();
            for (member, index, data) in [(1, 4, "a"), (2, index, data)] {
                let snapshot = Snapshot {
                    index: Index(index),
                    term: Term(2),
                    conf: ConfState::voters([NodeId(1)]),
                    data: data.into(),
                };
                applied.has_snapshot(report.at(member), NodeId(member), &snapshot);
            }
            report.violated()
        };
        assert_eq!(verdict(4, "b"), [Property::StateMachineSafety]);
        assert_eq!(verdict(4, "a"), []);
        assert_eq!(verdict(5, "b"), []);
    }
}
