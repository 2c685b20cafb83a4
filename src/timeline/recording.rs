//! A recording: all that is needed to have the same run again.

use crate::cluster::{Action, ActionError, World, WorldOptions, WorldOptionsError};
use crate::sim::SimTime;
use thiserror::Error;

/// Options, seed and actions. A run is a pure function of these.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Recording {
    /// The options of the world.
    pub options: WorldOptions,
    /// Its seed.
    pub seed: u64,
    /// What was done to it, in order.
    pub actions: Vec<RecordedAction>,
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

/// Why a recording cannot be played.
#[derive(Clone, PartialEq, Eq, Debug, Error)]
pub enum ReplayError {
    /// The options are refused.
    #[error("{0}")]
    Options(#[from] WorldOptionsError),
    /// An action is impossible where it stands.
    #[error("the action at step {step} is impossible: {error}")]
    Action {
        /// The step.
        step: u64,
        /// Why.
        error: ActionError,
    },
    /// The actions are not in the order of their steps, or name a step or a time that the run
    /// has not.
    #[error("the action at step {step} has no such place in this run")]
    Place {
        /// The step.
        step: u64,
    },
}

impl Recording {
    /// Plays the recording up to and including its last action.
    ///
    /// # Errors
    /// A recording that no run can have made.
    pub fn replay(&self) -> Result<World, ReplayError> {
        let mut world = World::new(self.options.clone(), self.seed)?;
        for recorded in &self.actions {
            let step = recorded.step;
            while world.steps() + 1 < step {
                if world.next_time().is_none_or(|next| next > recorded.time) {
                    return Err(ReplayError::Place { step });
                }
                world.step();
            }
            // Events of the action's own moment may follow it, so time moves without them.
            if world.steps() + 1 != step || !world.wait_until(recorded.time) {
                return Err(ReplayError::Place { step });
            }
            world
                .act(recorded.action.clone())
                .map_err(|error| ReplayError::Action { step, error })?;
        }
        Ok(world)
    }
}
