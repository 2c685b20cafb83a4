//! What has arrived at a process and is not taken in yet.

use super::{Alarm, Delivery, Effect, Member, Receipt};
use crate::cluster::trace::{Address, Fact, LossReason};
use crate::cluster::world::Out;
use crate::raft::NodeId;
use crate::sim::SimTime;
use std::collections::VecDeque;

/// A queue of messages and other news. It is used only when a process is paused or slow.
#[derive(Clone, Debug, Default)]
pub(super) struct Inbox {
    items: VecDeque<Item>,
    /// When the process has time for the first of them.
    turn: Option<SimTime>,
    stopped: bool,
}

/// Something that a process takes in.
#[derive(Clone, Debug)]
pub(super) enum Item {
    /// A message.
    Delivery(Delivery),
    /// The news that a write is durable.
    Receipt(Receipt),
    /// The news that some time is over.
    Alarm(Alarm),
}

impl Inbox {
    pub(super) fn len(&self) -> usize {
        self.items.len()
    }

    pub(super) fn is_stopped(&self) -> bool {
        self.stopped
    }

    /// Nothing is taken in until [`Inbox::go_on`].
    pub(super) fn stop(&mut self) {
        self.stopped = true;
        self.turn = None;
    }

    pub(super) fn go_on(&mut self) {
        self.stopped = false;
    }

    /// Sets the turn of the first item, unless it has one or there is nothing to do.
    pub(super) fn next_turn(&mut self, turn: SimTime) -> Option<SimTime> {
        if self.stopped || self.turn.is_some() || self.items.is_empty() {
            return None;
        }
        self.turn = Some(turn);
        self.turn
    }

    /// The messages that are lost with the process.
    pub(super) fn lost(self, member: NodeId) -> impl Iterator<Item = Fact> {
        let items = self.items.into_iter();
        items.filter_map(move |item| match item {
            Item::Delivery(lost) => Some(Fact::Lost {
                flight: lost.flight,
                from: lost.from,
                to: Address::Member(member),
                sent: lost.sent,
                packet: lost.packet,
                reason: LossReason::ReceiverCrashed,
            }),
            Item::Receipt(_) | Item::Alarm(_) => None,
        })
    }
}

impl Member {
    /// Something waits until the process has time for it.
    pub(super) fn queue_up(&mut self, now: SimTime, item: Item, out: &mut Out) {
        if let Some(server) = &mut self.server {
            server.inbox.items.push_back(item);
            self.await_turn(now, out);
        }
    }

    /// The process takes in what waits first, if it is its turn.
    pub(super) fn take_in(&mut self, now: SimTime, out: &mut Out) {
        let Some(server) = &mut self.server else {
            return;
        };
        if server.inbox.turn != Some(now) {
            return;
        }
        server.inbox.turn = None;
        match server.inbox.items.pop_front() {
            Some(Item::Delivery(delivery)) => {
                out.push(Effect::Note(Fact::Delivered {
                    flight: delivery.flight,
                    from: delivery.from,
                    to: Address::Member(self.id),
                    sent: delivery.sent,
                    packet: delivery.packet.clone(),
                }));
                self.receive(now, delivery.from, &delivery.packet, out);
            }
            Some(Item::Receipt(receipt)) => self.acknowledge(now, receipt, out),
            Some(Item::Alarm(alarm)) => self.ring(now, alarm, out),
            None => {}
        }
        self.await_turn(now, out);
    }
}
