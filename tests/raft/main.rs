//! The tests of `quorum::raft`: see `tests/README.md` for what is where.
#![cfg(not(target_arch = "wasm32"))]

mod chaos;
mod cluster;
mod print;
mod smoke;
mod stories;
