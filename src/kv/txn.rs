//! Reads, puts, deletes, and transactions of them.

use super::error::KvError;
use super::lease::LeaseId;
use super::mvcc::Version;
use super::range::KeyRange;
use super::request::{
    Compare, CompareResult, CompareTarget, DeleteRangeRequest, PutRequest, RangeRequest, RequestOp,
    SortOrder, SortTarget, TxnRequest,
};
use super::response::{
    DeleteRangeResponse, KeyValue, RangeResponse, Response, ResponseBody, Revision, TxnResponse,
};
use super::store::Store;
use std::cmp::Ordering;

/// A transaction whose comparisons are made. All of them, those of nested transactions too, look
/// at the state before it.
struct Plan<'a> {
    succeeded: bool,
    ops: &'a [RequestOp],
    /// One for each nested transaction among the operations, in order.
    nested: Vec<Plan<'a>>,
}

impl Store {
    /// Reads keys.
    pub(super) fn range(&self, request: &RangeRequest) -> Result<RangeResponse, KvError> {
        let revision = self.mvcc.readable(request.revision)?;
        let range = KeyRange::new(&request.key, &request.range_end);
        let limit = match request.limit {
            ..=0 => usize::MAX,
            limit => limit as usize,
        };
        let order = order_of(request);
        // As in etcd: what is sorted without being told which way is cut off first.
        let early = request.sort_order == SortOrder::None && !is_bounded(request);
        let (mut count, mut found) = (0, Vec::new());
        self.mvcc.each(&range, revision, &mut |version| {
            count += 1;
            let wanted = !request.count_only && is_within(request, version);
            if !wanted || early && found.len() > limit {
                return;
            }
            // Equal ones stay in the order of their keys, whichever way. (The sorting of the
            // standard library weighs as much as all of this file.)
            let before = |other: &&Version| {
                let ordering = compare(request.sort_target, other, version);
                match order {
                    SortOrder::Descend => ordering.is_ge(),
                    _ => ordering.is_le(),
                }
            };
            let place = match order {
                SortOrder::None => found.len(),
                _ => found.partition_point(before),
            };
            found.insert(place, version);
        });
        let more = found.len() > limit;
        found.truncate(limit);
        let kvs = found.into_iter().map(|version| {
            let mut kv = KeyValue::clone(version);
            if request.keys_only {
                kv.value.clear();
            }
            kv
        });
        Ok(RangeResponse {
            kvs: kvs.collect(),
            more,
            count,
        })
    }

    /// Whether a put that keeps something finds something, and its lease is there.
    pub(super) fn check_put(&self, put: &PutRequest) -> Result<(), KvError> {
        self.check_lease(put.lease)?;
        self.check_kept(put)
    }

    fn check_lease(&self, lease: LeaseId) -> Result<(), KvError> {
        if lease.is_some() && self.lease(lease).is_none() {
            return Err(KvError::LeaseNotFound);
        }
        Ok(())
    }

    fn check_kept(&self, put: &PutRequest) -> Result<(), KvError> {
        if (put.ignore_value || put.ignore_lease) && self.get(&put.key).is_none() {
            return Err(KvError::KeyNotFound);
        }
        Ok(())
    }

    /// Puts a key and returns what was there before, if that is asked for. It must have been
    /// checked.
    pub(super) fn put(&mut self, revision: u64, put: &PutRequest) -> Option<KeyValue> {
        let keeps = put.ignore_value || put.ignore_lease || put.prev_kv;
        let before = keeps.then(|| self.mvcc.get(&put.key).cloned()).flatten();
        let (mut value, mut lease) = (&put.value, put.lease);
        if let Some(before) = &before {
            if put.ignore_value {
                value = &before.value;
            }
            if put.ignore_lease {
                lease = before.lease;
            }
        }
        self.mvcc.put(revision, &put.key, value, lease);
        let before = before.filter(|_| put.prev_kv)?;
        Some(KeyValue::clone(&before))
    }

    /// Deletes keys.
    pub(super) fn delete_range(
        &mut self,
        revision: u64,
        delete: &DeleteRangeRequest,
    ) -> DeleteRangeResponse {
        let range = KeyRange::new(&delete.key, &delete.range_end);
        let mut found = Vec::new();
        let now = self.mvcc.revision();
        self.mvcc
            .each(&range, now, &mut |kv| found.push(kv.clone()));
        for kv in &found {
            self.mvcc.delete(revision, &kv.key);
        }
        let deleted = found.len() as u64;
        let before = found.iter().filter(|_| delete.prev_kv);
        DeleteRangeResponse {
            deleted,
            prev_kvs: before.map(|kv| KeyValue::clone(kv)).collect(),
        }
    }

    /// Carries out a transaction, or nothing of it.
    pub(super) fn txn(&mut self, txn: &TxnRequest) -> Result<TxnResponse, KvError> {
        let plan = self.plan(txn);
        self.check_plan(&plan, &|op| match op {
            RequestOp::Put(put) => {
                self.check_kept(put)?;
                self.check_lease(put.lease)
            }
            _ => Ok(()),
        })?;
        self.check_plan(&plan, &|op| match op {
            RequestOp::Range(range) => self.check_revision(range.revision),
            _ => Ok(()),
        })?;
        Ok(self.carry_out(self.next(), &plan))
    }

    fn plan<'a>(&self, txn: &'a TxnRequest) -> Plan<'a> {
        let succeeded = txn.compare.iter().all(|compare| self.holds(compare));
        let ops = if succeeded {
            &txn.success
        } else {
            &txn.failure
        };
        let nested = ops.iter().filter_map(|op| match op {
            RequestOp::Txn(txn) => Some(self.plan(txn)),
            _ => None,
        });
        Plan {
            succeeded,
            ops,
            nested: nested.collect(),
        }
    }

    /// Checks each operation that will be done, as deep as they are nested.
    fn check_plan(
        &self,
        plan: &Plan<'_>,
        check: &dyn Fn(&RequestOp) -> Result<(), KvError>,
    ) -> Result<(), KvError> {
        let mut nested = plan.nested.iter();
        for op in plan.ops {
            match (op, &mut nested) {
                (RequestOp::Txn(_), nested) => {
                    if let Some(plan) = nested.next() {
                        self.check_plan(plan, check)?;
                    }
                }
                (op, _) => check(op)?,
            }
        }
        Ok(())
    }

    /// Whether a read in a transaction can be answered. Other than elsewhere, a revision below 0
    /// counts as one of the past.
    fn check_revision(&self, revision: i64) -> Result<(), KvError> {
        match revision {
            0 => Ok(()),
            _ if revision > self.mvcc.revision() as i64 => Err(KvError::FutureRev),
            _ if revision < self.mvcc.compacted() => Err(KvError::Compacted),
            _ => Ok(()),
        }
    }

    fn carry_out(&mut self, revision: u64, plan: &Plan<'_>) -> TxnResponse {
        let mut nested = plan.nested.iter();
        let mut responses = Vec::with_capacity(plan.ops.len());
        for op in plan.ops {
            let body = match op {
                RequestOp::Range(range) => {
                    ResponseBody::Range(self.range(range).unwrap_or_default())
                }
                RequestOp::Put(put) => ResponseBody::Put(self.put(revision, put).map(Box::new)),
                RequestOp::DeleteRange(delete) => {
                    ResponseBody::DeleteRange(self.delete_range(revision, delete))
                }
                RequestOp::Txn(_) => {
                    let plan = nested.next();
                    let done = plan.map(|plan| self.carry_out(revision, plan));
                    ResponseBody::Txn(done.unwrap_or_default())
                }
            };
            // etcd leaves the header of a nested transaction empty.
            let revision = match body {
                ResponseBody::Txn(_) => Revision(0),
                _ => self.revision(),
            };
            responses.push(Response { revision, body });
        }
        TxnResponse {
            succeeded: plan.succeeded,
            responses,
        }
    }

    /// Whether a comparison holds for all keys of its range. A range without keys is like a key
    /// that has 0 everywhere and no value to compare.
    fn holds(&self, compare: &Compare) -> bool {
        let range = KeyRange::new(&compare.key, &compare.range_end);
        let (mut some, mut all) = (false, true);
        let now = self.mvcc.revision();
        self.mvcc.each(&range, now, &mut |kv| {
            some = true;
            all &= holds_for(compare, kv);
        });
        if some {
            return all;
        }
        let has_value = matches!(compare.target, CompareTarget::Value(_));
        !has_value && holds_for(compare, &KeyValue::default())
    }
}

fn holds_for(compare: &Compare, kv: &KeyValue) -> bool {
    let ordering = match &compare.target {
        CompareTarget::Version(version) => (kv.version as i64).cmp(version),
        CompareTarget::Create(revision) => (kv.create_revision.0 as i64).cmp(revision),
        CompareTarget::Mod(revision) => (kv.mod_revision.0 as i64).cmp(revision),
        CompareTarget::Lease(lease) => kv.lease.0.cmp(lease),
        CompareTarget::Value(value) => kv.value.cmp(value),
    };
    match compare.result {
        CompareResult::Equal => ordering.is_eq(),
        CompareResult::NotEqual => ordering.is_ne(),
        CompareResult::Greater => ordering.is_gt(),
        CompareResult::Less => ordering.is_lt(),
    }
}

/// The order of the answer. Whatever is not the key is sorted by, ascending unless told otherwise.
fn order_of(request: &RangeRequest) -> SortOrder {
    match request.sort_order {
        SortOrder::None if request.sort_target != SortTarget::Key => SortOrder::Ascend,
        order => order,
    }
}

fn compare(target: SortTarget, a: &KeyValue, b: &KeyValue) -> Ordering {
    match target {
        SortTarget::Key => a.key.cmp(&b.key),
        SortTarget::Version => a.version.cmp(&b.version),
        SortTarget::Create => a.create_revision.cmp(&b.create_revision),
        SortTarget::Mod => a.mod_revision.cmp(&b.mod_revision),
        SortTarget::Value => a.value.cmp(&b.value),
    }
}

/// The bounds of the revisions: the lowest and the highest, of the last put and of the creation.
fn bounds_of(request: &RangeRequest) -> [[i64; 2]; 2] {
    [
        [request.min_mod_revision, request.max_mod_revision],
        [request.min_create_revision, request.max_create_revision],
    ]
}

fn is_bounded(request: &RangeRequest) -> bool {
    bounds_of(request) != [[0; 2]; 2]
}

fn is_within(request: &RangeRequest, kv: &KeyValue) -> bool {
    let revisions = [kv.mod_revision, kv.create_revision];
    let mut bounds = bounds_of(request).into_iter().zip(revisions);
    bounds.all(|([min, max], revision)| {
        let revision = revision.0 as i64;
        (min == 0 || revision >= min) && (max == 0 || revision <= max)
    })
}
