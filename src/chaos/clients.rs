//! What clients do, drawn at random: most of it are the generated loads that the page has too; beside
//! them single requests of other kinds, and watches.

use super::case::Case;
use crate::cluster::{
    Action, ClientId, Job, KeyChoice, Load, Program, WatchRequest, World, usual_client_url,
};
use crate::kv::{
    CompactionRequest, Compare, CompareTarget, DeleteRangeRequest, LeaseGrantRequest, LeaseId,
    PutRequest, RangeRequest, Request, RequestOp, SortOrder, SortTarget, TxnRequest,
};
use crate::raft::NodeId;
use bytes::Bytes;
use rand::RngExt;
use rand::seq::IndexedRandom;
use rand_pcg::Pcg32;

// Most of what is written belongs to a key alone; see `pair`.

/// So many clients have a load, and the next so many ask single things and watch.
const LOADED: u8 = 3;
const OTHERS: u8 = 3;

/// No more programs are started while so many run.
const MOST_PROGRAMS: usize = 4;

/// Draws what clients do.
#[derive(Clone, Debug)]
pub(super) struct Clients {
    rng: Pcg32,
    /// How many of the first deeds are done: each client's load, and a watch.
    begun: u8,
    values: u64,
}

impl Clients {
    pub fn new(case: &Case) -> Clients {
        Clients {
            rng: case.stream("chaos clients"),
            begun: 0,
            values: 0,
        }
    }

    /// What is done before anything else.
    pub fn begin(&mut self, world: &World) -> Option<Action> {
        if self.begun > LOADED {
            return None;
        }
        self.begun += 1;
        Some(match self.begun {
            ..=LOADED => self.load(ClientId(self.begun - 1)),
            _ => self.watch(world),
        })
    }

    /// What is done now. It may be impossible.
    pub fn draw(&mut self, world: &World) -> Action {
        match self.rng.random_range(0..40) {
            0 => {
                let client = ClientId(self.rng.random_range(0..LOADED));
                self.load(client)
            }
            1..4 if world.programs().count() < MOST_PROGRAMS => self.watch(world),
            4 => self.interrupt(world),
            _ => {
                let request = self.request(world);
                Action::Request {
                    client: self.other(),
                    member: self.member(world),
                    request,
                }
            }
        }
    }

    fn other(&mut self) -> ClientId {
        ClientId(self.rng.random_range(LOADED..LOADED + OTHERS))
    }

    /// Any member.
    fn member(&mut self, world: &World) -> NodeId {
        let ids: Vec<NodeId> = world.members().map(|member| member.id()).collect();
        *ids.choose(&mut self.rng).expect("a cluster has members")
    }

    fn load(&mut self, client: ClientId) -> Action {
        let reads = self.rng.random_range(10..70);
        let load = Load {
            per_second: self.rng.random_range(1..=15),
            keys: self.rng.random_range(1..=4),
            choice: match self.rng.random_ratio(1, 2) {
                true => KeyChoice::Uniform,
                false => KeyChoice::Zipf,
            },
            reads,
            swaps: self.rng.random_range(0..30),
            value_bytes: self.rng.random_range(0..60),
            members: Vec::new(),
            stale: self.rng.random_range(0..60),
            // Few: where a key may be gone without anybody asking, every lost answer to a put doubles
            // what the check of linearizability has to try.
            leased: self.rng.random_range(0..12),
        };
        let load = Some(load);
        Action::SetLoad { client, load }
    }

    /// A watch of some of the keys, from now on or from earlier, that may turn to all members.
    fn watch(&mut self, world: &World) -> Action {
        let mut members: Vec<NodeId> = world.members().map(|member| member.id()).collect();
        let turn = self.rng.random_range(0..members.len());
        members.rotate_left(turn);
        let (key, range_end) = *[
            ("", "\0"),
            ("load/", "load0"),
            ("load/0", ""),
            ("key", "kez"),
            ("key1", "load/1"),
        ]
        .choose(&mut self.rng)
        .expect("there are some");
        let newest = newest(world);
        let request = WatchRequest {
            key: key.into(),
            range_end: range_end.into(),
            start_revision: match self.rng.random_range(0..4) {
                0 => 1,
                1 => self.rng.random_range(1..=newest + 3),
                _ => 0,
            },
            prev_kv: self.rng.random_ratio(1, 2),
            progress_notify: self.rng.random_ratio(1, 4),
            no_put: self.rng.random_ratio(1, 8),
            no_delete: self.rng.random_ratio(1, 8),
        };
        let program = Program {
            endpoints: members.into_iter().map(usual_client_url).collect(),
            command_timeout_us: Program::COMMAND_TIMEOUT_US,
            job: Job::Watch(vec![request]),
            ..Program::default()
        };
        Action::Run {
            client: self.other(),
            program: Box::new(program),
            typed: String::new(),
        }
    }

    /// Ends a watch. (If there is none, the action is impossible.)
    fn interrupt(&mut self, world: &World) -> Action {
        let watches = |job: &Job| matches!(job, Job::Watch(_));
        let running = world.programs().find(|it| watches(&it.program.job));
        let run = running.map_or(world.next_run(), |running| running.run);
        Action::Interrupt { run }
    }

    fn key(&mut self) -> Bytes {
        format!("key{}", self.rng.random_range(0..4)).into()
    }

    fn value(&mut self) -> Bytes {
        self.values += 1;
        self.values.to_string().into()
    }

    fn request(&mut self, world: &World) -> Request {
        let key = self.key();
        match self.rng.random_range(0..40) {
            0..16 => Request::put(key, self.value()),
            16..21 => Request::delete(key),
            21..28 => Request::get(key, false),
            28 => Request::get(key, true),
            29..33 => Request::Range(self.stale_range(world)),
            33 | 34 => self.pair(),
            35 => Request::LeaseGrant(LeaseGrantRequest {
                ttl: 1,
                id: LeaseId(self.rng.random_range(1..4)),
            }),
            36 | 37 => Request::Put(PutRequest {
                key: "leased".into(),
                value: self.value(),
                lease: LeaseId(self.rng.random_range(1..4)),
                prev_kv: true,
                ..PutRequest::default()
            }),
            38 => Request::get("leased", false),
            _ => Request::Compaction(CompactionRequest {
                revision: newest(world) - self.rng.random_range(0..20),
                physical: false,
            }),
        }
    }

    /// Several keys, as they are at a member or were at some time.
    fn stale_range(&mut self, world: &World) -> RangeRequest {
        let some = |rng: &mut Pcg32, most: i64| match rng.random_ratio(1, 2) {
            true => rng.random_range(0..=most),
            false => 0,
        };
        let newest = newest(world);
        let (key, range_end) = *[("", "\0"), ("key", "kez"), ("load/", "load0")]
            .choose(&mut self.rng)
            .expect("there are some");
        let revision = some(&mut self.rng, newest);
        RangeRequest {
            key: Bytes::from_static(if key.is_empty() {
                b"\0"
            } else {
                key.as_bytes()
            }),
            range_end: range_end.into(),
            limit: some(&mut self.rng, 4),
            revision,
            sort_order: *[SortOrder::None, SortOrder::Ascend, SortOrder::Descend]
                .choose(&mut self.rng)
                .expect("there are some"),
            sort_target: *[SortTarget::Key, SortTarget::Mod, SortTarget::Value]
                .choose(&mut self.rng)
                .expect("there are some"),
            serializable: revision == 0 || self.rng.random_ratio(1, 2),
            keys_only: self.rng.random_ratio(1, 4),
            count_only: self.rng.random_ratio(1, 8),
            min_mod_revision: some(&mut self.rng, newest) / 4,
            ..RangeRequest::default()
        }
    }

    /// Something with two keys at once. They are two of their own, since what happens to keys that
    /// belong together has to be put into one order, and that takes long if it is much.
    fn pair(&mut self) -> Request {
        let [first, second] = [Bytes::from_static(b"pair0"), Bytes::from_static(b"pair1")];
        let end = Bytes::from_static(b"pair2");
        let delete = DeleteRangeRequest {
            key: first.clone(),
            range_end: end.clone(),
            prev_kv: true,
        };
        let value = self.value();
        let put = |key: &Bytes| {
            RequestOp::Put(PutRequest {
                key: key.clone(),
                value: value.clone(),
                ..PutRequest::default()
            })
        };
        match self.rng.random_range(0..4) {
            0 => Request::DeleteRange(delete),
            1 => Request::Range(RangeRequest {
                key: first,
                range_end: end,
                ..RangeRequest::default()
            }),
            _ => {
                let missing = Compare {
                    key: first.clone(),
                    target: CompareTarget::Create(0),
                    ..Compare::default()
                };
                Request::Txn(TxnRequest {
                    compare: vec![missing],
                    success: vec![put(&first), put(&second)],
                    failure: vec![RequestOp::DeleteRange(delete)],
                })
            }
        }
    }
}

/// The newest revision that any member has.
fn newest(world: &World) -> i64 {
    let servers = world.members().filter_map(|member| member.server());
    let revisions = servers.map(|server| server.store().revision().0);
    i64::try_from(revisions.max().unwrap_or(1)).unwrap_or(i64::MAX)
}
