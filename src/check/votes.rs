//! One vote per term, across restarts.

use super::report::{Moment, Report};
use super::sorted::Sorted;
use crate::cluster::{Claim, Property};
use crate::raft::{NodeId, Term};

/// To whom each member gave its vote of each term, as told by the messages that grant it. What a
/// process keeps in memory and loses in a crash before anybody heard of it is no vote.
#[derive(Clone, Debug, Default)]
pub(super) struct Votes {
    given: Sorted<(Term, NodeId), (NodeId, Moment)>,
}

impl Votes {
    /// A member told a candidate that it has its vote; or its disk says so.
    pub fn voted(&mut self, report: &mut Report, member: NodeId, term: Term, candidate: NodeId) {
        let now = report.now();
        let (first, seen) = *self.given.get_or_insert((term, member), (candidate, now));
        report.expect(Property::OneVotePerTerm, first == candidate, || {
            let claim = |candidate| Claim::Voted {
                member,
                candidate,
                term,
            };
            (seen.saw(claim(first)), claim(candidate))
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(votes: &[(u64, u64, u64)]) -> Vec<Property> {
        let mut checker = Votes::default();
        let mut report = Report::default();
        for (step, (member, term, candidate)) in (1..).zip(votes) {
            let (member, candidate) = (NodeId(*member), NodeId(*candidate));
            checker.voted(report.at(step), member, Term(*term), candidate);
        }
        report.violated()
    }

    #[test]
    fn a_second_vote_in_a_term_is_reported() {
        let second = [(3, 2, 1), (3, 5, 1), (3, 2, 2)];
        assert_eq!(check(&second), [Property::OneVotePerTerm]);
    }

    #[test]
    fn a_repeated_vote_and_votes_of_other_terms_and_members_are_fine() {
        assert_eq!(check(&[(3, 2, 1), (3, 2, 1), (3, 3, 2), (4, 2, 2)]), []);
    }
}
