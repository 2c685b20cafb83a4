//! Log Matching and Leader Append-Only.
//!
//! Two logs that hold an entry with the same index and term are the same up to there. By
//! induction that follows from two things that can be checked one entry at a time: index and term
//! identify what the entry asks for, and the term of the entry before it. So a table of all
//! entries that were ever seen is enough, and every entry is looked at only where it is new: in
//! the memory of a member, and again when it reaches its disk.

use super::by_index::ByIndex;
use super::report::{Moment, Report};
use crate::cluster::{Claim, Property};
use crate::raft::{Entry, Index, NodeId, Payload, Term};
use xxhash_rust::xxh3::{xxh3_64, xxh3_64_with_seed};

/// Every entry that was ever seen in any log.
#[derive(Clone, Debug, Default)]
pub(super) struct Logs {
    known: ByIndex<Vec<Known>>,
}

/// An entry, and who was seen to hold it first.
#[derive(Clone, Copy, Debug)]
struct Known {
    term: Term,
    prev_term: Term,
    digest: u64,
    member: NodeId,
    seen: Moment,
}

/// Where a log ends.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub(super) struct End {
    pub index: Index,
    pub term: Term,
}

impl Logs {
    /// A member's log holds an entry, after one of `prev_term`.
    pub fn holds(&mut self, report: &mut Report, member: NodeId, prev_term: Term, entry: &Entry) {
        let here = Known {
            term: entry.term,
            prev_term,
            digest: digest(&entry.payload),
            member,
            seen: report.now(),
        };
        let index = entry.index;
        // Most have been seen: to change nothing is cheaper, also for the copies of a checker.
        let known = self.known.get(index).into_iter().flatten();
        let Some(first) = known.copied().find(|known| known.term == entry.term) else {
            let place = self.known.at(index);
            place.reserve_exact(1);
            place.push(here);
            return report.expect(Property::LogMatching, true, || {
                unreachable!("the first sight of an entry contradicts nothing")
            });
        };
        let same = first.digest == here.digest && first.prev_term == prev_term;
        report.expect(Property::LogMatching, same, || {
            (first.seen.saw(first.claim(index)), here.claim(index))
        });
    }
}

impl Known {
    fn claim(&self, index: Index) -> Claim {
        Claim::Holds {
            member: self.member,
            index,
            term: self.term,
            prev_term: self.prev_term,
            digest: self.digest,
        }
    }
}

/// A leader's log ended at `before` in an earlier step of the same leadership, and the term of
/// the entry there is now `there`.
pub(super) fn leader_keeps(
    report: &mut Report,
    leader: NodeId,
    term: Term,
    (before, seen): (End, Moment),
    there: Option<Term>,
) {
    let kept = there == Some(before.term);
    report.expect(Property::LeaderAppendOnly, kept, || {
        let leads = Claim::Leads {
            member: leader,
            term,
        };
        let lacks = Claim::Lacks {
            member: leader,
            term,
            index: before.index,
            instead: there,
        };
        (seen.saw(leads), lacks)
    });
}

/// The fingerprint of what an entry asks for.
pub(super) fn digest(payload: &Payload) -> u64 {
    match payload {
        Payload::Noop => 0,
        Payload::Command(data) => xxh3_64(data),
        Payload::ConfChange(change) => {
            let bytes = postcard::to_stdvec(change).expect("a change is plain data");
            xxh3_64_with_seed(&bytes, 1)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entry(index: u64, term: u64, command: &'static str) -> Entry {
        Entry {
            index: Index(index),
            term: Term(term),
            payload: Payload::Command(command.into()),
        }
    }

    fn check(held: &[(u64, u64, Entry)]) -> Vec<Property> {
        let mut logs = Logs::default();
        let mut report = Report::default();
        for (step, (member, prev_term, entry)) in (1..).zip(held) {
            logs.holds(report.at(step), NodeId(*member), Term(*prev_term), entry);
        }
        report.violated()
    }

    #[test]
    fn the_same_index_and_term_with_other_content_are_reported() {
        let logs = [(1, 1, entry(4, 2, "a")), (2, 1, entry(4, 2, "b"))];
        assert_eq!(check(&logs), [Property::LogMatching]);
    }

    #[test]
    fn the_same_entry_after_different_entries_is_reported() {
        let logs = [(1, 1, entry(4, 2, "a")), (2, 2, entry(4, 2, "a"))];
        assert_eq!(check(&logs), [Property::LogMatching]);
    }

    #[test]
    fn different_entries_at_one_index_are_fine_if_their_terms_differ() {
        let logs = [
            (1, 1, entry(4, 2, "a")),
            (2, 1, entry(4, 3, "b")),
            (3, 1, entry(4, 2, "a")),
        ];
        assert_eq!(check(&logs), []);
    }

    #[test]
    fn a_leader_that_drops_or_replaces_its_last_entry_is_reported() {
        let before = End {
            index: Index(5),
            term: Term(2),
        };
        let verdict = |there| {
            let mut report = Report::default();
            let seen = Moment::default();
            leader_keeps(report.at(2), NodeId(1), Term(2), (before, seen), there);
            report.violated()
        };
        assert_eq!(verdict(None), [Property::LeaderAppendOnly]);
        assert_eq!(verdict(Some(Term(3))), [Property::LeaderAppendOnly]);
        assert_eq!(verdict(Some(Term(2))), []);
    }
}
