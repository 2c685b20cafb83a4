//! Configurations come into force when they are applied (as in etcd), not when they are appended
//! (as in the paper).
//!
//! What that means: a truncated entry needs no rollback of the configuration, since only
//! committed ones count; but members change over at different moments, each when it applies the
//! entry. Two rules make up for it: the next change waits until the leader has applied the one
//! before ([`Rule::OneChangeAtATime`]), and nobody campaigns with a committed change that it has
//! not applied ([`Rule::CampaignAfterConf`]). And one consequence is left to the operator: with
//! two members, removing one needs both to commit, and if the leader removes itself and vanishes
//! before the other one hears of the commit, that one stays alone in a configuration of two.

use super::{Node, RoleState};
use crate::raft::progress::Progress;
use crate::raft::ready::{ConfChangeRefusal, Event, RoleReason};
use crate::raft::rules::Rule;
use crate::raft::types::{ConfChange, ConfState, Entry, Index, Payload};

impl Node {
    /// Whether a leader may propose this change now.
    pub(super) fn check_change(&self, change: &ConfChange) -> Result<(), ConfChangeRefusal> {
        let RoleState::Leader(leader) = &self.role else {
            return Ok(());
        };
        let rules = self.options.rules;
        if !rules.may_change_in_term(self.own_term_committed()) {
            return Err(ConfChangeRefusal::NothingCommittedYet);
        }
        if !rules.may_change_again(leader.pending_change, self.log.applied()) {
            return Err(ConfChangeRefusal::Pending {
                index: leader.pending_change,
            });
        }
        let changed = self.conf.changed(change);
        changed.map(|_| ()).map_err(ConfChangeRefusal::Invalid)
    }

    /// The application has applied everything up to `index`. Changes of the membership among it
    /// come into force now.
    pub fn applied(&mut self, index: Index) {
        let before = self.log.applied();
        self.log.applied_to(index);
        let newly = before.next()..=self.log.applied();
        let is_change = |entry: &&Entry| matches!(entry.payload, Payload::ConfChange(_));
        let changes: Vec<Entry> = self.log.range(newly).filter(is_change).cloned().collect();
        for entry in &changes {
            if self.rules().on(Rule::ConfAtApply) {
                self.apply_change(entry);
            }
        }
        self.leave_joint();
    }

    /// The configuration after the entries up to `index`, from the latest snapshot on.
    pub(super) fn conf_at(&self, index: Index) -> ConfState {
        let snapshot = self.log.snapshot();
        let mut conf = snapshot.conf.clone();
        for entry in self.log.range(snapshot.index.next()..=index) {
            if let Payload::ConfChange(change) = &entry.payload
                && let Ok(changed) = conf.changed(change)
            {
                conf = changed;
            }
        }
        conf
    }

    /// For the experiment in which a configuration comes into force when it is appended, and
    /// stays so when its entry is truncated.
    pub(super) fn take_conf_early(&mut self, entry: &Entry) {
        if !self.rules().on(Rule::ConfAtApply) {
            self.apply_change(entry);
        }
    }

    fn apply_change(&mut self, entry: &Entry) {
        let Payload::ConfChange(change) = &entry.payload else {
            return;
        };
        match self.conf.changed(change) {
            Ok(conf) => self.switch_to(conf),
            Err(_) => self
                .out
                .event(Event::ConfChangeIgnored { index: entry.index }),
        }
    }

    fn switch_to(&mut self, conf: ConfState) {
        self.conf = conf;
        let conf = Box::new(self.conf.clone());
        self.out.event(Event::ConfChanged { conf });
        if !matches!(self.role, RoleState::Leader(_)) {
            return;
        }
        if !self.conf.is_voter(self.id) {
            // The others should know that the change is committed before their leader goes.
            self.replicate();
            return self.become_follower(self.term, None, RoleReason::Removed);
        }
        self.fit_progress();
        // A smaller quorum may have been reached already.
        self.maybe_commit();
    }

    /// One progress for each member.
    fn fit_progress(&mut self) {
        let last = self.log.last_index();
        let members = self.conf.members();
        let RoleState::Leader(leader) = &mut self.role else {
            return;
        };
        leader.dirty = true;
        leader.progress.retain(|(id, _)| members.contains(id));
        for id in members {
            let place = leader.progress.binary_search_by_key(&id, |(id, _)| *id);
            if let Err(place) = place {
                let mut progress = Progress::new(last.max(Index(1)));
                // A new member gets the benefit of the doubt until the next CheckQuorum.
                progress.recent_active = true;
                leader.progress.insert(place, (id, progress));
            }
        }
        let target_gone = |target| !self.conf.is_voter(target);
        if leader.transfer.is_some_and(target_gone) {
            self.abort_transfer();
        }
    }

    /// A leader leaves a joint configuration by itself, if it was entered so.
    fn leave_joint(&mut self) {
        let RoleState::Leader(leader) = &self.role else {
            return;
        };
        let rules = self.options.rules;
        if self.conf.auto_leave
            && self.conf.is_joint()
            && rules.may_change_again(leader.pending_change, self.log.applied())
            && rules.may_change_in_term(self.own_term_committed())
        {
            self.append([Payload::ConfChange(Box::new(ConfChange::leave()))]);
        }
    }
}
