//! A fingerprint of what happened.

use crate::cluster::TraceEvent;
use xxhash_rust::xxh3::Xxh3;

/// The fingerprint of a trace: equal for equal traces on every machine, and different, as good as
/// certainly, for traces that differ in a single bit.
pub fn trace_hash(trace: &[TraceEvent]) -> u64 {
    let mut hash = Xxh3::new();
    for event in trace {
        let bytes = postcard::to_stdvec(event).expect("facts have no part that cannot be encoded");
        hash.update(&bytes);
    }
    hash.digest()
}
