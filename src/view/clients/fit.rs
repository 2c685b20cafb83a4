//! Which part of a run has operations to look at.

use super::lanes::{LOOK_BACK, count_until, fits, keys_of};
use crate::sim::SimTime;
use crate::timeline::Session;

/// The latest so many operations are meant: of more, none could be told from its neighbours.
const MOST: usize = 60;
/// A picture shows so many microseconds at least.
pub const LEAST_US: u64 = 100_000;
/// The quiet time after the last operation belongs to them if it is at most so many times as long as they are.
const QUIET: u64 = 4;

/// From the first to the last moment of the latest operations up to the playhead, on keys that begin with `prefix`;
/// up to the playhead itself unless it has left them far behind. `None` if there are none.
pub fn span(session: &Session, prefix: &str) -> Option<(SimTime, SimTime)> {
    let now = session.now();
    let operations = session.whole_operations();
    let called = count_until(session, now);
    let mut span = None;
    let mut found = 0;
    for place in (called.saturating_sub(LOOK_BACK)..called).rev() {
        let Some(operation) = operations.get(place) else {
            continue;
        };
        if !keys_of(&operation.call).iter().any(|key| fits(key, prefix)) {
            continue;
        }
        let ended = operation.returned.as_ref().map_or(now, |(at, _)| *at);
        let (_, to) = span.unwrap_or((now, SimTime::ZERO));
        span = Some((operation.called, to.max(ended.min(now))));
        found += 1;
        if found == MOST {
            break;
        }
    }
    let (from, to) = span?;
    let quiet = now.0 - to.0;
    let near = quiet <= QUIET * (to.0 - from.0).max(LEAST_US);
    Some((from, if near { now } else { to }))
}
