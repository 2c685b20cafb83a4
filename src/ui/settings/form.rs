//! Every option, in groups that open.

use crate::raft::rules::Rule;
use crate::ui::dom::html;
use crate::ui::message::{Field, Message};
use crate::ui::model::ClusterDraft;
use crate::ui::parts::{button, click, error_at, typed};
use crate::view::rules;
use crate::view::settings::{GROUPS, SETTINGS, Setting};
use crate::words::{key, say, tell, translate};
use yew::prelude::*;

/// The form. `wrong` says what is wrong with options, by their places.
pub fn form(cluster: &ClusterDraft, wrong: &[(usize, String)], send: &Callback<Message>) -> Html {
    let groups = GROUPS.iter().enumerate().map(|(place, group)| {
        let (from, to) = group.settings;
        let changed = cluster.is_changed(place);
        let rows = (from..to).map(|setting| row(cluster, setting, wrong, send));
        html! {
            <details>
                {summary(say(group.title), changed)}
                <div class="options">
                    {for rows}
                    if changed { {button("btn ghost", say(key!("set.reset")), send, Message::ResetGroup(place))} }
                </div>
            </details>
        }
    });
    html! {
        <div class="settings" role="group" aria-label={say("set.open")}>
            {for groups}
            {rules(cluster, send)}
        </div>
    }
}

fn summary(title: &'static str, changed: bool) -> Html {
    html! {
        <summary>{title}{" "}if changed { <span class="faint">{say("set.changed")}</span> }</summary>
    }
}

fn row(
    cluster: &ClusterDraft,
    place: usize,
    wrong: &[(usize, String)],
    send: &Callback<Message>,
) -> Html {
    let (setting, text) = (&SETTINGS[place], &cluster.values[place]);
    let id = format!("set-{place}");
    if let Setting::Switch(name) = *setting {
        return html! {
            <label class="switch">
                <input {id} type="checkbox" checked={text == "on"}
                    onclick={click(send, Message::ToggleSetting(place))} />{say(name)}
            </label>
        };
    }
    let oninput =
        send.reform(move |event: InputEvent| Message::Type(Field::Setting(place), typed(&event)));
    let refused = wrong.iter().find(|(other, _)| *other == place);
    let refused = refused.map(|(_, sentence)| sentence.clone());
    let describes = format!("set-{place}-error");
    html! {
        <>
            <label for={id.clone()}>{say(setting.name())}</label>
            <input {id} type="text" inputmode="decimal" autocomplete="off" value={text.clone()} {oninput}
                aria-invalid={refused.is_some()} aria-describedby={describes.clone()} />
            {error_at(describes, refused)}
        </>
    }
}

/// The rules of Raft, to be switched off for an experiment.
fn rules(cluster: &ClusterDraft, send: &Callback<Message>) -> Html {
    let each = Rule::ALL.into_iter().map(|rule| {
        let (info, on) = (rule.info(), cluster.rules.on(rule));
        html! {
            <label class={if on { "switch" } else { "switch off" }} title={rules::without(rule)}>
                <input type="checkbox" checked={on} data-rule={info.name}
                    onclick={click(send, Message::ToggleRule(rule))} />
                <span>
                    <code>{if on { info.name.to_owned() } else { tell(key!("set.rule-off"), &[("rule", &info.name)]) }}</code>
                    {" "}{rules::sentence(rule)}{" "}<span class="faint">{translate(info.section)}</span>
                </span>
            </label>
        }
    });
    let all_on = cluster.rules.all_on();
    html! {
        <details>
            {summary(say(key!("set.rules")), !all_on)}
            <div class="options rules">
                <p class="faint">{say("set.rules-note")}</p>
                if !all_on { {button("btn ghost", say(key!("set.all-rules")), send, Message::AllRules)} }
                {for each}
            </div>
        </details>
    }
}
