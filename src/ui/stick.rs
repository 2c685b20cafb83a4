//! Lists that stay at their end while things are added, until somebody scrolls away.

use web_sys::Element;
use yew::prelude::*;

/// Keeps the element scrolled to its end whenever `content` changes. Returns the handler of its
/// scroll events.
#[hook]
pub fn use_stick_to_end<D: PartialEq + 'static>(node: NodeRef, content: D) -> Callback<Event> {
    /// As near as this to the end counts as being there.
    const NEAR: i32 = 24;
    let stuck = use_mut_ref(|| true);
    {
        let (node, stuck) = (node.clone(), stuck.clone());
        use_effect_with(content, move |_| {
            if let (true, Some(element)) = (*stuck.borrow(), node.cast::<Element>()) {
                element.set_scroll_top(element.scroll_height());
                element.set_scroll_left(element.scroll_width());
            }
        });
    }
    Callback::from(move |_| {
        if let Some(element) = node.cast::<Element>() {
            let below = element.scroll_height() - element.scroll_top() - element.client_height();
            let right = element.scroll_width() - element.scroll_left() - element.client_width();
            *stuck.borrow_mut() = below < NEAR && right < NEAR;
        }
    })
}
