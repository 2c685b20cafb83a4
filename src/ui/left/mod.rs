//! The panel at the left: ready-made scenarios, the quorum planner, and how to run the cluster for real.
//!
//! Beside the stage where there is room, a drawer over it where there is less, a sheet on a phone.

mod planner;
mod real;
mod scenarios;
mod state;
#[cfg(test)]
mod tests;

use super::drawn::Part;
use super::message::Message;
use super::parts::{Text, click, icon_button};
use crate::ui::dom::html;
use crate::words::{key, say};
pub use real::flags;
pub use state::{Ask, LeftState, Page, Tab, Watched};
use yew::prelude::*;

/// What the panel shows.
#[derive(PartialEq)]
pub struct Left {
    /// The tab.
    pub tab: Tab,
    /// Its page.
    pub page: Page,
    /// Where messages go.
    pub send: Callback<Message>,
}

/// The tabs with their names.
const TABS: [(Tab, &str, Text); 3] = [
    (Tab::Scenarios, "left-scenarios", || {
        say(key!("left.scenarios"))
    }),
    (Tab::Planner, "left-planner", || say(key!("left.planner"))),
    (Tab::Real, "left-real", || say(key!("left.real"))),
];

impl Part for Left {
    fn view(&self) -> Html {
        let send = &self.send;
        let mut labelled = "";
        let tabs = TABS.map(|(tab, id, name)| {
            if tab == self.tab {
                labelled = id;
            }
            html! {
                <button type="button" {id} class="tab" role="tab" aria-selected={tab == self.tab}
                    onclick={click(send, Ask::Show(tab).into())}>{name()}</button>
            }
        });
        html! {
            <aside class="left" id="left" data-tab={labelled} aria-label={say("left.title")}>
                <div class="left-head">
                    <div class="tabs" role="tablist" aria-label={say("left.title")}>{for tabs}</div>
                    {icon_button("close-left", say(key!("stage.close")), html! { "×" }, send, Ask::Close.into())}
                </div>
                <div class="left-body" role="tabpanel" aria-labelledby={labelled}>
                    {match &self.page {
                        Page::Closed => Html::default(),
                        Page::Scenarios => scenarios::list(send),
                        Page::Scenario(open) => scenarios::page(open, send),
                        Page::Planner(plan) => planner::page(*plan, send),
                        Page::Real(shown) => real::page(shown, send),
                    }}
                </div>
            </aside>
        }
    }
}

/// A button that opens the panel. There is one in the top bar, and one among those of the sheets.
pub fn left_button(
    id: &'static str,
    class: &'static str,
    open: bool,
    send: &Callback<Message>,
) -> Html {
    html! {
        <button type="button" {class} {id} aria-expanded={open} title={say("left.title")}
            onclick={click(send, Ask::Toggle(Tab::Scenarios).into())}>{say("left.scenarios")}</button>
    }
}
