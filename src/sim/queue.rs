//! The queue of coming events.
//!
//! Most events come in a few rising sequences: the time limits of requests, the ends of disk
//! writes, the messages of one link are each scheduled in the order in which they are due. So the
//! queue is a handful of lists, each in order, and an event goes to the end of one where it fits.
//! That is quicker than a heap or a tree, whatever the number of events.

use super::time::SimTime;
use std::collections::VecDeque;

/// The place of an event in the queue, for taking it out again.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct EventKey(
    /// The time, and in the lower half the order among the events of that time: one number, since
    /// a queue does little else than compare them.
    u128,
);

impl EventKey {
    const NEVER: EventKey = EventKey(u128::MAX);

    /// When the event is due.
    pub fn time(self) -> SimTime {
        SimTime((self.0 >> 64) as u64)
    }
}

/// How many lists there are.
const LANES: usize = 8;

/// Events in the order in which they are due; those of the same moment in the order in which they
/// were scheduled.
#[derive(Clone, Debug)]
pub struct EventQueue<E> {
    /// Each in the order of the keys.
    lanes: [VecDeque<(EventKey, E)>; LANES],
    /// The first key of each lane, [`EventKey::NEVER`] if it is empty.
    fronts: [EventKey; LANES],
    /// The time of the last event that each lane has had, and no later one is in it. From lane to lane they get earlier,
    /// since an event goes to the first lane where it fits.
    backs: [SimTime; LANES],
    /// The lane of the next event.
    first: usize,
    scheduled: u64,
}

impl<E> Default for EventQueue<E> {
    fn default() -> Self {
        EventQueue {
            lanes: Default::default(),
            fronts: [EventKey::NEVER; LANES],
            backs: [SimTime::ZERO; LANES],
            first: 0,
            scheduled: 0,
        }
    }
}

impl<E> EventQueue<E> {
    /// Adds an event that is due at `time`.
    pub fn schedule(&mut self, time: SimTime, event: E) -> EventKey {
        let key = self.reserve(time);
        let lane = self.lane_for(time);
        let events = &mut self.lanes[lane];
        if self.backs[lane] <= time {
            events.push_back((key, event));
            self.backs[lane] = time;
        } else {
            let place = events.partition_point(|(other, _)| *other < key);
            events.insert(place, (key, event));
        }
        if key < self.fronts[lane] {
            self.fronts[lane] = key;
            if key < self.fronts[self.first] {
                self.first = lane;
            }
        }
        key
    }

    /// The lane with the latest end before an event that is scheduled now. If all of them end later, the last one.
    fn lane_for(&self, time: SimTime) -> usize {
        // That is the first lane that does not end later.
        let later = self.backs.iter().filter(|back| **back > time).count();
        later.min(LANES - 1)
    }

    /// The place that an event would have that is scheduled now, for an event that is kept
    /// elsewhere.
    pub fn reserve(&mut self, time: SimTime) -> EventKey {
        self.scheduled += 1;
        EventKey(u128::from(time.0) << 64 | u128::from(self.scheduled))
    }

    /// Takes an event out before it happens; `None` if it has happened.
    pub fn cancel(&mut self, key: EventKey) -> Option<E> {
        for (lane, events) in self.lanes.iter_mut().enumerate() {
            if let Ok(place) = events.binary_search_by_key(&key, |(other, _)| *other) {
                let found = events.remove(place);
                self.find_first(lane);
                return found.map(|(_, event)| event);
            }
        }
        None
    }

    /// Takes an event out that is known by its time, and by what it is. `None` if there is none.
    pub fn cancel_at(&mut self, time: SimTime, is_it: impl Fn(&E) -> bool) -> Option<E> {
        let keys = self.lanes.iter().flat_map(|events| {
            let first = events.partition_point(|(key, _)| key.time() < time);
            let then = events.range(first..);
            then.take_while(|(key, _)| key.time() == time)
        });
        let key = keys.filter(|(_, event)| is_it(event)).map(|(key, _)| *key);
        let first = key.min()?;
        self.cancel(first)
    }

    /// The next event, and its place.
    pub fn peek(&self) -> Option<(EventKey, &E)> {
        let (key, event) = self.lanes[self.first].front()?;
        Some((*key, event))
    }

    /// Takes the next event.
    pub fn pop(&mut self) -> Option<(SimTime, E)> {
        let lane = self.first;
        let (key, event) = self.lanes[lane].pop_front()?;
        self.find_first(lane);
        Some((key.time(), event))
    }

    /// Finds the next event, after one of this lane was taken out.
    fn find_first(&mut self, changed: usize) {
        let front = self.lanes[changed].front();
        self.fronts[changed] = front.map_or(EventKey::NEVER, |(key, _)| *key);
        let (mut first, mut earliest) = (0, self.fronts[0]);
        for (lane, front) in self.fronts.iter().enumerate() {
            if *front < earliest {
                (first, earliest) = (lane, *front);
            }
        }
        self.first = first;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeMap;

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
        assert_eq!(queue.peek(), None);
    }

    #[test]
    fn an_event_is_found_by_what_it_is_at_its_time_alone() {
        let mut queue = EventQueue::default();
        for (time, event) in [(5, 'a'), (7, 'b'), (3, 'b'), (7, 'c'), (7, 'b'), (9, 'd')] {
            queue.schedule(SimTime(time), event);
        }
        let is_b = |event: &char| *event == 'b';
        assert_eq!(queue.cancel_at(SimTime(5), is_b), None);
        assert_eq!(queue.cancel_at(SimTime(7), is_b), Some('b'));
        assert_eq!(queue.cancel_at(SimTime(7), is_b), Some('b'));
        assert_eq!(queue.cancel_at(SimTime(7), is_b), None);
        let left: Vec<char> = std::iter::from_fn(|| queue.pop().map(|(_, e)| e)).collect();
        assert_eq!(left, ['b', 'a', 'c', 'd']);
    }

    #[test]
    fn it_does_what_a_tree_does() {
        let (mut queue, mut tree) = (EventQueue::default(), BTreeMap::new());
        let mut now = 0;
        for number in 0u64..20_000 {
            let random = number.wrapping_mul(0x9E37_79B9_7F4A_7C15) >> 40;
            match random % 8 {
                0..4 => {
                    // Some far delays that are always the same, and some near ones.
                    let delay = [random >> 3 & 63, 500, 90, 2_000][random as usize % 4];
                    let key = queue.schedule(SimTime(now + delay), number);
                    tree.insert(key, number);
                }
                4 => {
                    let cancelled = tree.keys().nth(random as usize % 50).copied();
                    if let Some(key) = cancelled {
                        assert_eq!(queue.cancel(key), tree.remove(&key));
                    }
                }
                _ => {
                    let expected = tree.pop_first();
                    let expected = expected.map(|(key, event)| (key.time(), event));
                    now = expected.map_or(now, |(time, _)| time.0);
                    assert_eq!(queue.pop(), expected);
                }
            }
            let next = tree.first_key_value();
            assert_eq!(queue.peek(), next.map(|(key, event)| (*key, event)));
        }
    }
}
