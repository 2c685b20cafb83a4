//! The stage: the members on a ring, the clients outside it, and everything that flies between.
//!
//! Places come from [`crate::view::geometry`] and [`crate::view::wall`], facts from the frame; the
//! components here only draw. Units are CSS pixels: the picture has the size of its element.

mod client;
mod cut_panel;
mod flight;
mod member;
mod stroke;

use super::model::{Message, Panel, Place};
use super::slices::{Shared, SharedList};
use super::web::SizeWatch;
use super::words;
use crate::raft::NodeId;
use crate::view::geometry::{Point, StageLayout};
use crate::view::wall::{self, Wall};
use crate::view::{ActorView, ClientView, FlightView, LossView, MemberView, Vitals};
use client::ClientCard;
pub use client::outcome_name;
use cut_panel::CutPanel;
use flight::{Flight, Loss};
use member::MemberMark;
use std::rc::Rc;
use stroke::StrokeLayer;
use web_sys::Element;
use yew::prelude::*;

/// What the stage shows.
#[derive(Properties, PartialEq)]
pub struct StageProps {
    /// For the accessible name.
    pub vitals: Shared<Vitals>,
    /// The ids of the members.
    pub ids: Shared<Vec<NodeId>>,
    /// The members.
    pub members: SharedList<MemberView>,
    /// The sides of the network.
    pub groups: Shared<Vec<Vec<NodeId>>>,
    /// Messages on their way.
    pub flights: SharedList<FlightView>,
    /// Messages lost a short time ago.
    pub losses: SharedList<LossView>,
    /// The clients.
    pub clients: SharedList<ClientView>,
    /// The selected member.
    pub selected: NodeId,
    /// The panel that is open.
    pub panel: Option<Panel>,
    /// Side B of the cut that is being prepared.
    pub side_b: Shared<Vec<NodeId>>,
    /// An error to show over the stage.
    pub notice: Option<String>,
    /// An error to show in the cut panel.
    pub cut_notice: Option<String>,
    /// Where messages go.
    pub send: Callback<Message>,
}

/// Renders the stage.
#[function_component]
pub fn Stage(props: &StageProps) -> Html {
    let node = use_node_ref();
    let size = use_state(|| (0.0, 0.0));
    {
        let size = size.clone();
        use_effect_with(node.clone(), move |node| {
            let element = node.cast::<Element>();
            let watch = element.map(|element| {
                SizeWatch::new(element, move |width, height| size.set((width, height)))
            });
            move || drop(watch)
        });
    }
    let measured = size.0 > 0.0 && size.1 > 0.0;
    let cut = props.groups.len() > 1;
    html! {
        <div class="stage" ref={node}>
            <svg width="100%" height="100%" role="group"
                aria-label={words::stage_label(&props.vitals, &props.groups)} data-testid="stage">
                if measured {
                    <Scene size={*size} ids={props.ids.clone()} members={props.members.clone()}
                        groups={props.groups.clone()} flights={props.flights.clone()}
                        losses={props.losses.clone()} clients={props.clients.clone()}
                        selected={props.selected} send={props.send.clone()} />
                }
            </svg>
            <div class="stagebar">
                if props.ids.len() > 1 {
                    <button type="button" class="btn" id="cut"
                        aria-expanded={(props.panel == Some(Panel::Cut)).to_string()}
                        onclick={props.send.reform(|_| Message::TogglePanel(Panel::Cut))}>
                        <svg width="14" height="14" viewBox="0 0 14 14" aria-hidden="true">
                            <path d="M9 1 5 13M1 7h3M10 7h3" stroke="currentColor" stroke-width="1.5" fill="none" />
                        </svg>
                        {words::CUT}
                    </button>
                }
                if cut {
                    <button type="button" class="btn" onclick={props.send.reform(|_| Message::Heal(Place::Stage))}>
                        {words::HEAL}
                    </button>
                }
            </div>
            if props.panel == Some(Panel::Cut) {
                <CutPanel ids={props.ids.clone()} side_b={props.side_b.clone()} {cut}
                    notice={props.cut_notice.clone()} send={props.send.clone()} />
            }
            <p class="stage-notice error" role="alert">{props.notice.clone()}</p>
        </div>
    }
}

#[derive(Properties, PartialEq)]
struct SceneProps {
    size: (f64, f64),
    ids: Shared<Vec<NodeId>>,
    members: SharedList<MemberView>,
    groups: Shared<Vec<Vec<NodeId>>>,
    flights: SharedList<FlightView>,
    losses: SharedList<LossView>,
    clients: SharedList<ClientView>,
    selected: NodeId,
    send: Callback<Message>,
}

/// Where everything stands; made anew only when members, clients, sides or the size change.
#[derive(PartialEq)]
struct Places {
    layout: Rc<StageLayout>,
    clients: Vec<Point>,
    walls: Vec<Wall>,
}

impl Places {
    /// The centre of an actor, and how far its surroundings reach.
    fn actor(&self, actor: ActorView, clients: &[Shared<ClientView>]) -> Option<(Point, f64)> {
        match actor {
            ActorView::Member(id) => {
                let place = self.layout.member(id)?;
                Some((place.at, self.layout.rim()))
            }
            ActorView::Client(id) => {
                let i = clients.iter().position(|client| client.id == id)?;
                Some((*self.clients.get(i)?, client::CARD_RIM))
            }
        }
    }
}

#[function_component]
fn Scene(props: &SceneProps) -> Html {
    let talks_to: Vec<NodeId> = props.clients.iter().map(|client| client.member).collect();
    let layout = use_memo((props.ids.clone(), props.size), |(ids, size)| {
        StageLayout::new(ids, size.0, size.1)
    });
    let places = use_memo(
        (layout.clone(), talks_to, props.groups.clone()),
        |(layout, talks_to, groups)| Places {
            layout: layout.clone(),
            clients: layout.clients(talks_to),
            walls: wall::walls(layout, groups),
        },
    );
    let members = props.members.iter().filter_map(|member| {
        let place = *layout.member(member.id)?;
        let side = side_of(&props.groups, member.id);
        let selected = props.selected == member.id;
        Some(html! {
            <MemberMark key={member.id.0} member={member.clone()} {place} radius={layout.radius}
                {selected} {side} send={props.send.clone()} />
        })
    });
    let clients = props.clients.iter().zip(&places.clients).filter_map(|(client, at)| {
        let member = layout.member(client.member)?.at;
        Some(html! { <ClientCard key={client.id.0} client={client.clone()} at={*at} {member} /> })
    });
    let way = |flight: &FlightView| {
        let (from, from_rim) = places.actor(flight.from, &props.clients)?;
        let (to, to_rim) = places.actor(flight.to, &props.clients)?;
        let (start, end) = crate::view::geometry::lane(from, to, from_rim, to_rim);
        let stop = match (flight.from, flight.to) {
            (ActorView::Member(a), ActorView::Member(b))
                if side_of(&props.groups, a) != side_of(&props.groups, b) =>
            {
                wall::meets_wall(&places.walls, start, end).unwrap_or(1.0)
            }
            _ => 1.0,
        };
        Some((start, end, stop))
    };
    let flights = props.flights.iter().filter_map(|flight| {
        let (start, end, stop) = way(flight)?;
        Some(html! { <Flight key={flight.id.0} flight={flight.clone()} {start} {end} {stop} /> })
    });
    let losses = props.losses.iter().filter_map(|loss| {
        let (start, end, stop) = way(&loss.flight)?;
        Some(html! { <Loss key={loss.flight.id.0} loss={loss.clone()} {start} {end} {stop} /> })
    });
    html! {
        <>
            <StrokeLayer layout={layout.clone()} send={props.send.clone()} />
            <Links layout={layout.clone()} groups={props.groups.clone()} />
            <Walls places={places.clone()} send={props.send.clone()} />
            <g>{for members}</g>
            <g>{for clients}</g>
            <g>{for losses}</g>
            <g>{for flights}</g>
        </>
    }
}

/// The letter of a member's side, while the network is cut.
fn side_of(groups: &[Vec<NodeId>], id: NodeId) -> Option<char> {
    if groups.len() < 2 {
        return None;
    }
    let side = groups.iter().position(|group| group.contains(&id))?;
    Some(char::from(b'A' + side as u8))
}

#[derive(Properties, PartialEq)]
struct LinksProps {
    layout: Rc<StageLayout>,
    groups: Shared<Vec<Vec<NodeId>>>,
}

#[function_component]
fn Links(props: &LinksProps) -> Html {
    let members = &props.layout.members;
    let lines = members.iter().enumerate().flat_map(|(i, a)| {
        members[i + 1..].iter().map(move |b| {
            let cut = side_of(&props.groups, a.id) != side_of(&props.groups, b.id);
            html! {
                <line class={if cut { "link cut" } else { "link" }} x1={px(a.at.x)} y1={px(a.at.y)}
                    x2={px(b.at.x)} y2={px(b.at.y)} />
            }
        })
    });
    html! { <g class="links">{for lines}</g> }
}

#[derive(Properties, PartialEq)]
struct WallsProps {
    places: Rc<Places>,
    send: Callback<Message>,
}

/// The walls of the cut. Each is a button that heals.
#[function_component]
fn Walls(props: &WallsProps) -> Html {
    let heal = || {
        props
            .send
            .reform(|_: MouseEvent| Message::Heal(Place::Stage))
    };
    let by_key = || {
        let send = props.send.clone();
        Callback::from(move |event: KeyboardEvent| {
            if matches!(event.key().as_str(), "Enter" | " ") {
                event.prevent_default();
                send.emit(Message::Heal(Place::Stage));
            }
        })
    };
    let walls = props.places.walls.iter().enumerate().map(|(i, wall)| {
        let path = wall.path();
        let end = wall.points.last().copied().unwrap_or_default();
        let (x, anchor) = label_place(end, props.places.layout.width);
        let y = end.y.clamp(60.0, props.places.layout.height - 8.0);
        html! {
            <g class="wall" role="button" tabindex="0" data-testid="wall" onclick={heal()}
                onkeydown={by_key()} aria-label={words::wall_label(&wall.behind)}>
                <path class="wall-hit" d={path.clone()} />
                <path class="wall-glow" d={path.clone()} />
                <path class="wall-line" d={path} />
                if i == 0 {
                    <text x={px(x)} y={px(y)} text-anchor={anchor}>{words::WALL_LABEL}</text>
                }
            </g>
        }
    });
    html! { <g class="walls">{for walls}</g> }
}

fn label_place(end: Point, width: f64) -> (f64, &'static str) {
    if end.x > width - 130.0 {
        (end.x - 8.0, "end")
    } else {
        (end.x + 8.0, "start")
    }
}

/// A coordinate with a tenth of a pixel.
fn px(value: f64) -> String {
    format!("{value:.1}")
}

fn translate(at: Point) -> String {
    format!("translate({:.1} {:.1})", at.x, at.y)
}
