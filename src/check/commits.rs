//! Leader Completeness, and the part of State Machine Safety that concerns committing.
//!
//! A table of everything that was ever taken for committed, by whom and in which term. Whoever
//! commits an index again must mean the same entry; whoever is elected must have everything that
//! was committed in earlier terms. Since logs that agree in an entry agree up to there, it is
//! enough to look at the last one.

use super::by_index::ByIndex;
use super::logs::End;
use super::report::{Moment, Report};
use super::sorted::Sorted;
use crate::cluster::{Claim, Evidence, Property};
use crate::raft::{Index, NodeId, Term};

/// What was ever taken for committed, and who was ever elected.
#[derive(Clone, Debug, Default)]
pub(super) struct Commits {
    table: ByIndex<Option<Commit>>,
    last: Index,
    elected: Sorted<Term, Elected>,
}

/// An entry that was taken for committed, and who did so first.
#[derive(Clone, Copy, Debug)]
struct Commit {
    entry_term: Term,
    member: NodeId,
    in_term: Term,
    seen: Moment,
}

/// A leader and the end of its log when it was elected.
#[derive(Clone, Copy, Debug)]
struct Elected {
    member: NodeId,
    end: End,
    seen: Moment,
}

impl Commits {
    /// The last index that anybody ever took for committed.
    pub fn last(&self) -> Index {
        self.last
    }

    /// The term of the entry that was committed at the index, if that is known.
    pub fn term_at(&self, index: Index) -> Option<Term> {
        let commit = self.table.get(index)?.as_ref()?;
        Some(commit.entry_term)
    }

    /// Where an index was taken for committed first.
    pub fn first_claim(&self, index: Index) -> Option<Evidence> {
        let commit = self.table.get(index)?.as_ref()?;
        Some(commit.seen.saw(commit.claim(index)))
    }

    /// A member in `in_term` takes an entry for committed.
    pub fn commits(
        &mut self,
        report: &mut Report,
        member: NodeId,
        in_term: Term,
        index: Index,
        entry_term: Term,
    ) {
        let here = Commit {
            entry_term,
            member,
            in_term,
            seen: report.now(),
        };
        self.last = self.last.max(index);
        let Some(Some(first)) = self.table.get(index) else {
            *self.table.at(index) = Some(here);
            return self.expect_in_later_leaders(report, index, here);
        };
        let same = first.entry_term == entry_term;
        report.expect(Property::StateMachineSafety, same, || {
            (first.seen.saw(first.claim(index)), here.claim(index))
        });
    }

    /// A leader of a later term may have been elected before this commit was noticed.
    fn expect_in_later_leaders(&self, report: &mut Report, index: Index, commit: Commit) {
        for (term, leader) in self.elected.from(commit.in_term.next()) {
            let lacks = leader.end.index < index;
            report.expect(Property::LeaderCompleteness, !lacks, || {
                let lacks = Claim::Lacks {
                    member: leader.member,
                    term,
                    index,
                    instead: None,
                };
                (leader.seen.saw(lacks), commit.claim(index))
            });
        }
    }

    /// A member leads `term`. Before it added anything, its log ended at `end`; `covered` is the
    /// last index that its snapshot replaces, and `term_at` tells the terms after that.
    pub fn elected(
        &mut self,
        report: &mut Report,
        member: NodeId,
        term: Term,
        end: End,
        covered: Index,
        term_at: impl Fn(Index) -> Option<Term>,
    ) {
        let seen = report.now();
        self.elected
            .get_or_insert(term, Elected { member, end, seen });
        let Some((index, commit)) = self.last_before(term) else {
            return;
        };
        let there = term_at(index);
        let complete = index <= covered || there == Some(commit.entry_term);
        report.expect(Property::LeaderCompleteness, complete, || {
            let lacks = Claim::Lacks {
                member,
                term,
                index,
                instead: there,
            };
            (commit.seen.saw(commit.claim(index)), lacks)
        });
    }

    /// The last entry that was committed in a term before this one.
    fn last_before(&self, term: Term) -> Option<(Index, Commit)> {
        let mut index = self.last;
        while index > Index(0) {
            match self.table.get(index) {
                Some(Some(commit)) if commit.in_term < term => return Some((index, *commit)),
                _ => index = index.prev(),
            }
        }
        None
    }
}

impl Commit {
    fn claim(&self, index: Index) -> Claim {
        Claim::Committed {
            member: self.member,
            term: self.in_term,
            index,
            entry_term: self.entry_term,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Commits by (member, in term, index, term of the entry), then an election of a member
    /// whose log has these terms from index 1 on.
    fn check(commits: &[(u64, u64, u64, u64)], elected: Option<(u64, &[u64])>) -> Vec<Property> {
        let mut checker = Commits::default();
        let mut report = Report::default();
        for (step, (member, in_term, index, term)) in (1..).zip(commits) {
            checker.commits(
                report.at(step),
                NodeId(*member),
                Term(*in_term),
                Index(*index),
                Term(*term),
            );
        }
        if let Some((term, log)) = elected {
            elect(&mut checker, report.at(99), term, log);
        }
        report.violated()
    }

    fn elect(checker: &mut Commits, report: &mut Report, term: u64, log: &[u64]) {
        let end = End {
            index: Index(log.len() as u64),
            term: Term(log.last().copied().unwrap_or(0)),
        };
        let term_at = |index: Index| log.get(index.0 as usize - 1).copied().map(Term);
        checker.elected(report, NodeId(9), Term(term), end, Index(0), term_at);
    }

    #[test]
    fn two_commits_of_different_entries_at_one_index_are_reported() {
        let commits = [(1, 2, 1, 2), (2, 3, 1, 3)];
        assert_eq!(check(&commits, None), [Property::StateMachineSafety]);
    }

    #[test]
    fn the_same_commit_by_others_in_later_terms_is_fine() {
        assert_eq!(check(&[(1, 2, 1, 2), (2, 3, 1, 2), (3, 2, 1, 2)], None), []);
    }

    #[test]
    fn a_leader_that_lacks_a_committed_entry_is_reported() {
        let commits = [(1, 2, 1, 2), (1, 2, 2, 2)];
        let incomplete = [Property::LeaderCompleteness];
        assert_eq!(check(&commits, Some((3, &[2]))), incomplete);
        assert_eq!(check(&commits, Some((3, &[2, 1]))), incomplete);
        assert_eq!(check(&commits, Some((3, &[2, 2]))), []);
    }

    #[test]
    fn a_leader_of_an_earlier_term_may_lack_what_later_terms_commit() {
        let commits = [(1, 2, 1, 2), (2, 4, 2, 4)];
        assert_eq!(check(&commits, Some((3, &[2]))), []);
        assert_eq!(
            check(&commits, Some((3, &[]))),
            [Property::LeaderCompleteness]
        );
    }

    #[test]
    fn a_commit_that_an_elected_later_leader_lacks_is_reported() {
        let verdict = |log: &[u64]| {
            let mut checker = Commits::default();
            let mut report = Report::default();
            elect(&mut checker, report.at(1), 3, log);
            let (member, index) = (NodeId(1), Index(2));
            checker.commits(report.at(2), member, Term(2), index, Term(2));
            report.violated()
        };
        assert_eq!(verdict(&[2]), [Property::LeaderCompleteness]);
        assert_eq!(verdict(&[2, 2]), []);
    }
}
