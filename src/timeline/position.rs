//! Places in a run.

use crate::cluster::World;
use crate::sim::SimTime;

/// A place in a run: how many steps have happened, and the moment. Time passes between steps too,
/// and many steps may share a moment, so it takes both.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Default)]
pub struct Position {
    /// How many steps have happened.
    pub step: u64,
    /// The moment.
    pub time: SimTime,
}

impl Position {
    /// The beginning of every run.
    pub const START: Position = Position {
        step: 0,
        time: SimTime::ZERO,
    };

    pub(super) fn of(world: &World) -> Position {
        Position {
            step: world.steps(),
            time: world.now(),
        }
    }
}
