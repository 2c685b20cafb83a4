//! The three hints of the first visit.

use super::drawn::Part;
use super::message::Message;
use super::parts::button;
use crate::ui::dom::html;
use crate::words::{key, say};
use yew::prelude::*;

/// The card with the hints.
#[derive(PartialEq)]
pub struct Hints {
    /// Where messages go.
    pub send: Callback<Message>,
}

impl Part for Hints {
    fn view(&self) -> Html {
        html! {
            <aside class="hints" aria-label={say("hints.title")}>
                <ol>
                    <li>{say("hints.member")}</li>
                    <li>{say("hints.cut")}</li>
                    <li>{say("hints.time")}</li>
                </ol>
                {button("btn primary", say(key!("hints.read")), &self.send, Message::HintsRead)}
            </aside>
        }
    }
}
