//! The tabs of the inspector beside the selected thing: the keys of the selected member, the operations
//! of the clients, the checks.
//!
//! Only the tab that is shown is looked up, and none while the inspector is a drawer that is closed. While
//! the run plays that happens a few times per second.

mod checks;
mod clients;
mod keys;
#[cfg(test)]
mod tests;

pub use checks::ChecksPanel;
pub use clients::ClientsPanel;
pub use keys::{KeysPanel, ROW, all_keys};

use super::message::{Message, Sheet, Tab};
use super::model::Model;
use super::sequence::{Did, Gesture, Pace, Pane};
use super::slices::Shared;
use super::web::{self, SizeWatch};
use crate::cluster::OperationId;
use crate::sim::SimTime;
use crate::timeline::{BranchId, Position};
use crate::view::checks::{ChecksView, checks};
use crate::view::clients::{self as operations, OperationPage, operation_page};
use crate::view::keys::{Filter, KeysView, Wanted, listing, page};
use crate::view::sequence::{Picture, Thing, View};
use bytes::Bytes;

/// While the run plays, a tab is looked up again after so much wall time, in microseconds.
const PAUSE_US: u64 = 250_000;
/// What is in sight as long as nobody has asked for anything.
const FIRST: View = View {
    from: 0,
    span_us: 1_000_000,
};
/// The operations of so many microseconds are in sight at most: those of the longest runs.
const LONGEST_US: u64 = 3_600_000_000;
/// Rows beyond the edges of the list that exist all the same.
const MARGIN: usize = 8;

/// What a person asks of the tabs.
#[derive(Clone, PartialEq, Debug)]
pub enum Ask {
    /// The inspector is in sight, or not any more.
    Shown(bool),
    /// Show the keys that begin like this.
    Prefix(String),
    /// Show these keys.
    Filter(Filter),
    /// The list of keys is scrolled: the first row in sight, and how many.
    Scroll(usize, usize),
    /// Open a key, or none.
    Open(Option<Bytes>),
    /// Open the key so many rows after the one that is open, or before it.
    Move(isize),
    /// Show the operations on keys that begin like this.
    ClientsPrefix(String),
    /// Something done to the chart of the operations.
    Chart(Gesture),
    /// Choose an operation and show it in its tab.
    Operation(OperationId),
    /// Close the page of the operation.
    NoOperation,
    /// Go to a place of the run.
    Go(Position),
    /// Go to a moment; the chart stays as it is.
    At(SimTime),
}

impl From<Ask> for Message {
    fn from(ask: Ask) -> Message {
        Message::Tabs(ask)
    }
}

/// What the tabs keep.
pub struct TabsState {
    /// The inspector is in sight.
    shown: bool,
    /// The wall time since a tab was looked up.
    age_us: u64,
    /// The keys, while they are shown.
    keys: Option<Shared<KeysView>>,
    prefix: String,
    filter: Filter,
    /// The rows of the list in sight.
    rows: (usize, usize),
    open: Option<Bytes>,
    /// The list, and what it was made of.
    listed: Option<(BranchId, u64, Wanted)>,
    list: Vec<Bytes>,
    /// To where the list of keys is scrolled when it is drawn, in rows.
    pub scroll: Option<usize>,
    /// The operations, while they are shown.
    picture: Option<Shared<Picture>>,
    pane: Pane,
    /// The chart fits itself to what was asked for, until somebody moves or zooms it.
    fits: bool,
    /// It has done so since it came into sight.
    fitted: bool,
    clients_prefix: String,
    chosen: Option<OperationId>,
    operation: Option<Shared<OperationPage>>,
    drawn: Option<(BranchId, Position, Position, operations::Wanted)>,
    drawn_at: SimTime,
    /// The checks, while they are shown.
    checks: Option<Shared<ChecksView>>,
}

impl Default for TabsState {
    fn default() -> TabsState {
        TabsState {
            shown: true,
            age_us: 0,
            keys: None,
            prefix: String::new(),
            filter: Filter::Present,
            rows: (0, 40),
            open: None,
            listed: None,
            list: Vec::new(),
            scroll: None,
            picture: None,
            pane: Pane::new(FIRST, LONGEST_US),
            fits: true,
            fitted: false,
            clients_prefix: String::new(),
            chosen: None,
            operation: None,
            drawn: None,
            drawn_at: SimTime::ZERO,
            checks: None,
        }
    }
}

impl TabsState {
    /// What a person chose stays for another run.
    pub fn for_another_run(&self) -> TabsState {
        let mut pane = self.pane.for_another_run();
        pane.view = FIRST;
        TabsState {
            shown: self.shown,
            pane,
            ..TabsState::default()
        }
    }

    /// The chart stays where it is.
    fn stand(&mut self) {
        (self.fits, self.pane.follows) = (false, false);
    }

    /// Wall time has passed.
    pub fn pass(&mut self, wall_us: u64) {
        self.age_us += wall_us;
    }
}

/// What the tab that is shown needs to be drawn.
#[derive(Clone, PartialEq)]
pub enum Shown {
    /// One of the others.
    Other,
    /// The keys.
    Keys(KeysPanel),
    /// The operations.
    Clients(ClientsPanel),
    /// The checks.
    Checks(ChecksPanel),
}

/// Watches whether the inspector is in sight: where it is a drawer that is closed, it has no size.
pub fn watch(send: &yew::Callback<Message>) -> Option<SizeWatch> {
    let (side, send) = (web::find(".inspector")?, send.clone());
    Some(SizeWatch::new(side, move |width, _| {
        send.emit(Ask::Shown(width > 0.0).into());
    }))
}

impl Model {
    /// What is shown in the tab.
    pub(super) fn shown_tab(&self, send: &yew::Callback<Message>) -> Shown {
        let (tabs, send) = (&self.tabs, send.clone());
        match (self.tab, &tabs.keys, &tabs.checks) {
            (Tab::Keys, Some(view), _) => Shown::Keys(KeysPanel {
                view: view.clone(),
                prefix: tabs.prefix.clone(),
                filter: tabs.filter,
                send,
            }),
            (Tab::Checks, _, Some(view)) => Shown::Checks(ChecksPanel {
                view: view.clone(),
                send,
            }),
            (Tab::Clients, ..) => Shown::Clients(ClientsPanel {
                picture: tabs.picture.clone(),
                tip: tabs.pane.tip.clone(),
                pace: Pace::of(&tabs.pane, tabs.drawn_at),
                fits: tabs.fits,
                chosen: self.chosen_operation(),
                operation: tabs.operation.clone(),
                prefix: tabs.clients_prefix.clone(),
                send,
            }),
            _ => Shown::Other,
        }
    }

    /// The operation that is chosen, in words.
    fn chosen_operation(&self) -> Option<String> {
        let thing = Thing::Operation(self.tabs.chosen?);
        let mut spots = self.tabs.picture.as_ref()?.spots.iter();
        let spot = spots.find(|spot| spot.thing == thing)?;
        Some(spot.description.clone())
    }

    /// Does what is asked. Returns whether anything has to be drawn.
    pub(super) fn tabs(&mut self, ask: Ask) -> bool {
        match ask {
            Ask::Shown(shown) => {
                if self.tabs.shown == shown {
                    return false;
                }
                self.tabs.shown = shown;
            }
            Ask::Prefix(prefix) => {
                self.tabs.prefix = prefix;
                self.tabs.rows.0 = 0;
                self.tabs.scroll = Some(0);
            }
            Ask::Filter(filter) => {
                self.tabs.filter = filter;
                self.tabs.rows.0 = 0;
                self.tabs.scroll = Some(0);
            }
            Ask::Scroll(first, count) => {
                // Rounded, so that not every row that is scrolled draws anew.
                let first = first.saturating_sub(MARGIN) / MARGIN * MARGIN;
                let count = (count + 3 * MARGIN) / MARGIN * MARGIN;
                if self.tabs.rows == (first, count) {
                    return false;
                }
                self.tabs.rows = (first, count);
            }
            Ask::Open(key) => self.tabs.open = key,
            Ask::Move(rows) => self.move_in_list(rows),
            Ask::ClientsPrefix(prefix) => {
                self.tabs.clients_prefix = prefix;
                self.tabs.fitted = false;
            }
            Ask::Chart(gesture) => return self.chart(gesture),
            Ask::Operation(id) => {
                self.tab = Tab::Clients;
                self.sheet = Some(Sheet::Member);
                self.choose(id);
                self.bring_into_sight(id);
            }
            Ask::NoOperation => {
                self.tabs.chosen = None;
                self.tabs.operation = None;
            }
            Ask::Go(position) => self.go(position),
            Ask::At(time) => self.go_in_chart(time),
        }
        self.look_at_tab();
        true
    }

    /// Looks up what the tab shows, if it is time for that.
    pub(super) fn refresh_tabs(&mut self) {
        if !self.playback.playing || self.tabs.age_us >= PAUSE_US || self.has_run_away() {
            self.look_at_tab();
        }
    }

    /// Whether the playhead has left the picture of the operations far behind.
    fn has_run_away(&self) -> bool {
        let tabs = &self.tabs;
        let since = self.session.now().0.abs_diff(tabs.drawn_at.0);
        tabs.picture.is_some() && since > tabs.pane.view.span_us / 4
    }

    /// Looks up what the tab shows; what the others show is dropped.
    pub(super) fn look_at_tab(&mut self) {
        let tabs = &mut self.tabs;
        tabs.age_us = 0;
        let tab = if tabs.shown { self.tab } else { Tab::Selected };
        match tab {
            Tab::Keys => self.look_at_keys(),
            _ => (tabs.keys, tabs.listed) = (None, None),
        }
        match tab {
            Tab::Clients => self.look_at_clients(),
            _ => {
                (self.tabs.picture, self.tabs.drawn) = (None, None);
                self.tabs.fitted = false;
            }
        }
        self.tabs.checks = match (tab, self.tabs.checks.take()) {
            (Tab::Checks, None) => Some(Shared::new(checks(&self.session))),
            (Tab::Checks, Some(mut shown)) => {
                shown.refresh(checks(&self.session));
                Some(shown)
            }
            _ => None,
        };
    }

    fn look_at_keys(&mut self) {
        let tabs = &mut self.tabs;
        let wanted = Wanted {
            member: self.selected,
            prefix: tabs.prefix.clone(),
            filter: tabs.filter,
        };
        let world = self.session.world();
        let of = (self.session.current_branch(), self.session.steps(), wanted);
        if tabs.listed.as_ref() != Some(&of) {
            tabs.list = listing(world, &of.2);
        }
        let view = page(world, &of.2, &tabs.list, tabs.rows, tabs.open.as_ref());
        tabs.listed = Some(of);
        match &mut tabs.keys {
            Some(shown) => shown.refresh(view),
            None => tabs.keys = Some(Shared::new(view)),
        }
    }

    /// Opens another key of the list, and brings it into sight.
    fn move_in_list(&mut self, rows: isize) {
        let tabs = &mut self.tabs;
        let open = tabs.open.as_ref();
        let place = open.and_then(|key| tabs.list.binary_search(key).ok());
        let last = tabs.list.len().saturating_sub(1);
        let next = match place {
            Some(place) => place.saturating_add_signed(rows).min(last),
            None if rows == isize::MAX => last,
            None => 0,
        };
        if let Some(key) = tabs.list.get(next) {
            tabs.open = Some(key.clone());
            tabs.scroll = Some(next);
        }
    }

    /// Does what a person does to the chart of the operations.
    fn chart(&mut self, gesture: Gesture) -> bool {
        let (now, end) = (self.session.now(), self.session.end().time);
        match gesture {
            Gesture::Choose(forward) => {
                let tabs = &self.tabs;
                let chosen = tabs.chosen.map(Thing::Operation);
                let mut from = chosen;
                // What was done to the world has no page: the next operation is meant.
                while let Some(spot) = tabs
                    .picture
                    .as_ref()
                    .and_then(|picture| picture.next_spot(from, forward))
                {
                    from = Some(spot.thing);
                    if let (Thing::Operation(id), true) = (spot.thing, from != chosen) {
                        self.choose(id);
                        break;
                    }
                }
            }
            Gesture::Enter => {
                if let Some(id) = self.tabs.chosen {
                    self.go_to_end_of(id);
                }
            }
            Gesture::Fit => (self.tabs.fits, self.tabs.fitted) = (true, false),
            gesture => match self.tabs.pane.gesture(gesture, now, end) {
                Did::Nothing => return false,
                Did::Moved => self.tabs.fits &= !gesture.moves_view(),
                Did::Clicked(at) => self.click_chart(at),
                Did::Hovers(at) => {
                    let tabs = &mut self.tabs;
                    return tabs.pane.hover(tabs.picture.as_deref(), at);
                }
            },
        }
        self.look_at_tab();
        true
    }

    /// A click chooses an operation and goes to where it ends, or to where something was done, or to
    /// a moment of the axis.
    fn click_chart(&mut self, at: crate::view::geometry::Point) {
        let picture = self.tabs.picture.clone();
        let spot = picture.as_ref().and_then(|picture| {
            let spot = picture.spot_at(at, super::sequence::REACH)?;
            Some(spot.thing)
        });
        match spot {
            Some(Thing::Operation(id)) => {
                self.choose(id);
                self.go_to_end_of(id);
            }
            Some(Thing::Deed(position)) => self.go_in_chart(position.time),
            _ if at.y < self.tabs.pane.plot().edges().0 => {
                self.go_in_chart(self.tabs.pane.plot().moment(at.x));
            }
            _ => {}
        }
    }

    fn choose(&mut self, id: OperationId) {
        self.tabs.chosen = Some(id);
        self.tabs.operation = operation_page(&self.session, id).map(Shared::new);
    }

    /// Goes to where an operation returned, or was called if it waits.
    fn go_to_end_of(&mut self, id: OperationId) {
        if let Some(page) = operation_page(&self.session, id) {
            self.go_in_chart(page.returned.unwrap_or(page.called));
        }
    }

    /// Goes to a moment; the picture stays where it is.
    fn go_in_chart(&mut self, time: SimTime) {
        self.playback.playing = false;
        self.tabs.stand();
        self.session.seek(time);
        self.refresh();
    }

    /// Moves the picture so that an operation is in its middle.
    fn bring_into_sight(&mut self, id: OperationId) {
        let Some(page) = operation_page(&self.session, id) else {
            return;
        };
        self.tabs.stand();
        let pane = &mut self.tabs.pane;
        let inside = pane.view.start() <= page.called && page.called <= pane.view.to();
        if !inside {
            let half = pane.view.span_us / 2;
            pane.view.from =
                i64::try_from(page.called.0).unwrap_or(i64::MAX) - i64::try_from(half).unwrap_or(0);
        }
        self.tabs.clients_prefix.clear();
    }

    /// Shows what was asked for. Unless something of it lies outside, the chart stays as it is: while the run plays it
    /// stands, and shows more at once when the playhead comes to its edge.
    fn fit_chart(&mut self) {
        let now = self.session.now();
        let tabs = &mut self.tabs;
        if !tabs.fits {
            return;
        }
        let span = operations::span(&self.session, &tabs.clients_prefix);
        let (from, to) = span.unwrap_or((now, now));
        let view = tabs.pane.view;
        if tabs.fitted && view.start() <= from && to <= view.to() {
            return;
        }
        tabs.fitted = span.is_some();
        tabs.pane.follows = !tabs.fitted;
        tabs.pane.view = match tabs.fitted {
            true => View::around(from, to, operations::LEAST_US),
            false => FIRST,
        };
    }

    fn look_at_clients(&mut self) {
        let now = self.session.now();
        self.fit_chart();
        let tabs = &mut self.tabs;
        tabs.pane.follow(now);
        if !tabs.pane.is_measured() {
            return;
        }
        let wanted = operations::Wanted {
            view: tabs.pane.view,
            size: tabs.pane.size,
            prefix: tabs.clients_prefix.clone(),
            chosen: tabs.chosen,
        };
        let (at, end) = (self.session.position(), self.session.end());
        let key = (self.session.current_branch(), at, end, wanted);
        if tabs.drawn.as_ref() != Some(&key) {
            let picture = operations::clients(&self.session, &key.3);
            tabs.picture = Some(Shared::new(picture));
            tabs.drawn_at = now;
            tabs.drawn = Some(key);
            if let Some(id) = tabs.chosen {
                let page = operation_page(&self.session, id);
                match (&mut tabs.operation, page) {
                    (Some(shown), Some(page)) => shown.refresh(page),
                    (shown, page) => *shown = page.map(Shared::new),
                }
            }
        }
    }
}
