//! Leases: keys that live no longer than somebody cares for them. The store knows which there are;
//! how much time is left is the business of the members, who have clocks.

use super::code::fields;
use serde::{Deserialize, Serialize};
use std::fmt;

/// The identity of a lease; 0 is none.
#[derive(
    Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Default, Serialize, Deserialize,
)]
pub struct LeaseId(pub i64);

impl LeaseId {
    /// No lease.
    pub const NONE: LeaseId = LeaseId(0);

    /// Whether it is one.
    pub fn is_some(self) -> bool {
        self != LeaseId::NONE
    }
}

/// As etcdctl shows it: 16 hexadecimal digits.
impl fmt::Display for LeaseId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:016x}", self.0)
    }
}

/// A lease that was granted.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default)]
pub struct Lease {
    /// Its identity.
    pub id: LeaseId,
    /// The time to live that was granted, in seconds.
    pub ttl: i64,
}

impl super::code::Code for LeaseId {
    fn code(&mut self, coder: &mut super::code::Coder<'_>) {
        self.0.code(coder);
    }
}

fields! { Lease { id, ttl } }
