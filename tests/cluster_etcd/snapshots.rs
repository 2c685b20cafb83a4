//! Members that take snapshots, and those that get one.

use crate::support::SECOND;
use quorum::check::Checker;
use quorum::cluster::{
    Action, Call, ClientId, Job, NewMember, Program, World, WorldOptions, usual_client_url,
};
use quorum::kv::Request;
use quorum::raft::{Index, NodeId};

/// A world under all checkers.
struct Watched {
    world: World,
    checker: Checker,
}

impl Watched {
    fn new() -> Watched {
        let mut options = WorldOptions::etcd();
        options.raft.compaction_distance = 20;
        options.raft.compaction_tail = 5;
        Watched {
            world: World::new(options, 3).unwrap(),
            checker: Checker::default(),
        }
    }

    fn act(&mut self, action: Action) {
        self.world.act(action).unwrap();
        self.look();
    }

    fn look(&mut self) {
        let facts = self.world.take_trace();
        let broken = self.checker.observe(&facts, &self.world);
        assert_eq!(broken.len(), 0, "{}", broken[0]);
    }

    fn pass(&mut self, us: u64) {
        let until = self.world.now().after(us);
        while self.world.next_time().is_some_and(|next| next <= until) {
            self.world.step();
            self.look();
        }
    }

    fn run(&mut self, job: Job) {
        let url = usual_client_url(NodeId(1));
        self.act(Action::Run {
            client: ClientId(0),
            program: Box::new(Program::new(vec![url], job)),
            typed: String::new(),
        });
        self.pass(SECOND / 10);
    }

    fn write(&mut self, count: u64) {
        for number in 0..count {
            let key = format!("k{}", number % 7);
            let put = Request::put(key, number.to_string());
            self.run(Job::Call(Call::Store(put)));
        }
    }
}

#[test]
fn a_member_that_was_away_for_long_gets_a_snapshot_and_is_like_the_others() {
    let mut watched = Watched::new();
    watched.pass(3 * SECOND);
    watched.act(Action::Crash { member: NodeId(3) });
    watched.write(60);
    watched.act(Action::Restart { member: NodeId(3) });
    watched.write(10);
    watched.pass(3 * SECOND);
    let server = |id| watched.world.member(NodeId(id)).unwrap().server().unwrap();
    assert!(server(1).node().first_index() > Index(40));
    assert!(server(3).node().snapshot_index() > Index(0));
    assert_eq!(server(3).store(), server(1).store());
    let names = |id| {
        server(id)
            .roster()
            .members()
            .map(|(_, info)| info.clone())
            .collect::<Vec<_>>()
    };
    assert_eq!(names(3), names(1));
}

#[test]
fn a_member_starts_from_its_own_snapshot() {
    let mut watched = Watched::new();
    watched.pass(3 * SECOND);
    watched.write(60);
    for member in [1, 2, 3].map(NodeId) {
        watched.act(Action::Crash { member });
    }
    for member in [1, 2, 3].map(NodeId) {
        watched.act(Action::Restart { member });
    }
    watched.pass(5 * SECOND);
    let server = |id| watched.world.member(NodeId(id)).unwrap().server().unwrap();
    assert_eq!(server(2).store().get(b"k3").unwrap().value, "59");
    assert!(server(2).is_serving());
}

#[test]
fn a_new_member_learns_from_a_snapshot_who_is_in_the_cluster() {
    let mut watched = Watched::new();
    watched.pass(7 * SECOND);
    watched.write(50);
    let peer_urls = vec!["http://127.0.0.1:42380".to_owned()];
    let learner = false;
    watched.run(Job::Call(Call::MemberAdd(NewMember { peer_urls, learner })));
    watched.write(30);
    watched.act(Action::Join { member: NodeId(4) });
    watched.pass(3 * SECOND);
    let server = watched.world.member(NodeId(4)).unwrap().server().unwrap();
    assert!(server.node().snapshot_index() > Index(0));
    let names: Vec<String> = server
        .roster()
        .members()
        .map(|(_, info)| info.name.clone())
        .collect();
    assert_eq!(names, ["infra1", "infra2", "infra3", "infra4"]);
    assert!(server.is_serving());
}
