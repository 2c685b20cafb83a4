//! A session: a run that somebody watches, acts upon, and rewinds.

mod branches;
mod compare;
mod near;
mod playhead;

pub use branches::{BranchError, BranchId, BranchInfo};
pub use compare::{Aspect, Comparison, Difference};

use super::chronicle::Chronicle;
use super::hash::TraceHasher;
use super::line::{Line, Target};
use super::machine::{Machine, Operations};
use super::position::Position;
use super::recording::Recording;
use super::trace::Trace;
use crate::check::Checker;
use crate::cluster::{
    Action, ActionError, TraceEvent, Violation, World, WorldOptions, WorldOptionsError,
};
use crate::sim::SimTime;
use branches::Branches;
use near::Near;

/// A run with all its branches and a playhead, which is somewhere in one of them.
///
/// What a session shows (its world, trace and operations) is what was at the playhead. While the
/// playhead is at the end of its branch the session is *live*: stepping and advancing make new
/// history. Before the end they play again what has happened, and an action opens a branch; the
/// old future stays where it is.
#[derive(Clone, Debug)]
pub struct Session {
    branches: Branches,
    /// The run at the playhead, unless that is at the end of its branch.
    past: Option<Past>,
    near: Near,
    edits: u64,
}

/// A run before its end.
#[derive(Clone, Debug)]
struct Past {
    machine: Machine,
    /// The piece of the line that it is in.
    segment: usize,
    /// The facts of the piece up to here, unless the line has them at hand.
    facts: Option<Vec<TraceEvent>>,
}

impl Session {
    /// The name of the first branch, until somebody gives it another one.
    pub const FIRST_BRANCH: &str = "main";

    /// A new run at time 0.
    ///
    /// # Errors
    /// Options that make no sense.
    pub fn new(options: WorldOptions, seed: u64) -> Result<Session, WorldOptionsError> {
        Ok(Session {
            branches: Branches::new(Line::new(options, seed)?),
            past: None,
            near: Near::default(),
            edits: 0,
        })
    }

    /// The world at the playhead.
    pub fn world(&self) -> &World {
        self.machine().world()
    }

    /// The options of the run.
    pub fn options(&self) -> &WorldOptions {
        self.world().options()
    }

    /// The seed of the run.
    pub fn seed(&self) -> u64 {
        self.world().seed()
    }

    /// The moment of the playhead.
    pub fn now(&self) -> SimTime {
        self.world().now()
    }

    /// How many steps lie before the playhead. What a session shows changes only with it, and
    /// with the branch.
    pub fn steps(&self) -> u64 {
        self.world().steps()
    }

    /// Where the playhead is.
    pub fn position(&self) -> Position {
        self.machine().position()
    }

    /// Where the branch of the playhead ends.
    pub fn end(&self) -> Position {
        self.line().end()
    }

    /// Whether the playhead is at the end of its branch.
    pub fn is_live(&self) -> bool {
        self.past.is_none()
    }

    /// Everything that has happened before the playhead.
    pub fn trace(&self) -> Trace<'_> {
        let window = self.past.as_ref().and_then(|past| {
            let facts = past.facts.as_ref()?;
            Some((past.segment, &facts[..]))
        });
        Trace::new(self.line(), self.machine().facts(), window)
    }

    /// Everything that has happened on this branch, also what lies after the playhead.
    pub fn whole_trace(&self) -> Trace<'_> {
        Trace::new(self.line(), self.line().head().facts(), None)
    }

    /// The outline of this branch, also of what lies after the playhead.
    pub fn chronicle(&self) -> &Chronicle {
        self.line().chronicle()
    }

    /// The fingerprint of [`Session::trace`].
    pub fn trace_hash(&self) -> u64 {
        let mut hasher = TraceHasher::default();
        self.line().hash(self.machine().facts(), &mut hasher);
        hasher.finish()
    }

    /// Everything that clients have asked for before the playhead, oldest first. The operation
    /// with the id `n` is the `n`th.
    pub fn operations(&self) -> &Operations {
        self.machine().operations()
    }

    /// Everything that clients have asked for on this branch, also after the playhead.
    pub fn whole_operations(&self) -> &Operations {
        self.line().head().operations()
    }

    /// Every violation that was found on this branch, also after the playhead, oldest first: as many
    /// as are reported in full.
    pub fn whole_violations(&self) -> &[Violation] {
        self.line().head().violations()
    }

    /// What the checkers have looked at before the playhead. What they found is in the trace, as
    /// [`Fact::Violated`](crate::cluster::Fact::Violated).
    pub fn checker(&self) -> &Checker {
        self.machine().checker()
    }

    /// All that is needed to have this branch again, up to its end.
    pub fn recording(&self) -> Recording {
        Recording {
            options: self.options().clone(),
            seed: self.seed(),
            actions: self.line().actions_from(0).collect(),
            end: self.end(),
        }
    }

    /// Does something to the world, and records it. In the past this opens a branch and makes it
    /// the current one.
    ///
    /// # Errors
    /// An action that is impossible now, with the reason. Nothing has changed then.
    pub fn act(&mut self, action: Action) -> Result<(), ActionError> {
        match &self.past {
            None => self.branches.line_mut().act(action)?,
            Some(_) => {
                let mut line = self.line_until_here();
                line.act(action)?;
                self.open(line);
            }
        }
        self.edits += 1;
        Ok(())
    }

    /// How often somebody has acted, or opened, named or deleted a branch: what has to be saved
    /// again has changed if this has.
    pub fn edits(&self) -> u64 {
        self.edits
    }

    /// Moves the playhead to the next event and lets it happen. `false` if there is none: nothing
    /// will ever happen again unless somebody acts.
    pub fn step(&mut self) -> bool {
        if self.past.is_some() {
            self.seek_step(self.steps() + 1);
            return true;
        }
        self.branches.line_mut().step()
    }

    /// Moves the playhead on by this many microseconds; all events on the way happen.
    pub fn advance(&mut self, us: u64) {
        self.advance_within(us, u64::MAX);
    }

    /// Like [`Session::advance`], but stops after so many new steps. Returns whether the whole
    /// time has passed.
    pub fn advance_within(&mut self, us: u64, budget: u64) -> bool {
        let target = self.now().after(us);
        if self.past.is_some() {
            self.seek(target);
        }
        if self.is_live() && self.now() < target {
            self.branches.line_mut().advance_to(target, budget);
        }
        self.now() >= target
    }

    /// Opens a branch at the playhead, and makes it the current one: what happened after it stays
    /// on the branch before.
    pub fn fork(&mut self) {
        self.open(self.line_until_here());
    }

    /// The current line up to the playhead.
    fn line_until_here(&self) -> Line {
        let (line, machine) = (self.line(), self.machine().clone());
        let segment = line.segment_at(Target::Step(machine.position().step));
        let facts = self.trace().from_position(line.first_fact(segment));
        line.until(machine, facts.cloned().collect())
    }

    /// Adds a branch that begins like the current one up to the playhead, and goes to its end.
    fn open(&mut self, line: Line) {
        let fork = self.position();
        self.edits += 1;
        self.branches.open(line, fork);
        self.near.forget_after(fork.step);
        self.past = None;
    }

    /// Lets time pass at the end of the branch without letting events happen. `false`, and
    /// nothing has changed, if that is impossible.
    pub(super) fn wait_until(&mut self, time: SimTime) -> bool {
        self.is_live() && self.branches.line_mut().wait_until(time)
    }

    fn line(&self) -> &Line {
        self.branches.line()
    }

    fn machine(&self) -> &Machine {
        let past = self.past.as_ref().map(|past| &past.machine);
        past.unwrap_or_else(|| self.line().head())
    }
}
