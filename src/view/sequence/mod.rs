//! The sequence view: a space-time diagram. Time runs to the right, every client and every member
//! has a lane, and a message is a slanted line from the lane of its sender to that of its receiver.
//!
//! [`sequence`] makes a [`Picture`] of the part of the run that is in sight: plain shapes with
//! places, each with the look that it has on the page ([`Look`]) and on paper (module `paper`).
//! Only what is in sight becomes a shape; labels thin out until none covers another.
//!
//! Units are CSS pixels, moments are microseconds.

mod frame;
mod labels;
pub(super) mod lanes;
mod messages;
mod paper;
#[cfg(test)]
mod tests;

pub use frame::{GUTTER, Plot, View};
pub use paper::svg;

use super::geometry::Point;
use crate::cluster::{Address, OperationId};
use crate::raft::{Index, NodeId, Term};
use crate::sim::FlightId;
use crate::timeline::{Position, Session};

/// What is to be drawn.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Wanted {
    /// The time in sight.
    pub view: View,
    /// The size of the picture.
    pub size: (f64, f64),
    /// The selected member.
    pub member: Option<NodeId>,
    /// The selected message.
    pub message: Option<FlightId>,
    /// The selected entry: whatever carries it stands out.
    pub entry: Option<Index>,
}

/// The part of a run that is in sight, as shapes.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Picture {
    /// The lanes from the top.
    pub lanes: Vec<LaneView>,
    /// The marks of the axis: place and time.
    pub axis: Vec<(f64, String)>,
    /// The shapes, from the back to the front.
    pub shapes: Vec<Shape>,
    /// What can be pointed at and chosen, in its order in time.
    pub spots: Vec<Spot>,
    /// How many messages there are in sight that are not drawn.
    pub left_out: usize,
    /// Where the playhead is.
    pub playhead: f64,
    /// The height that it needs; 0 if it fits into any.
    pub height: f64,
}

#[cfg(test)]
impl Picture {
    /// For tests: how many shapes look like this.
    pub fn count(&self, look: Look) -> usize {
        let shapes = self.shapes.iter();
        shapes.filter(|shape| shape.look == look).count()
    }
}

/// A lane.
#[derive(Clone, PartialEq, Debug)]
pub struct LaneView {
    /// Whose it is; `None` for that of a key.
    pub of: Option<Address>,
    /// Its name.
    pub name: String,
    /// Where it runs.
    pub y: f64,
    /// The hue of its name: the term at the right end.
    pub term: Term,
    /// It is the selected member's.
    pub selected: bool,
}

/// Something in a picture that has an identity.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Thing {
    /// A message.
    Message(FlightId),
    /// An operation of a client.
    Operation(OperationId),
    /// Something that somebody did to the world.
    Deed(Position),
}

/// Something that can be pointed at, as a line.
#[derive(Clone, PartialEq, Debug)]
pub struct Spot {
    /// What it is.
    pub thing: Thing,
    /// Where it begins.
    pub from: Point,
    /// Where it ends; of a message that was lost, where.
    pub to: Point,
    /// A whole phrase: who, what, and what became of it.
    pub description: String,
}

/// Something that is drawn.
#[derive(Clone, PartialEq, Debug)]
pub struct Shape {
    /// How it looks.
    pub look: Look,
    /// Where it is.
    pub form: Form,
    /// The term that gives it its hue.
    pub term: Option<Term>,
    /// It is, or carries, what is selected.
    pub selected: bool,
}

/// Where something is, and its outline.
#[derive(Clone, PartialEq, Debug)]
pub enum Form {
    /// The `d` of a path.
    Path(String),
    /// The left upper corner, width and height.
    Rect(Point, f64, f64),
    /// The middle of the base line, and the words.
    Text(Point, String),
}

/// How something looks. The page has a class for each, the paper a style.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Look {
    /// The time in which the network is cut.
    Cut,
    /// A line of the axis.
    Grid,
    /// A client's lane.
    Client,
    /// A follower's.
    Follower,
    /// A candidate's.
    Candidate,
    /// A leader's.
    Leader,
    /// A paused member's.
    Paused,
    /// A crashed member's.
    Crashed,
    /// An operation of a client while it waits; where writes have a look of their own, a read.
    Operation,
    /// A write of a client while it waits.
    Write,
    /// What was asked for in vain.
    Refused,
    /// An operation of which nobody knows yet, or any more, whether it happens.
    Open,
    /// Where a write takes effect.
    Effect,
    /// An operation that contradicts others.
    Contradiction,
    /// A request.
    Request,
    /// A reply.
    Reply,
    /// A message that has not arrived.
    Flying,
    /// Where a message was lost.
    Lost,
    /// Where a member crashed.
    Crash,
    /// Where a leader was elected.
    Elected,
    /// Where an entry was committed.
    Commit,
    /// Where a violation was found.
    Violation,
    /// What a message is.
    Label,
    /// What a mark is.
    Mark,
    /// What has not happened yet.
    Future,
    /// The present.
    Playhead,
}

impl Look {
    /// Whether it belongs to the playhead, and not to a moment.
    pub fn moves(self) -> bool {
        matches!(self, Look::Future | Look::Playhead)
    }

    /// Its name as a class.
    pub fn class(self) -> &'static str {
        match self {
            Look::Cut => "sq-cut",
            Look::Grid => "sq-grid",
            Look::Client => "sq-client",
            Look::Follower => "sq-follower",
            Look::Candidate => "sq-candidate",
            Look::Leader => "sq-leader",
            Look::Paused => "sq-paused",
            Look::Crashed => "sq-crashed",
            Look::Operation => "sq-operation",
            Look::Write => "sq-write",
            Look::Refused => "sq-refused",
            Look::Open => "sq-open",
            Look::Effect => "sq-effect",
            Look::Contradiction => "sq-contradiction",
            Look::Request => "sq-request",
            Look::Reply => "sq-reply",
            Look::Flying => "sq-flying",
            Look::Lost => "sq-lost",
            Look::Crash => "sq-crash",
            Look::Elected => "sq-elected",
            Look::Commit => "sq-commit",
            Look::Violation => "sq-violation",
            Look::Label => "sq-label",
            Look::Mark => "sq-mark",
            Look::Future => "sq-future",
            Look::Playhead => "sq-playhead",
        }
    }
}

/// What is in sight.
pub fn sequence(session: &Session, wanted: &Wanted) -> Picture {
    let plot = Plot::new(wanted.view, wanted.size);
    let mut picture = Picture {
        playhead: plot.x(session.now()),
        ..Picture::default()
    };
    lanes::draw(&mut picture, session, wanted, &plot);
    messages::draw(&mut picture, session, wanted, &plot);
    picture.sort();
    picture
}

/// What is drawn over what.
fn layer(look: Look) -> u8 {
    match look {
        Look::Cut => 0,
        Look::Grid => 1,
        Look::Future => 7,
        Look::Playhead => 8,
        Look::Request | Look::Reply | Look::Flying => 3,
        Look::Label | Look::Mark => 6,
        Look::Contradiction | Look::Effect => 4,
        Look::Lost | Look::Crash | Look::Elected | Look::Commit | Look::Violation => 5,
        _ => 2,
    }
}

impl Picture {
    pub(in crate::view) fn add(
        &mut self,
        look: Look,
        form: Form,
        term: Option<Term>,
    ) -> &mut Shape {
        self.shapes.push(Shape {
            look,
            form,
            term,
            selected: false,
        });
        let last = self.shapes.len() - 1;
        &mut self.shapes[last]
    }

    /// The lane of an actor.
    fn lane(&self, of: Address) -> Option<&LaneView> {
        self.lanes.iter().find(|lane| lane.of == Some(of))
    }

    /// Puts what is drawn over other things behind it in the list.
    pub(in crate::view) fn sort(&mut self) {
        self.shapes.sort_by_key(|shape| layer(shape.look));
    }

    /// What lies at a place: the nearest spot, if one is near.
    pub fn spot_at(&self, at: Point, reach: f64) -> Option<&Spot> {
        let near = |spot: &&Spot| distance(at, spot.from, spot.to);
        let nearest = self
            .spots
            .iter()
            .min_by(|a, b| near(a).total_cmp(&near(b)))?;
        (near(&nearest) <= reach).then_some(nearest)
    }

    /// The spot after the one that is given, or before it; the first one without.
    pub fn next_spot(&self, from: Option<Thing>, forward: bool) -> Option<&Spot> {
        let place = self.spots.iter().position(|spot| Some(spot.thing) == from);
        let next = match (place, forward) {
            (None, _) => 0,
            (Some(place), true) => place + 1,
            (Some(place), false) => place.checked_sub(1)?,
        };
        self.spots.get(next)
    }
}

/// How far a point is from the line between two others.
fn distance(at: Point, from: Point, to: Point) -> f64 {
    let length = from.distance(to);
    if length < 1e-9 {
        return at.distance(from);
    }
    let (x, y) = ((to.x - from.x) / length, (to.y - from.y) / length);
    let along = ((at.x - from.x) * x + (at.y - from.y) * y).clamp(0.0, length);
    at.distance(from.moved(x * along, y * along))
}
