//! The panel that starts another cluster: members, seed, a preset, and every option, with what to expect of
//! them said while they are typed.

mod form;

use super::drawn::Part;
use super::message::{Field, Message, Panel};
use super::model::ClusterDraft;
use super::parts::{button, click, define, error, typed};
use super::slices::Shared;
use super::web;
use super::words::Word;
use crate::ui::dom::html;
use crate::view::settings::{PRESETS, warnings};
use crate::words::{key, say};
use yew::prelude::*;

/// What the panel shows.
#[derive(PartialEq)]
pub struct NewCluster {
    /// What is filled in.
    pub cluster: Shared<ClusterDraft>,
    /// Why the last attempt to start failed.
    pub notice: Option<String>,
    /// Where messages go.
    pub send: Callback<Message>,
}

impl Part for NewCluster {
    fn view(&self) -> Html {
        let (cluster, send) = (&self.cluster, &self.send);
        let onsubmit = send.reform(|event: SubmitEvent| {
            event.prevent_default();
            Message::Start
        });
        let fresh = send.reform(|_: MouseEvent| Message::FreshSeed(web::fresh_seed().ok()));
        let field = |id: &'static str, text: &String, error: &Option<String>, field: Field| {
            let oninput = send.reform(move |event: InputEvent| Message::Type(field, typed(&event)));
            html! {
                <input {id} type="text" inputmode="numeric" autocomplete="off" value={text.clone()}
                    {oninput} aria-invalid={error.is_some()}
                    aria-describedby={format!("{id}-error")} />
            }
        };
        let (options, wrong) = cluster.options();
        html! {
            <form class="panel new-cluster" {onsubmit} novalidate=true aria-label={say("top.new-cluster")}>
                <div class="field">
                    <label for="members">{say("new.members")}</label>
                    {field("members", &cluster.members, &cluster.members_error, Field::Members)}
                </div>
                {error("members-error", cluster.members_error.clone())}
                <div class="field">
                    <span>
                        <label for="seed">{say("new.seed")}</label>{" "}
                        {define(Word::Seed, "?", send)}
                    </span>
                    {field("seed", &cluster.seed, &cluster.seed_error, Field::Seed)}
                    <button type="button" class="btn" onclick={fresh}>{say("new.fresh-seed")}</button>
                </div>
                {error("seed-error", cluster.seed_error.clone())}
                <div class="field">
                    <span id="preset">{say("set.preset")}</span>
                    {self.presets()}
                </div>
                {self.warnings(&warnings(&options))}
                {form::form(cluster, &wrong, send)}
                <div class="row foot">
                    <button type="submit" class="btn primary">{say("new.start")}</button>
                    {button("btn", say(key!("new.cancel")), send, Message::TogglePanel(Panel::NewCluster))}
                    <span class="faint">{say("new.note")}</span>
                </div>
                {error("start-error", self.notice.clone())}
            </form>
        }
    }
}

impl NewCluster {
    fn presets(&self) -> Html {
        let each = PRESETS.into_iter().enumerate().map(|(place, name)| {
            let chosen = place == self.cluster.preset;
            html! {
                <button type="button" aria-pressed={chosen}
                    onclick={click(&self.send, Message::Preset(place))}>{say(name)}</button>
            }
        });
        html! { <div class="segments" role="group" aria-labelledby="preset">{for each}</div> }
    }

    /// What to expect; a screen reader hears it when it changes.
    fn warnings(&self, warnings: &[String]) -> Html {
        let each = warnings
            .iter()
            .map(|text| html! { <li>{text.clone()}</li> });
        html! {
            <div class="warnings" role="status" data-testid="warnings">
                if !warnings.is_empty() {
                    <h2>{say("set.warnings")}</h2>
                    <ul class="plain">{for each}</ul>
                }
            </div>
        }
    }
}
