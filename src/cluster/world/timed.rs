//! Faults that end by themselves, and plans.

use super::super::action::Action;
use super::super::action_error::ActionError;
use super::super::trace::Fact;
use super::check::require;
use super::{Pending, World};
use crate::raft::NodeId;
use crate::sim::{FaultId, FlightId, HeldBy, SimTime};

/// How many plans there can be at a time.
const MAX_PLANS: usize = 1_000;

/// Something that happens to the world by itself, later.
#[derive(Clone, Debug)]
pub(super) enum Timed {
    /// An action that is done later.
    Plan(Action, SimTime),
    /// A fault that is undone later.
    Fault {
        action: Action,
        until: SimTime,
        /// For a crash: the number of the process that crashed.
        start: u64,
    },
}

/// A fault that was given for a while and is not over.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct ActiveFault<'a> {
    /// Its identity.
    pub id: FaultId,
    /// What was done.
    pub action: &'a Action,
    /// When it will be undone.
    pub until: SimTime,
}

impl World {
    /// The faults that end by themselves and have not ended, oldest first. What somebody has undone
    /// before its time is not among them.
    pub fn active_faults(&self) -> impl Iterator<Item = ActiveFault<'_>> {
        self.timed.iter().filter_map(|(id, timed)| match timed {
            Timed::Fault {
                action,
                until,
                start,
                ..
            } if self.is_active(*id, action, *start) => Some(ActiveFault {
                id: *id,
                action,
                until: *until,
            }),
            _ => None,
        })
    }

    /// What is planned, in the order in which it was planned, and when it is due.
    pub fn plans(&self) -> impl Iterator<Item = (&Action, SimTime)> {
        self.timed.values().filter_map(|timed| match timed {
            Timed::Plan(action, time) => Some((action, *time)),
            Timed::Fault { .. } => None,
        })
    }

    pub(super) fn check_plan(&self, action: &Action, time: SimTime) -> Result<(), ActionError> {
        let plan = matches!(action, Action::At { .. });
        require(!plan, ActionError::PlanOfPlan)?;
        require(
            time >= self.outside.now,
            ActionError::InThePast(time, self.outside.now),
        )?;
        let room = self.plans().count() < MAX_PLANS;
        require(room, ActionError::TooManyPlans(MAX_PLANS))?;
        match self.check(action) {
            // What is impossible now may be possible then.
            Err(error) if error.is_for_good() => Err(error),
            _ => Ok(()),
        }
    }

    /// Something begins that ends by itself.
    pub(super) fn begin(&mut self, action: Action, for_us: u64) {
        let id = self.next_fault();
        let until = self.outside.now.after(for_us);
        self.outside.queue.schedule(until, Pending::Timed(id));
        let start = crashing(&action).map_or(0, |member| self.members[member].starts());
        let fault = Timed::Fault {
            action: action.clone(),
            until,
            start,
        };
        self.timed.insert(id, fault);
        self.perform(action, Some(id));
    }

    /// Something will be done.
    pub(super) fn plan(&mut self, action: Action, time: SimTime) {
        let id = self.next_fault();
        self.outside.queue.schedule(time, Pending::Timed(id));
        self.timed.insert(id, Timed::Plan(action, time));
    }

    fn next_fault(&mut self) -> FaultId {
        self.given += 1;
        FaultId(self.given)
    }

    /// A plan is due, or a fault ends.
    pub(super) fn timed_event(&mut self, id: FaultId) {
        match self.timed.remove(&id) {
            None => {}
            Some(Timed::Plan(action, _)) => match self.check(&action) {
                Ok(()) => {
                    self.note(Fact::Acted(Box::new(action.clone())));
                    self.perform(action, None);
                }
                Err(error) => self.note(Fact::Refused {
                    action: Box::new(action),
                    reason: error.to_string(),
                }),
            },
            Some(Timed::Fault { action, start, .. }) if self.is_active(id, &action, start) => {
                self.note(Fact::Ended {
                    action: Box::new(action.clone()),
                });
                self.undo(id, &action);
            }
            Some(Timed::Fault { .. }) => {}
        }
    }

    /// Whether there is something left to undo.
    fn is_active(&self, id: FaultId, action: &Action, start: u64) -> bool {
        if let Some(crashed) = crashing(action).and_then(|id| self.member(id)) {
            return crashed.server().is_none() && crashed.starts() == start;
        }
        match action {
            Action::HoldMessage { flight } => {
                let flight = self.outside.network.flight(*flight);
                flight.is_some_and(|flight| flight.is_held_by(HeldBy::Hand))
            }
            Action::SetLoad { client, .. } => {
                let working = self.loads.get(client);
                working.is_some_and(|working| working.fault == Some(id))
            }
            _ => self.outside.network.bears(id) || self.members().any(|member| member.bears(id)),
        }
    }

    fn undo(&mut self, id: FaultId, action: &Action) {
        if let Some(member) = crashing(action) {
            return self.restart(member);
        }
        if let Action::HoldMessage { flight } = action {
            return self.release_message(*flight);
        }
        if let Action::SetLoad { client, .. } = action {
            return self.set_load(*client, None, None);
        }
        if self.outside.network.lift(id) {
            self.mended_at = self.outside.now;
            self.release_held();
        }
        let ids: Vec<NodeId> = self.members.ids().collect();
        for member in ids {
            self.with_member(member, |member, now, out| {
                member.lift(now, id, out);
            });
        }
    }

    /// A message is let go: whoever held it for a while has nothing to end any more.
    pub(super) fn forget_hold(&mut self, held: FlightId) {
        let queue = &mut self.outside.queue;
        self.timed.retain(|id, timed| match timed {
            Timed::Fault {
                action: Action::HoldMessage { flight },
                ..
            } if *flight == held => {
                queue.cancel(&|event| matches!(event, Pending::Timed(other) if other == id));
                false
            }
            _ => true,
        });
    }
}

/// The member that an action crashes.
fn crashing(action: &Action) -> Option<NodeId> {
    match action {
        Action::Crash { member } | Action::TearWrite { member } => Some(*member),
        _ => None,
    }
}
