//! The store: what each request does, in etcd's words and numbers, as the transcripts of a real
//! etcd show it; and a naive store to compare it with.

mod alarms;
mod auth;
mod bytes;
mod compaction;
mod keys;
mod leases;
mod limits;
mod model;
mod naive;
mod support;
mod txn;
mod v2;
mod watch;
