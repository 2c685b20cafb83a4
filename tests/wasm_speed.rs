//! How fast it is as WebAssembly in a browser: `scripts/bench wasm`. Natively this file is empty.
//!
//! Prints one JSON object per line, with `name`, `unit` and `runs`, as `quorum-headless bench --json` does.
#![cfg(target_arch = "wasm32")]

use quorum::load::{CoreLoad, SessionLoad, WorldLoad, minutes};
use wasm_bindgen::prelude::wasm_bindgen;
use wasm_bindgen_test::{console_log, wasm_bindgen_test, wasm_bindgen_test_configure};

wasm_bindgen_test_configure!(run_in_browser);

#[wasm_bindgen]
extern "C" {
    /// Milliseconds, with a fraction.
    #[wasm_bindgen(js_namespace = performance)]
    fn now() -> f64;
}

const RUNS: usize = 5;
const DELIVERIES: u64 = 50_000;

fn print(name: &str, unit: &str, runs: &[u64]) {
    console_log!("{{\"name\":\"{name}, wasm\",\"unit\":\"{unit}\",\"runs\":{runs:?}}}");
}

/// Works once to warm up, and then takes the time. `work` returns how much it did.
fn measure(name: &str, unit: &str, mut work: impl FnMut() -> u64) {
    work();
    let runs = [(); RUNS].map(|()| {
        let started = now();
        let done = work();
        (done as f64 * 1_000.0 / (now() - started).max(0.001)) as u64
    });
    print(name, unit, &runs);
}

#[wasm_bindgen_test]
fn deliveries_per_second() {
    for under_way in [1, 64] {
        for members in [3, 5, 7, 9] {
            let of = format!("{members} members, {under_way} under way");
            let mut load = CoreLoad::new(members, under_way);
            measure(&format!("core, {of}"), "deliveries/s", || {
                load.run(DELIVERIES);
                DELIVERIES
            });
            for (checked, name) in [(false, "world"), (true, "world with checkers")] {
                let new = || WorldLoad::new(members as usize, under_way, checked);
                let (mut load, name) = (new(), format!("{name}, {of}"));
                measure(&name, "deliveries/s", || {
                    load.run(DELIVERIES);
                    DELIVERIES
                });
                let mut load = new();
                measure(&name, "events/s", || load.run(DELIVERIES));
            }
        }
    }
}

#[wasm_bindgen_test]
fn length_of_a_run() {
    for length in [1, 10] {
        let name = format!("run of {length} simulated minutes, 20 writes per second");
        measure(&name, "events/s", || minutes(length));
    }
}

/// The memory of the page, in bytes. It never shrinks.
fn memory() -> u64 {
    core::arch::wasm32::memory_size(0) as u64 * 65_536
}

#[wasm_bindgen_test]
fn history() {
    let mut load = SessionLoad::new(5);
    load.play(5);
    let mut before = memory();
    let mut grown = Vec::new();
    for _ in 0..10 {
        load.play(60);
        grown.push(memory() - before);
        before = memory();
    }
    let name = "memory of each of 10 simulated minutes, 20 writes per second";
    print(name, "bytes", &grown);
    let runs: Vec<u64> = (0..100)
        .map(|number| {
            let started = now();
            load.seek(number * 387 % 1_000);
            ((now() - started) * 1_000.0) as u64
        })
        .collect();
    print("seek in 10 simulated minutes", "us", &runs);
    console_log!("longest: {} us", runs.iter().max().unwrap_or(&0));
}
