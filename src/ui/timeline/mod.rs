//! The timeline: a lane per member, what happened, where the network was cut, the branches.
//!
//! Whatever the run, it is some thirty elements: all bars and ticks of one look are one path. The
//! playhead and the ends of lanes are moved by [`Motion`](super::motion::Motion), so nothing of it
//! is drawn again while nothing happens.

mod ask;
mod branches;
mod pointer;
mod state;

pub use ask::{Finger, Time};
pub use branches::BranchPanel;
pub use pointer::Pointers;
pub use state::TimelineState;

use super::drawn::Part;
use super::hue::term_style;
use super::message::Message;
use super::motion::{Moving, mover};
use super::parts::click;
use super::slices::Shared;
use crate::timeline::Standing;
use crate::ui::dom::html;
use crate::view::timeline::{BranchView, TickKind, TimelineView};
use crate::words::{key, say, tell};
use std::fmt::Write;
use yew::prelude::*;

/// The height of the drawing, in units of its own: the lanes, then the row of commits.
const HEIGHT: usize = 1000;
/// Where the lanes end.
const LANES: usize = 880;
/// So many branches are drawn; the panel lists all.
const BRANCHES: usize = 4;

/// What the timeline shows.
#[derive(PartialEq)]
pub struct Timeline {
    /// The picture.
    pub picture: Shared<TimelineView>,
    /// What lies under the pointer: its place and its name.
    pub hover: Option<(u32, String)>,
    /// What became of the last thing that was asked for.
    pub told: Option<String>,
    /// The playhead in words, while time stands still.
    pub playhead: String,
    /// The playhead and the end of the branch in milliseconds, for a screen reader, while time
    /// stands still.
    pub place: (u64, u64),
    /// Where messages go.
    pub send: Callback<Message>,
}

impl Part for Timeline {
    fn view(&self) -> Html {
        let send = &self.send;
        let zoom = |notches, name, sign: &'static str| {
            html! {
                <button type="button" class="btn ghost icon" aria-label={say(name)} title={say(name)}
                    onclick={click(send, Message::Time(Time::Zoom(notches)))}>{sign}</button>
            }
        };
        let told = self.told.clone().unwrap_or_default();
        let (window, width) = (self.picture.window, self.picture.width);
        html! {
            <section class="timeline" aria-label={say("time.label")} dir="ltr">
                <div class="tl-bar">
                    <p class="tl-told" role="status" data-testid="time-told">{told}</p>
                    if self.told.is_none() {
                        <p class="tl-told faint">{self.playhead.clone()}</p>
                    }
                    {zoom(-2, key!("time.zoom-out"), "−")}
                    {zoom(2, key!("time.zoom-in"), "+")}
                    {zoom(-99, key!("time.zoom-all"), "↔")}
                </div>
                <div class="tl-area" role="slider" tabindex="0" aria-label={say("time.playhead-label")}
                    aria-valuemin="0" aria-valuemax={self.place.1}
                    aria-valuenow={self.place.0} aria-valuetext={self.playhead.clone()}>
                    {self.drawing()}
                    {mover("div", "tl-rest", Moving::End(window, width), Html::default())}
                    {mover("div", "tl-future", Moving::Playhead(window, width), Html::default())}
                    {mover("div", "tl-playhead", Moving::Playhead(window, width), Html::default())}
                    if let Some((x, words)) = &self.hover {
                        <div class="tl-tip" data-testid="time-tip" style={self.tip(*x)}>{words.clone()}</div>
                    }
                </div>
                <div class="tl-axis" aria-hidden="true">{for self.picture.axis.iter().map(label)}</div>
                if !self.picture.branches.is_empty() {
                    <div class="tl-branches">{for self.branches().map(|branch| self.branch(branch))}</div>
                }
            </section>
        }
    }
}

fn label((x, text): &(u32, String)) -> Html {
    html! { <span style={format!("left:{x}px")}>{text.clone()}</span> }
}

/// The bars, or the ticks, of one look.
struct Look {
    class: &'static str,
    style: &'static str,
    path: String,
}

/// The path of the look with this class and style.
fn path_of<'a>(
    looks: &'a mut Vec<Look>,
    class: &'static str,
    style: &'static str,
) -> &'a mut String {
    let known = looks
        .iter()
        .position(|look| look.class == class && look.style == style);
    let place = known.unwrap_or_else(|| {
        looks.push(Look {
            class,
            style,
            path: String::new(),
        });
        looks.len() - 1
    });
    &mut looks[place].path
}

/// Adds a rectangle.
fn rectangle(path: &mut String, x: u32, y: usize, width: u32, height: usize) {
    // Writing to a string cannot fail.
    let _ = write!(path, "M{x} {y}h{width}v{height}h-{width}z");
}

impl Timeline {
    /// Beside the pointer, where there is room.
    fn tip(&self, x: u32) -> String {
        let width = self.picture.width;
        match x > width / 2 {
            true => format!("right:{}px", width.saturating_sub(x) + 8),
            false => format!("left:{}px", x + 8),
        }
    }

    fn drawing(&self) -> Html {
        let picture = &self.picture;
        let mut looks = Vec::new();
        for (from, to) in &picture.cuts {
            let band = path_of(&mut looks, "tl-cut", "");
            rectangle(band, *from, 0, (to - from).max(1), LANES);
            let edge = path_of(&mut looks, "tl-cut-edge", "");
            rectangle(edge, *from, 0, 2, LANES);
        }
        self.bars(&mut looks);
        self.ticks(&mut looks);
        let paths = looks.into_iter().map(|look| {
            html! { <path class={look.class} style={look.style} d={look.path} /> }
        });
        html! {
            <svg viewBox={format!("0 0 {} {HEIGHT}", picture.width)} preserveAspectRatio="none"
                aria-hidden="true" data-testid="timeline">{for paths}</svg>
        }
    }

    /// The top and the height of a lane.
    fn lane(&self, place: usize) -> (usize, usize) {
        let pitch = LANES / self.picture.lanes.len().max(1);
        (place * pitch, pitch)
    }

    fn bars(&self, looks: &mut Vec<Look>) {
        for (place, lane) in self.picture.lanes.iter().enumerate() {
            let (top, pitch) = self.lane(place);
            for bar in &lane.bars {
                let (class, share) = match bar.standing {
                    Standing::Leader => ("tl-leader", 84),
                    Standing::Follower => ("tl-follower", 60),
                    Standing::Candidate => ("tl-candidate", 60),
                    Standing::Paused => ("tl-paused", 60),
                    Standing::Crashed => ("tl-crashed", 10),
                };
                let style = match bar.standing {
                    Standing::Crashed => "",
                    _ => term_style(bar.term),
                };
                let height = pitch * share / 100;
                // A hair of room between two bars.
                let width = (bar.to - bar.from).saturating_sub(1).max(1);
                let path = path_of(looks, class, style);
                rectangle(path, bar.from, top + (pitch - height) / 2, width, height);
            }
        }
    }

    fn ticks(&self, looks: &mut Vec<Look>) {
        for tick in &self.picture.ticks {
            let x = tick.x.saturating_sub(1);
            let (top, height) = tick.lane.map_or((0, LANES), |lane| self.lane(lane));
            match tick.kind {
                TickKind::Elected => {
                    rectangle(path_of(looks, "tl-elected", ""), x, top, 4, height);
                }
                TickKind::Crashed => {
                    let middle = top + height / 2;
                    let (left, right) = (tick.x.saturating_sub(4), tick.x + 4);
                    let (up, down) = (middle - height * 2 / 5, middle + height * 2 / 5);
                    let path = path_of(looks, "tl-crash", "");
                    let _ = write!(
                        path,
                        "M{left} {up}L{right} {down}M{left} {down}L{right} {up}"
                    );
                }
                TickKind::Restarted => {
                    let path = path_of(looks, "tl-restart", "");
                    let (up, down) = (top + height / 5, top + height * 4 / 5);
                    let _ = write!(
                        path,
                        "M{} {up}L{} {}L{} {down}",
                        tick.x,
                        tick.x + 5,
                        top + height / 2,
                        tick.x
                    );
                }
                TickKind::Committed => {
                    rectangle(path_of(looks, "tl-commit", ""), x, LANES + 40, 2, 80);
                }
                TickKind::Violated => {
                    rectangle(path_of(looks, "tl-violation", ""), x, 0, 3, HEIGHT);
                }
            }
        }
    }

    /// The current branch, and the latest others.
    fn branches(&self) -> impl Iterator<Item = &BranchView> {
        let branches = &self.picture.branches;
        let left_out = branches.len().saturating_sub(BRANCHES);
        let (early, late) = branches.split_at(left_out);
        early.iter().filter(|branch| branch.current).chain(late)
    }

    fn branch(&self, branch: &BranchView) -> Html {
        // The end of the current one moves.
        let to = if branch.current {
            self.picture.width
        } else {
            branch.to
        };
        let (from, width) = (branch.from, to.saturating_sub(branch.from).max(2));
        let rest = Moving::End(self.picture.window, self.picture.width);
        let name = tell(key!("time.switch"), &[("branch", &branch.name)]);
        html! {
            <button type="button" class="tl-branch" aria-pressed={branch.current}
                title={name.clone()} aria-label={name}
                onclick={click(&self.send, Message::Time(Time::Switch(branch.id)))}>
                <i style={format!("left:{from}px;width:{width}px")}></i>
                if branch.current {
                    {mover("div", "tl-rest", rest, Html::default())}
                }
                <span style={format!("left:{from}px")}>{branch.name.clone()}</span>
            </button>
        }
    }
}

#[cfg(test)]
mod tests;
