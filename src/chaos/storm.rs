//! The storm: what is done to the world, drawn at random.

use super::case::Case;
use super::profile::Kind;
use crate::cluster::{Action, ClientId, World};
use crate::kv::Request;
use crate::raft::{NodeId, Role};
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
    faults: &'static [(Kind, u32)],
    next_request: u64,
    next_fault: u64,
    values: u64,
}

impl Storm {
    pub fn new(case: &Case) -> Storm {
        let mut storm = Storm {
            rng: case.stream("chaos storm"),
            faults: case.profile.faults(),
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
            if let Some(action) = self.fault(world) {
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
    pub fn wake(&mut self, world: &World) -> Option<Action> {
        let down = world.members().find(|member| member.server().is_none())?;
        Some(Action::Restart { member: down.id() })
    }

    fn gap(&mut self, mean: u64) -> u64 {
        self.rng.random_range(1..2 * mean)
    }

    fn request(&mut self, world: &World) -> Action {
        let client = ClientId(self.rng.random_range(0..5));
        let key = format!("key{}", self.rng.random_range(0..4)).into();
        let request = match self.rng.random_range(0..10) {
            0..6 => {
                self.values += 1;
                let value = self.values.to_string().into();
                Request::Put { key, value }
            }
            6 => Request::DeleteRange { key },
            draw => Request::Range {
                key,
                serializable: draw == 9,
            },
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

    /// A member, by preference the leader: that hurts most.
    fn victim(&mut self, world: &World) -> NodeId {
        match world.leader() {
            Some(leader) if self.rng.random_ratio(1, 2) => leader.id(),
            _ => self.member(world),
        }
    }

    fn fault(&mut self, world: &World) -> Option<Action> {
        let kind = self.kind()?;
        Some(match kind {
            Kind::Crash => self.crash(world),
            Kind::Restart => return self.wake(world),
            Kind::Partition => self.partition(world),
            Kind::Isolate => Action::Partition {
                groups: vec![vec![self.victim(world)]],
            },
            Kind::Heal => Action::Heal,
            Kind::TimeOut => Action::TimeOutNow {
                member: self.follower(world)?,
            },
        })
    }

    fn kind(&mut self) -> Option<Kind> {
        let total: u32 = self.faults.iter().map(|(_, weight)| weight).sum();
        if total == 0 {
            return None;
        }
        let mut draw = self.rng.random_range(0..total);
        for (kind, weight) in self.faults {
            match draw.checked_sub(*weight) {
                Some(rest) => draw = rest,
                None => return Some(*kind),
            }
        }
        None
    }

    /// Crashes a member. That a majority is down at once is rarer: then nothing goes on.
    fn crash(&mut self, world: &World) -> Action {
        let all = world.members().count();
        let down = world.members().filter(|member| member.server().is_none());
        let too_many = (down.count() + 1) * 2 > all;
        match self.wake(world) {
            Some(restart) if too_many && self.rng.random_ratio(4, 5) => restart,
            _ => Action::Crash {
                member: self.victim(world),
            },
        }
    }

    fn partition(&mut self, world: &World) -> Action {
        let ids = world.members().map(|member| member.id());
        let group = ids.filter(|_| self.rng.random_ratio(1, 2)).collect();
        Action::Partition {
            groups: vec![group],
        }
    }

    fn follower(&mut self, world: &World) -> Option<NodeId> {
        let ids = world.members().filter(|member| {
            let role = member.server().map(|server| server.node().role());
            role.is_some_and(|role| role != Role::Leader)
        });
        let ids: Vec<NodeId> = ids.map(|member| member.id()).collect();
        ids.choose(&mut self.rng).copied()
    }
}
