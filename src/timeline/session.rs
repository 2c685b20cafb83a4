//! A session: a run that somebody watches and acts upon.

use super::hash::trace_hash;
use super::recording::{RecordedAction, Recording};
use crate::check::Checker;
use crate::cluster::{
    Action, ActionError, Fact, Operation, TraceEvent, World, WorldOptions, WorldOptionsError,
};
use crate::sim::SimTime;

/// A world with its recording, its trace and the history of its clients.
#[derive(Clone, Debug)]
pub struct Session {
    world: World,
    recording: Recording,
    trace: Vec<TraceEvent>,
    operations: Vec<Operation>,
    checker: Checker,
}

impl Session {
    /// A new run at time 0.
    ///
    /// # Errors
    /// Options that make no sense.
    pub fn new(options: WorldOptions, seed: u64) -> Result<Session, WorldOptionsError> {
        let world = World::new(options.clone(), seed)?;
        let mut session = Session {
            world,
            recording: Recording {
                options,
                seed,
                actions: Vec::new(),
            },
            trace: Vec::new(),
            operations: Vec::new(),
            checker: Checker::default(),
        };
        session.collect();
        Ok(session)
    }

    /// The world at the playhead.
    pub fn world(&self) -> &World {
        &self.world
    }

    /// All that is needed to have this run again.
    pub fn recording(&self) -> &Recording {
        &self.recording
    }

    /// The options of the run.
    pub fn options(&self) -> &WorldOptions {
        self.world.options()
    }

    /// The seed of the run.
    pub fn seed(&self) -> u64 {
        self.world.seed()
    }

    /// The playhead.
    pub fn now(&self) -> SimTime {
        self.world.now()
    }

    /// How many steps the run has had. What a session shows changes only with it.
    pub fn steps(&self) -> u64 {
        self.world.steps()
    }

    /// Everything that has happened.
    pub fn trace(&self) -> &[TraceEvent] {
        &self.trace
    }

    /// The fingerprint of [`Session::trace`].
    pub fn trace_hash(&self) -> u64 {
        trace_hash(&self.trace)
    }

    /// Everything that clients have asked for, oldest first. The operation with the id `n` is the
    /// `n`th.
    pub fn operations(&self) -> &[Operation] {
        &self.operations
    }

    /// What the checkers have looked at so far. What they found is in the trace, as
    /// [`Fact::Violated`].
    pub fn checker(&self) -> &Checker {
        &self.checker
    }

    /// Does something to the world, and records it.
    ///
    /// # Errors
    /// An action that is impossible now, with the reason. Nothing has changed then.
    pub fn act(&mut self, action: Action) -> Result<(), ActionError> {
        self.world.act(action.clone())?;
        self.recording.actions.push(RecordedAction {
            step: self.world.steps(),
            time: self.world.now(),
            action,
        });
        self.collect();
        Ok(())
    }

    /// Moves the playhead to the next event and lets it happen. `false` if there is none.
    pub fn step(&mut self) -> bool {
        let happened = self.world.step();
        self.collect();
        happened
    }

    /// Moves the playhead on by this many microseconds; all events on the way happen.
    pub fn advance(&mut self, us: u64) {
        let until = self.world.now().after(us);
        while self.world.next_time().is_some_and(|next| next <= until) {
            self.step();
        }
        self.world.advance_to(until);
    }

    /// Takes the facts of the last step over, and what the checkers say about them.
    fn collect(&mut self) {
        let facts = self.world.take_trace();
        let violations = self.checker.observe(&facts, &self.world);
        for event in facts {
            match &event.fact {
                Fact::Called {
                    operation,
                    client,
                    member,
                    request,
                } => self.operations.push(Operation {
                    id: *operation,
                    client: *client,
                    member: *member,
                    request: request.clone(),
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
            self.trace.push(event);
        }
        self.trace
            .extend(violations.into_iter().map(|violation| TraceEvent {
                time: self.world.now(),
                step: self.world.steps(),
                fact: Fact::Violated(Box::new(violation)),
            }));
    }
}
