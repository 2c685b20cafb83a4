//! Nothing goes back.
//!
//! What holds exactly:
//! - the term of a running process never falls, and it starts with the term on its disk at least;
//! - the term and the snapshot on a disk never fall, across restarts too (a disk that is wiped
//!   from outside is a new disk);
//! - commit index and applied index never fall while a process runs. After a restart they may be
//!   lower: neither is worth a sync, and both are learned again;
//! - how far a leader knows a log to agree never falls in one leadership.

use super::report::{Moment, Report};
use crate::cluster::{Claim, Counter, Property};
use crate::raft::NodeId;

/// The last value of a number that must not become less.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Rising {
    value: u64,
    seen: Moment,
}

impl Rising {
    /// Starts anew, from here.
    pub fn reset(&mut self, value: u64, seen: Moment) {
        *self = Rising { value, seen };
    }

    /// The last value.
    pub fn value(&self) -> u64 {
        self.value
    }

    /// The number is `value` now.
    #[inline]
    pub fn is(&mut self, report: &mut Report, member: NodeId, counter: Counter, value: u64) {
        let before = *self;
        report.expect(Property::NothingGoesBack, value >= before.value, || {
            let claim = |value| Claim::Stands {
                member,
                counter,
                value,
            };
            (before.seen.saw(claim(before.value)), claim(value))
        });
        if value != before.value {
            self.reset(value, report.now());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(values: &[u64]) -> Vec<Property> {
        let mut number = Rising::default();
        let mut report = Report::default();
        for (step, value) in (1..).zip(values) {
            number.is(report.at(step), NodeId(1), Counter::Commit, *value);
        }
        report.violated()
    }

    #[test]
    fn a_fall_by_one_is_reported_once() {
        assert_eq!(check(&[3, 4, 3, 3, 4]), [Property::NothingGoesBack]);
    }

    #[test]
    fn standing_still_is_fine() {
        assert_eq!(check(&[0, 3, 3, 4]), []);
    }
}
