//! Requests through any member, with members down.

use crate::support::{Etcd, SECOND, answer, endpoints};
use quorum::cluster::{Action, Call, ClientId, Job, Load, Program};
use quorum::kv::Request;
use quorum::raft::NodeId;

#[test]
fn any_member_takes_any_request() {
    let mut etcd = Etcd::new();
    for member in 1..=3 {
        assert_eq!(etcd.put(&[member], "k", "v"), Ok(()));
        assert_eq!(etcd.get(&[member], "k"), Ok(Some("v".to_owned())));
    }
}

#[test]
fn the_header_says_who_answers() {
    let mut etcd = Etcd::new();
    let answer = etcd
        .call(&[2], Call::Store(Request::put("k", "v")))
        .unwrap();
    assert_eq!(answer.header.member_id, 0x91bc_3c39_8fb3_c146);
    assert_eq!(answer.header.revision, 2);
}

#[test]
fn without_anybody_a_client_gives_up_after_its_own_time() {
    let mut etcd = Etcd::new();
    for member in 1..=3 {
        etcd.crash(member);
    }
    for call in [
        Request::get("k", false),
        Request::put("k", "v"),
        Request::get("k", true),
    ] {
        let (said, took) = etcd.run(&[1, 2, 3], Job::Call(Call::Store(call)));
        assert_eq!(answer(&said).unwrap_err(), "context deadline exceeded");
        assert_eq!(took, 5);
    }
}

#[test]
fn a_client_goes_on_to_an_endpoint_that_lives() {
    let mut etcd = Etcd::new();
    etcd.put(&[1], "k", "v").unwrap();
    etcd.crash(3);
    assert_eq!(etcd.get(&[3, 1], "k"), Ok(Some("v".to_owned())));
    assert_eq!(etcd.put(&[3, 2], "k", "w"), Ok(()));
    assert_eq!(
        etcd.get(&[3], "k").unwrap_err(),
        "context deadline exceeded"
    );
}

#[test]
fn a_write_just_after_the_quorum_is_lost_takes_effect_later_and_a_later_one_does_not() {
    let mut etcd = Etcd::new();
    etcd.put(&[1], "k", "v1").unwrap();
    etcd.crash(2);
    etcd.crash(3);
    let program = Program {
        command_timeout_us: 20 * SECOND,
        ..Program::request(endpoints(&[1]), Request::put("k", "v2"))
    };
    let (said, took) = etcd.run_program(program);
    assert_eq!(answer(&said).unwrap_err(), "etcdserver: request timed out");
    assert_eq!(took, 7);
    assert_eq!(etcd.read(&[1], "k", true), Ok(Some("v1".to_owned())));
    assert_eq!(
        etcd.put(&[1], "k", "v3").unwrap_err(),
        "context deadline exceeded"
    );
    etcd.start(2);
    etcd.pass(5 * SECOND);
    assert_eq!(etcd.get(&[1], "k"), Ok(Some("v2".to_owned())));
}

#[test]
fn a_write_that_never_had_a_leader_fails_at_the_clients_own_limit() {
    let mut etcd = Etcd::new();
    etcd.crash(2);
    etcd.crash(3);
    etcd.pass(4 * SECOND);
    let program = Program {
        command_timeout_us: 20 * SECOND,
        ..Program::request(endpoints(&[1]), Request::put("k", "v2"))
    };
    let (said, took) = etcd.run_program(program);
    assert_eq!(answer(&said).unwrap_err(), "context deadline exceeded");
    assert_eq!(took, 20);
}

#[test]
fn a_linearizable_read_waits_for_the_new_leader() {
    let mut etcd = Etcd::new();
    etcd.put(&[1], "k", "1").unwrap();
    etcd.crash(1);
    assert_eq!(etcd.get(&[2], "k"), Ok(Some("1".to_owned())));
}

#[test]
fn a_member_that_starts_without_a_quorum_answers_nobody() {
    let mut etcd = Etcd::new();
    etcd.put(&[1], "k", "1").unwrap();
    for member in 1..=3 {
        etcd.crash(member);
    }
    etcd.start(2);
    etcd.pass(3 * SECOND);
    assert_eq!(
        etcd.read(&[2], "k", true).unwrap_err(),
        "context deadline exceeded"
    );
    etcd.act(Action::Restart { member: NodeId(1) });
    etcd.pass(5 * SECOND);
    assert_eq!(etcd.read(&[2], "k", true), Ok(Some("1".to_owned())));
}

#[test]
fn a_program_without_end_or_measure_is_refused() {
    use quorum::cluster::{ActionError, ClientId, ProgramRefusal};
    let mut etcd = Etcd::new();
    let program = Program::request(vec![String::new(); 257], Request::get("k", false));
    let refused = etcd.world.act(Action::Run {
        client: ClientId(0),
        program: Box::new(program),
        typed: String::new(),
    });
    assert_eq!(
        refused,
        Err(ActionError::Program(ProgramRefusal::TooMany(257)))
    );
}

/// etcd's `maxGapBetweenApplyAndCommitIndex`: the others commit on and on, but a leader whose disk
/// hangs cannot apply what it has not stored.
#[test]
fn a_member_that_has_5000_entries_to_apply_takes_no_more_writes() {
    let mut etcd = Etcd::new();
    etcd.act(Action::StallDisk { member: NodeId(1) });
    etcd.act(Action::SetLoad {
        client: ClientId(3),
        load: Some(Load {
            per_second: Load::MAX_PER_SECOND,
            reads: 0,
            swaps: 0,
            members: vec![NodeId(2), NodeId(3)],
            ..Load::default()
        }),
    });
    let early = etcd.begin(&[1], Job::Call(Call::Store(Request::put("a", "1"))));
    etcd.pass(7 * SECOND);
    let early = answer(&etcd.said(early));
    assert_eq!(early.unwrap_err(), "context deadline exceeded");
    etcd.act(Action::SetLoad {
        client: ClientId(3),
        load: None,
    });
    etcd.pass(6 * SECOND);
    etcd.facts.clear();
    let leader = etcd.world.leader().unwrap().server().unwrap().node();
    assert!(leader.commit_index().0 - leader.applied_index().0 > 5_000);
    let refused = etcd.put(&[1], "b", "1");
    assert_eq!(refused.unwrap_err(), "etcdserver: too many requests");
    // The others have applied everything, and pass writes on to the same leader.
    assert_eq!(etcd.put(&[2], "c", "1"), Ok(()));
    etcd.act(Action::ResumeDisk { member: NodeId(1) });
    etcd.pass(60 * SECOND);
    assert_eq!(etcd.put(&[1], "b", "2"), Ok(()));
    assert_eq!(etcd.get(&[2], "b"), Ok(Some("2".to_owned())));
    // What was only late, was done all the same.
    assert_eq!(etcd.get(&[1], "a"), Ok(Some("1".to_owned())));
}
