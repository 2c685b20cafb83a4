//! What the browser keeps of the run, so that a reload, or a page that broke, continues where it
//! was.
//!
//! Two texts: the run's code, written when somebody has done something, and where the run is,
//! written every now and then. They are kept twice: for this tab, so that two tabs do not get into
//! each other's way, and for the next visit.

use super::super::left::Watched;
use super::super::model::Model;
use super::super::web;
use crate::lesson::SCENARIOS;
use crate::sim::SimTime;
use crate::timeline::{Position, Saved};
use crate::words::{key, say};

/// The run.
const RUN: &str = "quorum.run";
/// Where it is.
const AT: &str = "quorum.at";
/// Where it is, is written so often at most, in milliseconds.
const AT_PAUSE_MS: f64 = 500.0;
/// Writing the run may take this share of the time.
const EFFORT: f64 = 20.0;

/// Where a run is, beside its code.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Kept {
    /// The end of the code that it belongs to, which is its checksum: the two may be of different
    /// moments.
    pub code: String,
    /// The position of the current branch in the list of branches.
    pub branch: usize,
    /// Where the playhead is.
    pub playhead: Position,
    /// Where the branch ends.
    pub end: Position,
    /// Whether it plays.
    pub playing: bool,
    /// The step of its speed.
    pub speed: usize,
    /// The scenario that is being watched.
    pub scenario: Option<Watched>,
}

/// The letters of a code that hold its checksum.
fn checksum(code: &str) -> &str {
    code.get(code.len().saturating_sub(6)..).unwrap_or(code)
}

impl Kept {
    /// Where the model's run is, of which the code ends like this.
    pub fn of(model: &Model, code: &str) -> Kept {
        let session = &model.session;
        let current = session.current_branch();
        let mut branches = session.branches();
        Kept {
            code: checksum(code).to_owned(),
            branch: branches
                .position(|branch| branch.id == current)
                .unwrap_or_default(),
            playhead: session.position(),
            end: session.end(),
            playing: model.playback.playing,
            speed: model.playback.speed.step(),
            scenario: model.watched(),
        }
    }

    /// As a text.
    pub fn to_text(&self) -> String {
        let Kept { playhead, end, .. } = self;
        let (playing, speed) = (u64::from(self.playing), self.speed as u64);
        let times = [playhead.step, playhead.time.0, end.step, end.time.0];
        let [a, b, c, d] = times;
        let mut text = format!(
            "{} {} {a} {b} {c} {d} {playing} {speed}",
            self.code, self.branch
        );
        if let Some(it) = &self.scenario {
            let (place, branch) = (it.place, it.branch);
            let numbers = [branch, usize::from(it.open), usize::from(it.listing)];
            let [branch, open, listing] = numbers;
            text += &format!(" {} {branch} {open} {listing}", SCENARIOS[place].name);
        }
        text
    }

    /// From a text. `None` if it is none.
    pub fn from_text(text: &str) -> Option<Kept> {
        let (code, numbers) = text.split_once(' ')?;
        let mut words = numbers.split(' ');
        let mut next = || words.next()?.parse::<u64>().ok();
        let mut kept = Kept {
            code: code.to_owned(),
            branch: usize::try_from(next()?).ok()?,
            playhead: Position {
                step: next()?,
                time: SimTime(next()?),
            },
            end: Position {
                step: next()?,
                time: SimTime(next()?),
            },
            playing: next()? == 1,
            speed: usize::try_from(next()?).ok()?,
            scenario: None,
        };
        if let Some(name) = words.next() {
            let mut next = || words.next()?.parse::<usize>().ok();
            kept.scenario = Some(Watched {
                place: SCENARIOS.iter().position(|it| it.name == name)?,
                branch: next()?,
                open: next()? == 1,
                listing: next()? == 1,
            });
        }
        Some(kept)
    }

    /// Whether it belongs to this code.
    pub fn is_of(&self, code: &str) -> bool {
        self.code == checksum(code)
    }

    /// Brings what the code gave to where it was left, if the two belong together.
    pub fn apply(&self, code: &str, saved: &mut Saved) {
        if !self.is_of(code) {
            return;
        }
        if let Some(branch) = saved.branches.get_mut(self.branch) {
            branch.end = branch.end.max(self.end);
            saved.current = self.branch;
            saved.playhead = self.playhead;
        }
    }
}

/// Writes to the browser's storage whatever has changed.
#[derive(Default)]
pub struct Keeper {
    /// The run that was written, how often it had been edited, and the end of its code.
    run: Option<(u64, u64)>,
    code: String,
    at: Option<Kept>,
    next_run_ms: f64,
    next_at_ms: f64,
    full: bool,
}

impl Keeper {
    /// What was kept: the text of the run and where it was.
    pub fn recall() -> Option<(String, Option<Kept>)> {
        let run = web::recall_here(RUN)?;
        let at = web::recall_here(AT).and_then(|text| Kept::from_text(&text));
        Some((run, at))
    }

    /// Whether somebody has done something that is not kept yet.
    pub fn is_behind(&self, model: &Model) -> bool {
        self.run != Some((model.runs, model.session.edits()))
    }

    /// Keeps what has changed since the last time, if it is time; `now` does not wait. Returns
    /// after how many milliseconds to look again, if there is more to keep.
    pub fn keep(&mut self, model: &mut Model, now: bool) -> Option<u32> {
        let time = web::now_ms();
        if self.is_behind(model) {
            if time < self.next_run_ms && !now {
                return Some((self.next_run_ms - time) as u32 + 1);
            }
            self.write_run(model, time);
        }
        let at = Kept::of(model, &self.code);
        if self.at.as_ref() == Some(&at) {
            return None;
        }
        if time < self.next_at_ms && !now {
            return Some((self.next_at_ms - time) as u32 + 1);
        }
        self.next_at_ms = time + AT_PAUSE_MS;
        web::remember_here(AT, &at.to_text());
        self.at = Some(at);
        None
    }

    fn write_run(&mut self, model: &mut Model, time: f64) {
        self.run = Some((model.runs, model.session.edits()));
        let code = model.session.save().to_code();
        let fits = web::remember_here(RUN, &code);
        if !fits && !self.full {
            model.timeline.told = Some(say(key!("recording.full")).to_owned());
        }
        self.full = !fits;
        self.code = checksum(&code).to_owned();
        // The place belongs to the new code from now on.
        self.at = None;
        self.next_at_ms = 0.0;
        let done = web::now_ms();
        self.next_run_ms = done + (done - time) * EFFORT;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cluster::{Action, WorldOptions};
    use crate::raft::NodeId;
    use crate::timeline::Session;

    fn place(step: u64, time: u64) -> Position {
        Position {
            step,
            time: SimTime(time),
        }
    }

    #[test]
    fn a_place_is_read_as_it_was_written() {
        let kept = Kept {
            code: "aB-_09".to_string(),
            branch: 2,
            playhead: place(17, 4_000),
            end: place(20, 5_001),
            playing: true,
            speed: 5,
            scenario: None,
        };
        let watched = Watched {
            place: 3,
            branch: 2,
            open: true,
            listing: false,
        };
        for scenario in [None, Some(watched)] {
            let kept = Kept {
                scenario,
                ..kept.clone()
            };
            assert_eq!(Kept::from_text(&kept.to_text()), Some(kept));
        }
        for text in [
            "",
            "x",
            "x 1 2",
            "x 1 2 3 4 5 6 seven",
            "x -1 2 3 4 5 1 1",
            "x 1 2 3 4 5 1 1 no-such-scenario 1 1 0",
            "x 1 2 3 4 5 1 1 leader-crash 1",
        ] {
            assert_eq!(Kept::from_text(text), None, "{text}");
        }
    }

    #[test]
    fn a_run_is_taken_up_where_it_was_although_its_code_is_older() {
        let mut session = Session::new(WorldOptions::with_members(3), 7).unwrap();
        session.advance(300_000);
        session.act(Action::Crash { member: NodeId(1) }).unwrap();
        let code = session.save().to_code();
        session.advance(500_000);
        let end = session.end();
        session.seek(SimTime(600_000));
        let kept = Kept {
            code: checksum(&code).to_string(),
            branch: 0,
            playhead: session.position(),
            end,
            playing: false,
            speed: 3,
            scenario: None,
        };
        let mut saved = Saved::from_text(&code).unwrap();
        kept.apply(&code, &mut saved);
        let again = saved.replay().unwrap();
        assert_eq!(again.position(), session.position());
        assert_eq!(again.end(), end);
        assert_eq!(again.trace_hash(), session.trace_hash());
    }

    #[test]
    fn a_place_of_another_code_is_left_alone() {
        let session = Session::new(WorldOptions::with_members(3), 7).unwrap();
        let code = session.save().to_code();
        let kept = Kept {
            code: "other".to_string(),
            branch: 0,
            playhead: place(5, 5),
            end: place(9, 9),
            playing: false,
            speed: 3,
            scenario: None,
        };
        let mut saved = Saved::from_text(&code).unwrap();
        kept.apply(&code, &mut saved);
        assert_eq!(saved, session.save());
    }
}
