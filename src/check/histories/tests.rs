//! Small runs of clients.

use super::*;
use crate::kv::{
    CompareTarget, DeleteRangeResponse, KeyValue, LeaseId, PutRequest, RangeRequest, RangeResponse,
    RequestOp, ResponseBody, Revision, TxnRequest, TxnResponse,
};

/// A history, and what was found in it.
#[derive(Default)]
struct Run {
    histories: Histories,
    report: Report,
    step: u64,
}

fn put(key: &'static str, value: &'static str) -> Request {
    Request::put(key, value)
}

fn get(key: &'static str) -> Request {
    Request::get(key, false)
}

fn list(key: &'static str, range_end: &'static str) -> Request {
    Request::Range(RangeRequest {
        key: key.into(),
        range_end: range_end.into(),
        ..RangeRequest::default()
    })
}

/// A record by its key, its value, and its three numbers: created, modified, version.
fn kv(key: &'static str, value: &'static str, numbers: (u64, u64, u64)) -> KeyValue {
    KeyValue {
        key: key.into(),
        value: value.into(),
        create_revision: Revision(numbers.0),
        mod_revision: Revision(numbers.1),
        version: numbers.2,
        lease: LeaseId::NONE,
    }
}

fn found(kvs: &[KeyValue]) -> ResponseBody {
    ResponseBody::Range(RangeResponse {
        kvs: kvs.to_vec(),
        more: false,
        count: kvs.len() as u64,
    })
}

const STORED: ResponseBody = ResponseBody::Put(None);

impl Run {
    fn call(&mut self, id: u64, request: Request) -> &mut Self {
        self.step += 1;
        let report = self.report.at(self.step);
        self.histories.called(report, OperationId(id), &request);
        self
    }

    fn answer(&mut self, id: u64, revision: u64, body: ResponseBody) -> &mut Self {
        self.step += 1;
        let report = self.report.at(self.step);
        let revision = Revision(revision);
        let response = Response { revision, body };
        self.histories.answered(report, OperationId(id), &response);
        self
    }

    fn fail(&mut self, id: u64, never: bool) -> &mut Self {
        self.step += 1;
        let report = self.report.at(self.step);
        self.histories.failed(report, OperationId(id), never);
        self
    }

    /// One operation alone.
    fn one(&mut self, id: u64, request: Request, revision: u64, body: ResponseBody) -> &mut Self {
        self.call(id, request).answer(id, revision, body)
    }

    fn is_broken(&mut self) -> bool {
        assert_eq!(self.histories.undecided(), 0);
        !self.report.violated().is_empty()
    }
}

#[test]
fn a_stale_read_is_found_at_once_and_a_fresh_one_is_fine() {
    for (kvs, revision, broken) in [
        (kv("a", "2", (2, 3, 2)), 3, false),
        (kv("a", "1", (2, 2, 1)), 2, true),
        (kv("a", "1", (2, 2, 1)), 3, true),
        (kv("a", "2", (2, 3, 3)), 3, true),
        (kv("a", "2", (3, 3, 2)), 3, true),
    ] {
        let mut run = Run::default();
        run.one(1, put("a", "1"), 2, STORED);
        run.one(2, put("a", "2"), 3, STORED);
        run.one(3, get("a"), revision, found(&[kvs]));
        assert_eq!(run.is_broken(), broken);
    }
}

#[test]
fn the_evidence_names_the_operations() {
    let mut run = Run::default();
    run.one(1, put("a", "1"), 2, STORED);
    run.call(2, put("a", "2"));
    run.call(3, get("a"));
    run.answer(3, 3, found(&[kv("a", "2", (2, 3, 2))]));
    run.one(4, get("a"), 2, found(&[kv("a", "1", (2, 2, 1))]));
    let violation = run.report.take().pop().expect("the second read is stale");
    assert_eq!(violation.property, Property::Linearizability);
    let contradict = Claim::Contradict {
        operations: vec![OperationId(3), OperationId(4)],
    };
    assert_eq!(
        (violation.later.step, violation.later.claim),
        (7, contradict)
    );
}

#[test]
fn a_write_without_an_answer_may_show_up_later_and_only_once() {
    let mut run = Run::default();
    run.one(1, put("a", "1"), 2, STORED);
    run.call(2, put("a", "lost")).fail(2, false);
    run.one(3, get("a"), 2, found(&[kv("a", "1", (2, 2, 1))]));
    run.one(4, put("a", "2"), 3, STORED);
    run.one(5, get("a"), 4, found(&[kv("a", "lost", (2, 4, 3))]));
    assert!(!run.is_broken());
    run.one(6, put("a", "3"), 5, STORED);
    run.one(7, get("a"), 6, found(&[kv("a", "lost", (2, 6, 5))]));
    assert!(run.is_broken());
}

#[test]
fn a_write_that_was_refused_must_not_show_up() {
    let mut run = Run::default();
    run.call(1, put("a", "no")).fail(1, true);
    run.one(2, get("a"), 2, found(&[kv("a", "no", (2, 2, 1))]));
    assert!(run.is_broken());
}

#[test]
fn a_lost_write_that_was_answered_is_found() {
    let mut run = Run::default();
    run.one(1, put("a", "1"), 2, STORED);
    run.one(2, get("a"), 2, found(&[]));
    assert!(run.is_broken());
}

#[test]
fn what_is_still_open_may_explain_an_answer_or_not() {
    let mut run = Run::default();
    run.call(1, put("a", "1"));
    run.one(2, get("a"), 2, found(&[kv("a", "1", (2, 2, 1))]));
    assert!(!run.is_broken());
    run.one(3, get("a"), 2, found(&[]));
    assert!(run.is_broken(), "before the open write has returned");
}

#[test]
fn an_answer_must_fit_what_was_seen_while_it_was_open() {
    for (revision, broken) in [(2, false), (3, true)] {
        let mut run = Run::default();
        run.call(1, put("a", "1"));
        run.one(2, get("a"), 2, found(&[kv("a", "1", (2, 2, 1))]));
        run.answer(1, revision, STORED);
        assert_eq!(run.is_broken(), broken);
    }
}

fn swap() -> Request {
    let put = |key: &'static str, value: &'static str| {
        RequestOp::Put(PutRequest {
            key: key.into(),
            value: value.into(),
            ..PutRequest::default()
        })
    };
    Request::Txn(TxnRequest {
        compare: vec![crate::kv::Compare {
            key: "a".into(),
            target: CompareTarget::Value("1".into()),
            ..Default::default()
        }],
        success: vec![put("a", "2"), put("b", "2")],
        failure: Vec::new(),
    })
}

fn swapped(succeeded: bool) -> ResponseBody {
    let stored = Response {
        revision: Revision(4),
        body: STORED,
    };
    ResponseBody::Txn(TxnResponse {
        succeeded,
        responses: vec![stored; if succeeded { 2 } else { 0 }],
    })
}

#[test]
fn a_transaction_brings_keys_together() {
    for (second, broken) in [("2", false), ("1", true)] {
        let mut run = Run::default();
        run.one(1, put("a", "1"), 2, STORED);
        run.call(9, put("c", "x"));
        run.one(2, put("b", "1"), 3, STORED);
        // Half of it is not seen.
        run.call(3, swap());
        let both = [kv("a", "2", (2, 4, 2)), kv("b", second, (3, 4, 2))];
        run.one(4, list("a", "c"), 4, found(&both));
        run.answer(3, 4, swapped(true));
        run.answer(9, 5, STORED);
        assert_eq!(run.is_broken(), broken);
    }
}

#[test]
fn a_transaction_that_nobody_heard_of_happens_as_a_whole_or_not_at_all() {
    let b = |value, numbers| [kv("b", value, numbers)];
    for (kvs, revision, broken) in [
        (b("1", (3, 3, 1)), 3, false),
        (b("2", (3, 4, 2)), 4, false),
        (b("7", (3, 4, 2)), 4, true),
    ] {
        let mut run = Run::default();
        run.one(1, put("a", "1"), 2, STORED);
        run.one(2, put("b", "1"), 3, STORED);
        run.call(3, swap()).fail(3, false);
        run.one(4, get("b"), revision, found(&kvs));
        let a = match kvs[0].version {
            1 => kv("a", "1", (2, 2, 1)),
            _ => kv("a", "2", (2, 4, 2)),
        };
        run.one(5, get("a"), revision, found(&[a]));
        assert_eq!(run.is_broken(), broken);
    }
}

#[test]
fn a_transaction_must_have_compared_rightly() {
    for (succeeded, broken) in [(true, false), (false, true)] {
        let mut run = Run::default();
        run.one(1, put("a", "1"), 2, STORED);
        run.one(2, put("b", "1"), 3, STORED);
        run.one(3, swap(), 4, swapped(succeeded));
        assert_eq!(run.is_broken(), broken);
    }
}

#[test]
fn a_key_with_a_lease_may_be_gone_and_another_may_not() {
    for (lease, broken) in [(LeaseId(7), false), (LeaseId::NONE, true)] {
        let mut run = Run::default();
        let leased = Request::Put(PutRequest {
            key: "a".into(),
            value: "1".into(),
            lease,
            ..PutRequest::default()
        });
        run.one(1, leased, 2, STORED);
        run.one(2, get("a"), 3, found(&[]));
        assert_eq!(run.is_broken(), broken);
    }
}

#[test]
fn deletes_count_what_was_there() {
    for (deleted, broken) in [(2, false), (1, true), (3, true)] {
        let mut run = Run::default();
        run.one(1, put("a", "1"), 2, STORED);
        run.one(2, put("b", "1"), 3, STORED);
        let delete = Request::DeleteRange(crate::kv::DeleteRangeRequest {
            key: "a".into(),
            range_end: "z".into(),
            prev_kv: false,
        });
        let body = ResponseBody::DeleteRange(DeleteRangeResponse {
            deleted,
            prev_kvs: Vec::new(),
        });
        run.one(3, delete, 4, body);
        assert_eq!(run.is_broken(), broken);
    }
}

#[test]
fn many_unknown_writes_cost_little_and_decide_nothing() {
    let mut run = Run::default();
    for id in 0..200 {
        run.call(id, put("a", "lost")).fail(id, false);
        run.call(id + 1000, put("a", "gone")).fail(id + 1000, false);
    }
    for id in 0..200 {
        run.one(id + 2000, put("a", "here"), id * 3 + 2, STORED);
        let kv = kv("a", "here", (2, id * 3 + 2, id * 2 + 1));
        run.one(id + 3000, get("a"), id * 3 + 2, found(&[kv]));
    }
    assert!(!run.is_broken());
    run.one(
        9000,
        get("a"),
        1000,
        found(&[kv("a", "never", (2, 999, 999))]),
    );
    assert!(run.is_broken());
}
