//! Moving the playhead: to a moment, to a step, to a landmark, back before an action.

use super::{Past, Session};
use crate::cluster::World;
use crate::sim::SimTime;
use crate::timeline::landmark::Landmark;
use crate::timeline::line::Target;
use crate::timeline::machine::Machine;
use crate::timeline::position::Position;
use crate::timeline::recording::RecordedAction;

/// How far [`Session::step_forward`] looks into the future, in steps: about a minute of an idle
/// cluster.
const FORESIGHT: u64 = 20_000;

impl Session {
    /// Moves the playhead to a moment of this branch, after everything that happens at it; to the
    /// end of the branch if that is earlier.
    pub fn seek(&mut self, time: SimTime) {
        if time >= self.end().time {
            self.go_live();
        } else {
            self.go(Target::Time(time));
        }
    }

    /// Moves the playhead behind a step of this branch, at the moment of the step; to the end of
    /// the branch if it has not that many. Step 0 is the beginning.
    pub fn seek_step(&mut self, step: u64) {
        // The moment of the last step may be earlier than the end.
        if step > self.end().step {
            self.go_live();
        } else {
            self.go(Target::Step(step));
        }
    }

    /// Moves the playhead to a place where it was before, on this branch. For a place that the
    /// branch has not, to one near it.
    pub fn seek_position(&mut self, position: Position) {
        if position >= self.end() {
            return self.go_live();
        }
        self.seek_step(position.step);
        // A foreign place may lie behind the moment of the next action.
        let line = self.branches.line();
        let next = line.action(line.actions_until(position.step));
        let time = next.map_or(position.time, |next| position.time.min(next.time));
        if let Some(past) = &mut self.past
            && past.machine.wait_until(time)
            && past.machine.position() == self.branches.line().end()
        {
            self.go_live();
        }
    }

    /// Moves the playhead to the end of its branch.
    pub fn go_live(&mut self) {
        self.past = None;
    }

    /// Moves the playhead on, behind the next step of this kind. What has not happened yet
    /// happens, for as long as it makes sense to wait. `false`, and the playhead stays, if there
    /// is none.
    pub fn step_forward(&mut self, landmark: Landmark) -> bool {
        let from = self.steps();
        if let Some(step) = self.line().next_landmark(from, landmark) {
            self.seek_step(step);
            return true;
        }
        let Some(steps) = self.foresee(landmark) else {
            return false;
        };
        self.go_live();
        for _ in 0..steps {
            self.branches.line_mut().step();
        }
        true
    }

    /// Shows the worlds to come within so many microseconds, if nobody acts: one after each step. The playhead stays.
    pub fn look_ahead(&self, us: u64, see: &mut dyn FnMut(&World)) {
        let until = self.now().after(us);
        let mut future = self.machine().clone();
        let seen = &mut |future: &Machine| see(future.world());
        self.line()
            .replay(&mut future, Target::Time(until), &mut |_| (), seen);
        while future.world().next_time().is_some_and(|next| next <= until) {
            future.step(&mut |_| ());
            seen(&future);
        }
    }

    /// How many events after the end of the branch the next one of this kind is.
    fn foresee(&self, landmark: Landmark) -> Option<u64> {
        let mut future = self.line().head().clone();
        for steps in 1..=FORESIGHT {
            let mut facts = Vec::new();
            if !future.step(&mut |event| facts.push(event)) {
                return None;
            }
            if !facts.is_empty() && landmark.is(&facts) {
                return Some(steps);
            }
        }
        None
    }

    /// Moves the playhead back, behind the nearest earlier step of this kind. `false`, and the
    /// playhead stays, if there is none. ([`Landmark::Step`] leads back to the beginning, step 0,
    /// where the members have just started.)
    pub fn step_back(&mut self, landmark: Landmark) -> bool {
        let Position { step, time } = self.position();
        // Time may have passed since the last step.
        let last = self.trace().last();
        let after = if last.is_some_and(|last| last.time < time) {
            step + 1
        } else {
            step
        };
        match self.line().previous_landmark(after, landmark) {
            Some(step) => self.seek_step(step),
            None => return false,
        }
        true
    }

    /// The last action before the playhead: the one that [`Session::undo`] takes back.
    pub fn last_action(&self) -> Option<RecordedAction> {
        let line = self.line();
        let until = line.actions_until(self.steps());
        line.action(until.checked_sub(1)?)
    }

    /// The next action after the playhead on this branch: the one that [`Session::redo`] does
    /// again.
    pub fn next_action(&self) -> Option<RecordedAction> {
        let line = self.line();
        line.action(line.actions_until(self.steps()))
    }

    /// Moves the playhead back to just before the last action. `false` if there is none. The
    /// branch keeps its future; whoever acts now opens another one.
    pub fn undo(&mut self) -> bool {
        let Some(action) = self.last_action() else {
            return false;
        };
        let before = Position {
            step: action.step - 1,
            time: action.time,
        };
        self.seek_position(before);
        true
    }

    /// Moves the playhead on to just after the next action of this branch. `false` if there is
    /// none.
    pub fn redo(&mut self) -> bool {
        let Some(action) = self.next_action() else {
            return false;
        };
        let step = action.step;
        self.seek_step(step);
        true
    }

    /// Moves the playhead to a place of the current branch that is not beyond its end.
    fn go(&mut self, target: Target) {
        let line = self.branches.line();
        let segment = line.segment_at(target);
        let (start, first) = (line.start(segment).position(), line.first_fact(segment));
        let at_hand = line.has_facts(segment);
        let past = self.past.take().filter(|past| past.segment == segment);
        let (here, mut facts) = match past {
            Some(past) => (Some(past.machine), past.facts.unwrap_or_default()),
            None => (None, Vec::new()),
        };
        // Where the playhead is now will do if that is before; but time may have passed since its
        // last step, so that step itself is not there any more.
        let here = here.as_ref().filter(|here| match target {
            Target::Step(step) => here.position().step < step,
            Target::Time(time) => here.position().time <= time,
        });
        let known = first + facts.len();
        let found = here.into_iter().chain(self.near.before(target));
        let found = found
            .filter(|found| found.position() > start && (at_hand || found.facts() <= known))
            .max_by_key(|machine| machine.position());
        let mut machine = match found {
            Some(found) => {
                facts.truncate(found.facts() - first);
                found.clone()
            }
            None => {
                let (start, before) = line.begin(segment);
                facts = before;
                start
            }
        };
        let near = &mut self.near;
        let note = &mut |event| {
            if !at_hand {
                facts.push(event);
            }
        };
        line.replay(&mut machine, target, note, &mut |passed| {
            near.maybe_add(passed);
        });
        self.past = (machine.position() != line.end()).then(|| Past {
            machine,
            segment,
            facts: (!at_hand).then_some(facts),
        });
        self.branches.line_mut().tidy(segment);
    }
}
