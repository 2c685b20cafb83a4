//! Who is in the cluster, as the log says: names, URLs and who was removed (etcd's
//! `membership.RaftCluster`). Every member keeps one and applies the same entries to it.

use crate::cluster::client::ClientError;
use crate::cluster::command::Publish;
use crate::cluster::identity::{
    MemberInfo, member_id, usual_client_url, usual_name, usual_peer_url,
};
use crate::kv::code::{Code, Coder};
use crate::raft::{ConfChange, ConfChangeStep, NodeId};

/// Who is in the cluster.
#[derive(Clone, Debug, Default)]
pub struct Roster {
    members: Vec<(NodeId, MemberInfo)>,
    removed: Vec<NodeId>,
    pub(super) has_version: bool,
}

impl Code for Roster {
    fn code(&mut self, coder: &mut Coder<'_>) {
        let (mut ids, mut infos): (Vec<NodeId>, Vec<MemberInfo>) =
            self.members.iter().cloned().unzip();
        ids.code(coder);
        infos.code(coder);
        if coder.reads() {
            self.members = ids.into_iter().zip(infos).collect();
        }
        self.removed.code(coder);
        self.has_version.code(coder);
    }
}

impl Roster {
    /// The members that the cluster starts with. `published`: they have said their names already.
    pub(super) fn new(ids: impl Iterator<Item = NodeId>, published: bool) -> Roster {
        let member = |id| {
            let info = MemberInfo {
                id: member_id(id),
                name: if published {
                    usual_name(id)
                } else {
                    String::new()
                },
                peer_urls: vec![usual_peer_url(id)],
                client_urls: match published {
                    true => vec![usual_client_url(id)],
                    false => Vec::new(),
                },
                is_learner: false,
            };
            (id, info)
        };
        Roster {
            members: ids.map(member).collect(),
            removed: Vec::new(),
            has_version: published,
        }
    }

    /// All members, sorted by id.
    pub fn members(&self) -> impl Iterator<Item = (NodeId, &MemberInfo)> {
        self.members.iter().map(|(id, info)| (*id, info))
    }

    pub(super) fn infos(&self) -> Vec<MemberInfo> {
        self.members.iter().map(|(_, info)| info.clone()).collect()
    }

    /// What is known about a member.
    pub fn get(&self, id: NodeId) -> Option<&MemberInfo> {
        let (_, info) = self.members.iter().find(|(member, _)| *member == id)?;
        Some(info)
    }

    /// Whether a member was there and is not any more.
    pub fn was_removed(&self, id: NodeId) -> bool {
        self.removed.contains(&id)
    }

    /// The member with this id of etcd's.
    pub(super) fn node_of(&self, id: u64) -> Option<NodeId> {
        let (member, _) = self.members.iter().find(|(_, info)| info.id == id)?;
        Some(*member)
    }

    /// An identity that no member has ever had.
    pub(super) fn next_id(&self) -> NodeId {
        let ids = self.members.iter().map(|(id, _)| id).chain(&self.removed);
        NodeId(ids.map(|id| id.0).max().unwrap_or(0) + 1)
    }

    fn has_url(&self, urls: &[String], except: Option<NodeId>) -> bool {
        let others = self.members.iter().filter(|(id, _)| Some(*id) != except);
        let mut known = others.flat_map(|(_, info)| &info.peer_urls);
        known.any(|url| urls.contains(url))
    }

    // Checks, in etcd's order (`ValidateConfigurationChange`).

    pub(super) fn may_add(&self, urls: &[String], learner: bool) -> Result<(), ClientError> {
        let learners = self.members.iter().filter(|(_, info)| info.is_learner);
        if self.has_url(urls, None) {
            Err(ClientError::PeerUrlExists)
        } else if learner && learners.count() > 0 {
            Err(ClientError::TooManyLearners)
        } else {
            Ok(())
        }
    }

    pub(super) fn may_move(&self, id: u64, urls: &[String]) -> Result<NodeId, ClientError> {
        let member = self.node_of(id).ok_or(ClientError::MemberNotFound)?;
        match self.has_url(urls, Some(member)) {
            true => Err(ClientError::PeerUrlExists),
            false => Ok(member),
        }
    }

    pub(super) fn may_promote(&self, id: u64) -> Result<NodeId, ClientError> {
        let member = self.node_of(id).ok_or(ClientError::MemberNotFound)?;
        match self.get(member).is_some_and(|info| info.is_learner) {
            true => Ok(member),
            false => Err(ClientError::NotLearner),
        }
    }

    /// How many voters there are without this one, and how many of them have started.
    pub(super) fn voters_without(&self, id: Option<NodeId>) -> (usize, usize) {
        let others = self
            .members
            .iter()
            .filter(|(member, _)| Some(*member) != id);
        let voters: Vec<&MemberInfo> = others
            .map(|(_, info)| info)
            .filter(|info| !info.is_learner)
            .collect();
        let started = voters.iter().filter(|info| !info.name.is_empty()).count();
        (voters.len(), started)
    }

    // What the log says.

    /// A change of the membership is applied. What makes no sense changes nothing.
    ///
    /// # Errors
    /// Why it makes no sense.
    pub(super) fn change(
        &mut self,
        change: &ConfChange,
        peer_urls: Vec<String>,
    ) -> Result<(), ClientError> {
        let [step] = change.changes[..] else {
            return Ok(());
        };
        match step {
            ConfChangeStep::AddVoter(id) | ConfChangeStep::AddLearner(id) => {
                let is_learner = matches!(step, ConfChangeStep::AddLearner(_));
                let place = self.members.iter().position(|(member, _)| *member == id);
                match place {
                    Some(place) if !is_learner && self.members[place].1.is_learner => {
                        self.members[place].1.is_learner = false;
                        Ok(())
                    }
                    Some(_) => Err(ClientError::MemberExists),
                    None => {
                        let info = MemberInfo {
                            id: member_id(id),
                            peer_urls,
                            is_learner,
                            ..MemberInfo::default()
                        };
                        self.members.push((id, info));
                        self.members.sort_by_key(|(id, _)| *id);
                        Ok(())
                    }
                }
            }
            ConfChangeStep::Remove(id) => {
                let there = self.get(id).is_some();
                self.members.retain(|(member, _)| *member != id);
                self.removed.push(id);
                match there {
                    true => Ok(()),
                    false => Err(ClientError::MemberNotFound),
                }
            }
        }
    }

    pub(super) fn publish(&mut self, publish: Publish) {
        let of = |(_, info): &&mut (NodeId, MemberInfo)| info.id == publish.member;
        if let Some((_, info)) = self.members.iter_mut().find(of) {
            info.name = publish.name;
            info.client_urls = publish.client_urls;
        }
    }

    pub(super) fn move_to(&mut self, id: u64, peer_urls: Vec<String>) {
        if let Some((_, info)) = self.members.iter_mut().find(|(_, info)| info.id == id) {
            info.peer_urls = peer_urls;
        }
    }
}
