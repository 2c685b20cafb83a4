//! The durable part of a disk: a write-ahead log of records with checksums.
//!
//! A record is framed as in etcd's log: its length, its checksum (CRC-32C), its bytes. At the
//! start of a process the log is read from the front. A last record that is shorter than its
//! length says was being written when the power failed: nobody was promised anything of it, and it
//! is cut off. A record whose checksum does not match its bytes was changed after it was written:
//! nothing can be said about it or about what follows, and reading ends with an error.
//!
//! **What is simulated, and what is real:** encoding every record on every write would cost more
//! than all the rest of the write. So a record is kept as the value that it is, shared by all
//! copies of the world, until a fault touches it; then it is encoded, the fault is done to its
//! bytes, and from then on the disk holds those bytes. Reading really decides by length and
//! checksum. Nobody can tell the difference, as long as decoding gives back what was encoded.

use crate::base::SharedVec;
use crc::{CRC_32_ISCSI, Crc, NoTable};
use serde::Serialize;
use serde::de::DeserializeOwned;
use thiserror::Error;

/// The checksum of etcd's log, Castagnoli's. Without a table: only damaged records are ever computed.
const CRC: Crc<u32, NoTable> = Crc::<u32, NoTable>::new(&CRC_32_ISCSI);

/// Records are forgotten so many at a time: as etcd, which deletes whole files, a log keeps some longer than it needs them.
const FILE: usize = 32;

/// A log of records of type `R`, numbered from 1.
#[derive(Clone, Debug)]
pub struct Wal<R> {
    slots: SharedVec<Slot<R>>,
    /// The number of the first record that is kept.
    first: u64,
    /// The number of the next record.
    next: u64,
}

/// A place of the log.
#[derive(Clone, Debug)]
enum Slot<R> {
    /// What was written is there.
    Sound(R),
    /// A fault has been here.
    Raw {
        /// How many bytes there should be.
        length: usize,
        /// The checksum that was written in front of them.
        checksum: u32,
        /// What is there.
        bytes: Vec<u8>,
    },
}

/// A record that is not what was written.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Error)]
#[error("record {record}: expected: {expected:x} computed: {computed:x}")]
pub struct Damage {
    /// Its number.
    pub record: u64,
    /// Its checksum.
    pub expected: u32,
    /// The checksum of what is there.
    pub computed: u32,
}

/// How a log ends.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum WalEnd {
    /// With a whole record, or empty.
    Whole,
    /// With a part of a record, which does not count.
    Torn,
}

impl<R> Default for Wal<R> {
    fn default() -> Self {
        Wal {
            slots: SharedVec::default(),
            first: 1,
            next: 1,
        }
    }
}

impl<R: Clone> Wal<R> {
    /// Adds a record.
    pub(super) fn push(&mut self, record: R) -> &R {
        self.push_slot(Slot::Sound(record));
        self.last().expect("a sound record was just added")
    }

    fn push_slot(&mut self, slot: Slot<R>) {
        self.slots.push(slot);
        self.next += 1;
    }

    /// The newest record, unless a fault has touched it.
    pub fn last(&self) -> Option<&R> {
        match self.slots.last()? {
            Slot::Sound(record) => Some(record),
            Slot::Raw { .. } => None,
        }
    }

    /// The number of the first record that is kept.
    pub fn first_number(&self) -> u64 {
        self.first
    }

    /// How many records are kept.
    pub fn len(&self) -> u64 {
        self.next - self.first
    }

    /// Whether there is no record.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Forgets the oldest records as long as nobody needs them any more, up to the first one that
    /// is needed or that a fault has touched.
    pub fn purge(&mut self, mut needed: impl FnMut(&R) -> bool) {
        let unneeded = self.slots.iter().take_while(|slot| match slot {
            Slot::Sound(record) => !needed(record),
            Slot::Raw { .. } => false,
        });
        let count = unneeded.count().min(self.slots.len().saturating_sub(1)) / FILE * FILE;
        self.slots.trim_front(count);
        self.first += count as u64;
    }

    /// Everything is gone.
    pub(super) fn wipe(&mut self) {
        *self = Wal::default();
    }
}

impl<R: Clone + Serialize + DeserializeOwned> Wal<R> {
    /// Reads the log from the front.
    ///
    /// # Errors
    /// The first record that was changed after it was written.
    pub fn read(&self, mut each: impl FnMut(&R)) -> Result<WalEnd, Damage> {
        for (record, slot) in (self.first..).zip(self.slots.iter()) {
            match slot {
                Slot::Sound(record) => each(record),
                Slot::Raw { length, bytes, .. }
                    if bytes.len() < *length && record + 1 == self.next =>
                {
                    return Ok(WalEnd::Torn);
                }
                Slot::Raw {
                    checksum, bytes, ..
                } => {
                    let computed = CRC.checksum(bytes);
                    let damage = Damage {
                        record,
                        expected: *checksum,
                        computed,
                    };
                    if computed != *checksum {
                        return Err(damage);
                    }
                    each(&postcard::from_bytes(bytes).map_err(|_| damage)?);
                }
            }
        }
        Ok(WalEnd::Whole)
    }

    /// Adds the first half of a record: the power failed while it was written.
    pub(super) fn push_torn(&mut self, record: &R) {
        let mut slot = raw(record);
        if let Slot::Raw { bytes, .. } = &mut slot {
            bytes.truncate(bytes.len() / 2);
        }
        self.push_slot(slot);
    }

    /// Cuts off a last record that is torn. `false` if there is none.
    pub(super) fn repair(&mut self) -> bool {
        let torn = matches!(
            self.slots.last(),
            Some(Slot::Raw { length, bytes, .. }) if bytes.len() < *length
        );
        if torn {
            self.slots.truncate(self.slots.len() - 1);
            self.next -= 1;
        }
        torn
    }

    /// Flips one bit of a record, the `bit`th of its bytes (counted around). `false`, and nothing
    /// has changed, if there is no such record.
    pub(super) fn flip(&mut self, record: u64, bit: u64) -> bool {
        let place = record.checked_sub(self.first);
        let place = place.and_then(|place| usize::try_from(place).ok());
        let Some(slot) = place.and_then(|place| self.slots.get_mut(place)) else {
            return false;
        };
        if let Slot::Sound(record) = slot {
            *slot = raw(record);
        }
        if let Slot::Raw { bytes, .. } = slot
            && !bytes.is_empty()
        {
            let bit = bit % (bytes.len() as u64 * 8);
            bytes[(bit / 8) as usize] ^= 1 << (bit % 8);
        }
        true
    }
}

/// A record as bytes.
fn raw<R: Serialize>(record: &R) -> Slot<R> {
    let bytes = postcard::to_stdvec(record).expect("a record has no part that cannot be encoded");
    Slot::Raw {
        length: bytes.len(),
        checksum: CRC.checksum(&bytes),
        bytes,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wal(records: u32) -> Wal<String> {
        let mut wal = Wal::default();
        for number in 1..=records {
            wal.push(format!("record {number}"));
        }
        wal
    }

    fn read(wal: &Wal<String>) -> (Vec<String>, Result<WalEnd, Damage>) {
        let mut records = Vec::new();
        let end = wal.read(|record| records.push(record.clone()));
        (records, end)
    }

    #[test]
    fn records_are_read_in_the_order_of_writing() {
        let (records, end) = read(&wal(100));
        assert_eq!(records.len(), 100);
        assert_eq!(
            (&records[0][..], &records[99][..]),
            ("record 1", "record 100")
        );
        assert_eq!(end, Ok(WalEnd::Whole));
    }

    #[test]
    fn a_torn_last_record_does_not_count_and_is_cut_off() {
        for before in [0, 1, 31, 32, 33] {
            let mut torn = wal(before);
            torn.push_torn(&"half".to_owned());
            assert_eq!(read(&torn).1, Ok(WalEnd::Torn));
            assert_eq!(read(&torn).0.len(), before as usize);
            assert_eq!(torn.last(), None);
            assert!(torn.repair());
            assert_eq!(read(&torn).1, Ok(WalEnd::Whole));
            assert!(!torn.repair(), "whole records stay");
            assert_eq!(torn.len(), u64::from(before));
        }
    }

    #[test]
    fn one_wrong_bit_anywhere_is_found_by_the_checksum() {
        let bits = 8 * raw_length("record 1");
        for record in [1, 40, 80] {
            for bit in 0..bits {
                let mut damaged = wal(80);
                assert!(damaged.flip(record, bit));
                let (records, end) = read(&damaged);
                assert_eq!(end.unwrap_err().record, record);
                assert_eq!(records.len() as u64, record - 1);
                assert!(!damaged.repair(), "damage is not taken for a torn end");
                damaged.flip(record, bit);
                assert_eq!(read(&damaged).1, Ok(WalEnd::Whole), "flipped back");
                assert_eq!(read(&damaged).0, read(&wal(80)).0);
            }
        }
        assert!(!wal(80).flip(81, 0) && !wal(80).flip(0, 0));
    }

    fn raw_length(record: &str) -> u64 {
        postcard::to_stdvec(record).unwrap().len() as u64
    }

    #[test]
    fn what_is_torn_further_back_is_damage() {
        let mut torn = wal(1);
        torn.push_torn(&"half".to_owned());
        torn.push("after".to_owned());
        assert_eq!(read(&torn).1.unwrap_err().record, 2);
    }

    #[test]
    fn old_chunks_are_forgotten_up_to_the_first_record_that_is_needed() {
        let mut wal = wal(100);
        wal.purge(|record| record == "record 70");
        assert_eq!(wal.first_number(), 65);
        assert_eq!(read(&wal).0[0], "record 65");
        assert_eq!(wal.len(), 36);
        assert!(wal.flip(65, 3) && !wal.flip(64, 3));
        wal.purge(|_| false);
        assert_eq!(read(&wal).1.unwrap_err().record, 65, "damage is kept");
    }
}
