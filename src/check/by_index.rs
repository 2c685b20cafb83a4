//! A growing list by log index that is cheap to clone.

use crate::base::SharedVec;
use crate::raft::Index;

/// One place for each log index from 0 on, all empty at first. Clones share most of it, since a
/// checkpoint of a session clones its checker.
#[derive(Clone, Debug)]
pub(super) struct ByIndex<T> {
    places: SharedVec<T>,
}

impl<T> Default for ByIndex<T> {
    fn default() -> Self {
        ByIndex {
            places: SharedVec::default(),
        }
    }
}

impl<T: Clone + Default> ByIndex<T> {
    /// What is at the index; `None` beyond the highest place that was ever asked for.
    pub fn get(&self, index: Index) -> Option<&T> {
        self.places.get(place_of(index))
    }

    /// The place of the index, to be changed.
    pub fn at(&mut self, index: Index) -> &mut T {
        let place = place_of(index);
        while self.places.len() <= place {
            self.places.push(T::default());
        }
        self.places.get_mut(place).expect("it was just made")
    }
}

fn place_of(index: Index) -> usize {
    usize::try_from(index.0).unwrap_or(usize::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_clone_does_not_see_later_changes() {
        let mut list = ByIndex::<Option<char>>::default();
        *list.at(Index(0)) = Some('a');
        *list.at(Index(200)) = Some('b');
        let before = list.clone();
        *list.at(Index(0)) = Some('c');
        assert_eq!(before.get(Index(0)), Some(&Some('a')));
        assert_eq!(list.get(Index(0)), Some(&Some('c')));
        assert_eq!(list.get(Index(200)), Some(&Some('b')));
        assert_eq!(list.get(Index(100)), Some(&None));
        assert_eq!(list.get(Index(201)), None);
    }
}
