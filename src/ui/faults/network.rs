//! The inspector's page of the network: all links at once, what is wrong with single ones, and what ends
//! by itself or is planned.

use super::tools::Tools;
use super::{bar, form, target_name};
use crate::cluster::Address;
use crate::raft::NodeId;
use crate::ui::dom::html;
use crate::ui::drawn::Part;
use crate::ui::message::{Field, Message, Place};
use crate::ui::parts::{button, click, error};
use crate::ui::slices::Shared;
use crate::ui::spans;
use crate::ui::words;
use crate::view::address_name;
use crate::view::deeds::Target;
use crate::view::{ActorView, FaultView, LinkView};
use crate::words::{Key, key, say, tell};
use web_sys::HtmlSelectElement;
use yew::prelude::*;

/// More links than these are not listed one by one.
const SHOWN: usize = 40;

/// What the page shows.
#[derive(PartialEq)]
pub struct NetworkPage {
    /// The members.
    pub ids: Shared<Vec<NodeId>>,
    /// What can be done.
    pub tools: Shared<Tools>,
    /// The links with which something is wrong.
    pub links: Shared<Vec<LinkView>>,
    /// What ends by itself, and what is planned.
    pub faults: Shared<Vec<FaultView>>,
    /// Why the last action here was impossible.
    pub notice: Option<String>,
    /// Where messages go.
    pub send: Callback<Message>,
}

fn address(actor: ActorView) -> Address {
    match actor {
        ActorView::Member(id) => Address::Member(id),
        ActorView::Client(id) => Address::Client(id),
    }
}

impl Part for NetworkPage {
    fn view(&self) -> Html {
        let send = &self.send;
        let links = self.links.iter().take(SHOWN).map(|link| {
            let (from, to) = (address(link.from), address(link.to));
            html! {
                <li><button type="button" class="btn ghost" onclick={click(send, Message::Look(Target::Link(from, to), true))}>
                    {format!("{} → {}: {}", address_name(from), address_name(to), link.label)}
                </button></li>
            }
        });
        html! {
            <>
                <div class="sect" data-testid="network">
                    <b class="title">{target_name(Target::Network)}</b>
                    {bar(&self.tools, Place::Inspector, send)}
                    {error("network-error", self.notice.clone())}
                    {form(&self.tools, send)}
                    <div class="row choose">
                        {button("btn", say(key!("client.new")), send, Message::LookAtNewClient)}
                    </div>
                </div>
                <div class="sect">
                    <h2>{say("network.links")}</h2>
                    if self.links.is_empty() { <p class="faint">{say("network.no-links")}</p> }
                    <ul class="plain">{for links}</ul>
                    if self.ids.len() > 1 { {self.choose()} }
                </div>
                {faults(&self.faults)}
            </>
        }
    }
}

impl NetworkPage {
    /// A link by its two ends.
    fn choose(&self) -> Html {
        let send = &self.send;
        let list = |id: &'static str, name: Key, field: Field, chosen: NodeId| {
            let onchange = send.reform(move |event: Event| {
                let chosen = event.target_unchecked_into::<HtmlSelectElement>().value();
                Message::Type(field, chosen)
            });
            let options = self.ids.iter().map(|id| {
                html! { <option value={*id} selected={*id == chosen}>{words::member(*id)}</option> }
            });
            html! { <><label for={id}>{say(name)}</label><select {id} {onchange}>{for options}</select></> }
        };
        let (from, to) = self.tools.link;
        let look = Target::Link(Address::Member(from), Address::Member(to));
        html! {
            <div class="row choose">
                {list("link-from", key!("network.from"), Field::LinkFrom, from)}
                {list("link-to", key!("network.to"), Field::LinkTo, to)}
                {button("btn", say(key!("network.open")), send, Message::Look(look, true))}
            </div>
        }
    }
}

/// What ends by itself, and what is planned.
pub fn faults(faults: &[FaultView]) -> Html {
    if faults.is_empty() {
        return Html::default();
    }
    let each = faults.iter().map(|fault| {
        let when = match fault.planned {
            true => tell(
                key!("faults.planned"),
                &[("time", &words::seconds(fault.at))],
            ),
            false => tell(key!("faults.until"), &[("time", &words::seconds(fault.at))]),
        };
        html! { <li>{spans::html(&fault.sentence)}{" "}<span class="faint">{when}</span></li> }
    });
    html! {
        <div class="sect faults">
            <h2>{say("faults.running")}</h2>
            <ul class="plain">{for each}</ul>
        </div>
    }
}
