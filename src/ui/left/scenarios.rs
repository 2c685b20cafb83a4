//! The ready-made scenarios: all of them, or the one that is being watched, with its script.

use super::super::message::Message;
use super::super::parts::{button, click};
use super::super::words::seconds;
use super::state::{Ask, Open};
use crate::lesson::SCENARIOS;
use crate::ui::dom::html;
use crate::view::scenario::comment;
use crate::words::{key, say, tell};
use yew::prelude::*;

/// All scenarios.
pub fn list(send: &Callback<Message>) -> Html {
    let each = SCENARIOS.iter().enumerate().map(|(place, scenario)| {
        html! {
            <li>
                <button type="button" class="scenario" data-scenario={scenario.name}
                    onclick={click(send, Ask::Play(place).into())}>
                    <b>{say(scenario.title)}</b>
                    <span>{say(scenario.text)}</span>
                </button>
            </li>
        }
    });
    html! {
        <div class="sect">
            <p class="dim">{say("scenario.about")}</p>
            <ol class="scenarios">{for each}</ol>
        </div>
    }
}

/// The scenario that is being watched.
pub fn page(open: &Open, send: &Callback<Message>) -> Html {
    let scenario = &SCENARIOS[open.place];
    let (reached, all) = (open.reached, open.played.steps.len());
    let step = |id, name: &'static str, forward: bool, on: bool| {
        html! {
            <button type="button" {id} class="btn" disabled={!on} onclick={click(send, Ask::Next(forward).into())}>
                {name}</button>
        }
    };
    let ended = reached.done == all && !reached.is_own;
    let state = match reached.is_own {
        true => Some(("own", say(key!("scenario.own")))),
        false if ended => Some(("passed", say(key!("scenario.passed")))),
        false => None,
    };
    html! {
        <>
            <div class="sect scenario-page" data-testid="scenario" data-scenario={scenario.name}>
                {button("btn ghost scenario-all", say(key!("scenario.all")), send, Ask::List.into())}
                <h2 class="left-title">{say(scenario.title)}</h2>
                <p>{say(scenario.text)}</p>
                {script(open, send)}
            </div>
            <div class="scenario-foot">
                <div class="scenario-state" role="status" data-testid="scenario-state">
                    if let Some((kind, text)) = state {
                        <p data-state={kind}>{text}</p>
                        if reached.is_own {
                            {button("btn", say(key!("scenario.return")), send, Ask::Return.into())}
                        }
                    }
                </div>
                <div class="row between">
                    {step("scenario-before", say(key!("scenario.before")), false, reached.ends.0)}
                    <span class="mono dim" data-testid="scenario-step">
                        {tell(key!("scenario.step"), &[("n", &reached.done.min(all)), ("all", &all)])}
                    </span>
                    {step("scenario-next", say(key!("scenario.next")), true, reached.ends.1)}
                </div>
            </div>
        </>
    }
}

/// The script, line by line: what is a statement can be gone to.
fn script(open: &Open, send: &Callback<Message>) -> Html {
    let (played, reached) = (&open.played, open.reached);
    let scenario = &SCENARIOS[open.place];
    let lines = scenario.script.lines().enumerate();
    let lines = lines.map(|(at, text)| {
        let line = at + 1;
        if text.is_empty() {
            return html! { <li class="script-gap" aria-hidden="true"></li> };
        }
        if let Some(english) = text.strip_prefix("# ") {
            return html! { <li class="script-comment">{comment(scenario, line, english)}</li> };
        }
        let place = played.steps.iter().position(|step| step.line == line);
        let step = place.and_then(|place| Some((place, played.steps.get(place)?)));
        let Some((place, step)) = step else {
            // `start`
            return html! {
                <li data-state="done">
                    <span class="script-line"><i aria-hidden="true">{"✓"}</i><code lang="en">{text}</code></span>
                </li>
            };
        };
        let (mark, state, name) = match place < reached.done {
            true => ("✓", "done", say(key!("scenario.line.done"))),
            false if place > reached.done || reached.is_own => {
                ("", "ahead", say(key!("scenario.line.ahead")))
            }
            false => ("▶", "now", say(key!("scenario.line.now"))),
        };
        let moment = seconds(step.from.time);
        html! {
            <li data-state={state} data-line={line}>
                <button type="button" class="script-line" aria-current={(state == "now").then_some("step")}
                    title={tell(key!("scenario.go"), &[("time", &moment)])}
                    onclick={click(send, Ask::Go(place).into())}>
                    <i aria-hidden="true">{mark}</i><code lang="en">{text}</code>
                    <span class="visually-hidden">{name}</span>
                    <span class="script-time">{moment.clone()}</span>
                </button>
            </li>
        }
    });
    html! { <ol class="script" aria-label={say("scenario.script")}>{for lines}</ol> }
}
