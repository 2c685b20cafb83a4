//! Watches: ordered, complete, and carried over from member to member.

use crate::support::{Etcd, SECOND};
use quorum::cluster::{
    Action, AnswerBody, Call, End, Input, Job, ProgramError, ProgramEvent, RunId, WatchAnswer,
    WatchRequest,
};
use quorum::kv::{CompactionRequest, EventType, Request};

fn watch(key: &'static str, start_revision: i64) -> WatchRequest {
    WatchRequest {
        key: key.into(),
        start_revision,
        ..WatchRequest::default()
    }
}

/// What a watch told: `k=v@revision` or `-k@revision`, a message of events at a time.
fn told(etcd: &Etcd, run: RunId) -> Vec<String> {
    let said = etcd.said(run).into_iter();
    said.filter_map(|event| match event {
        ProgramEvent::Watched { answer, .. } => match answer.body {
            AnswerBody::Watch(part) => Some(line(&part)),
            other => panic!("{other:?}"),
        },
        _ => None,
    })
    .collect()
}

fn line(part: &WatchAnswer) -> String {
    if let Some(reason) = &part.canceled {
        return format!("{reason} ({})", part.compact_revision);
    }
    let events = part.events.iter().map(|event| {
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        let (key, at) = (text(&event.kv.key), event.kv.mod_revision.0);
        match event.kind {
            EventType::Put => format!("{key}={}@{at}", text(&event.kv.value)),
            EventType::Delete => format!("-{key}@{at}"),
        }
    });
    events.collect::<Vec<_>>().join(" ")
}

#[test]
fn a_watch_tells_what_happens_from_now_on_and_nothing_twice() {
    let mut etcd = Etcd::new();
    etcd.put(&[1], "k", "before").unwrap();
    let run = etcd.begin(&[2], Job::Watch(vec![watch("k", 0)]));
    etcd.pass(SECOND);
    assert_eq!(etcd.said(run), [ProgramEvent::Ready]);
    etcd.put(&[1], "k", "1").unwrap();
    etcd.put(&[1], "other", "1").unwrap();
    etcd.call(&[3], Call::Store(Request::delete("k"))).unwrap();
    etcd.pass(SECOND);
    assert_eq!(told(&etcd, run), ["k=1@3", "-k@5"]);
}

#[test]
fn a_watch_from_the_past_tells_all_of_it() {
    let mut etcd = Etcd::new();
    for value in ["1", "2", "3"] {
        etcd.put(&[1], "k", value).unwrap();
    }
    let run = etcd.begin(&[1], Job::Watch(vec![watch("k", 3)]));
    etcd.pass(SECOND);
    assert_eq!(told(&etcd, run), ["k=2@3 k=3@4"]);
}

#[test]
fn a_watch_of_what_is_compacted_ends_with_the_revision() {
    let mut etcd = Etcd::new();
    for value in ["1", "2", "3"] {
        etcd.put(&[1], "k", value).unwrap();
    }
    let compaction = CompactionRequest {
        revision: 4,
        physical: false,
    };
    etcd.call(&[1], Call::Store(Request::Compaction(compaction)))
        .unwrap();
    let (said, _) = etcd.run(&[1], Job::Watch(vec![watch("k", 2)]));
    let Some(ProgramEvent::Ended(End::Failed(ProgramError::WatchCanceled))) = said.last() else {
        panic!("{said:?}");
    };
    assert_eq!(
        told(&etcd, RunId(5)),
        ["etcdserver: mvcc: required revision has been compacted (4)"]
    );
}

#[test]
fn a_watch_goes_on_at_another_member_and_misses_nothing() {
    let mut etcd = Etcd::new();
    let run = etcd.begin(&[2, 3], Job::Watch(vec![watch("k", 0)]));
    etcd.pass(SECOND);
    etcd.put(&[1], "k", "1").unwrap();
    etcd.crash(2);
    etcd.put(&[1], "k", "2").unwrap();
    etcd.put(&[1], "k", "3").unwrap();
    etcd.pass(SECOND);
    assert_eq!(told(&etcd, run).join(" "), "k=1@2 k=2@3 k=3@4");
}

#[test]
fn a_watch_notices_that_its_link_is_dead() {
    use quorum::cluster::{Address, ClientId, Links};
    use quorum::raft::NodeId;
    let mut etcd = Etcd::new();
    let run = etcd.begin(&[2, 3], Job::Watch(vec![watch("k", 0)]));
    etcd.pass(SECOND);
    let (client, member) = (Address::Client(ClientId(0)), Address::Member(NodeId(2)));
    let links = Links::between(client, member);
    etcd.act(Action::CutLinks { links });
    etcd.put(&[1], "k", "1").unwrap();
    etcd.pass(SECOND);
    assert!(told(&etcd, run).is_empty());
    etcd.pass(10 * SECOND);
    assert_eq!(told(&etcd, run), ["k=1@2"]);
}

#[test]
fn a_watch_survives_an_election_but_not_three_seconds_without_a_leader() {
    let mut etcd = Etcd::new();
    let run = etcd.begin(&[2], Job::Watch(vec![watch("k", 0)]));
    etcd.pass(SECOND);
    etcd.crash(1);
    etcd.pass(5 * SECOND);
    etcd.put(&[2], "k", "1").unwrap();
    etcd.pass(SECOND);
    assert_eq!(told(&etcd, run), ["k=1@2"]);
    etcd.crash(3);
    etcd.pass(6 * SECOND);
    assert_eq!(told(&etcd, run), ["k=1@2", "etcdserver: no leader (0)"]);
    let (said, took) = etcd.run(&[2], Job::Watch(vec![watch("k", 0)]));
    assert_eq!(took, 0, "a new one is refused at once");
    let failed = ProgramEvent::Ended(End::Failed(ProgramError::WatchCanceled));
    assert_eq!(said.last(), Some(&failed));
}

#[test]
fn watches_can_be_added_and_asked_for_progress() {
    let mut etcd = Etcd::new();
    let run = etcd.begin(&[1], Job::Watch(vec![watch("a", 0)]));
    etcd.pass(SECOND);
    let input = Input::Watch(watch("b", 0));
    etcd.act(Action::Feed { run, input });
    etcd.pass(SECOND);
    etcd.put(&[1], "b", "1").unwrap();
    etcd.pass(SECOND);
    etcd.act(Action::Feed {
        run,
        input: Input::Progress,
    });
    etcd.pass(SECOND);
    assert_eq!(told(&etcd, run), ["b=1@2", "", ""]);
    etcd.interrupt(run);
    let said = etcd.said(run);
    assert_eq!(said.last(), Some(&ProgramEvent::Ended(End::Interrupted)));
}
