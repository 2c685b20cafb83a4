//! A scenario as something to watch: a run that was played to its end, with the moment of each line of its script.
//!
//! The run is a recording like any other. Its playhead is put at the beginning, and what the person does then is
//! rewinding and playing it: the moments stay where they are, and whoever acts on the way is on a branch.
//!
//! The page has the recordings and not the language of the scripts, which would weigh more than all of them. The tests
//! play each script, judge its expectations and compare the run.

use crate::lesson::Scenario;
use crate::timeline::{BranchId, Position, Saved, Session};
use crate::words::other;

/// A statement of a script.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Step {
    /// Its line, from 1.
    pub line: usize,
    /// Where the run was when it began.
    pub from: Position,
}

/// How a script went.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Played {
    /// The statements, in order, without `start`.
    pub steps: Vec<Step>,
    /// Where the run was at the end.
    pub end: Position,
}

/// The run of a scenario, with the playhead at the beginning.
///
/// # Errors
/// Why what was recorded cannot be read or played again.
pub fn open(scenario: &Scenario) -> Result<(Session, Played), String> {
    let (code, _) = scenario.played.split_once('\n').unwrap_or_default();
    let saved = Saved::from_text(code).map_err(|error| error.to_string())?;
    let session = saved.replay().map_err(|error| error.to_string())?;
    Ok((session, played(scenario)))
}

/// How a scenario goes.
pub fn played(scenario: &Scenario) -> Played {
    let (_, numbers) = scenario.played.split_once('\n').unwrap_or_default();
    let numbers = numbers.split_ascii_whitespace();
    let numbers: Vec<u64> = numbers.map_while(|number| number.parse().ok()).collect();
    let mut end = Position::START;
    let mut positions: Vec<Position> = Vec::new();
    for pair in numbers.chunks_exact(2) {
        end.step += pair[0];
        end.time.0 += pair[1];
        positions.push(end);
    }
    let steps = statements(scenario.script).zip(positions);
    let steps = steps.map(|(line, from)| Step { line, from });
    Played {
        steps: steps.collect(),
        end,
    }
}

/// The lines of a script that are statements, without `start`; they count from 1.
fn statements(script: &str) -> impl Iterator<Item = usize> {
    let lines = script.lines().enumerate();
    let lines = lines.filter(|(_, line)| !line.is_empty() && !line.starts_with('#'));
    lines.map(|(at, _)| at + 1).skip(1)
}

/// A comment of a script, which is English there, in the language that is spoken. `line` counts from 1.
pub fn comment(scenario: &Scenario, line: usize, english: &'static str) -> &'static str {
    other(&format!("script.{}.{line}", scenario.name), english)
}

impl Played {
    /// How many statements are done at this place of the run.
    pub fn done(&self, here: Position) -> usize {
        let begun = self.steps.partition_point(|step| step.from <= here);
        // A statement is done where the next one begins.
        begun.saturating_sub(usize::from(here < self.end))
    }

    /// The nearest place before this one at which a statement begins.
    pub fn before(&self, here: Position) -> Option<Position> {
        let mut earlier = self.steps.iter().rev().map(|step| step.from);
        earlier.find(|place| *place < here)
    }

    /// The nearest place after this one at which a statement begins, or the script ends.
    pub fn next(&self, here: Position) -> Option<Position> {
        let mut later = self.steps.iter().map(|step| step.from).chain([self.end]);
        later.find(|place| *place > here)
    }
}

/// How far along a script the playhead is, and whose run it is.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Reached {
    /// So many statements are done. What was done after the person went their own way does not count.
    pub done: usize,
    /// Whether the person has acted on the way: the run is on a branch of their own.
    pub is_own: bool,
    /// Whether there is a place to go back to, or on to.
    pub ends: (bool, bool),
}

/// How far along a script the playhead is. `branch` is the one on which it was played; it may be gone.
pub fn reached(played: &Played, session: &Session, branch: BranchId) -> Reached {
    let mut here = session.position();
    let mut current = session.current_branch();
    let is_own = current != branch;
    while current != branch {
        let parent = session.branches().find(|info| info.id == current);
        let Some((parent, fork)) = parent.and_then(|info| Some((info.parent?, info.fork))) else {
            break;
        };
        here = here.min(fork);
        current = parent;
    }
    let ends = [played.before(here), played.next(here)];
    let [back, on] = ends.map(|place| place.is_some());
    Reached {
        done: played.done(here),
        is_own,
        ends: (back, on),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cluster::Action;
    use crate::lesson::{Progress, Runner, SCENARIOS, Script, Verdict};
    use crate::raft::NodeId;
    use crate::sim::SimTime;
    use std::fmt::Write;
    use std::path::Path;

    /// Plays a script with the language itself, and writes down how it went.
    fn play(script: &str) -> (Session, String) {
        let mut runner = Runner::new(Script::parse(script).unwrap());
        let mut session = runner.script().session(None).unwrap();
        let mut numbers = String::new();
        let (mut lines, mut before) = (Vec::new(), Position::START);
        loop {
            let progress = runner.next(&mut session, SimTime(u64::MAX));
            let here = session.position();
            if !matches!(progress, Progress::Moved | Progress::Paused) {
                let (steps, time) = (here.step - before.step, here.time.0 - before.time.0);
                write!(numbers, "{steps} {time} ").unwrap();
                before = here;
            }
            match progress {
                Progress::Began { line } => lines.push(line),
                Progress::Moved | Progress::Paused => {}
                Progress::Finished(verdict) => {
                    assert_eq!(verdict, Verdict::Passed);
                    break;
                }
            }
        }
        assert!(statements(script).eq(lines));
        session.seek_step(0);
        let code = session.save_branch().to_code();
        (session, format!("{code}\n{}\n", numbers.trim_end()))
    }

    fn named(name: &str) -> (Session, Played) {
        let mut all = SCENARIOS.iter();
        open(all.find(|scenario| scenario.name == name).unwrap()).unwrap()
    }

    /// `UPDATE_GOLDEN=1` writes the files anew: whenever the same script makes another run.
    #[test]
    fn what_the_page_has_is_what_the_scripts_do() {
        for scenario in SCENARIOS {
            let (mut session, written) = play(scenario.script);
            let file = format!("src/lesson/scenarios/{}.played", scenario.name);
            let file = Path::new(env!("CARGO_MANIFEST_DIR")).join(file);
            if std::env::var_os("UPDATE_GOLDEN").is_some() {
                std::fs::write(file, written).unwrap();
                continue;
            }
            assert_eq!(std::fs::read_to_string(file).unwrap(), written);
            let (mut shown, played) = open(scenario).unwrap();
            assert_eq!(shown.position(), Position::START);
            assert!(!shown.is_live(), "the whole story lies ahead");
            shown.go_live();
            session.go_live();
            assert_eq!(played.end, session.position());
            assert_eq!(
                shown.trace_hash(),
                session.trace_hash(),
                "{}",
                scenario.name
            );
            assert_eq!(shown.recording(), session.recording(), "{}", scenario.name);
        }
    }

    #[test]
    fn every_place_can_be_gone_to_and_says_which_statements_are_done() {
        for scenario in SCENARIOS {
            let (mut session, played) = open(scenario).unwrap();
            let mut here = Position::START;
            while let Some(place) = played.next(here) {
                session.seek_position(place);
                assert_eq!(session.position(), place, "{}", scenario.name);
                assert!(played.before(place).is_some_and(|before| before < place));
                let done = played.steps.iter().filter(|step| step.from < place).count();
                assert!(played.done(place) >= done, "{}", scenario.name);
                here = place;
            }
            assert!(session.is_live(), "{}", scenario.name);
            assert_eq!(played.done(here), played.steps.len(), "{}", scenario.name);
            let all = statements(scenario.script).count();
            assert_eq!(played.steps.len(), all, "{}", scenario.name);
        }
    }

    #[test]
    fn a_statement_is_done_when_the_playhead_has_come_to_its_end() {
        let (mut session, played) = named("leader-crash");
        let branch = session.current_branch();
        assert_eq!(reached(&played, &session, branch).done, 0);
        let next = session
            .whole_trace()
            .iter()
            .find_map(|event| match &event.fact {
                crate::cluster::Fact::Acted(action) if matches!(**action, Action::Crash { .. }) => {
                    Some(event.step)
                }
                _ => None,
            });
        let crash = played
            .steps
            .iter()
            .rposition(|step| step.from.step < next.unwrap())
            .unwrap();
        session.seek_position(played.steps[crash].from);
        assert_eq!(
            reached(&played, &session, branch).done,
            crash,
            "it is about to crash"
        );
        session.step();
        assert_eq!(reached(&played, &session, branch).done, crash + 1);
        assert!(reached(&played, &session, branch).ends.0);
    }

    #[test]
    fn whoever_acts_on_the_way_has_a_run_of_their_own() {
        let (mut session, played) = named("leader-crash");
        let branch = session.current_branch();
        session.seek_position(played.steps[2].from);
        let there = reached(&played, &session, branch);
        assert!(!there.is_own);
        session.act(Action::Crash { member: NodeId(1) }).unwrap();
        session.advance(5_000_000);
        let own = reached(&played, &session, branch);
        assert!(own.is_own);
        assert_eq!(own.done, there.done, "what was true where the person left");
        session.switch_branch(branch).unwrap();
        assert!(!reached(&played, &session, branch).is_own);
    }

    #[test]
    fn what_cannot_be_read_is_told() {
        let broken = Scenario {
            played: "nonsense\n1 2 3",
            ..SCENARIOS[0]
        };
        assert!(open(&broken).is_err());
    }
}
