//! What happened to keys, for those who watch them: a function of the store's history.

use super::range::KeyRange;
use super::response::{Event, EventType, KeyValue, Revision};
use super::store::Store;

/// How many revisions are told about at once, at most (etcd's `watchBatchMaxRevs`).
const MAX_REVISIONS: u64 = 1_000;

/// What a watcher wants to hear of.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Default)]
pub struct WatchFilter {
    /// The keys.
    pub range: KeyRange,
    /// With what was there before.
    pub prev_kv: bool,
    /// Nothing of puts.
    pub no_put: bool,
    /// Nothing of deletes.
    pub no_delete: bool,
}

/// What a watcher hears.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct WatchBatch {
    /// What happened, in order; all of a revision or nothing of it.
    pub events: Vec<Event>,
    /// The revision to go on from.
    pub next: i64,
}

impl Store {
    /// What happened from a revision on, as far as the watcher wants to hear of it. At most 1000
    /// revisions with something to tell come at once; then `next` is not above the store's
    /// revision yet.
    ///
    /// # Errors
    /// The compacted revision, if what was before it is asked for: the watch ends.
    pub fn watch(&self, filter: &WatchFilter, from: i64) -> Result<WatchBatch, i64> {
        if from < self.compact_revision() {
            return Err(self.compact_revision());
        }
        let mut batch = WatchBatch {
            events: Vec::new(),
            next: from.max(self.revision().0 as i64 + 1),
        };
        let (mut revisions, mut last) = (0, Revision(0));
        for version in self.mvcc.since(from.max(0) as u64) {
            if !self.is_wanted(filter, version) {
                continue;
            }
            if version.mod_revision != last {
                if revisions == MAX_REVISIONS {
                    batch.next = version.mod_revision.0 as i64;
                    break;
                }
                last = version.mod_revision;
                revisions += 1;
            }
            batch.events.push(self.event(filter, version));
        }
        Ok(batch)
    }

    fn is_wanted(&self, filter: &WatchFilter, version: &KeyValue) -> bool {
        let unwanted = match kind_of(version) {
            EventType::Put => filter.no_put,
            EventType::Delete => filter.no_delete,
        };
        !unwanted && filter.range.contains(&version.key)
    }

    fn event(&self, filter: &WatchFilter, version: &KeyValue) -> Event {
        // What compaction has taken is not there to be found.
        let before = version.mod_revision.0 - 1;
        let prev = match filter.prev_kv {
            true => self.mvcc.get_at(&version.key, before),
            false => None,
        };
        Event {
            kind: kind_of(version),
            kv: version.clone(),
            prev_kv: prev.map(|kv| KeyValue::clone(kv)),
        }
    }
}

fn kind_of(version: &KeyValue) -> EventType {
    match version.version {
        0 => EventType::Delete,
        _ => EventType::Put,
    }
}
