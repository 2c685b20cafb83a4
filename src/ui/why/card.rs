//! The life of an entry: as a table, and on a card beside its cell.

use super::Card;
use crate::timeline::Position;
use crate::ui::dom::html;
use crate::ui::drawn::Part;
use crate::ui::hue::term_style;
use crate::ui::slices::Shared;
use crate::ui::{web, words};
use crate::view::why::{Copy, CopyState, Life};
use crate::words::{key, say, tell};
use yew::prelude::*;

/// The width of the card in CSS pixels; the style sheet agrees.
const WIDTH: i32 = 330;

/// Whether a member has the entry, as a sign.
pub fn copy_sign(copy: &Copy) -> &'static str {
    match copy.state {
        CopyState::Stored if copy.applied.is_some() => "✓✓",
        CopyState::Stored => "✓",
        CopyState::Unsynced => "…",
        CopyState::Snapshot => "▨",
        CopyState::Other(_) => "≠",
        CopyState::Missing => "",
    }
}

/// The same in words.
pub fn copy_words(copy: &Copy) -> String {
    match copy.state {
        CopyState::Stored if copy.applied.is_some() => say(key!("why.copy.applied")).to_string(),
        CopyState::Stored => say(key!("why.copy.stored")).to_string(),
        CopyState::Unsynced => say(key!("why.copy.unsynced")).to_string(),
        CopyState::Snapshot => say(key!("why.copy.snapshot")).to_string(),
        CopyState::Other(term) => tell(key!("why.copy.other"), &[("term", &term)]),
        CopyState::Missing => say(key!("why.copy.missing")).to_string(),
    }
}

/// Where each member has the entry since when. `link` draws a moment.
pub fn life_table(life: &Life, link: Option<&dyn Fn(Position) -> Html>) -> Html {
    let moment = |at: Option<Position>| match (at, link) {
        (None, _) => html! { {"·"} },
        (Some(at), Some(link)) => link(at),
        (Some(at), None) => html! { {words::seconds(at.time)} },
    };
    let rows = life.copies.iter().map(|copy| {
        html! {
            <tr data-member={copy.member}>
                <th scope="row" class="name" style={term_style(copy.term)}>{words::member(copy.member)}</th>
                <td>{moment(copy.received)}</td><td>{moment(copy.stored)}</td>
                <td>{moment(copy.committed)}</td><td>{moment(copy.applied)}</td>
            </tr>
        }
    });
    html! {
        <table class="life" data-testid="life">
            <thead><tr>
                <td></td>
                <th scope="col">{say("why.life.received")}</th><th scope="col">{say("why.life.stored")}</th>
                <th scope="col">{say("why.life.committed")}</th><th scope="col">{say("why.life.applied")}</th>
            </tr></thead>
            <tbody>{for rows}</tbody>
        </table>
    }
}

/// The card that is open. The element is always there, as that of a definition.
pub fn card(card: Option<Shared<Card>>) -> LifeCard {
    LifeCard(card)
}

/// The card.
#[derive(PartialEq)]
pub struct LifeCard(Option<Shared<Card>>);

impl Part for LifeCard {
    fn view(&self) -> Html {
        let Some(card) = &self.0 else {
            return Html::default();
        };
        let life = &card.life;
        let (width, height) = web::window_size();
        let left = card.at.0.min(width - WIDTH - 12).max(8);
        let place = match card.at.1 > height / 2 {
            true => format!("bottom:{}px", height - card.at.1 + 30),
            false => format!("top:{}px", card.at.1 + 6),
        };
        let proposed = life.proposed.map(|(member, at)| {
            let fills: [(&str, &dyn std::fmt::Display); 2] =
                [("member", &words::member(member)), ("time", &at.time)];
            tell(key!("why.life.proposed"), &fills)
        });
        html! {
            <div class="life-card" role="tooltip" id="life" data-testid="life-card"
                style={format!("left:{left}px;{place};width:{WIDTH}px")}>
                <p class="row"><b>{tell(key!("why.life.entry"), &[("index", &life.index)])}</b>
                    <code>{life.command.clone()}</code>
                    <span class="term" style={term_style(life.term)}>{tell(key!("why.life.term"), &[("term", &life.term)])}</span></p>
                if let Some(proposed) = proposed { <p class="faint">{proposed}</p> }
                {life_table(life, None)}
            </div>
        }
    }
}
