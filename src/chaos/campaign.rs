//! Many seeds, on all cores.

use super::case::Case;
use super::run::{Failure, Outcome, Story, play, replay};
use super::shrink::shrink;
use std::ops::Range;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::thread;

/// Many runs of the same kind.
#[derive(Clone, Debug)]
pub struct Campaign {
    /// What the runs have in common; the seed is replaced.
    pub case: Case,
    /// The seeds.
    pub seeds: Range<u64>,
    /// On so many threads.
    pub threads: usize,
    /// Whether to stop at the first failure. The seeds before it are finished all the same.
    pub stop_at_failure: bool,
}

/// A run that failed.
#[derive(Clone, Debug)]
pub struct Finding {
    /// The case.
    pub case: Case,
    /// Why it failed.
    pub failure: Failure,
    /// What was done; `None` if the program stopped, so that nobody could say.
    pub story: Option<Story>,
}

/// How far a campaign came.
#[derive(Clone, Debug, Default)]
pub struct Tally {
    /// Runs.
    pub seeds: u64,
    /// Steps of all of them.
    pub events: u64,
    /// Failures, in the order of their seeds.
    pub findings: Vec<Finding>,
}

impl Campaign {
    /// Runs all seeds. `progress` hears from every run that ended: how many steps it had.
    pub fn run(&self, progress: impl Fn(u64) + Sync) -> Tally {
        let next = AtomicU64::new(self.seeds.start);
        let stop = AtomicBool::new(false);
        let tally = Mutex::new(Tally::default());
        thread::scope(|scope| {
            for _ in 0..self.threads.max(1) {
                scope.spawn(|| {
                    while !stop.load(Ordering::Relaxed) {
                        let seed = next.fetch_add(1, Ordering::Relaxed);
                        if seed >= self.seeds.end {
                            break;
                        }
                        let (steps, finding) = attempt(Case { seed, ..self.case });
                        progress(steps);
                        let mut tally = tally.lock().expect("no thread panics with the tally");
                        tally.seeds += 1;
                        tally.events += steps;
                        if let Some(finding) = finding {
                            tally.findings.push(finding);
                            stop.fetch_or(self.stop_at_failure, Ordering::Relaxed);
                        }
                    }
                });
            }
        });
        let mut tally = tally.into_inner().expect("no thread panics with the tally");
        tally.findings.sort_by_key(|finding| finding.case.seed);
        tally
    }
}

/// Plays one case. A panic is a failure like others.
fn attempt(case: Case) -> (u64, Option<Finding>) {
    match catch(|| play(&case, |_| ())) {
        Ok(outcome) => {
            let story = outcome.story;
            let finding = outcome.failure.map(|failure| Finding {
                case,
                failure,
                story: Some(story),
            });
            (outcome.steps, finding)
        }
        Err(message) => {
            let finding = Finding {
                case,
                failure: Failure::Panicked(message),
                story: None,
            };
            (case.events, Some(finding))
        }
    }
}

impl Finding {
    /// The shortest run found that fails in the same way; `None` if it does not fail again.
    pub fn shrink(&self) -> Option<Outcome> {
        shrink(self.story.as_ref()?, &self.failure, |story| {
            replay(story, |_| ())
        })
    }
}

/// Turns a panic into its message.
fn catch<T>(act: impl FnOnce() -> T) -> Result<T, String> {
    catch_unwind(AssertUnwindSafe(act)).map_err(|payload| {
        let text = payload.downcast_ref::<String>().map(String::as_str);
        let text = text.or_else(|| payload.downcast_ref::<&str>().copied());
        text.unwrap_or("for an unknown reason").to_owned()
    })
}
