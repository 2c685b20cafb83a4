//! What a client asks a member, and what it is answered: the methods of etcd's gRPC services and
//! the paths of its version 2 API, typed.

use super::identity::MemberInfo;
use crate::kv::code::{choices, fields, serde_as_bytes};
use crate::kv::{
    AuthRequest, Caller, Event, LeaseId, Request, Response, Revision, V2Request, V2Response,
};
use bytes::Bytes;
use serde::Serialize;

/// A call of a client. In etcd every one is a method of a gRPC service.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Default)]
pub enum Call {
    /// Whatever the store answers: keys, transactions, leases granted and revoked, users and
    /// roles, alarms, keys of the version 2 API.
    Store(Request),
    /// A stream of events. It is answered by [`AnswerBody::Watch`]es until it is cancelled.
    Watch(WatchCall),
    /// A lease begins anew.
    LeaseKeepAlive(LeaseId),
    /// How long a lease lives still.
    LeaseTimeToLive(TimeToLive),
    /// All leases, the one that expires first before the others.
    LeaseList,
    /// The members of the cluster; whether the answer must be the newest.
    MemberList(bool),
    /// A member is added; its process is started later.
    MemberAdd(NewMember),
    /// A member is removed: its id.
    MemberRemove(u64),
    /// A member moves to other URLs.
    MemberUpdate(MemberUrls),
    /// A learner becomes a voter: its id.
    MemberPromote(u64),
    /// How the member that is asked stands.
    #[default]
    Status,
    /// The hash of all keys with their history up to a revision; 0 means the newest.
    HashKv(i64),
    /// The member that is asked gives back the room that deleted keys took.
    Defragment,
    /// The whole store of the member that is asked.
    Snapshot,
    /// The leader hands over to the member with this id; only the leader can be asked.
    MoveLeader(u64),
    /// The version 2 API: who leads (`GET /v2/members/leader`).
    V2Leader,
    /// The version 2 API: whether the member can get something committed (`GET /health`).
    V2Health,
    /// The version 2 API: the next change of a key (`GET ?wait=true`).
    V2Wait(V2Wait),
    /// The version 2 API: a read of the member's own store, possibly stale (without `--quorum`).
    V2Get(V2Request),
}

/// What is watched, and under which condition.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Default)]
pub struct WatchCall {
    /// What is watched.
    pub request: WatchRequest,
    /// The stream ends with "no leader" when the member has known no leader for three election
    /// timeouts (`WithRequireLeader`).
    pub require_leader: bool,
}

/// What is watched (etcd's `WatchCreateRequest`).
#[derive(Clone, PartialEq, Eq, Hash, Debug, Default)]
pub struct WatchRequest {
    /// The first key.
    pub key: Bytes,
    /// The end of the range, itself excluded: nothing for the one key, a single zero byte for all
    /// keys from `key` on.
    pub range_end: Bytes,
    /// The first revision whose changes are told; 0 for those from now on.
    pub start_revision: i64,
    /// Tell what was there before, too.
    pub prev_kv: bool,
    /// Say from time to time up to where everything was told.
    pub progress_notify: bool,
    /// Leave puts out.
    pub no_put: bool,
    /// Leave deletes out.
    pub no_delete: bool,
}

/// A question for the time that a lease has left.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Default)]
pub struct TimeToLive {
    /// The lease.
    pub id: LeaseId,
    /// Whether its keys are wanted too.
    pub keys: bool,
}

/// A member to be added.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Default)]
pub struct NewMember {
    /// Where the other members will reach it.
    pub peer_urls: Vec<String>,
    /// Whether it is a learner at first.
    pub learner: bool,
}

/// Where a member is reached from now on.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Default)]
pub struct MemberUrls {
    /// Its id.
    pub id: u64,
    /// Where the other members will reach it.
    pub peer_urls: Vec<String>,
}

/// The next change of a key of the version 2 API.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Default)]
pub struct V2Wait {
    /// The key.
    pub key: String,
    /// Whether changes below the key count.
    pub recursive: bool,
    /// The first index that counts; `None`: from now on.
    pub index: Option<u64>,
}

choices! {
    Call {
        0 => Store(it), 1 => Watch(it), 2 => LeaseKeepAlive(it), 3 => LeaseTimeToLive(it),
        4 => LeaseList, 5 => MemberList(it), 6 => MemberAdd(it), 7 => MemberRemove(it),
        8 => MemberUpdate(it), 9 => MemberPromote(it), 10 => Status, 11 => HashKv(it),
        12 => Defragment, 13 => Snapshot, 14 => MoveLeader(it), 15 => V2Leader, 16 => V2Health,
        17 => V2Wait(it), 18 => V2Get(it),
    }
}

fields! {
    WatchRequest { key, range_end, start_revision, prev_kv, progress_notify, no_put, no_delete }
    WatchCall { request, require_leader }
    TimeToLive { id, keys }
    NewMember { peer_urls, learner }
    MemberUrls { id, peer_urls }
    V2Wait { key, recursive, index }
}

serde_as_bytes!(Call);

/// The answer to a [`Call`].
#[derive(Clone, PartialEq, Eq, Hash, Debug, Serialize)]
pub struct Answer {
    /// Who answers, and where it stands.
    pub header: Header,
    /// The answer proper.
    pub body: AnswerBody,
}

/// What every answer begins with (etcd's `ResponseHeader`).
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default, Serialize)]
pub struct Header {
    /// The id of the cluster.
    pub cluster_id: u64,
    /// The id of the member that answers.
    pub member_id: u64,
    /// The revision of its store; 0 where etcd does not fill it in.
    pub revision: u64,
    /// Its term.
    pub raft_term: u64,
}

/// The answer proper.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Serialize)]
pub enum AnswerBody {
    /// To [`Call::Store`].
    Store(Response),
    /// To [`Call::Watch`], again and again.
    Watch(Box<WatchAnswer>),
    /// To [`Call::LeaseKeepAlive`].
    KeptAlive {
        /// The lease.
        id: LeaseId,
        /// It lives for so many seconds; 0 if there is no such lease.
        ttl: i64,
    },
    /// To [`Call::LeaseTimeToLive`].
    TimeToLive {
        /// The lease.
        id: LeaseId,
        /// It lives for so many seconds; -1 if there is no such lease.
        ttl: i64,
        /// The seconds for which it was granted.
        granted_ttl: i64,
        /// Its keys, if they were asked for.
        keys: Vec<Bytes>,
    },
    /// To [`Call::LeaseList`]: the ids.
    Leases(Vec<LeaseId>),
    /// To the calls about members.
    Members {
        /// The member that was added.
        member: Option<Box<MemberInfo>>,
        /// All members.
        members: Vec<MemberInfo>,
    },
    /// To [`Call::Status`].
    Status(Box<Status>),
    /// To [`Call::HashKv`].
    HashKv {
        /// The hash.
        hash: u32,
        /// The revision up to which the store is compacted; -1 if it never was.
        compact_revision: i64,
    },
    /// To [`Call::Defragment`] and [`Call::MoveLeader`].
    Done,
    /// To [`Call::Snapshot`]: what [`crate::kv::Store::save`] gives.
    Snapshot(Bytes),
    /// To [`Call::V2Leader`].
    Leader(Option<Box<MemberInfo>>),
    /// To [`Call::V2Health`].
    Health(bool),
    /// To [`Call::V2Wait`] and [`Call::V2Get`].
    V2(V2Response),
    /// To a user who logged in: what to show from now on. As with etcd's signed tokens, a member
    /// needs nothing else to know who asks.
    Token(Caller),
}

/// A message of a watch stream.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Default, Serialize)]
pub struct WatchAnswer {
    /// The watch is set up.
    pub created: bool,
    /// The stream has ended, and why, in etcd's words.
    pub canceled: Option<String>,
    /// The revision up to which the store is compacted, if that is why it ended.
    pub compact_revision: u64,
    /// What has happened, in order. All events of a revision come together.
    pub events: Vec<Event>,
}

/// How a member stands.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Serialize)]
pub struct Status {
    /// The bytes of its database.
    pub db_size: u64,
    /// Those of them that are in use.
    pub db_size_in_use: u64,
    /// The id of the leader that it knows; 0 if none.
    pub leader: u64,
    /// Its commit index.
    pub raft_index: u64,
    /// Its term.
    pub raft_term: u64,
    /// Its applied index.
    pub raft_applied_index: u64,
    /// What is wrong, in etcd's words: alarms, no leader.
    pub errors: Vec<String>,
    /// Whether it is a learner.
    pub is_learner: bool,
}

impl Call {
    /// What the store is asked, if it is.
    pub fn request(&self) -> Option<&Request> {
        match self {
            Call::Store(request) => Some(request),
            _ => None,
        }
    }

    /// Whether it changes who is in the cluster.
    pub(super) fn changes_members(&self) -> bool {
        matches!(
            self,
            Call::MemberAdd(_) | Call::MemberRemove(_) | Call::MemberPromote(_)
        )
    }

    /// What it is, in a word or two.
    pub fn name(&self) -> &'static str {
        match self {
            Call::Store(request) => request.name(),
            Call::Watch(_) => "watch",
            Call::LeaseKeepAlive(_) => "keep-alive",
            Call::LeaseTimeToLive(_) => "time to live",
            Call::LeaseList => "leases",
            Call::MemberList(_) => "members",
            Call::MemberAdd(_) => "add member",
            Call::MemberRemove(_) => "remove member",
            Call::MemberUpdate(_) => "update member",
            Call::MemberPromote(_) => "promote",
            Call::Status => "status",
            Call::HashKv(_) => "hash",
            Call::Defragment => "defrag",
            Call::Snapshot => "snapshot",
            Call::MoveLeader(_) => "move leader",
            Call::V2Leader => "leader",
            Call::V2Health => "health",
            Call::V2Wait(_) => "wait",
            Call::V2Get(_) => "get",
        }
    }

    /// Whether to send it twice may do something twice: not a read.
    pub fn is_write(&self) -> bool {
        match self {
            Call::Store(request) => request.is_write(),
            Call::MemberAdd(_)
            | Call::MemberRemove(_)
            | Call::MemberUpdate(_)
            | Call::MemberPromote(_)
            | Call::MoveLeader(_)
            | Call::Defragment => true,
            _ => false,
        }
    }

    /// Whether etcd's client library sends it again when it may have been carried out: what reads,
    /// and some of what writes (`repeatable` in clientv3). Not so in runs of the first edition.
    pub(super) fn may_be_repeated(&self, edition: u64) -> bool {
        let repeatable = match self {
            Call::Store(Request::Auth(request)) => matches!(
                request,
                AuthRequest::UserList
                    | AuthRequest::UserGet(_)
                    | AuthRequest::RoleList
                    | AuthRequest::RoleGet(_)
            ),
            Call::Store(request) => matches!(
                request,
                Request::LeaseGrant(_) | Request::LeaseRevoke(_) | Request::Alarm(_)
            ),
            Call::MoveLeader(_) => true,
            _ => false,
        };
        !self.is_write() || repeatable && edition > 0
    }
}

impl Answer {
    /// The store's answer, if it was asked.
    pub fn response(&self) -> Option<&Response> {
        match &self.body {
            AnswerBody::Store(response) => Some(response),
            _ => None,
        }
    }

    /// The revision of the store that answered.
    pub fn revision(&self) -> Revision {
        Revision(self.header.revision)
    }
}
