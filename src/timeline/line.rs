//! A line of history: one run from its beginning to its end, in which every moment can be reached.

use super::checkpoints::Checkpoints;
use super::chronicle::Chronicle;
use super::machine::Machine;
use super::position::Position;
use super::recording::RecordedAction;
use super::trace_log::TraceLog;
use crate::cluster::{Action, ActionError, WorldOptions, WorldOptionsError};
use crate::sim::SimTime;
use rpds::VectorSync;

/// A run from its beginning to its end.
///
/// Invariants: `log` holds exactly the facts up to `head`, and doing `actions` at their places
/// again leads from every checkpoint to `head`.
#[derive(Clone, Debug)]
pub(super) struct Line {
    actions: VectorSync<RecordedAction>,
    log: TraceLog,
    chronicle: Chronicle,
    checkpoints: Checkpoints,
    /// The run at its end.
    head: Machine,
}

/// Where to go.
#[derive(Clone, Copy, Debug)]
pub(super) enum Target {
    /// After this step and before anything else, at the moment of the step.
    Step(u64),
    /// This moment, after everything that happens at it.
    Time(SimTime),
}

impl Line {
    /// A new run at time 0.
    pub fn new(options: WorldOptions, seed: u64) -> Result<Line, WorldOptionsError> {
        let mut log = TraceLog::default();
        let mut chronicle = Chronicle::default();
        let head = Machine::new(options, seed, &mut |event| {
            chronicle.see(&event);
            log.push(event);
        })?;
        chronicle.close(head.world());
        let mut line = Line {
            actions: VectorSync::new_sync(),
            log,
            chronicle,
            checkpoints: Checkpoints::default(),
            head,
        };
        line.checkpoints.maybe_add(&line.head);
        Ok(line)
    }

    /// The run at its end.
    pub fn head(&self) -> &Machine {
        &self.head
    }

    /// Where the run ends.
    pub fn end(&self) -> Position {
        self.head.position()
    }

    /// The facts.
    pub fn log(&self) -> &TraceLog {
        &self.log
    }

    /// The outline.
    pub fn chronicle(&self) -> &Chronicle {
        &self.chronicle
    }

    /// The actions.
    pub fn actions(&self) -> &VectorSync<RecordedAction> {
        &self.actions
    }

    /// Forgets what can be had again.
    pub fn tidy(&mut self) {
        self.log.tidy();
    }

    /// Acts at the end.
    pub fn act(&mut self, action: Action) -> Result<(), ActionError> {
        let (log, chronicle) = (&mut self.log, &mut self.chronicle);
        self.head.act(action.clone(), &mut |event| {
            chronicle.see(&event);
            log.push(event);
        })?;
        chronicle.close(self.head.world());
        let Position { step, time } = self.end();
        self.actions
            .push_back_mut(RecordedAction { step, time, action });
        self.checkpoints.maybe_add(&self.head);
        Ok(())
    }

    /// Lets the next event happen at the end. `false` if there is none.
    pub fn step(&mut self) -> bool {
        let (log, chronicle) = (&mut self.log, &mut self.chronicle);
        let happened = self.head.step(&mut |event| {
            chronicle.see(&event);
            log.push(event);
        });
        chronicle.close(self.head.world());
        self.checkpoints.maybe_add(&self.head);
        happened
    }

    /// Goes on at the end until a moment, or until `budget` steps are done. Returns how many
    /// were.
    pub fn advance_to(&mut self, time: SimTime, budget: u64) -> u64 {
        let mut steps = 0;
        while self
            .head
            .world()
            .next_time()
            .is_some_and(|next| next <= time)
        {
            if steps == budget {
                return steps;
            }
            self.step();
            steps += 1;
        }
        self.head.wait_until(time);
        steps
    }

    /// Lets time pass at the end without letting events happen. `false`, and nothing has changed,
    /// if that is impossible.
    pub fn wait_until(&mut self, time: SimTime) -> bool {
        self.head.wait_until(time)
    }

    /// The number of actions up to and including this step.
    pub fn actions_until(&self, step: u64) -> usize {
        let (mut low, mut high) = (0, self.actions.len());
        while low < high {
            let middle = low.midpoint(high);
            if self.actions[middle].step <= step {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        low
    }

    /// The last checkpoint that is not after a place.
    pub fn checkpoint(&self, target: Target) -> &Machine {
        let found = match target {
            Target::Step(step) => self.checkpoints.at_step(step),
            Target::Time(time) => self.checkpoints.at_time(time),
        };
        found.expect("the beginning of a run is always kept")
    }

    /// Does again what happened between where `machine` is and the target, as far as the line
    /// goes. `passing` is shown the run after each step on the way.
    pub fn replay(&self, machine: &mut Machine, target: Target, mut passing: impl FnMut(&Machine)) {
        let mut action = self.actions_until(machine.position().step);
        let end = self.end();
        loop {
            let step = machine.position().step;
            let next_action = self
                .actions
                .get(action)
                .filter(|next| next.step == step + 1);
            let next_time = match next_action {
                Some(next) => Some(next.time),
                None => machine.world().next_time(),
            };
            let due = match target {
                Target::Step(target) => step < target,
                Target::Time(target) => next_time.is_some_and(|next| next <= target),
            };
            if !due || step >= end.step {
                break;
            }
            match next_action {
                Some(next) => {
                    assert!(machine.wait_until(next.time), "the past has no surprises");
                    machine
                        .act(next.action.clone(), &mut drop)
                        .expect("what was possible is possible again");
                    action += 1;
                }
                None => assert!(machine.step(&mut drop), "what happened happens again"),
            }
            passing(machine);
        }
        if let Target::Time(time) = target {
            machine.wait_until(time.min(end.time));
        }
    }

    /// The line that begins like this one and ends where `head` is.
    pub fn until(&self, head: Machine) -> Line {
        let step = head.position().step;
        let mut actions = self.actions.clone();
        while actions.len() > self.actions_until(step) {
            actions.drop_last_mut();
        }
        Line {
            actions,
            log: self.log.until_step(step),
            chronicle: self.chronicle.until(step, head.world()),
            checkpoints: self.checkpoints.until_step(step),
            head,
        }
    }
}
