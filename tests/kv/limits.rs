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
            writes(&txn.success)?;
            writes(&txn.failure).map(|_| ())
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

/// Which of the keys are put and which deleted, a bit for each.
fn writes(ops: &[RequestOp]) -> Result<(u32, u32), KvError> {
    let bits = |first: &[u8], end: &[u8]| {
        let inside = |(_, key): &(usize, &&str)| is_in(key.as_bytes(), first, end);
        let inside = KEYS.iter().enumerate().filter(inside);
        inside.fold(0u32, |bits, (at, _)| bits | 1 << at)
    };
    let (mut puts, mut deletes) = (0, 0);
    for op in ops {
        if let RequestOp::DeleteRange(delete) = op {
            deletes |= bits(&delete.key, &delete.range_end);
        }
    }
    for op in ops {
        if let RequestOp::Txn(txn) = op {
            let (then_puts, then_deletes) = writes(&txn.success)?;
            let (else_puts, else_deletes) = writes(&txn.failure)?;
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
