//! Messages on their way: sending, arriving, and what somebody does to a single one.

use super::super::client::{Operation, OperationId, Outcome};
use super::super::command::{ChangeNote, Command};
use super::super::member::{Delivery, Member};
use super::super::trace::{Address, Fact, LossReason, Packet, WaitReason};
use super::{Parcel, World};
use crate::kv::Caller;
use crate::raft::{Envelope, Message, NodeId, Payload};
use crate::sim::{Flight, FlightId, LinkVerdict};

impl World {
    /// A message comes to the end of its way.
    pub(super) fn land(&mut self, id: FlightId) {
        let verdict = self.outside.network.land(self.outside.now, id);
        if verdict == Some(LinkVerdict::Held) {
            return self.note_held(id, WaitReason::LinkHeld);
        }
        let (Some(verdict), Some(flight)) = (verdict, self.outside.network.take(id)) else {
            return;
        };
        let loss = match (verdict, flight.to) {
            (LinkVerdict::Cut, _) => LossReason::Cut,
            (LinkVerdict::Lost, _) => LossReason::Chance,
            (_, Address::Member(member)) if self.members[member].server().is_none() => {
                LossReason::ReceiverCrashed
            }
            _ => return self.deliver(id, flight),
        };
        let (from, to) = (flight.from, flight.to);
        let refused = (loss == LossReason::ReceiverCrashed).then(|| flight.payload.clone());
        self.lose(id, flight, loss);
        if let (Some(packet), Address::Client(client), Address::Member(member)) =
            (refused, from, to)
        {
            self.refuse_connection(member, client, &packet);
        }
    }

    fn note_held(&mut self, id: FlightId, reason: WaitReason) {
        if let Some(flight) = self.outside.network.flight(id) {
            self.note(Fact::Waiting {
                flight: id,
                from: flight.from,
                to: flight.to,
                packet: flight.payload.clone(),
                reason,
            });
        }
    }

    fn lose(&mut self, id: FlightId, flight: Flight<Address, Parcel>, reason: LossReason) {
        self.note(Fact::Lost {
            flight: id,
            from: flight.from,
            to: flight.to,
            sent: flight.sent,
            packet: flight.payload,
            reason,
        });
    }

    /// A message has come through to somebody who is there.
    fn deliver(&mut self, id: FlightId, flight: Flight<Address, Parcel>) {
        let Flight {
            from,
            to,
            sent,
            payload: packet,
            ..
        } = flight;
        if self.is_repeated(&packet) {
            return self.note(Fact::Lost {
                flight: id,
                from,
                to,
                sent,
                packet,
                reason: LossReason::Repeated,
            });
        }
        if let Address::Member(member) = to
            && let Some(reason) = self.members[member].keeps_waiting()
        {
            self.note(Fact::Waiting {
                flight: id,
                from,
                to,
                packet: packet.clone(),
                reason,
            });
            let delivery = Delivery {
                flight: id,
                from,
                sent,
                packet,
            };
            return self.with_member(member, |member, now, out| {
                member.keep(now, delivery, out);
            });
        }
        self.note(Fact::Delivered {
            flight: id,
            from,
            to,
            sent,
            packet: packet.clone(),
        });
        match (to, &*packet) {
            (Address::Member(member), packet) => {
                if let Packet::Request { call, .. } = packet
                    && call.changes_members()
                {
                    self.tell_peers(member);
                }
                self.with_member(member, |member, now, out| {
                    member.receive(now, from, packet, out);
                });
            }
            (Address::Client(_), Packet::Response { operation, result })
                if self.waiting.get(operation).is_some() =>
            {
                let outcome = match result {
                    Ok(response) => Outcome::Answered(response.clone()),
                    Err(error) if self.will_try_again(*operation, *error) => return,
                    Err(error) => Outcome::Failed(*error),
                };
                self.finish(*operation, outcome);
            }
            (Address::Client(_), packet) => {
                if let Address::Member(member) = from {
                    self.packet_for_program(member, packet);
                }
            }
        }
    }

    /// A member that is about to judge the health of the cluster is told who is connected to it.
    fn tell_peers(&mut self, id: NodeId) {
        let connected =
            |other: &&Member| self.connected(id, other.id()) && self.connected(other.id(), id);
        let since = |other: &Member| {
            let running = other.running_since()?;
            Some((other.id(), running.max(self.mended_at)))
        };
        let peers = self.members.iter().filter(connected).filter_map(since);
        let peers = peers.collect();
        if let Some(member) = self.members.get_mut(id) {
            member.set_peers(peers);
        }
    }

    /// A request is sent another time. Of a write only one copy may ever come; a read that failed
    /// may come again.
    pub(super) fn send_again(&mut self, operation: &Operation) {
        let packet = Packet::Request {
            operation: operation.id,
            call: operation.call.clone(),
            caller: Caller::default(),
        };
        let once = Once::request(operation.id);
        if !operation.call.is_write() || self.outside.copies.get(&once).is_none() {
            self.outside.copies.insert(once, false);
        }
        let (from, to) = (
            Address::Client(operation.client),
            Address::Member(operation.member),
        );
        self.send(from, to, packet.into());
    }

    /// Whether a copy of this request has reached a process.
    pub(super) fn copy_came(&self, operation: OperationId) -> bool {
        self.outside.copies.get(&Once::request(operation)) == Some(&true)
    }

    /// No copy of this request that is still under way will reach anybody.
    pub(super) fn refuse_copies(&mut self, operation: OperationId) {
        if let Some(came) = self.outside.copies.get_mut(&Once::request(operation)) {
            *came = true;
        }
    }

    /// Whether a request has come before. Whatever carries it, delivers it once.
    fn is_repeated(&mut self, packet: &Packet) -> bool {
        if self.outside.copies.is_empty() {
            return false;
        }
        let came = Once::of(packet).and_then(|once| self.outside.copies.get_mut(&once));
        came.is_some_and(|came| std::mem::replace(came, true))
    }

    /// What waited at the end of links that are not held any more arrives now.
    pub(super) fn release_held(&mut self) {
        for id in self.outside.network.release_all(self.outside.now) {
            self.outside.will_land(id, self.outside.now);
        }
    }

    /// Takes a message off the network.
    fn take(&mut self, id: FlightId) -> Option<Flight<Address, Parcel>> {
        let flight = self.outside.network.take(id)?;
        self.outside.will_not_land(id);
        Some(flight)
    }

    pub(super) fn drop_message(&mut self, id: FlightId) {
        if let Some(flight) = self.take(id) {
            self.lose(id, flight, LossReason::Dropped);
        }
    }

    pub(super) fn deliver_message(&mut self, id: FlightId) {
        if let Some(flight) = self.take(id) {
            self.deliver(id, flight);
        }
    }

    pub(super) fn hold_message(&mut self, id: FlightId) {
        self.outside.network.hold(self.outside.now, id);
        self.outside.will_not_land(id);
        self.note_held(id, WaitReason::Hand);
    }

    pub(super) fn release_message(&mut self, id: FlightId) {
        self.forget_hold(id);
        if let Some(arrives) = self.outside.network.release(self.outside.now, id) {
            self.outside.will_land(id, arrives);
        }
    }

    pub(super) fn duplicate_message(&mut self, id: FlightId) {
        let flight = self.outside.network.flight(id);
        let Some((ends, packet)) = flight.map(|f| ((f.from, f.to), f.payload.clone())) else {
            return;
        };
        if let Some((copy, arrives)) = self.outside.network.duplicate(self.outside.now, id) {
            self.outside.copied(id, copy, ends, arrives, packet);
        }
    }
}

/// What must not be taken in twice: a request of a client, or what a member passes on to the
/// leader, since a second copy of that would be a second entry of the log. All else that members
/// say is as good when it is said again.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub(super) struct Once {
    operation: OperationId,
    /// Who passes it on.
    by: Option<NodeId>,
}

impl Once {
    fn request(operation: OperationId) -> Once {
        let by = None;
        Once { operation, by }
    }

    pub(super) fn of(packet: &Packet) -> Option<Once> {
        match packet {
            Packet::Request { operation, .. } => Some(Once::request(*operation)),
            Packet::Raft(Envelope {
                from,
                message: Message::Propose { entries },
                ..
            }) => {
                let operation = match &entries.first()?.payload {
                    Payload::Command(data) => Command::decode(data)?.operation,
                    Payload::ConfChange(change) => ChangeNote::decode(&change.context)?.operation,
                    Payload::Noop => return None,
                };
                // What no client asked for does no harm twice.
                (operation != OperationId::default()).then_some(Once {
                    operation,
                    by: Some(*from),
                })
            }
            _ => None,
        }
    }
}
