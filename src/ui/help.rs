//! The dialog that names all keys.

use super::keys;
use super::model::Message;
use super::words;
use web_sys::HtmlDialogElement;
use yew::prelude::*;

/// Where the dialog's messages go.
#[derive(Properties, PartialEq)]
pub struct HelpProps {
    /// Where messages go.
    pub send: Callback<Message>,
}

/// Renders the dialog; it is open as long as it exists.
#[function_component]
pub fn Help(props: &HelpProps) -> Html {
    let node = use_node_ref();
    use_effect_with(node.clone(), |node| {
        let dialog = node.cast::<HtmlDialogElement>();
        if let Some(dialog) = &dialog {
            // It fails only when it is open already.
            let _ = dialog.show_modal();
        }
        move || {
            if let Some(dialog) = dialog {
                dialog.close();
            }
        }
    });
    let close = props.send.reform(|_: MouseEvent| Message::Escape);
    let oncancel = props.send.reform(|event: Event| {
        event.prevent_default();
        Message::Escape
    });
    let rows = keys::HELP.iter().map(|(keys, what)| {
        let keys = keys.iter().map(|key| html! { <kbd>{*key}</kbd> });
        html! { <><dt>{for keys}</dt><dd>{*what}</dd></> }
    });
    html! {
        <dialog ref={node} class="help" {oncancel} aria-label={words::KEYS}>
            <div class="row between">
                <h2>{words::KEYS}</h2>
                <button type="button" class="btn ghost icon" aria-label={words::CLOSE} onclick={close}>{"×"}</button>
            </div>
            <dl>{for rows}</dl>
            <p class="dim">{words::HELP_POINTER}</p>
        </dialog>
    }
}
