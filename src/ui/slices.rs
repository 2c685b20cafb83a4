//! A frame in slices, each shared with the components that draw it.
//!
//! A new frame keeps the slices of the one before where they are equal, so that a component whose
//! part of the world did not change is not drawn again: comparing two slices compares addresses.

use crate::raft::{Index, NodeId};
use crate::sim::SimTime;
use crate::view::{
    ClientView, FaultView, FlightView, Frame, LinkView, LogRow, LossView, MemberView, RecentEvent,
    Span, Vitals,
};
use std::borrow::Borrow;
use std::ops::Deref;
use std::rc::Rc;

/// Shared data that is equal to itself only: cheap to compare.
#[derive(Debug)]
pub struct Shared<T>(Rc<T>);

impl<T> Shared<T> {
    /// Shares a value.
    pub fn new(value: T) -> Self {
        Shared(Rc::new(value))
    }
}

impl<T> Clone for Shared<T> {
    fn clone(&self) -> Self {
        Shared(Rc::clone(&self.0))
    }
}

impl<T> PartialEq for Shared<T> {
    fn eq(&self, other: &Self) -> bool {
        Rc::ptr_eq(&self.0, &other.0)
    }
}

impl<T> Deref for Shared<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.0
    }
}

impl<T> Borrow<T> for Shared<T> {
    fn borrow(&self) -> &T {
        self
    }
}

impl<T: PartialEq> Shared<T> {
    /// Takes over `new` unless it is equal to what is there.
    pub fn refresh(&mut self, new: T) {
        if *self.0 != new {
            self.0 = Rc::new(new);
        }
    }

    /// Takes over a list, keeping every item that is equal to the one with the same key.
    fn refresh_all<K: PartialEq>(
        old: &mut Shared<Vec<Shared<T>>>,
        new: Vec<T>,
        key: impl Fn(&T) -> K,
    ) {
        let unchanged = old.len() == new.len() && old.iter().zip(&new).all(|(o, n)| **o == *n);
        if unchanged {
            return;
        }
        let items = new.into_iter().map(|item| {
            let same = old.iter().find(|o| key(o) == key(&item));
            same.filter(|o| ***o == item)
                .cloned()
                .unwrap_or_else(|| Shared::new(item))
        });
        *old = Shared::new(items.collect());
    }
}

/// A list of shared items, shared as a whole.
pub type SharedList<T> = Shared<Vec<Shared<T>>>;

/// The latest frame.
#[derive(Clone, PartialEq, Debug)]
pub struct Slices {
    /// When the frame was made.
    pub time: SimTime,
    /// How many events had happened.
    pub step: u64,
    /// See [`Frame::vitals`].
    pub vitals: Shared<Vitals>,
    /// See [`Frame::members`].
    pub members: SharedList<MemberView>,
    /// The ids of the members.
    pub ids: Shared<Vec<NodeId>>,
    /// See [`Frame::groups`].
    pub groups: Shared<Vec<Vec<NodeId>>>,
    /// See [`Frame::links`].
    pub links: Shared<Vec<LinkView>>,
    /// See [`Frame::unstarted`].
    pub unstarted: Shared<Vec<(NodeId, String)>>,
    /// See [`Frame::faults`].
    pub faults: Shared<Vec<FaultView>>,
    /// See [`Frame::flights`].
    pub flights: SharedList<FlightView>,
    /// See [`Frame::losses`].
    pub losses: SharedList<LossView>,
    /// See [`Frame::clients`].
    pub clients: SharedList<ClientView>,
    /// See [`Frame::sentence`].
    pub sentence: Shared<Vec<Span>>,
    /// The first and last column of the log matrix.
    pub columns: (Index, Index),
    /// The rows of the log matrix.
    pub rows: SharedList<LogRow>,
    /// See [`Frame::recent`].
    pub recent: Shared<Vec<RecentEvent>>,
}

impl Slices {
    /// Cuts up the first frame.
    pub fn new(frame: Frame) -> Slices {
        fn each<T>(items: Vec<T>) -> SharedList<T> {
            Shared::new(items.into_iter().map(Shared::new).collect())
        }
        Slices {
            time: frame.time,
            step: frame.step,
            vitals: Shared::new(frame.vitals),
            ids: Shared::new(frame.members.iter().map(|m| m.id).collect()),
            members: each(frame.members),
            groups: Shared::new(frame.groups),
            links: Shared::new(frame.links),
            unstarted: Shared::new(frame.unstarted),
            faults: Shared::new(frame.faults),
            flights: each(frame.flights),
            losses: each(frame.losses),
            clients: each(frame.clients),
            sentence: Shared::new(frame.sentence),
            columns: (frame.log.first, frame.log.last),
            rows: each(frame.log.rows),
            recent: Shared::new(frame.recent),
        }
    }

    /// Takes over the next frame, and keeps what did not change.
    pub fn refresh(&mut self, frame: Frame) {
        self.time = frame.time;
        self.step = frame.step;
        self.vitals.refresh(frame.vitals);
        self.ids
            .refresh(frame.members.iter().map(|m| m.id).collect());
        Shared::refresh_all(&mut self.members, frame.members, |m| m.id);
        self.groups.refresh(frame.groups);
        self.links.refresh(frame.links);
        self.unstarted.refresh(frame.unstarted);
        self.faults.refresh(frame.faults);
        Shared::refresh_all(&mut self.flights, frame.flights, |f| f.id);
        Shared::refresh_all(&mut self.losses, frame.losses, |l| l.flight.id);
        Shared::refresh_all(&mut self.clients, frame.clients, |c| c.id);
        self.sentence.refresh(frame.sentence);
        self.columns = (frame.log.first, frame.log.last);
        Shared::refresh_all(&mut self.rows, frame.log.rows, |r| r.member);
        self.recent.refresh(frame.recent);
    }

    /// A member.
    pub fn member(&self, id: NodeId) -> Option<&Shared<MemberView>> {
        self.members.iter().find(|member| member.id == id)
    }
}
