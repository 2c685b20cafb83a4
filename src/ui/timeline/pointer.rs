//! The pointers over the timeline. They are listened to directly: the wheel has to be kept from
//! the page, and a drag has to stay with the timeline wherever the pointer goes.

use super::super::message::Message;
use super::super::web::{self, Listener, SizeWatch};
use super::ask::{Finger, Time};
use wasm_bindgen::JsCast;
use web_sys::{Element, PointerEvent, WheelEvent};
use yew::Callback;

const KINDS: [&str; 6] = [
    "pointerdown",
    "pointermove",
    "pointerup",
    "pointercancel",
    "pointerleave",
    "wheel",
];

/// Listens as long as it exists.
pub struct Pointers {
    _listeners: Vec<Listener>,
    _watch: SizeWatch,
}

impl Pointers {
    /// Listens to the timeline that is in the page.
    pub fn new(send: &Callback<Message>) -> Option<Pointers> {
        let area = web::find(".tl-area")?;
        let listeners = KINDS.map(|kind| {
            let (element, send) = (area.clone(), send.clone());
            Listener::new(&area, kind, move |event: PointerEvent| {
                if let Some(ask) = ask(kind, &event, &element) {
                    send.emit(Message::Time(ask));
                }
            })
        });
        let send = send.clone();
        let watch = SizeWatch::new(area, move |width, _| {
            send.emit(Message::Time(Time::Width(width as u32)));
        });
        Some(Pointers {
            _listeners: listeners.into(),
            _watch: watch,
        })
    }
}

fn ask(kind: &str, event: &PointerEvent, area: &Element) -> Option<Time> {
    let edges = area.get_bounding_client_rect();
    let x = (f64::from(event.client_x()) - edges.left()).clamp(0.0, edges.width()) as u32;
    let finger = Finger {
        id: event.pointer_id(),
        x,
    };
    Some(match kind {
        "pointerdown" if event.button() == 0 => {
            // A pointer that is gone already cannot be captured.
            let _ = area.set_pointer_capture(finger.id);
            Time::Down(finger)
        }
        "pointermove" => Time::Move(finger),
        "pointerup" | "pointercancel" => Time::Up(finger.id),
        "pointerleave" => Time::Out,
        "wheel" => {
            event.prevent_default();
            let wheel: &WheelEvent = event.unchecked_ref();
            // Lines instead of pixels.
            let scale = if wheel.delta_mode() == 0 { 1.0 } else { 20.0 };
            let (mut dx, mut dy) = (wheel.delta_x() * scale, wheel.delta_y() * scale);
            if wheel.shift_key() && dx == 0.0 {
                (dx, dy) = (dy, 0.0);
            }
            Time::Wheel {
                x,
                dx: dx as i32,
                dy: dy as i32,
            }
        }
        _ => return None,
    })
}
