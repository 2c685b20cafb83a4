//! The inspector of the selected member: what it is, what it has stored, what happened.

use super::drawn::{Part, drawn};
use super::faults::tools::Tools;
use super::faults::{
    NetworkPage, bar, client_page, faults, form, link_page, message_page, target_name,
};
use super::hue::term_style;
use super::left::flags;
use super::message::{Message, Place, Sheet, Tab};
use super::parts::{click, define, error, log, sheet_head};
use super::slices::{Shared, SharedList};
use super::spans;
use super::split::{Edge, split};
use super::tabs::{Shown, all_keys};
use super::why::{Page, WhyPanel};
use super::words::{self, Word};
use crate::raft::NodeId;
use crate::ui::dom::html;
use crate::view::deeds::Target;
use crate::view::{
    ClientView, FaultView, LinkView, MemberView, MessageView, RecentEvent, RoleView,
};
use crate::words::{key, say};
use yew::prelude::*;

/// What the inspector shows.
#[derive(PartialEq)]
pub struct Inspector {
    /// The selected member.
    pub member: Option<Shared<MemberView>>,
    /// The command that would start it for real, if it is shown.
    pub command: Option<String>,
    /// The tab that is shown.
    pub tab: Tab,
    /// What the tab shows, if it is one with a content of its own.
    pub shown: Shown,
    /// Questions and answers.
    pub why: Shared<Page>,
    /// What is selected, and what can be done to it.
    pub tools: Shared<Tools>,
    /// The message that is selected.
    pub message: Option<Shared<MessageView>>,
    /// The members.
    pub ids: Shared<Vec<NodeId>>,
    /// The clients.
    pub clients: SharedList<ClientView>,
    /// The links that are not as usual.
    pub links: Shared<Vec<LinkView>>,
    /// What ends by itself, and what is planned.
    pub faults: Shared<Vec<FaultView>>,
    /// The latest events.
    pub recent: Shared<Vec<RecentEvent>>,
    /// Whether the run plays.
    pub playing: bool,
    /// Why the last action here was impossible.
    pub notice: Option<String>,
    /// Whether the drawer is open, where it is one.
    pub open: bool,
    /// Where messages go.
    pub send: Callback<Message>,
}

impl Part for Inspector {
    fn view(&self) -> Html {
        html! {
            <aside class="inspector drawer" id="sheet-member" data-open={self.open}
                aria-label={say("look.member")}>
                {sheet_head(say(key!("look.member")), Sheet::Member, Html::default(), &self.send)}
                {split(Edge::Side)}
                {self.tabs()}
                <div class="inspector-body" role="tabpanel" aria-labelledby={id(self.tab)}>
                    {self.body()}
                </div>
            </aside>
        }
    }
}

/// A line of the member's facts.
fn fact(name: Html, key: &'static str, value: String) -> Html {
    html! { <><dt>{name}</dt><dd data-fact={key}>{value}</dd></> }
}

/// The id of a tab.
fn id(tab: Tab) -> &'static str {
    match tab {
        Tab::Selected => "tab-selected",
        Tab::Why => "tab-why",
        Tab::Keys => "tab-keys",
        Tab::Clients => "tab-clients",
        Tab::Checks => "tab-checks",
    }
}

impl Inspector {
    fn body(&self) -> Html {
        match &self.shown {
            Shown::Keys(panel) => drawn(panel.clone()),
            Shown::Clients(panel) => drawn(panel.clone()),
            Shown::Checks(panel) => drawn(panel.clone()),
            Shown::Other if self.tab == Tab::Why => drawn(WhyPanel {
                page: self.why.clone(),
                send: self.send.clone(),
            }),
            Shown::Other => {
                html! { <>{self.target()}{drawn(Recent(self.recent.clone(), self.playing))}</> }
            }
        }
    }

    fn tabs(&self) -> Html {
        let selected = match self.tools.target {
            // The names of two are too long.
            Target::Link(..) => say(key!("why.tab.selected")).to_owned(),
            target => target_name(target),
        };
        let tab = |tab: Tab, name: String| {
            html! {
                <button type="button" id={id(tab)} class="tab" role="tab" aria-selected={self.tab == tab}
                    onclick={click(&self.send, Message::Show(tab))}>{name}</button>
            }
        };
        html! {
            <div class="tabs" role="tablist" aria-label={say("why.tabs")}>
                {tab(Tab::Selected, selected)}
                {tab(Tab::Why, say(key!("why.page.title")).to_string())}
                {tab(Tab::Keys, say(key!("tab.keys")).to_string())}
                {tab(Tab::Clients, say(key!("tab.clients")).to_string())}
                {tab(Tab::Checks, say(key!("tab.checks")).to_string())}
            </div>
        }
    }

    /// The page of what is selected.
    fn target(&self) -> Html {
        let (tools, send) = (&self.tools, &self.send);
        match tools.target {
            Target::Link(from, to) => {
                let notice = self.notice.clone();
                link_page(tools, (from, to), &self.links, notice, send)
            }
            Target::Message(_) => {
                message_page(tools, self.message.as_deref(), self.notice.clone(), send)
            }
            Target::Client(id) => {
                let client = self.clients.iter().find(|client| client.id == id);
                client_page(
                    tools,
                    client.map(|client| &**client),
                    self.notice.clone(),
                    send,
                )
            }
            Target::Network => drawn(NetworkPage {
                ids: self.ids.clone(),
                tools: tools.clone(),
                links: self.links.clone(),
                faults: self.faults.clone(),
                notice: self.notice.clone(),
                send: send.clone(),
            }),
            Target::Member(_) => match &self.member {
                Some(member) => {
                    html! {
                        <>
                            {self.member(member)}{faults(&self.faults)}{keys(member, send)}
                            {flags(self.command.clone(), send)}
                        </>
                    }
                }
                None => Html::default(),
            },
        }
    }

    fn member(&self, member: &MemberView) -> Html {
        let send = &self.send;
        let id = member.id;
        let none = || say(key!("vital.none")).to_string();
        let text = |text: &'static str| html! { {text} };
        let log = words::log_range(member.log, member.commit);
        let voted = member.voted_for.map_or_else(none, words::member);
        let leader = member.leader.map_or_else(none, words::member);
        let progress = member.progress.map(words::progress);
        html! {
            <div class="sect" data-testid="member" data-member={id}>
                <div class="row between">
                    <p><b class="title">{member.name.clone()}</b>{" "}
                        <span class="dim" data-testid="role">{words::role(member.role, member.term)}</span></p>
                    <span class="mono faint">{member.address.clone()}</span>
                </div>
                {bar(&self.tools, Place::Inspector, send)}
                {error("member-error", self.notice.clone())}
                <dl>
                    <dt>{say("vital.term")}</dt>
                    <dd class="term" data-fact="term" style={term_style(member.term)}>{member.term.0}</dd>
                    {fact(text(say(key!("look.log"))), "log", log)}
                    {fact(define(Word::Commit, say(key!("look.commit")), send), "commit", member.commit.to_string())}
                    {fact(define(Word::Applied, say(key!("look.applied")), send), "applied", member.applied.to_string())}
                    {fact(text(say(key!("look.voted"))), "voted", voted)}
                    {fact(text(say(key!("vital.leader"))), "leader", leader)}
                    {fact(text(say(key!("look.disk"))), "disk", words::synced(member.synced))}
                    {fact(text(say(key!("vital.revision"))), "revision", member.revision.to_string())}
                    if let Some(progress) = progress {
                        {fact(define(Word::Progress, say(key!("log.progress")), send), "progress", progress)}
                    }
                    if !member.machine.remarks.is_empty() {
                        {fact(text(say(key!("deed.machine"))), "machine", member.machine.remarks.join(", "))}
                    }
                </dl>
                {form(&self.tools, send)}
            </div>
        }
    }
}

fn keys(member: &MemberView, send: &Callback<Message>) -> Html {
    let rows = member.keys.iter().map(|key| {
        html! {
            <tr key={key.key.clone()} data-key={key.key.clone()}>
                <th scope="row">{key.key.clone()}</th><td>{key.value.clone()}</td>
                <td class="num">{key.mod_revision}</td>
            </tr>
        }
    });
    let empty = match member.role {
        RoleView::Crashed => say(key!("look.not-running")),
        _ => say(key!("look.no-keys")),
    };
    html! {
        <div class="sect">
            <h2>{say("look.keys")}</h2>
            if member.keys.is_empty() {
                <p class="faint">{empty}</p>
            } else {
                <table class="keys" data-testid="keys">
                    <thead><tr>
                        <th scope="col">{say("write.key")}</th><th scope="col">{say("write.value")}</th>
                        <th scope="col" class="num">{say("vital.revision")}</th>
                    </tr></thead>
                    <tbody>{for rows}</tbody>
                </table>
                {all_keys(send)}
            }
        </div>
    }
}

/// The latest events, newest last.
#[derive(PartialEq)]
struct Recent(Shared<Vec<RecentEvent>>, bool);

/// While the run plays nobody scrolls back in it: so many lines are in sight.
const IN_SIGHT: usize = 14;

impl Part for Recent {
    fn view(&self) -> Html {
        let Recent(events, playing) = self;
        let hidden = if *playing {
            events.len().saturating_sub(IN_SIGHT)
        } else {
            0
        };
        let events = events.iter().skip(hidden).map(|event| {
            // With its key a line stays the element that it is when newer ones come.
            html! {
                <li key={event.number} class={if event.major { "major" } else { "faint" }}>
                    <span class="mono">{words::seconds(event.time)}</span>
                    <span>{spans::html(&event.sentence)}</span>
                </li>
            }
        });
        html! {
            <div class="sect recent">
                <h2>{say("look.happened")}</h2>
                {log("events", say(key!("look.happened")), html! { <ol>{for events}</ol> })}
            </div>
        }
    }
}
