//! Why does a member refuse to start?

use super::case::{Case, acted, reason};
use super::{Tone, Why};
use crate::cluster::{Action, Fact};
use crate::raft::NodeId;
use crate::raft::rules::Rule;
use crate::view::frame::Span;
use crate::view::phrase::phrase;
use crate::words::key;

pub(super) fn why(case: &Case, member: NodeId) -> Why {
    let name = [("member", case.member(member))];
    let mut why = Why::new(phrase(key!("why.start?"), &name)).toned(Tone::Bad);
    let damaged = case.recent(&|fact| match acted(fact) {
        Some(Action::DamageDisk { member: id, .. } | Action::TearWrite { member: id }) => {
            *id == member
        }
        _ => false,
    });
    why.tell(case, damaged.as_ref());
    why.add(case.down(member));
    why.chain.iter_mut().for_each(|reason| reason.topic = None);
    if let Some(failure) = case.world.member(member).and_then(|m| m.failure()) {
        let error = [("error", Span::Code(failure.to_owned()))];
        why.add(Some(reason(None, key!("why.start.error"), &error)));
    }
    let removed = case.world.member(member).is_some_and(|m| m.was_removed());
    if removed {
        return why.say(None, key!("why.start.removed"), &name).clone();
    }
    why.say(None, key!("why.start.promises"), &name);
    let refuses =
        |fact: &Fact| matches!(fact, Fact::FailedToStart { member: id, .. } if *id == member);
    if case.recent(&refuses).is_none() {
        why.tone = Tone::Good;
    }
    why.rule = case.rule(Rule::DurableVote);
    why
}
