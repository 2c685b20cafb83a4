//! Leases (`lease`, `lease-expiry`). The time that is left is not the store's business.

use super::support::*;
use quorum::kv::{
    LeaseGrantRequest, LeaseId, MAX_LEASE_TTL, PutRequest, Request, ResponseBody, Revision, Store,
};

fn leased(key: &'static str, value: &'static str, lease: LeaseId) -> Request {
    Request::Put(PutRequest {
        lease,
        ..put_with(key, value)
    })
}

fn keys(store: &Store, lease: LeaseId) -> Vec<String> {
    let keys = store.lease_keys(lease).into_iter();
    keys.map(|key| String::from_utf8_lossy(&key).into_owned())
        .collect()
}

#[test]
fn granting_makes_no_revision_and_keeps_the_time_to_live() {
    let mut store = Store::default();
    let id = grant(&mut store, 7, 300);
    assert_eq!(store.lease(id).map(|lease| lease.ttl), Some(300));
    assert_eq!(store.revision(), Revision(1));
    grant(&mut store, 3, 2);
    let ids: Vec<i64> = store.leases().iter().map(|lease| lease.id.0).collect();
    assert_eq!(ids, [3, 7]);
}

#[test]
fn what_cannot_be_granted_is_refused() {
    let mut store = Store::default();
    grant(&mut store, 7, 300);
    let ask = |id, ttl| {
        Request::LeaseGrant(LeaseGrantRequest {
            id: LeaseId(id),
            ttl,
        })
    };
    let words = refused(&mut store, ask(7, 2));
    assert_eq!(words, "etcdserver: lease already exists");
    let words = refused(&mut store, ask(8, MAX_LEASE_TTL + 1));
    assert_eq!(words, "etcdserver: too large lease TTL");
    let words = refused(&mut store, ask(8, 9_999_999_999));
    assert_eq!(words, "etcdserver: too large lease TTL");
    let words = refused(&mut store, ask(0, 2));
    assert_eq!(words, "etcdserver: requested lease not found");
    did(&mut store, ask(8, MAX_LEASE_TTL));
}

#[test]
fn a_put_attaches_detaches_and_moves_its_key() {
    let mut store = Store::default();
    let (one, two) = (grant(&mut store, 1, 300), grant(&mut store, 2, 600));
    did(&mut store, leased("lk2", "v", one));
    did(&mut store, leased("lk", "v", one));
    assert_eq!(keys(&store, one), ["lk", "lk2"]);
    let keep = PutRequest {
        ignore_lease: true,
        ..put_with("lk", "v2")
    };
    did(&mut store, Request::Put(keep));
    assert_eq!(store.get(b"lk").unwrap().lease, one);
    put(&mut store, "lk", "v3");
    assert_eq!(keys(&store, one), ["lk2"]);
    did(&mut store, leased("lk2", "moved", two));
    assert_eq!(
        (keys(&store, one), keys(&store, two)),
        (vec![], vec!["lk2".into()])
    );
    delete(&mut store, del("lk2", ""));
    assert_eq!(keys(&store, two), [""; 0]);
}

#[test]
fn to_keep_the_value_is_not_to_keep_the_lease() {
    let mut store = Store::default();
    let lease = grant(&mut store, 1, 300);
    did(&mut store, leased("k", "v", lease));
    let keep = PutRequest {
        ignore_value: true,
        ..put_with("k", "")
    };
    did(&mut store, Request::Put(keep));
    assert_eq!(store.get(b"k").unwrap().lease, LeaseId::NONE);
}

#[test]
fn a_lease_takes_its_keys_along_in_one_revision_and_in_order() {
    let mut store = Store::default();
    let lease = grant(&mut store, 1, 300);
    for key in ["b", "c", "a"] {
        did(&mut store, leased(key, "v", lease));
    }
    put(&mut store, "d", "stays");
    let done = did(&mut store, Request::LeaseRevoke(lease));
    assert_eq!(done.revision, Revision(6));
    assert_eq!(done.body, ResponseBody::LeaseRevoke);
    assert_eq!(
        heard(&store, everything(), 6, false),
        ["DELETE a", "DELETE b", "DELETE c"]
    );
    assert_eq!(store.lease(lease), None);
    let words = refused(&mut store, Request::LeaseRevoke(lease));
    assert_eq!(words, "etcdserver: requested lease not found");
}

#[test]
fn a_lease_without_keys_ends_without_a_revision() {
    let mut store = Store::default();
    let lease = grant(&mut store, 1, 300);
    did(&mut store, Request::LeaseRevoke(lease));
    assert_eq!(store.revision(), Revision(1));
}

#[test]
fn a_key_cannot_be_attached_to_a_lease_that_is_not_there() {
    let mut store = Store::default();
    let words = refused(&mut store, leased("x", "y", LeaseId(0x1234abcd)));
    assert_eq!(words, "etcdserver: requested lease not found");
    assert_eq!(LeaseId(0x1234abcd).to_string(), "000000001234abcd");
}
