//! A client: a small card outside the ring, wired to the member that it talks to.

use crate::ui::drawn::Part;
use crate::ui::motion::{Mover, Moving};
use crate::ui::slices::Shared;
use crate::view::geometry::{CLIENT_CARD, Point, tenths, translate};
use crate::view::{ClientView, OperationView, OutcomeView};
use yew::prelude::*;

/// How far from its centre a card's surroundings end.
pub const CARD_RIM: f64 = 42.0;

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
}

impl Part for ClientCard {
    fn view(&self) -> Html {
        let (client, at) = (&self.client, self.at);
        let (width, height) = CLIENT_CARD;
        let end = self
            .member
            .towards(at, self.rim / self.member.distance(at).max(1.0));
        let name_height = if client.operation.is_some() {
            "-2"
        } else {
            "4"
        };
        html! {
            <g class="client" data-client={client.name.clone()}>
                <line class="wire" x1={tenths(at.x)} y1={tenths(at.y)} x2={tenths(end.x)}
                    y2={tenths(end.y)} />
                <g transform={translate(at)}>
                    <rect x={tenths(-width / 2.0)} y={tenths(-height / 2.0)} width={tenths(width)}
                        height={tenths(height)} rx="6" />
                    <text class="name" y={name_height}>{client.name.clone()}</text>
                    if let Some(operation) = &client.operation { {view_operation(operation)} }
                </g>
            </g>
        }
    }
}

fn view_operation(operation: &OperationView) -> Html {
    let verb = operation.command.split(' ').next().unwrap_or_default();
    let sign = match &operation.outcome {
        OutcomeView::Pending => {
            let waiting = Moving::Waiting(format!("{verb} … "), operation.called);
            return html! {
                <text class="operation" y="11"><Mover tag="tspan" moving={waiting} /></text>
            };
        }
        OutcomeView::Done(_) => "✓",
        OutcomeView::Failed(_) => "✕",
        OutcomeView::Unknown(_) => "? unknown",
    };
    html! {
        <text class={classes!("operation", outcome_name(&operation.outcome))} y="11">
            {format!("{verb} {sign}")}
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
