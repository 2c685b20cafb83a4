//! The inspector of the selected member: what it is, what it has stored, what happened.

use super::define::Define;
use super::hue::term_style;
use super::model::{Message, Place, Sheet};
use super::sheet::SheetHead;
use super::slices::Shared;
use super::spans;
use super::stick::use_stick_to_end;
use super::words::{self, Word};
use crate::view::{MemberView, RecentEvent, RoleView};
use yew::prelude::*;

/// What the inspector shows.
#[derive(Properties, PartialEq)]
pub struct InspectorProps {
    /// The selected member.
    pub member: Option<Shared<MemberView>>,
    /// The latest events.
    pub recent: Shared<Vec<RecentEvent>>,
    /// Why the last action here was impossible.
    pub notice: Option<String>,
    /// Whether the drawer is open, where it is one.
    pub open: bool,
    /// Where messages go.
    pub send: Callback<Message>,
}

/// Renders the inspector.
#[function_component]
pub fn Inspector(props: &InspectorProps) -> Html {
    html! {
        <aside class="inspector drawer" id="sheet-member" data-open={props.open.to_string()}
            aria-label={words::INSPECTOR}>
            <SheetHead title={words::INSPECTOR} sheet={Sheet::Member} send={props.send.clone()} />
            <div class="inspector-body">
                if let Some(member) = &props.member {
                    <Member member={member.clone()} notice={props.notice.clone()} send={props.send.clone()} />
                    <Keys member={member.clone()} />
                }
                <Recent recent={props.recent.clone()} />
            </div>
        </aside>
    }
}

#[derive(Properties, PartialEq)]
struct MemberProps {
    member: Shared<MemberView>,
    notice: Option<String>,
    send: Callback<Message>,
}

#[function_component]
fn Member(props: &MemberProps) -> Html {
    let (member, send) = (&props.member, &props.send);
    let id = member.id;
    let crashed = member.role == RoleView::Crashed;
    let crash = send.reform(move |_| Message::CrashOrRestart(id, Place::Inspector));
    let time_out = send.reform(move |_| Message::TimeOutNow(id, Place::Inspector));
    let none = || words::NONE.to_string();
    let voted = member.voted_for.map_or_else(none, words::member);
    let leader = member.leader.map_or_else(none, words::member);
    html! {
        <div class="sect" data-testid="member" data-member={id.to_string()}>
            <div class="row between">
                <p><b class="title">{member.name.clone()}</b>{" "}
                    <span class="dim" data-testid="role">{words::role(member.role, member.term)}</span></p>
                <span class="mono faint">{member.address.clone()}</span>
            </div>
            <div class="row actions">
                <button type="button" class="btn" onclick={crash}>
                    {if crashed { words::RESTART } else { words::CRASH }}
                </button>
                <button type="button" class="btn" onclick={time_out}>{words::TIME_OUT_NOW}</button>
            </div>
            <p class="error" role="alert">{props.notice.clone()}</p>
            <dl>
                <dt>{words::TERM}</dt>
                <dd class="term" style={term_style(member.term)}>{member.term.0}</dd>
                <dt>{words::LOG}</dt><dd data-fact="log">{words::log_range(member.log, member.commit)}</dd>
                <dt><Define word={Word::Commit} text={words::COMMIT_INDEX} send={send.clone()} /></dt>
                <dd data-fact="commit">{member.commit.0}</dd>
                <dt><Define word={Word::Applied} text={words::APPLIED} send={send.clone()} /></dt>
                <dd data-fact="applied">{member.applied.0}</dd>
                <dt>{words::VOTED_FOR}</dt><dd data-fact="voted">{voted}</dd>
                <dt>{words::FOLLOWS}</dt><dd data-fact="leader">{leader}</dd>
                <dt>{words::DISK}</dt><dd data-fact="disk">{words::synced(member.synced)}</dd>
                if let Some(progress) = member.progress {
                    <dt><Define word={Word::Progress} text={words::LEADER_SEES} send={send.clone()} /></dt>
                    <dd>{words::progress(progress)}</dd>
                }
                <dt>{words::REVISION}</dt><dd data-fact="revision">{member.revision}</dd>
            </dl>
        </div>
    }
}

#[derive(Properties, PartialEq)]
struct KeysProps {
    member: Shared<MemberView>,
}

#[function_component]
fn Keys(props: &KeysProps) -> Html {
    let member = &props.member;
    let rows = member.keys.iter().map(|key| {
        html! {
            <tr key={key.key.clone()} data-key={key.key.clone()}>
                <th scope="row">{key.key.clone()}</th><td>{key.value.clone()}</td>
                <td class="num">{key.mod_revision}</td>
            </tr>
        }
    });
    let empty = match member.role {
        RoleView::Crashed => words::NOT_RUNNING,
        _ => words::NO_KEYS,
    };
    html! {
        <div class="sect">
            <h2>{words::ITS_KEYS}</h2>
            if member.keys.is_empty() {
                <p class="faint">{empty}</p>
            } else {
                <table class="keys" data-testid="keys">
                    <thead><tr>
                        <th scope="col">{words::KEY}</th><th scope="col">{words::VALUE}</th>
                        <th scope="col" class="num">{words::REVISION}</th>
                    </tr></thead>
                    <tbody>{for rows}</tbody>
                </table>
            }
        </div>
    }
}

#[derive(Properties, PartialEq)]
struct RecentProps {
    recent: Shared<Vec<RecentEvent>>,
}

#[function_component]
fn Recent(props: &RecentProps) -> Html {
    let node = use_node_ref();
    let onscroll = use_stick_to_end(node.clone(), props.recent.clone());
    let events = props.recent.iter().map(|event| {
        let us = event.time.0;
        let time = format!("{}.{:03}", us / 1_000_000, us / 1_000 % 1_000);
        html! {
            <li class={if event.major { "major" } else { "faint" }}>
                <span class="mono">{time}</span><span>{spans::html(&event.sentence)}</span>
            </li>
        }
    });
    html! {
        <div class="sect recent">
            <h2 id="what-happened">{words::WHAT_HAPPENED}</h2>
            <ol ref={node} {onscroll} tabindex="0" aria-labelledby="what-happened">{for events}</ol>
        </div>
    }
}
