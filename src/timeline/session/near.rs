//! Copies of the run around the playhead, so that stepping back and dragging do not start from a
//! checkpoint each time.

use crate::timeline::line::Target;
use crate::timeline::machine::Machine;

/// While moments are played again, a copy is made every so many steps.
const SPACING: u64 = 64;

/// How many copies are kept.
const KEPT: usize = 16;

/// Copies of one line of history, in the order of their steps.
#[derive(Clone, Debug, Default)]
pub(super) struct Near {
    kept: Vec<Machine>,
}

impl Near {
    /// Keeps a copy if it is time for one. The furthest from it goes if there are too many.
    pub fn maybe_add(&mut self, machine: &Machine) {
        let step = machine.position().step;
        let place = self.count_until(step);
        let before = place.checked_sub(1).map(|last| step_of(&self.kept[last]));
        if !step.is_multiple_of(SPACING) || before == Some(step) {
            return;
        }
        self.kept.insert(place, machine.clone());
        if self.kept.len() > KEPT {
            let (first, last) = (step_of(&self.kept[0]), step_of(&self.kept[KEPT]));
            let furthest = if step - first >= last - step { 0 } else { KEPT };
            self.kept.remove(furthest);
        }
    }

    /// The last copy that is not after a place.
    pub fn before(&self, target: Target) -> Option<&Machine> {
        self.kept.iter().rev().find(|machine| match target {
            Target::Step(step) => step_of(machine) <= step,
            Target::Time(time) => machine.position().time <= time,
        })
    }

    /// The history after this step is another one from now on.
    pub fn forget_after(&mut self, step: u64) {
        self.kept.truncate(self.count_until(step));
    }

    fn count_until(&self, step: u64) -> usize {
        self.kept.partition_point(|kept| step_of(kept) <= step)
    }

    /// The history is another one from now on.
    pub fn forget(&mut self) {
        self.kept.clear();
    }
}

fn step_of(machine: &Machine) -> u64 {
    machine.position().step
}
