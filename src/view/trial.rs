//! What the tests of this folder share: small runs to draw.

use crate::cluster::{Action, ClientId, WorldOptions};
use crate::kv::Request;
use crate::raft::NodeId;
use crate::raft::rules::{Rule, Rules};
use crate::timeline::Session;

/// A run with a leader, and its leader.
pub(super) fn elected(options: WorldOptions) -> (Session, NodeId) {
    let mut session = Session::new(options, 1).unwrap();
    session.advance(1_000_000);
    let leader = leader(&session);
    (session, leader)
}

/// A run of three members with a leader, and its leader.
pub(super) fn three() -> (Session, NodeId) {
    elected(WorldOptions::with_members(3))
}

fn leader(session: &Session) -> NodeId {
    session.world().leader().unwrap().id()
}

/// A client sends a request to a member.
pub(super) fn ask(session: &mut Session, client: u8, member: NodeId, request: Request) {
    let action = Action::Request {
        client: ClientId(client),
        member,
        request,
    };
    session.act(action).unwrap();
}

/// A deposed leader answers the third request, a read, with an old value, since a rule is switched off.
pub(super) fn stale() -> Session {
    let mut options = WorldOptions::with_members(3);
    options.raft.rules = Rules::all().without(Rule::ReadFreshRound);
    options.raft.check_quorum = false;
    let (mut session, old) = elected(options);
    ask(&mut session, 0, old, Request::put("a", "old"));
    session.advance(200_000);
    let others: Vec<NodeId> = (1..=3).map(NodeId).filter(|id| *id != old).collect();
    let member = others[0];
    let groups = vec![vec![old], others];
    session.act(Action::Partition { groups }).unwrap();
    session.act(Action::TimeOutNow { member }).unwrap();
    session.advance(300_000);
    let new = leader(&session);
    assert_ne!(new, old);
    ask(&mut session, 1, new, Request::put("a", "new"));
    session.advance(200_000);
    ask(&mut session, 0, old, Request::get("a", false));
    session.advance(200_000);
    session
}
