//! What is checked after every step: how often each property was looked at, what came of it, and for a
//! violation the two things that contradict each other, with their moments.

#[cfg(test)]
mod tests;

use super::clients::contradiction;
use super::compose::operation_view;
use super::labels::client_name;
use super::rules;
use crate::check::linear::BUDGET;
use crate::cluster::{Evidence, OperationId, Property, Violation};
use crate::timeline::{Position, Session};
use crate::words::translate;

/// So many violations of a property are shown; the rest is counted.
const SHOWN: usize = 3;

/// All that is checked.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct ChecksView {
    /// The properties in the order in which they are shown.
    pub rows: Vec<CheckRow>,
    /// The rules of Raft that are switched off in this run.
    pub rules: Vec<RuleOff>,
    /// How often anything was looked at.
    pub checked: u64,
    /// How many properties are violated.
    pub violated: usize,
    /// The playhead.
    pub now: Position,
}

/// What came of looking at a property.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Verdict {
    /// There was nothing to look at yet.
    NotYet,
    /// It holds so far.
    Holds,
    /// It does not hold.
    Violated,
    /// It takes more than this many steps to find out, for so many groups of keys.
    Unknown {
        /// The steps of the specification for one answer.
        budget: u64,
        /// The groups of keys.
        groups: u64,
    },
}

/// A property.
#[derive(Clone, PartialEq, Debug)]
pub struct CheckRow {
    /// The property.
    pub property: Property,
    /// Its name.
    pub name: String,
    /// What it demands.
    pub demand: &'static str,
    /// How often it was looked at.
    pub checked: u64,
    /// How often it did not hold.
    pub violated: u64,
    /// What came of it.
    pub verdict: Verdict,
    /// The first violations on this branch, also after the playhead.
    pub violations: Vec<ViolationView>,
    /// When the first violation is found, if that is after the playhead.
    pub later: Option<Position>,
}

/// A violation.
#[derive(Clone, PartialEq, Debug)]
pub struct ViolationView {
    /// What was known before, and what contradicts it.
    pub evidence: [EvidenceView; 2],
    /// The operations that contradict each other.
    pub against: Vec<Asked>,
    /// The longest order of operations that was found, or its end.
    pub ordered: Vec<Asked>,
}

/// Something that was seen.
#[derive(Clone, PartialEq, Debug)]
pub struct EvidenceView {
    /// A half sentence.
    pub claim: String,
    /// When.
    pub at: Position,
}

/// An operation of a client, in short.
#[derive(Clone, PartialEq, Debug)]
pub struct Asked {
    /// Its identity.
    pub id: OperationId,
    /// Who asked.
    pub client: String,
    /// What was asked, and what was answered.
    pub words: String,
}

/// A rule of Raft that is switched off.
#[derive(Clone, PartialEq, Debug)]
pub struct RuleOff {
    /// The rule in one sentence.
    pub sentence: &'static str,
    /// Where it comes from.
    pub section: &'static str,
    /// The property that it protects.
    pub property: String,
    /// What goes wrong without it.
    pub without: &'static str,
}

/// What has been checked up to the playhead.
pub fn checks(session: &Session) -> ChecksView {
    let checker = session.checker();
    let undecided = checker.undecided();
    let mut view = ChecksView {
        now: session.position(),
        ..ChecksView::default()
    };
    for property in Property::ALL {
        let count = checker.count(property);
        let unknown = property == Property::Linearizability && undecided > 0;
        let verdict = match count.checked {
            _ if count.violated > 0 => Verdict::Violated,
            _ if unknown => Verdict::Unknown {
                budget: BUDGET,
                groups: undecided,
            },
            0 => Verdict::NotYet,
            _ => Verdict::Holds,
        };
        let found = session.whole_violations().iter();
        let mut found = found
            .filter(|violation| violation.property == property)
            .peekable();
        let first = found.peek().map(|violation| position(&violation.later));
        view.checked += count.checked;
        view.violated += usize::from(count.violated > 0);
        view.rows.push(CheckRow {
            property,
            name: rules::name(property),
            demand: rules::demand(property),
            checked: count.checked,
            violated: count.violated,
            verdict,
            later: first.filter(|at| at.step > view.now.step),
            violations: found
                .take(SHOWN)
                .map(|it| violation_view(session, it))
                .collect(),
        });
    }
    let off = session.options().raft.rules.switched_off();
    view.rules = off
        .map(|rule| {
            let info = rule.info();
            RuleOff {
                sentence: rules::sentence(rule),
                section: info.section,
                property: translate(info.property),
                without: rules::without(rule),
            }
        })
        .collect();
    view
}

fn position(evidence: &Evidence) -> Position {
    Position {
        step: evidence.step,
        time: evidence.time,
    }
}

fn violation_view(session: &Session, violation: &Violation) -> ViolationView {
    let evidence = |evidence: &Evidence| EvidenceView {
        claim: translate(&evidence.claim.to_string()),
        at: position(evidence),
    };
    let (against, ordered) = contradiction(violation);
    let asked = |ids: &[OperationId]| -> Vec<Asked> {
        ids.iter().filter_map(|id| asked(session, *id)).collect()
    };
    let (mut against, mut ordered) = (asked(against), asked(ordered));
    if violation.property != Property::Linearizability {
        // Two answers, of which the earlier one is no order.
        ordered.append(&mut against);
        (against, ordered) = (ordered, Vec::new());
    }
    ViolationView {
        evidence: [evidence(&violation.earlier), evidence(&violation.later)],
        against,
        ordered,
    }
}

fn asked(session: &Session, id: OperationId) -> Option<Asked> {
    use super::frame::OutcomeView;
    let place = usize::try_from(id.0.checked_sub(1)?).ok()?;
    let operation = session.whole_operations().get(place)?;
    let view = operation_view(operation);
    let answer = match view.outcome {
        OutcomeView::Pending => "…".to_owned(),
        OutcomeView::Done(lines) => lines.join(" "),
        OutcomeView::Failed(text) | OutcomeView::Unknown(text) => text,
    };
    Some(Asked {
        id,
        client: client_name(operation.client),
        words: super::keys::clipped(&format!("{} → {answer}", view.command), 100),
    })
}
