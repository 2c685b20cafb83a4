//! Which operations belong to which key, and which row of its lane they have.

use super::Wanted;
use crate::cluster::{Call, Operation, OperationId, Outcome};
use crate::kv::{Request, RequestOp, TxnRequest};
use crate::sim::SimTime;
use crate::timeline::Session;
use crate::view::keys::legible;
use crate::view::sequence::Plot;
use bytes::Bytes;

/// So many operations are drawn: the latest of those in sight.
const MOST: usize = 400;
/// So many operations are looked at to find those in sight that began before.
pub(super) const LOOK_BACK: usize = 20_000;
/// So many operations that nobody knows the end of are drawn though their clients gave up before
/// the time in sight.
const OPEN: usize = 6;
/// So many rows a lane has at most.
const ROWS: usize = 12;
/// The room between two bars of a row.
const HAIR: f64 = 1.5;

/// What a lane is about: one key, a range of keys, or no key at all.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub(super) enum LaneKey {
    /// The first key and the end of the range, as requests name them.
    Span(Bytes, Bytes),
    /// No key.
    None,
}

/// The operations on a key.
pub(super) struct Lane {
    pub key: LaneKey,
    pub operations: Vec<Placed>,
    /// The upper edge.
    pub y: f64,
}

/// An operation with the row of its lane.
pub(super) struct Placed {
    pub operation: Operation,
    pub row: usize,
    /// Where the next one in this row begins.
    pub room: f64,
}

/// Whether nobody knows what became of it.
pub(super) fn is_unknown(operation: &Operation) -> bool {
    match &operation.returned {
        Some((_, Outcome::Failed(error))) => !error.is_certain() && operation.call.is_write(),
        _ => false,
    }
}

/// The keys that a call is about, each once.
pub(super) fn keys_of(call: &Call) -> Vec<LaneKey> {
    let mut keys = Vec::new();
    let mut add = |key: &Bytes, end: &Bytes| {
        let key = LaneKey::Span(key.clone(), end.clone());
        if !keys.contains(&key) {
            keys.push(key);
        }
    };
    match call {
        Call::Store(Request::Range(it)) => add(&it.key, &it.range_end),
        Call::Store(Request::DeleteRange(it)) => add(&it.key, &it.range_end),
        Call::Store(Request::Put(it)) => add(&it.key, &Bytes::new()),
        Call::Store(Request::Txn(it)) => transaction(it, &mut add),
        Call::Watch(it) => add(&it.request.key, &it.request.range_end),
        _ => {}
    }
    if keys.is_empty() {
        keys.push(LaneKey::None);
    }
    keys
}

fn transaction(txn: &TxnRequest, add: &mut dyn FnMut(&Bytes, &Bytes)) {
    txn.compare
        .iter()
        .for_each(|compare| add(&compare.key, &compare.range_end));
    for op in txn.success.iter().chain(&txn.failure) {
        match op {
            RequestOp::Range(it) => add(&it.key, &it.range_end),
            RequestOp::Put(it) => add(&it.key, &Bytes::new()),
            RequestOp::DeleteRange(it) => add(&it.key, &it.range_end),
            RequestOp::Txn(it) => transaction(it, add),
        }
    }
}

/// The lanes with the operations of which something is in sight.
pub(super) fn lanes_of(
    session: &Session,
    wanted: &Wanted,
    plot: &Plot,
    left_out: &mut usize,
) -> Vec<Lane> {
    let mut lanes: Vec<Lane> = Vec::new();
    let (mut drawn, mut open) = (0, 0);
    let end = count_until(session, plot.view.to());
    for place in (end.saturating_sub(LOOK_BACK)..end).rev() {
        let Some(operation) = session.whole_operations().get(place) else {
            continue;
        };
        let ended = operation.returned.as_ref().map(|(at, _)| *at);
        let early = ended.is_some_and(|at| at < plot.view.start());
        if early && !(is_unknown(operation) && open < OPEN) {
            continue;
        }
        let mut keys = keys_of(&operation.call);
        keys.retain(|key| fits(key, &wanted.prefix));
        if keys.is_empty() {
            continue;
        }
        open += usize::from(early);
        if drawn == MOST {
            *left_out += 1;
            continue;
        }
        drawn += 1;
        for key in keys {
            let place = lanes.binary_search_by(|lane| lane.key.cmp(&key));
            let place = place.unwrap_or_else(|place| {
                let operations = Vec::new();
                lanes.insert(
                    place,
                    Lane {
                        key,
                        operations,
                        y: 0.0,
                    },
                );
                place
            });
            lanes[place].operations.push(Placed {
                operation: operation.clone(),
                row: 0,
                room: f64::MAX,
            });
        }
    }
    lanes.iter_mut().for_each(|lane| lane.operations.reverse());
    lanes
}

pub(super) fn fits(key: &LaneKey, prefix: &str) -> bool {
    match key {
        LaneKey::Span(key, _) => prefix.is_empty() || legible(key).starts_with(prefix),
        LaneKey::None => prefix.is_empty(),
    }
}

/// How many operations of the branch were called up to a moment.
pub(super) fn count_until(session: &Session, time: SimTime) -> usize {
    let operations = session.whole_operations();
    let (mut low, mut high) = (0, operations.len());
    while low < high {
        let middle = low + (high - low) / 2;
        match operations.get(middle) {
            Some(operation) if operation.called <= time => low = middle + 1,
            _ => high = middle,
        }
    }
    low
}

impl Lane {
    /// Puts the operations into rows in which no bar covers another; returns how many. What is open
    /// at its end is covered by the next one.
    pub fn stack(&mut self, plot: &Plot) -> usize {
        let mut ends: Vec<(f64, usize)> = Vec::new();
        for place in 0..self.operations.len() {
            let operation = &self.operations[place].operation;
            let left = plot.x_within(operation.called);
            let right = match &operation.returned {
                Some((at, _)) => plot.x_within(*at).max(left + 3.0),
                None => plot.width,
            };
            let free = ends.iter().position(|(end, _)| end + HAIR <= left);
            let row = free.unwrap_or(ends.len().min(ROWS - 1));
            if let Some((end, before)) = ends.get_mut(row) {
                self.operations[*before].room = left - HAIR;
                (*end, *before) = (right, place);
            } else {
                ends.push((right, place));
            }
            self.operations[place].row = row;
        }
        ends.len()
    }
}

/// The operation of a branch with this identity.
pub(super) fn operation(session: &Session, id: OperationId) -> Option<&Operation> {
    let place = usize::try_from(id.0.checked_sub(1)?).ok()?;
    session.whole_operations().get(place)
}
