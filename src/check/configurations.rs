//! Configuration quorums overlap.
//!
//! Configurations come into force when they are applied, so at a moment members can go by
//! different ones. What keeps that safe, and what is checked here: each new configuration shares
//! a member, quorum by quorum, with the newest before it; and whoever decides something (wins an
//! election, commits an entry first) does so by a configuration that shares one with the newest
//! that is in force anywhere. Which is the newest, the log says: a member that lags behind does not
//! make an old one new.

use super::quorum::overlap;
use super::report::{Moment, Report};
use crate::cluster::{Claim, Property};
use crate::raft::{ConfState, Index, NodeId};

/// The configurations that have been in force so far.
#[derive(Clone, Debug, Default)]
pub(super) struct Configurations {
    known: Vec<Known>,
    /// Which of them is the newest, and up to where whoever showed it had applied the log.
    newest: (usize, Index),
}

#[derive(Clone, Debug)]
struct Known {
    conf: ConfState,
    member: NodeId,
    seen: Moment,
}

impl Configurations {
    /// A configuration is in force at a member that has applied the log up to an entry.
    pub fn in_force(
        &mut self,
        report: &mut Report,
        member: NodeId,
        conf: &ConfState,
        applied: Index,
    ) {
        if conf.voters.is_empty() {
            return;
        }
        let known = self.known.iter().position(|known| known.conf == *conf);
        let place = known.unwrap_or_else(|| {
            self.expect_overlap(report, member, conf);
            self.known.push(Known {
                conf: conf.clone(),
                member,
                seen: report.now(),
            });
            self.known.len() - 1
        });
        if applied >= self.newest.1 {
            self.newest = (place, applied);
        }
    }

    /// The newest configuration that is in force anywhere.
    pub fn newest(&self) -> Option<&ConfState> {
        self.known.get(self.newest.0).map(|known| &known.conf)
    }

    /// A member decides something by a configuration.
    pub fn decides(&self, report: &mut Report, member: NodeId, conf: &ConfState) {
        self.expect_overlap(report, member, conf);
    }

    fn expect_overlap(&self, report: &mut Report, member: NodeId, conf: &ConfState) {
        let Some(newest) = self.known.get(self.newest.0) else {
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
            checker.in_force(report.at(step), NodeId(1), conf, Index(step));
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

    #[test]
    fn who_lags_behind_does_not_make_an_old_configuration_new() {
        let steps = [
            (conf(&[1, 2, 3]), 1),
            (conf(&[1, 2, 3, 4]), 5),
            (conf(&[1, 2, 3]), 9),
            // A member that comes late, and one that goes on.
            (conf(&[1, 2, 3, 4]), 7),
            (conf(&[1, 2]), 12),
        ];
        let mut checker = Configurations::default();
        let mut report = Report::default();
        let newest = steps.iter().map(|(conf, applied)| {
            checker.in_force(report.at(*applied), NodeId(1), conf, Index(*applied));
            checker.newest().expect("one is in force").voters.len()
        });
        assert_eq!(newest.collect::<Vec<_>>(), [3, 4, 3, 3, 2]);
    }
}
