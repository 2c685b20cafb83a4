//! Where things stand on the stage: small pure functions from sizes to places.
//!
//! Units are CSS pixels, the origin is the stage's top left corner, angles are radians with 0 at
//! three o'clock and growing clockwise (y points down). Nothing here knows about the network or
//! about Raft; walls and strokes are in [`super::wall`].

mod layout;
mod marks;

pub use layout::{CLIENT_CARD, LabelPlace, MemberPlace, StageLayout};
pub use marks::{Mark, NAME_OFF, Side};

use std::f64::consts::{FRAC_PI_2, PI, TAU};

/// A place on the stage.
#[derive(Clone, Copy, PartialEq, Debug, Default)]
pub struct Point {
    /// From the left edge.
    pub x: f64,
    /// From the top edge.
    pub y: f64,
}

impl Point {
    /// The point at these coordinates.
    pub fn new(x: f64, y: f64) -> Point {
        Point { x, y }
    }

    /// The point at `fraction` of the way to `other`.
    pub fn towards(self, other: Point, fraction: f64) -> Point {
        Point::new(
            self.x + (other.x - self.x) * fraction,
            self.y + (other.y - self.y) * fraction,
        )
    }

    /// The distance to `other`.
    pub fn distance(self, other: Point) -> f64 {
        let (x, y) = (other.x - self.x, other.y - self.y);
        (x * x + y * y).sqrt()
    }

    /// The point at an angle of the circle around the origin with radius 1, clockwise from three
    /// o'clock. (The standard library's functions know angles of any size exactly, which would add
    /// five kilobytes to the page; this one is exact to the last digits for a few turns.)
    pub fn at_angle(angle: f64) -> Point {
        let quarters = (angle / FRAC_PI_2).round_ties_even();
        let rest = angle - quarters * FRAC_PI_2;
        // The series of sine and cosine, innermost term first; `rest` is at most an eighth of a turn.
        let series = |first: u32, start: f64| {
            (0..8).rev().fold(1.0, |sum, term| {
                let next = f64::from(2 * term + first);
                1.0 - sum * rest * rest / (next * (next + 1.0))
            }) * start
        };
        let (sin, cos) = (series(2, rest), series(1, 1.0));
        match quarters as i32 & 3 {
            0 => Point::new(cos, sin),
            1 => Point::new(-sin, cos),
            2 => Point::new(-cos, -sin),
            _ => Point::new(sin, -cos),
        }
    }

    /// The point that is `x` further to the right and `y` further down.
    pub fn moved(self, x: f64, y: f64) -> Point {
        Point::new(self.x + x, self.y + y)
    }
}

/// A rectangle, for finding out what would overlap.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Area {
    /// The left edge.
    pub left: f64,
    /// The top edge.
    pub top: f64,
    /// The right edge.
    pub right: f64,
    /// The bottom edge.
    pub bottom: f64,
}

impl Area {
    /// The rectangle of this size around a point.
    pub fn around(centre: Point, width: f64, height: f64) -> Area {
        Area {
            left: centre.x - width / 2.0,
            top: centre.y - height / 2.0,
            right: centre.x + width / 2.0,
            bottom: centre.y + height / 2.0,
        }
    }

    /// How many square pixels the two have in common.
    pub fn overlap(&self, other: &Area) -> f64 {
        let width = self.right.min(other.right) - self.left.max(other.left);
        let height = self.bottom.min(other.bottom) - self.top.max(other.top);
        width.max(0.0) * height.max(0.0)
    }

    /// Whether `other` lies inside.
    pub fn contains(&self, other: &Area) -> bool {
        self.left <= other.left
            && self.top <= other.top
            && self.right >= other.right
            && self.bottom >= other.bottom
    }
}

/// The angle of the `i`-th of `count` members: clockwise from the top, two side by side.
pub fn ring_angle(i: usize, count: usize) -> f64 {
    let start = if count == 2 { PI } else { -FRAC_PI_2 };
    start + TAU * i as f64 / count.max(1) as f64
}

/// The part of a timer's circle that has run, from 0 to 1.
pub fn timer_fraction(started: u64, now: u64, scale: u64) -> f64 {
    (now.saturating_sub(started) as f64 / scale.max(1) as f64).min(1.0)
}

/// Where a message is at `now`, from 0 (just sent) to 1 (arriving).
pub fn flight_fraction(sent: u64, arrives: u64, now: u64) -> f64 {
    if arrives <= sent {
        return 1.0;
    }
    (now.saturating_sub(sent) as f64 / (arrives - sent) as f64).clamp(0.0, 1.0)
}

/// The way of a message between two actors: from rim to rim, a little to the right of the link so
/// that messages in opposite directions do not meet. `from_rim` and `to_rim` are the distances
/// from the actors' centres at which their surroundings end; a card of the size `card` stays
/// outside them for the most part.
pub fn lane(
    (from, from_rim): (Point, f64),
    (to, to_rim): (Point, f64),
    card: (f64, f64),
) -> (Point, Point) {
    const ASIDE: f64 = 7.0;
    let length = from.distance(to);
    if length < 1e-9 {
        return (from, to);
    }
    let (x, y) = ((to.x - from.x) / length, (to.y - from.y) / length);
    let clear = (card.0 / 2.0 / x.abs().max(1e-9)).min(card.1 / 2.0 / y.abs().max(1e-9)) * 0.8;
    let (from_rim, to_rim) = (from_rim + clear, to_rim + clear);
    let shrink = (length * 0.6 / (from_rim + to_rim)).clamp(0.0, 1.0);
    let aside = |p: Point| p.moved(-y * ASIDE, x * ASIDE);
    (
        aside(from.moved(x * from_rim * shrink, y * from_rim * shrink)),
        aside(to.moved(-x * to_rim * shrink, -y * to_rim * shrink)),
    )
}

/// How far a point is from the way between two others.
pub fn off_the_way(point: Point, from: Point, to: Point) -> f64 {
    let length = from.distance(to);
    if length < 1e-9 {
        return point.distance(from);
    }
    let along = (point.x - from.x) * (to.x - from.x) + (point.y - from.y) * (to.y - from.y);
    let fraction = (along / (length * length)).clamp(0.0, 1.0);
    point.distance(from.towards(to, fraction))
}

/// The `d` of a wavy line: a way that takes long.
pub fn wave(from: Point, to: Point) -> String {
    const STEP: f64 = 6.0;
    let length = from.distance(to);
    let steps = (length / STEP) as usize;
    if steps == 0 {
        return String::from("M0 0");
    }
    let (x, y) = ((to.x - from.x) / length, (to.y - from.y) / length);
    let mut path = format!("M{} {}", tenths(from.x), tenths(from.y));
    for step in 1..=steps {
        let side = if step % 2 == 0 { 4.0 } else { -4.0 };
        let bend = from.moved(
            x * STEP * (step as f64 - 0.5) - y * side,
            y * STEP * (step as f64 - 0.5) + x * side,
        );
        let end = from.moved(x * STEP * step as f64, y * STEP * step as f64);
        let mut sign = 'Q';
        for number in [bend.x, bend.y, end.x, end.y] {
            path.push(sign);
            path.push_str(&tenths(number));
            sign = ' ';
        }
    }
    path
}

/// The `d` of an arc around the origin: clockwise from twelve o'clock, `fraction` of the circle.
pub fn arc(radius: f64, fraction: f64) -> String {
    if fraction <= 0.0 {
        return String::from("M0 0");
    }
    // A full circle has no direction: it ends a hair before its start.
    let fraction = fraction.min(0.9999);
    let angle = TAU * fraction - FRAC_PI_2;
    let r = tenths(radius);
    let end = Point::at_angle(angle);
    let (x, y) = (tenths(radius * end.x), tenths(radius * end.y));
    let large = u8::from(fraction > 0.5);
    format!("M0 -{r}A{r} {r} 0 {large} 1 {x} {y}")
}

/// The `transform` that moves the origin to a point.
pub fn translate(at: Point) -> String {
    format!("translate({} {})", tenths(at.x), tenths(at.y))
}

/// A number with one decimal. (The standard library's formatting of floats would add ten
/// kilobytes to the page for nothing.)
pub fn tenths(value: f64) -> String {
    let rounded = (value * 10.0).round() as i64;
    let sign = if rounded < 0 { "-" } else { "" };
    let (whole, tenth) = (rounded.unsigned_abs() / 10, rounded.unsigned_abs() % 10);
    match tenth {
        0 => format!("{sign}{whole}"),
        _ => format!("{sign}{whole}.{tenth}"),
    }
}

#[cfg(test)]
mod tests;
