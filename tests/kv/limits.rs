//! What etcd's documentation says is refused before a request gets anywhere, written for the naive store.

use super::naive::{KEYS, is_in};
use quorum::kv::{KvError, LeaseId, PutRequest, Request, RequestOp, TxnRequest};

/// What is refused before anything is looked at: keys that are empty, a put that says what to keep
/// and what to write instead, and transactions that are too large or write a key twice.
pub fn validate(request: &Request) -> Result<(), KvError> {
    match request {
        Request::Range(range) if range.key.is_empty() => Err(KvError::EmptyKey),
        Request::DeleteRange(delete) if delete.key.is_empty() => Err(KvError::EmptyKey),
        Request::Put(put) => validate_put(put),
        Request::Txn(txn) => {
            validate_txn(txn, 128)?;
            let keeps = keeps_something(txn);
            writes(&txn.success, keeps)?;
            writes(&txn.failure, keeps).map(|_| ())
        }
        _ => Ok(()),
    }
}

fn validate_put(put: &PutRequest) -> Result<(), KvError> {
    match put {
        put if put.key.is_empty() => Err(KvError::EmptyKey),
        put if put.ignore_value && !put.value.is_empty() => Err(KvError::ValueProvided),
        put if put.ignore_lease && put.lease != LeaseId(0) => Err(KvError::LeaseProvided),
        _ => Ok(()),
    }
}

fn validate_txn(txn: &TxnRequest, room: i64) -> Result<(), KvError> {
    let lists = [txn.compare.len(), txn.success.len(), txn.failure.len()];
    let room = room - *lists.iter().max().expect("three lists") as i64;
    if room < 0 {
        return Err(KvError::TooManyOps);
    }
    if txn.compare.iter().any(|compare| compare.key.is_empty()) {
        return Err(KvError::EmptyKey);
    }
    for op in txn.success.iter().chain(&txn.failure) {
        match op {
            RequestOp::Txn(txn) => validate_txn(txn, room)?,
            RequestOp::Put(put) => validate_put(put)?,
            RequestOp::Range(range) => validate(&Request::Range(range.clone()))?,
            RequestOp::DeleteRange(delete) => validate(&Request::DeleteRange(delete.clone()))?,
        }
    }
    Ok(())
}

fn keeps_something(txn: &TxnRequest) -> bool {
    let mut ops = txn.success.iter().chain(&txn.failure);
    ops.any(|op| match op {
        RequestOp::Put(put) => put.ignore_value || put.ignore_lease,
        RequestOp::Txn(txn) => keeps_something(txn),
        _ => false,
    })
}

/// Which of the keys are put and which deleted, a bit for each.
fn writes(ops: &[RequestOp], keeps: bool) -> Result<(u32, u32), KvError> {
    let bits = |first: &[u8], end: &[u8]| {
        let inside = |(_, key): &(usize, &&str)| is_in(key.as_bytes(), first, end);
        let inside = KEYS.iter().enumerate().filter(inside);
        inside.fold(0u32, |bits, (at, _)| bits | 1 << at)
    };
    let (mut puts, mut deletes) = (0, 0);
    for op in ops {
        // etcd takes a range without an end for one that ends before it begins. Where it would
        // panic when it carries the rest out, we refuse.
        if let RequestOp::DeleteRange(delete) = op
            && (keeps || delete.range_end[..] != [0])
        {
            deletes |= bits(&delete.key, &delete.range_end);
        }
    }
    for op in ops {
        if let RequestOp::Txn(txn) = op {
            let (then_puts, then_deletes) = writes(&txn.success, keeps)?;
            let (else_puts, else_deletes) = writes(&txn.failure, keeps)?;
            let either = then_puts | else_puts;
            if either & (puts | deletes) != 0 {
                return Err(KvError::DuplicateKey);
            }
            puts |= either;
            deletes |= then_deletes | else_deletes;
        }
    }
    for op in ops {
        if let RequestOp::Put(put) = op {
            let bit = bits(&put.key, &[]);
            if bit & (puts | deletes) != 0 {
                return Err(KvError::DuplicateKey);
            }
            puts |= bit;
        }
    }
    Ok((puts, deletes))
}
