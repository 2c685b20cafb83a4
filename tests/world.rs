//! The main job, natively: a cluster elects, replicates, answers, survives.

use quorum::cluster::{
    Action, ClientError, ClientId, Fact, OperationId, Outcome, Packet, WorldOptions,
};
use quorum::kv::{Request, ResponseBody};
use quorum::raft::{Index, Message, NodeId, Role};
use quorum::timeline::Session;

const SECOND: u64 = 1_000_000;

fn cluster(members: usize, seed: u64) -> Session {
    let mut session = Session::new(WorldOptions::with_members(members), seed).unwrap();
    session.advance(SECOND);
    assert!(
        session.world().leader().is_some(),
        "a leader within a second"
    );
    session
}

fn leader(session: &Session) -> NodeId {
    session.world().leader().expect("there is a leader").id()
}

fn follower(session: &Session) -> NodeId {
    let leader = leader(session);
    session
        .world()
        .members()
        .map(|member| member.id())
        .find(|id| *id != leader)
        .expect("there is a follower")
}

fn request(session: &mut Session, member: NodeId, request: Request) -> OperationId {
    session
        .act(Action::Request {
            client: ClientId(0),
            member,
            request,
        })
        .unwrap();
    OperationId(session.operations().len() as u64)
}

fn put(value: &'static str) -> Request {
    Request::put("name", value)
}

fn get(serializable: bool) -> Request {
    Request::get("name", serializable)
}

fn outcome(session: &Session, id: OperationId) -> Option<Outcome> {
    let operation = &session.operations()[id.0 as usize - 1];
    operation
        .returned
        .as_ref()
        .map(|(_, outcome)| outcome.clone())
}

/// The value of `name` in an answer.
fn value(session: &Session, id: OperationId) -> Option<String> {
    match outcome(session, id) {
        Some(Outcome::Answered(answer)) => {
            match &answer.response().expect("the store answered").body {
                ResponseBody::Range(range) => range
                    .kvs
                    .first()
                    .map(|kv| String::from_utf8_lossy(&kv.value).into_owned()),
                other => panic!("no answer to a read: {other:?}"),
            }
        }
        other => panic!("no answer: {other:?}"),
    }
}

fn answered(session: &Session, id: OperationId) -> bool {
    matches!(outcome(session, id), Some(Outcome::Answered(_)))
}

fn logs(session: &Session) -> Vec<Vec<(Index, u64)>> {
    session
        .world()
        .members()
        .map(|member| {
            let node = member.server().expect("all run").node();
            node.entries(..).map(|e| (e.index, e.term.0)).collect()
        })
        .collect()
}

#[test]
fn clusters_of_every_size_elect_one_leader() {
    for members in 1..=9 {
        let session = cluster(members, 42);
        let leaders = session
            .world()
            .members()
            .filter(|m| m.server().unwrap().node().role() == Role::Leader)
            .count();
        assert_eq!(leaders, 1, "{members} members");
    }
}

#[test]
fn a_write_through_a_follower_is_read_from_every_member() {
    let mut session = cluster(5, 1);
    let through = follower(&session);
    let write = request(&mut session, through, put("joe"));
    session.advance(SECOND);
    assert!(answered(&session, write));
    for id in (1..=5).map(NodeId) {
        for serializable in [false, true] {
            let read = request(&mut session, id, get(serializable));
            session.advance(SECOND / 2);
            assert_eq!(value(&session, read).as_deref(), Some("joe"), "infra{id}");
        }
    }
    let delete = request(&mut session, through, Request::delete("name"));
    session.advance(SECOND / 2);
    assert!(answered(&session, delete));
    let read = request(&mut session, through, get(false));
    session.advance(SECOND / 2);
    assert_eq!(value(&session, read), None);
}

#[test]
fn the_answer_comes_after_a_majority_has_stored_the_entry() {
    let mut session = cluster(5, 1);
    let through = leader(&session);
    let write = request(&mut session, through, put("joe"));
    while outcome(&session, write).is_none() {
        assert!(session.step());
    }
    let index = session
        .trace()
        .iter()
        .find_map(|event| match event.fact {
            Fact::Applied {
                index, operation, ..
            } if operation == Some(write) => Some(index),
            _ => None,
        })
        .unwrap();
    let copies = session
        .world()
        .members()
        .filter(|m| m.stored().entries.iter().any(|e| e.index == index))
        .count();
    assert!(copies >= 3, "{copies} copies");
}

#[test]
fn a_crashed_leader_is_replaced_and_comes_back_as_a_follower() {
    let mut session = cluster(5, 3);
    let old = leader(&session);
    let write = request(&mut session, old, put("joe"));
    session.advance(SECOND);
    assert!(answered(&session, write));
    session.act(Action::Crash { member: old }).unwrap();
    session.advance(2 * SECOND);
    assert_ne!(leader(&session), old);
    session.act(Action::Restart { member: old }).unwrap();
    session.advance(SECOND);
    let node = session
        .world()
        .member(old)
        .unwrap()
        .server()
        .unwrap()
        .node();
    assert_eq!(node.role(), Role::Follower);
    let read = request(&mut session, old, get(true));
    session.advance(SECOND);
    assert_eq!(
        value(&session, read).as_deref(),
        Some("joe"),
        "restored from its disk"
    );
}

#[test]
fn five_cut_into_three_and_two() {
    let mut session = cluster(5, 7);
    let old = leader(&session);
    let fellow = follower(&session);
    session
        .act(Action::Partition {
            groups: vec![vec![old, fellow]],
        })
        .unwrap();
    let lost = request(&mut session, old, put("john"));
    session.advance(3 * SECOND);
    assert_eq!(
        outcome(&session, lost),
        Some(Outcome::Failed(ClientError::DeadlineExceeded)),
        "the minority's client is told after its time-out"
    );
    let new = leader(&session);
    assert!(new != old && new != fellow, "the majority elected a leader");
    let kept = request(&mut session, new, put("joe"));
    session.advance(SECOND);
    assert!(answered(&session, kept), "the majority commits");
    assert_ne!(
        logs(&session)[old.0 as usize - 1],
        logs(&session)[new.0 as usize - 1]
    );
    session.act(Action::Heal).unwrap();
    session.advance(2 * SECOND);
    let logs = logs(&session);
    assert!(logs.iter().all(|log| *log == logs[0]), "{logs:?}");
    for id in (1..=5).map(NodeId) {
        let read = request(&mut session, id, get(true));
        session.advance(SECOND / 2);
        assert_eq!(
            value(&session, read).as_deref(),
            Some("joe"),
            "john is gone"
        );
    }
}

#[test]
fn a_write_without_a_leader_waits_for_one() {
    let mut session = Session::new(WorldOptions::default(), 5).unwrap();
    let write = request(&mut session, NodeId(2), put("early"));
    session.advance(SECOND);
    assert!(
        session
            .trace()
            .iter()
            .any(|e| matches!(e.fact, Fact::Held { .. }))
    );
    assert!(answered(&session, write));
}

/// A late answer to a read of the process before must not be taken for the answer to a new one.
#[test]
fn a_restarted_member_gives_its_reads_new_numbers() {
    let mut session = cluster(3, 3);
    let reader = follower(&session);
    for _ in 0..2 {
        request(&mut session, reader, get(false));
        session.advance(SECOND);
        session.act(Action::Crash { member: reader }).unwrap();
        session.act(Action::Restart { member: reader }).unwrap();
        session.advance(SECOND);
    }
    let mut numbers: Vec<u64> = session
        .trace()
        .iter()
        .filter_map(|event| match &event.fact {
            Fact::Sent { packet, .. } => match &**packet {
                Packet::Raft(envelope) => match envelope.message {
                    Message::ReadIndexRequest { read } => Some(read.id),
                    _ => None,
                },
                _ => None,
            },
            _ => None,
        })
        .collect();
    let asked = numbers.len();
    assert!(asked >= 2, "both reads went to the leader");
    numbers.sort();
    numbers.dedup();
    assert_eq!(numbers.len(), asked);
}

#[test]
fn a_replayed_recording_is_the_same_run() {
    let mut session = cluster(5, 9);
    let (l, f) = (leader(&session), follower(&session));
    session.advance(12_345);
    request(&mut session, f, put("joe"));
    for _ in 0..37 {
        session.step();
    }
    session.act(Action::Crash { member: l }).unwrap();
    session.advance(SECOND);
    session.act(Action::Restart { member: l }).unwrap();
    let replayed = session.recording().replay().unwrap();
    assert_eq!(replayed.position(), session.position());
    assert_eq!(replayed.trace_hash(), session.trace_hash());
}

#[test]
fn impossible_actions_change_nothing() {
    let mut session = cluster(3, 1);
    let before = (session.steps(), session.trace_hash());
    for action in [
        Action::Crash { member: NodeId(4) },
        Action::Restart { member: NodeId(1) },
        Action::Heal,
        Action::Partition { groups: vec![] },
        Action::Partition {
            groups: vec![vec![NodeId(1), NodeId(1)]],
        },
        Action::Partition {
            groups: vec![vec![NodeId(1), NodeId(2), NodeId(3)]],
        },
        Action::Request {
            client: ClientId(0),
            member: NodeId(1),
            request: Request::put("", "x"),
        },
    ] {
        let error = session.act(action).expect_err("impossible");
        assert!(!error.to_string().is_empty());
    }
    assert_eq!((session.steps(), session.trace_hash()), before);
    assert!(session.recording().actions.is_empty());
}
