use super::{CHUNK, SharedVec};
use crate::raft::types::{Entry, Index, Payload, Term};
use proptest::prelude::*;
use std::sync::Arc;

#[derive(Clone, Debug)]
enum Change {
    Push(usize),
    Truncate(usize),
    TrimFront(usize),
    Checkpoint,
}

fn change() -> impl Strategy<Value = Change> {
    prop_oneof![
        4 => (1usize..150).prop_map(Change::Push),
        2 => (0usize..400).prop_map(Change::Truncate),
        2 => (0usize..200).prop_map(Change::TrimFront),
        1 => Just(Change::Checkpoint),
    ]
}

fn check(shared: &SharedVec<usize>, plain: &[usize], from: usize, to: usize) {
    assert_eq!(shared.len(), plain.len());
    assert!(shared.range(0, usize::MAX).eq(plain));
    let (low, high) = (from.min(plain.len()), to.min(plain.len()));
    let expected = if low < high { &plain[low..high] } else { &[] };
    assert!(shared.range(from, to).eq(expected), "{from}..{to}");
    for position in [0, from, to, plain.len().wrapping_sub(1), plain.len()] {
        assert_eq!(shared.get(position), plain.get(position));
    }
}

proptest! {
    /// It holds what a plain vector would hold, and so do clones that were made on the way.
    #[test]
    fn behaves_like_a_vector(
        changes in prop::collection::vec(change(), 1..20), from in 0usize..300, to in 0usize..300,
    ) {
        let (mut shared, mut plain) = (SharedVec::default(), Vec::new());
        let mut checkpoints = Vec::new();
        let mut next = 0;
        for change in changes {
            match change {
                Change::Push(count) => {
                    for _ in 0..count {
                        shared.push(next);
                        plain.push(next);
                        next += 1;
                    }
                }
                Change::Truncate(len) => {
                    shared.truncate(len);
                    plain.truncate(len);
                }
                Change::TrimFront(count) => {
                    shared.trim_front(count);
                    plain.drain(..count.min(plain.len()));
                }
                Change::Checkpoint => checkpoints.push((shared.clone(), plain.clone())),
            }
            check(&shared, &plain, from, to);
        }
        for (shared, plain) in &checkpoints {
            check(shared, plain, from, to);
        }
    }
}

#[test]
fn clones_share_the_chunks_that_nobody_writes_to() {
    let mut shared: SharedVec<usize> = SharedVec::default();
    for item in 0..3 * CHUNK {
        shared.push(item);
    }
    let clone = shared.clone();
    shared.truncate(2 * CHUNK + 1);
    for (chunk, other) in shared.chunks.iter().zip(&clone.chunks).take(2) {
        assert!(std::sync::Arc::ptr_eq(chunk, other));
    }
}

#[test]
fn chunks_in_front_are_given_back() {
    let mut shared: SharedVec<usize> = SharedVec::default();
    for item in 0..3 * CHUNK {
        shared.push(item);
    }
    shared.trim_front(2 * CHUNK);
    assert_eq!(shared.chunks.len(), 1);
    shared.trim_front(CHUNK);
    assert_eq!((shared.chunks.len(), shared.len()), (0, 0));
    shared.push(7);
    assert_eq!(shared.get(0), Some(&7));
    shared.truncate(0);
    assert_eq!(shared.chunks.len(), 0);
}

/// A log with `len` entries after `trimmed` that were dropped; terms change after `fork`.
fn log(len: u64, trimmed: usize, fork: u64) -> SharedVec<Entry> {
    let entry = |index| Entry {
        term: Term(if index > fork { 2 } else { 1 }),
        index: Index(index),
        payload: Payload::Noop,
    };
    let mut log: SharedVec<Entry> = (1..=len).map(entry).collect();
    log.trim_front(trimmed);
    log
}

fn shared(one: &SharedVec<Entry>, other: &SharedVec<Entry>) -> usize {
    let theirs = |own: &&Arc<_>| other.chunks.iter().any(|theirs| Arc::ptr_eq(own, theirs));
    one.chunks.iter().filter(theirs).count()
}

#[test]
fn logs_share_the_whole_chunks_in_which_they_are_the_same() {
    let (chunk, never) = (CHUNK as u64, u64::MAX);
    let whole = log(5 * chunk, 0, never);
    for (mut own, expected) in [
        (log(3 * chunk + 1, 0, never), 3),
        (log(7 * chunk, 0, never), 5),
        (log(4 * chunk, 0, 2 * chunk + 1), 2),
        (log(5 * chunk, 2 * CHUNK + 3, never), 3),
        (log(2, 0, never), 0),
        (log(0, 0, never), 0),
    ] {
        let before = own.clone();
        own.share_with(&whole);
        assert_eq!(shared(&own, &whole), expected);
        assert_eq!(own, before);
        own.share_with(&whole);
        assert_eq!(shared(&own, &whole), expected);
    }
    let mut behind = whole.clone();
    behind.share_with(&log(5 * chunk, 3 * CHUNK, never));
    assert_eq!(
        behind, whole,
        "a shorter log is no reason to lose the beginning"
    );
}
