//! The panel that cuts the network: every member as a chip with its group.

use super::super::model::CutDraft;
use crate::raft::NodeId;
use crate::ui::dom::html;
use crate::ui::drawn::Part;
use crate::ui::message::{Message, Panel, Place};
use crate::ui::parts::{button, click, define, error, icon_button};
use crate::ui::slices::Shared;
use crate::ui::words::{self, Word};
use crate::words::{key, say, tell};
use yew::prelude::*;

/// What the panel shows.
#[derive(PartialEq)]
pub struct CutPanel {
    /// The members.
    pub ids: Shared<Vec<NodeId>>,
    /// Their groups.
    pub draft: Shared<CutDraft>,
    /// Whether the network is cut now.
    pub cut: bool,
    /// Why the last attempt failed.
    pub notice: Option<String>,
    /// Where messages go.
    pub send: Callback<Message>,
}

impl Part for CutPanel {
    fn view(&self) -> Html {
        let (send, draft) = (&self.send, &self.draft);
        let chips = self.ids.iter().zip(&draft.of).map(|(id, group)| {
            let side = char::from(b'A' + *group as u8);
            html! {
                <button type="button" class="chip" onclick={click(send, Message::NextGroup(*id))}
                    data-side={side.to_string()}>
                    {words::member(*id)}{" "}<span class="visually-hidden">{say("stage.on-side")}</span>{" "}<b>{side}</b>
                </button>
            }
        });
        let sizes: Vec<String> = draft.sizes().iter().map(usize::to_string).collect();
        let cut = tell(key!("cut.do"), &[("sizes", &sizes.join(" | "))]);
        let groups = draft.groups;
        let close = Message::TogglePanel(Panel::Cut);
        html! {
            <section class="panel cut-panel" aria-label={say("stage.cut-title")}>
                <div class="row between">
                    <h2>{define(Word::Cut, say(key!("stage.cut-title")), send)}</h2>
                    {icon_button("close-cut", say(key!("stage.close")), html! { "×" }, send, close)}
                </div>
                <div class="chips" role="group" aria-label={say("stage.cut-sides")}>{for chips}</div>
                {error("cut-error", self.notice.clone())}
                <div class="row">
                    {button("btn primary", cut, send, Message::Cut)}
                    if self.cut { {button("btn", say(key!("stage.heal")), send, Message::Heal(Place::Cut))} }
                    if groups < self.ids.len() {
                        {button("btn ghost", say(key!("cut.more")), send, Message::Groups(groups + 1))}
                    }
                    if groups > 2 {
                        {button("btn ghost", say(key!("cut.fewer")), send, Message::Groups(groups - 1))}
                    }
                </div>
                <p class="faint">{say("stage.cut-hint")}</p>
            </section>
        }
    }
}
