//! The store of version 2 of etcd's interface: a tree of directories and files (`v2store`).

mod history;
mod request;
mod store;
mod tree;

pub use request::{V2Action, V2Error, V2Event, V2Method, V2Node, V2Request, V2Response};
pub use store::V2Store;
