//! A session as the page has it: a run that can be rewound.

use crate::cluster::{Action, ClientId, WorldOptions};
use crate::kv::Request;
use crate::raft::NodeId;
use crate::sim::SimTime;
use crate::timeline::Session;

const SECOND: u64 = 1_000_000;

/// Writes that clients send, per simulated second.
const WRITES: u64 = 20;

/// A session with clients that write to all members, 20 writes per second.
#[derive(Clone, Debug)]
pub struct SessionLoad {
    session: Session,
    members: u64,
    writes: u64,
}

impl SessionLoad {
    /// A new session.
    ///
    /// # Panics
    /// For a number of members that no world can have.
    pub fn new(members: u64) -> SessionLoad {
        let options = WorldOptions::with_members(members as usize);
        SessionLoad {
            session: Session::new(options, 1).expect("the number of members is possible"),
            members,
            writes: 0,
        }
    }

    /// The session.
    pub fn session(&self) -> &Session {
        &self.session
    }

    /// The same, to do something with it.
    pub fn session_mut(&mut self) -> &mut Session {
        &mut self.session
    }

    /// Goes on for so many simulated seconds. Returns how many steps that took.
    pub fn play(&mut self, seconds: u64) -> u64 {
        let before = self.session.steps();
        for _ in 0..seconds * WRITES {
            self.writes += 1;
            let number = self.writes;
            let key = format!("key/{}", number * 7 % 50);
            let request = Request::put(key, format!("value number {number}"));
            let asked = self.session.act(Action::Request {
                client: ClientId((number % 4) as u8),
                member: NodeId(number % self.members + 1),
                request,
            });
            asked.expect("every member can be asked");
            self.session.advance(SECOND / WRITES);
        }
        self.session.steps() - before
    }

    /// Goes to a thousandth of the run, and looks at the latest hundred facts there, as a picture does.
    /// Returns how many facts there are before that moment.
    pub fn seek(&mut self, thousandth: u64) -> usize {
        let end = self.session.end().time.0;
        self.session.seek(SimTime(end / 1_000 * thousandth));
        let trace = self.session.trace();
        trace.len() - trace.iter().rev().take(100).count()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_plays_and_goes_back() {
        let mut load = SessionLoad::new(3);
        assert!(load.play(2) > 40 * 10);
        let facts = load.session().trace().len();
        assert!(load.seek(500) < facts);
        assert!(!load.session().is_live());
    }
}
