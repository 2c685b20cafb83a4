//! Version 2 of the interface.

use crate::support::{Etcd, SECOND};
use quorum::cluster::{
    AnswerBody, Call, End, Job, ProgramError, ProgramEvent, RunId, V2Failure, V2Job, V2Wait,
};
use quorum::kv::{Request, ResponseBody, V2Event, V2Method, V2Request, V2Response};

fn set(path: &str, value: &str, ttl_us: u64) -> Call {
    Call::Store(Request::V2(V2Request {
        method: V2Method::Put,
        path: path.to_owned(),
        value: value.to_owned(),
        expiration: ttl_us,
        ..V2Request::default()
    }))
}

fn get(path: &str) -> V2Request {
    V2Request {
        path: path.to_owned(),
        ..V2Request::default()
    }
}

fn events(said: &[ProgramEvent]) -> Vec<V2Response> {
    let answers = said.iter().filter_map(|event| match event {
        ProgramEvent::Answered { answer, .. } => Some(&answer.body),
        _ => None,
    });
    let responses = answers.filter_map(|body| match body {
        AnswerBody::V2(response) => Some(response.clone()),
        AnswerBody::Store(response) => match &response.body {
            ResponseBody::V2(response) => Some(response.clone()),
            _ => None,
        },
        _ => None,
    });
    responses.collect()
}

fn done(etcd: &mut Etcd, call: Call) -> V2Event {
    let (said, _) = etcd.run(&[1], Job::V2(V2Job::Call(call)));
    match &events(&said)[..] {
        [V2Response::Event(event)] => V2Event::clone(event),
        other => panic!("{other:?} {said:?}"),
    }
}

#[test]
fn the_first_write_of_a_fresh_cluster_of_three_gets_index_8() {
    let mut etcd = Etcd::new();
    let event = done(&mut etcd, set("/k", "v", 0));
    assert_eq!(event.node.modified_index, 8);
    let event = done(&mut etcd, Call::V2Get(get("/k")));
    assert_eq!(event.node.value.as_deref(), Some("v"));
    let event = done(&mut etcd, Call::Store(Request::V2(get("/k"))));
    assert_eq!(event.node.value.as_deref(), Some("v"));
}

#[test]
fn a_key_with_a_time_to_live_vanishes() {
    let mut etcd = Etcd::new();
    let event = done(&mut etcd, set("/x", "1", SECOND));
    assert_eq!(event.node.ttl, 1);
    etcd.pass(3 * SECOND);
    let (said, _) = etcd.run(&[1], Job::V2(V2Job::Call(Call::V2Get(get("/x")))));
    let [V2Response::Error(error)] = &events(&said)[..] else {
        panic!("{said:?}");
    };
    assert_eq!((error.code, error.index), (100, 9));
}

#[test]
fn a_watch_ends_after_one_change_unless_it_goes_on_for_ever() {
    let mut etcd = Etcd::new();
    let wait = V2Wait {
        key: "/w".to_owned(),
        ..V2Wait::default()
    };
    let once = etcd.begin(&[2], Job::V2(V2Job::Watch(wait.clone())));
    let forever = etcd.begin(&[2], Job::V2(V2Job::WatchForever(wait)));
    etcd.pass(SECOND);
    for value in ["1", "2", "3"] {
        done(&mut etcd, set("/w", value, 0));
    }
    etcd.pass(SECOND);
    let values = |run: RunId| -> Vec<String> {
        let events = events(&etcd.said(run)).into_iter();
        let values = events.map(|response| match response {
            V2Response::Event(event) => event.node.value.unwrap(),
            other => panic!("{other:?}"),
        });
        values.collect()
    };
    assert_eq!(values(once), ["1"]);
    assert_eq!(values(forever), ["1", "2", "3"]);
}

#[test]
fn each_endpoint_that_gives_no_answer_is_told() {
    let mut etcd = Etcd::new();
    etcd.crash(2);
    etcd.crash(3);
    etcd.pass(4 * SECOND);
    let (said, took) = etcd.run(&[1], Job::V2(V2Job::Call(set("/k", "v", 0))));
    let Some(ProgramEvent::Ended(End::Failed(ProgramError::Unavailable { at_sync, endpoints }))) =
        said.last()
    else {
        panic!("{said:?}");
    };
    let what: Vec<V2Failure> = endpoints.iter().map(|(_, what)| *what).collect();
    assert!(!at_sync);
    assert_eq!(
        what,
        [
            V2Failure::HeaderTimeout,
            V2Failure::Refused,
            V2Failure::Refused
        ]
    );
    assert_eq!(took, 2);
    etcd.crash(1);
    let (said, _) = etcd.run(&[1], Job::V2(V2Job::Members));
    let failed = |event: &ProgramEvent| {
        matches!(
            event,
            ProgramEvent::Ended(End::Failed(ProgramError::Unavailable { at_sync: true, .. }))
        )
    };
    assert!(said.last().is_some_and(failed), "{said:?}");
}

#[test]
fn the_health_of_the_cluster_is_asked_of_each_member() {
    let mut etcd = Etcd::new();
    etcd.crash(3);
    etcd.pass(SECOND);
    let (said, _) = etcd.run(&[1], Job::V2(V2Job::ClusterHealth));
    let healthy = |event: &ProgramEvent| match event {
        ProgramEvent::Answered { answer, .. } => Some(answer.body == AnswerBody::Health(true)),
        ProgramEvent::Failed { error, .. } => {
            assert_eq!(*error, ProgramError::V2(V2Failure::Refused));
            None
        }
        _ => Some(false),
    };
    let told: Vec<Option<bool>> = said.iter().map(healthy).collect();
    let list = Some(false);
    assert_eq!(told, [list, Some(true), Some(true), None, Some(false)]);
}
