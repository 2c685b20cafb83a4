//! The footer beside the timeline: play, step, undo, speed, the buttons of the sheets; and the time.

use super::drawn::Part;
use super::left::left_button;
use super::message::{Message, Panel, Sheet};
use super::motion::{Moving, mover};
use super::parts::{Text, click, typed};
use super::speed::Speed;
use super::timeline::Time;
use super::words;
use crate::timeline::Landmark;
use crate::ui::dom::html;
use crate::words::{key, say, tell};
use web_sys::HtmlSelectElement;
use yew::prelude::*;

/// What the footer shows.
#[derive(PartialEq)]
pub struct Transport {
    /// Whether time passes.
    pub playing: bool,
    /// The speed.
    pub speed: Speed,
    /// What the step buttons step to.
    pub step_by: Landmark,
    /// The sheet that is open.
    pub sheet: Option<Sheet>,
    /// Whether the panel at the left is open.
    pub left_open: bool,
    /// Where messages go.
    pub send: Callback<Message>,
}

/// What there is to step by, with its name.
const STEPS: [(Landmark, Text); 6] = [
    (Landmark::Step, || say(key!("time.by.event"))),
    (Landmark::Message, || say(key!("time.by.message"))),
    (Landmark::Commit, || say(key!("time.by.commit"))),
    (Landmark::Election, || say(key!("time.by.election"))),
    (Landmark::Action, || say(key!("time.by.action"))),
    (Landmark::Violation, || say(key!("time.by.violation"))),
];

impl Part for Transport {
    fn view(&self) -> Html {
        let send = &self.send;
        let (play, shape) = match self.playing {
            true => (say(key!("play.pause")), "M3 1h3.5v12H3zM8.5 1H12v12H8.5z"),
            false => (say(key!("play.play")), "M3 1l10 6-10 6z"),
        };
        let by = self.step_by;
        let key = |name, shape, ask: Time| {
            html! {
                <button type="button" class="btn icon" onclick={click(send, Message::Time(ask))}
                    aria-label={name} title={name}>{icon(shape)}</button>
            }
        };
        let (before, next) = match by {
            Landmark::Step => (say(key!("play.step-back")), say(key!("play.step"))),
            _ => (say(key!("time.before")), say(key!("time.next"))),
        };
        html! {
            <div class="keys">
                <div class="buttons">
                    {key(say(key!("time.undo")), "M5.5 1 1.5 5l4 4V6.2c3.5 0 5.6 1 7 4.3.3-4-1.9-6.9-7-7z", Time::Undo)}
                    {key(say(key!("time.redo")), "M8.5 1l4 4-4 4V6.2c-3.5 0-5.6 1-7 4.3-.3-4 1.9-6.9 7-7z", Time::Redo)}
                    {key(before, "M12 1 5 7l7 6zM1.6 1H4v12H1.6z", Time::Step(by, false))}
                    <button type="button" class="btn play" onclick={click(send, Message::TogglePlay)}
                        aria-label={play} title={play}>{icon(shape)}</button>
                    {key(next, "M2 1l7 6-7 6zM10 1h2.4v12H10z", Time::Step(by, true))}
                    {self.step_by()}
                </div>
                {self.speed()}
                <nav class="sheets" aria-label={say("play.sheets")}>
                    {left_button("open-left-sheet", "btn sheet-button", self.left_open, send)}
                    {self.sheet_button("btn sheet-button", Sheet::Log, say(key!("play.sheet-log")))}
                    {self.sheet_button("btn sheet-button", Sheet::Write, say(key!("play.sheet-write")))}
                    {self.sheet_button("btn drawer-button", Sheet::Member, say(key!("play.sheet-member")))}
                </nav>
            </div>
        }
    }
}

impl Transport {
    fn step_by(&self) -> Html {
        let choose = self.send.reform(|event: Event| {
            let list = event.target_unchecked_into::<HtmlSelectElement>();
            let chosen = STEPS.get(list.selected_index() as usize);
            Message::Time(Time::StepBy(chosen.map_or(Landmark::Step, |step| step.0)))
        });
        let options = STEPS.iter().map(|(landmark, name)| {
            html! { <option selected={*landmark == self.step_by}>{name()}</option> }
        });
        html! {
            <select aria-label={say("time.by")} title={say("time.by")} onchange={choose}>
                {for options}
            </select>
        }
    }

    fn speed(&self) -> Html {
        let speed = self.send.reform(|event: InputEvent| {
            Message::SetSpeed(typed(&event).parse().unwrap_or(Speed::default().step()))
        });
        html! {
            <div class="speed">
                <label for="speed">{say("play.speed")}</label>
                <input id="speed" type="range" min="0" max={Speed::FASTEST} step="1"
                    value={self.speed.step()} oninput={speed}
                    aria-valuetext={self.speed.description()} />
                <output for="speed" data-testid="speed">{self.speed.label()}</output>
            </div>
        }
    }

    fn sheet_button(&self, class: &'static str, sheet: Sheet, text: &'static str) -> Html {
        let open = self.sheet == Some(sheet);
        html! {
            <button type="button" {class} onclick={click(&self.send, Message::ToggleSheet(sheet))}
                aria-expanded={open}>{text}</button>
        }
    }
}

fn icon(shape: &'static str) -> Html {
    html! {
        <svg width="14" height="14" viewBox="0 0 14 14" aria-hidden="true">
            <path d={shape} fill="currentColor" />
        </svg>
    }
}

/// The time, and where in the tree of branches it is.
#[derive(PartialEq)]
pub struct Clock {
    /// How many events have happened.
    pub step: u64,
    /// The seed of the run.
    pub seed: u64,
    /// The name of the branch.
    pub branch: String,
    /// Whether the playhead is at the end of the branch.
    pub live: bool,
    /// Whether the panel of the branches is open.
    pub branches_open: bool,
    /// Where messages go.
    pub send: Callback<Message>,
}

impl Part for Clock {
    fn view(&self) -> Html {
        let branches = Message::TogglePanel(Panel::Branches);
        let live = match self.live {
            true => html! { <b class="live">{say("time.live")}</b> },
            false => html! {
                <button type="button" class="btn ghost" title={say("time.to-live")}
                    onclick={click(&self.send, Message::Time(Time::Live))}>{say("time.past")}</button>
            },
        };
        html! {
            <div class="clock">
                <b class="time" data-testid="clock" role="timer" aria-label={say("play.time")}>
                    {mover("span", "", Moving::Clock, Html::default())}
                </b>
                <span class="where">
                    <button type="button" class="btn ghost" id="branches" title={say("time.branches")}
                        aria-label={tell(key!("time.on-branch"), &[("branch", &self.branch)])}
                        aria-expanded={self.branches_open}
                        onclick={click(&self.send, branches)}>{self.branch.clone()}</button>
                    {live}
                </span>
                <span class="faint">
                    <span data-testid="steps">{words::step_count(self.step)}</span>
                    {" · "}
                    <span data-testid="seed">{words::seed(self.seed)}</span>
                </span>
            </div>
        }
    }
}
