//! The requests and answers of the store, in the words of the specification.

use super::super::spec::{Compare, Input, Output, Relation, Reply, Seen, Span, Target};
use crate::kv::{
    self, CompareResult, CompareTarget, DeleteRangeRequest, KeyValue, PutRequest, RangeRequest,
    Request, RequestOp, Response, ResponseBody, SortOrder, SortTarget, TxnRequest,
};
use bytes::Bytes;

/// What a request asks for in the order of all operations, if it has a place there.
pub(in super::super) fn input_of(request: &Request) -> Option<Input> {
    match request {
        Request::Range(range) if range.serializable || range.revision > 0 => None,
        Request::Range(range) => Some(get(range)),
        Request::Put(it) => Some(put(it)),
        Request::DeleteRange(it) => Some(delete(it)),
        Request::Txn(it) => Some(txn(it)),
        _ => None,
    }
}

/// What an answer tells.
pub(in super::super) fn reply_of(request: &Request, response: &Response) -> Reply {
    let ask = match request {
        Request::Range(it) => Some(Ask::Range(it)),
        Request::Put(it) => Some(Ask::Put(it)),
        Request::DeleteRange(it) => Some(Ask::Delete(it)),
        Request::Txn(it) => Some(Ask::Txn(it)),
        _ => None,
    };
    let output = ask.and_then(|ask| output_of(ask, &response.body));
    Reply {
        revision: Some(response.revision.0),
        output,
    }
}

fn get(range: &RangeRequest) -> Input {
    let in_order = range.sort_target == SortTarget::Key && range.sort_order != SortOrder::Descend;
    let bounds = [
        range.min_mod_revision,
        range.max_mod_revision,
        range.min_create_revision,
        range.max_create_revision,
    ];
    Input::Get {
        span: Span::range(&range.key, &range.range_end),
        limit: u64::try_from(range.limit).unwrap_or(0),
        filtered: !in_order || range.count_only || bounds != [0; 4] || range.revision > 0,
    }
}

fn put(put: &PutRequest) -> Input {
    Input::Put {
        key: put.key.clone(),
        value: (!put.ignore_value).then(|| put.value.clone()),
        lease: (!put.ignore_lease).then_some(put.lease.0),
    }
}

fn delete(delete: &DeleteRangeRequest) -> Input {
    Input::Delete {
        span: Span::range(&delete.key, &delete.range_end),
    }
}

fn txn(txn: &TxnRequest) -> Input {
    let branch = |ops: &[RequestOp]| ops.iter().map(part).collect();
    Input::Txn {
        compare: txn.compare.iter().map(compare).collect(),
        then: branch(&txn.success),
        otherwise: branch(&txn.failure),
    }
}

fn part(op: &RequestOp) -> Input {
    match op {
        RequestOp::Range(it) => get(it),
        RequestOp::Put(it) => put(it),
        RequestOp::DeleteRange(it) => delete(it),
        RequestOp::Txn(it) => txn(it),
    }
}

fn compare(compare: &kv::Compare) -> Compare {
    // What is below zero is less than anything there is, as 0 is of what exists.
    let number = |number: i64| u64::try_from(number).unwrap_or(0);
    Compare {
        span: Span::range(&compare.key, &compare.range_end),
        relation: match compare.result {
            CompareResult::Equal => Relation::Equal,
            CompareResult::NotEqual => Relation::NotEqual,
            CompareResult::Greater => Relation::Greater,
            CompareResult::Less => Relation::Less,
        },
        target: match &compare.target {
            CompareTarget::Version(it) => Target::Version(number(*it)),
            CompareTarget::Create(it) => Target::Created(number(*it)),
            CompareTarget::Mod(it) => Target::Modified(number(*it)),
            CompareTarget::Value(value) => Target::Value(value.clone()),
            CompareTarget::Lease(lease) => Target::Lease(*lease),
        },
    }
}

/// What of a request matters for reading its answer.
enum Ask<'a> {
    Range(&'a RangeRequest),
    Txn(&'a TxnRequest),
    Put(&'a PutRequest),
    Delete(&'a DeleteRangeRequest),
}

fn output_of(ask: Ask<'_>, body: &ResponseBody) -> Option<Output> {
    Some(match (ask, body) {
        // A read of the past says nothing of the present.
        (Ask::Range(range), _) if range.revision > 0 => Output::Got {
            records: Vec::new(),
            count: None,
        },
        (Ask::Range(range), ResponseBody::Range(found)) => Output::Got {
            records: found
                .kvs
                .iter()
                .map(|kv| record(kv, !range.keys_only))
                .collect(),
            count: Some(found.count),
        },
        (Ask::Put(put), ResponseBody::Put(before)) => Output::Put {
            before: put
                .prev_kv
                .then(|| before.as_ref().map(|kv| record(kv, true).1)),
        },
        (Ask::Delete(delete), ResponseBody::DeleteRange(found)) => Output::Deleted {
            count: Some(found.deleted),
            before: delete
                .prev_kv
                .then(|| found.prev_kvs.iter().map(|kv| record(kv, true)).collect()),
        },
        (Ask::Txn(txn), ResponseBody::Txn(found)) => {
            let branch = match found.succeeded {
                true => &txn.success,
                false => &txn.failure,
            };
            let parts = branch.iter().zip(&found.responses);
            let outputs = parts.map(|(op, response)| {
                let ask = match op {
                    RequestOp::Range(it) => Ask::Range(it),
                    RequestOp::Put(it) => Ask::Put(it),
                    RequestOp::DeleteRange(it) => Ask::Delete(it),
                    RequestOp::Txn(it) => Ask::Txn(it),
                };
                output_of(ask, &response.body)
            });
            Output::Txn {
                succeeded: found.succeeded,
                outputs: outputs.collect(),
            }
        }
        _ => return None,
    })
}

fn record(kv: &KeyValue, with_value: bool) -> (Bytes, Seen) {
    let seen = Seen {
        value: with_value.then(|| kv.value.clone()),
        created: Some(kv.create_revision.0),
        modified: Some(kv.mod_revision.0),
        version: Some(kv.version),
        lease: Some(kv.lease.0),
    };
    (kv.key.clone(), seen)
}
