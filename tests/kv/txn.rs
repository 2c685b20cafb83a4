//! Transactions (`txn`, `txn-interactive`).

use super::support::*;
use quorum::kv::{
    Compare, CompareResult, CompareTarget, DeleteRangeRequest, LeaseId, PutRequest, RangeRequest,
    Request, RequestOp, Response, ResponseBody, Revision, Store, TxnRequest, TxnResponse,
};

fn compare(key: &'static str, target: CompareTarget, result: CompareResult) -> Compare {
    Compare {
        key: key.into(),
        result,
        target,
        ..Compare::default()
    }
}

fn txn(compare: Vec<Compare>, success: Vec<RequestOp>, failure: Vec<RequestOp>) -> TxnRequest {
    TxnRequest {
        compare,
        success,
        failure,
    }
}

fn put_op(key: &'static str, value: &'static str) -> RequestOp {
    RequestOp::Put(put_with(key, value))
}

fn get_op(key: &'static str) -> RequestOp {
    RequestOp::Range(range(key, ""))
}

fn run(store: &mut Store, txn: TxnRequest) -> TxnResponse {
    match did(store, Request::Txn(txn)).body {
        ResponseBody::Txn(txn) => txn,
        other => panic!("no answer to a transaction: {other:?}"),
    }
}

fn holds(store: &mut Store, compares: Vec<Compare>) -> bool {
    run(store, txn(compares, vec![], vec![])).succeeded
}

use CompareResult::{Equal, Greater, Less, NotEqual};
use CompareTarget::{Create, Lease, Mod, Value, Version};

#[test]
fn every_target_compares_in_every_way() {
    let mut store = Store::default();
    let lease = grant(&mut store, 7, 60);
    put(&mut store, "k", "1");
    put(&mut store, "k", "b");
    let leased = PutRequest {
        lease,
        ..put_with("k", "b")
    };
    did(&mut store, Request::Put(leased));
    type Target = fn(i64) -> CompareTarget;
    let numbers: [(Target, i64); 4] = [(Version, 3), (Create, 2), (Mod, 4), (Lease, 7)];
    for (target, is) in numbers {
        for (result, holding) in [
            (Equal, [false, true, false]),
            (NotEqual, [true, false, true]),
            (Greater, [true, false, false]),
            (Less, [false, false, true]),
        ] {
            let given = [is - 1, is, is + 1];
            let found =
                given.map(|given| holds(&mut store, vec![compare("k", target(given), result)]));
            assert_eq!(found, holding, "{:?} {result:?}", target(is));
        }
    }
    for (value, result, holding) in [
        ("b", Equal, true),
        ("a", Greater, true),
        ("c", Less, true),
        ("b", NotEqual, false),
    ] {
        let compare = compare("k", Value(value.into()), result);
        assert_eq!(holds(&mut store, vec![compare]), holding);
    }
    assert_eq!(store.revision(), Revision(4), "comparing changes nothing");
}

#[test]
fn a_missing_key_has_0_everywhere_and_no_value_at_all() {
    let mut store = Store::default();
    for target in [Version(0), Create(0), Mod(0), Lease(0)] {
        assert!(holds(&mut store, vec![compare("none", target, Equal)]));
    }
    for result in [Equal, NotEqual, Greater, Less] {
        let empty = compare("none", Value("".into()), result);
        assert!(!holds(&mut store, vec![empty]), "{result:?}");
    }
}

#[test]
fn a_comparison_of_a_range_must_hold_for_all_its_keys() {
    let mut store = Store::default();
    put(&mut store, "a", "x");
    put(&mut store, "b", "x");
    let same = |range_end: &'static str| Compare {
        range_end: range_end.into(),
        ..compare("a", Value("x".into()), Equal)
    };
    assert!(holds(&mut store, vec![same("c")]));
    put(&mut store, "b", "y");
    assert!(!holds(&mut store, vec![same("c")]));
    assert!(holds(&mut store, vec![same("b")]));
    assert!(!holds(&mut store, vec![same("\0")]));
}

#[test]
fn all_changes_share_one_revision_and_later_operations_see_earlier_ones() {
    let mut store = Store::default();
    put(&mut store, "key1", "overwrote-key1");
    let done = run(
        &mut store,
        txn(
            vec![compare("key1", Version(1), Equal)],
            vec![
                get_op("key1"),
                put_op("key3", "three"),
                RequestOp::DeleteRange(del("key1", "")),
                get_op("key1"),
                get_op("key3"),
            ],
            vec![],
        ),
    );
    assert!(done.succeeded);
    let found: Vec<(u64, Vec<String>)> = done
        .responses
        .iter()
        .filter_map(|response| match &response.body {
            ResponseBody::Range(range) => Some((response.revision.0, pairs(range))),
            _ => None,
        })
        .collect();
    let before = vec!["key1=overwrote-key1".to_owned()];
    let after = vec!["key3=three".to_owned()];
    // Before anything has changed, the revision is still the old one.
    assert_eq!(found, [(2, before), (3, vec![]), (3, after)]);
    assert_eq!(store.revision(), Revision(3));
}

#[test]
fn a_read_at_a_revision_does_not_see_the_transaction() {
    let mut store = Store::default();
    put(&mut store, "k", "old");
    let old = RangeRequest {
        revision: 2,
        ..range("k", "")
    };
    let done = run(
        &mut store,
        txn(
            vec![],
            vec![put_op("k", "new"), RequestOp::Range(old)],
            vec![],
        ),
    );
    match &done.responses[1].body {
        ResponseBody::Range(range) => assert_eq!(pairs(range), ["k=old"]),
        other => panic!("{other:?}"),
    }
}

#[test]
fn what_changes_nothing_makes_no_revision() {
    let mut store = Store::default();
    put(&mut store, "a", "1");
    let nothing = RequestOp::DeleteRange(del("b", ""));
    run(&mut store, txn(vec![], vec![nothing, get_op("a")], vec![]));
    run(&mut store, txn(vec![], vec![], vec![put_op("a", "2")]));
    assert_eq!(store.revision(), Revision(2));
}

#[test]
fn writing_a_key_twice_is_refused() {
    let mut store = Store::default();
    let nested = |success, failure| RequestOp::Txn(txn(vec![], success, failure));
    let by_prefix = || RequestOp::DeleteRange(del("a", "z"));
    for ops in [
        vec![put_op("dup", "1"), put_op("dup", "2")],
        vec![put_op("p", "1"), RequestOp::DeleteRange(del("p", ""))],
        vec![by_prefix(), put_op("k", "1")],
        vec![put_op("k", "1"), nested(vec![put_op("k", "2")], vec![])],
        vec![put_op("k", "1"), nested(vec![], vec![by_prefix()])],
    ] {
        for branches in [(ops.clone(), vec![]), (vec![], ops)] {
            let words = refused(
                &mut store,
                Request::Txn(txn(vec![], branches.0, branches.1)),
            );
            assert_eq!(words, "etcdserver: duplicate key given in txn request");
        }
    }
    // Deleting twice is fine, and so is a key in branches that exclude each other.
    put(&mut store, "k", "0");
    let either = nested(vec![put_op("x", "1")], vec![put_op("x", "2")]);
    let fine = vec![by_prefix(), RequestOp::DeleteRange(del("k", ""))];
    run(&mut store, txn(vec![], fine, vec![]));
    run(
        &mut store,
        txn(vec![], vec![either], vec![put_op("x", "3")]),
    );
    assert_eq!(store.get(b"x").unwrap().value, "1");
}

/// What `del KEY --from-key` asks for.
fn delete_from(key: &'static str) -> RequestOp {
    RequestOp::DeleteRange(DeleteRangeRequest {
        key: key.into(),
        range_end: "\0".into(),
        ..DeleteRangeRequest::default()
    })
}

#[test]
fn all_keys_from_one_on_can_be_deleted_beside_puts_one_operation_after_the_other() {
    let mut store = Store::default();
    put(&mut store, "a", "before");
    put(&mut store, "z", "before");
    let ops = vec![delete_from("a"), put_op("b", "1"), get_op("b")];
    let done = run(&mut store, txn(vec![], ops, vec![]));
    let deleted = |response: &Response| match &response.body {
        ResponseBody::DeleteRange(delete) => delete.deleted,
        other => panic!("{other:?}"),
    };
    assert_eq!(deleted(&done.responses[0]), 2);
    assert_eq!(store.get(b"b").unwrap().version, 1);
    let ops = vec![put_op("c", "2"), delete_from("b"), get_op("c")];
    let done = run(&mut store, txn(vec![], ops, vec![]));
    assert_eq!(
        deleted(&done.responses[1]),
        2,
        "what was just put goes, too"
    );
    assert_eq!((store.iter().count(), store.revision().0), (0, 5));
    let history: Vec<u64> = store.history(b"c").map(|kv| kv.version).collect();
    assert_eq!(history, [1, 0], "both in one revision");
}

#[test]
fn nothing_is_kept_of_what_all_keys_from_one_on_are_deleted_with() {
    let mut store = Store::default();
    put(&mut store, "b", "1");
    let keeps = RequestOp::Put(PutRequest {
        key: "b".into(),
        ignore_value: true,
        ..PutRequest::default()
    });
    for ops in [
        vec![delete_from("a"), keeps.clone()],
        vec![keeps, delete_from("a")],
    ] {
        let request = Request::Txn(txn(vec![], ops, vec![]));
        assert_eq!(
            refused(&mut store, request),
            "etcdserver: duplicate key given in txn request"
        );
    }
}

#[test]
fn nested_comparisons_look_at_the_state_before_the_transaction() {
    let mut store = Store::default();
    let inner = txn(
        vec![compare("new", Version(0), Equal)],
        vec![put_op("seen", "old")],
        vec![put_op("seen", "new")],
    );
    let ops = vec![put_op("new", "1"), RequestOp::Txn(inner)];
    let done = run(&mut store, txn(vec![], ops, vec![]));
    assert_eq!(store.get(b"seen").unwrap().value, "old");
    assert_eq!(done.responses[1].revision, Revision(0), "as etcd's header");
}

#[test]
fn what_would_fail_fails_before_anything_is_written() {
    let mut store = Store::default();
    put(&mut store, "k", "0");
    let with = |op: RequestOp| Request::Txn(txn(vec![], vec![put_op("a", "1"), op], vec![]));
    let no_lease = PutRequest {
        lease: LeaseId(7),
        ..put_with("b", "1")
    };
    let words = refused(&mut store, with(RequestOp::Put(no_lease.clone())));
    assert_eq!(words, "etcdserver: requested lease not found");
    let no_key = PutRequest {
        ignore_lease: true,
        ..put_with("none", "1")
    };
    let words = refused(&mut store, with(RequestOp::Put(no_key)));
    assert_eq!(words, "etcdserver: key not found");
    let nested = RequestOp::Txn(txn(vec![], vec![RequestOp::Put(no_lease)], vec![]));
    let words = refused(&mut store, with(nested));
    assert_eq!(words, "etcdserver: requested lease not found");
    let at = |revision| {
        RequestOp::Range(RangeRequest {
            revision,
            ..range("k", "")
        })
    };
    let words = refused(&mut store, with(at(3)));
    assert!(words.ends_with("is a future revision"), "{words}");
    did(&mut store, super::compaction::compact(2));
    put(&mut store, "k", "1");
    let words = refused(&mut store, with(at(1)));
    assert!(words.ends_with("has been compacted"), "{words}");
    // What is in the branch that is not taken does not matter.
    run(&mut store, txn(vec![], vec![], vec![at(99)]));
}

#[test]
fn there_may_be_128_operations_and_no_more() {
    let compares = |count: usize| vec![compare("k", Version(0), Equal); count];
    let mut store = Store::default();
    run(&mut store, txn(compares(128), vec![], vec![]));
    let too_many = "etcdserver: too many operations in txn request";
    let words = refused(&mut store, Request::Txn(txn(compares(129), vec![], vec![])));
    assert_eq!(words, too_many);
    // A nested transaction shares the room of the one around it.
    let around = |count| {
        let inner = RequestOp::Txn(txn(compares(count), vec![], vec![]));
        Request::Txn(txn(vec![], vec![inner], vec![]))
    };
    did(&mut store, around(127));
    assert_eq!(refused(&mut store, around(128)), too_many);
}

#[test]
fn a_transaction_that_only_reads_needs_no_log() {
    let reads = |serializable| {
        let read = RangeRequest {
            serializable,
            ..range("k", "")
        };
        Request::Txn(txn(vec![], vec![RequestOp::Range(read)], vec![]))
    };
    assert!(!reads(false).is_write() && !reads(false).is_serializable());
    assert!(reads(true).is_serializable());
    let writes = Request::Txn(txn(vec![], vec![], vec![put_op("k", "1")]));
    assert!(writes.is_write() && !writes.is_serializable());
}
