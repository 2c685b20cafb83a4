//! The one-line form that writes, reads and deletes a key, below the latest answers.

use super::answers::{Answer, Answers};
use super::define::Define;
use super::forms::Verb;
use super::model::{Message, Sheet};
use super::motion::use_motion;
use super::sheet::SheetHead;
use super::slices::Shared;
use super::stage::outcome_name;
use super::stick::use_stick_to_end;
use super::web;
use super::words::{self, Word};
use crate::raft::NodeId;
use crate::sim::SimTime;
use crate::view::OutcomeView;
use web_sys::{HtmlInputElement, HtmlSelectElement};
use yew::prelude::*;

/// What the form and the answers show.
#[derive(Properties, PartialEq)]
pub struct WriteProps {
    /// The members that a client can talk to.
    pub ids: Shared<Vec<NodeId>>,
    /// The latest operations.
    pub answers: Shared<Answers>,
    /// Why the last request was refused.
    pub notice: Option<String>,
    /// Changes when somebody wants to type.
    pub focus: u32,
    /// Whether the sheet is open, where there are sheets.
    pub open: bool,
    /// Where messages go.
    pub send: Callback<Message>,
}

/// Renders answers and form.
#[function_component]
pub fn Write(props: &WriteProps) -> Html {
    use_effect_with(props.focus, |focus| {
        if *focus > 0 {
            web::focus("#key");
        }
    });
    html! {
        <section class="write sheet" id="sheet-write" data-open={props.open.to_string()}
            aria-label={words::WRITE_TITLE}>
            <SheetHead title={words::WRITE_TITLE} sheet={Sheet::Write} send={props.send.clone()} />
            <AnswerList answers={props.answers.clone()} />
            <p class="error" id="write-error" role="alert">{props.notice.clone()}</p>
            <WriteForm ids={props.ids.clone()} invalid={props.notice.is_some()} send={props.send.clone()} />
        </section>
    }
}

#[derive(Properties, PartialEq)]
struct WriteFormProps {
    ids: Shared<Vec<NodeId>>,
    invalid: bool,
    send: Callback<Message>,
}

#[function_component]
fn WriteForm(props: &WriteFormProps) -> Html {
    let key = use_state(|| "name".to_string());
    let value = use_state(|| "joe".to_string());
    let member = use_state(|| NodeId(1));
    let local = use_state(|| false);
    let through = if props.ids.contains(&member) {
        *member
    } else {
        NodeId(1)
    };

    let type_into = |state: &UseStateHandle<String>| {
        let state = state.clone();
        Callback::from(move |event: InputEvent| {
            state.set(event.target_unchecked_into::<HtmlInputElement>().value());
        })
    };
    let choose = {
        let member = member.clone();
        Callback::from(move |event: Event| {
            let chosen = event.target_unchecked_into::<HtmlSelectElement>().value();
            member.set(NodeId(chosen.parse().unwrap_or(1)));
        })
    };
    let toggle_local = {
        let local = local.clone();
        Callback::from(move |_: Event| local.set(!*local))
    };
    let send = {
        let (key, value, local) = (key.clone(), value.clone(), local.clone());
        let send = props.send.clone();
        move |verb: Verb| {
            send.emit(Message::Send {
                verb,
                key: (*key).clone(),
                value: (*value).clone(),
                local: *local,
                member: through,
            });
        }
    };
    let onsubmit = {
        let send = send.clone();
        Callback::from(move |event: SubmitEvent| {
            event.prevent_default();
            send(Verb::Put);
        })
    };
    let click = |verb: Verb| {
        let send = send.clone();
        Callback::from(move |_: MouseEvent| send(verb))
    };
    let options = props.ids.iter().map(|id| {
        html! {
            <option value={id.to_string()} selected={*id == through}>{words::member(*id)}</option>
        }
    });
    html! {
        <form class="write-form" {onsubmit} novalidate=true>
            <label for="key">{words::KEY}</label>
            <input id="key" type="text" autocomplete="off" autocapitalize="off" spellcheck="false"
                value={(*key).clone()} oninput={type_into(&key)}
                aria-invalid={props.invalid.to_string()} aria-describedby="write-error" />
            <label for="value">{words::VALUE}</label>
            <input id="value" type="text" autocomplete="off" autocapitalize="off" spellcheck="false"
                value={(*value).clone()} oninput={type_into(&value)} />
            <label for="through">{words::THROUGH}</label>
            <select id="through" onchange={choose}>{for options}</select>
            <span class="verbs">
                <button type="submit" class="btn primary">{words::PUT}</button>
                <button type="button" class="btn" onclick={click(Verb::Get)}>{words::GET}</button>
                <button type="button" class="btn" onclick={click(Verb::Delete)}>{words::DELETE}</button>
            </span>
            <span class="local">
                <input id="local" type="checkbox" checked={*local} onchange={toggle_local} />
                <label for="local">{words::LOCAL_READ}</label>
                <Define word={Word::Local} text="?" send={props.send.clone()} />
            </span>
        </form>
    }
}

#[derive(Properties, PartialEq)]
struct AnswerListProps {
    answers: Shared<Answers>,
}

#[function_component]
fn AnswerList(props: &AnswerListProps) -> Html {
    let node = use_node_ref();
    let onscroll = use_stick_to_end(node.clone(), props.answers.clone());
    let answers = props.answers.iter().map(|answer| {
        html! { <AnswerLine key={answer.operation.id.0} answer={answer.clone()} /> }
    });
    let empty = props.answers.iter().next().is_none();
    html! {
        <div class="answers" ref={node} {onscroll} tabindex="0" role="log" aria-label={words::ANSWERS}>
            if empty { <p class="faint">{words::ANSWERS_EMPTY}</p> }
            <ol>{for answers}</ol>
        </div>
    }
}

#[derive(Properties, PartialEq)]
struct AnswerLineProps {
    answer: Answer,
}

#[function_component]
fn AnswerLine(props: &AnswerLineProps) -> Html {
    let answer = &props.answer;
    let operation = &answer.operation;
    let outcome = match &operation.outcome {
        OutcomeView::Pending => html! { <Waiting since={operation.called} /> },
        OutcomeView::Done(lines) => lines
            .iter()
            .map(|line| html! { <span class="line">{line.clone()}</span> })
            .collect(),
        OutcomeView::Failed(message) => html! {
            <span class="line failed">{format!("✕ {message}")}<small>{words::REFUSED}</small></span>
        },
        OutcomeView::Unknown(message) => html! {
            <span class="line unknown">{format!("? {message}")}<small>{words::UNKNOWN_OUTCOME}</small></span>
        },
    };
    html! {
        <li data-testid="answer" data-outcome={outcome_name(&operation.outcome)}
            data-member={answer.member.to_string()}>
            <span class="prompt">{format!("{} $", words::member(answer.member))}</span>
            {" "}<span class="command">{operation.command.clone()}</span>
            <span class="who faint">{answer.client.clone()}</span>
            <div class="outcome">{outcome}</div>
        </li>
    }
}

#[derive(Properties, PartialEq)]
struct WaitingProps {
    since: SimTime,
}

#[function_component]
fn Waiting(props: &WaitingProps) -> Html {
    let node = use_node_ref();
    use_motion(node.clone(), props.since, |element, since, moment| {
        element.set_text_content(Some(&words::waiting(moment.now.since(*since))));
    });
    html! { <span ref={node} class="line waiting" aria-live="off"></span> }
}
