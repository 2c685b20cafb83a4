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
use std::sync::Arc;
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
    /// What was written is there. Logs that hold the same share it.
    Sound(Arc<R>),
    /// A fault has been here.
    Raw(Box<Raw>),
}

/// A record that a fault has touched.
#[derive(Clone, Debug)]
struct Raw {
    /// How many bytes there should be.
    length: usize,
    /// The checksum that was written in front of them.
    checksum: u32,
    /// What is there.
    bytes: Vec<u8>,
}

impl Raw {
    /// A record as bytes.
    fn of<R: Serialize>(record: &R) -> Box<Raw> {
        let bytes = postcard::to_stdvec(record);
        let bytes = bytes.expect("a record has no part that cannot be encoded");
        Box::new(Raw {
            length: bytes.len(),
            checksum: CRC.checksum(&bytes),
            bytes,
        })
    }

    /// Whether the power failed while it was written.
    fn is_torn(&self) -> bool {
        self.bytes.len() < self.length
    }
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
        self.push_slot(Slot::Sound(Arc::new(record)));
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
            Slot::Raw(_) => None,
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
            Slot::Raw(_) => false,
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

impl<R: Clone + PartialEq> Wal<R> {
    /// Keeps records that another log holds too only once. Nobody can tell the difference. `key` tells where to look: of
    /// most logs it rises from record to record. Looks at the end only, back to what they share already.
    pub(super) fn share_with<K: Ord>(&mut self, other: &Wal<R>, key: impl Fn(&R) -> Option<K>) {
        let sound = |slot: Option<&Slot<R>>| match slot? {
            Slot::Sound(record) => Some((key(record)?, record.clone())),
            Slot::Raw(_) => None,
        };
        let mut theirs = other.slots.len();
        for place in (0..self.slots.len()).rev() {
            let Some((own_key, own)) = sound(self.slots.get(place)) else {
                continue;
            };
            while let Some(before) = theirs.checked_sub(1) {
                match sound(other.slots.get(before)) {
                    Some((key, record)) if key == own_key => {
                        if Arc::ptr_eq(&own, &record) {
                            return;
                        }
                        if own == record
                            && let Some(slot) = self.slots.get_mut(place)
                        {
                            *slot = Slot::Sound(record);
                        }
                        break;
                    }
                    Some((key, _)) if key < own_key => break,
                    _ => theirs = before,
                }
            }
        }
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
                Slot::Raw(raw) if raw.is_torn() && record + 1 == self.next => {
                    return Ok(WalEnd::Torn);
                }
                Slot::Raw(raw) => {
                    let computed = CRC.checksum(&raw.bytes);
                    let damage = Damage {
                        record,
                        expected: raw.checksum,
                        computed,
                    };
                    if computed != raw.checksum {
                        return Err(damage);
                    }
                    each(&postcard::from_bytes(&raw.bytes).map_err(|_| damage)?);
                }
            }
        }
        Ok(WalEnd::Whole)
    }

    /// Adds the first half of a record: the power failed while it was written.
    pub(super) fn push_torn(&mut self, record: &R) {
        let mut torn = Raw::of(record);
        torn.bytes.truncate(torn.length / 2);
        self.push_slot(Slot::Raw(torn));
    }

    /// Cuts off a last record that is torn. `false` if there is none.
    pub(super) fn repair(&mut self) -> bool {
        let torn = matches!(self.slots.last(), Some(Slot::Raw(raw)) if raw.is_torn());
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
            *slot = Slot::Raw(Raw::of(&**record));
        }
        if let Slot::Raw(raw) = slot
            && !raw.bytes.is_empty()
        {
            let bit = bit % (raw.bytes.len() as u64 * 8);
            raw.bytes[(bit / 8) as usize] ^= 1 << (bit % 8);
        }
        true
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

    #[test]
    fn logs_share_the_records_that_they_have_in_common() {
        let shared = |one: &Wal<String>, other: &Wal<String>| {
            let records = |wal: &Wal<String>| -> Vec<_> {
                let mut found = Vec::new();
                wal.read(|record| found.push(std::ptr::from_ref(record)))
                    .unwrap();
                found
            };
            let theirs = records(other);
            let own = records(one).into_iter();
            own.filter(|record| theirs.contains(record)).count()
        };
        let key = |record: &String| record.split(' ').nth(1)?.parse::<u32>().ok();
        let (first, mut second) = (wal(80), Wal::default());
        for number in 0..70 {
            second.push(match number {
                0 => "without a key".to_owned(),
                20 | 50 => format!("other {number}"),
                _ => format!("record {number}"),
            });
        }
        let before = read(&second);
        for more in [0, 0, 5] {
            (0..more).for_each(|number| _ = second.push(format!("record {}", 70 + number)));
            second.share_with(&first, key);
            assert_eq!(shared(&second, &first), 67 + more);
        }
        assert_eq!(read(&second).0[..70], before.0);
        second.flip(60, 7);
        second.share_with(&first, key);
        assert_eq!(read(&second).1.unwrap_err().record, 60, "damage is kept");
        assert_eq!(read(&first).1, Ok(WalEnd::Whole));
    }
}
