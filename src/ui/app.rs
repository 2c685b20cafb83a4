//! The root: it owns the model, the animation frames and the keys, and lays out the parts.
//!
//! While the run plays, every animation frame lets time pass in the model. Parts are drawn again
//! only when an event has happened; everything that moves in between is moved by [`Motion`]. A
//! paused page asks for no frames at all.

use super::drawn::drawn;
use super::help::Help;
use super::inspector::Inspector;
use super::keys::{self, Focus};
use super::logs::Logs;
use super::message::{Message, Panel, Place, Sheet};
use super::model::Model;
use super::motion::Motion;
use super::parts::definition_box;
use super::sentence::Sentence;
use super::spans;
use super::stage::Stage;
use super::topbar::TopBar;
use super::transport::Transport;
use super::web::{self, AnimationFrames, Listener};
use super::write::Write;
use gloo_timers::callback::Timeout;
use wasm_bindgen::JsCast;
use web_sys::{HtmlElement, HtmlInputElement, KeyboardEvent};
use yew::prelude::*;

/// The first cluster of a visit.
const FIRST: (usize, u64) = (5, 7);
/// Where the chosen theme is remembered. The page's head reads it too, before anything is drawn.
const THEME: &str = "quorum.theme";
/// A screen reader hears a sentence at most this often, in milliseconds.
const SAY_PAUSE_MS: u32 = 1_000;

/// What happens to the root.
pub enum Event {
    /// Somebody asked for something.
    Asked(Message),
    /// An animation frame, with its time in milliseconds.
    Frame(f64),
    /// A key was pressed.
    Key(KeyboardEvent),
    /// A screen reader may hear the next sentence.
    Say,
}

/// The page.
pub struct App {
    model: Model,
    motion: Motion,
    frames: AnimationFrames,
    last_frame: Option<f64>,
    said: AttrValue,
    saying: Option<Timeout>,
    send: Callback<Message>,
    _keys: Listener,
}

impl Component for App {
    type Message = Event;
    type Properties = ();

    fn create(ctx: &Context<Self>) -> Self {
        let (members, seed) = FIRST;
        let mut model = Model::new(members, seed).expect("the first cluster is a valid one");
        model.dark = match web::recall(THEME) {
            Some(theme) => theme == "dark",
            None => web::media_matches("(prefers-color-scheme: dark)"),
        };
        let link = ctx.link().clone();
        let frames = AnimationFrames::new(move |at| link.send_message(Event::Frame(at)));
        let link = ctx.link().clone();
        let keys = Listener::new(&web::window(), "keydown", move |event| {
            link.send_message(Event::Key(event));
        });
        let motion = Motion::default();
        motion.set_reduced(web::media_matches("(prefers-reduced-motion: reduce)"));
        let mut app = App {
            model,
            motion,
            frames,
            last_frame: None,
            said: AttrValue::default(),
            saying: None,
            send: ctx.link().callback(Event::Asked),
            _keys: keys,
        };
        app.follow();
        app
    }

    fn update(&mut self, ctx: &Context<Self>, event: Event) -> bool {
        let (dark, sentence) = (self.model.dark, self.model.slices.sentence.clone());
        let redraw = match event {
            Event::Asked(message) => self.model.update(message),
            Event::Frame(at) => self.pass(at),
            Event::Key(event) => self.press(&event),
            Event::Say => {
                self.saying = None;
                self.said = spans::text(&self.model.slices.sentence).into();
                true
            }
        };
        if dark != self.model.dark {
            let theme = if self.model.dark { "dark" } else { "light" };
            web::mark_root("data-theme", theme);
            web::remember(THEME, theme);
        }
        if sentence != self.model.slices.sentence && self.saying.is_none() {
            let link = ctx.link().clone();
            let say = move || link.send_message(Event::Say);
            self.saying = Some(Timeout::new(SAY_PAUSE_MS, say));
        }
        self.follow();
        redraw
    }

    fn rendered(&mut self, _: &Context<Self>, _: bool) {
        if self.model.panel == Some(Panel::Help) {
            web::open_dialog("dialog.help");
        }
        if let Some(selector) = self.model.focus.take() {
            web::focus(selector);
        }
    }

    fn view(&self, _: &Context<Self>) -> Html {
        html! {
            <ContextProvider<Motion> context={self.motion.clone()}>
                <div class="page">
                    {drawn(self.top_bar())}
                    <main>
                        {self.stage_column()}
                        {drawn(self.inspector())}
                    </main>
                    {drawn(self.transport())}
                    if self.model.panel == Some(Panel::Help) {
                        {drawn(Help { send: self.send.clone() })}
                    }
                    {definition_box(self.model.definition.as_ref())}
                </div>
            </ContextProvider<Motion>>
        }
    }
}

/// The parts of the page, with what each of them shows.
impl App {
    fn top_bar(&self) -> TopBar {
        let model = &self.model;
        let open = model.panel == Some(Panel::NewCluster);
        TopBar {
            vitals: model.slices.vitals.clone(),
            cluster: open.then(|| model.cluster.clone()),
            notice: model.notice_at(Place::NewCluster),
            dark: model.dark,
            send: self.send.clone(),
        }
    }

    fn stage_column(&self) -> Html {
        let (model, slices) = (&self.model, &self.model.slices);
        let send = || self.send.clone();
        let sentence = Sentence {
            sentence: slices.sentence.clone(),
            said: self.said.clone(),
        };
        let write = Write {
            ids: slices.ids.clone(),
            draft: model.write.clone(),
            answers: model.answers.clone(),
            notice: model.notice_at(Place::Write),
            open: model.sheet == Some(Sheet::Write),
            send: send(),
        };
        html! {
            <div class="stagecol">
                <Stage vitals={slices.vitals.clone()} ids={slices.ids.clone()}
                    members={slices.members.clone()} groups={slices.groups.clone()}
                    links={slices.links.clone()}
                    flights={slices.flights.clone()} losses={slices.losses.clone()}
                    clients={slices.clients.clone()} selected={model.selected} panel={model.panel}
                    tools={model.tools.clone()} bar={model.bar}
                    cut={model.cut.clone()} notice={model.notice_at(Place::Stage)}
                    cut_notice={model.notice_at(Place::Cut)} send={send()} />
                {drawn(sentence)}
                <Logs columns={slices.columns} rows={slices.rows.clone()}
                    members={slices.members.clone()} selected={model.selected}
                    open={model.sheet == Some(Sheet::Log)} send={send()} />
                {drawn(write)}
            </div>
        }
    }

    fn inspector(&self) -> Inspector {
        let (model, slices) = (&self.model, &self.model.slices);
        Inspector {
            member: slices.member(model.selected).cloned(),
            tools: model.tools.clone(),
            message: model.message.clone(),
            ids: slices.ids.clone(),
            links: slices.links.clone(),
            faults: slices.faults.clone(),
            recent: slices.recent.clone(),
            notice: model.notice_at(Place::Inspector),
            open: model.sheet == Some(Sheet::Member),
            send: self.send.clone(),
        }
    }

    fn transport(&self) -> Transport {
        let model = &self.model;
        Transport {
            playing: model.playback.playing,
            speed: model.playback.speed,
            step: model.slices.step,
            seed: model.session.seed(),
            sheet: model.sheet,
            send: self.send.clone(),
        }
    }
}

impl App {
    /// Lets the wall time since the last frame pass.
    fn pass(&mut self, at: f64) -> bool {
        self.frames.arrived();
        let elapsed_ms = self.last_frame.map_or(0.0, |last| (at - last).max(0.0));
        self.last_frame = Some(at);
        self.model
            .update(Message::Pass((elapsed_ms * 1_000.0) as u64))
    }

    /// Moves what moves to the playhead, and asks for the next frame if the run plays.
    fn follow(&mut self) {
        self.motion.draw(self.model.session.now());
        if self.model.playback.playing {
            self.frames.request();
        } else {
            self.frames.cancel();
            self.last_frame = None;
        }
    }

    fn press(&mut self, event: &KeyboardEvent) -> bool {
        let modified = event.ctrl_key() || event.alt_key() || event.meta_key();
        if modified || event.default_prevented() || event.is_composing() {
            return false;
        }
        match keys::message(&event.key(), focus_of(event), self.model.selected) {
            Some(message) => {
                event.prevent_default();
                self.model.update(message)
            }
            None => false,
        }
    }
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
