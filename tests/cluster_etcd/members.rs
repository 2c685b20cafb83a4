//! Members come, are promoted, and go; the leadership moves.

use crate::support::{Etcd, SECOND, answer, endpoints};
use quorum::cluster::{
    Action, ActionError, AnswerBody, Call, ClientError, EDITION, End, Job, MemberInfo, MemberUrls,
    NewMember, ProgramError, ProgramEvent, WorldOptions, member_id,
};
use quorum::kv::{CompactionRequest, Request};
use quorum::raft::NodeId;

fn add(etcd: &mut Etcd, port: u64, learner: bool) -> Result<MemberInfo, String> {
    let new = NewMember {
        peer_urls: vec![format!("http://127.0.0.1:{port}")],
        learner,
    };
    let answer = etcd.call(&[1], Call::MemberAdd(new))?;
    match answer.body {
        AnswerBody::Members { member, .. } => Ok(*member.unwrap()),
        other => panic!("{other:?}"),
    }
}

fn list(etcd: &mut Etcd) -> Vec<MemberInfo> {
    match etcd.call(&[1], Call::MemberList(true)).unwrap().body {
        AnswerBody::Members { members, .. } => members,
        other => panic!("{other:?}"),
    }
}

fn names(etcd: &mut Etcd) -> Vec<String> {
    let told = |member: MemberInfo| match (member.name.as_str(), member.is_learner) {
        ("", _) => "unstarted".to_owned(),
        (name, true) => format!("{name} learns"),
        (name, false) => name.to_owned(),
    };
    list(etcd).into_iter().map(told).collect()
}

#[test]
fn a_learner_joins_is_promoted_and_votes() {
    let mut etcd = Etcd::new();
    etcd.put(&[1], "before", "joining").unwrap();
    let added = add(&mut etcd, 42380, true).unwrap();
    assert_eq!(
        names(&mut etcd),
        ["infra1", "infra2", "infra3", "unstarted"]
    );
    let promote = Call::MemberPromote(added.id);
    assert_eq!(
        etcd.call(&[1], promote.clone()).unwrap_err(),
        "etcdserver: can only promote a learner member which is in sync with leader"
    );
    assert_eq!(
        add(&mut etcd, 52380, true).unwrap_err(),
        "etcdserver: too many learner members in cluster"
    );
    etcd.act(Action::Join { member: NodeId(4) });
    etcd.pass(2 * SECOND);
    assert_eq!(
        names(&mut etcd),
        ["infra1", "infra2", "infra3", "infra4 learns"]
    );
    assert_eq!(
        etcd.get(&[4], "before").unwrap_err(),
        "etcdserver: rpc not supported for learner"
    );
    assert_eq!(
        etcd.read(&[4], "before", true),
        Ok(Some("joining".to_owned()))
    );
    etcd.call(&[2], promote.clone()).unwrap();
    assert_eq!(
        etcd.call(&[1], promote).unwrap_err(),
        "etcdserver: can only promote a learner member"
    );
    etcd.pass(SECOND);
    assert_eq!(etcd.put(&[4], "now", "voter"), Ok(()));
    etcd.crash(2);
    etcd.crash(1);
    etcd.pass(5 * SECOND);
    assert_eq!(etcd.leader(), None, "two of four are no quorum");
}

#[test]
fn what_a_learner_refuses_is_asked_of_the_next_endpoint() {
    for edition in [EDITION, 0] {
        let mut etcd = Etcd::with(WorldOptions {
            edition,
            ..WorldOptions::etcd()
        });
        add(&mut etcd, 42380, true).unwrap();
        etcd.act(Action::Join { member: NodeId(4) });
        etcd.pass(2 * SECOND);
        let refused = "etcdserver: rpc not supported for learner".to_owned();
        assert_eq!(etcd.put(&[4], "a", "1"), Err(refused.clone()));
        // Which connection is there first is a matter of luck.
        etcd.pass(SECOND);
        let answers: Vec<_> = (0..8).map(|_| etcd.put(&[4, 1], "a", "1")).collect();
        assert_eq!(answers.contains(&Err(refused)), edition == 0, "{answers:?}");
    }
}

#[test]
fn a_learner_is_promoted_by_the_next_leader_if_the_first_one_dies() {
    let mut etcd = Etcd::new();
    let added = add(&mut etcd, 42380, true).unwrap();
    etcd.act(Action::Join { member: NodeId(4) });
    etcd.pass(2 * SECOND);
    etcd.crash(1);
    assert!(etcd.call(&[2], Call::MemberPromote(added.id)).is_ok());
}

#[test]
fn a_voter_that_has_not_started_blocks_the_next_one() {
    let mut etcd = Etcd::new();
    assert_eq!(
        add(&mut etcd, 22380, false).unwrap_err(),
        "etcdserver: Peer URLs already exists"
    );
    let added = add(&mut etcd, 42380, false).unwrap();
    assert_eq!(
        add(&mut etcd, 52380, false).unwrap_err(),
        "etcdserver: unhealthy cluster"
    );
    let moved = MemberUrls {
        id: added.id,
        peer_urls: vec!["http://127.0.0.1:42390".to_owned()],
    };
    etcd.call(&[1], Call::MemberUpdate(moved)).unwrap();
    assert_eq!(list(&mut etcd)[3].peer_urls, ["http://127.0.0.1:42390"]);
    etcd.call(&[1], Call::MemberRemove(added.id)).unwrap();
    for call in [
        Call::MemberRemove(added.id),
        Call::MemberPromote(0x1234),
        Call::MemberUpdate(MemberUrls {
            id: 0x1234,
            peer_urls: vec!["http://127.0.0.1:1".to_owned()],
        }),
    ] {
        let error = etcd.call(&[1], call).unwrap_err();
        assert_eq!(error, ClientError::MemberNotFound.to_string());
    }
    assert_eq!(names(&mut etcd), ["infra1", "infra2", "infra3"]);
}

fn alone() -> Etcd {
    Etcd::with(WorldOptions {
        members: 1,
        ..WorldOptions::etcd()
    })
}

#[test]
fn a_cluster_of_one_member_grows() {
    let mut etcd = alone();
    etcd.put(&[1], "before", "growing").unwrap();
    add(&mut etcd, 22380, false).unwrap();
    let few = "etcdserver: re-configuration failed due to not enough started members";
    assert_eq!(add(&mut etcd, 32380, false).unwrap_err(), few);
    etcd.act(Action::Join { member: NodeId(2) });
    etcd.pass(6 * SECOND);
    assert_eq!(names(&mut etcd), ["infra1", "infra2"]);
    assert_eq!(etcd.get(&[2], "before"), Ok(Some("growing".to_owned())));
    add(&mut etcd, 32380, false).unwrap();
    etcd.act(Action::Join { member: NodeId(3) });
    etcd.pass(2 * SECOND);
    assert_eq!(names(&mut etcd), ["infra1", "infra2", "infra3"]);
}

/// Who votes and who learns, as Raft has it and as the list of members has it.
fn agrees(etcd: &Etcd) -> bool {
    etcd.world
        .members()
        .filter_map(|member| member.server())
        .all(|server| {
            let conf = server.node().conf();
            let listed = |learners: bool| -> Vec<NodeId> {
                let members = server.roster().members();
                let of = members.filter(|(_, info)| info.is_learner == learners);
                of.map(|(id, _)| id).collect()
            };
            conf.voters == listed(false) && conf.learners == listed(true)
        })
}

#[test]
fn two_members_that_are_added_at_once_are_two() {
    for apart in 0..20 {
        let mut etcd = Etcd::new();
        let new = |port: u64, learner| {
            let peer_urls = vec![format!("http://127.0.0.1:{port}")];
            Job::Call(Call::MemberAdd(NewMember { peer_urls, learner }))
        };
        etcd.begin(&[2], new(42380, false));
        etcd.pass(apart * 200);
        etcd.begin(&[3], new(52380, true));
        etcd.pass(8 * SECOND);
        assert!(agrees(&etcd), "{} µs apart", apart * 200);
    }
}

#[test]
fn there_is_one_learner_even_if_two_are_added_at_once() {
    for apart in 0..20 {
        let mut etcd = Etcd::new();
        for (member, port) in [(2, 42380), (3, 52380)] {
            let peer_urls = vec![format!("http://127.0.0.1:{port}")];
            let learner = true;
            let new = NewMember { peer_urls, learner };
            etcd.begin(&[member], Job::Call(Call::MemberAdd(new)));
            etcd.pass(apart * 200);
        }
        etcd.pass(8 * SECOND);
        assert!(agrees(&etcd), "{} µs apart", apart * 200);
        assert_eq!(names(&mut etcd).len(), 4, "{} µs apart", apart * 200);
    }
}

#[test]
fn nobody_is_added_while_a_voter_is_away() {
    let mut etcd = Etcd::new();
    etcd.crash(3);
    etcd.pass(SECOND);
    for learner in [false, true] {
        assert_eq!(
            add(&mut etcd, 42380, learner).unwrap_err(),
            "etcdserver: unhealthy cluster"
        );
    }
    etcd.start(3);
    etcd.pass(SECOND);
    let soon = add(&mut etcd, 42380, true).unwrap_err();
    assert_eq!(soon, "etcdserver: unhealthy cluster");
    etcd.pass(5 * SECOND);
    assert!(add(&mut etcd, 42380, true).is_ok());
}

#[test]
fn a_member_that_is_removed_ends_and_cannot_be_started_again() {
    let mut etcd = Etcd::new();
    etcd.call(&[1], Call::MemberRemove(member_id(NodeId(2))))
        .unwrap();
    etcd.pass(4 * SECOND);
    let removed = etcd.world.member(NodeId(2)).unwrap();
    assert!(removed.server().is_none());
    etcd.start(2);
    let removed = etcd.world.member(NodeId(2)).unwrap();
    let words = "the member has been permanently removed from the cluster";
    assert_eq!(removed.failure(), Some(words));
    assert_eq!(etcd.put(&[3], "k", "v"), Ok(()));
}

#[test]
fn a_leader_that_is_removed_hands_over() {
    let mut etcd = Etcd::new();
    etcd.call(&[2], Call::MemberRemove(member_id(NodeId(1))))
        .unwrap();
    etcd.pass(5 * SECOND);
    assert!(etcd.world.member(NodeId(1)).unwrap().server().is_none());
    assert_eq!(etcd.put(&[3], "k", "v"), Ok(()));
}

#[test]
fn only_members_that_were_added_can_join() {
    let mut etcd = Etcd::new();
    let join = |member| Action::Join { member };
    assert_eq!(
        etcd.world.act(join(NodeId(4))),
        Err(ActionError::NotAdded(NodeId(4)))
    );
    assert_eq!(
        etcd.world.act(join(NodeId(3))),
        Err(ActionError::HasStarted(NodeId(3)))
    );
}

#[test]
fn the_list_of_members_needs_a_quorum_and_the_status_does_not() {
    let mut etcd = Etcd::new();
    etcd.crash(2);
    etcd.crash(3);
    etcd.pass(4 * SECOND);
    assert_eq!(
        etcd.call(&[1], Call::MemberList(true)).unwrap_err(),
        "context deadline exceeded"
    );
    let AnswerBody::Status(status) = etcd.call(&[1], Call::Status).unwrap().body else {
        panic!();
    };
    assert_eq!(
        (status.leader, &status.errors[..]),
        (0, &["etcdserver: no leader".to_owned()][..])
    );
}

#[test]
fn the_leadership_moves_through_the_leaders_endpoint() {
    let mut etcd = Etcd::new();
    let to = |member| member_id(NodeId(member));
    let (said, _) = etcd.run(&[1, 2, 3], Job::MoveLeader(to(2)));
    let moved = ProgramEvent::Moved {
        from: to(1),
        to: to(2),
    };
    assert_eq!(said, [moved, ProgramEvent::Ended(End::Done)]);
    assert_eq!(etcd.leader(), Some(2));
    let (said, _) = etcd.run(&[1], Job::MoveLeader(to(3)));
    assert_eq!(said[0], ProgramEvent::NoLeaderEndpoint);
    let (said, _) = etcd.run(&[2], Job::MoveLeader(0x1234));
    assert_eq!(
        answer(&said).unwrap_err(),
        "etcdserver: bad leader transferee"
    );
    let (said, _) = etcd.run(&[2], Job::MoveLeader(to(2)));
    assert!(matches!(said[0], ProgramEvent::Moved { .. }));
    etcd.crash(3);
    let (said, took) = etcd.run(&[3, 2], Job::MoveLeader(to(1)));
    assert_eq!(answer(&said).unwrap_err(), "context deadline exceeded");
    assert_eq!(took, 5);
}

#[test]
fn the_dead_are_asked_one_after_the_other_and_their_health_at_once() {
    let mut etcd = Etcd::new();
    etcd.crash(2);
    etcd.crash(3);
    etcd.pass(4 * SECOND);
    let (said, took) = etcd.run(&[1, 2, 3], Job::Each(Call::Status));
    let [
        ProgramEvent::Answered { endpoint, .. },
        ProgramEvent::Failed { error, .. },
        ProgramEvent::Failed { .. },
        _,
    ] = &said[..]
    else {
        panic!("{said:?}");
    };
    assert_eq!(*endpoint, endpoints(&[1])[0]);
    assert_eq!(*error, ProgramError::Call(ClientError::DeadlineExceeded));
    assert_eq!(took, 10);
    let (said, took) = etcd.run(&[1, 2, 3], Job::Health);
    let sick = |event: &&ProgramEvent| matches!(event, ProgramEvent::Health { error: Some(words), .. } if words == "context deadline exceeded");
    assert_eq!((said.iter().filter(sick).count(), took), (3, 5));
}

#[test]
fn health_tells_the_alarms() {
    let mut etcd = Etcd::with(WorldOptions {
        quota_bytes: 4096,
        ..WorldOptions::etcd()
    });
    let words = "etcdserver: mvcc: database space exceeded";
    assert_eq!(etcd.put(&[1], "k", "v").unwrap_err(), words);
    assert_eq!(
        etcd.call(&[1], Call::Store(Request::delete("k")))
            .map(|_| ()),
        Ok(())
    );
    let (said, _) = etcd.run(&[2], Job::HealthOfMembers);
    let sick = |event: &&ProgramEvent| matches!(event, ProgramEvent::Health { error: Some(words), .. } if words == "Active Alarm(s): NOSPACE ");
    assert_eq!(said.iter().filter(sick).count(), 3);
    let (said, _) = etcd.run(&[1], Job::Disarm);
    assert_eq!(said.len(), 2);
    let (said, _) = etcd.run(&[1], Job::Health);
    assert!(matches!(said[0], ProgramEvent::Health { error: None, .. }));
    assert_eq!(etcd.put(&[1], "k", "v").unwrap_err(), words);
}

#[test]
fn the_flags_of_a_member_are_those_that_would_start_it() {
    let mut etcd = Etcd::new();
    add(&mut etcd, 42380, true).unwrap();
    etcd.act(Action::Join { member: NodeId(4) });
    etcd.pass(2 * SECOND);
    let line = |etcd: &Etcd, member| {
        let flags = quorum::cluster::flags(&etcd.world, NodeId(member)).into_iter();
        let words = flags.map(|(flag, value)| format!("{flag} {value}"));
        words.collect::<Vec<_>>().join("\n")
    };
    let peers =
        "infra1=http://127.0.0.1:2380,infra2=http://127.0.0.1:22380,infra3=http://127.0.0.1:32380";
    let wanted = |name: &str, port: &str, more: &str, state: &str| {
        let (client, peer) = (
            format!("http://127.0.0.1:{port}79"),
            format!("http://127.0.0.1:{port}80"),
        );
        format!(
            "--name {name}\n--listen-client-urls {client}\n--advertise-client-urls {client}\n\
             --listen-peer-urls {peer}\n--initial-advertise-peer-urls {peer}\n\
             --initial-cluster-token etcd-cluster-1\n--initial-cluster {peers}{more}\n\
             --initial-cluster-state {state}"
        )
    };
    assert_eq!(line(&etcd, 2), wanted("infra2", "223", "", "new"));
    let fourth = ",infra4=http://127.0.0.1:42380";
    assert_eq!(line(&etcd, 4), wanted("infra4", "423", fourth, "existing"));
}

#[test]
fn what_compaction_frees_stays_part_of_the_database_over_a_restart_until_it_is_defragmented() {
    let mut options = WorldOptions::etcd();
    // A start begins with a snapshot, which holds nothing of what was freed.
    options.raft.compaction_distance = 1;
    let mut etcd = Etcd::with(options);
    let sizes = |etcd: &mut Etcd| match etcd.call(&[2], Call::Status).unwrap().body {
        AnswerBody::Status(status) => (status.db_size, status.db_size_in_use),
        other => panic!("{other:?}"),
    };
    for _ in 0..20 {
        let put = Request::put("k", vec![0; 8_000]);
        etcd.call(&[1], Call::Store(put)).unwrap();
    }
    let compaction = Request::Compaction(CompactionRequest {
        revision: 21,
        physical: true,
    });
    etcd.call(&[1], Call::Store(compaction)).unwrap();
    let (before, in_use) = sizes(&mut etcd);
    assert!(before > 160_000 && in_use < 40_000, "{before}, {in_use}");
    etcd.crash(2);
    etcd.start(2);
    etcd.pass(SECOND);
    assert_eq!(sizes(&mut etcd), (before, in_use));
    etcd.call(&[2], Call::Defragment).unwrap();
    assert_eq!(sizes(&mut etcd), (in_use, in_use));
}
