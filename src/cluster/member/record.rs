//! What a member's disk stores: the writes of its node, one record each.

use crate::raft::WriteDone;
use crate::raft::{Compaction, Entry, Envelope, HardState, Index, Snapshot, Stored, Write};
use serde::{Deserialize, Serialize};
use std::sync::Arc;

/// A record of a member's write-ahead log: the part of a [`Write`] that is stored.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Record {
    /// Replaces the stored hard state.
    pub hard_state: Option<HardState>,
    /// Replaces the whole log and the stored snapshot.
    pub snapshot: Option<Arc<Snapshot>>,
    /// Replace the log from the index of the first one on.
    pub entries: Arc<[Entry]>,
    /// Replaces the stored snapshot, and drops the beginning of the log.
    pub compaction: Option<Box<Compaction>>,
}

/// What is to be done when a [`Record`] is durable.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Receipt {
    /// To be sent.
    pub after_sync: Vec<Envelope>,
    /// To be given to the node.
    pub done: WriteDone,
}

impl Record {
    /// Takes a write apart. `hard_state` is the node's present one.
    pub(super) fn of(write: Write, hard_state: HardState) -> (Record, Receipt) {
        // A record that lets older ones be forgotten must say all that they still said.
        let complete = write.compaction.is_some() || write.snapshot.is_some();
        let record = Record {
            hard_state: write.hard_state.or(complete.then_some(hard_state)),
            snapshot: write.snapshot,
            entries: write.entries,
            compaction: write.compaction.map(Box::new),
        };
        let receipt = Receipt {
            after_sync: write.after_sync,
            done: write.done,
        };
        (record, receipt)
    }

    /// Adds the record to what the records before it have come to.
    pub(super) fn write_to(&self, stored: &mut Stored) {
        stored.write_parts(
            self.hard_state,
            self.snapshot.as_ref(),
            &self.entries,
            self.compaction.as_deref(),
        );
    }

    /// The index up to which older records are not needed any more, if the record replaces
    /// something of the log.
    pub(super) fn supersedes(&self) -> Option<Index> {
        match (&self.snapshot, &self.compaction) {
            (_, Some(compaction)) => Some(compaction.prev_index),
            (Some(snapshot), None) => Some(snapshot.index),
            (None, None) => None,
        }
    }

    /// Whether the record holds an entry beyond this index.
    pub(super) fn reaches_beyond(&self, index: Index) -> bool {
        self.entries.last().is_some_and(|entry| entry.index > index)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::raft::{ConfState, NodeId, Payload, Term};
    use crate::sim::{Disk, DiskOptions, SimTime, stream};

    fn entry(index: u64, term: u64) -> Entry {
        Entry {
            term: Term(term),
            index: Index(index),
            payload: Payload::Command(vec![index as u8; 3].into()),
        }
    }

    fn write(entries: Vec<Entry>) -> Write {
        Write {
            hard_state: None,
            snapshot: None,
            entries: entries.into(),
            compaction: None,
            after_sync: Vec::new(),
            done: WriteDone {
                number: 1,
                last: None,
                snapshot: None,
                term: Term(0),
            },
        }
    }

    fn hard_state(term: u64) -> HardState {
        HardState {
            term: Term(term),
            vote: Some(NodeId(2)),
            commit: Index(term),
        }
    }

    fn snapshot(index: u64) -> Arc<Snapshot> {
        Arc::new(Snapshot {
            index: Index(index),
            term: Term(1),
            conf: ConfState::voters([NodeId(1), NodeId(2)]),
            data: vec![7; 3].into(),
        })
    }

    fn compacting(index: u64, tail: u64) -> Write {
        Write {
            compaction: Some(Compaction {
                snapshot: snapshot(index),
                prev_index: Index(index - tail),
                prev_term: Term(1),
            }),
            ..write(Vec::new())
        }
    }

    /// A hundred writes with an entry each, some with a hard state, some replacing entries, then
    /// one that drops the beginning, then more.
    fn writes(last: Write) -> Vec<Write> {
        let mut writes: Vec<Write> = (1..=100).map(|i| write(vec![entry(i, 1)])).collect();
        writes[40].hard_state = Some(hard_state(3));
        writes.push(write(vec![entry(99, 2), entry(100, 2), entry(101, 2)]));
        writes.push(last);
        writes.push(write(vec![entry(102, 2)]));
        writes
    }

    #[test]
    fn records_come_to_what_the_writes_come_to_whether_or_not_old_ones_are_forgotten() {
        let restored = Write {
            snapshot: Some(snapshot(101)),
            ..write(Vec::new())
        };
        for (last, kept) in [(compacting(90, 5), 3..40), (restored, 1..35)] {
            let empty = Stored::new(ConfState::voters([NodeId(1)]));
            let (mut expected, mut node) = (empty.clone(), HardState::default());
            let mut disk = Disk::new(DiskOptions::default(), stream(1, "disk", [1, 0]));
            for write in writes(last) {
                node = write.hard_state.unwrap_or(node);
                expected.write(&write);
                let (record, receipt) = Record::of(write, node);
                disk.write(SimTime(0), record, receipt);
                let superseded = disk.sync(SimTime(0)).unwrap().0.supersedes();
                if let Some(index) = superseded {
                    disk.purge(|record: &Record| record.reaches_beyond(index));
                }
            }
            let mut found = empty;
            disk.read(|record| record.write_to(&mut found)).unwrap();
            assert_eq!(found, expected);
            assert!(
                kept.contains(&disk.durable().len()),
                "{} records are kept",
                disk.durable().len()
            );
        }
    }

    #[test]
    fn every_record_is_read_back_as_it_was_written() {
        let mut write = compacting(9, 2);
        write.hard_state = Some(hard_state(4));
        write.snapshot = Some(snapshot(5));
        let mut entries = vec![entry(1, 1), entry(2, 2)];
        entries[1].payload = Payload::ConfChange(Default::default());
        entries[0].payload = Payload::Noop;
        write.entries = entries.into();
        let (record, _) = Record::of(write, hard_state(4));
        let bytes = postcard::to_stdvec(&record).unwrap();
        assert_eq!(postcard::from_bytes(&bytes), Ok(record));
    }
}
