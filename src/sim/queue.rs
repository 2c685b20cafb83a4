//! The queue of coming events.
//!
//! Most events come in a few rising sequences: the time limits of requests, the ends of disk
//! writes, the messages of one link are each scheduled in the order in which they are due. So the
//! queue is a handful of lists, each in order, and an event goes to the end of one where it fits.
//! That is quicker than a heap or a tree, whatever the number of events.

use super::time::SimTime;
use std::collections::VecDeque;

/// The place of an event in the queue.
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

    /// Takes the event out of which this is true, before it happens; `None` if there is none. It is looked for among all:
    /// that is rare, and so nobody has to remember the place of an event.
    pub fn cancel(&mut self, is_it: &dyn Fn(&E) -> bool) -> Option<E> {
        for (lane, events) in self.lanes.iter_mut().enumerate() {
            if let Some(place) = events.iter().position(|(_, event)| is_it(event)) {
                let found = events.remove(place);
                self.find_first(lane);
                return found.map(|(_, event)| event);
            }
        }
        None
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
        queue.schedule(SimTime(1), 'a');
        queue.schedule(SimTime(2), 'b');
        assert_eq!(queue.cancel(&|event| *event == 'a'), Some('a'));
        assert_eq!(queue.cancel(&|event| *event == 'a'), None);
        assert_eq!(queue.pop(), Some((SimTime(2), 'b')));
        assert_eq!(queue.peek(), None);
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
                    if let Some(number) = cancelled.and_then(|key| tree.remove(&key)) {
                        assert_eq!(queue.cancel(&|event| *event == number), Some(number));
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
