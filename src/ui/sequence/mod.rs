//! The sequence view of the stage: what it keeps, and what a person does to it. The picture comes
//! from [`crate::view::sequence`], and is made only while it is shown.

mod chart;
mod pane;

pub use chart::{Chart, ChartKind, ChartProps};
pub use pane::{Did, Pane};

use super::message::{Message, StageView};
use super::model::Model;
use super::recording::save;
use super::slices::Shared;
use super::words;
use crate::cluster::Address;
use crate::sim::{FlightId, SimTime};
use crate::timeline::BranchId;
use crate::view::deeds::Target;
use crate::view::geometry::Point;
use crate::view::sequence::{Picture, Thing, View, Wanted, sequence, svg};
use crate::words::{key, tell};

/// A pointer that moved further than this, in pixels, is not a click any more.
const CLICK: f64 = 4.0;
/// As near as this to something, in pixels, means it.
pub const REACH: f64 = 10.0;
/// The longest time in sight, in microseconds: messages between lanes are lines without a slant then, and more
/// would only be black.
const LONGEST_US: u64 = 10_000_000;
/// The size of the picture on paper.
const PAPER: (f64, f64) = (1120.0, 520.0);

/// What a person does to the view.
#[derive(Clone, Copy, PartialEq, Debug)]
pub enum Gesture {
    /// It has this width and height now.
    Size(f64, f64),
    /// A pointer went down.
    Down(i32, Point),
    /// A pointer moved.
    Move(i32, Point),
    /// A pointer went up: without having moved, it was a click.
    Up(i32, Point),
    /// The browser took a pointer away.
    Cancel(i32),
    /// No pointer is over it any more.
    Out,
    /// The wheel was turned: where, sideways, up or down.
    Wheel(Point, f64, f64),
    /// Show less or more time, in thousandths of what is shown.
    Zoom(u64),
    /// Go left or right by this share of the width, in thousandths.
    Pan(i32),
    /// Keep the playhead in sight.
    Follow,
    /// Show all that there is, as far as it can be told apart.
    Fit,
    /// Choose the message after the one that is selected, or the one before.
    Choose(bool),
    /// Go to the moment of what is chosen.
    Enter,
    /// Save the picture as a file.
    Save,
}

impl Gesture {
    /// Whether a person moves or zooms the picture with it.
    pub fn moves_view(self) -> bool {
        matches!(
            self,
            Gesture::Move(..)
                | Gesture::Wheel(..)
                | Gesture::Zoom(_)
                | Gesture::Pan(_)
                | Gesture::Follow
        )
    }
}

impl From<Gesture> for Message {
    fn from(gesture: Gesture) -> Message {
        Message::Sequence(gesture)
    }
}

/// How the picture moves with the playhead.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Pace {
    /// The playhead when the picture was made.
    pub drawn_at: SimTime,
    /// How many pixels a microsecond is.
    pub scale: f64,
    /// The playhead stays in sight.
    pub follows: bool,
    /// The picture moves to the left, and the playhead stands; otherwise the playhead moves.
    pub scrolls: bool,
}

impl Pace {
    /// That of a picture that was made when the playhead was there.
    pub fn of(pane: &Pane, drawn_at: SimTime) -> Pace {
        Pace {
            drawn_at,
            scale: pane.plot().scale(),
            follows: pane.follows,
            // At the beginning of a run the playhead moves, and the picture stands.
            scrolls: pane.follows && pane.view.from > 0,
        }
    }
}

/// What the view keeps.
pub struct SequenceState {
    /// What is drawn; `None` while it is not shown.
    pub picture: Option<Shared<Picture>>,
    /// The time in sight.
    pub pane: Pane,
    drawn: Option<(BranchId, u64, Wanted)>,
    /// The playhead when the picture was made.
    drawn_at: SimTime,
}

impl Default for SequenceState {
    fn default() -> SequenceState {
        SequenceState {
            picture: None,
            pane: Pane::new(View::default(), LONGEST_US),
            drawn: None,
            drawn_at: SimTime::ZERO,
        }
    }
}

impl SequenceState {
    /// What is drawn shall be drawn anew.
    pub fn forget_picture(&mut self) {
        self.drawn = None;
    }

    /// What a person chose stays for another run.
    pub fn for_another_run(&self) -> SequenceState {
        SequenceState {
            pane: self.pane.for_another_run(),
            ..SequenceState::default()
        }
    }
}

impl Model {
    /// Does what the gesture says. Returns whether anything has to be drawn.
    pub fn sequence(&mut self, gesture: Gesture) -> bool {
        // Since the picture was made it may have moved with time: places are those of now.
        self.refresh_sequence();
        let (now, end) = (self.session.now(), self.session.end().time);
        match gesture {
            Gesture::Choose(forward) => {
                let chosen = self.chosen().map(Thing::Message);
                let picture = self.sequence.picture.as_ref();
                let next = picture.and_then(|picture| picture.next_spot(chosen, forward));
                if let Some(Thing::Message(flight)) = next.map(|spot| spot.thing) {
                    self.update(Message::Look(Target::Message(flight), false));
                }
            }
            Gesture::Save => self.save_picture(),
            gesture => match self.sequence.pane.gesture(gesture, now, end) {
                Did::Nothing => return false,
                Did::Moved => {}
                Did::Clicked(at) => self.click(at),
                Did::Hovers(at) => {
                    let state = &mut self.sequence;
                    return state.pane.hover(state.picture.as_deref(), at);
                }
            },
        }
        self.refresh_sequence();
        true
    }

    /// Makes the picture anew if it is shown and something in it may have changed.
    pub(super) fn refresh_sequence(&mut self) {
        if self.stage_view != StageView::Sequence {
            self.sequence.picture = None;
            self.sequence.drawn = None;
            return;
        }
        let (now, message) = (self.session.now(), self.chosen());
        let state = &mut self.sequence;
        state.pane.follow(now);
        let wanted = Wanted {
            view: state.pane.view,
            size: state.pane.size,
            member: Some(self.selected),
            message,
            entry: self.why.entry(),
        };
        let key = (self.session.current_branch(), self.session.steps(), wanted);
        if state.pane.is_measured() && state.drawn != Some(key) {
            state.drawn = Some(key);
            state.drawn_at = now;
            state.picture = Some(Shared::new(sequence(&self.session, &wanted)));
        }
    }

    /// The message that is selected, or asked about.
    fn chosen(&self) -> Option<FlightId> {
        match self.tools.target {
            Target::Message(flight) => Some(flight),
            _ => self.why.message(),
        }
    }

    /// How the picture moves with the playhead until it is made again.
    pub fn sequence_pace(&self) -> Pace {
        Pace::of(&self.sequence.pane, self.sequence.drawn_at)
    }

    /// The message that is selected, in words.
    pub fn chosen_words(&self) -> Option<String> {
        let (picture, chosen) = (self.sequence.picture.as_ref()?, self.chosen()?);
        let mut spots = picture.spots.iter();
        let spot = spots.find(|spot| spot.thing == Thing::Message(chosen))?;
        Some(spot.description.clone())
    }

    /// A click selects the message there, or goes to that moment on the axis.
    fn click(&mut self, at: Point) {
        let Some(picture) = self.sequence.picture.clone() else {
            return;
        };
        let plot = self.sequence.pane.plot();
        if at.y < plot.edges().0 {
            self.playback.playing = false;
            self.sequence.pane.follows = false;
            self.session.seek(plot.moment(at.x));
            return self.refresh();
        }
        if let Some(Thing::Message(flight)) = picture.spot_at(at, REACH).map(|spot| spot.thing) {
            self.update(Message::Look(Target::Message(flight), false));
        }
    }

    fn save_picture(&self) {
        let view = self.sequence.pane.view;
        let wanted = Wanted {
            view,
            size: PAPER,
            member: None,
            message: self.chosen(),
            entry: self.why.entry(),
        };
        let picture = sequence(&self.session, &wanted);
        let members = picture.lanes.iter();
        let members = members.filter(|lane| matches!(lane.of, Some(Address::Member(_))));
        let fills: [(&str, &dyn std::fmt::Display); 4] = [
            ("members", &members.count()),
            ("seed", &self.session.seed()),
            ("from", &view.start()),
            ("to", &view.to().min(self.session.now())),
        ];
        let name = tell(key!("sequence.paper.run"), &fills);
        let file = format!("quorum-{}.svg", words::seconds(self.session.now()));
        save(&file, &svg(&picture, PAPER, &name));
    }
}

#[cfg(test)]
mod tests;
