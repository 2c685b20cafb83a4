//! The panel that starts another cluster.

use super::define::Define;
use super::forms::{parse_members, parse_seed};
use super::model::Message;
use super::web;
use super::words::{self, Word};
use web_sys::HtmlInputElement;
use yew::prelude::*;

/// What the panel starts from.
#[derive(Properties, PartialEq)]
pub struct NewClusterProps {
    /// Members and seed of the present cluster.
    pub present: (usize, u64),
    /// Why the last attempt failed.
    pub notice: Option<String>,
    /// Where messages go.
    pub send: Callback<Message>,
}

/// Renders the form. It keeps what is typed; messages stand at their field and appear when
/// somebody tries to start, or corrects a field that was wrong.
#[function_component]
pub fn NewCluster(props: &NewClusterProps) -> Html {
    let members = use_state(|| props.present.0.to_string());
    let seed = use_state(|| props.present.1.to_string());
    let tried = use_state(|| false);
    let no_randomness = use_state(|| false);
    use_effect_with((), |()| web::focus("#members"));

    let (members_result, seed_result) = (parse_members(&members), parse_seed(&seed));
    let message = |result: Option<String>| if *tried { result } else { None };
    let members_error = message(members_result.clone().err());
    let seed_error = match *no_randomness {
        true => Some(words::NO_RANDOMNESS.to_string()),
        false => message(seed_result.clone().err()),
    };
    let type_into = |state: &UseStateHandle<String>| {
        let state = state.clone();
        let no_randomness = no_randomness.clone();
        Callback::from(move |event: InputEvent| {
            state.set(event.target_unchecked_into::<HtmlInputElement>().value());
            no_randomness.set(false);
        })
    };
    let fresh = {
        let (seed, no_randomness) = (seed.clone(), no_randomness.clone());
        Callback::from(move |_| match web::fresh_seed() {
            Ok(fresh) => {
                seed.set(fresh.to_string());
                no_randomness.set(false);
            }
            Err(_) => no_randomness.set(true),
        })
    };
    let onsubmit = {
        let (tried, send) = (tried.clone(), props.send.clone());
        Callback::from(move |event: SubmitEvent| {
            event.prevent_default();
            match (&members_result, &seed_result) {
                (Ok(members), Ok(seed)) => send.emit(Message::Start {
                    members: *members,
                    seed: *seed,
                }),
                (members, _) => {
                    tried.set(true);
                    web::focus(if members.is_err() {
                        "#members"
                    } else {
                        "#seed"
                    });
                }
            }
        })
    };
    html! {
        <form class="panel new-cluster" {onsubmit} novalidate=true aria-label={words::NEW_CLUSTER}>
            <div class="field">
                <label for="members">{words::MEMBERS}</label>
                <input id="members" type="text" inputmode="numeric" autocomplete="off"
                    value={(*members).clone()} oninput={type_into(&members)}
                    aria-invalid={members_error.is_some().to_string()} aria-describedby="members-error" />
            </div>
            <p class="error" id="members-error" role="alert">{members_error}</p>
            <div class="field">
                <span class="label">
                    <label for="seed">{words::SEED}</label>{" "}
                    <Define word={Word::Seed} text="?" send={props.send.clone()} />
                </span>
                <input id="seed" type="text" inputmode="numeric" autocomplete="off"
                    value={(*seed).clone()} oninput={type_into(&seed)}
                    aria-invalid={seed_error.is_some().to_string()} aria-describedby="seed-error" />
                <button type="button" class="btn" onclick={fresh}>{words::FRESH_SEED}</button>
            </div>
            <p class="error" id="seed-error" role="alert">{seed_error}</p>
            <div class="row">
                <button type="submit" class="btn primary">{words::START}</button>
                <span class="faint">{words::START_NOTE}</span>
            </div>
            <p class="error" role="alert">{props.notice.clone()}</p>
        </form>
    }
}
