//! A fingerprint of what happened.

use crate::cluster::TraceEvent;
use xxhash_rust::xxh3::Xxh3;

/// The fingerprint of a trace: equal for equal traces on every machine, and different, as good as
/// certainly, for traces that differ in a single bit.
pub fn trace_hash<'a>(trace: impl IntoIterator<Item = &'a TraceEvent>) -> u64 {
    let mut hasher = TraceHasher::default();
    trace.into_iter().for_each(|event| hasher.add(event));
    hasher.finish()
}

/// A fingerprint in the making.
#[derive(Default)]
pub(super) struct TraceHasher(Xxh3);

impl TraceHasher {
    /// Adds a fact.
    pub fn add(&mut self, event: &TraceEvent) {
        let bytes = postcard::to_stdvec(event).expect("facts have no part that cannot be encoded");
        self.0.update(&bytes);
    }

    /// The fingerprint.
    pub fn finish(&self) -> u64 {
        self.0.digest()
    }
}
