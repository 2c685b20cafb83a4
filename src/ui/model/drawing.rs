//! When the page is drawn, and how the run goes on in between.

use super::{Answers, Model, Shared};
use crate::sim::SimTime;
use crate::view;

/// How many frames without news are remembered, and how many of them one frame that comes earlier because of news
/// takes up.
pub(super) const BREATH: u32 = 36;
const BREATH_OF_NEWS: u32 = 3;
/// The furthest that the stage looks ahead, in microseconds of the run.
const LONGEST_LOOK_US: f64 = 80_000.0;

impl Model {
    pub(in crate::ui) fn refresh(&mut self) {
        self.refresh_stage();
        self.refresh_panels();
    }

    pub(super) fn refresh_stage(&mut self) {
        self.refresh_console();
        self.drawn_steps = self.session.steps();
        let mut frame = view::frame(&self.session);
        let ahead_us = self.looks_ahead_us();
        (self.turn, self.news) = (None, None);
        if ahead_us > 0 {
            let outlook = view::outlook(&self.session, ahead_us);
            frame.flights.extend(outlook.flights);
            (self.turn, self.news) = (outlook.turn, outlook.news);
        }
        self.slices.refresh(frame);
        self.refresh_faults();
        self.refresh_sequence();
    }

    pub(super) fn refresh_panels(&mut self) {
        self.panel_age_us = 0;
        self.panel_steps = self.drawn_steps;
        self.panels = self.slices.clone();
        let operations = self.session.operations();
        if !self.answers.are_latest(operations) {
            self.answers = Shared::new(Answers::latest(operations));
        }
        self.refresh_timeline();
        self.refresh_why();
        self.refresh_left();
        self.refresh_tabs();
    }

    /// How far the stage looks ahead, in microseconds of the run: not at all if it stands, or if it goes so fast that
    /// nobody can follow a message.
    fn looks_ahead_us(&self) -> u64 {
        let us = self.ahead_us as f64 / 1_000.0 * self.playback.speed.us_per_ms();
        match self.playback.playing && !self.timeline.is_held() && us <= LONGEST_LOOK_US {
            true => us as u64,
            false => 0,
        }
    }

    /// Whether there is more news than anybody can follow: it is drawn with the next frame, and not each for itself.
    pub fn is_busy(&self) -> bool {
        self.breath < BREATH_OF_NEWS && self.looks_ahead_us() > 0
    }

    /// Whether somebody can follow what happens: the run stands, or goes slowly, with a breath between two news.
    pub fn can_be_followed(&self) -> bool {
        !self.playback.playing || self.looks_ahead_us() > 0 && !self.is_busy()
    }

    /// How long the page may stay as it is while the run plays, in milliseconds: `soon` at least, and `later` at most.
    /// Where the stage looks ahead, it is drawn again when a member turns into something else; and when there is news
    /// of logs and commands, as long as there was none for long enough before: under a steady load nobody could follow
    /// each, and it would cost too much.
    pub fn rest_ms(&mut self, soon: u32, later: u32) -> u32 {
        if self.looks_ahead_us() == 0 {
            return soon;
        }
        let until = |at: SimTime| {
            let ms = at.since(self.session.now()) as f64 / self.playback.speed.us_per_ms();
            (ms.ceil() as u32).clamp(soon, later)
        };
        let (turn, news) = (
            self.turn.map_or(later, until),
            self.news.map_or(later, until),
        );
        if self.news.is_none() {
            self.breath = (self.breath + 1).min(BREATH);
        } else if news < turn && self.breath >= BREATH_OF_NEWS {
            self.breath -= BREATH_OF_NEWS;
            return news;
        }
        turn
    }

    /// Lets this wall time pass in the run. What happens meanwhile is not drawn yet.
    pub fn pass(&mut self, wall_us: u64) {
        if self.timeline.is_held() || !self.playback.playing {
            return;
        }
        self.why.pass(wall_us);
        self.tabs.pass(wall_us);
        let us = self.playback.pass(wall_us);
        self.session.advance(us);
        self.panel_age_us = self.panel_age_us.saturating_add(wall_us);
    }

    /// Draws what has happened since it was drawn, or soon will. Returns whether that is anything.
    pub(super) fn refresh_if_stale(&mut self) -> bool {
        let until = self.session.now().after(self.looks_ahead_us());
        let next = self.session.world().next_time();
        let stage = self.session.steps() != self.drawn_steps || next.is_some_and(|at| at <= until);
        if stage {
            self.refresh_stage();
        }
        let pace_us = if self.breath >= BREATH_OF_NEWS {
            0
        } else {
            self.pace_us
        };
        let panels = self.panel_steps != self.drawn_steps && self.panel_age_us >= pace_us;
        if panels {
            self.refresh_panels();
        }
        stage || panels
    }
}
