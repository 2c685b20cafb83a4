//! Judging recorded operations: `quorum-headless check-history` and the search behind it.

mod brute_force;
mod files;
mod random;
