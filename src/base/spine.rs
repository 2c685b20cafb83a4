//! A list of chunks that is cheap to clone.
//!
//! A long list has many chunks, and a clone of it would have to copy as many pointers. So the pointers are kept in blocks,
//! and clones share these too.

use std::collections::VecDeque;
use std::sync::Arc;

/// How many chunks are in a block.
const BLOCK: usize = 32;

/// A queue of chunks, appended and truncated at the back, trimmed at the front.
#[derive(Clone, Debug)]
pub(super) struct Spine<C> {
    /// All but the last hold exactly [`BLOCK`] chunks, the last at least one.
    blocks: VecDeque<Arc<Vec<C>>>,
    /// So many chunks of the first block are trimmed already, less than [`BLOCK`].
    skip: usize,
    len: usize,
}

impl<C> Default for Spine<C> {
    fn default() -> Self {
        Spine {
            blocks: VecDeque::new(),
            skip: 0,
            len: 0,
        }
    }
}

impl<C> Spine<C> {
    /// How many chunks there are.
    pub fn len(&self) -> usize {
        self.len
    }

    /// A chunk by its place, from 0.
    pub fn get(&self, place: usize) -> Option<&C> {
        let at = self.skip + place;
        self.blocks.get(at / BLOCK)?.get(at % BLOCK)
    }
}

impl<C: Clone> Spine<C> {
    /// The same, to be changed. Other clones do not see it.
    pub fn get_mut(&mut self, place: usize) -> Option<&mut C> {
        let at = self.skip + place;
        Arc::make_mut(self.blocks.get_mut(at / BLOCK)?).get_mut(at % BLOCK)
    }

    /// The last chunk, to be changed.
    pub fn last_mut(&mut self) -> Option<&mut C> {
        self.get_mut(self.len.checked_sub(1)?)
    }

    /// Adds a chunk at the back.
    pub fn push(&mut self, chunk: C) {
        if (self.skip + self.len).is_multiple_of(BLOCK) {
            self.blocks.push_back(Arc::default());
        }
        let block = self.blocks.back_mut().expect("the last block has room");
        Arc::make_mut(block).push(chunk);
        self.len += 1;
    }

    /// Keeps the first `len` chunks.
    pub fn truncate(&mut self, len: usize) {
        if len >= self.len {
            return;
        }
        let end = self.skip + len;
        self.blocks.truncate(end.div_ceil(BLOCK));
        if !end.is_multiple_of(BLOCK)
            && let Some(block) = self.blocks.back_mut()
        {
            Arc::make_mut(block).truncate(end % BLOCK);
        }
        self.len = len;
    }

    /// Drops the first `count` chunks. (Those that share a block with the first one that is left stay until it is gone.)
    pub fn trim_front(&mut self, count: usize) {
        if count >= self.len {
            *self = Spine::default();
            return;
        }
        self.skip += count;
        self.len -= count;
        self.blocks.drain(..self.skip / BLOCK);
        self.skip %= BLOCK;
    }
}
