//! Why does a command wait, why did it fail, and why is its answer old?

use super::case::{Case, acted, at, envelope, reason};
use super::life::life_of;
use super::vote::{Way, fate, flight_of};
use super::{Reason, Tone, Topic, Why, leader};
use crate::cluster::{
    Action, ClientError, Command, Fact, Operation, OperationId, Outcome, Packet, Server, TraceEvent,
};
use crate::kv::{Request, Revision};
use crate::raft::rules::Rule;
use crate::raft::{Entry, Event, Index, Message, Node, NodeId, Payload, Term};
use crate::timeline::Position;
use crate::view::frame::Span;
use crate::view::labels::call_line;
use crate::view::phrase::{phrase, word};
use crate::words::key;

/// How many of the latest entries of a log may hold a command that is not applied yet.
const LATEST: u64 = 2_000;

impl Case<'_> {
    /// An operation of a client.
    pub(super) fn operation(&self, id: OperationId) -> Option<&Operation> {
        let place = usize::try_from(id.0.checked_sub(1)?).ok()?;
        self.session.operations().get(place)
    }
}

pub(super) fn why(case: &Case, id: OperationId) -> Why {
    let Some(operation) = case.operation(id) else {
        return Why::new(phrase(key!("why.operation.none"), &[]));
    };
    let facts = facts(case, id);
    let outcome = operation.returned.as_ref().map(|(_, outcome)| outcome);
    let old = stale(case, operation, &facts);
    let command = [("command", Span::Code(call_line(&operation.call)))];
    let (key, tone) = match outcome {
        None => (key!("why.operation.waits?"), Tone::Open),
        Some(Outcome::Answered(_)) if old.is_some() => (key!("why.operation.old?"), Tone::Open),
        Some(Outcome::Answered(_)) => (key!("why.operation.done?"), Tone::Good),
        Some(Outcome::Failed(error)) if error.is_certain() => {
            (key!("why.operation.failed?"), Tone::Bad)
        }
        Some(Outcome::Failed(_)) => (key!("why.operation.failed?"), Tone::Open),
    };
    let mut why = Why::new(phrase(key, &command)).toned(tone);
    let called = facts.iter().find(|e| matches!(e.fact, Fact::Called { .. }));
    why.tell(case, called);
    let arrived = why.request(case, &facts);
    let held = facts.iter().find(|e| matches!(e.fact, Fact::Held { .. }));
    why.tell(case, held);
    if let Some(stale) = old {
        why.chain.extend(stale);
        why.rule = case.rule(Rule::ReadFreshRound);
    } else if arrived {
        match is_write(operation) {
            true => why.write(case, operation, &facts),
            false => why.read(case, operation),
        }
    }
    why.answer(case, &facts);
    if let Some(time) = case.world.next_try(id) {
        let member = case.member(operation.member);
        let fills = [("member", member), ("time", word(time))];
        why.say(None, key!("why.operation.again"), &fills);
    }
    let ended = facts
        .iter()
        .find(|e| matches!(e.fact, Fact::Returned { .. }));
    why.tell(case, ended);
    if let Some(Outcome::Failed(error)) = outcome {
        why.failed(case, operation, *error);
    }
    why
}

/// Whether it goes through the log.
fn is_write(operation: &Operation) -> bool {
    operation.call.is_write()
}

/// Whether it is a read that the member answers by itself.
fn is_local(operation: &Operation) -> bool {
    matches!(operation.request(), Some(Request::Range(range)) if range.serializable)
}

/// The facts that name the operation, oldest first.
fn facts(case: &Case, id: OperationId) -> Vec<TraceEvent> {
    let called = |fact: &Fact| matches!(fact, Fact::Called { operation, .. } if *operation == id);
    let about = |fact: &Fact| match fact {
        Fact::Held { operation, .. } | Fact::Returned { operation, .. } => *operation == id,
        Fact::Applied { operation, .. } => *operation == Some(id),
        fact => flight_of(fact).is_some_and(|(_, packet)| carries(packet, id)),
    };
    case.since(&called, &about)
}

/// Whether a message is about an operation.
fn carries(packet: &Packet, id: OperationId) -> bool {
    match packet {
        Packet::Request { operation, .. } | Packet::Response { operation, .. } => *operation == id,
        Packet::Raft(envelope) => match &envelope.message {
            Message::Propose { entries } => entries.iter().any(|entry| is_of(entry, id)),
            _ => false,
        },
        _ => false,
    }
}

fn is_of(entry: &Entry, id: OperationId) -> bool {
    match &entry.payload {
        Payload::Command(data) => {
            Command::decode(data).is_some_and(|command| command.operation == id)
        }
        _ => false,
    }
}

/// The latest message among these facts that is like this, and its fate.
fn way(case: &Case, facts: &[TraceEvent], is: &dyn Fn(&Packet) -> bool) -> Way {
    let sent = facts
        .iter()
        .rev()
        .find(|event| matches!(&event.fact, Fact::Sent { packet, .. } if is(packet)));
    let flight = sent
        .and_then(|sent| flight_of(&sent.fact))
        .map(|(id, _)| id);
    Way {
        sent: sent.cloned(),
        end: flight.and_then(|flight| fate(case, flight)),
    }
}

fn was_delivered(way: &Way) -> bool {
    way.end
        .as_ref()
        .is_some_and(|end| matches!(end.fact, Fact::Delivered { .. }))
}

impl Why {
    /// The way of the request. Whether it arrived.
    fn request(&mut self, case: &Case, facts: &[TraceEvent]) -> bool {
        let request = way(case, facts, &|packet| {
            matches!(packet, Packet::Request { .. })
        });
        let arrived = was_delivered(&request);
        if !arrived {
            self.fate(case, &request);
        }
        arrived
    }

    /// The way of the answer, if it did not arrive.
    fn answer(&mut self, case: &Case, facts: &[TraceEvent]) {
        let answer = way(case, facts, &|packet| {
            matches!(packet, Packet::Response { .. })
        });
        if !was_delivered(&answer) {
            self.fate(case, &answer);
        }
    }

    /// A write has to be in the log and committed.
    fn write(&mut self, case: &Case, operation: &Operation, facts: &[TraceEvent]) {
        self.rule = case.rule(Rule::MajorityQuorum);
        let node = case.world.member(operation.member).and_then(|m| m.server());
        let proposed = way(case, facts, &|packet| envelope(packet).is_some());
        if let Some((index, term)) = entry_of(case, operation.id, facts) {
            let life = life_of(case, index, term);
            let fills = [("index", word(index)), ("term", word(term))];
            let at = life.proposed.map(|(_, at)| at);
            let entry = reason(at, key!("why.operation.entry"), &fills);
            self.add(Some(entry.about(Topic::Entry(index, term))));
            if !life.is_committed {
                return self.add_open(case, &life);
            }
            let committed = life.committed.map(|(_, at)| at);
            self.say(committed, key!("why.operation.committed"), &fills);
            let applied = life.copy(operation.member).and_then(|copy| copy.applied);
            let member = [("member", case.member(operation.member))];
            if applied.is_some() {
                self.say(applied, key!("why.operation.applied"), &member);
            } else {
                self.say(None, key!("why.operation.not-applied"), &member);
                self.add(case.down(operation.member));
            }
            return;
        }
        self.fate(case, &proposed);
        let dropped = case.recent(&|fact| {
            matches!(
                fact,
                Fact::Learned {
                    event: Event::Dropped { .. },
                    ..
                }
            )
        });
        let since = facts.first().map_or(0, |called| called.step);
        self.tell(case, dropped.as_ref().filter(|event| event.step >= since));
        self.add(case.down(operation.member));
        self.add(case.paused(operation.member));
        let knows_none = node.is_some_and(|server| server.node().leader().is_none());
        if operation.returned.is_none() && knows_none {
            let chain = leader::why(case).chain;
            self.chain.extend(chain);
        }
    }

    /// A read has to be confirmed by a majority.
    fn read(&mut self, case: &Case, operation: &Operation) {
        self.rule = case.rule(Rule::ReadFreshRound);
        let member = [("member", case.member(operation.member))];
        if is_local(operation) {
            self.say(None, key!("why.operation.local"), &member);
            return;
        }
        if operation.returned.is_some() {
            return;
        }
        self.add(case.down(operation.member));
        self.add(case.paused(operation.member));
        let leader = case.world.leader().and_then(|leader| leader.server());
        let Some(leader) = leader.map(Server::node) else {
            let chain = leader::why(case).chain;
            self.chain.extend(chain);
            return;
        };
        self.add(case.barrier(operation.member, leader.id()));
        self.add(case.barrier(leader.id(), operation.member));
        let own = leader.term_at(leader.commit_index()) == Some(leader.term());
        let name = [("leader", case.member(leader.id()))];
        if own {
            self.say(None, key!("why.operation.unconfirmed"), &name);
        } else {
            self.rule = case.rule(Rule::ReadAfterOwnCommit);
            self.say(None, key!("why.operation.no-own-commit"), &name);
        }
        for id in &leader.conf().voters {
            self.add(case.barrier(leader.id(), *id));
        }
    }

    /// What a failure says, and what it does not say.
    fn failed(&mut self, case: &Case, operation: &Operation, error: ClientError) {
        match error {
            ClientError::NotLeader
            | ClientError::TooManyRequests
            | ClientError::ConnectionRefused => {
                self.say(None, key!("why.operation.certain"), &[]);
            }
            _ if is_write(operation) => {
                self.say(None, key!("why.operation.unknown"), &[]);
            }
            _ => {}
        }
        if self.rule.is_none() {
            self.rule = case.rule(Rule::MajorityQuorum);
        }
    }
}

/// The entry of a write, where somebody has it.
fn entry_of(case: &Case, id: OperationId, facts: &[TraceEvent]) -> Option<(Index, Term)> {
    let applied = facts.iter().find_map(|event| match event.fact {
        Fact::Applied { index, .. } => Some(index),
        _ => None,
    });
    let nodes = || {
        case.world
            .members()
            .filter_map(|m| m.server())
            .map(Server::node)
    };
    if let Some(index) = applied {
        let term = nodes().find_map(|node| {
            let entry = node.entry(index)?;
            is_of(entry, id).then_some(entry.term)
        });
        return Some((index, term.unwrap_or_default()));
    }
    let find = |node: &Node| {
        let from = Index(node.last_index().0.saturating_sub(LATEST));
        let entry = node.entries(from..).find(|entry| is_of(entry, id))?;
        Some((entry.index, entry.term))
    };
    nodes().find_map(find).or_else(|| {
        let mut crashed = case.world.members().filter(|m| m.server().is_none());
        crashed.find_map(|member| {
            let entry = member.stored().entries.iter().find(|e| is_of(e, id))?;
            Some((entry.index, entry.term))
        })
    })
}

/// If the answer to a read shows an older state than there was when it was asked: how that came.
fn stale(case: &Case, operation: &Operation, facts: &[TraceEvent]) -> Option<Vec<Reason>> {
    let (_, Outcome::Answered(response)) = operation.returned.as_ref()? else {
        return None;
    };
    if !matches!(operation.request(), Some(Request::Range(_))) {
        return None;
    }
    let called = facts.first()?.step;
    let newer = applied_before(case, called, &|_, revision| revision > response.revision())?;
    let own = |member: NodeId, _: Revision| member == operation.member;
    let mut reasons = Vec::new();
    let answered = facts.iter().find(|event| {
        matches!(&event.fact, Fact::Sent { packet, .. }
            if matches!(**packet, Packet::Response { .. }))
    });
    let until = answered.map_or(called, |event| event.step);
    let last_own = applied_before(case, until + 1, &own);
    let fills = |member: NodeId, revision: Revision| {
        [
            ("member", case.member(member)),
            ("revision", word(revision.0)),
        ]
    };
    let (position, member, revision) = newer;
    let newer_fills = fills(member, revision);
    reasons.push(reason(
        Some(position),
        key!("why.operation.newer"),
        &newer_fills,
    ));
    let own_at = last_own.map(|(position, ..)| position);
    let own_fills = fills(operation.member, response.revision());
    reasons.push(reason(own_at, key!("why.operation.behind"), &own_fills));
    let cut = case.recent(&|fact| {
        matches!(
            acted(fact),
            Some(Action::Partition { .. } | Action::CutLinks { .. } | Action::Pause { .. })
        )
    });
    if let Some(cut) = cut.filter(|cut| cut.step < until) {
        reasons.extend(case.fact(&cut));
    }
    let key = if is_local(operation) {
        key!("why.operation.local")
    } else {
        key!("why.operation.must-be-fresh")
    };
    reasons.push(reason(None, key, &own_fills[..1]));
    Some(reasons)
}

/// The latest entry that was applied before a step and is like this.
fn applied_before(
    case: &Case,
    step: u64,
    is: &dyn Fn(NodeId, Revision) -> bool,
) -> Option<(Position, NodeId, Revision)> {
    let mut found = None;
    let mut looked = 0;
    case.back(&mut |event| {
        if event.step >= step {
            return false;
        }
        if let Fact::Applied {
            member, revision, ..
        } = &event.fact
            && is(*member, *revision)
        {
            found = Some((at(event), *member, *revision));
        }
        looked += 1;
        found.is_some() || looked > super::case::LOOK_BACK
    });
    found
}
