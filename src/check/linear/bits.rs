//! Sets of small numbers.

const WORD: usize = 64;

/// A set of numbers. Most of our sets hold nearly all numbers up to some point and few beyond, so
/// full words at the beginning are only counted. Equal sets are equal values.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Default)]
pub(super) struct Bits {
    full: usize,
    words: Vec<u64>,
}

impl Bits {
    pub fn contains(&self, number: usize) -> bool {
        self.word(number / WORD) >> (number % WORD) & 1 == 1
    }

    pub fn insert(&mut self, number: usize) {
        let Some(place) = (number / WORD).checked_sub(self.full) else {
            return;
        };
        if place >= self.words.len() {
            self.words.resize(place + 1, 0);
        }
        self.words[place] |= 1 << (number % WORD);
        let full = self.words.iter().take_while(|word| **word == !0).count();
        self.words.drain(..full);
        self.full += full;
    }

    pub fn remove(&mut self, number: usize) {
        let word = number / WORD;
        if word < self.full {
            let more = self.full - word;
            self.words.splice(0..0, std::iter::repeat_n(!0, more));
            self.full = word;
        }
        if let Some(bits) = self.words.get_mut(word - self.full) {
            *bits &= !(1 << (number % WORD));
        }
        while self.words.last() == Some(&0) {
            self.words.pop();
        }
    }

    /// Whether everything in it is in the other one too.
    pub fn is_within(&self, other: &Bits) -> bool {
        let end = self.full + self.words.len();
        let from = self.full.min(other.full);
        (from..end).all(|word| self.word(word) & !other.word(word) == 0)
    }

    /// This set and another one whose numbers count from `offset`.
    pub fn join(&self, other: &Bits, offset: usize) -> Bits {
        let mut joined = self.clone();
        let end = (other.full + other.words.len()) * WORD;
        let numbers = (0..end).filter(|number| other.contains(*number));
        numbers.for_each(|number| joined.insert(number + offset));
        joined
    }

    fn word(&self, word: usize) -> u64 {
        match word.checked_sub(self.full) {
            Some(place) => self.words.get(place).copied().unwrap_or(0),
            None => !0,
        }
    }

    /// The set of these numbers.
    pub fn of(numbers: impl Iterator<Item = usize>) -> Bits {
        let mut bits = Bits::default();
        numbers.for_each(|number| bits.insert(number));
        bits
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn it_is_a_set_whatever_comes_and_goes() {
        let mut bits = Bits::default();
        let mut model = BTreeSet::new();
        let mut draw = 7usize;
        for round in 0..20_000 {
            draw = (draw * 1103 + 12345) % 65_521;
            // First mostly full, later mostly empty.
            let number = draw % 400;
            if (draw / 400) % 4 > round / 6_000 {
                bits.insert(number);
                model.insert(number);
            } else {
                bits.remove(number);
                model.remove(&number);
            }
            assert_eq!(bits.contains(number), model.contains(&number));
            if round % 100 == 0 {
                assert_eq!(bits, Bits::of(model.iter().copied()));
                assert!((0..400).all(|n| bits.contains(n) == model.contains(&n)));
            }
        }
    }

    #[test]
    fn full_words_are_not_kept() {
        let bits = Bits::of(0..WORD * 3);
        assert_eq!((bits.full, bits.words.len()), (3, 0));
        let mut less = bits.clone();
        less.remove(70);
        assert!(less.is_within(&bits) && !bits.is_within(&less));
        less.insert(70);
        assert_eq!(less, bits);
    }

    #[test]
    fn a_set_is_within_another_word_by_word() {
        let of = |numbers: &[usize]| Bits::of(numbers.iter().copied());
        assert!(of(&[1, 100]).is_within(&of(&[1, 2, 100])));
        assert!(!of(&[1, 100]).is_within(&of(&[1, 2])));
        assert!(!of(&[1]).is_within(&of(&[2, 100])));
        assert!(Bits::of(0..64).is_within(&Bits::of(0..130)));
        assert!(!Bits::of(0..130).is_within(&Bits::of(0..64)));
    }
}
