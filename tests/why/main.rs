//! "Why?": for each kind of question the chain of facts, their moments, and the rule at the end.

mod elections;
mod entries;
mod membership;
mod requests;
mod support;

use quorum::cluster::{Action, Fact, Packet, TraceEvent};
use quorum::raft::NodeId;
use quorum::raft::rules::Rule;
use quorum::view::plain;
use quorum::view::why::{Tone, Topic, offers, why};
use support::*;

#[test]
fn a_member_with_a_damaged_disk_refuses_to_start() {
    let (mut session, leader) = elected(session(3, 1));
    let member = others(&session, &[leader])[0];
    act(&mut session, Action::Crash { member });
    act(&mut session, Action::DamageDisk { member, back: 0 });
    let damaged = session.steps();
    act(&mut session, Action::Restart { member });
    let refused = session.steps();
    let why = why(&session, Topic::Start(member));
    assert_eq!(why.tone, Tone::Bad);
    assert_eq!(steps(&why), [damaged, refused]);
    tells(&session, &why, "cannot know what it has promised");
    ends_in(&why, Rule::DurableVote);
    assert!(
        offers(&session)
            .iter()
            .any(|offer| offer.topic == Topic::Start(member))
    );
}

#[test]
fn a_violation_names_both_moments_and_the_rule_that_was_switched_off() {
    let mut session = modified(4, 1, Rule::MajorityQuorum);
    let groups = vec![vec![NodeId(1), NodeId(2)], vec![NodeId(3), NodeId(4)]];
    act(&mut session, Action::Partition { groups });
    let violated = until(&mut session, "a violation", |event| {
        matches!(event.fact, Fact::Violated(_))
    });
    let Fact::Violated(violation) = &violated.fact else {
        unreachable!()
    };
    let why = why(&session, Topic::Violation(violated.step));
    assert_eq!(steps(&why), [violation.earlier.step, violation.later.step]);
    tells(&session, &why, "A rule is switched off in this run");
    assert_eq!(why.rule.unwrap().property, violation.property.name());
    assert!(
        offers(&session)
            .iter()
            .any(|o| o.topic == Topic::Violation(violated.step))
    );
}

#[test]
fn a_message_tells_its_fate() {
    let (mut session, leader) = elected(session(3, 1));
    put(&mut session, leader);
    let is_append = |event: &TraceEvent| match &event.fact {
        Fact::Sent { flight, packet, .. } => match &**packet {
            Packet::Raft(envelope)
                if quorum::view::message_label(envelope)
                    .label
                    .starts_with("append") =>
            {
                Some(*flight)
            }
            _ => None,
        },
        _ => None,
    };
    let sent = until(&mut session, "an append", |event| {
        is_append(event).is_some()
    });
    let flight = is_append(&sent).unwrap();
    let flying = why(&session, Topic::Message(flight));
    assert_eq!(flying.tone, Tone::Open);
    assert_eq!(links(&session, &flying, "sends to"), sent.step);
    tells(&session, &flying, "It arrives in");
    act(&mut session, Action::DropMessage { flight });
    let lost = why(&session, Topic::Message(flight));
    assert_eq!(lost.tone, Tone::Bad);
    links(&session, &lost, "is dropped by hand");
    ends_in(&lost, Rule::ConsistencyCheck);
}

#[test]
fn what_is_asked_in_the_past_knows_nothing_of_the_future() {
    let (mut session, leader) = elected(session(3, 1));
    let operation = put(&mut session, leader);
    let then = session.position();
    session.advance(SECOND);
    session.seek_position(then);
    let why = why(&session, Topic::Operation(operation));
    assert_eq!(plain(&why.question), "Why does put name joe wait?");
    assert!(
        why.chain
            .iter()
            .filter_map(|reason| reason.at)
            .all(|at| at <= then)
    );
}
