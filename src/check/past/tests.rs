use super::super::spec::{Compare, Relation, Target};
use super::*;
use crate::cluster::{OperationId, Order};
use crate::kv::{Caller, LeaseId};
use crate::raft::Term;

fn put(key: &'static str, value: &'static str, lease: i64) -> Input {
    Input::Put {
        key: key.into(),
        value: Some(value.into()),
        lease: Some(lease),
    }
}

fn delete(key: &'static str, end: &'static str) -> Input {
    let span = Span::range(&key.into(), &end.into());
    Input::Delete { span }
}

/// The entries one after the other; each with the revision that it leads to.
fn past(entries: &[(u64, Input)]) -> Past {
    let mut past = Past::default();
    for (index, (revision, input)) in (1..).zip(entries) {
        past.applies(
            Moment::default(),
            Index(index),
            *revision,
            Some(input),
            None,
        );
    }
    past
}

fn keys(past: &Past, revision: u64) -> Vec<(String, bool)> {
    let changes = past.changes(revision).expect("it was seen");
    let text = |change: &Change| String::from_utf8_lossy(&change.key).into_owned();
    let list = changes.list.iter();
    list.map(|change| (text(change), change.now.is_some()))
        .collect()
}

#[test]
fn a_revision_is_what_it_changed_and_the_past_stays_what_it_was() {
    let past = past(&[
        (2, put("b", "1", 0)),
        (3, put("a", "1", 0)),
        (4, put("b", "2", 0)),
        (5, delete("a", "c")),
        (5, delete("a", "c")),
        (6, put("a", "3", 0)),
    ]);
    assert!(!past.is_blind());
    assert_eq!(keys(&past, 5), [("a".into(), false), ("b".into(), false)]);
    let all = Span::range(&"a".into(), &"z".into());
    let there = |revision| -> Vec<(u64, u64)> {
        let found = past.at(&all, revision);
        found.iter().map(|(_, p)| (p.modified, p.version)).collect()
    };
    assert_eq!(there(1), []);
    assert_eq!(there(3), [(3, 1), (2, 1)]);
    assert_eq!(there(4), [(3, 1), (4, 2)]);
    assert_eq!(there(5), []);
    assert_eq!(there(6), [(6, 1)]);
}

#[test]
fn a_lease_takes_its_keys_with_it_and_no_others() {
    let revoke = Input::Revoke { lease: 7 };
    let moved = put("c", "2", 8);
    let past = past(&[
        (2, put("b", "1", 7)),
        (3, put("a", "1", 7)),
        (4, put("c", "1", 7)),
        (5, moved),
        (6, revoke),
    ]);
    assert_eq!(keys(&past, 6), [("a".into(), false), ("b".into(), false)]);
}

#[test]
fn a_lease_that_ends_without_its_keys_makes_blind_unless_users_are_asked_for_their_rights() {
    let enable = Request::Auth(AuthRequest::Enable);
    let ends = |before: &[Request]| {
        let mut past = past(&[(2, put("a", "1", 7))]);
        let revoke = |lease| Request::LeaseRevoke(LeaseId(lease));
        let requests = before.iter().cloned().chain([revoke(8), revoke(7)]);
        let blind = (2..).zip(requests).map(|(index, request)| {
            let command = Command {
                operation: OperationId(0),
                caller: Caller::default(),
                order: Order::Request(request),
            };
            let payload = Payload::Command(command.encode());
            let (term, index) = (Term(1), Index(index));
            let entry = Entry {
                term,
                index,
                payload,
            };
            past.takes_in(Moment::default(), index, Some(&entry), Revision(2));
            past.is_blind()
        });
        blind.collect::<Vec<_>>()
    };
    assert_eq!(ends(&[]), [false, true]);
    assert_eq!(ends(&[enable]), [false, false, false]);
}

#[test]
fn comparisons_are_made_before_anything_is_written() {
    let missing = |then: Vec<Input>, otherwise: Vec<Input>| Input::Txn {
        compare: vec![Compare {
            span: Span::key(&"a".into()),
            relation: Relation::Equal,
            target: Target::Version(0),
        }],
        then,
        otherwise,
    };
    let inner = missing(vec![put("b", "then", 0)], vec![put("c", "otherwise", 0)]);
    let txn = missing(vec![put("a", "1", 0), inner], Vec::new());
    let past = past(&[(2, txn.clone()), (2, txn)]);
    assert_eq!(keys(&past, 2), [("a".into(), true), ("b".into(), true)]);
}

#[test]
fn who_misses_an_entry_judges_no_more() {
    let mut past = past(&[(2, put("a", "1", 0))]);
    assert!(!past.is_blind());
    let input = put("a", "2", 0);
    past.applies(Moment::default(), Index(3), 3, Some(&input), None);
    assert!(past.is_blind());
}

#[test]
fn a_revision_that_nothing_explains_makes_blind() {
    let mut past = Past::default();
    let input = delete("a", "");
    past.applies(Moment::default(), Index(1), 2, Some(&input), None);
    assert!(past.is_blind());
}
