//! The answers to requests, and what watchers are told.

use super::auth::AuthResponse;
use super::code::{Code, Coder, choices, fields, serde_as_bytes};
use super::lease::{Lease, LeaseId};
use super::request::AlarmType;
use super::v2::V2Response;
use bytes::Bytes;
use serde::{Deserialize, Serialize};

/// The number of a change of the store. A fresh store is at revision 1; every request that changes
/// something makes the next one (etcd, "data model").
#[derive(
    Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Default, Serialize, Deserialize,
)]
pub struct Revision(pub u64);

/// A key with its value and history in numbers.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Default)]
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
    /// The lease that the key is attached to.
    pub lease: LeaseId,
}

impl KeyValue {
    /// Writes what [`Code::code`] writes, of something that others hold too.
    pub(super) fn write(&self, coder: &mut Coder<'_>) {
        coder.text(&self.key);
        coder.text(&self.value);
        let (mut created, mut modified) = (self.create_revision, self.mod_revision);
        let (mut version, mut lease) = (self.version, self.lease);
        created.code(coder);
        modified.code(coder);
        version.code(coder);
        lease.code(coder);
    }
}

/// The answer to a [`Request`](super::Request).
#[derive(Clone, PartialEq, Eq, Hash, Debug, Default)]
pub struct Response {
    /// The store's revision after the request, as etcd's header has it. In a transaction each
    /// operation has its own.
    pub revision: Revision,
    /// The answer proper.
    pub body: ResponseBody,
}

/// The answer proper, one variant per request.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Default)]
pub enum ResponseBody {
    /// What was found.
    Range(RangeResponse),
    /// The value is stored. What was there before, if it was asked for and there was something.
    Put(Option<Box<KeyValue>>),
    /// What was deleted.
    DeleteRange(DeleteRangeResponse),
    /// What became of a transaction.
    Txn(TxnResponse),
    /// What was before the revision is forgotten.
    #[default]
    Compaction,
    /// The lease.
    LeaseGrant(Lease),
    /// The lease is gone, and so are its keys.
    LeaseRevoke,
    /// The alarms: those there are, or the one that was raised or ended.
    Alarm(Vec<AlarmMember>),
    /// Users, roles, permissions.
    Auth(AuthResponse),
    /// The answer of the store of version 2.
    V2(V2Response),
}

/// What was found.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Default)]
pub struct RangeResponse {
    /// The keys that matched, in the order that was asked for.
    pub kvs: Vec<KeyValue>,
    /// Whether the limit cut some off.
    pub more: bool,
    /// How many keys are in the range, whatever the limit and the bounds of revisions.
    pub count: u64,
}

/// What was deleted.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Default)]
pub struct DeleteRangeResponse {
    /// How many keys.
    pub deleted: u64,
    /// What was there before, if it was asked for.
    pub prev_kvs: Vec<KeyValue>,
}

/// What became of a transaction.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Default)]
pub struct TxnResponse {
    /// Whether all comparisons held.
    pub succeeded: bool,
    /// The answers to the operations that were done, in their order.
    pub responses: Vec<Response>,
}

/// An alarm of a member.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Default)]
pub struct AlarmMember {
    /// The member, its id as clients see it.
    pub member: u64,
    /// Which alarm.
    pub alarm: AlarmType,
}

/// Something that happened to a key.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Default)]
pub struct Event {
    /// What happened.
    pub kind: EventType,
    /// The key after it. A delete leaves the key and the revision, nothing else.
    pub kv: KeyValue,
    /// The key before it, if it was asked for and is still known.
    pub prev_kv: Option<KeyValue>,
}

/// What happened to a key.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Default)]
pub enum EventType {
    /// It was put.
    #[default]
    Put,
    /// It was deleted, by whom- or whatever.
    Delete,
}

impl Code for Revision {
    fn code(&mut self, coder: &mut Coder<'_>) {
        self.0.code(coder);
    }
}

choices! {
    ResponseBody {
        0 => Range(it), 1 => Put(it), 2 => DeleteRange(it), 3 => Txn(it), 4 => Compaction,
        5 => LeaseGrant(it), 6 => LeaseRevoke, 7 => Alarm(it), 8 => Auth(it), 9 => V2(it),
    }
    EventType { 0 => Put, 1 => Delete }
}

fields! {
    KeyValue { key, value, create_revision, mod_revision, version, lease }
    Response { revision, body }
    RangeResponse { kvs, more, count }
    DeleteRangeResponse { deleted, prev_kvs }
    TxnResponse { succeeded, responses }
    AlarmMember { member, alarm }
    Event { kind, kv, prev_kv }
}

serde_as_bytes!(KeyValue, Response, Event);
