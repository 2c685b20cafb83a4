//! What moves between two events, moved without drawing components again.
//!
//! A moving part is an element that the component [`Mover`] renders once and whose place or text
//! only [`Motion`] sets: in every frame of the program, or once for a movement that the browser draws.

use super::dom::{component, element_at};
use super::web::{self, Course};
use super::words;
use crate::sim::{SimTime, SmallMap};
use crate::view::TimerView;
use crate::view::geometry::{Point, arc, flight_fraction, tenths, timer_fraction};
use crate::view::timeline::Window;
use std::cell::{Cell, RefCell};
use std::rc::Rc;
use web_sys::{Animation, Element};
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

    /// The trail behind it, as a path.
    pub fn trail(&self) -> String {
        let whole = Point::new(self.start.x - self.end.x, self.start.y - self.end.y);
        let tail = Point::default().towards(whole, TRAIL);
        format!("M0 0L{} {}", tenths(tail.x), tenths(tail.y))
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
}

/// A moment to draw.
#[derive(Clone, Copy, PartialEq, Debug, Default)]
struct Moment {
    now: SimTime,
    end: SimTime,
    /// How many microseconds pass in a millisecond of wall time; 0 if time stands.
    rate: f64,
    reduced: bool,
    /// The wall time, in milliseconds, of a moment of the run, from which on the clock goes evenly.
    start: (f64, SimTime),
}

impl Moment {
    /// The wall time of a moment of the run while time passes, in milliseconds.
    fn wall(self, at: f64) -> f64 {
        let (wall, since) = self.start;
        wall + (at - since.0 as f64) / self.rate
    }

    /// A straight way that the browser draws by itself, in CSS, from one moment to another, in microseconds.
    fn way(self, (from, to): (String, String), (since, until): (f64, f64)) -> Course {
        Course {
            from,
            to,
            times: (self.wall(since), self.wall(until)),
            now: self.wall(self.now.0 as f64),
            passes: false,
        }
    }
}

/// The share of the way that a trail covers.
const TRAIL: f64 = 0.16;

impl Moving {
    /// What is set while it moves: an attribute, or the text if there is no name; and its value.
    fn at(&self, moment: Moment) -> (Option<&'static str>, String) {
        let now = moment.now;
        match self {
            Moving::Clock => (None, now.to_string()),
            Moving::Waiting(before, since) => (
                None,
                format!("{before}{}", words::duration(now.since(*since))),
            ),
            Moving::Timer(timer, radius) => {
                let until = now.0.min(timer.fires.0);
                let fraction = timer_fraction(timer.started.0, until, timer.scale_us);
                (Some("d"), arc(*radius, fraction))
            }
            Moving::Playhead(window, width) => (Some("style"), shift(*window, *width, now)),
            Moving::End(window, width) => (Some("style"), shift(*window, *width, moment.end)),
            Moving::Scroll(since, scale) => {
                let x = now.since(*since) as f64 * scale;
                (
                    Some("style"),
                    format!("transform:translate({}px)", tenths(x)),
                )
            }
            Moving::Flight(way) => {
                let at = way.start.towards(way.end, way.fraction(moment));
                (
                    Some("style"),
                    format!("transform:translate({})", pixels(at)),
                )
            }
        }
    }

    /// How the browser moves it from this moment on, if it can.
    fn flow(&self, moment: Moment) -> Option<Course> {
        if moment.rate == 0.0 || moment.reduced {
            return None;
        }
        let now = moment.now;
        Some(match self {
            Moving::Flight(way) if way.stopped.is_none() => {
                let there = way.start.towards(way.end, way.stop);
                let (sent, whole) = (way.sent.0 as f64, way.arrives.since(way.sent) as f64);
                let ends = (pixels(way.start), pixels(there));
                Course {
                    passes: way.stop == 1.0,
                    ..moment.way(ends, (sent, sent + whole * way.stop))
                }
            }
            Moving::Playhead(window, width) => return flow(*window, *width, now, moment),
            // The end moves if it is here.
            Moving::End(window, width) if moment.end <= now => {
                return flow(*window, *width, moment.end, moment);
            }
            Moving::Scroll(since, scale) => {
                let there = format!("{}px", tenths(AHEAD_US * scale));
                let since = since.0 as f64;
                moment.way(("0px".to_string(), there), (since, since + AHEAD_US))
            }
            _ => return None,
        })
    }
}

/// A movement without an end is drawn so far ahead, in microseconds of the run.
const AHEAD_US: f64 = 60e6;

fn pixels(at: Point) -> String {
    format!("{}px,{}px", tenths(at.x), tenths(at.y))
}

/// An element that moves.
struct Part {
    element: Element,
    moving: Moving,
    /// What was set last: setting it again would have it laid out and painted again.
    set: String,
    /// The browser's movement, and the start of the clock since which it goes.
    flows: Option<(u64, Animation)>,
}

impl Part {
    fn draw(&mut self, moment: Moment, start: u64) {
        if self
            .flows
            .as_ref()
            .is_some_and(|(since, _)| *since == start)
        {
            return;
        }
        let before = self.flows.take();
        self.flows = self
            .moving
            .flow(moment)
            .map(|course| (start, web::fly(&self.element, &course)));
        before
            .into_iter()
            .for_each(|(_, animation)| animation.cancel());
        if self.flows.is_some() {
            return;
        }
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
        return "transform:translate(-100%)".to_string();
    }
    let tenths = window.place(time, width * 10);
    format!("transform:translate({}.{}px)", tenths / 10, tenths % 10)
}

/// From there on with time.
fn flow(window: Window, width: u32, time: SimTime, moment: Moment) -> Option<Course> {
    let times = (window.from.0 as f64, window.to().0 as f64);
    let ends = ("0px".to_string(), format!("{width}px"));
    (window.from <= time && time <= window.to()).then(|| moment.way(ends, times))
}

#[derive(Default)]
struct Registry {
    moment: Cell<Moment>,
    parts: RefCell<SmallMap<u64, Part>>,
    registered: Cell<u64>,
    /// How often the clock was started.
    starts: Cell<u64>,
}

/// All moving parts of the page.
#[derive(Clone, Default)]
pub struct Motion(Rc<Registry>);

/// What the browser moves by itself may be ahead of the run or behind it by so much, in milliseconds.
const DRIFT_MS: f64 = 25.0;

thread_local! {
    static OF_PAGE: Motion = Motion::default();
}

impl Motion {
    /// There is one: what moves belongs to the page as the elements do, wherever it was drawn.
    pub fn of_page() -> Motion {
        OF_PAGE.with(Motion::clone)
    }

    /// Moves everything to where it is at `now`, on a branch with this end. Until it is called again `rate`
    /// microseconds pass in every millisecond from `wall` on, the wall time of this animation frame.
    pub fn draw(&self, now: SimTime, end: SimTime, wall: f64, rate: f64) {
        let before = self.0.moment.get();
        let (at, of) = before.start;
        let expected = of.0 as f64 + (wall - at) * rate;
        let drift = (now.0 as f64 - expected).abs();
        // The end of a branch moves with the playhead only where that is the end.
        let was_live = before.end <= before.now;
        let mut start = before.start;
        if rate != before.rate || was_live != (end <= now) || drift > DRIFT_MS * rate {
            start = (wall, now);
            self.0.starts.set(self.0.starts.get() + 1);
        }
        self.0.moment.set(Moment {
            now,
            end,
            rate,
            start,
            ..before
        });
        for part in self.0.parts.borrow_mut().values_mut() {
            part.draw(self.0.moment.get(), self.0.starts.get());
        }
    }

    /// Sets whether parts may fly.
    pub fn set_reduced(&self, reduced: bool) {
        let moment = self.0.moment.get();
        self.0.moment.set(Moment { reduced, ..moment });
    }

    fn register(&self, id: u64, element: Element, moving: Moving) {
        let mut parts = self.0.parts.borrow_mut();
        let mut flows = None;
        if let Some(before) = parts.get_mut(&id) {
            // What it carries was drawn again; it goes its way.
            if before.moving == moving {
                return;
            }
            flows = before.flows.take();
        }
        let mut part = Part {
            element,
            moving,
            set: String::new(),
            // Not of this way: it ends when the new one begins.
            flows: flows.map(|(_, animation)| (u64::MAX, animation)),
        };
        part.draw(self.0.moment.get(), self.0.starts.get());
        parts.insert(id, part);
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
    pub class: &'static str,
    /// How it moves.
    pub moving: Moving,
    /// What it carries; nothing if its text moves.
    pub children: Html,
}

/// Renders the element and registers it as long as it exists.
pub struct Mover {
    motion: Motion,
    id: u64,
    node: NodeRef,
}

/// An element that moves, with what it carries.
pub fn mover(tag: &'static str, class: &'static str, moving: Moving, children: Html) -> Html {
    let props = MoverProps {
        tag,
        class,
        moving,
        children,
    };
    component::<Mover>(props)
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
        element_at(
            props.tag,
            props.class,
            self.node.clone(),
            props.children.clone(),
        )
    }

    fn rendered(&mut self, ctx: &Context<Self>, _: bool) {
        if let Some(element) = self.node.cast::<Element>() {
            self.motion
                .register(self.id, element, ctx.props().moving.clone());
        }
    }

    fn destroy(&mut self, _: &Context<Self>) {
        let part = self.motion.0.parts.borrow_mut().remove(&self.id);
        // The browser would go on asking itself where an element is that is not there any more.
        let flows = part.and_then(|part| part.flows);
        flows
            .into_iter()
            .for_each(|(_, animation)| animation.cancel());
    }
}
