//! Messages as slanted lines.

use super::frame::{GUTTER, Plot};
use super::labels::{Labels, Priority};
use super::lanes::cross;
use super::{Form, Look, Picture, Spot, Thing, Wanted};
use crate::cluster::{Address, Fact, Packet, World};
use crate::raft::{Index, Message};
use crate::sim::{FlightId, SimTime};
use crate::timeline::Session;
use crate::view::frame::MessageShape;
use crate::view::geometry::{Point, tenths};
use crate::view::labels::packet_label;
use crate::words::{key, tell};
use std::sync::Arc;

/// So many messages are drawn at once; the most important ones.
const MOST: usize = 500;
/// A message is looked for this long after the time in sight, in microseconds, at most: it may
/// have been sent before the time in sight and arrive after it.
const LONGEST_US: u64 = 2_000_000;

/// How a message ended.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum End {
    Delivered,
    Lost,
    Flying,
}

/// A message in sight.
struct Way {
    flight: FlightId,
    from: Address,
    to: Address,
    sent: SimTime,
    end: SimTime,
    how: End,
    packet: Arc<Packet>,
}

pub(super) fn draw(picture: &mut Picture, session: &Session, wanted: &Wanted, plot: &Plot) {
    let mut ways = ways(session, plot);
    let mut order: Vec<(Priority, usize)> = ways
        .iter()
        .enumerate()
        .map(|(place, way)| (priority(way, wanted), place))
        .collect();
    if ways.len() > MOST {
        picture.left_out = ways.len() - MOST;
        order.sort();
        order.truncate(MOST);
        order.sort_by_key(|(_, place)| *place);
    }
    let mut labels = Labels::default();
    for (priority, place) in order {
        line(picture, &ways[place], priority, plot, &mut labels);
    }
    ways.clear();
    labels.draw(picture, Look::Label);
}

/// The messages of which something is in sight, in the order of sending.
fn ways(session: &Session, plot: &Plot) -> Vec<Way> {
    let world = session.world();
    let (start, to) = (plot.view.start(), plot.view.to());
    let last = SimTime(to.0.saturating_add(longest(world)));
    let mut ways = Vec::new();
    for event in session.trace().between(start, last) {
        let (flight, from, to, sent, packet, how) = match &event.fact {
            Fact::Delivered {
                flight,
                from,
                to,
                sent,
                packet,
            } => (flight, from, to, sent, packet, End::Delivered),
            Fact::Lost {
                flight,
                from,
                to,
                sent,
                packet,
                ..
            } => (flight, from, to, sent, packet, End::Lost),
            _ => continue,
        };
        ways.push(Way {
            flight: *flight,
            from: *from,
            to: *to,
            sent: *sent,
            end: event.time,
            how,
            packet: packet.clone(),
        });
    }
    ways.extend(world.flights().map(|(flight, way)| Way {
        flight,
        from: way.from,
        to: way.to,
        sent: way.sent,
        end: way.arrives.max(world.now()),
        how: End::Flying,
        packet: way.payload.clone(),
    }));
    ways.retain(|way| way.sent <= to && way.end >= start);
    ways.sort_by_key(|way| (way.sent, way.flight));
    ways
}

/// The longest time that a message may need now.
fn longest(world: &World) -> u64 {
    let times = world.links().map(|(_, link)| {
        let options = &link.settings().options;
        options.latency_us.saturating_add(options.jitter_us)
    });
    times.max().unwrap_or(0).min(LONGEST_US)
}

/// How important a message is.
fn priority(way: &Way, wanted: &Wanted) -> Priority {
    if wanted.message == Some(way.flight) || wanted.entry.is_some_and(|e| carries(way, e)) {
        return Priority::Selected;
    }
    if way.how == End::Lost {
        return Priority::Lost;
    }
    let Packet::Raft(envelope) = &*way.packet else {
        return Priority::Major;
    };
    match &envelope.message {
        Message::Heartbeat { .. } | Message::HeartbeatResponse { .. } => Priority::Minor,
        Message::AppendRequest { entries, .. } if entries.is_empty() => Priority::Minor,
        Message::AppendAccepted { .. } => Priority::Minor,
        _ => Priority::Major,
    }
}

/// Whether a message brings an entry, or acknowledges it.
fn carries(way: &Way, index: Index) -> bool {
    let Packet::Raft(envelope) = &*way.packet else {
        return false;
    };
    match &envelope.message {
        Message::AppendRequest { entries, .. } => entries.iter().any(|e| e.index == index),
        Message::AppendAccepted { match_index } => *match_index == index,
        Message::SnapshotRequest { snapshot } => snapshot.index >= index,
        _ => false,
    }
}

/// Draws a message, and wants its label.
fn line(picture: &mut Picture, way: &Way, priority: Priority, plot: &Plot, labels: &mut Labels) {
    let lanes = (picture.lane(way.from), picture.lane(way.to));
    let (Some(from), Some(to)) = lanes else {
        return;
    };
    let start = Point::new(plot.x(way.sent), from.y);
    let arrival = Point::new(plot.x(way.end), to.y);
    // A cross on the lane of the receiver would look as if that had crashed.
    let end = match way.how {
        End::Lost => start.towards(arrival, 0.88),
        _ => arrival,
    };
    let label = packet_label(&way.packet);
    let look = match (way.how, label.shape) {
        (End::Flying, _) => Look::Flying,
        (_, MessageShape::Request) => Look::Request,
        _ => Look::Reply,
    };
    let (left, right) = within(start, end, plot);
    let selected = priority == Priority::Selected;
    let arrow = way.how == End::Delivered;
    let path = Form::Path(arrow_path(left, right, arrow && right == end));
    picture.add(look, path, label.term).selected = selected;
    if way.how == End::Lost && (GUTTER..=plot.width).contains(&end.x) {
        picture.add(Look::Lost, cross(end.x, end.y, 4.5), None);
    }
    // Near the sender, so that the labels of one round stand apart.
    let at = left.towards(right, 0.36).moved(0.0, -3.0);
    labels.place(priority, at, label.label, label.term, plot);
    let fate = match way.how {
        End::Delivered => key!("sequence.delivered"),
        End::Lost => key!("sequence.lost"),
        End::Flying => key!("sequence.flying"),
    };
    let fills: [(&str, &dyn std::fmt::Display); 4] = [
        ("from", &way.from),
        ("to", &way.to),
        ("what", &label.description),
        ("time", &way.end),
    ];
    picture.spots.push(Spot {
        thing: Thing::Message(way.flight),
        from: left,
        to: right,
        description: tell(fate, &fills),
    });
}

/// The part of a line that is in sight.
fn within(start: Point, end: Point, plot: &Plot) -> (Point, Point) {
    let cut = |x: f64| {
        let width = (end.x - start.x).max(1e-9);
        start.towards(end, ((x - start.x) / width).clamp(0.0, 1.0))
    };
    let left = if start.x < GUTTER { cut(GUTTER) } else { start };
    let right = if end.x > plot.width {
        cut(plot.width)
    } else {
        end
    };
    (left, right)
}

/// A line, with a head if it ends there.
fn arrow_path(from: Point, to: Point, head: bool) -> String {
    let mut path = format!(
        "M{} {}L{} {}",
        tenths(from.x),
        tenths(from.y),
        tenths(to.x),
        tenths(to.y)
    );
    let length = from.distance(to);
    if !head || length < 1.0 {
        return path;
    }
    let (x, y) = ((to.x - from.x) / length, (to.y - from.y) / length);
    let back = to.moved(-x * 7.0, -y * 7.0);
    let (one, other) = (back.moved(-y * 3.0, x * 3.0), back.moved(y * 3.0, -x * 3.0));
    path.push_str(&format!(
        "M{} {}L{} {}L{} {}",
        tenths(one.x),
        tenths(one.y),
        tenths(to.x),
        tenths(to.y),
        tenths(other.x),
        tenths(other.y)
    ));
    path
}
