//! The links between the members, and the walls of a cut.

use crate::raft::NodeId;
use crate::ui::drawn::Part;
use crate::ui::message::{Message, Place};
use crate::ui::parts::click;
use crate::ui::slices::Shared;
use crate::ui::words;
use crate::view::geometry::{Point, StageLayout, tenths};
use crate::view::wall::Wall;
use std::rc::Rc;
use yew::prelude::*;

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
    /// Where the members stand.
    pub layout: Rc<StageLayout>,
    /// The sides of the network.
    pub groups: Shared<Vec<Vec<NodeId>>>,
}

impl Part for Links {
    fn view(&self) -> Html {
        let members = &self.layout.members;
        let lines = members.iter().enumerate().flat_map(|(i, a)| {
            members[i + 1..].iter().map(move |b| {
                let cut = side_of(&self.groups, a.id) != side_of(&self.groups, b.id);
                html! {
                    <line class={if cut { "link cut" } else { "link" }} x1={tenths(a.at.x)}
                        y1={tenths(a.at.y)} x2={tenths(b.at.x)} y2={tenths(b.at.y)} />
                }
            })
        });
        html! { <g class="links">{for lines}</g> }
    }
}

/// The walls of the cut. Each is a button that heals.
#[derive(PartialEq)]
pub struct Walls {
    /// The walls.
    pub walls: Rc<Vec<Wall>>,
    /// The stage's size.
    pub size: (f64, f64),
    /// Where messages go.
    pub send: Callback<Message>,
}

impl Part for Walls {
    fn view(&self) -> Html {
        let walls = self.walls.iter().enumerate().map(|(i, wall)| {
            let by_key = {
                let send = self.send.clone();
                Callback::from(move |event: KeyboardEvent| {
                    if matches!(event.key().as_str(), "Enter" | " ") {
                        event.prevent_default();
                        send.emit(Message::Heal(Place::Stage));
                    }
                })
            };
            let path = AttrValue::from(wall.path());
            html! {
                <g class="wall" role="button" tabindex="0" data-testid="wall"
                    onclick={click(&self.send, Message::Heal(Place::Stage))} onkeydown={by_key}
                    aria-label={words::wall_label(&wall.behind)}>
                    <path class="wall-hit" d={path.clone()} />
                    <path class="wall-glow" d={path.clone()} />
                    <path class="wall-line" d={path} />
                    if i == 0 { {self.label(wall.points.last())} }
                </g>
            }
        });
        html! { <g class="walls">{for walls}</g> }
    }
}

impl Walls {
    /// What a click does, beside the wall's end.
    fn label(&self, end: Option<&Point>) -> Html {
        let (width, height) = self.size;
        let end = end.copied().unwrap_or_default();
        // Below the end, clear of the wall itself.
        let (x, anchor) = match end.x > width / 2.0 {
            true => ((end.x + 60.0).min(width - 6.0), "end"),
            false => ((end.x - 60.0).max(6.0), "start"),
        };
        let y = (end.y + 18.0).clamp(60.0, (height - 8.0).max(60.0));
        html! {
            <text x={tenths(x)} y={tenths(y)} text-anchor={anchor}>{words::WALL_LABEL}</text>
        }
    }
}
