//! Looking things up: facts of the past, and what stands between two members.
//!
//! All of `why` reads the trace through here.

use super::{Reason, RuleView, Topic, Why};
use crate::cluster::{Action, Address, Fact, Links, Packet, TraceEvent, World};
use crate::raft::rules::Rule;
use crate::raft::{Envelope, NodeId, Term};
use crate::sim::{Flight, FlightId};
use crate::timeline::{Position, Session};
use crate::view::compose::term_of;
use crate::view::describe::describe;
use crate::view::frame::Span;
use crate::view::phrase::phrase;
use crate::words::{Key, key};
use std::sync::Arc;

/// How many facts [`Case::recent`] looks at: more than a busy second has.
pub(super) const LOOK_BACK: usize = 50_000;

/// A run up to the playhead, to be asked.
pub(super) struct Case<'a> {
    pub session: &'a Session,
    pub world: &'a World,
}

/// Where a fact stands in the run.
pub(super) fn at(event: &TraceEvent) -> Position {
    Position {
        step: event.step,
        time: event.time,
    }
}

// The past.

impl<'a> Case<'a> {
    pub fn new(session: &'a Session) -> Case<'a> {
        Case {
            session,
            world: session.world(),
        }
    }

    /// Visits the facts from the latest on until `visit` says that it has seen enough.
    pub fn back(&self, visit: &mut dyn FnMut(&TraceEvent) -> bool) {
        self.session.trace().iter().rev().any(visit);
    }

    /// The latest fact of this kind.
    pub fn last(&self, is: &dyn Fn(&Fact) -> bool) -> Option<TraceEvent> {
        let mut found = None;
        self.back(&mut |event| {
            if is(&event.fact) {
                found = Some(event.clone());
            }
            found.is_some()
        });
        found
    }

    /// The latest fact of this kind, if it is not long ago: for what may never have happened, so
    /// that nobody reads a whole run in vain.
    pub fn recent(&self, is: &dyn Fn(&Fact) -> bool) -> Option<TraceEvent> {
        let (mut found, mut looked) = (None, 0);
        self.back(&mut |event| {
            if is(&event.fact) {
                found = Some(event.clone());
            }
            looked += 1;
            found.is_some() || looked > LOOK_BACK
        });
        found
    }

    /// The facts of this kind since the latest that is a `start`, that one included, oldest first.
    pub fn since(
        &self,
        start: &dyn Fn(&Fact) -> bool,
        is: &dyn Fn(&Fact) -> bool,
    ) -> Vec<TraceEvent> {
        let mut found = Vec::new();
        self.back(&mut |event| {
            let first = start(&event.fact);
            if first || is(&event.fact) {
                found.push(event.clone());
            }
            first
        });
        found.reverse();
        found
    }

    /// A message that is on its way and is like this.
    pub fn flight(
        &self,
        from: NodeId,
        to: NodeId,
        is: &dyn Fn(&Envelope) -> bool,
    ) -> Option<(FlightId, &Flight<Address, Arc<Packet>>)> {
        self.world.flights().find(|(_, flight)| {
            flight.from == Address::Member(from)
                && flight.to == Address::Member(to)
                && envelope(&flight.payload).is_some_and(is)
        })
    }

    /// The latest loss of a message like this.
    pub fn lost(
        &self,
        from: NodeId,
        to: NodeId,
        is: &dyn Fn(&Envelope) -> bool,
    ) -> Option<TraceEvent> {
        self.recent(&|fact| match fact {
            Fact::Lost {
                from: sender,
                to: receiver,
                packet,
                ..
            } => {
                (*sender, *receiver) == (Address::Member(from), Address::Member(to))
                    && envelope(packet).is_some_and(is)
            }
            _ => false,
        })
    }
}

/// What members say to each other; `None` for the traffic of clients.
pub(super) fn envelope(packet: &Packet) -> Option<&Envelope> {
    match packet {
        Packet::Raft(envelope) => Some(envelope),
        _ => None,
    }
}

// Words.

impl Case<'_> {
    /// A member's name.
    pub fn member(&self, id: NodeId) -> Span {
        Span::Member(id, self.term(id))
    }

    fn term(&self, id: NodeId) -> Term {
        term_of(self.world, id)
    }

    /// A fact as a link of the chain.
    pub fn fact(&self, event: &TraceEvent) -> Option<Reason> {
        let described = describe(event, &|id| self.term(id))?;
        Some(Reason {
            sentence: described.sentence,
            at: Some(at(event)),
            topic: None,
        })
    }

    /// The rule as it is shown.
    pub fn rule(&self, rule: Rule) -> Option<RuleView> {
        RuleView::of(self, rule)
    }
}

/// A link of the chain in words of the catalogue.
pub(super) fn reason(at: Option<Position>, key: Key, fills: &[(&str, Span)]) -> Reason {
    Reason {
        sentence: phrase(key, fills),
        at,
        topic: None,
    }
}

impl Reason {
    /// With something else to ask about.
    pub(super) fn about(mut self, topic: Topic) -> Reason {
        self.topic = Some(topic);
        self
    }
}

impl Why {
    /// Adds a link in words of the catalogue.
    pub(super) fn say(
        &mut self,
        at: Option<Position>,
        key: Key,
        fills: &[(&str, Span)],
    ) -> &mut Self {
        self.chain.push(reason(at, key, fills));
        self
    }

    /// Adds a fact, unless it is there already.
    pub(super) fn tell(&mut self, case: &Case, event: Option<&TraceEvent>) -> &mut Self {
        let told = event.and_then(|event| case.fact(event));
        self.add(told)
    }

    /// Adds a link, unless it is there already.
    pub(super) fn add(&mut self, reason: Option<Reason>) -> &mut Self {
        if let Some(reason) = reason.filter(|reason| !self.chain.contains(reason)) {
            self.chain.push(reason);
        }
        self
    }
}

// Obstacles.

impl Case<'_> {
    /// Why a member does not run: it crashed, or refuses to start.
    pub fn down(&self, id: NodeId) -> Option<Reason> {
        let member = self.world.member(id)?;
        if member.server().is_some() {
            return None;
        }
        let fails = member.failure().is_some();
        let ended = self.last(&|fact| match fact {
            Fact::Crashed { member, .. } => *member == id && !fails,
            Fact::FailedToStart { member, .. } => *member == id && fails,
            _ => false,
        })?;
        let told = self.fact(&ended)?;
        Some(if fails {
            told.about(Topic::Start(id))
        } else {
            told
        })
    }

    /// Why nothing that a member sends reaches another one, or has an effect there.
    pub fn barrier(&self, from: NodeId, to: NodeId) -> Option<Reason> {
        if let Some(down) = self.down(to) {
            return Some(down);
        }
        if !self.world.connected(from, to) {
            let cut = self.last(&|fact| acted(fact).is_some_and(|action| cuts(action, from, to)));
            let ends = [("from", self.member(from)), ("to", self.member(to))];
            return Some(reason(cut.as_ref().map(at), key!("why.cut"), &ends));
        }
        self.paused(to)
    }

    /// Why a member that runs does nothing.
    pub fn paused(&self, id: NodeId) -> Option<Reason> {
        if !self.world.member(id)?.settings().paused {
            return None;
        }
        let pause = self
            .last(&|fact| matches!(acted(fact), Some(Action::Pause { member }) if *member == id))?;
        Some(reason(
            Some(at(&pause)),
            key!("why.paused"),
            &[("member", self.member(id))],
        ))
    }

    /// Why nothing becomes durable on a member's disk.
    pub fn stalled(&self, id: NodeId) -> Option<Reason> {
        if !self.world.member(id)?.settings().stalled {
            return None;
        }
        let stall = self.last(
            &|fact| matches!(acted(fact), Some(Action::StallDisk { member }) if *member == id),
        )?;
        Some(reason(
            Some(at(&stall)),
            key!("why.stalled"),
            &[("member", self.member(id))],
        ))
    }
}

/// What somebody did, without for how long and when.
pub(super) fn acted(fact: &Fact) -> Option<&Action> {
    let Fact::Acted(action) = fact else {
        return None;
    };
    let mut action = &**action;
    while let Action::During { action: inner, .. } = action {
        action = inner;
    }
    Some(action)
}

/// Whether an action cuts the link between two members.
fn cuts(action: &Action, from: NodeId, to: NodeId) -> bool {
    match action {
        Action::Partition { groups } => {
            let side = |id: NodeId| groups.iter().position(|group| group.contains(&id));
            side(from) != side(to)
        }
        Action::CutLinks { links } => match links {
            Links::BetweenMembers => true,
            Links::Of(id) => *id == from || *id == to,
            Links::From(id) => *id == from,
            Links::To(id) => *id == to,
            Links::List(list) => list.contains(&(Address::Member(from), Address::Member(to))),
        },
        _ => false,
    }
}
