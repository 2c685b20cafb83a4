//! What clients ask for, and the answers.

use super::store::{KeyValue, Revision};
use bytes::Bytes;
use serde::{Deserialize, Serialize};
use thiserror::Error;

/// The largest request that a member takes, in bytes (etcd's `--max-request-bytes`, 1.5 MiB).
pub const MAX_REQUEST_BYTES: usize = 1_572_864;

/// A request of a client.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
pub enum Request {
    /// Store a value under a key.
    Put {
        /// The key, at least one byte.
        key: Bytes,
        /// The value, may be empty.
        value: Bytes,
    },
    /// Read a key.
    Range {
        /// The key, at least one byte.
        key: Bytes,
        /// Answer from the member's own store, possibly stale, instead of asking the leader
        /// first (`--consistency=s`).
        serializable: bool,
    },
    /// Delete a key.
    DeleteRange {
        /// The key, at least one byte.
        key: Bytes,
    },
}

/// Why a request is refused before anything happens. The words are etcd's.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Error)]
pub enum RequestError {
    /// The key is empty.
    #[error("etcdserver: key is not provided")]
    EmptyKey,
    /// Key and value together are larger than [`MAX_REQUEST_BYTES`].
    #[error("etcdserver: request is too large")]
    TooLarge,
}

impl Request {
    /// The key that the request is about.
    pub fn key(&self) -> &Bytes {
        match self {
            Request::Put { key, .. }
            | Request::Range { key, .. }
            | Request::DeleteRange { key } => key,
        }
    }

    /// Whether the request may change the store, so that it has to go through the log.
    pub fn is_write(&self) -> bool {
        !matches!(self, Request::Range { .. })
    }

    /// Checks etcd's limits.
    ///
    /// # Errors
    /// The first limit that is broken.
    pub fn validate(&self) -> Result<(), RequestError> {
        let value = match self {
            Request::Put { value, .. } => value.len(),
            _ => 0,
        };
        if self.key().is_empty() {
            Err(RequestError::EmptyKey)
        } else if self.key().len() + value > MAX_REQUEST_BYTES {
            Err(RequestError::TooLarge)
        } else {
            Ok(())
        }
    }
}

/// The answer to a [`Request`].
#[derive(Clone, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
pub struct Response {
    /// The store's revision after the request.
    pub revision: Revision,
    /// The answer proper.
    pub body: ResponseBody,
}

/// The answer proper, one variant per request.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
pub enum ResponseBody {
    /// The value is stored.
    Put,
    /// What was found.
    Range {
        /// The keys that matched, in order.
        kvs: Vec<KeyValue>,
    },
    /// What was deleted.
    DeleteRange {
        /// How many keys.
        deleted: u64,
    },
}
