//! The panel that cuts the network: every member as a chip with its side.

use crate::raft::NodeId;
use crate::ui::drawn::Part;
use crate::ui::message::{Message, Panel, Place};
use crate::ui::parts::{button, click, define, error, icon_button};
use crate::ui::slices::Shared;
use crate::ui::words::{self, Word};
use yew::prelude::*;

/// What the panel shows.
#[derive(PartialEq)]
pub struct CutPanel {
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

impl Part for CutPanel {
    fn view(&self) -> Html {
        let send = &self.send;
        let chips = self.ids.iter().map(|id| {
            let side = if self.side_b.contains(id) { 'B' } else { 'A' };
            html! {
                <button type="button" class="chip" onclick={click(send, Message::ToggleSide(*id))}
                    data-side={side.to_string()} aria-label={words::chip_label(*id, side)}>
                    {words::member(*id)}<b>{side}</b>
                </button>
            }
        });
        let (all, b) = (self.ids.len(), self.side_b.len());
        let close = Message::TogglePanel(Panel::Cut);
        html! {
            <section class="panel cut-panel" aria-label={words::CUT_TITLE}>
                <div class="row between">
                    <h2>{define(Word::Cut, words::CUT_TITLE, send)}</h2>
                    {icon_button("close-cut", words::CLOSE, html! { "×" }, send, close)}
                </div>
                <div class="chips" role="group" aria-label={words::CUT_SIDES}>{for chips}</div>
                {error("cut-error", self.notice.clone())}
                <div class="row">
                    {button("btn primary", words::cut_button(all - b, b), send, Message::Cut)}
                    if self.cut { {button("btn", words::HEAL, send, Message::Heal(Place::Cut))} }
                </div>
                <p class="faint">{words::CUT_HINT}</p>
            </section>
        }
    }
}
