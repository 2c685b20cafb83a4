//! What nodes report of themselves, in words.

use super::{Fill, Words};
use crate::raft::{
    CampaignRefusal, DropReason, Event, NodeId, Nonsense, Role, RoleReason, Term, VoteVerdict,
};
use crate::view::labels::refusal_words;
use crate::words::{say, translate};
use Fill::{Entries, Member, Members, Word};

impl Words<'_> {
    /// Says what a node reports of itself.
    pub(super) fn learned(&mut self, member: NodeId, event: &Event) -> Option<bool> {
        let it = ("member", Member(member));
        match event {
            Event::RoleChanged {
                role,
                term,
                leader,
                reason,
            } => return self.role(member, *role, *term, *leader, *reason),
            Event::VoteGranted {
                candidate,
                term,
                pre,
            } => {
                let key = match (pre, *candidate == member) {
                    (false, false) => "said.votes",
                    (false, true) => "said.votes-itself",
                    (true, false) => "said.would-vote",
                    (true, true) => "said.would-vote-itself",
                };
                let fills = [it, ("other", Member(*candidate)), ("term", Word(term))];
                self.say(key, &fills);
                return Some(*candidate != member);
            }
            Event::VoteRefused {
                candidate,
                term,
                pre,
                reason,
            } => {
                let key = match pre {
                    true => "said.refuses-pre-vote",
                    false => "said.refuses-vote",
                };
                let fills = [
                    it,
                    ("other", Member(*candidate)),
                    ("term", Word(term)),
                    ("reason", Word(&refusal_words(reason))),
                ];
                self.say(key, &fills);
                return Some(true);
            }
            Event::VoteCounted {
                voter,
                verdict,
                pre,
            } => {
                if *voter == member {
                    return None;
                }
                let key = match (verdict, pre) {
                    (VoteVerdict::Granted, false) => "said.counts-vote",
                    (VoteVerdict::Granted, true) => "said.counts-pre-vote",
                    (VoteVerdict::Refused(_), false) => "said.lacks-vote",
                    (VoteVerdict::Refused(_), true) => "said.lacks-pre-vote",
                };
                self.say(key, &[it, ("other", Member(*voter))]);
            }
            Event::Appended { first, last } => {
                let what = Entries(Some((*first, *last)));
                self.say("said.appends", &[it, ("what", what)]);
                return Some(true);
            }
            Event::Accepted { leader, last } => {
                let fills = [it, ("other", Member(*leader)), ("index", Word(last))];
                self.say("said.takes-over", &fills);
            }
            Event::Truncated { from, to } => {
                let what = Entries(Some((*from, *to)));
                self.say("said.truncates", &[it, ("what", what)]);
                return Some(true);
            }
            Event::AppendRefused { leader, prev_index } => {
                let fills = [it, ("index", Word(prev_index)), ("other", Member(*leader))];
                self.say("said.refuses-append", &fills);
                return Some(true);
            }
            Event::StaleMessage { from, term } => {
                let fills = [it, ("other", Member(*from)), ("term", Word(term))];
                self.say("said.ignores-late", &fills);
            }
            Event::Stored { .. } => return None,
            Event::Matched { node, match_index } => {
                if *node == member {
                    return None;
                }
                let fills = [it, ("other", Member(*node)), ("index", Word(match_index))];
                self.say("said.knows-match", &fills);
            }
            Event::Committed { index } => {
                self.say("said.knows-commit", &[it, ("index", Word(index))]);
            }
            Event::SnapshotRestored { index, .. } => {
                self.say("said.restores", &[it, ("index", Word(index))]);
                return Some(true);
            }
            Event::SnapshotSent { to, index } => {
                let fills = [it, ("other", Member(*to)), ("index", Word(index))];
                self.say("said.sends-snapshot", &fills);
                return Some(true);
            }
            Event::Compacted { index } => {
                self.say("said.compacts", &[it, ("index", Word(index))]);
                return Some(true);
            }
            Event::Mismatched {
                node, prev_index, ..
            } => {
                let fills = [it, ("other", Member(*node)), ("index", Word(prev_index))];
                self.say("said.knows-mismatch", &fills);
            }
            Event::HeardFrom { .. } | Event::ReadWaits { .. } => return None,
            Event::ReadConfirmed { index, .. } => {
                self.say("said.may-answer", &[it, ("index", Word(index))]);
            }
            Event::ConfChanged { conf } => {
                self.say(
                    "said.conf-changed",
                    &[it, ("voters", Members(&conf.voters))],
                );
                return Some(true);
            }
            Event::ConfChangeIgnored { index } => {
                self.say("said.conf-ignored", &[it, ("index", Word(index))]);
                return Some(true);
            }
            Event::ConfChangeRefused { reason } => {
                let reason = translate(&reason.to_string());
                self.say("said.conf-refused", &[it, ("reason", Word(&reason))]);
                return Some(true);
            }
            Event::CampaignRefused { reason } => {
                let reason = campaign_refusal_words(*reason);
                self.say("said.no-campaign", &[it, ("reason", Word(&reason))]);
                return Some(true);
            }
            Event::Nonsense { from, reason } => {
                let fills = [
                    it,
                    ("other", Member(*from)),
                    ("reason", Word(&nonsense_words(*reason))),
                ];
                self.say("said.nonsense", &fills);
                return Some(true);
            }
            Event::Dropped { reason } => {
                let reason = drop_words(*reason);
                self.say("said.drops-request", &[it, ("reason", Word(&reason))]);
                return Some(true);
            }
            Event::TransferStarted { target } => {
                self.say("said.transfers", &[it, ("other", Member(*target))]);
                return Some(true);
            }
            Event::TransferAborted { target } => {
                self.say("said.transfer-aborted", &[it, ("other", Member(*target))]);
                return Some(true);
            }
        }
        Some(false)
    }

    fn role(
        &mut self,
        member: NodeId,
        role: Role,
        term: Term,
        leader: Option<NodeId>,
        reason: RoleReason,
    ) -> Option<bool> {
        let (mut term, mut other) = (term, member);
        let key = match (role, reason) {
            (_, RoleReason::Started) => return None,
            (Role::Leader, _) => "said.wins",
            (Role::PreCandidate, reason) => {
                term = term.next();
                match reason {
                    RoleReason::ElectionTimeout => "said.asks-first-timeout",
                    _ => "said.asks-first",
                }
            }
            (Role::Candidate, RoleReason::PreVoteWon) => "said.campaigns-could-win",
            (Role::Candidate, RoleReason::ElectionTimeout) => "said.campaigns-timeout",
            (Role::Candidate, _) => "said.campaigns",
            (Role::Follower, RoleReason::LostQuorum) => "said.lost-quorum",
            (Role::Follower, RoleReason::ElectionLost) => "said.cannot-win",
            (Role::Follower, RoleReason::Removed) => "said.removed",
            (Role::Follower, RoleReason::HigherTerm { from }) => {
                other = from;
                "said.higher-term"
            }
            (Role::Follower, _) => match leader {
                Some(leader) => {
                    other = leader;
                    "said.follows"
                }
                None => "said.is-follower",
            },
        };
        let fills = [
            ("member", Member(member)),
            ("term", Word(&term)),
            ("other", Member(other)),
        ];
        self.say(key, &fills);
        Some(!matches!(
            (role, reason),
            (Role::Follower, RoleReason::HigherTerm { .. })
        ))
    }
}

fn drop_words(reason: DropReason) -> &'static str {
    say(match reason {
        DropReason::NoLeader => "said.because.no-leader",
        DropReason::Transferring => "said.because.transferring",
        DropReason::TooMuchUncommitted => "said.because.uncommitted",
        DropReason::ForwardingDisabled => "said.because.no-forwarding",
        DropReason::NotAVoter => "said.because.no-voter",
    })
}

fn nonsense_words(reason: Nonsense) -> &'static str {
    say(match reason {
        Nonsense::WrongAddress => "said.because.wrong-address",
        Nonsense::NoTerm => "said.because.no-term",
        Nonsense::SecondLeader => "said.because.second-leader",
        Nonsense::Malformed => "said.because.malformed",
        Nonsense::BeyondLog => "said.because.beyond-log",
    })
}

fn campaign_refusal_words(reason: CampaignRefusal) -> &'static str {
    say(match reason {
        CampaignRefusal::Leads => "said.because.leads",
        CampaignRefusal::NotPromotable => "said.because.not-promotable",
        CampaignRefusal::UnappliedChange => "said.because.unapplied-change",
        CampaignRefusal::Promised => "said.because.promised",
        CampaignRefusal::TermsExhausted => "said.because.last-term",
    })
}
