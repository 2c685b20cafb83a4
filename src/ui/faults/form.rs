//! The form of faults: for how long, when, and everything that needs numbers.

use super::bar::deed_button;
use super::tools::Tools;
use crate::ui::dom::html;
use crate::ui::message::{Field, Message, Place};
use crate::ui::parts::{click, typed};
use crate::view::deeds::{DeedView, KNOBS, Section, Target};
use crate::words::{Key, key, say};
use yew::prelude::*;

/// A field for a number.
pub fn number(id: String, name: Key, text: &str, field: Field, send: &Callback<Message>) -> Html {
    let oninput = send.reform(move |event: InputEvent| Message::Type(field, typed(&event)));
    html! {
        <label class="number" for={id.clone()}>
            <input {id} type="text" inputmode="decimal" autocomplete="off" value={text.to_owned()} {oninput} />
            <span>{say(name)}</span>
        </label>
    }
}

/// The form for what is selected.
pub fn form(tools: &Tools, send: &Callback<Message>) -> Html {
    let sections = Section::FORM.into_iter().map(|section| {
        let all = tools.deeds.iter();
        let mut rows = all.filter(|view| view.deed.section() == section).peekable();
        if rows.peek().is_none() {
            return Html::default();
        }
        let (plain, numbered): (Vec<_>, Vec<_>) =
            rows.partition(|view| view.deed.knobs().is_empty());
        let buttons = plain.into_iter();
        html! {
            <fieldset>
                <legend>{say(section.title())}</legend>
                <div class="row">
                    {for buttons.map(|view| deed_button(tools, view, Place::Inspector, send))}
                </div>
                {for numbered.into_iter().map(|view| row(tools, view, send))}
            </fieldset>
        }
    });
    let lasts = number(
        "lasts".to_owned(),
        key!("deed.for"),
        &tools.lasts,
        Field::Lasts,
        send,
    );
    let at = number("at".to_owned(), key!("deed.at"), &tools.at, Field::At, send);
    html! {
        <div class="fault-form">
            <div class="row when">
                <span title={say("deed.for-hint")}>{lasts}{" s"}</span>
                <span title={say("deed.at-hint")}>{at}{" s"}</span>
            </div>
            if matches!(tools.target, Target::Client(_)) {
                {for sections}
            } else if tools.deeds.iter().any(|view| view.deed.section() != Section::Main) {
                <details>
                    <summary>{say("deed.faults")}</summary>
                    {for sections}
                </details>
            }
        </div>
    }
}

fn row(tools: &Tools, view: &DeedView, send: &Callback<Message>) -> Html {
    let knobs = view.deed.knobs().iter().map(|&knob| {
        let (id, field) = (format!("knob-{knob}"), Field::Knob(knob));
        number(id, KNOBS[knob].name, &tools.knobs[knob], field, send)
    });
    html! {
        <div class="row deed">
            {for knobs}
            {deed_button(tools, view, Place::Inspector, send)}
            if view.changed {
                <button type="button" class="btn ghost" onclick={click(send, Message::Undo(view.deed))}>
                    {say("deed.usual")}
                </button>
            }
        </div>
    }
}
