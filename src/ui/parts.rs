//! Small things that many parts use.

use super::dom::{classes, element, html};
use super::model::{Definition, Message, Sheet, StageView};
use super::words::{self, Word};
use crate::words::{key, say};
use web_sys::{HtmlElement, HtmlInputElement};
use yew::prelude::*;

/// A text in the language that is spoken when it is asked for.
pub type Text = fn() -> &'static str;

/// The handler of a click that asks for something.
pub fn click(send: &Callback<Message>, message: Message) -> Callback<MouseEvent> {
    let send = send.clone();
    Callback::from(move |_| send.emit(message.clone()))
}

/// A button with a text.
pub fn button(
    class: &'static str,
    text: impl Into<AttrValue>,
    send: &Callback<Message>,
    message: Message,
) -> Html {
    html! {
        <button type="button" {class} onclick={click(send, message)}>{text.into()}</button>
    }
}

/// A button with a sign instead of a text.
pub fn icon_button(
    id: &'static str,
    name: &'static str,
    sign: Html,
    send: &Callback<Message>,
    message: Message,
) -> Html {
    html! {
        <button type="button" {id} class="btn ghost icon" aria-label={name} title={name}
            onclick={click(send, message)}>{sign}</button>
    }
}

/// An error at its place.
pub fn error(id: &'static str, text: Option<String>) -> Html {
    error_at(id, text)
}

/// An error at a place among many alike.
pub fn error_at(id: impl Into<AttrValue>, text: Option<String>) -> Html {
    html! { <p class="error" id={id.into()} role="alert">{text}</p> }
}

/// An element with nothing but a text. (Each use of `html!` costs some hundred bytes of the page.)
pub fn text(tag: &'static str, class: &'static str, text: impl Into<AttrValue>) -> Html {
    element(tag, class, Html::from(text.into()))
}

/// A name and what it stands for, in a list of such.
pub fn pair(name: &'static str, value: Html) -> Html {
    html! { <><dt>{name}</dt><dd>{value}</dd></> }
}

/// A word with a dotted underline that opens its definition.
pub fn define(word: Word, text: &'static str, send: &Callback<Message>) -> Html {
    let open = {
        let send = send.clone();
        Callback::from(move |event: MouseEvent| {
            let area = event
                .target_unchecked_into::<HtmlElement>()
                .get_bounding_client_rect();
            let at = (area.left(), area.bottom());
            send.emit(Message::Define(Some(Definition { word, at })));
        })
    };
    let close = send.reform(|_: FocusEvent| Message::Define(None));
    html! {
        <button type="button" class="define" onclick={open} onblur={close}>{text}</button>
    }
}

/// The definition that is open, below its word, or above it near the bottom of the window. The
/// element is always there, so that a screen reader hears its text when it changes.
pub fn definition_box(definition: Option<&Definition>) -> Html {
    const WIDTH: i32 = 280;
    let Some(definition) = definition else {
        return html! { <div class="definition" role="status" hidden=true></div> };
    };
    let (width, height) = super::web::window_size();
    let (x, y) = (definition.at.0 as i32, definition.at.1 as i32);
    let left = x.min(width - WIDTH - 12).max(8);
    let place = match y > height - 130 {
        true => format!("bottom:{}px", height - y + 26),
        false => format!("top:{}px", y + 6),
    };
    html! {
        <div class="definition" role="status" style={format!("left:{left}px;{place};width:{WIDTH}px")}>
            {words::definition(definition.word)}
        </div>
    }
}

/// The head of a part that becomes a sheet where there is little room; the style shows the button
/// only there.
pub fn sheet_head(title: &'static str, sheet: Sheet, more: Html, send: &Callback<Message>) -> Html {
    html! {
        <div class="sheet-head">
            <h2>{title}</h2>
            {more}
            <button type="button" class="btn ghost icon sheet-close" aria-label={say("stage.close")}
                onclick={click(send, Message::ToggleSheet(sheet))}>{"×"}</button>
        </div>
    }
}

/// The switch between the views of the stage.
pub fn stage_switch(view: StageView, send: &Callback<Message>) -> Html {
    let choice = |of: StageView, name: &'static str| {
        html! {
            <button type="button" class="btn" aria-pressed={of == view}
                onclick={click(send, Message::ShowStage(of))}>{name}</button>
        }
    };
    html! {
        <div class="switch" role="group" aria-label={say("sequence.views")}>
            {choice(StageView::Ring, say(key!("sequence.ring")))}{choice(StageView::Sequence, say(key!("sequence.title")))}
        </div>
    }
}

/// What is typed into a field.
pub fn typed(event: &InputEvent) -> String {
    event.target_unchecked_into::<HtmlInputElement>().value()
}

/// A list that stays at its end while things are added, until somebody scrolls away: the style sheet sees to it.
pub fn log(class: &'static str, label: &'static str, items: Html) -> Html {
    html! {
        <div class={classes!("sticky", class)} tabindex="0" role="log" aria-live="off" aria-label={label}><div>{items}</div></div>
    }
}
