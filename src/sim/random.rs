//! Independent streams of random numbers from one seed.

use rand::{Rng, RngExt};
use rand_pcg::Pcg32;
use xxhash_rust::xxh3::xxh3_64_with_seed;

/// The random stream of one thing in the world (a link, a disk, a member), told apart by its kind
/// and its numbers. Streams do not influence each other, so that one more draw in one of them
/// changes no other.
pub fn stream(seed: u64, kind: &str, numbers: [u64; 2]) -> Pcg32 {
    let mut name = kind.as_bytes().to_vec();
    for number in numbers {
        name.extend(number.to_le_bytes());
    }
    let state = xxh3_64_with_seed(&name, seed);
    let increment = xxh3_64_with_seed(&name, !seed);
    Pcg32::new(state, increment)
}

/// A random number from 0 to `max`, both included.
pub(super) fn below_inclusive(rng: &mut impl Rng, max: u64) -> u64 {
    if max == 0 {
        0
    } else {
        rng.random_range(0..=max)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn streams_differ_by_seed_kind_and_numbers() {
        let firsts: BTreeSet<u32> = [
            stream(1, "link", [1, 2]),
            stream(2, "link", [1, 2]),
            stream(1, "disk", [1, 2]),
            stream(1, "link", [2, 1]),
        ]
        .iter_mut()
        .map(|rng| rng.next_u32())
        .collect();
        assert_eq!(firsts.len(), 4);
    }

    #[test]
    fn a_stream_is_the_same_everywhere_and_for_ever() {
        let mut rng = stream(42, "link", [1, 2]);
        assert_eq!(
            [rng.next_u32(), rng.next_u32()],
            [298_228_092, 4_269_587_722]
        );
    }
}
