//! Runs to try things with.

use quorum::cluster::{Action, ClientId, Fact, WorldOptions};
use quorum::kv::Request;
use quorum::raft::{Event, NodeId, Role};
use quorum::timeline::{Position, Session};

pub const SECOND: u64 = 1_000_000;

pub fn session(members: usize, seed: u64) -> Session {
    Session::new(WorldOptions::with_members(members), seed).unwrap()
}

pub fn put(member: u64, key: &str, value: &str) -> Action {
    Action::Request {
        client: ClientId(0),
        member: NodeId(member),
        request: Request::put(key.to_owned(), value.to_owned()),
    }
}

pub fn crash(member: u64) -> Action {
    Action::Crash {
        member: NodeId(member),
    }
}

pub fn restart(member: u64) -> Action {
    Action::Restart {
        member: NodeId(member),
    }
}

/// A short run in which a lot happens: elections, writes, a cut, a crash.
pub fn eventful(seed: u64) -> Session {
    let mut session = session(3, seed);
    session.advance(SECOND / 2);
    session.act(put(1, "name", "joe")).unwrap();
    session.advance(20_123);
    session.act(crash(2)).unwrap();
    session.act(put(3, "name", "sue")).unwrap();
    for _ in 0..40 {
        session.step();
    }
    let groups = vec![vec![NodeId(1)]];
    session.act(Action::Partition { groups }).unwrap();
    session.advance(SECOND / 2);
    session.act(restart(2)).unwrap();
    session.advance(SECOND / 2);
    session.act(Action::Heal).unwrap();
    session.advance(2 * SECOND + 77);
    session
}

/// Whether a member was elected.
pub fn is_election(fact: &Fact) -> bool {
    match fact {
        Fact::Learned { event, .. } => matches!(
            event,
            Event::RoleChanged {
                role: Role::Leader,
                ..
            }
        ),
        _ => false,
    }
}

/// All that there is to see at the playhead: two moments of runs are the same if this is.
#[derive(PartialEq, Eq, Debug)]
pub struct Snapshot {
    position: Position,
    trace: u64,
    facts: usize,
    world: String,
    operations: String,
}

pub fn snapshot(session: &Session) -> Snapshot {
    Snapshot {
        position: session.position(),
        trace: session.trace_hash(),
        facts: session.trace().len(),
        world: format!("{:?}", session.world()),
        operations: format!("{:?}", session.operations()),
    }
}
