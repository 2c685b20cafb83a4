//! The clock of one machine: it runs too fast or too slow, and somebody may set it.

use super::time::SimTime;
use serde::Serialize;

/// The parts of a million: a clock's rate is given in parts per million.
const MILLION: i128 = 1_000_000;

/// How much faster than the world's time a clock runs, in parts per million: 0 is a good clock,
/// −500,000 one that runs at half the speed, 1,000,000 one that runs twice as fast.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Default, Serialize)]
pub struct ClockRate(pub i32);

impl ClockRate {
    /// A tenth of the speed of the world's time.
    pub const SLOWEST: ClockRate = ClockRate(-900_000);
    /// Ten times as fast as the world's time.
    pub const FASTEST: ClockRate = ClockRate(9_000_000);

    /// Parts of a microsecond of this clock that pass in one of the world.
    fn parts(self) -> i128 {
        MILLION + i128::from(self.clamp(Self::SLOWEST, Self::FASTEST).0)
    }
}

/// A clock that never shows less than it has shown before.
///
/// All arithmetic is in whole numbers and exact: a clock whose rate changes back and forth a
/// thousand times shows what the rates add up to, rounded down to a microsecond once.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Clock {
    /// When the rate was changed or the clock was set the last time.
    since: SimTime,
    /// What it would show then if it could go back, in millionths of a microsecond.
    parts: i128,
    /// The highest it has shown by then, in microseconds: it stands still until it is beyond.
    shown: u64,
    rate: ClockRate,
}

impl Default for Clock {
    /// A good clock, that shows the time since the start of the run.
    fn default() -> Self {
        Clock {
            since: SimTime::ZERO,
            parts: 0,
            shown: 0,
            rate: ClockRate::default(),
        }
    }
}

impl Clock {
    /// How fast it runs.
    pub fn rate(&self) -> ClockRate {
        self.rate
    }

    /// What it shows at a moment, in microseconds. Moments before its last change are taken for
    /// the last change.
    pub fn read(&self, now: SimTime) -> u64 {
        // The common case needs no wide arithmetic.
        if self.rate == ClockRate(0) && self.parts == 0 && self.since == SimTime::ZERO {
            return now.0;
        }
        let micros = self.parts_at(now).div_euclid(MILLION);
        u64::try_from(micros)
            .unwrap_or(if micros < 0 { 0 } else { u64::MAX })
            .max(self.shown)
    }

    /// How far it is ahead of the world's time, in microseconds; negative if it is behind.
    pub fn offset(&self, now: SimTime) -> i64 {
        let ahead = i128::from(self.read(now)) - i128::from(now.0);
        ahead.clamp(i64::MIN.into(), i64::MAX.into()) as i64
    }

    /// The first moment at which it shows at least this many microseconds. For a reading that it
    /// has passed: about when that was, as if its rate had always been the present one.
    pub fn when(&self, reading: u64) -> SimTime {
        if self.rate == ClockRate(0) && self.parts == 0 && self.since == SimTime::ZERO {
            return SimTime(reading);
        }
        let missing = i128::from(reading) * MILLION - self.parts;
        // Rounded up, since a moment earlier it shows less.
        let wait = -(-missing).div_euclid(self.rate.parts());
        let at = i128::from(self.since.0) + wait;
        SimTime(u64::try_from(at).unwrap_or(if at < 0 { 0 } else { u64::MAX }))
    }

    /// From now on it runs at this rate.
    pub fn set_rate(&mut self, now: SimTime, rate: ClockRate) {
        self.settle(now);
        self.rate = rate;
    }

    /// It is set forward by so many microseconds, or back if the number is negative. A clock that
    /// is set back stands still until the difference is made up, since no process can see its
    /// monotonic clock go back.
    pub fn jump(&mut self, now: SimTime, by_us: i64) {
        self.settle(now);
        self.parts += i128::from(by_us) * MILLION;
    }

    /// Makes `now` the moment to count from.
    fn settle(&mut self, now: SimTime) {
        self.shown = self.read(now);
        self.parts = self.parts_at(now);
        self.since = self.since.max(now);
    }

    fn parts_at(&self, now: SimTime) -> i128 {
        self.parts + i128::from(now.since(self.since)) * self.rate.parts()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_good_clock_shows_the_time() {
        let clock = Clock::default();
        assert_eq!(clock.read(SimTime(1_234)), 1_234);
        assert_eq!(clock.when(1_234), SimTime(1_234));
        assert_eq!(clock.offset(SimTime(1_234)), 0);
    }

    #[test]
    fn rates_are_parts_per_million() {
        let mut clock = Clock::default();
        clock.set_rate(SimTime(1_000), ClockRate(1_000_000));
        assert_eq!(clock.read(SimTime(1_500)), 2_000, "twice as fast");
        clock.set_rate(SimTime(1_500), ClockRate(-500_000));
        assert_eq!(clock.read(SimTime(2_500)), 2_500, "half as fast");
        assert_eq!(clock.offset(SimTime(2_500)), 0);
    }

    #[test]
    fn rounding_errors_do_not_add_up() {
        let mut clock = Clock::default();
        for step in 0..1_000_000 {
            clock.set_rate(SimTime(step), ClockRate(if step % 2 == 0 { 7 } else { -3 }));
        }
        // Half a million microseconds at +7 ppm and half a million at −3 ppm.
        assert_eq!(clock.read(SimTime(1_000_000)), 1_000_002);
    }

    #[test]
    fn when_is_the_first_moment_that_shows_the_reading() {
        for rate in [-900_000, -500_001, -3, 0, 7, 333_333, 9_000_000] {
            let mut clock = Clock::default();
            clock.set_rate(SimTime(10), ClockRate(rate));
            clock.jump(SimTime(20), 5);
            for reading in 30..200 {
                let at = clock.when(reading);
                assert!(clock.read(at) >= reading, "rate {rate}, reading {reading}");
                if at > SimTime(20) {
                    assert!(clock.read(SimTime(at.0 - 1)) < reading);
                }
            }
        }
    }

    #[test]
    fn a_clock_never_goes_back() {
        let mut clock = Clock::default();
        clock.set_rate(SimTime(0), ClockRate(100_000));
        clock.jump(SimTime(1_000), -600);
        assert_eq!(clock.read(SimTime(1_000)), 1_100, "it stands still");
        assert_eq!(clock.read(SimTime(1_500)), 1_100);
        assert_eq!(clock.read(SimTime(2_000)), 1_600, "until it is made up");
        assert_eq!(clock.read(clock.when(1_101)), 1_101);
        clock.jump(SimTime(2_000), i64::MIN);
        clock.jump(SimTime(2_001), i64::MIN);
        assert_eq!(clock.read(SimTime(9_000)), 1_600);
        clock.jump(SimTime(9_000), i64::MAX);
        assert_eq!(
            clock.read(SimTime(9_000)),
            1_600,
            "one forward does not undo two back"
        );
    }

    #[test]
    fn a_jump_forward_skips_readings() {
        let mut clock = Clock::default();
        clock.jump(SimTime(100), 50);
        assert_eq!(clock.read(SimTime(100)), 150);
        assert_eq!(clock.offset(SimTime(100)), 50);
        assert_eq!(clock.when(200), SimTime(150));
        assert!(clock.when(120) <= SimTime(100), "it has passed already");
    }
}
