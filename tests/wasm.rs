//! Tests that run as WebAssembly in a headless browser: `scripts/test wasm`. Natively this file is empty.
#![cfg(target_arch = "wasm32")]

mod stories;
mod storms;

use quorum::lesson::Verdict;
use stories::{hash_of, play, stories};
use wasm_bindgen_test::{wasm_bindgen_test, wasm_bindgen_test_configure};

wasm_bindgen_test_configure!(run_in_browser);

#[wasm_bindgen_test]
fn integers_are_as_wide_as_the_trace_needs() {
    assert_eq!(usize::BITS, 32, "a trace must not depend on usize");
    assert_eq!(u64::MAX.count_ones(), 64);
}

/// The same table as in `tests/determinism.rs`.
#[wasm_bindgen_test]
fn every_story_has_the_same_hash_as_natively() {
    for story in stories() {
        let (session, verdict) = play(&story, None);
        assert_eq!(verdict, Verdict::Passed, "{}", story.name);
        let hash = session.trace_hash();
        assert_eq!(Some(hash), hash_of(story.name), "{}", story.name);
    }
}

/// The same storms as in `tests/chaos.rs`.
#[wasm_bindgen_test]
fn storms_have_the_same_fingerprints_as_natively() {
    for (members, expected) in storms::FINGERPRINTS {
        assert_eq!(storms::fingerprint(members), expected, "{members} members");
    }
}
