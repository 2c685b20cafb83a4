//! The keys of the selected member.

use super::Ask;
use crate::ui::dom::{classes, element, html};
use crate::ui::drawn::Part;
use crate::ui::hue::term_style;
use crate::ui::message::Message;
use crate::ui::parts::{button, click, pair, text, typed};
use crate::ui::slices::Shared;
use crate::ui::words;
use crate::view::keys::{
    Elsewhere, Filter, KeyPage, KeyRow, KeysView, Kind, Lag, LeaseView, Standing, StoreView,
};
use crate::words::{Key, key, say, tell};
use web_sys::{Element, HtmlSelectElement};
use yew::prelude::*;

/// The height of a row of the list, in CSS pixels; the style sheet agrees.
pub const ROW: i32 = 26;

/// What the choice of keys offers.
const FILTERS: [Filter; 3] = [Filter::Present, Filter::Deleted, Filter::Different];

/// The tab's content.
#[derive(Clone, PartialEq)]
pub struct KeysPanel {
    /// The keys.
    pub view: Shared<KeysView>,
    /// How they begin.
    pub prefix: String,
    /// Which of them.
    pub filter: Filter,
    /// Where messages go.
    pub send: Callback<Message>,
}

impl Part for KeysPanel {
    fn view(&self) -> Html {
        let view = &self.view;
        html! {
            <div class="keys-tab" data-testid="keys-tab">
                <div class="sect">
                    {self.choice()}
                    {stores(view)}
                </div>
                if view.running {
                    {self.list()}
                    if let Some(open) = &view.open { {self.open(open)} }
                    if !view.leases.is_empty() { {leases(view)} }
                } else {
                    <p class="sect faint">{tell(key!("keys.down"), &[("member", &words::member(view.member))])}</p>
                }
            </div>
        }
    }
}

impl KeysPanel {
    fn choice(&self) -> Html {
        let send = &self.send;
        let oninput = send.reform(|event: InputEvent| Ask::Prefix(typed(&event)).into());
        let onchange = send.reform(|event: Event| {
            let list = event.target_unchecked_into::<HtmlSelectElement>();
            let chosen = FILTERS.get(list.selected_index() as usize);
            Ask::Filter(chosen.copied().unwrap_or_default()).into()
        });
        let options = FILTERS.iter().map(|filter| {
            let name = match filter {
                Filter::Present => say(key!("keys.present")),
                Filter::Deleted => say(key!("keys.deleted")),
                Filter::Different => say(key!("keys.different")),
            };
            html! { <option selected={*filter == self.filter}>{name}</option> }
        });
        html! {
            <div class="keys-choice">
                <input id="keys-prefix" type="text" autocomplete="off" autocapitalize="off" spellcheck="false"
                    aria-label={say("keys.prefix")} placeholder={say("keys.prefix")}
                    value={self.prefix.clone()} {oninput} />
                <select aria-label={say("keys.filter")} {onchange}>{for options}</select>
            </div>
        }
    }

    fn list(&self) -> Html {
        let (view, send) = (&self.view, &self.send);
        let onscroll = send.reform(|event: Event| {
            let list = event.target_unchecked_into::<Element>();
            let rows = |pixels: i32| usize::try_from(pixels / ROW).unwrap_or(0);
            Ask::Scroll(rows(list.scroll_top()), rows(list.client_height())).into()
        });
        let keys = send.clone();
        let onkeydown = Callback::from(move |event: KeyboardEvent| {
            let rows = match &event.key()[..] {
                "ArrowDown" => 1,
                "ArrowUp" => -1,
                "PageDown" => 10,
                "PageUp" => -10,
                "Home" => isize::MIN,
                "End" => isize::MAX,
                _ => return,
            };
            event.prevent_default();
            event.stop_propagation();
            keys.emit(Ask::Move(rows).into());
        });
        let open = view.open.as_ref().and_then(|open| open.place);
        let rows = view.rows.iter().enumerate();
        let rows =
            rows.map(|(at, row)| self.row(view.first + at, row, open == Some(view.first + at)));
        let empty = match (self.filter, self.prefix.is_empty()) {
            (Filter::Different, _) => say(key!("keys.none-different")),
            (_, false) => say(key!("keys.none-with")),
            _ => say(key!("keys.none")),
        };
        let label = tell(
            key!("keys.list"),
            &[("member", &words::member(view.member))],
        );
        let active = open.map(|place| format!("key-{place}"));
        html! {
            <div class="sect keys-sect">
                <p class="keys-head"><span>{tell(key!("keys.count"), &[("n", &view.total)])}</span>
                    <span>{say("vital.revision")}</span></p>
                if view.total == 0 { <p class="faint">{empty}</p> }
                <div id="key-list" class="keys-list" role="listbox" tabindex="0" aria-label={label}
                    aria-activedescendant={active} {onscroll} {onkeydown}>
                    <div style={format!("height:{}px;padding-block-start:{}px", view.total as i32 * ROW, view.first as i32 * ROW)}>
                        {for rows}
                    </div>
                </div>
            </div>
        }
    }

    fn row(&self, place: usize, row: &KeyRow, open: bool) -> Html {
        let key = if open { None } else { Some(row.key.clone()) };
        let (value, revision, class) = match &row.here {
            Standing::There {
                value, modified, ..
            } => (value.clone(), modified.to_string(), "kv"),
            Standing::Deleted(revision) => (
                say(key!("keys.history-deleted")).to_owned(),
                revision.to_string(),
                "kv gone",
            ),
            Standing::Absent => (
                say(key!("keys.absent")).to_owned(),
                "–".to_owned(),
                "kv gone",
            ),
        };
        html! {
            <div id={format!("key-{place}")} key={place} role="option" {class}
                data-key={row.name.clone()} aria-selected={open}
                aria-setsize={self.view.total} aria-posinset={place + 1}
                onclick={click(&self.send, Ask::Open(key).into())}>
                <b>{row.name.clone()}</b><span>{value}</span>
                {mark(&row.elsewhere)}
                <i>{revision}</i>
            </div>
        }
    }

    fn open(&self, page: &KeyPage) -> Html {
        let number = |name: &'static str, value: u64| pair(name, value.to_string().into());
        let numbers = match &page.row.here {
            Standing::There {
                created,
                modified,
                version,
                lease,
                ..
            } => html! {
                <dl class="key-numbers">
                    {number(say(key!("keys.created")), *created)}
                    {number(say(key!("keys.modified")), *modified)}
                    {number(say(key!("keys.version")), *version)}
                    {for lease.iter().map(|lease| pair(say(key!("keys.lease")), lease.clone().into()))}
                </dl>
            },
            other => text("p", "faint", standing(other)),
        };
        let value = page.value.as_ref().map(|value| {
            let mut what = kind(value.kind).to_owned();
            if value.left_out > 0 {
                what.push_str(" · ");
                what.push_str(&tell(key!("keys.left-out"), &[("n", &value.left_out)]));
            }
            html! {
                <>
                    <pre class="key-value" tabindex="0" aria-label={say("write.value")} data-kind={kind(value.kind)}>{value.text.clone()}</pre>
                    <p class="faint key-kind">{what}</p>
                </>
            }
        });
        html! {
            <div class="sect key-page" data-testid="key-page">
                <div class="row between">
                    <h3>{page.row.name.clone()}</h3>
                    <button type="button" class="btn ghost icon" aria-label={say("keys.close")}
                        onclick={click(&self.send, Ask::Open(None).into())}>{"×"}</button>
                </div>
                {numbers}
                {value}
                <h2>{say("keys.at-members")}</h2>
                {members(page)}
                <h2>{say("keys.history")}</h2>
                {history(page)}
            </div>
        }
    }
}

/// What the other members have of a key.
fn members(page: &KeyPage) -> Html {
    if page.row.elsewhere.is_empty() {
        return text("p", "faint", say(key!("keys.as-here")));
    }
    let others = page.row.elsewhere.iter().map(|other| {
        let class = if other.lag == Lag::Conflict {
            "error"
        } else {
            "warn"
        };
        text("li", class, format!("{} {}", sign(other.lag), lag(other)))
    });
    element("ul", "key-members", others.collect())
}

fn sign(lag: Lag) -> &'static str {
    match lag {
        Lag::Behind => "↓",
        Lag::Ahead => "↑",
        Lag::Conflict => "✕",
    }
}

fn standing(there: &Standing) -> String {
    match there {
        Standing::There {
            value, modified, ..
        } => tell(
            key!("keys.there"),
            &[("value", value), ("revision", modified)],
        ),
        Standing::Deleted(revision) => tell(key!("keys.was-deleted"), &[("revision", revision)]),
        Standing::Absent => say(key!("keys.absent")).to_owned(),
    }
}

fn lag(other: &Elsewhere) -> String {
    let fills: [(&str, &dyn std::fmt::Display); 2] = [
        ("member", &words::member(other.member)),
        ("there", &standing(&other.there)),
    ];
    match other.lag {
        Lag::Behind => tell(key!("keys.lag.behind"), &fills),
        Lag::Ahead => tell(key!("keys.lag.ahead"), &fills),
        Lag::Conflict => tell(key!("keys.lag.conflict"), &fills),
    }
}

/// The members that have something else, in short.
fn mark(elsewhere: &[Elsewhere]) -> Html {
    let Some(worst) = elsewhere
        .iter()
        .map(|other| other.lag)
        .max_by_key(|lag| *lag as u8)
    else {
        return Html::default();
    };
    let ids: Vec<String> = elsewhere
        .iter()
        .map(|other| other.member.to_string())
        .collect();
    let said: Vec<String> = elsewhere.iter().map(lag).collect();
    let class = if worst == Lag::Conflict {
        "mark error"
    } else {
        "mark warn"
    };
    html! {
        <em {class} title={said.join("\n")}>
            <span aria-hidden="true">{sign(worst)}{" "}{ids.join(",")}</span>
            <span class="visually-hidden">{said.join(". ")}</span>
        </em>
    }
}

/// How the stores of the members stand.
fn stores(view: &KeysView) -> Html {
    let chip = |store: &StoreView| {
        let words = match store.revision {
            None => say(key!("keys.store-down")).to_owned(),
            Some(_) if store.behind > 0 => tell(key!("keys.behind"), &[("n", &store.behind)]),
            Some(revision) => revision.to_string(),
        };
        let late = store.revision.is_none() || store.behind > 0;
        let own = (store.member == view.member).then_some("own");
        html! {
            <li class={classes!(late.then_some("warn"), own)} data-member={store.member}>
                <b class="name" style={term_style(store.term)}>{words::member(store.member)}</b>{" "}<span>{words}</span>
            </li>
        }
    };
    let mut stores = view.stores.iter();
    let equal = stores.all(|store| store.revision.is_some() && store.behind == 0);
    let compacted = (view.compacted > 0).then(|| {
        text(
            "p",
            "faint",
            tell(key!("keys.compacted"), &[("revision", &view.compacted)]),
        )
    });
    html! {
        <>
            if equal {
                <p class="faint">{tell(key!("keys.same"), &[("revision", &view.revision)])}</p>
            } else {
                <ul class="stores" data-testid="stores">{for view.stores.iter().map(chip)}</ul>
            }
            {compacted}
        </>
    }
}

fn kind(kind: Kind) -> &'static str {
    match kind {
        Kind::Text => say(key!("keys.kind.text")),
        Kind::Json => say(key!("keys.kind.json")),
        Kind::Yaml => say(key!("keys.kind.yaml")),
        Kind::Binary => say(key!("keys.kind.binary")),
    }
}

fn history(page: &KeyPage) -> Html {
    let cell = |words: String| text("td", "", words);
    let rows = page.history.iter().map(|revision| {
        let (version, value) = match revision.version {
            0 => (String::new(), say(key!("keys.history-deleted")).to_owned()),
            version => (version.to_string(), revision.value.clone()),
        };
        let cells = [
            cell(revision.revision.to_string()),
            cell(version),
            cell(value),
        ];
        element("tr", "", cells.into_iter().collect())
    });
    let names = [
        say(key!("vital.revision")),
        say(key!("keys.version")),
        say(key!("write.value")),
    ];
    let names = names.map(|name| html! { <th scope="col">{name}</th> });
    let more = |key: Key, n: &dyn std::fmt::Display| text("p", "faint", tell(key, &[("n", n)]));
    html! {
        <>
            <table class="keys key-history" data-testid="key-history">
                <thead><tr>{for names}</tr></thead>
                <tbody>{for rows}</tbody>
            </table>
            if page.older > 0 { {more(key!("keys.history-older"), &page.older)} }
            if page.compacted > 0 { {more(key!("keys.history-compacted"), &page.compacted)} }
        </>
    }
}

fn leases(view: &KeysView) -> Html {
    let row = |lease: &LeaseView| {
        let keys = match lease.keys {
            0 => "–".to_owned(),
            1 => lease.first_key.clone(),
            n => tell(
                key!("keys.attached"),
                &[("n", &n), ("key", &lease.first_key)],
            ),
        };
        let granted = ("granted", &lease.granted as &dyn std::fmt::Display);
        let left = match &lease.left {
            Some(left) => tell(key!("keys.left"), &[("left", left), granted]),
            None => tell(key!("keys.left-unknown"), &[granted]),
        };
        html! {
            <li data-lease={lease.id.clone()}>
                <code>{lease.id.clone()}</code><span>{left}</span><span class="faint">{keys}</span>
            </li>
        }
    };
    let more = (view.more_leases > 0).then(|| {
        text(
            "p",
            "faint",
            tell(key!("keys.more"), &[("n", &view.more_leases)]),
        )
    });
    html! {
        <div class="sect">
            <h2>{say("keys.leases")}</h2>
            <ul class="leases" data-testid="leases">{for view.leases.iter().map(row)}</ul>
            {more}
        </div>
    }
}

/// The button that leads from a member's page to its keys.
pub fn all_keys(send: &Callback<Message>) -> Html {
    button(
        "btn",
        say(key!("keys.all")),
        send,
        Message::Show(crate::ui::message::Tab::Keys),
    )
}
