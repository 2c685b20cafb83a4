//! What history costs: memory per simulated minute, and the time to go to a moment.
//!
//! The load is the one that the limits are given for: five members, twenty writes per second.

#![cfg(not(target_arch = "wasm32"))]

use peak_alloc::PeakAlloc;
use quorum::cluster::{Action, ClientId, WorldOptions};
use quorum::kv::Request;
use quorum::raft::NodeId;
use quorum::sim::SimTime;
use quorum::timeline::Session;
use std::time::Instant;

#[global_allocator]
static MEMORY: PeakAlloc = PeakAlloc;

const SECOND: u64 = 1_000_000;
const MINUTE: u64 = 60 * SECOND;
const WRITES_PER_SECOND: u64 = 20;

/// What a minute may cost on a machine with 64 bits, in bytes.
const MOST_PER_MINUTE: usize = 11_000_000;

/// Goes on for so many microseconds, with writes by several clients to all members.
fn play(session: &mut Session, us: u64) {
    let gap = SECOND / WRITES_PER_SECOND;
    for _ in 0..us / gap {
        let number = session.operations().len() as u64;
        let action = Action::Request {
            client: ClientId((number % 4) as u8),
            member: NodeId(number % 5 + 1),
            request: Request::put(
                format!("key/{}", number * 7 % 50),
                format!("value number {number}"),
            ),
        };
        session.act(action).unwrap();
        session.advance(gap);
    }
}

#[test]
fn a_busy_minute_costs_the_same_at_the_end_as_at_the_beginning_and_every_moment_is_near() {
    let mut session = Session::new(WorldOptions::default(), 1).unwrap();
    play(&mut session, 5 * SECOND);
    let mut before = MEMORY.current_usage();
    let mut steps = session.steps();
    let mut costs = Vec::new();
    for minute in 1..=10 {
        let start = Instant::now();
        play(&mut session, MINUTE);
        let after = MEMORY.current_usage();
        costs.push(after.saturating_sub(before));
        println!(
            "minute {minute:2}: {:7} bytes, {:6} steps, {:7} facts, {:?}",
            after as i64 - before as i64,
            session.steps() - steps,
            session.trace().len(),
            start.elapsed()
        );
        (before, steps) = (after, session.steps());
    }
    let mut worst = 0;
    let mut sum = 0;
    let end = session.end().time.0;
    for n in 0..200_u64 {
        let target = SimTime(end / 1000 * (n * 387 % 1000));
        let start = Instant::now();
        session.seek(target);
        let took = start.elapsed().as_micros();
        worst = worst.max(took);
        sum += took;
    }
    println!("seek: worst {worst} us, mean {} us", sum / 200);
    // The first minute pays for the log that a branch shows without unpacking it.
    assert!(costs[9] < costs[1] * 5 / 4, "{costs:?}");
    assert!(
        costs[1..].iter().all(|cost| *cost < MOST_PER_MINUTE),
        "{costs:?}"
    );
    assert!(
        sum / 200 < 200_000,
        "even a busy machine without optimisation takes less"
    );
}
