//! The one sentence below the stage.

use super::drawn::Part;
use super::message::Message;
use super::parts::button;
use super::slices::Shared;
use super::spans;
use super::why::Ask;
use crate::ui::dom::html;
use crate::view::Span;
use crate::words::{key, say, tell};
use yew::prelude::*;

/// What the line says.
#[derive(PartialEq)]
pub struct Sentence {
    /// What just happened or what everybody waits for.
    pub sentence: Shared<Vec<Span>>,
    /// The same for a screen reader, which hears less often.
    pub said: AttrValue,
    /// The rules of Raft that are modified.
    pub modified: Vec<&'static str>,
    /// Where messages go.
    pub send: Callback<Message>,
}

impl Part for Sentence {
    fn view(&self) -> Html {
        html! {
            <div class="say">
                if !self.modified.is_empty() {
                    <p class="modified" data-testid="modified">
                        {tell(key!("vital.modified-note"), &[("rules", &self.modified.join(", "))])}
                    </p>
                }
                <p data-testid="sentence">{spans::html(&self.sentence)}</p>
                {button("btn ghost say-why", say(key!("why.page.ask")), &self.send, Ask::All.into())}
                <p class="visually-hidden" aria-live="polite">{self.said.clone()}</p>
            </div>
        }
    }
}
