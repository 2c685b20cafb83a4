//! Raft.

pub mod electorate;
pub mod membership;
pub mod message;
pub mod node;
pub mod options;
pub mod progress;
pub mod ready;
pub mod rules;
pub mod types;

mod log;
mod shared_vec;

pub use membership::*;
pub use message::*;
pub use node::*;
pub use options::*;
pub use progress::*;
pub use ready::*;
pub use shared_vec::SharedVec;
pub use types::*;
