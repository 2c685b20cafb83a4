//! What clients asked for, as lanes of operations per key with the faults on the same axis, in the
//! manner of porcupine's pictures: a bar from the call to the return, open at its end while nobody
//! knows what becomes of it, a mark where a write takes effect, and a frame around what contradicts.
//!
//! It is a [`Picture`] like the sequence's, with a row per member on top: who leads, who is down.
//! Unlike there, what comes after the playhead is drawn too (under a veil), so that whoever goes from
//! one operation to the next does not lose sight of the others.

mod fit;
mod lanes;
mod operations;
#[cfg(test)]
mod tests;

pub use fit::{LEAST_US, span};
pub use operations::{OperationPage, operation_page};

use super::geometry::Point;
use super::keys::{clipped, legible};
use super::sequence::lanes::{axis, cuts, marks, members, playhead};
use super::sequence::{Form, LaneView, Look, Picture, Plot, Spot, Thing, View};
use super::timeline::in_words;
use crate::cluster::{Action, Address, Claim, Fact, OperationId, Violation};
use crate::raft::{NodeId, Term};
use crate::timeline::{Position, Session, Standing};
use lanes::{LaneKey, lanes_of};
use operations::Drawn;

/// The height of a member's row.
const MEMBER: f64 = 15.0;
/// The height of a row of operations, and of a bar in it.
const ROW: f64 = 19.0;
const BAR: f64 = 14.0;
/// The room between two lanes.
const GAP: f64 = 9.0;
/// With more members than these only those are shown that do more than follow.
const MEMBERS: usize = 7;
/// So many characters of a key fit beside its lane.
const NAME: usize = 40;

/// What is to be drawn.
#[derive(Clone, PartialEq, Debug)]
pub struct Wanted {
    /// The time in sight.
    pub view: View,
    /// The size of the picture.
    pub size: (f64, f64),
    /// How the keys begin.
    pub prefix: String,
    /// The operation that is selected.
    pub chosen: Option<OperationId>,
}

/// What is in sight.
pub fn clients(session: &Session, wanted: &Wanted) -> Picture {
    let plot = Plot::new(wanted.view, wanted.size);
    let mut picture = Picture {
        playhead: plot.x(session.now()),
        ..Picture::default()
    };
    let (top, _) = plot.edges();
    // The mark of an election is above the row.
    let mut y = top + 16.0;
    for (id, term) in shown_members(session, &plot) {
        picture.lanes.push(LaneView {
            of: Some(Address::Member(id)),
            name: format!("infra{id}"),
            y: y + MEMBER / 2.0,
            term,
            selected: false,
        });
        y += MEMBER;
    }
    deeds(&mut picture, session, &plot, top + 4.0);
    y += GAP;
    let mut lanes = lanes_of(session, wanted, &plot, &mut picture.left_out);
    for lane in &mut lanes {
        let rows = lane.stack(&plot);
        let height = rows as f64 * ROW;
        picture.lanes.push(LaneView {
            of: None,
            name: name(&lane.key),
            y: y + height / 2.0,
            term: Term(0),
            selected: false,
        });
        let edge = Form::Path(format!(
            "M0 {}H{}",
            (y - GAP / 2.0) as i64,
            plot.width as i64
        ));
        picture.add(Look::Grid, edge, None);
        lane.y = y;
        y += height + GAP;
    }
    picture.height = y + GAP;
    // What runs over all lanes runs to the end of the last one.
    let plot = Plot::new(
        wanted.view,
        (wanted.size.0, wanted.size.1.max(picture.height)),
    );
    axis(&mut picture, &plot);
    cuts(&mut picture, session, &plot);
    members(&mut picture, session, &plot);
    marks(&mut picture, session, &plot, false);
    Drawn::new(session, wanted, &plot).draw(&mut picture, &lanes);
    playhead(&mut picture, &plot);
    picture.sort();
    picture
}

fn name(key: &LaneKey) -> String {
    match key {
        LaneKey::Span(key, end) if end.is_empty() => clipped(&legible(key), NAME),
        LaneKey::Span(key, end) if *end == crate::kv::prefix_end(key) && !key.is_empty() => {
            format!("{}*", clipped(&legible(key), NAME))
        }
        LaneKey::Span(key, end) if end[..] == [0] => format!("≥ {}", clipped(&legible(key), NAME)),
        LaneKey::Span(key, end) => {
            let (key, end) = (legible(key), legible(end));
            format!("{}…{}", clipped(&key, NAME / 2), clipped(&end, NAME / 2))
        }
        LaneKey::None => "–".to_owned(),
    }
}

/// The members that have a row, with their terms.
fn shown_members(session: &Session, plot: &Plot) -> Vec<(NodeId, Term)> {
    let lanes = session.chronicle().lanes();
    let mut shown = Vec::new();
    for lane in lanes {
        let first = lane
            .stretches
            .partition_point(|s| s.from.time <= plot.view.start());
        let in_sight = lane.stretches[first.saturating_sub(1)..].iter();
        let mut in_sight = in_sight.take_while(|s| s.from.time <= plot.view.to());
        if lanes.len() <= MEMBERS || in_sight.any(|s| s.standing != Standing::Follower) {
            shown.push((
                lane.member,
                super::compose::term_of(session.world(), lane.member),
            ));
        }
    }
    shown
}

/// What somebody did to the world, beside asking for something.
fn deeds(picture: &mut Picture, session: &Session, plot: &Plot, y: f64) {
    let facts = session
        .whole_trace()
        .between(plot.view.start(), plot.view.to());
    for event in facts {
        let Fact::Acted(action) = &event.fact else {
            continue;
        };
        if matches!(
            **action,
            Action::Request { .. }
                | Action::Run { .. }
                | Action::Feed { .. }
                | Action::Interrupt { .. }
        ) {
            continue;
        }
        let at = Point::new(plot.x(event.time), y);
        let thing = Thing::Deed(Position {
            step: event.step,
            time: event.time,
        });
        picture.add(
            Look::Mark,
            Form::Text(at.moved(0.0, 4.0), "▾".to_owned()),
            None,
        );
        let description = in_words(event).unwrap_or_default();
        add_spot(
            picture,
            Spot {
                thing,
                from: at,
                to: at,
                description,
            },
        );
    }
}

/// Adds something that can be pointed at, in its place from left to right. They are few.
fn add_spot(picture: &mut Picture, spot: Spot) {
    let place = picture
        .spots
        .partition_point(|other| other.from.x <= spot.from.x);
    picture.spots.insert(place, spot);
}

/// The operations of a violation that contradict each other, and those that could be put in order,
/// in that order.
pub fn contradiction(violation: &Violation) -> (&[OperationId], &[OperationId]) {
    let of = |claim: &'_ Claim| matches!(claim, Claim::Contradict { .. });
    let (mut against, mut ordered): (&[OperationId], &[OperationId]) = (&[], &[]);
    for evidence in [&violation.earlier, &violation.later] {
        match &evidence.claim {
            Claim::Contradict { operations } => against = operations,
            Claim::Ordered { operations } => ordered = operations,
            Claim::Saw { operation, .. } if !of(&violation.later.claim) => {
                // Two single answers: the later one shows an older state.
                if std::ptr::eq(evidence, &violation.later) {
                    against = std::slice::from_ref(operation);
                } else {
                    ordered = std::slice::from_ref(operation);
                }
            }
            _ => {}
        }
    }
    (against, ordered)
}
