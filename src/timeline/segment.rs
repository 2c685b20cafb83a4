//! A piece of a run between two copies of it.
//!
//! A run is a pure function of its options, its seed and its actions, so what has happened need
//! not be kept: it can be played again. Kept are copies of the run at some of its moments. To go
//! anywhere, the nearest copy before is taken and what follows is played; to see the facts of a
//! piece, the piece is played from the copy at its beginning.
//!
//! Copies share structure, so each costs about what changed since the one before. The latest pieces are short, and
//! their facts are at hand: somebody looks at them all the time. They are joined when they get older, behind the end of
//! the run the more the further back, so that the number of copies grows with the logarithm of its length only.

use super::landmark::LandmarkSet;
use super::machine::Machine;
use super::position::Position;
use crate::cluster::TraceEvent;
use std::sync::{Arc, OnceLock};

/// A piece ends after so many steps.
const SPACING: u64 = 2_500;

/// So many steps more may be waited for a moment at which members have most in common.
const PATIENCE: u64 = 300;

/// The facts of so many of the latest pieces are at hand. What somebody looks at all the time should be among them:
/// to have others again, all the piece has to be played.
pub(super) const AT_HAND: usize = 4;

/// Older pieces may be as long as this, so that many steps have to be played at most to reach a moment that is not far
/// from the end.
pub(super) const LENGTH: u64 = 4 * (SPACING + PATIENCE);

/// Pieces may also be as long as this fraction of the way to the end of the run: after some twenty minutes of a busy
/// cluster, the first ones get longer.
pub(super) const FINE: u64 = 60;

/// A piece of a run.
#[derive(Clone, Debug)]
pub(super) struct Segment {
    /// The run at its beginning.
    pub start: Arc<Machine>,
    /// What a person may look for and find in it, once it has ended.
    pub landmarks: LandmarkSet,
    /// Its facts, if they are at hand and it has ended.
    pub facts: OnceLock<Arc<[TraceEvent]>>,
}

impl Segment {
    pub fn new(start: &Machine) -> Segment {
        Segment {
            start: Arc::new(start.clone()),
            landmarks: LandmarkSet::default(),
            facts: OnceLock::new(),
        }
    }

    /// The place at which it begins.
    pub fn position(&self) -> Position {
        self.start.position()
    }

    /// Whether it is long enough, if this is where the run is. It may get a bit longer for a
    /// moment at which a copy is cheap.
    pub fn is_full(&self, now: &Machine) -> bool {
        let steps = now.position().step - self.position().step;
        steps >= SPACING && (now.world().is_level() || steps >= SPACING + PATIENCE)
    }
}

/// Joins what is cut into shorter pieces than needed that far from the end of the run. The last piece has not ended, and
/// stays, as do those whose facts are at hand.
pub(super) fn thin(segments: &mut Vec<Segment>) {
    let Some(end) = segments.last().map(|last| last.position().step) else {
        return;
    };
    let mut place = 1;
    while place + AT_HAND + 1 < segments.len() {
        let before = segments[place - 1].position().step;
        let after = segments[place + 1].position().step;
        if after - before > LENGTH.max((end - before) / FINE) {
            place += 1;
            continue;
        }
        let joined = segments.remove(place);
        let before = &mut segments[place - 1];
        before.landmarks = before.landmarks.and(joined.landmarks);
        before.facts = OnceLock::new();
    }
}
