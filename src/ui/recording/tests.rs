//! Runs that come and go, without a browser.

use super::super::forms::Verb;
use super::super::message::{Message, Panel};
use super::super::model::Model;
use super::{Kept, Origin, Recording, Wish};
use crate::cluster::Action;
use crate::raft::NodeId;
use crate::view::deeds::Deed;

/// A page whose run has an action and has gone on for some seconds.
fn model() -> Model {
    let mut model = Model::new(5, 7).unwrap();
    model.session.advance(1_000_000);
    model.update(Message::Switch(Deed::Crash, NodeId(2)));
    model.session.advance(3_000_000);
    model.refresh();
    model
}

fn record(model: &mut Model, ask: Recording) -> bool {
    model.update(Message::Record(ask))
}

fn opened(text: &str, origin: Origin) -> Model {
    let mut other = Model::new(3, 1).unwrap();
    record(&mut other, Recording::Open(text.to_string(), origin));
    finish(&mut other);
    other
}

fn finish(model: &mut Model) {
    while model.recording.progress().is_some() {
        record(model, Recording::Slice(500));
    }
}

fn link(model: &mut Model) -> String {
    record(model, Recording::Share);
    let shared = model.recording.shared.clone().unwrap();
    shared.link.unwrap()
}

#[test]
fn a_link_opens_the_same_run_paused() {
    let mut model = model();
    let link = link(&mut model);
    assert_eq!(model.panel, Some(Panel::Share));
    assert_eq!(model.recording.wish, Some(Wish::Copy));
    let other = opened(&link, Origin::Link);
    assert_eq!(other.session.trace_hash(), model.session.trace_hash());
    assert_eq!(other.slices.members.len(), 5);
    assert!(!other.playback.playing);
    assert!(other.timeline.told.is_some());
    assert_ne!(other.runs, model.runs, "it is kept as another run");
}

#[test]
fn a_file_holds_all_branches() {
    let mut model = model();
    model.session.seek(crate::sim::SimTime(2_000_000));
    model.update(Message::Send(Verb::Put));
    record(&mut model, Recording::Save);
    let Some(Wish::File(name, text)) = model.recording.wish.clone() else {
        panic!("a file is to be saved");
    };
    assert!(name.ends_with(".quorum"));
    let other = opened(&text, Origin::File);
    assert_eq!(other.session.branches().count(), 2);
    assert_eq!(other.session.position(), model.session.position());
}

#[test]
fn bad_input_leaves_the_run_alone_and_says_why() {
    for text in [
        "",
        "#r=",
        "#r=AAAA",
        "#r=!",
        "{\"format\":\"else\"}",
        "{",
        "a picture",
    ] {
        let mut model = model();
        let before = model.session.trace_hash();
        record(&mut model, Recording::Open(text.to_string(), Origin::Link));
        assert!(model.recording.error.is_some(), "{text}");
        assert_eq!(model.session.trace_hash(), before, "{text}");
        record(&mut model, Recording::Dismiss);
        assert_eq!(model.recording.error, None);
    }
}

#[test]
fn a_run_that_cannot_have_been_ends_with_a_reason() {
    let mut model = model();
    let mut saved = model.session.save();
    let crash = &mut saved.branches[0].actions[0];
    assert_eq!(crash.action, Action::Crash { member: NodeId(2) });
    // A member that runs cannot be restarted.
    crash.action = Action::Restart { member: NodeId(2) };
    let broken = saved.to_file();
    let before = model.session.trace_hash();
    record(&mut model, Recording::Open(broken, Origin::File));
    finish(&mut model);
    let error = model.recording.error.clone().unwrap_or_default();
    assert!(error.contains("impossible"), "{error}");
    assert_eq!(model.session.trace_hash(), before);
}

#[test]
fn opening_can_be_cancelled() {
    let mut model = Model::new(5, 7).unwrap();
    model.session.advance(30_000_000);
    let code = model.session.save().to_code();
    let mut other = Model::new(3, 1).unwrap();
    record(&mut other, Recording::Open(code, Origin::File));
    let progress = other.recording.progress().expect("it takes a while");
    assert!(progress.done > 0 && progress.done < progress.total);
    record(&mut other, Recording::Cancel);
    assert_eq!(other.recording.progress(), None);
    assert_eq!(other.slices.members.len(), 3);
    assert!(!record(&mut other, Recording::Slice(100)));
}

#[test]
fn the_run_before_can_be_had_back() {
    let mut model = model();
    let before = model.session.trace_hash();
    let other = Model::new(3, 1).unwrap().session.save().to_code();
    record(&mut model, Recording::Open(other, Origin::File));
    finish(&mut model);
    assert_eq!(model.slices.members.len(), 3);
    record(&mut model, Recording::Back);
    finish(&mut model);
    assert_eq!(model.session.trace_hash(), before);
}

#[test]
fn what_the_browser_kept_goes_on_as_it_was() {
    let mut model = model();
    let code = model.session.save().to_code();
    model.session.advance(500_000);
    model.update(Message::SetSpeed(9));
    model.playback.playing = true;
    let kept = Kept::of(&model, &code);
    let mut other = Model::new(3, 1).unwrap();
    other.take_up(code, Some(kept));
    finish(&mut other);
    assert_eq!(other.session.position(), model.session.position());
    assert!(other.playback.playing);
    assert_eq!(other.playback.speed.step(), 9);
    assert!(other.recording.before.is_none());
}

#[test]
fn what_was_kept_and_cannot_be_opened_can_be_saved() {
    let mut model = Model::new(3, 1).unwrap();
    model.take_up("damaged".to_string(), None);
    assert!(model.recording.error.is_some());
    record(&mut model, Recording::SaveKept);
    let wish = model.recording.wish.clone();
    assert_eq!(wish, Some(Wish::File("kept.quorum", "damaged".to_string())));
}

#[test]
fn a_run_that_is_too_long_for_a_link_says_so() {
    let mut model = Model::new(1, 1).unwrap();
    model.session.advance(1_000_000);
    // A value that no compression makes short.
    let mut number: u64 = 7;
    let digits = (0..5_000).map(|_| {
        number = number
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        number.to_string()
    });
    let value = digits.collect();
    model.update(Message::Type(super::super::message::Field::Value, value));
    model.update(Message::Send(Verb::Put));
    record(&mut model, Recording::Share);
    let shared = model.recording.shared.clone().unwrap();
    assert!(shared.link.unwrap_err().contains("file"));
}

#[test]
fn a_damaged_link_does_not_cost_the_run_of_the_last_visit() {
    let kept = model();
    let code = kept.session.save().to_code();
    let mut other = Model::new(3, 1).unwrap();
    other.lay_aside(&code, None);
    record(
        &mut other,
        Recording::Open("#r=AAAA".to_string(), Origin::Link),
    );
    finish(&mut other);
    assert_eq!(other.session.trace_hash(), kept.session.trace_hash());
    assert!(other.recording.error.is_some(), "and it says why");
}

#[test]
fn a_link_leaves_the_run_of_the_last_visit_to_go_back_to() {
    let kept = model();
    let code = kept.session.save().to_code();
    let link = link(&mut Model::new(4, 9).unwrap());
    let mut other = Model::new(3, 1).unwrap();
    other.lay_aside(&code, None);
    record(&mut other, Recording::Open(link, Origin::Link));
    finish(&mut other);
    assert_eq!(other.slices.members.len(), 4);
    record(&mut other, Recording::Back);
    finish(&mut other);
    assert_eq!(other.session.trace_hash(), kept.session.trace_hash());
}
