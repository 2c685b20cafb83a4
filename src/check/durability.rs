//! Committed is durable on a quorum, and match indexes are true: both judged by what is on the
//! disks, not by what anybody says about it.

use super::quorum::is_quorum;
use super::report::Report;
use crate::cluster::{Claim, Evidence, Property};
use crate::raft::{ConfState, Entry, Index, NodeId, Stored, Term};

/// The entry that a disk holds at the index.
pub(super) fn entry_on(disk: &Stored, index: Index) -> Option<&Entry> {
    let first = disk.entries.first()?.index;
    let place = index.0.checked_sub(first.0)?;
    disk.entries.get(usize::try_from(place).ok()?)
}

/// The term of the entry that a disk holds at the index; also known for the one before the first.
pub(super) fn term_on(disk: &Stored, index: Index) -> Option<Term> {
    match disk.entries.first() {
        Some(first) if first.index == index.next() => Some(disk.prev_term),
        Some(_) => entry_on(disk, index).map(|entry| entry.term),
        None => (disk.snapshot.index == index).then_some(disk.snapshot.term),
    }
}

/// Whether a disk holds the entry of this term, itself or within its snapshot.
pub(super) fn has(disk: &Stored, index: Index, term: Term) -> bool {
    disk.snapshot.index >= index || term_on(disk, index) == Some(term)
}

/// An entry is taken for committed for the first time (that is `claim`). The configuration may
/// have changed in the same step: the entry counts as durable if it is on the disks of a quorum
/// of the one before or the one after.
pub(super) fn expect_on_quorum(
    report: &mut Report,
    claim: Evidence,
    index: Index,
    [before, after]: [&ConfState; 2],
    holds: impl Fn(NodeId) -> bool,
) {
    let durable = is_quorum(after, &holds) || is_quorum(before, &holds);
    report.expect(Property::CommittedIsDurable, durable, || {
        (claim, durable_on(index, after, holds))
    });
}

/// A member applied an entry (that is `claim`). Its own disk must have it: after a crash its
/// state machine would otherwise be ahead of its log.
pub(super) fn expect_own_copy(
    report: &mut Report,
    claim: Claim,
    member: NodeId,
    (index, term): (Index, Term),
    disk: &Stored,
) {
    let now = report.now();
    report.expect(Property::CommittedIsDurable, has(disk, index, term), || {
        let lacks = Claim::NotDurable {
            member,
            index,
            instead: term_on(disk, index),
        };
        (now.saw(claim), lacks)
    });
}

/// Part of a log on a disk was replaced, or a disk was damaged. The newest configuration, which may
/// have come later, may have voters without the entry, but never so many that they can decide among
/// themselves.
pub(super) fn expect_still_needed(
    report: &mut Report,
    claim: Evidence,
    index: Index,
    conf: &ConfState,
    holds: impl Fn(NodeId) -> bool,
) {
    let lost = is_quorum(conf, |id| !holds(id));
    report.expect(Property::CommittedIsDurable, !lost, || {
        (claim, durable_on(index, conf, holds))
    });
}

fn durable_on(index: Index, conf: &ConfState, holds: impl Fn(NodeId) -> bool) -> Claim {
    let mut members = [&conf.voters[..], &conf.voters_outgoing].concat();
    members.sort();
    members.dedup();
    members.retain(|id| holds(*id));
    Claim::DurableOn {
        index,
        members,
        conf: conf.clone(),
    }
}

/// A leader counts everything up to `index` (whose entry has `entry_term` in its log) as stored by
/// a member. A member that has gone on to a later term may have replaced it since: then nothing
/// follows from what its disk holds.
pub(super) fn expect_match(
    report: &mut Report,
    (leader, term): (NodeId, Term),
    member: NodeId,
    (index, entry_term): (Index, Term),
    disk: &Stored,
) {
    if disk.hard_state.term > term {
        return;
    }
    let now = report.now();
    report.expect(Property::MatchIsTrue, has(disk, index, entry_term), || {
        let claim = Claim::NotDurable {
            member,
            index,
            instead: term_on(disk, index),
        };
        let matches = Claim::Matches {
            leader,
            term,
            member,
            index,
        };
        (now.saw(matches), claim)
    });
}

#[cfg(test)]
mod tests {
    use super::super::report::Moment;
    use super::*;
    use crate::raft::Payload;

    fn disk(term: u64, entries: &[u64]) -> Stored {
        let mut disk = Stored::new(ConfState::default());
        disk.hard_state.term = Term(term);
        disk.entries = (1..)
            .zip(entries)
            .map(|(index, term)| Entry {
                index: Index(index),
                term: Term(*term),
                payload: Payload::Noop,
            })
            .collect();
        disk
    }

    fn voters(count: u64) -> ConfState {
        ConfState::voters((1..=count).map(NodeId))
    }

    fn committed() -> Evidence {
        Moment::default().saw(Claim::Committed {
            member: NodeId(1),
            term: Term(2),
            index: Index(1),
            entry_term: Term(2),
        })
    }

    #[test]
    fn a_commit_needs_the_disks_of_a_majority() {
        let verdict = |of: u64, on: u64| {
            let mut report = Report::default();
            let conf = voters(of);
            expect_on_quorum(&mut report, committed(), Index(1), [&conf, &conf], |id| {
                id.0 <= on
            });
            report.violated()
        };
        assert_eq!(verdict(5, 3), []);
        assert_eq!(verdict(5, 2), [Property::CommittedIsDurable]);
        assert_eq!(verdict(4, 2), [Property::CommittedIsDurable]);
    }

    #[test]
    fn what_is_committed_may_be_on_a_minority_that_every_quorum_meets() {
        let verdict = |on: u64| {
            let mut report = Report::default();
            let holds = |id: NodeId| id.0 <= on;
            expect_still_needed(&mut report, committed(), Index(1), &voters(4), holds);
            report.violated()
        };
        assert_eq!(verdict(2), []);
        assert_eq!(verdict(1), [Property::CommittedIsDurable]);
    }

    #[test]
    fn a_match_is_judged_by_the_disk() {
        let verdict = |index, disk: &Stored| {
            let mut report = Report::default();
            let leader = (NodeId(1), Term(3));
            let matched = (Index(index), Term(2));
            expect_match(&mut report, leader, NodeId(2), matched, disk);
            report.violated()
        };
        assert_eq!(verdict(2, &disk(3, &[1, 2])), []);
        let untrue = [Property::MatchIsTrue];
        assert_eq!(verdict(3, &disk(3, &[1, 2])), untrue, "too short");
        assert_eq!(verdict(2, &disk(3, &[1, 1])), untrue, "another entry");
        assert_eq!(verdict(2, &disk(4, &[1])), [], "replaced in a later term");
    }

    #[test]
    fn what_is_applied_must_be_on_the_members_own_disk() {
        let verdict = |entries: &[u64]| {
            let mut report = Report::default();
            let (claim, place) = (committed().claim, (Index(2), Term(2)));
            expect_own_copy(&mut report, claim, NodeId(1), place, &disk(2, entries));
            report.violated()
        };
        assert_eq!(verdict(&[1, 2]), []);
        assert_eq!(verdict(&[1]), [Property::CommittedIsDurable]);
        assert_eq!(verdict(&[1, 1]), [Property::CommittedIsDurable]);
    }

    #[test]
    fn a_snapshot_holds_everything_up_to_its_index() {
        let mut compacted = disk(3, &[]);
        let mut snapshot = (*compacted.snapshot).clone();
        (snapshot.index, snapshot.term) = (Index(4), Term(3));
        compacted.snapshot = snapshot.into();
        assert!(has(&compacted, Index(4), Term(3)));
        assert!(has(&compacted, Index(2), Term(1)));
        assert!(!has(&compacted, Index(5), Term(3)));
    }
}
