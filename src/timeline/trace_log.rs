//! The facts of a whole run in little memory.
//!
//! Facts are kept in chunks, which branches share. Chunks end where steps end.
//!
//! A minute of a busy cluster has some hundred thousand facts, far too many to keep as they are.
//! With the feature `packed-history` older chunks are kept encoded and compressed, and one is
//! unpacked when somebody looks at it. The page is built without it: the code that encodes,
//! compresses and their reverse weighs more than all of Raft.

use super::hash::TraceHasher;
use super::landmark::{Landmark, LandmarkSet};
use crate::cluster::TraceEvent;
use crate::sim::SimTime;
use std::sync::{Arc, OnceLock};

/// A chunk is closed when it has at least so many facts.
const CHUNK_FACTS: usize = 512;

/// So many chunks may stay unpacked while nobody looks at them.
#[cfg(feature = "packed-history")]
const UNPACKED_CHUNKS: usize = 24;

/// All facts of one line of history, oldest first.
#[derive(Clone, Debug, Default)]
pub(super) struct TraceLog {
    slots: Vec<Slot>,
    /// How many facts are in the chunks.
    packed: usize,
    /// The facts since the last chunk.
    tail: Vec<TraceEvent>,
}

#[derive(Clone, Debug)]
struct Slot {
    chunk: Arc<Chunk>,
    facts: OnceLock<Arc<[TraceEvent]>>,
}

/// Facts of consecutive steps.
#[derive(Debug)]
struct Chunk {
    /// The position of the first fact in the log.
    first: usize,
    /// How many facts there are.
    len: usize,
    first_step: u64,
    last_step: u64,
    first_time: SimTime,
    /// What a person may look for and find here.
    landmarks: LandmarkSet,
    #[cfg(feature = "packed-history")]
    packed: packing::Packed,
}

impl Slot {
    fn facts(&self) -> &Arc<[TraceEvent]> {
        #[cfg(feature = "packed-history")]
        return self.facts.get_or_init(|| self.chunk.packed.unpack());
        #[cfg(not(feature = "packed-history"))]
        return self.facts.get().expect("without packing, facts stay");
    }
}

impl TraceLog {
    /// How many facts there are.
    pub fn len(&self) -> usize {
        self.packed + self.tail.len()
    }

    /// Adds the next fact. Facts come in the order of their steps.
    pub fn push(&mut self, event: TraceEvent) {
        let new_step = self.tail.last().is_some_and(|last| last.step != event.step);
        if new_step && self.tail.len() >= CHUNK_FACTS {
            self.pack();
        }
        self.tail.push(event);
    }

    /// Makes a chunk of the tail.
    fn pack(&mut self) {
        let (Some(first), Some(last)) = (self.tail.first(), self.tail.last()) else {
            return;
        };
        let chunk = Chunk {
            first: self.packed,
            len: self.tail.len(),
            first_step: first.step,
            last_step: last.step,
            first_time: first.time,
            landmarks: steps_of(&self.tail).map(LandmarkSet::of_step).collect(),
            #[cfg(feature = "packed-history")]
            packed: packing::Packed::new(&self.tail),
        };
        self.packed += chunk.len;
        self.slots.push(Slot {
            chunk: Arc::new(chunk),
            facts: OnceLock::from(Arc::from(std::mem::take(&mut self.tail))),
        });
        self.tidy();
    }

    /// The first facts, up to and including those of this step.
    pub fn until_step(&self, step: u64) -> TraceLog {
        let whole = self
            .slots
            .partition_point(|slot| slot.chunk.last_step <= step);
        let mut until = TraceLog {
            slots: self.slots[..whole].to_vec(),
            packed: self.slots[..whole].last().map_or(0, Slot::end),
            ..TraceLog::default()
        };
        for event in self.range(until.packed, self.count_until_step(step)) {
            until.push(event.clone());
        }
        until
    }

    /// How many facts there are up to and including this step.
    pub fn count_until_step(&self, step: u64) -> usize {
        self.count_while(|chunk| chunk.first_step <= step, |event| event.step <= step)
    }

    /// How many facts there are before this moment.
    pub fn count_before(&self, time: SimTime) -> usize {
        self.count_while(|chunk| chunk.first_time < time, |event| event.time < time)
    }

    /// How many facts there are before the first that is not `wanted`; `begins` says whether the
    /// first of a chunk is wanted.
    fn count_while(
        &self,
        begins: impl Fn(&Chunk) -> bool,
        wanted: impl Fn(&TraceEvent) -> bool,
    ) -> usize {
        if self.tail.first().is_some_and(&wanted) {
            return self.packed + self.tail.partition_point(wanted);
        }
        let after = self.slots.partition_point(|slot| begins(&slot.chunk));
        self.slots[..after].last().map_or(0, |slot| {
            slot.chunk.first + slot.facts().partition_point(wanted)
        })
    }

    /// A fact by its position.
    pub fn get(&self, position: usize) -> Option<&TraceEvent> {
        self.range(position, position.saturating_add(1)).next()
    }

    /// The facts from position `from` (included) to `to` (excluded), both clamped.
    pub fn range(&self, from: usize, to: usize) -> impl DoubleEndedIterator<Item = &TraceEvent> {
        let to = to.min(self.len());
        let from = from.min(to);
        let first = self.slots.partition_point(|slot| slot.end() <= from);
        let after = self.slots.partition_point(|slot| slot.chunk.first < to);
        let packed = self.slots[first.min(after)..after]
            .iter()
            .flat_map(move |slot| {
                let start = slot.chunk.first;
                let facts = slot.facts();
                &facts[from.saturating_sub(start)..(to - start).min(facts.len())]
            });
        let tail = from.saturating_sub(self.packed)..to.saturating_sub(self.packed);
        packed.chain(&self.tail[tail])
    }

    /// The nearest step after `step` with this landmark.
    pub fn next_landmark(&self, step: u64, landmark: Landmark) -> Option<u64> {
        let from = self
            .slots
            .partition_point(|slot| slot.chunk.last_step <= step);
        self.slots[from..]
            .iter()
            .filter(|slot| slot.chunk.landmarks.contains(landmark))
            .map(|slot| &slot.facts()[..])
            .chain([&self.tail[..]])
            .find_map(|facts| {
                steps_of(facts)
                    .filter(|facts| facts[0].step > step)
                    .find(|facts| LandmarkSet::of_step(facts).contains(landmark))
                    .map(|facts| facts[0].step)
            })
    }

    /// The nearest step before `step` with this landmark.
    pub fn previous_landmark(&self, step: u64, landmark: Landmark) -> Option<u64> {
        let until = self
            .slots
            .partition_point(|slot| slot.chunk.first_step < step);
        let packed = self.slots[..until].iter().rev();
        let packed = packed
            .filter(|slot| slot.chunk.landmarks.contains(landmark))
            .map(|slot| &slot.facts()[..]);
        [&self.tail[..]]
            .into_iter()
            .chain(packed)
            .find_map(|facts| {
                steps_of(facts)
                    .rev()
                    .filter(|facts| facts[0].step < step)
                    .find(|facts| LandmarkSet::of_step(facts).contains(landmark))
                    .map(|facts| facts[0].step)
            })
    }

    /// The position of the first fact that is not the same in both logs; `None` if they are equal.
    pub fn first_difference(&self, other: &TraceLog) -> Option<usize> {
        let shared = self
            .slots
            .iter()
            .zip(&other.slots)
            .take_while(|(a, b)| Arc::ptr_eq(&a.chunk, &b.chunk))
            .last()
            .map_or(0, |(slot, _)| slot.end());
        let mut here = self.range(shared, self.len());
        let mut there = other.range(shared, other.len());
        let mut position = shared;
        loop {
            match (here.next(), there.next()) {
                (None, None) => return None,
                (a, b) if a != b => return Some(position),
                _ => position += 1,
            }
        }
    }

    /// Adds the first `count` facts to a fingerprint.
    pub fn hash(&self, count: usize, hasher: &mut TraceHasher) {
        self.range(0, count).for_each(|event| hasher.add(event));
    }

    /// Without packing there is nothing to forget.
    #[cfg(not(feature = "packed-history"))]
    pub fn tidy(&mut self) {}

    /// Forgets what was unpacked, if it is much.
    #[cfg(feature = "packed-history")]
    pub fn tidy(&mut self) {
        let unpacked = self.slots.iter().filter(|slot| slot.facts.get().is_some());
        let surplus = unpacked.count().saturating_sub(UNPACKED_CHUNKS);
        if surplus > 0 {
            let unpacked = self
                .slots
                .iter_mut()
                .filter(|slot| slot.facts.get().is_some());
            unpacked
                .take(surplus)
                .for_each(|slot| drop(slot.facts.take()));
        }
    }
}

/// Facts encoded one after the other, and compressed.
#[cfg(feature = "packed-history")]
mod packing {
    use crate::cluster::TraceEvent;
    use miniz_oxide::deflate::compress_to_vec;
    use miniz_oxide::inflate::decompress_to_vec;
    use std::sync::Arc;

    /// How hard to compress: fast, since it happens while the run plays.
    const COMPRESSION: u8 = 2;

    #[derive(Debug)]
    pub struct Packed(Box<[u8]>);

    impl Packed {
        pub fn new(facts: &[TraceEvent]) -> Packed {
            let mut bytes = Vec::new();
            for fact in facts {
                bytes = postcard::to_extend(fact, bytes)
                    .expect("facts have no part that cannot be encoded");
            }
            Packed(compress_to_vec(&bytes, COMPRESSION).into_boxed_slice())
        }

        pub fn unpack(&self) -> Arc<[TraceEvent]> {
            let bytes = decompress_to_vec(&self.0).expect("it was compressed by this module");
            let mut rest = &bytes[..];
            let mut facts = Vec::new();
            while !rest.is_empty() {
                let (fact, after) =
                    postcard::take_from_bytes(rest).expect("it was encoded by this module");
                facts.push(fact);
                rest = after;
            }
            facts.into()
        }
    }
}

impl Slot {
    /// The position after the last fact.
    fn end(&self) -> usize {
        self.chunk.first + self.chunk.len
    }
}

/// The facts step by step.
fn steps_of(facts: &[TraceEvent]) -> impl DoubleEndedIterator<Item = &[TraceEvent]> {
    facts.chunk_by(|a, b| a.step == b.step)
}

/// The facts of a run up to a moment, oldest first. It can be asked like a slice; what lies far
/// back is unpacked when it is asked for.
#[derive(Clone, Copy, Debug)]
pub struct Trace<'a> {
    log: &'a TraceLog,
    len: usize,
}

impl<'a> Trace<'a> {
    pub(super) fn new(log: &'a TraceLog, len: usize) -> Trace<'a> {
        Trace { log, len }
    }

    /// How many facts there are.
    pub fn len(self) -> usize {
        self.len
    }

    /// Whether there is none. Every run has some: its members have started.
    pub fn is_empty(self) -> bool {
        self.len == 0
    }

    /// A fact by its position, counted from 0.
    pub fn get(self, position: usize) -> Option<&'a TraceEvent> {
        (position < self.len)
            .then(|| self.log.get(position))
            .flatten()
    }

    /// The latest fact.
    pub fn last(self) -> Option<&'a TraceEvent> {
        self.get(self.len.checked_sub(1)?)
    }

    /// All facts.
    pub fn iter(self) -> impl DoubleEndedIterator<Item = &'a TraceEvent> {
        self.log.range(0, self.len)
    }

    /// The facts from position `from` on.
    pub fn from_position(self, from: usize) -> impl DoubleEndedIterator<Item = &'a TraceEvent> {
        self.log.range(from, self.len)
    }

    /// The facts from the moment `from` (included) to the moment `to` (excluded).
    pub fn between(
        self,
        from: SimTime,
        to: SimTime,
    ) -> impl DoubleEndedIterator<Item = &'a TraceEvent> {
        let to = self.log.count_before(to).min(self.len);
        self.log.range(self.log.count_before(from), to)
    }
}
