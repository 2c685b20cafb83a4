//! Tests that run as WebAssembly in a headless browser: `scripts/test wasm`. Natively this file is empty.
#![cfg(target_arch = "wasm32")]

use wasm_bindgen_test::{wasm_bindgen_test, wasm_bindgen_test_configure};

wasm_bindgen_test_configure!(run_in_browser);

#[wasm_bindgen_test]
fn integers_are_as_wide_as_the_trace_needs() {
    assert_eq!(usize::BITS, 32, "a trace must not depend on usize");
    assert_eq!(u64::MAX.count_ones(), 64);
}
