//! What is asked of the store of version 2, and the answers.

use crate::kv::code::{choices, fields, serde_as_bytes};
use thiserror::Error;

/// A request of version 2 of the interface (etcd's `RequestV2`). Paths are as clients write them,
/// below `/`.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Default)]
pub struct V2Request {
    /// What to do.
    pub method: V2Method,
    /// Where.
    pub path: String,
    /// The value of a file.
    pub value: String,
    /// The path is to be a directory.
    pub dir: bool,
    /// Only if the file has this value; empty for any.
    pub prev_value: String,
    /// Only if the file was last changed at this index; 0 for any.
    pub prev_index: u64,
    /// Only if there is something, or nothing, at the path.
    pub prev_exist: Option<bool>,
    /// With everything below.
    pub recursive: bool,
    /// Sort what is in directories by name.
    pub sorted: bool,
    /// Keep the value, tell no watcher.
    pub refresh: bool,
    /// When it is to vanish, in microseconds on the clock of `time`; 0 for never.
    pub expiration: u64,
    /// What the clock of the member that took the request showed, in microseconds since 1970. What
    /// is to vanish by then, vanishes on [`V2Method::Sync`]; times to live are counted from it.
    pub time: u64,
}

/// What to do.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default)]
pub enum V2Method {
    /// Read. Only a read with `--quorum` goes through the log.
    #[default]
    Get,
    /// Set, create, update, or compare and swap: the `prev_` fields say which.
    Put,
    /// Create a file whose name is the next in order.
    Post,
    /// Delete, or compare and delete.
    Delete,
    /// Delete what is to have vanished by now. The leader asks for it while there is such a thing.
    Sync,
}

/// The answer of the store.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Default)]
pub enum V2Response {
    /// What was found or done.
    Event(Box<V2Event>),
    /// What it refuses.
    Error(V2Error),
    /// To [`V2Method::Sync`].
    #[default]
    Synced,
}

/// What was found or done.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Default)]
pub struct V2Event {
    /// Which of the two, and how.
    pub action: V2Action,
    /// The node after it.
    pub node: V2Node,
    /// The node before it, if there was one.
    pub prev_node: Option<V2Node>,
    /// The index of the store then.
    pub etcd_index: u64,
    /// Nothing but the time to live has changed.
    pub refresh: bool,
}

/// What was done.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default)]
pub enum V2Action {
    /// `get`
    #[default]
    Get,
    /// `create`
    Create,
    /// `set`
    Set,
    /// `update`
    Update,
    /// `delete`
    Delete,
    /// `compareAndSwap`
    CompareAndSwap,
    /// `compareAndDelete`
    CompareAndDelete,
    /// `expire`
    Expire,
}

/// A file or a directory, as clients see it.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Default)]
pub struct V2Node {
    /// Its path.
    pub key: String,
    /// The value of a file; `None` for a directory, and for what was deleted.
    pub value: Option<String>,
    /// Whether it is a directory.
    pub dir: bool,
    /// When it vanishes, in microseconds since 1970; 0 for never.
    pub expiration: u64,
    /// The time left until then, in seconds, rounded up; 0 if it does not vanish.
    pub ttl: i64,
    /// What is in a directory that was read.
    pub nodes: Vec<V2Node>,
    /// The index that last changed it.
    pub modified_index: u64,
    /// The index that created it.
    pub created_index: u64,
}

/// What the store refuses. The words are etcd's (`v2error`).
#[derive(Clone, PartialEq, Eq, Hash, Debug, Default, Error)]
#[error("{}: {} ({cause}) [{index}]", self.code, self.message())]
pub struct V2Error {
    /// The number of the error.
    pub code: u64,
    /// What it is about: a path, or what differs.
    pub cause: String,
    /// The index of the store then.
    pub index: u64,
}

impl V2Action {
    /// As it is written in answers.
    pub fn name(self) -> &'static str {
        match self {
            V2Action::Get => "get",
            V2Action::Create => "create",
            V2Action::Set => "set",
            V2Action::Update => "update",
            V2Action::Delete => "delete",
            V2Action::CompareAndSwap => "compareAndSwap",
            V2Action::CompareAndDelete => "compareAndDelete",
            V2Action::Expire => "expire",
        }
    }
}

impl V2Error {
    /// There is nothing at the path.
    pub const KEY_NOT_FOUND: u64 = 100;
    /// The file is not the one that was expected.
    pub const TEST_FAILED: u64 = 101;
    /// It is a directory.
    pub const NOT_FILE: u64 = 102;
    /// It is a file.
    pub const NOT_DIR: u64 = 104;
    /// There is something at the path already.
    pub const NODE_EXIST: u64 = 105;
    /// The root cannot be changed.
    pub const ROOT_READ_ONLY: u64 = 107;
    /// A directory that is not empty.
    pub const DIR_NOT_EMPTY: u64 = 108;
    /// etcd itself has made a mistake.
    pub const RAFT_INTERNAL: u64 = 300;
    /// The history is kept for the last 1000 changes only.
    pub const EVENT_INDEX_CLEARED: u64 = 401;

    /// The error in words.
    pub fn message(&self) -> &'static str {
        match self.code {
            V2Error::KEY_NOT_FOUND => "Key not found",
            V2Error::TEST_FAILED => "Compare failed",
            V2Error::NOT_FILE => "Not a file",
            V2Error::NOT_DIR => "Not a directory",
            V2Error::NODE_EXIST => "Key already exists",
            V2Error::ROOT_READ_ONLY => "Root is read only",
            V2Error::DIR_NOT_EMPTY => "Directory not empty",
            V2Error::RAFT_INTERNAL => "Raft Internal Error",
            V2Error::EVENT_INDEX_CLEARED => "The event in requested index is outdated and cleared",
            _ => "Unknown error",
        }
    }
}

choices! {
    V2Method { 0 => Get, 1 => Put, 2 => Post, 3 => Delete, 4 => Sync }
    V2Response { 0 => Event(it), 1 => Error(it), 2 => Synced }
    V2Action {
        0 => Get, 1 => Create, 2 => Set, 3 => Update, 4 => Delete, 5 => CompareAndSwap,
        6 => CompareAndDelete, 7 => Expire,
    }
}

fields! {
    V2Request {
        method, path, value, dir, prev_value, prev_index, prev_exist, recursive, sorted, refresh,
        expiration, time,
    }
    V2Event { action, node, prev_node, etcd_index, refresh }
    V2Node { key, value, dir, expiration, ttl, nodes, modified_index, created_index }
    V2Error { code, cause, index }
}

serde_as_bytes!(V2Event, V2Error, V2Response);
