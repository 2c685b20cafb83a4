//! The network: directed links that delay what is sent over them, and may be cut.

use super::time::SimTime;
use rand::{Rng, RngExt};
use rand_pcg::Pcg32;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// The identity of a message on its way, unique in a run.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
pub struct FlightId(pub u64);

/// How a link treats what is sent over it.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct LinkOptions {
    /// The shortest time from sending to delivery, in microseconds.
    pub latency_us: u64,
    /// Up to this much is added at random, in microseconds; messages may overtake each other.
    pub jitter_us: u64,
}

/// The state of one directed link.
#[derive(Clone, Debug)]
pub struct LinkState {
    /// Delays.
    pub options: LinkOptions,
    /// Nothing gets through. Judged when a message would be delivered.
    pub cut: bool,
    rng: Pcg32,
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
    /// When it arrives.
    pub arrives: SimTime,
    /// What it carries.
    pub payload: M,
}

/// All links, and everything that is on its way over them. `A` is an address, `M` a message.
#[derive(Clone, Debug)]
pub struct Network<A, M> {
    links: BTreeMap<(A, A), LinkState>,
    flights: BTreeMap<FlightId, Flight<A, M>>,
    sent: u64,
}

impl<A, M> Default for Network<A, M> {
    fn default() -> Self {
        Network {
            links: BTreeMap::new(),
            flights: BTreeMap::new(),
            sent: 0,
        }
    }
}

impl<A: Ord + Copy, M> Network<A, M> {
    /// Adds the link from `from` to `to`, with a random stream of its own.
    pub fn add_link(&mut self, from: A, to: A, options: LinkOptions, rng: Pcg32) {
        let link = LinkState {
            options,
            cut: false,
            rng,
        };
        self.links.insert((from, to), link);
    }

    /// The link from `from` to `to`, if there is one.
    pub fn link(&self, from: A, to: A) -> Option<&LinkState> {
        self.links.get(&(from, to))
    }

    /// The same, to be changed.
    pub fn link_mut(&mut self, from: A, to: A) -> Option<&mut LinkState> {
        self.links.get_mut(&(from, to))
    }

    /// All links in the order of their addresses.
    pub fn links(&self) -> impl Iterator<Item = ((A, A), &LinkState)> {
        self.links.iter().map(|(ends, link)| (*ends, link))
    }

    /// Sends a message; it has to be taken off with [`Network::land`] at the time that is
    /// returned. `None` if there is no such link.
    pub fn send(
        &mut self,
        now: SimTime,
        from: A,
        to: A,
        payload: M,
    ) -> Option<(FlightId, SimTime)> {
        let link = self.links.get_mut(&(from, to))?;
        let delay =
            link.options.latency_us + below_inclusive(&mut link.rng, link.options.jitter_us);
        let arrives = now.after(delay);
        self.sent += 1;
        let id = FlightId(self.sent);
        let flight = Flight {
            from,
            to,
            sent: now,
            arrives,
            payload,
        };
        self.flights.insert(id, flight);
        Some((id, arrives))
    }

    /// Takes a message off the network at the end of its way, and says whether its link lets it
    /// through now.
    pub fn land(&mut self, id: FlightId) -> Option<(Flight<A, M>, bool)> {
        let flight = self.flights.remove(&id)?;
        let open = self
            .links
            .get(&(flight.from, flight.to))
            .is_some_and(|link| !link.cut);
        Some((flight, open))
    }

    /// Everything that is on its way, in the order of sending.
    pub fn flights(&self) -> impl Iterator<Item = (FlightId, &Flight<A, M>)> {
        self.flights.iter().map(|(id, flight)| (*id, flight))
    }
}

/// A random number from 0 to `max`, both included.
pub(super) fn below_inclusive(rng: &mut impl Rng, max: u64) -> u64 {
    if max == 0 {
        0
    } else {
        rng.random_range(0..=max)
    }
}

#[cfg(test)]
mod tests {
    use super::super::stream;
    use super::*;

    const LAN: LinkOptions = LinkOptions {
        latency_us: 100,
        jitter_us: 50,
    };

    fn network() -> Network<u8, char> {
        let mut network = Network::default();
        network.add_link(1, 2, LAN, stream(7, "link", [1, 2]));
        network.add_link(1, 3, LAN, stream(7, "link", [1, 3]));
        network
    }

    #[test]
    fn delays_lie_between_latency_and_latency_plus_jitter() {
        let mut network = network();
        for _ in 0..1000 {
            let (_, at) = network.send(SimTime(10), 1, 2, 'x').unwrap();
            assert!((110..=160).contains(&at.0), "{at:?}");
        }
    }

    #[test]
    fn one_more_message_on_a_link_does_not_change_another_link() {
        let (mut quiet, mut busy) = (network(), network());
        for _ in 0..5 {
            busy.send(SimTime(0), 1, 2, 'x');
        }
        let times = |network: &mut Network<u8, char>| {
            (0..20)
                .map(|_| network.send(SimTime(0), 1, 3, 'y').unwrap().1)
                .collect::<Vec<_>>()
        };
        assert_eq!(times(&mut quiet), times(&mut busy));
    }

    #[test]
    fn reachability_is_judged_at_delivery() {
        let mut network = network();
        let (before, _) = network.send(SimTime(0), 1, 2, 'a').unwrap();
        network.link_mut(1, 2).unwrap().cut = true;
        let (during, _) = network.send(SimTime(0), 1, 2, 'b').unwrap();
        assert!(
            !network.land(before).unwrap().1,
            "cut while it was on its way"
        );
        network.link_mut(1, 2).unwrap().cut = false;
        assert!(network.land(during).unwrap().1, "healed before it arrived");
        assert!(network.land(during).is_none(), "a message lands once");
    }

    #[test]
    fn nothing_is_sent_where_there_is_no_link() {
        assert!(network().send(SimTime(0), 2, 1, 'x').is_none());
    }
}
