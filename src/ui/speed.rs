//! Playback: how much virtual time passes while somebody watches.

use crate::words::{key, say, tell};

/// The speeds, slowest first, as numerator and denominator.
const STEPS: [(u32, u32); 13] = [
    (1, 1000),
    (1, 500),
    (1, 200),
    (1, 100),
    (1, 50),
    (1, 20),
    (1, 10),
    (1, 5),
    (1, 2),
    (1, 1),
    (2, 1),
    (5, 1),
    (10, 1),
];

/// A speed: one of a few steps on a logarithmic scale, from 1/1000 of real time to 10 times.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Speed(usize);

/// A newcomer sees messages fly.
impl Default for Speed {
    fn default() -> Speed {
        Speed(5)
    }
}

impl Speed {
    /// The fastest step; the slowest is 0.
    pub const FASTEST: usize = STEPS.len() - 1;

    /// The speed of a step; the fastest if there is no such step.
    pub fn at(step: usize) -> Speed {
        Speed(step.min(Speed::FASTEST))
    }

    /// The step of this speed.
    pub fn step(self) -> usize {
        self.0
    }

    /// One step faster, if there is one.
    pub fn faster(self) -> Speed {
        Speed::at(self.0 + 1)
    }

    /// One step slower, if there is one.
    pub fn slower(self) -> Speed {
        Speed(self.0.saturating_sub(1))
    }

    /// How many microseconds of the run pass in a millisecond.
    pub fn us_per_ms(self) -> f64 {
        let (numerator, denominator) = STEPS[self.0];
        1_000.0 * f64::from(numerator) / f64::from(denominator)
    }

    /// `1/20×`.
    pub fn label(self) -> String {
        match STEPS[self.0] {
            (numerator, 1) => format!("{numerator}×"),
            (numerator, denominator) => format!("{numerator}/{denominator}×"),
        }
    }

    /// The same for a screen reader: `1/20 of real time`.
    pub fn description(self) -> String {
        match STEPS[self.0] {
            (1, 1) => say(key!("speed.real")).to_owned(),
            (numerator, 1) => tell(key!("speed.times"), &[("n", &numerator)]),
            (numerator, denominator) => {
                let part = format!("{numerator}/{denominator}");
                tell(key!("speed.part"), &[("part", &part)])
            }
        }
    }
}

/// The longest wall time that one frame may cover, in microseconds: after a hidden tab or a long
/// pause of the browser the run goes on where it was, it does not jump.
pub const LONGEST_FRAME_US: u64 = 500_000;

/// Turns wall time into virtual time, without losing fractions of microseconds on the way.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Playback {
    /// Whether time passes.
    pub playing: bool,
    /// How fast.
    pub speed: Speed,
    carry: u64,
}

impl Playback {
    /// Plays at the first speed.
    pub fn playing() -> Playback {
        Playback {
            playing: true,
            ..Playback::default()
        }
    }

    /// The virtual microseconds that pass during `wall_us` of a playing page.
    pub fn pass(&mut self, wall_us: u64) -> u64 {
        let (numerator, denominator) = STEPS[self.speed.0];
        let total = wall_us.min(LONGEST_FRAME_US) * u64::from(numerator) + self.carry;
        let denominator = u64::from(denominator);
        self.carry = total % denominator;
        total / denominator
    }

    /// Chooses another speed.
    pub fn set_speed(&mut self, speed: Speed) {
        self.speed = speed;
        self.carry = 0;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_run_starts_at_a_twentieth() {
        assert_eq!(Speed::default().label(), "1/20×");
    }

    #[test]
    fn the_scale_goes_from_a_thousandth_to_ten_and_stops_there() {
        assert_eq!(Speed::at(0).label(), "1/1000×");
        assert_eq!(Speed::at(0).slower(), Speed::at(0));
        assert_eq!(Speed::at(99).label(), "10×");
        assert_eq!(Speed::at(99).faster(), Speed::at(99));
        assert_eq!(Speed::at(9).description(), "real time");
    }

    #[test]
    fn every_step_is_faster_than_the_one_before() {
        let value = |(n, d): (u32, u32)| f64::from(n) / f64::from(d);
        assert!(STEPS.windows(2).all(|s| value(s[0]) < value(s[1])));
    }

    #[test]
    fn no_fraction_of_a_microsecond_is_lost() {
        let mut playback = Playback::default();
        playback.set_speed(Speed::at(0));
        let passed: u64 = (0..60).map(|_| playback.pass(16_667)).sum();
        assert_eq!(passed, 60 * 16_667 / 1000);
    }

    #[test]
    fn a_hidden_tab_does_not_jump() {
        let mut playback = Playback::default();
        playback.set_speed(Speed::at(9));
        assert_eq!(playback.pass(3_600_000_000), LONGEST_FRAME_US);
    }
}
