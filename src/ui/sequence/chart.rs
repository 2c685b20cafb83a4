//! The chart as elements. The pointers over it are listened to directly: the wheel has to be kept
//! from the page, and a drag has to stay with the chart wherever the pointer goes.

use super::{Gesture, Pace};
use crate::cluster::Address;
use crate::ui::drawn::{Part, drawn};
use crate::ui::hue::term_style;
use crate::ui::message::Message;
use crate::ui::motion::{Mover, Moving};
use crate::ui::parts::click;
use crate::ui::slices::Shared;
use crate::ui::web::{Listener, SizeWatch};
use crate::view::geometry::{Point, tenths};
use crate::view::sequence::{Form, GUTTER, LaneView, Picture, Shape};
use crate::words::{say, tell};
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

/// What the chart shows.
#[derive(Properties, PartialEq)]
pub struct ChartProps {
    /// The picture, once the size is known.
    pub picture: Option<Shared<Picture>>,
    /// What lies under the pointer.
    pub tip: Option<(Point, String)>,
    /// The message that is selected, in words.
    pub chosen: Option<String>,
    /// How the picture moves with the playhead.
    pub pace: Pace,
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
        let listeners = KINDS.map(|kind| {
            let (element, send) = (plot.clone(), ctx.props().send.clone());
            Listener::new(&plot, kind, move |event: PointerEvent| {
                if let Some(gesture) = gesture(kind, &event, &element) {
                    send.emit(gesture.into());
                }
            })
        });
        let send = ctx.props().send.clone();
        let watch = SizeWatch::new(plot, move |width, height| {
            send.emit(Gesture::Size(width, height).into());
        });
        self.listening = Some((listeners.into(), watch));
    }

    fn view(&self, ctx: &Context<Self>) -> Html {
        let props = ctx.props();
        let send = &props.send;
        let button =
            |id: &'static str, name: &'static str, sign: &'static str, gesture: Gesture| {
                html! {
                    <button type="button" {id} class="btn ghost icon" aria-label={name} title={name}
                        onclick={click(send, gesture.into())}>{sign}</button>
                }
            };
        let keys = send.clone();
        let onkeydown = Callback::from(move |event: KeyboardEvent| {
            if let Some(gesture) = key(&event) {
                event.prevent_default();
                keys.emit(gesture.into());
            }
        });
        html! {
            <div class="stage sequence" dir="ltr" data-testid="sequence">
                <div class="sq-plot" ref={self.plot.clone()} tabindex="0" role="application"
                    aria-label={say("sequence.plot")} {onkeydown}>
                    if let Some(picture) = &props.picture {
                        {drawn(Drawing { picture: picture.clone(), pace: props.pace })}
                    }
                </div>
                if let Some(picture) = &props.picture {
                    {for picture.lanes.iter().map(|lane| name(lane, send))}
                    if picture.left_out > 0 {
                        <p class="sq-left-out" role="status">{tell("sequence.left-out", &[("n", &picture.left_out)])}</p>
                    }
                }
                <p class="visually-hidden" role="status" data-testid="sequence-chosen">{props.chosen.clone()}</p>
                if let Some((at, words)) = &props.tip {
                    <div class="sq-tip" data-testid="sequence-tip"
                        style={format!("left:{}px;top:{}px", at.x as i32 + 12, at.y as i32 + 14)}>{words.clone()}</div>
                }
                <div class="sq-tools">
                    {button("sq-out", say("sequence.zoom-out"), "−", Gesture::Zoom(1_500))}
                    {button("sq-in", say("sequence.zoom-in"), "+", Gesture::Zoom(667))}
                    if !props.pace.follows {
                        {button("sq-follow", say("sequence.follow"), "⇥", Gesture::Follow)}
                    }
                    <button type="button" id="sq-save" class="btn" onclick={click(send, Gesture::Save.into())}
                        title={say("sequence.save")} aria-label={say("sequence.save")}>{"SVG"}</button>
                </div>
            </div>
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
        "End" => Gesture::Follow,
        _ => return None,
    })
}

/// The name of a lane. A member's is a button that selects it.
fn name(lane: &LaneView, send: &Callback<Message>) -> Html {
    let style = format!("top:{}px;width:{}px", lane.y as i32, GUTTER as i32 - 6);
    match lane.of {
        Address::Member(id) => html! {
            <button type="button" class="sq-name" style={format!("{style};{}", term_style(lane.term))}
                data-lane={lane.name.clone()} aria-pressed={lane.selected.to_string()}
                onclick={click(send, Message::Select(id))}>{lane.name.clone()}</button>
        },
        Address::Client(_) => html! {
            <span class="sq-name" {style} data-lane={lane.name.clone()}>{lane.name.clone()}</span>
        },
    }
}

/// The shapes.
#[derive(PartialEq)]
struct Drawing {
    picture: Shared<Picture>,
    pace: Pace,
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
            html! { <Mover tag="g" {moving}>{content}</Mover> }
        };
        let (scale, scrolls) = (self.pace.scale, self.pace.scrolls);
        html! {
            <svg width="100%" height="100%" aria-hidden="true">
                <clipPath id="sq-clip"><rect x={tenths(GUTTER)} y="0" width="100%" height="100%" /></clipPath>
                <g clip-path="url(#sq-clip)">
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
