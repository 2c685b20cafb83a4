//! The inspector's page of a message: its fields as the paper calls them, and what became of it.

use super::tools::Tools;
use super::{bar, form};
use crate::cluster::LossReason;
use crate::ui::dom::html;
use crate::ui::hue::term_style;
use crate::ui::message::{Message, Place};
use crate::ui::parts::{button, error};
use crate::ui::why::Ask;
use crate::ui::words;
use crate::view::why::Topic;
use crate::view::{ActorView, MessageState, MessageView, client_name};
use crate::words::{key, say, tell};
use yew::prelude::*;

/// The name of an actor.
fn name(actor: ActorView) -> String {
    match actor {
        ActorView::Member(id) => words::member(id),
        ActorView::Client(id) => client_name(id),
    }
}

fn state(state: MessageState) -> String {
    let (key, at) = match state {
        MessageState::Flying(at) => (key!("message.flying"), at),
        MessageState::Held(at, true) => (key!("message.held"), at),
        MessageState::Held(at, false) => (key!("message.link-held"), at),
        MessageState::Arrived(at) => (key!("message.arrived"), at),
        MessageState::Lost(at, _) => (key!("message.lost"), at),
    };
    let reason = match state {
        MessageState::Lost(_, LossReason::Cut) => say(key!("message.reason-cut")),
        MessageState::Lost(_, LossReason::ReceiverCrashed) => say(key!("message.reason-crashed")),
        MessageState::Lost(_, LossReason::Chance) => say(key!("message.reason-chance")),
        MessageState::Lost(_, LossReason::Dropped) => say(key!("message.reason-dropped")),
        _ => "",
    };
    tell(key, &[("time", &words::seconds(at)), ("reason", &reason)])
}

/// The page; `None` for a message of which nothing is known any more.
pub fn message_page(
    tools: &Tools,
    message: Option<&MessageView>,
    notice: Option<String>,
    send: &Callback<Message>,
) -> Html {
    let Some(message) = message else {
        return html! { <div class="sect"><p class="faint">{say("message.gone")}</p></div> };
    };
    let fields = message.fields.iter().map(|(name, value)| {
        html! { <><dt>{*name}</dt><dd data-field={*name}>{value.clone()}</dd></> }
    });
    let hue = message.term.map_or("", term_style);
    let lost = matches!(message.state, MessageState::Lost(..));
    html! {
        <div class="sect" data-testid="message" style={hue}>
            <p><b class="title name">{message.label.clone()}</b>{" "}<span class="dim">{message.kind}</span></p>
            <p>{format!("{} → {}", name(message.from), name(message.to))}{", "}
                {tell(key!("message.sent"), &[("time", &words::seconds(message.sent))])}</p>
            <p data-testid="message-state" class={if lost { "error" } else { "dim" }}>{state(message.state)}</p>
            {bar(tools, Place::Inspector, send)}
            {button("btn", say(key!("why.page.ask")), send, Ask::About(Topic::Message(message.id)).into())}
            {error("message-error", notice)}
            <dl class="fields">{for fields}</dl>
            if !tools.deeds.is_empty() { {form(tools, send)} }
        </div>
    }
}
