//! What the log drives: the store and the roster, and their copy in a snapshot.

use super::Server;
use super::roster::Roster;
use crate::cluster::options::WorldOptions;
use crate::kv::Store;
use crate::kv::code::{decode, encode_owned, fields};
use crate::raft::Snapshot;
use bytes::Bytes;
use std::sync::Arc;

/// The bytes of a snapshot.
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
) -> (Store, Roster) {
    if !snapshot.data.is_empty() {
        return read(snapshot);
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
    (store, Roster::new(options.member_ids(), !options.as_etcd))
}

fn read(snapshot: &Snapshot) -> (Store, Roster) {
    let saved: Saved = decode(&snapshot.data).expect("a snapshot holds what a member saved");
    let store = Store::restore(&saved.store).expect("a snapshot holds the bytes of a store");
    (store, saved.roster)
}

impl Server {
    /// Takes over a snapshot of the leader.
    pub(super) fn take_over(&mut self, snapshot: &Snapshot) {
        let (store, roster) = read(snapshot);
        (self.store, self.roster) = (store, Arc::new(roster));
    }

    /// Takes a snapshot of its own, if so many entries were applied since the last one
    /// (`--snapshot-count`).
    pub(super) fn save_if_due(&mut self) {
        let applied = self.node.applied_index();
        if self.node.snapshot_due() && applied <= self.node.stored_index() {
            let saved = Saved {
                store: self.store.save(),
                roster: Roster::clone(&self.roster),
            };
            // What cannot be compacted now can be after the next entry.
            let _ = self.node.compact(applied, encode_owned(saved).into());
        }
    }
}
