//! The queue of coming events.

use super::time::SimTime;
use std::cmp::Reverse;
use std::collections::BinaryHeap;

/// The place of an event in the queue, for taking it out again.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct EventKey {
    time: SimTime,
    order: u64,
}

impl EventKey {
    /// When the event is due.
    pub fn time(self) -> SimTime {
        self.time
    }
}

/// Events in the order in which they are due; those of the same moment in the order in which they
/// were scheduled.
#[derive(Clone, Debug)]
pub struct EventQueue<E> {
    events: BinaryHeap<Reverse<Due<E>>>,
    scheduled: u64,
}

/// An event at its place. No two places are equal, so the event itself is never compared.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
struct Due<E> {
    key: EventKey,
    event: E,
}

impl<E: Ord> Default for EventQueue<E> {
    fn default() -> Self {
        EventQueue {
            events: BinaryHeap::new(),
            scheduled: 0,
        }
    }
}

impl<E: Ord> EventQueue<E> {
    /// Adds an event that is due at `time`.
    pub fn schedule(&mut self, time: SimTime, event: E) -> EventKey {
        let key = self.reserve(time);
        self.events.push(Reverse(Due { key, event }));
        key
    }

    /// The place that an event would have that is scheduled now, for an event that is kept
    /// elsewhere.
    pub fn reserve(&mut self, time: SimTime) -> EventKey {
        self.scheduled += 1;
        EventKey {
            time,
            order: self.scheduled,
        }
    }

    /// Takes an event out before it happens. Looks at all of them: what is often taken back is
    /// better kept elsewhere.
    pub fn cancel(&mut self, key: EventKey) {
        self.events.retain(|Reverse(due)| due.key != key);
    }

    /// The next event, and its place.
    pub fn peek(&self) -> Option<(EventKey, &E)> {
        self.events.peek().map(|Reverse(due)| (due.key, &due.event))
    }

    /// Takes the next event.
    pub fn pop(&mut self) -> Option<(SimTime, E)> {
        let Reverse(due) = self.events.pop()?;
        Some((due.key.time, due.event))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn events_of_one_moment_come_in_the_order_of_scheduling() {
        let mut queue = EventQueue::default();
        queue.schedule(SimTime(5), 'b');
        queue.schedule(SimTime(5), 'c');
        queue.schedule(SimTime(1), 'a');
        let order: Vec<char> = std::iter::from_fn(|| queue.pop().map(|(_, e)| e)).collect();
        assert_eq!(order, ['a', 'b', 'c']);
    }

    #[test]
    fn a_cancelled_event_never_happens() {
        let mut queue = EventQueue::default();
        let key = queue.schedule(SimTime(1), 'a');
        queue.schedule(SimTime(2), 'b');
        queue.cancel(key);
        queue.cancel(key);
        assert_eq!(queue.pop(), Some((SimTime(2), 'b')));
        assert_eq!(queue.peek(), None);
    }
}
