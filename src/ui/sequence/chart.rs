//! The chart as elements. The pointers over it are listened to directly: the wheel has to be kept
//! from the page, and a drag has to stay with the chart wherever the pointer goes.

use super::{Gesture, Pace};
use crate::cluster::Address;
use crate::ui::dom::{classes, html};
use crate::ui::drawn::{Part, drawn};
use crate::ui::hue::term_style;
use crate::ui::message::Message;
use crate::ui::motion::{Moving, mover};
use crate::ui::parts::click;
use crate::ui::slices::Shared;
use crate::ui::tabs::Ask;
use crate::ui::web::{Listener, SizeWatch};
use crate::view::geometry::{Point, tenths};
use crate::view::sequence::{Form, GUTTER, LaneView, Picture, Shape};
use crate::words::{key, say, tell};
use wasm_bindgen::JsCast;
use web_sys::{Element, PointerEvent, WheelEvent};
use yew::prelude::*;

const KINDS: [&str; 6] = [
    "pointerdown",
    "pointermove",
    "pointerup",
    "pointercancel",
    "pointerleave",
    "wheel",
];

/// What is charted.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum ChartKind {
    /// Messages between members and clients, on the stage.
    Sequence,
    /// Operations of clients per key, in the inspector.
    Clients,
}

impl ChartKind {
    fn message(self, gesture: Gesture) -> Message {
        match self {
            ChartKind::Sequence => gesture.into(),
            ChartKind::Clients => Message::Tabs(Ask::Chart(gesture)),
        }
    }

    /// Its class and name for tests, and the beginning of its ids.
    fn names(self) -> (&'static str, &'static str, &'static str) {
        match self {
            ChartKind::Sequence => ("stage sequence", "sequence", "sq"),
            ChartKind::Clients => ("sequence clients", "clients", "cl"),
        }
    }
}

/// What the chart shows.
#[derive(Properties, PartialEq)]
pub struct ChartProps {
    /// What it is about.
    pub kind: ChartKind,
    /// The picture, once the size is known.
    pub picture: Option<Shared<Picture>>,
    /// What lies under the pointer.
    pub tip: Option<(Point, String)>,
    /// The message that is selected, in words.
    pub chosen: Option<String>,
    /// How the picture moves with the playhead.
    pub pace: Pace,
    /// There is more to show than is in sight, and a way to show all of it.
    pub can_fit: bool,
    /// Where messages go.
    pub send: Callback<Message>,
}

/// The chart.
pub struct Chart {
    plot: NodeRef,
    listening: Option<(Vec<Listener>, SizeWatch)>,
}

impl Component for Chart {
    type Message = ();
    type Properties = ChartProps;

    fn create(_: &Context<Self>) -> Self {
        Chart {
            plot: NodeRef::default(),
            listening: None,
        }
    }

    fn rendered(&mut self, ctx: &Context<Self>, first: bool) {
        let (true, Some(plot)) = (first, self.plot.cast::<Element>()) else {
            return;
        };
        let chart = ctx.props().kind;
        let listeners = KINDS.map(|kind| {
            let (element, send) = (plot.clone(), ctx.props().send.clone());
            Listener::new(&plot, kind, move |event: PointerEvent| {
                if let Some(gesture) = gesture(kind, &event, &element) {
                    send.emit(chart.message(gesture));
                }
            })
        });
        let send = ctx.props().send.clone();
        let watch = SizeWatch::new(plot, move |width, height| {
            send.emit(chart.message(Gesture::Size(width, height)));
        });
        self.listening = Some((listeners.into(), watch));
    }

    fn view(&self, ctx: &Context<Self>) -> Html {
        let props = ctx.props();
        let (send, kind) = (&props.send, props.kind);
        let (class, test, prefix) = kind.names();
        let button = |id: &str, name: &'static str, sign: &'static str, gesture: Gesture| {
            html! {
                <button type="button" id={format!("{prefix}-{id}")} class="btn ghost icon" aria-label={name}
                    title={name} onclick={click(send, kind.message(gesture))}>{sign}</button>
            }
        };
        let keys = send.clone();
        let onkeydown = Callback::from(move |event: KeyboardEvent| {
            if let Some(gesture) = key(&event) {
                event.prevent_default();
                keys.emit(kind.message(gesture));
            }
        });
        let label = match kind {
            ChartKind::Sequence => say(key!("sequence.plot")),
            ChartKind::Clients => say(key!("clients.plot")),
        };
        let left_out = match kind {
            ChartKind::Sequence => key!("sequence.left-out"),
            ChartKind::Clients => key!("clients.left-out"),
        };
        let height = props.picture.as_ref().map_or(0.0, |picture| picture.height);
        html! {
            <div {class} dir="ltr" data-testid={test}>
                <div class="sq-scroll">
                    <div class="sq-plot" ref={self.plot.clone()} tabindex="0" role="application"
                        style={format!("min-height:{}px", height as u32)} aria-label={label} {onkeydown}>
                        if let Some(picture) = &props.picture {
                            {drawn(Drawing { picture: picture.clone(), pace: props.pace, prefix })}
                        }
                    </div>
                    if let Some(picture) = &props.picture {
                        {for picture.lanes.iter().map(|lane| name(lane, send))}
                    }
                    if let Some((at, words)) = &props.tip {
                        <div class="sq-tip" data-testid={format!("{test}-tip")} style={self.tip(*at)}>{words.clone()}</div>
                    }
                </div>
                if let Some(n) = props.picture.as_ref().map(|picture| picture.left_out).filter(|n| *n > 0) {
                    <p class="sq-left-out" role="status">{tell(left_out, &[("n", &n)])}</p>
                }
                <p class="visually-hidden" role="status" data-testid={format!("{test}-chosen")}>{props.chosen.clone()}</p>
                <div class="sq-tools">
                    {button("out", say(key!("sequence.zoom-out")), "−", Gesture::Zoom(1_500))}
                    {button("in", say(key!("sequence.zoom-in")), "+", Gesture::Zoom(667))}
                    if props.can_fit { {button("fit", say(key!("clients.fit")), "↔", Gesture::Fit)} }
                    if !props.pace.follows {
                        {button("follow", say(key!("sequence.follow")), "⇥", Gesture::Follow)}
                    }
                    if kind == ChartKind::Sequence {
                        <button type="button" id="sq-save" class="btn" onclick={click(send, Gesture::Save.into())}
                            title={say("sequence.save")} aria-label={say("sequence.save")}>{"SVG"}</button>
                    }
                </div>
            </div>
        }
    }
}

impl Chart {
    /// Below the pointer, on the side where there is room.
    fn tip(&self, at: Point) -> String {
        let width = self
            .plot
            .cast::<Element>()
            .map_or(0, |plot| plot.client_width());
        let (x, y) = (at.x as i32, at.y as i32 + 14);
        match x > width / 2 {
            true => format!("right:{}px;top:{y}px", width - x),
            false => format!("left:{x}px;top:{y}px"),
        }
    }
}

/// What a pointer over the chart does.
fn gesture(kind: &str, event: &PointerEvent, plot: &Element) -> Option<Gesture> {
    let edges = plot.get_bounding_client_rect();
    let at = Point::new(
        f64::from(event.client_x()) - edges.left(),
        f64::from(event.client_y()) - edges.top(),
    );
    let id = event.pointer_id();
    Some(match kind {
        "pointerdown" if event.button() == 0 => {
            // A pointer that is gone already cannot be captured.
            let _ = plot.set_pointer_capture(id);
            Gesture::Down(id, at)
        }
        "pointermove" => Gesture::Move(id, at),
        "pointerup" => Gesture::Up(id, at),
        "pointercancel" => Gesture::Cancel(id),
        "pointerleave" => Gesture::Out,
        "wheel" => {
            event.prevent_default();
            let wheel: &WheelEvent = event.unchecked_ref();
            let (dx, dy) = (wheel.delta_x(), wheel.delta_y());
            match wheel.shift_key() && dx == 0.0 {
                true => Gesture::Wheel(at, dy, 0.0),
                false => Gesture::Wheel(at, dx, dy),
            }
        }
        _ => return None,
    })
}

/// What a key does while the chart has the focus.
fn key(event: &KeyboardEvent) -> Option<Gesture> {
    if event.ctrl_key() || event.alt_key() || event.meta_key() {
        return None;
    }
    Some(match &event.key()[..] {
        "ArrowLeft" => Gesture::Pan(-150),
        "ArrowRight" => Gesture::Pan(150),
        "PageUp" => Gesture::Pan(-900),
        "PageDown" => Gesture::Pan(900),
        "ArrowDown" => Gesture::Choose(true),
        "ArrowUp" => Gesture::Choose(false),
        "+" | "=" => Gesture::Zoom(667),
        "-" => Gesture::Zoom(1_500),
        "Enter" => Gesture::Enter,
        "End" => Gesture::Follow,
        "Home" => Gesture::Fit,
        _ => return None,
    })
}

/// The name of a lane. A member's is a button that selects it.
fn name(lane: &LaneView, send: &Callback<Message>) -> Html {
    let style = format!("top:{}px;width:{}px", lane.y as i32, GUTTER as i32 - 6);
    match lane.of {
        Some(Address::Member(id)) => html! {
            <button type="button" class="sq-name" style={format!("{style};{}", term_style(lane.term))}
                data-lane={lane.name.clone()} aria-pressed={lane.selected}
                onclick={click(send, Message::Select(id))}>{lane.name.clone()}</button>
        },
        _ => html! {
            <span class="sq-name" {style} data-lane={lane.name.clone()} title={lane.name.clone()}>{lane.name.clone()}</span>
        },
    }
}

/// The shapes.
#[derive(PartialEq)]
struct Drawing {
    picture: Shared<Picture>,
    pace: Pace,
    prefix: &'static str,
}

impl Part for Drawing {
    fn view(&self) -> Html {
        let axis = self.picture.axis.iter().map(|(x, time)| {
            html! { <text class="sq-time" x={tenths(*x)} y="14">{time.clone()}</text> }
        });
        let (head, still): (Vec<&Shape>, Vec<&Shape>) = self
            .picture
            .shapes
            .iter()
            .partition(|shape| shape.look.moves());
        let picture: Html = axis.chain(still.into_iter().map(shape)).collect();
        let head: Html = head.into_iter().map(shape).collect();
        let moved = |content: Html, speed: f64| {
            let moving = Moving::Scroll(self.pace.drawn_at, speed);
            mover("g", "", moving, content)
        };
        let clip = format!("{}-clip", self.prefix);
        let (scale, scrolls) = (self.pace.scale, self.pace.scrolls);
        html! {
            <svg width="100%" height="100%" aria-hidden="true">
                <clipPath id={clip.clone()}><rect x={tenths(GUTTER)} y="0" width="100%" height="100%" /></clipPath>
                <g clip-path={format!("url(#{clip})")}>
                    {moved(picture, if scrolls { -scale } else { 0.0 })}
                    {moved(head, if scrolls { 0.0 } else { scale })}
                </g>
            </svg>
        }
    }
}

fn shape(shape: &Shape) -> Html {
    let class = classes!(shape.look.class(), shape.selected.then_some("selected"));
    let style = shape.term.map_or("", term_style);
    match &shape.form {
        Form::Path(path) => html! { <path {class} {style} d={path.clone()} /> },
        Form::Rect(at, width, height) => html! {
            <rect {class} {style} x={tenths(at.x)} y={tenths(at.y)} width={tenths(*width)} height={tenths(*height)} />
        },
        Form::Text(at, words) => html! {
            <text {class} {style} x={tenths(at.x)} y={tenths(at.y)}>{words.clone()}</text>
        },
    }
}
