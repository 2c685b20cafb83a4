//! What is selected, and what is done to it.

use super::{Field, Message, Model, Panel, Place, Shared, Sheet, Tab};
use crate::cluster::{Action, ActionError, Address, ClientId, Links};
use crate::raft::NodeId;
use crate::sim::FlightId;
use crate::ui::faults::tools::Tools;
use crate::view::deeds::{self, Deed, Target};
use crate::view::wall;
use crate::view::{ActorView, message_view};

/// A cut that is being prepared.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct CutDraft {
    /// How many groups there are to choose from.
    pub groups: usize,
    /// The group of each member, from 0, in the order of the ids.
    pub of: Vec<usize>,
}

impl CutDraft {
    /// How many members are in each group.
    pub fn sizes(&self) -> Vec<usize> {
        let size = |group| self.of.iter().filter(|of| **of == group).count();
        (0..self.groups).map(size).collect()
    }
}

impl Model {
    /// Does what a message about faults asks. `None` if it is about something else.
    pub(super) fn update_faults(&mut self, message: &Message) -> Option<bool> {
        match message {
            Message::Look(target, by_key) => self.look(*target, *by_key),
            Message::LookAtNextMessage => self.look_at_next_message(),
            Message::LookAtNextLink => self.look_at_next_link(),
            Message::LookAtNewClient => {
                let clients = &self.slices.clients;
                let used = |id: &ClientId| clients.iter().any(|client| client.id == *id);
                let mut ids = (0..ClientId::COUNT).map(ClientId);
                let id = ids.find(|id| !used(id)).unwrap_or(ClientId(0));
                self.look(Target::Client(id), true);
            }
            Message::CloseBar => return Some(std::mem::take(&mut self.bar)),
            Message::Switch(deed, member) => self.switch_deed(*deed, *member),
            Message::Do(deed, place) => self.do_deed(*deed, *place),
            Message::Undo(deed) => {
                let tools = self.tools.clone();
                let (target, way) = (tools.target, tools.way);
                let world = self.session.world();
                let usual = deeds::usual(world, target, way, *deed).unwrap_or_default();
                let action = deeds::action(world, target, way, *deed, &usual);
                self.act(action, Place::Inspector);
            }
            Message::SetWay(way) => self.change_tools(|tools| tools.way = *way),
            Message::NextGroup(member) => self.change_cut(|cut, ids| {
                let place = ids.iter().position(|id| id == member);
                if let Some(of) = place.and_then(|place| cut.of.get_mut(place)) {
                    *of = (*of + 1) % cut.groups;
                }
            }),
            Message::Groups(groups) => self.change_cut(|cut, ids| {
                cut.groups = (*groups).clamp(2, ids.len().max(2));
                for of in &mut cut.of {
                    *of = (*of).min(cut.groups - 1);
                }
            }),
            Message::Cut => {
                if self.cut_as_prepared() {
                    self.close_panel();
                }
            }
            Message::CutOff(members) => self.cut_off(members),
            Message::MoveWall(run, behind) => {
                let groups = wall::regrouped(&self.slices.groups, run, behind);
                self.rebuild(groups);
            }
            _ => return None,
        }
        Some(true)
    }

    /// A field of the fault forms. `false` if it is another one.
    pub(super) fn type_into_faults(&mut self, field: Field, text: &str) -> bool {
        let member = || text.parse().map_or(NodeId(1), NodeId);
        self.change_tools(|tools| match field {
            Field::Knob(knob) => tools.knobs[knob] = text.to_owned(),
            Field::Lasts => tools.lasts = text.to_owned(),
            Field::At => tools.at = text.to_owned(),
            Field::LinkFrom => tools.link.0 = member(),
            Field::LinkTo => tools.link.1 = member(),
            _ => {}
        });
        matches!(
            field,
            Field::Knob(_) | Field::Lasts | Field::At | Field::LinkFrom | Field::LinkTo
        )
    }

    /// Looks again at what is selected: it may have moved on.
    pub(super) fn refresh_faults(&mut self) {
        // A member came or went while the panel is open.
        if self.panel == Some(Panel::Cut) && self.cut.of.len() != self.slices.ids.len() {
            self.cut = Shared::new(self.proposed_cut());
        }
        if let Target::Message(id) = self.tools.target {
            let found = message_view(&self.session, id);
            if self.message.as_deref() != found.as_ref() {
                self.message = found.map(Shared::new);
            }
        } else {
            self.message = None;
        }
        self.change_tools(|_| {});
    }

    fn change_tools(&mut self, change: impl FnOnce(&mut Tools)) {
        let mut tools = (*self.tools).clone();
        change(&mut tools);
        tools.refresh(&self.session);
        if tools != *self.tools {
            self.tools = Shared::new(tools);
        }
    }

    fn look(&mut self, target: Target, by_key: bool) {
        if let Target::Member(member) = target {
            if !self.slices.ids.contains(&member) {
                return;
            }
            self.selected = member;
        }
        if matches!(target, Target::Link(from, to) if from == to) {
            let none = ActionError::NoLinks.to_string();
            self.notice = Some((Place::Inspector, none));
            return;
        }
        self.change_tools(|tools| {
            tools.target = target;
            tools.way = deeds::Way::Both;
        });
        self.refresh_faults();
        self.bar = target != Target::Network;
        // The keys are those of whichever member is selected.
        if !matches!((target, self.tab), (Target::Member(_), Tab::Keys)) {
            self.tab = Tab::Selected;
        }
        self.look_at_tab();
        self.refresh_sequence();
        // A sheet would cover a link or a message on a small stage; its bar opens it.
        if !matches!(target, Target::Link(..) | Target::Message(_)) || by_key {
            self.sheet = Some(Sheet::Member);
        }
        if by_key {
            self.focus = Some(match target {
                Target::Member(_) | Target::Link(..) | Target::Message(_) => ".action-bar .btn",
                Target::Network | Target::Client(_) => ".inspector .btn",
            });
        }
        if self.notice_at(Place::Inspector).is_some() || self.notice_at(Place::Stage).is_some() {
            self.notice = None;
        }
    }

    fn look_at_next_message(&mut self) {
        let mut ids: Vec<FlightId> = {
            let sent = self.slices.flights.iter();
            sent.filter(|flight| flight.sent <= self.session.now())
                .map(|flight| flight.id)
                .collect()
        };
        ids.sort();
        let next = match self.tools.target {
            Target::Message(now) => ids.iter().find(|id| **id > now).or(ids.first()),
            _ => ids.first(),
        };
        if let Some(next) = next {
            self.look(Target::Message(*next), true);
        }
    }

    fn look_at_next_link(&mut self) {
        let own = Address::Member(self.selected);
        let members = self.slices.ids.iter().map(|id| Address::Member(*id));
        let clients = self.slices.clients.iter();
        let clients = clients.filter(|client| client.member == self.selected);
        let others: Vec<Address> = members
            .chain(clients.map(|client| Address::Client(client.id)))
            .filter(|other| *other != own)
            .collect();
        let now = match self.tools.target {
            Target::Link(from, to) if from == own => others.iter().position(|other| *other == to),
            _ => None,
        };
        let next = now.map_or(0, |now| (now + 1) % others.len());
        if let Some(next) = others.get(next) {
            self.look(Target::Link(own, *next), true);
        }
    }

    /// Of a deed and its opposite, does the one that makes sense now.
    fn switch_deed(&mut self, deed: Deed, member: NodeId) {
        let target = Target::Member(member);
        let opposite = match deed {
            Deed::Crash => Deed::Restart,
            Deed::Pause => Deed::Resume,
            Deed::Isolate => Deed::Rejoin,
            other => other,
        };
        let offered = deeds::deeds(self.session.world(), target, deeds::Way::Both);
        let is = |wanted: Deed| offered.iter().any(|view| view.deed == wanted);
        let deed = if is(opposite) { opposite } else { deed };
        let world = self.session.world();
        let action = deeds::action(world, target, deeds::Way::Both, deed, &[]);
        self.act(action, Place::Stage);
    }

    fn do_deed(&mut self, deed: Deed, place: Place) {
        match self.tools.action(self.session.world(), deed) {
            Ok(action) => {
                self.act(action, place);
            }
            Err(sentence) => self.notice = Some((place, sentence)),
        }
    }

    fn change_cut(&mut self, change: impl FnOnce(&mut CutDraft, &[NodeId])) {
        let mut cut = (*self.cut).clone();
        change(&mut cut, &self.slices.ids);
        self.cut = Shared::new(cut);
        self.notice = None;
    }

    /// The present cut, or the largest minority.
    pub(super) fn proposed_cut(&self) -> CutDraft {
        let groups = &self.slices.groups;
        let ids = self.slices.ids.iter();
        if groups.len() > 1 {
            let of = |id: &NodeId| groups.iter().position(|group| group.contains(id));
            return CutDraft {
                groups: groups.len(),
                of: ids.map(|id| of(id).unwrap_or(0)).collect(),
            };
        }
        let minority = match ids.len() {
            2 => 1,
            members => members.saturating_sub(1) / 2,
        };
        CutDraft {
            groups: 2,
            of: ids
                .enumerate()
                .map(|(place, _)| usize::from(place < minority))
                .collect(),
        }
    }

    fn cut_as_prepared(&mut self) -> bool {
        let cut = self.cut.clone();
        let group = |group: usize| -> Vec<NodeId> {
            let members = self.slices.ids.iter().zip(&cut.of);
            let inside = members.filter(|(_, of)| **of == group);
            inside.map(|(id, _)| *id).collect()
        };
        let groups: Vec<Vec<NodeId>> = (0..cut.groups)
            .map(group)
            .filter(|group| !group.is_empty())
            .collect();
        if groups.len() < 2 {
            self.notice = Some((Place::Cut, ActionError::OneSided.to_string()));
            return false;
        }
        self.act(Action::Partition { groups }, Place::Cut)
    }

    /// Cuts everything between these members and the others, beside what is cut already.
    fn cut_off(&mut self, members: &[NodeId]) {
        let outside = self.slices.ids.iter().any(|id| !members.contains(id));
        if members.is_empty() || !outside {
            let sentence = ActionError::OneSided.to_string();
            self.notice = Some((Place::Stage, sentence));
            return;
        }
        let groups = wall::refined(&self.slices.groups, members);
        if groups.len() == self.slices.groups.len() && !self.has_single_cuts() {
            let sentence = ActionError::AlreadyCut.to_string();
            self.notice = Some((Place::Stage, sentence));
            return;
        }
        self.rebuild(groups);
    }

    /// Whether a link is cut that no wall explains.
    fn has_single_cuts(&self) -> bool {
        let walled = wall::walled(&self.slices.groups, &self.slices.links);
        let mut links = self.slices.links.iter();
        links.any(|link| match (link.from, link.to) {
            (ActorView::Member(a), ActorView::Member(b)) => {
                link.cut && !wall::separates(&walled, a, b)
            }
            _ => false,
        })
    }

    /// Cuts and mends so that these are the groups. Links that were cut one by one stay cut.
    fn rebuild(&mut self, groups: Vec<Vec<NodeId>>) {
        if !self.has_single_cuts() {
            let action = match groups.len() {
                0 | 1 => Action::Heal,
                _ => Action::Partition { groups },
            };
            self.act(action, Place::Stage);
            return;
        }
        let of = |groups: &[Vec<NodeId>], id| groups.iter().position(|g| g.contains(&id));
        let (mut mend, mut cut) = (Vec::new(), Vec::new());
        for &from in self.slices.ids.iter() {
            for &to in self.slices.ids.iter().filter(|to| **to != from) {
                let was_apart = of(&self.slices.groups, from) != of(&self.slices.groups, to);
                let apart = of(&groups, from) != of(&groups, to);
                let connected = self.session.world().connected(from, to);
                let link = (Address::Member(from), Address::Member(to));
                if apart && connected {
                    cut.push(link);
                } else if !apart && was_apart && !connected {
                    mend.push(link);
                }
            }
        }
        for (list, mends) in [(mend, true), (cut, false)] {
            if list.is_empty() {
                continue;
            }
            let links = Links::List(list);
            let action = match mends {
                true => Action::MendLinks { links },
                false => Action::CutLinks { links },
            };
            self.act(action, Place::Stage);
        }
    }
}
