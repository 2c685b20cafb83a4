//! What the timeline keeps, and what happens to the run through it. No browser here.

use super::super::message::Message;
use super::super::model::Model;
use super::super::slices::Shared;
use super::ask::{Finger, Time};
use crate::sim::SimTime;
use crate::timeline::{BranchId, Landmark, Position};
use crate::view::timeline::{
    TimelineView, Window, comparison_words, landing, playhead_words, timeline, under_words,
};
use crate::view::{describe, plain};
use crate::words::{key, say, tell, translate};

/// A pointer that moved further than this, in pixels, is not a click any more.
const CLICK: u32 = 3;

/// How far the keys for a page go, in thousandths of the window.
const PAGE: i64 = 100;

/// What the timeline keeps.
pub struct TimelineState {
    /// What is drawn.
    pub picture: Shared<TimelineView>,
    /// What lies under the pointer: its place in pixels and its name.
    pub hover: Option<(u32, String)>,
    /// What became of the last thing that was asked for.
    pub told: Option<String>,
    /// What is wrong with the last thing that was asked of a branch.
    pub trouble: Option<String>,
    /// The playhead in words, while time stands still.
    pub playhead: String,
    /// What the step buttons step to.
    pub step_by: Landmark,
    /// The branch of which it is asked whether it shall be deleted.
    pub deleting: Option<BranchId>,
    /// The branch that the current one was compared with, and what came of it.
    pub compared: Option<(BranchId, Vec<String>)>,
    zoom: Option<Window>,
    width: u32,
    fingers: Vec<Finger>,
    /// Where the pointer went down, as long as it has not moved.
    click: Option<u32>,
    /// The distance of the two fingers and the window when they went down.
    pinch: Option<(u32, Window)>,
    /// Where the last undoing led. Whoever goes on from there wants another future.
    undone: Option<Position>,
    playhead_at: Position,
    drawn: Option<(BranchId, u64, Window, u32)>,
}

impl Default for TimelineState {
    fn default() -> TimelineState {
        TimelineState {
            picture: Shared::new(TimelineView::default()),
            hover: None,
            told: None,
            trouble: None,
            playhead: String::new(),
            step_by: Landmark::Step,
            deleting: None,
            compared: None,
            zoom: None,
            width: 1000,
            fingers: Vec::new(),
            click: None,
            pinch: None,
            undone: None,
            playhead_at: Position::START,
            drawn: None,
        }
    }
}

impl TimelineState {
    /// Whether a finger holds the playhead, so that time stands still.
    pub fn is_held(&self) -> bool {
        !self.fingers.is_empty() && self.pinch.is_none()
    }

    /// What is drawn shall be drawn anew.
    pub fn forget_picture(&mut self) {
        self.drawn = None;
    }

    /// What a person chose stays for another run.
    pub fn for_another_run(&self) -> TimelineState {
        TimelineState {
            step_by: self.step_by,
            width: self.width,
            ..TimelineState::default()
        }
    }
}

impl Model {
    /// Does what the timeline was asked for. Returns whether anything has to be drawn.
    pub fn time(&mut self, ask: Time) -> bool {
        match ask {
            Time::Width(width) => self.timeline.width = width.max(1),
            Time::Down(finger) => self.finger_down(finger),
            Time::Move(finger) => return self.finger_moves(finger),
            Time::Up(id) => self.fingers_without(id),
            Time::Out => return self.timeline.hover.take().is_some(),
            Time::Wheel { x, dx, dy } => self.wheel(x, dx, dy),
            Time::Zoom(notches) => {
                let (window, now, whole) = (self.window(), self.session.now(), self.whole());
                self.timeline.zoom = window.showing(now, whole).zoomed(notches, now, whole);
            }
            Time::Page(forward) => {
                let by = self.window().span_us / 1000 * PAGE.unsigned_abs();
                let now = self.session.now();
                self.seek(if forward {
                    now.after(by)
                } else {
                    SimTime(now.0.saturating_sub(by))
                });
            }
            Time::Step(landmark, forward) => self.step_to(landmark, forward),
            Time::StepChosen(forward) => self.step_to(self.timeline.step_by, forward),
            Time::StepBy(landmark) => self.timeline.step_by = landmark,
            Time::Start => {
                self.playback.playing = false;
                self.session.seek_step(0);
                self.moved();
            }
            Time::Live => {
                self.session.go_live();
                self.moved();
            }
            Time::Undo => self.undo(),
            Time::Redo => self.redo(),
            Time::Switch(id) => self.switch_branch(id),
            Time::Rename(id, name) => {
                let result = self.session.rename_branch(id, &name);
                self.timeline.trouble = result.err().map(|error| translate(&error.to_string()));
                self.timeline.drawn = None;
            }
            Time::AskDelete(id) => self.timeline.deleting = id,
            Time::Delete(id) => {
                let result = self.session.delete_branch(id);
                self.timeline.trouble = result.err().map(|error| translate(&error.to_string()));
                self.timeline.deleting = None;
                self.timeline.drawn = None;
            }
            Time::Compare(id) => self.compare(id),
        }
        self.refresh_timeline();
        true
    }

    /// Goes on from where an undoing led, without what was undone: on a branch of its own.
    pub(in crate::ui) fn leave_undone(&mut self) {
        let undone = self.timeline.undone.take();
        if undone == Some(self.session.position()) && !self.session.is_live() {
            let before = self.session.current_branch();
            self.session.fork();
            self.tell_of_branch(before);
        }
    }

    /// Says that a branch was opened, if the playhead is not on this one any more.
    pub(in crate::ui) fn tell_of_branch(&mut self, before: BranchId) {
        let current = self.session.current_branch();
        if current == before {
            return;
        }
        let name = |id| {
            let mut branches = self.session.branches();
            let branch = branches.find(|branch| branch.id == id);
            branch.map(|branch| branch.name).unwrap_or_default()
        };
        let names = [("branch", name(current)), ("parent", name(before))];
        self.timeline.told = Some(tell(
            key!("time.branched"),
            &[(names[0].0, &names[0].1), (names[1].0, &names[1].1)],
        ));
    }

    /// Draws the timeline again if something of it has changed.
    pub(in crate::ui) fn refresh_timeline(&mut self) {
        let (position, whole) = (self.session.position(), self.whole());
        if position != self.timeline.playhead_at {
            self.timeline.playhead_at = position;
            let zoom = self.timeline.zoom;
            self.timeline.zoom = zoom.map(|window| window.showing(position.time, whole));
        }
        let (window, width) = (self.window(), self.timeline.width);
        let changes = self.session.chronicle().changes();
        let key = (self.session.current_branch(), changes, window, width);
        if self.timeline.drawn != Some(key) {
            self.timeline.drawn = Some(key);
            self.timeline.picture = Shared::new(timeline(&self.session, window, width));
        }
        self.timeline.playhead = if self.playback.playing {
            String::new()
        } else {
            playhead_words(&self.session)
        };
    }

    fn whole(&self) -> Window {
        Window::whole(self.session.longest_end())
    }

    /// The part of the run that is in sight.
    pub fn window(&self) -> Window {
        self.timeline.zoom.unwrap_or_else(|| self.whole())
    }

    fn seek(&mut self, time: SimTime) {
        self.session.seek(time);
        self.moved();
    }

    /// Somebody moved the playhead.
    fn moved(&mut self) {
        self.timeline.told = None;
        self.refresh();
    }

    fn finger_down(&mut self, finger: Finger) {
        self.fingers_without(finger.id);
        self.timeline.fingers.push(finger);
        match self.timeline.fingers[..] {
            [finger] => {
                self.timeline.click = Some(finger.x);
                let (window, width) = (self.window(), self.timeline.width);
                match landing(self.session.chronicle(), window, width, finger.x) {
                    Ok(position) => self.session.seek_step(position.step),
                    Err(time) => self.session.seek(time),
                }
                self.moved();
                self.point_at(finger.x);
            }
            [one, other] => {
                let apart = one.x.abs_diff(other.x).max(1);
                self.timeline.pinch = Some((apart, self.window()));
                self.timeline.hover = None;
            }
            _ => {}
        }
    }

    fn fingers_without(&mut self, id: i32) {
        self.timeline.fingers.retain(|finger| finger.id != id);
        if self.timeline.fingers.is_empty() {
            self.timeline.pinch = None;
            self.timeline.click = None;
        }
    }

    fn finger_moves(&mut self, moved: Finger) -> bool {
        let fingers = &mut self.timeline.fingers;
        if let Some(finger) = fingers.iter_mut().find(|finger| finger.id == moved.id) {
            *finger = moved;
        }
        match (self.timeline.pinch, &self.timeline.fingers[..]) {
            (Some((apart, window)), [one, other]) => {
                let (apart_now, middle) = (one.x.abs_diff(other.x), one.x.midpoint(other.x));
                let span_us =
                    window.span_us.saturating_mul(apart.into()) / u64::from(apart_now.max(1));
                let around = window.moment(middle, self.timeline.width);
                self.timeline.zoom = window.scaled(span_us, around, self.whole());
            }
            // One of the two is gone: the other one does not jump to its place.
            (Some(_), _) => return false,
            (None, [finger]) if finger.id == moved.id => {
                let click = self.timeline.click;
                if click.is_some_and(|click| click.abs_diff(moved.x) <= CLICK) {
                    return false;
                }
                self.timeline.click = None;
                let time = self.window().moment(moved.x, self.timeline.width);
                self.seek(time);
                self.point_at(moved.x);
            }
            _ => return self.point_at(moved.x),
        }
        self.refresh_timeline();
        true
    }

    /// Names what lies under the pointer. Returns whether that is something else now.
    fn point_at(&mut self, x: u32) -> bool {
        let words = under_words(self.session.chronicle(), &self.timeline.picture, x);
        let hover = Some((x, words));
        let changed = hover != self.timeline.hover;
        self.timeline.hover = hover;
        changed
    }

    fn wheel(&mut self, x: u32, dx: i32, dy: i32) {
        let (window, whole) = (self.window(), self.whole());
        if dx.abs() > dy.abs() {
            let thousandths = i64::from(dx) * 1000 / i64::from(self.timeline.width);
            if self.timeline.zoom.is_some() {
                self.timeline.zoom = Some(window.moved(thousandths, whole));
            }
            return;
        }
        let by = u64::from(dy.unsigned_abs().min(400));
        let span_us = if dy > 0 {
            window.span_us / 400 * (400 + by)
        } else {
            window.span_us / (400 + by) * 400
        };
        let around = window.moment(x, self.timeline.width);
        self.timeline.zoom = window.scaled(span_us, around, whole);
    }

    fn step_to(&mut self, landmark: Landmark, forward: bool) {
        self.playback.playing = false;
        if forward {
            self.leave_undone();
        }
        let found = if forward {
            self.session.step_forward(landmark)
        } else {
            self.session.step_back(landmark)
        };
        self.moved();
        if !found {
            self.timeline.told = Some(say(key!("time.nowhere")).to_owned());
        }
    }

    fn undo(&mut self) {
        let Some(what) = self.last_deed() else {
            self.timeline.told = Some(say(key!("time.nothing-to-undo")).to_owned());
            return;
        };
        self.playback.playing = false;
        self.session.undo();
        self.moved();
        self.timeline.undone = Some(self.session.position());
        self.timeline.told = Some(tell(key!("time.undone"), &[("what", &what)]));
    }

    fn redo(&mut self) {
        self.timeline.undone = None;
        if !self.session.redo() {
            self.timeline.told = Some(say(key!("time.nothing-to-redo")).to_owned());
            return;
        }
        self.moved();
        if let Some(what) = self.last_deed() {
            self.timeline.told = Some(tell(key!("time.redone"), &[("what", &what)]));
        }
    }

    /// The last action before the playhead, in words.
    fn last_deed(&self) -> Option<String> {
        let action = self.session.last_action()?;
        let facts = self
            .session
            .whole_trace()
            .between(action.time, action.time.after(1));
        let mut facts = facts.filter(|event| event.step == action.step);
        let terms = |id| {
            let member = self.slices.member(id);
            member.map(|member| member.term).unwrap_or_default()
        };
        let words = facts.find_map(|event| describe(event, &terms));
        Some(words.map_or_else(String::new, |words| plain(&words.sentence)))
    }

    fn switch_branch(&mut self, id: BranchId) {
        if let Err(error) = self.session.switch_branch(id) {
            self.timeline.told = Some(translate(&error.to_string()));
            return;
        }
        self.timeline.compared = None;
        self.timeline.deleting = None;
        self.timeline.trouble = None;
        self.moved();
    }

    fn compare(&mut self, other: BranchId) {
        if self
            .timeline
            .compared
            .take()
            .is_some_and(|(id, _)| id == other)
        {
            return;
        }
        let (current, at) = (self.session.current_branch(), self.session.now());
        let Ok(comparison) = self.session.compare_branches(current, other, at) else {
            return;
        };
        let name = |id| {
            let mut branches = self.session.branches();
            let branch = branches.find(|branch| branch.id == id);
            branch.map(|branch| branch.name).unwrap_or_default()
        };
        let lines = comparison_words(&comparison, &name(current), &name(other), at);
        self.timeline.compared = Some((other, lines));
    }
}

impl From<Time> for Message {
    fn from(ask: Time) -> Message {
        Message::Time(ask)
    }
}
