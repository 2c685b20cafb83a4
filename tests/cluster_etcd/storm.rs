//! Programs and loads while everything goes wrong, under all checkers.

use crate::support::SECOND;
use quorum::check::Checker;
use quorum::cluster::{
    Action, Call, ClientId, Elect, Fact, Input, Job, Links, Load, Lock, NewMember, OperationId,
    Program, ProgramEvent, RunId, TimeToLive, V2Job, V2Wait, WatchRequest, World, WorldOptions,
    member_id, usual_client_url,
};
use quorum::kv::{CompactionRequest, LeaseGrantRequest, LeaseId, Request, V2Method, V2Request};
use quorum::raft::NodeId;
use rand::{Rng, RngExt, SeedableRng};
use rand_pcg::Pcg32;
use std::collections::BTreeSet;

struct Storm {
    world: World,
    checker: Checker,
    rng: Pcg32,
    /// What was called and has not returned.
    open: BTreeSet<OperationId>,
    ended: BTreeSet<RunId>,
}

impl Storm {
    fn new(seed: u64, options: WorldOptions) -> Storm {
        Storm {
            world: World::new(options, seed).unwrap(),
            checker: Checker::default(),
            rng: Pcg32::seed_from_u64(seed),
            open: BTreeSet::new(),
            ended: BTreeSet::new(),
        }
    }

    fn look(&mut self) {
        let facts = self.world.take_trace();
        let broken = self.checker.observe(&facts, &self.world);
        assert_eq!(broken.len(), 0, "{}", broken[0]);
        for event in facts {
            match event.fact {
                Fact::Called { operation, .. } => assert!(self.open.insert(operation)),
                Fact::Returned { operation, .. } => {
                    assert!(self.open.remove(&operation), "{operation:?} returns twice");
                }
                Fact::Ran { run, event, .. } => {
                    assert!(!self.ended.contains(&run), "{run:?} speaks after its end");
                    if matches!(*event, ProgramEvent::Ended(_)) {
                        self.ended.insert(run);
                    }
                }
                _ => {}
            }
        }
    }

    fn act(&mut self, action: Action) -> bool {
        let done = self.world.act(action).is_ok();
        self.look();
        done
    }

    fn pass(&mut self, us: u64) {
        let until = self.world.now().after(us);
        while self.world.next_time().is_some_and(|next| next <= until) {
            self.world.step();
            self.look();
        }
        self.world.wait_until(until);
    }

    fn member(&mut self) -> NodeId {
        let ids: Vec<NodeId> = self.world.members().map(|member| member.id()).collect();
        ids[self.rng.random_range(0..ids.len())]
    }

    fn key(&mut self) -> String {
        format!("k{}", self.rng.random_range(0..3))
    }

    fn call(&mut self) -> Call {
        let key = self.key();
        let lease = LeaseId(self.rng.random_range(0..5));
        match self.rng.random_range(0..17) {
            0..3 => Call::Store(Request::put(key, self.rng.next_u32().to_string())),
            3..5 => Call::Store(Request::get(key, false)),
            5 => Call::Store(Request::get(key, true)),
            6 => Call::Store(Request::delete(key)),
            7 => Call::Store(Request::LeaseGrant(LeaseGrantRequest { ttl: 2, id: lease })),
            8 => Call::LeaseKeepAlive(lease),
            9 => Call::LeaseTimeToLive(TimeToLive {
                id: lease,
                keys: true,
            }),
            10 => Call::MemberList(true),
            11 => Call::MemberAdd(NewMember {
                peer_urls: vec![format!("http://127.0.0.1:{}", self.rng.random_range(1..9))],
                learner: self.rng.random_range(0..2) == 0,
            }),
            12 => Call::MemberRemove(member_id(self.member())),
            13 => Call::MemberPromote(member_id(self.member())),
            14 => Call::HashKv(0),
            15 => Call::Store(Request::V2(V2Request {
                method: V2Method::Put,
                path: key,
                value: "v".to_owned(),
                expiration: self.rng.random_range(0..2) * SECOND,
                ..V2Request::default()
            })),
            _ => Call::Store(Request::Compaction(CompactionRequest {
                revision: self.rng.random_range(0..20),
                physical: false,
            })),
        }
    }

    fn job(&mut self) -> Job {
        let watch = WatchRequest {
            key: self.key().into(),
            start_revision: self.rng.random_range(0..20),
            ..WatchRequest::default()
        };
        let wait = V2Wait {
            key: self.key(),
            ..V2Wait::default()
        };
        match self.rng.random_range(0..16) {
            0..5 => Job::Call(self.call()),
            5 => Job::Each(self.call()),
            6 => Job::EachMember(Call::Status),
            7 => Job::Health,
            8 => Job::Watch(vec![watch]),
            9 => Job::KeepAlive(LeaseId(self.rng.random_range(0..5))),
            10 => Job::Lock(Lock {
                name: "m".into(),
                ttl: 3,
                hold: self.rng.random_range(0..2) == 0,
            }),
            11 => Job::Elect(Elect {
                name: "e".into(),
                proposal: "p".into(),
                ttl: 3,
            }),
            12 => Job::Observe("e".into()),
            13 => Job::MoveLeader(member_id(self.member())),
            14 => Job::V2(V2Job::WatchForever(wait)),
            _ => Job::V2(V2Job::Call(self.call())),
        }
    }

    fn action(&mut self) -> Action {
        let member = self.member();
        let client = ClientId(self.rng.random_range(0..3));
        let run = RunId(self.rng.random_range(0..self.world.next_run().0 + 1));
        let links = Links::Of(member);
        let for_us = self.rng.random_range(1..2 * SECOND);
        match self.rng.random_range(0..26) {
            0..9 => {
                let count = self.rng.random_range(1..4);
                let endpoints = (0..count)
                    .map(|_| usual_client_url(self.member()))
                    .collect();
                Action::Run {
                    client,
                    program: Box::new(Program::new(endpoints, self.job())),
                    typed: String::new(),
                }
            }
            9..12 => Action::Interrupt { run },
            12 => Action::Feed {
                run,
                input: Input::Watch(WatchRequest::default()),
            },
            13 => Action::Join {
                member: NodeId(self.rng.random_range(4..8)),
            },
            14 => Action::SetLoad {
                client,
                load: Some(Load::default()),
            }
            .during(for_us),
            15 | 16 => Action::Crash { member }.during(for_us),
            17 => Action::Pause { member }.during(for_us),
            18 => Action::CutLinks { links }.during(for_us),
            19 => Action::SetLoss {
                links: Links::between(
                    quorum::cluster::Address::Client(client),
                    quorum::cluster::Address::Member(member),
                ),
                loss_ppm: 200_000,
            }
            .during(for_us),
            20 => Action::SetDuplication {
                links: Links::between(
                    quorum::cluster::Address::Client(client),
                    quorum::cluster::Address::Member(member),
                ),
                duplicate_ppm: 300_000,
            }
            .during(for_us),
            21 => Action::JumpClock {
                member,
                by_us: self.rng.random_range(-3_000_000..3_000_000),
            },
            22 => Action::TimeOutNow { member },
            23 => Action::Restart { member },
            24 => Action::SlowDown {
                member,
                delay_us: 20_000,
            }
            .during(for_us),
            _ => Action::Partition {
                groups: vec![vec![member]],
            }
            .during(for_us),
        }
    }
}

#[test]
fn programs_end_and_raft_keeps_its_promises_whatever_happens() {
    let factor = std::env::var("STORM_FACTOR").map_or(1, |factor| factor.parse().unwrap());
    for seed in 0..12 * factor {
        let mut options = match seed % 2 {
            0 => WorldOptions::etcd(),
            _ => WorldOptions::with_members(3),
        };
        options.raft.compaction_distance = 30;
        options.raft.compaction_tail = 3;
        let mut storm = Storm::new(seed, options);
        storm.pass(2 * SECOND);
        for _ in 0..150 {
            let action = storm.action();
            storm.act(action);
            let gap = storm.rng.random_range(1..300_000);
            storm.pass(gap);
        }
        // Whatever was to end by itself has ended by now.
        storm.pass(60 * SECOND);
        for running in storm.world.programs() {
            let may_go_on = matches!(
                running.program.job,
                Job::Watch(_)
                    | Job::KeepAlive(_)
                    | Job::Lock(_)
                    | Job::Elect(_)
                    | Job::Observe(_)
                    | Job::V2(V2Job::WatchForever(_))
            );
            assert!(
                may_go_on,
                "seed {seed}: {:?} should have ended",
                running.program
            );
        }
        let running: Vec<RunId> = storm.world.programs().map(|running| running.run).collect();
        for run in running {
            storm.act(Action::Interrupt { run });
        }
        for member in (1..8).map(NodeId) {
            storm.act(Action::Restart { member });
        }
        storm.act(Action::Heal);
        storm.pass(20 * SECOND);
    }
}
