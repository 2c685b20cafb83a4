//! Where everything stands on the stage, and what is under the pointer.

use super::{StageProps, client, flight};
use crate::cluster::Address;
use crate::raft::NodeId;
use crate::ui::motion::Way;
use crate::ui::slices::Shared;
use crate::view::deeds::Target;
use crate::view::geometry::{Point, StageLayout, lane, off_the_way};
use crate::view::wall::{self, Wall};
use crate::view::{ActorView, FlightView, LinkView};
use std::rc::Rc;

/// The part of its way at which a cut link stops a message, where no wall does.
pub const CUT_AT: f64 = 0.5;

/// Where everything stands, and what that depends on.
pub struct Places {
    size: (f64, f64),
    ids: Shared<Vec<NodeId>>,
    groups: Shared<Vec<Vec<NodeId>>>,
    /// The links that are not as usual.
    pub links: Shared<Vec<LinkView>>,
    /// Who the clients talk to, by their addresses.
    talks_to: Vec<(ActorView, NodeId)>,
    /// The members.
    pub layout: Rc<StageLayout>,
    /// The groups with a wall, each at its place; the others are empty.
    pub walled: Vec<Vec<NodeId>>,
    /// The clients' cards.
    pub clients: Vec<Point>,
    /// The walls.
    pub walls: Vec<Wall>,
}

fn talks_to(props: &StageProps) -> impl Iterator<Item = (ActorView, NodeId)> {
    let clients = props.clients.iter();
    clients.map(|client| (ActorView::Client(client.id), client.member))
}

impl Places {
    /// Finds all places.
    pub fn new(size: (f64, f64), props: &StageProps) -> Places {
        let talks_to: Vec<_> = talks_to(props).collect();
        let members: Vec<NodeId> = talks_to.iter().map(|(_, member)| *member).collect();
        let layout = Rc::new(StageLayout::new(&props.ids, size.0, size.1));
        let walled = wall::walled(&props.groups, &props.links);
        Places {
            size,
            ids: props.ids.clone(),
            groups: props.groups.clone(),
            links: props.links.clone(),
            clients: layout.clients(&members),
            talks_to,
            walls: wall::walls(&layout, &walled),
            walled,
            layout,
        }
    }

    /// Whether these are the places still.
    pub fn are_for(&self, size: (f64, f64), props: &StageProps) -> bool {
        self.size == size
            && self.ids == props.ids
            && self.groups == props.groups
            && self.links == props.links
            && talks_to(props).eq(self.talks_to.iter().copied())
    }

    /// The centre of an actor, and how far its surroundings reach.
    pub fn actor(&self, actor: ActorView) -> Option<(Point, f64)> {
        match actor {
            ActorView::Member(id) => Some((self.layout.member(id)?.at, self.layout.rim())),
            ActorView::Client(_) => {
                let i = self.talks_to.iter().position(|(id, _)| *id == actor)?;
                Some((*self.clients.get(i)?, client::CARD_RIM))
            }
        }
    }

    /// The lane from one actor to another for a card of this size.
    pub fn lane(&self, from: ActorView, to: ActorView, card: (f64, f64)) -> Option<(Point, Point)> {
        Some(lane(self.actor(from)?, self.actor(to)?, card))
    }

    /// The way of a message.
    pub fn way(&self, flight: &FlightView) -> Option<Way> {
        let (start, end) = self.lane(flight.from, flight.to, flight::card(&flight.label))?;
        let cut = wall::is_cut(&self.links, flight.from, flight.to);
        let stop = match cut {
            true => wall::meets_wall(&self.walls, start, end).unwrap_or(CUT_AT),
            false => 1.0,
        };
        Some(Way {
            sent: flight.sent,
            arrives: flight.arrives,
            stopped: flight.stopped,
            start,
            end,
            stop,
        })
    }

    /// The link within reach of a point that is nearest to it.
    pub fn link_at(&self, point: Point, reach: f64) -> Option<Target> {
        let members = &self.layout.members;
        let pairs = members.iter().enumerate().flat_map(|(i, a)| {
            let others = members[i + 1..].iter();
            others.map(|b| (Address::Member(a.id), Address::Member(b.id), a.at, b.at))
        });
        let wires = self.talks_to.iter().zip(&self.clients);
        let wires = wires.filter_map(|((client, member), at)| match client {
            ActorView::Client(id) => {
                let end = self.layout.member(*member)?.at;
                Some((Address::Client(*id), Address::Member(*member), *at, end))
            }
            ActorView::Member(_) => None,
        });
        let mut best = (reach, None);
        for (from, to, start, end) in pairs.chain(wires) {
            let off = off_the_way(point, start, end);
            if off < best.0 {
                best = (off, Some(Target::Link(from, to)));
            }
        }
        best.1
    }

    /// Where something that is selected is, and how far it reaches.
    pub fn target(&self, target: Target, flights: &[Shared<FlightView>]) -> Option<(Point, f64)> {
        match target {
            Target::Network => None,
            Target::Client(id) => self.actor(ActorView::Client(id)),
            Target::Member(id) => self.actor(ActorView::Member(id)),
            Target::Link(from, to) => {
                let (from, _) = self.actor(actor(from))?;
                let (to, _) = self.actor(actor(to))?;
                Some((from.towards(to, 0.5), 14.0))
            }
            Target::Message(id) => {
                let flight = flights.iter().find(|flight| flight.id == id)?;
                let way = self.way(flight)?;
                Some((way.start.towards(way.end, 0.5), 20.0))
            }
        }
    }
}

/// The actor at an address.
pub fn actor(address: Address) -> ActorView {
    match address {
        Address::Member(id) => ActorView::Member(id),
        Address::Client(id) => ActorView::Client(id),
    }
}
