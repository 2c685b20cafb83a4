//! The checkers on whole runs: silent while all rules of Raft are in force, and not silent
//! without them.

use quorum::cluster::{
    Action, ClientId, Fact, Job, Program, Property, Violation, WatchRequest, WorldOptions,
    usual_client_url,
};
use quorum::kv::{DeleteRangeRequest, PutRequest, RangeRequest, Request, RequestOp, TxnRequest};
use quorum::raft::NodeId;
use quorum::raft::rules::{Rule, Rules};
use quorum::timeline::Session;

const SECOND: u64 = 1_000_000;

fn session(members: usize, seed: u64, rules: Rules) -> Session {
    let mut options = WorldOptions::with_members(members);
    options.raft.rules = rules;
    Session::new(options, seed).expect("the options make sense")
}

fn violations(session: &Session) -> Vec<&Violation> {
    let found = session
        .trace()
        .iter()
        .filter_map(|event| match &event.fact {
            Fact::Violated(violation) => Some(&**violation),
            _ => None,
        });
    found.collect()
}

/// Clients write and read through all members while members crash and the network splits.
fn rough_day(session: &mut Session) {
    let members: Vec<NodeId> = session.options().member_ids().collect();
    for round in 0..30 {
        let member = members[round % members.len()];
        if round % 10 == 0 {
            watch(session, &members);
        }
        for _ in 0..4 {
            for (client, member) in (0..).zip(&members) {
                put(session, client, *member);
            }
            session.advance(SECOND / 20);
        }
        let fault = match round % 5 {
            0 => Action::Crash { member },
            1 => Action::Partition {
                groups: vec![vec![member, members[(round + 1) % members.len()]]],
            },
            2 => Action::TimeOutNow { member },
            _ => Action::Heal,
        };
        // Whatever is impossible now is left out.
        let _ = session.act(fault);
        session.advance(SECOND / 4);
        for member in &members {
            let _ = session.act(Action::Restart { member: *member });
        }
    }
    session.advance(SECOND * 3);
}

/// Client Z watches, from the beginning on.
fn watch(session: &mut Session, members: &[NodeId]) {
    let request = WatchRequest {
        key: "name".into(),
        start_revision: 1,
        prev_kv: true,
        ..WatchRequest::default()
    };
    let endpoints = members.iter().copied().map(usual_client_url).collect();
    let program = Program::new(endpoints, Job::Watch(vec![request]));
    let run = Action::Run {
        client: ClientId(ClientId::COUNT - 1),
        program: Box::new(program),
        typed: String::new(),
    };
    session.act(run).expect("there is room for a program");
}

fn put(session: &mut Session, client: u8, member: NodeId) {
    let request = Request::put("name", format!("{client} {}", session.steps()));
    let range = Request::get("name", false);
    let stale = Request::get("name", true);
    for request in [request, range, stale] {
        let client = ClientId(client);
        let asked = session.act(Action::Request {
            client,
            member,
            request,
        });
        asked.expect("members exist");
    }
}

#[test]
fn with_all_rules_nothing_is_violated_and_everything_is_checked() {
    let mut checked = [0; Property::ALL.len()];
    for seed in 0..6 {
        for members in [3, 5] {
            let mut session = session(members, seed, Rules::all());
            rough_day(&mut session);
            assert_eq!(violations(&session), Vec::<&Violation>::new());
            for (sum, property) in checked.iter_mut().zip(Property::ALL) {
                *sum += session.checker().count(property).checked;
            }
        }
    }
    assert!(checked.iter().all(|times| *times > 0), "{checked:?}");
}

#[test]
fn without_a_majority_two_leaders_are_found_and_the_run_goes_on() {
    let found = (0..20).find_map(|seed| {
        let mut session = session(4, seed, Rules::all().without(Rule::MajorityQuorum));
        rough_day(&mut session);
        let safety = |found: &&Violation| found.property == Property::ElectionSafety;
        let violation = violations(&session).into_iter().find(safety)?.clone();
        Some((session, violation))
    });
    let (session, violation) = found.expect("four members elect two leaders in one term");
    assert!(violation.later.step < session.steps(), "the run goes on");
    assert!(session.checker().is_violated(), "the verdict stays");
    let told = session.trace().iter().find(|event| match &event.fact {
        Fact::Violated(found) => **found == violation,
        _ => false,
    });
    let told = told.expect("a violation is an event of the trace");
    assert_eq!(
        (told.step, told.time),
        (violation.later.step, violation.later.time)
    );
}

/// etcd lets a transaction put keys and delete all keys from one on: a key may change twice in one
/// revision.
#[test]
fn a_key_that_changes_twice_in_one_revision_violates_nothing() {
    let mut session = session(3, 1, Rules::all());
    let members: Vec<NodeId> = session.options().member_ids().collect();
    session.advance(SECOND);
    watch(&mut session, &members);
    let put = |value: &'static str| {
        RequestOp::Put(PutRequest {
            key: "name".into(),
            value: value.into(),
            ..PutRequest::default()
        })
    };
    let delete = || {
        RequestOp::DeleteRange(DeleteRangeRequest {
            key: "a".into(),
            range_end: "\0".into(),
            prev_kv: true,
        })
    };
    let branches = [
        vec![put("1"), delete()],
        vec![put("2")],
        vec![delete(), put("3")],
        vec![delete(), put("4"), delete()],
        vec![put("5")],
    ];
    for (client, success) in (0..).zip(branches) {
        let request = Request::Txn(TxnRequest {
            success,
            ..TxnRequest::default()
        });
        let (client, member) = (ClientId(client), members[usize::from(client % 3)]);
        let gets = [Request::get("name", false), Request::get("name", true)];
        for request in [request].into_iter().chain(gets) {
            let asked = Action::Request {
                client,
                member,
                request,
            };
            session.act(asked).unwrap();
            session.advance(SECOND);
        }
    }
    for revision in 1..=6 {
        let asked = Action::Request {
            client: ClientId(0),
            member: members[0],
            request: Request::Range(RangeRequest {
                key: "name".into(),
                revision,
                ..RangeRequest::default()
            }),
        };
        session.act(asked).unwrap();
        session.advance(SECOND);
    }
    let _ = session.act(Action::Crash { member: members[1] });
    session.advance(SECOND);
    session.act(Action::Restart { member: members[1] }).unwrap();
    watch(&mut session, &members);
    session.advance(2 * SECOND);
    assert!(
        violations(&session).is_empty(),
        "{:?}",
        violations(&session)
    );
    let store = |id| {
        session
            .world()
            .member(id)
            .unwrap()
            .server()
            .unwrap()
            .store()
            .clone()
    };
    assert_eq!(store(members[0]).get(b"name").unwrap().value, "5");
    assert_eq!(store(members[0]).revision().0, 6);
}
