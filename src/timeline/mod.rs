//! Runs as things to keep: what was done to a world, so that it can be done again, and what
//! happened, so that it can be looked at.

mod actions;
mod chronicle;
mod hash;
mod landmark;
mod line;
mod machine;
mod position;
mod recording;
mod replay;
mod saved;
mod segment;
mod session;
mod trace;
mod wire;

pub use chronicle::{Chronicle, Cut, Happening, Lane, Mark, Standing, Stretch};
pub use hash::trace_hash;
pub use landmark::Landmark;
pub use machine::Operations;
pub use position::Position;
pub use recording::{RecordedAction, Recording};
pub use replay::{
    MAX_ACTIONS, MAX_BRANCHES, MAX_STEPS, MAX_TIME, Progress, Replay, ReplayError, Replayer,
};
pub use saved::{Saved, SavedBranch};
pub use session::{Aspect, BranchError, BranchId, BranchInfo, Comparison, Difference, Session};
pub use trace::Trace;
pub use wire::{FORMAT_VERSION, MAX_LINK, MAX_TEXT, OpenError};
