//! Random clusters under random actions: nothing panics, Raft's safety properties hold after every
//! event, and once everything is mended the cluster works again.
//!
//! The cases are the same in every run. For others, or for more:
//! `PROPTEST_RNG_SEED=2 PROPTEST_CASES=5000 cargo test --release --no-default-features --test random_worlds`.

use bytes::Bytes;
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::{RngSeed, TestRunner};
use quorum::cluster::{Action, ClientId, Fact, Packet, WorldOptions};
use quorum::kv::{Request, Store};
use quorum::raft::{Entry, Event, Index, Message, NodeId, Role, Term, VoteVerdict};
use quorum::timeline::Session;
use std::collections::BTreeMap;

/// Something that happens to a random world. Numbers are taken modulo what there is.
#[derive(Clone, Debug)]
enum Deed {
    Put(u8, u8, u8),
    Get(u8, u8, bool),
    Delete(u8, u8),
    Crash(u8),
    Restart(u8),
    Cut(u16),
    CutInThree(u16, u16),
    Heal,
    TimeOut(u8),
    Events(u8),
    Wait(u32),
}

fn deed() -> impl Strategy<Value = Deed> {
    prop_oneof![
        4 => any::<(u8, u8, u8)>().prop_map(|(member, key, value)| Deed::Put(member, key, value)),
        2 => any::<(u8, u8, bool)>().prop_map(|(member, key, local)| Deed::Get(member, key, local)),
        1 => any::<(u8, u8)>().prop_map(|(member, key)| Deed::Delete(member, key)),
        2 => any::<u8>().prop_map(Deed::Crash),
        2 => any::<u8>().prop_map(Deed::Restart),
        1 => any::<u16>().prop_map(Deed::Cut),
        1 => any::<(u16, u16)>().prop_map(|(one, two)| Deed::CutInThree(one, two)),
        2 => Just(Deed::Heal),
        1 => any::<u8>().prop_map(Deed::TimeOut),
        6 => any::<u8>().prop_map(Deed::Events),
        3 => (0..400_000_u32).prop_map(Deed::Wait),
    ]
}

fn options() -> impl Strategy<Value = WorldOptions> {
    let members = prop_oneof![1 => Just(1), 1 => Just(2), 4 => Just(3), 1 => Just(4), 4 => Just(5), 1 => Just(9)];
    let network = (0..20_000_u64, 0..40_000_u64);
    let disk = (0..20_000_u64, 0..20_000_u64);
    let switches = any::<(bool, bool, bool)>();
    (members, network, disk, switches).prop_map(|(members, network, disk, switches)| {
        let mut options = WorldOptions::with_members(members);
        (options.network.latency_us, options.network.jitter_us) = network;
        (options.disk.sync_us, options.disk.jitter_us) = disk;
        // Mostly as etcd has them.
        options.raft.pre_vote = switches.0 || switches.2;
        options.raft.check_quorum = switches.1 || switches.2;
        options
    })
}

impl Deed {
    /// The action, if it is one.
    fn action(&self, members: u64) -> Option<Action> {
        let id = |number: u8| NodeId(u64::from(number) % members + 1);
        let key = |number: u8| Bytes::from(vec![b'a' + number % 3]);
        let client = |number: u8| ClientId(number % 4);
        let request = |client, member, request| Action::Request {
            client,
            member,
            request,
        };
        let side = |bits: u16, place: u16| -> Vec<NodeId> {
            let inside = |id: &NodeId| (u64::from(bits) >> (id.0 + u64::from(place) - 1)) & 1 == 1;
            (1..=members).map(NodeId).filter(inside).collect()
        };
        Some(match self {
            Deed::Put(m, k, v) => {
                let (key, value) = (key(*k), vec![*v]);
                request(client(*v), id(*m), Request::put(key, value))
            }
            Deed::Get(m, k, serializable) => {
                let (key, serializable) = (key(*k), *serializable);
                request(client(*k), id(*m), Request::get(key, serializable))
            }
            Deed::Delete(m, k) => {
                let key = key(*k);
                request(client(*m), id(*m), Request::delete(key))
            }
            Deed::Crash(m) => Action::Crash { member: id(*m) },
            Deed::Restart(m) => Action::Restart { member: id(*m) },
            Deed::Cut(bits) => Action::Partition {
                groups: vec![side(*bits, 0)],
            },
            Deed::CutInThree(one, two) => Action::Partition {
                groups: vec![side(*one & !*two, 0), side(*two, 0)],
            },
            Deed::Heal => Action::Heal,
            Deed::TimeOut(m) => Action::TimeOutNow { member: id(*m) },
            Deed::Events(_) | Deed::Wait(_) => return None,
        })
    }
}

/// Watches a session and panics when Raft's promises are broken. It looks from outside: at the
/// trace and at the members' logs.
#[derive(Default)]
struct Watch {
    seen: usize,
    leaders: BTreeMap<Term, NodeId>,
    /// The votes that were sent: by whom, in which term, to whom.
    votes: BTreeMap<(NodeId, Term), NodeId>,
    /// What has been committed anywhere.
    committed: Vec<Entry>,
    /// How much of it each member has been compared with. A restart begins anew.
    compared: BTreeMap<NodeId, Index>,
    /// The store after each applied entry.
    stores: BTreeMap<Index, Store>,
}

impl Watch {
    fn look(&mut self, session: &Session) {
        self.facts(session);
        for member in session.world().members() {
            let Some(server) = member.server() else {
                self.compared.remove(&member.id());
                continue;
            };
            let node = server.node();
            assert!(
                node.commit_index() <= node.last_index(),
                "commits what it has"
            );
            assert!(
                node.applied_index() <= node.commit_index(),
                "applies what is committed"
            );
            let from = self.compared.get(&member.id()).copied().unwrap_or_default();
            assert!(
                from <= node.commit_index(),
                "the commit index never goes back"
            );
            for index in from.0 + 1..=node.commit_index().0 {
                let entry = node.entry(Index(index)).expect("it is in the log");
                let place = usize::try_from(index - 1).unwrap();
                match self.committed.get(place) {
                    Some(known) => assert_eq!(entry, known, "one log (state machine safety)"),
                    None => self.committed.push(entry.clone()),
                }
            }
            self.compared.insert(member.id(), node.commit_index());
            let known = self.stores.entry(node.applied_index());
            let store = known.or_insert_with(|| server.store().clone());
            assert_eq!(store, server.store(), "one store for one applied index");
        }
    }

    fn facts(&mut self, session: &Session) {
        for event in session.trace().from_position(self.seen) {
            match &event.fact {
                Fact::Learned {
                    member,
                    event:
                        Event::RoleChanged {
                            role: Role::Leader,
                            term,
                            ..
                        },
                } => {
                    let first = *self.leaders.entry(*term).or_insert(*member);
                    assert_eq!(
                        first, *member,
                        "one leader in term {term} (election safety)"
                    );
                    self.is_complete(session, *member);
                }
                Fact::Sent { packet, .. } => {
                    if let Packet::Raft(envelope) = &**packet
                        && let (Message::VoteResponse { verdict }, Some(term)) =
                            (&envelope.message, envelope.term)
                        && *verdict == VoteVerdict::Granted
                    {
                        let vote = self.votes.entry((envelope.from, term));
                        let first = *vote.or_insert(envelope.to);
                        assert_eq!(first, envelope.to, "one vote in term {term}");
                    }
                }
                _ => {}
            }
        }
        self.seen = session.trace().len();
    }

    /// A new leader has everything that is committed (leader completeness). What it appends itself
    /// comes after that.
    fn is_complete(&self, session: &Session, leader: NodeId) {
        let member = session.world().member(leader).expect("it exists");
        if let Some(server) = member.server() {
            for entry in &self.committed {
                let own = server.node().entry(entry.index);
                assert_eq!(own, Some(entry), "the new leader has all committed entries");
            }
        }
    }
}

/// Does a deed and looks after every event.
fn carry_out(session: &mut Session, watch: &mut Watch, deed: &Deed) {
    if let Some(action) = deed.action(session.options().members as u64) {
        let before = (
            session.steps(),
            session.trace().len(),
            session.recording().clone(),
        );
        if session.act(action).is_err() {
            let after = (
                session.steps(),
                session.trace().len(),
                session.recording().clone(),
            );
            assert_eq!(before, after, "a refused action changes nothing");
        }
    }
    watch.look(session);
    match deed {
        Deed::Events(count) => {
            for _ in 0..*count {
                session.step();
                watch.look(session);
            }
        }
        Deed::Wait(us) => pass(session, watch, u64::from(*us)),
        _ => {}
    }
}

fn pass(session: &mut Session, watch: &mut Watch, us: u64) {
    let end = session.now().after(us);
    while session.world().next_time().is_some_and(|next| next <= end) {
        session.step();
        watch.look(session);
    }
    session.advance(end.since(session.now()));
}

/// Everything is mended, and there is time: one leader, equal logs and stores, no client waits.
fn mend(session: &mut Session, watch: &mut Watch) {
    let _ = session.act(Action::Heal);
    let all: Vec<NodeId> = session.world().members().map(|m| m.id()).collect();
    for member in all {
        let _ = session.act(Action::Restart { member });
    }
    pass(session, watch, 10_000_000);
    let put = Request::put("last", "word");
    let member = session
        .world()
        .leader()
        .expect("somebody leads in the end")
        .id();
    let last = Action::Request {
        client: ClientId(25),
        member,
        request: put,
    };
    session.act(last).expect("a leader takes requests");
    pass(session, watch, 3_000_000);
    let (first, others) = {
        let mut servers = session
            .world()
            .members()
            .filter_map(|member| member.server());
        (
            servers.next().expect("all run"),
            servers.collect::<Vec<_>>(),
        )
    };
    assert!(
        first.store().get(b"last").is_some(),
        "the last write is there"
    );
    for other in others {
        assert_eq!(first.store(), other.store(), "all stores are equal");
        assert_eq!(first.node().last_index(), other.node().last_index());
        assert_eq!(first.node().commit_index(), other.node().commit_index());
    }
    let waiting: Vec<_> = session.world().waiting().collect();
    assert!(
        waiting.is_empty(),
        "every client was told something: {waiting:?}"
    );
}

fn config() -> ProptestConfig {
    let from_environment = ProptestConfig::default();
    let chosen = std::env::var_os("PROPTEST_RNG_SEED").is_some();
    ProptestConfig {
        cases: match std::env::var_os("PROPTEST_CASES") {
            Some(_) => from_environment.cases,
            None => 200,
        },
        rng_seed: if chosen {
            from_environment.rng_seed
        } else {
            RngSeed::Fixed(1)
        },
        failure_persistence: None,
        ..from_environment
    }
}

/// The watch would notice: with a rule of Raft switched off, some random world breaks a promise.
#[test]
fn a_missing_rule_is_noticed() {
    use quorum::raft::rules::{Rule, Rules};
    for rule in [
        Rule::MajorityQuorum,
        Rule::OneVotePerTerm,
        Rule::UpToDateLog,
    ] {
        let mut runner = TestRunner::new(config());
        let strategy = (options(), any::<u64>(), vec(deed(), 1..60));
        let broken = (0..400).any(|_| {
            let tree = strategy.new_tree(&mut runner).expect("there are worlds");
            let (mut options, seed, deeds) = tree.current();
            options.raft.rules = Rules::all().without(rule);
            let played = std::panic::catch_unwind(|| {
                let mut session = Session::new(options, seed).unwrap();
                let mut watch = Watch::default();
                for deed in &deeds {
                    carry_out(&mut session, &mut watch, deed);
                }
            });
            played.is_err()
        });
        assert!(broken, "nobody misses {rule:?}");
    }
}

proptest! {
    #![proptest_config(config())]

    #[test]
    fn random_actions_break_no_promise(
        options in options(),
        seed in any::<u64>(),
        deeds in vec(deed(), 1..60),
    ) {
        let mut session = Session::new(options, seed).unwrap();
        let mut watch = Watch::default();
        for deed in &deeds {
            carry_out(&mut session, &mut watch, deed);
        }
        mend(&mut session, &mut watch);

        let again = session.recording().replay().unwrap();
        prop_assert_eq!(again.trace_hash(), session.trace_hash());
        prop_assert_eq!(again.now(), session.now());
        prop_assert!(!session.checker().is_violated());
    }
}
