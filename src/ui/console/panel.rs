//! The console as it is drawn.

use super::{Key, Printed, Style};
use crate::raft::NodeId;
use crate::ui::dom::html;
use crate::ui::drawn::{Part, drawn_as};
use crate::ui::message::Message;
use crate::ui::parts::{log, typed};
use crate::ui::slices::Shared;
use crate::words::{key, say};
use web_sys::KeyboardEvent;
use yew::prelude::*;

/// What the console shows.
#[derive(PartialEq)]
pub struct Console {
    /// What was printed.
    pub shown: Shared<Vec<Printed>>,
    /// What stands before the line.
    pub prompt: String,
    /// The line as it is typed.
    pub line: String,
    /// Whether a command runs.
    pub busy: bool,
    /// The member that commands talk to.
    pub member: NodeId,
    /// Where messages go.
    pub send: Callback<Message>,
}

/// What a key does in the line; `None` leaves it to the browser.
pub(super) fn key(name: &str, command: bool, line: &str) -> Option<Key> {
    Some(match name {
        "Enter" => Key::Enter,
        // On an empty line Tab goes to the next control, as everywhere.
        "Tab" if !line.is_empty() => Key::Complete,
        "ArrowUp" => Key::Recall(true),
        "ArrowDown" => Key::Recall(false),
        "c" if command => Key::Interrupt,
        "d" if command && line.is_empty() => Key::Close,
        "l" if command => Key::Clear,
        _ => return None,
    })
}

impl Part for Printed {
    fn view(&self) -> Html {
        let class = match self.style {
            Style::Typed => "typed",
            Style::Out => "out",
            Style::Err => "err",
            Style::Remark => "remark",
        };
        let text = self.text.strip_suffix('\n').unwrap_or(&self.text);
        html! { <pre {class}>{text.to_owned()}</pre> }
    }
}

impl Console {
    /// The console; behind its line stands whom it talks to.
    pub fn view(&self, through: Html) -> Html {
        let line = self.line.clone();
        let onkeydown = {
            let send = self.send.clone();
            Callback::from(move |event: KeyboardEvent| {
                let plain = !event.shift_key() && !event.alt_key() && !event.meta_key();
                if let Some(key) = key(&event.key(), event.ctrl_key(), &line).filter(|_| plain) {
                    event.prevent_default();
                    send.emit(key.into());
                }
            })
        };
        let oninput = self
            .send
            .reform(|event: InputEvent| Key::Type(typed(&event)).into());
        let stop = self.send.reform(|_: MouseEvent| Key::Interrupt.into());
        let texts = self.shown.iter().enumerate();
        let texts = texts.map(|(at, printed)| drawn_as(at as u64, printed.clone()));
        let output = html! {
            <>
                if self.shown.is_empty() { <p class="faint">{say("console.empty")}</p> }
                {for texts}
            </>
        };
        html! {
            <div class="console">
                {log("screen", say(key!("console.output")), output)}
                <div class="console-line">
                    <label for="console-line">{self.prompt.clone()}</label>
                    <input id="console-line" type="text" autocomplete="off" autocapitalize="off"
                        autocorrect="off" spellcheck="false" value={self.line.clone()} {oninput} {onkeydown}
                        aria-label={say("console.line")} />
                    if self.busy {
                        <button type="button" class="btn" onclick={stop}>{say("console.interrupt")}</button>
                    }
                    {through}
                </div>
            </div>
        }
    }
}
