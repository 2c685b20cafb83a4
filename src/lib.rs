//! Quorum: an etcd cluster that runs inside a web page, made to be broken and understood.
//!
//! See `ARCHITECTURE.md` for the map of the code. Modules in reading order, lower ones first; a
//! module imports only from those above it in this list.

#![recursion_limit = "512"]

pub mod base;

pub mod raft;

pub mod kv;

pub mod sim;

pub mod cluster;

pub mod etcdctl;

pub mod check;

pub mod timeline;

pub mod chaos;

pub mod load;

pub mod lesson;

pub mod words;

pub mod view;

#[cfg(feature = "page")]
pub mod ui;

#[cfg(not(target_arch = "wasm32"))]
pub mod headless;
