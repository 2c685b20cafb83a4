//! The keys with all their versions (etcd's `mvcc`), in structures that clones share.

use super::code::{Code, Coder, encode};
use super::error::KvError;
use super::lease::LeaseId;
use super::range::KeyRange;
use super::response::{KeyValue, Revision};
use crate::base::SharedVec;
use bytes::Bytes;
use rpds::RedBlackTreeMapSync;
use std::sync::Arc;
use xxhash_rust::xxh3::xxh3_64_with_seed;

/// A key as a put or a delete left it. A delete leaves the version 0.
pub(super) type Version = Arc<KeyValue>;

/// What is counted for a version beside its key and value, in bytes: revisions and the like.
const VERSION_OVERHEAD: u64 = 40;

/// The keys with all their versions.
#[derive(Clone, Debug)]
pub(super) struct Mvcc {
    revision: u64,
    /// The lowest revision that can be read; -1 while that is any.
    compacted: i64,
    /// What was put and deleted, in order. The revisions of a transaction are one.
    log: SharedVec<Version>,
    /// The versions of each key, in order: what is in the log once more.
    index: RedBlackTreeMapSync<Bytes, SharedVec<Version>>,
    bytes: u64,
}

impl Default for Mvcc {
    fn default() -> Self {
        Mvcc {
            revision: 1,
            compacted: -1,
            log: SharedVec::default(),
            index: RedBlackTreeMapSync::new_sync(),
            bytes: 0,
        }
    }
}

impl PartialEq for Mvcc {
    fn eq(&self, other: &Self) -> bool {
        let numbers = |mvcc: &Mvcc| (mvcc.revision, mvcc.compacted, mvcc.log.len());
        numbers(self) == numbers(other) && self.log == other.log
    }
}

impl Eq for Mvcc {}

impl Mvcc {
    /// The revision of the last change.
    pub fn revision(&self) -> u64 {
        self.revision
    }

    /// The lowest revision that can be read; -1 while that is any.
    pub fn compacted(&self) -> i64 {
        self.compacted
    }

    /// How many bytes the versions take.
    pub fn bytes(&self) -> u64 {
        self.bytes
    }

    /// How many versions there are.
    pub fn versions(&self) -> usize {
        self.log.len()
    }

    /// A key as it is now.
    pub fn get(&self, key: &[u8]) -> Option<&Version> {
        alive(self.index.get(key)?.last())
    }

    /// A key as it was at a revision.
    pub fn get_at(&self, key: &[u8], revision: u64) -> Option<&Version> {
        visible(self.index.get(key)?, revision)
    }

    /// All keys as they are now, in order.
    pub fn iter(&self) -> impl Iterator<Item = &Version> {
        // Like `each`, so that there is one way through the tree in the page.
        let all = self.index.range::<[u8], _>(..);
        all.filter_map(|(_, versions)| alive(versions.last()))
    }

    /// Shows the keys of a range as they were at a revision, in order.
    pub fn each<'a>(&'a self, range: &KeyRange, revision: u64, see: &mut dyn FnMut(&'a Version)) {
        let Some(bounds) = range.bounds() else {
            return;
        };
        for (_, versions) in self.index.range::<[u8], _>(bounds) {
            if let Some(version) = visible(versions, revision) {
                see(version);
            }
        }
    }

    /// The newest version of every key of which something is kept, in order; of a deleted one that
    /// is the delete.
    pub fn newest(&self) -> impl Iterator<Item = &Version> {
        let all = self.index.range::<[u8], _>(..);
        all.filter_map(|(_, versions)| versions.last())
    }

    /// What is kept of a key, oldest first; deletes have the version 0.
    pub fn history(&self, key: &[u8]) -> Option<&SharedVec<Version>> {
        self.index.get(key)
    }

    /// The revision to read at when this one is asked for.
    ///
    /// # Errors
    /// When it is not there yet, or not any more.
    pub fn readable(&self, revision: i64) -> Result<u64, KvError> {
        if revision > self.revision as i64 {
            return Err(KvError::FutureRev);
        }
        let read_at = match revision {
            ..=0 => self.revision,
            _ => revision as u64,
        };
        if (read_at as i64) < self.compacted {
            return Err(KvError::Compacted);
        }
        Ok(read_at)
    }

    /// Puts a key, at a revision that is the current one or the one after it.
    pub fn put(&mut self, revision: u64, key: &Bytes, value: &Bytes, lease: LeaseId) {
        let before = self.get(key);
        let create_revision = before.map_or(Revision(revision), |kv| kv.create_revision);
        let version = before.map_or(0, |kv| kv.version) + 1;
        self.push(Arc::new(KeyValue {
            key: key.clone(),
            value: value.clone(),
            create_revision,
            mod_revision: Revision(revision),
            version,
            lease,
        }));
    }

    /// Deletes a key that is there, at a revision that is the current one or the one after it.
    pub fn delete(&mut self, revision: u64, key: &Bytes) {
        self.push(Arc::new(KeyValue {
            key: key.clone(),
            mod_revision: Revision(revision),
            ..KeyValue::default()
        }));
    }

    fn push(&mut self, version: Version) {
        self.revision = version.mod_revision.0;
        self.bytes += VERSION_OVERHEAD + version.key.len() as u64 + version.value.len() as u64;
        self.log.push(version.clone());
        match self.index.get_mut(&version.key) {
            Some(versions) => versions.push(version),
            None => {
                let key = version.key.clone();
                self.index.insert_mut(key, [version].into_iter().collect());
            }
        }
    }

    /// Forgets what cannot be read at this revision or a later one. The deletes of the very
    /// revision stay, for those who watch from there.
    ///
    /// # Errors
    /// When that has happened already, or the revision is not there yet.
    pub fn compact(&mut self, revision: i64) -> Result<(), KvError> {
        if revision <= self.compacted {
            return Err(KvError::Compacted);
        }
        if revision > self.revision as i64 {
            return Err(KvError::FutureRev);
        }
        let at = revision as u64;
        let kept = |version: &&Version| {
            let made = version.mod_revision.0;
            made > at || {
                let versions = self.index.get(&version.key);
                let last = versions.and_then(|versions| last_until(versions, at));
                let is_last = last.is_some_and(|last| Arc::ptr_eq(last, version));
                is_last && (version.version > 0 || made == at)
            }
        };
        let mut compacted = Mvcc {
            compacted: revision,
            ..Mvcc::default()
        };
        for version in self.log.iter().filter(kept) {
            compacted.push(version.clone());
        }
        compacted.revision = self.revision;
        *self = compacted;
        Ok(())
    }

    /// What was put and deleted from a revision on, in order.
    pub fn since(&self, revision: u64) -> impl Iterator<Item = &Version> {
        let before = |version: &Version| version.mod_revision.0 < revision;
        self.log
            .range(self.log.partition_point(before), self.log.len())
    }

    /// What was put and deleted, in order, since an earlier copy was made; `None` if something of that is not there any
    /// more. (What both share is not looked at.)
    pub fn since_copy(&self, earlier: &Mvcc) -> Option<impl Iterator<Item = &Version>> {
        let known = earlier.log.len();
        let mut begun = self.log.clone();
        begun.truncate(known);
        (begun == earlier.log).then(|| self.log.range(known, self.log.len()))
    }

    /// Forgets all keys; the revisions stay.
    pub fn clear(&mut self) {
        *self = Mvcc {
            revision: self.revision,
            compacted: self.compacted,
            ..Mvcc::default()
        };
    }

    /// A fingerprint of what was put and deleted up to a revision. The deletes of the compacted
    /// revision do not count, as in etcd.
    pub fn hash(&self, revision: i64) -> u32 {
        let seen = |version: &&Version| {
            let made = version.mod_revision.0 as i64;
            made <= revision && !(made == self.compacted && version.version == 0)
        };
        let hash = self.log.iter().filter(seen).fold(0, |hash, version| {
            xxh3_64_with_seed(&encode(&**version), hash)
        });
        hash as u32
    }
}

fn alive(version: Option<&Version>) -> Option<&Version> {
    version.filter(|version| version.version > 0)
}

/// The last of the versions that were made up to a revision.
fn last_until(versions: &SharedVec<Version>, revision: u64) -> Option<&Version> {
    let last = versions.last()?;
    if last.mod_revision.0 <= revision {
        return Some(last);
    }
    let known = versions.partition_point(|version| version.mod_revision.0 <= revision);
    versions.get(known.checked_sub(1)?)
}

fn visible(versions: &SharedVec<Version>, revision: u64) -> Option<&Version> {
    alive(last_until(versions, revision))
}

/// What is in the log is all; the rest follows from it.
impl Code for Mvcc {
    fn code(&mut self, coder: &mut Coder<'_>) {
        self.revision.code(coder);
        self.compacted.code(coder);
        let length = coder.length(self.log.len());
        if !coder.reads() {
            coder.expect(self.bytes);
            self.log.iter().for_each(|version| version.write(coder));
            return;
        }
        let (revision, compacted) = (self.revision, self.compacted);
        let mut last = 0;
        for _ in 0..length {
            let mut version = KeyValue::default();
            version.code(coder);
            let made = version.mod_revision.0;
            if made == 0 || made < last || made > revision || version.version > revision {
                return coder.fail();
            }
            last = made;
            self.push(Arc::new(version));
        }
        if revision == 0 || revision > i64::MAX as u64 / 2 || compacted > revision as i64 {
            return coder.fail();
        }
        self.revision = revision;
    }
}
