//! Membership changes as arithmetic on configurations (dissertation chapter 4).
//!
//! A change of one voter at a time is safe by itself: a majority of the old and one of the new
//! voters share a member. Anything larger goes through a *joint* configuration, in which both
//! the old and the new voters must agree, each with a majority (paper §6). Learners come and go
//! freely: they do not count.
//!
//! Two things are worth knowing about the way in and out of a joint configuration:
//!
//! - A voter that shall become a learner still counts among the old voters while the
//!   configuration is joint. It waits in `learners_next`, so that nobody is a voter and a
//!   learner at once, and becomes a learner when the joint configuration is left.
//! - Whoever is in the old voters alone still receives the log, until the way out.

use super::types::{ConfChange, ConfChangeStep, ConfState, NodeId, Transition};
use serde::Serialize;
use thiserror::Error;

/// Why a membership change makes no sense in a configuration.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Error, Serialize)]
pub enum ConfError {
    /// Only leaving is possible now.
    #[error("the configuration is joint: it must be left before it can change again")]
    StillJoint,
    /// There is nothing to leave.
    #[error("the configuration is not joint, so there is nothing to leave")]
    NotJoint,
    /// Nobody could ever decide anything again.
    #[error("the change would leave no voter")]
    NoVoters,
    /// `NodeId(0)` is nobody.
    #[error("a member's id must not be 0")]
    NoId,
}

impl ConfChange {
    /// One step, carried out in the simplest way that is safe.
    pub fn single(step: ConfChangeStep) -> ConfChange {
        ConfChange {
            changes: vec![step],
            ..ConfChange::default()
        }
    }

    /// The change that leaves a joint configuration.
    pub fn leave() -> ConfChange {
        ConfChange::default()
    }

    /// Whether the change leaves a joint configuration.
    pub fn is_leave(&self) -> bool {
        self.changes.is_empty()
    }

    /// Whether the change goes through a joint configuration. What does not has at most one step,
    /// and so touches at most one voter.
    fn enters_joint(&self) -> bool {
        self.transition != Transition::Auto || self.changes.len() > 1
    }
}

impl ConfState {
    /// Whether the configuration is joint.
    pub fn is_joint(&self) -> bool {
        !self.voters_outgoing.is_empty()
    }

    /// Whether the node is a voter, of the new or the old configuration.
    pub fn is_voter(&self, id: NodeId) -> bool {
        // Ids mostly count from 1, and this is asked for at every step.
        let place = id.0.wrapping_sub(1) as usize;
        self.voters.get(place) == Some(&id)
            || self.voters.contains(&id)
            || self.voters_outgoing.contains(&id)
    }

    /// Whether the node is a voter or a learner.
    pub fn is_member(&self, id: NodeId) -> bool {
        self.is_voter(id) || self.learners.contains(&id)
    }

    /// Everybody who receives the log, each once, in order.
    pub fn members(&self) -> Vec<NodeId> {
        let lists = [&self.voters[..], &self.voters_outgoing, &self.learners];
        let mut all = lists.concat();
        all.sort();
        all.dedup();
        all
    }

    /// The configuration after this change.
    ///
    /// # Errors
    /// Why the change makes no sense here.
    pub fn changed(&self, change: &ConfChange) -> Result<ConfState, ConfError> {
        if change.is_leave() {
            return self.left();
        }
        if self.is_joint() {
            return Err(ConfError::StillJoint);
        }
        let mut next = self.clone();
        if change.enters_joint() {
            if self.voters.is_empty() {
                return Err(ConfError::NoVoters);
            }
            next.voters_outgoing = self.voters.clone();
            next.auto_leave = change.transition != Transition::JointExplicit;
        }
        for step in &change.changes {
            next.take_step(*step)?;
        }
        if next.voters.is_empty() {
            return Err(ConfError::NoVoters);
        }
        Ok(next)
    }

    /// The configuration after the joint one.
    fn left(&self) -> Result<ConfState, ConfError> {
        if !self.is_joint() {
            return Err(ConfError::NotJoint);
        }
        let mut next = self.clone();
        for id in std::mem::take(&mut next.learners_next) {
            insert(&mut next.learners, id);
        }
        next.voters_outgoing.clear();
        next.auto_leave = false;
        Ok(next)
    }

    fn take_step(&mut self, step: ConfChangeStep) -> Result<(), ConfError> {
        let (ConfChangeStep::AddVoter(id)
        | ConfChangeStep::AddLearner(id)
        | ConfChangeStep::Remove(id)) = step;
        if id == NodeId(0) {
            return Err(ConfError::NoId);
        }
        remove(&mut self.voters, id);
        remove(&mut self.learners, id);
        remove(&mut self.learners_next, id);
        match step {
            ConfChangeStep::AddVoter(_) => insert(&mut self.voters, id),
            ConfChangeStep::AddLearner(_) if self.voters_outgoing.contains(&id) => {
                insert(&mut self.learners_next, id);
            }
            ConfChangeStep::AddLearner(_) => insert(&mut self.learners, id),
            ConfChangeStep::Remove(_) => {}
        }
        Ok(())
    }
}

fn insert(list: &mut Vec<NodeId>, id: NodeId) {
    if let Err(place) = list.binary_search(&id) {
        list.insert(place, id);
    }
}

fn remove(list: &mut Vec<NodeId>, id: NodeId) {
    list.retain(|other| *other != id);
}
