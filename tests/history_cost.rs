//! What history costs: memory per simulated minute, the work to go to a moment, and what opening a hostile link takes.
//!
//! The load is the one that the limits are given for: five members, twenty writes per second. What
//! the page needs is measured by `tests/wasm_speed.rs`: numbers and addresses are half as wide there.

#![cfg(not(target_arch = "wasm32"))]

use base64ct::{Base64UrlUnpadded, Encoding};
use peak_alloc::PeakAlloc;
use quorum::load::SessionLoad;
use quorum::timeline::{Landmark, OpenError, Saved, trace_hash};
use std::sync::{Mutex, PoisonError};
use xxhash_rust::xxh3::xxh3_64;

#[global_allocator]
static MEMORY: PeakAlloc = PeakAlloc;

/// One test at a time may count bytes.
static ALONE: Mutex<()> = Mutex::new(());

/// What a minute may cost on a machine with 64 bits, in bytes. The aim is 2 MB in the page; this keeps it from growing.
const MOST_PER_MINUTE: usize = 2_450_000;

/// What a copy of the run may cost at once, in bytes. It hardly grows with the run: by a counter for each thousand
/// entries of a log.
const MOST_PER_COPY: usize = 40_000;

#[test]
fn a_busy_minute_costs_the_same_at_the_end_as_at_the_beginning() {
    let _alone = ALONE.lock().unwrap_or_else(PoisonError::into_inner);
    let mut load = SessionLoad::new(5);
    load.play(60);
    let start = MEMORY.current_usage();
    let mut steps = Vec::new();
    for minute in 1..=10 {
        steps.push(load.play(60));
        let copy = MEMORY.current_usage();
        let copied = load.session().world().clone();
        let copy = MEMORY.current_usage() - copy;
        drop(copied);
        assert!(copy < MOST_PER_COPY, "{copy} bytes after {minute} minutes");
        let now = MEMORY.current_usage();
        println!("minute {minute:2}: {now} bytes in all, {copy} for a copy");
    }
    let per_minute = (MEMORY.current_usage() - start) / 10;
    println!("{per_minute} bytes per minute");
    assert!(per_minute < MOST_PER_MINUTE, "{per_minute} bytes");
    let (least, most) = (steps.iter().min().unwrap(), steps.iter().max().unwrap());
    assert!(
        *most < least + least / 100,
        "no minute has more to do: {steps:?}"
    );
}

#[test]
fn facts_far_back_are_had_again_exactly_and_not_kept() {
    let _alone = ALONE.lock().unwrap_or_else(PoisonError::into_inner);
    let mut load = SessionLoad::new(3);
    load.play(120);
    let known: Vec<_> = load.session().whole_trace().iter().cloned().collect();
    assert_eq!(load.session().trace_hash(), trace_hash(&known));
    // Going anywhere forgets what is not around there.
    for thousandth in [3, 500, 499, 998, 10, 1_000] {
        load.seek(thousandth);
        let shown = load.session().trace().len();
        let hash = trace_hash(&known[..shown]);
        assert_eq!(load.session().trace_hash(), hash, "at {thousandth}");
    }
    drop(known);
    load.session_mut().go_live();
    let session = load.session_mut();
    while session.step_back(Landmark::Election) {}
    let few = MEMORY.current_usage();
    let all = session.whole_trace().iter().count();
    let many = MEMORY.current_usage();
    assert!(
        all > 100_000 && many > few + all * 30,
        "{all} facts: {few} and {many}"
    );
    load.seek(300);
    assert!(MEMORY.current_usage() < few + (many - few) / 2);
}

/// 400 MB of zeros, packed into 400 kB, in a link.
#[test]
fn a_decompression_bomb_does_not_go_off() {
    let _alone = ALONE.lock().unwrap_or_else(PoisonError::into_inner);
    let mut bytes = vec![3];
    bytes.extend(miniz_oxide::deflate::compress_to_vec(
        &vec![0; 400 << 20],
        10,
    ));
    let checksum = xxh3_64(&bytes).to_le_bytes();
    bytes.extend(&checksum[..4]);
    let bomb = Base64UrlUnpadded::encode_string(&bytes);
    assert!(bomb.len() < 700_000);
    MEMORY.reset_peak_usage();
    let before = MEMORY.current_usage();
    assert_eq!(Saved::from_text(&bomb), Err(OpenError::TooLong));
    let most = MEMORY.peak_usage() - before;
    assert!(
        most < 20_000_000,
        "{most} bytes: most of it is never unpacked"
    );
}
