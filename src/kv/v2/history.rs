//! What happened lately, for those who watch.

use super::request::{V2Action, V2Error, V2Event};
use crate::kv::code::fields;
use std::sync::Arc;

/// How many changes are remembered.
const CAPACITY: u64 = 1_000;

/// The changes of late.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub(super) struct History {
    past: Arc<Vec<Arc<Past>>>,
}

/// A change.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub(super) struct Past {
    event: V2Event,
    /// The paths of what was removed with it.
    removed: Vec<String>,
}

fields! {
    History { past }
    Past { event, removed }
}

impl History {
    /// Something has happened.
    pub fn add(&mut self, event: V2Event, removed: Vec<String>) {
        let oldest = oldest(event.node.modified_index);
        let past = Arc::make_mut(&mut self.past);
        past.push(Arc::new(Past { event, removed }));
        while past.first().is_some_and(|past| past.index() < oldest) {
            past.remove(0);
        }
    }

    /// The first change from an index on that a watcher asks for which begins now. `current` is
    /// the index of the store.
    pub fn scan(
        &self,
        (path, recursive): (&str, bool),
        since: u64,
        current: u64,
    ) -> Result<Option<&V2Event>, V2Error> {
        let oldest = oldest(current);
        if since < oldest {
            return Err(V2Error {
                code: V2Error::EVENT_INDEX_CLEARED,
                cause: format!("the requested history has been cleared [{oldest}/{since}]"),
                index: current,
            });
        }
        let found = self.first(since, &|past| past.is_found(path, recursive));
        Ok(found)
    }

    /// The first change after an index that a watcher is told of which was there before.
    pub fn next(&self, (path, recursive): (&str, bool), seen: u64) -> Option<&V2Event> {
        self.first(seen + 1, &|past| past.is_told(path, recursive))
    }

    fn first(&self, since: u64, wanted: &dyn Fn(&Past) -> bool) -> Option<&V2Event> {
        let start = self.past.partition_point(|past| past.index() < since);
        let found = self.past[start..].iter().find(|past| wanted(past));
        found.map(|past| &past.event)
    }
}

/// The oldest index that is remembered when the store is at this one: each has had its change, if
/// only of a record of etcd's own.
fn oldest(current: u64) -> u64 {
    (current + 1).saturating_sub(CAPACITY).max(1)
}

impl Past {
    fn index(&self) -> u64 {
        self.event.node.modified_index
    }

    /// How etcd looks through its history. Whoever watches a path that begins with that of a
    /// directory which is removed finds the removal.
    fn is_found(&self, path: &str, recursive: bool) -> bool {
        let event = &self.event;
        let key = &event.node.key;
        let removes = matches!(event.action, V2Action::Delete | V2Action::Expire);
        let removed = event.prev_node.as_ref().filter(|prev| removes && prev.dir);
        let is_below = removed.is_some_and(|dir| path.starts_with(&dir.key));
        !event.refresh && (key == path || recursive && lies_below(key, path) || is_below)
    }

    /// Whom etcd tells as it happens: not those who watch a directory of what is hidden in it, but
    /// those who watch what was removed with its directory.
    fn is_told(&self, path: &str, recursive: bool) -> bool {
        let key = &self.event.node.key;
        let below = recursive && lies_below(key, path) && !key[path.len()..].contains("/_");
        let removed = self.removed.iter().any(|removed| removed == path);
        !self.event.refresh && (key == path || below || removed)
    }
}

fn lies_below(key: &str, path: &str) -> bool {
    let rest = key.strip_prefix(path);
    rest.is_some_and(|rest| rest.starts_with('/'))
}
