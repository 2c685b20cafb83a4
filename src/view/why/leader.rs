//! Why is there no leader, or why does this one lead?

use super::case::{Case, at};
use super::{Tone, Topic, Why};
use crate::cluster::{Fact, Member, Server, TraceEvent};
use crate::raft::electorate::majority;
use crate::raft::rules::Rule;
use crate::raft::{Ballot, Event, Node, NodeId, Role, RoleReason, Term, VoteRefusal, VoteVerdict};
use crate::view::compose::{groups, voters};
use crate::view::phrase::{phrase, word};
use crate::words::key;

pub(super) fn why(case: &Case) -> Why {
    match case.world.leader().and_then(Member::server) {
        Some(server) => leads(case, server.node()),
        None => nobody(case),
    }
}

/// How the leader was elected.
fn leads(case: &Case, leader: &Node) -> Why {
    let (id, term) = (leader.id(), leader.term());
    let question = phrase(key!("why.leader.leads?"), &[("member", case.member(id))]);
    let mut why = Why::new(question).toned(Tone::Good);
    let campaign = |fact: &Fact| {
        role_of(fact).is_some_and(|(member, role, campaign)| {
            (member, role, campaign) == (id, Role::Candidate, term)
        })
    };
    let votes = |fact: &Fact| match fact {
        Fact::Learned { member, event } if *member == id => match event {
            Event::VoteCounted { verdict, pre, .. } => !pre && *verdict == VoteVerdict::Granted,
            Event::RoleChanged { term: changed, .. } => *changed == term,
            _ => false,
        },
        _ => false,
    };
    for event in case.since(&campaign, &votes) {
        why.tell(case, Some(&event));
    }
    why.rule = case.rule(Rule::MajorityQuorum);
    why
}

/// What a change of role changes: who, to what, in which term.
fn role_of(fact: &Fact) -> Option<(NodeId, Role, Term)> {
    match fact {
        Fact::Learned {
            member,
            event: Event::RoleChanged { role, term, .. },
        } => Some((*member, *role, *term)),
        _ => None,
    }
}

fn nobody(case: &Case) -> Why {
    let mut why = Why::new(phrase(key!("why.leader.none?"), &[]));
    why.last_leader(case);
    if why.too_few(case) {
        return why;
    }
    let nodes = case
        .world
        .members()
        .filter_map(Member::server)
        .map(Server::node);
    let candidate = nodes
        .filter(|node| matches!(node.role(), Role::PreCandidate | Role::Candidate))
        .max_by_key(|node| (node.role() == Role::Candidate, node.term()));
    match candidate {
        Some(candidate) => why.campaign(case, candidate),
        None => why.timers(case),
    }
    why
}

impl Why {
    /// Who led before, and how that ended.
    fn last_leader(&mut self, case: &Case) {
        let mut ended: Option<TraceEvent> = None;
        let mut after: Vec<TraceEvent> = Vec::new();
        let mut elected = None;
        case.back(&mut |event| {
            match &event.fact {
                Fact::Crashed { .. }
                | Fact::Learned {
                    event: Event::RoleChanged { .. },
                    ..
                } => {
                    after.push(event.clone());
                }
                _ => {}
            }
            let led = role_of(&event.fact).filter(|(_, role, _)| *role == Role::Leader);
            if let Some((leader, ..)) = led {
                elected = Some(event.clone());
                // Oldest first: the first thing that happened to it afterwards ended it.
                after.pop();
                ended = after
                    .iter()
                    .rev()
                    .find(|event| concerns(&event.fact, leader))
                    .cloned();
            }
            elected.is_some()
        });
        if elected.is_none() {
            self.say(None, key!("why.leader.never"), &[]);
        }
        self.tell(case, elected.as_ref());
        self.tell(case, ended.as_ref());
    }

    /// Whether no side of the network has a majority that runs.
    fn too_few(&mut self, case: &Case) -> bool {
        let awake = |id: &NodeId| {
            let member = case.world.member(*id);
            member.is_some_and(|m| m.server().is_some() && !m.settings().paused)
        };
        let voters = voters(case.world);
        let needed = majority(voters.len());
        let sides = groups(case.world);
        let counts = |id: &&NodeId| voters.contains(id) && awake(id);
        let strength = |side: &Vec<NodeId>| side.iter().filter(counts).count();
        let most = sides.iter().map(strength).max().unwrap_or(0);
        if most >= needed {
            return false;
        }
        let fills = [
            ("most", word(most)),
            ("voters", word(voters.len())),
            ("needed", word(needed)),
        ];
        self.say(None, key!("why.leader.too-few"), &fills);
        for id in voters {
            self.add(case.down(id));
            self.add(case.paused(id));
        }
        if let [one, others @ ..] = &sides[..] {
            let cut = others
                .iter()
                .find_map(|other| case.barrier(one[0], other[0]));
            self.add(cut);
        }
        self.rule = case.rule(Rule::MajorityQuorum);
        true
    }

    /// A campaign is under way.
    fn campaign(&mut self, case: &Case, candidate: &Node) {
        let (id, pre) = (candidate.id(), candidate.role() == Role::PreCandidate);
        let began = case.last(&|fact| {
            role_of(fact).is_some_and(|(member, role, _)| (member, role) == (id, candidate.role()))
        });
        let ballots = candidate.ballots();
        let granted = |(_, ballot): &&(NodeId, Option<Ballot>)| *ballot == Some(Ballot::Granted);
        let fills = [
            ("member", case.member(id)),
            ("votes", word(ballots.iter().filter(granted).count())),
            ("needed", word(majority(ballots.len()))),
        ];
        let key = if pre {
            key!("why.leader.pre-campaign")
        } else {
            key!("why.leader.campaign")
        };
        self.say(began.as_ref().map(at), key, &fills);
        self.rule = case.rule(if pre {
            Rule::PreVote
        } else {
            Rule::MajorityQuorum
        });
        let term = if pre {
            candidate.term().next()
        } else {
            candidate.term()
        };
        for (voter, ballot) in ballots {
            if voter == id || ballot == Some(Ballot::Granted) {
                continue;
            }
            let vote = Topic::Vote {
                candidate: id,
                voter,
                term,
                pre,
            };
            let refused = refusal(case, (id, voter), term, pre);
            if let Some((event, reason)) = refused {
                if let VoteRefusal::LogBehind { .. } = reason {
                    self.rule = case.rule(Rule::UpToDateLog);
                }
                let told = case.fact(&event);
                self.add(told.map(|told| told.about(vote)));
            } else if let Some(barrier) = case.barrier(id, voter) {
                self.add(Some(barrier.about(vote)));
            } else {
                let fills = [("voter", case.member(voter)), ("member", case.member(id))];
                self.say(None, key!("why.leader.no-answer"), &fills);
                let last = self.chain.pop();
                self.add(last.map(|last| last.about(vote)));
            }
        }
    }

    /// Nobody campaigns: the election timers run.
    fn timers(&mut self, case: &Case) {
        let lost = case.last(&|fact| {
            matches!(
                fact,
                Fact::Learned {
                    event: Event::RoleChanged { .. },
                    ..
                }
            )
        });
        let was_split = lost.as_ref().is_some_and(|event| {
            matches!(
                event.fact,
                Fact::Learned {
                    event: Event::RoleChanged {
                        reason: RoleReason::ElectionLost,
                        ..
                    },
                    ..
                }
            )
        });
        if was_split {
            self.tell(case, lost.as_ref());
        }
        let timers = case.world.members().filter_map(|member| {
            let node = member.server()?.node();
            let timer = node.election_timer()?;
            let ticks = timer.timeout.saturating_sub(timer.elapsed);
            (!member.settings().paused).then_some((ticks, node.id()))
        });
        if let Some((ticks, id)) = timers.min() {
            let fills = [("member", case.member(id)), ("ms", word(ticks))];
            self.say(None, key!("why.leader.timer"), &fills);
        }
        self.rule = case.rule(Rule::RandomTimeouts);
    }
}

/// Whether a fact ends a leadership of this member.
fn concerns(fact: &Fact, leader: NodeId) -> bool {
    match fact {
        Fact::Crashed { member, .. } => *member == leader,
        _ => role_of(fact).is_some_and(|(member, ..)| member == leader),
    }
}

/// The refusal of a vote, and its reason.
pub(super) fn refusal(
    case: &Case,
    (candidate, voter): (NodeId, NodeId),
    term: Term,
    pre: bool,
) -> Option<(TraceEvent, VoteRefusal)> {
    let wanted = |fact: &Fact| match fact {
        Fact::Learned {
            member,
            event:
                Event::VoteRefused {
                    candidate: asks,
                    term: for_term,
                    pre: only_pre,
                    reason,
                },
        } if (*member, *asks, *for_term, *only_pre) == (voter, candidate, term, pre) => {
            Some(*reason)
        }
        _ => None,
    };
    let event = case.recent(&|fact| wanted(fact).is_some())?;
    let reason = wanted(&event.fact)?;
    Some((event, reason))
}
