//! What the timeline says, in words.

use super::{TimelineView, is_cut, under};
use crate::cluster::TraceEvent;
use crate::raft::{NodeId, Term};
use crate::sim::SimTime;
use crate::timeline::{Aspect, Chronicle, Comparison, Difference, Happening, Session};
use crate::view::{describe, plain};
use crate::words::{key, say, tell};

fn name(member: NodeId) -> String {
    format!("infra{member}")
}

/// What happened, as a clause: `infra4 is elected leader of term 3`.
pub fn happening_words(what: Happening) -> String {
    match what {
        Happening::Elected(member, term) => tell(
            key!("time.elected"),
            &[("member", &name(member)), ("term", &term)],
        ),
        Happening::Crashed(member) => tell(key!("time.crashed"), &[("member", &name(member))]),
        Happening::Restarted(member) => tell(key!("time.restarted"), &[("member", &name(member))]),
        Happening::Committed(index) => tell(key!("time.committed"), &[("index", &index)]),
        Happening::Violated => say(key!("time.violated")).to_owned(),
    }
}

/// What lies under a place of the picture: its moment, then what happened there.
pub fn under_words(chronicle: &Chronicle, picture: &TimelineView, x: u32) -> String {
    let (window, width) = (picture.window, picture.width);
    let time = window.moment(x, width);
    let marks = under(chronicle, window, width, x);
    let time = marks.first().map_or(time, |mark| mark.at.time);
    let mut words = vec![time.to_string()];
    words.extend(marks.iter().map(|mark| happening_words(mark.what)));
    if is_cut(chronicle, time) {
        words.push(say(key!("time.cut")).to_owned());
    }
    words.join(" · ")
}

/// Where the playhead is, for a screen reader: `4.120 s of 20.000 s, last: entry 8 is committed`.
pub fn playhead_words(session: &Session) -> String {
    let (now, end) = (session.now(), session.end().time);
    let chronicle = session.chronicle();
    let mut words = tell(key!("time.playhead"), &[("now", &now), ("end", &end)]);
    if let Some(last) = chronicle.last_before(now) {
        let last = happening_words(last.what);
        words += &tell(key!("time.last"), &[("what", &last)]);
    }
    if is_cut(chronicle, now) {
        words += ". ";
        words += say(key!("time.cut"));
    }
    words
}

/// A fact as plain text.
pub(in crate::view) fn in_words(event: &TraceEvent) -> Option<String> {
    let told = describe(event, &|_| Term(0))?;
    Some(plain(&told.sentence))
}

/// What two branches have not in common, a sentence per line. `first` and `second` are their
/// names, `differences` are of the moment `at`.
pub fn comparison_words(
    comparison: &Comparison,
    first: &str,
    second: &str,
    at: SimTime,
) -> Vec<String> {
    let Some(parted) = comparison.first_difference else {
        return vec![say(key!("time.same")).to_owned()];
    };
    let mut lines = vec![tell(key!("time.parted"), &[("time", &parted.time)])];
    for (name, facts) in [first, second].iter().zip(&comparison.facts) {
        let told = facts.iter().find_map(in_words);
        let happens = told.unwrap_or_else(|| say(key!("time.nothing")).to_owned());
        lines.push(tell(
            key!("time.there"),
            &[("branch", name), ("what", &happens)],
        ));
    }
    if comparison.differences.is_empty() {
        lines.push(tell(key!("time.alike"), &[("time", &at)]));
        return lines;
    }
    lines.push(tell(key!("time.differ"), &[("time", &at)]));
    // A member that runs in one of them only has nothing to compare but that.
    let is_running = |it: &Difference| it.aspect == Aspect::Running;
    let all = &comparison.differences;
    let apart = |member| all.iter().any(|it| is_running(it) && it.member == member);
    let telling = |it: &&Difference| is_running(it) || !apart(it.member);
    for difference in all.iter().filter(telling) {
        lines.push(tell(
            key!("time.difference"),
            &[
                ("member", &name(difference.member)),
                ("aspect", &aspect(difference.aspect)),
                ("first", &first),
                ("here", &value(difference.first.as_deref())),
                ("second", &second),
                ("there", &value(difference.second.as_deref())),
            ],
        ));
    }
    lines
}

/// What something is in a branch.
fn value(value: Option<&str>) -> &str {
    match value.unwrap_or_default() {
        "" => say(key!("time.nothing")),
        "running" => say(key!("time.value.running")),
        "crashed" => say(key!("time.value.crashed")),
        "Follower" => say(key!("time.value.follower")),
        "PreCandidate" => say(key!("time.value.pre-candidate")),
        "Candidate" => say(key!("time.value.candidate")),
        "Leader" => say(key!("time.value.leader")),
        other => other,
    }
}

fn aspect(aspect: Aspect) -> &'static str {
    match aspect {
        Aspect::Running => say(key!("time.aspect.running")),
        Aspect::Role => say(key!("time.aspect.role")),
        Aspect::Term => say(key!("time.aspect.term")),
        Aspect::Leader => say(key!("time.aspect.leader")),
        Aspect::LastIndex => say(key!("time.aspect.last")),
        Aspect::Commit => say(key!("time.aspect.commit")),
        Aspect::Revision => say(key!("time.aspect.revision")),
        Aspect::Keys => say(key!("time.aspect.keys")),
    }
}

/// A moment on an axis whose labels are `step` microseconds apart: as many digits as it takes.
pub(super) fn seconds(us: u64, step: u64) -> String {
    let digits = (0..6)
        .find(|digits| step.is_multiple_of(10_u64.pow(6 - digits)))
        .unwrap_or(6);
    let whole = us / 1_000_000;
    if digits == 0 {
        return format!("{whole} s");
    }
    let fraction = us % 1_000_000 / 10_u64.pow(6 - digits);
    format!("{whole}.{fraction:0width$} s", width = digits as usize)
}
