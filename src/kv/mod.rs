//! etcd's data model: keys with values and revisions, as a pure state machine.
//!
//! [`Store::apply`] is a function of the store and the request and nothing else, so every member
//! that applies the same log reaches the same store. Limits that etcd checks before a request
//! enters the log are in [`Request::validate`].

mod auth;
pub(crate) mod code;
mod error;
mod lease;
mod mvcc;
mod range;
mod request;
mod response;
mod store;
mod txn;
mod v2;
mod validate;
mod watch;

pub use auth::{
    Auth, AuthRequest, AuthResponse, AuthStatus, Caller, Credentials, Permission, PermissionType,
    RoleName, RolePermission, UserAddRequest, UserName, UserRole, password_digest,
};
pub use code::CodeError;
pub use error::KvError;
pub use lease::{Lease, LeaseId};
pub use range::{KeyRange, prefix_end};
pub use request::{
    AlarmAction, AlarmRequest, AlarmType, CompactionRequest, Compare, CompareResult, CompareTarget,
    DeleteRangeRequest, LeaseGrantRequest, MAX_LEASE_TTL, MAX_REQUEST_BYTES, MAX_TXN_OPS,
    PutRequest, RangeRequest, Request, RequestOp, SortOrder, SortTarget, TxnRequest,
};
pub use response::{
    AlarmMember, DeleteRangeResponse, Event, EventType, KeyValue, RangeResponse, Response,
    ResponseBody, Revision, TxnResponse,
};
pub use store::{HashKv, Store};
pub use v2::{V2Action, V2Error, V2Event, V2Method, V2Node, V2Request, V2Response, V2Store};
pub use watch::{WatchBatch, WatchFilter};
