//! Elections: campaigns, votes, and the ways from one role to another (paper §5.2, §5.4.1;
//! dissertation §4.2.3, §9.6).

use super::{Node, RoleState};
use crate::raft::electorate::VoteResult;
use crate::raft::message::{Message, VoteRefusal, VoteVerdict};
use crate::raft::options::ReadMode;
use crate::raft::ready::{CampaignRefusal, Event, Role, RoleReason};
use crate::raft::rules::{LogPosition, Rule};
use crate::raft::types::{NodeId, Term};

// Campaigns.

impl Node {
    /// The operator says: campaign now, as if the election timer had run out.
    pub fn campaign(&mut self) {
        // Where leases are used a member is bound by its own promise too.
        if self.options.read_mode == ReadMode::LeaseBased
            && self.promised_to_another(false).is_some()
        {
            let reason = CampaignRefusal::Promised;
            return self.out.event(Event::CampaignRefused { reason });
        }
        self.hup(RoleReason::ToldToCampaign);
    }

    /// Campaigns, with a pre-vote where that is chosen, unless the node must not.
    pub(super) fn hup(&mut self, reason: RoleReason) {
        if !self.may_campaign() {
            return;
        }
        if self.options.asks_first() {
            self.become_pre_candidate(reason);
        } else {
            self.become_candidate(reason, false);
        }
    }

    /// Whether the node may campaign; if not, it reports why.
    pub(super) fn may_campaign(&mut self) -> bool {
        let reason = if matches!(self.role, RoleState::Leader(_)) {
            CampaignRefusal::Leads
        } else if !self.is_promotable() {
            CampaignRefusal::NotPromotable
        } else if !self.rules().may_campaign(self.log.has_unapplied_change()) {
            CampaignRefusal::UnappliedChange
        } else if self.term.next() == self.term {
            CampaignRefusal::TermsExhausted
        } else {
            return true;
        };
        self.out.event(Event::CampaignRefused { reason });
        false
    }

    /// Asks who would vote for it. Term and vote stay as they are.
    fn become_pre_candidate(&mut self, reason: RoleReason) {
        self.draw_timeout();
        self.leader = None;
        self.role = RoleState::PreCandidate(Vec::new());
        self.report_role(reason);
        let end = self.log.end();
        let others = self.other_voters();
        // The own answer may be all that is needed.
        self.count_answer(self.id, VoteVerdict::Granted, true);
        if !matches!(self.role, RoleState::PreCandidate(_)) {
            return;
        }
        for voter in others {
            let question = Message::PreVoteRequest {
                last_index: end.index,
                last_term: end.term,
            };
            let term = self.term.next();
            self.out.send(self.id, voter, term, question);
        }
    }

    /// Begins a new term and asks for votes in it (paper §5.2). The requests, and the own vote,
    /// wait until the new term and the own vote are durable: otherwise the node could crash,
    /// forget both, campaign in the same term with a shorter log and count the answers that were
    /// given to the longer one.
    pub(super) fn become_candidate(&mut self, reason: RoleReason, transfer: bool) {
        self.enter_term(self.term.next());
        self.vote = Some(self.id);
        self.role = RoleState::Candidate(Vec::new());
        self.report_role(reason);
        let end = self.log.end();
        for voter in self.other_voters() {
            let request = Message::VoteRequest {
                last_index: end.index,
                last_term: end.term,
                transfer,
            };
            self.send_vote(voter, self.term, request);
        }
        if !self.rules().on(Rule::DurableVote) {
            self.count_answer(self.id, VoteVerdict::Granted, false);
        }
    }

    /// This member's own vote is durable.
    pub(super) fn count_own_vote(&mut self, term: Term) {
        let is_candidate = matches!(self.role, RoleState::Candidate(_));
        if is_candidate && term == self.term && self.vote == Some(self.id) {
            self.count_answer(self.id, VoteVerdict::Granted, false);
        }
    }

    fn other_voters(&self) -> Vec<NodeId> {
        let mut voters = self.electorate().voters();
        voters.retain(|id| *id != self.id);
        voters
    }
}

// Voters.

impl Node {
    /// Why the node must not listen to candidates now, if so.
    pub(super) fn promised_to_another(&self, transfer: bool) -> Option<VoteRefusal> {
        let elapsed = self.timers.election_elapsed;
        let rules = self.rules();
        if rules.is_loyal(&self.options, self.leader, elapsed, transfer) {
            let leader = self.leader?;
            return Some(VoteRefusal::LeaderIsAlive { leader });
        }
        if !transfer && self.may_have_promised() {
            return Some(VoteRefusal::MayHavePromised);
        }
        None
    }

    /// Whether the node was restarted, and a promise from before may still bind it.
    fn may_have_promised(&self) -> bool {
        let (restarted, clock) = (self.restarted, self.timers.clock);
        (self.rules()).may_have_promised(&self.options, restarted, clock)
    }

    pub(super) fn handle_vote_request(
        &mut self,
        from: NodeId,
        term: Term,
        last: LogPosition,
        transfer: bool,
    ) {
        let promised = !transfer && self.may_have_promised();
        let verdict = if promised {
            VoteVerdict::Refused(VoteRefusal::MayHavePromised)
        } else {
            self.judge(from, last, false)
        };
        if verdict == VoteVerdict::Granted {
            self.vote = Some(from);
            // Somebody is about to lead: give them time.
            self.timers.election_elapsed = 0;
        }
        self.answer_vote(from, term, verdict, false);
    }

    /// Answers what the vote would be, and changes nothing.
    pub(super) fn handle_pre_vote_request(&mut self, from: NodeId, term: Term, last: LogPosition) {
        if term > self.term
            && let Some(reason) = self.promised_to_another(false)
        {
            return self.out.event(Event::VoteRefused {
                candidate: from,
                term,
                pre: true,
                reason,
            });
        }
        let verdict = self.judge(from, last, term > self.term);
        self.answer_vote(from, term, verdict, true);
    }

    /// Whether the candidate gets the vote. In a term that is only asked about, the vote is
    /// still free.
    fn judge(&self, candidate: NodeId, last: LogPosition, free: bool) -> VoteVerdict {
        let rules = self.rules();
        if !free && !rules.has_vote_for(candidate, self.vote, self.leader) {
            let reason = match (self.vote, self.leader) {
                (Some(vote), _) => VoteRefusal::AlreadyVoted { vote },
                (None, Some(leader)) => VoteRefusal::KnowsLeader { leader },
                (None, None) => unreachable!("who has neither voted nor a leader has a vote"),
            };
            return VoteVerdict::Refused(reason);
        }
        let own = self.log.end();
        if !rules.is_up_to_date(last, own) {
            return VoteVerdict::Refused(VoteRefusal::LogBehind {
                last_index: own.index,
                last_term: own.term,
            });
        }
        VoteVerdict::Granted
    }

    /// Sends the verdict: a vote once it is durable, an answer to a question at once.
    pub(super) fn answer_vote(
        &mut self,
        candidate: NodeId,
        term: Term,
        verdict: VoteVerdict,
        pre: bool,
    ) {
        self.out.event(match verdict {
            VoteVerdict::Granted => Event::VoteGranted {
                candidate,
                term,
                pre,
            },
            VoteVerdict::Refused(reason) => Event::VoteRefused {
                candidate,
                term,
                pre,
                reason,
            },
        });
        if !pre {
            let answer = Message::VoteResponse { verdict };
            return self.send_vote(candidate, self.term, answer);
        }
        // A candidate must not take the term that it asked about for one that exists, so a
        // refusal carries the voter's own.
        let term = match verdict {
            VoteVerdict::Granted => term,
            VoteVerdict::Refused(_) => self.term,
        };
        let answer = Message::PreVoteResponse { verdict };
        self.out.send(self.id, candidate, term, answer);
    }

    /// Sends what must not be said before term and vote are durable.
    fn send_vote(&mut self, to: NodeId, term: Term, message: Message) {
        if self.rules().on(Rule::DurableVote) {
            self.out.send_after_sync(self.id, to, term, message);
        } else {
            self.out.send(self.id, to, term, message);
        }
    }
}

// Counting.

impl Node {
    /// A voter's answer arrived. A grant of a pre-vote carries the term that was asked about,
    /// every other answer the voter's own.
    pub(super) fn handle_vote_response(
        &mut self,
        from: NodeId,
        term: Term,
        verdict: VoteVerdict,
        pre: bool,
    ) {
        let asked = match (&self.role, pre) {
            (RoleState::PreCandidate(_), true) => self.term.next(),
            (RoleState::Candidate(_), false) => self.term,
            _ => return self.out.event(Event::StaleMessage { from, term }),
        };
        let refused = verdict != VoteVerdict::Granted;
        let counts = (pre && refused) || self.rules().counts_vote_of(term, asked);
        if !counts {
            return self.out.event(Event::StaleMessage { from, term });
        }
        self.count_answer(from, verdict, pre);
    }

    fn count_answer(&mut self, voter: NodeId, verdict: VoteVerdict, pre: bool) {
        let electorate = self.options.rules.electorate(&self.conf);
        let (RoleState::PreCandidate(answers) | RoleState::Candidate(answers)) = &mut self.role
        else {
            return;
        };
        if answers.iter().any(|(id, _)| *id == voter) || !electorate.contains(voter) {
            return;
        }
        answers.push((voter, verdict));
        self.out.event(Event::VoteCounted {
            voter,
            verdict,
            pre,
        });
        let result = electorate.vote_result(|id| {
            let (_, verdict) = answers.iter().find(|(voter, _)| *voter == id)?;
            Some(*verdict == VoteVerdict::Granted)
        });
        match result {
            VoteResult::Pending => {}
            VoteResult::Won if pre => self.become_candidate(RoleReason::PreVoteWon, false),
            VoteResult::Won => self.become_leader(),
            VoteResult::Lost => self.become_follower(self.term, None, RoleReason::ElectionLost),
        }
    }
}

// Roles.

impl Node {
    /// Follows, in this term, this leader or whoever turns up.
    pub(super) fn become_follower(
        &mut self,
        term: Term,
        leader: Option<NodeId>,
        reason: RoleReason,
    ) {
        self.enter_term(term);
        self.role = RoleState::Follower;
        self.leader = leader;
        self.report_role(reason);
    }

    /// The leader of the term was heard.
    pub(super) fn hear_leader(&mut self, from: NodeId) {
        if !matches!(self.role, RoleState::Follower) {
            return self.become_follower(self.term, Some(from), RoleReason::FoundLeader);
        }
        self.timers.election_elapsed = 0;
        if self.leader != Some(from) {
            self.leader = Some(from);
            self.report_role(RoleReason::FoundLeader);
        }
    }

    /// What every change of role has in common. A new term has no vote yet.
    pub(super) fn enter_term(&mut self, term: Term) {
        assert!(term >= self.term, "terms never go back");
        if term > self.term {
            self.term = term;
            self.vote = None;
        }
        self.leader = None;
        self.timers.heartbeat_elapsed = 0;
        self.draw_timeout();
    }

    pub(super) fn report_role(&mut self, reason: RoleReason) {
        let role: Role = self.role();
        self.out.event(Event::RoleChanged {
            role,
            term: self.term,
            leader: self.leader,
            reason,
        });
    }
}
