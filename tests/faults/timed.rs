//! Faults for a while, and plans.

use crate::support::*;
use quorum::cluster::{Action, ActionError, Fact, Links};
use quorum::raft::NodeId;
use quorum::sim::{ClockRate, DiskOptions, SimTime};
use quorum::timeline::Session;
use quorum::view;

/// How a machine and the network are set: everything that a fault can change.
fn state(session: &Session, id: NodeId) -> String {
    let member = member(session, id);
    let links: Vec<_> = session
        .world()
        .links()
        .map(|(ends, link)| (ends, *link.settings()))
        .collect();
    let runs = member.server().is_some();
    format!("{runs} {:?} {links:?}", member.settings())
}

#[test]
fn every_fault_for_a_while_ends_exactly_then() {
    let member = NodeId(1);
    let links = Links::Of(member);
    let mut session = cluster(3, 31);
    session.advance(1);
    for action in [
        Action::Crash { member },
        Action::Partition {
            groups: vec![vec![member]],
        },
        Action::SetDelay {
            links: links.clone(),
            latency_us: 1,
            jitter_us: 2,
        },
        Action::SetLoss {
            links: links.clone(),
            loss_ppm: 3,
        },
        Action::SetDuplication {
            links: links.clone(),
            duplicate_ppm: 4,
        },
        Action::CutLinks {
            links: links.clone(),
        },
        Action::HoldLinks { links },
        Action::StallDisk { member },
        Action::SetDisk {
            member,
            disk: DiskOptions::default(),
        },
        Action::Pause { member },
        Action::SlowDown {
            member,
            delay_us: 5,
        },
        Action::SetClockRate {
            member,
            rate: ClockRate(6),
        },
    ] {
        let before = state(&session, member);
        act(&mut session, action.clone().during(70 * MS));
        let during = state(&session, member);
        assert_ne!(before, during, "{action:?}");
        let ends = session.now().after(70 * MS);
        let shown = view::frame(&session).faults;
        assert_eq!(shown.len(), 1, "{action:?}");
        assert_eq!((shown[0].at, shown[0].planned), (ends, false));
        session.advance(70 * MS - 1);
        assert_eq!(state(&session, member), during, "{action:?} ends too early");
        session.advance(1);
        assert_eq!(state(&session, member), before, "{action:?} does not end");
        let ended = facts_since(&session, ends)
            .into_iter()
            .any(|(_, fact)| matches!(fact, Fact::Ended { action: of } if *of == action));
        assert!(ended);
        assert_eq!(view::frame(&session).faults, []);
        session.advance(SECOND);
    }
}

#[test]
fn what_was_undone_before_is_not_undone_again() {
    let mut session = cluster(3, 32);
    let member = followers(&session)[0];
    act(&mut session, Action::Crash { member }.during(SECOND));
    act(&mut session, Action::Restart { member });
    assert_eq!(view::frame(&session).faults, []);
    act(&mut session, Action::Crash { member });
    let since = session.now();
    session.advance(2 * SECOND);
    assert_eq!(role(&session, member), None, "the second crash is for good");
    let ended = |(_, fact): (SimTime, Fact)| matches!(fact, Fact::Ended { .. });
    assert!(!facts_since(&session, since).into_iter().any(ended));
}

#[test]
fn faults_of_one_kind_overlap_and_each_ends_at_its_own_time() {
    let mut session = cluster(3, 33);
    let id = NodeId(2);
    let cut = |links: Links, ms: u64| Action::CutLinks { links }.during(ms * MS);
    let cuts = |session: &Session| view::frame(session).links.len();
    act(&mut session, cut(Links::From(id), 300));
    act(&mut session, cut(Links::Of(id), 100));
    assert_eq!(cuts(&session), 4);
    session.advance(100 * MS);
    assert_eq!(cuts(&session), 2, "the longer one goes on");
    session.advance(200 * MS);
    assert_eq!(cuts(&session), 0);
    let rate = |ppm| Action::SetClockRate {
        member: id,
        rate: ClockRate(ppm),
    };
    let now = |session: &Session| member(session, id).settings().clock.0;
    act(&mut session, rate(7).during(100 * MS));
    act(&mut session, rate(9).during(200 * MS));
    session.advance(100 * MS);
    assert_eq!(now(&session), 9);
    session.advance(100 * MS);
    assert_eq!(now(&session), 0);
}

#[test]
fn a_message_held_for_a_while_goes_on() {
    let mut session = cluster(3, 34);
    let ends = between(leader(&session), followers(&session)[0]);
    let flight = next_flight(&mut session, ends);
    act(
        &mut session,
        Action::HoldMessage { flight }.during(500 * MS),
    );
    session.advance(499 * MS);
    assert_eq!(delivered(&session, flight), None);
    session.advance(20 * MS);
    assert!(delivered(&session, flight).is_some());
    let flight = next_flight(&mut session, ends);
    act(
        &mut session,
        Action::HoldMessage { flight }.during(500 * MS),
    );
    act(&mut session, Action::ReleaseMessage { flight });
    act(&mut session, Action::HoldMessage { flight });
    session.advance(SECOND);
    assert_eq!(delivered(&session, flight), None, "held anew, for good");
}

#[test]
fn a_plan_is_done_at_its_time_or_says_why_not() {
    let mut session = cluster(3, 35);
    let member = followers(&session)[0];
    let time = session.now().after(200 * MS);
    let crash = Action::Crash { member };
    act(&mut session, crash.clone().at(time));
    act(&mut session, crash.clone().at(time));
    assert_eq!(session.world().plans().count(), 2);
    assert!(view::frame(&session).faults[0].planned);
    session.advance(200 * MS - 1);
    assert!(role(&session, member).is_some());
    session.advance(1);
    assert_eq!(role(&session, member), None);
    let refused = facts_since(&session, time)
        .into_iter()
        .find_map(|(_, fact)| match fact {
            Fact::Refused { reason, .. } => Some(reason),
            _ => None,
        });
    let expected = ActionError::AlreadyCrashed(member).to_string();
    assert_eq!(refused, Some(expected), "the second one comes too late");
}

#[test]
fn a_fault_for_a_while_can_be_planned_and_a_run_replayed() {
    let mut session = cluster(3, 36);
    let (l, f) = (leader(&session), followers(&session)[0]);
    let time = session.now().after(100 * MS);
    let links = Links::BetweenMembers;
    let lossy = Action::SetLoss {
        links: links.clone(),
        loss_ppm: 300_000,
    };
    let twice = Action::SetDuplication {
        links,
        duplicate_ppm: 300_000,
    };
    act(&mut session, lossy.during(SECOND).at(time));
    act(&mut session, twice);
    act(&mut session, Action::Pause { member: f }.during(SECOND));
    act(&mut session, Action::StallDisk { member: l }.during(SECOND));
    put(&mut session, l, "joe");
    session.advance(100 * MS);
    assert_eq!(view::frame(&session).faults.len(), 3);
    session.advance(5 * SECOND);
    assert_eq!(view::frame(&session).faults, []);
    act(&mut session, Action::Crash { member: f });
    let replayed = session.recording().replay().unwrap();
    assert_eq!(replayed.position(), session.position());
    assert_eq!(replayed.trace_hash(), session.trace_hash());
}

#[test]
fn impossible_timings_are_refused() {
    let mut session = cluster(3, 37);
    let now = session.now();
    let member = NodeId(1);
    let pause = || Action::Pause { member };
    for (action, error) in [
        (Action::Heal.during(5), ActionError::CannotEnd),
        (pause().during(5).during(5), ActionError::CannotEnd),
        (pause().at(now).during(5), ActionError::CannotEnd),
        (pause().during(0), ActionError::NoTime),
        (pause().at(now).at(now), ActionError::PlanOfPlan),
        (
            pause().at(SimTime(0)),
            ActionError::InThePast(SimTime(0), now),
        ),
        (
            Action::Pause { member: NodeId(9) }.during(5).at(now),
            ActionError::NoSuchMember(NodeId(9), 3),
        ),
        (pause().during(0).at(now.after(5)), ActionError::NoTime),
        (
            Action::Crash { member: NodeId(4) }.during(1),
            ActionError::NoSuchMember(NodeId(4), 3),
        ),
    ] {
        assert_eq!(refusal(&mut session, action), error);
    }
}
