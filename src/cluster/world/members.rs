//! The members of a world, and when their nodes' timers run out.
//!
//! Every message asks for its receiver several times, and almost every event moves a timer: so members are found by
//! counting, and timers are kept with them, beside the queue.

use crate::cluster::member::Member;
use crate::raft::NodeId;
use crate::sim::{EventKey, SimTime};
use std::ops::Index;

/// The members in the order of their ids.
#[derive(Clone, Debug, Default)]
pub(super) struct Members {
    seats: Vec<Seat>,
    /// The timer that runs out first: it is asked for at every step.
    first: Option<(NodeId, EventKey)>,
}

/// A member, and when its node has a timer that runs out.
#[derive(Clone, Debug)]
struct Seat {
    member: Member,
    timer: Option<EventKey>,
}

impl Members {
    /// A member.
    pub fn get(&self, id: NodeId) -> Option<&Member> {
        let place = self.place_of(id)?;
        Some(&self.seats[place].member)
    }

    /// The same, to be changed.
    pub fn get_mut(&mut self, id: NodeId) -> Option<&mut Member> {
        let place = self.place_of(id)?;
        Some(&mut self.seats[place].member)
    }

    /// All in the order of their ids.
    pub fn iter(&self) -> impl Iterator<Item = &Member> {
        self.seats.iter().map(|seat| &seat.member)
    }

    /// The same, to be changed.
    pub fn iter_mut(&mut self) -> impl Iterator<Item = &mut Member> {
        self.seats.iter_mut().map(|seat| &mut seat.member)
    }

    /// Their ids in order.
    pub fn ids(&self) -> impl Iterator<Item = NodeId> {
        self.iter().map(Member::id)
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.seats.len()
    }

    /// Adds a member whose id nobody else has.
    pub fn add(&mut self, member: Member) {
        let (id, timer) = (member.id(), None);
        let place = self.ids().take_while(|other| *other < id).count();
        self.seats.insert(place, Seat { member, timer });
    }

    /// The member whose timer runs out first.
    pub fn first_timer(&self) -> Option<(NodeId, EventKey)> {
        self.first
    }

    /// A member's timer has run out.
    pub fn stop_timer(&mut self, id: NodeId) {
        if let Some(place) = self.place_of(id) {
            self.seats[place].timer = None;
            self.find_first();
        }
    }

    /// Keeps a member's timer where its node wants it, but not before now. `reserve` gives it a place among the events.
    pub fn set_timer(
        &mut self,
        id: NodeId,
        now: SimTime,
        reserve: impl FnOnce(SimTime) -> EventKey,
    ) {
        let Some(place) = self.place_of(id) else {
            return;
        };
        let Seat { member, timer } = &mut self.seats[place];
        let at = member.next_timer().map(|at| at.max(now));
        if at == timer.map(EventKey::time) {
            return;
        }
        *timer = at.map(reserve);
        match (*timer, self.first) {
            (Some(key), Some((_, first))) if key < first => self.first = Some((id, key)),
            // Most timers are put off, and were not the first.
            (_, Some((first, _))) if first != id => {}
            _ => self.find_first(),
        }
    }

    fn find_first(&mut self) {
        let timers = self.seats.iter();
        let timers = timers.filter_map(|seat| Some((seat.member.id(), seat.timer?)));
        self.first = timers.min_by_key(|(_, key)| *key);
    }

    fn place_of(&self, id: NodeId) -> Option<usize> {
        // Ids count from 1, but a member that was added may never have been started.
        let place = id.0.wrapping_sub(1) as usize;
        match self.seats.get(place) {
            Some(seat) if seat.member.id() == id => Some(place),
            _ => self.ids().position(|other| other == id),
        }
    }
}

impl Index<NodeId> for Members {
    type Output = Member;

    /// # Panics
    /// If there is no such member.
    fn index(&self, id: NodeId) -> &Member {
        self.get(id).expect("the member is there")
    }
}

#[cfg(test)]
mod tests {
    use super::super::outside::{Out, Outside};
    use super::*;
    use crate::cluster::WorldOptions;
    use crate::sim::EventQueue;

    #[test]
    fn members_that_start_in_another_order_are_found_and_the_first_timer_of_all_is_known() {
        let options = WorldOptions::with_members(3);
        let (mut members, mut queue) = (Members::default(), EventQueue::<()>::default());
        for id in [1, 2, 5, 4].map(NodeId) {
            let (start, mut outside) = ((SimTime::ZERO, None), Outside::default());
            let mut out = Out::new(&mut outside, id, 1);
            members.add(Member::new(id, start, &options, 1, &mut out));
            members.set_timer(id, SimTime::ZERO, |at| queue.reserve(at));
        }
        assert!(members.ids().eq([1, 2, 4, 5].map(NodeId)));
        assert_eq!(members.len(), 4);
        for id in [1, 2, 4, 5].map(NodeId) {
            assert_eq!(members[id].id(), id);
            assert_eq!(members.get_mut(id).map(|member| member.id()), Some(id));
        }
        assert!(
            [0, 3, 6]
                .map(NodeId)
                .iter()
                .all(|id| members.get(*id).is_none())
        );
        let timers = |members: &Members| -> Vec<_> {
            let timers = members.seats.iter();
            timers
                .filter_map(|seat| Some((seat.timer?, seat.member.id())))
                .collect()
        };
        let mut left = timers(&members);
        left.sort();
        for (key, id) in left {
            assert_eq!(members.first_timer(), Some((id, key)));
            members.stop_timer(id);
        }
        assert_eq!(
            (members.first_timer(), timers(&members)),
            (None, Vec::new())
        );
    }

    #[test]
    fn the_first_timer_is_known_whoever_is_added_and_put_off() {
        let options = WorldOptions::with_members(5);
        for seed in 0..20 {
            let (mut members, mut queue) = (Members::default(), EventQueue::<()>::default());
            let first = |members: &Members| {
                let timers = members.seats.iter();
                let timers = timers.filter_map(|seat| Some((seat.member.id(), seat.timer?)));
                timers.min_by_key(|(_, key)| *key)
            };
            for id in options.member_ids() {
                let (start, mut outside) = ((SimTime::ZERO, None), Outside::default());
                let mut out = Out::new(&mut outside, id, 1);
                members.add(Member::new(id, start, &options, seed, &mut out));
                members.set_timer(id, SimTime::ZERO, |at| queue.reserve(at));
                assert_eq!(members.first_timer(), first(&members));
            }
            for late in 1..10 {
                let (id, key) = members.first_timer().unwrap();
                let later = key.time().after(late * 1_000_000);
                members.set_timer(id, later, |at| queue.reserve(at));
                assert_eq!(members.first_timer(), first(&members));
            }
        }
    }
}
