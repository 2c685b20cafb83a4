//! The inspector's page of a link: how it is in each direction, and what can be done to it.

use super::tools::Tools;
use super::{bar, form, target_name};
use crate::cluster::Address;
use crate::ui::dom::html;
use crate::ui::message::{Message, Place};
use crate::ui::parts::error;
use crate::view::address_name;
use crate::view::deeds::Target;
use crate::view::{ActorView, LinkView};
use crate::words::{key, say};
use yew::prelude::*;

fn actor(address: Address) -> ActorView {
    match address {
        Address::Member(id) => ActorView::Member(id),
        Address::Client(id) => ActorView::Client(id),
    }
}

/// The page.
pub fn link_page(
    tools: &Tools,
    (from, to): (Address, Address),
    links: &[LinkView],
    notice: Option<String>,
    send: &Callback<Message>,
) -> Html {
    let state = |from: Address, to: Address| {
        let ends = (actor(from), actor(to));
        let wrong = links.iter().find(|link| (link.from, link.to) == ends);
        let words = wrong.map_or_else(
            || say(key!("link.well")).to_owned(),
            |link| link.label.clone(),
        );
        html! { <><dt>{format!("{} → {}", address_name(from), address_name(to))}</dt><dd>{words}</dd></> }
    };
    html! {
        <div class="sect" data-testid="link">
            <b class="title">{target_name(Target::Link(from, to))}</b>
            {bar(tools, Place::Inspector, send)}
            {error("link-error", notice)}
            <dl class="ends">{state(from, to)}{state(to, from)}</dl>
            {form(tools, send)}
        </div>
    }
}
