//! Raft.

pub mod message;
pub mod ready;
pub mod types;

pub use message::*;
pub use ready::*;
pub use types::*;
