//! What the page knows of runs that come and go. No browser here.

use super::super::message::{Message, Panel};
use super::super::model::Model;
use super::super::speed::Speed;
use super::keep::Kept;
use crate::timeline::{OpenError, Progress, Replay, Replayer, Saved};
use crate::words::{key, say, tell, translate};

/// So many steps are done at once when a run is opened: most runs are there in the same moment.
const FIRST_SLICE: u64 = 3_000;

/// Where a run comes from.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Origin {
    /// A link.
    Link,
    /// A file.
    File,
    /// What the browser kept when the page was left.
    Kept,
}

/// What a person asks about runs that come and go.
#[derive(Clone, PartialEq, Debug)]
pub enum Recording {
    /// Make a link and copy it.
    Share,
    /// Save the run as a file.
    Save,
    /// Open the run that a text holds.
    Open(String, Origin),
    /// A file cannot be read, or is longer than any recording.
    Unreadable {
        /// Whether it is too long.
        too_long: bool,
    },
    /// Go on opening, for about so many steps.
    Slice(u64),
    /// Stop opening; the present run stays.
    Cancel,
    /// The error has been read.
    Dismiss,
    /// Save what cannot be opened as a file.
    SaveKept,
    /// Go back to the run that was there before this one was opened.
    Back,
    /// The link is on the clipboard, or it could not be put there.
    Copied(bool),
}

/// Something that only the browser can do.
#[derive(Clone, PartialEq, Debug)]
pub enum Wish {
    /// Save a file with this name and text.
    File(&'static str, String),
    /// Copy the link that the panel shows.
    Copy,
}

/// A link that was made.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Shared {
    /// What follows the address of the page, or why there is none.
    pub link: Result<String, String>,
    /// Whether it is on the clipboard, once that is known.
    pub copied: Option<bool>,
}

/// What the page knows of runs that come and go.
#[derive(Default)]
pub struct RecordingState {
    /// What the browser shall do.
    pub wish: Option<Wish>,
    /// The link that was made.
    pub shared: Option<Shared>,
    /// Why something could not be opened.
    pub error: Option<String>,
    /// The text that could not be opened, if the browser has kept it.
    pub unopened: Option<String>,
    /// The run that was there before the present one was opened.
    pub before: Option<Saved>,
    /// The run of the last visit, while a link is opened instead of it.
    earlier: Option<Saved>,
    opening: Option<(Box<Replayer>, Origin)>,
    /// What the browser kept and is being opened: its text, and where it was.
    kept: Option<(String, Option<Kept>)>,
}

impl RecordingState {
    /// How far opening is; `None` if nothing is being opened.
    pub fn progress(&self) -> Option<Progress> {
        let (replayer, _) = self.opening.as_ref()?;
        Some(replayer.progress())
    }
}

impl Model {
    /// Does what was asked for. Returns whether anything has to be drawn.
    pub fn record(&mut self, ask: Recording) -> bool {
        match ask {
            Recording::Share => {
                self.panel = Some(Panel::Share);
                let link = self.session.save_branch().to_link();
                self.recording.shared = Some(Shared {
                    link: link.map_err(|error| translate(&error.to_string())),
                    copied: None,
                });
                self.recording.wish = Some(Wish::Copy);
            }
            Recording::Save => {
                let text = self.session.save().to_file();
                self.recording.wish = Some(Wish::File("run.quorum", text));
            }
            Recording::Open(text, origin) => self.open(text, origin),
            Recording::Unreadable { too_long } => {
                self.recording.error = Some(match too_long {
                    true => OpenError::TooLong.to_string(),
                    false => say(key!("recording.unreadable")).to_owned(),
                });
            }
            Recording::Slice(steps) => return self.slice(steps),
            Recording::Cancel => {
                self.recording.opening = None;
                self.recording.kept = None;
                self.timeline.told = Some(say(key!("recording.cancelled")).to_owned());
            }
            Recording::Dismiss => {
                self.recording.error = None;
                self.recording.unopened = None;
            }
            Recording::SaveKept => {
                let text = self.recording.unopened.clone().unwrap_or_default();
                self.recording.wish = Some(Wish::File("kept.quorum", text));
            }
            Recording::Back => {
                if let Some(saved) = self.recording.before.take() {
                    self.close_panel();
                    self.begin(saved, Origin::File);
                }
            }
            Recording::Copied(copied) => {
                if let Some(shared) = &mut self.recording.shared {
                    shared.copied = Some(copied);
                }
            }
        }
        true
    }

    fn open(&mut self, text: String, origin: Origin) {
        self.recording.unopened = None;
        self.recording.error = None;
        match Saved::from_text(&text) {
            Ok(saved) => self.begin(saved, origin),
            Err(error) => self.fail(translate(&error.to_string()), origin),
        }
    }

    /// Has the run that the browser has kept at hand, for when the link cannot be opened, or to go
    /// back to.
    pub fn lay_aside(&mut self, code: &str, at: Option<&Kept>) {
        self.recording.earlier = kept_run(code, at).ok();
    }

    /// Takes up the run that the browser has kept.
    pub fn take_up(&mut self, code: String, at: Option<Kept>) {
        let saved = kept_run(&code, at.as_ref());
        self.recording.kept = Some((code, at));
        match saved {
            Ok(saved) => self.begin(saved, Origin::Kept),
            Err(error) => self.fail(translate(&error.to_string()), Origin::Kept),
        }
    }

    fn begin(&mut self, saved: Saved, origin: Origin) {
        match Replayer::new(saved) {
            Ok(replayer) => {
                self.recording.opening = Some((Box::new(replayer), origin));
                self.slice(FIRST_SLICE);
            }
            Err(error) => self.fail(translate(&error.to_string()), origin),
        }
    }

    /// Goes on opening.
    fn slice(&mut self, steps: u64) -> bool {
        let Some((replayer, origin)) = self.recording.opening.take() else {
            return false;
        };
        match replayer.advance(steps) {
            Ok(Replay::Running(replayer)) => self.recording.opening = Some((replayer, origin)),
            Ok(Replay::Done(session)) => {
                let kept = self.recording.kept.take();
                let earlier = self.recording.earlier.take();
                self.adopt(*session);
                if earlier.is_some() {
                    self.recording.before = earlier;
                }
                if let Some((code, at)) = kept {
                    self.recording.before = None;
                    if let Some(at) = at {
                        self.playback.playing = at.playing;
                        self.playback.set_speed(Speed::at(at.speed));
                        let watched = at.is_of(&code).then_some(at.scenario);
                        self.watch_again(watched.flatten());
                    }
                } else {
                    let time = self.session.end().time;
                    self.timeline.told = Some(tell(key!("recording.opened"), &[("time", &time)]));
                }
            }
            Err(error) => self.fail(translate(&error.to_string()), origin),
        }
        true
    }

    fn fail(&mut self, error: String, origin: Origin) {
        self.recording.opening = None;
        self.recording.unopened = self.recording.kept.take().map(|kept| kept.0);
        self.recording.error = Some(match origin {
            Origin::Kept => tell(key!("recording.kept-error"), &[("error", &error)]),
            _ => error,
        });
        if let Some(earlier) = self.recording.earlier.take() {
            self.begin(earlier, Origin::Kept);
        }
    }
}

/// What the browser has kept, at the place where it was left.
fn kept_run(code: &str, at: Option<&Kept>) -> Result<Saved, OpenError> {
    let mut saved = Saved::from_text(code)?;
    if let Some(at) = at {
        at.apply(code, &mut saved);
    }
    Ok(saved)
}

impl From<Recording> for Message {
    fn from(ask: Recording) -> Message {
        Message::Record(ask)
    }
}
