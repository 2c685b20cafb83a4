//! What moves between two events, moved without drawing components again.
//!
//! A component that has a moving part registers a function with [`use_motion`]; the root calls all
//! of them once per animation frame. Such a part is an element that the component renders once
//! and never fills itself, so that both never write to the same attribute.

use crate::sim::SimTime;
use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;
use std::rc::Rc;
use web_sys::Element;
use yew::prelude::*;

/// A moment to draw.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Moment {
    /// The playhead.
    pub now: SimTime,
    /// The person prefers reduced motion: nothing flies.
    pub reduced: bool,
}

type Draw = Box<dyn Fn(Moment)>;

#[derive(Default)]
struct Registry {
    now: Cell<SimTime>,
    reduced: Cell<bool>,
    draws: RefCell<BTreeMap<u64, Draw>>,
    registered: Cell<u64>,
}

/// All moving parts of the page.
#[derive(Clone, Default)]
pub struct Motion(Rc<Registry>);

impl PartialEq for Motion {
    fn eq(&self, other: &Self) -> bool {
        Rc::ptr_eq(&self.0, &other.0)
    }
}

impl Motion {
    /// Moves everything to where it is at `now`.
    pub fn draw(&self, now: SimTime) {
        self.0.now.set(now);
        let moment = self.moment();
        for draw in self.0.draws.borrow().values() {
            draw(moment);
        }
    }

    /// Sets whether parts may fly.
    pub fn set_reduced(&self, reduced: bool) {
        self.0.reduced.set(reduced);
    }

    fn moment(&self) -> Moment {
        Moment {
            now: self.0.now.get(),
            reduced: self.0.reduced.get(),
        }
    }

    fn register(&self, draw: Draw) -> Registration {
        draw(self.moment());
        let id = self.0.registered.get();
        self.0.registered.set(id + 1);
        self.0.draws.borrow_mut().insert(id, draw);
        Registration {
            motion: self.clone(),
            id,
        }
    }
}

struct Registration {
    motion: Motion,
    id: u64,
}

impl Drop for Registration {
    fn drop(&mut self) {
        self.motion.0.draws.borrow_mut().remove(&self.id);
    }
}

/// Calls `draw` with the element, now, in every animation frame, and whenever `data` changes.
#[hook]
pub fn use_motion<D, F>(node: NodeRef, data: D, draw: F)
where
    D: PartialEq + Clone + 'static,
    F: Fn(&Element, &D, Moment) + 'static,
{
    let motion = use_context::<Motion>().unwrap_or_default();
    use_effect_with((node, data), move |(node, data)| {
        let element = node.cast::<Element>();
        let data = data.clone();
        let registration = element
            .map(|element| motion.register(Box::new(move |moment| draw(&element, &data, moment))));
        move || drop(registration)
    });
}
