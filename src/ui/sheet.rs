//! The head of a part that becomes a sheet where there is little room.

use super::model::{Message, Sheet};
use super::words;
use yew::prelude::*;

/// What the head shows.
#[derive(Properties, PartialEq)]
pub struct SheetHeadProps {
    /// The title.
    pub title: &'static str,
    /// The sheet that its button closes.
    pub sheet: Sheet,
    /// Where messages go.
    pub send: Callback<Message>,
    /// What stands beside the title.
    #[prop_or_default]
    pub children: Html,
}

/// Renders the head; the style shows the button only where the part is a sheet.
#[function_component]
pub fn SheetHead(props: &SheetHeadProps) -> Html {
    let sheet = props.sheet;
    html! {
        <div class="sheet-head">
            <h2>{props.title}</h2>
            {props.children.clone()}
            <button type="button" class="btn ghost icon sheet-close" aria-label={words::CLOSE}
                onclick={props.send.reform(move |_| Message::ToggleSheet(sheet))}>{"×"}</button>
        </div>
    }
}
