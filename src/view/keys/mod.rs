//! The keys of a member: a page of a list that may be long, one key with its history, the leases, and
//! where the other members have something else.
//!
//! [`listing`] reads the stores once; [`page`] looks up only what is in sight.

mod format;
mod json;
#[cfg(test)]
mod tests;

pub use format::{Formatted, Kind, clipped, formatted, legible};

use crate::cluster::{Member, World};
use crate::kv::{KeyValue, LeaseId, Store};
use crate::raft::{NodeId, Term};
use crate::view::compose::term_of;
use bytes::Bytes;

/// So many characters of a key, or of a value, stand in the list.
const CLIP: usize = 120;
/// So many revisions of a key are listed: the latest.
const REVISIONS: usize = 100;
/// So many leases are listed.
const LEASES: usize = 50;

/// Which keys are listed.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Filter {
    /// Those that are there, at this member or at another one.
    #[default]
    Present,
    /// Those that are deleted, too, as long as something of them is kept.
    Deleted,
    /// Those of which members have different versions.
    Different,
}

/// What is to be seen.
#[derive(Clone, PartialEq, Debug)]
pub struct Wanted {
    /// Whose store.
    pub member: NodeId,
    /// How the keys begin, as [`legible`] text.
    pub prefix: String,
    /// Which of them.
    pub filter: Filter,
}

/// A member's keys.
#[derive(Clone, PartialEq, Debug)]
pub struct KeysView {
    /// The member.
    pub member: NodeId,
    /// Whether it runs. What it had in memory is gone otherwise.
    pub running: bool,
    /// The revision of its store.
    pub revision: u64,
    /// What was before this revision is compacted; -1 if nothing is.
    pub compacted: i64,
    /// How the stores of the members stand.
    pub stores: Vec<StoreView>,
    /// How many keys there are in the list.
    pub total: usize,
    /// The place of the first row in the list.
    pub first: usize,
    /// The rows that are in sight.
    pub rows: Vec<KeyRow>,
    /// The key that is open.
    pub open: Option<KeyPage>,
    /// The leases in the order of their ids: the first ones.
    pub leases: Vec<LeaseView>,
    /// How many leases there are beside those.
    pub more_leases: usize,
}

/// How a member's store stands.
#[derive(Clone, PartialEq, Debug)]
pub struct StoreView {
    /// The member.
    pub member: NodeId,
    /// Its term: its hue.
    pub term: Term,
    /// The revision of its store; `None` while it is down.
    pub revision: Option<u64>,
    /// How many revisions it is behind the one that is furthest.
    pub behind: u64,
}

/// A key in the list.
#[derive(Clone, PartialEq, Debug)]
pub struct KeyRow {
    /// The key.
    pub key: Bytes,
    /// The key, to be read.
    pub name: String,
    /// What the member has.
    pub here: Standing,
    /// The members that have something else.
    pub elsewhere: Vec<Elsewhere>,
}

/// What a member has of a key.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Standing {
    /// The key with the beginning of its value in one line, and its numbers.
    There {
        /// The value.
        value: String,
        /// The revision that created it.
        created: u64,
        /// The revision of the last put.
        modified: u64,
        /// How many times it was put since it was created.
        version: u64,
        /// The lease that it is attached to.
        lease: Option<String>,
    },
    /// It is deleted, in this revision.
    Deleted(u64),
    /// It knows nothing of it.
    Absent,
}

/// Why two members have different versions of a key.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Lag {
    /// The other one has not applied the change yet.
    Behind,
    /// The other one has applied a change that this one has not.
    Ahead,
    /// Both have applied the same revisions, and yet they differ: that must never be.
    Conflict,
}

/// What another member has of a key.
#[derive(Clone, PartialEq, Debug)]
pub struct Elsewhere {
    /// The member.
    pub member: NodeId,
    /// Its term: its hue.
    pub term: Term,
    /// How that comes.
    pub lag: Lag,
    /// What it has.
    pub there: Standing,
}

/// A key with all that is known of it.
#[derive(Clone, PartialEq, Debug)]
pub struct KeyPage {
    /// Its row, whether that is in the list or not.
    pub row: KeyRow,
    /// Its place in the list.
    pub place: Option<usize>,
    /// The whole value.
    pub value: Option<Formatted>,
    /// What is kept of it, the latest first.
    pub history: Vec<KeyRevision>,
    /// How many older revisions are kept but not listed.
    pub older: usize,
    /// How many puts before the oldest one that is kept are compacted; at least that many, if the
    /// key was deleted before.
    pub compacted: u64,
}

/// A revision of a key.
#[derive(Clone, PartialEq, Debug)]
pub struct KeyRevision {
    /// The revision.
    pub revision: u64,
    /// How many times the key was put since it was created; 0 for a delete.
    pub version: u64,
    /// The value in one line; empty for a delete.
    pub value: String,
}

/// A lease.
#[derive(Clone, PartialEq, Debug)]
pub struct LeaseView {
    /// Its id as etcdctl shows it.
    pub id: String,
    /// The time to live that was granted, in seconds.
    pub granted: i64,
    /// The seconds that are left by the leader's clock; `None` while nobody counts.
    pub left: Option<u64>,
    /// How many keys are attached to it.
    pub keys: usize,
    /// The first of them.
    pub first_key: String,
}

fn store(world: &World, id: NodeId) -> Option<&Store> {
    let server = world.member(id).and_then(Member::server)?;
    Some(server.store())
}

fn stores(world: &World) -> impl Iterator<Item = (NodeId, &Store)> {
    world
        .members()
        .filter_map(|member| Some((member.id(), member.server()?.store())))
}

/// The keys of the list, in order. It takes time in proportion to what the members hold.
pub fn listing(world: &World, wanted: &Wanted) -> Vec<Bytes> {
    let Some(own) = store(world, wanted.member) else {
        return Vec::new();
    };
    let deleted_too = wanted.filter != Filter::Present;
    let listed =
        |kv: &&KeyValue| (deleted_too || kv.version > 0) && begins_with(&kv.key, &wanted.prefix);
    let mut keys: Vec<Bytes> = Vec::new();
    for (_, store) in stores(world) {
        keys = union(&keys, &mut store.newest().filter(listed).map(|kv| &kv.key));
    }
    if wanted.filter == Filter::Different {
        keys.retain(|key| {
            let here = newest(own, key);
            stores(world).any(|(_, store)| !same(here, newest(store, key)))
        });
    }
    keys
}

fn begins_with(key: &[u8], prefix: &str) -> bool {
    key.starts_with(prefix.as_bytes())
        || (prefix.contains('\\') && legible(key).starts_with(prefix))
}

/// Two lists in order as one.
fn union(one: &[Bytes], other: &mut dyn Iterator<Item = &Bytes>) -> Vec<Bytes> {
    let mut all = Vec::with_capacity(one.len());
    let mut place = 0;
    for key in other {
        while let Some(before) = one.get(place).filter(|before| *before < key) {
            all.push(before.clone());
            place += 1;
        }
        place += usize::from(one.get(place) == Some(key));
        all.push(key.clone());
    }
    all.extend_from_slice(&one[place..]);
    all
}

/// The newest version that a store has of a key, deletes included.
fn newest<'a>(store: &'a Store, key: &[u8]) -> Option<&'a KeyValue> {
    store.history(key).next_back()
}

/// Whether two newest versions are the same to whoever reads. A delete may be compacted.
fn same(one: Option<&KeyValue>, other: Option<&KeyValue>) -> bool {
    let present = |kv: Option<&KeyValue>| kv.is_some_and(|kv| kv.version > 0);
    one == other || !(present(one) || present(other))
}

/// The rows of `listed` from `first` on, so many of them; and what else there is to see.
pub fn page(
    world: &World,
    wanted: &Wanted,
    listed: &[Bytes],
    rows: (usize, usize),
    open: Option<&Bytes>,
) -> KeysView {
    let own = store(world, wanted.member);
    let most = stores(world).map(|(_, store)| store.revision().0).max();
    let first = rows.0.min(listed.len());
    let last = first.saturating_add(rows.1).min(listed.len());
    let (leases, more_leases) = own.map_or_else(Default::default, |own| leases(world, own));
    KeysView {
        member: wanted.member,
        running: own.is_some(),
        revision: own.map_or(0, |store| store.revision().0),
        compacted: own.map_or(-1, Store::compact_revision),
        stores: world
            .members()
            .map(|member| {
                let revision = member.server().map(|server| server.store().revision().0);
                StoreView {
                    member: member.id(),
                    term: term_of(world, member.id()),
                    revision,
                    behind: revision.map_or(0, |r| most.unwrap_or(r) - r),
                }
            })
            .collect(),
        total: listed.len(),
        first,
        rows: own.map_or_else(Vec::new, |own| {
            let rows = listed[first..last].iter();
            rows.map(|key| row(world, own, key)).collect()
        }),
        open: own
            .zip(open)
            .map(|(own, key)| key_page(world, own, key, listed)),
        leases,
        more_leases,
    }
}

fn row(world: &World, own: &Store, key: &Bytes) -> KeyRow {
    let here = newest(own, key);
    let others = stores(world).filter(|(_, store)| !std::ptr::eq(*store, own));
    let elsewhere = others.filter_map(|(member, store)| {
        let there = newest(store, key);
        (!same(here, there)).then(|| Elsewhere {
            member,
            term: term_of(world, member),
            lag: lag((own, here), (store, there)),
            there: standing(there),
        })
    });
    KeyRow {
        key: key.clone(),
        name: clipped(&legible(key), CLIP),
        here: standing(here),
        elsewhere: elsewhere.collect(),
    }
}

/// Why two members differ.
fn lag(here: (&Store, Option<&KeyValue>), there: (&Store, Option<&KeyValue>)) -> Lag {
    let changed = |kv: Option<&KeyValue>| kv.map_or(0, |kv| kv.mod_revision.0);
    let (mine, theirs) = (changed(here.1), changed(there.1));
    if mine > theirs && there.0.revision().0 < mine {
        Lag::Behind
    } else if theirs > mine && here.0.revision().0 < theirs {
        Lag::Ahead
    } else if mine == theirs || here.0.revision() == there.0.revision() {
        Lag::Conflict
    } else if theirs == 0 && there.0.compact_revision() >= mine as i64 {
        // The delete is compacted there.
        Lag::Ahead
    } else if mine == 0 && here.0.compact_revision() >= theirs as i64 {
        Lag::Behind
    } else {
        Lag::Conflict
    }
}

fn standing(version: Option<&KeyValue>) -> Standing {
    match version {
        None => Standing::Absent,
        Some(kv) if kv.version == 0 => Standing::Deleted(kv.mod_revision.0),
        Some(kv) => Standing::There {
            value: one_line(&kv.value),
            created: kv.create_revision.0,
            modified: kv.mod_revision.0,
            version: kv.version,
            lease: name_of(kv.lease),
        },
    }
}

fn name_of(lease: LeaseId) -> Option<String> {
    lease.is_some().then(|| lease.to_string())
}

fn one_line(value: &[u8]) -> String {
    // A character has at most four bytes.
    clipped(&legible(&value[..value.len().min(CLIP * 4)]), CLIP)
}

fn key_page(world: &World, own: &Store, key: &Bytes, listed: &[Bytes]) -> KeyPage {
    let kept = own.history(key).count();
    let oldest = own.history(key).next();
    let latest = own.history(key).rev().take(REVISIONS);
    let mut row = row(world, own, key);
    row.name = legible(key);
    KeyPage {
        row,
        place: listed.binary_search(key).ok(),
        value: own.get(key).map(|kv| formatted(&kv.value)),
        history: latest
            .map(|kv| KeyRevision {
                revision: kv.mod_revision.0,
                version: kv.version,
                value: one_line(&kv.value),
            })
            .collect(),
        older: kept.saturating_sub(REVISIONS),
        compacted: oldest.map_or(0, |kv| kv.version.saturating_sub(1)),
    }
}

/// The leases of a store, and how many there are beside those.
fn leases(world: &World, own: &Store) -> (Vec<LeaseView>, usize) {
    let leader = world.leader();
    let left = |id: LeaseId| {
        let leader = leader?;
        let ends = leader.time_of_tick(leader.server()?.lease_ends(id)?)?;
        Some(ends.since(world.now()).div_ceil(1_000_000))
    };
    let shown = &own.leases()[..own.leases().len().min(LEASES)];
    let mut views: Vec<LeaseView> = shown
        .iter()
        .map(|lease| LeaseView {
            id: lease.id.to_string(),
            granted: lease.ttl,
            left: left(lease.id),
            keys: 0,
            first_key: String::new(),
        })
        .collect();
    if !shown.is_empty() {
        for kv in own.iter().filter(|kv| kv.lease.is_some()) {
            let Some(place) = shown.iter().position(|lease| lease.id == kv.lease) else {
                continue;
            };
            let view = &mut views[place];
            view.keys += 1;
            if view.keys == 1 {
                view.first_key = clipped(&legible(&kv.key), 24);
            }
        }
    }
    (views, own.leases().len() - shown.len())
}
