//! Changes of the membership, drawn at random: an operator at work while everything else goes wrong.

use super::profile::Kind;
use crate::cluster::{
    Action, Call, ClientId, Job, NewMember, Program, World, member_id, usual_client_url,
};
use crate::raft::{ConfState, NodeId};
use rand::RngExt;
use rand::seq::IndexedRandom;
use rand_pcg::Pcg32;

/// The client that changes the membership: the last but one.
const OPERATOR: ClientId = ClientId(ClientId::COUNT - 2);

/// No more members are added to a cluster of so many.
const MOST: usize = 7;

/// No voter is removed of so many. Of two voters none can be removed safely: if the one that goes is
/// the first to know that it is gone, the other waits for its vote for ever (etcd's raft says so in
/// its documentation of membership changes, and recommends three members at least).
const FEWEST: usize = 3;

/// How long the operator waits for an answer, in microseconds.
const PATIENCE_US: u64 = 2_000_000;

/// What the operator does. It may be impossible, or be refused.
pub(super) fn change(kind: Kind, rng: &mut Pcg32, world: &World) -> Option<Action> {
    let conf = conf(world)?;
    // One thing at a time.
    if is_busy(world) && kind != Kind::Join {
        return None;
    }
    let all: Vec<NodeId> = conf.voters.iter().chain(&conf.learners).copied().collect();
    let call = match kind {
        Kind::Join => {
            let unstarted = all.into_iter().find(|id| world.member(*id).is_none());
            return unstarted.map(|member| Action::Join { member });
        }
        Kind::AddVoter | Kind::AddLearner if all.len() >= MOST => return None,
        Kind::AddVoter | Kind::AddLearner => Call::MemberAdd(NewMember {
            peer_urls: vec![format!(
                "http://127.0.0.1:{}",
                rng.random_range(20_000..60_000)
            )],
            learner: kind == Kind::AddLearner,
        }),
        Kind::Promote => Call::MemberPromote(member_id(*conf.learners.choose(rng)?)),
        Kind::Remove if conf.voters.len() <= FEWEST => {
            Call::MemberRemove(member_id(*conf.learners.choose(rng)?))
        }
        Kind::Remove => Call::MemberRemove(member_id(*all.choose(rng)?)),
        Kind::MoveLeader => Call::MoveLeader(member_id(*conf.voters.choose(rng)?)),
        _ => return None,
    };
    let running: Vec<NodeId> = world
        .members()
        .filter(|member| member.server().is_some())
        .map(|member| member.id())
        .collect();
    let asked = match (&call, world.leader()) {
        (Call::MoveLeader(_), Some(leader)) => leader.id(),
        _ => *running.choose(rng)?,
    };
    let program = Program {
        endpoints: vec![usual_client_url(asked)],
        command_timeout_us: PATIENCE_US,
        job: Job::Call(call),
        ..Program::default()
    };
    Some(Action::Run {
        client: OPERATOR,
        program: Box::new(program),
        typed: String::new(),
    })
}

/// Whether the operator waits for an answer.
pub(super) fn is_busy(world: &World) -> bool {
    world.programs().any(|running| running.client == OPERATOR)
}

/// The members as the leader knows them, or somebody else if nobody leads.
pub(super) fn conf(world: &World) -> Option<&ConfState> {
    let anybody = || world.members().find(|member| member.server().is_some());
    let server = world.leader().or_else(anybody)?.server()?;
    Some(server.node().conf())
}
