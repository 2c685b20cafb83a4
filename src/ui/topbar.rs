//! The top bar: name, new cluster, vitals, theme, keys.

use super::drawn::{Part, drawn};
use super::hue::term_style;
use super::left::left_button;
use super::message::{Message, Panel, Tab};
use super::model::ClusterDraft;
use super::parts::{click, define, icon_button};
use super::recording::share_button;
use super::settings::NewCluster;
use super::slices::Shared;
use super::words::{self, Word};
use crate::ui::dom::html;
use crate::view::Vitals;
use crate::words::{Language, key, language, say};
use yew::prelude::*;

/// What the top bar shows.
#[derive(PartialEq)]
pub struct TopBar {
    /// The few numbers.
    pub vitals: Shared<Vitals>,
    /// The new-cluster panel, if it is open.
    pub cluster: Option<Shared<ClusterDraft>>,
    /// An error of the last attempt to start a cluster.
    pub notice: Option<String>,
    /// Whether the page is dark now.
    pub dark: bool,
    /// Whether the panel at the left is open.
    pub left_open: bool,
    /// Whether the panel with the link is open.
    pub share_open: bool,
    /// Where messages go.
    pub send: Callback<Message>,
}

impl Part for TopBar {
    fn view(&self) -> Html {
        let send = &self.send;
        let theme = if self.dark {
            say(key!("top.to-light"))
        } else {
            say(key!("top.to-dark"))
        };
        let half_moon = html! {
            <svg width="16" height="16" viewBox="0 0 16 16" aria-hidden="true">
                <circle cx="8" cy="8" r="6" fill="none" stroke="currentColor" stroke-width="1.5" />
                <path d="M8 2a6 6 0 0 1 0 12z" fill="currentColor" />
            </svg>
        };
        html! {
            <header class="topbar">
                <h1 class="brand">{logo()}{say("top.brand")}</h1>
                {left_button("open-left", "btn", self.left_open, send)}
                <div class="anchor">
                    <button type="button" class="btn" id="new-cluster"
                        aria-expanded={self.cluster.is_some()}
                        onclick={click(send, Message::TogglePanel(Panel::NewCluster))}>
                        {say("top.new-cluster")}
                    </button>
                    if let Some(cluster) = &self.cluster {
                        {drawn(NewCluster {
                            cluster: cluster.clone(),
                            notice: self.notice.clone(),
                            send: send.clone(),
                        })}
                    }
                </div>
                {self.vitals()}
                {share_button(self.share_open, send)}
                {language_button(send)}
                {icon_button("theme", theme, half_moon, send, Message::ToggleTheme)}
                {icon_button("help", say(key!("top.keys")), html! { "?" }, send, Message::TogglePanel(Panel::Help))}
            </header>
        }
    }
}

/// The button that speaks the next language; its sign is that language's code, its name the language's own.
fn language_button(send: &Callback<Message>) -> Html {
    let all = Language::ALL;
    let next = all[(language() as usize + 1) % all.len()];
    let code = next
        .tag()
        .split('-')
        .next()
        .unwrap_or_default()
        .to_ascii_uppercase();
    html! {
        <button type="button" id="language" class="btn ghost icon" lang={next.tag()}
            aria-label={format!("{code}: {}", next.name())} title={next.name()}
            onclick={click(send, Message::Speak(next))}>{code.clone()}</button>
    }
}

fn logo() -> Html {
    html! {
        <svg width="22" height="22" viewBox="0 0 22 22" aria-hidden="true">
            <circle cx="11" cy="11" r="9" fill="none" stroke="var(--ink)" stroke-width="2" />
            <path d="M11 2a9 9 0 0 1 7.8 13.5L11 11z" fill="var(--t3)" />
            <path d="M18.8 15.5A9 9 0 0 1 3.2 15.5L11 11z" fill="var(--t1)" />
        </svg>
    }
}

/// A number of the vitals below or beside its name.
fn vital(name: Html, key: &'static str, value: String) -> Html {
    html! { <div class="vital">{name}<b data-vital={key}>{value}</b></div> }
}

impl TopBar {
    /// Whether all properties hold; it leads to the checks.
    fn safe(&self) -> Html {
        let (class, sign, word) = match self.vitals.violated {
            true => ("vital safe error", "✕", say(key!("vital.violated"))),
            false => ("vital safe", "✓", say(key!("vital.safe"))),
        };
        html! {
            <button type="button" {class} title={say("vital.checks")}
                onclick={click(&self.send, Message::Show(Tab::Checks))}>
                <b data-vital="safe">{sign}{" "}{word}</b><span class="visually-hidden">{", "}{say("vital.checks")}</span>
            </button>
        }
    }

    fn vitals(&self) -> Html {
        let (vitals, send) = (&self.vitals, &self.send);
        let leader = vitals
            .leader
            .map_or(say(key!("vital.none")).to_string(), words::member);
        let lost = vitals.can_lose().is_none();
        html! {
            <section class="vitals" aria-label={say("top.vitals")} style={term_style(vitals.term)}>
                {vital(define(Word::Term, say(key!("vital.term")), send), "term", vitals.term.to_string())}
                {vital(define(Word::Leader, say(key!("vital.leader")), send), "leader", leader)}
                {vital(define(Word::Quorum, say(key!("vital.quorum")), send), "quorum", words::quorum(vitals))}
                <div class={if lost { "vital warn" } else { "vital" }}>
                    <span>{say("vital.can-lose")}</span>
                    <b data-vital="can-lose">{words::can_lose(vitals)}</b>
                </div>
                {vital(define(Word::Revision, say(key!("vital.revision")), send), "revision", vitals.revision.to_string())}
                {self.safe()}
                if !vitals.modified.is_empty() {
                    <div class="vital warn" title={vitals.modified.join(", ")}>
                        <span>{say("vital.modified")}</span>
                        <b data-vital="modified">{vitals.modified.len()}</b>
                    </div>
                }
            </section>
        }
    }
}
