//! Faults by hand, as a person asks for them.

use super::*;
use crate::cluster::{Address, ClientId};
use crate::ui::console::Key;
use crate::view::RoleView;
use crate::view::deeds::{Deed, KNOBS, Way};
use crate::view::wall;

fn group(ids: &[u64]) -> Vec<NodeId> {
    ids.iter().copied().map(NodeId).collect()
}

fn link(from: u64, to: u64) -> Target {
    Target::Link(Address::Member(NodeId(from)), Address::Member(NodeId(to)))
}

fn connected(model: &Model, from: u64, to: u64) -> bool {
    let world = model.session.world();
    world.connected(NodeId(from), NodeId(to))
}

#[test]
fn the_cut_panel_proposes_the_largest_minority() {
    for (members, minority) in [(2, 1), (3, 1), (4, 1), (5, 2), (6, 2), (9, 4)] {
        let mut model = model(members);
        model.update(Message::TogglePanel(Panel::Cut));
        assert_eq!(model.cut.sizes(), [members - minority, minority]);
    }
}

#[test]
fn members_change_groups_and_the_cut_follows() {
    let mut model = model(5);
    model.update(Message::TogglePanel(Panel::Cut));
    model.update(Message::NextGroup(NodeId(1)));
    model.update(Message::NextGroup(NodeId(5)));
    model.update(Message::Cut);
    assert_eq!(*model.slices.groups, [group(&[1, 3, 4]), group(&[2, 5])]);
    assert_eq!(model.panel, None);
    model.update(Message::Heal(Place::Stage));
    assert_eq!(model.slices.groups.len(), 1);
}

/// Three members with a leader, to which a member with this address is being added.
fn adding(url: &str) -> Model {
    let mut model = model(3);
    model.session.advance(1_000_000);
    let line = format!("etcdctl member add newcomer --peer-urls={url}");
    for key in [Key::Open(true), Key::Type(line), Key::Enter] {
        model.update(key.into());
    }
    model
}

fn pass_a_second(model: &mut Model) {
    model.session.advance(1_000_000);
    model.refresh();
}

#[test]
fn a_member_that_was_added_is_offered_to_be_started() {
    let mut model = adding("http://127.0.0.1:42380");
    assert!(model.slices.unstarted.is_empty());
    pass_a_second(&mut model);
    assert_eq!(*model.slices.unstarted, [(NodeId(4), "infra4".to_owned())]);
    assert_eq!(model.slices.ids.len(), 3);
    model.update(Message::Join(NodeId(4)));
    assert!(model.slices.unstarted.is_empty());
    pass_a_second(&mut model);
    assert_eq!(model.slices.members[3].name, "infra4");
    let logs: Vec<usize> = model
        .slices
        .rows
        .iter()
        .map(|row| row.cells.len())
        .collect();
    assert!(
        logs.iter().all(|cells| *cells == logs[0]),
        "it has caught up: {logs:?}"
    );
    model.update(Message::Join(NodeId(4)));
    assert!(model.notice_at(Place::Stage).is_some(), "only once");
}

#[test]
fn a_member_that_comes_while_the_cut_is_prepared_has_a_group() {
    let mut model = adding("http://127.0.0.1:42380");
    pass_a_second(&mut model);
    model.update(Message::TogglePanel(Panel::Cut));
    assert_eq!(model.cut.sizes(), [2, 1]);
    model.update(Message::Join(NodeId(4)));
    assert_eq!(model.cut.sizes(), [3, 1]);
    model.update(Message::NextGroup(NodeId(4)));
    assert_eq!(model.cut.sizes(), [2, 2]);
}

#[test]
fn there_can_be_as_many_groups_as_members() {
    let mut model = model(5);
    model.update(Message::TogglePanel(Panel::Cut));
    model.update(Message::Groups(3));
    for member in [5, 5] {
        model.update(Message::NextGroup(NodeId(member)));
    }
    model.update(Message::Cut);
    assert_eq!(
        *model.slices.groups,
        [group(&[1, 2]), group(&[3, 4]), group(&[5])]
    );
    model.update(Message::TogglePanel(Panel::Cut));
    assert_eq!(model.cut.groups, 3, "it proposes the present cut");
    model.update(Message::Groups(99));
    assert_eq!(model.cut.groups, 5);
    model.update(Message::Groups(0));
    assert_eq!(model.cut.sizes(), [2, 3]);
}

#[test]
fn crash_and_restart_share_a_key_and_so_do_pause_and_isolate() {
    let mut model = model(3);
    let role = |model: &Model| model.slices.member(NodeId(2)).unwrap().role;
    model.update(Message::Switch(Deed::Crash, NodeId(2)));
    assert_eq!(role(&model), RoleView::Crashed);
    model.update(Message::Switch(Deed::Crash, NodeId(2)));
    assert_ne!(role(&model), RoleView::Crashed);
    for expected in [true, false] {
        model.update(Message::Switch(Deed::Pause, NodeId(2)));
        let machine = &model.slices.member(NodeId(2)).unwrap().machine;
        assert_eq!(machine.paused, expected);
        model.update(Message::Switch(Deed::Isolate, NodeId(2)));
        assert_eq!(connected(&model, 1, 2), !expected);
    }
}

#[test]
fn a_fault_for_a_while_ends_and_one_at_a_time_waits() {
    let mut model = model(3);
    model.update(Message::Look(Target::Member(NodeId(3)), false));
    model.update(Message::Type(Field::Lasts, "0.5".to_owned()));
    model.update(Message::Type(Field::At, "0.1".to_owned()));
    model.update(Message::Do(Deed::Pause, Place::Inspector));
    assert_eq!(model.notice, None);
    let paused = |model: &Model| model.slices.member(NodeId(3)).unwrap().machine.paused;
    assert!(!paused(&model) && model.slices.faults[0].planned);
    model.session.advance(200_000);
    model.refresh();
    assert!(paused(&model) && !model.slices.faults[0].planned);
    model.session.advance(500_000);
    model.refresh();
    assert!(!paused(&model) && model.slices.faults.is_empty());
}

#[test]
fn a_number_that_makes_no_sense_is_named_and_nothing_is_done() {
    let mut model = model(3);
    model.update(Message::Look(link(1, 2), false));
    let before = model.session.steps();
    for (text, says) in [("soon", "no number"), ("-1", "0 to 60000"), ("1e9", "1e9")] {
        model.update(Message::Type(Field::Knob(7), text.to_owned()));
        model.update(Message::Do(Deed::Delay, Place::Inspector));
        let notice = model.notice_at(Place::Inspector).unwrap();
        assert!(notice.contains(says), "{notice}");
    }
    model.update(Message::Type(Field::Knob(7), "30".to_owned()));
    model.update(Message::Type(Field::Lasts, "0".to_owned()));
    model.update(Message::Do(Deed::Delay, Place::Inspector));
    assert!(model.notice_at(Place::Inspector).is_some());
    assert_eq!(model.session.steps(), before);
}

#[test]
fn a_link_is_cut_one_way_and_mended() {
    let mut model = model(3);
    model.update(Message::Look(link(1, 2), false));
    model.update(Message::SetWay(Way::Back));
    model.update(Message::Do(Deed::Cut, Place::Inspector));
    assert!(connected(&model, 1, 2) && !connected(&model, 2, 1));
    assert_eq!(model.slices.links.len(), 1);
    model.update(Message::Do(Deed::Mend, Place::Inspector));
    assert!(model.slices.links.is_empty());
}

#[test]
fn what_was_set_goes_back_to_usual() {
    let mut model = model(3);
    model.update(Message::Look(Target::Member(NodeId(2)), false));
    model.update(Message::Do(Deed::ClockRate, Place::Inspector));
    let remarks = |model: &Model| {
        let member = model.slices.member(NodeId(2)).unwrap();
        member.machine.remarks.len()
    };
    assert_eq!(remarks(&model), 1);
    model.update(Message::Undo(Deed::ClockRate));
    assert_eq!(remarks(&model), 0);
}

#[test]
fn a_message_is_followed_from_one_end_to_the_other() {
    let mut model = model(3);
    while model.slices.flights.is_empty() {
        model.update(Message::Step);
    }
    model.update(Message::LookAtNextMessage);
    let Target::Message(first) = model.tools.target else {
        panic!("{:?}", model.tools.target)
    };
    assert!(model.bar && model.message.is_some());
    model.update(Message::LookAtNextMessage);
    assert_ne!(model.tools.target, Target::Message(first));
    model.update(Message::Look(Target::Message(first), false));
    model.update(Message::Do(Deed::Deliver, Place::Stage));
    let message = model.message.as_ref().unwrap();
    assert!(matches!(
        message.state,
        crate::view::MessageState::Arrived(_)
    ));
    assert!(model.tools.deeds.is_empty(), "nothing is left to be done");
}

#[test]
fn the_keyboard_goes_through_the_links_of_a_member() {
    let mut model = model(3);
    model.update(Message::Select(NodeId(2)));
    let mut seen = Vec::new();
    for _ in 0..3 {
        model.update(Message::LookAtNextLink);
        seen.push(model.tools.target);
    }
    assert_eq!(seen, [link(2, 1), link(2, 3), link(2, 1)]);
}

#[test]
fn a_stroke_on_a_cut_network_cuts_further_and_a_wall_heals_alone() {
    let mut model = model(5);
    model.update(Message::CutOff(group(&[4, 5])));
    model.update(Message::CutOff(group(&[5, 1])));
    assert_eq!(model.slices.groups.len(), 4);
    model.update(Message::CutOff(group(&[5, 1])));
    assert!(model.notice_at(Place::Stage).is_some(), "cut already");
    model.update(Message::MoveWall(group(&[4]), vec![]));
    assert_eq!(model.slices.groups.len(), 3);
    model.update(Message::Heal(Place::Stage));
    model.update(Message::CutOff(group(&[4, 5])));
    model.update(Message::MoveWall(group(&[4, 5]), group(&[5])));
    assert_eq!(*model.slices.groups, [group(&[1, 2, 3, 4]), group(&[5])]);
    model.update(Message::MoveWall(group(&[5]), vec![]));
    assert_eq!(model.slices.groups.len(), 1);
}

#[test]
fn walls_leave_links_alone_that_were_cut_one_by_one() {
    let mut model = model(5);
    model.update(Message::Look(link(1, 2), false));
    model.update(Message::SetWay(Way::There));
    model.update(Message::Do(Deed::Cut, Place::Stage));
    model.update(Message::CutOff(group(&[5])));
    assert!(!connected(&model, 1, 5) && !connected(&model, 1, 2));
    let walled = wall::walled(&model.slices.groups, &model.slices.links);
    assert!(walled.contains(&group(&[5])));
    model.update(Message::MoveWall(group(&[5]), vec![]));
    assert!(connected(&model, 1, 5) && connected(&model, 5, 1));
    assert!(!connected(&model, 1, 2), "this one stays");
}

#[test]
fn a_new_client_sends_by_itself_until_it_is_stopped() {
    let mut model = model(3);
    model.update(Message::LookAtNewClient);
    assert_eq!(model.tools.target, Target::Client(ClientId(0)));
    model.update(Message::Do(Deed::StartLoad, Place::Inspector));
    assert_eq!(model.notice, None);
    model.session.advance(2_000_000);
    model.refresh();
    let client = &model.slices.clients[0];
    assert_eq!((client.load, client.last.is_some()), (Some(20), true));
    model.update(Message::LookAtNewClient);
    assert_eq!(model.tools.target, Target::Client(ClientId(1)));
    model.update(Message::Look(Target::Client(ClientId(0)), false));
    model.update(Message::Do(Deed::StopLoad, Place::Stage));
    assert_eq!(model.slices.clients[0].load, None);
}

#[test]
fn numbers_are_proposed_for_everything() {
    let model = model(3);
    assert_eq!(model.tools.knobs.len(), KNOBS.len());
}
