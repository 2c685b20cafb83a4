//! The root: it owns the model, the animation frames and the keys, and lays out the parts.
//!
//! While the run plays, every animation frame lets time pass in the model. Components are drawn
//! again only when an event has happened; everything that moves in between is moved by
//! [`Motion`]. A paused page asks for no frames at all.

use super::define::DefinitionBox;
use super::help::Help;
use super::inspector::Inspector;
use super::keys::{self, Focus};
use super::logs::Logs;
use super::model::{Message, Model, Panel, Place, Sheet};
use super::motion::Motion;
use super::sentence::Sentence;
use super::stage::Stage;
use super::topbar::TopBar;
use super::transport::Transport;
use super::web::{self, AnimationFrames, Listener};
use super::write::Write;
use wasm_bindgen::JsCast;
use web_sys::{HtmlElement, HtmlInputElement, KeyboardEvent};
use yew::prelude::*;

/// The first cluster of a visit.
const FIRST: (usize, u64) = (5, 7);
/// Where the chosen theme is remembered. The page's head reads it too, before anything is drawn.
const THEME: &str = "quorum.theme";

/// What happens to the root.
pub enum Event {
    /// Somebody asked for something.
    Asked(Message),
    /// An animation frame, with its time in milliseconds.
    Frame(f64),
    /// A key was pressed.
    Key(KeyboardEvent),
    /// Light or dark.
    ToggleTheme,
}

/// The page.
pub struct App {
    model: Model,
    motion: Motion,
    frames: AnimationFrames,
    last_frame: Option<f64>,
    dark: bool,
    send: Callback<Message>,
    toggle_theme: Callback<()>,
    _keys: Listener,
}

impl Component for App {
    type Message = Event;
    type Properties = ();

    fn create(ctx: &Context<Self>) -> Self {
        let (members, seed) = FIRST;
        let model = Model::new(members, seed).expect("the first cluster is a valid one");
        let link = ctx.link().clone();
        let frames = AnimationFrames::new(move |at| link.send_message(Event::Frame(at)));
        let link = ctx.link().clone();
        let keys = Listener::new(&web::window(), "keydown", move |event: KeyboardEvent| {
            link.send_message(Event::Key(event));
        });
        let motion = Motion::default();
        motion.set_reduced(web::media_matches("(prefers-reduced-motion: reduce)"));
        let dark = match web::recall(THEME) {
            Some(theme) => theme == "dark",
            None => web::media_matches("(prefers-color-scheme: dark)"),
        };
        let mut app = App {
            model,
            motion,
            frames,
            last_frame: None,
            dark,
            send: ctx.link().callback(Event::Asked),
            toggle_theme: ctx.link().callback(|()| Event::ToggleTheme),
            _keys: keys,
        };
        app.follow();
        app
    }

    fn update(&mut self, _: &Context<Self>, event: Event) -> bool {
        let redraw = match event {
            Event::Asked(message) => self.model.update(message),
            Event::Frame(at) => self.pass(at),
            Event::Key(event) => self.press(&event),
            Event::ToggleTheme => {
                self.dark = !self.dark;
                let theme = if self.dark { "dark" } else { "light" };
                web::mark_root("data-theme", theme);
                web::remember(THEME, theme);
                true
            }
        };
        self.follow();
        redraw
    }

    fn view(&self, _: &Context<Self>) -> Html {
        let (model, slices) = (&self.model, &self.model.slices);
        let send = || self.send.clone();
        let notice = |place| model.notice_at(place);
        html! {
            <ContextProvider<Motion> context={self.motion.clone()}>
                <div class="page">
                    <TopBar vitals={slices.vitals.clone()} panel={model.panel}
                        present={(slices.ids.len(), model.session.seed())}
                        notice={notice(Place::NewCluster)} dark={self.dark}
                        toggle_theme={self.toggle_theme.clone()} send={send()} />
                    <main>
                        <div class="stagecol">
                            <Stage key={model.run} vitals={slices.vitals.clone()} ids={slices.ids.clone()}
                                members={slices.members.clone()} groups={slices.groups.clone()}
                                flights={slices.flights.clone()} losses={slices.losses.clone()}
                                clients={slices.clients.clone()} selected={model.selected}
                                panel={model.panel} side_b={model.side_b.clone()}
                                notice={notice(Place::Stage)} cut_notice={notice(Place::Cut)} send={send()} />
                            <Sentence sentence={slices.sentence.clone()} />
                            <Logs columns={slices.columns} rows={slices.rows.clone()}
                                members={slices.members.clone()} selected={model.selected}
                                open={model.sheet == Some(Sheet::Log)} send={send()} />
                            <Write ids={slices.ids.clone()} answers={model.answers.clone()}
                                notice={notice(Place::Write)} focus={model.write_focus}
                                open={model.sheet == Some(Sheet::Write)} send={send()} />
                        </div>
                        <Inspector member={slices.member(model.selected).cloned()}
                            recent={slices.recent.clone()} notice={notice(Place::Inspector)}
                            open={model.sheet == Some(Sheet::Member)} send={send()} />
                    </main>
                    <Transport playing={model.playback.playing} speed={model.playback.speed}
                        step={slices.step} seed={model.session.seed()} sheet={model.sheet} send={send()} />
                    if model.panel == Some(Panel::Help) { <Help send={send()} /> }
                    <DefinitionBox definition={model.definition.clone()} />
                </div>
            </ContextProvider<Motion>>
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
