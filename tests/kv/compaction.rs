//! Compaction and fingerprints (`compaction`).

use super::support::*;
use quorum::kv::{
    CompactionRequest, RangeRequest, Request, RequestOp, Revision, Store, TxnRequest, WatchFilter,
};

pub fn compact(revision: i64) -> Request {
    Request::Compaction(CompactionRequest {
        revision,
        physical: false,
    })
}

const COMPACTED: &str = "etcdserver: mvcc: required revision has been compacted";
const FUTURE: &str = "etcdserver: mvcc: required revision is a future revision";

/// c: 2, 3, 5, 7; d: 4, deleted by 6.
fn store() -> Store {
    let mut store = Store::default();
    put(&mut store, "c", "1");
    put(&mut store, "c", "2");
    put(&mut store, "d", "1");
    put(&mut store, "c", "3");
    delete(&mut store, del("d", ""));
    put(&mut store, "c", "4");
    store
}

fn at(key: &'static str, revision: i64) -> RangeRequest {
    RangeRequest {
        revision,
        ..range(key, "")
    }
}

#[test]
fn what_was_before_is_gone_and_the_revision_itself_can_be_read() {
    let mut store = store();
    assert_eq!(pairs(&read(&mut store, at("c", 3))), ["c=2"]);
    let done = did(&mut store, compact(4));
    assert_eq!(done.revision, Revision(7), "no revision of its own");
    assert_eq!(refused(&mut store, Request::Range(at("c", 3))), COMPACTED);
    assert_eq!(pairs(&read(&mut store, at("c", 4))), ["c=2"]);
    assert_eq!(pairs(&read(&mut store, at("d", 5))), ["d=1"]);
    assert_eq!(pairs(&read(&mut store, at("c", 0))), ["c=4"]);
    let kv = read(&mut store, at("c", 5)).kvs.remove(0);
    assert_eq!((kv.create_revision, kv.version), (Revision(2), 3));
}

#[test]
fn nothing_is_compacted_twice_or_too_early() {
    let mut store = store();
    did(&mut store, compact(4));
    for revision in [4, 3, 0, -1] {
        assert_eq!(refused(&mut store, compact(revision)), COMPACTED);
    }
    assert_eq!(refused(&mut store, compact(100)), FUTURE);
    assert_eq!(refused(&mut store, compact(8)), FUTURE);
    did(&mut store, compact(6));
    assert_eq!(refused(&mut store, Request::Range(at("c", 5))), COMPACTED);
    assert_eq!(read(&mut store, at("d", 6)).count, 0);
    did(&mut store, compact(7));
    assert_eq!(pairs(&read(&mut store, at("c", 7))), ["c=4"]);
}

#[test]
fn only_what_can_be_read_is_kept() {
    let mut store = store();
    did(&mut store, compact(5));
    assert_eq!(store.versions(), 4, "c at 5 and 7, d at 4 and its delete");
    did(&mut store, compact(6));
    assert_eq!(store.versions(), 3, "the delete of the very revision stays");
    did(&mut store, compact(7));
    assert_eq!(store.versions(), 1);
}

#[test]
fn of_a_key_that_one_transaction_put_and_deleted_the_delete_is_kept() {
    let nested = |op| {
        RequestOp::Txn(TxnRequest {
            success: vec![op],
            ..TxnRequest::default()
        })
    };
    let both = TxnRequest {
        success: vec![
            nested(RequestOp::Put(put_with("k", "v"))),
            nested(RequestOp::DeleteRange(del("k", ""))),
        ],
        ..TxnRequest::default()
    };
    let mut store = Store::default();
    did(&mut store, Request::Txn(both));
    assert_eq!(
        heard(&store, range("k", ""), 2, false),
        ["PUT k v", "DELETE k"]
    );
    did(&mut store, compact(2));
    assert_eq!(heard(&store, range("k", ""), 2, false), ["DELETE k"]);
    assert_eq!(store.versions(), 1);
}

#[test]
fn a_watch_from_before_it_ends_with_the_compacted_revision() {
    let mut store = store();
    did(&mut store, compact(6));
    let filter = WatchFilter::default();
    assert_eq!(store.watch(&filter, 2), Err(6));
    assert_eq!(store.watch(&filter, 5), Err(6));
    assert_eq!(heard(&store, range("c", ""), 6, true), ["PUT c 4 [3]"]);
    // The delete happened at the very revision.
    assert_eq!(heard(&store, range("d", ""), 6, true), ["DELETE d"]);
}

#[test]
fn a_fingerprint_tells_stores_apart_and_follows_a_compaction() {
    let (one, mut other) = (store(), store());
    assert_eq!(one.hash_kv(0), other.hash_kv(0));
    assert_eq!(one.hash_kv(0).unwrap().compact_revision, -1);
    assert_eq!(one.hash_kv(7), one.hash_kv(0));
    assert_ne!(one.hash_kv(6), one.hash_kv(0));
    put(&mut other, "c", "5");
    assert_ne!(one.hash_kv(0), other.hash_kv(0));
    assert_eq!(one.hash_kv(7), other.hash_kv(7));
    did(&mut other, compact(6));
    assert_eq!(other.hash_kv(0).unwrap().compact_revision, 6);
    let words = other.hash_kv(3).unwrap_err().to_string();
    assert_eq!(words, COMPACTED);
    assert_eq!(other.hash_kv(9).unwrap_err().to_string(), FUTURE);
    assert!(other.hash_kv(6).is_ok());
}
