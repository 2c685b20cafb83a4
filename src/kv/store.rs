//! The store: the state machine that the log drives.

use super::code::CodeError;
use super::error::KvError;
use super::request::{PutRequest, Request};
use super::response::{
    DeleteRangeResponse, KeyValue, RangeResponse, Response, ResponseBody, Revision,
};
use bytes::Bytes;
use rpds::RedBlackTreeMapSync;
use serde::{Deserialize, Serialize};

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
    /// # Errors
    /// For bytes that `save` did not make.
    pub fn restore(data: &[u8]) -> Result<Store, CodeError> {
        if data.is_empty() {
            return Ok(Store::default());
        }
        postcard::from_bytes(data).map_err(|_| CodeError)
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
    ///
    /// # Errors
    /// Why it is refused; nothing has changed then.
    pub fn apply(&mut self, request: &Request) -> Result<Response, KvError> {
        let body = match request {
            Request::Put(put) => self.put(put),
            Request::Range(range) => {
                let kvs: Vec<KeyValue> = self.keys.get(&range.key).cloned().into_iter().collect();
                ResponseBody::Range(RangeResponse {
                    count: kvs.len() as u64,
                    kvs,
                    more: false,
                })
            }
            Request::DeleteRange(delete) => self.delete(&delete.key),
            _ => return Err(KvError::Corrupt),
        };
        Ok(Response {
            revision: self.revision,
            body,
        })
    }

    fn put(&mut self, put: &PutRequest) -> ResponseBody {
        self.revision.0 += 1;
        let revision = self.revision;
        let before = self.keys.get(&put.key);
        let entry = KeyValue {
            key: put.key.clone(),
            value: put.value.clone(),
            create_revision: before.map_or(revision, |kv| kv.create_revision),
            mod_revision: revision,
            version: before.map_or(0, |kv| kv.version) + 1,
            lease: put.lease,
        };
        self.keys.insert_mut(put.key.clone(), entry);
        ResponseBody::Put(None)
    }

    fn delete(&mut self, key: &Bytes) -> ResponseBody {
        let deleted = u64::from(self.keys.remove_mut(key));
        self.revision.0 += deleted;
        ResponseBody::DeleteRange(DeleteRangeResponse {
            deleted,
            prev_kvs: Vec::new(),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_write_makes_revision_2() {
        let mut store = Store::default();
        assert_eq!(store.revision(), Revision(1));
        let response = store.apply(&Request::put("a", "1")).unwrap();
        assert_eq!(response.revision, Revision(2));
    }
}
