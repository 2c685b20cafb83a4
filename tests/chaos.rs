//! Chaos runs, natively: nothing fails, and what happens is what happens everywhere.

mod storms;

use quorum::chaos::{Case, Profile, play};
use quorum::raft::rules::Rules;
use storms::{FINGERPRINTS, fingerprint};

#[test]
fn storms_have_the_fingerprints_that_were_written_down() {
    let fingerprints = FINGERPRINTS.map(|(members, _)| (members, fingerprint(members)));
    assert_eq!(fingerprints, FINGERPRINTS, "natively");
}

#[test]
fn no_profile_breaks_anything() {
    for profile in Profile::ALL {
        for seed in 0..15 {
            let case = Case {
                seed,
                members: 3 + 2 * (seed % 2) as usize,
                events: 1500,
                profile,
                rules: Rules::all(),
            };
            let outcome = play(&case, |_| ());
            assert_eq!(outcome.failure, None, "{case:?}");
        }
    }
}
