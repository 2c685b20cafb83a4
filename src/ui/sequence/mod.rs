//! The sequence view of the stage: what it keeps, and what a person does to it. The picture comes
//! from [`crate::view::sequence`], and is made only while it is shown.

mod chart;

pub use chart::Chart;

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
use crate::view::sequence::{Picture, Plot, View, Wanted, sequence, svg};
use crate::words::tell;

/// A pointer that moved further than this, in pixels, is not a click any more.
const CLICK: f64 = 4.0;
/// As near as this to a message, in pixels, means the message.
const REACH: f64 = 10.0;
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
    /// Choose the message after the one that is selected, or the one before.
    Choose(bool),
    /// Save the picture as a file.
    Save,
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

/// What the view keeps.
pub struct SequenceState {
    /// What is drawn; `None` while it is not shown.
    pub picture: Option<Shared<Picture>>,
    /// The time in sight.
    pub view: View,
    /// The size of the picture.
    pub size: (f64, f64),
    /// The playhead stays in sight.
    pub follows: bool,
    /// What lies under the pointer: its place, and its name.
    pub tip: Option<(Point, String)>,
    pointers: Vec<(i32, Point)>,
    /// Where the pointer went down, as long as it has not moved.
    click: Option<Point>,
    drawn: Option<(BranchId, u64, Wanted)>,
    /// The playhead when the picture was made.
    drawn_at: SimTime,
}

impl Default for SequenceState {
    fn default() -> SequenceState {
        SequenceState {
            picture: None,
            view: View::default(),
            size: (0.0, 0.0),
            follows: true,
            tip: None,
            pointers: Vec::new(),
            click: None,
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
            view: View {
                from: 0,
                ..self.view
            },
            size: self.size,
            ..SequenceState::default()
        }
    }

    fn plot(&self) -> Plot {
        Plot::new(self.view, self.size)
    }
}

impl Model {
    /// Does what the gesture says. Returns whether anything has to be drawn.
    pub fn sequence(&mut self, gesture: Gesture) -> bool {
        // Since the picture was made it may have moved with time: places are those of now.
        self.refresh_sequence();
        let end = self.session.end().time;
        let state = &mut self.sequence;
        match gesture {
            Gesture::Size(width, height) => state.size = (width, height),
            Gesture::Down(id, at) => {
                state.pointers.retain(|(other, _)| *other != id);
                state.pointers.push((id, at));
                state.click = (state.pointers.len() == 1).then_some(at);
                state.tip = None;
            }
            Gesture::Move(id, at) => return self.pointer_moves(id, at),
            Gesture::Up(id, at) => {
                state.pointers.retain(|(other, _)| *other != id);
                if state.click.take().is_some() {
                    self.click(at);
                }
            }
            Gesture::Cancel(id) => {
                state.pointers.retain(|(other, _)| *other != id);
                state.click = None;
            }
            Gesture::Out => return state.tip.take().is_some(),
            Gesture::Wheel(at, dx, dy) => {
                if dx != 0.0 {
                    self.pan(dx / self.sequence.size.0.max(1.0));
                } else {
                    let thousandths = if dy > 0.0 { 1_250 } else { 800 };
                    let share = self.held_share(at);
                    self.zoom(thousandths, share);
                }
            }
            Gesture::Zoom(thousandths) => {
                let middle = Point::new(state.size.0 / 2.0, 0.0);
                let share = self.held_share(middle);
                self.zoom(thousandths, share);
            }
            Gesture::Pan(thousandths) => self.pan(f64::from(thousandths) / 1_000.0),
            Gesture::Follow => {
                state.follows = true;
                state.view = state.view.following(self.session.now().min(end));
            }
            Gesture::Choose(forward) => {
                let chosen = self.chosen();
                let picture = self.sequence.picture.as_ref();
                let next = picture.and_then(|picture| picture.next_message(chosen, forward));
                if let Some(flight) = next.map(|line| line.flight) {
                    self.update(Message::Look(Target::Message(flight), false));
                }
            }
            Gesture::Save => self.save_picture(),
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
        if state.follows {
            state.view = state.view.following(now);
        }
        let wanted = Wanted {
            view: state.view,
            size: state.size,
            member: Some(self.selected),
            message,
            entry: self.why.entry(),
        };
        let key = (self.session.current_branch(), self.session.steps(), wanted);
        let measured = wanted.size.0 > 0.0;
        if measured && state.drawn != Some(key) {
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
        let state = &self.sequence;
        Pace {
            drawn_at: state.drawn_at,
            scale: state.plot().scale(),
            follows: state.follows,
            // At the beginning of a run the playhead moves, and the picture stands.
            scrolls: state.follows && state.view.from > 0,
        }
    }

    /// The message that is selected, in words.
    pub fn chosen_words(&self) -> Option<String> {
        let (picture, chosen) = (self.sequence.picture.as_ref()?, self.chosen()?);
        let line = picture.messages.iter().find(|line| line.flight == chosen)?;
        Some(line.description.clone())
    }

    /// The share of the width that stays where it is: the playhead while it is followed, else what
    /// is under the pointer.
    fn held_share(&self, at: Point) -> f64 {
        let plot = self.sequence.plot();
        match self.sequence.follows {
            true => plot.share(plot.x(self.session.now())),
            false => plot.share(at.x),
        }
    }

    fn zoom(&mut self, thousandths: u64, share: f64) {
        let state = &mut self.sequence;
        state.view = state.view.scaled(thousandths, share);
        state.tip = None;
    }

    fn pan(&mut self, share: f64) {
        let end = self.session.end().time;
        let state = &mut self.sequence;
        state.follows = false;
        state.tip = None;
        state.view = state.view.moved(share, end);
    }

    fn pointer_moves(&mut self, id: i32, at: Point) -> bool {
        let state = &mut self.sequence;
        let Some(place) = state.pointers.iter().position(|(other, _)| *other == id) else {
            return self.hover(at);
        };
        if state.click.is_some_and(|down| down.distance(at) <= CLICK) {
            return false;
        }
        state.click = None;
        let before = state.pointers.clone();
        state.pointers[place].1 = at;
        let plot_width = (state.size.0 - crate::view::sequence::GUTTER).max(1.0);
        match (&before[..], &state.pointers[..]) {
            ([(_, from)], _) => self.pan((from.x - at.x) / plot_width),
            ([(_, a), (_, b)], [(_, c), (_, d)]) => {
                let apart = |a: &Point, b: &Point| (a.x - b.x).abs().max(1.0);
                let thousandths = (apart(a, b) / apart(c, d) * 1_000.0) as u64;
                let middle = c.towards(*d, 0.5);
                let share = state.plot().share(middle.x);
                state.follows = false;
                self.zoom(thousandths, share);
            }
            _ => {}
        }
        self.refresh_sequence();
        true
    }

    /// Names what lies under the pointer.
    fn hover(&mut self, at: Point) -> bool {
        let state = &mut self.sequence;
        let picture = state.picture.as_ref();
        let line = picture.and_then(|picture| picture.message_at(at, REACH));
        let tip = line.map(|line| (at, line.description.clone()));
        let same = |(_, words): &(Point, String)| tip.as_ref().is_some_and(|(_, t)| t == words);
        if state.tip.as_ref().is_some_and(same) || (state.tip.is_none() && tip.is_none()) {
            return false;
        }
        state.tip = tip;
        true
    }

    /// A click selects the message there, or goes to that moment on the axis.
    fn click(&mut self, at: Point) {
        let Some(picture) = self.sequence.picture.clone() else {
            return;
        };
        let plot = self.sequence.plot();
        if at.y < plot.edges().0 {
            self.playback.playing = false;
            self.sequence.follows = false;
            self.session.seek(plot.moment(at.x));
            return self.refresh();
        }
        if let Some(line) = picture.message_at(at, REACH) {
            self.update(Message::Look(Target::Message(line.flight), false));
        }
    }

    fn save_picture(&self) {
        let view = self.sequence.view;
        let wanted = Wanted {
            view,
            size: PAPER,
            member: None,
            message: self.chosen(),
            entry: self.why.entry(),
        };
        let picture = sequence(&self.session, &wanted);
        let members = picture.lanes.iter();
        let members = members.filter(|lane| matches!(lane.of, Address::Member(_)));
        let fills: [(&str, &dyn std::fmt::Display); 4] = [
            ("members", &members.count()),
            ("seed", &self.session.seed()),
            ("from", &view.start()),
            ("to", &view.to().min(self.session.now())),
        ];
        let name = tell("sequence.paper.run", &fills);
        let file = format!("quorum-{}.svg", words::seconds(self.session.now()));
        save(&file, &svg(&picture, PAPER, &name));
    }
}

#[cfg(test)]
mod tests;
