use super::super::trial::{self, three};
use super::*;
use crate::cluster::Action;
use crate::kv::{CompactionRequest, LeaseGrantRequest, PutRequest, Request};
use crate::timeline::Session;

fn ask(session: &mut Session, member: NodeId, request: Request) {
    trial::ask(session, 0, member, request);
    session.advance(300_000);
}

fn wanted(member: NodeId) -> Wanted {
    let (prefix, filter) = (String::new(), Filter::Present);
    Wanted {
        member,
        prefix,
        filter,
    }
}

fn view(session: &Session, wanted: &Wanted, open: &'static str) -> KeysView {
    let (world, open) = (session.world(), Bytes::from(open));
    let listed = listing(world, wanted);
    page(world, wanted, &listed, (0, 100), Some(&open))
}

fn names(view: &KeysView) -> Vec<&str> {
    view.rows.iter().map(|row| &row.name[..]).collect()
}

#[test]
fn a_key_has_its_value_its_numbers_and_its_history() {
    let (mut session, leader) = three();
    ask(&mut session, leader, Request::put("a", "{\"n\":1}"));
    ask(&mut session, leader, Request::put("b", "x"));
    ask(&mut session, leader, Request::put("a", "{\"n\":2}"));
    let view = view(&session, &wanted(leader), "a");
    assert_eq!(
        (names(&view), view.revision, view.compacted),
        (vec!["a", "b"], 4, -1)
    );
    let there = Standing::There {
        value: "{\"n\":2}".to_owned(),
        created: 2,
        modified: 4,
        version: 2,
        lease: None,
    };
    assert_eq!(view.rows[0].here, there);
    assert!(view.rows.iter().all(|row| row.elsewhere.is_empty()));
    let open = view.open.unwrap();
    assert_eq!((open.place, open.compacted, open.older), (Some(0), 0, 0));
    assert_eq!(open.value.unwrap().text, "{\n  \"n\": 2\n}");
    let history: Vec<(u64, u64)> = open
        .history
        .iter()
        .map(|r| (r.revision, r.version))
        .collect();
    assert_eq!(history, [(4, 2), (2, 1)]);
}

#[test]
fn compaction_and_deletion_are_told() {
    let (mut session, leader) = three();
    for value in ["1", "2", "3"] {
        ask(&mut session, leader, Request::put("a", value));
    }
    let compact = CompactionRequest {
        revision: 4,
        physical: false,
    };
    ask(&mut session, leader, Request::Compaction(compact));
    let before = view(&session, &wanted(leader), "a");
    assert_eq!(before.compacted, 4);
    let open = before.open.unwrap();
    assert_eq!((open.history.len(), open.compacted), (1, 2));

    ask(&mut session, leader, Request::delete("a"));
    let mut wanted = wanted(leader);
    assert!(view(&session, &wanted, "a").rows.is_empty());
    wanted.filter = Filter::Deleted;
    let after = view(&session, &wanted, "a");
    assert_eq!(after.rows[0].here, Standing::Deleted(5));
    let open = after.open.unwrap();
    assert_eq!((open.history[0].version, open.value), (0, None));
}

#[test]
fn a_member_that_lags_is_marked_on_both_sides() {
    let (mut session, leader) = three();
    ask(&mut session, leader, Request::put("a", "old"));
    ask(&mut session, leader, Request::put("b", "same"));
    let away = NodeId(leader.0 % 3 + 1);
    session.act(Action::Pause { member: away }).unwrap();
    ask(&mut session, leader, Request::put("a", "new"));
    ask(&mut session, leader, Request::put("c", "fresh"));
    let here = view(&session, &wanted(leader), "a");
    let marks = |view: &KeysView| -> Vec<(String, Option<(NodeId, Lag)>)> {
        let mark = |row: &KeyRow| row.elsewhere.first().map(|other| (other.member, other.lag));
        view.rows
            .iter()
            .map(|row| (row.name.clone(), mark(row)))
            .collect()
    };
    let behind = Some((away, Lag::Behind));
    let expected = [
        ("a".to_owned(), behind),
        ("b".to_owned(), None),
        ("c".to_owned(), behind),
    ];
    assert_eq!(marks(&here), expected);
    let store = here
        .stores
        .iter()
        .find(|store| store.member == away)
        .unwrap();
    assert_eq!((store.revision, store.behind), (Some(3), 2));

    let there = view(&session, &wanted(away), "c");
    assert_eq!(names(&there), ["a", "b", "c"]);
    assert_eq!(there.rows[2].here, Standing::Absent);
    assert!(
        there.rows[2]
            .elsewhere
            .iter()
            .all(|other| other.lag == Lag::Ahead)
    );
    let different = Wanted {
        filter: Filter::Different,
        ..wanted(leader)
    };
    assert_eq!(names(&view(&session, &different, "")), ["a", "c"]);
}

#[test]
fn a_crashed_member_has_no_keys_in_memory() {
    let (mut session, leader) = three();
    ask(&mut session, leader, Request::put("a", "1"));
    session.act(Action::Crash { member: leader }).unwrap();
    let view = view(&session, &wanted(leader), "a");
    assert!(!view.running && view.rows.is_empty() && view.open.is_none());
    let others: Vec<_> = view.stores.iter().map(|store| store.revision).collect();
    assert_eq!(
        others.iter().filter(|revision| revision.is_none()).count(),
        1
    );
}

#[test]
fn leases_have_the_time_that_the_leader_counts() {
    let (mut session, leader) = three();
    let grant = LeaseGrantRequest {
        ttl: 60,
        id: LeaseId(0x10),
    };
    ask(&mut session, leader, Request::LeaseGrant(grant));
    let put = PutRequest {
        key: "lock".into(),
        value: "joe".into(),
        lease: LeaseId(0x10),
        ..PutRequest::default()
    };
    ask(&mut session, leader, Request::Put(put));
    session.advance(10_000_000);
    let other = NodeId(leader.0 % 3 + 1);
    let view_of = |session: &Session| view(session, &wanted(other), "lock");
    let lease = view_of(&session).leases[0].clone();
    assert_eq!((&lease.id[..], lease.granted), ("0000000000000010", 60));
    assert_eq!((lease.keys, &lease.first_key[..]), (1, "lock"));
    assert!(
        lease.left.is_some_and(|left| (48..=50).contains(&left)),
        "{lease:?}"
    );
    session.act(Action::Crash { member: leader }).unwrap();
    session.advance(10_000);
    assert_eq!(view_of(&session).leases[0].left, None);
}

#[test]
fn prefixes_and_pages_take_a_part_of_the_list() {
    let (mut session, leader) = three();
    for key in ["a/1", "a/2", "b", "\u{1}odd"] {
        ask(&mut session, leader, Request::put(key, "v"));
    }
    let world = session.world();
    let prefix = |prefix: &str| Wanted {
        prefix: prefix.to_owned(),
        ..wanted(leader)
    };
    assert_eq!(listing(world, &prefix("a/")), ["a/1", "a/2"]);
    assert_eq!(listing(world, &prefix("\\x01")), ["\u{1}odd"]);
    let all = listing(world, &prefix(""));
    assert_eq!(all.len(), 4);
    let part = page(world, &prefix(""), &all, (2, 1), None);
    assert_eq!((part.first, part.total, names(&part)), (2, 4, vec!["a/2"]));
    assert!(page(world, &prefix(""), &all, (9, 5), None).rows.is_empty());
}

#[test]
fn two_lists_in_order_are_one() {
    let list = |keys: &[&'static str]| -> Vec<Bytes> {
        keys.iter()
            .map(|key| Bytes::from_static(key.as_bytes()))
            .collect()
    };
    let (one, other) = (list(&["b", "d", "e"]), list(&["a", "b", "c", "f"]));
    assert_eq!(
        union(&one, &mut other.iter()),
        list(&["a", "b", "c", "d", "e", "f"])
    );
    assert_eq!(union(&[], &mut other.iter()), other);
    assert_eq!(union(&one, &mut [].iter()), one);
}
