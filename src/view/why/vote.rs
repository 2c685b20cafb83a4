//! Why was a vote refused, or why is it not there?

use super::case::{Case, at, envelope, reason};
use super::leader::refusal;
use super::{Tone, Topic, Why};
use crate::cluster::{Fact, Packet, TraceEvent};
use crate::raft::rules::Rule;
use crate::raft::{Event, Message, NodeId, Term, VoteRefusal};
use crate::sim::FlightId;
use crate::view::describe::length;
use crate::view::phrase::{phrase, word};
use crate::words::key;

pub(super) fn why(case: &Case, (candidate, voter): (NodeId, NodeId), term: Term, pre: bool) -> Why {
    let fills = [
        ("candidate", case.member(candidate)),
        ("voter", case.member(voter)),
        ("term", word(term)),
    ];
    let refused = refusal(case, (candidate, voter), term, pre);
    let granted = case.recent(&|fact| {
        matches!(fact, Fact::Learned {
            member,
            event: Event::VoteGranted { candidate: to, term: for_term, pre: only_pre },
        } if (*member, *to, *for_term, *only_pre) == (voter, candidate, term, pre))
    });
    let key = match (&refused, &granted, pre) {
        (Some(_), _, false) => key!("why.vote.refused?"),
        (Some(_), _, true) => key!("why.vote.pre-refused?"),
        (None, Some(_), false) => key!("why.vote.granted?"),
        (None, Some(_), true) => key!("why.vote.pre-granted?"),
        (None, None, _) => key!("why.vote.missing?"),
    };
    let mut why = Why::new(phrase(key, &fills));
    let asked = message(case, candidate, voter, term, &|message| match message {
        Message::VoteRequest { .. } => !pre,
        Message::PreVoteRequest { .. } => pre,
        _ => false,
    });
    why.tell(case, asked.sent.as_ref());
    why.log_end(case, &asked);
    if let Some((event, reason)) = refused {
        why.tone = Tone::Bad;
        why.because(case, (candidate, voter), reason);
        return why.tell(case, Some(&event)).clone();
    }
    why.rule = case.rule(if pre {
        Rule::PreVote
    } else {
        Rule::MajorityQuorum
    });
    let Some(granted) = granted else {
        return why.unanswered(case, (candidate, voter), term, &asked);
    };
    why.tone = Tone::Good;
    why.tell(case, Some(&granted));
    why.rule = case.rule(if pre {
        Rule::PreVote
    } else {
        Rule::UpToDateLog
    });
    let answer = message(case, voter, candidate, term, &|message| match message {
        Message::VoteResponse { .. } => !pre,
        Message::PreVoteResponse { .. } => pre,
        _ => false,
    });
    why.fate(case, &answer);
    if answer.sent.is_none() && !pre {
        // A vote is told only when it is durable.
        why.rule = case.rule(Rule::DurableVote);
        let stalled = case.stalled(voter);
        let storing = reason(
            None,
            key!("why.vote.not-durable"),
            &[("voter", case.member(voter))],
        );
        why.add(Some(stalled.unwrap_or(storing)));
    }
    why
}

/// A message and its fate.
pub(super) struct Way {
    pub sent: Option<TraceEvent>,
    /// Its delivery, its loss, or what it waits for.
    pub end: Option<TraceEvent>,
}

/// The identity of the message that a fact is about.
pub(super) fn flight_of(fact: &Fact) -> Option<(FlightId, &Packet)> {
    match fact {
        Fact::Sent { flight, packet, .. }
        | Fact::Delivered { flight, packet, .. }
        | Fact::Lost { flight, packet, .. }
        | Fact::Duplicated { flight, packet, .. }
        | Fact::Waiting { flight, packet, .. } => Some((*flight, packet)),
        _ => None,
    }
}

/// The latest message of a campaign from one member to another, and its fate.
fn message(
    case: &Case,
    from: NodeId,
    to: NodeId,
    term: Term,
    is: &dyn Fn(&Message) -> bool,
) -> Way {
    let about = |packet: &Packet| {
        envelope(packet)
            .is_some_and(|e| (e.from, e.to) == (from, to) && e.term == Some(term) && is(&e.message))
    };
    let sent = case.recent(&|fact| matches!(fact, Fact::Sent { packet, .. } if about(packet)));
    let flight = sent
        .as_ref()
        .and_then(|sent| flight_of(&sent.fact))
        .map(|(id, _)| id);
    let end = flight.and_then(|flight| fate(case, flight));
    Way { sent, end }
}

/// What became of a message at last.
pub(super) fn fate(case: &Case, flight: FlightId) -> Option<TraceEvent> {
    let latest = case.last(&|fact| flight_of(fact).is_some_and(|(id, _)| id == flight))?;
    let is_end = !matches!(latest.fact, Fact::Sent { .. } | Fact::Duplicated { .. });
    is_end.then_some(latest)
}

impl Why {
    /// Where the candidate's log ends, by its own word.
    fn log_end(&mut self, case: &Case, asked: &Way) {
        let Some(TraceEvent {
            fact: Fact::Sent { packet, .. },
            ..
        }) = &asked.sent
        else {
            return;
        };
        let Some(request) = envelope(packet) else {
            return;
        };
        if let Message::VoteRequest {
            last_index,
            last_term,
            ..
        }
        | Message::PreVoteRequest {
            last_index,
            last_term,
        } = request.message
        {
            let fills = [
                ("candidate", case.member(request.from)),
                ("index", word(last_index)),
                ("term", word(last_term)),
            ];
            self.say(None, key!("why.vote.log-end"), &fills);
        }
    }

    /// What made the voter refuse.
    fn because(&mut self, case: &Case, (candidate, voter): (NodeId, NodeId), reason: VoteRefusal) {
        let member = |id| ("voter", case.member(id));
        let learned = |is: &dyn Fn(&Event) -> bool| {
            case.last(&|fact| {
                matches!(fact, Fact::Learned { member, event } if *member == voter && is(event))
            })
        };
        let rule = match reason {
            VoteRefusal::StaleTerm { current } => {
                let event = learned(
                    &|event| matches!(event, Event::RoleChanged { term, .. } if *term == current),
                );
                let fills = [member(voter), ("term", word(current))];
                self.say(event.as_ref().map(at), key!("why.vote.newer-term"), &fills);
                Rule::StepDown
            }
            VoteRefusal::AlreadyVoted { vote } => {
                let event = learned(&|event| {
                    matches!(event, Event::VoteGranted { candidate, pre: false, .. }
                        if *candidate == vote)
                });
                self.tell(case, event.as_ref());
                Rule::OneVotePerTerm
            }
            VoteRefusal::KnowsLeader { leader } => {
                let event = learned(&|event| {
                    matches!(event, Event::RoleChanged { leader: Some(known), .. }
                        if *known == leader)
                });
                self.tell(case, event.as_ref());
                Rule::OneVotePerTerm
            }
            VoteRefusal::LogBehind {
                last_index,
                last_term,
            } => {
                let event = learned(&|event| match event {
                    Event::Accepted { last, .. } | Event::Appended { last, .. } => {
                        *last >= last_index
                    }
                    _ => false,
                });
                let fills = [
                    member(voter),
                    ("index", word(last_index)),
                    ("term", word(last_term)),
                ];
                self.say(event.as_ref().map(at), key!("why.vote.longer-log"), &fills);
                Rule::UpToDateLog
            }
            VoteRefusal::LeaderIsAlive { leader } => {
                let event = case.last(&|fact| match fact {
                    Fact::Delivered { packet, .. } => {
                        envelope(packet).is_some_and(|e| (e.from, e.to) == (leader, voter))
                    }
                    _ => false,
                });
                let fills = [member(voter), ("leader", case.member(leader))];
                self.say(
                    event.as_ref().map(at),
                    key!("why.vote.hears-leader"),
                    &fills,
                );
                self.add(case.barrier(leader, candidate));
                Rule::LeaderStickiness
            }
            VoteRefusal::MayHavePromised => {
                let event =
                    case.last(&|fact| matches!(fact, Fact::Started { member } if *member == voter));
                self.tell(case, event.as_ref());
                Rule::RestartedVoterWaits
            }
        };
        self.rule = case.rule(rule);
    }

    /// Why there is no answer.
    fn unanswered(
        mut self,
        case: &Case,
        (candidate, voter): (NodeId, NodeId),
        term: Term,
        asked: &Way,
    ) -> Why {
        if asked.sent.is_none() {
            let fills = [
                ("candidate", case.member(candidate)),
                ("voter", case.member(voter)),
            ];
            self.say(None, key!("why.vote.not-asked"), &fills);
        }
        self.fate(case, asked);
        if let Some(TraceEvent {
            fact: Fact::Delivered { .. },
            step,
            ..
        }) = &asked.end
        {
            let ignored = case.recent(&|fact| {
                matches!(fact, Fact::Learned { member, event: Event::StaleMessage { from, term: old } }
                    if (*member, *from, *old) == (voter, candidate, term))
            });
            self.tell(case, ignored.as_ref().filter(|event| event.step >= *step));
            if ignored.is_some() {
                self.rule = case.rule(Rule::StepDown);
            }
        }
        self.add(case.barrier(candidate, voter));
        self.add(case.barrier(voter, candidate));
        self
    }

    /// What became of a message.
    pub(super) fn fate(&mut self, case: &Case, way: &Way) {
        let Some(sent) = &way.sent else {
            return;
        };
        let about = flight_of(&sent.fact).map(|(id, _)| Topic::Message(id));
        match (&way.end, &sent.fact) {
            (Some(end), _) => {
                let told = case.fact(end);
                self.add(told.map(|mut told| {
                    told.topic = about;
                    told
                }));
            }
            (None, Fact::Sent { arrives, .. }) => {
                let left = length(arrives.since(case.world.now()));
                let flies = reason(None, key!("why.message.flies"), &[("time", word(left))]);
                self.add(Some(flies));
            }
            _ => {}
        }
    }
}
