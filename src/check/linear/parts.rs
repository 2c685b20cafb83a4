//! The history of some keys while a run goes on.

use super::super::spec::{Input, Reply, State};
use super::Operation;
use super::bits::Bits;
use super::config::Config;
use super::core::contradiction;
use super::judge::{BUDGET, Contradiction};
use super::search::{OverBudget, Problem, Search};

/// So many answers that are not settled are looked at whenever there is another one.
const AT_ONCE: usize = 4;

/// Why the history of some keys is not looked at any more.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(in super::super) enum Trouble {
    /// It is not linearizable.
    Contradiction(Contradiction),
    /// It takes too many steps to find out.
    Undecided,
}

/// The operations on keys that belong together, and every way to put them in order so far.
///
/// Operations that were answered before the earliest open call are settled: whatever the open ones
/// turn out to be, they come later. They are forgotten, and the configurations in which they may have
/// left the store are kept.
#[derive(Clone, Debug)]
pub(in super::super) struct Part {
    settled: Vec<Config>,
    /// Answered but not settled, in the order of their calls.
    answered: Vec<Operation>,
    /// Ended without an answer; they may have happened, or may happen yet.
    unknown: Vec<Operation>,
    /// Waiting for an answer, in the order of their calls.
    open: Vec<Open>,
    /// So many operations were answered but not settled when they were looked at last.
    looked: usize,
    /// Nothing is checked any more.
    given_up: bool,
}

#[derive(Clone, Debug)]
struct Open {
    id: u64,
    input: Input,
    called: u64,
}

impl Default for Part {
    fn default() -> Part {
        Part {
            settled: vec![Config::new(State::default())],
            answered: Vec::new(),
            unknown: Vec::new(),
            open: Vec::new(),
            looked: 0,
            given_up: false,
        }
    }
}

impl Part {
    /// A client asks. `called` is later than every time before.
    pub fn called(&mut self, id: u64, input: Input, called: u64) {
        self.open.push(Open { id, input, called });
    }

    /// A client has its answer.
    pub fn answered(&mut self, id: u64, reply: Reply, returned: u64) -> Result<(), Trouble> {
        let Some(open) = self.close(id) else {
            return Ok(());
        };
        if self.given_up {
            return Ok(());
        }
        let operation = Operation {
            id,
            input: open.input,
            reply,
            called: open.called,
            returned: Some(returned),
        };
        let place = self
            .answered
            .partition_point(|other| other.called < open.called);
        self.answered.insert(place, operation);
        self.insert_undone(place);
        self.look()
    }

    /// An operation ended without an answer. `never` if it certainly did and will do nothing.
    pub fn failed(&mut self, id: u64, never: bool) -> Result<(), Trouble> {
        let Some(open) = self.close(id) else {
            return Ok(());
        };
        if self.given_up {
            return Ok(());
        }
        if !never {
            self.unknown
                .extend(Operation::unknown(open.id, open.input, open.called));
            self.blur();
        }
        self.look()
    }

    /// Takes the keys of another part in: from now on they have to be looked at together.
    pub fn absorb(&mut self, other: &Part) -> Result<(), Trouble> {
        self.open.extend_from_slice(&other.open);
        self.open.sort_by_key(|open| open.called);
        if self.given_up || other.given_up {
            self.give_up();
            return Ok(());
        }
        if (self.settled.len() * other.settled.len()) as u64 > BUDGET / 100 {
            self.give_up();
            return Err(Trouble::Undecided);
        }
        let (mine, my_unknown) = (self.answered.len(), self.unknown.len());
        let both = self.answered.iter().chain(&other.answered).cloned();
        let mut order: Vec<(usize, Operation)> = both.enumerate().collect();
        order.sort_by_key(|(_, operation)| operation.called);
        let places: Vec<Option<usize>> = order.iter().map(|(before, _)| Some(*before)).collect();
        let joined = self.settled.iter().flat_map(|one| {
            other
                .settled
                .iter()
                .map(|other| one.join(other, mine, my_unknown).with_done(&places))
        });
        self.settled = joined.collect();
        self.answered = order.into_iter().map(|(_, operation)| operation).collect();
        self.unknown.extend_from_slice(&other.unknown);
        self.blur();
        Ok(())
    }

    fn close(&mut self, id: u64) -> Option<Open> {
        let place = self.open.iter().position(|open| open.id == id)?;
        let closed = self.open.remove(place);
        if self.open.is_empty() {
            self.open = Vec::new();
        }
        Some(closed)
    }

    /// An operation has come into the list of answered ones, before others: they move up.
    fn insert_undone(&mut self, place: usize) {
        let none = Bits::default();
        if place + 1 == self.answered.len() || self.settled.iter().all(|c| c.done == none) {
            return;
        }
        let moved = |now: usize| match now {
            now if now < place => Some(now),
            now if now == place => None,
            now => Some(now - 1),
        };
        let places: Vec<Option<usize>> = (0..self.answered.len()).map(moved).collect();
        for config in &mut self.settled {
            *config = config.with_done(&places);
        }
    }

    /// While there are unknown writes, nobody can count.
    fn blur(&mut self) {
        let blurred = !self.unknown.is_empty();
        for config in &mut self.settled {
            config.state.set_blurred(blurred);
        }
    }

    fn give_up(&mut self) {
        self.given_up = true;
        self.settled.clear();
        self.answered.clear();
        self.unknown.clear();
    }

    /// Settles what can be settled, and looks whether the rest makes sense so far.
    fn look(&mut self) -> Result<(), Trouble> {
        let found = self.settle().and_then(|()| self.look_ahead());
        if found.is_err() {
            self.give_up();
        }
        found
    }

    fn settle(&mut self) -> Result<(), Trouble> {
        let until = self.open.first().map_or(u64::MAX, |open| open.called);
        let is_due = |o: &Operation| o.returned.is_some_and(|returned| returned < until);
        if !self.answered.iter().any(is_due) {
            return Ok(());
        }
        let problem = Problem {
            certain: &self.answered,
            unknown: &self.unknown,
            until,
        };
        let mut search = Search::new(problem, BUDGET);
        let ends = search.ends(&self.settled).map_err(undecided)?;
        if ends.is_empty() {
            return Err(explain(problem, &self.settled, &search));
        }
        let keep: Vec<Option<usize>> = (0..self.answered.len())
            .filter(|place| !is_due(&self.answered[*place]))
            .map(Some)
            .collect();
        let everywhere = |place: &usize| ends.iter().all(|end| end.used.contains(*place));
        let still: Vec<Option<usize>> = (0..self.unknown.len())
            .filter(|place| !everywhere(place))
            .map(Some)
            .collect();
        self.settled = ends
            .iter()
            .map(|end| end.with_done(&keep).with_used(&still))
            .collect();
        self.answered.retain(|operation| !is_due(operation));
        if self.answered.is_empty() {
            // Copies of the run hold a part for each key; most have nothing under way.
            self.answered = Vec::new();
        }
        let mut still = still.into_iter().flatten().peekable();
        let mut place = 0..;
        self.unknown
            .retain(|_| still.next_if_eq(&place.next().unwrap_or(0)).is_some());
        self.blur();
        Ok(())
    }

    /// Whether there is an order of all that was answered, whatever comes of the open operations.
    /// While much is open it is asked only when there is twice as much as before: then a
    /// contradiction is found later, and the work for each answer stays the same.
    fn look_ahead(&mut self) -> Result<(), Trouble> {
        let answered = self.answered.len();
        self.looked = self.looked.min(answered);
        if answered == 0 || (self.looked >= AT_ONCE && answered < self.looked * 2) {
            return Ok(());
        }
        self.looked = answered;
        let mut unknown = self.unknown.clone();
        let open = self.open.iter();
        unknown.extend(open.flat_map(|o| Operation::unknown(o.id, o.input.clone(), o.called)));
        let from: Vec<Config> = self.settled.iter().map(Config::blurred).collect();
        let problem = Problem {
            certain: &self.answered,
            unknown: &unknown,
            until: u64::MAX,
        };
        let mut search = Search::new(problem, BUDGET);
        match search.any(&from).map_err(undecided)? {
            true => Ok(()),
            false => Err(explain(problem, &from, &search)),
        }
    }
}

fn undecided(_: OverBudget) -> Trouble {
    Trouble::Undecided
}

fn explain(problem: Problem<'_>, from: &[Config], search: &Search<'_>) -> Trouble {
    let core = contradiction(problem, from, BUDGET);
    Trouble::Contradiction(Contradiction {
        operations: core.iter().map(|operation| operation.id).collect(),
        longest: search.longest(),
    })
}
