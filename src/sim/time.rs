//! Virtual time.

use serde::Serialize;
use std::fmt;

/// A moment of virtual time, in microseconds since the start of the run. No clock of any member
/// shows it: members have clocks of their own.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Default, Serialize)]
pub struct SimTime(pub u64);

impl SimTime {
    /// The start of the run.
    pub const ZERO: SimTime = SimTime(0);

    /// This many microseconds later; the end of time if there is no such moment.
    pub fn after(self, us: u64) -> SimTime {
        SimTime(self.0.saturating_add(us))
    }

    /// The microseconds since `earlier`; 0 if that is later.
    pub fn since(self, earlier: SimTime) -> u64 {
        self.0.saturating_sub(earlier.0)
    }
}

/// Seconds with millisecond digits: `12.346 s`.
impl fmt::Display for SimTime {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{:03} s", self.0 / 1_000_000, self.0 / 1_000 % 1_000)
    }
}
