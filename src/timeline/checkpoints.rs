//! Copies of a run at some of its moments, from which every other moment is reached quickly.
//!
//! To go to a moment, the nearest copy before it is taken and what follows is done again. Copies
//! share structure, so each costs about what is on its way at its moment; still, they are thinned
//! out behind the end of the run, the further back the more, so that their number grows with the
//! logarithm of its length only.

use super::machine::Machine;
use crate::sim::SimTime;
use std::collections::BTreeMap;
use std::sync::Arc;

/// A copy is made every so many steps. At the end of a run that many have to be done again at
/// most to reach a moment.
pub(super) const SPACING: u64 = 3_000;

/// Copies may lie apart by this fraction of the way to the end of the run. A run of `FINE ×
/// SPACING` steps, some ten minutes of a busy cluster, is not thinned at all.
const FINE: u64 = 128;

/// The copies of one line of history, by their steps.
#[derive(Clone, Debug, Default)]
pub(super) struct Checkpoints {
    kept: BTreeMap<u64, Arc<Machine>>,
}

impl Checkpoints {
    /// Keeps a copy if the last one is far enough away.
    pub fn maybe_add(&mut self, machine: &Machine) {
        let step = machine.position().step;
        let last = self.kept.last_key_value().map(|(last, _)| *last);
        if last.is_none_or(|last| step >= last + SPACING) {
            self.kept.insert(step, Arc::new(machine.clone()));
            self.thin(step);
        }
    }

    /// Removes what lies closer together than needed that far from the end.
    fn thin(&mut self, end: u64) {
        let steps: Vec<u64> = self.kept.keys().copied().collect();
        let mut before = 0;
        for (step, after) in steps.iter().skip(1).zip(steps.iter().skip(2)) {
            if after - before <= (end - before) / FINE {
                self.kept.remove(step);
            } else {
                before = *step;
            }
        }
    }

    /// The last copy at or before a step.
    pub fn at_step(&self, step: u64) -> Option<&Machine> {
        let (_, machine) = self.kept.range(..=step).next_back()?;
        Some(machine)
    }

    /// The last copy at or before a moment.
    pub fn at_time(&self, time: SimTime) -> Option<&Machine> {
        let mut from_the_end = self.kept.values().rev();
        let machine = from_the_end.find(|machine| machine.position().time <= time)?;
        Some(machine)
    }

    /// The copies up to and including this step.
    pub fn until_step(&self, step: u64) -> Checkpoints {
        let mut until = self.clone();
        until.kept.split_off(&step.saturating_add(1));
        until
    }
}
