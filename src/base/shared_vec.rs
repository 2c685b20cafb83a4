//! A vector that is cheap to clone: it is kept in chunks, and clones share them.
//!
//! A checkpoint of a member clones the log of its node and the history of its store. A long list has many chunks, so
//! these are kept in blocks, which are shared too: a clone costs one counter per [`BLOCK`] items, and the first write
//! after it copies one chunk, and the block that the chunk is in.
//!
//! (`rpds::Vector` is such a list too, but forgets nothing in front, as a log does that is compacted; and members of a
//! cluster have logs that are equal but were made apart, see [`SharedVec::share_with`].)

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::ops::Range;
use std::slice;
use std::sync::Arc;

/// How many items are in a chunk.
const CHUNK: usize = 32;

/// How many items are in a block of chunks.
const BLOCK: usize = 32 * CHUNK;

/// A chunk gets room for so many items at a time: those that a clone keeps are often cut short.
const ROOM: usize = 8;

/// Some items.
type Chunk<T> = Arc<Vec<T>>;

/// A queue of items, appended and truncated at the back, trimmed at the front.
#[derive(Clone)]
pub struct SharedVec<T> {
    /// All but the last hold exactly [`BLOCK`] items, the last at least one. In a block all chunks but the last hold
    /// exactly [`CHUNK`] items, the last at least one.
    blocks: Vec<Arc<Vec<Chunk<T>>>>,
    /// So many items of the first block are trimmed already, less than [`BLOCK`]. They stay until the block is gone.
    skip: usize,
    len: usize,
}

impl<T> Default for SharedVec<T> {
    fn default() -> Self {
        SharedVec {
            blocks: Vec::new(),
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
    pub fn iter(&self) -> Items<'_, T> {
        self.range(0, self.len)
    }

    /// The item at a position, from 0.
    pub fn get(&self, position: usize) -> Option<&T> {
        if position >= self.len {
            return None;
        }
        let at = self.skip + position;
        self.chunk(at / CHUNK)?.get(at % CHUNK)
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
    pub fn range(&self, from: usize, to: usize) -> Items<'_, T> {
        let to = to.min(self.len);
        Items {
            list: self,
            chunk: [].iter(),
            next: self.skip + from.min(to),
            end: self.skip + to,
        }
    }

    /// Drops the first `count` items.
    pub fn trim_front(&mut self, count: usize) {
        if count >= self.len {
            *self = SharedVec::default();
            return;
        }
        self.skip += count;
        self.len -= count;
        self.blocks.drain(..self.skip / BLOCK);
        self.skip %= BLOCK;
    }

    /// A chunk by its place, which counts those that are trimmed already too.
    fn chunk(&self, place: usize) -> Option<&Chunk<T>> {
        let at = place * CHUNK;
        self.blocks.get(at / BLOCK)?.get(at % BLOCK / CHUNK)
    }

    /// The places of the chunks that hold items.
    fn chunks(&self) -> Range<usize> {
        self.skip / CHUNK..(self.skip + self.len).div_ceil(CHUNK)
    }

    /// The same chunk, to be exchanged or changed. Other clones do not see it.
    fn chunk_mut(&mut self, place: usize) -> Option<&mut Chunk<T>> {
        let at = place * CHUNK;
        let block = self.blocks.get_mut(at / BLOCK)?;
        Arc::make_mut(block).get_mut(at % BLOCK / CHUNK)
    }
}

impl<T: Clone> SharedVec<T> {
    /// The same, to be changed. Other clones do not see it.
    pub fn get_mut(&mut self, position: usize) -> Option<&mut T> {
        if position >= self.len {
            return None;
        }
        let at = self.skip + position;
        Arc::make_mut(self.chunk_mut(at / CHUNK)?).get_mut(at % CHUNK)
    }

    /// Adds an item at the back.
    pub fn push(&mut self, item: T) {
        let at = self.skip + self.len;
        if at.is_multiple_of(BLOCK) {
            self.blocks.push(Arc::default());
        }
        let block = self.blocks.last_mut().expect("the last block has room");
        let block = Arc::make_mut(block);
        if at.is_multiple_of(CHUNK) {
            block.push(Arc::default());
        }
        let chunk = block.last_mut().expect("the last chunk has room");
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
        self.len = len;
        self.blocks.truncate(end.div_ceil(BLOCK));
        let block = self.blocks.last_mut().expect("some items are left");
        if !end.is_multiple_of(BLOCK) {
            Arc::make_mut(block).truncate((end % BLOCK).div_ceil(CHUNK));
        }
        if !end.is_multiple_of(CHUNK)
            && let Some(chunk) = self.chunk_mut(end / CHUNK)
        {
            Arc::make_mut(chunk).truncate(end % CHUNK);
        }
    }
}

/// Some items in order.
#[derive(Debug)]
pub struct Items<'a, T> {
    list: &'a SharedVec<T>,
    /// What is left of a chunk.
    chunk: slice::Iter<'a, T>,
    /// Where to go on after that, and where to end. What is trimmed already counts too.
    next: usize,
    end: usize,
}

impl<T> Clone for Items<'_, T> {
    fn clone(&self) -> Self {
        Items {
            chunk: self.chunk.clone(),
            ..*self
        }
    }
}

impl<'a, T> Iterator for Items<'a, T> {
    type Item = &'a T;

    #[inline]
    fn next(&mut self) -> Option<&'a T> {
        if self.chunk.len() == 0 && self.next < self.end {
            let base = self.next / CHUNK * CHUNK;
            let chunk = self.list.chunk(base / CHUNK)?;
            let end = chunk.len().min(self.end - base);
            self.chunk = chunk[self.next - base..end].iter();
            self.next = base + CHUNK;
        }
        self.chunk.next()
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        let left = self.chunk.len() + self.end.saturating_sub(self.next);
        (left, Some(left))
    }
}

impl<T: PartialEq> SharedVec<T> {
    /// Takes chunks over from another list where both hold the same, so that they are kept once.
    /// Nobody can tell the difference. `before` items of the other list come before the first of
    /// this. Looks at the end only, back to what they share already.
    pub fn share_with(&mut self, other: &SharedVec<T>, before: usize) {
        let begin = other.skip + before;
        if begin % CHUNK != self.skip % CHUNK {
            return;
        }
        for (number, place) in self.chunks().enumerate().rev() {
            let theirs = other.chunk(begin / CHUNK + number);
            let (Some(own), Some(theirs)) = (self.chunk(place), theirs) else {
                continue;
            };
            if Arc::ptr_eq(own, theirs) {
                return;
            }
            if own == theirs
                && let Some(own) = self.chunk_mut(place)
            {
                own.clone_from(theirs);
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
        if self.len == other.len && self.skip % CHUNK == other.skip % CHUNK {
            // What is shared need not be compared.
            let places = self.chunks().zip(other.chunks());
            return places.enumerate().all(|(number, (own, theirs))| {
                let skip = if number == 0 { self.skip % CHUNK } else { 0 };
                match (self.chunk(own), other.chunk(theirs)) {
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
