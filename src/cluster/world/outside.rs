//! What is outside the members: the time, the network between them, the queue of what comes next, and the trace.
//!
//! A member that acts is handed an [`Out`] for what it wants to happen, and sees nothing of the world but that.

use super::messages::Once;
use super::{Parcel, Pending};
use crate::cluster::command::Command;
use crate::cluster::member::Effect;
use crate::cluster::recent::RecentCommands;
use crate::cluster::trace::{Address, Fact, TraceEvent};
use crate::raft::{Event, Index, NodeId};
use crate::sim::{Departure, EventQueue, FlightId, Network, SimTime, SmallMap};
use bytes::Bytes;
use std::sync::Arc;

/// The part of a world that its members act on.
#[derive(Clone, Debug, Default)]
pub(in crate::cluster) struct Outside {
    pub(super) now: SimTime,
    pub(super) steps: u64,
    /// What will happen. The first of it does happen: see `World::drop_dead`.
    pub(super) queue: EventQueue<Pending>,
    pub(super) network: Network<Address, Parcel>,
    /// Requests of which a copy is under way, and whether one has come: TCP delivers once.
    pub(super) copies: SmallMap<Once, bool>,
    pub(super) trace: Vec<TraceEvent>,
    commands: RecentCommands,
    /// What has to wait until a member has acted, see [`Out`]. Empty between steps.
    rest: Vec<Effect>,
}

impl Outside {
    #[inline]
    pub(super) fn note(&mut self, fact: Fact) {
        self.trace.push(TraceEvent {
            time: self.now,
            step: self.steps,
            fact,
        });
    }

    pub(super) fn send(&mut self, from: Address, to: Address, packet: Parcel) {
        let sent = self.network.send(self.now, from, to, packet.clone());
        let Some(Departure {
            flight,
            arrives,
            copy,
        }) = sent
        else {
            return;
        };
        let copied = copy.map(|copy| (copy, packet.clone()));
        self.note(Fact::Sent {
            flight,
            from,
            to,
            arrives,
            packet,
        });
        self.will_land(flight, arrives);
        if let Some(((copy, arrives), packet)) = copied {
            self.copied(flight, copy, (from, to), arrives, packet);
        }
    }

    pub(super) fn copied(
        &mut self,
        original: FlightId,
        flight: FlightId,
        (from, to): (Address, Address),
        arrives: SimTime,
        packet: Parcel,
    ) {
        if let Some(once) = Once::of(&packet) {
            let came = self.copies.get(&once).copied();
            self.copies.insert(once, came.unwrap_or(false));
        }
        self.note(Fact::Duplicated {
            original,
            flight,
            from,
            to,
            arrives,
            packet,
        });
        self.will_land(flight, arrives);
    }

    pub(super) fn will_land(&mut self, flight: FlightId, arrives: SimTime) {
        self.queue.schedule(arrives, Pending::Land(flight));
    }

    /// A message that would have landed does not.
    pub(super) fn will_not_land(&mut self, flight: FlightId) {
        self.queue
            .cancel(&|event| matches!(event, Pending::Land(other) if *other == flight));
    }

    /// Takes what had to wait until a member had acted.
    pub(super) fn take_rest(&mut self) -> Option<Vec<Effect>> {
        (!self.rest.is_empty()).then(|| std::mem::take(&mut self.rest))
    }
}

/// Where a member leaves what it wants to happen. It happens at once and in order, but for the end of a process, which
/// concerns the whole world: that, and what comes after it, waits until the member has acted.
#[derive(Debug)]
pub(in crate::cluster) struct Out<'a> {
    outside: &'a mut Outside,
    id: NodeId,
    /// The number of the member's process.
    starts: u64,
}

impl<'a> Out<'a> {
    pub(super) fn new(outside: &'a mut Outside, id: NodeId, starts: u64) -> Out<'a> {
        Out {
            outside,
            id,
            starts,
        }
    }

    /// The member has started again: what it wants to be called for from now on, that process wants.
    pub(in crate::cluster) fn started(&mut self, starts: u64) {
        self.starts = starts;
    }

    pub(in crate::cluster) fn push(&mut self, effect: Effect) {
        let ends = matches!(effect, Effect::Leave | Effect::Note(Fact::Crashed { .. }));
        if ends || !self.outside.rest.is_empty() {
            return self.outside.rest.push(effect);
        }
        match effect {
            Effect::Note(fact) => self.outside.note(fact),
            Effect::Send(to, packet) => self.send(to, packet),
            Effect::Alarm(time, alarm) => {
                let called = Pending::Alarm(self.id, self.starts, alarm);
                self.outside.queue.schedule(time, called);
            }
            Effect::Leave => {}
        }
    }

    /// [`Out::push`] of a fact that says of no process that it ended.
    #[inline]
    pub(in crate::cluster) fn note(&mut self, fact: Fact) {
        debug_assert!(!matches!(fact, Fact::Crashed { .. }));
        match self.outside.rest.is_empty() {
            true => self.outside.note(fact),
            false => self.outside.rest.push(Effect::Note(fact)),
        }
    }

    /// The same for everything that a member's node has learned. (To add them one by one, each has to be moved twice.)
    pub(in crate::cluster) fn learned(&mut self, member: NodeId, events: &mut Vec<Event>) {
        let facts = events
            .drain(..)
            .map(|event| Fact::Learned { member, event });
        if !self.outside.rest.is_empty() {
            return self.outside.rest.extend(facts.map(Effect::Note));
        }
        let (time, step) = (self.outside.now, self.outside.steps);
        let facts = facts.map(|fact| TraceEvent { time, step, fact });
        self.outside.trace.extend(facts);
    }

    /// [`Out::push`] of a message.
    #[inline]
    pub(in crate::cluster) fn send(&mut self, to: Address, packet: Parcel) {
        match self.outside.rest.is_empty() {
            true => self.outside.send(Address::Member(self.id), to, packet),
            false => self.outside.rest.push(Effect::Send(to, packet)),
        }
    }

    /// The command of an entry; `None` if its data are none.
    pub(in crate::cluster) fn command(
        &mut self,
        index: Index,
        data: &Bytes,
    ) -> Option<Arc<Command>> {
        self.outside.commands.read(index, data)
    }

    pub(in crate::cluster) fn extend(&mut self, effects: impl IntoIterator<Item = Effect>) {
        for effect in effects {
            self.push(effect);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cluster::member::Alarm;
    use crate::cluster::trace::Packet;

    #[test]
    fn what_comes_after_the_end_of_a_process_waits_with_it() {
        let mut outside = Outside::default();
        let member = NodeId(1);
        let mut out = Out::new(&mut outside, member, 1);
        let (started, torn) = (Fact::Started { member }, Fact::Torn { member });
        let crashed = Fact::Crashed {
            member,
            lost_writes: 0,
        };
        out.push(Effect::Note(started.clone()));
        out.note(started.clone());
        out.extend([crashed.clone(), torn.clone()].map(Effect::Note));
        out.note(torn.clone());
        out.push(Effect::Leave);
        out.send(Address::Member(NodeId(2)), Parcel::new(Packet::Removed));
        let noted = |outside: &Outside| -> Vec<Fact> {
            let trace = outside.trace.iter();
            trace.map(|event| event.fact.clone()).collect()
        };
        assert_eq!(noted(&outside), [started.clone(), started]);
        let rest = outside.take_rest().unwrap();
        let rest: Vec<Option<Fact>> = rest
            .into_iter()
            .map(|effect| match effect {
                Effect::Note(fact) => Some(fact),
                _ => None,
            })
            .collect();
        let waited = [Some(crashed), Some(torn.clone()), Some(torn), None, None];
        assert_eq!(rest, waited);
        assert!(outside.take_rest().is_none());
    }

    #[test]
    fn the_process_that_runs_by_then_is_called() {
        let mut outside = Outside::default();
        let mut out = Out::new(&mut outside, NodeId(1), 1);
        for start in [2, 3] {
            out.started(start);
            out.push(Effect::Alarm(SimTime(start), Alarm::Synced));
        }
        let alarms = std::iter::from_fn(|| outside.queue.pop());
        let called = alarms.map(|(time, event)| match event {
            Pending::Alarm(NodeId(1), process, Alarm::Synced) => (time.0, process),
            other => panic!("{other:?}"),
        });
        assert_eq!(called.collect::<Vec<_>>(), [(2, 2), (3, 3)]);
    }

    #[test]
    fn the_other_message_of_the_same_moment_lands() {
        let mut outside = Outside::default();
        for flight in 1..=3 {
            outside.will_land(FlightId(flight), SimTime(5));
        }
        outside.will_not_land(FlightId(2));
        outside.will_not_land(FlightId(4));
        let landings = std::iter::from_fn(|| outside.queue.pop());
        let landed = landings.map(|(_, event)| match event {
            Pending::Land(flight) => flight.0,
            other => panic!("{other:?}"),
        });
        assert_eq!(landed.collect::<Vec<_>>(), [1, 3]);
    }
}
