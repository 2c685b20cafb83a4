//! Chaos: random runs under all checkers.
//!
//! A run has two parts. In the *storm* clients are at work while random faults happen, drawn by the
//! weights of a [`Profile`]: some have generated loads, as in the page, others ask single things, read
//! the past, compact, and watch. Then the world is healed, and in the *calm* the cluster has to show
//! that it still works: one leader within ten election timeouts, an answer for every client, equal
//! logs, and watches that were told everything. The checkers look at every step of both.
//!
//! Everything is drawn from the seed, the options of the world too ([`Case`]), so a seed is all
//! that is needed to see a failure again. What was done is kept as a list of [`Deed`]s with their
//! times; [`shrink`] looks for a shorter list, fewer members and less time that still fail.
//!
//! Natively [`Campaign`] spreads the seeds over threads.

mod calm;
#[cfg(not(target_arch = "wasm32"))]
mod campaign;
mod case;
mod clients;
mod faults;
mod membership;
mod profile;
mod run;
mod scripts;
mod shrink;
mod storm;

pub use calm::Stuck;
#[cfg(not(target_arch = "wasm32"))]
pub use campaign::{Campaign, Finding, Tally};
pub use case::Case;
pub use profile::Profile;
pub use run::{Deed, Failure, Outcome, Story, play, replay};
pub use scripts::{Script, script_for};
pub use shrink::shrink;
