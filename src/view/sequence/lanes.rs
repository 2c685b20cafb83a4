//! The lanes with what happens on them, the cuts, the axis and the playhead.

use super::frame::Plot;
use super::labels::{Labels, Priority};
use super::{Form, GUTTER, LaneView, Look, Picture, Wanted};
use crate::cluster::{Address, Outcome};
use crate::raft::{NodeId, Term};
use crate::sim::SimTime;
use crate::timeline::{Happening, Session, Standing};
use crate::view::compose::term_of;
use crate::view::geometry::{Point, tenths};
use crate::view::labels::call_line;

/// What goes on goes on beyond the right edge, so that the picture can move to the left for a
/// while before it has to be made again.
pub(in crate::view) const BEYOND: f64 = 400.0;
/// Half the width of a moment on the axis.
const HALF_MOMENT: f64 = 24.0;

pub(super) fn draw(picture: &mut Picture, session: &Session, wanted: &Wanted, plot: &Plot) {
    picture.lanes = lanes(session, wanted, plot);
    axis(picture, plot);
    cuts(picture, session, plot);
    members(picture, session, plot);
    operations(picture, session, plot);
    playhead(picture, plot);
    marks(picture, session, plot, true);
}

/// The marks of the axis with their lines. A moment that the left edge would cut is not written: of 6.0 s it might
/// leave 0 s.
pub(in crate::view) fn axis(picture: &mut Picture, plot: &Plot) {
    let (top, bottom) = plot.edges();
    picture.axis = plot.axis();
    for (x, _) in picture.axis.clone() {
        picture.add(Look::Grid, vertical(x, top, bottom), None);
    }
    picture.axis.retain(|(x, _)| *x >= GUTTER + HALF_MOMENT);
}

/// The playhead, and what has not happened yet.
pub(in crate::view) fn playhead(picture: &mut Picture, plot: &Plot) {
    let (top, bottom) = plot.edges();
    let x = picture.playhead;
    if x <= plot.width {
        let left = x.max(GUTTER);
        let future = Form::Rect(
            Point::new(left, top),
            plot.width + BEYOND - left,
            bottom - top,
        );
        picture.add(Look::Future, future, None);
        picture.add(Look::Playhead, vertical(x, top, bottom), None);
    }
}

fn vertical(x: f64, top: f64, bottom: f64) -> Form {
    Form::Path(format!("M{} {}V{}", tenths(x), tenths(top), tenths(bottom)))
}

/// Clients above members, each in the order of their ids.
fn lanes(session: &Session, wanted: &Wanted, plot: &Plot) -> Vec<LaneView> {
    let world = session.world();
    let mut clients: Vec<Address> = Vec::new();
    for operation in session.operations() {
        let address = Address::Client(operation.client);
        if !clients.contains(&address) {
            clients.push(address);
        }
    }
    clients.sort();
    let members = world.members().map(|member| Address::Member(member.id()));
    let all: Vec<Address> = clients.into_iter().chain(members).collect();
    let count = all.len();
    let lane = |(place, of): (usize, Address)| LaneView {
        of: Some(of),
        name: of.to_string(),
        y: plot.y(place, count),
        term: match of {
            Address::Member(id) => term_of(world, id),
            Address::Client(_) => Term(0),
        },
        selected: matches!(of, Address::Member(id) if wanted.member == Some(id)),
    };
    all.into_iter().enumerate().map(lane).collect()
}

/// The end of what is known: the playhead.
fn until(session: &Session, to: Option<SimTime>) -> SimTime {
    to.map_or(session.now(), |to| to.min(session.now()))
}

pub(in crate::view) fn cuts(picture: &mut Picture, session: &Session, plot: &Plot) {
    let (top, bottom) = plot.edges();
    for cut in session.chronicle().cuts() {
        let from = cut.from.time;
        let to = until(session, cut.to.map(|to| to.time));
        if from >= to || from > plot.view.to() || to < plot.view.start() {
            continue;
        }
        let (left, right) = (plot.x_within(from), plot.x_within(to));
        let band = Form::Rect(Point::new(left, top), right - left, bottom - top);
        picture.add(Look::Cut, band, None);
    }
}

/// The stretches of a member's lane.
pub(in crate::view) fn members(picture: &mut Picture, session: &Session, plot: &Plot) {
    for lane in session.chronicle().lanes() {
        let Some(y) = picture.lane(Address::Member(lane.member)).map(|l| l.y) else {
            continue;
        };
        let after = lane
            .stretches
            .partition_point(|stretch| stretch.from.time <= plot.view.start());
        for place in after.saturating_sub(1)..lane.stretches.len() {
            let stretch = lane.stretches[place];
            let next = lane.stretches.get(place + 1).map(|next| next.from.time);
            let from = stretch.from.time;
            if from > plot.view.to() || from > session.now() {
                break;
            }
            let left = plot.x_within(from);
            let right = match next.filter(|next| *next <= session.now()) {
                Some(next) => plot.x_within(next),
                None => plot.width + BEYOND,
            };
            let look = match stretch.standing {
                Standing::Follower => Look::Follower,
                Standing::Candidate => Look::Candidate,
                Standing::Leader => Look::Leader,
                Standing::Paused => Look::Paused,
                Standing::Crashed => Look::Crashed,
            };
            let term = (look != Look::Crashed).then_some(stretch.term);
            picture.add(look, horizontal(left, right, y), term);
        }
    }
}

pub(in crate::view) fn horizontal(left: f64, right: f64, y: f64) -> Form {
    Form::Path(format!("M{} {}H{}", tenths(left), tenths(y), tenths(right)))
}

/// The lanes of clients: a line, and a bar for each operation while it waits.
fn operations(picture: &mut Picture, session: &Session, plot: &Plot) {
    let mut labels = Labels::default();
    for lane in picture.lanes.clone() {
        if let Some(Address::Client(_)) = lane.of {
            let end = plot.width + BEYOND;
            picture.add(Look::Client, horizontal(GUTTER, end, lane.y), None);
        }
    }
    let operations = session.operations();
    for operation in (0..operations.len())
        .rev()
        .filter_map(|i| operations.get(i))
    {
        let returned = operation.returned.as_ref();
        let (from, to) = (
            operation.called,
            until(session, returned.map(|(at, _)| *at)),
        );
        if from > plot.view.to() || to < plot.view.start() {
            continue;
        }
        let Some(y) = picture.lane(Address::Client(operation.client)).map(|l| l.y) else {
            continue;
        };
        let (left, right) = (plot.x_within(from), plot.x_within(to));
        let bar = Form::Rect(Point::new(left, y - 4.0), (right - left).max(1.0), 8.0);
        picture.add(Look::Operation, bar, None);
        let sign = match returned.map(|(_, outcome)| outcome) {
            None => "…",
            Some(Outcome::Answered(_)) => "✓",
            Some(Outcome::Failed(error)) if error.is_certain() => "✕",
            Some(Outcome::Failed(_)) => "?",
        };
        let words = format!("{} {sign}", call_line(&operation.call));
        let room = words.chars().count() as f64 * 3.1;
        let at = Point::new((left + room).max(GUTTER + room), y - 8.0);
        labels.place(Priority::Mark, at, words, None, plot);
    }
    labels.draw(picture, Look::Mark);
}

/// Elections, crashes and violations, and commits if they are wanted.
pub(in crate::view) fn marks(picture: &mut Picture, session: &Session, plot: &Plot, commits: bool) {
    let marks = session.chronicle().marks();
    let first = marks.partition_point(|mark| mark.at.time < plot.view.start());
    let mut labels = Labels::default();
    let (top, bottom) = plot.edges();
    let known = |mark: &&crate::timeline::Mark| {
        mark.at.time <= plot.view.to() && mark.at <= session.position()
    };
    let mut leader: Option<(NodeId, Term)> = last_leader(session, first);
    for mark in marks[first..].iter().take_while(known) {
        let x = plot.x(mark.at.time);
        match mark.what {
            Happening::Elected(member, term) => {
                leader = Some((member, term));
                let Some(y) = y_of(picture, member) else {
                    continue;
                };
                picture.add(Look::Elected, crown(x, y), Some(term));
                let at = Point::new(x, y - 15.0);
                let words = format!("T{term}");
                labels.place(Priority::Mark, at, words, Some(term), plot);
            }
            Happening::Crashed(member) => {
                if let Some(y) = y_of(picture, member) {
                    picture.add(Look::Crash, cross(x, y, 6.0), None);
                }
            }
            Happening::Committed(_) if !commits => {}
            Happening::Restarted(_) => {}
            Happening::Committed(index) => {
                let Some((y, (_, term))) =
                    leader.and_then(|leader| Some((y_of(picture, leader.0)?, leader)))
                else {
                    continue;
                };
                picture.add(Look::Commit, diamond(x, y), Some(term));
                let at = Point::new(x, y + 17.0);
                let words = format!("✓ {index}");
                labels.place(Priority::Mark, at, words, None, plot);
            }
            Happening::Violated => {
                picture.add(Look::Violation, vertical(x, top, bottom), None);
            }
        }
    }
    labels.draw(picture, Look::Mark);
}

/// Who led at the left edge.
fn last_leader(session: &Session, first: usize) -> Option<(NodeId, Term)> {
    let marks = session.chronicle().marks()[..first].iter().rev();
    marks
        .filter_map(|mark| match mark.what {
            Happening::Elected(member, term) => Some((member, term)),
            _ => None,
        })
        .next()
}

fn y_of(picture: &Picture, member: NodeId) -> Option<f64> {
    picture.lane(Address::Member(member)).map(|lane| lane.y)
}

/// A cross around a point.
pub(super) fn cross(x: f64, y: f64, r: f64) -> Form {
    let (left, right) = (tenths(x - r), tenths(x + r));
    let (up, down) = (tenths(y - r), tenths(y + r));
    Form::Path(format!(
        "M{left} {up}L{right} {down}M{right} {up}L{left} {down}"
    ))
}

fn crown(x: f64, y: f64) -> Form {
    let (x, y) = (tenths(x - 7.0), tenths(y - 3.0));
    Form::Path(format!("M{x} {y}v-8l4 4l3 -6l3 6l4 -4v8z"))
}

pub(super) fn diamond(x: f64, y: f64) -> Form {
    Form::Path(format!(
        "M{} {}l5 5l-5 5l-5 -5z",
        tenths(x),
        tenths(y - 5.0)
    ))
}
