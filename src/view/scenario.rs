//! A script as something to watch: played to its end at once, with the moment of each of its statements.
//!
//! The run that comes out is like any other. Its playhead is put at the beginning, and what the person does then is
//! rewinding and playing a recording: the moments stay where they are, and whoever acts on the way is on a branch.

use crate::lesson::{Progress, Runner, Script, ScriptErrors, StatementKind, Verdict};
use crate::sim::SimTime;
use crate::timeline::{BranchId, Position, Session};

/// What one statement was, and when.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Step {
    /// Its line in the script, from 1.
    pub line: usize,
    /// Whether it only looks, instead of doing something.
    pub is_expectation: bool,
    /// Where the run was before it.
    pub from: Position,
    /// Where the run was when it was done.
    pub to: Position,
}

/// A script that was played.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Played {
    /// The statements that were played, in order, without `start`.
    pub steps: Vec<Step>,
    /// The line of `start`.
    pub start: usize,
    /// The line that failed and why, in several lines; `None` if everything was as expected.
    pub failure: Option<(usize, String)>,
}

/// Plays a script. The session's playhead is at its beginning.
///
/// # Errors
/// Everything that is wrong with the script.
pub fn play(text: &str) -> Result<(Session, Played), ScriptErrors> {
    let (mut session, played) = play_to_end(text)?;
    session.seek_step(0);
    Ok((session, played))
}

/// Plays a script, and stays where it ends.
///
/// # Errors
/// Everything that is wrong with the script.
pub fn play_to_end(text: &str) -> Result<(Session, Played), ScriptErrors> {
    let mut runner = Runner::new(Script::parse(text)?);
    let session = runner.script().session(None);
    let mut session = session.expect("the options of a script were checked when it was read");
    let mut steps: Vec<Step> = Vec::new();
    let failure = loop {
        let progress = runner.next(&mut session, SimTime(u64::MAX));
        let here = session.position();
        if let Some(last) = steps.last_mut() {
            last.to = here;
        }
        match progress {
            Progress::Began { line } => {
                let kind = runner.statement().map(|statement| &statement.kind);
                let is_expectation = matches!(kind, Some(StatementKind::Expect(_)));
                steps.push(Step {
                    line,
                    is_expectation,
                    from: here,
                    to: here,
                });
            }
            Progress::Moved | Progress::Paused => {}
            Progress::Finished(Verdict::Passed) => break None,
            Progress::Finished(Verdict::Failed(failure)) => {
                break Some((failure.line, failure.to_string()));
            }
        }
    };
    let start = runner.script().start.line;
    let played = Played {
        steps,
        start,
        failure,
    };
    Ok((session, played))
}

impl Played {
    /// How many statements are done at this place of the run.
    pub fn done(&self, here: Position) -> usize {
        self.steps.partition_point(|step| step.to <= here)
    }

    /// The nearest place before this one at which a statement begins.
    pub fn before(&self, here: Position) -> Option<Position> {
        let earlier = self.steps.iter().rev().map(|step| step.from);
        earlier.into_iter().find(|place| *place < here)
    }

    /// The nearest place after this one at which a statement begins, or the script ends.
    pub fn next(&self, here: Position) -> Option<Position> {
        let next = self.steps.iter().map(|step| step.from);
        let end = self.steps.last().map(|step| step.to);
        next.chain(end).find(|place| *place > here)
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
    use crate::lesson::SCENARIOS;
    use crate::raft::NodeId;

    const STORY: &str = "# A story.
start 3 members seed 7
wait until leader
expect safe
let old be leader
crash old
wait until leader within 3s
wait 20ms
expect not leader is old
";

    #[test]
    fn a_script_is_played_to_its_end_and_shown_from_its_beginning() {
        let (session, played) = play(STORY).unwrap();
        assert_eq!(played.failure, None);
        let lines: Vec<_> = played.steps.iter().map(|step| step.line).collect();
        assert_eq!(lines, [3, 4, 5, 6, 7, 8, 9]);
        assert_eq!(played.start, 2);
        assert_eq!(session.position(), Position::START);
        assert!(!session.is_live(), "the whole story lies ahead");
        let last = played.steps.last().unwrap();
        assert!(last.is_expectation);
        assert_eq!(last.to, session.end());
    }

    #[test]
    fn the_same_happens_as_without_a_page() {
        for scenario in SCENARIOS {
            let (mut session, played) = play(scenario.script).unwrap();
            assert_eq!(played.failure, None, "{}", scenario.name);
            let mut runner = Runner::new(Script::parse(scenario.script).unwrap());
            let mut alone = runner.script().session(None).unwrap();
            runner.run(&mut alone);
            session.go_live();
            assert_eq!(
                session.trace_hash(),
                alone.trace_hash(),
                "{}",
                scenario.name
            );
            assert_eq!(session.recording(), alone.recording(), "{}", scenario.name);
        }
    }

    #[test]
    fn every_place_can_be_gone_to_and_says_which_statements_are_done() {
        for scenario in SCENARIOS {
            let (mut session, played) = play(scenario.script).unwrap();
            let mut here = Position::START;
            while let Some(place) = played.next(here) {
                session.seek_position(place);
                assert_eq!(session.position(), place, "{}", scenario.name);
                assert!(played.before(place).is_some_and(|before| before < place));
                here = place;
            }
            assert!(session.is_live(), "{}", scenario.name);
            assert_eq!(played.done(here), played.steps.len(), "{}", scenario.name);
        }
    }

    #[test]
    fn a_statement_is_done_when_the_playhead_has_come_to_its_end() {
        let (mut session, played) = play(STORY).unwrap();
        let branch = session.current_branch();
        assert_eq!(reached(&played, &session, branch).done, 0);
        let crash = &played.steps[3];
        session.seek_position(crash.from);
        assert_eq!(
            reached(&played, &session, branch).done,
            3,
            "it is about to crash"
        );
        session.step();
        assert_eq!(reached(&played, &session, branch).done, 4);
        assert!(reached(&played, &session, branch).ends.0);
    }

    #[test]
    fn whoever_acts_on_the_way_has_a_run_of_their_own() {
        let (mut session, played) = play(STORY).unwrap();
        let branch = session.current_branch();
        session.seek_position(played.steps[1].from);
        session.act(Action::Crash { member: NodeId(1) }).unwrap();
        session.advance(5_000_000);
        let own = reached(&played, &session, branch);
        assert!(own.is_own);
        assert_eq!(own.done, 3, "what was true where the person left");
        session.switch_branch(branch).unwrap();
        assert!(!reached(&played, &session, branch).is_own);
    }

    #[test]
    fn what_is_not_so_is_told() {
        let (_, played) = play("start 3 members\nwait 1ms\nexpect leader\n").unwrap();
        let (line, why) = played.failure.unwrap();
        assert_eq!(line, 3);
        assert!(why.contains("this is not so: expect leader"), "{why}");
        assert!(play("start many members").is_err());
    }
}
