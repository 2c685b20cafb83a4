//! Why was a property violated?

use super::case::{Case, acted, reason};
use super::{Reason, RuleView, Tone, Why};
use crate::cluster::{Action, Evidence, Fact};
use crate::timeline::Position;
use crate::view::phrase::{phrase, word};
use crate::view::rules;
use crate::words::{key, translate};

pub(super) fn why(case: &Case, step: u64) -> Why {
    let mut found = None;
    case.back(&mut |event| {
        if let (true, Fact::Violated(violation)) = (event.step == step, &event.fact) {
            found = Some((**violation).clone());
        }
        event.step < step
    });
    let Some(violation) = found else {
        return Why::new(phrase(key!("why.violation.none"), &[])).toned(Tone::Good);
    };
    let property = violation.property;
    let name = [("property", word(translate(property.name())))];
    let mut why = Why::new(phrase(key!("why.violation?"), &name)).toned(Tone::Bad);
    why.add(Some(claim(&violation.earlier)));
    why.add(Some(claim(&violation.later)));
    for rule in case.session.options().raft.rules.switched_off() {
        let fills = [
            ("rule", word(rules::sentence(rule))),
            ("without", word(rules::without(rule))),
        ];
        why.add(Some(reason(None, key!("why.violation.rule-off"), &fills)));
    }
    let wiped = case.recent(&|fact| matches!(acted(fact), Some(Action::WipeDisk { .. })));
    why.tell(case, wiped.as_ref());
    if wiped.is_some() {
        why.say(None, key!("why.violation.wiped"), &[]);
    }
    why.rule = RuleView::of_property(property);
    why
}

/// What was seen, with its moment.
fn claim(evidence: &Evidence) -> Reason {
    let at = Position {
        step: evidence.step,
        time: evidence.time,
    };
    reason(
        Some(at),
        key!("why.violation.claim"),
        &[("claim", word(translate(&evidence.claim.to_string())))],
    )
}
