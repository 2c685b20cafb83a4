use super::*;
use crate::cluster::{Action, ClientId};
use crate::kv::Request;
use crate::raft::NodeId;

fn written() -> (Model, Index, Term) {
    let mut model = Model::new(3, 1).unwrap();
    model.playback.playing = false;
    model.session.advance(1_000_000);
    let leader = model.session.world().leader().unwrap().id();
    let (client, request) = (ClientId(0), Request::put("name", "joe"));
    let action = Action::Request {
        client,
        member: leader,
        request,
    };
    model.session.act(action).unwrap();
    model.session.advance(200_000);
    model.refresh();
    let node = model.session.world().member(leader).unwrap().server();
    let node = node.unwrap().node();
    let last = node.last_index();
    let term = node.term_at(last).unwrap();
    (model, last, term)
}

#[test]
fn nothing_is_looked_up_while_nobody_looks() {
    let (model, ..) = written();
    assert_eq!(*model.why.page, Page::default());
    assert!(model.why.card.is_none());
}

#[test]
fn the_answer_stays_while_its_links_are_followed_and_is_given_anew_afterwards() {
    let (mut model, index, term) = written();
    let here = model.session.position();
    model.update(Ask::About(Topic::Entry(index, term)).into());
    let answer = model.why.page.why.clone().unwrap();
    let called = answer.chain[0].at.unwrap();
    model.update(Ask::Go(called).into());
    assert_eq!(model.session.position(), called);
    assert_eq!(model.why.page.why.as_ref(), Some(&answer));
    assert!(model.why.page.now < model.why.page.asked);
    model.update(Ask::Back.into());
    assert_eq!(model.session.position(), here);
    assert_eq!(model.why.page.why.as_ref(), Some(&answer));

    model.update(Ask::Go(called).into());
    let entry = Topic::Entry(index, term);
    model.update(Ask::About(entry).into());
    assert_eq!(model.why.page.asked, called, "asked again in the past");
    assert_ne!(model.why.page.why.as_ref(), Some(&answer));
}

#[test]
fn whoever_acts_in_the_past_gets_an_answer_for_the_new_branch() {
    let (mut model, index, term) = written();
    model.update(Ask::About(Topic::Entry(index, term)).into());
    let called = model.why.page.why.as_ref().unwrap().chain[0].at.unwrap();
    model.update(Ask::Go(called).into());
    let member = NodeId(1);
    model.session.act(Action::Crash { member }).unwrap();
    model.refresh();
    assert_eq!(model.why.page.asked, model.session.position());
}

#[test]
fn an_index_means_the_leaders_entry_and_none_where_there_is_none() {
    let (mut model, index, term) = written();
    model.update(Ask::Entry(index).into());
    assert_eq!(model.why.topic, Some(Topic::Entry(index, term)));
    model.update(Ask::Entry(Index(99)).into());
    assert_eq!(model.why.topic, Some(Topic::Entry(index, term)));
}

#[test]
fn while_it_plays_the_answer_is_looked_up_a_few_times_a_second() {
    let (mut model, index, term) = written();
    model.update(Ask::About(Topic::Entry(index, term)).into());
    model.playback.playing = true;
    model.why.age_us = 0;
    let asked = model.why.page.asked;
    model.session.advance(100_000);
    model.refresh();
    assert_eq!(model.why.page.asked, asked);
    model.why.pass(PAUSE_US);
    model.session.advance(100_000);
    model.refresh();
    assert!(model.why.page.asked > asked);
}
