//! The disk: writes take time, become durable in order, and are gone if the power fails before.

use super::network::below_inclusive;
use super::time::SimTime;
use rand_pcg::Pcg32;
use serde::{Deserialize, Serialize};
use std::collections::VecDeque;

/// How fast a disk is.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct DiskOptions {
    /// The shortest time from a write to the end of its sync, in microseconds.
    pub sync_us: u64,
    /// Up to this much is added at random, in microseconds.
    pub jitter_us: u64,
}

/// A disk that stores records of type `R`, one after the other.
#[derive(Clone, Debug)]
pub struct Disk<R> {
    options: DiskOptions,
    rng: Pcg32,
    unsynced: VecDeque<R>,
    busy_until: SimTime,
}

impl<R> Disk<R> {
    /// An idle disk with a random stream of its own.
    pub fn new(options: DiskOptions, rng: Pcg32) -> Self {
        Disk {
            options,
            rng,
            unsynced: VecDeque::new(),
            busy_until: SimTime::ZERO,
        }
    }

    /// Takes a record and returns when it will be durable. [`Disk::synced`] has to be called then.
    /// Each record is synced on its own, one after the other.
    pub fn write(&mut self, now: SimTime, record: R) -> SimTime {
        let took = self.options.sync_us + below_inclusive(&mut self.rng, self.options.jitter_us);
        self.busy_until = self.busy_until.max(now).after(took);
        self.unsynced.push_back(record);
        self.busy_until
    }

    /// The oldest unsynced record is durable now; `None` if there is none.
    pub fn synced(&mut self) -> Option<R> {
        self.unsynced.pop_front()
    }

    /// The records that are written but not durable, oldest first.
    pub fn unsynced(&self) -> impl Iterator<Item = &R> {
        self.unsynced.iter()
    }

    /// The power fails: everything that is not durable is gone. Returns how many records were lost.
    pub fn crash(&mut self, now: SimTime) -> usize {
        self.busy_until = now;
        std::mem::take(&mut self.unsynced).len()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn disk() -> Disk<char> {
        let options = DiskOptions {
            sync_us: 10,
            jitter_us: 5,
        };
        Disk::new(options, Pcg32::new(1, 1))
    }

    #[test]
    fn records_become_durable_one_after_the_other() {
        let mut disk = disk();
        let first = disk.write(SimTime(100), 'a');
        let second = disk.write(SimTime(100), 'b');
        assert!((110..=115).contains(&first.0));
        assert!((first.0 + 10..=first.0 + 15).contains(&second.0));
        assert_eq!(disk.synced(), Some('a'));
        assert_eq!(disk.unsynced().collect::<Vec<_>>(), [&'b']);
    }

    #[test]
    fn a_crash_loses_what_is_not_synced() {
        let mut disk = disk();
        disk.write(SimTime(0), 'a');
        disk.write(SimTime(0), 'b');
        disk.synced();
        assert_eq!(disk.crash(SimTime(12)), 1);
        assert_eq!(disk.synced(), None);
        assert!(
            disk.write(SimTime(12), 'c').0 <= 27,
            "the queue is gone too"
        );
    }
}
