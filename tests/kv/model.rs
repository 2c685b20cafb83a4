//! Random requests, to the store and to the naive one.

use super::limits::validate;
use super::naive::{KEYS, Naive};
use bytes::Bytes;
use quorum::kv::{
    CompactionRequest, Compare, CompareResult, CompareTarget, DeleteRangeRequest, KeyRange,
    LeaseGrantRequest, LeaseId, PutRequest, RangeRequest, Request, RequestOp, SortOrder,
    SortTarget, Store, TxnRequest, WatchFilter,
};
use rand::{RngExt, SeedableRng};
use rand_pcg::Pcg64Mcg;

/// How many stores, and how many requests to each. `QUORUM_KV_RUNS` asks for more.
const RUNS: u64 = 20_000;
const REQUESTS: usize = 50;

struct Random(Pcg64Mcg);

impl Random {
    fn below(&mut self, limit: u32) -> u32 {
        self.0.random_range(0..limit)
    }

    fn one_in(&mut self, times: u32) -> bool {
        self.below(times) == 0
    }

    fn pick<T: Copy>(&mut self, from: &[T]) -> T {
        from[self.below(from.len() as u32) as usize]
    }

    fn key(&mut self) -> Bytes {
        if self.one_in(200) {
            return Bytes::new();
        }
        Bytes::from_static(self.pick(&KEYS).as_bytes())
    }

    /// A key, and where its range ends: often nowhere, sometimes before it begins.
    fn range(&mut self) -> (Bytes, Bytes) {
        let end = match self.below(5) {
            0 => Bytes::from_static(&[0]),
            1 | 2 => self.key(),
            _ => Bytes::new(),
        };
        (self.key(), end)
    }

    fn value(&mut self) -> Bytes {
        Bytes::from_static(self.pick(&["", "x", "y", "yy"]).as_bytes())
    }

    fn lease(&mut self) -> LeaseId {
        match self.below(3) {
            0 => LeaseId(i64::from(self.below(4))),
            _ => LeaseId(0),
        }
    }

    /// A revision around those that there are; 0 most of the time.
    fn revision(&mut self, now: i64) -> i64 {
        match self.below(4) {
            0 => i64::from(self.below(now as u32 + 5)) - 3,
            _ => 0,
        }
    }

    fn bound(&mut self, now: i64) -> i64 {
        match self.below(12) {
            0 => self.revision(now),
            _ => 0,
        }
    }

    fn read(&mut self, now: i64) -> RangeRequest {
        let (key, range_end) = self.range();
        RangeRequest {
            key,
            range_end,
            limit: i64::from(self.below(5)) - 1,
            revision: self.revision(now),
            sort_order: self.pick(&[SortOrder::None, SortOrder::Ascend, SortOrder::Descend]),
            sort_target: self.pick(&[
                SortTarget::Key,
                SortTarget::Version,
                SortTarget::Create,
                SortTarget::Mod,
                SortTarget::Value,
            ]),
            serializable: self.one_in(2),
            keys_only: self.one_in(4),
            count_only: self.one_in(6),
            min_mod_revision: self.bound(now),
            max_mod_revision: self.bound(now),
            min_create_revision: self.bound(now),
            max_create_revision: self.bound(now),
        }
    }

    fn put(&mut self) -> PutRequest {
        PutRequest {
            key: self.key(),
            value: self.value(),
            lease: self.lease(),
            prev_kv: self.one_in(3),
            ignore_value: self.one_in(8),
            ignore_lease: self.one_in(8),
        }
    }

    fn delete(&mut self) -> DeleteRangeRequest {
        let (key, range_end) = self.range();
        DeleteRangeRequest {
            key,
            range_end,
            prev_kv: self.one_in(2),
        }
    }

    fn compare(&mut self, now: i64) -> Compare {
        let (key, range_end) = self.range();
        let number = i64::from(self.below(4));
        Compare {
            key,
            range_end,
            result: self.pick(&[
                CompareResult::Equal,
                CompareResult::NotEqual,
                CompareResult::Greater,
                CompareResult::Less,
            ]),
            target: match self.below(5) {
                0 => CompareTarget::Version(number),
                1 => CompareTarget::Create(i64::from(self.below(now as u32 + 1))),
                2 => CompareTarget::Mod(i64::from(self.below(now as u32 + 1))),
                3 => CompareTarget::Value(self.value()),
                _ => CompareTarget::Lease(number),
            },
        }
    }

    fn txn(&mut self, now: i64, depth: u32) -> TxnRequest {
        let compares = self.below(3);
        TxnRequest {
            compare: (0..compares).map(|_| self.compare(now)).collect(),
            success: self.ops(now, depth),
            failure: self.ops(now, depth),
        }
    }

    fn ops(&mut self, now: i64, depth: u32) -> Vec<RequestOp> {
        let count = self.below(4);
        let op = |random: &mut Random| match random.below(8) {
            0 | 1 => RequestOp::Range(random.read(now)),
            2..=4 => RequestOp::Put(random.put()),
            5 => RequestOp::DeleteRange(random.delete()),
            _ if depth > 2 => RequestOp::Put(random.put()),
            _ => RequestOp::Txn(random.txn(now, depth + 1)),
        };
        (0..count).map(|_| op(self)).collect()
    }

    fn request(&mut self, now: i64) -> Request {
        match self.below(20) {
            0..=7 => Request::Put(self.put()),
            8..=10 => Request::Range(self.read(now)),
            11 | 12 => Request::DeleteRange(self.delete()),
            13..=16 => Request::Txn(self.txn(now, 0)),
            17 => Request::LeaseGrant(LeaseGrantRequest {
                id: self.lease(),
                ttl: self.pick(&[2, 60, 9_000_000_000, 9_000_000_001]),
            }),
            18 => Request::LeaseRevoke(LeaseId(i64::from(self.below(4)))),
            _ => Request::Compaction(CompactionRequest {
                revision: self.revision(now),
                physical: self.one_in(2),
            }),
        }
    }
}

/// Asks both stores the same and compares what they say.
fn ask(store: &mut Store, naive: &mut Naive, request: &Request) {
    let valid = validate(request);
    assert_eq!(request.validate(), valid, "{request:?}");
    if valid.is_err() {
        return;
    }
    if !request.is_write() {
        let read = store.read(&Default::default(), request);
        assert_eq!(read, naive.clone().apply(request), "{request:?}");
    }
    let before = store.clone();
    let answer = store.apply(request);
    assert_eq!(answer, naive.apply(request), "{request:?}");
    assert_eq!(store.revision().0 as i64, naive.revision());
    if answer.is_err() {
        assert_eq!(*store, before, "a refused request changes nothing");
    }
}

/// Compares everything that can be asked without a request.
fn look(store: &Store, naive: &mut Naive, random: &mut Random) {
    let (key, range_end) = random.range();
    let filter = WatchFilter {
        range: KeyRange { key, range_end },
        prev_kv: random.one_in(2),
        no_put: random.one_in(5),
        no_delete: random.one_in(5),
    };
    let from = random.revision(naive.revision());
    let heard = store.watch(&filter, from).map(|batch| {
        let next = naive.revision() + 1;
        assert_eq!(batch.next, from.max(next));
        batch.events
    });
    let expected = naive.watch(&filter, from);
    // What was before a compaction, other than what it leaves, is nobody's business.
    let kept = |events: Vec<_>| -> Vec<_> {
        let events = events.into_iter();
        let since = naive.compacted();
        events
            .filter(|event: &quorum::kv::Event| event.kv.mod_revision.0 as i64 >= since)
            .collect()
    };
    assert_eq!(heard.map(kept), expected, "{filter:?} from {from}");
    for id in (0..4).map(LeaseId) {
        assert_eq!(store.lease_keys(id), naive.lease_keys(id));
    }
    assert_eq!(store.compact_revision(), naive.compacted());
}

#[test]
fn the_store_answers_like_a_naive_one() {
    let runs = std::env::var("QUORUM_KV_RUNS");
    let runs = runs.map_or(RUNS, |runs| runs.parse().expect("a number of runs"));
    for seed in 0..runs {
        let mut random = Random(Pcg64Mcg::seed_from_u64(seed));
        let (mut store, mut naive) = (Store::default(), Naive::new());
        let mut checkpoint = (store.clone(), naive.clone());
        for _ in 0..REQUESTS {
            let request = random.request(naive.revision());
            ask(&mut store, &mut naive, &request);
            match random.below(25) {
                0..=3 => look(&store, &mut naive, &mut random),
                4 => checkpoint = (store.clone(), naive.clone()),
                5 => (store, naive) = checkpoint.clone(),
                6 => {
                    let restored = Store::restore(&store.save()).expect("its own bytes");
                    assert_eq!(restored, store);
                    assert_eq!(restored.hash_kv(0), store.hash_kv(0));
                    store = restored;
                }
                _ => {}
            }
        }
    }
}
