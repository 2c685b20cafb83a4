//! The search for an order.

use super::super::spec::State;
use super::Operation;
use super::bits::Bits;
use super::config::Config;
use super::list::{List, NOWHERE};
use super::reached::{Mix, Reached};
use super::wishes::Wishes;
use std::hash::{Hash, Hasher};

/// What is to be put in order.
#[derive(Clone, Copy, Debug)]
pub(super) struct Problem<'a> {
    /// Operations with an answer, in the order of their calls. Each must take place between call and
    /// return.
    pub certain: &'a [Operation],
    /// Operations whose outcome nobody knows, in any order.
    pub unknown: &'a [Operation],
    /// Only returns before this time count: an operation that returns later may wait.
    pub until: u64,
}

/// The search needed more steps than it was allowed.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct OverBudget;

/// A search, and what it has found out.
pub(super) struct Search<'a> {
    problem: Problem<'a>,
    entries: Vec<Entry>,
    /// For each operation with an answer the places of its call and of its return.
    places: Vec<(u32, u32)>,
    /// For each unknown operation an earlier one that is just the same.
    twins: Vec<Option<u32>>,
    wishes: Wishes,
    /// The operations with an answer that shows a revision, by that.
    by_revision: Vec<(u64, u32)>,
    /// Whether all answers show one. Then the revisions say what can come next, and the list holds
    /// the returns alone.
    ordered: bool,
    reached: Reached,
    budget: u64,
    longest: Vec<Which>,
    /// The last return that any order came to.
    blocked: u64,
}

/// A call or a return.
#[derive(Clone, Copy)]
struct Entry {
    time: u64,
    operation: u32,
    is_return: bool,
}

/// One of the operations.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Which {
    Certain(u32),
    Unknown(u32),
}

/// Where the search for the next operation stands.
#[derive(Clone, Copy)]
enum Cursor {
    /// At this place of the list.
    Certain(u32),
    /// At this unknown operation. It must have been called before the time.
    Unknown(u32, u64),
    /// Nothing else need be tried.
    Settled,
}

/// A decision that can be taken back.
struct Turn {
    which: Which,
    before: State,
    lowest: usize,
    resume: Cursor,
}

/// Where the search stands.
struct Here<'s> {
    list: &'s List,
    done: &'s Bits,
    used: &'s Bits,
    /// The first operation of the list by revisions that has not taken place.
    lowest: usize,
    /// What came last.
    last: Option<Which>,
}

impl<'a> Search<'a> {
    /// A search that may look at so many steps of the specification.
    pub fn new(problem: Problem<'a>, budget: u64) -> Search<'a> {
        let ordered = problem.certain.iter().all(|o| o.reply.revision.is_some());
        let mut entries = Vec::with_capacity(problem.certain.len() * 2);
        for (place, operation) in (0..).zip(problem.certain) {
            let mut add = |time, is_return| {
                if time < problem.until && (is_return || !ordered) {
                    entries.push(Entry {
                        time,
                        operation: place,
                        is_return,
                    });
                }
            };
            add(operation.called, false);
            add(operation.returned.unwrap_or(u64::MAX), true);
        }
        entries.sort_unstable_by_key(|entry| entry.time);
        let mut places = vec![(NOWHERE, NOWHERE); problem.certain.len()];
        for (at, entry) in (0..).zip(&entries) {
            let place = &mut places[entry.operation as usize];
            match entry.is_return {
                false => place.0 = at,
                true => place.1 = at,
            }
        }
        let shown = (0..).zip(problem.certain).filter_map(|(place, operation)| {
            let called = operation.called < problem.until;
            Some((operation.reply.revision.filter(|_| called)?, place))
        });
        let mut by_revision: Vec<(u64, u32)> = shown.collect();
        by_revision.sort_unstable();
        Search {
            problem,
            by_revision,
            ordered,
            entries,
            places,
            twins: twins(problem.unknown),
            wishes: Wishes::of(problem),
            reached: Reached::default(),
            budget,
            longest: Vec::new(),
            blocked: 0,
        }
    }

    /// Whether there is an order, from one of these configurations on.
    pub fn any(&mut self, from: &[Config]) -> Result<bool, OverBudget> {
        for config in from {
            let mut found = false;
            self.run(config, &mut |_, _, _| {
                found = true;
                false
            })?;
            if found {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// Where all orders end, from any of these configurations on.
    pub fn ends(&mut self, from: &[Config]) -> Result<Vec<Config>, OverBudget> {
        let mut ends: Vec<Config> = Vec::new();
        for config in from {
            self.run(config, &mut |state, done, used| {
                ends.push(Config {
                    state: state.clone(),
                    done: done.clone(),
                    used: used.clone(),
                });
                true
            })?;
        }
        // A later end may have used less than an earlier one.
        let all = ends.clone();
        ends.retain(|end| {
            let better = |other: &Config| {
                other != end
                    && other.used.is_within(&end.used)
                    && other.done == end.done
                    && other.state == end.state
            };
            !all.iter().any(better)
        });
        Ok(ends)
    }

    /// How many steps are left.
    pub fn budget(&self) -> u64 {
        self.budget
    }

    /// If there is no order: the time of the first return that leaves none. Orders of everything
    /// before it were found, since all that was tried stopped there at the latest.
    pub fn blocked(&self) -> u64 {
        self.blocked
    }

    /// The longest order that was given up, as identities of operations.
    pub fn longest(&self) -> Vec<u64> {
        let id = |which: &Which| self.operation(*which).id;
        self.longest.iter().map(id).collect()
    }

    fn operation(&self, which: Which) -> &'a Operation {
        match which {
            Which::Certain(place) => &self.problem.certain[place as usize],
            Which::Unknown(place) => &self.problem.unknown[place as usize],
        }
    }

    /// Looks for orders. `ended` hears where each ends, and says whether to look for another one.
    fn run(
        &mut self,
        from: &Config,
        ended: &mut dyn FnMut(&State, &Bits, &Bits) -> bool,
    ) -> Result<(), OverBudget> {
        let mut list = List::new(self.entries.len());
        let Config {
            mut state,
            mut done,
            mut used,
        } = from.clone();
        let mut open = self.entries.iter().filter(|entry| entry.is_return).count();
        for (operation, place) in self.places.iter().enumerate() {
            if done.contains(operation) {
                open -= list.lift(*place);
            }
        }
        let mut turns: Vec<Turn> = Vec::new();
        let mut lowest = self.lowest(0, &done);
        let mut cursor = self.start(&list, lowest);
        loop {
            let next = match open {
                0 if !ended(&state, &done, &used) => return Ok(()),
                0 => None,
                _ => {
                    let here = Here {
                        list: &list,
                        done: &done,
                        used: &used,
                        lowest,
                        last: turns.last().map(|turn| turn.which),
                    };
                    self.candidate(&here, &mut cursor)
                }
            };
            let Some(which) = next else {
                // Nothing can come next, or nothing needs to.
                if turns.len() > self.longest.len() {
                    self.longest = turns.iter().map(|turn| turn.which).collect();
                }
                let Some(turn) = turns.pop() else {
                    return Ok(());
                };
                match turn.which {
                    Which::Certain(place) => {
                        done.remove(place as usize);
                        open += list.put_back(self.places[place as usize]);
                    }
                    Which::Unknown(place) => used.remove(place as usize),
                }
                (state, cursor, lowest) = (turn.before, turn.resume, turn.lowest);
                if matches!(cursor, Cursor::Unknown(..)) {
                    self.listen(&list, &done, lowest);
                }
                continue;
            };
            self.budget = self.budget.checked_sub(1).ok_or(OverBudget)?;
            let operation = self.operation(which);
            // Revisions never go back: what shows a lower one cannot wait.
            let waits = self.by_revision.get(lowest).map(|(revision, _)| *revision);
            if operation.reply.revision.is_some() && operation.reply.revision > waits {
                continue;
            }
            let Some(after) = state.step(&operation.input, &operation.reply) else {
                continue;
            };
            match which {
                Which::Certain(place) => done.insert(place as usize),
                Which::Unknown(place) => used.insert(place as usize),
            }
            if !self.reached.insert(&after, &done, &used) {
                match which {
                    Which::Certain(place) => done.remove(place as usize),
                    Which::Unknown(place) => used.remove(place as usize),
                }
                continue;
            }
            if let Which::Certain(place) = which {
                open -= list.lift(self.places[place as usize]);
            }
            // What only reads, and teaches nothing new, may as well come first: whatever could come
            // before it can come after it.
            let settled = operation.returned.is_some() && operation.only_reads() && after == state;
            turns.push(Turn {
                which,
                lowest,
                before: std::mem::replace(&mut state, after),
                resume: if settled { Cursor::Settled } else { cursor },
            });
            lowest = self.lowest(lowest, &done);
            cursor = self.start(&list, lowest);
        }
    }

    /// From this place on, the first operation of the list by revisions that has not taken place.
    fn lowest(&self, from: usize, done: &Bits) -> usize {
        let rest = self.by_revision[from..].iter();
        from + rest
            .take_while(|(_, place)| done.contains(*place as usize))
            .count()
    }

    /// Where the search for the next operation begins.
    fn start(&self, list: &List, lowest: usize) -> Cursor {
        Cursor::Certain(match self.ordered {
            true => lowest as u32,
            false => list.first(),
        })
    }

    /// What could come next: first the operations that must, then those that may.
    fn candidate(&mut self, here: &Here<'_>, cursor: &mut Cursor) -> Option<Which> {
        loop {
            match *cursor {
                Cursor::Certain(at) => {
                    let (next, operation) = self.certain(here, at)?;
                    *cursor = next;
                    if let Some(operation) = operation {
                        return Some(Which::Certain(operation));
                    }
                    self.listen(here.list, here.done, here.lowest);
                }
                Cursor::Settled => return None,
                Cursor::Unknown(place, before) => {
                    let operation = self.problem.unknown.get(place as usize)?;
                    *cursor = Cursor::Unknown(place + 1, before);
                    let called = operation.called < before;
                    if called && self.is_of_use(here, place, operation) {
                        return Some(Which::Unknown(place));
                    }
                }
            }
        }
    }

    /// The next operation with an answer that can take place, and where to go on. `None` if there is
    /// nothing that must take place.
    fn certain(&mut self, here: &Here<'_>, at: u32) -> Option<(Cursor, Option<u32>)> {
        let at = match self.ordered {
            false => {
                let entry = self.entries.get(at as usize)?;
                if !entry.is_return {
                    let next = Cursor::Certain(here.list.next(at));
                    return Some((next, Some(entry.operation)));
                }
                at
            }
            true => {
                let first = here.list.first();
                let returned = self.entries.get(first as usize)?.time;
                let next = self
                    .eligible(here.done, here.lowest, at as usize, returned)
                    .next();
                if let Some((at, place)) = next {
                    return Some((Cursor::Certain(at as u32 + 1), Some(place)));
                }
                first
            }
        };
        let returned = self.entries[at as usize].time;
        self.blocked = self.blocked.max(returned);
        Some((Cursor::Unknown(0, returned), None))
    }

    /// The operations that show the lowest revision of all that have not taken place, from a place
    /// of the list by revisions on, if they were called before the first return.
    fn eligible<'s>(
        &'s self,
        done: &'s Bits,
        lowest: usize,
        from: usize,
        returned: u64,
    ) -> impl Iterator<Item = (usize, u32)> + 's {
        let revision = self.by_revision.get(lowest).map(|(revision, _)| *revision);
        let rest = self.by_revision.iter().enumerate().skip(from);
        let same = rest.take_while(move |(_, (other, _))| Some(*other) == revision);
        let places = same.map(|(at, (_, place))| (at, *place));
        places.filter(move |(_, place)| {
            let called = self.problem.certain[*place as usize].called;
            !done.contains(*place as usize) && called < returned
        })
    }

    /// Hears what the operations want that can come next.
    fn listen(&mut self, list: &List, done: &Bits, lowest: usize) {
        if !self.wishes.matter() {
            return;
        }
        let mut heard = std::mem::take(&mut self.wishes.heard);
        heard.clear();
        let mut at = list.first();
        if self.ordered {
            let returned = self.entries.get(at as usize).map_or(0, |entry| entry.time);
            let eligible = self.eligible(done, lowest, lowest, returned);
            heard.extend(eligible.map(|(_, place)| self.wishes.certain[place as usize]));
        } else {
            let is_call = |entry: &&Entry| !entry.is_return;
            while let Some(entry) = self.entries.get(at as usize).filter(is_call) {
                heard.push(self.wishes.certain[entry.operation as usize]);
                at = list.next(at);
            }
        }
        self.wishes.heard = heard;
    }

    /// Whether an unknown operation can explain anything that others cannot.
    fn is_of_use(&self, here: &Here<'_>, place: u32, operation: &Operation) -> bool {
        let used = here.used;
        if used.contains(place as usize) || !self.wishes.fulfils(place) {
            return false;
        }
        // Of those that are the same, the one that was called first comes first.
        let twin = self.twins[place as usize];
        if twin.is_some_and(|twin| !used.contains(twin as usize)) {
            return false;
        }
        // Nobody saw what an unknown write put there if the next unknown write puts something
        // else in its place.
        let unseen = match here.last {
            Some(Which::Unknown(last)) => self.problem.unknown[last as usize].input.overwrites(),
            _ => None,
        };
        unseen.is_none() || unseen != operation.input.overwrites()
    }
}

/// For each operation the last one that was called before it and asks for the same.
fn twins(operations: &[Operation]) -> Vec<Option<u32>> {
    let mut twins = vec![None; operations.len()];
    let mut hashes: Vec<(u64, u64, u32)> = (0..)
        .zip(operations)
        .map(|(place, operation)| {
            let mut hasher = Mix(0);
            operation.input.hash(&mut hasher);
            (hasher.finish(), operation.called, place)
        })
        .collect();
    hashes.sort_unstable();
    for pair in hashes.windows(2) {
        let [(hash, _, place), (later_hash, _, later)] = [pair[0], pair[1]];
        let (one, other) = (&operations[place as usize], &operations[later as usize]);
        if hash == later_hash && one.input == other.input && one.reply == other.reply {
            twins[later as usize] = Some(place);
        }
    }
    twins
}
