//! What the pointer does on the stage: strokes that cut, walls that are dragged, clicks on links.

use super::places::Places;
use crate::raft::NodeId;
use crate::ui::dom::html;
use crate::ui::message::Message;
use crate::ui::words;
use crate::view::geometry::{Point, tenths};
use crate::view::wall::{self, polyline};
use yew::prelude::*;

/// A pointer that has moved less than this has clicked, in CSS pixels.
const CLICK: f64 = 8.0;
/// How near a link a click has to be: with a mouse, and with a finger.
const REACH: (f64, f64) = (10.0, 22.0);

/// A gesture that is going on.
pub enum Gesture {
    /// A stroke across the ring.
    Stroke(Vec<Point>),
    /// A wall is dragged from one point to another.
    Wall(usize, Point, Point),
}

/// The larger and the smaller side of a stroke.
fn sides(places: &Places, stroke: &[Point]) -> Option<(Vec<NodeId>, Vec<NodeId>)> {
    let (near, far) = wall::sides(&places.layout, stroke)?;
    Some(if far.len() <= near.len() {
        (near, far)
    } else {
        (far, near)
    })
}

/// How near a link the pointer has to be.
pub fn reach(event: &PointerEvent) -> f64 {
    match event.pointer_type().as_str() {
        "mouse" | "pen" => REACH.0,
        _ => REACH.1,
    }
}

impl Gesture {
    /// The pointer is somewhere else now. Whether that is worth drawing.
    pub fn follow(&mut self, at: Point) -> bool {
        match self {
            Gesture::Stroke(stroke) => {
                let far = stroke.last().is_none_or(|last| last.distance(at) > 3.0);
                if far {
                    stroke.push(at);
                }
                far
            }
            Gesture::Wall(_, _, to) => {
                *to = at;
                true
            }
        }
    }

    /// The line that it draws.
    fn line(&self, places: &Places) -> Vec<Point> {
        match self {
            Gesture::Stroke(stroke) => stroke.clone(),
            Gesture::Wall(wall, from, to) => match places.walls.get(*wall) {
                Some(wall) => wall::dragged(&wall.points, *from, *to),
                None => Vec::new(),
            },
        }
    }

    /// The members that a dragged wall would stand around: the side that has more of those that it stands
    /// around now.
    fn behind(places: &Places, run: &[NodeId], line: &[Point]) -> Option<Vec<NodeId>> {
        let (near, far) = wall::sides(&places.layout, line)?;
        let kept = |side: &[NodeId]| run.iter().filter(|id| side.contains(id)).count();
        let (a, b) = (kept(&near), kept(&far));
        let smaller = if near.len() < far.len() { &near } else { &far };
        Some(match a.cmp(&b) {
            std::cmp::Ordering::Greater => near,
            std::cmp::Ordering::Less => far,
            std::cmp::Ordering::Equal => smaller.clone(),
        })
    }

    /// What it asks for when the pointer goes up. `reach` is how near a link a click has to be.
    pub fn end(self, places: &Places, reach: f64) -> Option<Message> {
        match &self {
            Gesture::Stroke(stroke) => {
                let (first, last) = (*stroke.first()?, *stroke.last()?);
                if let Some((_, cut_off)) = sides(places, stroke) {
                    return Some(Message::CutOff(cut_off));
                }
                if first.distance(last) > CLICK {
                    return None;
                }
                let link = places.link_at(first, reach);
                Some(link.map_or(Message::CloseBar, |link| Message::Look(link, false)))
            }
            Gesture::Wall(place, from, to) => {
                let run = places.walls.get(*place)?.behind.clone();
                if from.distance(*to) < CLICK {
                    return Some(Message::MoveWall(run, Vec::new()));
                }
                let behind = Gesture::behind(places, &run, &self.line(places))?;
                (behind != run).then_some(Message::MoveWall(run, behind))
            }
        }
    }

    /// Draws it, with the sizes of the two sides.
    pub fn view(&self, places: &Places) -> Html {
        let line = self.line(places);
        let sizes = match self {
            Gesture::Stroke(_) => sides(places, &line).map(|(a, b)| (a.len(), b.len())),
            Gesture::Wall(place, ..) => places.walls.get(*place).and_then(|wall| {
                let behind = Gesture::behind(places, &wall.behind, &line)?.len();
                Some((places.layout.members.len() - behind, behind))
            }),
        };
        let (Some((larger, smaller)), Some(end)) = (sizes, line.last()) else {
            return html! { <g class="stroke"></g> };
        };
        let layout = &places.layout;
        let x = (end.x + 12.0).clamp(10.0, (layout.width - 50.0).max(10.0));
        let y = (end.y - 8.0).clamp(16.0, (layout.height - 10.0).max(16.0));
        html! {
            <g class="stroke">
                <path d={polyline(&line)} />
                <text x={tenths(x)} y={tenths(y)}>{words::stroke_sides(larger, smaller)}</text>
            </g>
        }
    }
}
