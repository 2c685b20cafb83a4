//! The dialog that names all keys.

use super::drawn::Part;
use super::keys;
use super::message::Message;
use super::parts::icon_button;
use crate::ui::dom::html;
use crate::words::{key, say};
use yew::prelude::*;

/// The dialog; the root opens it as a modal one once it is there.
#[derive(PartialEq)]
pub struct Help {
    /// Where messages go.
    pub send: Callback<Message>,
}

impl Part for Help {
    fn view(&self) -> Html {
        let oncancel = self.send.reform(|event: Event| {
            event.prevent_default();
            Message::Escape
        });
        let rows = keys::HELP.iter().map(|(keys, what)| {
            let keys = keys.iter().map(|key| html! { <kbd>{*key}</kbd> });
            html! { <div><dt>{for keys}</dt><dd>{what()}</dd></div> }
        });
        html! {
            <dialog class="help" {oncancel} aria-label={say("top.keys")}>
                <div class="row between">
                    <h2>{say("top.keys")}</h2>
                    {icon_button("close-help", say(key!("stage.close")), html! { "×" }, &self.send, Message::Escape)}
                </div>
                <dl>{for rows}</dl>
                <p class="dim">{say("key.pointer")}</p>
            </dialog>
        }
    }
}
