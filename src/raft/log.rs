//! The log of one member, in memory, and how much of it is committed, applied and durable.
//!
//! ```text
//!   compacted │ first ... applied ... committed ... last      what is known
//!             │ first ......... stored ... handed ... last     what the disk has
//! ```
//!
//! `stored` is durable, what lies between `stored` and `handed` is on its way to the disk, and
//! the rest waits for the next [`Write`](super::ready::Write). Neither of the two lines bounds
//! the other: a follower may have stored what is not committed yet, and may learn that something
//! is committed before its own disk has it.

use super::ready::{Compaction, WriteDone};
use super::rules::{LogPosition, Rules};
use super::types::{Entry, HardState, Index, Payload, Snapshot, Stored, Term};
use crate::base::SharedVec;
use std::collections::VecDeque;
use std::ops::{Bound, RangeBounds};
use std::sync::Arc;

/// The log of one member.
///
/// Invariants, asserted where they could break:
/// - indexes are contiguous, and terms never fall from one entry to the next;
/// - `first ≤ snapshot index + 1`, so everything after the snapshot is here;
/// - `applied ≤ handed out ≤ committed ≤ last` (the middle one only with all rules on);
/// - `stored ≤ handed ≤ last`.
#[derive(Clone, Debug)]
pub(super) struct Log {
    entries: SharedVec<Entry>,
    /// The index of the first entry kept.
    first: Index,
    /// The term of the entry before that.
    prev_term: Term,
    snapshot: Arc<Snapshot>,
    committed: Index,
    /// Up to here entries were handed out to be applied.
    handed_out: Index,
    applied: Index,
    stored: Index,
    handed: Index,
    /// A snapshot of the leader that the disk does not know yet.
    new_snapshot: bool,
    /// A snapshot of this member's own that the disk does not know yet.
    new_compaction: Option<Compaction>,
    in_flight: VecDeque<InFlight>,
    writes: u64,
    /// The number of the last write that had a snapshot of the leader; 0 before the first.
    snapshot_write: u64,
    /// Entries of the log that are in a message, too. The disk shares them if it is them that it lacks.
    at_hand: Option<Arc<[Entry]>>,
}

/// A write of which the disk has not said yet that it is durable.
#[derive(Clone, Copy, Debug)]
struct InFlight {
    number: u64,
    /// The last index that will be durable *in the form in which it stands in the log now*. A
    /// suffix that is replaced meanwhile lowers this, and the write that carries the
    /// replacement vouches for it: so the ABA case (an entry replaced, and put back by a third
    /// leader) needs no comparison of terms.
    last: Index,
}

impl Log {
    /// The log found on the disk.
    ///
    /// # Errors
    /// What is wrong with it.
    pub fn new(stored: Stored) -> Result<Log, &'static str> {
        check(&stored)?;
        let Stored {
            hard_state,
            snapshot,
            entries,
            prev_term,
            applied,
        } = stored;
        let first = entries.first().map_or(snapshot.index.next(), |e| e.index);
        let prev_term = if entries.is_empty() {
            snapshot.term
        } else {
            prev_term
        };
        let mut log = Log {
            entries,
            first,
            prev_term,
            committed: snapshot.index,
            handed_out: applied.max(snapshot.index),
            applied: applied.max(snapshot.index),
            stored: Index(0),
            handed: Index(0),
            new_snapshot: false,
            new_compaction: None,
            in_flight: VecDeque::new(),
            writes: 0,
            snapshot_write: 0,
            at_hand: None,
            snapshot,
        };
        log.stored = log.last_index();
        log.handed = log.last_index();
        // The disk may have lost the end of the log (a broken disk): what is gone is not known
        // to be committed here, whatever the hard state says.
        log.committed = hard_state
            .commit
            .max(log.applied)
            .min(log.last_index())
            .max(log.snapshot.index);
        log.applied = log.applied.min(log.committed);
        log.handed_out = log.applied;
        Ok(log)
    }

    pub fn first_index(&self) -> Index {
        self.first
    }

    /// See [`Stored::share_log`].
    pub fn share_with(&mut self, other: &Stored) {
        if let Some(before) = other.place_of(self.first) {
            self.entries.share_with(&other.entries, before);
        }
    }

    pub fn last_index(&self) -> Index {
        Index(self.first.0 + self.entries.len() as u64 - 1)
    }

    pub fn last_term(&self) -> Term {
        self.term_at(self.last_index())
            .expect("the log knows the term of its end")
    }

    /// Where the log ends.
    pub fn end(&self) -> LogPosition {
        LogPosition {
            term: self.last_term(),
            index: self.last_index(),
        }
    }

    pub fn committed(&self) -> Index {
        self.committed
    }

    pub fn applied(&self) -> Index {
        self.applied
    }

    pub fn stored(&self) -> Index {
        self.stored
    }

    pub fn snapshot(&self) -> &Arc<Snapshot> {
        &self.snapshot
    }

    /// The entry at the index, unless it is compacted or not there yet.
    pub fn entry(&self, index: Index) -> Option<&Entry> {
        let position = index.0.checked_sub(self.first.0)?;
        self.entries.get(usize::try_from(position).ok()?)
    }

    /// The term of the entry at the index; also known for the one before the first.
    pub fn term_at(&self, index: Index) -> Option<Term> {
        if index.next() == self.first {
            return Some(self.prev_term);
        }
        self.entry(index).map(|entry| entry.term)
    }

    /// The entries in the range, as far as they are here.
    pub fn range(&self, range: impl RangeBounds<Index>) -> impl Iterator<Item = &Entry> + Clone {
        let from = match range.start_bound() {
            Bound::Included(from) => from.0,
            Bound::Excluded(from) => from.0.saturating_add(1),
            Bound::Unbounded => 0,
        };
        let to = match range.end_bound() {
            Bound::Included(to) => to.0.saturating_add(1),
            Bound::Excluded(to) => to.0,
            Bound::Unbounded => u64::MAX,
        };
        let position = |index: u64| {
            let position = index.saturating_sub(self.first.0);
            usize::try_from(position).unwrap_or(usize::MAX)
        };
        self.entries.range(position(from), position(to))
    }

    /// The last index, not above `index`, whose entry has at most this term; the first index
    /// whose term is not known any more if there is none. That entry may be where two logs
    /// agree: everything between has a higher term than the other log can have there.
    pub fn last_with_term_up_to(&self, index: Index, term: Term) -> (Index, Term) {
        let mut at = index.min(self.last_index());
        loop {
            match self.term_at(at) {
                Some(own) if own > term => at = at.prev(),
                Some(own) => return (at, own),
                None => return (at, Term(0)),
            }
        }
    }

    /// Adds one entry at the end.
    pub fn push(&mut self, entry: Entry) {
        assert_eq!(
            entry.index,
            self.last_index().next(),
            "entries are contiguous"
        );
        self.entries.push(entry);
    }

    /// These entries of the log are in a message, too.
    pub fn has_at_hand(&mut self, entries: Arc<[Entry]>) {
        self.at_hand = Some(entries);
    }

    /// Cuts off everything from `from` on.
    pub fn truncate_from(&mut self, from: Index) {
        assert!(from > self.committed, "committed entries are never cut off");
        self.at_hand = None;
        self.entries.truncate((from.0 - self.first.0) as usize);
        self.forget_stored_after(from.prev());
    }

    /// Moves the commit index. Whether it may move is for [`Rules::may_move_commit`] to say.
    pub fn commit_to(&mut self, index: Index, rules: Rules) -> bool {
        if !rules.may_move_commit(self.committed, index) {
            return false;
        }
        assert!(
            index <= self.last_index(),
            "commit index {index} is beyond the end of the log, {}",
            self.last_index()
        );
        self.committed = index.max(self.snapshot.index);
        true
    }

    /// Replaces everything by a snapshot of the leader.
    pub fn restore(&mut self, snapshot: Arc<Snapshot>) {
        // What was committed is the same in the snapshot, so the disk still vouches for it.
        self.forget_stored_after(self.committed.min(snapshot.index));
        self.at_hand = None;
        self.entries = SharedVec::default();
        self.first = snapshot.index.next();
        self.prev_term = snapshot.term;
        self.committed = snapshot.index;
        self.handed_out = snapshot.index;
        self.applied = snapshot.index;
        self.handed = snapshot.index;
        self.new_compaction = None;
        self.new_snapshot = true;
        self.snapshot = snapshot;
    }

    /// Takes an own snapshot and drops what is not needed any more: everything before it but
    /// `tail` entries.
    pub fn compact(&mut self, snapshot: Arc<Snapshot>, tail: u64) {
        let keep_from = Index(snapshot.index.0.saturating_sub(tail)).next();
        if keep_from > self.first {
            self.prev_term = self
                .term_at(keep_from.prev())
                .expect("the entry is still there");
            self.entries
                .trim_front((keep_from.0 - self.first.0) as usize);
            self.first = keep_from;
        }
        self.new_compaction = Some(Compaction {
            snapshot: snapshot.clone(),
            prev_index: self.first.prev(),
            prev_term: self.prev_term,
        });
        self.snapshot = snapshot;
    }

    /// Adds the next entries to apply to the list, if there are any. They count as handed out.
    pub fn take_committed(&mut self, rules: Rules, list: &mut Vec<Entry>) {
        if let Some(until) = self.to_apply(rules) {
            list.extend(self.range(self.handed_out.next()..=until).cloned());
            self.handed_out = until;
        }
    }

    /// Up to where there is something to apply.
    pub fn to_apply(&self, rules: Rules) -> Option<Index> {
        let until = rules.may_apply_up_to(self.committed, self.stored);
        (until > self.handed_out).then_some(until)
    }

    /// The application has applied everything up to `index`, as far as it was handed out.
    pub fn applied_to(&mut self, index: Index) {
        self.applied = index.min(self.handed_out).max(self.applied);
    }

    /// Whether a membership change is committed and not applied yet.
    pub fn has_unapplied_change(&self) -> bool {
        self.range(self.applied.next()..=self.committed)
            .any(|entry| matches!(entry.payload, Payload::ConfChange(_)))
    }

    fn forget_stored_after(&mut self, index: Index) {
        self.stored = self.stored.min(index);
        self.handed = self.handed.min(index);
        for write in &mut self.in_flight {
            write.last = write.last.min(index);
        }
    }
}

// The disk.

impl Log {
    /// Whether the disk lacks something.
    pub fn has_unwritten(&self) -> bool {
        self.handed < self.last_index() || self.new_snapshot || self.new_compaction.is_some()
    }

    /// The number of the last write that is not durable yet.
    pub fn last_in_flight(&self) -> Option<u64> {
        self.in_flight.back().map(|write| write.number)
    }

    /// Whether a snapshot of the leader is not durable yet.
    pub fn has_pending_snapshot(&self) -> bool {
        let oldest = self.in_flight.front();
        self.new_snapshot || oldest.is_some_and(|write| write.number <= self.snapshot_write)
    }

    /// A snapshot of the leader that the disk, and the state machine, lack.
    pub fn take_snapshot(&mut self) -> Option<Arc<Snapshot>> {
        std::mem::take(&mut self.new_snapshot).then(|| self.snapshot.clone())
    }

    /// An own snapshot that the disk lacks.
    pub fn take_compaction(&mut self) -> Option<Compaction> {
        self.new_compaction.take()
    }

    /// The entries that the disk lacks, and the receipt of the write that brings them. They
    /// count as handed over.
    pub fn begin_write(
        &mut self,
        hard_state: HardState,
        snapshot: Option<Index>,
    ) -> (Arc<[Entry]>, WriteDone) {
        let entries = self.unwritten();
        let last = entries.last().map(|entry| (entry.index, entry.term));
        self.writes += 1;
        self.handed = self.last_index();
        self.in_flight.push_back(InFlight {
            number: self.writes,
            last: self.handed,
        });
        if snapshot.is_some() {
            self.snapshot_write = self.writes;
        }
        let done = WriteDone {
            number: self.writes,
            last,
            snapshot,
            term: hard_state.term,
        };
        (entries, done)
    }

    /// The entries that the disk lacks.
    fn unwritten(&mut self) -> Arc<[Entry]> {
        let (first, last) = (self.handed.next(), self.last_index());
        if first > last {
            return Arc::default();
        }
        let ends = |entries: &[Entry]| Some((entries.first()?.index, entries.last()?.index));
        match self.at_hand.take() {
            Some(entries) if ends(&entries) == Some((first, last)) => entries,
            _ => self.range(first..).cloned().collect(),
        }
    }

    /// Everything up to this write is durable. Returns whether `stored` moved.
    pub fn finish_write(&mut self, number: u64) -> bool {
        let before = self.stored;
        while let Some(write) = self.in_flight.front().copied() {
            if write.number > number {
                break;
            }
            self.in_flight.pop_front();
            self.stored = self.stored.max(write.last);
        }
        self.stored != before
    }
}

fn check(stored: &Stored) -> Result<(), &'static str> {
    let mut last: Option<(Index, Term)> = None;
    for entry in stored.entries.iter() {
        let (index, term) = last.unwrap_or((entry.index.prev(), stored.prev_term));
        if entry.index.0 == 0 || entry.index != index.next() {
            return Err("the entries are not contiguous");
        }
        if entry.term < term {
            return Err("the terms of the entries fall");
        }
        last = Some((entry.index, entry.term));
    }
    match (stored.entries.first(), last) {
        (Some(first), Some((last, term))) => {
            if first.index > stored.snapshot.index.next() {
                return Err("entries between the snapshot and the log are missing");
            }
            if last < stored.snapshot.index {
                return Err("the log ends before the snapshot");
            }
            if term > stored.hard_state.term {
                return Err("the last entry has a higher term than the member");
            }
        }
        _ if stored.snapshot.term > stored.hard_state.term => {
            return Err("the snapshot has a higher term than the member");
        }
        _ => {}
    }
    Ok(())
}

#[cfg(all(test, not(target_arch = "wasm32")))]
mod tests;
