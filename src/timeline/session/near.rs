//! Copies of the run around the playhead, so that stepping back and dragging do not start from a
//! checkpoint each time.

use crate::sim::SimTime;
use crate::timeline::line::Target;
use crate::timeline::machine::Machine;
use std::collections::BTreeMap;

/// While moments are played again, a copy is made every so many steps.
const SPACING: u64 = 64;

/// How many copies are kept.
const KEPT: usize = 16;

/// Copies of one line of history, by their steps.
#[derive(Clone, Debug, Default)]
pub(super) struct Near {
    kept: BTreeMap<u64, Machine>,
}

impl Near {
    /// Keeps a copy if it is time for one. The furthest from it goes if there are too many.
    pub fn maybe_add(&mut self, machine: &Machine) {
        let step = machine.position().step;
        if !step.is_multiple_of(SPACING) || self.kept.contains_key(&step) {
            return;
        }
        self.kept.insert(step, machine.clone());
        if self.kept.len() > KEPT {
            let first = self
                .kept
                .first_key_value()
                .map_or(step, |(first, _)| *first);
            let last = self.kept.last_key_value().map_or(step, |(last, _)| *last);
            let furthest = if step - first >= last - step {
                first
            } else {
                last
            };
            self.kept.remove(&furthest);
        }
    }

    /// The last copy that is not after a place.
    pub fn before(&self, target: Target) -> Option<&Machine> {
        match target {
            Target::Step(step) => self.kept.range(..=step).next_back().map(|(_, found)| found),
            Target::Time(SimTime(time)) => {
                let mut from_the_end = self.kept.values().rev();
                from_the_end.find(|machine| machine.position().time.0 <= time)
            }
        }
    }

    /// The history after this step is another one from now on.
    pub fn forget_after(&mut self, step: u64) {
        self.kept.split_off(&step.saturating_add(1));
    }

    /// The history is another one from now on.
    pub fn forget(&mut self) {
        self.kept.clear();
    }
}
