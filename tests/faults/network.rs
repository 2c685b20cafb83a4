//! Links, and single messages.

use crate::support::*;
use quorum::cluster::{Action, ActionError, Address, ClientId, Fact, Links, LossReason};
use quorum::raft::NodeId;
use quorum::sim::FlightId;
use quorum::view;

#[test]
fn a_link_has_the_delay_that_it_is_set_to_and_the_way_back_keeps_its_own() {
    let mut session = cluster(3, 1);
    let (l, f) = (leader(&session), followers(&session)[0]);
    let links = Links::List(vec![between(l, f)]);
    act(
        &mut session,
        Action::SetDelay {
            links,
            latency_us: 40 * MS,
            jitter_us: 0,
        },
    );
    let since = session.now();
    session.advance(SECOND);
    let mut slow = 0;
    for (time, fact) in facts_since(&session, since) {
        if let Fact::Delivered { from, to, sent, .. } = fact
            && sent >= since
        {
            let took = time.since(sent);
            if (from, to) == between(l, f) {
                assert_eq!(took, 40 * MS);
                slow += 1;
            } else {
                assert!(took <= 12 * MS, "{from} to {to}: {took}");
            }
        }
    }
    assert!(slow > 10);
}

#[test]
fn a_link_loses_and_doubles_as_many_messages_as_it_is_set_to() {
    let mut session = cluster(3, 2);
    let (l, f) = (leader(&session), followers(&session)[0]);
    let links = || Links::List(vec![between(l, f)]);
    let (loss_ppm, duplicate_ppm) = (500_000, 500_000);
    act(
        &mut session,
        Action::SetLoss {
            links: links(),
            loss_ppm,
        },
    );
    act(
        &mut session,
        Action::SetDuplication {
            links: links(),
            duplicate_ppm,
        },
    );
    let since = session.now();
    session.advance(20 * SECOND);
    let (arrived, gone) = count(&session, since, between(l, f), LossReason::Chance);
    assert!(
        arrived > 200 && gone > 200,
        "{arrived} arrived, {gone} lost"
    );
    let doubled = facts_since(&session, since).into_iter().filter(|(_, fact)| {
        matches!(fact, Fact::Duplicated { from, to, .. } if (*from, *to) == between(l, f))
    });
    assert!(doubled.count() > 150);
    let back = count(&session, since, between(f, l), LossReason::Chance);
    assert_eq!(back.1, 0, "the way back loses nothing");
}

#[test]
fn what_a_member_passes_on_to_the_leader_is_taken_in_once() {
    let mut session = cluster(3, 3);
    let follower = followers(&session)[0];
    let links = Links::List(vec![between(follower, leader(&session))]);
    let duplicate_ppm = 1_000_000;
    act(
        &mut session,
        Action::SetDuplication {
            links,
            duplicate_ppm,
        },
    );
    let since = session.now();
    for _ in 0..20 {
        put(&mut session, follower, "one");
        session.advance(SECOND / 5);
    }
    let store = member(&session, follower).server().unwrap().store();
    assert_eq!(store.get(b"name").map(|kv| kv.version), Some(20));
    let repeated = facts_since(&session, since)
        .into_iter()
        .filter(|(_, fact)| {
            let reason = LossReason::Repeated;
            matches!(fact, Fact::Lost { reason: why, .. } if *why == reason)
        });
    assert_eq!(repeated.count(), 20);
}

#[test]
fn a_copy_is_delivered_as_well() {
    let mut session = cluster(3, 3);
    let ends = between(leader(&session), followers(&session)[0]);
    let original = next_flight(&mut session, ends);
    act(&mut session, Action::DuplicateMessage { flight: original });
    let copies = facts_since(&session, session.now());
    let copy = copies.iter().find_map(|(_, fact)| match fact {
        Fact::Duplicated {
            original: of,
            flight,
            ..
        } if *of == original => Some(*flight),
        _ => None,
    });
    session.advance(50 * MS);
    assert!(delivered(&session, original).is_some());
    assert!(delivered(&session, copy.unwrap()).is_some());
}

#[test]
fn a_cut_takes_what_is_on_its_way_and_one_way_only() {
    let mut session = cluster(3, 4);
    let (l, f) = (leader(&session), followers(&session)[0]);
    let ends = between(l, f);
    let caught = next_flight(&mut session, ends);
    let links = Links::List(vec![ends]);
    act(
        &mut session,
        Action::CutLinks {
            links: links.clone(),
        },
    );
    let since = session.now();
    session.advance(100 * MS);
    assert_eq!(lost(&session, caught), Some(LossReason::Cut));
    assert_eq!(count(&session, since, ends, LossReason::Cut).0, 0);
    assert!(count(&session, since, between(f, l), LossReason::Cut).1 == 0);
    let frame = view::frame(&session);
    assert_eq!(frame.links.len(), 1);
    assert!(frame.links[0].cut && frame.links[0].label == "cut");
    assert_eq!(frame.groups.len(), 1, "there is a way around");
    assert_eq!(
        refusal(
            &mut session,
            Action::CutLinks {
                links: links.clone()
            }
        ),
        ActionError::AlreadyCut
    );
    act(
        &mut session,
        Action::MendLinks {
            links: links.clone(),
        },
    );
    let since = session.now();
    session.advance(500 * MS);
    assert!(count(&session, since, ends, LossReason::Cut).0 > 0);
    assert_eq!(
        refusal(&mut session, Action::MendLinks { links }),
        ActionError::NotCut
    );
}

#[test]
fn a_member_that_hears_nobody_is_a_side_of_its_own() {
    let mut session = cluster(5, 4);
    let id = followers(&session)[1];
    let links = Links::To(id);
    act(
        &mut session,
        Action::CutLinks {
            links: links.clone(),
        },
    );
    let groups = view::frame(&session).groups;
    assert_eq!((groups.len(), &groups[1][..]), (2, &[id][..]));
    assert_eq!(view::frame(&session).links.len(), 4);
    session.advance(SECOND);
    act(&mut session, Action::MendLinks { links });
    assert_eq!(view::frame(&session).groups.len(), 1);
}

#[test]
fn an_isolated_member_is_replaced_and_catches_up_when_it_rejoins() {
    let mut session = cluster(5, 5);
    let old = leader(&session);
    act(
        &mut session,
        Action::CutLinks {
            links: Links::Of(old),
        },
    );
    session.advance(3 * SECOND);
    let new = leader(&session);
    assert_ne!(new, old);
    let write = put(&mut session, new, "joe");
    session.advance(SECOND);
    assert!(answered(&session, write));
    assert_eq!(value(&session, old), None);
    act(
        &mut session,
        Action::MendLinks {
            links: Links::Of(old),
        },
    );
    session.advance(SECOND);
    assert_eq!(value(&session, old).as_deref(), Some("joe"));
}

#[test]
fn what_a_held_link_keeps_is_delivered_in_order_when_it_is_released() {
    let mut session = cluster(3, 6);
    let (l, f) = (leader(&session), followers(&session)[0]);
    let ends = between(l, f);
    let links = Links::List(vec![ends]);
    act(
        &mut session,
        Action::HoldLinks {
            links: links.clone(),
        },
    );
    let since = session.now();
    session.advance(120 * MS);
    let kept: Vec<FlightId> = session
        .world()
        .flights()
        .filter(|(_, flight)| flight.held.is_some())
        .map(|(id, _)| id)
        .collect();
    assert!(kept.len() >= 2, "{} wait", kept.len());
    let shown = view::frame(&session).flights;
    let stopped = shown.iter().filter(|flight| flight.stopped.is_some());
    assert_eq!(stopped.count(), kept.len());
    assert_eq!(count(&session, since, ends, LossReason::Cut), (0, 0));
    let released = session.now();
    act(&mut session, Action::ReleaseLinks { links });
    session.advance(1);
    let mut order = Vec::new();
    for (time, fact) in facts_since(&session, released) {
        if let Fact::Delivered { flight, .. } = fact
            && kept.contains(&flight)
        {
            assert_eq!(time, released);
            order.push(flight);
        }
    }
    assert_eq!(order, kept);
}

#[test]
fn a_client_has_links_too() {
    let mut session = cluster(3, 7);
    let l = leader(&session);
    let client = Address::Client(ClientId(0));
    let back = Links::List(vec![(Address::Member(l), client)]);
    act(&mut session, Action::CutLinks { links: back });
    let write = put(&mut session, l, "joe");
    session.advance(SECOND);
    assert_eq!(value(&session, l).as_deref(), Some("joe"));
    assert!(!answered(&session, write), "the answer does not arrive");
    act(&mut session, Action::Heal);
    let write = put(&mut session, l, "joe");
    session.advance(SECOND);
    assert!(answered(&session, write), "clients' links heal as well");
}

#[test]
fn single_messages_are_dropped_held_and_delivered_at_once() {
    let mut session = cluster(3, 8);
    let ends = between(leader(&session), followers(&session)[0]);
    let flight = next_flight(&mut session, ends);
    act(&mut session, Action::DropMessage { flight });
    assert_eq!(lost(&session, flight), Some(LossReason::Dropped));
    assert_eq!(
        refusal(&mut session, Action::DropMessage { flight }),
        ActionError::NoSuchMessage(flight)
    );

    let flight = next_flight(&mut session, ends);
    act(&mut session, Action::DeliverMessage { flight });
    assert_eq!(delivered(&session, flight), Some(session.now()));

    let flight = next_flight(&mut session, ends);
    let left = session.world().flights().find(|(id, _)| *id == flight);
    let left = left.unwrap().1.arrives.since(session.now());
    act(&mut session, Action::HoldMessage { flight });
    session.advance(200 * MS);
    assert_eq!(delivered(&session, flight), None);
    refusal(&mut session, Action::HoldMessage { flight });
    act(&mut session, Action::ReleaseMessage { flight });
    let arrives = session.now().after(left);
    session.advance(left);
    assert_eq!(delivered(&session, flight), Some(arrives));
}

#[test]
fn nothing_is_delivered_by_hand_where_nothing_can_arrive() {
    let mut session = cluster(3, 8);
    let (l, f) = (leader(&session), followers(&session)[0]);
    let flight = next_flight(&mut session, between(l, f));
    act(
        &mut session,
        Action::CutLinks {
            links: Links::Of(f),
        },
    );
    let (from, to) = between(l, f);
    let deliver = Action::DeliverMessage { flight };
    assert_eq!(
        refusal(&mut session, deliver.clone()),
        ActionError::LinkIsCut(from, to)
    );
    act(&mut session, Action::Heal);
    act(&mut session, Action::Crash { member: f });
    assert_eq!(refusal(&mut session, deliver), ActionError::NotRunning(f));
}

#[test]
fn a_reset_makes_every_link_as_it_was() {
    let mut session = cluster(3, 9);
    assert_eq!(
        refusal(&mut session, Action::ResetNetwork),
        ActionError::NothingToReset
    );
    let links = Links::BetweenMembers;
    for action in [
        Action::SetLoss {
            links: links.clone(),
            loss_ppm: 7,
        },
        Action::SetDuplication {
            links: links.clone(),
            duplicate_ppm: 7,
        },
        Action::HoldLinks {
            links: links.clone(),
        },
        Action::CutLinks {
            links: links.clone(),
        },
        Action::SetDelay {
            links: links.clone(),
            latency_us: 1,
            jitter_us: 1,
        }
        .during(SECOND),
    ] {
        act(&mut session, action);
    }
    assert_eq!(view::frame(&session).links.len(), 6);
    act(&mut session, Action::ResetNetwork);
    assert_eq!(view::frame(&session).links, []);
    assert_eq!(view::frame(&session).faults, []);
}

#[test]
fn impossible_links_are_refused() {
    let mut session = cluster(3, 9);
    let me = Address::Member(NodeId(1));
    let clients = (Address::Client(ClientId(0)), Address::Client(ClientId(1)));
    for (links, error) in [
        (Links::List(vec![]), ActionError::NoLinks),
        (Links::List(vec![(me, me)]), ActionError::NoSuchLink(me, me)),
        (
            Links::List(vec![clients]),
            ActionError::NoSuchLink(clients.0, clients.1),
        ),
        (
            Links::Of(NodeId(4)),
            ActionError::NoSuchMember(NodeId(4), 3),
        ),
        (
            Links::List(vec![(me, Address::Client(ClientId(26)))]),
            ActionError::NoSuchClient(ClientId(26)),
        ),
    ] {
        assert_eq!(refusal(&mut session, Action::HoldLinks { links }), error);
    }
    let links = Links::BetweenMembers;
    refusal(
        &mut session,
        Action::SetLoss {
            links: links.clone(),
            loss_ppm: 1_000_001,
        },
    );
    refusal(
        &mut session,
        Action::SetDelay {
            links,
            latency_us: 0,
            jitter_us: u64::MAX,
        },
    );
}
