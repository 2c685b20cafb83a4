//! The part of a run that is in sight.

use crate::sim::SimTime;

/// The shortest window, in microseconds.
const SHORTEST_US: u64 = 1_000;

/// The window of a run that has just begun, in microseconds.
const FIRST_US: u64 = 2_000_000;

/// A part of a run.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Window {
    /// The moment at the left edge.
    pub from: SimTime,
    /// How long it is, in microseconds; never 0.
    pub span_us: u64,
}

impl Default for Window {
    fn default() -> Window {
        Window::whole(SimTime::ZERO)
    }
}

impl Window {
    /// From the beginning to a little after the end. It grows in leaps, so that a run that goes on
    /// is drawn at another scale only now and then.
    pub fn whole(end: SimTime) -> Window {
        let mut span_us = FIRST_US;
        while span_us <= end.0 {
            span_us += span_us / 4;
        }
        Window {
            from: SimTime::ZERO,
            span_us,
        }
    }

    /// The moment at the right edge.
    pub fn to(self) -> SimTime {
        self.from.after(self.span_us)
    }

    /// Where a moment is in a picture of this width, in pixels; at an edge if it is outside.
    pub fn place(self, time: SimTime, width: u32) -> u32 {
        let since = time.since(self.from).min(self.span_us);
        let place = since.saturating_mul(u64::from(width)) / self.span_us;
        u32::try_from(place).unwrap_or(width)
    }

    /// The moment at a place of a picture of this width.
    pub fn moment(self, x: u32, width: u32) -> SimTime {
        let width = width.max(1);
        let since = self.span_us.saturating_mul(u64::from(x.min(width))) / u64::from(width);
        self.from.after(since)
    }

    /// Nearer by so many notches, or further away if it is negative; the moment `around` stays
    /// where it is. `None`: all of `whole` is in sight.
    pub fn zoomed(self, notches: i32, around: SimTime, whole: Window) -> Option<Window> {
        let mut span_us = self.span_us;
        for _ in 0..notches.unsigned_abs().min(64) {
            span_us = if notches > 0 {
                span_us / 4 * 3
            } else {
                span_us.saturating_add(span_us / 3)
            };
        }
        self.scaled(span_us, around, whole)
    }

    /// As long as this; the moment `around` stays where it is. `None`: all of `whole` is in sight.
    pub fn scaled(self, span_us: u64, around: SimTime, whole: Window) -> Option<Window> {
        let span_us = span_us.max(SHORTEST_US);
        if span_us >= whole.span_us {
            return None;
        }
        let share = around.since(self.from) as f64 / self.span_us as f64;
        let before = (share * span_us as f64) as u64;
        let from = SimTime(around.0.saturating_sub(before));
        Some(Window { from, span_us }.within(whole))
    }

    /// Further to the right by this share of its width, in thousandths.
    pub fn moved(self, thousandths: i64, whole: Window) -> Window {
        let by = (self.span_us / 1000).saturating_mul(thousandths.unsigned_abs());
        let from = if thousandths < 0 {
            self.from.0.saturating_sub(by)
        } else {
            self.from.0.saturating_add(by)
        };
        Window {
            from: SimTime(from),
            ..self
        }
        .within(whole)
    }

    /// The same, or moved so that the moment is in sight: near the left edge if the run goes on to
    /// the right.
    pub fn showing(self, time: SimTime, whole: Window) -> Window {
        if (self.from..=self.to()).contains(&time) {
            return self;
        }
        let from = SimTime(time.0.saturating_sub(self.span_us / 5));
        Window { from, ..self }.within(whole)
    }

    fn within(self, whole: Window) -> Window {
        let last = whole.to().0.saturating_sub(self.span_us);
        Window {
            from: SimTime(self.from.0.min(last)),
            ..self
        }
    }
}
