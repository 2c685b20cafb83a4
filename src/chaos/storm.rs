//! The storm: what is done to the world, drawn at random.

use super::case::Case;
use super::faults::Faults;
use crate::cluster::{Action, ClientId, World};
use crate::kv::Request;
use crate::raft::NodeId;
use rand::RngExt;
use rand::seq::IndexedRandom;
use rand_pcg::Pcg32;

/// So many steps lie between two requests of clients, on average.
const STEPS_PER_REQUEST: u64 = 16;

/// So many steps lie between two faults, on average.
const STEPS_PER_FAULT: u64 = 40;

/// Draws what is done next.
#[derive(Clone, Debug)]
pub(super) struct Storm {
    rng: Pcg32,
    faults: Faults,
    next_request: u64,
    next_fault: u64,
    values: u64,
}

impl Storm {
    pub fn new(case: &Case) -> Storm {
        let mut storm = Storm {
            rng: case.stream("chaos storm"),
            faults: Faults::new(case),
            next_request: 0,
            next_fault: 0,
            values: 0,
        };
        storm.next_request = storm.gap(STEPS_PER_REQUEST);
        storm.next_fault = storm.gap(STEPS_PER_FAULT);
        storm
    }

    /// What is to be done after this step of the run, if anything. It may be impossible.
    pub fn next(&mut self, step: u64, world: &World) -> Option<Action> {
        if step >= self.next_fault {
            self.next_fault = step + self.gap(STEPS_PER_FAULT);
            if let Some(action) = self.faults.draw(world) {
                return Some(action);
            }
        }
        if step >= self.next_request {
            self.next_request = step + self.gap(STEPS_PER_REQUEST);
            return Some(self.request(world));
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

    fn request(&mut self, world: &World) -> Action {
        let client = ClientId(self.rng.random_range(0..5));
        let key = format!("key{}", self.rng.random_range(0..4));
        let request = match self.rng.random_range(0..10) {
            0..6 => {
                self.values += 1;
                Request::put(key, self.values.to_string())
            }
            6 => Request::delete(key),
            draw => Request::get(key, draw == 9),
        };
        Action::Request {
            client,
            member: self.member(world),
            request,
        }
    }

    /// Any member.
    fn member(&mut self, world: &World) -> NodeId {
        let ids: Vec<NodeId> = world.members().map(|member| member.id()).collect();
        *ids.choose(&mut self.rng).expect("a cluster has members")
    }
}
