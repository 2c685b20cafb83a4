//! Handing the leadership to a chosen member (dissertation §3.10).

use super::{Node, RoleState};
use crate::raft::message::Message;
use crate::raft::ready::{DropReason, Event, Nonsense, RoleReason};
use crate::raft::types::NodeId;

impl Node {
    /// Hands the leadership to `target`: the leader takes no more proposals, lets the target
    /// catch up and tells it to campaign at once. If the target does not lead after an election
    /// timeout, the leader goes on. A follower passes the request on.
    pub fn transfer_leader(&mut self, target: NodeId) {
        let is_voter = self.electorate().contains(target);
        let own = self.id;
        let RoleState::Leader(leader) = &mut self.role else {
            return match self.leader {
                Some(leader) => self.forward(leader, Message::TransferLeader { target }),
                None => self.out.event(Event::Dropped {
                    reason: DropReason::NoLeader,
                }),
            };
        };
        if leader.transfer == Some(target) || (target != own && !is_voter) {
            return;
        }
        // A new target replaces an earlier one; the leader itself as target only does that.
        self.abort_transfer();
        if target == own {
            return;
        }
        if let RoleState::Leader(leader) = &mut self.role {
            leader.transfer = Some(target);
            leader.dirty = true;
        }
        self.timers.election_elapsed = 0;
        self.out.event(Event::TransferStarted { target });
        self.maybe_time_out_target(target);
    }

    /// Tells the target to campaign, once it has everything that the leader has.
    pub(super) fn maybe_time_out_target(&mut self, id: NodeId) {
        let last = self.log.last_index();
        let RoleState::Leader(leader) = &mut self.role else {
            return;
        };
        let has_all = leader
            .progress(id)
            .is_some_and(|progress| progress.match_index == last);
        if leader.transfer == Some(id) && has_all {
            leader.transferred = true;
            self.send(id, Message::TimeoutNow);
        }
    }

    /// The leader says: take over.
    pub(super) fn handle_timeout_now(&mut self, from: NodeId) {
        if self.leader != Some(from) && self.leader.is_some() {
            return self.nonsense(from, Nonsense::SecondLeader);
        }
        if self.may_campaign() {
            // No pre-vote: this is not a disturbance, the leader wants it.
            self.become_candidate(RoleReason::ToldToCampaign, true);
        }
    }
}
