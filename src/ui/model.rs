//! The state of the page and the one function that changes it. No browser here: tests run it
//! natively.

use super::answers::Answers;
use super::console::ConsoleState;
use super::faults::tools::Tools;
use super::forms::{self, Verb};
use super::left::LeftState;
pub use super::message::{Definition, Field, Message, Panel, Place, Sheet, StageView, Tab};
use super::recording::RecordingState;
use super::sequence::SequenceState;
use super::slices::{Shared, Slices};
use super::speed::{Playback, Speed};
use super::tabs::TabsState;
use super::timeline::{Time, TimelineState};
use super::why::WhyState;
use super::words;
use crate::cluster::{Action, WorldOptions, WorldOptionsError};
use crate::raft::NodeId;
use crate::sim::SimTime;
use crate::timeline::{Landmark, Session};
use crate::view::deeds::Target;
use crate::view::{self, MessageView};
use crate::words::{Language, translate};
pub use faults::CutDraft;
pub use settings::ClusterDraft;

/// The write form as it is filled in.
#[derive(Clone, PartialEq, Debug)]
pub struct WriteDraft {
    /// The key as typed.
    pub key: String,
    /// The value as typed.
    pub value: String,
    /// The member that the client talks to.
    pub member: NodeId,
    /// Whether reads are answered from the member's own store.
    pub local: bool,
}

/// The state of the page.
pub struct Model {
    /// The run.
    pub session: Session,
    /// The timeline.
    pub timeline: TimelineState,
    /// Questions and answers.
    pub why: WhyState,
    /// The sequence view.
    pub sequence: SequenceState,
    /// The etcdctl console.
    pub console: ConsoleState,
    /// How the stage shows the world.
    pub stage_view: StageView,
    /// The tab of the inspector.
    pub tab: Tab,
    /// The panel at the left.
    pub left: LeftState,
    /// Keys, clients, checks.
    pub tabs: TabsState,
    /// Runs that come and go.
    pub recording: RecordingState,
    /// How many other runs there have been.
    pub runs: u64,
    /// Whether the hints of the first visit are there.
    pub hints: bool,
    /// What the stage shows.
    pub slices: Slices,
    /// What is shown beside the stage: the same, but while the run plays only now and then, see [`Model::pace_us`].
    pub panels: Slices,
    /// How long, in microseconds of wall time, what is beside the stage stays as it is while the run plays. Nobody
    /// reads faster than some times a second, and drawing it takes longer than drawing the stage.
    pub pace_us: u64,
    /// How far the stage looks ahead while the run plays, in microseconds of wall time: what is sent before it is drawn
    /// again starts when it is sent, and not later.
    pub ahead_us: u64,
    /// Whether and how fast time passes.
    pub playback: Playback,
    /// The member that the inspector shows.
    pub selected: NodeId,
    /// The panel that is open.
    pub panel: Option<Panel>,
    /// The sheet that is open, where there are sheets.
    pub sheet: Option<Sheet>,
    /// What is selected on the stage, and what can be done to it.
    pub tools: Shared<Tools>,
    /// The message that is selected, as it is or as it ended.
    pub message: Option<Shared<MessageView>>,
    /// Whether the action bar stands on the stage.
    pub bar: bool,
    /// The cut that is being prepared.
    pub cut: Shared<CutDraft>,
    /// The latest error, and where it belongs.
    pub notice: Option<(Place, String)>,
    /// The latest operations.
    pub answers: Shared<Answers>,
    /// The explanation that is open.
    pub definition: Option<Definition>,
    /// The new-cluster panel.
    pub cluster: Shared<ClusterDraft>,
    /// The write form.
    pub write: Shared<WriteDraft>,
    /// Dark or light.
    pub dark: bool,
    /// The element that gets the focus once the page is drawn, as a selector.
    pub focus: Option<&'static str>,
    /// When the next member turns into something else, and when the next log or command gets further, if that will be
    /// soon.
    turn: Option<SimTime>,
    news: Option<SimTime>,
    /// What was saved while nothing was new, to be spent on news: see [`Model::rest_ms`].
    breath: u32,
    drawn_steps: u64,
    panel_steps: u64,
    panel_age_us: u64,
}

impl Model {
    /// A page with a fresh cluster that plays.
    ///
    /// # Errors
    /// The option that makes no sense.
    pub fn new(members: usize, seed: u64) -> Result<Model, WorldOptionsError> {
        Model::with_options(WorldOptions::with_members(members), seed)
    }

    /// A page with a fresh cluster of any kind that plays.
    ///
    /// # Errors
    /// The option that makes no sense.
    pub fn with_options(options: WorldOptions, seed: u64) -> Result<Model, WorldOptionsError> {
        Ok(Model::with_session(Session::new(options, seed)?))
    }

    /// A page with this run, which plays.
    pub fn with_session(session: Session) -> Model {
        let cluster = ClusterDraft::of(session.options(), session.seed());
        let slices = Slices::new(view::frame(&session));
        let mut model = Model {
            timeline: TimelineState::default(),
            why: WhyState::default(),
            sequence: SequenceState::default(),
            console: ConsoleState::default(),
            stage_view: StageView::Ring,
            tab: Tab::Selected,
            left: LeftState::default(),
            tabs: TabsState::default(),
            recording: RecordingState::default(),
            runs: 0,
            hints: false,
            drawn_steps: session.steps(),
            panel_steps: session.steps(),
            panel_age_us: 0,
            pace_us: 0,
            ahead_us: 0,
            turn: None,
            news: None,
            breath: drawing::BREATH,
            panels: slices.clone(),
            tools: Shared::new(Tools::new(&session)),
            message: None,
            bar: false,
            session,
            slices,
            playback: Playback::playing(),
            selected: NodeId(1),
            panel: None,
            sheet: None,
            cut: Shared::new(CutDraft::default()),
            notice: None,
            answers: Shared::new(Answers::default()),
            definition: None,
            cluster: Shared::new(cluster),
            write: Shared::new(WriteDraft {
                key: "name".to_string(),
                value: "joe".to_string(),
                member: NodeId(1),
                local: false,
            }),
            dark: false,
            focus: None,
        };
        model.refresh_timeline();
        model
    }

    /// Does what the message asks. Returns whether anything but moving parts has to be drawn.
    pub fn update(&mut self, message: Message) -> bool {
        let redraw = self.carry_out(message);
        // Nothing lags behind in a run that stands.
        let steps = self.session.steps();
        let behind =
            !self.playback.playing && (self.panel_steps, self.drawn_steps) != (steps, steps);
        if behind {
            self.refresh();
        }
        redraw || behind
    }

    fn carry_out(&mut self, message: Message) -> bool {
        let elsewhere = self.update_faults(&message);
        if let Some(redraw) = elsewhere.or_else(|| self.update_settings(&message)) {
            return redraw;
        }
        match message {
            Message::Pass(wall_us) => {
                if self.timeline.is_held() {
                    return false;
                }
                self.pass(wall_us);
                return self.refresh_if_stale();
            }
            Message::TogglePlay => {
                self.leave_undone();
                self.playback.playing = !self.playback.playing;
                self.refresh();
            }
            Message::Time(ask) => return self.time(ask),
            Message::Why(ask) => return self.why(ask),
            Message::Console(key) => return self.console(key),
            Message::Sequence(gesture) => return self.sequence(gesture),
            Message::ToggleStage => {
                let view = match self.stage_view {
                    StageView::Ring => StageView::Sequence,
                    StageView::Sequence => StageView::Ring,
                };
                return self.update(Message::ShowStage(view));
            }
            Message::ShowStage(view) => {
                self.stage_view = view;
                self.refresh_sequence();
            }
            Message::Show(tab) => {
                self.tab = tab;
                self.sheet = Some(Sheet::Member);
                // While the run plays, tabs wait for a while before they are looked up again.
                self.tabs.pass(u64::from(u32::MAX));
                self.refresh();
            }
            Message::Left(ask) => return self.left(ask),
            Message::Tabs(ask) => return self.tabs(ask),
            Message::Record(ask) => return self.record(ask),
            Message::HintsRead => self.hints = false,
            Message::Step => return self.time(Time::Step(Landmark::Step, true)),
            Message::StepBack => return self.time(Time::Step(Landmark::Step, false)),
            Message::SetSpeed(step) => self.playback.set_speed(Speed::at(step)),
            Message::Slower => self.playback.set_speed(self.playback.speed.slower()),
            Message::Faster => self.playback.set_speed(self.playback.speed.faster()),
            Message::Select(member) => {
                if !self.slices.ids.contains(&member) {
                    return false;
                }
                return self.update(Message::Look(Target::Member(member), false));
            }
            Message::Join(member) => {
                self.act(Action::Join { member }, Place::Stage);
            }
            Message::Heal(place) => {
                if self.act(Action::Heal, place) && place == Place::Cut {
                    self.close_panel();
                }
            }
            Message::Type(field, text) => self.type_into(field, text),
            Message::Talk(member) => self.change_write(|write| write.member = member),
            Message::ToggleLocal => self.change_write(|write| write.local = !write.local),
            Message::Send(verb) => self.send(verb),
            Message::ToggleTheme => self.dark = !self.dark,
            Message::Speak(language) => self.speak(language),
            Message::TogglePanel(panel) => self.toggle_panel(panel),
            Message::ToggleSheet(sheet) => {
                self.sheet = if self.sheet == Some(sheet) {
                    None
                } else {
                    Some(sheet)
                };
            }
            Message::Write => {
                self.console.open = false;
                self.panel = None;
                self.sheet = Some(Sheet::Write);
                self.focus = Some("#key");
            }
            Message::Define(definition) => {
                let changed = self.definition != definition;
                self.definition = definition;
                return changed;
            }
            Message::Escape => return self.escape(),
            // Everything else was taken above.
            _ => return false,
        }
        true
    }

    /// The notice that belongs to a place.
    pub fn notice_at(&self, place: Place) -> Option<String> {
        let (at, text) = self.notice.as_ref()?;
        (*at == place).then(|| text.clone())
    }

    /// Says everything anew in another language. The run does not notice.
    fn speak(&mut self, language: Language) {
        crate::words::speak(language);
        self.notice = None;
        self.timeline.told = None;
        self.answers = Shared::new(Answers::default());
        self.timeline.forget_picture();
        self.sequence.forget_picture();
        // Answers of Why? wait for a while before they are looked up again.
        self.why.pass(u64::from(u32::MAX));
        self.refresh();
        self.focus = Some("#language");
    }

    /// Carries out an action, or keeps its error for the place where it was asked for.
    fn act(&mut self, action: Action, place: Place) -> bool {
        let branch = self.session.current_branch();
        let result = self.session.act(action);
        self.timeline.told = None;
        self.tell_of_branch(branch);
        self.notice = result
            .as_ref()
            .err()
            .map(|error| (place, translate(&error.to_string())));
        self.refresh();
        result.is_ok()
    }

    fn change_write(&mut self, change: impl FnOnce(&mut WriteDraft)) {
        let mut write = (*self.write).clone();
        change(&mut write);
        self.write = Shared::new(write);
    }

    fn type_into(&mut self, field: Field, text: String) {
        match field {
            _ if self.type_into_faults(field, &text) => {}
            Field::Key => self.change_write(|write| write.key = text),
            Field::Value => self.change_write(|write| write.value = text),
            _ => self.type_into_cluster(field, text),
        }
    }

    fn send(&mut self, verb: Verb) {
        let write = self.write.clone();
        let request = forms::request(verb, &write.key, &write.value, write.local);
        if let Err(error) = request.validate() {
            self.notice = Some((Place::Write, words::request_error(error)));
            self.focus = Some("#key");
            return;
        }
        let client = forms::choose_client(&self.slices.clients, write.member);
        let member = write.member;
        let action = Action::Request {
            client,
            member,
            request,
        };
        self.act(action, Place::Write);
    }

    /// Goes on with a fresh run; what is not part of a run stays.
    fn replace(&mut self, fresh: Result<Model, WorldOptionsError>) {
        match fresh {
            Ok(mut fresh) => {
                fresh.playback.set_speed(self.playback.speed);
                fresh.dark = self.dark;
                fresh.pace_us = self.pace_us;
                fresh.ahead_us = self.ahead_us;
                fresh.stage_view = self.stage_view;
                fresh.sequence = self.sequence.for_another_run();
                fresh.refresh_sequence();
                fresh.tab = self.tab;
                fresh.tabs = self.tabs.for_another_run();
                fresh.refresh_tabs();
                fresh.console = self.console.for_another_run();
                fresh.timeline = self.timeline.for_another_run();
                fresh.refresh_timeline();
                fresh.recording.error = self.recording.error.take();
                fresh.recording.before = Some(self.session.save());
                fresh.runs = self.runs + 1;
                fresh.hints = self.hints;
                fresh.left = self.left.for_another_run();
                fresh.write = self.write.clone();
                fresh.change_write(|write| write.member = NodeId(1));
                fresh.focus = Some("#new-cluster");
                *self = fresh;
            }
            Err(error) => {
                self.notice = Some((Place::NewCluster, translate(&error.to_string())));
            }
        }
    }

    /// Goes on with a run that was opened.
    pub(super) fn adopt(&mut self, session: Session) {
        self.replace(Ok(Model::with_session(session)));
        self.playback.playing = false;
        self.focus = None;
        self.refresh_timeline();
    }

    fn toggle_panel(&mut self, panel: Panel) {
        self.notice = None;
        self.definition = None;
        if self.panel == Some(panel) {
            return self.close_panel();
        }
        self.panel = Some(panel);
        match panel {
            Panel::Cut => {
                self.cut = Shared::new(self.proposed_cut());
                self.focus = Some(".cut-panel .chip");
            }
            Panel::NewCluster => {
                let present = ClusterDraft::of(self.session.options(), self.session.seed());
                self.cluster = Shared::new(present);
                self.focus = Some("#members");
            }
            Panel::Help | Panel::Branches | Panel::Share => {}
        }
    }

    /// Closes the panel; the focus goes back to the button that opens it.
    pub(super) fn close_panel(&mut self) {
        self.focus = self.panel.take().map(|panel| match panel {
            Panel::NewCluster => "#new-cluster",
            Panel::Cut => "#cut",
            Panel::Help => "#help",
            Panel::Branches => "#branches",
            Panel::Share => "#share",
        });
    }

    fn escape(&mut self) -> bool {
        if self.definition.take().is_some() {
            return true;
        }
        if self.panel.is_some() {
            self.close_panel();
            return true;
        }
        if self.notice.take().is_some() {
            return true;
        }
        // Both belong to what is selected.
        let bar = std::mem::take(&mut self.bar);
        if bar {
            self.focus = Some(".member[aria-pressed=true]");
        }
        if self.sheet.take().is_some() || bar {
            return true;
        }
        let left = self.left.open && !self.left.stays;
        if left {
            self.close_left();
        }
        left
    }
}

mod drawing;
mod faults;
mod settings;
#[cfg(test)]
mod tests;
