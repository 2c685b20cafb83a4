//! Requests that are asked by hand, of one member, as etcd's client library asks with one endpoint.

use crate::support::{Etcd, SECOND};
use quorum::cluster::{
    Action, ClientError, ClientId, Fact, Load, OperationId, Outcome, Packet, WorldOptions,
};
use quorum::kv::Request;
use quorum::raft::NodeId;
use quorum::sim::{FlightId, SimTime};

const CLIENT: ClientId = ClientId(4);

fn ask(etcd: &mut Etcd, member: u64, request: Request) -> OperationId {
    etcd.act(Action::Request {
        client: CLIENT,
        member: NodeId(member),
        request,
    });
    etcd.world.waiting().last().unwrap().id
}

fn put(value: &'static str) -> Request {
    Request::put("name", value)
}

fn get() -> Request {
    Request::get("name", false)
}

/// When and how it ended.
fn end(etcd: &Etcd, id: OperationId) -> Option<(SimTime, Outcome)> {
    etcd.facts.iter().find_map(|event| match &event.fact {
        Fact::Returned {
            operation, outcome, ..
        } if *operation == id => Some((event.time, outcome.clone())),
        _ => None,
    })
}

fn failure(etcd: &Etcd, id: OperationId) -> Option<ClientError> {
    match end(etcd, id)?.1 {
        Outcome::Failed(error) => Some(error),
        Outcome::Answered(_) => None,
    }
}

/// When it was sent.
fn sent(etcd: &Etcd, id: OperationId) -> Vec<SimTime> {
    let times = etcd.facts.iter().filter_map(|event| match &event.fact {
        Fact::Sent { packet, .. } => match **packet {
            Packet::Request { operation, .. } if operation == id => Some(event.time),
            _ => None,
        },
        _ => None,
    });
    times.collect()
}

/// How often the key was written, as a member knows it.
fn version_at(etcd: &Etcd, member: u64) -> u64 {
    let server = etcd.world.member(NodeId(member)).unwrap().server().unwrap();
    let found = server.store().get(b"name");
    found.map_or(0, |kv| kv.version)
}

/// The answer that is on its way.
fn answer(etcd: &Etcd, id: OperationId) -> FlightId {
    // What is held comes first.
    let flights = etcd.world.flights();
    let is =
        |packet: &Packet| matches!(packet, Packet::Response { operation, .. } if *operation == id);
    let answers = flights.filter(|(_, flight)| is(&flight.payload));
    let (flight, _) = answers.last().unwrap();
    flight
}

/// Holds what was sent last, or copied.
fn hold_newest(etcd: &mut Etcd) -> FlightId {
    let newest = etcd.world.flights().map(|(id, _)| id).max().unwrap();
    etcd.act(Action::HoldMessage { flight: newest });
    newest
}

#[test]
fn a_write_that_reached_nobody_is_sent_when_the_member_is_back() {
    let mut etcd = Etcd::new();
    etcd.crash(3);
    etcd.pass(SECOND);
    let id = ask(&mut etcd, 3, put("joe"));
    etcd.pass(SECOND / 2);
    assert_eq!(end(&etcd, id), None);
    let next = etcd.world.next_try(id).unwrap();
    etcd.start(3);
    etcd.pass(4 * SECOND);
    assert!(matches!(end(&etcd, id), Some((_, Outcome::Answered(_)))));
    assert_eq!(sent(&etcd, id)[1..], [next]);
    assert_eq!(version_at(&etcd, 2), 1);
}

#[test]
fn a_member_that_is_not_there_is_tried_ever_more_rarely_until_the_time_is_over() {
    let mut etcd = Etcd::new();
    etcd.crash(3);
    for request in [put("joe"), get()] {
        let id = ask(&mut etcd, 3, request);
        let flight = etcd.world.flights().last().unwrap().0;
        etcd.act(Action::DuplicateMessage { flight });
        etcd.pass(10 * SECOND);
        assert_eq!(failure(&etcd, id), Some(ClientError::DeadlineExceeded));
        let sent = sent(&etcd, id);
        let gaps: Vec<u64> = sent.windows(2).map(|two| two[1].since(two[0])).collect();
        // Each is a way there and back longer than the wait.
        assert_eq!(gaps.len(), 2, "{gaps:?}");
        assert!((SECOND..SECOND + 1_000).contains(&gaps[0]), "{gaps:?}");
        assert!((1_600_000..1_601_000).contains(&gaps[1]), "{gaps:?}");
        assert_eq!(etcd.world.next_try(id), None);
    }
}

#[test]
fn a_write_that_waits_to_be_sent_does_not_care_who_comes_and_goes() {
    let mut etcd = Etcd::new();
    etcd.crash(3);
    let id = ask(&mut etcd, 3, put("joe"));
    let flight = etcd.world.flights().last().unwrap().0;
    etcd.act(Action::DuplicateMessage { flight });
    etcd.pass(SECOND / 10);
    etcd.start(3);
    etcd.pass(SECOND / 10);
    etcd.crash(3);
    etcd.pass(SECOND / 10);
    assert_eq!(end(&etcd, id), None, "it was not under way");
    etcd.start(3);
    etcd.pass(4 * SECOND);
    assert!(matches!(end(&etcd, id), Some((_, Outcome::Answered(_)))));
    assert_eq!(sent(&etcd, id).len(), 2, "both copies were refused");
}

#[test]
fn a_write_under_way_fails_at_once_when_the_process_is_gone_and_is_never_repeated() {
    let mut etcd = Etcd::new();
    let id = ask(&mut etcd, 3, put("joe"));
    etcd.pass(350);
    etcd.crash(3);
    let crashed = etcd.world.now();
    etcd.start(3);
    etcd.pass(6 * SECOND);
    let (at, outcome) = end(&etcd, id).unwrap();
    assert_eq!(outcome, Outcome::Failed(ClientError::ConnectionLost));
    assert!(!ClientError::ConnectionLost.is_certain());
    assert!(at.since(crashed) < 1_000);
    assert_eq!(sent(&etcd, id).len(), 1);
}

#[test]
fn a_read_under_way_is_asked_again_when_the_process_is_back() {
    let mut etcd = Etcd::new();
    // The member has nobody to ask, so that the read is under way for long enough.
    etcd.act(Action::Partition {
        groups: vec![vec![NodeId(1), NodeId(2)], vec![NodeId(3)]],
    });
    let id = ask(&mut etcd, 3, get());
    let flight = etcd.world.flights().last().unwrap().0;
    etcd.act(Action::DuplicateMessage { flight });
    etcd.pass(SECOND / 10);
    etcd.crash(3);
    etcd.act(Action::Heal);
    etcd.start(3);
    etcd.pass(6 * SECOND);
    assert!(matches!(end(&etcd, id), Some((_, Outcome::Answered(_)))));
    assert!(sent(&etcd, id).len() > 1);
    let calls = etcd.facts.iter();
    let calls = calls.filter(|event| matches!(event.fact, Fact::Called { client: CLIENT, .. }));
    assert_eq!(calls.count(), 1, "for the person it is one request");
}

#[test]
fn a_read_that_the_change_of_leader_interrupts_is_asked_again() {
    let mut etcd = Etcd::new();
    let id = ask(&mut etcd, 3, get());
    etcd.crash(1);
    etcd.pass(5 * SECOND);
    assert!(matches!(end(&etcd, id), Some((_, Outcome::Answered(_)))));
    let told = etcd.facts.iter().any(|event| match &event.fact {
        Fact::Delivered { packet, .. } => matches!(
            **packet,
            Packet::Response { operation, result: Err(ClientError::LeaderChanged) }
                if operation == id
        ),
        _ => false,
    });
    assert!(told);
}

#[test]
fn a_copy_of_a_write_that_comes_late_is_not_a_second_write() {
    let mut etcd = Etcd::new();
    etcd.crash(3);
    etcd.pass(SECOND);
    let id = ask(&mut etcd, 3, put("joe"));
    let flight = etcd.world.flights().find(|(_, flight)| {
        matches!(*flight.payload, Packet::Request { operation, .. } if operation == id)
    });
    let flight = flight.unwrap().0;
    etcd.act(Action::DuplicateMessage { flight });
    let copy = hold_newest(&mut etcd);
    etcd.pass(SECOND / 10);
    etcd.start(3);
    etcd.pass(3 * SECOND);
    assert!(matches!(end(&etcd, id), Some((_, Outcome::Answered(_)))));
    etcd.act(Action::ReleaseMessage { flight: copy });
    etcd.pass(3 * SECOND);
    assert_eq!(version_at(&etcd, 2), 1);
}

#[test]
fn a_refusal_that_is_heard_twice_is_not_a_second_write() {
    let mut etcd = Etcd::new();
    etcd.crash(3);
    etcd.pass(SECOND);
    let id = ask(&mut etcd, 3, put("joe"));
    etcd.pass(300);
    let flight = answer(&etcd, id);
    etcd.act(Action::DuplicateMessage { flight });
    let copy = hold_newest(&mut etcd);
    etcd.start(3);
    etcd.pass(SECOND);
    // The write happens, but the client does not hear of it; it hears of the first refusal again.
    while sent(&etcd, id).len() < 2 || version_at(&etcd, 3) == 0 {
        etcd.pass(100);
    }
    let flight = answer(&etcd, id);
    etcd.act(Action::HoldMessage { flight });
    etcd.act(Action::ReleaseMessage { flight: copy });
    etcd.pass(3 * SECOND);
    assert_eq!(sent(&etcd, id).len(), 3);
    assert_eq!(version_at(&etcd, 3), 1);
}

#[test]
fn a_write_whose_copy_has_come_was_not_refused() {
    let mut etcd = Etcd::new();
    let id = ask(&mut etcd, 3, put("joe"));
    let flight = etcd.world.flights().last().unwrap().0;
    etcd.act(Action::DuplicateMessage { flight });
    etcd.act(Action::HoldMessage { flight });
    etcd.pass(350);
    etcd.crash(3);
    let lost = answer(&etcd, id);
    etcd.act(Action::DropMessage { flight: lost });
    etcd.act(Action::ReleaseMessage { flight });
    etcd.pass(SECOND);
    assert_eq!(failure(&etcd, id), Some(ClientError::ConnectionLost));
}

#[test]
fn a_copy_of_what_a_load_was_refused_does_not_come_later() {
    let mut etcd = Etcd::new();
    etcd.crash(3);
    let load = Load {
        per_second: 1,
        members: vec![NodeId(3)],
        reads: 0,
        swaps: 0,
        ..Load::default()
    };
    etcd.act(Action::SetLoad {
        client: CLIENT,
        load: Some(load),
    });
    while etcd.world.waiting().count() == 0 {
        etcd.pass(50);
    }
    let id = etcd.world.waiting().last().unwrap().id;
    let flight = etcd.world.flights().last().unwrap().0;
    etcd.act(Action::DuplicateMessage { flight });
    let copy = hold_newest(&mut etcd);
    etcd.pass(SECOND / 10);
    assert_eq!(failure(&etcd, id), Some(ClientError::ConnectionRefused));
    etcd.start(3);
    etcd.pass(SECOND);
    etcd.act(Action::ReleaseMessage { flight: copy });
    etcd.pass(SECOND);
    let applied = etcd.facts.iter().any(
        |event| matches!(event.fact, Fact::Applied { operation, .. } if operation == Some(id)),
    );
    assert!(!applied);
}

#[test]
fn runs_from_before_the_retries_are_what_they_were() {
    let mut etcd = Etcd::with(WorldOptions {
        client_retries: false,
        ..WorldOptions::etcd()
    });
    etcd.crash(3);
    let id = ask(&mut etcd, 3, get());
    etcd.pass(6 * SECOND);
    assert_eq!(failure(&etcd, id), Some(ClientError::DeadlineExceeded));
    assert_eq!(sent(&etcd, id).len(), 1);
    let answers = etcd.facts.iter().filter(|event| match &event.fact {
        Fact::Sent { packet, .. } => {
            matches!(**packet, Packet::Response { operation, .. } if operation == id)
        }
        _ => false,
    });
    assert_eq!(answers.count(), 0);
}
