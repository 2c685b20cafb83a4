//! etcd's data model: keys with values and revisions, as a pure state machine.
//!
//! [`Store::apply`] is a function of the store and the request and nothing else, so every member
//! that applies the same log reaches the same store. Limits that etcd checks before a request
//! enters the log are in [`Request::validate`].

mod request;
mod store;

pub use request::{MAX_REQUEST_BYTES, Request, RequestError, Response, ResponseBody};
pub use store::{KeyValue, Revision, Store};
