//! Scripts: stories of a cluster that can be told, played and judged.
//!
//! A script is plain text, one statement per line. It starts a cluster, does things to it, lets
//! time pass and says what must be true:
//!
//! ```text
//! start 5 members seed 7
//! wait until leader
//! put name joe via follower:1
//! wait until value name = joe at all
//!
//! let old be leader
//! crash old
//! wait until leader within 2s       # the other four elect a new one
//! expect not leader is old
//! expect value name = joe at running
//! ```
//!
//! `docs/script.md` is the manual, with the grammar. The same language serves tests,
//! `quorum-headless`, and the scenarios and lessons of the page.
//!
//! # The parts
//! - `script`: what a script says, as typed values.
//! - `token` and `parser`: from text to those values, or to [`ScriptErrors`]: one readable error
//!   for each bad line, with its place, what was expected there and a guess at what was meant.
//! - `cast`: who `leader`, `follower:1` or `minority` is at a given moment.
//! - `judge`: whether a condition holds, and what is the case instead.
//! - `runner`: does what the script says to a [`Session`](crate::timeline::Session), one small
//!   step at a time and never further than the caller allows, so that the page can play a script
//!   as slowly as it likes.
//!
//! # What a script cannot do
//! It has no branches, loops or arithmetic: a story that needs them is two stories. Whatever it
//! does to the world is an [`Action`](crate::cluster::Action), so that a recording of its run needs
//! no script to be played again.

mod cast;
mod error;
mod faults;
mod judge;
mod parser;
mod runner;
mod scenarios;
mod script;
mod state;
mod token;

pub use error::{Place, ScriptError, ScriptErrors};
pub use faults::{Ends, Fault, LinkFault, MemberFault, MessageFault, Side, Timing, When};
pub use parser::{MAX_SCRIPT_BYTES, MAX_STATEMENTS};
pub use runner::{Failure, FailureKind, Progress, Runner, Verdict};
pub use scenarios::{SCENARIOS, Scenario};
pub use script::{
    Answer, Comparison, Condition, EntryState, Equality, Group, Members, MembersItem, Number,
    Quantifier, Quantity, RoleWord, Script, Start, Statement, StatementKind, Target, Test, Trait,
    Who,
};
