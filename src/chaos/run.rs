//! One chaos run.

use super::calm::{Stuck, calm};
use super::case::Case;
use super::storm::Storm;
use crate::check::Checker;
use crate::cluster::{
    self, Action, ActionError, ClientError, Fact, OperationId, TraceEvent, Violation, World,
    WorldOptions,
};
use crate::sim::SimTime;
use crate::timeline::{Position, RecordedAction, Recording};
use std::fmt;

/// Something that was done to the world. It comes after all events of its moment.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Deed {
    /// When.
    pub time: SimTime,
    /// What.
    pub action: Action,
}

/// All that was done in a storm, without the dice.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Story {
    /// The options of the world.
    pub options: WorldOptions,
    /// Its seed.
    pub seed: u64,
    /// What was done, in order.
    pub deeds: Vec<Deed>,
    /// When the calm begins.
    pub end: SimTime,
}

/// Why a run failed.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Failure {
    /// A property did not hold.
    Violated(Box<Violation>),
    /// It takes too long to find out whether what clients saw is linearizable.
    Undecided,
    /// The healed cluster did not get on.
    Stuck(Stuck),
    /// An assertion of the program itself failed.
    Panicked(String),
}

impl Failure {
    /// Whether two failures are of the same kind, whatever the details.
    pub fn is_like(&self, other: &Failure) -> bool {
        match (self, other) {
            (Failure::Violated(one), Failure::Violated(other)) => one.property == other.property,
            (Failure::Stuck(one), Failure::Stuck(other)) => {
                std::mem::discriminant(one) == std::mem::discriminant(other)
            }
            (Failure::Undecided, Failure::Undecided)
            | (Failure::Panicked(_), Failure::Panicked(_)) => true,
            _ => false,
        }
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Failure::Violated(violation) => violation.fmt(f),
            Failure::Undecided => f.write_str(
                "nobody knows whether what clients saw is linearizable: it takes too many steps to find out",
            ),
            Failure::Stuck(stuck) => stuck.fmt(f),
            Failure::Panicked(message) => write!(f, "the program stopped: {message}"),
        }
    }
}

/// What came of a run.
#[derive(Clone, Debug)]
pub struct Outcome {
    /// What was done.
    pub story: Story,
    /// The same as a recording, with what was done in the calm.
    pub recording: Recording,
    /// How many steps the run had.
    pub steps: u64,
    /// How it failed, if it did. It ends there.
    pub failure: Option<Failure>,
}

/// Plays a case: the storm, and then the calm. `watch` sees the facts of every step.
pub fn play(case: &Case, watch: impl FnMut(&[TraceEvent])) -> Outcome {
    let mut run = Run::new(case.options(), case.seed, watch);
    let mut storm = Storm::new(case);
    while run.failure.is_none() && run.world.steps() < case.events {
        if let Some(action) = storm.next(run.world.steps(), &run.world) {
            run.finish_moment();
            run.act_if_possible(action);
        }
        if run.failure.is_none() && !run.step() {
            match storm.wake(&run.world) {
                Some(action) => run.act_if_possible(action),
                None => break,
            }
        }
    }
    run.finish_moment();
    run.end()
}

/// Plays a story again: the same deeds at the same times, and then the calm. Deeds that have
/// become impossible are left out.
pub fn replay(story: &Story, watch: impl FnMut(&[TraceEvent])) -> Outcome {
    let mut run = Run::new(story.options.clone(), story.seed, watch);
    for deed in &story.deeds {
        run.advance_to(deed.time);
        run.act_if_possible(deed.action.clone());
    }
    run.advance_to(story.end);
    run.end()
}

/// A run that is under way.
pub(super) struct Run<W> {
    pub world: World,
    pub failure: Option<Failure>,
    checker: Checker,
    story: Story,
    actions: Vec<RecordedAction>,
    /// The last operation that was called.
    called: OperationId,
    /// From this operation on clients must have answers, and so many had none.
    answers: Option<(OperationId, usize)>,
    watch: W,
}

impl<W: FnMut(&[TraceEvent])> Run<W> {
    fn new(options: WorldOptions, seed: u64, watch: W) -> Self {
        let world = World::new(options.clone(), seed).expect("a case has options that make sense");
        let mut run = Run {
            world,
            failure: None,
            checker: Checker::default(),
            story: Story {
                options,
                seed,
                deeds: Vec::new(),
                end: SimTime::ZERO,
            },
            actions: Vec::new(),
            called: OperationId::default(),
            answers: None,
            watch,
        };
        run.look();
        run
    }

    /// Lets the next event happen. `false` if there is none, or the run has failed.
    pub fn step(&mut self) -> bool {
        let happened = self.failure.is_none() && self.world.step();
        if happened {
            self.look();
        }
        happened
    }

    /// Lets everything happen until `time`, as long as nothing fails.
    pub fn advance_to(&mut self, time: SimTime) {
        while self.world.next_time().is_some_and(|next| next <= time) && self.step() {}
        if self.failure.is_none() {
            self.world.advance_to(time);
        }
    }

    /// Lets everything happen that is due at this very moment.
    fn finish_moment(&mut self) {
        self.advance_to(self.world.now());
    }

    /// Does something in the storm.
    fn act_if_possible(&mut self, action: Action) {
        let time = self.world.now();
        if self.failure.is_none() && self.act(action.clone()).is_ok() {
            self.story.deeds.push(Deed { time, action });
        }
    }

    /// Does something.
    pub fn act(&mut self, action: Action) -> Result<(), ActionError> {
        self.world.act(action.clone())?;
        self.actions.push(RecordedAction {
            step: self.world.steps(),
            time: self.world.now(),
            action,
        });
        self.look();
        Ok(())
    }

    /// Shows the last step to the checkers.
    fn look(&mut self) {
        let facts = self.world.take_trace();
        (self.watch)(&facts);
        for event in &facts {
            if let Fact::Called { operation, .. } = event.fact {
                self.called = operation;
            }
        }
        if let Some((from, unanswered)) = &mut self.answers {
            let timeouts = facts.iter().filter(|event| is_timeout(&event.fact, *from));
            *unanswered += timeouts.count();
        }
        let violations = self.checker.observe(&facts, &self.world);
        if let Some(first) = violations.into_iter().next() {
            self.failure
                .get_or_insert(Failure::Violated(Box::new(first)));
        }
        if self.checker.undecided() > 0 {
            self.failure.get_or_insert(Failure::Undecided);
        }
    }

    /// From now on clients must have answers. (Those that are still waiting for one have been
    /// through the storm: they may be told that theirs is lost.)
    pub fn expect_answers(&mut self) {
        let next = OperationId(self.called.0 + 1);
        self.answers = Some((next, 0));
    }

    /// How many watches were not told of everything that happened to their keys.
    pub fn watches_behind(&self) -> usize {
        self.checker.watches_behind()
    }

    /// How many requests ended without an answer since answers were expected.
    pub fn timed_out(&self) -> usize {
        self.answers.map_or(0, |(_, unanswered)| unanswered)
    }

    /// The storm is over: the calm, and what came of it all.
    fn end(mut self) -> Outcome {
        self.story.end = self.world.now();
        if self.failure.is_none()
            && let Err(stuck) = calm(&mut self)
        {
            self.failure.get_or_insert(Failure::Stuck(stuck));
        }
        Outcome {
            recording: Recording {
                options: self.story.options.clone(),
                seed: self.story.seed,
                actions: self.actions,
                end: Position {
                    step: self.world.steps(),
                    time: self.world.now(),
                },
            },
            story: self.story,
            steps: self.world.steps(),
            failure: self.failure,
        }
    }
}

/// Whether an operation, this or a later one, ended without an answer.
fn is_timeout(fact: &Fact, from: OperationId) -> bool {
    let Fact::Returned {
        operation,
        outcome: cluster::Outcome::Failed(error),
        ..
    } = fact
    else {
        return false;
    };
    let no_answer = matches!(
        error,
        ClientError::DeadlineExceeded | ClientError::RequestTimedOut
    );
    no_answer && *operation >= from
}

#[cfg(test)]
mod tests {
    use super::super::Profile;
    use super::*;
    use crate::raft::rules::Rules;
    use crate::timeline::trace_hash;

    fn hash_of(play: impl FnOnce(&mut Vec<TraceEvent>) -> Outcome) -> (u64, Outcome) {
        let mut trace = Vec::new();
        let outcome = play(&mut trace);
        (trace_hash(trace.iter()), outcome)
    }

    #[test]
    fn a_story_and_a_recording_give_the_run_again() {
        for seed in 0..20 {
            let case = Case {
                seed,
                members: 3,
                events: 500,
                profile: Profile::Everything,
                rules: Rules::all(),
            };
            let (first, outcome) =
                hash_of(|trace| play(&case, |facts| trace.extend_from_slice(facts)));
            let story = &outcome.story;
            let (again, _) = hash_of(|trace| replay(story, |facts| trace.extend_from_slice(facts)));
            assert_eq!(first, again, "seed {seed}");
            let recorded = outcome.recording.replay().expect("it is a run");
            assert_eq!(recorded.trace_hash(), first, "seed {seed}");
        }
    }
}
