//! What the panel at the left keeps, and what is done through it. No browser here.

use super::super::message::Message;
use super::super::model::Model;
use super::super::slices::Shared;
use crate::lesson::SCENARIOS;
use crate::timeline::{BranchId, Session};
use crate::view::planner::{CHANCES, MOST, USUAL_CHANCE, split_cluster};
use crate::view::real::{Form, Real, command, real};
use crate::view::scenario::{Played, Reached, open, played, reached};
use crate::words::{key, say, tell};

/// A tab of the panel.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Tab {
    /// Ready-made scripts.
    #[default]
    Scenarios,
    /// How many members, and what they stand.
    Planner,
    /// The files that start the cluster for real.
    Real,
}

/// What a person asks of the panel.
#[derive(Clone, PartialEq, Debug)]
pub enum Ask {
    /// Open or close the panel at this tab.
    Toggle(Tab),
    /// Show this tab.
    Show(Tab),
    /// Close the panel.
    Close,
    /// Play the scenario with this place in [`SCENARIOS`].
    Play(usize),
    /// Show all scenarios.
    List,
    /// Go to where the statement with this place begins.
    Go(usize),
    /// Go to the statement after (`true`) or before.
    Next(bool),
    /// Leave the own run and go back to the one of the scenario.
    Return,
    /// Plan for so many members.
    Members(usize),
    /// Plan with the chance of failure at this place of [`CHANCES`].
    Chance(usize),
    /// Show the files for this way to run the cluster for real.
    Form(Form),
    /// Show this one of them.
    File(usize),
    /// It is on the clipboard, or it could not be put there.
    Copied(bool),
    /// Show the command that starts the selected member, or hide it.
    Flags,
    /// Start a cluster that is split into sides of these sizes.
    Try(Vec<usize>),
}

impl From<Ask> for Message {
    fn from(ask: Ask) -> Message {
        Message::Left(ask)
    }
}

/// A scenario that is being watched.
#[derive(Clone, PartialEq, Debug)]
pub struct Open {
    /// Its place in [`SCENARIOS`].
    pub place: usize,
    /// How it went.
    pub played: Shared<Played>,
    /// The branch on which it was played.
    pub branch: BranchId,
    /// How far the playhead is.
    pub reached: Reached,
}

/// A scenario that is being watched, as the browser keeps it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Watched {
    /// Its place in [`SCENARIOS`].
    pub place: usize,
    /// The branch on which it was played, counted from 1; 0 if that was deleted.
    pub branch: usize,
    /// Whether the panel is open.
    pub open: bool,
    /// Whether it shows all scenarios.
    pub listing: bool,
}

/// What the planner is asked.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Plan {
    /// The number of members.
    pub members: usize,
    /// The place of the chance in [`CHANCES`] that a member fails.
    pub chance: usize,
}

impl Default for Plan {
    fn default() -> Plan {
        Plan {
            members: 5,
            chance: USUAL_CHANCE,
        }
    }
}

/// The files that start the cluster for real, and which is shown.
#[derive(Clone, PartialEq, Debug)]
pub struct ForReal {
    /// What they are for.
    pub form: Form,
    /// Which one is shown.
    pub file: usize,
    /// All of them.
    pub real: Shared<Real>,
    /// Whether the one that is shown is on the clipboard, once that is known.
    pub copied: Option<bool>,
}

impl Default for ForReal {
    fn default() -> ForReal {
        ForReal {
            form: Form::default(),
            file: 0,
            real: Shared::new(Real::default()),
            copied: None,
        }
    }
}

/// The page that the panel shows.
#[derive(Clone, PartialEq, Debug)]
pub enum Page {
    /// None.
    Closed,
    /// All scenarios.
    Scenarios,
    /// One of them.
    Scenario(Open),
    /// The planner.
    Planner(Plan),
    /// For real.
    Real(ForReal),
}

/// What the panel keeps.
#[derive(Default)]
pub struct LeftState {
    /// Whether it is there.
    pub open: bool,
    /// Whether it stays when somebody presses Escape: it stands beside the stage, and something else is meant.
    pub stays: bool,
    /// The tab that is shown.
    pub tab: Tab,
    /// The scenario of the present run.
    pub scenario: Option<Open>,
    /// What the planner is asked.
    plan: Plan,
    /// The files that start the cluster for real.
    real: ForReal,
    /// Of what they were made: the branch, the actions before the playhead, the members.
    made_of: Option<(BranchId, u64, usize)>,
    /// Whether the command that starts the selected member is shown.
    flags: bool,
    /// Whether the line at which the script is has to be brought into sight.
    pub reveal: bool,
    /// Whether all of them are shown although one is being watched.
    listing: bool,
}

impl LeftState {
    /// The panel beside another run: what belongs to the run is gone.
    pub fn for_another_run(&mut self) -> LeftState {
        LeftState {
            scenario: None,
            made_of: None,
            ..std::mem::take(self)
        }
    }

    /// What is shown.
    pub fn page(&self) -> Page {
        match (self.open, self.tab, &self.scenario) {
            (false, ..) => Page::Closed,
            (_, Tab::Scenarios, Some(open)) if !self.listing => Page::Scenario(open.clone()),
            (_, Tab::Scenarios, _) => Page::Scenarios,
            (_, Tab::Planner, _) => Page::Planner(self.plan),
            (_, Tab::Real, _) => Page::Real(self.real.clone()),
        }
    }
}

impl Model {
    /// Does what was asked of the panel. Returns whether anything has to be drawn.
    pub fn left(&mut self, ask: Ask) -> bool {
        match ask {
            Ask::Toggle(tab) if self.left.open && self.left.tab == tab => self.close_left(),
            Ask::Close => self.close_left(),
            Ask::Toggle(tab) => {
                self.left.open = true;
                self.sheet = None;
                self.left.tab = tab;
                self.focus = Some("#left [aria-selected=true]");
            }
            Ask::Show(tab) => self.left.tab = tab,
            Ask::Play(place) => self.play_scenario(place),
            Ask::List => {
                self.left.listing = true;
                self.focus = Some(".scenario[aria-current], .scenario");
            }
            Ask::Go(place) => {
                let step = self
                    .scenario()
                    .and_then(|open| open.played.steps.get(place));
                if let Some(from) = step.map(|step| step.from) {
                    self.return_to_script();
                    self.session.seek_position(from);
                    self.moved_in_script();
                }
            }
            Ask::Next(forward) => {
                self.return_to_script();
                let here = self.session.position();
                let place = self.scenario().and_then(|open| match forward {
                    true => open.played.next(here),
                    false => open.played.before(here),
                });
                if let Some(place) = place {
                    self.session.seek_position(place);
                    self.moved_in_script();
                }
            }
            Ask::Return => {
                self.return_to_script();
                self.moved_in_script();
            }
            Ask::Members(members) => self.left.plan.members = members.clamp(1, MOST),
            Ask::Chance(chance) => self.left.plan.chance = chance.min(CHANCES.len() - 1),
            Ask::Form(form) => {
                self.left.real.form = form;
                self.left.real.file = 0;
                self.left.made_of = None;
            }
            Ask::File(file) => {
                self.left.real.file = file;
                self.left.real.copied = None;
            }
            Ask::Copied(copied) => self.left.real.copied = Some(copied),
            Ask::Flags => self.left.flags = !self.left.flags,
            Ask::Try(sides) => self.try_split(&sides),
        }
        self.refresh_left();
        true
    }

    fn scenario(&self) -> Option<&Open> {
        self.left.scenario.as_ref()
    }

    /// Closes the panel; the focus goes back to the button that opens it.
    pub(in crate::ui) fn close_left(&mut self) {
        self.left.open = false;
        self.focus = Some("#open-left, #open-left-sheet");
    }

    fn play_scenario(&mut self, place: usize) {
        let Some(scenario) = SCENARIOS.get(place) else {
            return;
        };
        let played = match open(scenario) {
            Ok((session, played)) => {
                self.watch(session);
                played
            }
            Err(error) => {
                self.recording.error = Some(error);
                return;
            }
        };
        self.left.scenario = Some(Open {
            place,
            played: Shared::new(played),
            branch: self.session.current_branch(),
            reached: Reached::default(),
        });
        self.left.listing = false;
        self.timeline.told = Some(tell(
            key!("scenario.opened"),
            &[("title", &say(scenario.title))],
        ));
        self.focus = Some("#scenario-next");
    }

    /// The scenario that is being watched, to be kept.
    pub(in crate::ui) fn watched(&self) -> Option<Watched> {
        let open = self.scenario()?;
        let mut branches = self.session.branches();
        let branch = branches.position(|branch| branch.id == open.branch);
        Some(Watched {
            place: open.place,
            branch: branch.map_or(0, |at| at + 1),
            open: self.left.open,
            listing: self.left.listing,
        })
    }

    /// Goes on watching what was kept, in the run that was taken up.
    pub(in crate::ui) fn watch_again(&mut self, watched: Option<Watched>) {
        let Some(watched) = watched else {
            return;
        };
        let branch = watched.branch.checked_sub(1);
        let branch = branch.and_then(|at| self.session.branches().nth(at));
        self.left.scenario = Some(Open {
            place: watched.place,
            played: Shared::new(played(&SCENARIOS[watched.place])),
            // One that is deleted is nobody's.
            branch: branch.map_or(BranchId(u32::MAX), |branch| branch.id),
            reached: Reached::default(),
        });
        (self.left.open, self.left.listing) = (watched.open, watched.listing);
        self.left.reveal = true;
        self.refresh_left();
    }

    /// Shows another run, playing.
    fn watch(&mut self, session: Session) {
        self.adopt(session);
        self.playback.playing = true;
        self.refresh_timeline();
    }

    fn try_split(&mut self, sides: &[usize]) {
        let sizes: Vec<String> = sides.iter().map(usize::to_string).collect();
        if let Ok(session) = split_cluster(sides) {
            self.watch(session);
            self.timeline.told = Some(match &sizes[..] {
                [all] => tell(key!("planner.started"), &[("n", all)]),
                _ => tell(key!("planner.tried"), &[("shape", &sizes.join(" | "))]),
            });
        }
    }

    /// Back to the branch of the script, if it is there still.
    fn return_to_script(&mut self) {
        let branch = self.scenario().map(|open| open.branch);
        if let Some(branch) = branch.filter(|branch| *branch != self.session.current_branch()) {
            // It may have been deleted; then the playhead stays.
            let _ = self.session.switch_branch(branch);
        }
    }

    fn moved_in_script(&mut self) {
        self.playback.playing = false;
        self.timeline.told = None;
        self.refresh();
    }

    /// Writes the files again, if something was done or somebody has joined.
    fn refresh_real(&mut self) {
        let session = &self.session;
        let last = session.last_action().map_or(0, |action| action.step);
        let members = session.world().members().count();
        let made_of = Some((session.current_branch(), last, members));
        if self.left.made_of != made_of {
            self.left.made_of = made_of;
            self.left.real.real = Shared::new(real(session, self.left.real.form));
            self.left.real.copied = None;
        }
    }

    /// The command that starts the selected member, if it is shown.
    pub(in crate::ui) fn start_command(&self) -> Option<String> {
        let shown = self.left.flags && self.tab == super::super::model::Tab::Selected;
        shown.then(|| command(self.session.world(), self.selected))
    }

    /// Computes again what the panel shows of the run.
    pub(in crate::ui) fn refresh_left(&mut self) {
        if let Some(open) = &mut self.left.scenario {
            let before = open.reached;
            open.reached = reached(&open.played, &self.session, open.branch);
            self.left.reveal |= open.reached != before;
        }
        if self.left.open && self.left.tab == Tab::Real {
            self.refresh_real();
        }
    }
}
