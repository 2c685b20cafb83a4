//! What the log drives: the store and the roster, and their copy in a snapshot.

use super::Server;
use super::roster::Roster;
use crate::cluster::options::WorldOptions;
use crate::kv::Store;
use crate::kv::code::{decode, encode_owned, fields};
use crate::raft::{Frozen, Image, Snapshot};
use bytes::Bytes;
use std::sync::Arc;

/// A copy of what the log drives, as a member puts it into a snapshot.
#[derive(Clone)]
pub struct StateCopy {
    store: Store,
    roster: Arc<Roster>,
}

impl StateCopy {
    /// The copy of a store and a roster.
    pub fn new(store: Store, roster: Arc<Roster>) -> StateCopy {
        StateCopy { store, roster }
    }

    /// What an image holds; `None` if no member made it.
    pub fn of(image: &Image) -> Option<StateCopy> {
        if let Some(state) = image.copy::<StateCopy>() {
            return Some(state.clone());
        }
        // A disk was damaged and its records are bytes since.
        let saved: Saved = decode(&image.bytes()).ok()?;
        let store = Store::restore(&saved.store).ok()?;
        Some(StateCopy::new(store, saved.roster.into()))
    }

    /// The store.
    pub fn store(&self) -> &Store {
        &self.store
    }

    /// The same with no key in the store.
    pub fn without_keys(&self) -> StateCopy {
        StateCopy::new(self.store.without_keys(), self.roster.clone())
    }
}

impl Frozen for StateCopy {
    fn bytes(&self) -> Bytes {
        let saved = Saved {
            store: self.store.save(),
            roster: Roster::clone(&self.roster),
        };
        encode_owned(saved).into()
    }
}

/// The same as it is written.
#[derive(Clone, Debug, Default)]
struct Saved {
    store: Bytes,
    roster: Roster,
}

fields! { Saved { store, roster } }

/// The store and the roster of a snapshot; those of a fresh cluster if it holds nothing.
///
/// # Panics
/// For bytes that no member wrote: members are handed only each other's snapshots, and their disks
/// have checksums.
pub(in crate::cluster::member) fn restore(
    snapshot: &Snapshot,
    options: &WorldOptions,
) -> (Store, Arc<Roster>) {
    if let Some(state) = read(snapshot) {
        return state;
    }
    let mut store = Store::default();
    let members = options.members as u64;
    // etcd's own records: a member each, and if nobody says so later, its name and the version.
    let records = if options.as_etcd {
        members
    } else {
        2 * members + 1
    };
    store.count_v2_records(records);
    let roster = Roster::new(options.member_ids(), !options.as_etcd);
    (store, Arc::new(roster))
}

/// The store and the roster of a snapshot, unless it holds nothing.
fn read(snapshot: &Snapshot) -> Option<(Store, Arc<Roster>)> {
    let state = StateCopy::of(&snapshot.data);
    let known = state.is_some() || snapshot.data.bytes().is_empty();
    assert!(known, "a snapshot holds what a member saved");
    state.map(|state| (state.store, state.roster))
}

impl Server {
    /// Takes over a snapshot of the leader.
    pub(super) fn take_over(&mut self, snapshot: &Snapshot) {
        let state = read(snapshot).expect("a leader's own snapshot holds something");
        (self.store, self.roster) = state;
    }

    /// Takes a snapshot of its own, if so many entries were applied since the last one
    /// (`--snapshot-count`).
    pub(super) fn save_if_due(&mut self) {
        let applied = self.node.applied_index();
        if self.node.snapshot_due() && applied <= self.node.stored_index() {
            let state = StateCopy::new(self.store.clone(), self.roster.clone());
            // What cannot be compacted now can be after the next entry.
            let _ = self.node.compact(applied, Image::of(state));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kv::Request;
    use crate::raft::{Index, NodeId, Stored};

    fn snapshot(store: &Store, roster: Arc<Roster>) -> Snapshot {
        let empty = Stored::new(Default::default());
        Snapshot {
            index: Index(1),
            data: Image::of(StateCopy::new(store.clone(), roster)),
            ..Snapshot::clone(&empty.snapshot)
        }
    }

    #[test]
    fn a_snapshot_from_a_disk_holds_what_the_one_in_memory_holds() {
        let mut store = Store::default();
        for number in 0..100u8 {
            let key = vec![number % 7];
            store.apply(&Request::put(key, vec![number])).unwrap();
        }
        store.apply(&Request::delete("\u{3}")).unwrap();
        let roster = Roster::new([NodeId(1), NodeId(4)].into_iter(), true);
        let snapshot = snapshot(&store, Arc::new(roster));
        let bytes = postcard::to_stdvec(&snapshot).unwrap();
        let from_disk: Snapshot = postcard::from_bytes(&bytes).unwrap();
        let (held, members) = read(&snapshot).unwrap();
        let (found, known) = read(&from_disk).unwrap();
        assert!(held == store && found == store);
        assert!(known.members().eq(members.members()));
        assert_eq!(from_disk, snapshot);
    }

    #[test]
    fn a_fresh_cluster_begins_with_an_empty_store() {
        let fresh = Stored::new(Default::default());
        assert!(read(&fresh.snapshot).is_none());
        let (store, roster) = restore(&fresh.snapshot, &WorldOptions::with_members(3));
        assert_eq!((store.revision().0, roster.members().count()), (1, 3));
    }
}
