use super::*;
use crate::kv::{DeleteRangeRequest, LeaseId, PutRequest, Request};

/// `a` at 2, `b` at 3, `a` again at 4, `b` deleted at 5, `c` with a lease at 6.
fn past() -> Past {
    let put = |key: &'static str, value: &'static str, lease: i64| {
        Request::Put(PutRequest {
            key: key.into(),
            value: value.into(),
            lease: LeaseId(lease),
            ..PutRequest::default()
        })
    };
    let delete = Request::DeleteRange(DeleteRangeRequest {
        key: "b".into(),
        ..DeleteRangeRequest::default()
    });
    Past::of([
        put("a", "2", 0),
        put("b", "3", 0),
        put("a", "4", 0),
        delete,
        put("c", "6", 9),
    ])
}

fn kv(key: &'static str, (created, modified, version, lease): (u64, u64, u64, i64)) -> KeyValue {
    KeyValue {
        key: key.into(),
        value: modified.to_string().into(),
        create_revision: Revision(created),
        mod_revision: Revision(modified),
        version,
        lease: LeaseId(lease),
    }
}

fn everything() -> RangeRequest {
    RangeRequest {
        key: "a".into(),
        range_end: "z".into(),
        serializable: true,
        ..RangeRequest::default()
    }
}

fn found(kvs: Vec<KeyValue>) -> RangeResponse {
    RangeResponse {
        count: kvs.len() as u64,
        more: false,
        kvs,
    }
}

/// One read, answered at a revision of the store: how many promises it broke.
fn read(range: &RangeRequest, revision: u64, answer: RangeResponse) -> usize {
    let mut reads = OneRevision::default();
    let mut report = Report::default();
    let operation = OperationId(1);
    reads.called(&past(), operation, NodeId(1), range);
    let answer = Some((Revision(revision), &answer));
    reads.returned(report.at(1), &past(), operation, answer);
    report.violated().len()
}

fn at_4() -> Vec<KeyValue> {
    vec![kv("a", (2, 4, 2, 0)), kv("b", (3, 3, 1, 0))]
}

#[test]
fn any_state_that_the_cluster_was_in_will_do() {
    assert_eq!(read(&everything(), 4, found(at_4())), 0);
    assert_eq!(read(&everything(), 1, found(vec![])), 0);
    let newest = vec![kv("a", (2, 4, 2, 0)), kv("c", (6, 6, 1, 9))];
    assert_eq!(read(&everything(), 6, found(newest)), 0);
}

#[test]
fn a_state_that_never_was_is_wrong() {
    let spoil: [fn(&mut Vec<KeyValue>); 9] = [
        |kvs| kvs[0].value = "2".into(),
        |kvs| kvs[0].mod_revision = Revision(2),
        |kvs| kvs[0].version = 1,
        |kvs| kvs[1].create_revision = Revision(2),
        |kvs| kvs[1].lease = LeaseId(1),
        |kvs| kvs.swap(0, 1),
        |kvs| kvs.truncate(1),
        |kvs| kvs.push(kvs[1].clone()),
        |kvs| kvs[0] = kv("a", (2, 2, 1, 0)),
    ];
    for (number, spoil) in (0..).zip(spoil) {
        let mut kvs = at_4();
        spoil(&mut kvs);
        assert_eq!(
            read(&everything(), 4, found(kvs)),
            1,
            "spoilt in way {number}"
        );
    }
    assert_eq!(
        read(&everything(), 5, found(at_4())),
        1,
        "of another revision"
    );
    assert_eq!(read(&everything(), 7, found(at_4())), 1, "from the future");
}

#[test]
fn a_read_of_the_past_is_of_the_revision_that_was_asked_for() {
    let range = RangeRequest {
        revision: 4,
        serializable: false,
        ..everything()
    };
    assert_eq!(read(&range, 6, found(at_4())), 0);
    let newest = vec![kv("a", (2, 4, 2, 0)), kv("c", (6, 6, 1, 9))];
    assert_eq!(read(&range, 6, found(newest)), 1);
}

#[test]
fn limits_bounds_and_counts_are_minded() {
    let first = |count, more| RangeResponse {
        kvs: at_4()[..1].to_vec(),
        count,
        more,
    };
    let one = RangeRequest {
        limit: 1,
        ..everything()
    };
    assert_eq!(read(&one, 4, first(2, true)), 0);
    assert_eq!(read(&one, 4, first(2, false)), 1);
    assert_eq!(read(&one, 4, first(1, true)), 1);
    let second = RangeResponse {
        kvs: at_4()[1..].to_vec(),
        count: 2,
        more: true,
    };
    assert_eq!(read(&one, 4, second), 1, "not the first one");
    let late = RangeRequest {
        min_mod_revision: 4,
        ..everything()
    };
    assert_eq!(read(&late, 4, first(2, false)), 0);
    let count = RangeRequest {
        count_only: true,
        ..everything()
    };
    let counted = |count| RangeResponse {
        count,
        ..RangeResponse::default()
    };
    assert_eq!(read(&count, 4, counted(2)), 0);
    assert_eq!(read(&count, 4, counted(3)), 1);
    let keys = RangeRequest {
        keys_only: true,
        ..everything()
    };
    let mut bare = at_4();
    bare.iter_mut().for_each(|kv| kv.value.clear());
    assert_eq!(read(&keys, 4, found(bare)), 0);
    let descending = RangeRequest {
        sort_order: SortOrder::Descend,
        ..everything()
    };
    let mut turned = at_4();
    turned.reverse();
    assert_eq!(read(&descending, 4, found(turned)), 0);
}

/// Reads of one key at a member, one after the other or at the same time.
#[derive(Clone, Copy)]
enum Do {
    Ask(u64, u64),
    Answer(u64, u64),
    Restart(u64),
}

fn story(story: &[Do]) -> usize {
    let mut reads = OneRevision::default();
    let mut report = Report::default();
    let past = past();
    let range = RangeRequest {
        key: "b".into(),
        serializable: true,
        ..RangeRequest::default()
    };
    for (step, deed) in (1..).zip(story) {
        let report = report.at(step);
        match *deed {
            Do::Ask(operation, member) => {
                reads.called(&past, OperationId(operation), NodeId(member), &range);
            }
            Do::Answer(operation, revision) => {
                let there = (3..5).contains(&revision);
                let kvs = there.then(|| kv("b", (3, 3, 1, 0)));
                let answer = found(kvs.into_iter().collect());
                let answer = Some((Revision(revision), &answer));
                reads.returned(report, &past, OperationId(operation), answer);
            }
            Do::Restart(member) => reads.started(NodeId(member)),
        }
    }
    report.violated().len()
}

#[test]
fn a_process_never_shows_an_older_state_than_before() {
    use Do::{Answer, Ask, Restart};
    assert_eq!(
        story(&[Ask(1, 1), Answer(1, 4), Ask(2, 1), Answer(2, 4)]),
        0
    );
    assert_eq!(
        story(&[Ask(1, 1), Answer(1, 4), Ask(2, 1), Answer(2, 3)]),
        1
    );
    let another = [Ask(1, 1), Answer(1, 4), Ask(2, 2), Answer(2, 3)];
    assert_eq!(story(&another), 0, "another member may be behind");
    let again = [Ask(1, 1), Answer(1, 4), Restart(1), Ask(2, 1), Answer(2, 3)];
    assert_eq!(story(&again), 0, "so may the same one when it starts again");
    let overlap = [Ask(1, 1), Ask(2, 1), Answer(1, 4), Answer(2, 3)];
    assert_eq!(story(&overlap), 0, "answers may overtake each other");
}

#[test]
fn a_read_that_must_not_be_stale_hides_no_key_with_a_lease_either() {
    let linearizable = RangeRequest {
        serializable: false,
        ..everything()
    };
    let all = vec![kv("a", (2, 4, 2, 0)), kv("c", (6, 6, 1, 9))];
    assert_eq!(read(&linearizable, 6, found(all.clone())), 0);
    assert_eq!(read(&linearizable, 6, found(all[..1].to_vec())), 1);
}

#[test]
fn what_the_histories_judge_exactly_is_not_judged_twice() {
    let mut reads = OneRevision::default();
    let past = Past::of([Request::put("a", "1")]);
    let linearizable = RangeRequest {
        serializable: false,
        ..everything()
    };
    reads.called(&past, OperationId(1), NodeId(1), &linearizable);
    assert!(reads.open.is_empty());
    let sorted = RangeRequest {
        sort_target: SortTarget::Mod,
        ..linearizable
    };
    reads.called(&past, OperationId(2), NodeId(1), &sorted);
    assert_eq!(reads.open.len(), 1);
}
