//! A client: a small card outside the ring, wired to the member that it talks to.

use super::{px, translate};
use crate::ui::motion::use_motion;
use crate::ui::slices::Shared;
use crate::ui::words;
use crate::view::geometry::{CLIENT_CARD, Point};
use crate::view::{ClientView, OperationView, OutcomeView};
use yew::prelude::*;

/// How far from its centre a card's surroundings end.
pub const CARD_RIM: f64 = 42.0;

/// What a client's card shows.
#[derive(Properties, PartialEq)]
pub struct ClientCardProps {
    /// The client.
    pub client: Shared<ClientView>,
    /// Where the card stands.
    pub at: Point,
    /// Where the member stands.
    pub member: Point,
}

/// Renders the card and its wire.
#[function_component]
pub fn ClientCard(props: &ClientCardProps) -> Html {
    let (client, at) = (&props.client, props.at);
    let (width, height) = CLIENT_CARD;
    html! {
        <g class="client" data-client={client.name.clone()}>
            <line class="wire" x1={px(at.x)} y1={px(at.y)} x2={px(props.member.x)} y2={px(props.member.y)} />
            <g transform={translate(at)}>
                <rect x={px(-width / 2.0)} y={px(-height / 2.0)} width={px(width)} height={px(height)} rx="6" />
                <text class="name" y="-2">{client.name.clone()}</text>
                if let Some(operation) = &client.operation {
                    <Operation operation={operation.clone()} />
                }
            </g>
        </g>
    }
}

#[derive(Properties, PartialEq)]
struct OperationProps {
    operation: OperationView,
}

#[function_component]
fn Operation(props: &OperationProps) -> Html {
    let operation = &props.operation;
    let node = use_node_ref();
    let verb = operation
        .command
        .split(' ')
        .next()
        .unwrap_or_default()
        .to_string();
    let text = use_memo(
        (verb, operation.outcome.clone()),
        |(verb, outcome)| match outcome {
            OutcomeView::Pending => format!("{verb} … "),
            OutcomeView::Done(_) => format!("{verb} ✓"),
            OutcomeView::Failed(_) => format!("{verb} ✕"),
            OutcomeView::Unknown(_) => format!("{verb} ? unknown"),
        },
    );
    let pending = operation.outcome == OutcomeView::Pending;
    let data = (text, operation.called, pending);
    use_motion(
        node.clone(),
        data,
        |element, (text, called, pending), moment| {
            let waited = match pending {
                true => words::duration(moment.now.since(*called)),
                false => String::new(),
            };
            element.set_text_content(Some(&format!("{text}{waited}")));
        },
    );
    html! { <text ref={node} class={classes!("operation", outcome_name(&operation.outcome))} y="11" /> }
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
