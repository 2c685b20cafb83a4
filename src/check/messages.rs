//! Nothing arrives that was not sent.

use super::report::Report;
use crate::cluster::{Address, Claim, Packet, Property};
use crate::sim::FlightId;
use std::collections::VecDeque;
use std::sync::Arc;

/// What is under way.
#[derive(Clone, Debug, Default)]
pub(super) struct Messages {
    /// In the order of sending. `None` is what has come to its end and still has its place.
    under_way: VecDeque<(FlightId, Option<Flight>)>,
    /// How many of those there are.
    ended: usize,
}

/// A message as it was sent.
#[derive(Clone, Debug)]
pub(super) struct Flight {
    pub from: Address,
    pub to: Address,
    pub packet: Arc<Packet>,
}

impl Messages {
    /// A message was sent.
    pub fn sent(&mut self, id: FlightId, flight: Flight) {
        self.under_way.push_back((id, Some(flight)));
    }

    /// A message came to its end, delivered or lost: these are its ends, and what it carries.
    pub fn ended(
        &mut self,
        report: &mut Report,
        id: FlightId,
        ends: (Address, Address),
        packet: &Arc<Packet>,
    ) {
        let sent = self.take(id);
        let same = sent.as_ref().is_some_and(|sent| sent.is(ends, packet));
        let now = report.now();
        report.expect(Property::NothingUnsent, same, || {
            let earlier = match sent {
                Some(_) => Claim::SentOtherwise { flight: id },
                None => Claim::NotUnderWay { flight: id },
            };
            (now.saw(earlier), Claim::Arrived { flight: id })
        });
    }

    fn take(&mut self, id: FlightId) -> Option<Flight> {
        let place = self.place_of(id)?;
        let flight = self.under_way[place].1.take()?;
        self.ended += 1;
        while let Some((_, None)) = self.under_way.front() {
            self.under_way.pop_front();
            self.ended -= 1;
        }
        // What is behind one that stays long moves up, so that is done for many at a time.
        if self.ended * 2 > self.under_way.len() {
            self.under_way.retain(|(_, flight)| flight.is_some());
            self.ended = 0;
        }
        Some(flight)
    }

    fn place_of(&self, id: FlightId) -> Option<usize> {
        // Identities are given in a row: most are as far from the first one as they say.
        let (first, _) = self.under_way.front()?;
        let place = id.0.wrapping_sub(first.0) as usize;
        match self.under_way.get(place) {
            Some((other, _)) if *other == id => Some(place),
            _ => {
                let place = self.under_way.binary_search_by_key(&id, |(id, _)| *id);
                place.ok()
            }
        }
    }
}

impl Flight {
    fn is(&self, ends: (Address, Address), packet: &Arc<Packet>) -> bool {
        let same_packet = Arc::ptr_eq(&self.packet, packet) || self.packet == *packet;
        (self.from, self.to) == ends && same_packet
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cluster::{Call, ClientId, OperationId};
    use crate::kv::Request;
    use crate::raft::NodeId;

    fn flight(key: &'static str) -> Flight {
        let packet = Packet::Request {
            operation: OperationId(1),
            call: Call::Store(Request::delete(key)).into(),
            caller: Default::default(),
        };
        Flight {
            from: Address::Client(ClientId(0)),
            to: Address::Member(NodeId(1)),
            packet: Arc::new(packet),
        }
    }

    fn end(messages: &mut Messages, report: &mut Report, id: u64, flight: &Flight) {
        let ends = (flight.from, flight.to);
        messages.ended(report, FlightId(id), ends, &flight.packet);
    }

    fn check(act: impl FnOnce(&mut Messages, &mut Report)) -> Vec<Property> {
        let mut messages = Messages::default();
        let mut report = Report::default();
        messages.sent(FlightId(1), flight("a"));
        act(&mut messages, report.at(2));
        report.violated()
    }

    #[test]
    fn a_message_that_was_sent_may_arrive_once() {
        let once = |messages: &mut Messages, report: &mut Report| {
            end(messages, report, 1, &flight("a"));
        };
        assert_eq!(check(once), []);
        let twice = |messages: &mut Messages, report: &mut Report| {
            end(messages, report, 1, &flight("a"));
            end(messages, report, 1, &flight("a"));
        };
        assert_eq!(check(twice), [Property::NothingUnsent]);
    }

    #[test]
    fn a_message_that_was_never_sent_is_reported() {
        let forged = |messages: &mut Messages, report: &mut Report| {
            end(messages, report, 2, &flight("a"));
        };
        assert_eq!(check(forged), [Property::NothingUnsent]);
    }

    #[test]
    fn of_many_each_may_arrive_once_in_any_order_and_none_is_kept() {
        let (mut messages, mut report) = (Messages::default(), Report::default());
        for id in 0..1_000 {
            messages.sent(FlightId(id), flight("a"));
        }
        let mut kept = 0;
        for id in (0..1_000).map(|number| number * 7 % 1_000) {
            end(&mut messages, report.at(2), id, &flight("a"));
            assert!(messages.under_way.len() <= 2 * (messages.under_way.len() - messages.ended));
            end(&mut messages, report.at(3), id, &flight("a"));
            kept += u64::from(messages.ended > 0);
        }
        assert!(messages.under_way.is_empty() && kept > 900);
        let count = report.count(Property::NothingUnsent);
        assert_eq!((count.checked, count.violated), (2_000, 1_000));
    }

    #[test]
    fn a_message_that_changed_on_its_way_is_reported() {
        let altered = |messages: &mut Messages, report: &mut Report| {
            end(messages, report, 1, &flight("b"));
        };
        assert_eq!(check(altered), [Property::NothingUnsent]);
        let turned = |messages: &mut Messages, report: &mut Report| {
            let mut turned = flight("a");
            turned.to = Address::Member(NodeId(2));
            end(messages, report, 1, &turned);
        };
        assert_eq!(check(turned), [Property::NothingUnsent]);
    }
}
