//! What clients ask for: the messages of etcd's `rpc.proto` (3.5), field by field.

use super::auth::AuthRequest;
use super::code::{CodeError, choices, decode, encode, fields, serde_as_bytes};
use super::lease::LeaseId;
use super::v2::V2Request;
use bytes::Bytes;

/// The largest request that a member takes, in bytes (etcd's `--max-request-bytes`, 1.5 MiB).
pub const MAX_REQUEST_BYTES: usize = 1_572_864;

/// How many comparisons, or operations of a branch, a transaction may have, nested ones included
/// (etcd's `--max-txn-ops`).
pub const MAX_TXN_OPS: usize = 128;

/// The longest time to live of a lease, in seconds (etcd's `MaxLeaseTTL`).
pub const MAX_LEASE_TTL: i64 = 9_000_000_000;

/// A request of a client, or of a member in the name of nobody.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub enum Request {
    /// Read keys.
    Range(RangeRequest),
    /// Store a value under a key.
    Put(PutRequest),
    /// Delete keys.
    DeleteRange(DeleteRangeRequest),
    /// Compare, then do one of two lists of operations, all at once.
    Txn(TxnRequest),
    /// Forget what was before a revision.
    Compaction(CompactionRequest),
    /// Create a lease.
    LeaseGrant(LeaseGrantRequest),
    /// End a lease, with the keys that are attached to it.
    LeaseRevoke(LeaseId),
    /// List, raise or end alarms.
    Alarm(AlarmRequest),
    /// Users, roles, permissions.
    Auth(AuthRequest),
    /// A request of version 2 of the interface, to the store that belongs to it.
    V2(V2Request),
}

/// Reads the keys from `key` to `range_end`.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Default)]
pub struct RangeRequest {
    /// The first key, at least one byte.
    pub key: Bytes,
    /// The end of the range, itself excluded: nothing for the one key, a single zero byte for all
    /// keys from `key` on.
    pub range_end: Bytes,
    /// How many keys to return at most; 0 for all.
    pub limit: i64,
    /// The revision to read at; 0 or less for the current one.
    pub revision: i64,
    /// The order of the keys in the answer.
    pub sort_order: SortOrder,
    /// What is ordered by.
    pub sort_target: SortTarget,
    /// Answer from the member's own store, possibly stale, instead of asking the leader first
    /// (`--consistency=s`).
    pub serializable: bool,
    /// Leave the values out.
    pub keys_only: bool,
    /// Only say how many there are.
    pub count_only: bool,
    /// Leave out what was put before this revision; 0 for no limit.
    pub min_mod_revision: i64,
    /// Leave out what was put after this revision; 0 for no limit.
    pub max_mod_revision: i64,
    /// Leave out what was created before this revision; 0 for no limit.
    pub min_create_revision: i64,
    /// Leave out what was created after this revision; 0 for no limit.
    pub max_create_revision: i64,
}

/// The order of an answer.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default)]
pub enum SortOrder {
    /// By key; ascending if the target is not the key.
    #[default]
    None,
    /// The lowest first.
    Ascend,
    /// The highest first.
    Descend,
}

/// What an answer is ordered by.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default)]
pub enum SortTarget {
    /// The key.
    #[default]
    Key,
    /// How many times it was put.
    Version,
    /// The revision that created it.
    Create,
    /// The revision of the last put.
    Mod,
    /// The value.
    Value,
}

/// Stores a value under a key.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Default)]
pub struct PutRequest {
    /// The key, at least one byte.
    pub key: Bytes,
    /// The value, may be empty.
    pub value: Bytes,
    /// The lease that the key is attached to; none ends an attachment.
    pub lease: LeaseId,
    /// Return what was there before.
    pub prev_kv: bool,
    /// Keep the value that is there.
    pub ignore_value: bool,
    /// Keep the lease that the key has.
    pub ignore_lease: bool,
}

/// Deletes the keys from `key` to `range_end`.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Default)]
pub struct DeleteRangeRequest {
    /// The first key, at least one byte.
    pub key: Bytes,
    /// As in [`RangeRequest::range_end`].
    pub range_end: Bytes,
    /// Return what was there before.
    pub prev_kv: bool,
}

/// Does `success` if all comparisons hold, else `failure`.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Default)]
pub struct TxnRequest {
    /// What must hold of the state before the transaction.
    pub compare: Vec<Compare>,
    /// What to do if it does.
    pub success: Vec<RequestOp>,
    /// What to do if not.
    pub failure: Vec<RequestOp>,
}

/// An operation of a transaction.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub enum RequestOp {
    /// Read keys, as the operations before it left them.
    Range(RangeRequest),
    /// Store a value.
    Put(PutRequest),
    /// Delete keys.
    DeleteRange(DeleteRangeRequest),
    /// A transaction of its own. Its comparisons are made before anything is written.
    Txn(TxnRequest),
}

/// A comparison of the keys from `key` to `range_end`, which must hold for each of them.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Default)]
pub struct Compare {
    /// The first key, at least one byte.
    pub key: Bytes,
    /// As in [`RangeRequest::range_end`].
    pub range_end: Bytes,
    /// How what the key has must compare with what is given.
    pub result: CompareResult,
    /// What is compared, and what with.
    pub target: CompareTarget,
}

/// How two things compare.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default)]
pub enum CompareResult {
    /// `=`
    #[default]
    Equal,
    /// `>`
    Greater,
    /// `<`
    Less,
    /// `!=`
    NotEqual,
}

/// What is compared, and what with. A key that is not there has 0 for each number; no comparison
/// of its value holds.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub enum CompareTarget {
    /// How many times the key was put.
    Version(i64),
    /// The revision that created it.
    Create(i64),
    /// The revision of the last put.
    Mod(i64),
    /// The value.
    Value(Bytes),
    /// The lease.
    Lease(i64),
}

impl Default for CompareTarget {
    fn default() -> Self {
        CompareTarget::Version(0)
    }
}

/// Forgets what was before a revision.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default)]
pub struct CompactionRequest {
    /// The oldest revision that can be read afterwards.
    pub revision: i64,
    /// Answer only when the space is free.
    pub physical: bool,
}

/// Creates a lease.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default)]
pub struct LeaseGrantRequest {
    /// The time to live in seconds. The member that takes the request raises it to its shortest.
    pub ttl: i64,
    /// The id. 0 lets the member choose, before the request goes into the log.
    pub id: LeaseId,
}

/// Lists, raises or ends alarms.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default)]
pub struct AlarmRequest {
    /// What to do.
    pub action: AlarmAction,
    /// The member that the alarm is about, its id as clients see it; 0 for all, in a list.
    pub member: u64,
    /// Which alarm.
    pub alarm: AlarmType,
}

/// What to do with alarms.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default)]
pub enum AlarmAction {
    /// List them.
    #[default]
    Get,
    /// Raise one.
    Activate,
    /// End one.
    Deactivate,
}

/// Why there is an alarm.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Default)]
pub enum AlarmType {
    /// Any, in a list.
    #[default]
    None,
    /// The space of a member is used up: nothing may be put until somebody disarms the alarm.
    NoSpace,
    /// The data of a member are not those of the others: nothing may be done.
    Corrupt,
}

impl Request {
    /// Stores a value, with nothing special.
    pub fn put(key: impl Into<Bytes>, value: impl Into<Bytes>) -> Request {
        Request::Put(PutRequest {
            key: key.into(),
            value: value.into(),
            ..PutRequest::default()
        })
    }

    /// Reads one key. A serializable read is answered from the member's own store.
    pub fn get(key: impl Into<Bytes>, serializable: bool) -> Request {
        Request::Range(RangeRequest {
            key: key.into(),
            serializable,
            ..RangeRequest::default()
        })
    }

    /// Deletes one key.
    pub fn delete(key: impl Into<Bytes>) -> Request {
        Request::DeleteRange(DeleteRangeRequest {
            key: key.into(),
            ..DeleteRangeRequest::default()
        })
    }

    /// The request as bytes.
    pub fn encode(&self) -> Vec<u8> {
        encode(self)
    }

    /// The request that the bytes were made of.
    ///
    /// # Errors
    /// For bytes that [`Request::encode`] did not make.
    pub fn decode(bytes: &[u8]) -> Result<Request, CodeError> {
        decode(bytes)
    }

    /// The request in a word: etcdctl's, where it has one.
    pub fn name(&self) -> &'static str {
        match self {
            Request::Range(_) => "get",
            Request::Put(_) => "put",
            Request::DeleteRange(_) => "del",
            Request::Txn(_) => "txn",
            Request::Compaction(_) => "compaction",
            Request::LeaseGrant(_) => "lease grant",
            Request::LeaseRevoke(_) => "lease revoke",
            Request::Alarm(_) => "alarm",
            Request::Auth(_) => "auth",
            Request::V2(_) => "v2",
        }
    }

    /// The key that the request is about, if it is a read, a put or a delete.
    pub fn key(&self) -> Option<&Bytes> {
        match self {
            Request::Range(range) => Some(&range.key),
            Request::Put(put) => Some(&put.key),
            Request::DeleteRange(delete) => Some(&delete.key),
            _ => None,
        }
    }
}

impl Default for Request {
    fn default() -> Self {
        Request::Range(RangeRequest::default())
    }
}

impl Default for RequestOp {
    fn default() -> Self {
        RequestOp::Range(RangeRequest::default())
    }
}

choices! {
    Request {
        0 => Range(it), 1 => Put(it), 2 => DeleteRange(it), 3 => Txn(it), 4 => Compaction(it),
        5 => LeaseGrant(it), 6 => LeaseRevoke(it), 7 => Alarm(it), 8 => Auth(it), 9 => V2(it),
    }
    RequestOp { 0 => Range(it), 1 => Put(it), 2 => DeleteRange(it), 3 => Txn(it) }
    SortOrder { 0 => None, 1 => Ascend, 2 => Descend }
    SortTarget { 0 => Key, 1 => Version, 2 => Create, 3 => Mod, 4 => Value }
    CompareResult { 0 => Equal, 1 => Greater, 2 => Less, 3 => NotEqual }
    CompareTarget { 0 => Version(it), 1 => Create(it), 2 => Mod(it), 3 => Value(it), 4 => Lease(it) }
    AlarmAction { 0 => Get, 1 => Activate, 2 => Deactivate }
    AlarmType { 0 => None, 1 => NoSpace, 2 => Corrupt }
}

fields! {
    RangeRequest {
        key, range_end, limit, revision, sort_order, sort_target, serializable, keys_only,
        count_only, min_mod_revision, max_mod_revision, min_create_revision, max_create_revision,
    }
    PutRequest { key, value, lease, prev_kv, ignore_value, ignore_lease }
    DeleteRangeRequest { key, range_end, prev_kv }
    TxnRequest { compare, success, failure }
    Compare { key, range_end, result, target }
    CompactionRequest { revision, physical }
    LeaseGrantRequest { ttl, id }
    AlarmRequest { action, member, alarm }
}

serde_as_bytes!(Request);
