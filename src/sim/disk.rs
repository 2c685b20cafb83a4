//! The disk: writes take time, become durable in order, and are gone if the power fails before.

use super::random::below_inclusive;
use super::time::SimTime;
use super::wal::{Damage, Wal, WalEnd};
use rand::Rng;
use rand_pcg::Pcg32;
use serde::Serialize;
use serde::de::DeserializeOwned;
use std::collections::VecDeque;

/// How fast a disk is.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Serialize)]
pub struct DiskOptions {
    /// The time until a record is written, in microseconds. It is not durable by that.
    pub write_us: u64,
    /// The shortest time from there to the end of its sync, in microseconds.
    pub sync_us: u64,
    /// Up to this much is added to the sync at random, in microseconds.
    pub jitter_us: u64,
}

/// A record on its way to the disk.
#[derive(Clone, Debug)]
struct Unsynced<R, D> {
    record: R,
    /// For whoever wrote it, to be given back when it is durable.
    done: D,
    times: WriteTimes,
}

/// When a record is where, if the disk does not stall.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct WriteTimes {
    /// When the disk has all of it, though a failing power would lose it.
    pub written: SimTime,
    /// When it is durable.
    pub synced: SimTime,
}

/// A disk that stores records of type `R`, one after the other, and gives back a receipt of type
/// `D` for each.
#[derive(Clone, Debug)]
pub struct Disk<R, D> {
    options: DiskOptions,
    rng: Pcg32,
    durable: Wal<R>,
    unsynced: VecDeque<Unsynced<R, D>>,
    busy_until: SimTime,
    /// Since when it has stood still.
    stalled: Option<SimTime>,
}

impl<R: Clone, D> Disk<R, D> {
    /// An idle, empty disk with a random stream of its own.
    pub fn new(options: DiskOptions, rng: Pcg32) -> Self {
        Disk {
            options,
            rng,
            durable: Wal::default(),
            unsynced: VecDeque::new(),
            busy_until: SimTime::ZERO,
            stalled: None,
        }
    }

    /// From now on writes take this long. What is being written goes on as it began.
    pub fn set_options(&mut self, options: DiskOptions) {
        self.options = options;
    }

    /// Takes a record and returns when it will be durable, if the disk does not stall:
    /// [`Disk::sync`] is to be called then. Each record is written and synced on its own, one
    /// after the other.
    pub fn write(&mut self, now: SimTime, record: R, done: D) -> WriteTimes {
        // To a disk that stands still, it is still the moment at which it stopped.
        let now = self.stalled.unwrap_or(now);
        let sync = self
            .options
            .sync_us
            .saturating_add(below_inclusive(&mut self.rng, self.options.jitter_us));
        let written = self.busy_until.max(now).after(self.options.write_us);
        let times = WriteTimes {
            written,
            synced: written.after(sync),
        };
        self.busy_until = times.synced;
        self.unsynced.push_back(Unsynced {
            record,
            done,
            times,
        });
        times
    }

    /// When the next record will be durable; `None` if there is none, or if the disk stands still.
    pub fn next_sync(&self) -> Option<SimTime> {
        match self.stalled {
            None => Some(self.unsynced.front()?.times.synced),
            Some(_) => None,
        }
    }

    /// The next record becomes durable, if it is time: the record, and its receipt.
    pub fn sync(&mut self, now: SimTime) -> Option<(&R, D)> {
        if self.next_sync()? > now {
            return None;
        }
        let Unsynced { record, done, .. } = self.unsynced.pop_front()?;
        Some((self.durable.push(record), done))
    }

    /// How many records are not durable yet.
    pub fn unsynced(&self) -> usize {
        self.unsynced.len()
    }

    /// How many of them are written already, so that only the sync is missing.
    pub fn written(&self, now: SimTime) -> usize {
        let now = self.stalled.unwrap_or(now);
        let written = self.unsynced.iter();
        written.filter(|item| item.times.written <= now).count()
    }

    /// Whether it stands still.
    pub fn is_stalled(&self) -> bool {
        self.stalled.is_some()
    }

    /// It stands still from now on, if it does not yet. What it has been given waits.
    pub fn stall(&mut self, now: SimTime) {
        self.stalled.get_or_insert(now);
    }

    /// It goes on where it stopped, if it stands still.
    pub fn resume(&mut self, now: SimTime) {
        if let Some(since) = self.stalled.take() {
            let pause = now.since(since);
            for item in &mut self.unsynced {
                item.times.written = item.times.written.after(pause);
                item.times.synced = item.times.synced.after(pause);
            }
            self.busy_until = self.busy_until.max(since).after(pause);
        }
    }

    /// What is durable.
    pub fn durable(&self) -> &Wal<R> {
        &self.durable
    }

    /// Keeps what is durable here and on another disk only once: see `Wal::share_with`.
    pub fn share_with<K: Ord>(&mut self, other: &Wal<R>, key: impl Fn(&R) -> Option<K>)
    where
        R: PartialEq,
    {
        self.durable.share_with(other, key);
    }

    /// Forgets the oldest durable records: see [`Wal::purge`].
    pub fn purge(&mut self, needed: impl FnMut(&R) -> bool) {
        self.durable.purge(needed);
    }

    /// The power fails: everything that is not durable is gone. Returns how many records were
    /// lost. A disk that stands still goes on doing so.
    pub fn crash(&mut self, now: SimTime) -> usize {
        self.busy_until = self.stalled.unwrap_or(now);
        std::mem::take(&mut self.unsynced).len()
    }

    /// Everything is gone for good: somebody put an empty disk in its place.
    pub fn wipe(&mut self, now: SimTime) {
        self.crash(now);
        self.durable.wipe();
    }
}

impl<R: Clone + Serialize + DeserializeOwned, D> Disk<R, D> {
    /// The power fails as with [`Disk::crash`], in the middle of the oldest record that is not
    /// durable: its first half is on the disk. Returns how many records were lost, that one
    /// included; without an unsynced record it is a plain crash.
    pub fn crash_torn(&mut self, now: SimTime) -> usize {
        if let Some(torn) = self.unsynced.front() {
            self.durable.push_torn(&torn.record);
        }
        self.crash(now)
    }

    /// Reads what is durable from the front.
    ///
    /// # Errors
    /// The first record that was changed after it was written.
    pub fn read(&self, each: impl FnMut(&R)) -> Result<WalEnd, Damage> {
        self.durable.read(each)
    }

    /// Cuts off a last record that is torn. `false` if there is none.
    pub fn repair(&mut self) -> bool {
        self.durable.repair()
    }

    /// One bit of a durable record flips, a random one. `false` if there is no such record.
    pub fn damage(&mut self, record: u64) -> bool {
        let bit = self.rng.next_u32();
        self.durable.flip(record, bit.into())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const OPTIONS: DiskOptions = DiskOptions {
        write_us: 3,
        sync_us: 10,
        jitter_us: 5,
    };

    fn disk() -> Disk<char, u8> {
        Disk::new(OPTIONS, Pcg32::new(1, 1))
    }

    fn contents(disk: &Disk<char, u8>) -> String {
        let mut text = String::new();
        disk.read(|record| text.push(*record)).unwrap();
        text
    }

    #[test]
    fn records_become_durable_one_after_the_other() {
        let mut disk = disk();
        let first = disk.write(SimTime(100), 'a', 1);
        let second = disk.write(SimTime(100), 'b', 2);
        assert_eq!(first.written, SimTime(103));
        assert!((113..=118).contains(&first.synced.0));
        assert_eq!(second.written, first.synced.after(3));
        assert!((first.synced.0 + 13..=first.synced.0 + 18).contains(&second.synced.0));
        assert_eq!(disk.next_sync(), Some(first.synced));
        assert_eq!(disk.sync(SimTime(first.synced.0 - 1)), None, "too early");
        assert_eq!(disk.sync(first.synced), Some((&'a', 1)));
        assert_eq!(disk.sync(first.synced), None);
        assert_eq!((disk.unsynced(), &contents(&disk)[..]), (1, "a"));
    }

    #[test]
    fn written_is_not_durable() {
        let mut disk = disk();
        disk.write(SimTime(0), 'a', 1);
        assert_eq!(disk.written(SimTime(2)), 0);
        assert_eq!(disk.written(SimTime(3)), 1);
        assert_eq!(disk.crash(SimTime(4)), 1);
        assert_eq!(contents(&disk), "");
    }

    #[test]
    fn a_crash_loses_what_is_not_synced_and_nothing_else() {
        let mut disk = disk();
        let first = disk.write(SimTime(0), 'a', 1).synced;
        disk.write(SimTime(0), 'b', 2);
        disk.sync(first);
        assert_eq!(disk.crash(first), 1);
        assert_eq!(disk.next_sync(), None);
        let next = disk.write(first, 'c', 3);
        assert_eq!(next.written, first.after(3), "the queue is gone too");
        disk.sync(next.synced);
        assert_eq!(contents(&disk), "ac");
    }

    #[test]
    fn a_stall_shifts_everything_by_its_length() {
        for written_during_the_stall in [false, true] {
            let (mut plain, mut stalled) = (disk(), disk());
            let expected = [
                plain.write(SimTime(0), 'a', 1),
                plain.write(SimTime(5), 'b', 2),
                plain.write(SimTime(7), 'c', 3),
            ];
            stalled.write(SimTime(0), 'a', 1);
            if !written_during_the_stall {
                stalled.write(SimTime(5), 'b', 2);
            }
            stalled.stall(SimTime(6));
            stalled.stall(SimTime(50));
            assert_eq!(stalled.next_sync(), None);
            assert_eq!(stalled.sync(SimTime(999)), None);
            assert_eq!(stalled.written(SimTime(999)), 1, "as it was at 6");
            if written_during_the_stall {
                stalled.write(SimTime(70), 'b', 2);
            }
            stalled.resume(SimTime(106));
            stalled.write(SimTime(107), 'c', 3);
            for times in expected {
                let at = times.synced.after(100);
                assert_eq!(stalled.next_sync(), Some(at));
                assert!(stalled.sync(at).is_some());
            }
        }
    }

    #[test]
    fn a_write_to_an_idle_disk_that_stands_still_begins_when_it_goes_on() {
        let mut disk = disk();
        disk.stall(SimTime(10));
        disk.write(SimTime(500), 'a', 1);
        disk.resume(SimTime(1_000));
        let synced = disk.next_sync().unwrap();
        assert!((1_013..=1_018).contains(&synced.0), "{synced:?}");
    }

    #[test]
    fn a_torn_record_is_cut_off_and_nothing_durable_with_it() {
        let mut disk = disk();
        let first = disk.write(SimTime(0), 'a', 1).synced;
        disk.sync(first);
        disk.write(first, 'b', 2);
        disk.write(first, 'c', 3);
        assert_eq!(disk.crash_torn(first.after(1)), 2);
        assert_eq!(disk.read(|_| ()), Ok(WalEnd::Torn));
        assert!(disk.repair() && !disk.repair());
        assert_eq!(contents(&disk), "a");
        assert_eq!(disk.crash_torn(first), 0);
        assert!(!disk.repair(), "nothing was being written");
    }

    #[test]
    fn damage_is_found_and_a_wiped_disk_is_empty() {
        let mut disk = disk();
        for record in ['a', 'b'] {
            let times = disk.write(SimTime(0), record, 0);
            disk.sync(times.synced);
        }
        assert!(!disk.damage(3));
        assert!(disk.damage(1));
        assert_eq!(disk.read(|_| ()).unwrap_err().record, 1);
        disk.wipe(SimTime(99));
        assert_eq!(contents(&disk), "");
        assert!(disk.durable().is_empty());
    }
}
