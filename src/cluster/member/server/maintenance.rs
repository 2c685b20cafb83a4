//! Questions about the member that is asked, and the handing over of the leadership.

use super::{Pending, Server, Stage};
use crate::cluster::call::{AnswerBody, Call, Status};
use crate::cluster::client::{ClientError, OperationId};
use crate::cluster::identity::member_id;
use crate::cluster::world::Out;
use crate::kv::{AlarmAction, AlarmMember, AlarmRequest, AlarmType, KvError, Request};
use crate::raft::Role;

impl Server {
    /// The bytes of the database. What is freed stays part of it until it is defragmented.
    pub(in crate::cluster::member) fn db_size(&self) -> u64 {
        self.largest.max(self.store.size_in_use())
    }

    /// Gives back the room that is not used any more.
    pub(super) fn defragment(&mut self) -> AnswerBody {
        self.largest = self.store.size_in_use();
        AnswerBody::Done
    }

    /// How the member stands (`endpoint status`).
    pub(super) fn status(&self) -> AnswerBody {
        let leader = self.node.leader();
        let mut errors: Vec<String> = Vec::new();
        if leader.is_none() {
            errors.push(ClientError::NoLeader.to_string());
        }
        errors.extend(self.store.alarms().iter().map(alarm_text));
        let own = self.roster.get(self.id);
        AnswerBody::Status(Box::new(Status {
            db_size: self.db_size(),
            db_size_in_use: self.store.size_in_use(),
            leader: leader.map_or(0, member_id),
            raft_index: self.node.commit_index().0,
            raft_term: self.node.term().0,
            raft_applied_index: self.node.applied_index().0,
            errors,
            is_learner: own.is_some_and(|info| info.is_learner),
        }))
    }

    /// The hash of all keys with their history.
    pub(super) fn hash_kv(&self, revision: i64) -> Result<AnswerBody, ClientError> {
        let hash = self.store.hash_kv(revision)?;
        Ok(AnswerBody::HashKv {
            hash: hash.hash,
            compact_revision: hash.compact_revision,
        })
    }

    /// The space of this member is used up: says so through the log.
    pub(super) fn raise_no_space(&mut self) -> ClientError {
        let alarm = AlarmRequest {
            action: AlarmAction::Activate,
            member: self.member_id,
            alarm: AlarmType::NoSpace,
        };
        self.propose_own(crate::cluster::command::Order::Request(Request::Alarm(
            alarm,
        )));
        ClientError::Refused(KvError::NoSpace)
    }

    /// The leader is asked to hand over.
    pub(super) fn move_leader(&mut self, operation: OperationId, out: &mut Out) {
        let pending = self.pending.get(&operation);
        let Some(Call::MoveLeader(target)) = pending.map(|pending| &*pending.call) else {
            return;
        };
        let target = *target;
        if self.node.role() != Role::Leader {
            return self.reply(operation, Err(ClientError::NotLeader), out);
        }
        let voter = self
            .roster
            .node_of(target)
            .filter(|id| self.node.conf().is_voter(*id));
        let Some(voter) = voter else {
            return self.reply(operation, Err(ClientError::BadTransferee), out);
        };
        if voter == self.id {
            return self.reply(operation, Ok(AnswerBody::Done), out);
        }
        self.node.transfer_leader(voter);
        self.set_stage(operation, Stage::Moving(voter));
    }

    /// The leader is another one: whoever asked for that is told.
    pub(super) fn moved(&mut self, out: &mut Out) {
        let leader = self.node.leader();
        let done = |pending: &Pending| match pending.stage {
            Stage::Moving(target) => Some(target) == leader,
            _ => false,
        };
        let done: Vec<OperationId> = self
            .pending
            .iter()
            .filter_map(|(id, pending)| done(pending).then_some(*id))
            .collect();
        for operation in done {
            self.reply(operation, Ok(AnswerBody::Done), out);
        }
    }
}

/// As etcd prints it.
fn alarm_text(alarm: &AlarmMember) -> String {
    let name = match alarm.alarm {
        AlarmType::NoSpace => "NOSPACE",
        AlarmType::Corrupt => "CORRUPT",
        AlarmType::None => "NONE",
    };
    format!("memberID:{} alarm:{name} ", alarm.member)
}
