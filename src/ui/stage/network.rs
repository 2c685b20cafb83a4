//! The links between the members, what is wrong with them, and the walls of a cut.

use super::places::{CUT_AT, Places, actor};
use crate::raft::NodeId;
use crate::ui::dom::{classes, html};
use crate::ui::drawn::Part;
use crate::ui::message::Message;
use crate::ui::slices::Shared;
use crate::ui::words;
use crate::view::deeds::Target;
use crate::view::geometry::{Point, tenths, translate, wave};
use crate::view::wall::{self, Wall, polyline};
use crate::view::{ActorView, LinkView, client_name};
use crate::words::{key, say};
use yew::prelude::*;

/// With more links than these that are not as usual, what is wrong is not written at each.
const WRITTEN: usize = 8;

/// The letter of a member's side, while the network is cut.
pub fn side_of(groups: &[Vec<NodeId>], id: NodeId) -> Option<char> {
    if groups.len() < 2 {
        return None;
    }
    let side = groups.iter().position(|group| group.contains(&id))?;
    Some(char::from(b'A' + side as u8))
}

/// All links.
#[derive(PartialEq)]
pub struct Links {
    /// Where everything stands.
    pub places: Shared<Places>,
    /// The link that is selected.
    pub selected: Option<Target>,
    /// The link under the pointer.
    pub hover: Option<Target>,
}

impl Part for Links {
    fn view(&self) -> Html {
        let places = &self.places;
        let members = &places.layout.members;
        let lines = members.iter().enumerate().flat_map(|(i, a)| {
            members[i + 1..].iter().map(move |b| {
                let cut = wall::separates(&places.walled, a.id, b.id);
                line(if cut { "link cut" } else { "link" }, a.at, b.at)
            })
        });
        let walled = |link: &&LinkView| match (link.from, link.to) {
            (ActorView::Member(a), ActorView::Member(b)) => wall::separates(&places.walled, a, b),
            _ => false,
        };
        let wrong: Vec<&LinkView> = places.links.iter().filter(|link| !walled(link)).collect();
        let written = wrong.len() <= WRITTEN;
        html! {
            <g class="links">
                {for lines}
                {self.mark("link hover", self.hover)}
                {self.mark("link selected", self.selected)}
                {for wrong.iter().filter_map(|link| trouble(places, link, written))}
            </g>
        }
    }
}

fn line(class: &'static str, from: Point, to: Point) -> Html {
    html! {
        <line {class} x1={tenths(from.x)} y1={tenths(from.y)} x2={tenths(to.x)} y2={tenths(to.y)} />
    }
}

impl Links {
    /// A line along a link that the pointer is at or that is selected.
    fn mark(&self, class: &'static str, target: Option<Target>) -> Option<Html> {
        let Some(Target::Link(from, to)) = target else {
            return None;
        };
        let from = self.places.actor(actor(from))?.0;
        Some(line(class, from, self.places.actor(actor(to))?.0))
    }
}

/// What is wrong with a link, drawn on the lane on which its messages fly: dashes and a cross for a cut, a
/// wave for a delay, dots for losses, two lines for copies, bars at the end for a hold.
fn trouble(places: &Places, link: &LinkView, written: bool) -> Option<Html> {
    let (start, end) = places.lane(link.from, link.to, (0.0, 0.0))?;
    let length = start.distance(end).max(1.0);
    let (x, y) = ((end.x - start.x) / length, (end.y - start.y) / length);
    let path = match link.delay_us {
        Some(_) => wave(start, end),
        None => polyline(&[start, end]),
    };
    let across = |at: Point, reach: f64| {
        polyline(&[
            at.moved(-y * reach, x * reach),
            at.moved(y * reach, -x * reach),
        ])
    };
    let held = |back: f64| across(end.moved(-x * back, -y * back), 7.0);
    let head = polyline(&[
        end.moved(-x * 8.0 - y * 4.0, -y * 8.0 + x * 4.0),
        end,
        end.moved(-x * 8.0 + y * 4.0, -y * 8.0 - x * 4.0),
    ]);
    let middle = start.towards(end, CUT_AT);
    let class = classes!(
        "trouble",
        link.cut.then_some("cut"),
        (link.loss_ppm > 0).then_some("lossy"),
    );
    let name = |actor: ActorView| match actor {
        ActorView::Member(id) => words::member(id),
        ActorView::Client(id) => client_name(id),
    };
    let label = format!("{} → {}: {}", name(link.from), name(link.to), link.label);
    let only_cut = link.cut && link.label == say(key!("state.cut"));
    Some(html! {
        <g {class} role="img" aria-label={label} data-link={format!("{}-{}", name(link.from), name(link.to))}>
            <path class="lane" d={path.clone()} />
            <path d={head} />
            if link.duplicate_ppm > 0 {
                <path class="lane" d={path} transform={translate(Point::new(-y * 4.0, x * 4.0))} />
            }
            if link.held { <path d={held(3.0)} /><path d={held(8.0)} /> }
            if link.cut {
                <path class="cross" d="M-5 -5L5 5M5 -5L-5 5" transform={translate(middle)} />
            }
            if written && !only_cut {
                <text x={tenths(middle.x - y * 12.0)} y={tenths(middle.y + x * 12.0 + 3.0)}>{link.label.clone()}</text>
            }
        </g>
    })
}

/// The width of a letter of the label, in pixels.
const LETTER: f64 = 5.8;

/// The walls of the cut. Each can be dragged elsewhere, and is a button that heals.
#[derive(PartialEq)]
pub struct Walls {
    /// Where everything stands.
    pub places: Shared<Places>,
    /// The pointer went down on a wall.
    pub grab: Callback<(usize, PointerEvent)>,
    /// Where messages go.
    pub send: Callback<Message>,
}

impl Part for Walls {
    fn view(&self) -> Html {
        let walls = self.places.walls.iter().enumerate().map(|(i, wall)| {
            let by_key = {
                let (send, behind) = (self.send.clone(), wall.behind.clone());
                Callback::from(move |event: KeyboardEvent| {
                    if matches!(event.key().as_str(), "Enter" | " ") {
                        event.prevent_default();
                        send.emit(Message::MoveWall(behind.clone(), Vec::new()));
                    }
                })
            };
            let grab = self.grab.reform(move |event: PointerEvent| (i, event));
            let path = AttrValue::from(wall.path());
            html! {
                <>
                <g class="wall" role="button" tabindex="0" data-testid="wall" onpointerdown={grab.clone()}
                    onkeydown={by_key} aria-label={words::wall_label(&wall.behind)}>
                    <path class="wall-hit" d={path.clone()} />
                    <path class="wall-glow" d={path.clone()} />
                    <path class="wall-line" d={path} />
                </g>
                if i == 0 { {self.label(wall, grab)} }
                </>
            }
        });
        html! { <g class="walls">{for walls}</g> }
    }
}

impl Walls {
    /// What a drag and a click do, beside the wall's end.
    fn label(&self, wall: &Wall, onpointerdown: Callback<PointerEvent>) -> Html {
        let words = say(key!("wall.label"));
        let size = (words.chars().count() as f64 * LETTER, 18.0);
        let Places {
            layout, clients, ..
        } = &*self.places;
        let Point { x, y } = layout.label_beside(&wall.points, size, clients);
        html! {
            <text class="wall-text" aria-hidden="true" {onpointerdown} x={tenths(x)} y={tenths(y + 4.0)}
                text-anchor="middle">{words}</text>
        }
    }
}
