//! A vector that is cheap to clone: it is kept in chunks, and clones share them.
//!
//! A checkpoint of a node clones its log. With chunks that costs one counter per
//! [`CHUNK`] entries, and the first write to a shared chunk copies that chunk alone.

use super::types::Entry;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::collections::VecDeque;
use std::sync::Arc;

/// How many items share a counter.
const CHUNK: usize = 32;

/// A chunk gets room for so many more when it is full: those that a clone keeps are often cut short.
const ROOM: usize = 8;

/// A queue of items, appended and truncated at the back, trimmed at the front.
#[derive(Clone)]
pub struct SharedVec<T> {
    /// All but the last hold exactly [`CHUNK`] items, the last at least one.
    chunks: VecDeque<Arc<Vec<T>>>,
    /// So many items of the first chunk are trimmed already, less than [`CHUNK`].
    skip: usize,
    len: usize,
}

impl<T> Default for SharedVec<T> {
    fn default() -> Self {
        SharedVec {
            chunks: VecDeque::new(),
            skip: 0,
            len: 0,
        }
    }
}

impl<T: Clone> SharedVec<T> {
    /// How many items there are.
    pub fn len(&self) -> usize {
        self.len
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// The first item.
    pub fn first(&self) -> Option<&T> {
        self.get(0)
    }

    /// The last item.
    pub fn last(&self) -> Option<&T> {
        self.get(self.len.checked_sub(1)?)
    }

    /// All items in order.
    pub fn iter(&self) -> impl Iterator<Item = &T> + Clone {
        self.range(0, self.len)
    }

    /// The item at a position, from 0.
    pub fn get(&self, position: usize) -> Option<&T> {
        if position >= self.len {
            return None;
        }
        let at = self.skip + position;
        self.chunks[at / CHUNK].get(at % CHUNK)
    }

    /// Adds an item at the back.
    pub fn push(&mut self, item: T) {
        let at = self.skip + self.len;
        if at.is_multiple_of(CHUNK) {
            self.chunks.push_back(Arc::default());
        }
        let chunk = self.chunks.back_mut().expect("the last chunk has room");
        let chunk = Arc::make_mut(chunk);
        if chunk.len() == chunk.capacity() {
            chunk.reserve_exact(ROOM);
        }
        chunk.push(item);
        self.len += 1;
    }

    /// Keeps the first `len` items.
    pub fn truncate(&mut self, len: usize) {
        if len >= self.len {
            return;
        }
        if len == 0 {
            *self = SharedVec::default();
            return;
        }
        let end = self.skip + len;
        self.chunks.truncate(end.div_ceil(CHUNK));
        if !end.is_multiple_of(CHUNK) {
            let chunk = self.chunks.back_mut().expect("some items are left");
            Arc::make_mut(chunk).truncate(end % CHUNK);
        }
        self.len = len;
    }

    /// Drops the first `count` items.
    pub fn trim_front(&mut self, count: usize) {
        if count >= self.len {
            *self = SharedVec::default();
            return;
        }
        self.skip += count;
        self.len -= count;
        self.chunks.drain(..self.skip / CHUNK);
        self.skip %= CHUNK;
    }

    /// The items from position `from` (included) to `to` (excluded); both are clamped.
    pub fn range(&self, from: usize, to: usize) -> impl Iterator<Item = &T> + Clone {
        let to = to.min(self.len);
        let from = from.min(to);
        let (start, end) = (self.skip + from, self.skip + to);
        let chunks = start / CHUNK..end.div_ceil(CHUNK);
        chunks.flat_map(move |number| {
            let chunk = &self.chunks[number];
            let base = number * CHUNK;
            let low = start.saturating_sub(base);
            let high = (end - base).min(chunk.len());
            chunk[low..high].iter()
        })
    }
}

impl SharedVec<Entry> {
    /// Takes chunks over from another log where both hold the same, so that they are kept once.
    /// Nobody can tell the difference. Looks at the end only, back to what they share already.
    pub fn share_with(&mut self, other: &SharedVec<Entry>) {
        let (Some(own), Some(first)) = (self.first(), other.first()) else {
            return;
        };
        // How many chunks of the other log come before the first one of this.
        let (own, first) = (
            own.index.0 - self.skip as u64,
            first.index.0 - other.skip as u64,
        );
        let chunk = CHUNK as u64;
        let Some(ahead) = own.checked_sub(first).filter(|items| items % chunk == 0) else {
            return;
        };
        let ahead = (ahead / chunk) as usize;
        for (number, own) in self.chunks.iter_mut().enumerate().rev() {
            match other.chunks.get(number + ahead) {
                Some(theirs) if Arc::ptr_eq(own, theirs) => return,
                Some(theirs) if own.len() == CHUNK && own == theirs => *own = theirs.clone(),
                _ => {}
            }
        }
    }
}

impl<T: Clone> FromIterator<T> for SharedVec<T> {
    fn from_iter<I: IntoIterator<Item = T>>(items: I) -> Self {
        let mut vec = SharedVec::default();
        for item in items {
            vec.push(item);
        }
        vec
    }
}

impl<T: Clone + PartialEq> PartialEq for SharedVec<T> {
    fn eq(&self, other: &Self) -> bool {
        self.len == other.len && self.iter().eq(other.iter())
    }
}

impl<T: Clone + Eq> Eq for SharedVec<T> {}

impl<T: Clone + std::fmt::Debug> std::fmt::Debug for SharedVec<T> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_list().entries(self.iter()).finish()
    }
}

impl<T: Clone + Serialize> Serialize for SharedVec<T> {
    fn serialize<S: Serializer>(&self, output: S) -> Result<S::Ok, S::Error> {
        output.collect_seq(self.iter().collect::<Vec<_>>())
    }
}

impl<'de, T: Clone + Deserialize<'de>> Deserialize<'de> for SharedVec<T> {
    fn deserialize<D: Deserializer<'de>>(input: D) -> Result<Self, D::Error> {
        Ok(Vec::deserialize(input)?.into_iter().collect())
    }
}

#[cfg(all(test, not(target_arch = "wasm32")))]
mod tests;
