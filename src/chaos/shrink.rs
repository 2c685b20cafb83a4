//! Makes a failing run shorter.
//!
//! Greedy: whatever can be left out, and the run fails in the same way, is left out, until
//! nothing more can be or the patience is over.

use super::run::{Deed, Failure, Outcome, Story};
use crate::cluster::Action;
use crate::raft::NodeId;
use crate::sim::SimTime;

/// So many runs are tried at most.
const TRIALS: u32 = 600;

/// Looks for a shorter story that fails like this one: fewer members, fewer deeds, less time.
/// `play` plays a story; pass [`replay`](super::replay), or something around it that survives a panic.
/// Returns the outcome of the shortest run that was found; `None` if the story does not fail when
/// it is played again.
pub fn shrink(
    story: &Story,
    failure: &Failure,
    mut play: impl FnMut(&Story) -> Outcome,
) -> Option<Outcome> {
    let mut trials = 0;
    let mut fails = |story: &Story| {
        trials += 1;
        let outcome = play(story);
        let same = outcome
            .failure
            .as_ref()
            .is_some_and(|other| other.is_like(failure));
        (trials <= TRIALS && same).then_some(outcome)
    };
    let mut best = fails(story)?;
    loop {
        let before = best.story.clone();
        for members in 1..before.options.members {
            if let Some(outcome) = fails(&with_members(&best.story, members)) {
                best = outcome;
                break;
            }
        }
        best = fewer_deeds(best, &mut fails);
        best = less_time(best, &mut fails);
        if best.story == before {
            return Some(best);
        }
    }
}

/// The same story with fewer members: what concerns the others is left out.
fn with_members(story: &Story, members: usize) -> Story {
    let mut smaller = story.clone();
    smaller.options.members = members;
    let exists = |id: &NodeId| id.0 <= members as u64;
    for deed in &mut smaller.deeds {
        if let Action::Partition { groups } = &mut deed.action {
            groups.iter_mut().for_each(|group| group.retain(exists));
        }
    }
    smaller
}

/// Leaves out deeds: first half of them at once, then a quarter, and so on.
fn fewer_deeds(mut best: Outcome, fails: &mut impl FnMut(&Story) -> Option<Outcome>) -> Outcome {
    let mut size = best.story.deeds.len();
    while size > 0 {
        let mut at = 0;
        while at < best.story.deeds.len() {
            let mut shorter = best.story.clone();
            let end = (at + size).min(shorter.deeds.len());
            shorter.deeds.drain(at..end);
            match fails(&shorter) {
                Some(outcome) => best = outcome,
                None => at = end,
            }
        }
        size /= 2;
    }
    best
}

/// Takes time out: before each deed, and before the end, all that can be spared of it, half of
/// it, or a quarter.
fn less_time(mut best: Outcome, fails: &mut impl FnMut(&Story) -> Option<Outcome>) -> Outcome {
    for place in 0..=best.story.deeds.len() {
        for part in [1, 2, 4] {
            let Some(shorter) = without_wait(&best.story, place, part) else {
                break;
            };
            if let Some(outcome) = fails(&shorter) {
                best = outcome;
                break;
            }
        }
        if place >= best.story.deeds.len() {
            break;
        }
    }
    best
}

/// The story without a part of the time before a deed (or before the end, if there is no such
/// deed). `None` if there is no time to take out.
fn without_wait(story: &Story, place: usize, part: u64) -> Option<Story> {
    let time_of = |deed: &Deed| deed.time;
    let before = place
        .checked_sub(1)
        .and_then(|before| story.deeds.get(before));
    let before = before.map_or(SimTime::ZERO, time_of);
    let at = story.deeds.get(place).map_or(story.end, time_of);
    let cut = at.since(before) / part;
    if cut < 1_000 {
        return None;
    }
    let earlier = |time: SimTime| SimTime(time.0 - cut);
    let mut shorter = story.clone();
    for deed in &mut shorter.deeds[place.min(story.deeds.len())..] {
        deed.time = earlier(deed.time);
    }
    shorter.end = earlier(shorter.end);
    Some(shorter)
}

#[cfg(test)]
mod tests {
    use super::super::{Case, Profile, play, replay};
    use super::*;
    use crate::raft::rules::{Rule, Rules};

    #[test]
    fn a_failing_run_gets_shorter_and_fails_alike() {
        let case = |seed| Case {
            seed,
            members: 4,
            events: 2000,
            profile: Profile::Everything,
            rules: Rules::all().without(Rule::MajorityQuorum),
        };
        let mut outcomes = (0..50).map(|seed| play(&case(seed), |_| ()));
        let found = outcomes.find(|outcome| outcome.failure.is_some());
        let found = found.expect("half of the members is no majority");
        let failure = found.failure.expect("it failed");
        let shrunk =
            shrink(&found.story, &failure, |story| replay(story, |_| ())).expect("it fails again");
        assert!(shrunk.failure.is_some_and(|other| other.is_like(&failure)));
        let (before, after) = (found.story.deeds.len(), shrunk.story.deeds.len());
        assert!(after <= before / 4, "{before} deeds became {after}");
        assert!(shrunk.story.end <= found.story.end);
    }
}
