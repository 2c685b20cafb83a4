//! The whole world: network, disks, clients, trace, and the checkers if wanted.

use crate::check::Checker;
use crate::cluster::{Action, ClientId, Fact, TraceEvent, World, WorldOptions};
use crate::kv::Request;
use crate::raft::NodeId;
use bytes::Bytes;

/// A world with clients that keep a number of writes under way.
#[derive(Clone, Debug)]
pub struct WorldLoad {
    world: World,
    checker: Option<Checker>,
    /// The facts of the last step.
    facts: Vec<TraceEvent>,
    leader: NodeId,
    deliveries: u64,
    writes: u64,
}

impl WorldLoad {
    /// A cluster that has a leader. So many writes are kept under way.
    ///
    /// # Panics
    /// For a number of members that no world can have.
    pub fn new(members: usize, under_way: u64, checked: bool) -> WorldLoad {
        let options = WorldOptions::with_members(members);
        let world = World::new(options, 1).expect("the number of members is possible");
        let mut load = WorldLoad {
            world,
            checker: checked.then(Checker::default),
            facts: Vec::new(),
            leader: NodeId(1),
            deliveries: 0,
            writes: 0,
        };
        while load.world.leader().is_none() {
            load.step();
        }
        load.leader = load.world.leader().map_or(NodeId(1), |leader| leader.id());
        for _ in 0..under_way {
            load.write();
        }
        load
    }

    /// Lets so many messages be delivered. Returns how many steps that took.
    pub fn run(&mut self, deliveries: u64) -> u64 {
        let (until, before) = (self.deliveries + deliveries, self.world.steps());
        while self.deliveries < until {
            self.step();
        }
        self.world.steps() - before
    }

    /// Whether a checker found anything wrong.
    pub fn is_violated(&self) -> bool {
        self.checker.as_ref().is_some_and(Checker::is_violated)
    }

    fn step(&mut self) {
        self.world.step();
        let returned = self.look();
        for _ in 0..returned {
            self.write();
        }
    }

    /// Takes the facts of a step. Returns how many writes ended.
    fn look(&mut self) -> usize {
        self.world.swap_trace(&mut self.facts);
        if let Some(checker) = &mut self.checker {
            checker.observe(&self.facts, &self.world);
        }
        let facts = || self.facts.iter().map(|event| &event.fact);
        let delivered = facts().filter(|fact| matches!(fact, Fact::Delivered { .. }));
        self.deliveries += delivered.count() as u64;
        let returned = facts().filter(|fact| matches!(fact, Fact::Returned { .. }));
        returned.count()
    }

    fn write(&mut self) {
        self.writes += 1;
        let request = Request::put(
            Bytes::from_static(b"name"),
            Bytes::copy_from_slice(&self.writes.to_be_bytes()),
        );
        let asked = self.world.act(Action::Request {
            client: ClientId((self.writes % 8) as u8),
            member: self.leader,
            request,
        });
        asked.expect("the leader can be asked");
        self.look();
    }
}

/// A run of so many simulated minutes: five members, 20 writes per second. With all checkers.
/// Returns how many steps it had.
pub fn minutes(minutes: u64) -> u64 {
    let mut load = WorldLoad::new(5, 0, true);
    let mut next = load.world.now();
    let end = next.after(minutes * 60_000_000);
    while next < end {
        while load.world.next_time().is_some_and(|time| time <= next) {
            load.world.step();
            load.look();
        }
        load.world.advance_to(next);
        load.write();
        next = next.after(50_000);
    }
    load.world.steps()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn writes_go_on_under_the_eyes_of_the_checkers() {
        let mut load = WorldLoad::new(3, 16, true);
        load.run(3_000);
        assert!(load.writes > 100, "{}", load.writes);
        assert!(!load.is_violated());
    }

    #[test]
    fn a_minute_has_its_writes() {
        assert!(minutes(1) > 1_200 * 10);
    }
}
