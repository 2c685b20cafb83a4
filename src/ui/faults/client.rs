//! The inspector's page of a client: whom it talks to, what it waits for, what it was told, and the
//! requests that it makes up by itself.

use super::tools::Tools;
use super::{bar, form, target_name};
use crate::cluster::Address;
use crate::ui::dom::html;
use crate::ui::message::{Message, Place};
use crate::ui::parts::{click, error};
use crate::ui::words;
use crate::view::deeds::Target;
use crate::view::{ClientView, OutcomeView};
use crate::words::{Key, key, say};
use yew::prelude::*;

/// The page.
pub fn client_page(
    tools: &Tools,
    client: Option<&ClientView>,
    notice: Option<String>,
    send: &Callback<Message>,
) -> Html {
    let Some(client) = client else {
        return html! {
            <div class="sect" data-testid="client">
                <b class="title">{target_name(tools.target)}</b>
                <p class="faint">{say("client.gone")}</p>
                {error("client-error", notice)}
                {form(tools, send)}
            </div>
        };
    };
    let fact = |name: Key, value: Html| {
        html! { <><dt>{say(name)}</dt><dd>{value}</dd></> }
    };
    let wire = Target::Link(Address::Client(client.id), Address::Member(client.member));
    let waiting = client
        .operation
        .as_ref()
        .filter(|o| o.outcome == OutcomeView::Pending);
    let last = client.last.as_ref().map(|last| {
        let told = match &last.outcome {
            OutcomeView::Done(lines) => lines.join(" "),
            OutcomeView::Failed(text) | OutcomeView::Unknown(text) => text.clone(),
            OutcomeView::Pending => String::new(),
        };
        html! { <>{last.command.clone()}<br />{told}</> }
    });
    html! {
        <div class="sect" data-testid="client">
            <b class="title">{client.name.clone()}</b>
            {bar(tools, Place::Inspector, send)}
            {error("client-error", notice)}
            <dl>
                {fact(key!("client.talks-to"), html! {
                    <button type="button" class="btn ghost" onclick={click(send, Message::Look(wire, true))}>
                        {words::member(client.member)}
                    </button>
                })}
                {fact(key!("client.pending"), html! { {client.pending} })}
                if let Some(waiting) = waiting { {fact(key!("client.waits"), html! { {waiting.command.clone()} })} }
                if let Some(last) = last { {fact(key!("client.last"), last)} }
                if let Some(rate) = client.load { {fact(key!("client.load"), html! { {rate} })} }
            </dl>
            {form(tools, send)}
        </div>
    }
}
