//! The tests of `quorum::raft`: see `tests/README.md` for what is where.

mod cluster;
mod smoke;
