//! The tests of `quorum::raft`: see `tests/README.md` for what is where.

mod chaos;
mod cluster;
mod smoke;
