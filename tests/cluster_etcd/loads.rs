//! Requests that clients make up by themselves.

use crate::support::{Etcd, SECOND};
use quorum::cluster::{
    Action, Call, ClientError, ClientId, Fact, KeyChoice, Load, LoadError, Outcome,
};
use quorum::kv::{Request, ResponseBody};
use std::collections::{BTreeMap, BTreeSet};

fn at_work(load: Load, seconds: u64) -> Etcd {
    let mut etcd = Etcd::new();
    etcd.act(Action::SetLoad {
        client: ClientId(3),
        load: Some(load),
    });
    etcd.pass(seconds * SECOND);
    etcd
}

fn requests(etcd: &Etcd) -> Vec<Request> {
    let calls = etcd.facts.iter().filter_map(|event| match &event.fact {
        Fact::Called { call, .. } => call.request().cloned(),
        _ => None,
    });
    calls.collect()
}

fn key(request: &Request) -> String {
    let key = match request {
        Request::Txn(txn) => &txn.compare[0].key,
        other => other.key().unwrap(),
    };
    String::from_utf8_lossy(key).into_owned()
}

#[test]
fn a_load_has_its_rate_and_its_mix() {
    let load = Load {
        per_second: 50,
        reads: 60,
        swaps: 20,
        ..Load::default()
    };
    let etcd = at_work(load, 20);
    let requests = requests(&etcd);
    let share = |is: fn(&Request) -> bool| requests.iter().filter(|r| is(r)).count();
    assert!((900..=1100).contains(&requests.len()), "{}", requests.len());
    let reads = share(|request| matches!(request, Request::Range(_)));
    let swaps = share(|request| matches!(request, Request::Txn(_)));
    assert!((540..=660).contains(&(reads * 1000 / requests.len())));
    assert!((150..=250).contains(&(swaps * 1000 / requests.len())));
}

#[test]
fn some_swaps_succeed_since_the_client_knows_what_it_saw() {
    let load = Load {
        per_second: 20,
        keys: 2,
        ..Load::default()
    };
    let etcd = at_work(load, 10);
    let succeeded = |event: &&Fact| match event {
        Fact::Returned {
            outcome: Outcome::Answered(answer),
            ..
        } => matches!(
            answer.response().map(|response| &response.body),
            Some(ResponseBody::Txn(txn)) if txn.succeeded
        ),
        _ => false,
    };
    let facts = etcd.facts.iter().map(|event| &event.fact);
    assert!(facts.filter(succeeded).count() > 5);
}

#[test]
fn keys_are_chosen_alike_or_the_first_most_often() {
    for (choice, first, last) in [
        (KeyChoice::Uniform, 80..=120, 80..=120),
        (KeyChoice::Zipf, 300..=380, 20..=50),
    ] {
        let load = Load {
            per_second: 100,
            keys: 10,
            choice,
            ..Load::default()
        };
        let etcd = at_work(load, 40);
        let mut times = BTreeMap::<String, usize>::new();
        let requests = requests(&etcd);
        for request in &requests {
            *times.entry(key(request)).or_default() += 1;
        }
        let share = |key: &str| times[key] * 1000 / requests.len();
        assert!(first.contains(&share("load/0")), "{times:?}");
        assert!(last.contains(&share("load/9")), "{times:?}");
    }
}

#[test]
fn a_load_ends_when_somebody_says_so_or_when_its_time_is_over() {
    let client = ClientId(3);
    let load = || Action::SetLoad {
        client,
        load: Some(Load::default()),
    };
    let mut etcd = Etcd::new();
    etcd.act(load());
    etcd.pass(SECOND);
    etcd.act(Action::SetLoad { client, load: None });
    let asked = requests(&etcd).len();
    assert!(asked > 5);
    etcd.pass(SECOND);
    assert_eq!(requests(&etcd).len(), asked);
    etcd.act(load().during(2 * SECOND));
    etcd.pass(2 * SECOND);
    let asked_then = requests(&etcd).len();
    assert!(asked_then > asked);
    etcd.pass(SECOND);
    assert_eq!(requests(&etcd).len(), asked_then);
}

#[test]
fn loads_that_make_no_sense_are_refused() {
    let check = |change: fn(&mut Load)| {
        let mut load = Load::default();
        change(&mut load);
        load.validate()
    };
    assert_eq!(check(|_| ()), Ok(()));
    assert_eq!(check(|load| load.per_second = 0), Err(LoadError::Rate(0)));
    assert_eq!(check(|load| load.keys = 1_001), Err(LoadError::Keys(1_001)));
    assert_eq!(check(|load| load.reads = 95), Err(LoadError::Shares(105)));
    assert_eq!(
        check(|load| load.value_bytes = 70_000),
        Err(LoadError::Value(70_000))
    );
    assert_eq!(check(|load| load.stale = 101), Err(LoadError::Share(101)));
    assert_eq!(check(|load| load.leased = 200), Err(LoadError::Share(200)));
}

#[test]
fn a_load_reads_what_may_be_stale_and_puts_with_leases_that_end() {
    let load = Load {
        per_second: 50,
        reads: 40,
        swaps: 0,
        stale: 50,
        leased: 50,
        ..Load::default()
    };
    let mut etcd = at_work(load, 20);
    let requests = requests(&etcd);
    let share = |is: &dyn Fn(&Request) -> bool| requests.iter().filter(|r| is(r)).count();
    let stale = share(&Request::is_serializable);
    assert!((150..=250).contains(&stale), "{stale}");
    let leased = share(&|request| matches!(request, Request::Put(put) if put.lease.is_some()));
    let granted = share(&|request| matches!(request, Request::LeaseGrant(_)));
    let revoked = share(&|request| matches!(request, Request::LeaseRevoke(_)));
    assert!(leased > 150, "{leased}");
    // Half of the leases that were used up are revoked, the others end by themselves.
    assert!(granted >= 15 && (granted / 3..=granted / 2).contains(&revoked));
    let failed = |fact: &Fact| {
        matches!(
            fact,
            Fact::Returned {
                outcome: Outcome::Failed(_),
                ..
            }
        )
    };
    assert!(!etcd.facts.iter().any(|event| failed(&event.fact)));
    etcd.act(Action::SetLoad {
        client: ClientId(3),
        load: None,
    });
    etcd.pass(10 * SECOND);
    let server = etcd.world.leader().and_then(|leader| leader.server());
    let left = server.expect("somebody leads").store().leases().len();
    assert_eq!(left, 0);
}

#[test]
fn what_loads_learned_later_is_written_only_where_it_says_something() {
    // The bytes of a load before it could read what is stale (50 and 10 are kept as they are, since they have no sign).
    let old = [20, 10, 0, 50, 10, 0, 0];
    assert_eq!(Load::decode(&old), Ok(Load::default()));
    assert_eq!(Load::default().encode(), old);
    let new = Load {
        stale: 5,
        ..Load::default()
    };
    assert_eq!(Load::decode(&new.encode()), Ok(new));
    assert!(Load::decode(&[20, 10, 0, 50, 10, 0, 0, 1]).is_err());
}

#[test]
fn a_load_asks_the_members_in_turn() {
    let etcd = at_work(Load::default(), 3);
    let members = etcd.facts.iter().filter_map(|event| match &event.fact {
        Fact::Called { call, member, .. } if matches!(**call, Call::Store(_)) => Some(member.0),
        _ => None,
    });
    let members: Vec<u64> = members.take(6).collect();
    assert_eq!(members, [1, 2, 3, 1, 2, 3]);
}

/// Of the operations of a load: which member was asked, whether it writes, and what came of it.
fn operations(etcd: &Etcd) -> Vec<(u64, bool, Option<Outcome>)> {
    let mut operations = BTreeMap::new();
    for event in &etcd.facts {
        match &event.fact {
            Fact::Called {
                operation,
                member,
                call,
                ..
            } => {
                operations.insert(*operation, (member.0, call.is_write(), None));
            }
            Fact::Returned {
                operation, outcome, ..
            } => operations.get_mut(operation).unwrap().2 = Some(outcome.clone()),
            _ => {}
        }
    }
    operations.into_values().collect()
}

/// clientv3: what reads is asked again elsewhere, and a member whose connection is gone is passed
/// over; what writes is not asked twice.
#[test]
fn a_load_goes_on_at_the_members_that_are_there() {
    let load = Load {
        per_second: 50,
        reads: 50,
        swaps: 0,
        ..Load::default()
    };
    let mut etcd = at_work(load, 2);
    etcd.facts.clear();
    etcd.crash(3);
    etcd.pass(4 * SECOND);
    let all = operations(&etcd);
    let failed: Vec<_> = all
        .iter()
        .filter(|(_, _, outcome)| matches!(outcome, Some(Outcome::Failed(_))))
        .collect();
    let at_the_dead: Vec<_> = all.iter().filter(|(member, ..)| *member == 3).collect();
    // About 200 requests: of those that would have gone to infra3, some tell the client that it is
    // gone, at first, after one second and after 1.6 more.
    assert!(all.len() > 150, "{}", all.len());
    assert!((1..=12).contains(&at_the_dead.len()), "{at_the_dead:?}");
    assert!(failed.iter().all(|(member, ..)| *member == 3), "{failed:?}");
    let reads_lost = at_the_dead.iter().filter(|(_, write, _)| !write).count();
    let writes_lost = at_the_dead.iter().filter(|(_, write, _)| *write).count();
    assert!(reads_lost + writes_lost == at_the_dead.len());
    // It comes back, and so do its requests.
    etcd.facts.clear();
    etcd.start(3);
    etcd.pass(6 * SECOND);
    let all = operations(&etcd);
    let answered = |(member, _, outcome): &&(u64, bool, Option<Outcome>)| {
        *member == 3 && matches!(outcome, Some(Outcome::Answered(_)))
    };
    assert!(all.iter().filter(answered).count() > 40);
}

/// Reads that one member cannot answer are answered by another; writes are lost, and not repeated.
#[test]
fn reads_of_a_load_survive_a_crash_and_writes_do_not() {
    for (reads, lost) in [(100, 0..=0), (0, 1..=300)] {
        let load = Load {
            per_second: 100,
            reads,
            swaps: 0,
            ..Load::default()
        };
        let mut etcd = at_work(load, 2);
        etcd.facts.clear();
        let calls_before = requests(&etcd).len();
        assert_eq!(calls_before, 0);
        etcd.crash(1);
        etcd.pass(10 * SECOND);
        etcd.act(Action::SetLoad {
            client: ClientId(3),
            load: None,
        });
        etcd.pass(6 * SECOND);
        // Who asked a question in vain, and did not ask again?
        let all = operations(&etcd);
        let unanswered = all
            .iter()
            .filter(|(_, _, outcome)| !matches!(outcome, Some(Outcome::Answered(_))))
            .count();
        let asked = all.len();
        if reads == 100 {
            // Each failure was followed by another try: more calls than requests.
            assert!(unanswered > 0, "nothing failed");
            let answered = asked - unanswered;
            assert!((900..=1100).contains(&answered), "{answered} of {asked}");
        } else {
            // What was passed on to the leader that is gone, until there is another one.
            assert!(lost.contains(&unanswered), "{unanswered} of {asked}");
            assert!((900..=1100).contains(&asked), "{asked}");
        }
    }
}

#[test]
fn a_write_that_reached_nobody_goes_to_the_next_member() {
    let load = Load {
        per_second: 1,
        reads: 0,
        swaps: 0,
        ..Load::default()
    };
    let mut etcd = at_work(load, 5);
    while etcd.world.waiting().count() > 0 {
        etcd.pass(SECOND / 1_000);
    }
    etcd.crash(3);
    etcd.pass(20 * SECOND);
    let count = |is: fn(&Outcome) -> bool| {
        let facts = etcd.facts.iter().filter(|event| match &event.fact {
            Fact::Returned { outcome, .. } => is(outcome),
            _ => false,
        });
        facts.count()
    };
    let refused = Outcome::Failed(ClientError::ConnectionRefused);
    assert!(etcd.facts.iter().any(|event| {
        matches!(&event.fact, Fact::Returned { outcome, .. } if *outcome == refused)
    }));
    let writes: BTreeSet<Vec<u8>> = requests(&etcd).iter().map(Request::encode).collect();
    let answered = count(|outcome| matches!(outcome, Outcome::Answered(_)));
    assert_eq!(answered + etcd.world.waiting().count(), writes.len());
}
