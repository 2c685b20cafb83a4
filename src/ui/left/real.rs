//! The cluster for real: the files of the chosen form, one at a time, to be copied or saved.

use super::super::message::Message;
use super::super::parts::{button, click};
use super::super::recording::save;
use super::super::web;
use super::state::{Ask, ForReal};
use crate::ui::dom::html;
use crate::view::real::Form;
use crate::words::{key, say};
use web_sys::HtmlSelectElement;
use yew::prelude::*;

/// The page.
pub fn page(shown: &ForReal, send: &Callback<Message>) -> Html {
    let forms = [
        (Form::Procfile, say(key!("real.procfile"))),
        (Form::Systemd, say(key!("real.systemd"))),
        (Form::Compose, say(key!("real.compose"))),
    ];
    let forms = forms.map(|(form, name)| {
        html! {
            <button type="button" aria-pressed={form == shown.form}
                onclick={click(send, Ask::Form(form).into())}>{name}</button>
        }
    });
    let choose = send.reform(|event: Event| {
        let list = event.target_unchecked_into::<HtmlSelectElement>();
        Ask::File(list.selected_index() as usize).into()
    });
    let names = shown.real.files.iter().enumerate().map(|(place, file)| {
        html! { <option selected={place == shown.file}>{file.name.clone()}</option> }
    });
    let Some(file) = shown.real.files.get(shown.file).cloned() else {
        return Html::default();
    };
    let copy = send.reform(|_: MouseEvent| Ask::Copied(web::copy("#real-text")).into());
    let (name, text) = (file.name, file.text);
    let download = {
        let text = text.clone();
        Callback::from(move |_: MouseEvent| save(&name, &text))
    };
    let copied = match shown.copied {
        Some(true) => say(key!("real.copied")),
        Some(false) => say(key!("real.not-copied")),
        None => "",
    };
    let remarks = shown.real.remarks.iter();
    let remarks = remarks.map(|remark| html! { <li>{remark.clone()}</li> });
    html! {
        <div class="sect real" data-testid="real">
            <p class="dim">{say("real.about")}</p>
            <div class="segments" role="group" aria-label={say("real.form")}>{for forms}</div>
            <div class="row">
                <select aria-label={say("real.file")} onchange={choose}>{for names}</select>
                <button type="button" class="btn" onclick={copy}>{say("real.copy")}</button>
                <button type="button" class="btn" onclick={download}>{say("real.download")}</button>
                <b role="status">{copied}</b>
            </div>
            <textarea id="real-text" readonly=true wrap="off" spellcheck="false" lang="en" aria-label={say("real.file")}
                value={text} />
            if !shown.real.remarks.is_empty() {
                <h2>{say("real.differs")}</h2>
                <ul>{for remarks}</ul>
            }
        </div>
    }
}

/// The command line of the selected member, for the inspector.
pub fn flags(command: Option<String>, send: &Callback<Message>) -> Html {
    let open = command.is_some();
    html! {
        <div class="sect start-flags">
            <button type="button" class="btn ghost" aria-expanded={open}
                onclick={click(send, Ask::Flags.into())}>{say("real.flags")}</button>
            if let Some(command) = command {
                <pre tabindex="0" data-testid="flags" lang="en">{command}</pre>
                {button("btn", say(key!("left.real")), send, Ask::Toggle(super::Tab::Real).into())}
            }
        </div>
    }
}
