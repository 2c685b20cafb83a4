//! What watchers hear (`watch`, `watch-history`, `watch-formats`).

use super::support::*;
use quorum::kv::{
    EventType, KeyRange, KeyValue, Request, RequestOp, Revision, Store, TxnRequest, WatchFilter,
};

/// The story of the transcript: foo, foo1, foo2, foo, goo, and all foos deleted.
fn story() -> Store {
    let mut store = Store::default();
    put(&mut store, "foo", "bar");
    put(&mut store, "foo1", "bar1");
    put(&mut store, "foo2", "bar2");
    put(&mut store, "foo", "bar3");
    put(&mut store, "goo", "x");
    delete(&mut store, del("foo", ""));
    delete(&mut store, del("foo", "fop"));
    put(&mut store, "foo", "");
    store
}

#[test]
fn a_key_a_range_or_a_prefix_is_heard_of() {
    let store = story();
    let one = ["PUT foo bar", "PUT foo bar3", "DELETE foo", "PUT foo "];
    assert_eq!(heard(&store, range("foo", ""), 2, false), one);
    let two = heard(&store, range("foo", "foo2"), 2, false);
    assert_eq!(two.len(), 6);
    assert_eq!(two[4], "DELETE foo1");
    assert_eq!(heard(&store, prefix("foo"), 2, false).len(), 8);
    assert_eq!(heard(&store, everything(), 2, false).len(), 9);
}

#[test]
fn what_was_there_before_is_told_if_asked() {
    let store = story();
    assert_eq!(
        heard(&store, range("foo", ""), 2, true),
        [
            "PUT foo bar",
            "PUT foo bar3 [bar]",
            "DELETE foo [bar3]",
            "PUT foo "
        ]
    );
}

#[test]
fn a_watch_begins_at_its_revision_and_goes_on_after_the_last() {
    let mut store = story();
    assert_eq!(heard(&store, range("foo", ""), 7, false).len(), 2);
    assert_eq!(heard(&store, range("foo", ""), 8, false), ["PUT foo "]);
    let filter = WatchFilter {
        range: KeyRange::prefix("foo"),
        ..WatchFilter::default()
    };
    let batch = store.watch(&filter, 8).unwrap();
    assert_eq!((batch.events.len(), batch.next), (3, 10));
    assert_eq!(store.watch(&filter, 10).unwrap().events, []);
    put(&mut store, "goo", "y");
    let batch = store.watch(&filter, 10).unwrap();
    assert_eq!((batch.events.len(), batch.next), (0, 11));
    // One that begins in the future waits for it.
    assert_eq!(store.watch(&filter, 50).unwrap().next, 50);
}

#[test]
fn all_changes_of_a_transaction_come_together_in_their_order() {
    let mut store = Store::default();
    let ops = [("k", "5"), ("j", "2"), ("new", "1")];
    let ops = ops.map(|(key, value)| RequestOp::Put(put_with(key, value)));
    let txn = TxnRequest {
        success: ops.to_vec(),
        ..TxnRequest::default()
    };
    did(&mut store, Request::Txn(txn));
    let told = heard(&store, everything(), 2, false);
    assert_eq!(told, ["PUT k 5", "PUT j 2", "PUT new 1"]);
    assert_eq!(store.revision(), Revision(2));
}

#[test]
fn a_delete_tells_its_key_and_revision_and_nothing_else() {
    let store = story();
    let filter = WatchFilter {
        range: KeyRange::prefix("foo"),
        no_put: true,
        ..WatchFilter::default()
    };
    let events = store.watch(&filter, 7).unwrap().events;
    assert!(events.iter().all(|event| event.kind == EventType::Delete));
    assert_eq!(events.len(), 3);
    let expected = KeyValue {
        key: "foo".into(),
        mod_revision: Revision(7),
        ..KeyValue::default()
    };
    assert_eq!(events[0].kv, expected);
}

#[test]
fn puts_or_deletes_can_be_left_out() {
    let store = story();
    let count = |no_put, no_delete| {
        let filter = WatchFilter {
            range: KeyRange::prefix(""),
            no_put,
            no_delete,
            prev_kv: false,
        };
        store.watch(&filter, 2).unwrap().events.len()
    };
    assert_eq!((count(false, true), count(true, false)), (6, 3));
    assert_eq!(count(true, true), 0);
}

#[test]
fn a_long_past_comes_in_parts_that_hold_whole_revisions() {
    let mut store = Store::default();
    for _ in 0..1_500 {
        put(&mut store, "k", "v");
    }
    let filter = WatchFilter {
        range: KeyRange::prefix("k"),
        ..WatchFilter::default()
    };
    let first = store.watch(&filter, 2).unwrap();
    assert_eq!((first.events.len(), first.next), (1_000, 1_002));
    let second = store.watch(&filter, first.next).unwrap();
    assert_eq!((second.events.len(), second.next), (500, 1_502));
    assert_eq!(second.events[0].kv.mod_revision, Revision(1_002));
}
