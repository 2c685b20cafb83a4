//! The edges that a person moves: the height of the dock below the logs, the width of the inspector.
//!
//! What is chosen is a variable of the root element that the style sheets read; nothing is drawn again. The
//! browser remembers it.

use super::web;
use crate::ui::dom::html;
use crate::words::{key, say};
use web_sys::{Element, PointerEvent};
use yew::prelude::*;

/// So many pixels is a step by key.
const STEP: i32 = 16;

/// An edge.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Edge {
    /// The upper edge of the dock.
    Dock,
    /// The inner edge of the inspector.
    Side,
}

impl Edge {
    /// The names in storage and as a variable.
    fn names(self) -> (&'static str, &'static str) {
        match self {
            Edge::Dock => ("quorum.dock", "--dock"),
            Edge::Side => ("quorum.side", "--side"),
        }
    }

    /// The least and the most that make sense, in pixels.
    fn range(self) -> (i32, i32) {
        let (width, height) = web::window_size();
        match self {
            Edge::Dock => (84, (height - 400).max(120)),
            Edge::Side => (280, (width - 480).max(344)),
        }
    }

    fn chosen(self) -> Option<i32> {
        web::recall(self.names().0)?.parse().ok()
    }

    /// The size of what it belongs to, as it is drawn.
    fn size(self, handle: &Element) -> i32 {
        let Some(part) = handle.parent_element() else {
            return 0;
        };
        let area = part.get_bounding_client_rect();
        match self {
            Edge::Dock => area.height() as i32,
            Edge::Side => area.width() as i32,
        }
    }
}

/// Takes up what was chosen at the last visit.
pub fn restore() {
    let style = |edge: Edge| Some(format!("{}:{}px;", edge.names().1, edge.chosen()?));
    let both = [Edge::Dock, Edge::Side].into_iter().filter_map(style);
    let mut style: String = both.collect();
    if Edge::Dock.chosen().is_some() {
        // Whoever makes the dock high wants less of the stage.
        style.push_str("--stage-least:150px");
    }
    web::mark_root("style", &style);
}

/// Gives it this size; `None` for the usual one.
fn set(edge: Edge, size: Option<i32>, handle: &Element) {
    let (least, most) = edge.range();
    let size = size.map(|size| size.clamp(least, most));
    let text = size.map_or_else(String::new, |size| size.to_string());
    web::remember(edge.names().0, &text);
    restore();
    // It fails only for names that no attribute can have.
    let _ = handle.set_attribute("aria-valuenow", &edge.size(handle).to_string());
}

/// The size that puts the edge under a pointer.
fn under(edge: Edge, event: &PointerEvent, handle: &Element) -> Option<i32> {
    let part = handle.parent_element()?.get_bounding_client_rect();
    let own = handle.get_bounding_client_rect();
    let size = match edge {
        Edge::Dock => part.bottom() - f64::from(event.client_y()),
        // From right to left it is the right edge.
        Edge::Side if own.left() - part.left() > part.width() / 2.0 => {
            f64::from(event.client_x()) - part.left()
        }
        Edge::Side => part.right() - f64::from(event.client_x()),
    };
    Some(size as i32)
}

/// The handle of an edge. It is the first thing in what it belongs to.
pub fn split(edge: Edge) -> Html {
    let down = |event: PointerEvent| {
        let handle = event.target_unchecked_into::<Element>();
        // A pointer that is gone already cannot be captured.
        let _ = handle.set_pointer_capture(event.pointer_id());
        event.prevent_default();
    };
    let moves = move |event: PointerEvent| {
        let handle = event.target_unchecked_into::<Element>();
        if handle.has_pointer_capture(event.pointer_id()) {
            set(edge, under(edge, &event, &handle), &handle);
        }
    };
    let key = move |event: KeyboardEvent| {
        let handle: Element = event.target_unchecked_into();
        let rtl = web::find("[dir=rtl]").is_some_and(|root| root.contains(Some(&handle)));
        let (least, most) = edge.range();
        let now = edge.size(&handle);
        let next = match (edge, &event.key()[..], rtl) {
            (Edge::Dock, "ArrowUp", _)
            | (Edge::Side, "ArrowLeft", false)
            | (Edge::Side, "ArrowRight", true) => Some(now + STEP),
            (Edge::Dock, "ArrowDown", _) | (Edge::Side, "ArrowRight" | "ArrowLeft", _) => {
                Some(now - STEP)
            }
            (_, "Home", _) => Some(least),
            (_, "End", _) => Some(most),
            (_, "Enter", _) => None,
            _ => return,
        };
        event.prevent_default();
        event.stop_propagation();
        set(edge, next, &handle);
    };
    let usual = move |event: MouseEvent| {
        let handle: Element = event.target_unchecked_into();
        set(edge, None, &handle);
    };
    let (class, label, orientation) = match edge {
        Edge::Dock => ("split split-dock", say(key!("split.dock")), "horizontal"),
        Edge::Side => ("split split-side", say(key!("split.side")), "vertical"),
    };
    let (least, most) = edge.range();
    let now = edge.chosen().unwrap_or(least);
    html! {
        <div {class} role="separator" tabindex="0" aria-label={label} title={label}
            aria-orientation={orientation} aria-valuemin={least} aria-valuemax={most}
            aria-valuenow={now} onpointerdown={Callback::from(down)}
            onpointermove={Callback::from(moves)} onkeydown={Callback::from(key)}
            ondblclick={Callback::from(usual)}></div>
    }
}
