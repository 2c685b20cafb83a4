//! Requests, answers and stores as bytes.

use super::support::*;
use bytes::Bytes;
use quorum::kv::{
    AlarmAction, AlarmRequest, AlarmType, AuthRequest, Compare, Request, RequestOp, Response,
    Store, TxnRequest, UserAddRequest, V2Method, V2Request,
};
use rand::{RngExt, SeedableRng};
use rand_pcg::Pcg64Mcg;

/// A store with something of everything.
fn full() -> Store {
    let mut store = Store::default();
    let lease = grant(&mut store, -7, 60);
    put(&mut store, "a", "1");
    put(&mut store, "a", "2");
    did(&mut store, super::compaction::compact(2));
    let leased = quorum::kv::PutRequest {
        lease,
        ..put_with("b", "3")
    };
    did(&mut store, Request::Put(leased));
    delete(&mut store, del("a", ""));
    let user = UserAddRequest {
        name: "root".into(),
        password: Some(u64::MAX),
    };
    did(&mut store, Request::Auth(AuthRequest::UserAdd(user)));
    let alarm = AlarmRequest {
        action: AlarmAction::Activate,
        member: u64::MAX,
        alarm: AlarmType::NoSpace,
    };
    did(&mut store, Request::Alarm(alarm));
    store.count_v2_records(7);
    for method in [V2Method::Put, V2Method::Post, V2Method::Delete] {
        let request = V2Request {
            method,
            path: "/dir/file".into(),
            recursive: true,
            expiration: 5_000_000,
            ..V2Request::default()
        };
        did(&mut store, Request::V2(request));
    }
    store
}

#[test]
fn a_snapshot_holds_the_whole_store() {
    assert_eq!(Store::restore(&[]), Ok(Store::default()));
    let store = full();
    let restored = Store::restore(&store.save()).unwrap();
    assert_eq!(restored, store);
    assert_eq!(restored.save(), store.save());
    assert_eq!(restored.get(b"b"), store.get(b"b"));
    assert_eq!(restored.hash_kv(0), store.hash_kv(0));
    assert_eq!(restored.size_in_use(), store.size_in_use());
}

#[test]
fn stores_that_differ_in_anything_are_not_equal() {
    let store = full();
    let changes = [
        Request::put("b", "3"),
        super::compaction::compact(4),
        Request::LeaseRevoke(quorum::kv::LeaseId(-7)),
        Request::Auth(AuthRequest::RoleAdd("r".into())),
        Request::V2(V2Request {
            method: V2Method::Put,
            path: "/x".into(),
            ..V2Request::default()
        }),
        Request::Alarm(AlarmRequest {
            action: AlarmAction::Deactivate,
            member: u64::MAX,
            alarm: AlarmType::NoSpace,
        }),
    ];
    for change in changes {
        let mut other = store.clone();
        if other.apply(&change).is_err() {
            continue; // There is no space for a put.
        }
        assert_ne!(other, store, "{change:?}");
        assert_ne!(other.save(), store.save(), "{change:?}");
    }
}

#[test]
fn bytes_that_no_store_wrote_give_an_error() {
    let bytes = full().save();
    assert!(Store::restore(&bytes[..bytes.len() - 1]).is_err());
    assert!(Store::restore(&[&bytes[..], &[0]].concat()).is_err());
    let mut random = Pcg64Mcg::seed_from_u64(1);
    for _ in 0..100_000 {
        let mut wrong = bytes.to_vec();
        for _ in 0..random.random_range(1..4) {
            let at = random.random_range(0..wrong.len());
            wrong[at] = random.random();
        }
        // Whatever it is: it is an error, or a store that can be used.
        if let Ok(mut store) = Store::restore(&wrong) {
            let _ = store.apply(&Request::put("a", "1"));
            let _ = store.apply(&Request::Range(everything()));
            let _ = store.apply(&super::compaction::compact(3));
            let _ = store.watch(&Default::default(), 0);
            let _ = store.hash_kv(0);
            let _ = store.v2().get(&V2Request::default());
        }
    }
}

/// A store at this revision with one version of a key, and nothing else.
fn one_version(revision: u8, made: u8, version: &[u8]) -> Vec<u8> {
    let (uncompacted, one_entry) = (1, 1);
    let start = [revision, uncompacted, one_entry, 1, b'k', 0, made, made];
    let (no_lease, nothing_else) = (0, [0, 0, 0, 1, 0, 0, 0, 0, 0]);
    let parts: [&[u8]; 4] = [&start, version, &[no_lease], &nothing_else];
    parts.concat()
}

#[test]
fn versions_that_cannot_be_give_an_error() {
    assert!(Store::restore(&one_version(3, 2, &[1])).is_ok());
    assert!(Store::restore(&one_version(3, 4, &[1])).is_err());
    assert!(Store::restore(&one_version(3, 0, &[1])).is_err());
    assert!(Store::restore(&one_version(0, 0, &[0])).is_err());
    let most = [0xff; 9].into_iter().chain([1]).collect::<Vec<u8>>();
    assert!(Store::restore(&one_version(3, 2, &most)).is_err());
}

#[test]
fn requests_are_read_as_they_were_written() {
    let nested = TxnRequest {
        compare: vec![Compare::default()],
        success: vec![RequestOp::Put(put_with("k", "v")), RequestOp::default()],
        failure: vec![RequestOp::Txn(TxnRequest::default())],
    };
    for request in [
        Request::put("key", vec![0u8; 300]),
        Request::get("key", true),
        Request::Txn(nested),
        super::compaction::compact(i64::MIN),
        Request::LeaseRevoke(quorum::kv::LeaseId(i64::MAX)),
        Request::Auth(AuthRequest::RoleList),
    ] {
        let bytes = request.encode();
        assert_eq!(Request::decode(&bytes), Ok(request.clone()));
        let by_serde = postcard::to_stdvec(&request).unwrap();
        assert_eq!(postcard::from_bytes(&by_serde), Ok(request.clone()));
        for end in 0..bytes.len() {
            assert!(Request::decode(&bytes[..end]).is_err(), "{request:?} {end}");
        }
    }
    let answer = Response::default();
    let by_serde = postcard::to_stdvec(&answer).unwrap();
    assert_eq!(postcard::from_bytes(&by_serde), Ok(answer));
}

#[test]
fn numbers_have_64_bits() {
    let compaction = |last: u8| [&[4][..], &[0xff; 9], &[last, 0]].concat();
    assert_eq!(
        Request::decode(&compaction(1)),
        Ok(super::compaction::compact(i64::MIN))
    );
    assert!(Request::decode(&compaction(2)).is_err());
    assert!(Request::decode(&compaction(0x81)).is_err());
}

#[test]
fn requests_that_lie_in_each_other_for_ever_are_refused() {
    let mut request = TxnRequest::default();
    for _ in 0..200 {
        request = TxnRequest {
            success: vec![RequestOp::Txn(request)],
            ..TxnRequest::default()
        };
    }
    let bytes = Request::Txn(request).encode();
    assert!(Request::decode(&bytes).is_ok());
    // A transaction in a transaction, 100,000 times.
    let deep: Vec<u8> = [3].into_iter().chain([0, 1, 3].repeat(100_000)).collect();
    assert!(Request::decode(&deep).is_err());
}

#[test]
fn random_bytes_are_no_request_or_one_that_does_no_harm() {
    let mut random = Pcg64Mcg::seed_from_u64(2);
    for _ in 0..100_000 {
        let length = random.random_range(0..40);
        let bytes: Bytes = (0..length).map(|_| random.random_range(0..12u8)).collect();
        if let Ok(request) = Request::decode(&bytes) {
            let _ = request.validate();
            let _ = full_enough().apply(&request);
        }
    }
}

fn full_enough() -> Store {
    let mut store = Store::default();
    put(&mut store, "a", "1");
    store
}
