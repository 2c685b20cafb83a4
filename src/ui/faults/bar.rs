//! The buttons for what is done most to what is selected.

use super::tools::Tools;
use crate::cluster::Address;
use crate::ui::dom::html;
use crate::ui::message::{Message, Place};
use crate::ui::parts::click;
use crate::ui::words;
use crate::view::deeds::{DeedView, Section, Target, Way};
use crate::view::{address_name, client_name};
use crate::words::{key, say, tell};
use yew::prelude::*;

/// The name of what is selected.
pub fn target_name(target: Target) -> String {
    match target {
        Target::Network => say(key!("network.title")).to_owned(),
        Target::Member(id) => words::member(id),
        Target::Link(from, to) => {
            let (from, to) = (address_name(from), address_name(to));
            tell(key!("link.name"), &[("from", &from), ("to", &to)])
        }
        Target::Message(_) => say(key!("message.title")).to_owned(),
        Target::Client(id) => client_name(id),
    }
}

/// A button that does something. One that is impossible now says why, in its title and when it is tried.
pub fn deed_button(tools: &Tools, view: &DeedView, place: Place, send: &Callback<Message>) -> Html {
    let label = tools.label(view);
    html! {
        <button type="button" class="btn" aria-disabled={view.refused.is_some()}
            title={view.refused.clone()} onclick={click(send, Message::Do(view.deed, place))}>{label}</button>
    }
}

/// Whether something is done so often that it has a button of its own.
pub fn is_in_bar(view: &DeedView) -> bool {
    view.deed.section() == Section::Main
}

/// The main buttons, with the choice of a direction for a link.
pub fn bar(tools: &Tools, place: Place, send: &Callback<Message>) -> Html {
    let main = tools.deeds.iter().filter(|view| is_in_bar(view));
    let name = target_name(tools.target);
    html! {
        <div class="row actions" role="group" aria-label={tell(key!("deed.actions"), &[("target", &name)])}>
            if let Target::Link(from, to) = tools.target { {ways(tools.way, from, to, send)} }
            {for main.map(|view| deed_button(tools, view, place, send))}
        </div>
    }
}

fn ways(chosen: Way, from: Address, to: Address, send: &Callback<Message>) -> Html {
    let arrow = |from: Address, to: Address| format!("{} → {}", short(from), short(to));
    let choices = [
        (Way::Both, say(key!("way.both")).to_owned()),
        (Way::There, arrow(from, to)),
        (Way::Back, arrow(to, from)),
    ];
    let each = choices.into_iter().map(|(way, text)| {
        html! {
            <button type="button" aria-pressed={way == chosen}
                onclick={click(send, Message::SetWay(way))}>{text}</button>
        }
    });
    html! { <div class="segments" role="group" aria-label={say("way.title")}>{for each}</div> }
}

/// `3`, `A`: as short as the ends of a link can be called.
fn short(address: Address) -> String {
    match address {
        Address::Member(id) => id.to_string(),
        Address::Client(id) => char::from(b'A' + id.0).to_string(),
    }
}
