//! Programs of version 2: etcd's old `client` package, over HTTP. It asks one endpoint after the
//! other until one answers, and tells what happened at each if none does.

use super::ask::{Ask, To};
use super::{Link, Port, Purpose, Run};
use crate::cluster::call::{Answer, AnswerBody, Call, NewMember};
use crate::cluster::client::ClientError;
use crate::cluster::identity::MemberInfo;
use crate::cluster::program::{End, Job, ProgramError, ProgramEvent, V2Failure, V2Job};

/// How long an endpoint may take to begin its answer, in microseconds (etcdctl's `--timeout`).
const HEADER_US: u64 = 2_000_000;

type Outcome = Result<Answer, ClientError>;

impl Run {
    pub(super) fn is_v2(&self) -> bool {
        matches!(self.program.job, Job::V2(_))
    }

    fn v2_job(&self) -> Option<V2Job> {
        match &self.program.job {
            Job::V2(job) => Some(job.clone()),
            _ => None,
        }
    }

    /// Members first: they are asked instead of the endpoints from then on.
    pub(super) fn begin_v2(&mut self, port: &mut Port) {
        self.memo.end = self.connections.len();
        self.ask_v2(port, Purpose::V2Sync, Call::MemberList(false));
    }

    /// Asks the endpoint whose turn it is.
    fn ask_v2(&mut self, port: &mut Port, purpose: Purpose, call: Call) {
        let place = self.memo.place;
        if place == self.memo.end {
            let endpoints = std::mem::take(&mut self.memo.failures);
            let at_sync = purpose == Purpose::V2Sync;
            return self.fail(port, ProgramError::Unavailable { at_sync, endpoints });
        }
        if self.connections[place].state == Link::Down {
            self.connections[place].state = Link::Idle;
        }
        let is_watch = matches!(call, Call::V2Wait(_));
        let limit = (!is_watch).then(|| port.now.after(HEADER_US));
        self.ask(port, purpose, call, To::One(place), limit);
    }

    /// From the first endpoint on.
    fn ask_v2_anew(&mut self, port: &mut Port, purpose: Purpose, call: Call) {
        self.memo.place = self.memo.end - self.memo.names.len();
        self.ask_v2(port, purpose, call);
    }

    /// Nobody listens at an endpoint: whoever asks version 2 goes on to the next one.
    pub(super) fn refused(&mut self, port: &mut Port, connection: usize) {
        if !self.is_v2() {
            return;
        }
        let refused = |ask: &Ask| ask.to == To::One(connection) && ask.operation.is_none();
        if let Some(place) = self.asks.iter().position(refused) {
            let ask = self.asks.remove(place);
            self.done_v2(port, ask, Err(ClientError::ConnectionLost));
        }
    }

    pub(super) fn done_v2(&mut self, port: &mut Port, ask: Ask, result: Outcome) {
        if let Purpose::V2Health(place) = ask.purpose {
            return self.healthy(port, place, result);
        }
        let answer = match result {
            Ok(Answer {
                body: AnswerBody::Leader(None),
                ..
            }) => return self.next_v2(port, ask, V2Failure::NoLeader),
            Err(ClientError::ConnectionLost) => {
                return self.next_v2(port, ask, V2Failure::Refused);
            }
            Err(ClientError::DeadlineExceeded | ClientError::RequestTimedOut) => {
                return self.next_v2(port, ask, V2Failure::HeaderTimeout);
            }
            Err(error) => return self.fail(port, ProgramError::Call(error)),
            Ok(answer) => answer,
        };
        self.memo.failures.clear();
        match ask.purpose {
            Purpose::V2Sync => self.synced(port, answer),
            Purpose::V2List => self.listed(port, answer),
            Purpose::V2Do => self.v2_done(port, answer),
            _ => {
                if self.then(port, Ok(answer)).is_some() {
                    self.end(port, End::Done);
                }
            }
        }
    }

    fn next_v2(&mut self, port: &mut Port, ask: Ask, failure: V2Failure) {
        let endpoint = self.connections[self.memo.place].endpoint.clone();
        self.memo.failures.push((endpoint, failure));
        self.memo.place += 1;
        // What must not take more than its time altogether ends here.
        if port.now >= self.deadline() && !matches!(ask.call, Call::V2Wait(_)) {
            self.memo.place = self.memo.end;
        }
        self.ask_v2(port, ask.purpose, ask.call);
    }

    /// The members are known.
    fn synced(&mut self, port: &mut Port, answer: Answer) {
        let members = members_of(&answer);
        self.memo.names = members.iter().flat_map(|m| m.client_urls.clone()).collect();
        self.add_connections(self.memo.names.clone());
        self.memo.end = self.connections.len();
        let (purpose, call) = match self.v2_job() {
            Some(V2Job::Call(call)) => {
                self.answered(port, answer);
                (Purpose::V2Do, call)
            }
            Some(V2Job::Watch(wait) | V2Job::WatchForever(wait)) => {
                self.answered(port, answer);
                (Purpose::V2Do, Call::V2Wait(wait))
            }
            Some(V2Job::Members) => {
                self.answered(port, answer);
                (Purpose::V2Leader, Call::V2Leader)
            }
            Some(V2Job::ClusterHealth) => {
                self.answered(port, answer);
                self.memo.place = self.memo.end - self.memo.names.len();
                return self.ask_healthy(port);
            }
            _ => (Purpose::V2List, Call::MemberList(false)),
        };
        self.ask_v2_anew(port, purpose, call);
    }

    /// The members before the change are known.
    fn listed(&mut self, port: &mut Port, answer: Answer) {
        let members = members_of(&answer);
        let known = |id: u64| members.iter().any(|member| member.id == id);
        let call = match self.v2_job() {
            Some(V2Job::MemberAdd(url)) => Some(Call::MemberAdd(NewMember {
                peer_urls: vec![url],
                learner: false,
            })),
            Some(V2Job::MemberRemove(id)) => known(id).then_some(Call::MemberRemove(id)),
            Some(V2Job::MemberUpdate(urls)) => known(urls.id).then_some(Call::MemberUpdate(urls)),
            _ => None,
        };
        self.answered(port, answer);
        match call {
            Some(call) => self.ask_v2_anew(port, Purpose::V2Then, call),
            None => self.end(port, End::Done),
        }
    }

    fn v2_done(&mut self, port: &mut Port, answer: Answer) {
        let index = match &answer.body {
            AnswerBody::V2(crate::kv::V2Response::Event(event)) => Some(event.node.modified_index),
            _ => None,
        };
        self.answered(port, answer);
        match (self.v2_job(), index) {
            (Some(V2Job::WatchForever(wait)), Some(index)) => {
                let index = Some(index + 1);
                let call = Call::V2Wait(crate::cluster::V2Wait { index, ..wait });
                self.ask_v2(port, Purpose::V2Do, call);
            }
            _ => self.end(port, End::Done),
        }
    }

    fn ask_healthy(&mut self, port: &mut Port) {
        let place = self.memo.place;
        if place == self.memo.end {
            return self.end(port, End::Done);
        }
        let limit = Some(port.now.after(HEADER_US));
        let purpose = Purpose::V2Health(place);
        self.ask(port, purpose, Call::V2Health, To::One(place), limit);
    }

    fn healthy(&mut self, port: &mut Port, place: usize, result: Outcome) {
        let endpoint = self.connections[place].endpoint.clone();
        let event = match result {
            Ok(answer) => ProgramEvent::Answered { endpoint, answer },
            Err(error) => {
                let failure = match error {
                    ClientError::ConnectionLost => V2Failure::Refused,
                    _ => V2Failure::HeaderTimeout,
                };
                let error = ProgramError::V2(failure);
                ProgramEvent::Failed { endpoint, error }
            }
        };
        self.say(port, event);
        self.memo.place += 1;
        self.ask_healthy(port);
    }
}

fn members_of(answer: &Answer) -> Vec<MemberInfo> {
    match &answer.body {
        AnswerBody::Members { members, .. } => members.clone(),
        _ => Vec::new(),
    }
}
