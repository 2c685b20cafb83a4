//! What moves between two events, moved without drawing components again.
//!
//! A moving part is an element that the component [`Mover`] renders once and whose place or text
//! only [`Motion`] sets, once per animation frame.

use super::words;
use crate::sim::{SimTime, SmallMap};
use crate::view::TimerView;
use crate::view::geometry::{Point, arc, flight_fraction, tenths, timer_fraction, translate};
use crate::view::timeline::Window;
use std::cell::{Cell, RefCell};
use std::f64::consts::TAU;
use std::rc::Rc;
use web_sys::Element;
use yew::prelude::*;

/// The way of a message.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Way {
    /// When it was sent.
    pub sent: SimTime,
    /// When it arrives.
    pub arrives: SimTime,
    /// Since when it stays where it is, if it is held.
    pub stopped: Option<SimTime>,
    /// Where it starts.
    pub start: Point,
    /// Where it ends.
    pub end: Point,
    /// How far it gets, from 0 to 1: to the wall, if there is one.
    pub stop: f64,
}

impl Way {
    /// How far the message has come at a moment. With reduced motion it stands in the middle.
    fn fraction(&self, moment: Moment) -> f64 {
        if moment.reduced {
            return 0.5 * self.stop;
        }
        let now = moment.now.min(self.stopped.unwrap_or(moment.now));
        flight_fraction(self.sent.0, self.arrives.0, now.0).min(self.stop)
    }
}

/// What moves, and how.
#[derive(Clone, PartialEq, Debug)]
pub enum Moving {
    /// The text is the playhead's time.
    Clock,
    /// The text is this and how long it has been since then.
    Waiting(String, SimTime),
    /// The path is an arc of this radius: the part of a timer that has run.
    Timer(TimerView, f64),
    /// The element is shifted to the playhead's place on the timeline.
    Playhead(Window, u32),
    /// The element is shifted to where the branch ends on the timeline.
    End(Window, u32),
    /// The element goes to the right with time: since when, and how many pixels per microsecond.
    Scroll(SimTime, f64),
    /// The element flies.
    Flight(Way),
    /// The path is the trail behind something that flies.
    Trail(Way),
}

/// A moment to draw.
#[derive(Clone, Copy, PartialEq, Debug, Default)]
struct Moment {
    now: SimTime,
    end: SimTime,
    reduced: bool,
}

/// The share of the way that a trail covers.
const TRAIL: f64 = 0.16;

impl Moving {
    /// What is set while it moves: an attribute, or the text if there is no name; and its value.
    fn at(&self, moment: Moment) -> (Option<&'static str>, String) {
        let now = moment.now;
        let (name, value) = match self {
            Moving::Clock => return (None, now.to_string()),
            Moving::Waiting(before, since) => {
                return (None, format!("{before}{}", words::duration(now.since(*since))));
            }
            Moving::Timer(timer, radius) => {
                let until = now.0.min(timer.fires.0);
                let fraction = timer_fraction(timer.started.0, until, timer.scale_us);
                // Half a pixel at a time: what nobody sees is not drawn.
                let steps = (TAU * radius * 2.0).max(1.0);
                ("d", arc(*radius, (fraction * steps).floor() / steps))
            }
            Moving::Playhead(window, width) => ("style", shift(*window, *width, now)),
            Moving::End(window, width) => ("style", shift(*window, *width, moment.end)),
            Moving::Scroll(since, scale) => {
                let x = now.since(*since) as f64 * scale;
                ("transform", translate(Point::new(x, 0.0)))
            }
            Moving::Flight(way) => {
                let at = way.start.towards(way.end, way.fraction(moment));
                ("transform", translate(at))
            }
            Moving::Trail(way) => {
                let length = if moment.reduced {
                    0.0
                } else {
                    way.fraction(moment).min(TRAIL)
                };
                let whole = Point::new(way.start.x - way.end.x, way.start.y - way.end.y);
                let tail = Point::default().towards(whole, length);
                ("d", format!("M0 0L{} {}", tenths(tail.x), tenths(tail.y)))
            }
        };
        (Some(name), value)
    }
}

/// An element that moves.
struct Part {
    element: Element,
    moving: Moving,
    /// What was set last: setting it again would have it laid out and painted again.
    set: String,
}

impl Part {
    fn draw(&mut self, moment: Moment) {
        let (name, value) = self.moving.at(moment);
        if value == self.set {
            return;
        }
        match (name, self.element.first_child()) {
            // It fails only for names that are no names.
            (Some(name), _) => drop(self.element.set_attribute(name, &value)),
            // A text that is there changes in its place, which is less work than another one.
            (None, Some(text)) => text.set_node_value(Some(&value)),
            (None, None) => self.element.set_text_content(Some(&value)),
        }
        self.set = value;
    }
}

/// To where a moment is on the timeline, in tenths of pixels; out of sight if it is not there.
fn shift(window: Window, width: u32, time: SimTime) -> String {
    if time < window.from {
        return "transform:translateX(-100%)".to_string();
    }
    let tenths = window.place(time, width * 10);
    format!("transform:translateX({}.{}px)", tenths / 10, tenths % 10)
}

#[derive(Default)]
struct Registry {
    moment: Cell<Moment>,
    parts: RefCell<SmallMap<u64, Part>>,
    registered: Cell<u64>,
}

/// All moving parts of the page.
#[derive(Clone, Default)]
pub struct Motion(Rc<Registry>);

thread_local! {
    static OF_PAGE: Motion = Motion::default();
}

impl Motion {
    /// There is one: what moves belongs to the page as the elements do, wherever it was drawn.
    pub fn of_page() -> Motion {
        OF_PAGE.with(Motion::clone)
    }

    /// Moves everything to where it is at `now`, on a branch with this end.
    pub fn draw(&self, now: SimTime, end: SimTime) {
        let moment = Moment {
            now,
            end,
            ..self.0.moment.get()
        };
        self.0.moment.set(moment);
        for part in self.0.parts.borrow_mut().values_mut() {
            part.draw(moment);
        }
    }

    /// Sets whether parts may fly.
    pub fn set_reduced(&self, reduced: bool) {
        let moment = self.0.moment.get();
        self.0.moment.set(Moment { reduced, ..moment });
    }

    fn register(&self, id: u64, element: Element, moving: Moving) {
        let mut part = Part {
            element,
            moving,
            set: String::new(),
        };
        part.draw(self.0.moment.get());
        self.0.parts.borrow_mut().insert(id, part);
    }

    fn next_id(&self) -> u64 {
        let id = self.0.registered.get();
        self.0.registered.set(id + 1);
        id
    }
}

/// An element that moves.
#[derive(Properties, PartialEq)]
pub struct MoverProps {
    /// The element's name.
    pub tag: &'static str,
    /// Its class.
    #[prop_or_default]
    pub class: AttrValue,
    /// How it moves.
    pub moving: Moving,
    /// What it carries; nothing if its text moves.
    #[prop_or_default]
    pub children: Html,
}

/// Renders the element and registers it as long as it exists.
pub struct Mover {
    motion: Motion,
    id: u64,
    node: NodeRef,
}

impl Component for Mover {
    type Message = ();
    type Properties = MoverProps;

    fn create(_: &Context<Self>) -> Self {
        let motion = Motion::of_page();
        Mover {
            id: motion.next_id(),
            motion,
            node: NodeRef::default(),
        }
    }

    fn view(&self, ctx: &Context<Self>) -> Html {
        let props = ctx.props();
        html! {
            <@{props.tag} ref={self.node.clone()} class={props.class.clone()}>
                {props.children.clone()}
            </@>
        }
    }

    fn rendered(&mut self, ctx: &Context<Self>, _: bool) {
        if let Some(element) = self.node.cast::<Element>() {
            self.motion
                .register(self.id, element, ctx.props().moving.clone());
        }
    }

    fn destroy(&mut self, _: &Context<Self>) {
        self.motion.0.parts.borrow_mut().remove(&self.id);
    }
}
