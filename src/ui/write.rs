//! The one-line form that writes, reads and deletes a key, below the latest answers.

use super::answers::{Answer, Answers};
use super::console::{Console, Key};
use super::drawn::{Part, drawn, drawn_as};
use super::forms::Verb;
use super::message::{Field, Message, Sheet};
use super::model::WriteDraft;
use super::motion::{Moving, mover};
use super::parts::{button, click, define, error, log, sheet_head, typed};
use super::slices::Shared;
use super::split::{Edge, split};
use super::stage::outcome_name;
use super::why::Ask;
use super::words::{self, Word};
use crate::raft::NodeId;
use crate::ui::dom::html;
use crate::view::OutcomeView;
use crate::view::why::Topic;
use crate::words::{key, say};
use web_sys::HtmlSelectElement;
use yew::prelude::*;

/// What the form and the answers show.
#[derive(PartialEq)]
pub struct Write {
    /// The console, if it is shown in the place of the form.
    pub console: Option<Console>,
    /// The members that a client can talk to.
    pub ids: Shared<Vec<NodeId>>,
    /// The form as it is filled in.
    pub draft: Shared<WriteDraft>,
    /// The latest operations.
    pub answers: Shared<Answers>,
    /// Whether somebody can follow what happens.
    pub followed: bool,
    /// Why the last request was refused.
    pub notice: Option<String>,
    /// Whether the sheet is open, where there are sheets.
    pub open: bool,
    /// Where messages go.
    pub send: Callback<Message>,
}

impl Part for Write {
    fn view(&self) -> Html {
        html! {
            <section class="write sheet" id="sheet-write" data-open={self.open}
                aria-label={say("write.title")}>
                {split(Edge::Dock)}
                {sheet_head(say(key!("write.title")), Sheet::Write, Html::default(), &self.send)}
                {self.switch()}
                if let Some(console) = &self.console {
                    {console.view(self.through())}
                } else {
                    {drawn(AnswerList(self.answers.clone(), self.followed, self.send.clone()))}
                }
                {error("write-error", self.notice.clone())}
                if self.console.is_none() { {self.form()} }
            </section>
        }
    }
}

impl Write {
    fn form(&self) -> Html {
        let (send, draft) = (&self.send, &self.draft);
        let onsubmit = send.reform(|event: SubmitEvent| {
            event.prevent_default();
            Message::Send(Verb::Put)
        });
        let toggle_local = send.reform(|_: Event| Message::ToggleLocal);
        html! {
            <form class="write-form" {onsubmit} novalidate=true>
                <label for="key">{say("write.key")}</label>
                {self.field("key", &draft.key, Field::Key, self.notice.is_some())}
                <label for="value">{say("write.value")}</label>
                {self.field("value", &draft.value, Field::Value, false)}
                {self.through()}
                <span class="verbs">
                    <button type="submit" class="btn primary">{say("write.put")}</button>
                    {button("btn", say(key!("write.get")), send, Message::Send(Verb::Get))}
                    {button("btn", say(key!("write.delete")), send, Message::Send(Verb::Delete))}
                </span>
                <span class="local">
                    <label class="check">
                        <input id="local" type="checkbox" checked={draft.local} onchange={toggle_local} />
                        {say("write.local")}
                    </label>
                    {define(Word::Local, "?", send)}
                </span>
            </form>
        }
    }

    /// Whom the client talks to.
    fn through(&self) -> Html {
        let (send, draft) = (&self.send, &self.draft);
        let talk = send.reform(|event: Event| {
            let chosen = event.target_unchecked_into::<HtmlSelectElement>().value();
            Message::Talk(NodeId(chosen.parse().unwrap_or(1)))
        });
        let options = self.ids.iter().map(|id| {
            html! {
                <option value={*id} selected={*id == draft.member}>{words::member(*id)}</option>
            }
        });
        html! {
            <span class="through">
                <label for="through">{say("write.through")}</label>
                <select id="through" onchange={talk}>{for options}</select>
            </span>
        }
    }

    /// The switch between form and console.
    fn switch(&self) -> Html {
        let choice = |console: bool, name: &'static str| {
            let pressed = self.console.is_some() == console;
            let onclick = click(&self.send, Key::Open(console).into());
            html! {
                <button type="button" class="view" aria-pressed={pressed} {onclick}>{name}</button>
            }
        };
        html! {
            <div class="views" role="group" aria-label={say("console.views")}>
                {choice(false, say(key!("console.form")))}{choice(true, say(key!("console.title")))}
            </div>
        }
    }

    fn field(&self, id: &'static str, text: &str, field: Field, invalid: bool) -> Html {
        let oninput = self
            .send
            .reform(move |event: InputEvent| Message::Type(field, typed(&event)));
        html! {
            <input {id} type="text" autocomplete="off" autocapitalize="off" spellcheck="false"
                value={text.to_owned()} {oninput} aria-invalid={invalid}
                aria-describedby="write-error" />
        }
    }
}

/// Where nobody can follow what happens, nobody scrolls back in the answers: so many are drawn then.
const IN_SIGHT: usize = 16;

/// The answers, whether somebody can follow what happens, and where messages go.
#[derive(PartialEq)]
struct AnswerList(Shared<Answers>, bool, Callback<Message>);

impl Part for AnswerList {
    fn view(&self) -> Html {
        let AnswerList(answers, followed, send) = self;
        let hidden = match followed {
            true => 0,
            false => answers.iter().len().saturating_sub(IN_SIGHT),
        };
        let empty = answers.iter().len() == 0;
        let answers = answers
            .iter()
            .skip(hidden)
            .map(|answer| drawn_as(answer.operation.id.0, Line(answer.clone(), send.clone())));
        let items = html! {
            <>
                if empty { <p class="faint">{say("write.answers-empty")}</p> }
                <ol>{for answers}</ol>
            </>
        };
        log("answers", say(key!("write.answers")), items)
    }
}

/// An answer with the question that can be asked about it.
#[derive(PartialEq)]
struct Line(Answer, Callback<Message>);

impl Part for Line {
    fn view(&self) -> Html {
        let Line(answer, send) = self;
        let operation = &answer.operation;
        let about = Ask::About(Topic::Operation(operation.id));
        html! {
            <li data-testid="answer" data-outcome={outcome_name(&operation.outcome)}
                data-member={answer.member}>
                <span class="prompt">{words::prompt(answer.member)}</span>
                {" "}<span class="command">{operation.command.clone()}</span>
                <span class="who faint">{answer.client.clone()}</span>
                {" "}{button("why-more", say(key!("why.page.ask")), send, about.into())}
                <div class="outcome">{answer.outcome()}</div>
            </li>
        }
    }
}

impl Answer {
    fn outcome(&self) -> Html {
        let line = |class: &'static str, sign: &str, text: &str, remark: &'static str| {
            html! { <span {class}>{format!("{sign}{text}")}<small>{remark}</small></span> }
        };
        match &self.operation.outcome {
            OutcomeView::Pending => {
                let waiting = Moving::Waiting(
                    format!("{} ", say(key!("write.waiting"))),
                    self.operation.called,
                );
                mover("span", "line waiting", waiting, Html::default())
            }
            OutcomeView::Done(lines) => lines
                .iter()
                .map(|text| line("line", "", text, ""))
                .collect(),
            OutcomeView::Failed(text) => {
                line("line failed", "✕ ", text, say(key!("write.refused")))
            }
            OutcomeView::Unknown(text) => {
                line("line unknown", "? ", text, say(key!("write.unknown")))
            }
        }
    }
}
