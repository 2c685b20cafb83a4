use super::super::trial::{self, stale};
use super::*;
use crate::cluster::WorldOptions;
use crate::kv::Request;
use crate::raft::NodeId;

fn ask(session: &mut Session, member: NodeId, request: Request) {
    trial::ask(session, 0, member, request);
    session.advance(200_000);
}

fn row(view: &ChecksView, property: Property) -> &CheckRow {
    view.rows
        .iter()
        .find(|row| row.property == property)
        .unwrap()
}

#[test]
fn every_property_is_listed_with_how_often_it_was_looked_at() {
    let mut session = Session::new(WorldOptions::with_members(3), 1).unwrap();
    let before = checks(&session);
    assert_eq!(
        row(&before, Property::Linearizability).verdict,
        Verdict::NotYet
    );
    session.advance(1_000_000);
    let leader = session.world().leader().unwrap().id();
    ask(&mut session, leader, Request::put("a", "1"));
    let view = checks(&session);
    let listed: Vec<Property> = view.rows.iter().map(|row| row.property).collect();
    assert_eq!(listed, Property::ALL);
    assert_eq!((view.violated, view.rules.len()), (0, 0));
    assert_eq!(
        row(&view, Property::Linearizability).verdict,
        Verdict::Holds
    );
    assert_eq!(
        view.checked,
        view.rows.iter().map(|row| row.checked).sum::<u64>()
    );
    assert!(row(&view, Property::LogMatching).checked > 0);
    // In the past it had been looked at less often.
    session.seek_step(10);
    assert!(checks(&session).checked < view.checked);
}

#[test]
fn a_violation_has_two_moments_and_the_operations_that_contradict_each_other() {
    let session = stale();
    let view = checks(&session);
    assert!(view.violated >= 1);
    let row = row(&view, Property::Linearizability);
    assert_eq!((row.verdict, row.later), (Verdict::Violated, None));
    let found = &row.violations[0];
    let [earlier, later] = &found.evidence;
    assert!(earlier.at < later.at && !earlier.claim.is_empty());
    let words =
        |asked: &[Asked]| -> Vec<String> { asked.iter().map(|it| it.words.clone()).collect() };
    assert!(
        words(&found.against).contains(&"get a → a old".to_owned()),
        "{:?}",
        found.against
    );
    // The old value was settled before the new one was written: nothing of it is in the order.
    let against: Vec<OperationId> = found.against.iter().map(|asked| asked.id).collect();
    assert!(
        found
            .ordered
            .iter()
            .all(|asked| !against.contains(&asked.id))
    );
    assert_eq!(view.rules.len(), 1);
    assert_eq!(view.rules[0].property, "Linearizable Reads");
}

#[test]
fn before_its_moment_a_violation_is_announced_and_not_counted() {
    let mut session = stale();
    let found = session.whole_violations()[0].clone();
    session.seek_step(found.later.step - 1);
    let view = checks(&session);
    let row = row(&view, found.property);
    assert_eq!((row.verdict, row.violated), (Verdict::Holds, 0));
    assert_eq!(row.later.map(|at| at.step), Some(found.later.step));
    assert_eq!(row.violations.len(), 1);
    session.seek_step(found.later.step);
    assert!(checks(&session).violated > 0);
}
