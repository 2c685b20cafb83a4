//! Calls: taken, checked, given to the protocol, answered.

use super::{Command, Order, Pending, Server, Stage};
use crate::cluster::call::{AnswerBody, Call};
use crate::cluster::client::{ClientError, OperationId};
use crate::cluster::member::{Alarm, Effect};
use crate::cluster::trace::{Address, Fact, Packet};
use crate::cluster::world::Out;
use crate::kv::{
    AuthRequest, Caller, Credentials, KvError, LeaseGrantRequest, Request, Response, ResponseBody,
    V2Response,
};
use crate::raft::{DropReason, Entry, NodeId, Payload, Ready};
use crate::sim::SimTime;
use std::sync::Arc;

/// A member takes no more writes when it has applied so many entries less than are committed
/// (etcd's `maxGapBetweenApplyAndCommitIndex`).
const MAX_GAP: u64 = 5_000;

/// A call for the leader is passed on to another one after so many microseconds (etcd: 50 ms).
pub(super) const PASS_ON_US: u64 = 50_000;

impl Server {
    /// Takes a call.
    pub(in crate::cluster::member) fn accept(
        &mut self,
        now: SimTime,
        from: Address,
        operation: OperationId,
        (call, caller): (&Arc<Call>, &Caller),
        out: &mut Out,
    ) {
        if !self.serving {
            return;
        }
        let allowed = self.may_be_asked(call);
        if let Err(error) = allowed.and_then(|()| self.may_ask(call, caller)) {
            let result = Err(error);
            return out.push(Effect::send(from, Packet::response(operation, result)));
        }
        match &**call {
            Call::Watch(watch) => return self.watch(from, operation, (watch, caller), out),
            Call::V2Wait(wait) => return self.wait_v2(from, operation, wait, out),
            _ => {}
        }
        let pending = Pending {
            from,
            call: call.clone(),
            caller: caller.clone(),
            stage: Stage::Held,
        };
        self.pending.insert(operation, Box::new(pending));
        if let Some(result) = self.at_once(operation) {
            return self.reply(operation, result, out);
        }
        let deadline = now.after(self.limits.request_timeout_us);
        out.push(Effect::Alarm(deadline, Alarm::RequestTimedOut(operation)));
        self.give(now, operation, out);
    }

    /// Maintenance is the administrator's business (etcd's `authMaintenanceServer`); which keys are
    /// attached to a lease, that of those who may read them.
    fn may_ask(&self, call: &Call, caller: &Caller) -> Result<(), ClientError> {
        match call {
            Call::HashKv(_) | Call::Defragment | Call::Snapshot => {
                Ok(self.store.auth().check_admin(caller)?)
            }
            Call::LeaseTimeToLive(lease) if lease.keys => {
                if self.store.auth().status().enabled && caller.user.is_empty() {
                    return Err(KvError::UserEmpty.into());
                }
                Ok(self.store.check_lease_keys(caller, lease.id)?)
            }
            _ => Ok(()),
        }
    }

    /// A learner answers serializable reads and questions about itself only, and may be copied.
    fn may_be_asked(&self, call: &Call) -> Result<(), ClientError> {
        let own = self.roster.get(self.id);
        if !own.is_some_and(|info| info.is_learner) {
            return Ok(());
        }
        let possible = match call {
            Call::Store(request @ Request::Range(_)) => request.is_serializable(),
            Call::Status | Call::Snapshot | Call::V2Get(_) | Call::V2Leader => true,
            _ => false,
        };
        match possible {
            true => Ok(()),
            false => Err(ClientError::NotSupportedForLearner),
        }
    }

    /// The answer to what needs nobody else.
    fn at_once(&mut self, operation: OperationId) -> Option<Result<AnswerBody, ClientError>> {
        let Pending { call, caller, .. } = &**self.pending.get(&operation)?;
        Some(match &**call {
            Call::Store(request) => {
                if let Err(error) = request.validate_and(self.limits.edition == 0) {
                    return Some(Err(error.into()));
                }
                if request.is_serializable() {
                    let read = self.store.read(caller, request);
                    return Some(read.map(AnswerBody::Store).map_err(ClientError::from));
                }
                return self.refuse_write(operation).map(Err);
            }
            Call::HashKv(_) | Call::Defragment | Call::Snapshot
                if self.store.auth().check_admin(caller).is_err() =>
            {
                let refused = self.store.auth().check_admin(caller);
                return refused.err().map(|error| Err(error.into()));
            }
            Call::LeaseTimeToLive(question) if question.keys => {
                let refused = self.store.check_lease_keys(caller, question.id);
                return refused.err().map(|error| Err(error.into()));
            }
            Call::LeaseList => Ok(self.lease_list()),
            Call::MemberList(false) => Ok(self.member_list()),
            Call::Status => Ok(self.status()),
            Call::HashKv(revision) => self.hash_kv(*revision),
            Call::Defragment => Ok(self.defragment()),
            Call::Snapshot => Ok(AnswerBody::Snapshot(self.store.save())),
            Call::V2Leader => Ok(AnswerBody::Leader(
                self.node
                    .leader()
                    .and_then(|leader| self.roster.get(leader))
                    .map(|info| Box::new(info.clone())),
            )),
            Call::V2Health if self.node.leader().is_none() => Ok(AnswerBody::Health(false)),
            Call::V2Get(request) => {
                let mut request = request.clone();
                request.time = self.unix_us();
                Ok(AnswerBody::V2(match self.store.v2().get(&request) {
                    Ok(event) => V2Response::Event(Box::new(event)),
                    Err(error) => V2Response::Error(error),
                }))
            }
            _ => return None,
        })
    }

    /// Whether a write is refused before it is proposed.
    fn refuse_write(&mut self, operation: OperationId) -> Option<ClientError> {
        let Call::Store(request) = &*self.pending.get(&operation)?.call else {
            return None;
        };
        let behind = self.node.commit_index().0 - self.node.applied_index().0;
        if behind > MAX_GAP && request.is_write() {
            return Some(ClientError::TooManyRequests);
        }
        let cost = request.cost();
        if cost > 0 && self.limits.quota_bytes > 0 {
            let size = self.db_size() + cost;
            if size >= self.limits.quota_bytes {
                return Some(self.raise_no_space());
            }
        }
        None
    }

    fn member_list(&self) -> AnswerBody {
        AnswerBody::Members {
            member: None,
            members: self.roster.infos(),
        }
    }

    /// Gives a call to the protocol, or keeps it until there is a leader.
    fn give(&mut self, now: SimTime, operation: OperationId, out: &mut Out) {
        let Some(pending) = self.pending.get(&operation) else {
            return;
        };
        match &*pending.call {
            // Whoever is behind does not know yet who may be let in.
            Call::Store(Request::Auth(AuthRequest::Authenticate(_))) => {
                self.ask_to_read(now, operation, out);
            }
            Call::Store(request) if request.is_write() => self.propose(operation, out),
            Call::Store(_) | Call::MemberList(_) | Call::V2Health => {
                self.ask_to_read(now, operation, out);
            }
            Call::LeaseKeepAlive(_) | Call::LeaseTimeToLive(_) => {
                self.ask_lease(now, operation, out);
            }
            Call::MoveLeader(_) => self.move_leader(operation, out),
            _ => self.change_members(now, operation, out),
        }
    }

    /// Proposes a write. That is done once, since the first copy may still commit.
    fn propose(&mut self, operation: OperationId, out: &mut Out) {
        let Some(pending) = self.pending.get(&operation) else {
            return;
        };
        let (Call::Store(request), caller) = (&*pending.call, pending.caller.clone()) else {
            return;
        };
        let order = Order::Request(self.prepared(request.clone()));
        let command = Command {
            operation,
            caller,
            order,
        };
        let given = self.node.propose(command.encode());
        self.given(operation, given, out);
    }

    /// Fills in what only the member that takes a request knows.
    fn prepared(&mut self, request: Request) -> Request {
        match request {
            Request::LeaseGrant(LeaseGrantRequest { mut ttl, mut id }) => {
                self.prepare_grant(&mut ttl, &mut id);
                Request::LeaseGrant(LeaseGrantRequest { ttl, id })
            }
            Request::V2(mut v2) => {
                v2.time = self.unix_us();
                if v2.expiration > 0 {
                    v2.expiration = v2.expiration.saturating_add(v2.time);
                }
                Request::V2(v2)
            }
            other => other,
        }
    }

    /// This member knows who may be let in: a login goes into the log, unless the password is wrong.
    fn let_in(&mut self, operation: OperationId, login: &Credentials, out: &mut Out) {
        if let Err(error) = self.store.auth().check_password(login) {
            return self.reply(operation, Err(error.into()), out);
        }
        self.propose(operation, out);
        let stage = self.pending.get(&operation).map(|pending| pending.stage);
        if stage == Some(Stage::Given) {
            // It is not asked for again.
            self.set_stage(operation, Stage::Confirmed);
        }
    }

    fn given(&mut self, operation: OperationId, given: Result<(), DropReason>, out: &mut Out) {
        match given {
            Ok(()) => self.set_stage(operation, Stage::Given),
            // A leader of etcd's that hands over drops it, with an error. It can as well wait for the next one.
            Err(DropReason::NoLeader | DropReason::Transferring | DropReason::NotAVoter) => {
                self.hold(operation, out);
            }
            Err(DropReason::TooMuchUncommitted) => {
                self.reply(operation, Err(ClientError::TooManyRequests), out);
            }
            Err(DropReason::ForwardingDisabled) => {
                self.reply(operation, Err(ClientError::NotLeader), out);
            }
        }
    }

    /// Asks from which index on a read may be answered.
    fn ask_to_read(&mut self, now: SimTime, operation: OperationId, out: &mut Out) {
        self.read_tries += 1;
        self.reads.insert(self.read_tries, operation);
        let given = self.node.read_index(self.read_tries);
        if given.is_ok() {
            self.ask_again_later(now, operation, out);
        }
        self.given(operation, given, out);
    }

    pub(super) fn ask_again_later(&mut self, now: SimTime, operation: OperationId, out: &mut Out) {
        let retry = now.after(self.limits.read_retry_us);
        out.push(Effect::Alarm(retry, Alarm::RetryRead(operation)));
    }

    /// Gives what was held to the leader that is known now.
    pub(super) fn give_held(&mut self, now: SimTime, out: &mut Out) {
        if self.held.is_empty() {
            return;
        }
        for operation in std::mem::take(&mut self.held) {
            let stage = self.pending.get(&operation).map(|pending| pending.stage);
            if stage == Some(Stage::Held) {
                self.give(now, operation, out);
            }
        }
    }

    /// A read index may have been lost with a message or a leader: etcd asks again from time to
    /// time. A write is never proposed twice.
    pub(in crate::cluster::member) fn retry_read(
        &mut self,
        now: SimTime,
        operation: OperationId,
        out: &mut Out,
    ) {
        let stage = self.pending.get(&operation).map(|pending| pending.stage);
        if matches!(stage, Some(Stage::Given | Stage::PassedOn)) {
            self.give(now, operation, out);
        }
    }

    /// There is another leader. What was passed on to the one before is passed on again. etcd fails the reads that are under way, and its client asks again
    /// at once; where that is not wanted, a read is asked for again when its time has come.
    pub(super) fn leader_changed(&mut self, now: SimTime, out: &mut Out) {
        let passed_on = |pending: &Pending| pending.stage == Stage::PassedOn;
        let pending = self.pending.iter();
        let again = pending.filter_map(|(id, pending)| passed_on(pending).then_some(*id));
        // The new leader has to hear from the others first.
        let soon = now.after(PASS_ON_US);
        out.extend(again.map(|operation| Effect::Alarm(soon, Alarm::RetryRead(operation))));
        if !self.limits.as_etcd {
            return;
        }
        let waits = |pending: &Pending| {
            let reads = matches!(&*pending.call, Call::Store(request) if !request.is_write())
                || matches!(*pending.call, Call::MemberList(_) | Call::V2Health);
            reads && matches!(pending.stage, Stage::Held | Stage::Given)
        };
        let pending = self.pending.iter();
        let waiting = pending.filter_map(|(id, pending)| waits(pending).then_some(*id));
        for operation in waiting.collect::<Vec<_>>() {
            self.reply(operation, Err(ClientError::LeaderChanged), out);
        }
    }

    /// A call has waited long enough.
    pub(in crate::cluster::member) fn time_out(&mut self, operation: OperationId, out: &mut Out) {
        let Some(pending) = self.pending.get(&operation) else {
            return;
        };
        let result = match (&*pending.call, &pending.stage) {
            (Call::V2Health, _) => Ok(AnswerBody::Health(false)),
            (_, Stage::Moving(_)) => Err(ClientError::TimeoutLeaderTransfer),
            // etcd's server has not even proposed it, and says so in the words of its own limit.
            (call, Stage::Held) if call.is_write() && self.limits.as_etcd => {
                Err(ClientError::DeadlineExceeded)
            }
            _ => Err(ClientError::RequestTimedOut),
        };
        self.reply(operation, result, out);
    }

    /// Applies what is committed and answers what can be answered by it; nothing of that stays in `ready`.
    pub(in crate::cluster::member) fn take_in(
        &mut self,
        now: SimTime,
        ready: &mut Ready,
        out: &mut Out,
    ) {
        if let Some(snapshot) = ready.snapshot.take() {
            self.take_over(&snapshot);
            self.tell_watchers(out);
        }
        for entry in &ready.committed {
            self.apply(now, entry, out);
        }
        if let Some(last) = ready.committed.last() {
            self.node.applied(last.index);
            self.save_if_due();
        }
        ready.committed.clear();
        for read in ready.reads.drain(..) {
            let operation = self.reads.remove(&read.read.id);
            if let Some(operation) = operation
                && let Some(pending) = self.pending.get_mut(&operation)
            {
                pending.stage = Stage::Confirmed;
                self.confirmed.push((read.index, operation));
            }
        }
        self.answer_reads(out);
    }

    fn apply(&mut self, now: SimTime, entry: &Entry, out: &mut Out) {
        let command = match &entry.payload {
            Payload::Command(data) => out.command(entry.index, data),
            Payload::Noop => None,
            Payload::ConfChange(change) => {
                self.note_applied(entry, None, out);
                return self.change_applied(now, change, out);
            }
        };
        let Some(command) = command else {
            return self.note_applied(entry, None, out);
        };
        let operation = command.operation;
        if let Order::Request(request) = &command.order {
            let result = self.store.apply_as(&command.caller, request);
            self.note_applied(entry, Some(operation), out);
            return self.request_applied(now, operation, (request, result), out);
        }
        self.note_applied(entry, None, out);
        self.own_applied(operation, command.order.clone(), out);
    }

    fn note_applied(&mut self, entry: &Entry, operation: Option<OperationId>, out: &mut Out) {
        out.note(Fact::Applied {
            member: self.id,
            index: entry.index,
            operation: operation.filter(|operation| operation.0 > 0),
            revision: self.store.revision(),
        });
    }

    fn request_applied(
        &mut self,
        now: SimTime,
        operation: OperationId,
        (request, result): (&Request, Result<Response, KvError>),
        out: &mut Out,
    ) {
        self.largest = self.largest.max(self.store.size_in_use());
        if let Ok(response) = &result {
            self.lease_applied(request, response);
            if let Request::LeaseRevoke(id) = request {
                self.tell_of_end(now, *id, out);
            }
            if let ResponseBody::V2(V2Response::Event(_) | V2Response::Synced) = &response.body {
                self.plan_look();
                self.tell_v2_watchers(out);
            }
        }
        let body = match (request, result) {
            // The password may have been changed since it was checked.
            (Request::Auth(AuthRequest::Authenticate(login)), Ok(_)) => {
                let checked = self.store.auth().check_password(login);
                checked.map(AnswerBody::Token).map_err(ClientError::from)
            }
            (_, result) => result.map(AnswerBody::Store).map_err(ClientError::from),
        };
        self.reply(operation, body, out);
        self.tell_watchers(out);
    }

    fn answer_reads(&mut self, out: &mut Out) {
        if self.confirmed.is_empty() {
            return;
        }
        let applied = self.node.applied_index();
        let mut due = std::mem::take(&mut self.confirmed);
        self.confirmed = due.extract_if(.., |(index, _)| *index > applied).collect();
        for (_, operation) in due {
            let Some(pending) = self.pending.get(&operation) else {
                continue;
            };
            let call = pending.call.clone();
            let result = match &*call {
                Call::Store(Request::Auth(AuthRequest::Authenticate(login))) => {
                    self.let_in(operation, login, out);
                    continue;
                }
                Call::Store(request) => {
                    let read = self.store.read(&pending.caller, request);
                    read.map(AnswerBody::Store).map_err(ClientError::from)
                }
                Call::V2Health => Ok(AnswerBody::Health(true)),
                _ => Ok(self.member_list()),
            };
            self.reply(operation, result, out);
        }
    }

    /// Whether a message comes from somebody who does not belong here any more.
    pub(in crate::cluster::member) fn was_removed(&self, member: NodeId) -> bool {
        self.roster.was_removed(member)
    }
}
