//! The numbers that a person fills in: what they mean, and how they are read.

use crate::cluster::Load;
use crate::words::{Key, key};

/// How a number is written.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Unit {
    /// Seconds; kept in microseconds.
    Seconds,
    /// Milliseconds; kept in microseconds.
    Millis,
    /// A percentage; kept in parts per million.
    Percent,
    /// A whole number.
    Count,
}

impl Unit {
    /// How many of the kept unit make one of the written unit: a power of ten.
    pub fn scale(self) -> i64 {
        match self {
            Unit::Seconds => 1_000_000,
            Unit::Millis => 1_000,
            Unit::Percent => 10_000,
            Unit::Count => 1,
        }
    }

    /// Its sign.
    pub fn sign(self) -> &'static str {
        match self {
            Unit::Seconds => "s",
            Unit::Millis => "ms",
            Unit::Percent => "%",
            Unit::Count => "",
        }
    }

    /// A value as it is written.
    pub fn write(self, value: i64) -> String {
        let scale = self.scale().unsigned_abs();
        let (whole, mut rest) = (value.unsigned_abs() / scale, value.unsigned_abs() % scale);
        let mut text = format!("{}{whole}", if value < 0 { "-" } else { "" });
        let mut place = scale;
        while rest > 0 {
            if place == scale {
                text.push('.');
            }
            place /= 10;
            text.push(char::from(b'0' + (rest / place) as u8));
            rest %= place;
        }
        text
    }
}

/// A number that a deed or a setting needs.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Knob {
    /// The key of its name in the catalogue.
    pub name: Key,
    /// How it is written.
    pub unit: Unit,
    /// What is proposed, in the kept unit.
    pub usual: i64,
    /// The least that is possible.
    pub least: i64,
    /// The most that is possible.
    pub most: i64,
}

const fn knob(name: Key, unit: Unit, usual: i64, (least, most): (i64, i64)) -> Knob {
    Knob {
        name,
        unit,
        usual,
        least,
        most,
    }
}

/// The longest delay, in microseconds: [`crate::cluster::MAX_DELAY_US`].
const MINUTE: i64 = crate::cluster::MAX_DELAY_US as i64;
/// The furthest jump of a clock, in microseconds: [`crate::cluster::MAX_JUMP_US`].
const DAY: i64 = crate::cluster::MAX_JUMP_US as i64;

/// All numbers of the deeds.
pub const KNOBS: [Knob; 17] = [
    knob(key!("knob.each"), Unit::Millis, 20_000, (0, MINUTE)),
    knob(key!("knob.write"), Unit::Millis, 10_000, (0, MINUTE)),
    knob(key!("knob.sync"), Unit::Millis, 50_000, (0, MINUTE)),
    knob(key!("knob.jitter"), Unit::Millis, 10_000, (0, MINUTE)),
    knob(key!("knob.back"), Unit::Count, 0, (0, 1_000_000)),
    knob(
        key!("knob.faster"),
        Unit::Percent,
        100_000,
        (
            crate::sim::ClockRate::SLOWEST.0 as i64,
            crate::sim::ClockRate::FASTEST.0 as i64,
        ),
    ),
    knob(key!("knob.by"), Unit::Millis, 500_000, (-DAY, DAY)),
    knob(key!("knob.latency"), Unit::Millis, 100_000, (0, MINUTE)),
    knob(key!("knob.jitter"), Unit::Millis, 20_000, (0, MINUTE)),
    knob(key!("knob.loss"), Unit::Percent, 200_000, (0, 1_000_000)),
    knob(key!("knob.twice"), Unit::Percent, 200_000, (0, 1_000_000)),
    knob(
        key!("knob.rate"),
        Unit::Count,
        20,
        (1, Load::MAX_PER_SECOND as i64),
    ),
    knob(
        key!("knob.keys"),
        Unit::Count,
        10,
        (1, Load::MAX_KEYS as i64),
    ),
    knob(key!("knob.reads"), Unit::Count, 50, (0, 100)),
    knob(key!("knob.swaps"), Unit::Count, 10, (0, 100)),
    knob(key!("knob.stale"), Unit::Count, 0, (0, 100)),
    knob(key!("knob.leased"), Unit::Count, 0, (0, 100)),
];

/// Why a number is refused.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum KnobError {
    /// It is not a number as it should be.
    NoNumber,
    /// It is less than the least or more than the most.
    OutOfRange,
}

/// Reads a number as it is written, `12`, `0.5`, `−10`, exactly: in the kept unit.
///
/// # Errors
/// It is not such a number, has more digits than the kept unit, or is out of range.
pub fn parse_knob(text: &str, knob: &Knob) -> Result<i64, KnobError> {
    let text = text.trim();
    let (negative, digits) = match text.strip_prefix(['-', '−']) {
        Some(rest) => (true, rest),
        None => (false, text.strip_prefix('+').unwrap_or(text)),
    };
    let (whole, fraction) = digits.split_once(['.', ',']).unwrap_or((digits, ""));
    let numeric = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    if (whole.is_empty() && fraction.is_empty()) || !numeric(whole) || !numeric(fraction) {
        return Err(KnobError::NoNumber);
    }
    let mut value: i64 = 0;
    for digit in whole.bytes() {
        let next = value.checked_mul(10);
        let next = next.and_then(|value| value.checked_add(i64::from(digit - b'0')));
        value = next.ok_or(KnobError::OutOfRange)?;
    }
    let mut scale = knob.unit.scale();
    value = value.checked_mul(scale).ok_or(KnobError::OutOfRange)?;
    for digit in fraction.bytes() {
        if scale == 1 && digit != b'0' {
            return Err(KnobError::NoNumber);
        }
        scale = (scale / 10).max(1);
        value = value
            .checked_add(i64::from(digit - b'0') * scale)
            .ok_or(KnobError::OutOfRange)?;
    }
    let value = if negative { -value } else { value };
    match (knob.least..=knob.most).contains(&value) {
        true => Ok(value),
        false => Err(KnobError::OutOfRange),
    }
}
