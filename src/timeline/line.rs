//! A line of history: one run from its beginning to its end, in which every moment can be reached.

use super::actions::{Actions, Kept};
use super::chronicle::Chronicle;
use super::hash::TraceHasher;
use super::landmark::{Landmark, LandmarkSet};
use super::machine::Machine;
use super::position::Position;
use super::recording::RecordedAction;
use super::segment::{AT_HAND, Segment, thin};
use crate::cluster::{Action, ActionError, TraceEvent, WorldOptions, WorldOptionsError};
use crate::sim::SimTime;
use std::ops::Range;
use std::sync::{Arc, OnceLock};

/// A run from its beginning to its end.
///
/// Invariant: doing `actions` at their places again leads from the beginning of every segment to
/// that of the next one, and in the end to `head`.
#[derive(Clone, Debug)]
pub(super) struct Line {
    actions: Actions,
    /// Its pieces. The last one has not ended.
    segments: Vec<Segment>,
    /// The facts of the last piece.
    tail: Vec<TraceEvent>,
    chronicle: Chronicle,
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
        let (mut tail, mut chronicle) = (Vec::new(), Chronicle::default());
        let head = Machine::new(options, seed, &mut |event| {
            chronicle.see(&event);
            tail.push(event);
        })?;
        chronicle.close(head.world());
        Ok(Line {
            actions: Actions::default(),
            segments: vec![Segment::new(&head)],
            tail,
            chronicle,
            head,
        })
    }

    /// The run at its end.
    pub fn head(&self) -> &Machine {
        &self.head
    }

    /// Where the run ends.
    pub fn end(&self) -> Position {
        self.head.position()
    }

    /// The outline.
    pub fn chronicle(&self) -> &Chronicle {
        &self.chronicle
    }

    /// The actions from a place on, counted from 0.
    pub fn actions_from(&self, place: usize) -> impl Iterator<Item = RecordedAction> + '_ {
        self.actions.from(place, self.head.operations())
    }

    /// An action by its place.
    pub fn action(&self, place: usize) -> Option<RecordedAction> {
        self.actions.get(place, self.head.operations())
    }

    /// How many actions there are.
    pub fn count_actions(&self) -> usize {
        self.actions.len()
    }

    /// The number of actions up to and including this step.
    pub fn actions_until(&self, step: u64) -> usize {
        self.actions.count_until(step)
    }

    /// Acts at the end.
    pub fn act(&mut self, action: Action) -> Result<(), ActionError> {
        let kept = Kept::of(&action);
        let (tail, chronicle) = (&mut self.tail, &mut self.chronicle);
        self.head.act(action, &mut |event| {
            chronicle.see(&event);
            tail.push(event);
        })?;
        chronicle.close(self.head.world());
        self.actions.push(self.end(), kept, self.head.operations());
        self.maybe_cut();
        Ok(())
    }

    /// Lets the next event happen at the end. `false` if there is none.
    pub fn step(&mut self) -> bool {
        let (tail, chronicle) = (&mut self.tail, &mut self.chronicle);
        let happened = self.head.step(&mut |event| {
            chronicle.see(&event);
            tail.push(event);
        });
        chronicle.close(self.head.world());
        self.maybe_cut();
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

    /// Ends the last piece if it is long enough.
    fn maybe_cut(&mut self) {
        let head = &self.head;
        let Some(last) = self.segments.last_mut().filter(|last| last.is_full(head)) else {
            return;
        };
        let facts = std::mem::take(&mut self.tail);
        last.landmarks = steps_of(&facts).map(LandmarkSet::of_step).collect();
        last.facts = OnceLock::from(Arc::from(facts));
        self.head.share();
        self.segments.push(Segment::new(&self.head));
        thin(&mut self.segments);
        self.tidy(self.segments.len() - 1);
    }

    /// Forgets facts that can be had again, but for those around a piece and the latest ones.
    pub fn tidy(&mut self, around: usize) {
        let latest = self.segments.len().saturating_sub(1 + AT_HAND);
        for (place, segment) in self.segments.iter_mut().enumerate() {
            if place < latest && place != around && place + 1 != around {
                segment.facts = OnceLock::new();
            }
        }
    }

    /// The last piece that begins at or before a place.
    pub fn segment_at(&self, target: Target) -> usize {
        let begun = self.segments.partition_point(|segment| match target {
            Target::Step(step) => segment.position().step <= step,
            Target::Time(time) => segment.position().time <= time,
        });
        begun.saturating_sub(1)
    }

    /// The run at the beginning of a piece.
    pub fn start(&self, segment: usize) -> &Machine {
        &self.segments[segment].start
    }

    /// The run at the beginning of a piece, and the facts of the piece until there: none but for
    /// the first one, to which the start of the members belongs.
    pub fn begin(&self, segment: usize) -> (Machine, Vec<TraceEvent>) {
        let start = self.start(segment);
        let mut facts = Vec::new();
        if segment > 0 {
            return (start.clone(), facts);
        }
        let (options, seed) = (start.world().options().clone(), start.world().seed());
        let machine = Machine::new(options, seed, &mut |event| facts.push(event));
        (machine.expect("the options were possible before"), facts)
    }

    /// Does again what happened between where `machine` is and the target, as far as the line
    /// goes. `facts` is given what happens, and `passing` is shown the run after each step.
    pub fn replay(
        &self,
        machine: &mut Machine,
        target: Target,
        facts: &mut dyn FnMut(TraceEvent),
        passing: &mut dyn FnMut(&Machine),
    ) {
        let mut action = self.actions_until(machine.position().step);
        let end = self.end();
        loop {
            let step = machine.position().step;
            let is_next = self.actions.step(action) == Some(step + 1);
            let next_action = is_next.then(|| self.action(action)).flatten();
            let next_time = match &next_action {
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
                        .act(next.action, facts)
                        .expect("what was possible is possible again");
                    action += 1;
                }
                None => assert!(machine.step(facts), "what happened happens again"),
            }
            passing(machine);
        }
        if let Target::Time(time) = target {
            machine.wait_until(time.min(end.time));
        }
    }

    /// The line that begins like this one and ends where `head` is, in a piece of which `tail` are
    /// the facts until there.
    pub fn until(&self, head: Machine, tail: Vec<TraceEvent>) -> Line {
        let step = head.position().step;
        let mut actions = self.actions.clone();
        actions.forget_after(step);
        let mut segments = self.segments.clone();
        segments.truncate(self.segment_at(Target::Step(step)) + 1);
        if let Some(last) = segments.last_mut() {
            (last.landmarks, last.facts) = (LandmarkSet::default(), OnceLock::new());
        }
        Line {
            actions,
            segments,
            tail,
            chronicle: self.chronicle.until(step, head.world()),
            head,
        }
    }
}

// Facts.

impl Line {
    /// Whether the facts of a piece are at hand.
    pub fn has_facts(&self, segment: usize) -> bool {
        segment + 1 == self.segments.len() || self.segments[segment].facts.get().is_some()
    }

    /// The facts of a piece. If they are not at hand, it is played again.
    pub fn facts(&self, segment: usize) -> &[TraceEvent] {
        if segment + 1 == self.segments.len() {
            return &self.tail;
        }
        let facts = &self.segments[segment].facts;
        facts.get_or_init(|| self.play(segment).into())
    }

    /// The facts of a piece that has ended, played again.
    fn play(&self, segment: usize) -> Vec<TraceEvent> {
        let end = Target::Step(self.start(segment + 1).position().step);
        let (mut machine, mut facts) = self.begin(segment);
        let note = &mut |event| facts.push(event);
        self.replay(&mut machine, end, note, &mut |_| ());
        facts
    }

    /// How many facts come before a piece.
    pub fn first_fact(&self, segment: usize) -> usize {
        match segment {
            0 => 0,
            _ => self.start(segment).facts(),
        }
    }

    /// The pieces that hold the facts from position `from` (included) to `to` (excluded).
    pub fn segments_of(&self, from: usize, to: usize) -> Range<usize> {
        let count = |begins: &dyn Fn(usize) -> bool| {
            // The first one begins at 0, whatever its start says.
            let later = self.segments[1..].partition_point(|later| begins(later.start.facts()));
            later + 1
        };
        match from < to {
            true => count(&|first| first <= from) - 1..count(&|first| first < to),
            false => 0..0,
        }
    }

    /// How many facts there are up to and including this step.
    pub fn count_until_step(&self, step: u64) -> usize {
        let segment = self.segment_at(Target::Step(step));
        let facts = self.facts(segment);
        self.first_fact(segment) + facts.partition_point(|event| event.step <= step)
    }

    /// How many facts there are before this moment.
    pub fn count_before(&self, time: SimTime) -> usize {
        // Many steps may share the moment at which a piece begins.
        let begun = { &self.segments }.partition_point(|segment| segment.position().time < time);
        let segment = begun.saturating_sub(1);
        let facts = self.facts(segment);
        self.first_fact(segment) + facts.partition_point(|event| event.time < time)
    }

    /// Adds the first `count` facts to a fingerprint.
    pub fn hash(&self, count: usize, hasher: &mut TraceHasher) {
        for segment in self.segments_of(0, count) {
            let played;
            let facts = match self.has_facts(segment) {
                true => self.facts(segment),
                false => {
                    played = self.play(segment);
                    &played
                }
            };
            let count = count - self.first_fact(segment);
            facts.iter().take(count).for_each(|event| hasher.add(event));
        }
    }

    /// The nearest step after `step` with this landmark.
    pub fn next_landmark(&self, step: u64, landmark: Landmark) -> Option<u64> {
        let from = self.segment_at(Target::Step(step));
        (from..self.segments.len()).find_map(|segment| {
            let mut steps = self.steps_with(segment, landmark);
            steps.find(|found| *found > step)
        })
    }

    /// The nearest step before `step` with this landmark.
    pub fn previous_landmark(&self, step: u64, landmark: Landmark) -> Option<u64> {
        let until = self.segment_at(Target::Step(step));
        (0..=until).rev().find_map(|segment| {
            let mut steps = self.steps_with(segment, landmark).rev();
            steps.find(|found| *found < step)
        })
    }

    /// The steps of a piece with this landmark.
    fn steps_with(
        &self,
        segment: usize,
        landmark: Landmark,
    ) -> impl DoubleEndedIterator<Item = u64> {
        let ended = segment + 1 < self.segments.len();
        let facts = match ended && !self.segments[segment].landmarks.contains(landmark) {
            true => &[],
            false => self.facts(segment),
        };
        steps_of(facts)
            .filter(move |facts| LandmarkSet::of_step(facts).contains(landmark))
            .map(|facts| facts[0].step)
    }
}

/// The facts step by step.
fn steps_of(facts: &[TraceEvent]) -> impl DoubleEndedIterator<Item = &[TraceEvent]> {
    facts.chunk_by(|a, b| a.step == b.step)
}

#[cfg(all(test, not(target_arch = "wasm32")))]
mod tests {
    use super::super::segment::{AT_HAND, FINE, LENGTH};
    use super::*;

    #[test]
    fn old_pieces_are_long_and_the_facts_of_the_latest_are_at_hand() {
        // A member that is alone has little to do in a step.
        let mut line = Line::new(WorldOptions::with_members(1), 1).unwrap();
        for _ in 0..200 {
            (0..7_000).for_each(|_| assert!(line.step()));
            let end = line.end().step;
            let begins: Vec<u64> = { line.segments.iter() }
                .map(|segment| segment.position().step)
                .collect();
            let old = begins.len().saturating_sub(1 + AT_HAND);
            for (number, pair) in begins.windows(2).enumerate() {
                let most = LENGTH.max((end - pair[0]) / FINE);
                assert!(pair[1] - pair[0] <= most, "{pair:?} of {end}");
                assert_eq!(line.has_facts(number), number >= old);
            }
            for joined in begins[..=old].windows(3) {
                let most = LENGTH.max((end - joined[0]) / FINE);
                assert!(joined[2] - joined[0] > most, "{joined:?} of {end}");
            }
        }
    }
}
