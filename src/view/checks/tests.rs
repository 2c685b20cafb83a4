use super::*;
use crate::cluster::{Action, ClientId, WorldOptions};
use crate::kv::Request;
use crate::raft::NodeId;
use crate::raft::rules::{Rule, Rules};

fn ask(session: &mut Session, member: NodeId, request: Request) {
    let client = ClientId(0);
    session
        .act(Action::Request {
            client,
            member,
            request,
        })
        .unwrap();
    session.advance(200_000);
}

/// A deposed leader answers a read with an old value, since a rule is switched off.
fn stale() -> Session {
    let mut options = WorldOptions::with_members(3);
    options.raft.rules = Rules::all().without(Rule::ReadFreshRound);
    options.raft.check_quorum = false;
    let mut session = Session::new(options, 1).unwrap();
    session.advance(1_000_000);
    let leader = session.world().leader().unwrap().id();
    ask(&mut session, leader, Request::put("a", "old"));
    let others: Vec<NodeId> = (1..=3).map(NodeId).filter(|id| *id != leader).collect();
    let groups = vec![vec![leader], others.clone()];
    session.act(Action::Partition { groups }).unwrap();
    session
        .act(Action::TimeOutNow { member: others[0] })
        .unwrap();
    session.advance(300_000);
    let now = session.world().leader().unwrap().id();
    ask(&mut session, now, Request::put("a", "new"));
    ask(&mut session, leader, Request::get("a", false));
    session
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
