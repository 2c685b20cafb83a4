//! The root: it owns the model, the clock and the keys, and lays out the parts.
//!
//! While the run plays, a timer lets time pass in the model some times a second. Parts are drawn again
//! only when an event has happened; everything that moves in between is moved by [`Motion`]. A
//! paused page has no timer.

mod parts;
mod turns;

use super::keys::{self, Focus};
use super::message::{Message, StageView};
use super::model::Model;
use super::motion::Motion;
use super::parts::Text;
use super::recording::{self, DropTarget, Keeper, Origin, Recording, Wish};
use super::spans;
use super::speed::LONGEST_FRAME_US;
use super::split;
use super::tabs;
use super::timeline::Pointers;
use super::web::{self, Listener, SightWatch, SizeWatch};
use crate::words::{Language, key, language, say, speak};
use gloo_timers::callback::Timeout;
use turns::Turns;
use wasm_bindgen::JsCast;
use web_sys::{HtmlElement, HtmlInputElement, KeyboardEvent};
use yew::prelude::*;

/// The first cluster of a visit.
const FIRST: (usize, u64) = (5, 7);
/// Where the chosen theme is remembered. The page's head reads it too, before anything is drawn.
const THEME: &str = "quorum.theme";
/// Where the chosen language is remembered; the page's head reads it, too.
const LANGUAGE: &str = "quorum.language";
/// Where it is remembered whether somebody closed the panel at the left, or opened it again.
const LEFT: &str = "quorum.left";
/// Where the panel at the left stands beside the stage, and the stage is large all the same, it is open at first.
const ROOMY: &str = "(min-width: 1400px) and (min-height: 620px)";
/// Where it is remembered that the hints of the first visit were there.
const HINTS: &str = "quorum.hints";
/// What is drawn so many milliseconds after a key was pressed is drawn because of it.
const FOCUS_MS: f64 = 500.0;
/// What is beside the stage is drawn so often while the run plays, in microseconds.
const PACE_US: u64 = 240_000;
/// While the run plays, the program waits so long for the next frame, in milliseconds: at least, and at most. What flies
/// in between is moved by the browser, which knows beforehand what will be sent until then.
const FRAME_MS: (u32, u32) = (95, 295);
/// Between what happened and its drawing there is so much time, in milliseconds: for a frame of the screen.
const BREAK_MS: u32 = 16;
/// At most, where the sequence view is open: what comes in at its edge is drawn when it has happened.
const SEQUENCE_MS: u32 = 195;
/// So far ahead the stage looks, in microseconds: until after the next frame, which may be late.
const AHEAD_US: u64 = 360_000;
// What is beside the stage is drawn with it in every frame that is not due to a turn or to news; and no time is lost
// between two frames.
const _: () = assert!(
    PACE_US < FRAME_MS.1 as u64 * 1_000
        && (FRAME_MS.1 + BREAK_MS) as u64 * 1_000 < AHEAD_US
        && AHEAD_US < LONGEST_FRAME_US
);
/// A frame may spend so many milliseconds on opening a run.
const SLICE_MS: f64 = 24.0;
/// The texts of what `index.html` shows when the program breaks. They are written while it still
/// can speak.
const CRASH_TEXTS: [(&str, Text); 5] = [
    ("#broken h2", || say(key!("broken.title"))),
    ("#broken p", || say(key!("broken.text"))),
    ("#broken-save", || say(key!("broken.save"))),
    ("#broken-reload", || say(key!("broken.reload"))),
    ("#broken-anew", || say(key!("broken.anew"))),
];
/// A screen reader hears a sentence so long after it came, in milliseconds: at once when somebody steps, and
/// only now and then while the run plays, or it would never come to the end of one.
const SAY_PAUSE_MS: [u32; 2] = [200, 4_000];

/// What happens to the root.
pub enum Event {
    /// Somebody asked for something.
    Asked(Message),
    /// It is time for a frame: time passes.
    Frame,
    /// It is time to draw it; `true` if there is anything new.
    Draw(bool),
    /// A key was pressed.
    Key(KeyboardEvent),
    /// A screen reader may hear the next sentence.
    Say,
    /// The address has changed: there may be a link in it.
    Address,
    /// Somebody sees the page now, or nobody.
    Seen(bool),
    /// It is time to keep the run; `true` if the page may be gone in a moment.
    Keep(bool),
}

/// The page.
pub struct App {
    model: Model,
    motion: Motion,
    /// A timer for the next frame. It is no animation frame of the browser: an animation that is started in one of those
    /// has the browser draw the page once more.
    next: Option<Timeout>,
    /// A timer for the drawing of this one.
    drawing: Option<Timeout>,
    last_frame: Option<f64>,
    turns: Turns,
    /// When everything that moves was moved last, in milliseconds.
    moved: f64,
    /// Nobody sees the page: time does not pass.
    unseen: bool,
    said: AttrValue,
    /// The next sentence for a screen reader, and whether it was put off while the run played.
    saying: Option<(Timeout, bool)>,
    send: Callback<Message>,
    keeper: Keeper,
    keeping: Option<Timeout>,
    /// How many steps are done in a frame while a run is opened.
    slice: u64,
    pointers: Option<Pointers>,
    /// When a key was pressed at something that had the focus, in milliseconds.
    pressed: f64,
    side: Option<SizeWatch>,
    _sight: SightWatch,
    _listeners: [Listener; 3],
    _drops: DropTarget,
}

impl Component for App {
    type Message = Event;
    type Properties = ();

    fn create(ctx: &Context<Self>) -> Self {
        speak_first();
        let (members, seed) = FIRST;
        let mut model = Model::new(members, seed).expect("the first cluster is a valid one");
        model.dark = match web::recall(THEME) {
            Some(theme) => theme == "dark",
            None => web::media_matches("(prefers-color-scheme: dark)"),
        };
        let seen = ctx.link().callback(Event::Seen);
        let seen = move |sight| seen.emit(sight);
        split::restore();
        model.pace_us = PACE_US;
        let reduced = web::media_matches("(prefers-reduced-motion: reduce)");
        model.ahead_us = if reduced { 0 } else { AHEAD_US };
        let link = web::take_fragment();
        // Whoever opens a link has a moment to look at, and no hint covers it.
        if link.is_none() {
            model.hints = web::recall(HINTS).is_none();
            web::remember(HINTS, "seen");
        }
        model.left.open = match web::recall(LEFT) {
            _ if !is_roomy() => false,
            Some(left) => left == "open",
            None => true,
        };
        let send = ctx.link().callback(Event::Asked);
        let motion = Motion::of_page();
        motion.set_reduced(reduced);
        let mut app = App {
            model,
            motion,
            next: None,
            drawing: None,
            last_frame: None,
            turns: Turns::default(),
            moved: 0.0,
            unseen: false,
            said: AttrValue::default(),
            saying: None,
            keeper: Keeper::default(),
            keeping: None,
            slice: 1_000,
            _listeners: listeners(ctx.link()),
            _drops: DropTarget::new(send.clone()),
            send,
            pointers: None,
            pressed: f64::NEG_INFINITY,
            side: None,
            _sight: SightWatch::new(seen),
        };
        if let Some((code, at)) = Keeper::recall() {
            match link {
                Some(_) => app.model.lay_aside(&code, at.as_ref()),
                None => app.model.take_up(code, at),
            }
        }
        if let Some(link) = link {
            app.model.update(Recording::Open(link, Origin::Link).into());
        }
        app.follow(ctx, true);
        app
    }

    fn update(&mut self, ctx: &Context<Self>, event: Event) -> bool {
        let (dark, sentence) = (self.model.dark, self.model.panels.sentence.clone());
        let left = self.model.left.open;
        let spoken = language();
        // Whoever acts between two frames acts at the moment that he sees.
        if matches!(event, Event::Asked(_) | Event::Key(_)) {
            self.pass_until(web::now_ms());
        }
        self.turns.all();
        let redraw = match event {
            Event::Asked(message) => self.model.update(message),
            Event::Frame => self.frame(ctx),
            Event::Draw(new) => {
                self.drawing = None;
                self.turns.frame(self.model.is_busy(), new)
            }
            Event::Key(event) => self.press(&event),
            Event::Address => self.open_address(),
            Event::Seen(seen) => {
                self.unseen = !seen;
                false
            }
            Event::Keep(now) => {
                self.keeping = None;
                if now {
                    self.keep(ctx, true);
                }
                false
            }
            Event::Say => {
                self.saying = None;
                self.said = spans::text(&self.model.panels.sentence).into();
                true
            }
        };
        if dark != self.model.dark {
            let theme = if self.model.dark { "dark" } else { "light" };
            web::mark_root("data-theme", theme);
            web::remember(THEME, theme);
        }
        if left != self.model.left.open && is_roomy() {
            web::remember(LEFT, if left { "closed" } else { "open" });
        }
        if spoken != language() {
            web::remember(LANGUAGE, language().tag());
            mark_language();
            // They know the elements of the page that is gone by now.
            (self.pointers, self.side) = (None, None);
            self.said = spans::text(&self.model.panels.sentence).into();
        }
        if sentence != self.model.panels.sentence {
            self.put_off(ctx);
        }
        if let Some(Wish::File(name, text)) = &self.model.recording.wish {
            recording::save(name, text);
            self.model.recording.wish = None;
        }
        self.keep(ctx, false);
        if redraw {
            self.drawing = None;
        }
        if self.drawing.is_none() {
            self.follow(ctx, redraw);
        }
        redraw
    }

    fn rendered(&mut self, _: &Context<Self>, _: bool) {
        web::open_dialog("dialog.help");
        if self.model.recording.wish.take().is_some() {
            let copied = web::copy("#share-link");
            self.send.emit(Recording::Copied(copied).into());
        }
        if std::mem::take(&mut self.model.left.reveal) {
            web::scroll_to(".script [aria-current]", ".scenario-page");
        }
        if self.pointers.is_none() {
            self.pointers = Pointers::new(&self.send);
            self.side = tabs::watch(&self.send);
        }
        if let Some(row) = self.model.tabs.scroll.take() {
            web::reveal("#key-list", row as i32 * tabs::ROW, tabs::ROW);
        }
        if let Some(selector) = self.model.focus.take() {
            web::focus(selector);
        }
        // A key took away what had the focus: it goes to the selected member, or to the switch of the stage.
        if web::now_ms() - self.pressed < FOCUS_MS && !web::has_focus() {
            let places = [".member[aria-pressed=true]", ".switch [aria-pressed=true]"];
            let there = places.into_iter().find(|place| web::find(place).is_some());
            there.into_iter().for_each(web::focus);
        }
    }

    fn view(&self, _: &Context<Self>) -> Html {
        self.page()
    }
}

/// What a screen reader hears.
impl App {
    /// The sentence will be said after a pause. What was put off while the run played comes at once when it has stopped.
    fn put_off(&mut self, ctx: &Context<Self>) {
        let playing = self.model.playback.playing;
        let is_coming = |(_, put_off_playing): &(Timeout, bool)| playing || !put_off_playing;
        if !self.saying.as_ref().is_some_and(is_coming) {
            let link = ctx.link().clone();
            let say = move || link.send_message(Event::Say);
            let pause = SAY_PAUSE_MS[usize::from(playing)];
            self.saying = Some((Timeout::new(pause, say), playing));
        }
    }
}

impl App {
    /// Lets the wall time since the last frame pass. What is new is drawn after a break: who asks for all frames of the
    /// screen gets one in between.
    fn frame(&mut self, ctx: &Context<Self>) -> bool {
        self.next = None;
        let at = web::now_ms();
        if self.model.recording.progress().is_some() {
            return self.open_more();
        }
        self.pass_until(at);
        let new = self.model.update(Message::Pass(0));
        let link = ctx.link().clone();
        let draw = move || link.send_message(Event::Draw(new));
        self.drawing = Some(Timeout::new(BREAK_MS, draw));
        false
    }

    /// Lets the wall time since the last frame or act pass in the run.
    fn pass_until(&mut self, now: f64) {
        if let Some(last) = self.last_frame {
            let elapsed_ms = (now - last).max(0.0);
            self.last_frame = Some(last + elapsed_ms);
            self.model.pass((elapsed_ms * 1_000.0) as u64);
        }
    }

    /// Opens more of a run, for about as long as a frame may take.
    fn open_more(&mut self) -> bool {
        self.last_frame = None;
        let began = web::now_ms();
        let redraw = self.model.update(Recording::Slice(self.slice).into());
        let took = web::now_ms() - began;
        if took < SLICE_MS / 2.0 {
            self.slice *= 2;
        } else if took > SLICE_MS {
            self.slice = (self.slice / 2).max(100);
        }
        redraw
    }

    /// Opens the link in the address, if there is one.
    fn open_address(&mut self) -> bool {
        let Some(link) = web::take_fragment() else {
            return false;
        };
        self.model
            .update(Recording::Open(link, Origin::Link).into())
    }

    /// Keeps the run in the browser's storage.
    fn keep(&mut self, ctx: &Context<Self>, now: bool) {
        let opening = self.model.recording.progress().is_some();
        let waits = self.keeping.is_some() && !self.keeper.is_behind(&self.model);
        // What could not be opened is not written over until somebody has read why.
        let unopened = self.model.recording.unopened.is_some();
        if opening || unopened || (waits && !now) {
            return;
        }
        if let Some(ms) = self.keeper.keep(&mut self.model, now) {
            let link = ctx.link().clone();
            let again = move || link.send_message(Event::Keep(false));
            self.keeping = Some(Timeout::new(ms, again));
        }
    }

    /// Moves what moves to the playhead, and asks for the next frame if the run plays.
    fn follow(&mut self, ctx: &Context<Self>, redraw: bool) {
        let (session, model) = (&self.model.session, &self.model);
        let playing = model.playback.playing;
        let wall = self.last_frame.unwrap_or_else(web::now_ms);
        // A key or a click between two frames moves nothing.
        if redraw || !playing || self.unseen || wall != self.moved {
            self.moved = wall;
            let passes = playing && !self.unseen && !model.timeline.is_held();
            let rate = if passes {
                model.playback.speed.us_per_ms()
            } else {
                0.0
            };
            self.motion
                .draw(session.now(), session.end().time, wall, rate);
        }
        let opens = self.model.recording.progress().is_some();
        if (opens || playing) && !self.unseen {
            // From now on time passes.
            self.last_frame = Some(wall).filter(|_| !opens);
            if self.next.is_none() {
                let later = match self.model.stage_view {
                    StageView::Ring => FRAME_MS.1,
                    StageView::Sequence => SEQUENCE_MS,
                };
                let ms = match opens {
                    true => 0,
                    false => self.model.rest_ms(FRAME_MS.0, later),
                };
                let link = ctx.link().clone();
                let since = (web::now_ms() - wall) as u32;
                let frame = move || link.send_message(Event::Frame);
                self.next = Some(Timeout::new(ms.saturating_sub(since), frame));
            }
        } else {
            self.next = None;
            self.last_frame = None;
        }
    }

    fn press(&mut self, event: &KeyboardEvent) -> bool {
        if web::has_focus() && event.key() != "Tab" {
            self.pressed = web::now_ms();
        }
        if event.alt_key() || event.default_prevented() || event.is_composing() {
            return false;
        }
        self.model.left.stays = is_roomy() && web::find("#left:focus-within").is_none();
        let command = event.ctrl_key() || event.meta_key();
        let key = keys::name(&event.key(), event.shift_key(), command);
        match keys::message(&key, focus_of(event), self.model.selected) {
            Some(message) => {
                event.prevent_default();
                self.model.update(message)
            }
            None => false,
        }
    }
}

/// Whether there is room for the panel at the left from the first: a wide window that is not part of another page.
fn is_roomy() -> bool {
    web::media_matches(ROOMY) && !web::is_framed()
}

/// Speaks the language that was chosen before, or else the browser's, if it is one of ours.
fn speak_first() {
    let tag = web::recall(LANGUAGE).or_else(web::language);
    if let Some(language) = tag.and_then(|tag| Language::of_tag(&tag)) {
        speak(language);
    }
    mark_language();
}

/// Tells the browser which language the page speaks, and writes what it says when it cannot speak any more.
fn mark_language() {
    web::mark_root("lang", language().tag());
    CRASH_TEXTS
        .iter()
        .for_each(|(selector, text)| web::write(selector, text()));
}

fn listeners(link: &yew::html::Scope<App>) -> [Listener; 3] {
    let window = web::window();
    let on = |kind, event: fn(web_sys::Event) -> Event| {
        let link = link.clone();
        Listener::new(&window, kind, move |what| link.send_message(event(what)))
    };
    [
        on("keydown", |event| Event::Key(event.unchecked_into())),
        on("hashchange", |_| Event::Address),
        on("pagehide", |_| Event::Keep(true)),
    ]
}

/// What kind of element a key was pressed at.
fn focus_of(event: &KeyboardEvent) -> Focus {
    let Some(element) = event
        .target()
        .and_then(|t| t.dyn_into::<HtmlElement>().ok())
    else {
        return Focus::Page;
    };
    if element.closest("dialog").ok().flatten().is_some() {
        return Focus::Dialog;
    }
    match element.tag_name().as_str() {
        "BUTTON" => Focus::Button,
        "SELECT" | "TEXTAREA" => Focus::Field,
        "INPUT" => match element
            .unchecked_into::<HtmlInputElement>()
            .type_()
            .as_str()
        {
            "range" => Focus::Slider,
            "checkbox" => Focus::Button,
            _ => Focus::Field,
        },
        _ => Focus::Page,
    }
}
