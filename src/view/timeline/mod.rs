//! The timeline as plain data: what of a run falls where in a picture of so many pixels.
//!
//! A run can be long and a picture is not, so everything is gathered by pixels: whatever the run,
//! a picture of `w` pixels has at most `w / 2` bars in a lane and `w / 3` ticks of a kind in a row.

mod window;
mod wording;

pub use window::Window;
pub(in crate::view) use wording::in_words;
pub use wording::{comparison_words, happening_words, playhead_words, under_words};

use crate::raft::{NodeId, Term};
use crate::sim::SimTime;
use crate::timeline::{BranchId, Chronicle, Happening, Mark, Position, Session, Standing, Stretch};

/// Narrower bars than this, in pixels, are swallowed by the next one.
const NARROWEST_BAR: u32 = 2;

/// Ticks of a kind and lane that are nearer to each other than this, in pixels, become one.
const NEAREST_TICK: u32 = 3;

/// As near as this to the pointer counts as under it, in pixels.
const UNDER: u32 = 5;

/// Labels of the axis are at least this far apart, in pixels.
const NEAREST_LABEL: u64 = 90;

/// A part of a run as it is drawn in a picture of some width.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct TimelineView {
    /// The part of the run.
    pub window: Window,
    /// The width of the picture in pixels.
    pub width: u32,
    /// One lane per member, in the order of the ids.
    pub lanes: Vec<LaneView>,
    /// What happened, by lane and time.
    pub ticks: Vec<TickView>,
    /// Where the network was cut: left and right edges in pixels. An open cut reaches the edge.
    pub cuts: Vec<(u32, u32)>,
    /// Labels of moments: their places in pixels, and their texts.
    pub axis: Vec<(u32, String)>,
    /// All branches in the order in which they were opened; empty if there is one only.
    pub branches: Vec<BranchView>,
}

/// A member's lane.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct LaneView {
    /// The member.
    pub member: NodeId,
    /// Bars from left to right, without gaps. The last one reaches into the future.
    pub bars: Vec<BarView>,
}

/// A bar of a lane.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct BarView {
    /// Its left edge in pixels.
    pub from: u32,
    /// Its right edge.
    pub to: u32,
    /// The term: its hue.
    pub term: Term,
    /// How the member stands: its shape.
    pub standing: Standing,
}

/// A kind of tick.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum TickKind {
    /// A member was elected.
    Elected,
    /// A member crashed.
    Crashed,
    /// A member started again.
    Restarted,
    /// Entries were committed.
    Committed,
    /// A property was found violated.
    Violated,
}

/// One or more things that happened at about one place.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct TickView {
    /// Its place in pixels: that of the first of them.
    pub x: u32,
    /// The lane that it belongs to, as a position in the list of lanes; `None` if it concerns all.
    pub lane: Option<usize>,
    /// What happened.
    pub kind: TickKind,
    /// How many of them.
    pub count: u32,
}

/// A branch on the picture.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct BranchView {
    /// Its identity.
    pub id: BranchId,
    /// Its name.
    pub name: String,
    /// Where it left the branch before; 0 for the first.
    pub from: u32,
    /// Where it ends.
    pub to: u32,
    /// Whether the playhead is on it.
    pub current: bool,
    /// Where it begins and ends, and how many actions it has, for a list.
    pub fork: SimTime,
    /// Its end.
    pub end: SimTime,
    /// Its actions, those before the fork included.
    pub actions: usize,
}

/// The part of the session's branch that lies in the window, in a picture of this width.
pub fn timeline(session: &Session, window: Window, width: u32) -> TimelineView {
    let chronicle = session.chronicle();
    let place = |time| window.place(time, width);
    let lanes: Vec<LaneView> = chronicle
        .lanes()
        .iter()
        .map(|lane| LaneView {
            member: lane.member,
            bars: bars(&lane.stretches, window, width),
        })
        .collect();
    let cuts = chronicle.cuts().iter().filter(|cut| {
        cut.from.time <= window.to() && cut.to.is_none_or(|to| to.time >= window.from)
    });
    TimelineView {
        window,
        width,
        ticks: ticks(chronicle, &lanes, window, width),
        cuts: cuts
            .map(|cut| {
                (
                    place(cut.from.time),
                    cut.to.map_or(width, |to| place(to.time)),
                )
            })
            .fold(Vec::new(), join),
        axis: axis(window, width),
        branches: branches(session, window, width),
        lanes,
    }
}

fn bars(stretches: &[Stretch], window: Window, width: u32) -> Vec<BarView> {
    let before = stretches.partition_point(|stretch| stretch.from.time <= window.from);
    let mut bars: Vec<BarView> = Vec::new();
    for stretch in &stretches[before.saturating_sub(1)..] {
        if stretch.from.time > window.to() {
            break;
        }
        let from = window.place(stretch.from.time, width);
        if let Some(last) = bars.last_mut() {
            last.to = from;
            if last.to - last.from < NARROWEST_BAR {
                let from = last.from;
                bars.pop();
                bars.push(bar(stretch, from, width));
                continue;
            }
        }
        bars.push(bar(stretch, from, width));
    }
    bars
}

fn bar(stretch: &Stretch, from: u32, to: u32) -> BarView {
    BarView {
        from,
        to,
        term: stretch.term,
        standing: stretch.standing,
    }
}

fn ticks(chronicle: &Chronicle, lanes: &[LaneView], window: Window, width: u32) -> Vec<TickView> {
    let mut ticks: Vec<TickView> = Vec::new();
    // The last tick of every kind and lane.
    let mut latest: Vec<usize> = Vec::new();
    for mark in between(chronicle.marks(), window.from, window.to()) {
        let (kind, member) = kind_of(mark.what);
        let lane = member.and_then(|id| lanes.iter().position(|lane| lane.member == id));
        let x = window.place(mark.at.time, width);
        let known = latest
            .iter()
            .position(|last| ticks[*last].kind == kind && ticks[*last].lane == lane);
        if let Some(known) = known {
            let last = &mut ticks[latest[known]];
            if x - last.x < NEAREST_TICK {
                last.count += 1;
                continue;
            }
            latest[known] = ticks.len();
        } else {
            latest.push(ticks.len());
        }
        ticks.push(TickView {
            x,
            lane,
            kind,
            count: 1,
        });
    }
    ticks
}

fn kind_of(what: Happening) -> (TickKind, Option<NodeId>) {
    match what {
        Happening::Elected(member, _) => (TickKind::Elected, Some(member)),
        Happening::Crashed(member) => (TickKind::Crashed, Some(member)),
        Happening::Restarted(member) => (TickKind::Restarted, Some(member)),
        Happening::Committed(_) => (TickKind::Committed, None),
        Happening::Violated => (TickKind::Violated, None),
    }
}

/// The marks from a moment to another, both included.
fn between(marks: &[Mark], from: SimTime, to: SimTime) -> &[Mark] {
    let first = marks.partition_point(|mark| mark.at.time < from);
    let after = marks.partition_point(|mark| mark.at.time <= to);
    &marks[first..after.max(first)]
}

/// Bands that touch are one.
fn join(mut bands: Vec<(u32, u32)>, band: (u32, u32)) -> Vec<(u32, u32)> {
    match bands.last_mut().filter(|last| last.1 >= band.0) {
        Some(last) => last.1 = last.1.max(band.1),
        None => bands.push(band),
    }
    bands
}

fn axis(window: Window, width: u32) -> Vec<(u32, String)> {
    let labels = (u64::from(width) / NEAREST_LABEL).max(1);
    let mut step = 1;
    // 1, 2, 5, 10, 20, … microseconds.
    while step * labels < window.span_us {
        let leading = step / 10_u64.pow(step.ilog10());
        step = if leading == 2 { step / 2 * 5 } else { step * 2 };
    }
    let first = window.from.0.div_ceil(step);
    let moments = (first..=window.to().0 / step).map(|n| n * step);
    moments
        .map(|moment| {
            let text = wording::seconds(moment, step);
            (window.place(SimTime(moment), width), text)
        })
        .collect()
}

/// All branches in the order in which they were opened; none if there is one only.
pub fn branches(session: &Session, window: Window, width: u32) -> Vec<BranchView> {
    let current = session.current_branch();
    let views = session.branches().map(|branch| BranchView {
        from: window.place(branch.fork.time, width),
        to: window.place(branch.end.time, width),
        current: branch.id == current,
        id: branch.id,
        name: branch.name,
        fork: branch.fork.time,
        end: branch.end.time,
        actions: branch.actions,
    });
    let views: Vec<BranchView> = views.collect();
    if views.len() > 1 { views } else { Vec::new() }
}

/// What lies under a place of the picture: the marks near it, the most telling kind first.
pub fn under(chronicle: &Chronicle, window: Window, width: u32, x: u32) -> Vec<Mark> {
    let from = window.moment(x.saturating_sub(UNDER), width);
    let to = window.moment(x.saturating_add(UNDER), width);
    let marks = between(chronicle.marks(), from, to);
    let is_commit = |mark: &&Mark| kind_of(mark.what).0 == TickKind::Committed;
    let (commits, mut found): (Vec<&Mark>, Vec<&Mark>) = marks.iter().partition(is_commit);
    // Of commits, which are many, the nearest only.
    let distance = |mark: &&&Mark| window.place(mark.at.time, width).abs_diff(x);
    found.extend(commits.iter().min_by_key(distance));
    found.sort_by_key(|mark| (std::cmp::Reverse(importance(mark.what)), mark.at.step));
    found.into_iter().take(3).copied().collect()
}

fn importance(what: Happening) -> u8 {
    match what {
        Happening::Violated => 4,
        Happening::Elected(..) => 3,
        Happening::Crashed(_) => 2,
        Happening::Restarted(_) => 1,
        Happening::Committed(_) => 0,
    }
}

/// Whether links were cut at a moment.
pub fn is_cut(chronicle: &Chronicle, time: SimTime) -> bool {
    let mut cuts = chronicle.cuts().iter();
    cuts.any(|cut| cut.from.time <= time && cut.to.is_none_or(|to| time < to.time))
}

/// Where the playhead goes for a click at a place: onto what lies under it, if something does.
pub fn landing(
    chronicle: &Chronicle,
    window: Window,
    width: u32,
    x: u32,
) -> Result<Position, SimTime> {
    match under(chronicle, window, width, x).first() {
        Some(mark) => Ok(mark.at),
        None => Err(window.moment(x, width)),
    }
}

#[cfg(test)]
mod tests;
