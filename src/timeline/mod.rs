//! Runs as things to keep: what was done to a world, so that it can be done again, and what
//! happened, so that it can be looked at.

mod hash;
mod recording;
mod session;

pub use hash::trace_hash;
pub use recording::{RecordedAction, Recording, ReplayError};
pub use session::Session;
