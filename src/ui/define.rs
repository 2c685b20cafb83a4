//! Words with a dotted underline that open their definition.

use super::model::{Definition, Message};
use super::words::{self, Word};
use yew::prelude::*;

/// A word that opens its definition.
#[derive(Properties, PartialEq)]
pub struct DefineProps {
    /// The word.
    pub word: Word,
    /// How it is written here.
    pub text: &'static str,
    /// Where messages go.
    pub send: Callback<Message>,
}

/// Renders the word as a button.
#[function_component]
pub fn Define(props: &DefineProps) -> Html {
    let node = use_node_ref();
    let onclick = {
        let (node, word, send) = (node.clone(), props.word, props.send.clone());
        Callback::from(move |event: MouseEvent| {
            event.prevent_default();
            event.stop_propagation();
            let Some(element) = node.cast::<web_sys::Element>() else {
                return;
            };
            let area = element.get_bounding_client_rect();
            let at = (area.left(), area.bottom());
            send.emit(Message::Define(Some(Definition { word, at })));
        })
    };
    let onblur = props.send.reform(|_: FocusEvent| Message::Define(None));
    html! {
        <button ref={node} type="button" class="define" {onclick} {onblur}>{props.text}</button>
    }
}

/// The definition that is open.
#[derive(Properties, PartialEq)]
pub struct DefinitionBoxProps {
    /// What is open.
    pub definition: Option<Definition>,
}

/// Renders the definition below its word, or above it near the bottom of the window. The element
/// is always there, so that a screen reader hears its text when it changes.
#[function_component]
pub fn DefinitionBox(props: &DefinitionBoxProps) -> Html {
    const WIDTH: f64 = 280.0;
    let Some(definition) = &props.definition else {
        return html! { <div class="definition" role="status" hidden=true></div> };
    };
    let window = super::web::window();
    let size = |value: Result<wasm_bindgen::JsValue, _>| {
        value.ok().and_then(|v| v.as_f64()).unwrap_or(1000.0)
    };
    let (width, height) = (size(window.inner_width()), size(window.inner_height()));
    let left = definition.at.0.min(width - WIDTH - 12.0).max(8.0);
    let place = if definition.at.1 > height - 130.0 {
        format!("bottom:{:.0}px", height - definition.at.1 + 26.0)
    } else {
        format!("top:{:.0}px", definition.at.1 + 6.0)
    };
    html! {
        <div class="definition" role="status" style={format!("left:{left:.0}px;{place};width:{WIDTH}px")}>
            { words::definition(definition.word) }
        </div>
    }
}
