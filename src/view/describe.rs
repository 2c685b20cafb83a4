//! Facts in words: one short sentence each, in the terms of the Raft paper and of etcd.

use super::frame::Span;
use super::labels::{call_line, packet_label, refusal_words, response_lines};
use crate::cluster::{Address, Fact, LossReason, Outcome, Packet, TraceEvent};
use crate::raft::{
    CampaignRefusal, DropReason, Event, Index, Message, NodeId, Nonsense, Role, RoleReason, Term,
    VoteVerdict,
};

/// A fact in words.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Described {
    /// The sentence.
    pub sentence: Vec<Span>,
    /// Whether it matters to the story. The rest is for those who want every detail.
    pub major: bool,
}

/// Says what happened. `term_of` gives the hue of a member's name: its term.
///
/// `None` for facts that only repeat in detail what another fact of the same step says.
pub fn describe(event: &TraceEvent, term_of: &dyn Fn(NodeId) -> Term) -> Option<Described> {
    let mut words = Words::new(term_of);
    let major = words.fact(&event.fact)?;
    Some(Described {
        sentence: words.spans,
        major,
    })
}

/// The sentence as plain text.
pub fn plain(sentence: &[Span]) -> String {
    sentence
        .iter()
        .map(|span| match span {
            Span::Text(text) | Span::Code(text) => text.clone(),
            Span::Member(id, _) => format!("infra{id}"),
        })
        .collect()
}

/// A sentence in the making.
pub(super) struct Words<'a> {
    term_of: &'a dyn Fn(NodeId) -> Term,
    pub(super) spans: Vec<Span>,
}

impl<'a> Words<'a> {
    pub(super) fn new(term_of: &'a dyn Fn(NodeId) -> Term) -> Self {
        Words {
            term_of,
            spans: Vec::new(),
        }
    }

    pub(super) fn text(&mut self, text: impl Into<String>) -> &mut Self {
        self.spans.push(Span::Text(text.into()));
        self
    }

    pub(super) fn code(&mut self, text: impl Into<String>) -> &mut Self {
        self.spans.push(Span::Code(text.into()));
        self
    }

    pub(super) fn member(&mut self, id: NodeId) -> &mut Self {
        self.spans.push(Span::Member(id, (self.term_of)(id)));
        self
    }

    /// Names in a row: `infra1, infra2`.
    pub(super) fn members(&mut self, ids: &[NodeId]) -> &mut Self {
        for (place, id) in ids.iter().enumerate() {
            if place > 0 {
                self.text(", ");
            }
            self.member(*id);
        }
        self
    }

    pub(super) fn address(&mut self, address: Address) -> &mut Self {
        match address {
            Address::Member(id) => self.member(id),
            Address::Client(id) => self.text(id.to_string()),
        }
    }

    /// Writes the sentence and says whether the fact is a major one.
    pub(super) fn fact(&mut self, fact: &Fact) -> Option<bool> {
        match fact {
            Fact::Acted(action) => return self.action(action),
            Fact::Started { member } => {
                self.member(*member).text(" starts as a follower");
            }
            Fact::Crashed {
                member,
                lost_writes,
            } => {
                self.member(*member).text(" crashed");
                match lost_writes {
                    0 => {}
                    1 => drop(self.text("; one write was not synced and is lost")),
                    n => drop(self.text(format!("; {n} writes were not synced and are lost"))),
                }
                return Some(true);
            }
            Fact::Sent {
                from, to, packet, ..
            } => {
                self.address(*from).text(" sends to ").address(*to);
                self.text(": ").text(packet_label(packet).description);
            }
            Fact::Delivered {
                from, to, packet, ..
            } => {
                self.address(*to).text(" hears from ").address(*from);
                self.text(": ").text(packet_label(packet).description);
                return Some(matches!(&**packet, Packet::Raft(e) if matters(&e.message)));
            }
            Fact::Lost {
                from,
                to,
                packet,
                reason,
                ..
            } => {
                self.code(packet_label(packet).label).text(" from ");
                self.address(*from).text(" to ").address(*to);
                match reason {
                    LossReason::Cut => self.text(" is lost: the network is cut"),
                    LossReason::ReceiverCrashed => {
                        self.text(" is lost: ").address(*to).text(" is crashed")
                    }
                    LossReason::Chance => self.text(" is lost on its way"),
                    LossReason::Dropped => self.text(" is dropped by hand"),
                    LossReason::Repeated => self.text(" is a copy of what has come already"),
                };
            }
            Fact::Learned { member, event } => return self.learned(*member, event),
            Fact::Wrote {
                member, entries, ..
            } => {
                self.member(*member).text(" writes ");
                self.what_is_written(*entries).text(" to its disk");
            }
            Fact::Synced { member, entries } => {
                let verb = match entries {
                    Some(_) => " has stored ",
                    None => " has synced ",
                };
                self.member(*member).text(verb);
                self.what_is_written(*entries);
                if entries.is_some() {
                    self.text(" durably");
                }
            }
            Fact::Applied {
                member,
                index,
                operation,
                revision,
            } => {
                self.member(*member).text(format!(" applies entry {index}"));
                if operation.is_some() {
                    self.text(format!(": revision {}", revision.0));
                }
            }
            Fact::Called {
                client,
                member,
                call,
                ..
            } => {
                self.text(format!("{client} sends "));
                self.code(call_line(call)).text(" to ").member(*member);
                return Some(true);
            }
            Fact::Held { member, .. } => {
                self.member(*member)
                    .text(" knows no leader: it keeps the request until there is one");
                return Some(true);
            }
            Fact::Returned {
                client, outcome, ..
            } => {
                match outcome {
                    Outcome::Answered(response) => {
                        self.text(format!("{client} gets its answer: "));
                        match response_lines(response) {
                            lines if lines.is_empty() => self.text("no such key"),
                            lines => self.code(lines.join(" ")),
                        };
                    }
                    Outcome::Failed(error) => {
                        self.text(format!("{client} gives up: "));
                        self.code(error.to_string());
                    }
                }
                return Some(true);
            }
            Fact::Violated(violation) => {
                self.text(violation.to_string());
                return Some(true);
            }
            fault => return self.fault(fault),
        }
        Some(false)
    }

    fn what_is_written(&mut self, entries: Option<(Index, Index)>) -> &mut Self {
        match entries {
            None => self.text("term, vote and commit index"),
            Some((first, last)) if first == last => self.text(format!("entry {first}")),
            Some((first, last)) => self.text(format!("entries {first}–{last}")),
        }
    }

    fn learned(&mut self, member: NodeId, event: &Event) -> Option<bool> {
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
                self.member(member);
                self.text(if *pre {
                    " would vote for "
                } else {
                    " votes for "
                });
                if *candidate == member {
                    self.text("itself");
                } else {
                    self.member(*candidate);
                }
                self.text(format!(" in term {term}"));
                return Some(*candidate != member);
            }
            Event::VoteRefused {
                candidate,
                term,
                pre,
                reason,
            } => {
                self.member(member).text(" refuses ").member(*candidate);
                self.text(format!(
                    " its {} for term {term}: {}",
                    if *pre { "pre-vote" } else { "vote" },
                    refusal_words(reason)
                ));
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
                let vote = if *pre { "pre-vote" } else { "vote" };
                let got = match verdict {
                    VoteVerdict::Granted => " counts the ",
                    VoteVerdict::Refused(_) => " does not get the ",
                };
                self.member(member)
                    .text(format!("{got}{vote} of "))
                    .member(*voter);
            }
            Event::Appended { first, last } => {
                self.member(member).text(" appends ");
                self.what_is_written(Some((*first, *last)))
                    .text(" to its log");
                return Some(true);
            }
            Event::Accepted { leader, last } => {
                self.member(member)
                    .text(" takes over the log of ")
                    .member(*leader);
                self.text(format!(" up to entry {last}"));
            }
            Event::Truncated { from, to } => {
                self.member(member).text(" drops ");
                self.what_is_written(Some((*from, *to)));
                self.text(": the leader has other entries there");
                return Some(true);
            }
            Event::AppendRefused { leader, prev_index } => {
                self.member(member).text(format!(
                    " has no matching entry {prev_index} and refuses what should follow it; "
                ));
                self.member(*leader).text(" will try further back");
                return Some(true);
            }
            Event::StaleMessage { from, term } => {
                self.member(member)
                    .text(" ignores a late message of ")
                    .member(*from);
                self.text(format!(" (term {term})"));
            }
            Event::Stored { .. } => return None,
            Event::Matched { node, match_index } => {
                if *node == member {
                    return None;
                }
                self.member(member).text(" knows that ").member(*node);
                self.text(format!(" has everything up to entry {match_index}"));
            }
            Event::Committed { index } => {
                self.member(member)
                    .text(format!(" knows that entry {index} is committed"));
            }
            Event::SnapshotRestored { index, .. } => {
                self.member(member).text(format!(
                    " takes a snapshot up to entry {index} in place of its log"
                ));
                return Some(true);
            }
            Event::SnapshotSent { to, index } => {
                self.member(member).text(" sends ").member(*to);
                self.text(format!(
                    " a snapshot up to entry {index}: the entries before are compacted"
                ));
                return Some(true);
            }
            Event::Compacted { index } => {
                self.member(member).text(format!(
                    " takes a snapshot up to entry {index} and drops the log before it"
                ));
                return Some(true);
            }
            Event::Mismatched {
                node, prev_index, ..
            } => {
                self.member(member).text(" knows that the log of ");
                self.member(*node);
                self.text(format!(" differs from its own at entry {prev_index}"));
            }
            Event::HeardFrom { .. } | Event::ReadWaits { .. } => return None,
            Event::ReadConfirmed { index, .. } => {
                self.member(member)
                    .text(format!(" may answer a read once entry {index} is applied"));
            }
            Event::ConfChanged { conf } => {
                self.member(member).text(" uses a new configuration: ");
                self.members(&conf.voters);
                return Some(true);
            }
            Event::ConfChangeIgnored { index } => {
                self.member(member).text(format!(
                    " ignores the membership change of entry {index}: an earlier one made it pointless"
                ));
                return Some(true);
            }
            Event::ConfChangeRefused { reason } => {
                self.member(member)
                    .text(format!(" refuses a membership change: {reason}"));
                return Some(true);
            }
            Event::CampaignRefused { reason } => {
                self.member(member).text(" does not campaign: ");
                self.text(campaign_refusal_words(*reason));
                return Some(true);
            }
            Event::Nonsense { from, reason } => {
                self.member(member)
                    .text(" ignores a message of ")
                    .member(*from);
                self.text(format!(": {}", nonsense_words(*reason)));
                return Some(true);
            }
            Event::Dropped { reason } => {
                self.member(member)
                    .text(" drops a request: ")
                    .text(drop_words(*reason));
                return Some(true);
            }
            Event::TransferStarted { target } => {
                self.member(member)
                    .text(" hands the leadership to ")
                    .member(*target);
                return Some(true);
            }
            Event::TransferAborted { target } => {
                self.member(member)
                    .text(" gives up handing over to ")
                    .member(*target);
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
        if reason == RoleReason::Started {
            return None;
        }
        self.member(member);
        match (role, reason) {
            (Role::Leader, _) => {
                self.text(format!(" wins the election and leads term {term}"));
            }
            (Role::PreCandidate, RoleReason::ElectionTimeout) => {
                self.text(format!(
                    " has not heard from a leader: it asks whether it could win term {}",
                    term.next()
                ));
            }
            (Role::PreCandidate, _) => {
                self.text(format!(" asks whether it could win term {}", term.next()));
            }
            (Role::Candidate, RoleReason::PreVoteWon) => {
                self.text(format!(" could win: it asks for votes in term {term}"));
            }
            (Role::Candidate, RoleReason::ElectionTimeout) => {
                self.text(format!(
                    "'s election timer ran out: it asks for votes in term {term}"
                ));
            }
            (Role::Candidate, _) => {
                self.text(format!(" asks for votes in term {term}"));
            }
            (Role::Follower, RoleReason::LostQuorum) => {
                self.text(" has not heard from a majority and stops leading");
            }
            (Role::Follower, RoleReason::ElectionLost) => {
                self.text(format!(" cannot win term {} any more", term));
            }
            (Role::Follower, RoleReason::Removed) => {
                self.text(" is not a voter any more and stops leading");
            }
            (Role::Follower, RoleReason::HigherTerm { from }) => {
                self.text(format!(" moves to term {term}, which it learned from "));
                self.member(from);
                return Some(false);
            }
            (Role::Follower, _) => match leader {
                Some(leader) => {
                    self.text(" follows ").member(leader);
                    self.text(format!(" in term {term}"));
                }
                None => drop(self.text(format!(" is a follower in term {term}"))),
            },
        }
        Some(true)
    }
}

fn drop_words(reason: DropReason) -> &'static str {
    match reason {
        DropReason::NoLeader => "it knows no leader",
        DropReason::Transferring => "the leadership is being handed over",
        DropReason::TooMuchUncommitted => "too much waits to be committed",
        DropReason::ForwardingDisabled => "it does not forward to the leader",
        DropReason::NotAVoter => "it is no voter",
    }
}

fn nonsense_words(reason: Nonsense) -> &'static str {
    match reason {
        Nonsense::WrongAddress => "it is meant for somebody else",
        Nonsense::NoTerm => "it has no term",
        Nonsense::SecondLeader => "this term has another leader",
        Nonsense::Malformed => "its entries are not in order",
        Nonsense::BeyondLog => "it acknowledges entries that do not exist",
    }
}

fn campaign_refusal_words(reason: CampaignRefusal) -> &'static str {
    match reason {
        CampaignRefusal::Leads => "it leads already",
        CampaignRefusal::NotPromotable => "it is no voter, or still takes in a snapshot",
        CampaignRefusal::UnappliedChange => "it has to apply a membership change first",
        CampaignRefusal::Promised => "it promised its leader a lease",
        CampaignRefusal::TermsExhausted => "there is no higher term",
    }
}

/// Messages whose arrival is itself part of the story; for the others it is what they cause.
fn matters(message: &Message) -> bool {
    match message {
        Message::AppendRequest { entries, .. } => !entries.is_empty(),
        Message::SnapshotRequest { .. } | Message::TimeoutNow => true,
        _ => false,
    }
}
