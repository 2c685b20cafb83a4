//! The panel that cuts the network: every member as a chip with its side.

use crate::raft::NodeId;
use crate::ui::define::Define;
use crate::ui::model::{Message, Panel, Place};
use crate::ui::slices::Shared;
use crate::ui::web;
use crate::ui::words::{self, Word};
use yew::prelude::*;

/// What the panel shows.
#[derive(Properties, PartialEq)]
pub struct CutPanelProps {
    /// The members.
    pub ids: Shared<Vec<NodeId>>,
    /// Those on side B.
    pub side_b: Shared<Vec<NodeId>>,
    /// Whether the network is cut now.
    pub cut: bool,
    /// Why the last attempt failed.
    pub notice: Option<String>,
    /// Where messages go.
    pub send: Callback<Message>,
}

/// Renders the panel.
#[function_component]
pub fn CutPanel(props: &CutPanelProps) -> Html {
    use_effect_with((), |()| {
        web::focus(".cut-panel .chip");
        || web::focus("#cut")
    });
    let chips = props.ids.iter().map(|id| {
        let id = *id;
        let on_b = props.side_b.contains(&id);
        let side = if on_b { 'B' } else { 'A' };
        let onclick = props.send.reform(move |_| Message::ToggleSide(id));
        html! {
            <button type="button" class="chip" key={id.0} {onclick} data-side={side.to_string()}
                aria-label={words::chip_label(id, side)}>
                {words::member(id)}<b>{side}</b>
            </button>
        }
    });
    let (all, b) = (props.ids.len(), props.side_b.len());
    html! {
        <section class="panel cut-panel" aria-label={words::CUT_TITLE}>
            <div class="row between">
                <h2><Define word={Word::Cut} text={words::CUT_TITLE} send={props.send.clone()} /></h2>
                <button type="button" class="btn ghost icon" aria-label={words::CLOSE}
                    onclick={props.send.reform(|_| Message::TogglePanel(Panel::Cut))}>{"×"}</button>
            </div>
            <div class="chips" role="group" aria-label={words::CUT_SIDES}>{for chips}</div>
            <p class="error" role="alert">{props.notice.clone()}</p>
            <div class="row">
                <button type="button" class="btn primary" onclick={props.send.reform(|_| Message::Cut)}>
                    {words::cut_button(all - b, b)}
                </button>
                if props.cut {
                    <button type="button" class="btn"
                        onclick={props.send.reform(|_| Message::Heal(Place::Cut))}>{words::HEAL}</button>
                }
            </div>
            <p class="faint">{words::CUT_HINT}</p>
        </section>
    }
}
