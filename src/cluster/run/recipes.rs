//! Locks and elections, as etcd's `concurrency` package makes them of leases, transactions and
//! watches.
//!
//! Whoever wants a lock or an office writes a key below its name, `name/LEASE`, attached to a
//! lease of its own. The key with the lowest create revision owns it; the others wait until the
//! key before theirs is deleted.

use super::ask::{Ask, To};
use super::{Port, Purpose, Run, prefix_of};
use crate::cluster::call::{Answer, AnswerBody, Call, WatchCall, WatchRequest};
use crate::cluster::client::ClientError;
use crate::cluster::program::{End, Job, ProgramError, ProgramEvent};
use crate::kv::{
    Compare, CompareTarget, DeleteRangeRequest, EventType, KeyValue, LeaseGrantRequest, LeaseId,
    PutRequest, RangeRequest, Request, RequestOp, ResponseBody, SortOrder, SortTarget, TxnRequest,
};
use bytes::Bytes;

type Outcome = Result<Answer, ClientError>;

/// The seconds of a lease that nobody has asked for (etcd's `concurrency.NewSession`).
pub(super) const SESSION_S: i64 = 60;

impl Run {
    /// A lease of one's own comes first (a "session").
    pub(super) fn grant(&mut self, port: &mut Port, ttl: i64) {
        let id = LeaseId::NONE;
        let call = Call::Store(Request::LeaseGrant(LeaseGrantRequest { ttl, id }));
        self.ask(port, Purpose::Grant, call, To::Any, None);
    }

    pub(super) fn recipe_step(
        &mut self,
        port: &mut Port,
        purpose: Purpose,
        ask: Ask,
        result: Outcome,
    ) {
        let answer = match result {
            Ok(answer) => answer,
            // After an interrupt nobody minds.
            Err(_) if self.interrupted => return self.end(port, End::Interrupted),
            Err(error) => return self.fail(port, ProgramError::Call(error)),
        };
        let _ = ask;
        match purpose {
            Purpose::Grant => self.granted(port, answer),
            Purpose::Enter => self.entered(port, answer),
            Purpose::Check => self.checked(port, answer),
            // A watch that the server ended: it is looked after anew.
            Purpose::Await => self.check(port),
            Purpose::Hold => self.hold(port, answer),
            Purpose::Own => self.owned(port, answer),
            Purpose::Leave => self.end(port, End::Done),
            Purpose::Winner => self.winner(port, answer),
            Purpose::NextWinner | Purpose::Reign => self.ask_winner(port),
            _ => {}
        }
    }

    fn granted(&mut self, port: &mut Port, answer: Answer) {
        if let Some(ResponseBody::LeaseGrant(lease)) = body(&answer) {
            self.memo.lease = lease.id;
            self.memo.ttl = lease.ttl;
        }
        let mut key = self.prefix().to_vec();
        key.extend(format!("{:x}", self.memo.lease.0).into_bytes());
        self.memo.key = key.into();
        self.memo.lease_ends = port.now.after(self.memo.ttl as u64 * 1_000_000);
        self.keep_alive(port);
        match &self.program.job {
            Job::Observe(_) => self.ask_winner(port),
            _ => self.enter(port),
        }
    }

    /// The name of the lock or the election, with a slash.
    fn prefix(&self) -> Bytes {
        match &self.program.job {
            Job::Lock(lock) => prefix_of(&lock.name),
            Job::Elect(elect) => prefix_of(&elect.name),
            Job::Observe(name) => prefix_of(name),
            _ => Bytes::new(),
        }
    }

    fn is_lock(&self) -> bool {
        matches!(self.program.job, Job::Lock(_))
    }

    /// Writes the own key, unless it is there.
    fn enter(&mut self, port: &mut Port) {
        let value = match &self.program.job {
            Job::Elect(elect) => elect.proposal.clone(),
            _ => Bytes::new(),
        };
        let put = RequestOp::Put(PutRequest {
            key: self.memo.key.clone(),
            value,
            lease: self.memo.lease,
            ..PutRequest::default()
        });
        let get = RequestOp::Range(one(self.memo.key.clone()));
        let call = self.if_created_at(0, vec![put], vec![get]);
        self.ask(port, Purpose::Enter, call, To::Any, None);
    }

    /// Something that is done if the own key was created at this revision.
    fn if_created_at(&self, at: u64, success: Vec<RequestOp>, failure: Vec<RequestOp>) -> Call {
        let compare = Compare {
            key: self.memo.key.clone(),
            target: CompareTarget::Create(at as i64),
            ..Compare::default()
        };
        Call::Store(Request::Txn(TxnRequest {
            compare: vec![compare],
            success,
            failure,
        }))
    }

    fn entered(&mut self, port: &mut Port, answer: Answer) {
        let Some(ResponseBody::Txn(txn)) = body(&answer) else {
            return;
        };
        let there = txn
            .responses
            .first()
            .and_then(|response| first(&response.body));
        self.memo.revision = there.map_or(answer.header.revision, |kv| kv.create_revision.0);
        self.memo.owns = true;
        self.say(port, ProgramEvent::Ready);
        if self.interrupted {
            return self.leave(port);
        }
        self.check(port);
    }

    /// Who was there before, last?
    fn check(&mut self, port: &mut Port) {
        let prefix = self.prefix();
        let range = RangeRequest {
            range_end: crate::kv::prefix_end(&prefix),
            key: prefix,
            limit: 1,
            sort_order: SortOrder::Descend,
            sort_target: SortTarget::Create,
            max_create_revision: self.memo.revision as i64 - 1,
            ..RangeRequest::default()
        };
        let call = Call::Store(Request::Range(range));
        self.ask(port, Purpose::Check, call, To::Any, None);
    }

    fn checked(&mut self, port: &mut Port, answer: Answer) {
        match body(&answer).and_then(first) {
            Some(before) => {
                let after = answer.header.revision;
                self.watch(port, Purpose::Await, one_watch(before.key.clone(), after));
            }
            None => {
                let purpose = if self.is_lock() {
                    Purpose::Hold
                } else {
                    Purpose::Own
                };
                let call = Call::Store(Request::Range(one(self.memo.key.clone())));
                self.ask(port, purpose, call, To::Any, None);
            }
        }
    }

    fn watch(&mut self, port: &mut Port, purpose: Purpose, request: WatchRequest) {
        let call = Call::Watch(WatchCall {
            request,
            require_leader: false,
        });
        self.ask(port, purpose, call, To::Any, None);
    }

    /// The lock is held, unless the lease has run out meanwhile.
    fn hold(&mut self, port: &mut Port, answer: Answer) {
        if body(&answer).and_then(first).is_none() {
            return self.fail(port, ProgramError::SessionExpired);
        }
        let key = self.memo.key.clone();
        self.say(port, ProgramEvent::Locked { answer, key });
        match &self.program.job {
            Job::Lock(lock) if !lock.hold => self.leave(port),
            _ => self.holds(port),
        }
    }

    /// The office is held, as far as a candidate can tell whose lease may have run out.
    fn owned(&mut self, port: &mut Port, answer: Answer) {
        self.answered(port, answer);
        self.holds(port);
    }

    /// Gives the lock or the office back. The lease stays.
    pub(super) fn leave(&mut self, port: &mut Port) {
        self.memo.owns = false;
        let delete = DeleteRangeRequest {
            key: self.memo.key.clone(),
            ..DeleteRangeRequest::default()
        };
        let call = match self.is_lock() {
            true => Call::Store(Request::DeleteRange(delete)),
            false => {
                let delete = vec![RequestOp::DeleteRange(delete)];
                self.if_created_at(self.memo.revision, delete, Vec::new())
            }
        };
        self.ask(port, Purpose::Leave, call, To::Any, None);
    }

    /// Who leads now?
    pub(super) fn ask_winner(&mut self, port: &mut Port) {
        let prefix = self.prefix();
        let range = RangeRequest {
            range_end: crate::kv::prefix_end(&prefix),
            key: prefix,
            limit: 1,
            sort_order: SortOrder::Ascend,
            sort_target: SortTarget::Create,
            ..RangeRequest::default()
        };
        let call = Call::Store(Request::Range(range));
        self.ask(port, Purpose::Winner, call, To::Any, None);
    }

    fn winner(&mut self, port: &mut Port, answer: Answer) {
        let after = answer.header.revision + 1;
        match body(&answer).and_then(first).cloned() {
            Some(kv) => {
                self.tell_winner(port, &answer, kv.clone());
                self.watch(port, Purpose::Reign, one_watch(kv.key, after));
            }
            None => {
                let prefix = self.prefix();
                let request = WatchRequest {
                    range_end: crate::kv::prefix_end(&prefix),
                    ..one_watch(prefix, after)
                };
                self.watch(port, Purpose::NextWinner, request);
            }
        }
        if !std::mem::replace(&mut self.memo.synced, true) {
            self.say(port, ProgramEvent::Ready);
        }
    }

    /// Tells who won as if it were found by a question.
    fn tell_winner(&self, port: &mut Port, like: &Answer, kv: KeyValue) {
        let revision = kv.mod_revision;
        let mut answer = like.clone();
        answer.body = AnswerBody::Store(crate::kv::Response {
            revision,
            body: ResponseBody::Range(crate::kv::RangeResponse {
                kvs: vec![kv],
                more: false,
                count: 0,
            }),
        });
        self.answered(port, answer);
    }

    /// A part of a watch.
    pub(super) fn recipe_part(
        &mut self,
        port: &mut Port,
        place: usize,
        purpose: Purpose,
        answer: Answer,
    ) {
        let AnswerBody::Watch(part) = &answer.body else {
            return;
        };
        let gone = |kind: EventType| kind == EventType::Delete;
        for event in &part.events {
            match purpose {
                Purpose::Await if gone(event.kind) => {
                    self.stop_asking(port, place);
                    return self.check(port);
                }
                Purpose::NextWinner if !gone(event.kind) => {
                    self.stop_asking(port, place);
                    self.tell_winner(port, &answer, event.kv.clone());
                    let after = event.kv.mod_revision.0 + 1;
                    let request = one_watch(event.kv.key.clone(), after);
                    return self.watch(port, Purpose::Reign, request);
                }
                Purpose::Reign if gone(event.kind) => {
                    self.stop_asking(port, place);
                    return self.ask_winner(port);
                }
                Purpose::Reign => self.tell_winner(port, &answer, event.kv.clone()),
                _ => {}
            }
        }
    }

    /// A watch is not needed any more.
    fn stop_asking(&mut self, port: &mut Port, place: usize) {
        let ask = self.asks.remove(place);
        self.give_up(port, &ask, ClientError::Canceled);
    }
}

fn body(answer: &Answer) -> Option<&ResponseBody> {
    answer.response().map(|response| &response.body)
}

fn first(body: &ResponseBody) -> Option<&KeyValue> {
    match body {
        ResponseBody::Range(range) => range.kvs.first(),
        _ => None,
    }
}

fn one(key: Bytes) -> RangeRequest {
    RangeRequest {
        key,
        ..RangeRequest::default()
    }
}

fn one_watch(key: Bytes, start_revision: u64) -> WatchRequest {
    WatchRequest {
        key,
        start_revision: start_revision as i64,
        ..WatchRequest::default()
    }
}
