//! The footer: play, step, speed, the time, and the buttons of the sheets.

use super::drawn::Part;
use super::message::{Message, Sheet};
use super::motion::{Mover, Moving};
use super::parts::{click, typed};
use super::speed::Speed;
use super::words;
use yew::prelude::*;

/// What the footer shows.
#[derive(PartialEq)]
pub struct Transport {
    /// Whether time passes.
    pub playing: bool,
    /// The speed.
    pub speed: Speed,
    /// How many events have happened.
    pub step: u64,
    /// The seed of the run.
    pub seed: u64,
    /// The sheet that is open.
    pub sheet: Option<Sheet>,
    /// Where messages go.
    pub send: Callback<Message>,
}

impl Part for Transport {
    fn view(&self) -> Html {
        let send = &self.send;
        let speed = send.reform(|event: InputEvent| {
            Message::SetSpeed(typed(&event).parse().unwrap_or(Speed::default().step()))
        });
        let (play, shape) = match self.playing {
            true => (words::PAUSE, "M3 1h3.5v12H3zM8.5 1H12v12H8.5z"),
            false => (words::PLAY, "M3 1l10 6-10 6z"),
        };
        html! {
            <footer class="transport" aria-label={words::TRANSPORT}>
                <div class="buttons">
                    <button type="button" class="btn play" onclick={click(send, Message::TogglePlay)}
                        aria-label={play} title={play}>{icon(shape)}</button>
                    <button type="button" class="btn" onclick={click(send, Message::StepBack)}
                        aria-label={words::STEP_BACK} title={words::STEP_BACK}>
                        {icon("M12 1 5 7l7 6zM1.6 1H4v12H1.6z")}
                    </button>
                    <button type="button" class="btn" onclick={click(send, Message::Step)}
                        title={words::STEP_EVENT}>
                        {icon("M2 1l7 6-7 6zM10 1h2.4v12H10z")}{words::STEP}
                    </button>
                </div>
                <div class="speed">
                    <label for="speed">{words::SPEED}</label>
                    <input id="speed" type="range" min="0" max={Speed::FASTEST.to_string()} step="1"
                        value={self.speed.step().to_string()} oninput={speed}
                        aria-valuetext={self.speed.description()} />
                    <output for="speed" data-testid="speed">{self.speed.label()}</output>
                </div>
                <nav class="sheets" aria-label={words::SHEETS}>
                    {self.sheet_button("btn sheet-button", Sheet::Log, words::SHEET_LOG)}
                    {self.sheet_button("btn sheet-button", Sheet::Write, words::SHEET_WRITE)}
                    {self.sheet_button("btn drawer-button", Sheet::Member, words::SHEET_MEMBER)}
                </nav>
                <div class="clock">
                    <b class="time" data-testid="clock" role="timer" aria-label={words::TIME}>
                        <Mover tag="span" moving={Moving::Clock} />
                    </b>
                    <span class="faint">
                        <span data-testid="steps">{words::step_count(self.step)}</span>
                        {" · "}
                        <span data-testid="seed">{words::seed(self.seed)}</span>
                    </span>
                </div>
            </footer>
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

impl Transport {
    fn sheet_button(&self, class: &'static str, sheet: Sheet, text: &'static str) -> Html {
        let open = self.sheet == Some(sheet);
        html! {
            <button type="button" {class} onclick={click(&self.send, Message::ToggleSheet(sheet))}
                aria-expanded={open.to_string()}>{text}</button>
        }
    }
}
