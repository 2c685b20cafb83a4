use super::{BLOCK, CHUNK, SharedVec};
use proptest::prelude::*;
use std::sync::Arc;

#[derive(Clone, Debug)]
enum Change {
    Push(usize),
    Set(usize),
    Truncate(usize),
    TrimFront(usize),
    Checkpoint,
    /// Shares what it can with a list of the same items and these many more in front.
    Share(usize),
}

fn change() -> impl Strategy<Value = Change> {
    prop_oneof![
        4 => prop_oneof![1usize..150, Just(3_000)].prop_map(Change::Push),
        2 => (0usize..400).prop_map(Change::Set),
        2 => prop_oneof![0usize..400, whole_chunks()].prop_map(Change::Truncate),
        2 => prop_oneof![0usize..200, 900usize..2_200, whole_chunks()].prop_map(Change::TrimFront),
        1 => Just(Change::Checkpoint),
        1 => (0usize..2_200).prop_map(Change::Share),
    ]
}

fn whole_chunks() -> impl Strategy<Value = usize> {
    prop_oneof![0usize..100, Just(BLOCK / CHUNK)].prop_map(|chunks| chunks * CHUNK)
}

fn check(shared: &SharedVec<usize>, plain: &[usize], from: usize, to: usize) {
    assert_eq!(shared.len(), plain.len());
    assert!(shared.iter().eq(plain));
    let apart = plain.iter().copied().collect();
    assert!(*shared == apart);
    if !plain.is_empty() {
        let mut other = shared.clone();
        *other.get_mut(from % plain.len()).unwrap() = usize::MAX;
        assert!(*shared != other && apart != other);
    }
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
                Change::Set(place) => {
                    let item = shared.get_mut(place);
                    assert_eq!(item.is_some(), place < plain.len());
                    if let Some(item) = item {
                        (*item, plain[place]) = (next, next);
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
                Change::Share(before) => {
                    let more = std::iter::repeat_n(usize::MAX, before);
                    let other = more.chain(plain.iter().copied()).collect();
                    shared.share_with(&other, before);
                }
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
    assert_eq!(common(&shared, &clone), 2);
}

#[test]
fn blocks_that_nobody_writes_to_are_shared_whole() {
    let mut shared: SharedVec<usize> = (0..3 * BLOCK).collect();
    let clone = shared.clone();
    shared.push(7);
    *shared.get_mut(BLOCK).unwrap() = 7;
    let both = shared.blocks.iter().zip(&clone.blocks);
    let same: Vec<bool> = both.map(|(own, other)| Arc::ptr_eq(own, other)).collect();
    assert_eq!(same, [true, false, true]);
}

#[test]
fn blocks_in_front_are_given_back() {
    let mut shared: SharedVec<usize> = (0..3 * BLOCK).collect();
    shared.trim_front(2 * BLOCK - 1);
    assert_eq!(shared.blocks.len(), 2);
    shared.trim_front(1);
    assert_eq!(shared.blocks.len(), 1);
    shared.trim_front(BLOCK);
    assert_eq!((shared.blocks.len(), shared.len()), (0, 0));
    shared.push(7);
    assert_eq!(shared.get(0), Some(&7));
    shared.truncate(0);
    assert_eq!(shared.blocks.len(), 0);
}

/// The numbers up to `len` without the first `trimmed` ones; others after `fork`.
fn numbers(len: usize, trimmed: usize, fork: usize) -> SharedVec<usize> {
    let number = |number| {
        if number > fork {
            number + 1_000
        } else {
            number
        }
    };
    let mut list: SharedVec<usize> = (1..=len).map(number).collect();
    list.trim_front(trimmed);
    list
}

/// How many chunks of a list are in another one too.
fn common(one: &SharedVec<usize>, other: &SharedVec<usize>) -> usize {
    let chunks = |list: &SharedVec<usize>| -> Vec<_> {
        let places = list.chunks();
        places
            .map(|place| Arc::as_ptr(list.chunk(place).unwrap()))
            .collect()
    };
    let theirs = chunks(other);
    let own = chunks(one).into_iter();
    own.filter(|own| theirs.contains(own)).count()
}

#[test]
fn lists_share_the_chunks_in_which_they_are_the_same() {
    let whole = numbers(5 * CHUNK + 1, 0, usize::MAX);
    for (len, trimmed, fork, expected) in [
        (3 * CHUNK + 1, 0, usize::MAX, 3),
        (5 * CHUNK + 1, 0, usize::MAX, 6),
        (7 * CHUNK, 0, usize::MAX, 5),
        (4 * CHUNK, 0, 2 * CHUNK + 1, 2),
        (5 * CHUNK, 2 * CHUNK + 3, usize::MAX, 3),
        (2, 0, usize::MAX, 0),
        (0, 0, usize::MAX, 0),
    ] {
        let mut own = numbers(len, trimmed, fork);
        let before = own.clone();
        for _ in 0..2 {
            own.share_with(&whole, trimmed);
            assert_eq!(common(&own, &whole), expected);
            assert!(own == before && own.iter().eq(before.iter()));
        }
    }
    let mut own: SharedVec<usize> = (2 * CHUNK + 1..=4 * CHUNK).collect();
    own.share_with(&whole, 2 * CHUNK);
    assert_eq!(common(&own, &whole), 2, "they begin at different places");
    let mut own = numbers(4 * CHUNK, 0, usize::MAX);
    own.share_with(&whole, 1);
    assert_eq!(common(&own, &whole), 0, "they are not at the same places");
}

#[test]
fn lists_are_equal_if_their_items_are() {
    let one = numbers(3 * CHUNK, 2, usize::MAX);
    let mut other = one.clone();
    assert_eq!(one, other);
    other.push(7);
    assert_ne!(one, other);
    assert_eq!(one, (3..=3 * CHUNK).collect());
    assert_ne!(one, numbers(3 * CHUNK, 2, 3 * CHUNK - 1));
    let mut other: SharedVec<usize> = (0..=3 * CHUNK).collect();
    *other.get_mut(1).unwrap() = 7;
    let mut one = other.clone();
    *one.get_mut(0).unwrap() = 7;
    one.trim_front(1);
    other.trim_front(1);
    assert_eq!(one, other, "what is trimmed does not count");
}
