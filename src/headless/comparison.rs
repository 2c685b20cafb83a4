//! The same load as `load::CoreLoad` for the crate `raft` 0.7 (TiKV), so that both can be
//! measured in the same run.

use ::raft::eraftpb::Message;
use ::raft::storage::MemStorage;
use ::raft::{Config, RawNode, StateRole};
use std::collections::VecDeque;

/// Nodes in a loop.
pub struct TikvLoad {
    nodes: Vec<RawNode<MemStorage>>,
    queue: VecDeque<Message>,
    under_way: u64,
    proposed: u64,
    committed: u64,
}

/// The node that leads.
const LEADER: usize = 0;

impl TikvLoad {
    /// A cluster whose first member leads. So many writes are kept under way.
    ///
    /// # Panics
    /// Without a member, or if that crate refuses what its documentation allows.
    pub fn new(members: u64, under_way: u64) -> TikvLoad {
        let logger = slog::Logger::root(slog::Discard, slog::o!());
        let ids: Vec<u64> = (1..=members).collect();
        let node = |id: &u64| {
            let store = MemStorage::new_with_conf_state((ids.clone(), vec![]));
            let config = Config {
                id: *id,
                election_tick: 10,
                heartbeat_tick: 1,
                max_size_per_msg: 512 * 1024,
                max_inflight_msgs: 512,
                ..Config::default()
            };
            RawNode::new(&config, store, &logger).expect("the configuration is valid")
        };
        let mut load = TikvLoad {
            nodes: ids.iter().map(node).collect(),
            queue: VecDeque::new(),
            under_way,
            proposed: 0,
            committed: 0,
        };
        load.nodes[LEADER].campaign().expect("it may campaign");
        load.drain(LEADER);
        while load.deliver() {}
        assert_eq!(load.nodes[LEADER].raft.state, StateRole::Leader);
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

    fn refill(&mut self) {
        if self.proposed - self.committed >= self.under_way {
            return;
        }
        while self.proposed - self.committed < self.under_way {
            let proposed = self.nodes[LEADER].propose(vec![], vec![7; 32]);
            proposed.expect("the leader takes all proposals");
            self.proposed += 1;
        }
        self.drain(LEADER);
    }

    fn deliver(&mut self) -> bool {
        let Some(message) = self.queue.pop_front() else {
            return false;
        };
        let place = message.to as usize - 1;
        self.nodes[place]
            .step(message)
            .expect("the message is an honest one");
        self.drain(place);
        true
    }

    /// Carries out what a node asks for, in the order of that crate's documentation.
    fn drain(&mut self, place: usize) {
        while self.nodes[place].has_ready() {
            let node = &mut self.nodes[place];
            let mut ready = node.ready();
            self.queue.extend(ready.take_messages());
            let mut committed = commands(&ready.take_committed_entries());
            let store = node.store().clone();
            if !ready.entries().is_empty() {
                let appended = store.wl().append(ready.entries());
                appended.expect("entries are contiguous");
            }
            if let Some(hard_state) = ready.hs() {
                store.wl().set_hardstate(hard_state.clone());
            }
            self.queue.extend(ready.take_persisted_messages());
            let mut light = node.advance(ready);
            self.queue.extend(light.take_messages());
            committed += commands(&light.take_committed_entries());
            node.advance_apply();
            if place == LEADER {
                self.committed += committed;
            }
        }
    }
}

/// How many of the entries are commands. A leader's first entry has no data.
fn commands(entries: &[::raft::eraftpb::Entry]) -> u64 {
    entries
        .iter()
        .filter(|entry| !entry.data.is_empty())
        .count() as u64
}
