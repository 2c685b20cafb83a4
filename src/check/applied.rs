//! State Machine Safety: everybody applies the same entries in the same order.
//!
//! Each applied entry is mixed into the fingerprint of all entries before it, so that two members
//! agree at an index if and only if they agree in everything up to there. The store's revision is
//! compared with it, and snapshots of the same index must hold the same.

use super::by_index::ByIndex;
use super::report::{Moment, Report};
use super::sorted::Sorted;
use crate::cluster::{Claim, Property, StateCopy};
use crate::kv::{KeyValue, Revision, Store};
use crate::raft::{Frozen, Image, Index, NodeId, Snapshot, Term};
use xxhash_rust::xxh3::{xxh3_64, xxh3_64_with_seed};

/// What was applied at each index, and which snapshots were seen.
#[derive(Clone, Debug, Default)]
pub(super) struct Applied {
    table: ByIndex<Option<First>>,
    snapshots: Sorted<Index, (Snapshotted, NodeId, Moment)>,
    /// The keys in the last snapshot of each member, and their fingerprint: most of them are in its next snapshot, too.
    latest: Sorted<NodeId, (Store, u64)>,
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
        let known = self.table.get(index).copied().flatten();
        let first = known.unwrap_or_else(|| *self.table.at(index).insert(here));
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
            digest: self.digest(member, &snapshot.data, xxh3_64(&conf)),
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

    /// The fingerprint of an image of a member. To read all keys at each snapshot would make long runs slow.
    fn digest(&mut self, member: NodeId, image: &Image, seed: u64) -> u64 {
        let Some(state) = StateCopy::of(image) else {
            return xxh3_64_with_seed(&image.bytes(), seed);
        };
        let store = state.store();
        let latest = self.latest.remove(member);
        // Where something of that is gone, all is new.
        let mut known = latest.into_iter().chain([Default::default()]);
        let keys = known.find_map(|(earlier, keys)| {
            let news = store.since_copy(&earlier)?;
            Some(news.fold(keys, with_version))
        });
        let keys = keys.unwrap_or_default();
        self.latest.get_or_insert(member, (store.clone(), keys));
        xxh3_64_with_seed(&state.without_keys().bytes(), seed ^ keys)
    }
}

/// The fingerprint of the versions of keys up to this one.
fn with_version(before: u64, version: &KeyValue) -> u64 {
    let KeyValue {
        key,
        value,
        create_revision,
        mod_revision,
        version,
        lease,
    } = version;
    let mut bytes = [0; 32];
    let numbers = [create_revision.0, mod_revision.0, *version, lease.0 as u64];
    for (place, number) in bytes.chunks_exact_mut(8).zip(numbers) {
        place.copy_from_slice(&number.to_le_bytes());
    }
    let texts = xxh3_64_with_seed(value, xxh3_64_with_seed(key, before));
    xxh3_64_with_seed(&bytes, texts)
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
    use crate::kv::Request;
    use crate::raft::ConfState;
    use std::sync::Arc;

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

    /// The verdict on snapshots of these members, at these indexes.
    fn verdict(snapshots: impl IntoIterator<Item = (u64, u64, Image)>) -> Vec<Property> {
        let mut applied = Applied::default();
        let mut report = Report::default();
        for (member, index, data) in snapshots {
            let snapshot = Snapshot {
                index: Index(index),
                term: Term(2),
                conf: ConfState::voters([NodeId(1)]),
                data,
            };
            applied.has_snapshot(report.at(member), NodeId(member), &snapshot);
        }
        report.violated()
    }

    #[test]
    fn snapshots_of_one_index_that_differ_are_reported() {
        let second = |index, data: &'static str| [(1, 4, "a".into()), (2, index, data.into())];
        assert_eq!(verdict(second(4, "b")), [Property::StateMachineSafety]);
        assert_eq!(verdict(second(4, "a")), []);
        assert_eq!(verdict(second(5, "b")), []);
    }

    #[test]
    fn what_a_snapshot_shares_with_the_one_before_counts_too() {
        let put = |store: &mut Store, number: u8| {
            let request = Request::put(vec![number % 7], vec![number]);
            store.apply(&request).expect("there is room");
        };
        let image = |store: &Store| Image::of(StateCopy::new(store.clone(), Arc::default()));
        let (mut right, mut wrong) = (Store::default(), Store::default());
        for number in 0..100 {
            put(&mut right, number);
            put(&mut wrong, if number == 3 { 10 } else { number });
        }
        let (early, other_early) = (image(&right), image(&wrong));
        (100..110).for_each(|number| put(&mut right, number));
        (100..110).for_each(|number| put(&mut wrong, number));
        let (late, other_late) = (image(&right), image(&wrong));
        let after = |member, data: &Image| {
            vec![
                (1, 4, early.clone()),
                (1, 8, late.clone()),
                (member, 8, data.clone()),
            ]
        };
        // From the disk, where no part is shared.
        assert_eq!(verdict(after(2, &late.bytes().into())), []);
        assert_eq!(
            verdict(after(2, &other_late)),
            [Property::StateMachineSafety]
        );
        // A member whose own past changed under its hands.
        let before = [(2, 4, early.clone())];
        let changed = before.into_iter().chain(after(2, &other_late));
        assert_eq!(verdict(changed), [Property::StateMachineSafety]);
        // Two that went astray apart are found at their first snapshot, and what they share stays wrong.
        let astray = after(2, &late)
            .into_iter()
            .chain([(2, 4, other_early), (2, 8, other_late)]);
        assert_eq!(verdict(astray), [Property::StateMachineSafety; 2]);
        // The keys are the same, what is kept beside them is not.
        let mut counted = right;
        counted.count_v2_records(1);
        assert_eq!(
            verdict(after(2, &image(&counted))),
            [Property::StateMachineSafety]
        );
    }
}
