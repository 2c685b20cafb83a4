//! Single keys, ranges, orders, the past (`put-get`, `get-ranges`, `get-order`, `del`,
//! `output-json`).

use super::support::*;
use quorum::kv::{
    DeleteRangeRequest, KeyRange, KeyValue, LeaseId, MAX_REQUEST_BYTES, PutRequest, RangeRequest,
    Request, ResponseBody, Revision, SortOrder, SortTarget, Store,
};

fn numbers(kv: &KeyValue) -> (u64, u64, u64) {
    (kv.create_revision.0, kv.mod_revision.0, kv.version)
}

#[test]
fn a_fresh_store_is_at_revision_1_and_the_first_write_makes_2() {
    let mut store = Store::default();
    assert_eq!(store.revision(), Revision(1));
    assert_eq!(put(&mut store, "foo", "bar"), 2);
}

#[test]
fn reads_and_deletes_of_nothing_make_no_revision() {
    let mut store = Store::default();
    assert_eq!(delete(&mut store, del("foo", "")), (0, vec![]));
    assert_eq!(read(&mut store, range("foo", "")).count, 0);
    assert_eq!(store.revision(), Revision(1));
}

#[test]
fn versions_count_puts_and_start_again_after_a_delete() {
    let mut store = Store::default();
    put(&mut store, "foo", "bar");
    put(&mut store, "foo", "bar2");
    put(&mut store, "foo", "bar3");
    assert_eq!(numbers(store.get(b"foo").unwrap()), (2, 4, 3));
    delete(&mut store, del("foo", ""));
    assert_eq!(store.get(b"foo"), None);
    put(&mut store, "foo", "again");
    assert_eq!(numbers(store.get(b"foo").unwrap()), (6, 6, 1));
}

#[test]
fn a_put_returns_what_was_there_before_if_asked() {
    let mut store = Store::default();
    let asked = |value| PutRequest {
        prev_kv: true,
        ..put_with("foo", value)
    };
    let answer = |store: &mut Store, put| match did(store, Request::Put(put)).body {
        ResponseBody::Put(prev) => prev.map(|kv| kv.value),
        other => panic!("{other:?}"),
    };
    assert_eq!(answer(&mut store, asked("bar")), None);
    assert_eq!(answer(&mut store, asked("bar2")), Some("bar".into()));
    assert_eq!(answer(&mut store, put_with("foo", "bar3")), None);
}

#[test]
fn an_empty_value_is_a_value() {
    let mut store = Store::default();
    put(&mut store, "empty", "");
    assert_eq!(pairs(&read(&mut store, range("empty", ""))), ["empty="]);
}

#[test]
fn a_put_that_keeps_the_value_needs_a_key_and_counts_as_a_put() {
    let mut store = Store::default();
    put(&mut store, "foo", "bar2");
    let keep = |key| {
        Request::Put(PutRequest {
            ignore_value: true,
            ..put_with(key, "")
        })
    };
    did(&mut store, keep("foo"));
    let kv = store.get(b"foo").unwrap();
    assert_eq!((&kv.value[..], numbers(kv)), (&b"bar2"[..], (2, 3, 2)));
    let words = refused(&mut store, keep("nokey"));
    assert_eq!(words, "etcdserver: key not found");
}

#[test]
fn what_contradicts_itself_is_refused() {
    let mut store = Store::default();
    for request in [
        Request::put("", "v"),
        Request::get("", false),
        Request::delete(""),
    ] {
        let words = refused(&mut store, request);
        assert_eq!(words, "etcdserver: key is not provided");
    }
    let both = PutRequest {
        ignore_value: true,
        ..put_with("k", "v")
    };
    let words = refused(&mut store, Request::Put(both));
    assert_eq!(words, "etcdserver: value is provided");
    let both = PutRequest {
        ignore_lease: true,
        lease: LeaseId(7),
        ..put_with("k", "v")
    };
    let words = refused(&mut store, Request::Put(both));
    assert_eq!(words, "etcdserver: lease is provided");
}

#[test]
fn a_request_may_have_so_many_bytes_and_no_more() {
    let sized = |len| Request::put("k", vec![b'x'; len]);
    assert_eq!(sized(MAX_REQUEST_BYTES - 1).validate(), Ok(()));
    let words = refused(&mut Store::default(), sized(MAX_REQUEST_BYTES));
    assert_eq!(words, "etcdserver: request is too large");
}

fn foos() -> Store {
    let mut store = Store::default();
    for (key, value) in [
        ("foo", "bar"),
        ("foo1", "bar1"),
        ("foo2", "bar2"),
        ("foo3", "bar3"),
        ("fop", "other"),
        ("goo", "last"),
    ] {
        put(&mut store, key, value);
    }
    store
}

#[test]
fn a_range_ends_before_its_end() {
    let mut store = foos();
    let found = read(&mut store, range("foo", "foo3"));
    assert_eq!(pairs(&found), ["foo=bar", "foo1=bar1", "foo2=bar2"]);
    assert_eq!(read(&mut store, range("foo", "fop")).count, 4);
    assert_eq!(read(&mut store, range("foo3", "foo")).count, 0);
    assert_eq!(read(&mut store, range("foo", "foo")).count, 0);
}

#[test]
fn a_prefix_is_a_range_to_its_last_byte_plus_one() {
    let mut store = foos();
    assert_eq!(read(&mut store, prefix("foo")).count, 4);
    assert_eq!(read(&mut store, prefix("zzz")).count, 0);
    assert_eq!(KeyRange::prefix("foo").range_end, "fop");
    assert_eq!(KeyRange::prefix(&b"a\xff\xff"[..]).range_end, "b");
    assert!(KeyRange::prefix(&b"\xff\xff"[..]).is_open());
    assert!(KeyRange::prefix("").contains(b"\0"));
}

#[test]
fn a_zero_byte_as_the_end_means_all_from_the_key_on() {
    let mut store = foos();
    let found = read(&mut store, range("foo3", "\0"));
    assert_eq!(pairs(&found), ["foo3=bar3", "fop=other", "goo=last"]);
    assert_eq!(read(&mut store, everything()).count, 6);
}

#[test]
fn the_count_ignores_the_limit_and_more_tells_of_it() {
    let mut store = foos();
    let limited = |limit| RangeRequest {
        limit,
        ..prefix("foo")
    };
    let found = read(&mut store, limited(2));
    assert_eq!(pairs(&found), ["foo=bar", "foo1=bar1"]);
    assert_eq!((found.more, found.count), (true, 4));
    assert!(!read(&mut store, limited(4)).more);
    assert_eq!(read(&mut store, limited(-1)).kvs.len(), 4);
}

#[test]
fn only_keys_or_only_their_number_can_be_asked_for() {
    let mut store = foos();
    let keys = read(
        &mut store,
        RangeRequest {
            keys_only: true,
            ..prefix("foo")
        },
    );
    assert_eq!(pairs(&keys), ["foo=", "foo1=", "foo2=", "foo3="]);
    let count = read(
        &mut store,
        RangeRequest {
            count_only: true,
            limit: 1,
            ..prefix("foo")
        },
    );
    assert_eq!((count.kvs.len(), count.count, count.more), (0, 4, false));
}

/// n1 has two puts, n2 one, n3 three.
fn fruit() -> Store {
    let mut store = Store::default();
    for (key, value) in [
        ("n1", "cherry"),
        ("n2", "apple"),
        ("n3", "banana"),
        ("n1", "date"),
        ("n3", "elderberry"),
        ("n3", "fig"),
    ] {
        put(&mut store, key, value);
    }
    store
}

#[test]
fn answers_come_in_the_order_that_was_asked_for() {
    use SortOrder::{Ascend, Descend, None};
    use SortTarget::{Create, Key, Mod, Value, Version};
    for (sort_target, sort_order, order) in [
        (Key, None, "123"),
        (Key, Descend, "321"),
        (Key, Ascend, "123"),
        (Value, None, "213"),
        (Value, Descend, "312"),
        (Version, Descend, "312"),
        (Create, Descend, "321"),
        (Mod, Ascend, "213"),
    ] {
        let found = read(
            &mut fruit(),
            RangeRequest {
                sort_target,
                sort_order,
                ..prefix("n")
            },
        );
        let keys: Vec<String> = order.chars().map(|digit| format!("n{digit}")).collect();
        let found: Vec<&[u8]> = found.kvs.iter().map(|kv| &kv.key[..]).collect();
        let keys: Vec<&[u8]> = keys.iter().map(|key| key.as_bytes()).collect();
        assert_eq!(found, keys, "{sort_target:?} {sort_order:?}");
    }
}

#[test]
fn sorting_comes_before_the_limit_if_it_is_told_which_way() {
    let mut store = fruit();
    let newest = RangeRequest {
        sort_target: SortTarget::Mod,
        sort_order: SortOrder::Descend,
        limit: 1,
        ..prefix("n")
    };
    let found = read(&mut store, newest.clone());
    assert_eq!(pairs(&found), ["n3=fig"]);
    assert_eq!((found.more, found.count), (true, 3));
    // Without a direction etcd reads one more than the limit, and sorts those.
    put(&mut store, "n4", "aa");
    let found = read(
        &mut store,
        RangeRequest {
            sort_target: SortTarget::Value,
            sort_order: SortOrder::None,
            limit: 2,
            ..newest
        },
    );
    assert_eq!(pairs(&found), ["n2=apple", "n1=date"]);
}

#[test]
fn the_past_can_be_read() {
    let mut store = fruit();
    let at = |revision| RangeRequest {
        revision,
        ..range("n1", "")
    };
    assert_eq!(pairs(&read(&mut store, at(2))), ["n1=cherry"]);
    assert_eq!(pairs(&read(&mut store, at(4))), ["n1=cherry"]);
    for revision in [5, 0, -3, 7] {
        assert_eq!(pairs(&read(&mut store, at(revision))), ["n1=date"]);
    }
    let old = RangeRequest {
        revision: 3,
        ..prefix("n")
    };
    assert_eq!(pairs(&read(&mut store, old)), ["n1=cherry", "n2=apple"]);
    let words = refused(&mut store, Request::Range(at(8)));
    let future = "etcdserver: mvcc: required revision is a future revision";
    assert_eq!(words, future);
}

#[test]
fn revisions_can_be_bounded_and_the_count_does_not_mind() {
    let mut store = fruit();
    let bounded = |min_mod_revision, max_mod_revision, min_create_revision, limit| RangeRequest {
        min_mod_revision,
        max_mod_revision,
        min_create_revision,
        limit,
        ..prefix("n")
    };
    let found = read(&mut store, bounded(4, 5, 0, 0));
    assert_eq!(pairs(&found), ["n1=date"]);
    assert_eq!(found.count, 3);
    let found = read(&mut store, bounded(0, 0, 3, 1));
    assert_eq!((pairs(&found), found.more), (vec!["n2=apple".into()], true));
    let created_early = RangeRequest {
        max_create_revision: 2,
        ..prefix("n")
    };
    assert_eq!(pairs(&read(&mut store, created_early)), ["n1=date"]);
}

#[test]
fn deletes_take_ranges_and_return_what_was_there() {
    let mut store = Store::default();
    for (key, value) in [("a", "1"), ("aa", "2"), ("ab", "3"), ("b", "4"), ("c", "5")] {
        put(&mut store, key, value);
    }
    let strings = |list: &[&str]| -> Vec<String> { list.iter().map(|s| s.to_string()).collect() };
    let one = delete(&mut store, del("aa", ""));
    assert_eq!(one, (1, strings(&["aa=2"])));
    let range = delete(&mut store, del("a", "b"));
    assert_eq!(range, (2, strings(&["a=1", "ab=3"])));
    assert_eq!(store.revision(), Revision(8), "one revision for both");
    let silent = DeleteRangeRequest {
        prev_kv: false,
        ..del("\0", "\0")
    };
    assert_eq!(delete(&mut store, silent), (2, vec![]));
    assert_eq!(store.iter().count(), 0);
}

#[test]
fn the_space_in_use_grows_with_the_past_and_shrinks_with_a_compaction() {
    let mut store = Store::default();
    let empty = store.size_in_use();
    for _ in 0..100 {
        did(&mut store, Request::put("k", vec![b'v'; 1_000]));
    }
    assert!(store.size_in_use() > empty + 100_000);
    did(&mut store, super::compaction::compact(101));
    assert!(store.size_in_use() < empty + 10_000);
}
