//! Election Safety: at most one leader in a term, over the whole history.

use super::report::{Moment, Report};
use super::sorted::Sorted;
use crate::cluster::{Claim, Property};
use crate::raft::{NodeId, Term};

/// Who has led which term.
#[derive(Clone, Debug, Default)]
pub(super) struct Elections {
    leaders: Sorted<Term, (NodeId, Moment)>,
}

impl Elections {
    /// A member leads a term: it says so itself, or it speaks as a leader.
    pub fn leads(&mut self, report: &mut Report, member: NodeId, term: Term) {
        let now = report.now();
        let (first, seen) = *self.leaders.get_or_insert(term, (member, now));
        report.expect(Property::ElectionSafety, first == member, || {
            let claim = |member| Claim::Leads { member, term };
            (seen.saw(claim(first)), claim(member))
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(claims: &[(u64, u64)]) -> Vec<Property> {
        let mut elections = Elections::default();
        let mut report = Report::default();
        for (step, (member, term)) in (1..).zip(claims) {
            elections.leads(report.at(step), NodeId(*member), Term(*term));
        }
        report.violated()
    }

    #[test]
    fn two_leaders_in_one_term_are_reported_however_far_apart() {
        assert_eq!(check(&[(1, 2), (2, 2)]), [Property::ElectionSafety]);
        assert_eq!(
            check(&[(1, 2), (2, 3), (3, 4), (2, 2)]),
            [Property::ElectionSafety]
        );
    }

    #[test]
    fn two_leaders_at_once_in_different_terms_are_fine() {
        assert_eq!(check(&[(1, 2), (2, 3), (1, 2), (2, 3)]), []);
    }

    #[test]
    fn the_evidence_names_both_leaders_and_when_they_were_seen() {
        let mut elections = Elections::default();
        let mut report = Report::default();
        elections.leads(report.at(7), NodeId(1), Term(2));
        elections.leads(report.at(9), NodeId(3), Term(2));
        assert_eq!(
            report.take()[0].to_string(),
            "Election Safety is violated: infra1 leads term 2 (step 7, 0.007 s), but infra3 leads \
             term 2 (step 9, 0.009 s)"
        );
    }
}
