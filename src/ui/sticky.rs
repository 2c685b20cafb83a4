//! A list that stays at its end while things are added, until somebody scrolls away.

use web_sys::Element;
use yew::prelude::*;

/// As near as this to the end counts as being there, in CSS pixels.
const NEAR: i32 = 24;

/// What the list shows.
#[derive(Properties, PartialEq)]
pub struct StickyProps {
    /// Its class.
    pub class: &'static str,
    /// Its accessible name.
    pub label: &'static str,
    /// What is in it.
    pub children: Html,
}

/// Renders the list.
pub struct Sticky {
    node: NodeRef,
    stuck: bool,
}

impl Component for Sticky {
    type Message = ();
    type Properties = StickyProps;

    fn create(_: &Context<Self>) -> Self {
        Sticky {
            node: NodeRef::default(),
            stuck: true,
        }
    }

    fn update(&mut self, _: &Context<Self>, (): ()) -> bool {
        if let Some(list) = self.node.cast::<Element>() {
            let below = list.scroll_height() - list.scroll_top() - list.client_height();
            self.stuck = below < NEAR;
        }
        false
    }

    fn view(&self, ctx: &Context<Self>) -> Html {
        let props = ctx.props();
        let onscroll = ctx.link().callback(|_: Event| ());
        html! {
            <div ref={self.node.clone()} class={props.class} {onscroll} tabindex="0" role="log"
                aria-live="off" aria-label={props.label}>
                {props.children.clone()}
            </div>
        }
    }

    fn rendered(&mut self, _: &Context<Self>, _: bool) {
        if let (true, Some(list)) = (self.stuck, self.node.cast::<Element>()) {
            list.set_scroll_top(list.scroll_height());
        }
    }
}
