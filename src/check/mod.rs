//! The checkers: properties that must hold in every run, looked at after every step.
//!
//! A [`Checker`] watches from outside. After each step it is given the new facts of the trace and
//! the world, and compares them with all that it saw before: who led which term, which entries
//! were ever in a log, what was ever taken for committed, what is on the disks. It shares no
//! logic with what it checks: majorities, overlaps and prefixes are worked out again here, by
//! their definitions (`quorum`).
//!
//! There is one file for each group of properties, with its own small state and its own tests:
//!
//! | file | properties |
//! |---|---|
//! | `elections` | Election Safety |
//! | `votes` | One Vote per Term |
//! | `logs` | Log Matching, Leader Append-Only |
//! | `commits` | Leader Completeness; no two commits of different entries at one index |
//! | `applied` | State Machine Safety |
//! | `durability` | Committed Is Durable, Match Index Is True |
//! | `backwards` | Nothing Goes Back |
//! | `configurations` | Quorums Overlap |
//! | `messages` | Nothing Unsent Arrives |
//! | `answers` | Fresh Answers |
//! | `histories` | Linearizability, by `linear` and `spec` |
//! | `past` | what each revision changed, by `spec`: what the next two compare with |
//! | `one_revision` | Reads Show One Revision |
//! | `watches` | Watches Are Whole |
//!
//! `checker` reads the facts and the members and asks these files. The work of a step depends on
//! what the step changed, never on the length of the run; what is kept grows by about a hundred
//! bytes for each entry of the log, and clones share it.
//!
//! Two caveats. What a member does within one step is seen only by its facts and its messages,
//! not by its memory in between. And an entry that is replaced in the middle of a log in memory,
//! under an unchanged end, is noticed only when it reaches the disk.

mod answers;
mod applied;
mod backwards;
mod by_index;
mod checker;
mod commits;
mod configurations;
mod durability;
mod elections;
mod histories;
pub mod linear;
mod logs;
mod messages;
mod one_revision;
mod past;
mod quorum;
mod report;
mod sorted;
pub mod spec;
mod votes;
mod watches;

pub use checker::Checker;
pub use report::Count;
