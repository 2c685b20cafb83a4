//! What etcd checks of a request before anything else (`v3rpc/key.go`).

use super::error::KvError;
use super::range::KeyRange;
use super::request::{MAX_REQUEST_BYTES, MAX_TXN_OPS, PutRequest, Request, RequestOp, TxnRequest};
use bytes::Bytes;

/// What etcd counts for a put beside its key and value, in bytes (`kvOverhead`).
const KV_OVERHEAD: u64 = 256;

/// What etcd counts for a lease, in bytes (`leaseOverhead`).
const LEASE_OVERHEAD: u64 = 64;

/// How deep directories of version 2 may lie in each other. etcd has no limit.
const MAX_V2_DEPTH: usize = 256;

impl Request {
    /// Checks what can be checked without a store: etcd's limits, and that no transaction writes
    /// a key twice.
    ///
    /// # Errors
    /// The first rule that is broken.
    pub fn validate(&self) -> Result<(), KvError> {
        self.validate_and(false)
    }

    /// The same. `open_too`: what is deleted by a range without an end must not be put either, as was
    /// so here once. etcd takes such a range for an empty one when it looks for keys that are written
    /// twice, and carries out one operation after the other. (A put that keeps what was just deleted
    /// would end its members, so that is refused here.)
    ///
    /// # Errors
    /// The first rule that is broken.
    pub fn validate_and(&self, open_too: bool) -> Result<(), KvError> {
        match self {
            Request::Range(range) => expect_key(&range.key)?,
            Request::Put(put) => check_put(put)?,
            Request::DeleteRange(delete) => expect_key(&delete.key)?,
            Request::Txn(txn) => {
                check_txn(txn, MAX_TXN_OPS)?;
                let open_too = open_too || keeps_something(txn);
                check_branch(&txn.success, open_too)?;
                check_branch(&txn.failure, open_too)?;
            }
            Request::V2(request) if depth_of(&request.path) > MAX_V2_DEPTH => {
                return Err(KvError::TooLarge);
            }
            _ => {}
        }
        if self.bytes() > MAX_REQUEST_BYTES {
            return Err(KvError::TooLarge);
        }
        Ok(())
    }

    /// Whether the request may change the store, or wants the order of the log, so that it goes
    /// through the log.
    pub fn is_write(&self) -> bool {
        match self {
            Request::Range(_) => false,
            Request::Txn(txn) => !txn.is_read_only(),
            _ => true,
        }
    }

    /// Whether the request is a read that may be answered from a member's own store without asking
    /// the leader.
    pub fn is_serializable(&self) -> bool {
        match self {
            Request::Range(range) => range.serializable,
            Request::Txn(txn) => txn.is_read_only() && txn.ops().all(is_serializable),
            _ => false,
        }
    }

    /// How many bytes of space etcd counts for the request when it asks whether there is enough
    /// left. 0 for what is allowed without.
    pub fn cost(&self) -> u64 {
        match self {
            Request::Put(put) => cost_of_put(put),
            Request::Txn(txn) => cost_of_txn(txn),
            Request::LeaseGrant(_) => LEASE_OVERHEAD,
            _ => 0,
        }
    }

    /// How many bytes the keys and values have.
    fn bytes(&self) -> usize {
        match self {
            Request::Range(range) => range.key.len() + range.range_end.len(),
            Request::Put(put) => put.key.len() + put.value.len(),
            Request::DeleteRange(delete) => delete.key.len() + delete.range_end.len(),
            Request::Txn(txn) => bytes_of_txn(txn),
            Request::V2(request) => request.path.len() + request.value.len(),
            _ => 0,
        }
    }
}

impl TxnRequest {
    /// Whether it only reads. etcd takes one with nested transactions for a write.
    pub fn is_read_only(&self) -> bool {
        self.ops().all(|op| matches!(op, RequestOp::Range(_)))
    }

    /// The operations of both branches.
    fn ops(&self) -> impl Iterator<Item = &RequestOp> {
        self.success.iter().chain(&self.failure)
    }
}

fn is_serializable(op: &RequestOp) -> bool {
    matches!(op, RequestOp::Range(range) if range.serializable)
}

fn cost_of_put(put: &PutRequest) -> u64 {
    KV_OVERHEAD + put.key.len() as u64 + put.value.len() as u64
}

fn cost_of_txn(txn: &TxnRequest) -> u64 {
    let cost = |ops: &[RequestOp]| -> u64 {
        let puts = ops.iter().map(|op| match op {
            RequestOp::Put(put) => cost_of_put(put),
            _ => 0,
        });
        puts.sum()
    };
    cost(&txn.success).max(cost(&txn.failure))
}

fn bytes_of_txn(txn: &TxnRequest) -> usize {
    let ops = txn.ops().map(|op| match op {
        RequestOp::Range(range) => range.key.len() + range.range_end.len(),
        RequestOp::Put(put) => put.key.len() + put.value.len(),
        RequestOp::DeleteRange(delete) => delete.key.len() + delete.range_end.len(),
        RequestOp::Txn(txn) => bytes_of_txn(txn),
    });
    let compares = txn.compare.iter().map(|compare| {
        let value = match &compare.target {
            super::CompareTarget::Value(value) => value.len(),
            _ => 0,
        };
        compare.key.len() + compare.range_end.len() + value
    });
    ops.sum::<usize>() + compares.sum::<usize>()
}

fn depth_of(path: &str) -> usize {
    path.split('/').count()
}

fn expect_key(key: &Bytes) -> Result<(), KvError> {
    if key.is_empty() {
        return Err(KvError::EmptyKey);
    }
    Ok(())
}

fn check_put(put: &PutRequest) -> Result<(), KvError> {
    expect_key(&put.key)?;
    if put.ignore_value && !put.value.is_empty() {
        return Err(KvError::ValueProvided);
    }
    if put.ignore_lease && put.lease.is_some() {
        return Err(KvError::LeaseProvided);
    }
    Ok(())
}

fn check_txn(txn: &TxnRequest, room: usize) -> Result<(), KvError> {
    let ops = txn.compare.len();
    let ops = ops.max(txn.success.len()).max(txn.failure.len());
    let room = room.checked_sub(ops).ok_or(KvError::TooManyOps)?;
    for compare in &txn.compare {
        expect_key(&compare.key)?;
    }
    for op in txn.ops() {
        match op {
            RequestOp::Range(range) => expect_key(&range.key)?,
            RequestOp::Put(put) => check_put(put)?,
            RequestOp::DeleteRange(delete) => expect_key(&delete.key)?,
            RequestOp::Txn(txn) => check_txn(txn, room)?,
        }
    }
    Ok(())
}

/// Whether a put keeps the value or the lease that there is.
fn keeps_something(txn: &TxnRequest) -> bool {
    txn.ops().any(|op| match op {
        RequestOp::Put(put) => put.ignore_value || put.ignore_lease,
        RequestOp::Txn(txn) => keeps_something(txn),
        _ => false,
    })
}

/// What a branch writes, once it is found that nothing is written twice.
#[derive(Default)]
struct Written {
    puts: Vec<Bytes>,
    deletes: Vec<KeyRange>,
}

impl Written {
    /// A key is put; it must not be `others`' nor be deleted.
    fn put(&mut self, key: &Bytes, exempt: &[Bytes]) -> Result<(), KvError> {
        let known = self.puts.contains(key);
        let deleted = self.deletes.iter().any(|range| range.contains(key));
        if known && !exempt.contains(key) || deleted {
            return Err(KvError::DuplicateKey);
        }
        if !known {
            self.puts.push(key.clone());
        }
        Ok(())
    }
}

/// Refuses what writes a key twice. The two branches of a nested transaction exclude each other, so
/// both may put the same key. Ranges that are deleted twice are fine.
fn check_branch(ops: &[RequestOp], open_too: bool) -> Result<Written, KvError> {
    let mut written = Written::default();
    for op in ops {
        if let RequestOp::DeleteRange(delete) = op {
            let range = KeyRange::new(&delete.key, &delete.range_end);
            if open_too || !range.is_open() {
                written.deletes.push(range);
            }
        }
    }
    for op in ops {
        if let RequestOp::Txn(txn) = op {
            let success = check_branch(&txn.success, open_too)?;
            let failure = check_branch(&txn.failure, open_too)?;
            for key in &success.puts {
                written.put(key, &[])?;
            }
            for key in &failure.puts {
                written.put(key, &success.puts)?;
            }
            written.deletes.extend(success.deletes);
            written.deletes.extend(failure.deletes);
        }
    }
    for op in ops {
        if let RequestOp::Put(put) = op {
            written.put(&put.key, &[])?;
        }
    }
    Ok(written)
}
