//! The places of members, clients and what belongs to them.

use super::{Area, Point, ring_angle};
use crate::raft::NodeId;
use std::f64::consts::{PI, TAU};

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
pub const CLIENT_CARD: (f64, f64) = (112.0, 46.0);
/// The radius of a member's circle where there is no room for more.
const SMALLEST: f64 = 8.0;
/// The controls in the stage's upper corners, with the one that heals: no member and no client's card goes there.
const CORNER: (f64, f64) = (240.0, 50.0);

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
        let bare = |radius| StageLayout::arrange(ids, width, height, radius, Labels::None);
        let mut small = [18.0, 16.0, 14.0, 12.0, 10.0].into_iter().map(bare);
        let mut layout = small
            .find(StageLayout::is_legible)
            .unwrap_or_else(|| bare(SMALLEST));
        layout.name_where_there_is_room();
        layout
    }

    /// Gives a name to every member around which it fits.
    fn name_where_there_is_room(&mut self) {
        for i in 0..self.members.len() {
            self.members[i].label = LabelPlace::Name;
            if !self.is_legible() {
                self.members[i].label = LabelPlace::Hidden;
            }
        }
    }

    /// The place of a member.
    pub fn member(&self, id: NodeId) -> Option<&MemberPlace> {
        self.members.iter().find(|place| place.id == id)
    }

    /// The radius of the election timer's arc.
    pub fn timer_radius(&self) -> f64 {
        self.radius + (self.radius * 0.3).min(7.0)
    }

    /// How far from its centre a member's surroundings end: messages start and end here.
    pub fn rim(&self) -> f64 {
        self.timer_radius() + self.scale() * 4.0
    }

    /// How large small things at a member are, from 0 to 1: smaller at small members.
    pub fn scale(&self) -> f64 {
        (self.radius / 24.0).clamp(0.4, 1.0)
    }

    /// Below the controls in the corners, if anybody would stand there otherwise.
    fn arrange(ids: &[NodeId], width: f64, height: f64, radius: f64, labels: Labels) -> Self {
        let layout = StageLayout::arrange_below(false, ids, (width, height), radius, labels);
        let covered = layout.members.iter().any(|member| {
            let reach = layout.timer_radius();
            let aside = (member.at.x - width / 2.0).abs() + reach;
            aside > width / 2.0 - CORNER.0 && member.at.y - reach < CORNER.1
        });
        match covered {
            true => StageLayout::arrange_below(true, ids, (width, height), radius, labels),
            false => layout,
        }
    }

    fn arrange_below(
        below_controls: bool,
        ids: &[NodeId],
        (width, height): (f64, f64),
        radius: f64,
        labels: Labels,
    ) -> Self {
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
            .any(|(angle, place)| *place == LabelPlace::Below && Point::at_angle(*angle).y > 0.2);
        let above = radius
            + if below_controls {
                CORNER.1 + 14.0
            } else {
                20.0
            };
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
        let angles = match ids.len() {
            0..=9 => angles,
            count => layout.even_angles(count),
        };
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
            let at = Point::at_angle(*angle);
            top = top.min(at.y);
            bottom = bottom.max(at.y);
            reach = reach.max(at.x.abs());
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

    /// Angles with the same distance along the ring between neighbours: where there are many on a flat
    /// ring, those at its ends would stand closer together than the others.
    fn even_angles(&self, count: usize) -> Vec<f64> {
        const PIECES: usize = 720;
        let point = |piece: usize| self.on_ring(ring_angle(piece, PIECES), 1.0);
        let lengths = (0..PIECES).map(|piece| point(piece).distance(point(piece + 1)));
        let whole: f64 = lengths.clone().sum();
        let (mut angles, mut passed) = (Vec::new(), 0.0);
        for (piece, length) in lengths.enumerate() {
            while angles.len() < count {
                let wanted = whole * angles.len() as f64 / count as f64;
                if wanted >= passed + length {
                    break;
                }
                let next = ring_angle(piece + 1, PIECES) - ring_angle(piece, PIECES);
                angles.push(ring_angle(piece, PIECES) + next * (wanted - passed) / length);
            }
            passed += length;
        }
        // Rounding may have left one at the very end of the ring.
        while angles.len() < count {
            angles.push(ring_angle(angles.len(), count));
        }
        angles
    }

    /// The angle half way between a place on the ring and the one before it. Places are counted on
    /// beyond the last member, once around.
    pub fn angle_before(&self, place: usize) -> f64 {
        let count = self.members.len();
        let angle = |i: usize| self.members[i % count].angle + TAU * (i / count) as f64;
        (angle(place + count - 1) + angle(place + count)) / 2.0 - TAU
    }

    /// The point at an angle of the ring, `scale` times as far out as the members.
    pub fn on_ring(&self, angle: f64, scale: f64) -> Point {
        let at = Point::at_angle(angle);
        let (x, y) = self.axes;
        self.centre.moved(x * scale * at.x, y * scale * at.y)
    }

    /// Whether nothing that belongs to a member overlaps another one or leaves the stage.
    pub(super) fn is_legible(&self) -> bool {
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

    /// The stage as a whole.
    pub(super) fn area(&self) -> Area {
        Area {
            left: 0.0,
            top: 0.0,
            right: self.width,
            bottom: self.height,
        }
    }

    /// What the controls cover.
    fn corners(&self) -> [Area; 2] {
        let stage = self.area();
        let bottom = CORNER.1;
        let (left, right) = (self.width - CORNER.0, CORNER.0);
        let [start, end] = [Area { right, ..stage }, Area { left, ..stage }];
        [Area { bottom, ..start }, Area { bottom, ..end }]
    }

    /// What a member covers: its circle with arc and crown, and its label.
    fn areas(&self, member: &MemberPlace) -> Vec<Area> {
        let (at, radius, scale) = (member.at, self.radius, self.scale());
        let size = 2.0 * (self.timer_radius() + 3.0 * scale);
        let circle = Area::around(at.moved(0.0, -4.0 * scale), size, size + 8.0 * scale);
        let mut areas = vec![circle];
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
        taken.extend(self.corners());
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
        self.beside((member.at, self.rim()), CLIENT_CARD, taken).1
    }

    /// The centre of a box of this size beside something: the actions for a member, a link or a
    /// message. It covers as little as possible of what is taken: members, their labels, and `cards`.
    pub fn box_beside(&self, what: (Point, f64), size: (f64, f64), cards: &[Point]) -> Point {
        self.beside(what, size, &self.taken(cards)).1
    }

    /// The centre of a label of this size beside one end of a line, or where there is room along it.
    /// The line is given as points that are close together; the label is off it too.
    pub fn label_beside(&self, line: &[Point], size: (f64, f64), cards: &[Point]) -> Point {
        let mut taken = self.taken(cards);
        taken.extend(line.iter().map(|point| Area::around(*point, 10.0, 10.0)));
        let ends = [line.first(), line.last()].into_iter().flatten();
        let along = line.iter().step_by(line.len() / 8 + 1);
        let mut best = (f64::INFINITY, self.centre);
        for (tries, point) in ends.chain(along).enumerate() {
            // At an end it covers next to nothing.
            if tries >= 2 && best.0 < 400.0 {
                break;
            }
            let place = self.beside((*point, 0.0), size, &taken);
            if place.0 < best.0 {
                best = place;
            }
        }
        best.1
    }

    /// What a box should not cover.
    pub(super) fn taken(&self, cards: &[Point]) -> Vec<Area> {
        let mut taken: Vec<Area> = self.members.iter().flat_map(|m| self.areas(m)).collect();
        taken.extend(self.corners());
        let cards = cards.iter();
        taken.extend(cards.map(|card| Area::around(*card, CLIENT_CARD.0, CLIENT_CARD.1)));
        taken
    }

    /// The cheapest place beside a point and its surroundings, on the outer side of the ring if
    /// possible, and what it costs.
    fn beside(&self, (near, rim): (Point, f64), size: (f64, f64), taken: &[Area]) -> (f64, Point) {
        let half = (size.0 / 2.0 + 4.0, size.1 / 2.0 + 4.0);
        let far = self.centre.distance(near);
        let outwards = match far > 0.0 {
            true => Point::new(
                (near.x - self.centre.x) / far,
                (near.y - self.centre.y) / far,
            ),
            false => Point::new(1.0, 0.0),
        };
        let mut best = (f64::INFINITY, near);
        for distance in [0.0, 14.0, 30.0, 50.0, 75.0, 105.0] {
            for turn in [
                0.0, 0.3, -0.3, 0.6, -0.6, 0.9, -0.9, 1.3, -1.3, 1.8, -1.8, 2.4, -2.4, PI,
            ] {
                let turned = Point::at_angle(turn);
                let (x, y) = (
                    outwards.x * turned.x - outwards.y * turned.y,
                    outwards.y * turned.x + outwards.x * turned.y,
                );
                let reach = (
                    rim + 12.0 + half.0 + distance,
                    rim + 10.0 + half.1 + distance,
                );
                let wanted = near.moved(reach.0 * x, reach.1 * y);
                let at = Point::new(
                    wanted.x.clamp(half.0, (self.width - half.0).max(half.0)),
                    wanted.y.clamp(half.1, (self.height - half.1).max(half.1)),
                );
                let card = Area::around(at, size.0, size.1);
                let covered: f64 = taken.iter().map(|area| area.overlap(&card)).sum();
                let far = distance + 2.0 * wanted.distance(at) + 45.0 * f64::abs(turn);
                let cost = 10.0 * covered + far;
                if cost < best.0 {
                    best = (cost, at);
                }
            }
        }
        best
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
            Labels::Beside => match Point::at_angle(angle).x {
                x if x.abs() < 0.2 => LabelPlace::Below,
                x if x < 0.0 => LabelPlace::Left,
                _ => LabelPlace::Right,
            },
        }
    }
}
