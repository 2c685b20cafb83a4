//! A store written from etcd's documentation ("data model", "API guarantees", `rpc.proto`): a list
//! of everything that ever happened, read from the beginning for each answer.

use bytes::Bytes;
use quorum::kv::{
    Compare, CompareResult, CompareTarget, DeleteRangeRequest, DeleteRangeResponse, Event,
    EventType, KeyValue, KvError, Lease, LeaseId, MAX_LEASE_TTL, PutRequest, RangeRequest,
    RangeResponse, Request, RequestOp, Response, ResponseBody, Revision, SortOrder, SortTarget,
    TxnRequest, TxnResponse, WatchFilter,
};

/// The keys that there can be.
pub const KEYS: [&str; 6] = ["a", "a\0", "ab", "b", "ba", "c"];

/// A key was put (with a value and a lease) or deleted.
#[derive(Clone, Debug)]
struct Happened {
    revision: i64,
    key: Bytes,
    put: Option<(Bytes, LeaseId)>,
}

#[derive(Clone, Debug)]
pub struct Naive {
    past: Vec<Happened>,
    revision: i64,
    compacted: i64,
    leases: Vec<Lease>,
}

type Answer = Result<Response, KvError>;

pub fn is_in(key: &[u8], first: &[u8], end: &[u8]) -> bool {
    match end {
        [] => key == first,
        [0] => key >= first,
        _ => first <= key && key < end,
    }
}

impl Naive {
    pub fn new() -> Naive {
        Naive {
            past: Vec::new(),
            revision: 1,
            compacted: -1,
            leases: Vec::new(),
        }
    }

    pub fn revision(&self) -> i64 {
        self.revision
    }

    pub fn compacted(&self) -> i64 {
        self.compacted
    }

    /// A key as it was at a revision.
    fn key_at(&self, key: &[u8], revision: i64) -> Option<KeyValue> {
        Naive::key_after(&self.past, key, revision)
    }

    fn key_after(past: &[Happened], key: &[u8], revision: i64) -> Option<KeyValue> {
        let (mut created, mut version, mut last) = (0, 0, None);
        for happened in past {
            if happened.revision > revision {
                break;
            }
            if happened.key != key {
                continue;
            }
            match &happened.put {
                Some(_) if version == 0 => (created, version) = (happened.revision, 1),
                Some(_) => version += 1,
                None => version = 0,
            }
            last = Some(happened);
        }
        let last = last?;
        let (value, lease) = last.put.clone()?;
        Some(KeyValue {
            key: last.key.clone(),
            value,
            create_revision: Revision(created as u64),
            mod_revision: Revision(last.revision as u64),
            version,
            lease,
        })
    }

    fn keys_at(&self, first: &[u8], end: &[u8], revision: i64) -> Vec<KeyValue> {
        let keys = KEYS.iter().map(|key| key.as_bytes());
        keys.filter(|key| is_in(key, first, end))
            .filter_map(|key| self.key_at(key, revision))
            .collect()
    }

    fn response(&self, body: ResponseBody) -> Response {
        Response {
            revision: Revision(self.revision as u64),
            body,
        }
    }

    pub fn apply(&mut self, request: &Request) -> Answer {
        let body = match request {
            Request::Range(range) => ResponseBody::Range(self.range(range)?),
            Request::Put(put) => {
                self.may_put(put, true)?;
                ResponseBody::Put(self.put(self.revision + 1, put).map(Box::new))
            }
            Request::DeleteRange(delete) => {
                ResponseBody::DeleteRange(self.delete(self.revision + 1, delete))
            }
            Request::Txn(txn) => {
                let before = self.clone();
                let outcome = self.may_do(&before, txn, true);
                outcome.and_then(|()| self.may_do(&before, txn, false))?;
                ResponseBody::Txn(self.txn(&before, self.revision + 1, txn))
            }
            Request::Compaction(compaction) => {
                if compaction.revision <= self.compacted {
                    return Err(KvError::Compacted);
                }
                if compaction.revision > self.revision {
                    return Err(KvError::FutureRev);
                }
                self.compacted = compaction.revision;
                ResponseBody::Compaction
            }
            Request::LeaseGrant(grant) => {
                if grant.id == LeaseId(0) {
                    return Err(KvError::LeaseNotFound);
                }
                if grant.ttl > MAX_LEASE_TTL {
                    return Err(KvError::LeaseTtlTooLarge);
                }
                if self.has(grant.id) {
                    return Err(KvError::LeaseExists);
                }
                let lease = Lease {
                    id: grant.id,
                    ttl: grant.ttl,
                };
                self.leases.push(lease);
                ResponseBody::LeaseGrant(lease)
            }
            Request::LeaseRevoke(id) => {
                if !self.has(*id) {
                    return Err(KvError::LeaseNotFound);
                }
                self.leases.retain(|lease| lease.id != *id);
                let next = self.revision + 1;
                for kv in self.keys_at(&[0], &[0], self.revision) {
                    if kv.lease == *id {
                        self.happened(next, &kv.key, None);
                    }
                }
                ResponseBody::LeaseRevoke
            }
            other => panic!("not in the model: {other:?}"),
        };
        Ok(self.response(body))
    }

    fn has(&self, id: LeaseId) -> bool {
        self.leases.iter().any(|lease| lease.id == id)
    }

    pub fn lease_keys(&self, id: LeaseId) -> Vec<Bytes> {
        let mut keys = self.keys_at(&[0], &[0], self.revision);
        keys.retain(|kv| kv.lease == id);
        keys.into_iter().map(|kv| kv.key).collect()
    }

    fn happened(&mut self, revision: i64, key: &Bytes, put: Option<(Bytes, LeaseId)>) {
        self.revision = revision;
        self.past.push(Happened {
            revision,
            key: key.clone(),
            put,
        });
    }

    fn range(&self, range: &RangeRequest) -> Result<RangeResponse, KvError> {
        if range.revision > self.revision {
            return Err(KvError::FutureRev);
        }
        let revision = match range.revision {
            1.. => range.revision,
            _ => self.revision,
        };
        if revision < self.compacted {
            return Err(KvError::Compacted);
        }
        let mut kvs = self.keys_at(&range.key, &range.range_end, revision);
        let count = kvs.len() as u64;
        let limit = if range.limit > 0 {
            range.limit as usize
        } else {
            usize::MAX
        };
        let bounds = [
            range.min_mod_revision,
            range.max_mod_revision,
            range.min_create_revision,
            range.max_create_revision,
        ];
        if range.count_only {
            kvs.clear();
        }
        if range.sort_order == SortOrder::None && bounds == [0; 4] {
            kvs.truncate(limit.saturating_add(1));
        }
        kvs.retain(|kv| {
            let changed = kv.mod_revision.0 as i64;
            let created = kv.create_revision.0 as i64;
            (bounds[0] == 0 || changed >= bounds[0])
                && (bounds[1] == 0 || changed <= bounds[1])
                && (bounds[2] == 0 || created >= bounds[2])
                && (bounds[3] == 0 || created <= bounds[3])
        });
        // Descending is ascending with every comparison the other way round.
        kvs.sort_by(|a, b| {
            let order = match range.sort_target {
                SortTarget::Key => a.key.cmp(&b.key),
                SortTarget::Version => a.version.cmp(&b.version),
                SortTarget::Create => a.create_revision.cmp(&b.create_revision),
                SortTarget::Mod => a.mod_revision.cmp(&b.mod_revision),
                SortTarget::Value => a.value.cmp(&b.value),
            };
            match range.sort_order {
                SortOrder::Descend => order.reverse(),
                SortOrder::Ascend | SortOrder::None => order,
            }
        });
        let more = kvs.len() > limit;
        kvs.truncate(limit);
        if range.keys_only {
            kvs.iter_mut().for_each(|kv| kv.value = Bytes::new());
        }
        Ok(RangeResponse { kvs, more, count })
    }

    /// Alone, a put is asked for its lease first; in a transaction for the key.
    fn may_put(&self, put: &PutRequest, alone: bool) -> Result<(), KvError> {
        let no_lease = put.lease != LeaseId(0) && !self.has(put.lease);
        let keeps = put.ignore_value || put.ignore_lease;
        let no_key = keeps && self.key_at(&put.key, self.revision).is_none();
        match (no_lease, no_key) {
            (false, false) => Ok(()),
            (true, true) if !alone => Err(KvError::KeyNotFound),
            (true, _) => Err(KvError::LeaseNotFound),
            (false, true) => Err(KvError::KeyNotFound),
        }
    }

    fn put(&mut self, revision: i64, put: &PutRequest) -> Option<KeyValue> {
        let before = self.key_at(&put.key, self.revision);
        let (mut value, mut lease) = (put.value.clone(), put.lease);
        if put.ignore_value {
            value = before.as_ref().expect("it is there").value.clone();
        }
        if put.ignore_lease {
            lease = before.as_ref().expect("it is there").lease;
        }
        self.happened(revision, &put.key, Some((value, lease)));
        before.filter(|_| put.prev_kv)
    }

    fn delete(&mut self, revision: i64, delete: &DeleteRangeRequest) -> DeleteRangeResponse {
        let mut kvs = self.keys_at(&delete.key, &delete.range_end, self.revision);
        for kv in &kvs {
            self.happened(revision, &kv.key, None);
        }
        let deleted = kvs.len() as u64;
        if !delete.prev_kv {
            kvs.clear();
        }
        DeleteRangeResponse {
            deleted,
            prev_kvs: kvs,
        }
    }

    fn branch<'a>(before: &Naive, txn: &'a TxnRequest) -> (bool, &'a [RequestOp]) {
        match txn.compare.iter().all(|compare| before.holds(compare)) {
            true => (true, &txn.success),
            false => (false, &txn.failure),
        }
    }

    /// First all puts, then all reads.
    fn may_do(&self, before: &Naive, txn: &TxnRequest, puts: bool) -> Result<(), KvError> {
        for op in Naive::branch(before, txn).1 {
            match op {
                RequestOp::Put(put) if puts => before.may_put(put, false)?,
                RequestOp::Range(range) if !puts && range.revision != 0 => {
                    if range.revision > before.revision {
                        return Err(KvError::FutureRev);
                    }
                    if range.revision < before.compacted {
                        return Err(KvError::Compacted);
                    }
                }
                RequestOp::Txn(txn) => self.may_do(before, txn, puts)?,
                _ => {}
            }
        }
        Ok(())
    }

    fn txn(&mut self, before: &Naive, revision: i64, txn: &TxnRequest) -> TxnResponse {
        let (succeeded, ops) = Naive::branch(before, txn);
        let mut responses = Vec::new();
        for op in ops {
            let body = match op {
                RequestOp::Range(range) => {
                    ResponseBody::Range(self.range(range).expect("it was checked"))
                }
                RequestOp::Put(put) => ResponseBody::Put(self.put(revision, put).map(Box::new)),
                RequestOp::DeleteRange(delete) => {
                    ResponseBody::DeleteRange(self.delete(revision, delete))
                }
                RequestOp::Txn(txn) => {
                    let body = ResponseBody::Txn(self.txn(before, revision, txn));
                    let revision = Revision(0);
                    responses.push(Response { revision, body });
                    continue;
                }
            };
            responses.push(self.response(body));
        }
        TxnResponse {
            succeeded,
            responses,
        }
    }

    fn holds(&self, compare: &Compare) -> bool {
        let mut kvs = self.keys_at(&compare.key, &compare.range_end, self.revision);
        if kvs.is_empty() {
            if matches!(compare.target, CompareTarget::Value(_)) {
                return false;
            }
            kvs.push(KeyValue::default());
        }
        kvs.iter().all(|kv| {
            let order = match &compare.target {
                CompareTarget::Version(version) => (kv.version as i64).cmp(version),
                CompareTarget::Create(revision) => (kv.create_revision.0 as i64).cmp(revision),
                CompareTarget::Mod(revision) => (kv.mod_revision.0 as i64).cmp(revision),
                CompareTarget::Value(value) => kv.value.cmp(value),
                CompareTarget::Lease(lease) => kv.lease.cmp(&LeaseId(*lease)),
            };
            match compare.result {
                CompareResult::Equal => order.is_eq(),
                CompareResult::NotEqual => order.is_ne(),
                CompareResult::Greater => order.is_gt(),
                CompareResult::Less => order.is_lt(),
            }
        })
    }

    /// What a watcher hears that asks from a revision on.
    pub fn watch(&self, filter: &WatchFilter, from: i64) -> Result<Vec<Event>, i64> {
        if from < self.compacted {
            return Err(self.compacted);
        }
        let mut events = Vec::new();
        for happened in &self.past {
            let (revision, key) = (happened.revision, &happened.key);
            if revision < from || !is_in(key, &filter.range.key, &filter.range.range_end) {
                continue;
            }
            let is_put = happened.put.is_some();
            if is_put && filter.no_put || !is_put && filter.no_delete {
                continue;
            }
            // A compaction leaves of the past what can be read at its revision, and what was
            // deleted by that very revision.
            let before = self.key_at(key, revision - 1);
            let prev_kv = before.filter(|_| filter.prev_kv && revision > self.compacted);
            let (kind, kv) = match self.version_made(happened) {
                Some(kv) => (EventType::Put, kv),
                None => {
                    let kv = KeyValue {
                        key: key.clone(),
                        mod_revision: Revision(revision as u64),
                        ..KeyValue::default()
                    };
                    (EventType::Delete, kv)
                }
            };
            if revision == self.compacted && self.is_replaced(happened) {
                continue;
            }
            events.push(Event { kind, kv, prev_kv });
        }
        Ok(events)
    }

    /// The version that a put made. (A transaction may put a key and delete it, in either order, so the
    /// revision alone does not tell.)
    fn version_made(&self, made: &Happened) -> Option<KeyValue> {
        made.put.as_ref()?;
        let place = self.past.iter().position(|one| std::ptr::eq(one, made))?;
        Naive::key_after(&self.past[..=place], &made.key, made.revision)
    }

    /// Whether the same transaction did something else to the key later.
    fn is_replaced(&self, happened: &Happened) -> bool {
        let same =
            |other: &&Happened| other.revision == happened.revision && other.key == happened.key;
        let last = self.past.iter().rfind(same).expect("it happened");
        !std::ptr::eq(last, happened)
    }
}
