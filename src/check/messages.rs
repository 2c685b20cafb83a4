//! Nothing arrives that was not sent.

use super::report::Report;
use super::sorted::Sorted;
use crate::cluster::{Address, Claim, Packet, Property};
use crate::sim::FlightId;
use std::sync::Arc;

/// What is under way.
#[derive(Clone, Debug, Default)]
pub(super) struct Messages {
    under_way: Sorted<FlightId, Flight>,
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
        self.under_way.get_or_insert(id, flight);
    }

    /// A message came to its end, delivered or lost: these are its ends, and what it carries.
    pub fn ended(
        &mut self,
        report: &mut Report,
        id: FlightId,
        ends: (Address, Address),
        packet: &Arc<Packet>,
    ) {
        let sent = self.under_way.remove(id);
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
