//! The one sentence below the stage.

use super::drawn::Part;
use super::slices::Shared;
use super::spans;
use crate::view::Span;
use yew::prelude::*;

/// What the line says.
#[derive(PartialEq)]
pub struct Sentence {
    /// What just happened or what everybody waits for.
    pub sentence: Shared<Vec<Span>>,
    /// The same for a screen reader, which hears less often.
    pub said: AttrValue,
}

impl Part for Sentence {
    fn view(&self) -> Html {
        html! {
            <div class="say">
                <p data-testid="sentence">{spans::html(&self.sentence)}</p>
                <p class="visually-hidden" aria-live="polite">{self.said.clone()}</p>
            </div>
        }
    }
}
