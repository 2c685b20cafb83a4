//! The bare core: nodes that talk through a queue in memory and disks that take no time.

use crate::raft::{ConfState, Envelope, Node, NodeId, Options, Payload, Ready, Role, Stored};
use crate::sim::stream;
use bytes::Bytes;
use std::collections::VecDeque;

/// Nodes in a loop.
#[derive(Clone, Debug)]
pub struct CoreLoad {
    nodes: Vec<Node>,
    queue: VecDeque<Envelope>,
    /// So many writes are kept under way.
    under_way: u64,
    proposed: u64,
    committed: u64,
    command: Bytes,
    /// What a node asks for, kept for its room.
    ready: Ready,
}

/// The node that leads.
const LEADER: usize = 0;

impl CoreLoad {
    /// A cluster whose first member leads. So many writes are kept under way.
    ///
    /// # Panics
    /// Without a member.
    pub fn new(members: u64, under_way: u64) -> CoreLoad {
        let conf = ConfState::voters((1..=members).map(NodeId));
        let node = |id| {
            let (stored, rng) = (Stored::new(conf.clone()), stream(1, "load", [id, 0]));
            Node::new(NodeId(id), Options::default(), stored, rng).expect("an empty disk is valid")
        };
        let mut load = CoreLoad {
            nodes: (1..=members).map(node).collect(),
            queue: VecDeque::new(),
            under_way,
            proposed: 0,
            committed: 0,
            command: Bytes::from_static(&[7; 32]),
            ready: Ready::default(),
        };
        load.nodes[LEADER].campaign();
        load.drain(LEADER);
        while load.deliver() {}
        assert_eq!(load.nodes[LEADER].role(), Role::Leader, "nobody objects");
        load
    }

    /// Delivers so many messages.
    pub fn run(&mut self, deliveries: u64) {
        for _ in 0..deliveries {
            self.refill();
            let delivered = self.deliver();
            assert!(delivered, "a write under way means a message under way");
        }
    }

    /// How many writes were committed so far.
    pub fn committed(&self) -> u64 {
        self.committed
    }

    fn refill(&mut self) {
        while self.proposed - self.committed < self.under_way {
            let proposed = self.nodes[LEADER].propose(self.command.clone());
            proposed.expect("the leader takes all proposals");
            self.proposed += 1;
            // Each write travels by itself, as with the crate that this is compared with. Taken
            // together they would need fewer and larger messages.
            self.drain(LEADER);
        }
    }

    fn deliver(&mut self) -> bool {
        let Some(envelope) = self.queue.pop_front() else {
            return false;
        };
        let place = envelope.to.0 as usize - 1;
        self.nodes[place].step(envelope);
        self.drain(place);
        true
    }

    /// Carries out what a node asks for.
    fn drain(&mut self, place: usize) {
        while self.nodes[place].has_ready() {
            let (node, ready) = (&mut self.nodes[place], &mut self.ready);
            node.ready_into(ready);
            self.queue.extend(ready.messages.drain(..));
            if let Some(write) = ready.write.take() {
                self.queue.extend(write.after_sync);
                node.stored(write.done);
            }
            if let Some(last) = ready.committed.last() {
                node.applied(last.index);
            }
            if place == LEADER {
                let commands = (ready.committed)
                    .iter()
                    .filter(|entry| matches!(entry.payload, Payload::Command(_)));
                self.committed += commands.count() as u64;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn writes_are_committed_as_long_as_messages_are_delivered() {
        // A write takes a message to and one from each of four followers, and so does telling them
        // that it is committed.
        for under_way in [1, 64] {
            let mut load = CoreLoad::new(5, under_way);
            load.run(8_000);
            let committed = load.committed();
            assert!(
                (480..=512).contains(&committed),
                "{committed} with {under_way}"
            );
        }
    }
}
