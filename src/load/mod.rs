//! Loads to measure: the bare core in a loop in memory, the whole world, and a session.
//!
//! Nothing here looks at a clock. A load does so much work and says how much it was; whoever
//! calls it takes the time, natively or in a browser.
//!
//! The first two keep a number of writes under way at the leader all the time: with one, every
//! message waits for the one before; with 64, entries travel together.

mod core;
mod session;
mod world;

pub use self::core::CoreLoad;
pub use session::SessionLoad;
pub use world::{WorldLoad, minutes};
