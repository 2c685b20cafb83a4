//! A growing list by log index that is cheap to clone.

use crate::raft::Index;
use std::sync::Arc;

/// How many places share a counter.
const CHUNK: usize = 16;

/// One place for each log index from 0 on, all empty at first. Clones share the chunks, since a
/// checkpoint of a session clones its checker.
#[derive(Clone, Debug)]
pub(super) struct ByIndex<T> {
    chunks: Vec<Arc<Vec<T>>>,
}

impl<T> Default for ByIndex<T> {
    fn default() -> Self {
        ByIndex { chunks: Vec::new() }
    }
}

impl<T: Clone + Default> ByIndex<T> {
    /// What is at the index; `None` beyond the highest place that was ever asked for.
    pub fn get(&self, index: Index) -> Option<&T> {
        let (chunk, place) = place_of(index);
        self.chunks.get(chunk)?.get(place)
    }

    /// The place of the index, to be changed.
    pub fn at(&mut self, index: Index) -> &mut T {
        let (chunk, place) = place_of(index);
        if chunk >= self.chunks.len() {
            self.chunks
                .resize_with(chunk + 1, || Arc::new(vec![T::default(); CHUNK]));
        }
        &mut Arc::make_mut(&mut self.chunks[chunk])[place]
    }
}

fn place_of(index: Index) -> (usize, usize) {
    let index = usize::try_from(index.0).unwrap_or(usize::MAX);
    (index / CHUNK, index % CHUNK)
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
        assert_eq!(list.get(Index(1000)), None);
    }
}
