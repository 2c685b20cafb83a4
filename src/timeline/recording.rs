//! A recording: all that is needed to have the same run again.

use super::position::Position;
use crate::cluster::{Action, WorldOptions};
use crate::sim::SimTime;

/// Options, seed and actions. A run is a pure function of these.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Recording {
    /// The options of the world.
    pub options: WorldOptions,
    /// Its seed.
    pub seed: u64,
    /// What was done to it, in order.
    pub actions: Vec<RecordedAction>,
    /// Where it ends, at or after the last action.
    pub end: Position,
}

/// An action and its place in the run.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct RecordedAction {
    /// The step that the action is: all earlier steps happen before it. It tells apart events of
    /// the same moment.
    pub step: u64,
    /// The moment of the action.
    pub time: SimTime,
    /// What was done.
    pub action: Action,
}
