//! The history of some keys while a run goes on.

use super::super::spec::{Input, Output, Reply, State};
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
    #[expect(clippy::vec_box, reason = "those behind one that is answered move up")]
    open: Vec<Box<Open>>,
    /// So many operations were answered but not settled when they were looked at last.
    looked: usize,
    /// Nothing is checked any more.
    given_up: bool,
    /// Whether the log is believed about which operations took place of those that nobody answered
    /// (see [`Part::took_place`]). If no order fits what it says, all ways are tried from then on.
    by_log: bool,
}

#[derive(Clone, Debug)]
struct Open {
    id: u64,
    input: Input,
    called: u64,
    fate: Option<Fate>,
}

/// What became of an operation, by the log.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(in super::super) enum Fate {
    /// It was refused, or found nothing to change.
    Nothing,
    /// It made this revision; of a transaction also whether its comparisons held.
    Made(u64, Option<bool>),
}

impl Open {
    /// The operation, if the log says that it took place.
    fn taken_place(&self) -> Option<Operation> {
        let Some(Fate::Made(revision, succeeded)) = self.fate else {
            return None;
        };
        Some(made(
            self.id,
            self.input.clone(),
            self.called,
            (revision, succeeded),
        ))
    }
}

fn made(id: u64, input: Input, called: u64, fate: (u64, Option<bool>)) -> Operation {
    let (revision, succeeded) = fate;
    let outputs = None;
    Operation {
        id,
        input,
        reply: Reply {
            revision: Some(revision),
            output: succeeded.map(|succeeded| Output::Txn { succeeded, outputs }),
        },
        called,
        returned: None,
    }
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
            by_log: false,
        }
    }
}

impl Part {
    /// A history of which the log will say what took place.
    pub fn by_log() -> Part {
        Part {
            by_log: true,
            ..Part::default()
        }
    }

    /// The log says what became of an operation. Operations without an answer are what makes the
    /// search long, and the log knows which of them took place, and when: an order that fits what it
    /// says is as good as any. It is only asked for a way; whether that fits the answers is found out
    /// here.
    pub fn took_place(&mut self, id: u64, fate: Fate) {
        if let Some(open) = self.open.iter_mut().find(|open| open.id == id) {
            open.fate = Some(fate);
            return;
        }
        let found = self.unknown.iter().find(|operation| operation.id == id);
        let Some(Operation { input, called, .. }) = found.filter(|_| self.by_log).cloned() else {
            return;
        };
        self.unknown.retain(|operation| operation.id != id);
        if let Fate::Made(revision, succeeded) = fate {
            self.insert(made(id, input, called, (revision, succeeded)));
        }
    }

    /// Whether nobody knows what became of the operation.
    pub fn wonders(&self, id: u64) -> bool {
        self.unknown.iter().any(|operation| operation.id == id)
    }

    fn insert(&mut self, operation: Operation) {
        let place = self
            .answered
            .partition_point(|other| other.called < operation.called);
        self.answered.insert(place, operation);
        self.insert_undone(place);
    }

    /// A client asks. `called` is later than every time before.
    pub fn called(&mut self, id: u64, input: Input, called: u64) {
        self.open.push(Box::new(Open {
            id,
            input,
            called,
            fate: None,
        }));
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
        self.insert(operation);
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
        let never = never || (self.by_log && open.fate == Some(Fate::Nothing));
        match open.taken_place().filter(|_| self.by_log) {
            _ if never => {}
            Some(operation) => self.insert(operation),
            None => {
                let ways = Operation::unknown(open.id, open.input, open.called);
                self.unknown.extend(ways);
                self.blur();
            }
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
        self.by_log &= other.by_log;
        self.blur();
        Ok(())
    }

    fn close(&mut self, id: u64) -> Option<Box<Open>> {
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
        let blurred = !self.by_log && !self.unknown.is_empty();
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
        let (due, answered) = (
            self.answered.iter().filter(|o| is_due(o)).count(),
            self.answered.len(),
        );
        // While much is open, as many wait as are settled at a time: the work for each stays the same.
        if due == 0 || (answered > AT_ONCE && due * 2 < answered) {
            return Ok(());
        }
        let problem = Problem {
            certain: &self.answered,
            unknown: if self.by_log { &[] } else { &self.unknown },
            until,
        };
        let mut search = Search::new(problem, BUDGET);
        let ends = search.ends(&self.settled).map_err(undecided);
        if self.by_log && !ends.as_ref().is_ok_and(|ends| !ends.is_empty()) {
            self.stop_believing();
            return self.settle();
        }
        let ends = ends?;
        if ends.is_empty() {
            return Err(explain(problem, &self.settled, &search));
        }
        let is_over = |place: usize| {
            let operation = &self.answered[place];
            let done = || ends.iter().all(|end| end.done.contains(place));
            is_due(operation) || (operation.returned.is_none() && done())
        };
        let keep: Vec<Option<usize>> = (0..self.answered.len())
            .filter(|place| !is_over(*place))
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
        keep_places(&mut self.answered, keep);
        if self.answered.is_empty() {
            // Copies of the run hold a part for each key; most have nothing under way.
            self.answered = Vec::new();
        }
        keep_places(&mut self.unknown, still);
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
        if self.by_log {
            // What the log does not know has not happened yet.
            let mut ahead = Part {
                settled: self.settled.clone(),
                answered: self.answered.clone(),
                ..Part::default()
            };
            for operation in self.open.iter().filter_map(|open| open.taken_place()) {
                ahead.insert(operation);
            }
            let problem = Problem {
                certain: &ahead.answered,
                unknown: &[],
                until: u64::MAX,
            };
            let mut search = Search::new(problem, BUDGET);
            if search.any(&ahead.settled) == Ok(true) {
                return Ok(());
            }
            self.stop_believing();
        }
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

    /// No order fits what the log says: all others are tried from now on.
    fn stop_believing(&mut self) {
        self.by_log = false;
        self.blur();
    }
}

/// Keeps the operations at these places, which are in order.
fn keep_places(list: &mut Vec<Operation>, places: Vec<Option<usize>>) {
    let mut places = places.into_iter().flatten().peekable();
    let mut place = 0..;
    list.retain(|_| {
        let place = place.next().unwrap_or(0);
        places.next_if_eq(&place).is_some()
    });
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
