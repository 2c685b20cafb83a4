//! What is shown of runs that come and go: the share panel, the dialogs.

use super::super::drawn::Part;
use super::super::message::{Message, Panel};
use super::super::parts::{button, click, icon_button};
use super::super::web;
use super::files;
use super::state::{Recording, Shared};
use crate::timeline::Progress;
use crate::ui::dom::html;
use crate::words::{key, say, tell};
use web_sys::HtmlInputElement;
use yew::prelude::*;

/// The button that opens the panel.
pub fn share_button(open: bool, send: &Callback<Message>) -> Html {
    let message = match open {
        true => Message::TogglePanel(Panel::Share),
        false => Recording::Share.into(),
    };
    html! {
        <button type="button" class="btn" id="share" aria-expanded={open}
            onclick={click(send, message)} title={say("recording.share")}>
            <svg width="14" height="14" viewBox="0 0 14 14" aria-hidden="true">
                <path d="M2 8v4.5h10V8M7 9.5V1.5M4 4l3-3 3 3" stroke="currentColor" stroke-width="1.5" fill="none" />
            </svg>
            <span class="share-text">{say("recording.share")}</span>
        </button>
    }
}

/// The panel with the link and the files.
#[derive(PartialEq)]
pub struct SharePanel {
    /// The link that was made.
    pub shared: Option<Shared>,
    /// Whether there is a run to go back to.
    pub before: bool,
    /// Where messages go.
    pub send: Callback<Message>,
}

impl Part for SharePanel {
    fn view(&self) -> Html {
        let send = &self.send;
        let choose = send.clone();
        let onchange = Callback::from(move |event: Event| {
            let field = event.target_unchecked_into::<HtmlInputElement>();
            if let Some(file) = field.files().and_then(|files| files.get(0)) {
                files::read(&file, &choose);
            }
            // The same file can be chosen again.
            field.set_value("");
        });
        html! {
            <section class="panel share" aria-label={say("recording.share")}>
                <div class="row between">
                    <h2>{say("recording.share")}</h2>
                    {icon_button("close-share", say(key!("stage.close")), html! { "×" }, send, Message::TogglePanel(Panel::Share))}
                </div>
                {self.link()}
                <div class="row">
                    {button("btn", say(key!("recording.save")), send, Recording::Save.into())}
                    <label class="btn file">
                        {say("recording.open")}
                        <input type="file" accept=".quorum,text/plain" {onchange} />
                    </label>
                    if self.before {
                        {button("btn", say(key!("recording.back")), send, Recording::Back.into())}
                    }
                </div>
                <p class="dim">{say("recording.about")}</p>
            </section>
        }
    }
}

impl SharePanel {
    fn link(&self) -> Html {
        let link = match self.shared.as_ref().map(|shared| &shared.link) {
            Some(Ok(link)) => format!("{}{link}", web::address()),
            Some(Err(error)) => return html! { <p class="error" role="alert">{error.clone()}</p> },
            None => return html! {},
        };
        let length = tell(key!("recording.length"), &[("n", &link.len())]);
        let copied = match self.shared.as_ref().and_then(|shared| shared.copied) {
            Some(true) => say(key!("recording.copied")),
            Some(false) => say(key!("recording.not-copied")),
            None => "",
        };
        html! {
            <>
                <div class="row">
                    <input id="share-link" type="text" readonly=true value={link} aria-label={say("recording.link")} />
                    {button("btn primary", say(key!("recording.copy")), &self.send, Recording::Share.into())}
                </div>
                <p><span data-testid="link-length">{length}</span>{" "}<b role="status">{copied}</b></p>
            </>
        }
    }
}

/// The dialog while a long run is being opened.
#[derive(PartialEq)]
pub struct Opening {
    /// How far it is.
    pub progress: Progress,
    /// Where messages go.
    pub send: Callback<Message>,
}

impl Part for Opening {
    fn view(&self) -> Html {
        let oncancel = self.send.reform(|event: Event| {
            event.prevent_default();
            Recording::Cancel.into()
        });
        let Progress { done, total } = self.progress;
        html! {
            <dialog class="help" {oncancel} aria-label={say("recording.opening")}>
                <h2>{say("recording.opening")}</h2>
                <progress max={total.max(1)} value={done}
                    aria-label={say("recording.opening")}></progress>
                <p class="dim">{tell(key!("recording.progress"), &[("done", &done), ("total", &total)])}</p>
                {button("btn", say(key!("new.cancel")), &self.send, Recording::Cancel.into())}
            </dialog>
        }
    }
}

/// The dialog that says why something could not be opened.
#[derive(PartialEq)]
pub struct Trouble {
    /// Why.
    pub error: String,
    /// Whether what the browser kept can be saved as a file.
    pub kept: bool,
    /// Where messages go.
    pub send: Callback<Message>,
}

impl Part for Trouble {
    fn view(&self) -> Html {
        let send = &self.send;
        let oncancel = send.reform(|event: Event| {
            event.prevent_default();
            Recording::Dismiss.into()
        });
        html! {
            <dialog class="help problem" {oncancel} role="alertdialog" aria-label={say("recording.trouble")}
                aria-describedby="trouble-text">
                <h2>{say("recording.trouble")}</h2>
                <p id="trouble-text">{self.error.clone()}</p>
                <p class="dim">{say("recording.untouched")}</p>
                <div class="row">
                    {button("btn primary", say(key!("stage.close")), send, Recording::Dismiss.into())}
                    if self.kept {
                        {button("btn", say(key!("recording.save-kept")), send, Recording::SaveKept.into())}
                    }
                </div>
            </dialog>
        }
    }
}
