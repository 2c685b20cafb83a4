//! The stage: the members on a ring, the clients outside it, and everything that flies between.
//!
//! Places come from [`crate::view::geometry`] and [`crate::view::wall`], facts from the frame; the
//! parts here only draw. Units are CSS pixels: the picture has the size of its element.

mod client;
mod cut_panel;
mod flight;
mod machine;
mod member;
mod network;
mod places;
mod pointer;

use super::drawn::{drawn, drawn_as};
use super::faults::tools::Tools;
use super::faults::{bar, is_in_bar};
use super::message::{Message, Panel, Place, Sheet};
use super::model::CutDraft;
use super::parts::{button, click, error};
use super::slices::{Shared, SharedList};
use super::web::{SizeWatch, media_matches};
use super::words;
use crate::raft::NodeId;
use crate::sim::FlightId;
use crate::ui::dom::html;
use crate::view::deeds::Target;
use crate::view::geometry::{Point, tenths};
use crate::view::{ClientView, FlightView, LinkView, LossView, MemberView, Vitals};
use crate::words::{key, say, tell};
use client::ClientCard;
pub use client::outcome_name;
use cut_panel::CutPanel;
use flight::{Flight, Loss};
use member::{MarkSize, MemberMark};
use network::{Links, Walls, side_of};
use places::Places;
use pointer::{Gesture, reach};
use web_sys::Element;
use yew::prelude::*;

/// So much of the stage, in square pixels, for every message with a label: of more messages only the shapes are drawn.
const LABEL_ROOM: f64 = 19_000.0;

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
    /// The links that are not as usual.
    pub links: Shared<Vec<LinkView>>,
    /// The members that were added and have never been started, and their names.
    pub unstarted: Shared<Vec<(NodeId, String)>>,
    /// Messages on their way.
    pub flights: SharedList<FlightView>,
    /// Messages lost a short time ago.
    pub losses: SharedList<LossView>,
    /// The clients.
    pub clients: SharedList<ClientView>,
    /// The selected member.
    pub selected: NodeId,
    /// What is selected, and what can be done to it.
    pub tools: Shared<Tools>,
    /// Whether the action bar is open.
    pub bar: bool,
    /// The panel that is open.
    pub panel: Option<Panel>,
    /// The cut that is being prepared.
    pub cut: Shared<CutDraft>,
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
    /// The pointer went down on a wall: it may be dragged.
    Grab(usize, PointerEvent),
    /// The pointer moved.
    Move(PointerEvent),
    /// The pointer went up: the stroke cuts.
    Up(PointerEvent),
    /// The browser took the pointer away.
    Cancel,
}

/// The stage.
pub struct Stage {
    node: NodeRef,
    ground: NodeRef,
    size: (f64, f64),
    places: Option<Shared<Places>>,
    /// Which messages have a label, and how many may be under way for one to have it.
    labels: (usize, Vec<(FlightId, bool)>),
    gesture: Option<Gesture>,
    hover: Option<Target>,
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
            labels: (0, Vec::new()),
            gesture: None,
            hover: None,
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
            Event::Down(event) => self.begin(&event, |at| Gesture::Stroke(vec![at])),
            Event::Grab(wall, event) => self.begin(&event, |at| Gesture::Wall(wall, at, at)),
            Event::Move(event) => return self.follow(&event),
            Event::Up(event) => {
                let ended = self.gesture.take().zip(self.places.as_ref());
                let asked = ended.and_then(|(gesture, places)| gesture.end(places, reach(&event)));
                if let Some(message) = asked {
                    ctx.props().send.emit(message);
                }
            }
            Event::Cancel => {
                self.gesture = None;
                self.hover = None;
            }
        }
        true
    }

    fn view(&self, ctx: &Context<Self>) -> Html {
        let props = ctx.props();
        // In pixels: with percentages every moving part would have the browser lay out the whole picture again.
        let (width, height) = (tenths(self.size.0), tenths(self.size.1));
        html! {
            <div class="stage" ref={self.node.clone()}>
                <svg {width} {height} role="group" data-testid="stage"
                    aria-label={words::stage_label(&props.vitals, &props.groups)}>
                    if let Some(places) = &self.places { {self.scene(ctx, places)} }
                </svg>
                <div class="flights">{for self.flights(props)}</div>
                {self.action_bar(props)}
                {corner(props)}
                if props.panel == Some(Panel::Cut) {
                    {drawn(CutPanel {
                        ids: props.ids.clone(),
                        draft: props.cut.clone(),
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
fn corner(props: &StageProps) -> Html {
    let send = &props.send;
    let any_cut = props.links.iter().any(|link| link.cut);
    html! {
        <div class="stagebar">
            if props.ids.len() > 1 {
                <button type="button" class="btn" id="network"
                    onclick={click(send, Message::Look(Target::Network, true))}>{say("network.button")}</button>
                <button type="button" class="btn" id="cut"
                    aria-expanded={(props.panel == Some(Panel::Cut)).to_string()}
                    onclick={click(send, Message::TogglePanel(Panel::Cut))}>
                    <svg width="14" height="14" viewBox="0 0 14 14" aria-hidden="true">
                        <path d="M9 1 5 13M1 7h3M10 7h3" stroke="currentColor" stroke-width="1.5" fill="none" />
                    </svg>
                    {say("stage.cut")}
                </button>
            }
            if let Some((member, name)) = props.unstarted.first() {
                {button("btn primary", tell(key!("stage.join"), &[("member", name)]), send, Message::Join(*member))}
            }
            if any_cut {
                {button("btn", say(key!("stage.heal")), send, Message::Heal(Place::Stage))}
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
            self.places = Some(Shared::new(Places::new(self.size, props)));
        }
        self.label(&props.flights);
    }

    /// Finds out which messages have a label: those that start while there are not too many. What has begun with one, or
    /// without, ends so.
    fn label(&mut self, flights: &[Shared<FlightView>]) {
        let room = (self.size.0 * self.size.1 / LABEL_ROOM).max(6.0) as usize;
        let (of, before) = std::mem::take(&mut self.labels);
        let known = |id: FlightId| {
            let same = before.iter().find(|(other, _)| *other == id);
            same.filter(|_| of == room).map(|(_, labelled)| *labelled)
        };
        let labels = flights.iter().map(|flight| {
            let beside = || {
                let there = |other: &&Shared<FlightView>| {
                    other.sent <= flight.sent && flight.sent < other.arrives
                };
                flights.iter().filter(there).count()
            };
            (
                flight.id,
                known(flight.id).unwrap_or_else(|| beside() <= room),
            )
        });
        self.labels = (room, labels.collect());
    }

    /// Where on the stage the pointer is.
    fn place(&self, event: &PointerEvent) -> Option<Point> {
        let area = self.ground.cast::<Element>()?.get_bounding_client_rect();
        let (x, y) = (f64::from(event.client_x()), f64::from(event.client_y()));
        Some(Point::new(x - area.left(), y - area.top()))
    }

    /// The pointer went down.
    fn begin(&mut self, event: &PointerEvent, gesture: impl FnOnce(Point) -> Gesture) {
        self.gesture = None;
        let element = self.ground.cast::<Element>();
        if let (true, Some(element)) = (event.is_primary() && event.button() == 0, element) {
            // A pointer that is gone already cannot be captured; the gesture is short then.
            let _ = element.set_pointer_capture(event.pointer_id());
            self.gesture = self.place(event).map(gesture);
        }
    }

    /// The pointer moved. Whether there is something to draw.
    fn follow(&mut self, event: &PointerEvent) -> bool {
        let Some(at) = self.place(event) else {
            return false;
        };
        if let Some(gesture) = &mut self.gesture {
            return gesture.follow(at);
        }
        let places = self.places.as_ref();
        let hover = places.and_then(|places| places.link_at(at, reach(event)));
        let changed = hover != self.hover;
        self.hover = hover;
        changed
    }

    /// What can be done to what is selected, beside it.
    fn action_bar(&self, props: &StageProps) -> Option<Html> {
        let tools = &props.tools;
        let places = self.places.as_ref().filter(|_| props.bar)?;
        let what = places.target(tools.target, &props.flights)?;
        let mut buttons = tools.deeds.iter().filter(|view| is_in_bar(view)).count();
        if buttons == 0 {
            return None;
        }
        // As the style sheet sets them: one more where there is a drawer, larger ones for fingers.
        buttons += usize::from(media_matches("(max-width: 1199px)"));
        let row = match media_matches("(pointer: coarse)") {
            true => 68.0,
            false => 36.0,
        };
        let size = match tools.target {
            Target::Link(..) => (276.0, 2.0 * row + 8.0),
            _ if buttons <= 2 => (160.0, row + 8.0),
            _ if buttons == 3 => (236.0, row + 8.0),
            _ => (236.0, 2.0 * row + 8.0),
        };
        let at = places.layout.box_beside(what, size, &places.clients);
        let more = Message::ToggleSheet(Sheet::Member);
        Some(html! {
            <div class="action-bar" style={format!("left:{}px;top:{}px;max-width:{}px", tenths(at.x), tenths(at.y), tenths(size.0))}>
                {bar(tools, Place::Stage, &props.send)}
                <button type="button" class="btn drawer-button" onclick={click(&props.send, more)}>{say("deed.more")}</button>
            </div>
        })
    }

    fn scene(&self, ctx: &Context<Self>, places: &Shared<Places>) -> Html {
        let props = ctx.props();
        let layout = &places.layout;
        let size = MarkSize::of(layout);
        let members = props.members.iter().filter_map(|member| {
            let mark = MemberMark {
                member: member.clone(),
                place: *layout.member(member.id)?,
                size,
                selected: props.selected == member.id,
                side: side_of(&props.groups, member.id),
                send: props.send.clone(),
            };
            Some(drawn_as(member.id.0, mark))
        });
        let clients = props.clients.iter().zip(&places.clients);
        let clients = clients.filter_map(|(client, at)| {
            let card = ClientCard {
                client: client.clone(),
                at: *at,
                member: layout.member(client.member)?.at,
                rim: layout.rim(),
                send: props.send.clone(),
            };
            Some(drawn_as(u64::from(client.id.0), card))
        });
        let losses = props.losses.iter();
        let (losses, marks): (Vec<_>, Vec<_>) = losses
            .filter_map(|loss| Some((loss, Loss::mark(loss, &places.way(&loss.flight)?))))
            .unzip();
        let sides = places.layout.sides(&marks, &places.clients);
        let losses = losses.into_iter().zip(marks.iter().zip(sides));
        let losses = losses.map(|(loss, (mark, side))| {
            let (loss, at) = (loss.clone(), mark.at);
            drawn_as(loss.flight.id.0, Loss { loss, at, side })
        });
        let links = Links {
            places: places.clone(),
            selected: Some(props.tools.target).filter(|_| props.bar),
            hover: self.hover.filter(|_| self.gesture.is_none()),
        };
        let link = ctx.link();
        let walls = Walls {
            places: places.clone(),
            grab: link.callback(|(wall, event)| Event::Grab(wall, event)),
            send: props.send.clone(),
        };
        html! {
            <>
                {machine::patterns()}
                {self.ground(ctx)}
                {drawn(links)}
                {drawn(walls)}
                <g>{for members}</g>
                <g>{for clients}</g>
                <g>{for losses}</g>
                if let Some(gesture) = &self.gesture { {gesture.view(places)} }
            </>
        }
    }

    /// The messages, above everything else.
    fn flights(&self, props: &StageProps) -> Vec<Html> {
        let Some(places) = &self.places else {
            return Vec::new();
        };
        let scale = places.layout.scale();
        let flights = props.flights.iter().zip(&self.labels.1);
        let part = |(flight, (_, labelled)): (&Shared<FlightView>, &(FlightId, bool))| {
            let selected = props.tools.target == Target::Message(flight.id);
            let part = Flight {
                way: places.way(flight)?,
                flight: flight.clone(),
                selected,
                labelled: selected || *labelled,
                scale,
                send: props.send.clone(),
            };
            Some(drawn_as(part.flight.id.0, part))
        };
        flights.filter_map(part).collect()
    }

    /// The ground takes the pointer for strokes, and for clicks on links.
    fn ground(&self, ctx: &Context<Self>) -> Html {
        let link = ctx.link();
        let class = match self.hover {
            Some(_) => "ground link-here",
            None => "ground",
        };
        html! {
            <rect ref={self.ground.clone()} {class} width="100%" height="100%"
                onpointerdown={link.callback(Event::Down)} onpointermove={link.callback(Event::Move)}
                onpointerup={link.callback(Event::Up)}
                onpointercancel={link.callback(|_| Event::Cancel)} />
        }
    }
}
