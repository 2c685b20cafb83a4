//! Leases, locks and elections.

use crate::support::{Etcd, SECOND, answer, value};
use quorum::cluster::{
    Action, Answer, AnswerBody, Call, EDITION, Elect, End, Job, Links, Lock, ProgramEvent, RunId,
    TimeToLive, WorldOptions,
};
use quorum::kv::{LeaseGrantRequest, LeaseId, PutRequest, Request, ResponseBody};
use quorum::raft::NodeId;
use quorum::raft::rules::{Rule, Rules};

fn grant(etcd: &mut Etcd, ttl: i64) -> (LeaseId, i64) {
    let id = LeaseId::NONE;
    let request = Request::LeaseGrant(LeaseGrantRequest { ttl, id });
    let answer = etcd.call(&[2], Call::Store(request)).unwrap();
    match &answer.response().unwrap().body {
        ResponseBody::LeaseGrant(lease) => (lease.id, lease.ttl),
        other => panic!("{other:?}"),
    }
}

fn put_with(etcd: &mut Etcd, key: &'static str, lease: LeaseId) {
    let put = Request::Put(PutRequest {
        key: key.into(),
        value: "v".into(),
        lease,
        ..PutRequest::default()
    });
    etcd.call(&[1], Call::Store(put)).unwrap();
}

fn left(etcd: &mut Etcd, id: LeaseId) -> (i64, usize) {
    let question = TimeToLive { id, keys: true };
    match etcd
        .call(&[3], Call::LeaseTimeToLive(question))
        .unwrap()
        .body
    {
        AnswerBody::TimeToLive { ttl, keys, .. } => (ttl, keys.len()),
        other => panic!("{other:?}"),
    }
}

#[test]
fn the_shortest_lease_lives_two_seconds_and_its_id_looks_like_etcds() {
    let mut etcd = Etcd::new();
    for (wanted, granted) in [(1, 2), (0, 2), (-5, 2), (3, 3)] {
        let (id, ttl) = grant(&mut etcd, wanted);
        assert_eq!(ttl, granted);
        let digits = format!("{:x}", id.0).len();
        assert!((14..=16).contains(&digits), "{id}");
    }
}

#[test]
fn a_lease_that_nobody_cares_for_ends_and_takes_its_keys_along() {
    let mut etcd = Etcd::new();
    let (id, _) = grant(&mut etcd, 2);
    put_with(&mut etcd, "a", id);
    put_with(&mut etcd, "b", id);
    assert_eq!(left(&mut etcd, id), (1, 2));
    etcd.pass(4 * SECOND);
    assert_eq!(etcd.get(&[1], "a"), Ok(None));
    assert_eq!(left(&mut etcd, id), (-1, 0));
    let answer = etcd
        .call(&[1], Call::Store(Request::get("b", false)))
        .unwrap();
    assert_eq!(
        answer.header.revision, 4,
        "both are deleted in one revision"
    );
}

#[test]
fn a_lease_that_is_kept_alive_through_any_member_lives_until_it_is_revoked() {
    let mut etcd = Etcd::new();
    let (id, _) = grant(&mut etcd, 3);
    put_with(&mut etcd, "a", id);
    let run = etcd.begin(&[2], Job::KeepAlive(id));
    etcd.pass(10 * SECOND);
    assert_eq!(etcd.get(&[1], "a"), Ok(Some("v".to_owned())));
    etcd.call(&[1], Call::Store(Request::LeaseRevoke(id)))
        .unwrap();
    etcd.pass(3 * SECOND);
    let said = etcd.said(run);
    assert!(matches!(said[0], ProgramEvent::KeptAlive { ttl: 3, .. }));
    assert_eq!(
        said[said.len() - 2..],
        [
            ProgramEvent::LeaseGone { id },
            ProgramEvent::Ended(End::Done)
        ]
    );
}

#[test]
fn a_new_leader_gives_leases_their_whole_time_anew() {
    let mut etcd = Etcd::new();
    let (id, _) = grant(&mut etcd, 10);
    etcd.pass(8 * SECOND);
    assert!(left(&mut etcd, id).0 <= 1);
    etcd.crash(1);
    etcd.pass(4 * SECOND);
    let left = left(&mut etcd, id).0;
    assert!((6..=11).contains(&left), "{left}");
}

/// What a program that keeps a lease alive says: the time to live, or that the lease is gone.
fn kept(etcd: &Etcd, run: RunId) -> Vec<Option<i64>> {
    let said = etcd.said(run).into_iter();
    let kept = said.filter_map(|event| match event {
        ProgramEvent::KeptAlive { ttl, .. } => Some(Some(ttl)),
        ProgramEvent::LeaseGone { .. } => Some(None),
        _ => None,
    });
    kept.collect()
}

fn cut_off_leader(etcd: &mut Etcd) {
    let links = Links::Of(NodeId(1));
    etcd.act(Action::CutLinks { links });
}

fn mend(etcd: &mut Etcd) {
    let links = Links::BetweenMembers;
    etcd.act(Action::MendLinks { links });
}

/// A lease is over, and the leader asks for its end, which cannot be committed.
fn over_while_cut_off(edition: u64) -> (Etcd, LeaseId) {
    let mut etcd = Etcd::with(WorldOptions {
        edition,
        ..WorldOptions::etcd()
    });
    let (id, _) = grant(&mut etcd, 2);
    put_with(&mut etcd, "a", id);
    // The leader looks every half second of its own clock, which began with the world.
    let over = etcd.world.now().after(2 * SECOND).0;
    let looks = over.next_multiple_of(SECOND / 2);
    etcd.pass(looks - SECOND / 5 - etcd.world.now().0);
    cut_off_leader(&mut etcd);
    etcd.pass(SECOND / 4);
    (etcd, id)
}

#[test]
fn a_lease_whose_end_is_asked_for_is_not_kept_alive_before_it_is_known_what_becomes_of_it() {
    let (mut etcd, id) = over_while_cut_off(EDITION);
    let run = etcd.begin(&[1], Job::KeepAlive(id));
    etcd.pass(SECOND / 10);
    assert_eq!(kept(&etcd, run), [], "the leader has asked for the end");
    mend(&mut etcd);
    etcd.pass(SECOND);
    assert_eq!(etcd.leader(), Some(1));
    assert_eq!(kept(&etcd, run), [None]);
    assert_eq!(etcd.get(&[1], "a"), Ok(None));
}

#[test]
fn a_lease_whose_end_was_not_committed_lives_on_under_the_next_leader() {
    let (mut etcd, id) = over_while_cut_off(EDITION);
    let run = etcd.begin(&[1], Job::KeepAlive(id));
    etcd.pass(5 * SECOND / 2);
    assert_ne!(etcd.leader(), Some(1));
    assert_eq!(kept(&etcd, run), [], "who is cut off cannot tell");
    mend(&mut etcd);
    etcd.pass(SECOND);
    assert_eq!(kept(&etcd, run)[0], Some(2));
    assert_eq!(etcd.get(&[1], "a"), Ok(Some("v".to_owned())));
}

#[test]
fn runs_of_the_first_edition_keep_a_lease_alive_whose_end_is_asked_for() {
    let (mut etcd, id) = over_while_cut_off(0);
    let run = etcd.begin(&[1], Job::KeepAlive(id));
    etcd.pass(SECOND / 10);
    assert_eq!(kept(&etcd, run), [Some(2)]);
}

/// The leader dies as soon as a client knows its lease: the others have it in their logs, and do not
/// know that it is committed.
fn granted_with_the_last_breath(edition: u64) -> (Etcd, RunId) {
    let mut etcd = Etcd::with(WorldOptions {
        edition,
        ..WorldOptions::etcd()
    });
    let (ttl, id) = (10, LeaseId(77));
    let grant = Request::LeaseGrant(LeaseGrantRequest { ttl, id });
    let run = etcd.begin(&[1], Job::Call(Call::Store(grant)));
    let applied = |etcd: &Etcd, member| {
        let server = etcd.world.member(NodeId(member)).and_then(|m| m.server());
        server.is_some_and(|server| server.store().lease(id).is_some())
    };
    while !applied(&etcd, 1) {
        etcd.world.step();
    }
    cut_off_leader(&mut etcd);
    etcd.pass(SECOND / 100);
    answer(&etcd.said(run)).unwrap();
    assert!(!applied(&etcd, 2) && !applied(&etcd, 3));
    etcd.crash(1);
    etcd.act(Action::CutLinks {
        links: Links::BetweenMembers,
    });
    etcd.pass(3 * SECOND);
    // It waits for a leader.
    let run = etcd.begin(&[2], Job::KeepAlive(id));
    etcd.pass(SECOND / 100);
    mend(&mut etcd);
    etcd.pass(5 * SECOND);
    (etcd, run)
}

#[test]
fn a_new_leader_says_nothing_of_leases_before_it_knows_all_that_were_granted() {
    let (etcd, run) = granted_with_the_last_breath(EDITION);
    assert_eq!(kept(&etcd, run)[0], Some(10));
    let (etcd, run) = granted_with_the_last_breath(0);
    assert_eq!(
        kept(&etcd, run),
        [None],
        "as runs were that were recorded before"
    );
}

#[test]
fn a_lease_is_asked_for_again_when_the_member_dies_and_a_key_is_not() {
    let cut_short = |edition, call: Call| {
        let mut etcd = Etcd::with(WorldOptions {
            edition,
            ..WorldOptions::etcd()
        });
        // It cannot be committed before the member dies.
        cut_off_leader(&mut etcd);
        let run = etcd.begin(&[1, 2, 3], Job::Patient(call));
        etcd.pass(SECOND / 10);
        etcd.crash(1);
        mend(&mut etcd);
        etcd.pass(8 * SECOND);
        answer(&etcd.said(run)).map(|_| ())
    };
    let (ttl, id) = (10, LeaseId(77));
    let grant = Request::LeaseGrant(LeaseGrantRequest { ttl, id });
    let lost = Err("error reading from server: EOF".to_owned());
    assert_eq!(cut_short(EDITION, Call::Store(grant.clone())), Ok(()));
    assert_eq!(cut_short(0, Call::Store(grant)), lost);
    assert_eq!(
        cut_short(EDITION, Call::Store(Request::put("a", "b"))),
        lost
    );
}

#[test]
fn leases_end_also_where_leaders_begin_with_no_entry_of_their_own() {
    let mut options = WorldOptions::etcd();
    options.raft.rules = Rules::all().without(Rule::NoopAtStart);
    let mut etcd = Etcd::with(options);
    let (id, _) = grant(&mut etcd, 2);
    etcd.crash(1);
    etcd.pass(10 * SECOND);
    let server = etcd.world.member(NodeId(2)).unwrap().server().unwrap();
    assert_eq!(server.store().lease(id), None);
}

#[test]
fn the_list_begins_with_the_lease_that_ends_first() {
    let mut etcd = Etcd::new();
    let leases = [500, 100, 300].map(|ttl| grant(&mut etcd, ttl).0);
    let answer = etcd.call(&[1], Call::LeaseList).unwrap();
    let wanted = vec![leases[1], leases[2], leases[0]];
    assert_eq!(answer.body, AnswerBody::Leases(wanted));
}

fn lock(hold: bool) -> Job {
    Job::Lock(Lock {
        name: "m".into(),
        ttl: 60,
        hold,
    })
}

#[test]
fn a_lock_is_held_by_one_and_then_by_the_next() {
    let mut etcd = Etcd::new();
    let first = etcd.begin(&[1], lock(true));
    etcd.pass(SECOND);
    let second = etcd.begin(&[2], lock(true));
    etcd.pass(SECOND);
    let held = |etcd: &Etcd, run| {
        let is_held = |event: &ProgramEvent| matches!(event, ProgramEvent::Locked { .. });
        etcd.said(run).iter().any(is_held)
    };
    assert!(held(&etcd, first) && !held(&etcd, second));
    assert_eq!(etcd.said(second), [ProgramEvent::Ready]);
    etcd.interrupt(first);
    etcd.pass(SECOND);
    assert!(held(&etcd, second));
    let ended = ProgramEvent::Ended(End::Interrupted);
    assert_eq!(etcd.said(first).last(), Some(&ended));
}

#[test]
fn a_lock_for_a_command_is_released_at_once() {
    let mut etcd = Etcd::new();
    let (said, _) = etcd.run(&[1], lock(false));
    let [
        ProgramEvent::Ready,
        ProgramEvent::Locked { key, .. },
        ProgramEvent::Ended(End::Done),
    ] = &said[..]
    else {
        panic!("{said:?}");
    };
    let key = String::from_utf8_lossy(key).into_owned();
    assert!(key.starts_with("m/"), "{key}");
    let answer = etcd
        .call(&[1], Call::Store(Request::get(key, false)))
        .unwrap();
    assert_eq!(value(&answer), None);
}

#[test]
fn whoever_waits_for_an_office_gets_it_when_it_is_free_and_observers_hear_of_it() {
    let mut etcd = Etcd::new();
    let elect = |proposal: &'static str| {
        Job::Elect(Elect {
            name: "job".into(),
            proposal: proposal.into(),
            ttl: 60,
        })
    };
    let alice = etcd.begin(&[1], elect("alice"));
    etcd.pass(SECOND);
    let listen = etcd.begin(&[3], Job::Observe("job".into()));
    etcd.pass(SECOND);
    let bob = etcd.begin(&[2], elect("bob"));
    etcd.pass(SECOND);
    let answers = |etcd: &Etcd, run| {
        let said = etcd.said(run).into_iter();
        let answers = said.filter_map(|event| match event {
            ProgramEvent::Answered { answer, .. } => Some(answer),
            _ => None,
        });
        answers
            .map(|answer: Answer| value(&answer).unwrap())
            .collect::<Vec<_>>()
    };
    assert_eq!(answers(&etcd, alice), ["alice"]);
    assert!(answers(&etcd, bob).is_empty());
    etcd.interrupt(alice);
    etcd.pass(SECOND);
    assert_eq!(answers(&etcd, bob), ["bob"]);
    assert_eq!(answers(&etcd, listen), ["alice", "bob"]);
}
