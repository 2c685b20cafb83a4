//! The one sentence below the stage.

use super::slices::Shared;
use super::spans;
use crate::view::Span;
use gloo_timers::callback::Timeout;
use std::cell::RefCell;
use std::rc::Rc;
use yew::prelude::*;

/// What the line says.
#[derive(Properties, PartialEq)]
pub struct SentenceProps {
    /// What just happened or what everybody waits for.
    pub sentence: Shared<Vec<Span>>,
}

/// Renders the sentence.
#[function_component]
pub fn Sentence(props: &SentenceProps) -> Html {
    html! {
        <div class="say">
            <p data-testid="sentence">{spans::html(&props.sentence)}</p>
            <Announcer text={spans::text(&props.sentence)} />
        </div>
    }
}

#[derive(Properties, PartialEq)]
struct AnnouncerProps {
    text: String,
}

/// The polite live region: it repeats the sentence for a screen reader, at most once a second and
/// always ending with the latest.
#[function_component]
fn Announcer(props: &AnnouncerProps) -> Html {
    const PAUSE_MS: u32 = 1_000;
    let said = use_state(|| props.text.clone());
    let latest = use_mut_ref(|| props.text.clone());
    let timer: Rc<RefCell<Option<Timeout>>> = use_mut_ref(|| None);
    {
        let said = said.clone();
        use_effect_with(props.text.clone(), move |text| {
            *latest.borrow_mut() = text.clone();
            let mut waiting = timer.borrow_mut();
            if waiting.is_none() {
                let (timer, latest) = (timer.clone(), latest.clone());
                *waiting = Some(Timeout::new(PAUSE_MS, move || {
                    said.set(latest.borrow().clone());
                    *timer.borrow_mut() = None;
                }));
            }
        });
    }
    html! { <p class="visually-hidden" aria-live="polite">{(*said).clone()}</p> }
}
