//! A client: a small card outside the ring, wired to the member that it talks to.

use crate::ui::dom::{classes, html};
use crate::ui::drawn::Part;
use crate::ui::message::Message;
use crate::ui::motion::{Moving, mover};
use crate::ui::parts::click;
use crate::ui::slices::Shared;
use crate::ui::words;
use crate::view::deeds::Target;
use crate::view::geometry::{CLIENT_CARD, Point, tenths, translate};
use crate::view::{ClientView, OperationView, OutcomeView};
use crate::words::{key, say, tell};
use yew::prelude::*;

/// How far from its centre a card's surroundings end.
pub const CARD_RIM: f64 = 46.0;

/// What a client's card shows.
#[derive(PartialEq)]
pub struct ClientCard {
    /// The client.
    pub client: Shared<ClientView>,
    /// Where the card stands.
    pub at: Point,
    /// Where the member stands.
    pub member: Point,
    /// How far the member's surroundings reach.
    pub rim: f64,
    /// Where messages go.
    pub send: Callback<Message>,
}

impl Part for ClientCard {
    fn view(&self) -> Html {
        let (client, at) = (&self.client, self.at);
        let (width, height) = CLIENT_CARD;
        let end = self
            .member
            .towards(at, self.rim / self.member.distance(at).max(1.0));
        let look = Target::Client(client.id);
        let onkeydown = {
            let send = self.send.clone();
            Callback::from(move |event: KeyboardEvent| {
                if event.key() == "Enter" {
                    event.prevent_default();
                    send.emit(Message::Look(look, true));
                }
            })
        };
        html! {
            <g class="client" data-client={client.id.to_string()}>
                <line class="wire" x1={tenths(at.x)} y1={tenths(at.y)} x2={tenths(end.x)}
                    y2={tenths(end.y)} />
                <g transform={translate(at)} role="button" tabindex="0" {onkeydown}
                    onclick={click(&self.send, Message::Look(look, false))} aria-label={name(client)}>
                    <rect x={tenths(-width / 2.0)} y={tenths(-height / 2.0)} width={tenths(width)}
                        height={tenths(height)} rx="6" />
                </g>
                <g class="card-text" aria-hidden="true" transform={translate(at)}>
                    <text class="name" y="-9">{client.name.clone()}</text>
                    {pending(client)}
                    {answer(client)}
                </g>
            </g>
        }
    }
}

/// What an operation does, in a word.
fn verb(operation: &OperationView) -> &str {
    operation.command.split(' ').next().unwrap_or_default()
}

/// The accessible name: who it talks to, what it waits for, what it was told.
fn name(client: &ClientView) -> String {
    let last = client.last.as_ref().map_or_else(String::new, |last| {
        let answer = match &last.outcome {
            OutcomeView::Done(lines) => lines.join(" "),
            OutcomeView::Failed(text) | OutcomeView::Unknown(text) => text.clone(),
            OutcomeView::Pending => String::new(),
        };
        format!("{}: {answer}", last.command)
    });
    tell(
        key!("client.label"),
        &[
            ("client", &client.name),
            ("member", &words::member(client.member)),
            ("pending", &client.pending),
            ("last", &last),
        ],
    )
}

/// What it waits for.
fn pending(client: &ClientView) -> Html {
    let operation = client.operation.as_ref();
    match operation.filter(|operation| operation.outcome == OutcomeView::Pending) {
        Some(operation) => {
            let more = match client.pending {
                0 | 1 => String::new(),
                all => format!("+{} ", all - 1),
            };
            let waiting = format!("{} … {more}", verb(operation));
            let waiting = Moving::Waiting(waiting, operation.called);
            html! { <text class="operation" y="4">{mover("tspan", "", waiting, Html::default())}</text> }
        }
        None => {
            let doing = match client.load {
                Some(rate) => tell(key!("client.rate"), &[("rate", &rate)]),
                None => say(key!("client.idle")).to_owned(),
            };
            html! { <text class="operation" y="4">{doing}</text> }
        }
    }
}

/// What it was told last.
fn answer(client: &ClientView) -> Html {
    let Some(last) = &client.last else {
        return Html::default();
    };
    let sign = match &last.outcome {
        OutcomeView::Done(_) => "✓",
        OutcomeView::Failed(_) => "✕",
        _ => say(key!("client.unknown")),
    };
    // While it is new it stands out.
    let new = client
        .operation
        .as_ref()
        .is_some_and(|operation| operation.id == last.id);
    html! {
        <text class={classes!("operation", new.then_some(outcome_name(&last.outcome)))} y="16">
            {format!("{} {sign}", verb(last))}
        </text>
    }
}

/// An outcome as a word for styles and tests.
pub fn outcome_name(outcome: &OutcomeView) -> &'static str {
    match outcome {
        OutcomeView::Pending => "pending",
        OutcomeView::Done(_) => "done",
        OutcomeView::Failed(_) => "failed",
        OutcomeView::Unknown(_) => "unknown",
    }
}
