//! Chaos runs with a known fingerprint: `tests/chaos.rs` plays them natively, `tests/wasm.rs` in a
//! browser.

use quorum::chaos::{Case, Profile, play};
use quorum::cluster::TraceEvent;
use quorum::raft::rules::Rules;
use quorum::timeline::trace_hash;

/// So many seeds of each size of cluster.
pub const SEEDS: u64 = 100;

/// The fingerprints of all runs with 3 members, and with 5, in one. It changes with whatever
/// changes what happens in a world: then it has to be written down anew.
pub const FINGERPRINTS: [(usize, u64); 2] = [(3, 12148738097131778792), (5, 18275957039837265552)];

/// The fingerprint of all runs with so many members.
pub fn fingerprint(members: usize) -> u64 {
    (0..SEEDS).fold(0, |sum: u64, seed| {
        let case = Case {
            seed,
            members,
            events: 400,
            profile: Profile::Everything,
            rules: Rules::all(),
        };
        let mut trace: Vec<TraceEvent> = Vec::new();
        let outcome = play(&case, |facts| trace.extend_from_slice(facts));
        assert_eq!(outcome.failure, None, "seed {seed}, {members} members");
        sum.rotate_left(1) ^ trace_hash(trace.iter())
    })
}
