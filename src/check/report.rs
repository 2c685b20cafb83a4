//! What the checks have found so far, and how often each of them looked.

use crate::cluster::{Claim, Evidence, Property, Violation};
use crate::sim::SimTime;

/// A property that is broken once is often broken again and again. So many violations of each
/// property are reported in full; the rest is only counted.
const REPORTED: u64 = 20;

/// How often a property was checked.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Count {
    /// How often it was looked at.
    pub checked: u64,
    /// How often it did not hold.
    pub violated: u64,
}

/// Where in the run something was seen.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub(super) struct Moment {
    pub step: u64,
    pub time: SimTime,
}

impl Moment {
    /// Something that was seen then.
    pub fn saw(self, claim: Claim) -> Evidence {
        Evidence {
            step: self.step,
            time: self.time,
            claim,
        }
    }
}

/// Collects the findings of one step, and the counts of the whole run.
#[derive(Clone, Debug, Default)]
pub(super) struct Report {
    now: Moment,
    counts: [Count; Property::ALL.len()],
    found: Vec<Violation>,
}

impl Report {
    /// Another step is looked at.
    pub fn begin(&mut self, now: Moment) {
        self.now = now;
    }

    /// The step that is looked at.
    pub fn now(&self) -> Moment {
        self.now
    }

    /// Takes the result of one look at a property. `contradiction` gives the earlier claim and
    /// where it was seen, and the claim of this step against it.
    pub fn expect(
        &mut self,
        property: Property,
        holds: bool,
        contradiction: impl FnOnce() -> (Evidence, Claim),
    ) {
        let count = &mut self.counts[property as usize];
        count.checked += 1;
        if holds {
            return;
        }
        count.violated += 1;
        if count.violated <= REPORTED {
            let (earlier, claim) = contradiction();
            self.found.push(Violation {
                property,
                earlier,
                later: self.now.saw(claim),
            });
        }
    }

    /// How often a property was checked.
    pub fn count(&self, property: Property) -> Count {
        self.counts[property as usize]
    }

    /// The findings since the last call.
    pub fn take(&mut self) -> Vec<Violation> {
        std::mem::take(&mut self.found)
    }
}

#[cfg(test)]
impl Report {
    /// For tests: looks at step `step`.
    pub fn at(&mut self, step: u64) -> &mut Report {
        self.begin(Moment {
            step,
            time: SimTime(step * 1000),
        });
        self
    }

    /// For tests: the properties that were found violated since the last call.
    pub fn violated(&mut self) -> Vec<Property> {
        self.take()
            .into_iter()
            .map(|found| found.property)
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cluster::Counter;
    use crate::raft::NodeId;

    #[test]
    fn a_flood_of_violations_is_counted_and_reported_only_in_part() {
        let mut report = Report::default();
        let claim = |value| Claim::Stands {
            member: NodeId(1),
            counter: Counter::Term,
            value,
        };
        for step in 0..100 {
            report
                .at(step)
                .expect(Property::NothingGoesBack, false, || {
                    (Moment::default().saw(claim(step + 1)), claim(step))
                });
        }
        assert_eq!(report.take().len() as u64, REPORTED);
        let count = report.count(Property::NothingGoesBack);
        assert_eq!((count.checked, count.violated), (100, 100));
        assert_eq!(report.count(Property::LogMatching), Count::default());
    }
}
