//! Loads: requests that a client makes up by itself.

use super::super::call::Call;
use super::super::client::{ClientId, Operation, Outcome};
use super::super::load::{KeyChoice, Load};
use super::again::{Connections, Try};
use super::{Pending, World};
use crate::kv::{
    Compare, CompareTarget, KvError, LeaseGrantRequest, LeaseId, PutRequest, RangeRequest, Request,
    RequestOp, ResponseBody, TxnRequest,
};
use crate::raft::NodeId;
use crate::sim::{FaultId, stream};
use bytes::Bytes;
use rand::RngExt;
use rand_pcg::Pcg32;
use std::sync::Arc;

/// How finely the weights of keys are told apart.
const WEIGHT: u64 = 1 << 32;

/// A load that a client is at.
#[derive(Clone, Debug)]
pub(super) struct Working {
    pub load: Load,
    /// Which load of the run, so that an old alarm means nothing to a new one.
    pub number: u64,
    /// The requests that have no answer yet.
    pub tries: Vec<Try>,
    /// Which members are there.
    pub connections: Connections,
    /// The fault that it belongs to, if it ends by itself.
    pub fault: Option<FaultId>,
    rng: Pcg32,
    /// How many requests were made up.
    made: u64,
    /// The revision at which the client saw each key last; 0 for one that it never saw.
    seen: Vec<i64>,
    /// The lease in use, and for how many puts it was used. One that is only asked for was used for
    /// none.
    lease: Option<(LeaseId, u64)>,
    leases: u64,
}

impl World {
    /// What a client sends by itself.
    pub fn load_of(&self, client: ClientId) -> Option<&Load> {
        self.loads.get(&client).map(|working| &working.load)
    }

    pub(super) fn set_load(
        &mut self,
        client: ClientId,
        load: Option<Load>,
        fault: Option<FaultId>,
    ) {
        let Some(load) = load else {
            self.loads.remove(&client);
            return;
        };
        self.load_count += 1;
        let number = self.load_count;
        let keys = usize::try_from(load.keys).unwrap_or(0);
        let working = Working {
            load,
            number,
            tries: Vec::new(),
            connections: Connections::default(),
            fault,
            rng: stream(self.seed, "load", [u64::from(client.0), number]),
            made: 0,
            seen: vec![0; keys],
            lease: None,
            leases: 0,
        };
        self.loads.insert(client, working);
        self.next_of_load(client, number);
    }

    /// Plans the next request.
    fn next_of_load(&mut self, client: ClientId, number: u64) {
        if let Some(working) = self.loads.get_mut(&client) {
            let twice = 2_000_000 / working.load.per_second;
            let gap = working.rng.random_range(0..=twice).max(1);
            let at = self.outside.now.after(gap);
            self.outside
                .queue
                .schedule(at, Pending::Load(client, number));
        }
    }

    /// It is time for the next request of a load.
    pub(super) fn work(&mut self, client: ClientId, number: u64) {
        let all: Vec<NodeId> = self.members.ids().collect();
        let Some(working) = self.loads.get_mut(&client) else {
            return;
        };
        if working.number != number {
            return;
        }
        let (request, turn) = working.make_up(client);
        let (begun, patience) = (self.outside.now, self.options.client_timeout_us);
        let members = working.members(&all);
        let member = working.connections.pick(members, turn, begun);
        let call = Arc::new(Call::Store(request));
        let operation = self.call(client, member, call.clone(), begun.after(patience));
        if let Some(working) = self.loads.get_mut(&client) {
            working.tries.push(Try {
                turn,
                operation,
                call,
                begun,
                attempts: 1,
            });
        }
        self.next_of_load(client, number);
    }

    /// An operation of a client is over: what it saw of a key is remembered.
    pub(super) fn learn(&mut self, operation: &Operation, outcome: &Outcome) {
        let Some(working) = self.loads.get_mut(&operation.client) else {
            return;
        };
        let Outcome::Answered(answer) = outcome else {
            if *outcome == Outcome::Failed(KvError::LeaseNotFound.into()) {
                working.lease = None;
            }
            return;
        };
        let (Call::Store(request), Some(response)) = (&*operation.call, answer.response()) else {
            return;
        };
        let key = match request {
            Request::Txn(txn) => txn.compare.first().map(|compare| &compare.key),
            other => other.key(),
        };
        let number = key.and_then(|key| number_of(key));
        let Some(seen) = number.and_then(|number| working.seen.get_mut(number)) else {
            return;
        };
        let found = match &response.body {
            ResponseBody::Txn(txn) if !txn.succeeded => txn.responses.first().map(|r| &r.body),
            body => Some(body),
        };
        *seen = match found {
            Some(ResponseBody::Range(range)) => {
                range.kvs.first().map_or(0, |kv| kv.mod_revision.0 as i64)
            }
            _ => response.revision.0 as i64,
        };
    }
}

impl Working {
    /// The members that are asked.
    pub fn members<'a>(&'a self, all: &'a [NodeId]) -> &'a [NodeId] {
        match &self.load.members[..] {
            [] => all,
            some => some,
        }
    }

    /// A request, and whose turn it is to be asked.
    fn make_up(&mut self, client: ClientId) -> (Request, u64) {
        let turn = self.made;
        self.made += 1;
        let number = self.choose_key();
        let key = key_of(number);
        let draw = self.rng.random_range(0..100);
        if draw < self.load.reads {
            let stale = self.load.stale > 0 && self.rng.random_range(0..100) < self.load.stale;
            return (Request::get(key, stale), turn);
        }
        let value = self.value(client);
        if draw >= self.load.reads + self.load.swaps {
            let leased = self.load.leased > 0 && self.rng.random_range(0..100) < self.load.leased;
            let request = match leased {
                true => self.with_lease(client, key, value),
                false => Request::put(key, value),
            };
            return (request, turn);
        }
        let compare = Compare {
            key: key.clone(),
            target: CompareTarget::Mod(self.seen[number]),
            ..Compare::default()
        };
        let put = PutRequest {
            key: key.clone(),
            value,
            ..PutRequest::default()
        };
        let get = RangeRequest {
            key,
            ..RangeRequest::default()
        };
        let swap = TxnRequest {
            compare: vec![compare],
            success: vec![RequestOp::Put(put)],
            failure: vec![RequestOp::Range(get)],
        };
        (Request::Txn(swap), turn)
    }

    /// A put with a lease, or what has to be done first.
    fn with_lease(&mut self, client: ClientId, key: Bytes, value: Bytes) -> Request {
        let Some((id, puts)) = &mut self.lease else {
            self.leases += 1;
            let parts = [u64::from(client.0) + 1, self.number, self.leases];
            let id = parts
                .iter()
                .fold(0, |id, part| id << 20 | (part & 0xf_ffff));
            let id = LeaseId(i64::try_from(id & i64::MAX as u64).unwrap_or(1));
            self.lease = Some((id, 0));
            return Request::LeaseGrant(LeaseGrantRequest {
                ttl: Load::LEASE_SECONDS,
                id,
            });
        };
        let lease = *id;
        if *puts == Load::PUTS_PER_LEASE {
            self.lease = None;
            if self.leases.is_multiple_of(2) {
                return Request::LeaseRevoke(lease);
            }
            return Request::put(key, value);
        }
        *puts += 1;
        Request::Put(PutRequest {
            key,
            value,
            lease,
            ..PutRequest::default()
        })
    }

    /// A value that no other request writes.
    fn value(&self, client: ClientId) -> Bytes {
        let mut value = format!("{}.{}.{}", client.0, self.number, self.made).into_bytes();
        let length = usize::try_from(self.load.value_bytes).unwrap_or(0);
        if value.len() < length {
            value.resize(length, b'.');
        }
        value.into()
    }

    fn choose_key(&mut self) -> usize {
        let keys = self.load.keys;
        let number = match self.load.choice {
            KeyChoice::Uniform => self.rng.random_range(0..keys),
            KeyChoice::Zipf => {
                let all = (1..=keys).map(|rank| WEIGHT / rank).sum();
                let mut draw = self.rng.random_range(0..all);
                let mut number = 0;
                while draw >= WEIGHT / (number + 1) {
                    draw -= WEIGHT / (number + 1);
                    number += 1;
                }
                number
            }
        };
        usize::try_from(number).unwrap_or(0)
    }
}

fn key_of(number: usize) -> Bytes {
    format!("load/{number}").into()
}

fn number_of(key: &[u8]) -> Option<usize> {
    let text = str::from_utf8(key).ok()?;
    text.strip_prefix("load/")?.parse().ok()
}
