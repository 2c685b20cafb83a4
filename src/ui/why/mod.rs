//! Why?: the tab of the inspector that answers, and the card with the life of an entry.
//!
//! Here is what the page keeps of it and what a person can ask for; the answers come from
//! [`crate::view::why`]. While the run plays, an answer is looked up again a few times per second,
//! and only while it is shown.

mod card;
mod page;

pub use card::card;
pub use page::WhyPanel;

use super::message::{Message, Sheet, Tab};
use super::model::Model;
use super::slices::Shared;
use crate::raft::{Index, Term};
use crate::sim::FlightId;
use crate::timeline::{BranchId, Position};
use crate::view::why::{Life, Offer, Topic, Why, life, offers, why};

/// While the run plays, answers are looked up again after so much wall time, in microseconds.
const PAUSE_US: u64 = 250_000;

/// What a person asks for.
#[derive(Clone, PartialEq, Debug)]
pub enum Ask {
    /// The answer about something.
    About(Topic),
    /// The answer about an entry, whatever its term: the leader's, else anybody's.
    Entry(Index),
    /// All questions that make sense now.
    All,
    /// To be taken to a moment of the answer, which stays as it is.
    Go(Position),
    /// To be taken back to the moment in which the answer was given.
    Back,
    /// The life of an entry, on a card at this place of the window; `None` to close it.
    Hover(Option<(Index, Term, (i32, i32))>),
}

impl From<Ask> for Message {
    fn from(ask: Ask) -> Message {
        Message::Why(ask)
    }
}

/// What the tab shows.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Page {
    /// What is asked; `None` for the list of questions.
    pub topic: Option<Topic>,
    /// All questions that make sense now.
    pub offers: Vec<Offer>,
    /// The answer.
    pub why: Option<Why>,
    /// The life of the entry that is asked about.
    pub life: Option<Life>,
    /// The moment for which it was asked.
    pub asked: Position,
    /// The playhead.
    pub now: Position,
}

/// The life of an entry, and where the card stands.
#[derive(Clone, PartialEq, Debug)]
pub struct Card {
    /// The entry.
    pub life: Life,
    /// The place in the window that it points to.
    pub at: (i32, i32),
}

/// What the page keeps of questions and answers.
pub struct WhyState {
    /// What is asked.
    pub topic: Option<Topic>,
    /// What the tab shows.
    pub page: Shared<Page>,
    /// The card that is open.
    pub card: Option<Shared<Card>>,
    hover: Option<(Index, Term, (i32, i32))>,
    /// The answer stays as it is while somebody follows its links into the past of this branch.
    frozen: Option<BranchId>,
    /// The wall time since the answer was looked up.
    age_us: u64,
}

impl Default for WhyState {
    fn default() -> WhyState {
        WhyState {
            topic: None,
            page: Shared::new(Page::default()),
            card: None,
            hover: None,
            frozen: None,
            age_us: 0,
        }
    }
}

impl WhyState {
    /// The entry that is asked about.
    pub fn entry(&self) -> Option<Index> {
        match self.topic {
            Some(Topic::Entry(index, _)) => Some(index),
            _ => None,
        }
    }

    /// The message that is asked about.
    pub fn message(&self) -> Option<FlightId> {
        match self.topic {
            Some(Topic::Message(flight)) => Some(flight),
            _ => None,
        }
    }

    /// Wall time has passed.
    pub fn pass(&mut self, wall_us: u64) {
        self.age_us += wall_us;
    }
}

impl Model {
    /// Does what is asked. Returns whether anything has to be drawn.
    pub fn why(&mut self, ask: Ask) -> bool {
        match ask {
            Ask::About(topic) => self.ask(Some(topic)),
            Ask::Entry(index) => {
                if let Some(topic) = self.entry(index) {
                    self.ask(Some(topic));
                }
            }
            Ask::All => self.ask(None),
            Ask::Go(position) => {
                self.why.frozen = Some(self.session.current_branch());
                self.go(position);
            }
            Ask::Back => {
                self.go(self.why.page.asked);
                self.why.frozen = None;
                self.look_up();
            }
            Ask::Hover(hover) => {
                let changed = self.why.hover != hover;
                self.why.hover = hover;
                if changed {
                    self.look_up_card();
                }
                return changed;
            }
        }
        true
    }

    /// Looks the answer up again if it is shown and may have changed.
    pub(super) fn refresh_why(&mut self) {
        let shown = self.tab == Tab::Why || self.why.hover.is_some();
        if !shown || (self.playback.playing && self.why.age_us < PAUSE_US) {
            return;
        }
        self.why.age_us = 0;
        self.look_up();
        self.look_up_card();
    }

    fn ask(&mut self, topic: Option<Topic>) {
        self.tab = Tab::Why;
        self.sheet = Some(Sheet::Member);
        self.why.topic = topic;
        self.why.frozen = None;
        self.look_up();
        self.refresh_sequence();
    }

    /// The entry of this index that a person means: the leader's.
    fn entry(&self, index: Index) -> Option<Topic> {
        let world = self.session.world();
        let leader = world.leader().map(|member| member.id());
        let mut terms: Vec<(bool, Term)> = world
            .members()
            .filter_map(|member| {
                let entry = match member.server() {
                    Some(server) => server.node().entry(index),
                    None => member.stored().entry(index),
                };
                Some((Some(member.id()) == leader, entry?.term))
            })
            .collect();
        terms.sort();
        let in_snapshot = index < self.slices.columns.1;
        match terms.last() {
            Some((_, term)) => Some(Topic::Entry(index, *term)),
            None => in_snapshot.then_some(Topic::Entry(index, Term(0))),
        }
    }

    pub(super) fn go(&mut self, position: Position) {
        self.playback.playing = false;
        self.session.seek_position(position);
        self.refresh();
    }

    fn look_up(&mut self) {
        let now = self.session.position();
        let state = &mut self.why;
        let followed = now < state.page.asked;
        state.frozen = state
            .frozen
            .filter(|branch| followed && *branch == self.session.current_branch());
        if state.frozen.is_some() {
            let page = Page {
                now,
                ..(*state.page).clone()
            };
            return state.page.refresh(page);
        }
        let session = &self.session;
        let page = Page {
            topic: state.topic,
            offers: match state.topic {
                None => offers(session),
                Some(_) => Vec::new(),
            },
            why: state.topic.map(|topic| why(session, topic)),
            life: match state.topic {
                Some(Topic::Entry(index, term)) => Some(life(session, index, term)),
                _ => None,
            },
            asked: now,
            now,
        };
        state.page.refresh(page);
    }

    fn look_up_card(&mut self) {
        let state = &mut self.why;
        state.card = state.hover.map(|(index, term, at)| {
            let life = life(&self.session, index, term);
            Shared::new(Card { life, at })
        });
    }
}

#[cfg(test)]
mod tests;
