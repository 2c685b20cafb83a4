//! The queue of coming events.

use super::time::SimTime;
use std::collections::BTreeMap;

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
    events: BTreeMap<EventKey, E>,
    scheduled: u64,
}

impl<E> Default for EventQueue<E> {
    fn default() -> Self {
        EventQueue {
            events: BTreeMap::new(),
            scheduled: 0,
        }
    }
}

impl<E> EventQueue<E> {
    /// Adds an event that is due at `time`.
    pub fn schedule(&mut self, time: SimTime, event: E) -> EventKey {
        self.scheduled += 1;
        let key = EventKey {
            time,
            order: self.scheduled,
        };
        self.events.insert(key, event);
        key
    }

    /// Takes an event out before it happens; `None` if it has happened.
    pub fn cancel(&mut self, key: EventKey) -> Option<E> {
        self.events.remove(&key)
    }

    /// When the next event is due.
    pub fn next_time(&self) -> Option<SimTime> {
        self.events.first_key_value().map(|(key, _)| key.time)
    }

    /// Takes the next event.
    pub fn pop(&mut self) -> Option<(SimTime, E)> {
        self.events
            .pop_first()
            .map(|(key, event)| (key.time, event))
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
        assert_eq!(queue.cancel(key), Some('a'));
        assert_eq!(queue.cancel(key), None);
        assert_eq!(queue.pop(), Some((SimTime(2), 'b')));
        assert_eq!(queue.next_time(), None);
    }
}
