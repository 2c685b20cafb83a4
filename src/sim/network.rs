//! The network: directed links, and everything that is on its way over them.

use super::layers::FaultId;
use super::link::{Link, LinkChange, LinkOptions, LinkVerdict};
use super::small_map::SmallMap;
use super::time::SimTime;
use rand_pcg::Pcg32;
use serde::Serialize;
use std::collections::VecDeque;

/// The identity of a message on its way, unique in a run.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize)]
pub struct FlightId(pub u64);

/// Why a message does not come on.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize)]
pub enum HeldBy {
    /// It is at the end of its link, and the link is held.
    Link,
    /// Somebody holds this very message, wherever it is.
    Hand,
}

/// Something that keeps a message where it is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Hold {
    /// Why.
    pub by: HeldBy,
    /// Since when.
    pub since: SimTime,
}

/// A message on its way.
#[derive(Clone, Debug)]
pub struct Flight<A, M> {
    /// Where it comes from.
    pub from: A,
    /// Where it goes.
    pub to: A,
    /// When it was sent.
    pub sent: SimTime,
    /// When it would have been sent to be where it is, if it had never been held.
    pub departs: SimTime,
    /// When it comes to the end of its link, or would come there if it were not held.
    pub arrives: SimTime,
    /// What it carries.
    pub payload: M,
    /// Why it does not come on, if it does not.
    pub held: Option<Hold>,
    /// The place of its link in the list.
    link: usize,
}

impl<A, M> Flight<A, M> {
    /// Whether it is held for this reason.
    pub fn is_held_by(&self, by: HeldBy) -> bool {
        self.held.is_some_and(|hold| hold.by == by)
    }

    /// It is not held any more, and goes the rest of its way.
    fn go_on(&mut self, now: SimTime) {
        if let Some(hold) = self.held.take() {
            let pause = now.since(hold.since.min(self.arrives));
            let rest = self.arrives.since(hold.since);
            self.departs = self.departs.after(pause);
            self.arrives = now.after(rest);
        }
    }
}

/// What the network made of a message that was sent.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Departure {
    /// Its identity.
    pub flight: FlightId,
    /// When it arrives.
    pub arrives: SimTime,
    /// The copy, if the link doubled it: its identity, and when it arrives.
    pub copy: Option<(FlightId, SimTime)>,
}

/// The ends of a link as one number, since every message asks for its link.
type Ends = u128;

fn ends_of<A: Into<u64>>(from: A, to: A) -> Ends {
    u128::from(from.into()) << 64 | u128::from(to.into())
}

/// Where in the list each link is: a table with a free slot beside almost each that is taken.
#[derive(Clone, Debug, Default)]
struct Places {
    /// The ends of each link, in the order of the list.
    ends: Vec<Ends>,
    /// None, or a power of two of them: the place of a link, or [`Places::FREE`].
    slots: Vec<u32>,
}

impl Places {
    const FREE: u32 = u32::MAX;

    /// There is a new link, behind those in the list.
    fn push(&mut self, ends: Ends) {
        self.ends.push(ends);
        if 2 * self.ends.len() > self.slots.len() {
            self.slots = vec![Places::FREE; (2 * self.ends.len()).next_power_of_two()];
            for place in 0..self.ends.len() {
                self.fill(place);
            }
        } else {
            self.fill(self.ends.len() - 1);
        }
    }

    fn fill(&mut self, place: usize) {
        let slot = self.slot(self.ends[place]);
        self.slots[slot] = place as u32;
    }

    fn get(&self, ends: Ends) -> Option<usize> {
        if self.slots.is_empty() {
            return None;
        }
        let place = self.slots[self.slot(ends)];
        (place != Places::FREE).then_some(place as usize)
    }

    /// The slot of these ends, or the one that they would have.
    fn slot(&self, ends: Ends) -> usize {
        // The ends are small numbers, except that clients have the highest bit.
        let (from, to) = ((ends >> 64) as u64, ends as u64);
        let mixed = (from.rotate_left(7) ^ to).wrapping_mul(0x9E37_79B9_7F4A_7C15);
        let mask = self.slots.len() - 1;
        let mut slot = (mixed >> 32) as usize & mask;
        loop {
            match self.slots[slot] {
                Places::FREE => return slot,
                place if self.ends[place as usize] == ends => return slot,
                _ => slot = (slot + 1) & mask,
            }
        }
    }
}

/// All links, and everything that is on its way over them. `A` is an address, of which each is a number in the same order,
/// `M` a message.
///
/// Whoever owns the network schedules an event for every message, calls [`Network::land`] and takes it when the event happens, and
/// cancels it when a message is held or taken before that.
#[derive(Clone, Debug)]
pub struct Network<A, M> {
    /// In the order in which they were laid, so that a flight finds its own by counting.
    links: Vec<Link>,
    ends: SmallMap<Ends, ((A, A), usize)>,
    /// The same once more, to be found at once.
    places: Places,
    /// What flies, in the order of sending: that of the id `first` in front, with gaps where a
    /// message has landed. Ids are given in a row, so that finding one is counting.
    flying: VecDeque<Option<Flight<A, M>>>,
    first: u64,
    /// What is or was held. It may stay for long, and would keep the queue from getting shorter.
    aside: SmallMap<FlightId, Flight<A, M>>,
}

impl<A, M> Default for Network<A, M> {
    fn default() -> Self {
        Network {
            links: Vec::new(),
            ends: SmallMap::default(),
            places: Places::default(),
            flying: VecDeque::new(),
            first: 1,
            aside: SmallMap::default(),
        }
    }
}

// Links.

impl<A: Copy + Into<u64>, M> Network<A, M> {
    /// Lays the link from `from` to `to`, with a random stream of its own.
    pub fn add_link(&mut self, from: A, to: A, options: LinkOptions, rng: Pcg32) {
        let link = Link::new(options, rng);
        let ends = ends_of(from, to);
        match self.ends.get(&ends) {
            Some((_, place)) => self.links[*place] = link,
            None => {
                self.ends.insert(ends, ((from, to), self.links.len()));
                self.links.push(link);
                self.places.push(ends);
            }
        }
    }

    /// The link from `from` to `to`, if there is one.
    pub fn link(&self, from: A, to: A) -> Option<&Link> {
        let place = self.places.get(ends_of(from, to))?;
        Some(&self.links[place])
    }

    /// All links in the order of their addresses.
    pub fn links(&self) -> impl Iterator<Item = ((A, A), &Link)> {
        let ends = self.ends.values();
        ends.map(|(ends, place)| (*ends, &self.links[*place]))
    }

    /// Changes a link: for good, or until the fault ends.
    pub fn change(&mut self, ends: (A, A), change: LinkChange, fault: Option<FaultId>) {
        if let Some((_, place)) = self.ends.get(&ends_of(ends.0, ends.1)) {
            let link = &mut self.links[*place];
            match fault {
                Some(fault) => link.lay(fault, change),
                None => link.set(change),
            }
        }
    }

    /// Whether anything of a fault for a while is left on any link.
    pub fn bears(&self, fault: FaultId) -> bool {
        self.links.iter().any(|link| link.bears(fault))
    }

    /// Ends what a fault changed on any link. `false` if there is nothing left of it.
    pub fn lift(&mut self, fault: FaultId) -> bool {
        let lifted = self.links.iter_mut().map(|link| link.lift(fault));
        lifted.fold(false, |any, lifted| any | lifted)
    }
}

// Messages.

impl<A: Copy + Into<u64>, M: Clone> Network<A, M> {
    /// Sends a message. `None` if there is no such link.
    pub fn send(&mut self, now: SimTime, from: A, to: A, payload: M) -> Option<Departure> {
        let place = self.places.get(ends_of(from, to))?;
        let link = &mut self.links[place];
        let arrives = link.arrival(now);
        let copy_arrives = link.doubles().then(|| link.arrival(now));
        let flight = Flight {
            from,
            to,
            sent: now,
            departs: now,
            arrives,
            payload,
            held: None,
            link: place,
        };
        let copied = copy_arrives.map(|arrives| Flight {
            arrives,
            ..flight.clone()
        });
        let flight = self.depart(flight);
        let copy = copied.map(|copy| (copy.arrives, self.depart(copy)));
        let copy = copy.map(|(at, id)| (id, at));
        Some(Departure {
            flight,
            arrives,
            copy,
        })
    }

    /// Sends a copy of a message that is on its way, with a delay of its own. `None` if it is not
    /// on its way.
    pub fn duplicate(&mut self, now: SimTime, id: FlightId) -> Option<(FlightId, SimTime)> {
        let mut copy = self.flight(id)?.clone();
        let arrives = self.links[copy.link].arrival(now);
        (copy.sent, copy.departs, copy.arrives) = (now, now, arrives);
        copy.held = None;
        Some((self.depart(copy), arrives))
    }

    fn depart(&mut self, flight: Flight<A, M>) -> FlightId {
        let id = FlightId(self.first + self.flying.len() as u64);
        self.flying.push_back(Some(flight));
        id
    }

    /// A message comes to the end of its way: what its link does with it. If the link holds it, it waits there; else it
    /// is to be taken off the network. `None` if it is not on its way.
    pub fn land(&mut self, now: SimTime, id: FlightId) -> Option<LinkVerdict> {
        let link = self.flight(id)?.link;
        let verdict = self.links[link].judge();
        if verdict == LinkVerdict::Held {
            self.put_aside(now, id, HeldBy::Link);
        }
        Some(verdict)
    }

    /// Takes a message off the network. `None` if it is not on its way.
    pub fn take(&mut self, id: FlightId) -> Option<Flight<A, M>> {
        let Some(place) = self.place(id).filter(|place| self.flying[*place].is_some()) else {
            return self.aside.remove(&id);
        };
        let flight = self.flying[place].take();
        while let Some(None) = self.flying.front() {
            self.flying.pop_front();
            self.first += 1;
        }
        flight
    }

    /// Holds a message wherever it is.
    pub fn hold(&mut self, now: SimTime, id: FlightId) {
        self.put_aside(now, id, HeldBy::Hand);
    }

    /// Lets a message that is held by hand go the rest of its way. Returns when it will arrive.
    /// `None` if no such message is held by hand.
    pub fn release(&mut self, now: SimTime, id: FlightId) -> Option<SimTime> {
        let flight = self.aside.get_mut(&id)?;
        if !flight.is_held_by(HeldBy::Hand) {
            return None;
        }
        flight.go_on(now);
        Some(flight.arrives)
    }

    /// Lets all messages come on that wait at the end of links that are not held any more: they
    /// arrive now. Returns them in the order in which they came there.
    pub fn release_all(&mut self, now: SimTime) -> Vec<FlightId> {
        let mut released = Vec::new();
        for (id, flight) in self.aside.iter_mut() {
            let held = self.links[flight.link].settings().held;
            if let Some(hold) = flight.held
                && hold.by == HeldBy::Link
                && !held
            {
                released.push((hold.since, *id));
                flight.go_on(now);
            }
        }
        released.sort();
        released.into_iter().map(|(_, id)| id).collect()
    }

    fn put_aside(&mut self, now: SimTime, id: FlightId, by: HeldBy) {
        if let Some(mut flight) = self.take(id) {
            flight.held = Some(Hold { by, since: now });
            self.aside.insert(id, flight);
        }
    }
}

impl<A, M> Network<A, M> {
    /// A message that is on its way.
    pub fn flight(&self, id: FlightId) -> Option<&Flight<A, M>> {
        let flying = self.place(id).and_then(|place| self.flying[place].as_ref());
        flying.or_else(|| self.aside.get(&id))
    }

    /// Everything that is on its way, in the order of sending, except that what is or was held
    /// comes first.
    pub fn flights(&self) -> impl Iterator<Item = (FlightId, &Flight<A, M>)> {
        let aside = self.aside.iter().map(|(id, flight)| (*id, flight));
        let flying = (self.first..).zip(&self.flying);
        aside.chain(flying.filter_map(|(id, flight)| Some((FlightId(id), flight.as_ref()?))))
    }

    /// Where in `flying` a message is or was.
    fn place(&self, id: FlightId) -> Option<usize> {
        let place = usize::try_from(id.0.checked_sub(self.first)?).ok()?;
        (place < self.flying.len()).then_some(place)
    }
}

#[cfg(test)]
mod tests;
