//! A vector that is cheap to clone: it is kept in chunks, and clones share them.
//!
//! A checkpoint of a member clones the log of its node and the history of its store. With chunks
//! that costs one counter per [`CHUNK`] entries, and the first write to a shared chunk copies that chunk alone.

use super::spine::Spine;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::sync::Arc;

/// How many items share a counter.
const CHUNK: usize = 32;

/// A chunk begins with room for so many items: those that a clone keeps are often cut short.
const ROOM: usize = 8;

/// A queue of items, appended and truncated at the back, trimmed at the front.
#[derive(Clone)]
pub struct SharedVec<T> {
    /// All but the last hold exactly [`CHUNK`] items, the last at least one.
    chunks: Spine<Arc<Vec<T>>>,
    /// So many items of the first chunk are trimmed already, less than [`CHUNK`].
    skip: usize,
    len: usize,
}

impl<T> Default for SharedVec<T> {
    fn default() -> Self {
        SharedVec {
            chunks: Spine::default(),
            skip: 0,
            len: 0,
        }
    }
}

impl<T> SharedVec<T> {
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
        self.chunks.get(at / CHUNK)?.get(at % CHUNK)
    }

    /// How many items there are before the first that is not `before`. The items must be in such an
    /// order.
    pub fn partition_point(&self, before: impl Fn(&T) -> bool) -> usize {
        let (mut low, mut high) = (0, self.len);
        while low < high {
            let middle = low.midpoint(high);
            match self.get(middle) {
                Some(item) if before(item) => low = middle + 1,
                _ => high = middle,
            }
        }
        low
    }

    /// The items from position `from` (included) to `to` (excluded); both are clamped.
    pub fn range(&self, from: usize, to: usize) -> impl Iterator<Item = &T> + Clone {
        let to = to.min(self.len);
        let from = from.min(to);
        let (start, end) = (self.skip + from, self.skip + to);
        let chunks = start / CHUNK..end.div_ceil(CHUNK);
        chunks.flat_map(move |number| {
            let chunk = self.chunks.get(number).map_or(&[][..], |chunk| chunk);
            let base = number * CHUNK;
            let low = start.saturating_sub(base);
            let high = (end - base).min(chunk.len());
            chunk[low..high].iter()
        })
    }
}

impl<T: Clone> SharedVec<T> {
    /// The same, to be changed. Other clones do not see it.
    pub fn get_mut(&mut self, position: usize) -> Option<&mut T> {
        if position >= self.len {
            return None;
        }
        let at = self.skip + position;
        Arc::make_mut(self.chunks.get_mut(at / CHUNK)?).get_mut(at % CHUNK)
    }

    /// Adds an item at the back.
    pub fn push(&mut self, item: T) {
        let at = self.skip + self.len;
        if at.is_multiple_of(CHUNK) {
            self.chunks.push(Arc::default());
        }
        let chunk = self.chunks.last_mut().expect("the last chunk has room");
        let chunk = Arc::make_mut(chunk);
        if chunk.len() == chunk.capacity() {
            chunk.reserve_exact(if chunk.is_empty() {
                ROOM
            } else {
                CHUNK - chunk.len()
            });
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
            let chunk = self.chunks.last_mut().expect("some items are left");
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
        self.chunks.trim_front(self.skip / CHUNK);
        self.skip %= CHUNK;
    }
}

impl<T: PartialEq> SharedVec<T> {
    /// Takes chunks over from another list where both hold the same, so that they are kept once.
    /// Nobody can tell the difference. `before` items of the other list come before the first of
    /// this. Looks at the end only, back to what they share already.
    pub fn share_with(&mut self, other: &SharedVec<T>, before: usize) {
        let Some(items) = (other.skip + before).checked_sub(self.skip) else {
            return;
        };
        if !items.is_multiple_of(CHUNK) {
            return;
        }
        for number in (0..self.chunks.len()).rev() {
            let theirs = other.chunks.get(number + items / CHUNK);
            let (Some(own), Some(theirs)) = (self.chunks.get(number), theirs) else {
                continue;
            };
            if Arc::ptr_eq(own, theirs) {
                return;
            }
            if own.len() == CHUNK
                && own == theirs
                && let Some(own) = self.chunks.get_mut(number)
            {
                *own = theirs.clone();
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
        if self.skip == other.skip && self.len == other.len {
            // What is shared need not be compared.
            return (0..self.chunks.len()).all(|number| {
                let skip = if number == 0 { self.skip } else { 0 };
                match (self.chunks.get(number), other.chunks.get(number)) {
                    (Some(a), Some(b)) => Arc::ptr_eq(a, b) || a[skip..] == b[skip..],
                    _ => false,
                }
            });
        }
        self.len == other.len && self.iter().eq(other.iter())
    }
}

impl<T: Clone + Eq> Eq for SharedVec<T> {}

impl<T: std::fmt::Debug> std::fmt::Debug for SharedVec<T> {
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
