//! The stroke of the pointer that cuts the network.

use super::px;
use crate::ui::model::Message;
use crate::ui::words;
use crate::view::geometry::{Point, StageLayout};
use crate::view::wall::{polyline, sides};
use std::rc::Rc;
use web_sys::Element;
use yew::prelude::*;

/// What a stroke is judged by.
#[derive(Properties, PartialEq)]
pub struct StrokeLayerProps {
    /// Where the members stand.
    pub layout: Rc<StageLayout>,
    /// Where messages go.
    pub send: Callback<Message>,
}

/// Renders the ground of the stage, which takes the pointer, and the stroke while it is drawn.
#[function_component]
pub fn StrokeLayer(props: &StrokeLayerProps) -> Html {
    let ground = use_node_ref();
    let stroke = use_state(Vec::<Point>::new);
    // The handlers of one render may see several moves before the next render.
    let points = use_mut_ref(Vec::<Point>::new);

    let place = {
        let ground = ground.clone();
        move |event: &PointerEvent| {
            let area = ground.cast::<Element>()?.get_bounding_client_rect();
            let (x, y) = (f64::from(event.client_x()), f64::from(event.client_y()));
            Some(Point::new(x - area.left(), y - area.top()))
        }
    };
    let onpointerdown = {
        let (ground, points, place) = (ground.clone(), points.clone(), place.clone());
        Callback::from(move |event: PointerEvent| {
            let (Some(element), Some(at)) = (ground.cast::<Element>(), place(&event)) else {
                return;
            };
            if event.is_primary() && event.button() == 0 {
                // A pointer that is gone already cannot be captured; the stroke is short then.
                let _ = element.set_pointer_capture(event.pointer_id());
                *points.borrow_mut() = vec![at];
            }
        })
    };
    let onpointermove = {
        let (points, stroke) = (points.clone(), stroke.clone());
        Callback::from(move |event: PointerEvent| {
            let mut points = points.borrow_mut();
            let (Some(last), Some(at)) = (points.last(), place(&event)) else {
                return;
            };
            if last.distance(at) > 3.0 {
                points.push(at);
                stroke.set(points.clone());
            }
        })
    };
    let onpointerup = {
        let (points, stroke) = (points.clone(), stroke.clone());
        let (layout, send) = (props.layout.clone(), props.send.clone());
        Callback::from(move |_: PointerEvent| {
            let drawn = std::mem::take(&mut *points.borrow_mut());
            stroke.set(Vec::new());
            if let Some((near, far)) = sides(&layout, &drawn) {
                let cut_off = if far.len() <= near.len() { far } else { near };
                send.emit(Message::CutOff(cut_off));
            }
        })
    };
    let onpointercancel = {
        let (points, stroke) = (points.clone(), stroke.clone());
        Callback::from(move |_: PointerEvent| {
            points.borrow_mut().clear();
            stroke.set(Vec::new());
        })
    };
    let preview = sides(&props.layout, &stroke).zip(stroke.last().copied());
    html! {
        <>
            <rect ref={ground} class="ground" width="100%" height="100%" {onpointerdown}
                {onpointermove} {onpointerup} {onpointercancel} />
            if let Some(((near, far), end)) = preview {
                <g class="stroke">
                    <path d={polyline(&stroke)} />
                    <text x={px(end.x + 12.0)} y={px(end.y - 8.0)}>
                        {words::stroke_sides(near.len().max(far.len()), near.len().min(far.len()))}
                    </text>
                </g>
            }
        </>
    }
}
