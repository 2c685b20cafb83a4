//! Reads show one revision: what every read promises, also one that may be stale, or one of the past.
//!
//! etcd says of serializable reads that they are answered by the member alone and may be stale
//! "with respect to the quorum" (API guarantees). What is left is this: the answer is a state that
//! the cluster was in, all keys as one committed revision left them, the one that the header names
//! or the one that was asked for. And since a store never goes back while its process runs, whoever
//! asks the same process again sees no older state. (A process that has restarted may be behind its
//! predecessor.) How late the state may be that a linearizable read shows is judged by the histories; that it is one is
//! judged here where histories cannot: they know only what clients were told, not when a key went that had a lease, nor what
//! a sorted or filtered answer leaves out.

use super::past::{Past, Print};
use super::report::{Moment, Report};
use super::spec::Span;
use crate::cluster::{Claim, OperationId, Property};
use crate::kv::{KeyValue, RangeRequest, RangeResponse, Revision, SortOrder, SortTarget};
use crate::raft::NodeId;
use bytes::Bytes;

/// What was read, and what is being read.
#[derive(Clone, Debug, Default)]
pub(super) struct OneRevision {
    processes: Vec<Process>,
    open: Vec<Asked>,
}

/// The process of a member.
#[derive(Clone, Debug)]
struct Process {
    member: NodeId,
    starts: u64,
    /// The newest state that it showed in an answer that may be stale.
    newest: Option<Shown>,
}

#[derive(Clone, Copy, Debug)]
struct Shown {
    operation: OperationId,
    revision: Revision,
    when: Moment,
}

/// A read that waits for its answer.
#[derive(Clone, Debug)]
struct Asked {
    operation: OperationId,
    range: RangeRequest,
    /// Of a read that may be stale: the member, the number of its start, and what it had shown.
    floor: Option<(NodeId, u64, Option<Shown>)>,
}

impl OneRevision {
    /// A process starts.
    pub fn started(&mut self, member: NodeId) {
        let process = self.process(member);
        process.starts += 1;
        process.newest = None;
    }

    fn process(&mut self, member: NodeId) -> &mut Process {
        let known = self
            .processes
            .iter()
            .position(|process| process.member == member);
        let place = known.unwrap_or_else(|| {
            self.processes.push(Process {
                member,
                starts: 0,
                newest: None,
            });
            self.processes.len() - 1
        });
        &mut self.processes[place]
    }

    /// A client asks for keys.
    pub fn called(
        &mut self,
        past: &Past,
        operation: OperationId,
        member: NodeId,
        range: &RangeRequest,
    ) {
        let judged = !range.serializable && range.revision <= 0 && is_plain(range);
        if judged && !past.has_leases() {
            return;
        }
        let floor = range.serializable.then(|| {
            let process = self.process(member);
            (member, process.starts, process.newest)
        });
        self.open.push(Asked {
            operation,
            range: range.clone(),
            floor,
        });
    }

    /// A read has come to an end.
    pub fn returned(
        &mut self,
        report: &mut Report,
        past: &Past,
        operation: OperationId,
        answer: Option<(Revision, &RangeResponse)>,
    ) {
        let asked = |asked: &Asked| asked.operation == operation;
        let Some(place) = self.open.iter().position(asked) else {
            return;
        };
        let asked = self.open.swap_remove(place);
        let Some((revision, found)) = answer else {
            return;
        };
        if !past.is_blind() {
            expect_state(report, past, &asked, revision, found);
        }
        let Some((member, starts, floor)) = asked.floor else {
            return;
        };
        let now = report.now();
        let process = self.process(member);
        if process.starts != starts {
            return;
        }
        let saw = |shown: Shown| Claim::Saw {
            operation: shown.operation,
            revision: shown.revision,
        };
        let shown = Shown {
            operation,
            revision,
            when: now,
        };
        if process
            .newest
            .is_none_or(|newest| revision > newest.revision)
        {
            process.newest = Some(shown);
        }
        let fresh = floor.is_none_or(|floor| revision >= floor.revision);
        report.expect(Property::OneRevision, fresh, || {
            let floor = floor.expect("an older state is older than another one");
            (floor.when.saw(saw(floor)), saw(shown))
        });
    }
}

/// Whether the histories of the keys say exactly what must be in the answer, but for keys with leases.
fn is_plain(range: &RangeRequest) -> bool {
    let bounds = [
        range.min_mod_revision,
        range.max_mod_revision,
        range.min_create_revision,
        range.max_create_revision,
    ];
    let by_key = range.sort_target == SortTarget::Key && range.sort_order != SortOrder::Descend;
    by_key && !range.count_only && bounds == [0; 4]
}

/// The answer must be what one revision left.
fn expect_state(
    report: &mut Report,
    past: &Past,
    asked: &Asked,
    shown: Revision,
    found: &RangeResponse,
) {
    let range = &asked.range;
    let at = match u64::try_from(range.revision) {
        Ok(wanted) if wanted > 0 => wanted,
        _ => shown.0,
    };
    let span = Span::range(&range.key, &range.range_end);
    let there = past.at(&span, at);
    let wrong = match () {
        // From a future that nobody knows.
        () if shown.0 > past.revision() => Some(Bytes::new()),
        () => first_difference(range, &there, found),
    };
    report.expect(Property::OneRevision, wrong.is_none(), || {
        let key = wrong.unwrap_or_default();
        let stood = there.iter().find(|(other, _)| *other == key);
        let read = found.kvs.iter().find(|kv| kv.key == key);
        let seen = past.changes(at).map(|changes| changes.seen);
        let stood = Claim::Stood {
            revision: at,
            key: key.clone(),
            print: stood.map(|(_, print)| (print.modified, print.value)),
        };
        let read = Claim::Read {
            operation: asked.operation,
            revision: at,
            key,
            print: read
                .map(Print::of_told)
                .map(|print| (print.modified, print.value)),
        };
        (seen.unwrap_or_default().saw(stood), read)
    });
}

/// The first key of which the answer says something else than what was there.
fn first_difference(
    range: &RangeRequest,
    there: &[(Bytes, Print)],
    found: &RangeResponse,
) -> Option<Bytes> {
    let within = |low: i64, high: i64, number: u64| {
        let number = i64::try_from(number).unwrap_or(i64::MAX);
        (low == 0 || number >= low) && (high == 0 || number <= high)
    };
    let wanted: Vec<&(Bytes, Print)> = there
        .iter()
        .filter(|(_, print)| {
            within(
                range.min_mod_revision,
                range.max_mod_revision,
                print.modified,
            ) && within(
                range.min_create_revision,
                range.max_create_revision,
                print.created,
            )
        })
        .collect();
    let limit = usize::try_from(range.limit).ok().filter(|limit| *limit > 0);
    let count = match (range.count_only, limit) {
        (true, _) => 0,
        (false, limit) => wanted.len().min(limit.unwrap_or(usize::MAX)),
    };
    for kv in &found.kvs {
        let same = |(key, print): &&&(Bytes, Print)| {
            let told = Print::of_told(kv);
            let hidden = range.keys_only && kv.value.is_empty();
            let value = if hidden { print.value } else { told.value };
            *key == kv.key && *print == Print { value, ..told }
        };
        if wanted.iter().find(same).is_none() {
            return Some(kv.key.clone());
        }
    }
    let is_told = |key: &Bytes| found.kvs.iter().any(|kv| kv.key == *key);
    let left_out = || wanted.iter().map(|(key, _)| key).find(|key| !is_told(key));
    let twice = found.kvs.windows(2).find(|two| two[0].key == two[1].key);
    let by_key = range.sort_target == SortTarget::Key && range.sort_order != SortOrder::Descend;
    let in_order = |two: &[KeyValue]| two[0].key < two[1].key;
    let first_ones = || {
        found
            .kvs
            .iter()
            .zip(&wanted)
            .all(|(kv, (key, _))| kv.key == *key)
    };
    let right = found.kvs.len() == count
        && found.count == there.len() as u64
        && found.more == (count < wanted.len() && !range.count_only)
        && twice.is_none()
        && (!by_key || (found.kvs.windows(2).all(in_order) && first_ones()));
    let some = || left_out().or(there.first().map(|(key, _)| key));
    (!right).then(|| some().cloned().unwrap_or_default())
}

#[cfg(test)]
mod tests;
