//! Having a saved session again, by doing again what was done.
//!
//! What was saved may come from anywhere, so nothing in it is believed: its claims are checked
//! before anything is done, limits bound what it may cost, and an action that is impossible at
//! its place ends the replay with a reason.

use super::position::Position;
use super::recording::{RecordedAction, Recording};
use super::saved::{Saved, SavedBranch};
use super::session::{BranchError, BranchId, Session};
use crate::cluster::{ActionError, WorldOptionsError};
use crate::sim::SimTime;
use thiserror::Error;

/// A saved session may have so many branches.
pub const MAX_BRANCHES: usize = 200;

/// A saved session may have so many actions in all its branches together.
pub const MAX_ACTIONS: usize = 100_000;

/// Opening a saved session may take so many steps: some hours of a busy cluster.
pub const MAX_STEPS: u64 = 10_000_000;

/// A saved session may end at this moment at the latest: after 100 days.
pub const MAX_TIME: SimTime = SimTime(100 * 24 * 3_600 * 1_000_000);

/// Why a saved session cannot be had again.
#[derive(Clone, PartialEq, Eq, Debug, Error)]
pub enum ReplayError {
    /// The options are refused.
    #[error("the options of this recording are impossible: {0}")]
    Options(#[from] WorldOptionsError),
    /// An action is impossible where it stands.
    #[error("the action at step {step} of this recording is impossible: {error}")]
    Action {
        /// The step.
        step: u64,
        /// Why.
        error: ActionError,
    },
    /// A place is not in the order of the steps, or the run has no such place.
    #[error(
        "this recording does not fit its own run: step {step} cannot be at {time}; it was made by another version, or changed by hand"
    )]
    Place {
        /// The step.
        step: u64,
        /// The moment at which it should be.
        time: SimTime,
    },
    /// It takes too long to play.
    #[error(
        "this recording is too long to be opened: its branches have {0} steps, and {MAX_STEPS} is the limit"
    )]
    TooManySteps(u64),
    /// It ends too late.
    #[error("this recording is too long to be opened: it ends at {0}, and {MAX_TIME} is the limit")]
    TooLate(SimTime),
    /// There are too many actions.
    #[error(
        "this recording is too long to be opened: it has {0} actions, and {MAX_ACTIONS} is the limit"
    )]
    TooManyActions(usize),
    /// There are too many branches.
    #[error("this recording has {0} branches; between 1 and {MAX_BRANCHES} can be opened")]
    Branches(usize),
    /// Branches refer to each other in an impossible way.
    #[error("branch {0} of this recording leaves a branch that does not come before it")]
    Parent(usize),
    /// A name is refused.
    #[error("a branch of this recording has an impossible name: {0}")]
    Name(#[from] BranchError),
}

/// How far a replay is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Progress {
    /// Steps done.
    pub done: u64,
    /// Steps to do in all.
    pub total: u64,
}

/// A replay in slices, so that a page stays responsive meanwhile.
#[derive(Debug)]
pub struct Replayer {
    saved: Saved,
    session: Session,
    /// The branches that have been begun.
    ids: Vec<BranchId>,
    /// How many actions of the last one of them are done.
    actions: usize,
    progress: Progress,
}

/// What became of a slice.
#[derive(Debug)]
pub enum Replay {
    /// There is more to do.
    Running(Box<Replayer>),
    /// The session is as it was when it was saved.
    Done(Box<Session>),
}

impl Saved {
    /// Has the session again at once.
    ///
    /// # Errors
    /// A session that nobody can have saved.
    pub fn replay(self) -> Result<Session, ReplayError> {
        let mut replay = Replay::Running(Box::new(Replayer::new(self)?));
        loop {
            match replay {
                Replay::Running(replayer) => replay = replayer.advance(u64::MAX)?,
                Replay::Done(session) => return Ok(*session),
            }
        }
    }

    /// Checks everything that can be checked without playing.
    fn check(&self) -> Result<(), ReplayError> {
        let branches = self.branches.len();
        if !(1..=MAX_BRANCHES).contains(&branches) || self.current >= branches {
            return Err(ReplayError::Branches(branches));
        }
        let actions = self
            .branches
            .iter()
            .map(|branch| branch.actions.len())
            .sum();
        if actions > MAX_ACTIONS {
            return Err(ReplayError::TooManyActions(actions));
        }
        for (number, branch) in self.branches.iter().enumerate() {
            let parent = branch.parent.map(|parent| (parent, number));
            if parent.is_none() != (number == 0) || parent.is_some_and(|(p, n)| p >= n) {
                return Err(ReplayError::Parent(number));
            }
            branch.check()?;
        }
        if self.branches[0].fork != Position::START {
            return Err(self.branches[0].fork.into());
        }
        let steps = self.steps();
        if steps > MAX_STEPS {
            return Err(ReplayError::TooManySteps(steps));
        }
        Ok(())
    }

    /// How many steps all branches have after their forks.
    fn steps(&self) -> u64 {
        let steps = self.branches.iter().map(SavedBranch::steps);
        steps.fold(0, u64::saturating_add)
    }
}

impl SavedBranch {
    fn steps(&self) -> u64 {
        self.end.step.saturating_sub(self.fork.step)
    }

    /// The places have to come in order, and within the limits.
    fn check(&self) -> Result<(), ReplayError> {
        let mut last = self.fork;
        for action in &self.actions {
            let place = action.place();
            if place.step <= last.step || place.time < last.time {
                return Err(place.into());
            }
            last = place;
        }
        if self.end.step < last.step || self.end.time < last.time {
            return Err(self.end.into());
        }
        if self.end.time > MAX_TIME {
            return Err(ReplayError::TooLate(self.end.time));
        }
        Ok(())
    }
}

impl Recording {
    /// Has the run again, up to its end.
    ///
    /// # Errors
    /// A recording that no run can have made.
    pub fn replay(&self) -> Result<Session, ReplayError> {
        Saved::from(self.clone()).replay()
    }
}

impl RecordedAction {
    fn place(&self) -> Position {
        Position {
            step: self.step,
            time: self.time,
        }
    }
}

impl From<Position> for ReplayError {
    fn from(Position { step, time }: Position) -> ReplayError {
        ReplayError::Place { step, time }
    }
}

impl Replayer {
    /// Gets ready to have a session again.
    ///
    /// # Errors
    /// What can be told to be impossible without playing, and what is beyond the limits.
    pub fn new(saved: Saved) -> Result<Replayer, ReplayError> {
        saved.check()?;
        let session = Session::new(saved.options.clone(), saved.seed)?;
        let total = saved.steps();
        let mut replayer = Replayer {
            ids: vec![session.current_branch()],
            session,
            actions: 0,
            progress: Progress { done: 0, total },
            saved,
        };
        replayer.name()?;
        Ok(replayer)
    }

    /// How far it is.
    pub fn progress(&self) -> Progress {
        self.progress
    }

    /// Goes on for about so many steps.
    ///
    /// # Errors
    /// The saved session cannot have been.
    pub fn advance(mut self: Box<Self>, steps: u64) -> Result<Replay, ReplayError> {
        let mut budget = steps.max(1);
        loop {
            let branch = &self.saved.branches[self.ids.len() - 1];
            let action = branch.actions.get(self.actions).cloned();
            let until = match &action {
                Some(action) => Position {
                    step: action.step - 1,
                    time: action.time,
                },
                None => branch.end,
            };
            if !self.play(until, &mut budget)? {
                return Ok(Replay::Running(self));
            }
            match action {
                Some(action) => self.act(action, &mut budget)?,
                None if self.ids.len() == self.saved.branches.len() => return self.finish(),
                None => self.open()?,
            }
        }
    }

    /// Lets happen what happens until a place. `false` if the budget ends before.
    fn play(&mut self, until: Position, budget: &mut u64) -> Result<bool, ReplayError> {
        while self.session.steps() < until.step {
            if *budget == 0 {
                return Ok(false);
            }
            let next = self.session.world().next_time();
            if next.is_none_or(|next| next > until.time) {
                return Err(until.into());
            }
            self.session.step();
            self.count(budget);
        }
        if !self.session.wait_until(until.time) {
            return Err(until.into());
        }
        Ok(true)
    }

    fn act(&mut self, action: RecordedAction, budget: &mut u64) -> Result<(), ReplayError> {
        let RecordedAction { step, action, .. } = action;
        self.session
            .act(action)
            .map_err(|error| ReplayError::Action { step, error })?;
        self.actions += 1;
        self.count(budget);
        Ok(())
    }

    fn count(&mut self, budget: &mut u64) {
        self.progress.done += 1;
        *budget = budget.saturating_sub(1);
    }

    /// Begins the next branch.
    fn open(&mut self) -> Result<(), ReplayError> {
        let branch = &self.saved.branches[self.ids.len()];
        let parent = branch.parent.unwrap_or(0);
        self.session.switch_branch(self.ids[parent])?;
        self.session.seek_position(branch.fork);
        if self.session.position() != branch.fork {
            return Err(branch.fork.into());
        }
        self.session.fork();
        self.ids.push(self.session.current_branch());
        self.actions = 0;
        self.name()
    }

    /// Names the branch that has just been begun.
    fn name(&mut self) -> Result<(), ReplayError> {
        let name = &self.saved.branches[self.ids.len() - 1].name;
        let id = self.session.current_branch();
        Ok(self.session.rename_branch(id, name)?)
    }

    fn finish(mut self: Box<Self>) -> Result<Replay, ReplayError> {
        let playhead = self.saved.playhead;
        self.session.switch_branch(self.ids[self.saved.current])?;
        self.session.seek_position(playhead);
        if self.session.position() != playhead {
            return Err(playhead.into());
        }
        Ok(Replay::Done(Box::new(self.session)))
    }
}
