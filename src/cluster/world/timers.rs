//! When the nodes' timers run out.

use crate::raft::NodeId;
use crate::sim::{EventKey, SmallMap};

/// When each member's node has a timer that runs out. They are kept beside the queue, since almost every event may move
/// one of them.
#[derive(Clone, Debug, Default)]
pub(super) struct Timers {
    keys: SmallMap<NodeId, EventKey>,
    /// The one that runs out first: it is asked for at every step.
    first: Option<(NodeId, EventKey)>,
}

impl Timers {
    /// The member whose timer runs out first.
    pub fn first(&self) -> Option<(NodeId, EventKey)> {
        self.first
    }

    /// When a member's timer runs out.
    pub fn get(&self, id: NodeId) -> Option<EventKey> {
        self.keys.get(&id).copied()
    }

    /// Sets a member's timer, or stops it.
    pub fn set(&mut self, id: NodeId, key: Option<EventKey>) {
        match key {
            Some(key) => self.keys.insert(id, key),
            None => {
                self.keys.remove(&id);
            }
        }
        let keys = self.keys.iter().map(|(id, key)| (*id, *key));
        self.first = keys.min_by_key(|(_, key)| *key);
    }
}
