//! Configuration quorums overlap.
//!
//! Configurations come into force when they are applied, so at a moment members can go by
//! different ones. What keeps that safe, and what is checked here: each new configuration shares
//! a member, quorum by quorum, with the newest before it; and whoever decides something (wins an
//! election, commits an entry first) does so by a configuration that shares one with the newest
//! that is in force anywhere.

use super::quorum::overlap;
use super::report::{Moment, Report};
use crate::cluster::{Claim, Property};
use crate::raft::{ConfState, NodeId};

/// The configurations that have been in force so far, in order.
#[derive(Clone, Debug, Default)]
pub(super) struct Configurations {
    known: Vec<Known>,
}

#[derive(Clone, Debug)]
struct Known {
    conf: ConfState,
    member: NodeId,
    seen: Moment,
}

impl Configurations {
    /// A configuration is in force at a member.
    pub fn in_force(&mut self, report: &mut Report, member: NodeId, conf: &ConfState) {
        let nobody_decides = conf.voters.is_empty();
        if nobody_decides || self.known.iter().any(|known| known.conf == *conf) {
            return;
        }
        self.expect_overlap(report, member, conf);
        self.known.push(Known {
            conf: conf.clone(),
            member,
            seen: report.now(),
        });
    }

    /// A member decides something by a configuration.
    pub fn decides(&self, report: &mut Report, member: NodeId, conf: &ConfState) {
        self.expect_overlap(report, member, conf);
    }

    fn expect_overlap(&self, report: &mut Report, member: NodeId, conf: &ConfState) {
        let Some(newest) = self.known.last() else {
            return;
        };
        let overlaps = newest.conf == *conf || overlap(&newest.conf, conf);
        report.expect(Property::QuorumsOverlap, overlaps, || {
            let claim = |member, conf: &ConfState| Claim::InForce {
                member,
                conf: conf.clone(),
            };
            let earlier = newest.seen.saw(claim(newest.member, &newest.conf));
            (earlier, claim(member, conf))
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn conf(voters: &[u64]) -> ConfState {
        ConfState::voters(voters.iter().copied().map(NodeId))
    }

    fn check(confs: &[ConfState], decides: &ConfState) -> Vec<Property> {
        let mut checker = Configurations::default();
        let mut report = Report::default();
        for (step, conf) in (1..).zip(confs) {
            checker.in_force(report.at(step), NodeId(1), conf);
        }
        checker.decides(report.at(99), NodeId(2), decides);
        report.violated()
    }

    #[test]
    fn a_jump_by_two_voters_is_reported() {
        let (three, five) = (conf(&[1, 2, 3]), conf(&[1, 2, 3, 4, 5]));
        assert_eq!(
            check(&[three, five.clone()], &five),
            [Property::QuorumsOverlap]
        );
    }

    #[test]
    fn single_steps_are_fine() {
        let steps = [
            conf(&[1, 2, 3]),
            conf(&[1, 2, 3, 4]),
            conf(&[1, 2, 3, 4, 5]),
        ];
        assert_eq!(check(&steps, &steps[2]), []);
        assert_eq!(check(&steps, &steps[1]), [], "one step behind");
    }

    #[test]
    fn a_decision_two_steps_behind_is_reported() {
        let steps = [
            conf(&[1, 2, 3]),
            conf(&[1, 2, 3, 4]),
            conf(&[1, 2, 3, 4, 5]),
        ];
        assert_eq!(check(&steps, &steps[0]), [Property::QuorumsOverlap]);
    }
}
