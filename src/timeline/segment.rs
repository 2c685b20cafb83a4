//! A piece of a run between two copies of it.
//!
//! A run is a pure function of its options, its seed and its actions, so what has happened need
//! not be kept: it can be played again. Kept are copies of the run at some of its moments. To go
//! anywhere, the nearest copy before is taken and what follows is played; to see the facts of a
//! piece, the piece is played from the copy at its beginning.
//!
//! Copies share structure, so each costs about what changed since the one before. They are thinned
//! out behind the end of the run, the further back the more, so that their number grows with the
//! logarithm of its length only.

use super::landmark::LandmarkSet;
use super::machine::Machine;
use super::position::Position;
use crate::cluster::TraceEvent;
use std::sync::{Arc, OnceLock};

/// A piece ends after so many steps: to reach a moment near the end of a run, that many have to be
/// played at most, and as many again to see what came before it.
pub(super) const SPACING: u64 = 10_000;

/// So many steps more may be waited for a moment at which members have most in common.
const PATIENCE: u64 = 300;

/// Pieces may be as long as this fraction of the way to the end of the run. A run of `FINE ×
/// SPACING` steps, some ten minutes of a busy cluster, is not thinned at all.
const FINE: u64 = 60;

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

/// Joins what is cut into shorter pieces than needed that far from the end of the run. The last
/// piece has not ended, and stays.
pub(super) fn thin(segments: &mut Vec<Segment>) {
    let Some(end) = segments.last().map(|last| last.position().step) else {
        return;
    };
    let mut place = 1;
    while place + 1 < segments.len() {
        let before = segments[place - 1].position().step;
        let after = segments[place + 1].position().step;
        if after - before > (end - before) / FINE {
            place += 1;
            continue;
        }
        let joined = segments.remove(place);
        let before = &mut segments[place - 1];
        before.landmarks = before.landmarks.and(joined.landmarks);
        before.facts = OnceLock::new();
    }
}
