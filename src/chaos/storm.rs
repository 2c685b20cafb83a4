//! The storm: what is done to the world, drawn at random.

use super::case::Case;
use super::clients::Clients;
use super::faults::Faults;
use crate::cluster::{Action, World};
use rand::RngExt;
use rand_pcg::Pcg32;

/// So many steps lie between two deeds of clients beside their loads, on average.
const STEPS_PER_DEED: u64 = 32;

/// So many steps lie between two faults, on average.
const STEPS_PER_FAULT: u64 = 40;

/// Draws what is done next.
#[derive(Clone, Debug)]
pub(super) struct Storm {
    rng: Pcg32,
    faults: Faults,
    clients: Clients,
    next_deed: u64,
    next_fault: u64,
}

impl Storm {
    pub fn new(case: &Case) -> Storm {
        let mut storm = Storm {
            rng: case.stream("chaos storm"),
            faults: Faults::new(case),
            clients: Clients::new(case),
            next_deed: 0,
            next_fault: 0,
        };
        storm.next_deed = storm.gap(STEPS_PER_DEED);
        storm.next_fault = storm.gap(STEPS_PER_FAULT);
        storm
    }

    /// What is to be done after this step of the run, if anything. It may be impossible.
    pub fn next(&mut self, step: u64, world: &World) -> Option<Action> {
        if let Some(action) = self.clients.begin(world) {
            return Some(action);
        }
        if step >= self.next_fault {
            self.next_fault = step + self.gap(STEPS_PER_FAULT);
            if let Some(action) = self.faults.draw(world) {
                return Some(action);
            }
        }
        if step >= self.next_deed {
            self.next_deed = step + self.gap(STEPS_PER_DEED);
            return Some(self.clients.draw(world));
        }
        None
    }

    /// Nothing will happen any more by itself: what is to be done then.
    pub fn wake(&self, world: &World) -> Option<Action> {
        self.faults.restart(world)
    }

    fn gap(&mut self, mean: u64) -> u64 {
        self.rng.random_range(1..2 * mean)
    }
}
