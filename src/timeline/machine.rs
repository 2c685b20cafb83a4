//! A world that can be copied cheaply at any moment, with what its clients have seen.

use super::position::Position;
use crate::check::Checker;
use crate::cluster::{
    Action, ActionError, Fact, Operation, TraceEvent, Violation, World, WorldOptions,
    WorldOptionsError,
};
use crate::sim::SimTime;
use rpds::VectorSync;
use std::sync::Arc;

/// What clients have asked for, oldest first. It can be asked like a slice, and copies share what
/// they have in common.
pub type Operations = VectorSync<Operation>;

/// A run at one moment. Copies share whatever has not changed between them.
#[derive(Clone, Debug)]
pub(super) struct Machine {
    world: World,
    operations: Operations,
    checker: Checker,
    /// What the checkers have found, oldest first.
    violations: Arc<Vec<Violation>>,
    /// How many facts there have been.
    facts: usize,
    /// Empty between steps: kept for its room.
    news: Vec<TraceEvent>,
}

impl Machine {
    /// A new run at time 0.
    pub fn new(
        options: WorldOptions,
        seed: u64,
        facts: &mut dyn FnMut(TraceEvent),
    ) -> Result<Machine, WorldOptionsError> {
        let mut machine = Machine {
            world: World::new(options, seed)?,
            operations: Operations::new_sync(),
            checker: Checker::default(),
            violations: Arc::default(),
            facts: 0,
            news: Vec::new(),
        };
        machine.collect(facts);
        Ok(machine)
    }

    pub fn world(&self) -> &World {
        &self.world
    }

    /// Everything that clients have asked for, oldest first.
    pub fn operations(&self) -> &Operations {
        &self.operations
    }

    /// What the checkers have looked at.
    pub fn checker(&self) -> &Checker {
        &self.checker
    }

    /// What the checkers have found, oldest first.
    pub fn violations(&self) -> &[Violation] {
        &self.violations
    }

    /// Makes copies cheaper.
    pub fn share(&mut self) {
        self.world.share();
    }

    /// How many facts there have been.
    pub fn facts(&self) -> usize {
        self.facts
    }

    pub fn position(&self) -> Position {
        Position::of(&self.world)
    }

    /// Lets the next event happen. `false` if there is none.
    pub fn step(&mut self, facts: &mut dyn FnMut(TraceEvent)) -> bool {
        let happened = self.world.step();
        self.collect(facts);
        happened
    }

    /// Lets time pass until `time` without letting events happen. `false`, and nothing has
    /// changed, if that is impossible.
    pub fn wait_until(&mut self, time: SimTime) -> bool {
        self.world.wait_until(time)
    }

    pub fn act(
        &mut self,
        action: Action,
        facts: &mut dyn FnMut(TraceEvent),
    ) -> Result<(), ActionError> {
        self.world.act(action)?;
        self.collect(facts);
        Ok(())
    }

    /// Takes the facts of the last step over, and passes them on, with what the checkers say about
    /// them.
    fn collect(&mut self, facts: &mut dyn FnMut(TraceEvent)) {
        let mut news = std::mem::take(&mut self.news);
        self.world.swap_trace(&mut news);
        let violations = self.checker.observe(&news, &self.world);
        self.facts += news.len() + violations.len();
        for event in news.drain(..) {
            self.note(&event);
            facts(event);
        }
        self.news = news;
        if !violations.is_empty() {
            Arc::make_mut(&mut self.violations).extend_from_slice(&violations);
        }
        for violation in violations {
            facts(TraceEvent {
                time: self.world.now(),
                step: self.world.steps(),
                fact: Fact::Violated(Box::new(violation)),
            });
        }
    }

    fn note(&mut self, event: &TraceEvent) {
        match &event.fact {
            Fact::Called {
                operation,
                client,
                member,
                call,
                ..
            } => self.operations.push_back_mut(Operation {
                id: *operation,
                client: *client,
                member: *member,
                call: call.clone(),
                called: event.time,
                returned: None,
            }),
            Fact::Returned {
                operation, outcome, ..
            } => {
                let place = usize::try_from(operation.0 - 1).unwrap_or(usize::MAX);
                if let Some(ended) = self.operations.get_mut(place) {
                    ended.returned = Some((event.time, outcome.clone()));
                }
            }
            _ => {}
        }
    }
}
