//! Three members as etcd runs them, and programs against them.

use quorum::cluster::{
    Action, Answer, AnswerBody, Call, ClientId, End, Fact, Job, Program, ProgramEvent, RunId,
    TraceEvent, World, WorldOptions, usual_client_url,
};
use quorum::kv::{Request, ResponseBody};
use quorum::raft::NodeId;

pub const SECOND: u64 = 1_000_000;

/// A world with what its programs said.
pub struct Etcd {
    pub world: World,
    pub facts: Vec<TraceEvent>,
}

impl Etcd {
    /// Three members that have settled; infra1 leads.
    pub fn new() -> Etcd {
        Etcd::with(WorldOptions::etcd())
    }

    pub fn with(options: WorldOptions) -> Etcd {
        let mut etcd = Etcd {
            world: World::new(options, 7).unwrap(),
            facts: Vec::new(),
        };
        etcd.act(Action::TimeOutNow { member: NodeId(1) });
        etcd.pass(6 * SECOND);
        assert_eq!(etcd.leader(), Some(1));
        etcd
    }

    pub fn leader(&self) -> Option<u64> {
        self.world.leader().map(|member| member.id().0)
    }

    pub fn act(&mut self, action: Action) {
        self.world.act(action).unwrap();
        self.facts.extend(self.world.take_trace());
    }

    pub fn crash(&mut self, member: u64) {
        let member = NodeId(member);
        self.act(Action::Crash { member });
    }

    pub fn start(&mut self, member: u64) {
        let member = NodeId(member);
        self.act(Action::Restart { member });
    }

    pub fn pass(&mut self, us: u64) {
        let until = self.world.now().after(us);
        self.world.advance_to(until);
        self.facts.extend(self.world.take_trace());
    }

    /// Begins a program that asks these members.
    pub fn begin(&mut self, members: &[u64], job: Job) -> RunId {
        self.begin_program(Program::new(endpoints(members), job))
    }

    pub fn begin_program(&mut self, program: Program) -> RunId {
        let run = self.world.next_run();
        self.act(Action::Run {
            client: ClientId(0),
            program: Box::new(program),
            typed: String::new(),
        });
        run
    }

    /// What a program has said.
    pub fn said(&self, run: RunId) -> Vec<ProgramEvent> {
        let events = self.facts.iter().filter_map(|event| match &event.fact {
            Fact::Ran { run: of, event, .. } if *of == run => Some((**event).clone()),
            _ => None,
        });
        events.collect()
    }

    /// Runs a program to its end: what it said, and how many seconds it took.
    pub fn run_program(&mut self, program: Program) -> (Vec<ProgramEvent>, u64) {
        let began = self.world.now();
        let run = self.begin_program(program);
        let deadline = began.after(60 * SECOND);
        while !matches!(self.said(run).last(), Some(ProgramEvent::Ended(_))) {
            assert!(
                self.world.now() < deadline,
                "it does not end: {:?}",
                self.said(run)
            );
            self.world.step();
            self.facts.extend(self.world.take_trace());
        }
        let took = self.world.now().since(began);
        (self.said(run), (took + SECOND / 2) / SECOND)
    }

    pub fn run(&mut self, members: &[u64], job: Job) -> (Vec<ProgramEvent>, u64) {
        self.run_program(Program::new(endpoints(members), job))
    }

    /// The answer to one call, or the error.
    pub fn call(&mut self, members: &[u64], call: Call) -> Result<Answer, String> {
        let (said, _) = self.run(members, Job::Call(call));
        answer(&said)
    }

    pub fn put(
        &mut self,
        members: &[u64],
        key: &'static str,
        value: &'static str,
    ) -> Result<(), String> {
        self.call(members, Call::Store(Request::put(key, value)))
            .map(|_| ())
    }

    pub fn get(&mut self, members: &[u64], key: &'static str) -> Result<Option<String>, String> {
        self.read(members, key, false)
    }

    pub fn read(
        &mut self,
        members: &[u64],
        key: &'static str,
        local: bool,
    ) -> Result<Option<String>, String> {
        let answer = self.call(members, Call::Store(Request::get(key, local)))?;
        Ok(value(&answer))
    }

    pub fn interrupt(&mut self, run: RunId) {
        self.act(Action::Interrupt { run });
    }
}

/// The answer of a program that makes one call.
pub fn answer(said: &[ProgramEvent]) -> Result<Answer, String> {
    match said {
        [
            ProgramEvent::Answered { answer, .. },
            ProgramEvent::Ended(End::Done),
        ] => Ok(answer.clone()),
        [
            ..,
            ProgramEvent::Ended(End::Failed(quorum::cluster::ProgramError::Call(error))),
        ] => Err(error.to_string()),
        other => panic!("{other:?}"),
    }
}

/// The value of the first key in an answer.
pub fn value(answer: &Answer) -> Option<String> {
    let AnswerBody::Store(response) = &answer.body else {
        panic!("{answer:?}");
    };
    let ResponseBody::Range(range) = &response.body else {
        panic!("{answer:?}");
    };
    let first = range.kvs.first()?;
    Some(String::from_utf8_lossy(&first.value).into_owned())
}

pub fn endpoints(members: &[u64]) -> Vec<String> {
    let url = |member: &u64| usual_client_url(NodeId(*member)).replace("http://", "");
    members.iter().map(url).collect()
}
