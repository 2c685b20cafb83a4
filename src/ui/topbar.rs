//! The top bar: name, new cluster, vitals, theme, keys.

use super::define::Define;
use super::hue::term_style;
use super::model::{Message, Panel};
use super::new_cluster::NewCluster;
use super::slices::Shared;
use super::words::{self, Word};
use crate::view::Vitals;
use yew::prelude::*;

/// What the top bar shows.
#[derive(Properties, PartialEq)]
pub struct TopBarProps {
    /// The few numbers.
    pub vitals: Shared<Vitals>,
    /// The panel that is open.
    pub panel: Option<Panel>,
    /// The present cluster: members and seed.
    pub present: (usize, u64),
    /// An error of the last attempt to start a cluster.
    pub notice: Option<String>,
    /// Whether the page is dark now.
    pub dark: bool,
    /// Changes the theme.
    pub toggle_theme: Callback<()>,
    /// Where messages go.
    pub send: Callback<Message>,
}

/// Renders the top bar.
#[function_component]
pub fn TopBar(props: &TopBarProps) -> Html {
    let open = props.panel == Some(Panel::NewCluster);
    let toggle = props
        .send
        .reform(|_| Message::TogglePanel(Panel::NewCluster));
    let help = props.send.reform(|_| Message::TogglePanel(Panel::Help));
    let toggle_theme = props.toggle_theme.reform(|_| ());
    let theme = if props.dark {
        words::TO_LIGHT
    } else {
        words::TO_DARK
    };
    html! {
        <header class="topbar">
            <h1 class="brand"><Logo />{words::BRAND}</h1>
            <div class="anchor">
                <button type="button" class="btn" id="new-cluster" onclick={toggle}
                    aria-expanded={open.to_string()}>{words::NEW_CLUSTER}</button>
                if open {
                    <NewCluster present={props.present} notice={props.notice.clone()}
                        send={props.send.clone()} />
                }
            </div>
            <VitalsBar vitals={props.vitals.clone()} send={props.send.clone()} />
            <button type="button" class="btn ghost icon" onclick={toggle_theme} aria-label={theme} title={theme}>
                <svg width="16" height="16" viewBox="0 0 16 16" aria-hidden="true">
                    <circle cx="8" cy="8" r="6" fill="none" stroke="currentColor" stroke-width="1.5" />
                    <path d="M8 2a6 6 0 0 1 0 12z" fill="currentColor" />
                </svg>
            </button>
            <button type="button" class="btn ghost icon" onclick={help} aria-label={words::KEYS}
                title={words::KEYS}>{"?"}</button>
        </header>
    }
}

#[function_component]
fn Logo() -> Html {
    html! {
        <svg width="22" height="22" viewBox="0 0 22 22" aria-hidden="true">
            <circle cx="11" cy="11" r="9" fill="none" stroke="var(--ink)" stroke-width="2" />
            <path d="M11 2a9 9 0 0 1 7.8 13.5L11 11z" fill="var(--t3)" />
            <path d="M18.8 15.5A9 9 0 0 1 3.2 15.5L11 11z" fill="var(--t1)" />
        </svg>
    }
}

#[derive(Properties, PartialEq)]
struct VitalsProps {
    vitals: Shared<Vitals>,
    send: Callback<Message>,
}

#[function_component]
fn VitalsBar(props: &VitalsProps) -> Html {
    let vitals = &props.vitals;
    let leader = vitals.leader.map_or(words::NONE.to_string(), words::member);
    let alarm = vitals.can_lose().is_none().then_some("warn");
    let send = &props.send;
    html! {
        <section class="vitals" aria-label={words::VITALS}>
            <div class="vital">
                <Define word={Word::Term} text={words::TERM} send={send.clone()} />
                <b data-vital="term" class="term" style={term_style(vitals.term)}>{vitals.term.0}</b>
            </div>
            <div class="vital">
                <Define word={Word::Leader} text={words::LEADER} send={send.clone()} />
                <b data-vital="leader">{leader}</b>
            </div>
            <div class="vital">
                <Define word={Word::Quorum} text={words::QUORUM} send={send.clone()} />
                <b data-vital="quorum">{words::quorum(vitals)}</b>
            </div>
            <div class={classes!("vital", alarm)}>
                <span>{words::CAN_LOSE}</span>
                <b data-vital="can-lose">{words::can_lose(vitals)}</b>
            </div>
            <div class="vital">
                <Define word={Word::Revision} text={words::REVISION} send={send.clone()} />
                <b data-vital="revision">{vitals.revision}</b>
            </div>
        </section>
    }
}
