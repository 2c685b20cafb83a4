//! Short forms of requests, and of what is looked at in answers.

use quorum::kv::{
    Caller, DeleteRangeRequest, KeyRange, KeyValue, KvError, LeaseGrantRequest, LeaseId,
    PutRequest, RangeRequest, RangeResponse, Request, Response, ResponseBody, Store, WatchFilter,
    prefix_end,
};

pub fn did(store: &mut Store, request: Request) -> Response {
    assert_eq!(request.validate(), Ok(()), "{request:?}");
    let answer = store.apply(&request);
    answer.unwrap_or_else(|error| panic!("{request:?}: {error}"))
}

/// The words with which a request is refused, by whomever.
pub fn refused(store: &mut Store, request: Request) -> String {
    let refused = |error: KvError| error.to_string();
    if let Err(error) = request.validate() {
        return refused(error);
    }
    let before = store.clone();
    let error = store.apply(&request).expect_err("it is refused");
    assert_eq!(*store, before, "nothing has changed");
    refused(error)
}

pub fn put(store: &mut Store, key: &'static str, value: &'static str) -> u64 {
    did(store, Request::put(key, value)).revision.0
}

pub fn put_with(key: &'static str, value: &'static str) -> PutRequest {
    PutRequest {
        key: key.into(),
        value: value.into(),
        ..PutRequest::default()
    }
}

pub fn range(key: &'static str, range_end: &'static str) -> RangeRequest {
    RangeRequest {
        key: key.into(),
        range_end: range_end.into(),
        ..RangeRequest::default()
    }
}

pub fn prefix(key: &'static str) -> RangeRequest {
    RangeRequest {
        key: key.into(),
        range_end: prefix_end(key.as_bytes()),
        ..RangeRequest::default()
    }
}

/// What `--prefix ""` and `--from-key ""` ask for.
pub fn everything() -> RangeRequest {
    range("\0", "\0")
}

pub fn read(store: &mut Store, request: RangeRequest) -> RangeResponse {
    match did(store, Request::Range(request)).body {
        ResponseBody::Range(range) => range,
        other => panic!("no answer to a read: {other:?}"),
    }
}

/// `key=value` for each key that was found.
pub fn pairs(range: &RangeResponse) -> Vec<String> {
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    let pair = |kv: &KeyValue| format!("{}={}", text(&kv.key), text(&kv.value));
    range.kvs.iter().map(pair).collect()
}

pub fn delete(store: &mut Store, request: DeleteRangeRequest) -> (u64, Vec<String>) {
    match did(store, Request::DeleteRange(request)).body {
        ResponseBody::DeleteRange(done) => {
            let before = RangeResponse {
                kvs: done.prev_kvs,
                ..RangeResponse::default()
            };
            (done.deleted, pairs(&before))
        }
        other => panic!("no answer to a delete: {other:?}"),
    }
}

pub fn del(key: &'static str, range_end: &'static str) -> DeleteRangeRequest {
    DeleteRangeRequest {
        key: key.into(),
        range_end: range_end.into(),
        prev_kv: true,
    }
}

pub fn grant(store: &mut Store, id: i64, ttl: i64) -> LeaseId {
    let id = LeaseId(id);
    did(store, Request::LeaseGrant(LeaseGrantRequest { ttl, id }));
    id
}

/// `PUT key value` or `DELETE key`, with the value before it in brackets.
pub fn heard(store: &Store, keys: RangeRequest, from: i64, prev_kv: bool) -> Vec<String> {
    let filter = WatchFilter {
        range: KeyRange::new(&keys.key, &keys.range_end),
        prev_kv,
        ..WatchFilter::default()
    };
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    let batch = store.watch(&filter, from).expect("it is not compacted");
    let event = |event: &quorum::kv::Event| {
        let key = text(&event.kv.key);
        let told = match event.kind {
            quorum::kv::EventType::Put => format!("PUT {key} {}", text(&event.kv.value)),
            quorum::kv::EventType::Delete => format!("DELETE {key}"),
        };
        match &event.prev_kv {
            Some(prev) => format!("{told} [{}]", text(&prev.value)),
            None => told,
        }
    };
    batch.events.iter().map(event).collect()
}

pub fn caller(user: &str, store: &Store) -> Caller {
    Caller {
        user: user.to_owned(),
        revision: store.auth_status().revision,
    }
}
