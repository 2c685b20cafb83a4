//! Loads: what a client asks by itself, again and again.

use crate::raft::NodeId;
use serde::{Deserialize, Serialize};
use thiserror::Error;

/// The requests that a client makes up. It draws them from a random stream of its own, so that
/// they do not change when something else in the world does.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
pub struct Load {
    /// How many requests in a second, on average, from 1 to [`Load::MAX_PER_SECOND`]. The gaps
    /// between them vary from nothing to twice the mean.
    pub per_second: u32,
    /// How many keys there are, from 1 to [`Load::MAX_KEYS`]: `load/0`, `load/1`, ….
    pub keys: u32,
    /// How the keys are chosen.
    pub choice: KeyChoice,
    /// How many of a hundred requests read.
    pub reads: u8,
    /// How many of a hundred requests compare what the client saw last of the key, and put a new
    /// value if it is still there; what is left puts a new value in any case.
    pub swaps: u8,
    /// How many bytes a value has at least.
    pub value_bytes: u32,
    /// The members that are asked, in turn; none means all.
    pub members: Vec<NodeId>,
}

/// How keys are chosen.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default, Serialize, Deserialize)]
pub enum KeyChoice {
    /// All keys alike.
    #[default]
    Uniform,
    /// The first key most often, the second half as often, the third a third as often, …
    Zipf,
}

impl Default for Load {
    fn default() -> Self {
        Load {
            per_second: 20,
            keys: 10,
            choice: KeyChoice::Uniform,
            reads: 50,
            swaps: 10,
            value_bytes: 0,
            members: Vec::new(),
        }
    }
}

/// Why a load is refused.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Error)]
pub enum LoadError {
    /// Too few or too many requests.
    #[error("a client makes 1 to {} requests in a second, not {0}", Load::MAX_PER_SECOND)]
    Rate(u32),
    /// Too few or too many keys.
    #[error("a load has 1 to {} keys, not {0}", Load::MAX_KEYS)]
    Keys(u32),
    /// More than all.
    #[error("reads and swaps together are at most 100 of 100 requests, not {0}")]
    Shares(u16),
    /// The values are too large.
    #[error("a value of a load has at most {} bytes, not {0}", Load::MAX_VALUE_BYTES)]
    Value(u32),
}

impl Load {
    /// The most requests in a second.
    pub const MAX_PER_SECOND: u32 = 1_000;
    /// The most keys.
    pub const MAX_KEYS: u32 = 10_000;
    /// The largest value, in bytes.
    pub const MAX_VALUE_BYTES: u32 = 65_536;

    /// Checks the limits.
    ///
    /// # Errors
    /// The first number that makes no sense, and what would.
    pub fn validate(&self) -> Result<(), LoadError> {
        let shares = u16::from(self.reads) + u16::from(self.swaps);
        if !(1..=Load::MAX_PER_SECOND).contains(&self.per_second) {
            Err(LoadError::Rate(self.per_second))
        } else if !(1..=Load::MAX_KEYS).contains(&self.keys) {
            Err(LoadError::Keys(self.keys))
        } else if shares > 100 {
            Err(LoadError::Shares(shares))
        } else if self.value_bytes > Load::MAX_VALUE_BYTES {
            Err(LoadError::Value(self.value_bytes))
        } else {
            Ok(())
        }
    }
}
