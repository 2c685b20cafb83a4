//! The stage: the members on a ring, the clients outside it, and everything that flies between.
//!
//! Places come from [`crate::view::geometry`] and [`crate::view::wall`], facts from the frame; the
//! parts here only draw. Units are CSS pixels: the picture has the size of its element.

mod client;
mod cut_panel;
mod flight;
mod member;
mod network;

use super::drawn::{drawn, drawn_as};
use super::message::{Message, Panel, Place};
use super::motion::Way;
use super::parts::{button, click, error};
use super::slices::{Shared, SharedList};
use super::web::SizeWatch;
use super::words;
use crate::raft::NodeId;
use crate::view::geometry::{Point, StageLayout, lane, tenths};
use crate::view::wall::{self, Wall, polyline};
use crate::view::{ActorView, ClientView, FlightView, LossView, MemberView, Vitals};
use client::ClientCard;
pub use client::outcome_name;
use cut_panel::CutPanel;
use flight::{Flight, Loss};
use member::MemberMark;
use network::{Links, Walls, side_of};
use std::rc::Rc;
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

/// What happens to the stage itself.
pub enum Event {
    /// It has this width and height now.
    Size(f64, f64),
    /// The pointer went down on the ground: a stroke may begin.
    Down(PointerEvent),
    /// The pointer moved.
    Move(PointerEvent),
    /// The pointer went up: the stroke cuts.
    Up,
    /// The browser took the pointer away.
    Cancel,
}

/// Where everything stands, and what that depends on.
#[derive(PartialEq)]
struct Places {
    size: (f64, f64),
    ids: Shared<Vec<NodeId>>,
    groups: Shared<Vec<Vec<NodeId>>>,
    talks_to: Vec<NodeId>,
    layout: Rc<StageLayout>,
    clients: Vec<Point>,
    walls: Rc<Vec<Wall>>,
}

impl Places {
    fn new(size: (f64, f64), props: &StageProps) -> Places {
        let talks_to: Vec<NodeId> = props.clients.iter().map(|client| client.member).collect();
        let layout = Rc::new(StageLayout::new(&props.ids, size.0, size.1));
        Places {
            size,
            ids: props.ids.clone(),
            groups: props.groups.clone(),
            clients: layout.clients(&talks_to),
            talks_to,
            walls: Rc::new(wall::walls(&layout, &props.groups)),
            layout,
        }
    }

    fn are_for(&self, size: (f64, f64), props: &StageProps) -> bool {
        let clients = props.clients.iter().map(|client| client.member);
        self.size == size
            && self.ids == props.ids
            && self.groups == props.groups
            && clients.eq(self.talks_to.iter().copied())
    }

    /// The centre of an actor, and how far its surroundings reach.
    fn actor(&self, actor: ActorView, clients: &[Shared<ClientView>]) -> Option<(Point, f64)> {
        match actor {
            ActorView::Member(id) => Some((self.layout.member(id)?.at, self.layout.rim())),
            ActorView::Client(id) => {
                let i = clients.iter().position(|client| client.id == id)?;
                Some((*self.clients.get(i)?, client::CARD_RIM))
            }
        }
    }

    fn way(&self, flight: &FlightView, clients: &[Shared<ClientView>]) -> Option<Way> {
        let from = self.actor(flight.from, clients)?;
        let to = self.actor(flight.to, clients)?;
        let (start, end) = lane(from, to, flight::card(&flight.label));
        let stop = match (flight.from, flight.to) {
            (ActorView::Member(a), ActorView::Member(b))
                if side_of(&self.groups, a) != side_of(&self.groups, b) =>
            {
                wall::meets_wall(&self.walls, start, end).unwrap_or(1.0)
            }
            _ => 1.0,
        };
        Some(Way {
            sent: flight.sent,
            arrives: flight.arrives,
            start,
            end,
            stop,
        })
    }
}

/// The stage.
pub struct Stage {
    node: NodeRef,
    ground: NodeRef,
    size: (f64, f64),
    places: Option<Places>,
    stroke: Vec<Point>,
    watch: Option<SizeWatch>,
}

impl Component for Stage {
    type Message = Event;
    type Properties = StageProps;

    fn create(_: &Context<Self>) -> Self {
        Stage {
            node: NodeRef::default(),
            ground: NodeRef::default(),
            size: (0.0, 0.0),
            places: None,
            stroke: Vec::new(),
            watch: None,
        }
    }

    fn rendered(&mut self, ctx: &Context<Self>, first: bool) {
        if let (true, Some(element)) = (first, self.node.cast::<Element>()) {
            let link = ctx.link().clone();
            let report = move |width, height| link.send_message(Event::Size(width, height));
            self.watch = Some(SizeWatch::new(element, report));
        }
    }

    fn changed(&mut self, ctx: &Context<Self>, _: &StageProps) -> bool {
        self.arrange(ctx.props());
        true
    }

    fn update(&mut self, ctx: &Context<Self>, event: Event) -> bool {
        match event {
            Event::Size(width, height) => {
                self.size = (width, height);
                self.arrange(ctx.props());
            }
            Event::Down(event) => {
                self.stroke.clear();
                let element = self.ground.cast::<Element>();
                if let (true, Some(element)) = (event.is_primary() && event.button() == 0, element)
                {
                    // A pointer that is gone already cannot be captured; the stroke is short then.
                    let _ = element.set_pointer_capture(event.pointer_id());
                    self.stroke.extend(self.place(&event));
                }
            }
            Event::Move(event) => {
                let (last, at) = (self.stroke.last(), self.place(&event));
                match (last, at) {
                    (Some(last), Some(at)) if last.distance(at) > 3.0 => self.stroke.push(at),
                    _ => return false,
                }
            }
            Event::Up => {
                let stroke = std::mem::take(&mut self.stroke);
                if let Some((_, cut_off)) = self.sides(&stroke) {
                    ctx.props().send.emit(Message::CutOff(cut_off));
                }
            }
            Event::Cancel => self.stroke.clear(),
        }
        true
    }

    fn view(&self, ctx: &Context<Self>) -> Html {
        let props = ctx.props();
        html! {
            <div class="stage" ref={self.node.clone()}>
                <svg width="100%" height="100%" role="group" data-testid="stage"
                    aria-label={words::stage_label(&props.vitals, &props.groups)}>
                    if let Some(places) = &self.places { {self.scene(ctx, places)} }
                </svg>
                {bar(props)}
                if props.panel == Some(Panel::Cut) {
                    {drawn(CutPanel {
                        ids: props.ids.clone(),
                        side_b: props.side_b.clone(),
                        cut: props.groups.len() > 1,
                        notice: props.cut_notice.clone(),
                        send: props.send.clone(),
                    })}
                }
                <div class="stage-notice">{error("stage-error", props.notice.clone())}</div>
            </div>
        }
    }
}

/// The buttons in the corner.
fn bar(props: &StageProps) -> Html {
    let send = &props.send;
    html! {
        <div class="stagebar">
            if props.ids.len() > 1 {
                <button type="button" class="btn" id="cut"
                    aria-expanded={(props.panel == Some(Panel::Cut)).to_string()}
                    onclick={click(send, Message::TogglePanel(Panel::Cut))}>
                    <svg width="14" height="14" viewBox="0 0 14 14" aria-hidden="true">
                        <path d="M9 1 5 13M1 7h3M10 7h3" stroke="currentColor" stroke-width="1.5" fill="none" />
                    </svg>
                    {words::CUT}
                </button>
            }
            if props.groups.len() > 1 {
                {button("btn", words::HEAL, send, Message::Heal(Place::Stage))}
            }
        </div>
    }
}

impl Stage {
    /// Finds new places if what they depend on has changed.
    fn arrange(&mut self, props: &StageProps) {
        let measured = self.size.0 > 0.0 && self.size.1 > 0.0;
        let known = self.places.as_ref();
        if measured && !known.is_some_and(|places| places.are_for(self.size, props)) {
            self.places = Some(Places::new(self.size, props));
        }
    }

    /// Where on the stage the pointer is.
    fn place(&self, event: &PointerEvent) -> Option<Point> {
        let area = self.ground.cast::<Element>()?.get_bounding_client_rect();
        let (x, y) = (f64::from(event.client_x()), f64::from(event.client_y()));
        Some(Point::new(x - area.left(), y - area.top()))
    }

    /// The larger and the smaller side of a stroke.
    fn sides(&self, stroke: &[Point]) -> Option<(Vec<NodeId>, Vec<NodeId>)> {
        let (near, far) = wall::sides(&self.places.as_ref()?.layout, stroke)?;
        Some(if far.len() <= near.len() {
            (near, far)
        } else {
            (far, near)
        })
    }

    fn scene(&self, ctx: &Context<Self>, places: &Places) -> Html {
        let props = ctx.props();
        let layout = &places.layout;
        let members = props.members.iter().filter_map(|member| {
            let mark = MemberMark {
                member: member.clone(),
                place: *layout.member(member.id)?,
                radius: layout.radius,
                selected: props.selected == member.id,
                side: side_of(&props.groups, member.id),
                send: props.send.clone(),
            };
            Some(drawn_as(member.id.0, mark))
        });
        let clients = props
            .clients
            .iter()
            .zip(&places.clients)
            .filter_map(|(client, at)| {
                let card = ClientCard {
                    client: client.clone(),
                    at: *at,
                    member: layout.member(client.member)?.at,
                    rim: layout.rim(),
                };
                Some(drawn_as(u64::from(client.id.0), card))
            });
        let flights = props.flights.iter().filter_map(|flight| {
            let way = places.way(flight, &props.clients)?;
            let flight = flight.clone();
            Some(drawn_as(flight.id.0, Flight { flight, way }))
        });
        let losses = props.losses.iter().filter_map(|loss| {
            let way = places.way(&loss.flight, &props.clients)?;
            let loss = loss.clone();
            Some(drawn_as(loss.flight.id.0, Loss { loss, way }))
        });
        let links = Links {
            layout: layout.clone(),
            groups: props.groups.clone(),
        };
        let walls = Walls {
            walls: places.walls.clone(),
            size: self.size,
            send: props.send.clone(),
        };
        html! {
            <>
                {self.ground(ctx)}
                {drawn(links)}
                {drawn(walls)}
                <g>{for members}</g>
                <g>{for clients}</g>
                <g>{for losses}</g>
                <g>{for flights}</g>
                {self.stroke()}
            </>
        }
    }

    /// The ground takes the pointer for strokes.
    fn ground(&self, ctx: &Context<Self>) -> Html {
        let link = ctx.link();
        html! {
            <rect ref={self.ground.clone()} class="ground" width="100%" height="100%"
                onpointerdown={link.callback(Event::Down)} onpointermove={link.callback(Event::Move)}
                onpointerup={link.callback(|_| Event::Up)}
                onpointercancel={link.callback(|_| Event::Cancel)} />
        }
    }

    /// The stroke that is being drawn, with the sizes of its two sides.
    fn stroke(&self) -> Html {
        let (Some((larger, smaller)), Some(end)) = (self.sides(&self.stroke), self.stroke.last())
        else {
            return html! { <g class="stroke"></g> };
        };
        html! {
            <g class="stroke">
                <path d={polyline(&self.stroke)} />
                <text x={tenths(end.x + 12.0)} y={tenths(end.y - 8.0)}>
                    {words::stroke_sides(larger.len(), smaller.len())}
                </text>
            </g>
        }
    }
}
