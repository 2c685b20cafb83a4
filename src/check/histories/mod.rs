//! What clients asked and were told, looked at while the run goes on.
//!
//! Every operation of a client enters a history: its call, its answer, or that nobody knows what
//! became of it. Operations on keys that belong together are one [`Part`]; a transaction or a
//! range brings keys together for good. Each answer is looked at when it comes: is there still an
//! order of the operations in which all answers are right?
//!
//! Serializable reads, reads of the past and what does not concern keys are left out here.

mod translate;

use super::linear::Territory;
use super::linear::{Contradiction, Fate, Part, Trouble};
use super::report::{Moment, Report};
use super::sorted::Sorted;
use crate::cluster::{Claim, OperationId, Property};
use crate::kv::{Request, Response};
use std::collections::VecDeque;
use std::sync::Arc;
pub(super) use translate::{input_of, reply_of};

/// So many of the last answers are kept with their moments, for the evidence.
const RECENT: usize = 64;

/// So many operations of an order are shown.
const SHOWN: usize = 6;

/// The histories of all keys.
#[derive(Clone, Debug, Default)]
pub(super) struct Histories {
    territory: Territory,
    parts: Vec<Arc<Part>>,
    /// Where a part has gone, if it is one with another now.
    moved: Vec<usize>,
    /// The part of each operation that waits for an answer, and what was asked.
    open: Sorted<OperationId, (usize, Arc<Request>)>,
    /// Calls and returns so far.
    time: u64,
    recent: VecDeque<(u64, Moment)>,
    undecided: u64,
    /// Whether the log says what became of operations.
    by_log: bool,
}

impl Histories {
    /// For how many groups of keys it takes too long to find out whether their history is
    /// linearizable.
    pub fn undecided(&self) -> u64 {
        self.undecided
    }

    /// From now on everything that takes place is told to [`Histories::took_place`].
    pub fn watch_log(&mut self) {
        self.by_log = true;
    }

    /// The log says what became of an operation.
    pub fn took_place(&mut self, operation: OperationId, fate: Fate) {
        let wonders = |part: &Arc<Part>| part.wonders(operation.0);
        let part = match self.open.from(operation).next() {
            Some((id, (part, _))) if id == operation => Some(*part),
            _ => self.parts.iter().position(wonders),
        };
        if let Some(part) = part {
            self.part(part).took_place(operation.0, fate);
        }
    }

    /// A client asks for something that has its place in the order of all operations.
    pub fn called(&mut self, report: &mut Report, operation: OperationId, request: &Request) {
        let Some(input) = input_of(request) else {
            return;
        };
        let part = self.part_of(report, &input.spans());
        self.time += 1;
        Arc::make_mut(&mut self.parts[part]).called(operation.0, input, self.time);
        let request = Arc::new(request.clone());
        self.open.get_or_insert(operation, (part, request));
    }

    /// A client has an answer.
    pub fn answered(&mut self, report: &mut Report, operation: OperationId, response: &Response) {
        let Some((part, request)) = self.open.remove(operation) else {
            return;
        };
        let reply = reply_of(&request, response);
        self.time += 1;
        let time = self.time;
        let found = self.part(part).answered(operation.0, reply, time);
        self.tell(report, operation, found);
        if self.recent.len() == RECENT {
            self.recent.pop_front();
        }
        self.recent.push_back((operation.0, report.now()));
    }

    /// An operation ended without an answer; `never` if it certainly does nothing.
    pub fn failed(&mut self, report: &mut Report, operation: OperationId, never: bool) {
        if let Some((part, _)) = self.open.remove(operation) {
            let found = self.part(part).failed(operation.0, never);
            self.tell(report, operation, found);
        }
    }

    fn part(&mut self, mut part: usize) -> &mut Part {
        while self.moved[part] != part {
            part = self.moved[part];
        }
        Arc::make_mut(&mut self.parts[part])
    }

    /// The part of these keys.
    fn part_of(&mut self, report: &mut Report, spans: &[super::spec::Span]) -> usize {
        let fresh = self.parts.len();
        let mut merged = Vec::new();
        let part = self
            .territory
            .claim(spans, fresh, |_, gone| merged.push(gone));
        if part == fresh {
            let by_log = self.by_log;
            self.parts.push(match by_log {
                true => Part::by_log().into(),
                false => Arc::default(),
            });
            self.moved.push(part);
        }
        for gone in merged {
            let other = std::mem::take(&mut self.parts[gone]);
            // (What is left in its place is empty, and nobody asks for it.)
            self.moved[gone] = part;
            let found = self.part(part).absorb(&other);
            self.tell(report, OperationId(0), found);
        }
        part
    }

    /// Reports what was found when an operation ended.
    fn tell(&mut self, report: &mut Report, operation: OperationId, found: Result<(), Trouble>) {
        match found {
            Err(Trouble::Undecided) => self.undecided += 1,
            Ok(()) => report.expect(Property::Linearizability, true, || unreachable!("it holds")),
            Err(Trouble::Contradiction(contradiction)) => {
                let Contradiction {
                    mut operations,
                    mut longest,
                } = contradiction;
                longest.drain(..longest.len().saturating_sub(SHOWN));
                if operations.is_empty() {
                    operations.push(operation.0);
                }
                let last = longest
                    .iter()
                    .chain(&operations)
                    .find_map(|id| self.moment_of(*id));
                let ids = |ids: Vec<u64>| ids.into_iter().map(OperationId).collect();
                report.expect(Property::Linearizability, false, || {
                    let ordered = Claim::Ordered {
                        operations: ids(longest),
                    };
                    let contradict = Claim::Contradict {
                        operations: ids(operations),
                    };
                    // What is settled is in no order any more: the last answer of all was in it.
                    let last = last.or_else(|| self.recent.back().map(|(_, moment)| *moment));
                    (last.unwrap_or_default().saw(ordered), contradict)
                });
            }
        }
    }

    fn moment_of(&self, operation: u64) -> Option<Moment> {
        let mut recent = self.recent.iter();
        let found = recent.find(|(id, _)| *id == operation);
        found.map(|(_, moment)| *moment)
    }
}

#[cfg(test)]
mod tests;
