//! Where things stand on the stage: small pure functions from sizes to places.
//!
//! Units are CSS pixels, the origin is the stage's top left corner, angles are radians with 0 at
//! three o'clock and growing clockwise (y points down). Nothing here knows about the network or
//! about Raft; walls and strokes are in [`super::wall`].

use crate::raft::NodeId;
use std::f64::consts::{FRAC_PI_2, PI, TAU};

/// A place on the stage.
#[derive(Clone, Copy, PartialEq, Debug, Default)]
pub struct Point {
    /// From the left edge.
    pub x: f64,
    /// From the top edge.
    pub y: f64,
}

impl Point {
    /// The point at these coordinates.
    pub fn new(x: f64, y: f64) -> Point {
        Point { x, y }
    }

    /// The point at `fraction` of the way to `other`.
    pub fn towards(self, other: Point, fraction: f64) -> Point {
        Point::new(
            self.x + (other.x - self.x) * fraction,
            self.y + (other.y - self.y) * fraction,
        )
    }

    /// The distance to `other`.
    pub fn distance(self, other: Point) -> f64 {
        (other.x - self.x).hypot(other.y - self.y)
    }

    /// The point that is `x` further to the right and `y` further down.
    pub fn moved(self, x: f64, y: f64) -> Point {
        Point::new(self.x + x, self.y + y)
    }
}

/// A rectangle, for finding out what would overlap.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Area {
    /// The left edge.
    pub left: f64,
    /// The top edge.
    pub top: f64,
    /// The right edge.
    pub right: f64,
    /// The bottom edge.
    pub bottom: f64,
}

impl Area {
    /// The rectangle of this size around a point.
    pub fn around(centre: Point, width: f64, height: f64) -> Area {
        Area {
            left: centre.x - width / 2.0,
            top: centre.y - height / 2.0,
            right: centre.x + width / 2.0,
            bottom: centre.y + height / 2.0,
        }
    }

    /// How many square pixels the two have in common.
    pub fn overlap(&self, other: &Area) -> f64 {
        let width = self.right.min(other.right) - self.left.max(other.left);
        let height = self.bottom.min(other.bottom) - self.top.max(other.top);
        width.max(0.0) * height.max(0.0)
    }

    /// Whether `other` lies inside.
    pub fn contains(&self, other: &Area) -> bool {
        self.left <= other.left
            && self.top <= other.top
            && self.right >= other.right
            && self.bottom >= other.bottom
    }
}

/// Where a member's name stands.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum LabelPlace {
    /// Centred below the member, with the note on a second line.
    Below,
    /// Centred below the member, without a note.
    Name,
    /// To the left of the member.
    Left,
    /// To the right of the member.
    Right,
    /// No room: the number inside the member has to do.
    Hidden,
}

/// Where a member stands.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct MemberPlace {
    /// The member.
    pub id: NodeId,
    /// The centre of its circle.
    pub at: Point,
    /// Its angle on the ring.
    pub angle: f64,
    /// Where its name stands.
    pub label: LabelPlace,
}

/// The width of a member's label, for "still believes it leads".
const LABEL_WIDTH: f64 = 112.0;
/// The height of a label's two lines.
const LABEL_HEIGHT: f64 = 32.0;
/// The size of a label without its note.
const NAME: (f64, f64) = (46.0, 17.0);
/// The room that a label beside a member takes: name and note are short there.
const SIDE_LABEL_WIDTH: f64 = 96.0;
/// The size of a client's card.
pub const CLIENT_CARD: (f64, f64) = (104.0, 34.0);
/// The controls in the stage's upper corners: no client's card goes there.
const CORNER: (f64, f64) = (190.0, 50.0);

/// The places of all members for a stage of a certain size.
#[derive(Clone, PartialEq, Debug)]
pub struct StageLayout {
    /// The stage's width.
    pub width: f64,
    /// The stage's height.
    pub height: f64,
    /// The centre of the ring.
    pub centre: Point,
    /// The ring's half axes.
    pub axes: (f64, f64),
    /// The radius of a member's circle.
    pub radius: f64,
    /// The members in the order of the ring.
    pub members: Vec<MemberPlace>,
}

impl StageLayout {
    /// Places `ids` on a ring, clockwise from the top (from the left for two), as large as the
    /// stage allows. The circles shrink and the labels move aside, then vanish, rather than
    /// overlap.
    pub fn new(ids: &[NodeId], width: f64, height: f64) -> StageLayout {
        for radius in [34.0, 30.0, 27.0, 24.0, 21.0, 18.0] {
            for labels in [Labels::Below, Labels::Beside, Labels::Name] {
                let candidate = StageLayout::arrange(ids, width, height, radius, labels);
                if candidate.is_legible() {
                    return candidate;
                }
            }
        }
        StageLayout::arrange(ids, width, height, 16.0, Labels::None)
    }

    /// The place of a member.
    pub fn member(&self, id: NodeId) -> Option<&MemberPlace> {
        self.members.iter().find(|place| place.id == id)
    }

    /// The radius of the election timer's arc.
    pub fn timer_radius(&self) -> f64 {
        self.radius + 7.0
    }

    /// How far from its centre a member's surroundings end: messages start and end here.
    pub fn rim(&self) -> f64 {
        self.radius + 11.0
    }

    fn arrange(ids: &[NodeId], width: f64, height: f64, radius: f64, labels: Labels) -> Self {
        let angles: Vec<f64> = (0..ids.len()).map(|i| ring_angle(i, ids.len())).collect();
        let places: Vec<LabelPlace> = angles.iter().map(|angle| labels.place(*angle)).collect();
        let beside = places.contains(&LabelPlace::Right);
        let below = places.contains(&LabelPlace::Below);
        let named = places.contains(&LabelPlace::Name);
        let side = match (beside, below) {
            (true, _) => radius + 16.0 + SIDE_LABEL_WIDTH,
            (false, true) => (LABEL_WIDTH / 2.0).max(radius + 12.0),
            (false, false) => radius + 12.0,
        } + 4.0
            + (width * 0.16 - 60.0).clamp(0.0, 110.0);
        let lowest_is_below = angles
            .iter()
            .zip(&places)
            .any(|(angle, place)| *place == LabelPlace::Below && angle.sin() > 0.2);
        let above = radius + 20.0;
        let under = match (lowest_is_below, named) {
            (true, _) => radius + 16.0 + LABEL_HEIGHT,
            (false, true) => radius + 16.0 + NAME.1,
            (false, false) => radius + 18.0,
        };
        let mut layout = StageLayout {
            width,
            height,
            centre: Point::new(width / 2.0, height / 2.0),
            axes: (0.0, 0.0),
            radius,
            members: Vec::new(),
        };
        layout.fit(&angles, side, above, under);
        layout.members = ids
            .iter()
            .zip(angles.iter().zip(places))
            .map(|(id, (&angle, label))| MemberPlace {
                id: *id,
                at: layout.on_ring(angle, 1.0),
                angle,
                label,
            })
            .collect();
        layout
    }

    /// Chooses centre and half axes so that the members just fit inside the margins.
    fn fit(&mut self, angles: &[f64], side: f64, above: f64, under: f64) {
        let (mut top, mut bottom, mut reach) = (0.0f64, 0.0f64, 0.0f64);
        for angle in angles {
            top = top.min(angle.sin());
            bottom = bottom.max(angle.sin());
            reach = reach.max(angle.cos().abs());
        }
        let room_x = (self.width / 2.0 - side).max(0.0);
        let room_y = (self.height - above - under).max(0.0);
        let x = if reach > 1e-9 { room_x / reach } else { 0.0 };
        let y = if bottom - top > 1e-9 {
            room_y / (bottom - top)
        } else {
            x
        };
        self.axes = (x.min(y * 1.9), y.min(x.max(40.0) * 1.5));
        if angles.len() <= 2 {
            self.axes = (x.min(190.0), x.min(190.0));
        }
        let free = room_y - (bottom - top) * self.axes.1;
        self.centre.y = above + free / 2.0 - top * self.axes.1;
    }

    /// The point at an angle of the ring, `scale` times as far out as the members.
    pub fn on_ring(&self, angle: f64, scale: f64) -> Point {
        self.centre.moved(
            self.axes.0 * scale * angle.cos(),
            self.axes.1 * scale * angle.sin(),
        )
    }

    fn is_legible(&self) -> bool {
        let areas: Vec<Vec<Area>> = self.members.iter().map(|m| self.areas(m)).collect();
        let stage = self.area();
        let inside = areas.iter().flatten().all(|area| stage.contains(area));
        let apart = areas.iter().enumerate().all(|(i, mine)| {
            areas[i + 1..]
                .iter()
                .flatten()
                .all(|other| mine.iter().all(|area| area.overlap(other) == 0.0))
        });
        inside && apart
    }

    fn area(&self) -> Area {
        Area {
            left: 0.0,
            top: 0.0,
            right: self.width,
            bottom: self.height,
        }
    }

    /// What a member covers: its circle with arc and crown, and its label.
    fn areas(&self, member: &MemberPlace) -> Vec<Area> {
        let (at, radius) = (member.at, self.radius);
        let size = 2.0 * (radius + 10.0);
        let mut areas = vec![Area::around(at.moved(0.0, -4.0), size, size + 8.0)];
        let beside = radius + 14.0 + SIDE_LABEL_WIDTH / 2.0;
        match member.label {
            LabelPlace::Below => areas.push(Area::around(
                at.moved(0.0, radius + 12.0 + LABEL_HEIGHT / 2.0),
                LABEL_WIDTH * 0.8,
                LABEL_HEIGHT,
            )),
            LabelPlace::Name => areas.push(Area::around(
                at.moved(0.0, radius + 12.0 + NAME.1 / 2.0),
                NAME.0,
                NAME.1,
            )),
            LabelPlace::Left => {
                areas.push(Area::around(
                    at.moved(-beside, 0.0),
                    SIDE_LABEL_WIDTH,
                    LABEL_HEIGHT,
                ));
            }
            LabelPlace::Right => {
                areas.push(Area::around(
                    at.moved(beside, 0.0),
                    SIDE_LABEL_WIDTH,
                    LABEL_HEIGHT,
                ));
            }
            LabelPlace::Hidden => {}
        }
        areas
    }

    /// Places the cards of clients, each as near as possible to the member that it talks to and
    /// outside the ring if there is room. Every card lies inside the stage.
    pub fn clients(&self, talks_to: &[NodeId]) -> Vec<Point> {
        let mut taken: Vec<Area> = self.members.iter().flat_map(|m| self.areas(m)).collect();
        taken.push(Area {
            left: self.width - CORNER.0,
            bottom: CORNER.1,
            ..self.area()
        });
        let mut cards = Vec::new();
        for id in talks_to {
            let card = self
                .member(*id)
                .map_or(self.centre, |m| self.client(m, &taken));
            taken.push(Area::around(card, CLIENT_CARD.0 + 6.0, CLIENT_CARD.1 + 6.0));
            cards.push(card);
        }
        cards
    }

    /// The cheapest place for a card: free, near, and on the outer side of its member.
    fn client(&self, member: &MemberPlace, taken: &[Area]) -> Point {
        let half = (CLIENT_CARD.0 / 2.0 + 4.0, CLIENT_CARD.1 / 2.0 + 4.0);
        let outwards = (member.at.y - self.centre.y).atan2(member.at.x - self.centre.x);
        let mut best = (f64::INFINITY, member.at);
        for distance in [0.0, 14.0, 30.0, 50.0, 75.0, 105.0] {
            for turn in [
                0.0, 0.3, -0.3, 0.6, -0.6, 0.9, -0.9, 1.3, -1.3, 1.8, -1.8, 2.4, -2.4, PI,
            ] {
                let angle: f64 = outwards + turn;
                let reach = (
                    self.rim() + 12.0 + half.0 + distance,
                    self.rim() + 10.0 + half.1 + distance,
                );
                let wanted = member
                    .at
                    .moved(reach.0 * angle.cos(), reach.1 * angle.sin());
                let at = Point::new(
                    wanted.x.clamp(half.0, (self.width - half.0).max(half.0)),
                    wanted.y.clamp(half.1, (self.height - half.1).max(half.1)),
                );
                let card = Area::around(at, CLIENT_CARD.0, CLIENT_CARD.1);
                let covered: f64 = taken.iter().map(|area| area.overlap(&card)).sum();
                let far = distance + 2.0 * wanted.distance(at) + 45.0 * f64::abs(turn);
                let cost = 10.0 * covered + far;
                if cost < best.0 {
                    best = (cost, at);
                }
            }
        }
        best.1
    }
}

/// How an arrangement treats its labels.
#[derive(Clone, Copy)]
enum Labels {
    Below,
    Beside,
    Name,
    None,
}

impl Labels {
    fn place(self, angle: f64) -> LabelPlace {
        match self {
            Labels::Below => LabelPlace::Below,
            Labels::Name => LabelPlace::Name,
            Labels::None => LabelPlace::Hidden,
            Labels::Beside if angle.cos().abs() < 0.2 => LabelPlace::Below,
            Labels::Beside if angle.cos() < 0.0 => LabelPlace::Left,
            Labels::Beside => LabelPlace::Right,
        }
    }
}

/// The angle of the `i`-th of `count` members: clockwise from the top, two side by side.
pub fn ring_angle(i: usize, count: usize) -> f64 {
    let start = if count == 2 { PI } else { -FRAC_PI_2 };
    start + TAU * i as f64 / count.max(1) as f64
}

/// The part of a timer's circle that has run, from 0 to 1.
pub fn timer_fraction(started: u64, now: u64, scale: u64) -> f64 {
    (now.saturating_sub(started) as f64 / scale.max(1) as f64).min(1.0)
}

/// Where a message is at `now`, from 0 (just sent) to 1 (arriving).
pub fn flight_fraction(sent: u64, arrives: u64, now: u64) -> f64 {
    if arrives <= sent {
        return 1.0;
    }
    (now.saturating_sub(sent) as f64 / (arrives - sent) as f64).clamp(0.0, 1.0)
}

/// The way of a message between two actors: from rim to rim, a little to the right of the link so
/// that messages in opposite directions do not meet. `from_rim` and `to_rim` are the distances
/// from the actors' centres at which their surroundings end; a card of the size `card` stays
/// outside them for the most part.
pub fn lane(
    (from, from_rim): (Point, f64),
    (to, to_rim): (Point, f64),
    card: (f64, f64),
) -> (Point, Point) {
    const ASIDE: f64 = 7.0;
    let length = from.distance(to);
    if length < 1e-9 {
        return (from, to);
    }
    let (x, y) = ((to.x - from.x) / length, (to.y - from.y) / length);
    let clear = (card.0 / 2.0 / x.abs().max(1e-9)).min(card.1 / 2.0 / y.abs().max(1e-9)) * 0.8;
    let (from_rim, to_rim) = (from_rim + clear, to_rim + clear);
    let shrink = (length * 0.6 / (from_rim + to_rim)).clamp(0.0, 1.0);
    let aside = |p: Point| p.moved(-y * ASIDE, x * ASIDE);
    (
        aside(from.moved(x * from_rim * shrink, y * from_rim * shrink)),
        aside(to.moved(-x * to_rim * shrink, -y * to_rim * shrink)),
    )
}

/// The `d` of an arc around the origin: clockwise from twelve o'clock, `fraction` of the circle.
pub fn arc(radius: f64, fraction: f64) -> String {
    if fraction <= 0.0 {
        return String::from("M0 0");
    }
    // A full circle has no direction: it ends a hair before its start.
    let fraction = fraction.min(0.9999);
    let angle = TAU * fraction - FRAC_PI_2;
    let r = tenths(radius);
    let (x, y) = (tenths(radius * angle.cos()), tenths(radius * angle.sin()));
    let large = u8::from(fraction > 0.5);
    format!("M0 -{r}A{r} {r} 0 {large} 1 {x} {y}")
}

/// The `transform` that moves the origin to a point.
pub fn translate(at: Point) -> String {
    format!("translate({} {})", tenths(at.x), tenths(at.y))
}

/// A number with one decimal. (The standard library's formatting of floats would add ten
/// kilobytes to the page for nothing.)
pub fn tenths(value: f64) -> String {
    let rounded = (value * 10.0).round() as i64;
    let sign = if rounded < 0 { "-" } else { "" };
    let (whole, tenth) = (rounded.unsigned_abs() / 10, rounded.unsigned_abs() % 10);
    match tenth {
        0 => format!("{sign}{whole}"),
        _ => format!("{sign}{whole}.{tenth}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ids(count: usize) -> Vec<NodeId> {
        (1..=count as u64).map(NodeId).collect()
    }

    /// The stage at the four sizes of the design.
    const STAGES: [(f64, f64); 5] = [
        (1096.0, 420.0),
        (760.0, 380.0),
        (1024.0, 330.0),
        (390.0, 560.0),
        (800.0, 350.0),
    ];

    #[test]
    fn one_to_nine_members_are_legible_at_every_size() {
        for (width, height) in STAGES {
            for count in 1..=9 {
                let layout = StageLayout::new(&ids(count), width, height);
                assert!(
                    layout.is_legible() && layout.radius >= 18.0,
                    "{count} members on {width}×{height}: radius {}",
                    layout.radius
                );
            }
        }
    }

    #[test]
    fn up_to_25_circles_stay_apart() {
        for (width, height) in STAGES {
            for count in 10..=25 {
                let layout = StageLayout::new(&ids(count), width, height);
                for (i, a) in layout.members.iter().enumerate() {
                    for b in &layout.members[i + 1..] {
                        let least = 2.0 * layout.radius;
                        assert!(a.at.distance(b.at) >= least, "{count} on {width}×{height}");
                    }
                }
            }
        }
    }

    #[test]
    fn five_members_at_the_size_of_the_mock_have_labels_below_and_full_size() {
        let layout = StageLayout::new(&ids(5), 1096.0, 420.0);
        assert!(layout.radius >= 30.0);
        assert!(layout.members.iter().all(|m| m.label == LabelPlace::Below));
    }

    #[test]
    fn the_first_member_is_on_top_and_the_others_follow_clockwise() {
        let layout = StageLayout::new(&ids(4), 800.0, 500.0);
        let at: Vec<Point> = layout.members.iter().map(|m| m.at).collect();
        assert!(at[0].y < at[1].y && at[1].y < at[2].y);
        assert!(at[1].x > at[0].x && at[3].x < at[0].x);
    }

    #[test]
    fn a_single_member_stands_in_the_middle() {
        let layout = StageLayout::new(&ids(1), 800.0, 400.0);
        assert_eq!(layout.members[0].at.x, 400.0);
        assert!((layout.members[0].at.y - 200.0).abs() < 30.0);
    }

    #[test]
    fn cards_of_clients_stay_on_the_stage_and_off_the_members() {
        for (width, height) in STAGES {
            for count in 1..=9 {
                let layout = StageLayout::new(&ids(count), width, height);
                let cards = layout.clients(&[NodeId(1), NodeId(count as u64)]);
                for card in cards {
                    let area = Area::around(card, CLIENT_CARD.0, CLIENT_CARD.1);
                    assert!(layout.area().contains(&area), "{count} on {width}×{height}");
                    for place in &layout.members {
                        let circle = Area::around(place.at, 20.0, 20.0);
                        assert_eq!(area.overlap(&circle), 0.0, "{count} on {width}×{height}");
                    }
                }
            }
        }
    }

    #[test]
    fn a_timer_fills_its_circle_at_the_longest_timeout() {
        assert_eq!(timer_fraction(100, 100, 300), 0.0);
        assert_eq!(timer_fraction(100, 250, 300), 0.5);
        assert_eq!(timer_fraction(100, 400, 300), 1.0);
        assert_eq!(timer_fraction(100, 900, 300), 1.0);
        assert_eq!(timer_fraction(400, 100, 300), 0.0);
    }

    #[test]
    fn a_message_is_between_its_ends_at_any_time() {
        assert_eq!(flight_fraction(10, 20, 5), 0.0);
        assert_eq!(flight_fraction(10, 20, 15), 0.5);
        assert_eq!(flight_fraction(10, 20, 25), 1.0);
        assert_eq!(flight_fraction(10, 10, 10), 1.0);
    }

    #[test]
    fn a_card_starts_and_ends_outside_of_the_members() {
        let (a, b) = (Point::new(0.0, 0.0), Point::new(400.0, 0.0));
        let (start, end) = lane((a, 40.0), (b, 40.0), (60.0, 18.0));
        assert_eq!((start.x, end.x), (64.0, 336.0));
        let near = lane((a, 40.0), (Point::new(50.0, 0.0), 40.0), (60.0, 18.0));
        assert!(near.0.x < near.1.x, "a short way still goes forwards");
    }

    #[test]
    fn numbers_have_at_most_one_decimal() {
        let cases = [
            (0.0, "0"),
            (-0.04, "0"),
            (12.34, "12.3"),
            (-12.36, "-12.4"),
            (7.0, "7"),
        ];
        for (value, text) in cases {
            assert_eq!(tenths(value), text);
        }
    }

    #[test]
    fn an_arc_starts_at_twelve_and_goes_clockwise() {
        assert_eq!(arc(10.0, 0.0), "M0 0");
        assert_eq!(arc(10.0, 0.25), "M0 -10A10 10 0 0 1 10 0");
        assert_eq!(arc(10.0, 0.75), "M0 -10A10 10 0 1 1 -10 0");
        assert_eq!(arc(10.0, 1.0), "M0 -10A10 10 0 1 1 0 -10");
    }

    #[test]
    fn opposite_lanes_do_not_meet() {
        let (a, b) = (Point::new(0.0, 0.0), Point::new(100.0, 0.0));
        let there = lane((a, 20.0), (b, 20.0), (0.0, 0.0));
        let back = lane((b, 20.0), (a, 20.0), (0.0, 0.0));
        assert_eq!(there.0, Point::new(20.0, 7.0));
        assert_eq!(there.1, Point::new(80.0, 7.0));
        assert_eq!(back.0, Point::new(80.0, -7.0));
    }
}
