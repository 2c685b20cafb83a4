//! What programs do with their answers, all but locks, elections and version 2.

use super::ask::{Ask, To};
use super::recipes::SESSION_S;
use super::{Port, Purpose, Run};
use crate::cluster::call::{Answer, AnswerBody, Call, NewMember};
use crate::cluster::client::ClientError;
use crate::cluster::program::{End, Job, ProgramError, ProgramEvent};
use crate::kv::{
    AlarmAction, AlarmMember, AlarmRequest, AlarmType, AuthRequest, AuthResponse, KvError, Request,
    ResponseBody, UserRole,
};

type Outcome = Result<Answer, ClientError>;

impl Run {
    /// The first step of a program.
    pub(super) fn begin(&mut self, port: &mut Port) {
        let program = self.program.clone();
        let limit = Some(self.deadline());
        match &program.job {
            Job::Call(call) => self.ask(port, Purpose::Single, call.clone(), To::Any, limit),
            Job::Patient(call) => self.ask(port, Purpose::Single, call.clone(), To::Any, None),
            Job::Each(_) => {
                self.memo.end = self.connections.len();
                self.next_endpoint(port);
            }
            Job::Health => {
                self.memo.end = self.connections.len();
                self.ask_health(port);
            }
            Job::EachMember(_) | Job::HealthOfMembers => {
                self.ask(
                    port,
                    Purpose::Members,
                    Call::MemberList(true),
                    To::Any,
                    limit,
                );
            }
            Job::Watch(watches) => self.watch_all(port, watches.clone()),
            Job::KeepAlive(id) => {
                self.memo.lease = *id;
                self.keep_alive(port);
            }
            Job::MoveLeader(_) => self.ask_leader(port, 0),
            Job::MemberAdd(new) => self.add_member(port, new.clone()),
            Job::Disarm => {
                let call = alarm(AlarmAction::Get, AlarmMember::default());
                self.ask(port, Purpose::Alarms, call, To::Any, limit);
            }
            Job::UserDetail(user) => {
                let call = auth(AuthRequest::UserGet(user.clone()));
                self.ask(port, Purpose::User, call, To::Any, None);
            }
            Job::AuthEnable => self.enable(port),
            Job::Lock(lock) => self.grant(port, lock.ttl),
            Job::Elect(elect) => self.grant(port, elect.ttl),
            // Whoever only looks on has a lease, too.
            Job::Observe(_) => self.grant(port, SESSION_S),
            Job::V2(_) => self.begin_v2(port),
        }
    }

    /// A question is answered, or given up.
    pub(super) fn done(&mut self, port: &mut Port, ask: Ask, result: Outcome) {
        match ask.purpose {
            Purpose::Login => self.logged_in(port, result, false),
            Purpose::Relogin => {
                self.asks.iter_mut().for_each(|ask| ask.resting = false);
                self.logged_in(port, result, true);
            }
            Purpose::Single => self.last(port, result),
            Purpose::Members => self.members_known(port, result),
            Purpose::Each => self.endpoint_done(port, result),
            Purpose::Health(place) => self.health(port, place, ask, result),
            Purpose::HealthAlarms(place) => self.health_alarms(port, place, ask, result),
            Purpose::Watch(watch) => self.watch_ended(port, watch, &ask, result),
            Purpose::KeepAlive => self.kept_alive(port, result),
            Purpose::LeaderOf(place) => self.leader_of(port, place, result),
            Purpose::Move => match result {
                Ok(_) => {
                    let (from, to) = (self.memo.revision, self.target());
                    self.say(port, ProgramEvent::Moved { from, to });
                    self.end(port, End::Done);
                }
                Err(error) => self.fail(port, ProgramError::Call(error)),
            },
            Purpose::Added => {
                if self.then(port, result).is_some() {
                    let limit = Some(self.deadline());
                    let call = Call::MemberList(true);
                    self.ask(port, Purpose::AddedList, call, To::Any, limit);
                }
            }
            Purpose::AddedList => self.last(port, result),
            Purpose::Alarms | Purpose::Lift => self.lift(port, ask.purpose, result),
            Purpose::User => {
                let Some(answer) = self.then(port, result) else {
                    return;
                };
                if let Some(ResponseBody::Auth(AuthResponse::Names(roles))) =
                    answer.response().map(|response| &response.body)
                {
                    self.memo.names = roles.clone();
                }
                self.next_role(port);
            }
            Purpose::Role => {
                if self.then(port, result).is_some() {
                    self.next_role(port);
                }
            }
            Purpose::Enable => match result {
                Err(ClientError::Refused(KvError::RootRoleNotExist)) => {
                    let call = auth(AuthRequest::RoleAdd("root".to_owned()));
                    self.ask(port, Purpose::RootRole, call, To::Any, None);
                }
                result => self.last(port, result),
            },
            Purpose::RootRole => match result {
                Ok(_) | Err(ClientError::Refused(KvError::RoleAlreadyExists)) => {
                    let root = "root".to_owned();
                    let grant = UserRole {
                        user: root.clone(),
                        role: root,
                    };
                    let call = auth(AuthRequest::UserGrantRole(grant));
                    self.ask(port, Purpose::RootGrant, call, To::Any, None);
                }
                Err(error) => self.fail(port, ProgramError::Call(error)),
            },
            Purpose::RootGrant => match result {
                Ok(_) => self.enable(port),
                Err(error) => self.fail(port, ProgramError::Call(error)),
            },
            Purpose::V2Sync
            | Purpose::V2Do
            | Purpose::V2List
            | Purpose::V2Then
            | Purpose::V2Leader
            | Purpose::V2Health(_) => self.done_v2(port, ask, result),
            purpose => self.recipe_step(port, purpose, ask, result),
        }
    }

    /// The answer is told; what fails, ends the program.
    pub(super) fn then(&mut self, port: &mut Port, result: Outcome) -> Option<Answer> {
        match result {
            Ok(answer) => {
                self.answered(port, answer.clone());
                Some(answer)
            }
            Err(error) => {
                self.fail(port, ProgramError::Call(error));
                None
            }
        }
    }

    /// The answer is told, and the program ends.
    fn last(&mut self, port: &mut Port, result: Outcome) {
        if self.then(port, result).is_some() {
            self.end(port, End::Done);
        }
    }

    /// The endpoints of the cluster are known.
    fn members_known(&mut self, port: &mut Port, result: Outcome) {
        let answer = match result {
            Ok(answer) => answer,
            Err(error) => return self.fail(port, ProgramError::Members(error)),
        };
        if let AnswerBody::Members { members, .. } = answer.body {
            self.memo.place = self.connections.len();
            self.add_connections(members.into_iter().flat_map(|member| member.client_urls));
        }
        self.memo.end = self.connections.len();
        match self.program.job {
            Job::HealthOfMembers => self.ask_health(port),
            _ => self.next_endpoint(port),
        }
    }
}

// Endpoints one after the other.

impl Run {
    fn next_endpoint(&mut self, port: &mut Port) {
        let program = self.program.clone();
        let (Job::Each(call) | Job::EachMember(call)) = &program.job else {
            return;
        };
        let place = self.memo.place;
        if place == self.memo.end {
            return self.end(port, End::Done);
        }
        let limit = port.now.after(program.command_timeout_us);
        self.ask(
            port,
            Purpose::Each,
            call.clone(),
            To::One(place),
            Some(limit),
        );
    }

    fn endpoint_done(&mut self, port: &mut Port, result: Outcome) {
        let endpoint = self.connections[self.memo.place].endpoint.clone();
        self.memo.place += 1;
        let event = match result {
            Ok(answer) => ProgramEvent::Answered { endpoint, answer },
            Err(error) => {
                let error = ProgramError::Call(error);
                ProgramEvent::Failed { endpoint, error }
            }
        };
        self.say(port, event);
        self.next_endpoint(port);
    }
}

// Health: all endpoints at once.

impl Run {
    fn ask_health(&mut self, port: &mut Port) {
        let (first, end) = (self.memo.place, self.memo.end);
        self.memo.open = end - first;
        let limit = Some(port.now.after(self.program.command_timeout_us));
        for place in first..end {
            let call = Call::Store(Request::get("health", false));
            self.ask(port, Purpose::Health(place), call, To::One(place), limit);
        }
        if first == end {
            self.end(port, End::Done);
        }
    }

    fn health(&mut self, port: &mut Port, place: usize, ask: Ask, result: Outcome) {
        match result {
            Ok(_) | Err(ClientError::Refused(KvError::PermissionDenied)) => {
                let call = alarm(AlarmAction::Get, AlarmMember::default());
                let limit = ask.begun.after(self.program.command_timeout_us);
                let purpose = Purpose::HealthAlarms(place);
                self.ask(port, purpose, call, To::One(place), Some(limit));
                // What took time began with the first question.
                if let Some(asked) = self.asks.iter_mut().find(|ask| ask.purpose == purpose) {
                    asked.begun = ask.begun;
                }
            }
            Err(error) => self.tell_health(port, place, ask, Some(error.to_string())),
        }
    }

    fn health_alarms(&mut self, port: &mut Port, place: usize, ask: Ask, result: Outcome) {
        let body = result.as_ref().ok().and_then(|answer| answer.response());
        let error = match body.map(|response| &response.body) {
            Some(ResponseBody::Alarm(alarms)) if alarms.is_empty() => None,
            Some(ResponseBody::Alarm(alarms)) => {
                let mut text = "Active Alarm(s): ".to_owned();
                for alarm in alarms {
                    text.push_str(match alarm.alarm {
                        AlarmType::NoSpace => "NOSPACE ",
                        AlarmType::Corrupt => "CORRUPT ",
                        AlarmType::None => "UNKNOWN ",
                    });
                }
                Some(text)
            }
            _ => Some("Unable to fetch the alarm list".to_owned()),
        };
        self.tell_health(port, place, ask, error);
    }

    fn tell_health(&mut self, port: &mut Port, place: usize, ask: Ask, error: Option<String>) {
        let endpoint = self.connections[place].endpoint.clone();
        let took_us = port.now.since(ask.begun);
        self.say(
            port,
            ProgramEvent::Health {
                endpoint,
                took_us,
                error,
            },
        );
        self.memo.open -= 1;
        if self.memo.open == 0 {
            self.end(port, End::Done);
        }
    }
}

// Moving the leadership.

impl Run {
    fn target(&self) -> u64 {
        match self.program.job {
            Job::MoveLeader(target) => target,
            _ => 0,
        }
    }

    fn ask_leader(&mut self, port: &mut Port, place: usize) {
        if place == self.program.endpoints.len() {
            self.say(port, ProgramEvent::NoLeaderEndpoint);
            return self.end(port, End::Done);
        }
        let limit = Some(self.deadline());
        let purpose = Purpose::LeaderOf(place);
        self.ask(port, purpose, Call::Status, To::One(place), limit);
    }

    fn leader_of(&mut self, port: &mut Port, place: usize, result: Outcome) {
        let answer = match result {
            Ok(answer) => answer,
            Err(error) => return self.fail(port, ProgramError::Call(error)),
        };
        let leader = match answer.body {
            AnswerBody::Status(status) => status.leader,
            _ => 0,
        };
        if leader == 0 || leader != answer.header.member_id {
            return self.ask_leader(port, place + 1);
        }
        self.memo.revision = leader;
        let (call, limit) = (Call::MoveLeader(self.target()), Some(self.deadline()));
        self.ask(port, Purpose::Move, call, To::One(place), limit);
    }
}

// Several requests in a row.

impl Run {
    fn add_member(&mut self, port: &mut Port, new: NewMember) {
        let (call, limit) = (Call::MemberAdd(new), Some(self.deadline()));
        self.ask(port, Purpose::Added, call, To::Any, limit);
    }

    fn enable(&mut self, port: &mut Port) {
        let call = auth(AuthRequest::Enable);
        self.ask(port, Purpose::Enable, call, To::Any, None);
    }

    fn next_role(&mut self, port: &mut Port) {
        let Some(role) = self.memo.names.get(self.memo.place).cloned() else {
            return self.end(port, End::Done);
        };
        self.memo.place += 1;
        let call = auth(AuthRequest::RoleGet(role));
        self.ask(port, Purpose::Role, call, To::Any, None);
    }

    /// Lifts the alarms that are listed, one after the other.
    fn lift(&mut self, port: &mut Port, purpose: Purpose, result: Outcome) {
        let answer = match result {
            Ok(answer) => answer,
            Err(error) => return self.fail(port, ProgramError::Call(error)),
        };
        if purpose == Purpose::Lift {
            self.memo.open -= 1;
            self.answered(port, answer);
        } else if let Some(ResponseBody::Alarm(alarms)) = answer.response().map(|r| &r.body) {
            self.memo.open = alarms.len();
            let limit = Some(self.deadline());
            for raised in alarms {
                let call = alarm(AlarmAction::Deactivate, *raised);
                self.ask(port, Purpose::Lift, call, To::Any, limit);
            }
        }
        if self.memo.open == 0 {
            self.end(port, End::Done);
        }
    }
}

fn auth(request: AuthRequest) -> Call {
    Call::Store(Request::Auth(request))
}

fn alarm(action: AlarmAction, AlarmMember { member, alarm }: AlarmMember) -> Call {
    Call::Store(Request::Alarm(AlarmRequest {
        action,
        member,
        alarm,
    }))
}
