//! The store: the state machine that the log drives.

use super::request::{Request, Response, ResponseBody};
use bytes::Bytes;
use rpds::RedBlackTreeMapSync;
use serde::{Deserialize, Serialize};

/// The number of a change of the store. A fresh store is at revision 1; every request that changes
/// something makes the next one (etcd, "data model").
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
pub struct Revision(pub u64);

/// A key with its value and history in numbers.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
pub struct KeyValue {
    /// The key.
    pub key: Bytes,
    /// The value.
    pub value: Bytes,
    /// The revision that created the key (again, after a delete).
    pub create_revision: Revision,
    /// The revision of the last put.
    pub mod_revision: Revision,
    /// How many times the key was put since it was created.
    pub version: u64,
}

/// A key-value store. Clones share their keys, so that a checkpoint costs only what changed since
/// the one before.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Store {
    revision: Revision,
    keys: RedBlackTreeMapSync<Bytes, KeyValue>,
}

impl Default for Store {
    fn default() -> Self {
        Store {
            revision: Revision(1),
            keys: RedBlackTreeMapSync::new_sync(),
        }
    }
}

impl Store {
    /// The whole store as bytes, for a snapshot.
    pub fn save(&self) -> Bytes {
        postcard::to_stdvec(self)
            .expect("a store has no part that cannot be encoded")
            .into()
    }

    /// The store that [`Store::save`] made the bytes of; a fresh one for no bytes.
    ///
    /// # Panics
    /// For bytes that `save` did not make: members are handed only each other's snapshots.
    pub fn restore(data: &[u8]) -> Store {
        if data.is_empty() {
            return Store::default();
        }
        postcard::from_bytes(data).expect("a snapshot holds the bytes of a store")
    }

    /// The revision of the last change; 1 for a fresh store.
    pub fn revision(&self) -> Revision {
        self.revision
    }

    /// A key's current value.
    pub fn get(&self, key: &[u8]) -> Option<&KeyValue> {
        self.keys.get(key)
    }

    /// All keys in order.
    pub fn iter(&self) -> impl Iterator<Item = &KeyValue> {
        self.keys.values()
    }

    /// Carries out a request.
    pub fn apply(&mut self, request: &Request) -> Response {
        let body = match request {
            Request::Put { key, value } => self.put(key, value),
            Request::Range { key, .. } => ResponseBody::Range {
                kvs: self.keys.get(key).cloned().into_iter().collect(),
            },
            Request::DeleteRange { key } => self.delete(key),
        };
        Response {
            revision: self.revision,
            body,
        }
    }

    fn put(&mut self, key: &Bytes, value: &Bytes) -> ResponseBody {
        self.revision.0 += 1;
        let revision = self.revision;
        let before = self.keys.get(key);
        let entry = KeyValue {
            key: key.clone(),
            value: value.clone(),
            create_revision: before.map_or(revision, |kv| kv.create_revision),
            mod_revision: revision,
            version: before.map_or(0, |kv| kv.version) + 1,
        };
        self.keys.insert_mut(key.clone(), entry);
        ResponseBody::Put
    }

    fn delete(&mut self, key: &Bytes) -> ResponseBody {
        let deleted = u64::from(self.keys.remove_mut(key));
        self.revision.0 += deleted;
        ResponseBody::DeleteRange { deleted }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn put(key: &'static str, value: &'static str) -> Request {
        Request::Put {
            key: key.into(),
            value: value.into(),
        }
    }

    fn del(key: &'static str) -> Request {
        Request::DeleteRange { key: key.into() }
    }

    #[test]
    fn the_first_write_makes_revision_2() {
        let mut store = Store::default();
        assert_eq!(store.revision(), Revision(1));
        assert_eq!(store.apply(&put("a", "1")).revision, Revision(2));
    }

    #[test]
    fn a_delete_of_nothing_makes_no_revision() {
        let mut store = Store::default();
        let response = store.apply(&del("a"));
        assert_eq!(response.body, ResponseBody::DeleteRange { deleted: 0 });
        assert_eq!(response.revision, Revision(1));
    }

    #[test]
    fn versions_count_puts_and_start_again_after_a_delete() {
        let mut store = Store::default();
        for request in [put("a", "1"), put("a", "2"), del("a"), put("a", "3")] {
            store.apply(&request);
        }
        let kv = store.get(b"a").unwrap();
        assert_eq!((kv.version, &kv.value[..]), (1, &b"3"[..]));
        assert_eq!(
            (kv.create_revision, kv.mod_revision),
            (Revision(5), Revision(5))
        );
        store.apply(&put("a", "4"));
        let kv = store.get(b"a").unwrap();
        assert_eq!(kv.version, 2);
        assert_eq!(
            (kv.create_revision, kv.mod_revision),
            (Revision(5), Revision(6))
        );
    }

    #[test]
    fn a_snapshot_holds_the_whole_store() {
        let mut store = Store::default();
        assert_eq!(Store::restore(&[]), store);
        for request in [put("a", "1"), put("b", ""), put("a", "2")] {
            store.apply(&request);
        }
        assert_eq!(Store::restore(&store.save()), store);
    }

    #[test]
    fn limits_are_etcds() {
        use super::super::{MAX_REQUEST_BYTES, RequestError};
        assert_eq!(put("", "x").validate(), Err(RequestError::EmptyKey));
        let sized = |len| Request::Put {
            key: "k".into(),
            value: vec![b'x'; len].into(),
        };
        assert_eq!(sized(MAX_REQUEST_BYTES - 1).validate(), Ok(()));
        assert_eq!(
            sized(MAX_REQUEST_BYTES).validate(),
            Err(RequestError::TooLarge)
        );
    }
}
