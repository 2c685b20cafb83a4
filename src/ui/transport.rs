//! The footer: play, step, speed, the time, and the buttons of the sheets.

use super::model::{Message, Sheet};
use super::motion::use_motion;
use super::speed::Speed;
use super::words;
use web_sys::HtmlInputElement;
use yew::prelude::*;

/// What the footer shows.
#[derive(Properties, PartialEq)]
pub struct TransportProps {
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

/// Renders the footer.
#[function_component]
pub fn Transport(props: &TransportProps) -> Html {
    let send = &props.send;
    let toggle = send.reform(|_| Message::TogglePlay);
    let step = send.reform(|_| Message::Step);
    let speed = send.reform(|event: InputEvent| {
        let value = event.target_unchecked_into::<HtmlInputElement>().value();
        Message::SetSpeed(value.parse().unwrap_or(Speed::default().step()))
    });
    let (play, icon) = match props.playing {
        true => (words::PAUSE, "M3 1h3.5v12H3zM8.5 1H12v12H8.5z"),
        false => (words::PLAY, "M3 1l10 6-10 6z"),
    };
    html! {
        <footer class="transport" aria-label={words::TRANSPORT}>
            <div class="buttons">
                <button type="button" class="btn play" onclick={toggle} aria-label={play} title={play}>
                    <svg width="14" height="14" viewBox="0 0 14 14" aria-hidden="true">
                        <path d={icon} fill="currentColor" />
                    </svg>
                </button>
                <button type="button" class="btn" onclick={step} title={words::STEP_EVENT}>
                    <svg width="14" height="14" viewBox="0 0 14 14" aria-hidden="true">
                        <path d="M2 1l7 6-7 6zM10 1h2.4v12H10z" fill="currentColor" />
                    </svg>
                    {words::STEP}
                </button>
            </div>
            <div class="speed">
                <label for="speed">{words::SPEED}</label>
                <input id="speed" type="range" min="0" max={Speed::FASTEST.to_string()} step="1"
                    value={props.speed.step().to_string()} oninput={speed}
                    aria-valuetext={props.speed.description()} />
                <output for="speed" data-testid="speed">{props.speed.label()}</output>
            </div>
            <Sheets sheet={props.sheet} send={send.clone()} />
            <div class="clock">
                <Clock />
                <span class="faint">
                    <span data-testid="steps">{words::step_count(props.step)}</span>
                    {" · "}
                    <span data-testid="seed">{words::seed(props.seed)}</span>
                </span>
            </div>
        </footer>
    }
}

/// The playhead's time, drawn in every frame.
#[function_component]
fn Clock() -> Html {
    let node = use_node_ref();
    use_motion(node.clone(), (), |element, (), moment| {
        element.set_text_content(Some(&moment.now.to_string()));
    });
    html! { <b ref={node} class="time" data-testid="clock" role="timer" aria-label={words::TIME}></b> }
}

#[derive(Properties, PartialEq)]
struct SheetsProps {
    sheet: Option<Sheet>,
    send: Callback<Message>,
}

#[function_component]
fn Sheets(props: &SheetsProps) -> Html {
    let button = |sheet: Sheet, text: &'static str| {
        let open = props.sheet == Some(sheet);
        let onclick = props.send.reform(move |_| Message::ToggleSheet(sheet));
        let class = match sheet {
            Sheet::Member => "btn drawer-button",
            _ => "btn sheet-button",
        };
        html! {
            <button type="button" {class} {onclick} aria-expanded={open.to_string()}>{text}</button>
        }
    };
    html! {
        <nav class="sheets" aria-label={words::SHEETS}>
            {button(Sheet::Log, words::SHEET_LOG)}
            {button(Sheet::Write, words::SHEET_WRITE)}
            {button(Sheet::Member, words::SHEET_MEMBER)}
        </nav>
    }
}
