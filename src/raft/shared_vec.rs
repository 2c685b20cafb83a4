//! A vector that is cheap to clone: it is kept in chunks, and clones share them.
//!
//! A checkpoint of a node clones its log. With chunks that costs one counter per
//! [`CHUNK`] entries, and the first write to a shared chunk copies that chunk alone.

use std::collections::VecDeque;
use std::sync::Arc;

/// How many items share a counter.
const CHUNK: usize = 64;

/// A queue of items, appended and truncated at the back, trimmed at the front.
#[derive(Clone, Debug)]
pub(super) struct SharedVec<T> {
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
    pub fn len(&self) -> usize {
        self.len
    }

    pub fn get(&self, position: usize) -> Option<&T> {
        if position >= self.len {
            return None;
        }
        let at = self.skip + position;
        self.chunks[at / CHUNK].get(at % CHUNK)
    }

    pub fn push(&mut self, item: T) {
        let at = self.skip + self.len;
        if at.is_multiple_of(CHUNK) {
            self.chunks.push_back(Arc::new(Vec::with_capacity(CHUNK)));
        }
        let chunk = self.chunks.back_mut().expect("the last chunk has room");
        Arc::make_mut(chunk).push(item);
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

#[cfg(all(test, not(target_arch = "wasm32")))]
mod tests;
