//! What is to come if nobody acts: so that it can be drawn at its moment, and not at the next drawing after it.

use super::compose::under_way;
use super::frame::FlightView;
use crate::cluster::{OperationId, World};
use crate::raft::{Ballot, Index, NodeId, Role, Term};
use crate::sim::SimTime;
use crate::timeline::Session;

/// What is to come.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Outlook {
    /// The messages that will be sent, in the order of their ids.
    pub flights: Vec<FlightView>,
    /// When a member is something else than now for the first time: another role, another term, one more ballot.
    pub turn: Option<SimTime>,
    /// When a log is another one than now for the first time, or more of it is committed, or a client waits for
    /// something else.
    pub news: Option<SimTime>,
}

/// What is to come within so many microseconds.
pub fn outlook(session: &Session, us: u64) -> Outlook {
    let mut outlook = Outlook::default();
    let (now, known) = (members(session.world()), progress(session.world()));
    let sent = session.world().flights().map(|(id, _)| id.0 + 1);
    let mut next = sent.max().unwrap_or_default();
    session.look_ahead(us, &mut |world| {
        for flight in world.flights() {
            if flight.0.0 >= next {
                next = flight.0.0 + 1;
                outlook.flights.push(under_way(flight));
            }
        }
        if outlook.turn.is_none() && members(world) != now {
            outlook.turn = Some(world.now());
        }
        if outlook.news.is_none() && progress(world) != known {
            outlook.news = Some(world.now());
        }
    });
    outlook
}

/// How far everybody is: what is last in each log and committed of it, and whom clients wait for.
fn progress(world: &World) -> (Vec<(Index, Index)>, Vec<OperationId>) {
    let far = |node: &crate::raft::Node| (node.last_index(), node.commit_index());
    let members = world.members().filter_map(|member| member.server());
    let waiting = world.waiting().map(|operation| operation.id);
    (
        members.map(|server| far(server.node())).collect(),
        waiting.collect(),
    )
}

/// What is seen of a member from afar; nothing while it is down.
type Glance = Option<(Role, Term, Vec<(NodeId, Option<Ballot>)>)>;

fn members(world: &World) -> Vec<Glance> {
    let glance = |node: &crate::raft::Node| (node.role(), node.term(), node.ballots());
    let members = world.members();
    members
        .map(|member| Some(glance(member.server()?.node())))
        .collect()
}
