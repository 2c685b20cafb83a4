//! From moments to places.

use crate::sim::SimTime;

/// The room on the left for the names of the lanes.
pub const GUTTER: f64 = 78.0;
/// The room above the lanes for the axis.
const TOP: f64 = 26.0;
/// The room below the lanes.
const BOTTOM: f64 = 12.0;
/// The room between the playhead, while it is followed, and the right edge.
const AHEAD: f64 = 0.15;
/// As near as this may marks of the axis come to each other.
const MARKS_APART: f64 = 84.0;
/// The shortest time in sight, in microseconds.
const SHORTEST_US: u64 = 1_000;
/// The time in sight at first, in microseconds.
const FIRST_US: u64 = 160_000;

/// The time in sight.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct View {
    /// The moment at the left edge, in microseconds; a run begins at 0, and a view may begin
    /// before it.
    pub from: i64,
    /// How long it is, in microseconds.
    pub span_us: u64,
}

impl Default for View {
    fn default() -> View {
        View {
            from: 0,
            span_us: FIRST_US,
        }
    }
}

impl View {
    /// The same time span with the playhead near its right edge.
    pub fn following(self, now: SimTime) -> View {
        let ahead = (self.span_us as f64 * AHEAD) as i64;
        let to = signed(now.0) + ahead;
        View {
            from: (to - signed(self.span_us)).max(-signed(self.span_us) / 50),
            ..self
        }
    }

    /// The moment at the right edge.
    pub fn to(self) -> SimTime {
        SimTime(u64::try_from(self.from.saturating_add(signed(self.span_us))).unwrap_or(0))
    }

    /// The moment at the left edge, not before the run.
    pub fn start(self) -> SimTime {
        SimTime(u64::try_from(self.from).unwrap_or(0))
    }

    /// What shows this time, at least so many microseconds of it, with room on both sides.
    pub fn around(from: SimTime, to: SimTime, least_us: u64) -> View {
        let span = to.0.saturating_sub(from.0).max(least_us);
        View {
            from: signed(from.0) - signed(span / 20),
            span_us: span.saturating_mul(5) / 4,
        }
    }

    /// Longer or shorter, by thousandths; the moment at `share` of its width stays where it is. It becomes no
    /// longer than `longest_us`.
    pub fn scaled(self, thousandths: u64, share: f64, longest_us: u64) -> View {
        let span = self.span_us.saturating_mul(thousandths) / 1_000;
        let span_us = span.clamp(SHORTEST_US, longest_us.max(SHORTEST_US));
        let held = self.from as f64 + share * self.span_us as f64;
        View {
            from: (held - share * span_us as f64) as i64,
            span_us,
        }
    }

    /// Moved to the right by this share of its width, but not so far that nothing of the run is
    /// in sight.
    pub fn moved(self, share: f64, end: SimTime) -> View {
        let half = signed(self.span_us) / 2;
        let from = self.from + (share * self.span_us as f64) as i64;
        View {
            from: from.clamp(-half, (signed(end.0) - half).max(-half)),
            ..self
        }
    }
}

fn signed(value: u64) -> i64 {
    i64::try_from(value).unwrap_or(i64::MAX)
}

/// Where moments and lanes are.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Plot {
    /// The time in sight.
    pub view: View,
    /// The width of the whole picture.
    pub width: f64,
    /// Its height.
    pub height: f64,
}

impl Plot {
    /// A picture of this size.
    pub fn new(view: View, (width, height): (f64, f64)) -> Plot {
        Plot {
            view,
            width,
            height,
        }
    }

    /// How many pixels a microsecond is.
    pub fn scale(&self) -> f64 {
        (self.width - GUTTER).max(1.0) / self.view.span_us as f64
    }

    /// Where a moment is.
    pub fn x(&self, time: SimTime) -> f64 {
        GUTTER + (time.0 as f64 - self.view.from as f64) * self.scale()
    }

    /// Where a moment is, or the edge beyond which it lies.
    pub fn x_within(&self, time: SimTime) -> f64 {
        self.x(time).clamp(GUTTER, self.width.max(GUTTER))
    }

    /// The moment at a place.
    pub fn moment(&self, x: f64) -> SimTime {
        let us = self.view.from as f64 + (x - GUTTER) / self.scale();
        SimTime(us.max(0.0) as u64)
    }

    /// The share of the time in sight that lies left of a place.
    pub fn share(&self, x: f64) -> f64 {
        ((x - GUTTER) / (self.width - GUTTER).max(1.0)).clamp(0.0, 1.0)
    }

    /// Where a lane runs.
    pub fn y(&self, place: usize, lanes: usize) -> f64 {
        let room = (self.height - TOP - BOTTOM).max(1.0);
        let pitch = room / lanes.max(1) as f64;
        TOP + pitch * (place as f64 + 0.5)
    }

    /// The upper and the lower edge of the lanes.
    pub fn edges(&self) -> (f64, f64) {
        (TOP - 4.0, self.height - BOTTOM / 2.0)
    }

    /// The marks of the axis: place and time.
    pub fn axis(&self) -> Vec<(f64, String)> {
        let least = MARKS_APART / self.scale();
        let mut step: u64 = 1;
        while (step as f64) < least {
            step = match step.to_string().as_bytes()[0] {
                b'2' => step / 2 * 5,
                _ => step * 2,
            };
        }
        let mut time = self.view.start().0.div_ceil(step) * step;
        let mut marks = Vec::new();
        while time <= self.view.to().0 {
            marks.push((self.x(SimTime(time)), label(time, step)));
            time += step;
        }
        marks
    }
}

/// A moment with as many digits as its neighbours need to differ.
fn label(time: u64, step: u64) -> String {
    let (seconds, us) = (time / 1_000_000, time % 1_000_000);
    match step {
        0..1_000 => format!("{seconds}.{us:06}"),
        1_000..100_000 => format!("{seconds}.{:03} s", us / 1_000),
        _ => format!("{seconds}.{} s", us / 100_000),
    }
}
