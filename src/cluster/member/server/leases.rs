//! Leases: only the leader knows when they end (etcd's `lease` package). It asks through the log
//! for the end of those whose time is over, so that all members delete the same keys; a new leader
//! gives all of them their whole time anew, and an election timeout more, as soon as it has applied
//! an entry of its own term: before, it may not know a lease that was granted.

use super::requests::PASS_ON_US;
use super::{Pending, Server, Stage};
use crate::cluster::call::{AnswerBody, Call, TimeToLive};
use crate::cluster::client::OperationId;
use crate::cluster::command::{Command, Order};
use crate::cluster::member::{Alarm, Effect, TICK_US};
use crate::cluster::trace::{Address, Packet};
use crate::cluster::world::Out;
use crate::kv::{Caller, LeaseId, Request, Response, ResponseBody, V2Method, V2Request};
use crate::raft::Role;
use crate::raft::rules::Rule;
use crate::sim::{SimTime, SmallMap};
use std::sync::Arc;

/// The leader looks for leases whose time is over every so many ticks (etcd: 500 ms).
const LOOK_TICKS: u64 = 500;

/// It asks again for the end of a lease after so many ticks (etcd: 3 s).
const ASK_AGAIN_TICKS: u64 = 3_000;

/// It asks for the end of so many at once (etcd's `leaseRevokeRate`, in half a second).
const AT_ONCE: usize = 500;

const TICKS_PER_SECOND: u64 = 1_000_000 / TICK_US;

/// When leases end, on the leader.
#[derive(Clone, Debug, Default)]
pub(super) struct Lessor {
    /// When leases end. Empty on others than leaders.
    ends: SmallMap<LeaseId, Ends>,
    leads: bool,
    /// How many ids were given out.
    given: u64,
}

/// When a lease ends, in ticks.
#[derive(Clone, Copy, Debug)]
struct Ends {
    at: u64,
    /// When the leader asks for its end, if it has not been kept alive by then.
    ask_at: u64,
    /// Its whole time.
    whole: u64,
}

impl Ends {
    fn after(now: u64, whole: u64) -> Ends {
        let at = now.saturating_add(whole);
        let ask_at = at;
        Ends { at, ask_at, whole }
    }
}

impl Lessor {
    fn whole(ttl: i64) -> u64 {
        u64::try_from(ttl)
            .unwrap_or(0)
            .saturating_mul(TICKS_PER_SECOND)
    }
}

impl Server {
    /// The tick at which a lease ends, as far as this member knows: only the leader counts.
    pub fn lease_ends(&self, id: LeaseId) -> Option<u64> {
        self.lessor.ends.get(&id).map(|ends| ends.at)
    }

    /// The shortest time to live, in seconds: one and a half election timeouts, rounded up.
    fn shortest_ttl(&self) -> i64 {
        let ticks = self.node.options().election_timeout * 3 / 2;
        ticks.div_ceil(TICKS_PER_SECOND) as i64
    }

    /// What a member fills in before a lease goes into the log.
    pub(super) fn prepare_grant(&mut self, ttl: &mut i64, id: &mut LeaseId) {
        *ttl = (*ttl).max(self.shortest_ttl());
        if !id.is_some() {
            *id = self.new_lease_id();
        }
    }

    /// An id like those of etcd: something of the member, the time, and a count.
    fn new_lease_id(&mut self) -> LeaseId {
        self.lessor.given += 1;
        let member = self.member_id & 0x6fff | 0x1000;
        let millis = (self.unix_us() / 1_000) & 0xff_ffff_ffff;
        let id = member << 48 | millis << 8 | self.lessor.given & 0xff;
        LeaseId(id as i64)
    }

    /// Becomes, or is no longer, the one who knows when leases end.
    pub(super) fn judge_lessor(&mut self) {
        let mut leads = self.node.role() == Role::Leader;
        if leads == self.lessor.leads {
            return;
        }
        // Without that rule there may be no such entry for long.
        let has_noop = self.node.options().rules.on(Rule::NoopAtStart);
        if leads && has_noop && self.limits.edition > 0 {
            leads = self.node.term_at(self.node.applied_index()) == Some(self.node.term());
            if !leads {
                return;
            }
        }
        self.lessor.leads = leads;
        self.lessor.ends = SmallMap::default();
        if leads {
            let extend = self.ticked + self.node.options().election_timeout;
            for lease in self.store.leases() {
                let whole = Lessor::whole(lease.ttl);
                self.lessor
                    .ends
                    .insert(lease.id, Ends::after(extend, whole));
            }
        }
        self.plan_look();
    }

    /// A request was applied that may be about leases.
    pub(super) fn lease_applied(&mut self, request: &Request, response: &Response) {
        if !self.lessor.leads {
            return;
        }
        match (request, &response.body) {
            (_, ResponseBody::LeaseGrant(lease)) => {
                let whole = Lessor::whole(lease.ttl);
                let ends = Ends::after(self.ticked, whole);
                self.lessor.ends.insert(lease.id, ends);
            }
            (Request::LeaseRevoke(id), _) => {
                self.lessor.ends.remove(id);
            }
            _ => return,
        }
        self.plan_look();
    }

    /// Decides at which tick something has to be looked at.
    pub(super) fn plan_look(&mut self) {
        self.look_at = None;
        if !self.lessor.leads {
            return;
        }
        let soonest = self.lessor.ends.values().map(|ends| ends.ask_at).min();
        let v2 = self.v2_expires_at();
        let soonest = soonest.into_iter().chain(v2).min();
        self.look_at = soonest.map(|tick| {
            let tick = tick.max(self.ticked + 1);
            tick.next_multiple_of(LOOK_TICKS)
        });
    }

    /// The tick after which the first thing of version 2 vanishes.
    fn v2_expires_at(&self) -> Option<u64> {
        let expires = self.store.v2().next_expiration()?;
        let left = expires.saturating_sub(self.unix_us()).div_ceil(TICK_US);
        Some(self.ticked + left)
    }

    /// The leader looks for what is over.
    pub(super) fn look(&mut self) {
        if self.look_at.is_none_or(|at| at > self.ticked) {
            return;
        }
        let now = self.ticked;
        let over = |(_, ends): &(&LeaseId, &Ends)| ends.ask_at <= now;
        let over: Vec<LeaseId> = self
            .lessor
            .ends
            .iter()
            .filter(over)
            .map(|(id, _)| *id)
            .collect();
        for id in over.into_iter().take(AT_ONCE) {
            self.propose_own(Order::Request(Request::LeaseRevoke(id)));
            if let Some(ends) = self.lessor.ends.get_mut(&id) {
                ends.ask_at = now + ASK_AGAIN_TICKS;
                if self.limits.edition == 0 {
                    ends.at = ends.ask_at;
                }
            }
        }
        if self.v2_expires_at().is_some_and(|at| at <= now) {
            let sync = V2Request {
                method: V2Method::Sync,
                time: self.unix_us(),
                ..V2Request::default()
            };
            self.propose_own(Order::Request(Request::V2(sync)));
        }
        self.plan_look();
    }

    /// Proposes something that no client asked for. If it gets lost, it is proposed again later.
    pub(super) fn propose_own(&mut self, order: Order) -> bool {
        let command = Command {
            operation: OperationId(0),
            caller: self.own_caller(),
            order,
        };
        self.node.propose(command.encode()).is_ok()
    }

    /// The members themselves may do everything.
    fn own_caller(&self) -> Caller {
        let auth = self.store.auth_status();
        Caller {
            user: if auth.enabled { "root" } else { "" }.to_owned(),
            revision: auth.revision,
        }
    }

    /// A question about a lease: only the leader knows the answer.
    pub(super) fn ask_lease(&mut self, now: SimTime, operation: OperationId, out: &mut Out) {
        if self.node.role() == Role::Leader {
            let Some(pending) = self.pending.get(&operation) else {
                return;
            };
            if self.must_wait(&pending.call) {
                self.set_stage(operation, Stage::PassedOn);
                let again = now.after(PASS_ON_US);
                return out.push(Effect::Alarm(again, Alarm::RetryRead(operation)));
            }
            let body = match &*pending.call {
                Call::LeaseKeepAlive(id) => self.keep_alive(*id),
                Call::LeaseTimeToLive(question) => self.time_to_live(&question.clone()),
                _ => return,
            };
            self.plan_look();
            return self.reply(operation, Ok(body), out);
        }
        self.pass_on(now, operation, out);
    }

    /// Whether a new leader does not know yet when leases end, or a lease is over and may live on under the next leader.
    fn must_wait(&self, call: &Call) -> bool {
        let is_over = |id| matches!(self.lessor.ends.get(id), Some(ends) if ends.at <= self.ticked);
        let is_over = matches!(call, Call::LeaseKeepAlive(id) if is_over(id));
        self.limits.edition > 0 && (is_over || !self.lessor.leads)
    }

    /// A lease is gone: who waits for that is told.
    pub(super) fn tell_of_end(&mut self, now: SimTime, id: LeaseId, out: &mut Out) {
        if !self.lessor.leads || self.limits.edition == 0 {
            return;
        }
        let waits = |pending: &Pending| {
            let is_it = matches!(*pending.call, Call::LeaseKeepAlive(asked) if asked == id);
            is_it && pending.stage == Stage::PassedOn
        };
        let pending = self.pending.iter();
        let waiting = pending.filter_map(|(id, pending)| waits(pending).then_some(*id));
        for operation in waiting.collect::<Vec<_>>() {
            self.ask_lease(now, operation, out);
        }
    }

    /// Passes a call on to the leader, or keeps it until there is one.
    pub(super) fn pass_on(&mut self, now: SimTime, operation: OperationId, out: &mut Out) {
        let leader = self.node.leader();
        let Some(pending) = self.pending.get_mut(&operation) else {
            return;
        };
        let Some(leader) = leader.filter(|leader| *leader != self.id) else {
            return self.hold(operation, out);
        };
        pending.stage = Stage::PassedOn;
        let packet = Packet::Request {
            operation,
            call: pending.call.clone(),
            caller: pending.caller.clone(),
        };
        out.push(Effect::send(Address::Member(leader), packet));
        let again = !matches!(*pending.call, Call::MemberPromote(_));
        if again {
            self.ask_again_later(now, operation, out);
        }
    }

    fn keep_alive(&mut self, id: LeaseId) -> AnswerBody {
        let now = self.ticked;
        let mut ttl = 0;
        if let Some(ends) = self.lessor.ends.get_mut(&id)
            && ends.at > now
        {
            *ends = Ends::after(now, ends.whole);
            ttl = (ends.whole / TICKS_PER_SECOND) as i64;
        }
        AnswerBody::KeptAlive { id, ttl }
    }

    fn time_to_live(&self, question: &TimeToLive) -> AnswerBody {
        let id = question.id;
        let (Some(lease), Some(ends)) = (self.store.lease(id), self.lessor.ends.get(&id)) else {
            return AnswerBody::TimeToLive {
                id,
                ttl: -1,
                granted_ttl: 0,
                keys: Vec::new(),
            };
        };
        AnswerBody::TimeToLive {
            id,
            ttl: (ends.at.saturating_sub(self.ticked) / TICKS_PER_SECOND) as i64,
            granted_ttl: lease.ttl,
            keys: match question.keys {
                true => self.store.lease_keys(id),
                false => Vec::new(),
            },
        }
    }

    /// All leases; on the leader the one that ends first before the others.
    pub(super) fn lease_list(&self) -> AnswerBody {
        let mut leases: Vec<LeaseId> = self.store.leases().iter().map(|lease| lease.id).collect();
        leases.sort_by_key(|id| self.lessor.ends.get(id).map(|ends| ends.at));
        AnswerBody::Leases(leases)
    }

    /// The leader's answer to a call that was passed on to it.
    pub(in crate::cluster::member) fn passed_back(
        &mut self,
        operation: OperationId,
        result: &Result<Arc<crate::cluster::call::Answer>, crate::cluster::client::ClientError>,
        out: &mut Out,
    ) {
        let result = match result {
            Ok(answer) => Ok(answer.body.clone()),
            Err(error) => Err(*error),
        };
        self.reply(operation, result, out);
    }
}
