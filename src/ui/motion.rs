//! What moves between two events, moved without drawing components again.
//!
//! A moving part is an element that the component [`Mover`] renders once and whose place or text
//! only [`Motion`] sets: in every frame of the program, or once for a movement that the browser draws.

use super::words;
use crate::sim::{SimTime, SmallMap};
use crate::view::TimerView;
use crate::view::geometry::{Point, arc, flight_fraction, tenths, timer_fraction};
use crate::view::timeline::Window;
use std::cell::{Cell, RefCell};
use std::rc::Rc;
use web_sys::Element;
use yew::prelude::*;
use yew::virtual_dom::VComp;

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

    /// The trail behind what has flown far enough, as a path.
    pub fn trail(&self) -> String {
        let whole = Point::new(self.start.x - self.end.x, self.start.y - self.end.y);
        let tail = Point::default().towards(whole, TRAIL);
        format!("M0 0L{} {}", tenths(tail.x), tenths(tail.y))
    }

    /// How long the whole way takes, and how much of it has passed, in microseconds.
    fn times(&self, now: SimTime) -> (f64, f64) {
        (
            self.arrives.since(self.sent) as f64,
            now.since(self.sent) as f64,
        )
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
    /// The trail behind something that flies grows to its whole length.
    Trail(Way),
}

/// A moment to draw.
#[derive(Clone, Copy, PartialEq, Debug, Default)]
struct Moment {
    now: SimTime,
    end: SimTime,
    /// How many microseconds pass in a millisecond of wall time; 0 if time stands.
    rate: f64,
    reduced: bool,
    /// Which of the two equal animations draws it: only another one than before starts anew.
    other: bool,
}

impl Moment {
    /// A straight way that the browser draws by itself, in CSS: it takes so many microseconds, of which some have
    /// passed.
    fn way(self, from: &str, to: &str, whole: f64, passed: f64) -> String {
        let ms = |us: f64| (us / self.rate) as u64;
        // Twice as long, since it stays for a while where it is then.
        let (whole, passed) = (ms(2.0 * whole), ms(passed));
        let name = if self.other { "on" } else { "go" };
        format!("animation:{name} {whole}ms linear -{passed}ms both;--from:{from};--to:{to}")
    }
}

/// The share of the way that a trail covers.
const TRAIL: f64 = 0.16;

impl Moving {
    /// Whether the browser can draw the movement by itself while time passes. What it draws so costs the page nothing.
    fn flows(&self) -> bool {
        match self {
            Moving::Clock | Moving::Waiting(..) | Moving::Timer(..) | Moving::Trail(_) => false,
            Moving::Flight(way) => way.stopped.is_none(),
            Moving::Playhead(..) | Moving::End(..) | Moving::Scroll(..) => true,
        }
    }

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
            Moving::Trail(way) => {
                let grown = if moment.reduced {
                    0.0
                } else {
                    (way.fraction(moment) / TRAIL).min(1.0)
                };
                (Some("style"), format!("transform:scale({})", tenths(grown)))
            }
        }
    }

    /// The style with which the browser moves it from this moment on.
    fn flow(&self, moment: Moment) -> String {
        match self {
            Moving::Flight(way) => {
                let there = way.start.towards(way.end, way.stop);
                let (whole, passed) = way.times(moment.now);
                moment.way(&pixels(way.start), &pixels(there), whole * way.stop, passed)
            }
            Moving::Playhead(window, width) => flow(*window, *width, moment.now, moment),
            // The end moves if it is here.
            Moving::End(window, width) if moment.end <= moment.now => {
                flow(*window, *width, moment.end, moment)
            }
            Moving::Scroll(since, scale) => {
                let x = |us: f64| format!("{}px", tenths(us * scale));
                let passed = moment.now.since(*since) as f64;
                moment.way("0px", &x(AHEAD_US), AHEAD_US, passed)
            }
            _ => self.at(moment).1,
        }
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
    /// Since which start of the clock the browser moves it.
    flows: Option<u64>,
    /// By which of the two equal animations.
    other: bool,
}

impl Part {
    fn draw(&mut self, moment: Moment, start: u64) {
        let flows = (moment.rate > 0.0 && !moment.reduced && self.moving.flows()).then_some(start);
        if flows.is_some() && self.flows == flows {
            return;
        }
        self.flows = flows;
        let (name, value) = match flows {
            Some(_) => {
                self.other = !self.other;
                let moment = Moment {
                    other: self.other,
                    ..moment
                };
                (Some("style"), self.moving.flow(moment))
            }
            None => self.moving.at(moment),
        };
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
fn flow(window: Window, width: u32, time: SimTime, moment: Moment) -> String {
    let whole = window.to().since(window.from) as f64;
    if time < window.from || time > window.to() {
        return shift(window, width, time);
    }
    let passed = time.since(window.from) as f64;
    moment.way("0px", &format!("{width}px"), whole, passed)
}

#[derive(Default)]
struct Registry {
    moment: Cell<Moment>,
    parts: RefCell<SmallMap<u64, Part>>,
    registered: Cell<u64>,
    /// How often the clock was started, and where it was then: wall time in milliseconds, and the playhead.
    start: Cell<(u64, f64, SimTime)>,
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
        let (start, at, of) = self.0.start.get();
        let expected = of.0 as f64 + (wall - at) * rate;
        let drift = (now.0 as f64 - expected).abs();
        // The end of a branch moves with the playhead only where that is the end.
        let was_live = before.end <= before.now;
        if rate != before.rate || was_live != (end <= now) || drift > DRIFT_MS * rate {
            self.0.start.set((start + 1, wall, now));
        }
        self.0.moment.set(Moment {
            now,
            end,
            rate,
            ..before
        });
        for part in self.0.parts.borrow_mut().values_mut() {
            part.draw(self.0.moment.get(), self.0.start.get().0);
        }
    }

    /// Sets whether parts may fly.
    pub fn set_reduced(&self, reduced: bool) {
        let moment = self.0.moment.get();
        self.0.moment.set(Moment { reduced, ..moment });
    }

    fn register(&self, id: u64, element: Element, moving: Moving) {
        let mut parts = self.0.parts.borrow_mut();
        let before = parts.get(&id);
        // What it carries was drawn again; it goes its way.
        if before.is_some_and(|part| part.moving == moving) {
            return;
        }
        let other = before.is_some_and(|part| part.other);
        let mut part = Part {
            element,
            moving,
            set: String::new(),
            flows: None,
            other,
        };
        part.draw(self.0.moment.get(), self.0.start.get().0);
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

/// An element that moves, with what it carries.
pub fn mover(tag: &'static str, class: &'static str, moving: Moving, children: Html) -> Html {
    let props = MoverProps {
        tag,
        class: AttrValue::Static(class),
        moving,
        children,
    };
    VComp::new::<Mover>(Rc::new(props), None).into()
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
