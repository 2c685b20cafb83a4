//! Alarms (`alarm`).

use super::support::*;
use quorum::kv::{
    AlarmAction, AlarmMember, AlarmRequest, AlarmType, LeaseGrantRequest, LeaseId, Request,
    RequestOp, ResponseBody, Store, TxnRequest,
};

fn alarm(
    store: &mut Store,
    action: AlarmAction,
    member: u64,
    alarm: AlarmType,
) -> Vec<AlarmMember> {
    let request = AlarmRequest {
        action,
        member,
        alarm,
    };
    match did(store, Request::Alarm(request)).body {
        ResponseBody::Alarm(alarms) => alarms,
        other => panic!("{other:?}"),
    }
}

fn raised(alarm: AlarmType) -> Store {
    let mut store = Store::default();
    put(&mut store, "k", "v");
    self::alarm(&mut store, AlarmAction::Activate, 7, alarm);
    store
}

#[test]
fn an_alarm_is_raised_listed_and_ended_once() {
    use AlarmAction::{Activate, Deactivate, Get};
    use AlarmType::{Corrupt, NoSpace, None};
    let mut store = Store::default();
    let known = |member, alarm| AlarmMember { member, alarm };
    assert_eq!(alarm(&mut store, Get, 0, None), []);
    assert_eq!(alarm(&mut store, Activate, 7, NoSpace), [known(7, NoSpace)]);
    assert_eq!(alarm(&mut store, Activate, 7, NoSpace), [known(7, NoSpace)]);
    alarm(&mut store, Activate, 3, Corrupt);
    assert_eq!(store.alarms(), [known(3, Corrupt), known(7, NoSpace)]);
    assert_eq!(alarm(&mut store, Get, 0, NoSpace), [known(7, NoSpace)]);
    assert_eq!(alarm(&mut store, Activate, 3, None), []);
    assert_eq!(alarm(&mut store, Deactivate, 3, NoSpace), []);
    assert_eq!(
        alarm(&mut store, Deactivate, 7, NoSpace),
        [known(7, NoSpace)]
    );
    assert_eq!(alarm(&mut store, Deactivate, 7, NoSpace), []);
    assert_eq!(store.alarms(), [known(3, Corrupt)]);
    assert_eq!(store.revision().0, 1);
}

#[test]
fn without_space_nothing_can_be_added_but_read_and_deleted() {
    let mut store = raised(AlarmType::NoSpace);
    let txn = |op| {
        Request::Txn(TxnRequest {
            success: vec![op],
            ..TxnRequest::default()
        })
    };
    let lease = LeaseGrantRequest {
        ttl: 100,
        id: LeaseId(1),
    };
    for request in [
        Request::put("k", "v"),
        txn(RequestOp::Put(put_with("k", "v"))),
        Request::LeaseGrant(lease),
    ] {
        let words = refused(&mut store, request);
        assert_eq!(words, "etcdserver: mvcc: database space exceeded");
    }
    did(&mut store, Request::get("k", false));
    did(&mut store, txn(RequestOp::Range(range("k", ""))));
    did(&mut store, super::compaction::compact(2));
    assert_eq!(delete(&mut store, del("k", "")).0, 1);
    alarm(&mut store, AlarmAction::Deactivate, 7, AlarmType::NoSpace);
    put(&mut store, "k", "v");
}

#[test]
fn with_data_that_differ_nothing_can_be_changed() {
    let mut store = raised(AlarmType::Corrupt);
    for request in [
        Request::put("k", "v"),
        Request::delete("k"),
        super::compaction::compact(2),
        Request::LeaseRevoke(LeaseId(1)),
    ] {
        let words = refused(&mut store, request);
        assert_eq!(words, "etcdserver: corrupt cluster");
    }
    did(&mut store, Request::get("k", false));
    let read = RequestOp::Range(range("k", ""));
    let reads = TxnRequest {
        success: vec![read],
        ..TxnRequest::default()
    };
    did(&mut store, Request::Txn(reads));
}

#[test]
fn a_put_costs_its_bytes_and_something_more() {
    assert_eq!(Request::put("key", "value").cost(), 256 + 8);
    assert_eq!(Request::delete("key").cost(), 0);
    let branch = |values: &[&'static str]| -> Vec<RequestOp> {
        let puts = values.iter().map(|value| put_with("k", value));
        puts.map(RequestOp::Put).collect()
    };
    let txn = Request::Txn(TxnRequest {
        success: branch(&["1"]),
        failure: branch(&["22", "333"]),
        ..TxnRequest::default()
    });
    assert_eq!(txn.cost(), 2 * 256 + 3 + 4, "the more costly branch");
}
