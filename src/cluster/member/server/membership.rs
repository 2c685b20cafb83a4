//! Changes of the membership: etcd's checks, and the way through the log.

use super::{Server, Stage};
use crate::cluster::call::{AnswerBody, Call};
use crate::cluster::client::{ClientError, OperationId};
use crate::cluster::command::{ChangeNote, Command, Order, Publish};
use crate::cluster::member::{Alarm, Effect};
use crate::cluster::world::Out;
use crate::raft::{ConfChange, ConfChangeStep, Entry, Envelope, Message, NodeId, Payload, Role};
use crate::sim::SimTime;
use std::sync::Arc;

/// Members must have been connected for so many election timeouts before the membership is changed
/// (etcd's `HealthInterval` is 5 s, with election timeouts of 1 s).
const HEALTHY_ELECTIONS: u64 = 5;

/// A learner has caught up when it has so many percent of the leader's log (etcd's
/// `readyPercent`).
const READY_PERCENT: u64 = 90;

impl Server {
    /// Who listens to this member, as far as the connections tell, and since when.
    pub(in crate::cluster) fn set_peers(&mut self, peers: Vec<(NodeId, SimTime)>) {
        self.peers = peers;
    }

    fn is_healthy(&self, now: SimTime, member: NodeId) -> bool {
        let since = |(id, since): &(NodeId, SimTime)| {
            *id == member && now.since(*since) >= HEALTHY_ELECTIONS * self.limits.election_us
        };
        member == self.id || self.peers.iter().any(since)
    }

    fn healthy_voters(&self, now: SimTime) -> (usize, usize) {
        let voters = self.roster.members().filter(|(_, info)| !info.is_learner);
        voters.fold((0, 0), |(all, healthy), (id, _)| {
            (all + 1, healthy + usize::from(self.is_healthy(now, id)))
        })
    }

    /// A call that changes the membership.
    pub(super) fn change_members(&mut self, now: SimTime, operation: OperationId, out: &mut Out) {
        let Some(pending) = self.pending.get(&operation) else {
            return;
        };
        let (call, caller) = (Call::clone(&pending.call), pending.caller.clone());
        if let Err(error) = self.store.auth().check_admin(&caller) {
            return self.reply(operation, Err(error.into()), out);
        }
        if matches!(call, Call::MemberPromote(_)) && self.node.role() != Role::Leader {
            return self.pass_on(now, operation, out);
        }
        let step = match self.step_of(now, &call) {
            Ok(step) => step,
            Err(error) => return self.reply(operation, Err(error), out),
        };
        let proposed = match (step, call) {
            (Some(step), call) => {
                let peer_urls = match call {
                    Call::MemberAdd(new) => new.peer_urls,
                    _ => Vec::new(),
                };
                // As etcd's `types.NewURLs` has them.
                let trimmed = peer_urls.iter().map(|url| url.trim().to_owned());
                let mut peer_urls: Vec<String> = trimmed.collect();
                peer_urls.sort();
                let note = ChangeNote {
                    operation,
                    peer_urls,
                };
                let mut change = ConfChange::single(step);
                change.context = note.encode();
                self.node.propose_conf_change(change).is_ok()
            }
            (None, Call::MemberUpdate(urls)) => {
                let command = Command {
                    operation,
                    caller,
                    order: Order::MoveMember(urls),
                };
                self.node.propose(command.encode()).is_ok()
            }
            _ => return,
        };
        match proposed {
            true => self.set_stage(operation, Stage::Given),
            // No leader, or another change is under way.
            false => self.hold(operation, out),
        }
    }

    /// What another member passes on to the leader. Who is behind may give a new member an id that is taken by now: the
    /// leader, who has applied every earlier change when it takes a new one, gives it a free one. What it could not have
    /// taken from a client either is left out. (etcd's ids are hashes, and it checks when it applies.)
    pub(in crate::cluster::member) fn passed_on(&self, mut envelope: Envelope) -> Envelope {
        let Message::Propose { entries } = &mut envelope.message else {
            return envelope;
        };
        let is_change = |entry: &Entry| matches!(entry.payload, Payload::ConfChange(_));
        if self.node.role() == Role::Leader && entries.iter().any(is_change) {
            let mut kept = entries.to_vec();
            kept.retain_mut(|entry| match &mut entry.payload {
                Payload::ConfChange(change) => self.takes_over(change),
                _ => true,
            });
            *entries = kept.into();
        }
        envelope
    }

    /// Whether a change that was passed on is possible. One that adds a member gets its id.
    fn takes_over(&self, change: &mut ConfChange) -> bool {
        let note = ChangeNote::decode(&change.context).unwrap_or_default();
        let learner = matches!(change.changes[..], [ConfChangeStep::AddLearner(_)]);
        match &mut change.changes[..] {
            [ConfChangeStep::AddVoter(id) | ConfChangeStep::AddLearner(id)] => {
                *id = self.roster.next_id();
                self.roster.may_add(&note.peer_urls, learner).is_ok()
            }
            _ => true,
        }
    }

    /// What a call changes; nothing for what is no change of Raft's.
    fn step_of(&self, now: SimTime, call: &Call) -> Result<Option<ConfChangeStep>, ClientError> {
        Ok(Some(match call {
            Call::MemberAdd(new) => {
                if new.peer_urls.is_empty() {
                    return Err(ClientError::BadUrls);
                }
                self.may_add(now, new.learner)?;
                self.roster.may_add(&new.peer_urls, new.learner)?;
                let id = self.roster.next_id();
                match new.learner {
                    true => ConfChangeStep::AddLearner(id),
                    false => ConfChangeStep::AddVoter(id),
                }
            }
            Call::MemberRemove(id) => {
                let member = self
                    .roster
                    .node_of(*id)
                    .ok_or(ClientError::MemberNotFound)?;
                self.may_remove(now, member)?;
                ConfChangeStep::Remove(member)
            }
            Call::MemberPromote(id) => {
                let learner = self.roster.may_promote(*id);
                if let Ok(learner) = learner
                    && !self.has_caught_up(learner)
                {
                    return Err(ClientError::LearnerNotReady);
                }
                ConfChangeStep::AddVoter(learner?)
            }
            Call::MemberUpdate(urls) => {
                if urls.peer_urls.is_empty() {
                    return Err(ClientError::BadUrls);
                }
                self.roster.may_move(urls.id, &urls.peer_urls)?;
                return Ok(None);
            }
            _ => return Ok(None),
        }))
    }

    /// `--strict-reconfig-check`: nobody is added while a voter is away, and no voter that could cost
    /// the quorum. Who is alone may grow.
    fn may_add(&self, now: SimTime, learner: bool) -> Result<(), ClientError> {
        let (voters, started) = self.roster.voters_without(None);
        let alone = (voters, started) == (1, 1);
        if !learner && !alone && started < voters.div_ceil(2) + 1 {
            return Err(ClientError::NotEnoughStarted);
        }
        let (all, healthy) = self.healthy_voters(now);
        match healthy == all {
            true => Ok(()),
            false => Err(ClientError::UnhealthyCluster),
        }
    }

    /// `--strict-reconfig-check`: what is removed is not needed for the quorum.
    fn may_remove(&self, now: SimTime, member: NodeId) -> Result<(), ClientError> {
        if self.roster.get(member).is_some_and(|info| info.is_learner) {
            return Ok(());
        }
        let (voters, started) = self.roster.voters_without(Some(member));
        if voters == 0 || started < voters / 2 + 1 {
            return Err(ClientError::NotEnoughStarted);
        }
        let connected = member == self.id || self.peers.iter().any(|(id, _)| *id == member);
        if !connected {
            // It is not part of the active quorum.
            return Ok(());
        }
        let (all, healthy) = self.healthy_voters(now);
        match healthy > 1 + (all - 1) / 2 {
            true => Ok(()),
            false => Err(ClientError::UnhealthyCluster),
        }
    }

    fn has_caught_up(&self, learner: NodeId) -> bool {
        let matched = |id| {
            self.node
                .progress(id)
                .map_or(0, |known| known.match_index.0)
        };
        matched(learner) * 100 >= matched(self.id) * READY_PERCENT
    }

    /// A change of the membership is applied.
    pub(super) fn change_applied(&mut self, now: SimTime, change: &ConfChange, out: &mut Out) {
        let Some(note) = ChangeNote::decode(&change.context) else {
            return;
        };
        let before = self.roster.infos().len();
        let result = Arc::make_mut(&mut self.roster).change(change, note.peer_urls);
        if result.is_ok() {
            // etcd removes a member from its old store and remembers that it was there.
            let records = if self.roster.infos().len() < before {
                2
            } else {
                1
            };
            self.store.count_v2_records(records);
        }
        let added = match change.changes[..] {
            [ConfChangeStep::AddVoter(id) | ConfChangeStep::AddLearner(id)] => {
                self.roster.get(id).cloned()
            }
            _ => None,
        };
        let body = result.map(|()| AnswerBody::Members {
            member: added.map(Box::new),
            members: self.roster.infos(),
        });
        self.reply(note.operation, body, out);
        if self.roster.was_removed(self.id) {
            // etcd: after ten times 100 ms, with election timeouts of 1 s.
            out.push(Effect::Alarm(
                now.after(self.limits.election_us),
                Alarm::Leave,
            ));
        }
    }

    /// A record of the cluster's own is applied.
    pub(super) fn own_applied(&mut self, operation: OperationId, order: Order, out: &mut Out) {
        match order {
            Order::Publish(publish) => {
                if publish.member == self.member_id && publish.start == self.start {
                    self.published = true;
                    self.serving = true;
                }
                Arc::make_mut(&mut self.roster).publish(publish);
            }
            Order::MoveMember(urls) => {
                let moved = self.roster.may_move(urls.id, &urls.peer_urls);
                if moved.is_ok() {
                    Arc::make_mut(&mut self.roster).move_to(urls.id, urls.peer_urls);
                }
                let body = moved.map(|_| AnswerBody::Members {
                    member: None,
                    members: self.roster.infos(),
                });
                self.reply(operation, body, out);
            }
            Order::ClusterVersion => Arc::make_mut(&mut self.roster).has_version = true,
            Order::Request(_) => return,
        }
        self.store.count_v2_records(1);
    }

    /// Says through the log how this member is called, if it has to, and the cluster's version.
    pub(in crate::cluster::member) fn introduce(&mut self, now: SimTime, out: &mut Out) {
        let leader = self.node.leader();
        if leader.is_none() {
            return;
        }
        let in_cluster = self.roster.get(self.id).is_some();
        let timeout_us = self.limits.request_timeout_us;
        let may_again =
            |last: Option<SimTime>| last.is_none_or(|last| now.since(last) >= timeout_us);
        if !self.published && in_cluster && may_again(self.introduced) {
            let publish = Publish {
                member: self.member_id,
                start: self.start,
                name: self.name.as_ref().to_owned(),
                client_urls: vec![self.client_url.as_ref().to_owned()],
            };
            if self.propose_own(Order::Publish(publish)) {
                self.introduced = Some(now);
                let again = now.after(timeout_us);
                out.push(Effect::Alarm(again, Alarm::Introduce));
            }
        }
        if !self.roster.has_version
            && leader == Some(self.id)
            && may_again(self.versioned)
            && self.propose_own(Order::ClusterVersion)
        {
            self.versioned = Some(now);
        }
    }
}
