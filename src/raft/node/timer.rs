//! Time. A node knows no clock: it is told how many ticks have passed, and tells when the next
//! one matters.

use super::{Node, RoleState};
use crate::raft::electorate::VoteResult;
use crate::raft::message::Message;
use crate::raft::ready::{Event, RoleReason};
use crate::raft::rules::Rule;

/// The clock and the timers of a node, in ticks.
#[derive(Clone, Debug, Default)]
pub(super) struct Timers {
    /// Since the node started.
    pub clock: u64,
    /// A follower's time since it heard from its leader or began to campaign; a leader's time
    /// since its last CheckQuorum or since a transfer began.
    pub election_elapsed: u64,
    /// How long a follower waits this time.
    pub election_timeout: u64,
    /// A leader's time since its last heartbeat.
    pub heartbeat_elapsed: u64,
}

/// A timer, as a picture would show it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Timer {
    /// So many ticks have passed.
    pub elapsed: u64,
    /// After so many it runs out.
    pub timeout: u64,
}

impl Node {
    /// So many ticks of the member's clock have passed.
    ///
    /// With at most [`ticks_until_timer`](Node::ticks_until_timer) this is exactly what that many
    /// single ticks would do. With more, the node was asleep: each timer that ran out meanwhile
    /// fires once, late, and then starts anew. (etcd counts the ticks that it took: Go's ticker
    /// drops the others, so after a sleep its timers go on where they stood. But a leader that
    /// slept must not rely on a lease that has ended.)
    pub fn tick(&mut self, ticks: u64) {
        if ticks == 0 {
            return;
        }
        self.timers.clock = self.timers.clock.saturating_add(ticks);
        self.timers.election_elapsed = self.timers.election_elapsed.saturating_add(ticks);
        match self.role {
            RoleState::Leader(_) => self.tick_leader(ticks),
            _ => self.tick_election(),
        }
    }

    /// After how many ticks, at least one, a timer will run out, if nothing else happens before.
    /// `None` if none is running.
    pub fn ticks_until_timer(&self) -> Option<u64> {
        let timers = &self.timers;
        let left = |timeout: u64, elapsed: u64| timeout.saturating_sub(elapsed).max(1);
        match &self.role {
            RoleState::Leader(leader) => {
                let beat = left(self.options.heartbeat_interval, timers.heartbeat_elapsed);
                if !self.checks_quorum() && leader.transfer.is_none() {
                    return Some(beat);
                }
                let check = left(self.options.election_timeout, timers.election_elapsed);
                Some(beat.min(check))
            }
            _ => self
                .election_timer()
                .map(|timer| left(timer.timeout, timer.elapsed)),
        }
    }

    /// The election timer. `None` for a leader and for a member that may not campaign.
    pub fn election_timer(&self) -> Option<Timer> {
        if matches!(self.role, RoleState::Leader(_)) || !self.is_promotable() {
            return None;
        }
        Some(Timer {
            elapsed: self.timers.election_elapsed,
            timeout: self.timers.election_timeout,
        })
    }

    /// Starts the election timer anew, with a new timeout.
    pub(super) fn draw_timeout(&mut self) {
        self.timers.election_elapsed = 0;
        self.timers.election_timeout =
            (self.options.rules).election_timeout(&self.options, &mut self.rng);
    }

    fn checks_quorum(&self) -> bool {
        self.options.check_quorum && self.rules().on(Rule::CheckQuorum)
    }

    fn tick_election(&mut self) {
        let timers = &mut self.timers;
        if timers.election_elapsed < timers.election_timeout || !self.is_promotable() {
            return;
        }
        self.timers.election_elapsed = 0;
        self.hup(RoleReason::ElectionTimeout);
    }

    fn tick_leader(&mut self, ticks: u64) {
        self.timers.heartbeat_elapsed = self.timers.heartbeat_elapsed.saturating_add(ticks);
        if self.timers.election_elapsed >= self.options.election_timeout {
            self.timers.election_elapsed = 0;
            if self.checks_quorum() {
                self.check_quorum();
            }
            self.abort_transfer();
        }
        let is_leader = matches!(self.role, RoleState::Leader(_));
        if is_leader && self.timers.heartbeat_elapsed >= self.options.heartbeat_interval {
            self.timers.heartbeat_elapsed = 0;
            self.send_heartbeats();
        }
    }

    /// A leader that heard from no quorum for an election timeout steps down (dissertation
    /// §6.2): somebody else may lead by now, and its clients should look for them.
    fn check_quorum(&mut self) {
        let own = self.id;
        let electorate = self.options.rules.electorate(&self.conf);
        let RoleState::Leader(leader) = &mut self.role else {
            return;
        };
        let active = |id| {
            let progress = leader.progress(id);
            Some(id == own || progress.is_some_and(|p| p.recent_active))
        };
        let result = electorate.vote_result(active);
        for (id, progress) in &mut leader.progress {
            progress.recent_active = *id == own;
        }
        if result != VoteResult::Won {
            self.become_follower(self.term, None, RoleReason::LostQuorum);
        }
    }

    /// Tells everybody that the leader still leads, and confirms the latest read on the way.
    pub(super) fn send_heartbeats(&mut self) {
        let RoleState::Leader(leader) = &mut self.role else {
            return;
        };
        let round = leader.reads.latest_round();
        leader.reads.round_due = false;
        for (id, progress) in &leader.progress {
            if *id == self.id {
                continue;
            }
            let commit = self.log.committed();
            let commit = (self.options.rules).commit_in_heartbeat(commit, progress.match_index);
            let heartbeat = Message::Heartbeat {
                commit,
                round,
                sent_at: self.timers.clock,
            };
            self.out.send(self.id, *id, self.term, heartbeat);
        }
    }

    /// Gives up a transfer that was not completed within an election timeout.
    pub(super) fn abort_transfer(&mut self) {
        if let RoleState::Leader(leader) = &mut self.role
            && let Some(target) = leader.transfer.take()
        {
            self.out.event(Event::TransferAborted { target });
        }
    }
}
