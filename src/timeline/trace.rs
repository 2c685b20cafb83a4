//! What has happened, as something to look at.

use super::line::Line;
use crate::cluster::TraceEvent;
use crate::sim::SimTime;
use std::ops::Range;
use std::slice::Iter;

/// The facts of a run up to a moment, oldest first. It can be asked like a slice; what lies far
/// back is played again when it is asked for.
#[derive(Clone, Copy, Debug)]
pub struct Trace<'a> {
    line: &'a Line,
    len: usize,
    /// The facts of one piece of the line, as far as this trace goes.
    window: Option<Window<'a>>,
}

/// A piece of the line by its number, and its first facts.
pub(super) type Window<'a> = (usize, &'a [TraceEvent]);

impl<'a> Trace<'a> {
    pub(super) fn new(line: &'a Line, len: usize, window: Option<Window<'a>>) -> Trace<'a> {
        Trace { line, len, window }
    }

    /// How many facts there are.
    pub fn len(self) -> usize {
        self.len
    }

    /// Whether there is none. Every run has some: its members have started.
    pub fn is_empty(self) -> bool {
        self.len == 0
    }

    /// A fact by its position, counted from 0.
    pub fn get(self, position: usize) -> Option<&'a TraceEvent> {
        self.range(position, position.saturating_add(1)).next()
    }

    /// The latest fact.
    pub fn last(self) -> Option<&'a TraceEvent> {
        self.get(self.len.checked_sub(1)?)
    }

    /// All facts.
    pub fn iter(self) -> Facts<'a> {
        self.range(0, self.len)
    }

    /// The facts from position `from` on.
    pub fn from_position(self, from: usize) -> Facts<'a> {
        self.range(from, self.len)
    }

    /// The facts from the moment `from` (included) to the moment `to` (excluded).
    pub fn between(self, from: SimTime, to: SimTime) -> Facts<'a> {
        self.range(self.line.count_before(from), self.line.count_before(to))
    }

    /// The facts from position `from` (included) to `to` (excluded), both clamped.
    fn range(self, from: usize, to: usize) -> Facts<'a> {
        let to = to.min(self.len);
        let from = from.min(to);
        Facts {
            trace: self,
            segments: self.line.segments_of(from, to),
            from,
            to,
            front: [].iter(),
            back: [].iter(),
        }
    }
}

/// Facts in their order, from either end. It is a type of its own, since adapters of the standard
/// library would be made anew for everybody who asks.
#[derive(Clone, Debug)]
pub struct Facts<'a> {
    trace: Trace<'a>,
    /// The pieces of the line that nobody has looked into yet.
    segments: Range<usize>,
    from: usize,
    to: usize,
    front: Iter<'a, TraceEvent>,
    back: Iter<'a, TraceEvent>,
}

impl<'a> Facts<'a> {
    fn of(&self, segment: usize) -> Iter<'a, TraceEvent> {
        let line = self.trace.line;
        let facts = match self.trace.window {
            Some((place, facts)) if place == segment => facts,
            _ => line.facts(segment),
        };
        let first = line.first_fact(segment);
        facts[self.from.saturating_sub(first)..(self.to - first).min(facts.len())].iter()
    }
}

impl<'a> Iterator for Facts<'a> {
    type Item = &'a TraceEvent;

    fn next(&mut self) -> Option<&'a TraceEvent> {
        loop {
            if let Some(fact) = self.front.next() {
                return Some(fact);
            }
            match self.segments.next() {
                Some(segment) => self.front = self.of(segment),
                None => return self.back.next(),
            }
        }
    }
}

impl<'a> DoubleEndedIterator for Facts<'a> {
    fn next_back(&mut self) -> Option<&'a TraceEvent> {
        loop {
            if let Some(fact) = self.back.next_back() {
                return Some(fact);
            }
            match self.segments.next_back() {
                Some(segment) => self.back = self.of(segment),
                None => return self.front.next_back(),
            }
        }
    }
}
