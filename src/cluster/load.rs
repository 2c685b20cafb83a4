//! Loads: what a client asks by itself, again and again.

use crate::kv::{
    CodeError,
    code::{Code, Coder, choices, decode, encode, serde_as_bytes},
};
use crate::raft::NodeId;
use thiserror::Error;

/// The requests that a client makes up. It draws them from a random stream of its own, so that
/// they do not change when something else in the world does.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Load {
    /// How many requests in a second, on average, from 1 to [`Load::MAX_PER_SECOND`]. The gaps
    /// between them vary from nothing to twice the mean.
    pub per_second: u64,
    /// How many keys there are, from 1 to [`Load::MAX_KEYS`]: `load/0`, `load/1`, ….
    pub keys: u64,
    /// How the keys are chosen.
    pub choice: KeyChoice,
    /// How many of a hundred requests read.
    pub reads: u64,
    /// How many of a hundred requests compare what the client saw last of the key, and put a new
    /// value if it is still there; what is left puts a new value in any case.
    pub swaps: u64,
    /// How many bytes a value has at least.
    pub value_bytes: u64,
    /// The members that are asked, in turn; none means all.
    pub members: Vec<NodeId>,
    /// How many of a hundred reads may be stale (serializable reads).
    pub stale: u64,
    /// How many of a hundred puts go with a lease. The client grants itself one, uses it for
    /// [`Load::PUTS_PER_LEASE`] puts, and then revokes it or lets it expire, in turn.
    pub leased: u64,
}

/// How keys are chosen.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default)]
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
            stale: 0,
            leased: 0,
        }
    }
}

/// Why a load is refused.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Error)]
pub enum LoadError {
    /// Too few or too many requests.
    #[error("a client makes 1 to {max} requests in a second, not {0}", max = Load::MAX_PER_SECOND)]
    Rate(u64),
    /// Too few or too many keys.
    #[error("a load has 1 to {max} keys, not {0}", max = Load::MAX_KEYS)]
    Keys(u64),
    /// More than all.
    #[error("reads and swaps together are at most 100 of 100 requests, not {0}")]
    Shares(u64),
    /// More than all.
    #[error("at most 100 of 100 requests of a load are stale reads or go with a lease, not {0}")]
    Share(u64),
    /// The values are too large.
    #[error("a value of a load has at most {max} bytes, not {0}", max = Load::MAX_VALUE_BYTES)]
    Value(u64),
}

impl Load {
    /// The most requests in a second.
    pub const MAX_PER_SECOND: u64 = 1_000;
    /// The most keys.
    pub const MAX_KEYS: u64 = 1_000;
    /// The largest value, in bytes.
    pub const MAX_VALUE_BYTES: u64 = 65_536;
    /// For how many puts a lease is used.
    pub const PUTS_PER_LEASE: u64 = 8;
    /// How long such a lease lives, in seconds (at least: members have a shortest time of their own).
    pub const LEASE_SECONDS: i64 = 2;

    /// Checks the limits.
    ///
    /// # Errors
    /// The first number that makes no sense, and what would.
    pub fn validate(&self) -> Result<(), LoadError> {
        let shares = self.reads.saturating_add(self.swaps);
        if !(1..=Load::MAX_PER_SECOND).contains(&self.per_second) {
            Err(LoadError::Rate(self.per_second))
        } else if !(1..=Load::MAX_KEYS).contains(&self.keys) {
            Err(LoadError::Keys(self.keys))
        } else if shares > 100 {
            Err(LoadError::Shares(shares))
        } else if self.stale.max(self.leased) > 100 {
            Err(LoadError::Share(self.stale.max(self.leased)))
        } else if self.value_bytes > Load::MAX_VALUE_BYTES {
            Err(LoadError::Value(self.value_bytes))
        } else {
            Ok(())
        }
    }
}

impl Code for NodeId {
    fn code(&mut self, coder: &mut Coder<'_>) {
        self.0.code(coder);
    }
}

choices! { KeyChoice { 0 => Uniform, 1 => Zipf } }

/// What came later is written only where it says something, so that loads of older links are read
/// and written as they were.
impl Code for Load {
    fn code(&mut self, coder: &mut Coder<'_>) {
        self.per_second.code(coder);
        self.keys.code(coder);
        self.choice.code(coder);
        self.reads.code(coder);
        self.swaps.code(coder);
        self.value_bytes.code(coder);
        self.members.code(coder);
        let more = match coder.reads() {
            true => !coder.is_at_end(),
            false => (self.stale, self.leased) != (0, 0),
        };
        if more {
            self.stale.code(coder);
            self.leased.code(coder);
        }
    }
}

serde_as_bytes!(Load);

impl Load {
    /// As bytes.
    pub fn encode(&self) -> Vec<u8> {
        encode(self)
    }

    /// What the bytes were made of.
    ///
    /// # Errors
    /// For bytes that `encode` did not make.
    pub fn decode(bytes: &[u8]) -> Result<Load, CodeError> {
        decode(bytes)
    }
}
