//! Quorum: an etcd cluster that runs inside a web page, made to be broken and understood.

pub mod raft;
