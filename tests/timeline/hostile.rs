//! Texts that were damaged, or made to do damage.

use crate::support::{eventful, session};
use base64ct::{Base64UrlUnpadded, Encoding};
use quorum::cluster::{Action, WorldOptionsError};
use quorum::raft::NodeId;
use quorum::sim::SimTime;
use quorum::timeline::{
    MAX_ACTIONS, MAX_BRANCHES, MAX_STEPS, MAX_TEXT, OpenError, Position, RecordedAction, Replay,
    ReplayError, Replayer, Saved,
};
use xxhash_rust::xxh3::xxh3_64;

/// A code around this body, with a good checksum.
pub fn code(kind: u8, body: &[u8]) -> String {
    let mut bytes = vec![kind];
    bytes.extend(body);
    let checksum = xxh3_64(&bytes).to_le_bytes();
    bytes.extend(&checksum[..4]);
    Base64UrlUnpadded::encode_string(&bytes)
}

/// The body of a code, decompressed.
pub fn body(code: &str) -> Vec<u8> {
    let bytes = Base64UrlUnpadded::decode_vec(code).unwrap();
    let body = &bytes[1..bytes.len() - 4];
    match bytes[0] % 2 {
        0 => body.to_vec(),
        _ => miniz_oxide::inflate::decompress_to_vec(body).unwrap(),
    }
}

#[test]
fn a_link_with_one_wrong_letter_is_refused() {
    let code = eventful(1).save().to_code();
    for place in 0..code.len() {
        for letter in ["A", "b", "_", "7"] {
            let mut wrong = code.clone();
            wrong.replace_range(place..=place, letter);
            if wrong != code {
                assert!(Saved::from_text(&wrong).is_err(), "{letter} at {place}");
            }
        }
    }
}

#[test]
fn a_link_that_was_cut_off_is_refused() {
    let code = eventful(1).save().to_code();
    for length in 1..code.len() {
        let refused = Saved::from_text(&code[..length]);
        assert_eq!(refused, Err(OpenError::Damaged), "{length} letters");
    }
}

#[test]
fn something_else_is_recognised_as_such() {
    for text in ["", "  \n", "#", "#r="] {
        let refused = Saved::from_text(text).unwrap_err();
        assert!(matches!(refused, OpenError::Empty | OpenError::Damaged));
    }
    for text in [
        "hello world",
        "https://example.org/",
        "{}",
        "{\"format\":3}",
        "ä",
    ] {
        assert_eq!(Saved::from_text(text), Err(OpenError::Foreign), "{text}");
    }
    let long = "A".repeat(MAX_TEXT + 1);
    assert_eq!(Saved::from_text(&long), Err(OpenError::TooLong));
}

#[test]
fn a_link_of_a_later_version_is_recognised() {
    let body = body(&eventful(1).save().to_code());
    assert!(Saved::from_text(&code(2, &body)).is_ok());
    assert_eq!(Saved::from_text(&code(4, &body)), Err(OpenError::Newer(2)));
    assert_eq!(
        Saved::from_text(&code(255, &[])),
        Err(OpenError::Newer(127))
    );
}

#[test]
fn an_unknown_field_is_not_ignored() {
    let mut body = body(&eventful(1).save().to_code());
    // One more field in the first message: number 15, value 1.
    body[0] += 2;
    let end = usize::from(body[0]) + 1 - 2;
    body.splice(end..end, [15 << 3, 1]);
    assert_eq!(Saved::from_text(&code(2, &body)), Err(OpenError::Unknown));
}

#[test]
fn a_body_that_is_too_long_is_refused() {
    let stored = vec![0; 5 << 20];
    assert_eq!(Saved::from_text(&code(2, &stored)), Err(OpenError::TooLong));
}

#[test]
fn absurd_numbers_of_things_are_refused_at_once() {
    // No options, 2^63 more branches.
    let head = [11, 3 << 3, 255, 255, 255, 255, 255, 255, 255, 255, 255, 1];
    let refused = Saved::from_text(&code(2, &head));
    assert!(matches!(
        refused,
        Err(OpenError::Value(_) | OpenError::Damaged)
    ));
    // One branch with 2^35 actions.
    let head = [2, 2 << 3 | 2, 0, 7, 5 << 3, 255, 255, 255, 255, 255, 1];
    let refused = Saved::from_text(&code(2, &head));
    assert!(matches!(refused, Err(OpenError::Value(_))), "{refused:?}");
}

/// Changes a good recording and returns why it is refused.
fn refused(change: impl Fn(&mut Saved)) -> ReplayError {
    let mut saved = eventful(1).save();
    change(&mut saved);
    // Whatever it says, it can be written and read without a panic.
    for text in [saved.to_file(), saved.to_code()] {
        if let Err(error) = Saved::from_text(&text) {
            assert!(!error.to_string().is_empty());
        }
    }
    Replayer::new(saved.clone()).map_or_else(|error| error, |_| saved.replay().unwrap_err())
}

#[test]
fn impossible_options_are_refused() {
    for members in [0, 26, 1_000_000_000] {
        let error = refused(|saved| saved.options.members = members);
        let members = WorldOptionsError::Members(members);
        assert_eq!(error, ReplayError::Options(members));
    }
    let error = refused(|saved| saved.options.network.latency_us = u64::MAX);
    assert!(matches!(error, ReplayError::Options(_)));
    let error = refused(|saved| saved.options.raft.heartbeat_interval = 0);
    assert!(matches!(error, ReplayError::Options(_)));
}

#[test]
fn actions_at_impossible_places_are_refused() {
    type Change = fn(&mut Vec<RecordedAction>);
    let changes: [Change; 8] = [
        |actions| actions[0].step = 0,
        |actions| actions[0].step += 1,
        |actions| actions[0].step -= 1,
        |actions| actions[1].step = actions[0].step,
        |actions| actions[1].step = u64::MAX,
        |actions| actions[1].time = SimTime(actions[0].time.0 - 1),
        |actions| actions[0].time = SimTime(0),
        |actions| actions.swap(1, 2),
    ];
    for (number, change) in changes.into_iter().enumerate() {
        let error = refused(|saved| change(&mut saved.branches[0].actions));
        assert!(
            matches!(error, ReplayError::Place { .. }),
            "{number}: {error}"
        );
    }
}

#[test]
fn impossible_actions_are_refused() {
    let error = refused(|saved| {
        saved.branches[0].actions[1].action = Action::Restart { member: NodeId(1) };
    });
    assert!(matches!(error, ReplayError::Action { .. }));
    assert!(error.to_string().contains("infra1 is running"), "{error}");
}

#[test]
fn ends_and_playheads_have_to_exist() {
    let far = Position {
        step: 1_000,
        time: SimTime(1),
    };
    let error = refused(|saved| saved.branches[0].end = far);
    assert!(matches!(error, ReplayError::Place { .. }), "{error}");
    let error = refused(|saved| saved.playhead.step += 1);
    assert!(matches!(error, ReplayError::Place { .. }), "{error}");
    let error = refused(|saved| saved.branches[0].fork = far);
    assert!(matches!(error, ReplayError::Place { .. }), "{error}");
    let error = refused(|saved| saved.current = 1);
    assert_eq!(error, ReplayError::Branches(1));
}

#[test]
fn what_would_take_too_long_is_refused_before_it_is_begun() {
    let error = refused(|saved| saved.branches[0].end.step = MAX_STEPS + 1);
    assert_eq!(error, ReplayError::TooManySteps(MAX_STEPS + 1));
    let error = refused(|saved| saved.branches[0].end.time = SimTime(u64::MAX));
    assert_eq!(error, ReplayError::TooLate(SimTime(u64::MAX)));
    let error = refused(|saved| {
        let one = saved.branches[0].actions[0].clone();
        saved.branches[0].actions = vec![one; MAX_ACTIONS + 1];
    });
    assert_eq!(error, ReplayError::TooManyActions(MAX_ACTIONS + 1));
    let error = refused(|saved| {
        saved.branches = vec![saved.branches[0].clone(); MAX_BRANCHES + 1];
    });
    assert_eq!(error, ReplayError::Branches(MAX_BRANCHES + 1));
}

#[test]
fn branches_have_to_grow_on_branches() {
    let two = |saved: &mut Saved| {
        let mut branch = saved.branches[0].clone();
        branch.name = "two".to_owned();
        saved.branches.push(branch);
    };
    for parent in [None, Some(1), Some(2)] {
        let error = refused(|saved| {
            two(saved);
            saved.branches[1].parent = parent;
        });
        assert_eq!(error, ReplayError::Parent(1));
    }
    let error = refused(|saved| saved.branches[0].parent = Some(0));
    assert_eq!(error, ReplayError::Parent(0));
    for name in ["main", "", &"x".repeat(1_000)] {
        let error = refused(|saved| {
            two(saved);
            saved.branches[1].parent = Some(0);
            saved.branches[1].name = name.to_owned();
        });
        assert!(matches!(error, ReplayError::Name(_)), "{name}: {error}");
    }
}

#[test]
fn a_replay_can_be_done_in_slices() {
    let mut session = session(5, 3);
    session.advance(3_000_000);
    session.seek(SimTime(1_000_000));
    session.act(Action::Crash { member: NodeId(1) }).unwrap();
    session.advance(3_000_000);
    let saved = session.save();
    let mut replay = Replay::Running(Box::new(Replayer::new(saved).unwrap()));
    let (mut slices, mut done) = (0, 0);
    let opened = loop {
        match replay {
            Replay::Running(replayer) => {
                let progress = replayer.progress();
                assert!(progress.done >= done && progress.done - done <= 100);
                assert!(progress.done < progress.total);
                done = progress.done;
                slices += 1;
                replay = replayer.advance(100).unwrap();
            }
            Replay::Done(opened) => break opened,
        }
    };
    assert!(slices > 10, "{slices}");
    assert_eq!(opened.save(), session.save());
    assert_eq!(opened.trace_hash(), session.trace_hash());
}
