//! What does a message say, and what became of it?

use super::case::{Case, at, envelope, reason};
use super::entry::sender;
use super::vote::{Way, fate, flight_of};
use super::{Tone, Topic, Why};
use crate::cluster::{Address, Fact, LossReason, Packet, TraceEvent};
use crate::raft::Message;
use crate::raft::rules::Rule;
use crate::sim::FlightId;
use crate::view::frame::Span;
use crate::view::labels::packet_label;
use crate::view::phrase::phrase;
use crate::words::key;
use std::sync::Arc;

/// How many facts of the step in which a message arrived are told.
const CONSEQUENCES: usize = 6;

pub(super) fn why(case: &Case, flight: FlightId) -> Why {
    let sent = case.recent(&|fact| match fact {
        Fact::Sent { flight: id, .. } | Fact::Duplicated { flight: id, .. } => *id == flight,
        _ => false,
    });
    let Some((sent, from, to, packet)) = sent.and_then(parts) else {
        return Why::new(phrase(key!("why.message.none"), &[]));
    };
    let fills = [
        ("label", Span::Code(packet_label(&packet).label)),
        ("from", name(case, from)),
        ("to", name(case, to)),
    ];
    let mut why = Why::new(phrase(key!("why.message?"), &fills));
    let told = case.fact(&sent);
    why.add(told.map(|told| match about(&packet) {
        Some(topic) => told.about(topic),
        None => told,
    }));
    let way = Way {
        end: fate(case, flight),
        sent: Some(sent),
    };
    why.fate(case, &way);
    why.chain
        .iter_mut()
        .skip(1)
        .for_each(|reason| reason.topic = None);
    match way.end.as_ref().map(|end| &end.fact) {
        Some(Fact::Delivered { .. }) => {
            why.tone = Tone::Good;
            if let Some(end) = &way.end {
                why.consequences(case, end);
            }
        }
        Some(Fact::Lost { reason, .. }) => {
            why.tone = Tone::Bad;
            why.loss(case, (from, to), *reason);
        }
        _ => {}
    }
    why.rule = envelope(&packet).and_then(|envelope| case.rule(rule(&envelope.message)));
    why
}

fn parts(sent: TraceEvent) -> Option<(TraceEvent, Address, Address, Arc<Packet>)> {
    let (from, to, packet) = match &sent.fact {
        Fact::Sent {
            from, to, packet, ..
        }
        | Fact::Duplicated {
            from, to, packet, ..
        } => (*from, *to, packet.clone()),
        _ => return None,
    };
    Some((sent, from, to, packet))
}

fn name(case: &Case, address: Address) -> Span {
    match sender(address) {
        Some(id) => case.member(id),
        None => Span::Text(address.to_string()),
    }
}

/// What the message is about.
fn about(packet: &Packet) -> Option<Topic> {
    let envelope = match packet {
        Packet::Request { operation, .. } | Packet::Response { operation, .. } => {
            return Some(Topic::Operation(*operation));
        }
        packet => envelope(packet)?,
    };
    let vote = |voter, candidate, pre| {
        Some(Topic::Vote {
            candidate,
            voter,
            term: envelope.term?,
            pre,
        })
    };
    match &envelope.message {
        Message::AppendRequest { entries, .. } => {
            let last = entries.last()?;
            Some(Topic::Entry(last.index, last.term))
        }
        Message::VoteRequest { .. } => vote(envelope.to, envelope.from, false),
        Message::PreVoteRequest { .. } => vote(envelope.to, envelope.from, true),
        Message::VoteResponse { .. } => vote(envelope.from, envelope.to, false),
        Message::PreVoteResponse { .. } => vote(envelope.from, envelope.to, true),
        _ => None,
    }
}

impl Why {
    /// Why it was lost.
    fn loss(&mut self, case: &Case, (from, to): (Address, Address), reason: LossReason) {
        if let (Some(from), Some(to)) = (sender(from), sender(to))
            && matches!(reason, LossReason::Cut | LossReason::ReceiverCrashed)
        {
            self.add(case.barrier(from, to));
        }
    }

    /// What happened in the step in which it arrived.
    fn consequences(&mut self, case: &Case, arrival: &TraceEvent) {
        let mut events = Vec::new();
        case.back(&mut |event| {
            let learned = matches!(event.fact, Fact::Learned { .. } | Fact::Returned { .. });
            if event.step == arrival.step && learned {
                events.push(event.clone());
            }
            event.step < arrival.step
        });
        events.reverse();
        for event in events.iter().take(CONSEQUENCES) {
            self.tell(case, Some(event));
        }
        let arrived = flight_of(&arrival.fact).map(|(_, packet)| packet);
        let nothing = events.is_empty() && arrived.is_some_and(|p| envelope(p).is_some());
        if nothing {
            self.add(Some(reason(
                Some(at(arrival)),
                key!("why.message.nothing"),
                &[],
            )));
        }
    }
}

/// The rule that the message serves.
fn rule(message: &Message) -> Rule {
    match message {
        Message::AppendRequest { .. } | Message::AppendRejected { .. } => Rule::ConsistencyCheck,
        Message::AppendAccepted { .. } => Rule::DurableAck,
        Message::Heartbeat { .. } => Rule::SafeHeartbeatCommit,
        Message::HeartbeatResponse { .. } => Rule::CheckQuorum,
        Message::VoteRequest { .. } => Rule::UpToDateLog,
        Message::VoteResponse { .. } => Rule::OneVotePerTerm,
        Message::PreVoteRequest { .. } | Message::PreVoteResponse { .. } => Rule::PreVote,
        Message::SnapshotRequest { .. } => Rule::SnapshotOnlyNewer,
        Message::TimeoutNow | Message::TransferLeader { .. } => Rule::LeaderStickiness,
        Message::Propose { .. } => Rule::MajorityQuorum,
        Message::ReadIndexRequest { .. } | Message::ReadIndexResponse { .. } => {
            Rule::ReadFreshRound
        }
    }
}
