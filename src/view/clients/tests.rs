use super::super::trial::{ask, stale, three};
use super::*;
use crate::kv::{Compare, CompareTarget, PutRequest, Request, RequestOp, TxnRequest, prefix_end};
use crate::sim::SimTime;

const SIZE: (f64, f64) = (400.0, 300.0);

fn wanted(session: &Session) -> Wanted {
    let view = View {
        from: 900_000,
        span_us: 600_000,
    };
    let (to, now) = (view.to(), session.now());
    assert!(now < to, "{now} is not in sight");
    Wanted {
        view,
        size: SIZE,
        prefix: String::new(),
        chosen: None,
    }
}

fn keys(picture: &Picture) -> Vec<&str> {
    let lanes = picture.lanes.iter().filter(|lane| lane.of.is_none());
    lanes.map(|lane| &lane.name[..]).collect()
}

fn labels(picture: &Picture) -> Vec<&str> {
    let texts = picture
        .shapes
        .iter()
        .filter(|shape| shape.look == Look::Label);
    let texts = texts.filter_map(|shape| match &shape.form {
        Form::Text(_, words) => Some(&words[..]),
        _ => None,
    });
    texts.collect()
}

fn spot(picture: &Picture, id: u64) -> &Spot {
    let thing = Thing::Operation(OperationId(id));
    picture
        .spots
        .iter()
        .find(|spot| spot.thing == thing)
        .unwrap()
}

#[test]
fn each_key_has_a_lane_and_operations_at_once_have_rows_of_their_own() {
    let (mut session, leader) = three();
    ask(&mut session, 0, leader, Request::put("b", "1"));
    ask(&mut session, 1, leader, Request::put("b", "2"));
    ask(&mut session, 2, leader, Request::put("a", "3"));
    session.advance(200_000);
    ask(&mut session, 0, leader, Request::get("b", false));
    session.advance(200_000);
    let picture = clients(&session, &wanted(&session));
    assert_eq!(keys(&picture), ["a", "b"]);
    assert_eq!(
        (picture.count(Look::Write), picture.count(Look::Operation)),
        (3, 1)
    );
    assert_ne!(spot(&picture, 1).from.y, spot(&picture, 2).from.y);
    assert_eq!(
        spot(&picture, 1).from.y,
        spot(&picture, 4).from.y,
        "there is room again"
    );
    assert_eq!(picture.count(Look::Effect), 3);
    let said = &spot(&picture, 4).description;
    assert!(
        said.contains("client A") && said.contains("get b"),
        "{said}"
    );
    assert!(
        labels(&picture)
            .iter()
            .any(|label| label.contains("get → ")),
        "{picture:?}"
    );
    let members = picture.lanes.iter().filter(|lane| lane.of.is_some());
    assert_eq!(members.count(), 3);
    assert!(picture.height > 0.0);
}

#[test]
fn transactions_and_ranges_are_in_the_lanes_of_their_keys() {
    let put = |key: &'static str| {
        RequestOp::Put(PutRequest {
            key: key.into(),
            value: "v".into(),
            ..PutRequest::default()
        })
    };
    let txn = TxnRequest {
        compare: vec![Compare {
            key: "a".into(),
            target: CompareTarget::Version(0),
            ..Compare::default()
        }],
        success: vec![put("b"), put("a")],
        failure: vec![RequestOp::Txn(TxnRequest {
            success: vec![put("c")],
            ..TxnRequest::default()
        })],
    };
    let spans = |call: &crate::cluster::Call| -> Vec<String> {
        lanes::keys_of(call).iter().map(name).collect()
    };
    let call = |request| crate::cluster::Call::Store(request);
    assert_eq!(spans(&call(Request::Txn(txn))), ["a", "b", "c"]);
    let range = |key: &'static str, end: bytes::Bytes| {
        Request::Range(crate::kv::RangeRequest {
            key: key.into(),
            range_end: end,
            ..crate::kv::RangeRequest::default()
        })
    };
    assert_eq!(spans(&call(range("a/", prefix_end(b"a/")))), ["a/*"]);
    assert_eq!(spans(&call(range("a", "c".into()))), ["a…c"]);
    assert_eq!(
        spans(&call(range("a", bytes::Bytes::from_static(&[0])))),
        ["≥ a"]
    );
    assert_eq!(spans(&crate::cluster::Call::Status), ["–"]);
}

#[test]
fn what_nobody_knows_the_end_of_is_open_at_its_end() {
    let (mut session, leader) = three();
    let groups = vec![
        vec![leader],
        (1..=3).map(NodeId).filter(|id| *id != leader).collect(),
    ];
    session.act(Action::Partition { groups }).unwrap();
    ask(&mut session, 0, leader, Request::put("a", "1"));
    session.advance(100_000);
    let mut wanted = wanted(&session);
    let waits = clients(&session, &wanted);
    assert_eq!((waits.count(Look::Open), waits.count(Look::Effect)), (1, 0));
    assert!(
        labels(&waits).iter().any(|label| label.ends_with('…')),
        "{:?}",
        labels(&waits)
    );
    assert_eq!(waits.count(Look::Cut), 1);
    let deed = waits
        .spots
        .iter()
        .find(|spot| matches!(spot.thing, Thing::Deed(_)))
        .unwrap();
    assert!(!deed.description.is_empty());

    session.advance(12_000_000);
    wanted.view = View {
        from: 900_000,
        span_us: 10_000_000,
    };
    let unknown = clients(&session, &wanted);
    assert_eq!(
        unknown.count(Look::Open),
        2,
        "the bar, and where the client gave up"
    );
    // Long after that it is still open.
    wanted.view.from = 11_000_000;
    wanted.view.span_us = 1_000_000;
    assert!(clients(&session, &wanted).count(Look::Open) > 0);
    let page = operation_page(&session, OperationId(1)).unwrap();
    assert!(page.unknown && page.effect.is_none() && page.returned.is_some());
}

#[test]
fn what_comes_after_the_playhead_stays_in_sight() {
    let (mut session, leader) = three();
    ask(&mut session, 0, leader, Request::put("a", "1"));
    session.advance(200_000);
    ask(&mut session, 0, leader, Request::get("a", false));
    session.advance(200_000);
    let wanted = wanted(&session);
    let live = clients(&session, &wanted);
    session.seek(crate::sim::SimTime(1_050_000));
    let past = clients(&session, &wanted);
    let operations = |picture: &Picture| {
        let spots = picture.spots.iter();
        spots
            .filter(|spot| matches!(spot.thing, Thing::Operation(_)))
            .count()
    };
    assert_eq!((operations(&live), operations(&past)), (2, 2));
    assert_eq!(spot(&live, 2).description, spot(&past, 2).description);
    assert!(past.playhead < live.playhead);
    assert_eq!(past.count(Look::Future), 1);
}

#[test]
fn a_contradiction_is_framed_and_the_order_of_the_rest_is_numbered() {
    let session = stale();
    assert!(!session.whole_violations().is_empty(), "the read is stale");
    let mut wanted = wanted_all();
    let picture = clients(&session, &wanted);
    assert!(picture.count(Look::Contradiction) >= 1);
    assert!(
        labels(&picture).iter().any(|label| label.starts_with("! ")),
        "{:?}",
        labels(&picture)
    );
    let page = operation_page(&session, OperationId(3)).unwrap();
    assert!(page.against.is_some());
    wanted.prefix = "b".to_owned();
    assert!(keys(&clients(&session, &wanted)).is_empty());
}

fn wanted_all() -> Wanted {
    let view = View {
        from: 900_000,
        span_us: 1_500_000,
    };
    Wanted {
        view,
        size: (1_400.0, 300.0),
        prefix: String::new(),
        chosen: None,
    }
}

#[test]
fn however_much_is_asked_little_is_drawn() {
    let (mut session, leader) = three();
    for round in 0..60 {
        for client in 0..10 {
            ask(
                &mut session,
                client,
                leader,
                Request::put(format!("k{client}"), format!("{round}")),
            );
        }
        session.advance(5_000);
    }
    let view = View {
        from: 900_000,
        span_us: 1_000_000,
    };
    let wanted = Wanted {
        view,
        ..wanted_all()
    };
    let picture = clients(&session, &wanted);
    assert_eq!(picture.left_out, 200);
    assert!(picture.shapes.len() < 2_000, "{}", picture.shapes.len());
}

#[test]
fn a_picture_is_fitted_to_what_was_asked_up_to_the_playhead() {
    let (mut session, leader) = three();
    assert_eq!(span(&session, ""), None);
    let began = session.now();
    ask(&mut session, 0, leader, Request::put("a", "1"));
    session.advance(20_000);
    assert_eq!(span(&session, ""), Some((began, session.now())));
    session.advance(300_000);
    let second = session.now();
    ask(&mut session, 0, leader, Request::put("b", "1"));
    session.advance(100_000);
    assert_eq!(span(&session, ""), Some((began, session.now())));
    assert_eq!(span(&session, "b"), Some((second, session.now())));
    assert_eq!(span(&session, "c"), None);
    let view = View::around(began, session.now(), LEAST_US);
    assert!(view.start() < began && session.now() < view.to());
    session.seek(SimTime(second.0 - 1));
    assert!(
        span(&session, "").unwrap().1 < second,
        "as far as the playhead"
    );
    session.seek(SimTime(began.0 - 1));
    assert_eq!(span(&session, ""), None);
}

#[test]
fn quiet_time_does_not_push_the_operations_out_of_a_fitted_picture() {
    let (mut session, leader) = three();
    let began = session.now();
    ask(&mut session, 0, leader, Request::put("a", "1"));
    session.advance(30_000_000);
    let (from, to) = span(&session, "").unwrap();
    assert_eq!(from, began);
    assert!(to.0 - from.0 < 1_000_000, "{from} {to}");
    // A read that waits for somebody is not over.
    session.act(Action::Crash { member: leader }).unwrap();
    let waits = session.now();
    ask(&mut session, 1, leader, Request::put("a", "2"));
    session.advance(1_000_000);
    assert_eq!(span(&session, ""), Some((began, session.now())), "{waits}");
}

#[test]
fn of_many_operations_the_latest_are_fitted() {
    let (mut session, leader) = three();
    let mut called = Vec::new();
    for number in 0..80 {
        called.push(session.now());
        ask(
            &mut session,
            0,
            leader,
            Request::put(format!("k{number}"), "v"),
        );
        session.advance(50_000);
    }
    assert_eq!(span(&session, ""), Some((called[20], session.now())));
}
