//! Programs: what a client does from the moment when somebody types a command until it ends.
//!
//! A [`Program`] is data. The world runs it on the client's actor, as etcd's client library and
//! `etcdctl` would: it connects to the endpoints, asks, waits, asks again where that is safe, and
//! gives up when its time is over. What comes out are [`ProgramEvent`]s, in the trace as
//! [`Fact::Ran`](super::Fact::Ran).

use super::call::{Answer, Call, Header, MemberUrls, NewMember, V2Wait, WatchRequest};
use super::client::ClientError;
use crate::kv::code::{choices, decode, encode, fields, serde_as_bytes};
use crate::kv::{CodeError, LeaseId, Request};
use bytes::Bytes;
use serde::Serialize;

/// The identity of a run of a program, unique in a world, counted from 1.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize)]
pub struct RunId(pub u64);

/// Something that a program wants to know. It may take several operations to find out.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize)]
pub struct Question {
    /// The program's run.
    pub run: RunId,
    /// Which of its questions, counted from 1.
    pub number: u64,
}

/// One command.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Default)]
pub struct Program {
    /// The addresses to talk to, as typed: `127.0.0.1:2379`, `http://localhost:22379`.
    pub endpoints: Vec<String>,
    /// Who asks (`--user`).
    pub user: Option<Login>,
    /// How long a call may take, in microseconds (`--command-timeout`, of version 2 the time for
    /// everything). Not every job minds it.
    pub command_timeout_us: u64,
    /// What is done.
    pub job: Job,
}

/// Who asks.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Default)]
pub struct Login {
    /// The user.
    pub name: String,
    /// The password.
    pub password: String,
}

/// What a command does.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Default)]
pub enum Job {
    /// One call to any endpoint. The event is [`ProgramEvent::Answered`].
    Call(Call),
    /// The same without the command timeout: `txn`, `snapshot save`, `lease list`, `lease
    /// timetolive`, `lease keep-alive --once` and all `user` and `role` commands wait on.
    Patient(Call),
    /// The same call to each endpoint, one after the other, each with the command timeout:
    /// `endpoint status`, `endpoint hashkv`, `defrag`. For each endpoint there is an
    /// [`ProgramEvent::Answered`] or a [`ProgramEvent::Failed`].
    Each(Call),
    /// The same to the members that the endpoints name instead of the endpoints (`--cluster`).
    EachMember(Call),
    /// All endpoints are asked at once whether they get something committed. For each there is a
    /// [`ProgramEvent::Health`].
    Health,
    /// The same with the members that the endpoints name (`--cluster`).
    HealthOfMembers,
    /// Watches, until they are all cancelled or the program is interrupted. What etcd's client
    /// library hides is hidden: a watch whose member is gone goes on at another one. More watches
    /// can be added by [`Action::Feed`](super::Action::Feed).
    Watch(Vec<WatchRequest>),
    /// A lease is kept alive until it is gone or the program is interrupted.
    KeepAlive(LeaseId),
    /// A lock is waited for: [`ProgramEvent::Locked`].
    Lock(Lock),
    /// An election is waited for, and the office held until the program is interrupted. The
    /// event is [`ProgramEvent::Answered`] with the own key.
    Elect(Elect),
    /// Whoever wins an election of this name is told, until the program is interrupted: each time
    /// a [`ProgramEvent::Answered`] with the winner's key.
    Observe(Bytes),
    /// The endpoints are asked for the leader, and it for handing over to the member with this
    /// id: [`ProgramEvent::Moved`] or [`ProgramEvent::NoLeaderEndpoint`].
    MoveLeader(u64),
    /// A member is added; then the list is asked for until the member that answers knows it. Two
    /// [`ProgramEvent::Answered`].
    MemberAdd(NewMember),
    /// All alarms are lifted: a [`ProgramEvent::Answered`] for each.
    #[default]
    Disarm,
    /// A user and the roles that it has (`user get --detail`): the answer about the user, then
    /// one about each role, in the order of the names.
    UserDetail(String),
    /// Authentication is switched on; the role and the rights of root are made if they are
    /// missing. One [`ProgramEvent::Answered`].
    AuthEnable,
    /// A call of the version 2 API: first the endpoints are asked for the members, and then these
    /// for the answer. If it fails, with [`ProgramError::Unavailable`].
    V2(V2Job),
}

/// A lock to be waited for.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Default)]
pub struct Lock {
    /// The name of the lock.
    pub name: Bytes,
    /// The seconds of the lease (`--ttl`).
    pub ttl: i64,
    /// Whether the lock is kept until the program is interrupted. If not, it is released at once,
    /// as after a command that takes no time.
    pub hold: bool,
}

/// An election to be won.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Default)]
pub struct Elect {
    /// The name of the election.
    pub name: Bytes,
    /// The value to be proclaimed.
    pub proposal: Bytes,
    /// The seconds of the lease.
    pub ttl: i64,
}

/// What a command of the version 2 API does.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Default)]
pub enum V2Job {
    /// One call: [`ProgramEvent::Answered`].
    Call(Call),
    /// The next change of a key: [`ProgramEvent::Answered`].
    Watch(V2Wait),
    /// All changes of a key from then on (`--forever`).
    WatchForever(V2Wait),
    /// The members and who of them leads: two [`ProgramEvent::Answered`], the list and the leader.
    #[default]
    Members,
    /// The list of members, then `/health` of each: an [`ProgramEvent::Answered`] with the list,
    /// then for each client URL a [`ProgramEvent::Answered`] or [`ProgramEvent::Failed`].
    ClusterHealth,
    /// A member is added at this URL: [`ProgramEvent::Answered`] with the members before, then
    /// with the new one and those after.
    MemberAdd(String),
    /// A member is removed: [`ProgramEvent::Answered`] with the members before, then, if it is
    /// among them, with those after.
    MemberRemove(u64),
    /// A member moves: the same events.
    MemberUpdate(MemberUrls),
}

/// Something that a running program is given later.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Default)]
pub enum Input {
    /// One more watch (a line of `watch -i`).
    Watch(WatchRequest),
    /// Progress is asked for on all watches (`progress` in `watch -i`).
    #[default]
    Progress,
    /// The process ends at once and tidies nothing up: what it holds, it holds until its lease ends.
    Exit,
}

choices! {
    Job {
        0 => Call(it), 1 => Patient(it), 2 => Each(it), 3 => EachMember(it), 4 => Health,
        5 => HealthOfMembers, 6 => Watch(it), 7 => KeepAlive(it), 8 => Lock(it), 9 => Elect(it),
        10 => Observe(it), 11 => MoveLeader(it), 12 => MemberAdd(it), 13 => Disarm,
        14 => UserDetail(it), 15 => AuthEnable, 16 => V2(it),
    }
    V2Job {
        0 => Call(it), 1 => Watch(it), 2 => WatchForever(it), 3 => Members, 4 => ClusterHealth,
        5 => MemberAdd(it), 6 => MemberRemove(it), 7 => MemberUpdate(it),
    }
    Input { 0 => Watch(it), 1 => Progress, 2 => Exit }
}

fields! {
    Program { endpoints, user, command_timeout_us, job }
    Login { name, password }
    Lock { name, ttl, hold }
    Elect { name, proposal, ttl }
}

serde_as_bytes!(Program, Input);

/// What a program has to say.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Serialize)]
pub enum ProgramEvent {
    /// What shall go on by itself is set up: all watches are, a lock is held or waited for, an
    /// election is waited for, a lease was kept alive once.
    Ready,
    /// A call was answered.
    Answered {
        /// The endpoint, where each one is asked; otherwise empty.
        endpoint: String,
        /// The answer. Of a watch: events, progress, or the end.
        answer: Answer,
    },
    /// A watch sent something: events, progress (no events), or its end.
    Watched {
        /// Which of the program's watches, from 0.
        watch: u64,
        /// The answer; its body is [`AnswerBody::Watch`](super::AnswerBody::Watch).
        answer: Answer,
    },
    /// An endpoint failed, and the program goes on with the next.
    Failed {
        /// The endpoint.
        endpoint: String,
        /// Why.
        error: ProgramError,
    },
    /// What became of the question whether an endpoint is healthy.
    Health {
        /// The endpoint.
        endpoint: String,
        /// How long it took, in microseconds.
        took_us: u64,
        /// What is wrong, if anything, in etcd's words.
        error: Option<String>,
    },
    /// A lock is held.
    Locked {
        /// The answer to the question for the own key.
        answer: Answer,
        /// The key that stands for the lock.
        key: Bytes,
    },
    /// A lease was kept alive.
    KeptAlive {
        /// Who answered.
        header: Header,
        /// The lease.
        id: LeaseId,
        /// Its seconds.
        ttl: i64,
    },
    /// A lease that should be kept alive is gone.
    LeaseGone {
        /// The lease.
        id: LeaseId,
    },
    /// The leader has handed over.
    Moved {
        /// Who led.
        from: u64,
        /// Who leads.
        to: u64,
    },
    /// None of the endpoints leads.
    NoLeaderEndpoint,
    /// The program has ended. It is the last event.
    Ended(End),
}

/// How a program ended.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Serialize)]
pub enum End {
    /// It did everything that it had to do. (Calls to single endpoints may have failed.)
    Done,
    /// It gave up.
    Failed(ProgramError),
    /// Somebody interrupted it; what it has to tidy up, it has tidied up.
    Interrupted,
}

/// Why a program, or a part of it, failed.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Serialize)]
pub enum ProgramError {
    /// A call failed.
    Call(ClientError),
    /// The client could not log in (`--user`); etcdctl ends with exit code 2.
    Login(ClientError),
    /// The members could not be asked for (`--cluster`).
    Members(ClientError),
    /// A watch was cancelled by the server, why the event before it says.
    WatchCanceled,
    /// The lease of a lock or an election ran out before it was won.
    SessionExpired,
    /// There are no endpoints at all.
    NoEndpoints,
    /// A snapshot must be asked of one endpoint.
    ManyEndpoints(Vec<String>),
    /// The version 2 API: no endpoint answered. For each, in order, its address and what happened.
    Unavailable {
        /// Whether already the question for the members failed.
        at_sync: bool,
        /// What happened at each endpoint.
        endpoints: Vec<(String, V2Failure)>,
    },
    /// The version 2 API: the endpoint is not reachable, in a question to each.
    V2(V2Failure),
}

/// Why an endpoint of the version 2 API gave no answer.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Serialize)]
pub enum V2Failure {
    /// Nobody listens.
    Refused,
    /// The answer's header did not come in time.
    HeaderTimeout,
    /// The member knows no leader.
    NoLeader,
}

/// Why a program is refused before it begins.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
pub enum ProgramRefusal {
    /// Too many endpoints or watches.
    #[error("a command has at most {max} endpoints or watches, not {0}", max = Program::MAX_PARTS)]
    TooMany(usize),
}

impl Program {
    /// The most endpoints, and the most watches to begin with.
    pub const MAX_PARTS: usize = 256;

    /// Checks the limits.
    ///
    /// # Errors
    /// The first one that is broken.
    pub fn validate(&self) -> Result<(), ProgramRefusal> {
        let watches = match &self.job {
            Job::Watch(watches) => watches.len(),
            _ => 0,
        };
        match self.endpoints.len().max(watches) {
            count if count > Program::MAX_PARTS => Err(ProgramRefusal::TooMany(count)),
            _ => Ok(()),
        }
    }

    /// etcdctl's default `--command-timeout`, in microseconds.
    pub const COMMAND_TIMEOUT_US: u64 = 5_000_000;

    /// A command with the usual settings.
    pub fn new(endpoints: Vec<String>, job: Job) -> Program {
        Program {
            endpoints,
            user: None,
            command_timeout_us: Program::COMMAND_TIMEOUT_US,
            job,
        }
    }

    /// One request to the store.
    pub fn request(endpoints: Vec<String>, request: Request) -> Program {
        Program::new(endpoints, Job::Call(Call::Store(request)))
    }
}

impl Program {
    /// As bytes.
    pub fn encode(&self) -> Vec<u8> {
        encode(self)
    }

    /// What the bytes were made of.
    ///
    /// # Errors
    /// For bytes that `encode` did not make.
    pub fn decode(bytes: &[u8]) -> Result<Program, CodeError> {
        decode(bytes)
    }
}

impl Input {
    /// As bytes.
    pub fn encode(&self) -> Vec<u8> {
        encode(self)
    }

    /// What the bytes were made of.
    ///
    /// # Errors
    /// For bytes that `encode` did not make.
    pub fn decode(bytes: &[u8]) -> Result<Input, CodeError> {
        decode(bytes)
    }
}
