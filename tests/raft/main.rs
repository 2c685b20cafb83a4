//! The tests of `quorum::raft`: see `tests/README.md` for what is where.
#![cfg(not(target_arch = "wasm32"))]

mod arithmetic;
mod chaos;
mod cluster;
mod dissertation;
mod driver;
mod hostile;
mod paper;
mod plain;
mod print;
mod rules;
mod smoke;
mod solo;
mod stories;
