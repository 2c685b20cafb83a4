//! What a search has reached before.

use super::super::spec::State;
use super::bits::Bits;
use super::config::Config;
use std::hash::{Hash, Hasher};

/// A table of configurations. It is never walked, so its order is nobody's business.
#[derive(Debug, Default)]
pub(super) struct Reached {
    configs: Vec<(u64, Config)>,
    /// Places in the list, plus one; 0 is free. Its length is a power of two.
    table: Vec<u32>,
}

impl Reached {
    /// Takes a configuration in. `false` if nothing can come of it that would not come of one
    /// before: the same state and the same answers given, with no unknown operation used that this one
    /// has not used.
    pub fn insert(&mut self, state: &State, done: &Bits, used: &Bits) -> bool {
        if self.configs.len() * 2 >= self.table.len() {
            self.grow();
        }
        let mut hasher = Mix(0);
        (state, done).hash(&mut hasher);
        let hash = hasher.finish();
        let mut slot = self.slot(hash);
        while let Some(place) = self.table[slot].checked_sub(1) {
            let (other, config) = &self.configs[place as usize];
            if *other == hash
                && config.used.is_within(used)
                && config.done == *done
                && config.state == *state
            {
                return false;
            }
            slot = (slot + 1) & (self.table.len() - 1);
        }
        let config = Config {
            state: state.clone(),
            done: done.clone(),
            used: used.clone(),
        };
        self.configs.push((hash, config));
        self.table[slot] = self.configs.len() as u32;
        true
    }

    fn slot(&self, hash: u64) -> usize {
        (hash >> 20) as usize & (self.table.len() - 1)
    }

    fn grow(&mut self) {
        self.table = vec![0; (self.table.len() * 2).max(16)];
        for place in 0..self.configs.len() {
            let mut slot = self.slot(self.configs[place].0);
            while self.table[slot] != 0 {
                slot = (slot + 1) & (self.table.len() - 1);
            }
            self.table[slot] = place as u32 + 1;
        }
    }
}

/// A quick hash for tables in memory.
pub(super) struct Mix(pub u64);

impl Hasher for Mix {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, bytes: &[u8]) {
        for chunk in bytes.chunks(8) {
            let mut word = [0; 8];
            word[..chunk.len()].copy_from_slice(chunk);
            self.write_u64(u64::from_le_bytes(word));
        }
    }

    fn write_u64(&mut self, word: u64) {
        let mixed = (self.0.rotate_left(23) ^ word).wrapping_mul(0x9e37_79b9_7f4a_7c15);
        self.0 = mixed ^ (mixed >> 29);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn more_unknown_operations_for_the_same_are_pointless_and_others_are_not() {
        let mut reached = Reached::default();
        let state = State::default();
        let of = |numbers: &[usize]| Bits::of(numbers.iter().copied());
        let mut insert =
            |done: &[usize], used: &[usize]| reached.insert(&state, &of(done), &of(used));
        assert!(insert(&[1], &[3]));
        assert!(!insert(&[1], &[3]));
        assert!(!insert(&[1], &[3, 4]));
        assert!(insert(&[1], &[4]));
        assert!(insert(&[2], &[3, 4]));
        assert!(insert(&[1], &[]));
    }

    #[test]
    fn nothing_is_lost_when_it_grows() {
        let mut reached = Reached::default();
        let state = State::default();
        let none = Bits::default();
        for number in 0..1000 {
            assert!(reached.insert(&state, &Bits::of([number].into_iter()), &none));
        }
        for number in 0..1000 {
            assert!(!reached.insert(&state, &Bits::of([number].into_iter()), &none));
        }
    }
}
