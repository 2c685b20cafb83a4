//! What every revision changed: the committed log, carried out once more by the specification.
//!
//! Watches and reads that may be stale are judged by this. An entry counts when the first member
//! applies it. Whether it was refused (a missing lease, a missing right) is not worked out again:
//! an entry that leaves the revision as it was changed nothing. But a lease does not end without its keys, unless
//! somebody may not end it.

use super::by_index::ByIndex;
use super::histories::input_of;
use super::linear::Fate;
use super::report::Moment;
use super::spec::{Input, Mark, Record, Span};
use crate::cluster::Command;
use crate::kv::{AuthRequest, Request, Revision};
use crate::raft::{Entry, Index, Payload};
use bytes::Bytes;
use std::sync::Arc;
use xxhash_rust::xxh3::xxh3_64;

/// The history of all keys. Clones share most of it.
#[derive(Clone, Debug)]
pub(super) struct Past {
    /// All keys that ever were, in the order of their first puts.
    keys: Arc<Vec<Key>>,
    /// Their places in that list, in the order of their names.
    order: Arc<Vec<u32>>,
    revisions: ByIndex<Option<Arc<Changes>>>,
    applied: Index,
    revision: u64,
    compacted: u64,
    /// A key was put with a lease.
    leased: bool,
    /// Users were asked for their rights at some time.
    guarded: bool,
    blind: bool,
}

#[derive(Clone, Debug)]
struct Key {
    name: Bytes,
    record: Option<Record>,
    /// The revision that changed it last.
    last: u64,
}

/// What one revision changed, in order.
#[derive(Clone, Debug, Default)]
pub(super) struct Changes {
    pub seen: Moment,
    pub list: Box<[Change]>,
}

/// What became of a key.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct Change {
    pub key: Bytes,
    /// What is there now; `None` if it was deleted.
    pub now: Option<Print>,
    /// The revision that changed the key before, another one than this; 0 if none did.
    pub before: u64,
}

/// A record as it can be kept for ever.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Print {
    pub value: u64,
    pub created: u64,
    pub modified: u64,
    pub version: u64,
    pub lease: i64,
}

impl Default for Past {
    fn default() -> Past {
        Past {
            keys: Arc::default(),
            order: Arc::default(),
            revisions: ByIndex::default(),
            applied: Index(0),
            // A fresh store is at revision 1.
            revision: 1,
            compacted: 0,
            leased: false,
            guarded: false,
            blind: false,
        }
    }
}

impl Past {
    /// The newest revision.
    pub fn revision(&self) -> u64 {
        self.revision
    }

    /// What lies before this may be forgotten.
    pub fn compacted(&self) -> u64 {
        self.compacted
    }

    /// Whether something happened that was not seen, or not what was to happen, so that nothing can be judged any more.
    pub fn is_blind(&self) -> bool {
        self.blind
    }

    /// Whether keys may have gone without anybody asking.
    pub fn has_leases(&self) -> bool {
        self.leased
    }

    /// What a revision changed.
    pub fn changes(&self, revision: u64) -> Option<&Changes> {
        self.revisions.get(Index(revision))?.as_deref()
    }

    /// Whether an entry was not applied by anybody before.
    pub fn is_new(&self, index: Index) -> bool {
        index > self.applied
    }

    /// An entry is applied for the first time; it is not known if it is forgotten already.
    pub fn takes_in(
        &mut self,
        now: Moment,
        index: Index,
        entry: Option<&Entry>,
        revision: Revision,
    ) -> Fate {
        let command = match entry.map(|entry| &entry.payload) {
            None => {
                self.blind = true;
                None
            }
            // An entry that leaves the revision as it was changed no key.
            Some(Payload::Command(data)) => Command::decode(data),
            Some(_) => None,
        };
        let request = command.as_ref().and_then(Command::request);
        let compact = match request {
            Some(Request::Compaction(compaction)) => u64::try_from(compaction.revision).ok(),
            _ => None,
        };
        self.guarded |= matches!(request, Some(Request::Auth(AuthRequest::Enable)));
        if let Some(Request::LeaseRevoke(lease)) = request
            && revision.0 == self.revision
        {
            let holds = |key: &Key| matches!(&key.record, Some(it) if it.lease == lease.0);
            self.blind |= !self.guarded && lease.is_some() && self.keys.iter().any(holds);
        }
        let input = match request {
            _ if revision.0 == self.revision => None,
            Some(Request::LeaseRevoke(lease)) => Some(Input::Revoke { lease: lease.0 }),
            other => other.and_then(input_of),
        };
        let before = self.revision;
        let succeeded = self.applies(now, index, revision.0, input.as_ref(), compact);
        match revision.0 > before {
            true => Fate::Made(revision.0, succeeded),
            false => Fate::Nothing,
        }
    }

    /// An entry is applied for the first time, and the store has this revision afterwards. `input` is
    /// what it asks of the keys, `compact` what it asks to be forgotten. Returns of a transaction
    /// that changed something whether its comparisons held.
    fn applies(
        &mut self,
        now: Moment,
        index: Index,
        revision: u64,
        input: Option<&Input>,
        compact: Option<u64>,
    ) -> Option<bool> {
        self.blind |= index != self.applied.next();
        self.applied = index;
        if let Some(compact) = compact
            && compact <= self.revision
        {
            self.compacted = self.compacted.max(compact);
        }
        if revision == self.revision {
            return None;
        }
        // Most revisions change one key.
        let (mut list, mut ways) = (Vec::with_capacity(1), Vec::new());
        if let Some(input) = input {
            self.decide(input, &mut ways);
            let ways = ways.clone();
            self.carry_out(input, &mut ways.into_iter(), revision, &mut list);
        }
        self.blind |= revision != self.revision + 1 || list.is_empty();
        self.revision = revision;
        let list = list.into();
        *self.revisions.at(Index(revision)) = Some(Arc::new(Changes { seen: now, list }));
        ways.first().copied()
    }

    /// All keys of a span with what was there after a revision.
    pub fn at(&self, span: &Span, revision: u64) -> Vec<(Bytes, Print)> {
        let keys = self.places(span).map(|place| &self.keys[place]);
        let found = keys.filter_map(|key| {
            let mut last = key.last;
            while last > revision {
                last = self.change_of(&key.name, last)?.before;
            }
            let print = self.change_of(&key.name, last)?.now?;
            Some((key.name.clone(), print))
        });
        found.collect()
    }

    /// What a revision made of a key in the end: a transaction may put it and delete it.
    pub fn change_of(&self, key: &[u8], revision: u64) -> Option<&Change> {
        let changes = self.changes(revision)?;
        changes.list.iter().rfind(|change| change.key == key)
    }

    fn places(&self, span: &Span) -> impl Iterator<Item = usize> + use<'_> {
        let name = |place: &u32| &self.keys[*place as usize].name;
        let start = self
            .order
            .partition_point(|place| *name(place) < span.start);
        let rest = &self.order[start..];
        let count = rest.partition_point(|place| span.contains(name(place)));
        rest[..count].iter().map(|place| *place as usize)
    }

    fn records(&self, span: &Span) -> Vec<(Bytes, Record)> {
        let keys = self.places(span).map(|place| &self.keys[place]);
        let live = keys.filter_map(|key| Some((key.name.clone(), key.record.clone()?)));
        live.collect()
    }

    /// All comparisons, those of transactions in transactions too, are made before anything is written.
    fn decide(&self, input: &Input, ways: &mut Vec<bool>) {
        let Input::Txn {
            compare,
            then,
            otherwise,
        } = input
        else {
            return;
        };
        let holds = compare
            .iter()
            .all(|compare| compare.holds(&self.records(&compare.span)) == Some(true));
        ways.push(holds);
        for input in if holds { then } else { otherwise } {
            self.decide(input, ways);
        }
    }

    fn carry_out(
        &mut self,
        input: &Input,
        ways: &mut std::vec::IntoIter<bool>,
        revision: u64,
        list: &mut Vec<Change>,
    ) {
        match input {
            Input::Get { .. } => {}
            Input::Put { key, value, lease } => {
                let old = self
                    .records(&Span::key(key))
                    .pop()
                    .map(|(_, record)| record);
                let kept = |record: &Record| (record.value.clone(), record.lease);
                let (kept_value, kept_lease) = old.as_ref().map(kept).unwrap_or_default();
                let record = Record {
                    value: value.clone().unwrap_or(kept_value),
                    created: old.as_ref().map_or(Some(revision), |old| old.created),
                    modified: Mark::Is(revision),
                    version: Some(old.and_then(|old| old.version).unwrap_or(0) + 1),
                    lease: lease.unwrap_or(kept_lease),
                };
                self.leased |= record.lease != 0;
                self.change(key, Some(record), revision, list);
            }
            Input::Delete { span } => {
                for (key, _) in self.records(span) {
                    self.change(&key, None, revision, list);
                }
            }
            Input::Revoke { lease } => {
                let everything = Span::range(&Bytes::new(), &Bytes::from_static(&[0]));
                for (key, record) in self.records(&everything) {
                    if record.lease == *lease && *lease != 0 {
                        self.change(&key, None, revision, list);
                    }
                }
            }
            Input::Txn {
                then, otherwise, ..
            } => {
                let holds = ways.next().unwrap_or_default();
                for input in if holds { then } else { otherwise } {
                    self.carry_out(input, ways, revision, list);
                }
            }
        }
    }

    fn change(
        &mut self,
        name: &Bytes,
        record: Option<Record>,
        revision: u64,
        list: &mut Vec<Change>,
    ) {
        let keys = Arc::make_mut(&mut self.keys);
        let found = self
            .order
            .binary_search_by(|place| keys[*place as usize].name.cmp(name));
        let place = match found {
            Ok(at) => self.order[at] as usize,
            Err(at) => {
                Arc::make_mut(&mut self.order).insert(at, keys.len() as u32);
                keys.push(Key {
                    name: name.clone(),
                    record: None,
                    last: 0,
                });
                keys.len() - 1
            }
        };
        let key = &mut keys[place];
        let earlier = list.iter().rfind(|change| change.key == *name);
        list.push(Change {
            key: key.name.clone(),
            now: record.as_ref().map(|record| Print::of(record, revision)),
            before: earlier.map_or(key.last, |earlier| earlier.before),
        });
        (key.record, key.last) = (record, revision);
    }
}

impl Print {
    fn of(record: &Record, revision: u64) -> Print {
        Print {
            value: xxh3_64(&record.value),
            created: record.created.unwrap_or_default(),
            modified: revision,
            version: record.version.unwrap_or_default(),
            lease: record.lease,
        }
    }

    /// That of what a member said.
    pub fn of_told(kv: &crate::kv::KeyValue) -> Print {
        Print {
            value: xxh3_64(&kv.value),
            created: kv.create_revision.0,
            modified: kv.mod_revision.0,
            version: kv.version,
            lease: kv.lease.0,
        }
    }
}

#[cfg(test)]
impl Past {
    /// For tests: everything before a revision may be forgotten.
    pub fn forget(&mut self, before: u64) {
        self.compacted = before;
    }
    /// What these requests do, each of them one entry and one revision, from entry 1 and revision 2 on.
    pub fn of(requests: impl IntoIterator<Item = Request>) -> Past {
        let mut past = Past::default();
        for (index, request) in (1..).zip(requests) {
            let command = Command {
                order: crate::cluster::Order::Request(request),
                ..Command::default()
            };
            let entry = Entry {
                index: Index(index),
                term: crate::raft::Term(1),
                payload: Payload::Command(command.encode()),
            };
            let now = Moment::default();
            past.takes_in(now, entry.index, Some(&entry), Revision(index + 1));
        }
        assert!(!past.is_blind());
        past
    }
}

#[cfg(test)]
mod tests;
