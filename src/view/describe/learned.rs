//! What nodes report of themselves, in words.

use super::{Fill, Words};
use crate::raft::{
    CampaignRefusal, DropReason, Event, NodeId, Nonsense, Role, RoleReason, Term, VoteVerdict,
};
use crate::view::labels::refusal_words;
use crate::words::{key, say, translate};
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
                    (false, false) => key!("said.votes"),
                    (false, true) => key!("said.votes-itself"),
                    (true, false) => key!("said.would-vote"),
                    (true, true) => key!("said.would-vote-itself"),
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
                    true => key!("said.refuses-pre-vote"),
                    false => key!("said.refuses-vote"),
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
                    (VoteVerdict::Granted, false) => key!("said.counts-vote"),
                    (VoteVerdict::Granted, true) => key!("said.counts-pre-vote"),
                    (VoteVerdict::Refused(_), false) => key!("said.lacks-vote"),
                    (VoteVerdict::Refused(_), true) => key!("said.lacks-pre-vote"),
                };
                self.say(key, &[it, ("other", Member(*voter))]);
            }
            Event::Appended { first, last } => {
                let what = Entries(Some((*first, *last)));
                self.say(key!("said.appends"), &[it, ("what", what)]);
                return Some(true);
            }
            Event::Accepted { leader, last } => {
                let fills = [it, ("other", Member(*leader)), ("index", Word(last))];
                self.say(key!("said.takes-over"), &fills);
            }
            Event::Truncated { from, to } => {
                let what = Entries(Some((*from, *to)));
                self.say(key!("said.truncates"), &[it, ("what", what)]);
                return Some(true);
            }
            Event::AppendRefused { leader, prev_index } => {
                let fills = [it, ("index", Word(prev_index)), ("other", Member(*leader))];
                self.say(key!("said.refuses-append"), &fills);
                return Some(true);
            }
            Event::StaleMessage { from, term } => {
                let fills = [it, ("other", Member(*from)), ("term", Word(term))];
                self.say(key!("said.ignores-late"), &fills);
            }
            Event::Stored { .. } => return None,
            Event::Matched { node, match_index } => {
                if *node == member {
                    return None;
                }
                let fills = [it, ("other", Member(*node)), ("index", Word(match_index))];
                self.say(key!("said.knows-match"), &fills);
            }
            Event::Committed { index } => {
                self.say(key!("said.knows-commit"), &[it, ("index", Word(index))]);
            }
            Event::SnapshotRestored { index, .. } => {
                self.say(key!("said.restores"), &[it, ("index", Word(index))]);
                return Some(true);
            }
            Event::SnapshotSent { to, index } => {
                let fills = [it, ("other", Member(*to)), ("index", Word(index))];
                self.say(key!("said.sends-snapshot"), &fills);
                return Some(true);
            }
            Event::Compacted { index } => {
                self.say(key!("said.compacts"), &[it, ("index", Word(index))]);
                return Some(true);
            }
            Event::Mismatched {
                node, prev_index, ..
            } => {
                let fills = [it, ("other", Member(*node)), ("index", Word(prev_index))];
                self.say(key!("said.knows-mismatch"), &fills);
            }
            Event::HeardFrom { .. } | Event::ReadWaits { .. } => return None,
            Event::ReadConfirmed { index, .. } => {
                self.say(key!("said.may-answer"), &[it, ("index", Word(index))]);
            }
            Event::ConfChanged { conf } => {
                self.say(
                    key!("said.conf-changed"),
                    &[it, ("voters", Members(&conf.voters))],
                );
                return Some(true);
            }
            Event::ConfChangeIgnored { index } => {
                self.say(key!("said.conf-ignored"), &[it, ("index", Word(index))]);
                return Some(true);
            }
            Event::ConfChangeRefused { reason } => {
                let reason = translate(&reason.to_string());
                self.say(key!("said.conf-refused"), &[it, ("reason", Word(&reason))]);
                return Some(true);
            }
            Event::CampaignRefused { reason } => {
                let reason = campaign_refusal_words(*reason);
                self.say(key!("said.no-campaign"), &[it, ("reason", Word(&reason))]);
                return Some(true);
            }
            Event::Nonsense { from, reason } => {
                let fills = [
                    it,
                    ("other", Member(*from)),
                    ("reason", Word(&nonsense_words(*reason))),
                ];
                self.say(key!("said.nonsense"), &fills);
                return Some(true);
            }
            Event::Dropped { reason } => {
                let reason = drop_words(*reason);
                self.say(key!("said.drops-request"), &[it, ("reason", Word(&reason))]);
                return Some(true);
            }
            Event::TransferStarted { target } => {
                self.say(key!("said.transfers"), &[it, ("other", Member(*target))]);
                return Some(true);
            }
            Event::TransferAborted { target } => {
                self.say(
                    key!("said.transfer-aborted"),
                    &[it, ("other", Member(*target))],
                );
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
            (Role::Leader, _) => key!("said.wins"),
            (Role::PreCandidate, reason) => {
                term = term.next();
                match reason {
                    RoleReason::ElectionTimeout => key!("said.asks-first-timeout"),
                    _ => key!("said.asks-first"),
                }
            }
            (Role::Candidate, RoleReason::PreVoteWon) => key!("said.campaigns-could-win"),
            (Role::Candidate, RoleReason::ElectionTimeout) => key!("said.campaigns-timeout"),
            (Role::Candidate, _) => key!("said.campaigns"),
            (Role::Follower, RoleReason::LostQuorum) => key!("said.lost-quorum"),
            (Role::Follower, RoleReason::ElectionLost) => key!("said.cannot-win"),
            (Role::Follower, RoleReason::Removed) => key!("said.removed"),
            (Role::Follower, RoleReason::HigherTerm { from }) => {
                other = from;
                key!("said.higher-term")
            }
            (Role::Follower, _) => match leader {
                Some(leader) => {
                    other = leader;
                    key!("said.follows")
                }
                None => key!("said.is-follower"),
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
        DropReason::NoLeader => key!("said.because.no-leader"),
        DropReason::Transferring => key!("said.because.transferring"),
        DropReason::TooMuchUncommitted => key!("said.because.uncommitted"),
        DropReason::ForwardingDisabled => key!("said.because.no-forwarding"),
        DropReason::NotAVoter => key!("said.because.no-voter"),
    })
}

fn nonsense_words(reason: Nonsense) -> &'static str {
    say(match reason {
        Nonsense::WrongAddress => key!("said.because.wrong-address"),
        Nonsense::NoTerm => key!("said.because.no-term"),
        Nonsense::SecondLeader => key!("said.because.second-leader"),
        Nonsense::Malformed => key!("said.because.malformed"),
        Nonsense::BeyondLog => key!("said.because.beyond-log"),
    })
}

fn campaign_refusal_words(reason: CampaignRefusal) -> &'static str {
    say(match reason {
        CampaignRefusal::Leads => key!("said.because.leads"),
        CampaignRefusal::NotPromotable => key!("said.because.not-promotable"),
        CampaignRefusal::UnappliedChange => key!("said.because.unapplied-change"),
        CampaignRefusal::Promised => key!("said.because.promised"),
        CampaignRefusal::TermsExhausted => key!("said.because.last-term"),
    })
}
