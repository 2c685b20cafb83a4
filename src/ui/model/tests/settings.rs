//! The panel that starts another cluster, as a person fills it in.

use super::*;
use crate::raft::rules::Rule;
use crate::view::settings::preset;

fn open(members: usize) -> Model {
    let mut model = model(members);
    model.update(Message::TogglePanel(Panel::NewCluster));
    model
}

#[test]
fn a_preset_starts_with_its_options() {
    let mut model = open(5);
    model.update(Message::Preset(2));
    model.update(Message::Start);
    assert_eq!(model.session.options(), &preset(2));
    model.update(Message::TogglePanel(Panel::NewCluster));
    assert_eq!(model.cluster.preset, 2, "the panel knows what runs");
}

#[test]
fn single_options_change_and_groups_go_back() {
    let mut model = open(3);
    model.update(Message::Type(Field::Setting(0), "55.5".to_owned()));
    model.update(Message::ToggleSetting(16));
    assert!(model.cluster.is_changed(0) && model.cluster.is_changed(3));
    model.update(Message::ResetGroup(3));
    assert!(model.cluster.is_changed(0) && !model.cluster.is_changed(3));
    model.update(Message::Start);
    let options = model.session.options();
    assert_eq!((options.members, options.network.latency_us), (3, 55_500));
    assert!(options.raft.pre_vote);
}

#[test]
fn a_wrong_option_is_named_and_nothing_starts() {
    let mut model = open(3);
    let seed = model.session.seed();
    model.update(Message::Type(Field::Seed, "99".to_owned()));
    model.update(Message::Type(Field::Setting(14), "often".to_owned()));
    assert_eq!(model.cluster.options().1[0].0, 14);
    model.update(Message::Start);
    assert_eq!(model.session.seed(), seed);
    assert_eq!(model.focus, Some(".new-cluster [aria-invalid=true]"));
    model.update(Message::Type(Field::Setting(14), "400".to_owned()));
    model.update(Message::Start);
    let notice = model.notice_at(Place::NewCluster).unwrap();
    assert!(notice.contains("heartbeat interval"), "{notice}");
    model.update(Message::Type(Field::Setting(14), "40".to_owned()));
    assert_eq!(model.notice_at(Place::NewCluster), None);
    model.update(Message::Start);
    assert_eq!(model.session.seed(), 99);
}

#[test]
fn a_run_with_a_modified_rule_says_so() {
    let mut model = open(3);
    model.update(Message::ToggleRule(Rule::CommitOwnTerm));
    model.update(Message::ToggleRule(Rule::PreVote));
    model.update(Message::ToggleRule(Rule::PreVote));
    assert!(!model.cluster.rules.on(Rule::CommitOwnTerm));
    model.update(Message::Start);
    assert_eq!(model.slices.vitals.modified, ["commit-own-term"]);
    model.update(Message::TogglePanel(Panel::NewCluster));
    assert!(!model.cluster.rules.all_on());
    model.update(Message::AllRules);
    model.update(Message::Start);
    assert!(model.slices.vitals.modified.is_empty());
}
