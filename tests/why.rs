//! "Why?": for each kind of question the chain of facts, their moments, and the rule at the end.

use quorum::cluster::{Action, ClientId, Fact, OperationId, Packet, TraceEvent, WorldOptions};
use quorum::kv::Request;
use quorum::raft::rules::{Rule, Rules};
use quorum::raft::{Event, Index, NodeId, Term, VoteRefusal};
use quorum::timeline::Session;
use quorum::view::plain;
use quorum::view::why::{CopyState, Tone, Topic, Why, life, offers, why};

const SECOND: u64 = 1_000_000;

fn session(members: usize, seed: u64) -> Session {
    Session::new(WorldOptions::with_members(members), seed).unwrap()
}

fn modified(members: usize, seed: u64, off: Rule) -> Session {
    let mut options = WorldOptions::with_members(members);
    options.raft.rules = Rules::all().without(off);
    Session::new(options, seed).unwrap()
}

fn elected(mut session: Session) -> (Session, NodeId) {
    session.advance(SECOND);
    let leader = session.world().leader().unwrap().id();
    (session, leader)
}

fn others(session: &Session, not: &[NodeId]) -> Vec<NodeId> {
    let ids = session.world().members().map(|member| member.id());
    ids.filter(|id| !not.contains(id)).collect()
}

fn act(session: &mut Session, action: Action) {
    session.act(action).unwrap();
}

fn request(session: &mut Session, member: NodeId, request: Request) -> OperationId {
    let client = ClientId(0);
    act(
        session,
        Action::Request {
            client,
            member,
            request,
        },
    );
    OperationId(session.operations().len() as u64)
}

fn put(session: &mut Session, member: NodeId) -> OperationId {
    request(session, member, Request::put("name", "joe"))
}

fn get(session: &mut Session, member: NodeId, serializable: bool) -> OperationId {
    request(session, member, Request::get("name", serializable))
}

fn until(session: &mut Session, what: &str, wanted: impl Fn(&TraceEvent) -> bool) -> TraceEvent {
    for _ in 0..20_000 {
        assert!(session.step(), "nothing happens any more: {what}");
        let step = session.steps();
        let trace = session.trace();
        let mut latest = trace.iter().rev().take_while(|event| event.step == step);
        if let Some(found) = latest.find(|event| wanted(event)) {
            return found.clone();
        }
    }
    panic!("never seen: {what}");
}

fn last_entry(session: &Session, member: NodeId) -> (Index, Term) {
    let node = session.world().member(member).unwrap().server().unwrap();
    let last = node.node().last_index();
    (last, node.node().term_at(last).unwrap())
}

fn told(why: &Why) -> Vec<String> {
    why.chain
        .iter()
        .map(|reason| plain(&reason.sentence))
        .collect()
}

/// The chain holds this sentence, whose moment is right: something happened in that step.
fn tells(session: &Session, why: &Why, sentence: &str) {
    let found = why
        .chain
        .iter()
        .find(|r| plain(&r.sentence).contains(sentence));
    let reason = found.unwrap_or_else(|| panic!("not told: {sentence}\n{:#?}", told(why)));
    if let Some(at) = reason.at {
        let mut facts = session.trace().iter();
        let there = facts.any(|event| event.step == at.step && event.time == at.time);
        assert!(there, "no fact at {at:?}: {sentence}");
    }
}

/// Like [`tells`], and it links to a moment.
fn links(session: &Session, why: &Why, sentence: &str) -> u64 {
    tells(session, why, sentence);
    let found = why
        .chain
        .iter()
        .find(|r| plain(&r.sentence).contains(sentence));
    found
        .unwrap()
        .at
        .unwrap_or_else(|| panic!("no moment: {sentence}"))
        .step
}

fn ends_in(why: &Why, rule: Rule) {
    let info = rule.info();
    let shown = why.rule.as_ref().expect("a rule");
    assert_eq!(
        (shown.sentence, shown.section),
        (info.sentence, info.section)
    );
}

#[test]
fn a_committed_entry_is_traced_back_to_the_majority_that_stored_it() {
    let (mut session, leader) = elected(session(5, 1));
    let operation = put(&mut session, leader);
    session.advance(SECOND / 2);
    let (index, term) = last_entry(&session, leader);
    let why = why(&session, Topic::Entry(index, term));
    assert_eq!(
        plain(&why.question),
        format!("Why is entry {index} committed?")
    );
    assert_eq!(why.tone, Tone::Good);
    links(&session, &why, "client A sends put name joe");
    assert_eq!(why.chain[0].topic, Some(Topic::Operation(operation)));
    links(
        &session,
        &why,
        &format!("infra{leader}, leader of term {term}, puts it into its log"),
    );
    let commit = links(&session, &why, "of 5 members, a majority");
    let acks = told(&why)
        .iter()
        .filter(|s| s.contains("has it on"))
        .count();
    assert!(acks >= 3, "{:#?}", told(&why));
    let steps: Vec<u64> = why
        .chain
        .iter()
        .map(|reason| reason.at.unwrap().step)
        .collect();
    assert!(steps.is_sorted(), "{steps:?}");
    assert_eq!(*steps.last().unwrap(), commit);
    ends_in(&why, Rule::MajorityQuorum);
}

#[test]
fn the_life_of_an_entry_knows_when_each_member_received_stored_and_applied_it() {
    let (mut session, leader) = elected(session(3, 1));
    put(&mut session, leader);
    let called = session.steps();
    session.advance(SECOND / 2);
    let (index, term) = last_entry(&session, leader);
    let life = life(&session, index, term);
    assert_eq!(life.command, "put name joe");
    assert_eq!(life.proposed.unwrap().0, leader);
    assert_eq!(
        life.committed.unwrap().0,
        leader,
        "the leader knows it first"
    );
    for copy in &life.copies {
        assert_eq!(copy.state, CopyState::Stored);
        let times = [copy.received, copy.stored, copy.committed, copy.applied];
        let steps: Vec<u64> = times.iter().map(|at| at.expect("a moment").step).collect();
        assert!(steps[0] > called);
        assert!(copy.stored > copy.received && copy.applied >= copy.committed);
    }
}

#[test]
fn an_entry_of_a_leader_in_the_minority_names_the_cut_for_each_missing_copy() {
    let (mut session, leader) = elected(session(5, 1));
    let near = others(&session, &[leader])[0];
    let far = others(&session, &[leader, near]);
    let groups = vec![vec![leader, near], far.clone()];
    act(&mut session, Action::Partition { groups });
    let cut = session.steps();
    put(&mut session, leader);
    session.advance(60_000);
    let (index, term) = last_entry(&session, leader);
    let why = why(&session, Topic::Entry(index, term));
    assert_eq!(
        plain(&why.question),
        format!("Why is entry {index} not committed?")
    );
    tells(
        &session,
        &why,
        &format!("A majority of 5 is 3; infra{leader} knows of 2"),
    );
    for id in far {
        let sentence = format!("The network between infra{leader} and infra{id} is cut");
        assert_eq!(links(&session, &why, &sentence), cut);
    }
    ends_in(&why, Rule::MajorityQuorum);
}

#[test]
fn a_copy_on_its_way_is_named_and_so_is_a_crashed_member() {
    let (mut session, leader) = elected(session(3, 1));
    let down = others(&session, &[leader])[0];
    act(&mut session, Action::Crash { member: down });
    let crash = session.steps();
    put(&mut session, leader);
    until(&mut session, "proposed", |event| {
        matches!(
            event.fact,
            Fact::Learned {
                event: Event::Appended { .. },
                ..
            }
        )
    });
    let (index, term) = last_entry(&session, leader);
    let why = why(&session, Topic::Entry(index, term));
    assert_eq!(
        links(&session, &why, &format!("infra{down} crashed")),
        crash
    );
    tells(&session, &why, "The copy for");
    let flying = why
        .chain
        .iter()
        .find(|r| plain(&r.sentence).contains("The copy for"));
    assert!(matches!(flying.unwrap().topic, Some(Topic::Message(_))));
    tells(&session, &why, "its disk has not synced it yet");
}

#[test]
fn a_majority_of_copies_of_an_older_term_does_not_commit() {
    let (mut session, leader) = elected(modified(3, 1, Rule::NoopAtStart));
    put(&mut session, leader);
    until(
        &mut session,
        "a follower has it",
        |event| matches!(event.fact, Fact::Synced { member, entries: Some(_) } if member != leader),
    );
    act(&mut session, Action::Crash { member: leader });
    session.advance(3 * SECOND);
    let next = session.world().leader().expect("a new leader").id();
    let (index, term) = last_entry(&session, next);
    let why = why(&session, Topic::Entry(index, term));
    tells(
        &session,
        &why,
        "2 of 3 members have stored it, and 2 are a majority",
    );
    links(&session, &why, &format!("But it is of term {term}"));
    ends_in(&why, Rule::CommitOwnTerm);
    assert_eq!(why.tone, Tone::Open);
}

#[test]
fn an_old_entry_is_committed_with_one_of_the_new_term() {
    let (mut session, leader) = elected(session(3, 1));
    put(&mut session, leader);
    until(
        &mut session,
        "a follower has it",
        |event| matches!(event.fact, Fact::Synced { member, entries: Some(_) } if member != leader),
    );
    let (index, term) = last_entry(&session, leader);
    act(&mut session, Action::Crash { member: leader });
    session.advance(3 * SECOND);
    let why = why(&session, Topic::Entry(index, term));
    assert_eq!(why.tone, Tone::Good);
    links(&session, &why, "A majority alone did not do");
    ends_in(&why, Rule::CommitOwnTerm);
}

#[test]
fn an_entry_that_a_later_leader_overwrote_is_gone() {
    let (mut session, leader) = elected(session(5, 1));
    let rest = others(&session, &[leader]);
    let groups = vec![vec![leader], rest];
    act(&mut session, Action::Partition { groups });
    put(&mut session, leader);
    session.advance(40_000);
    let (index, term) = last_entry(&session, leader);
    session.advance(SECOND);
    let waiting = why(&session, Topic::Entry(index, term));
    tells(&session, &waiting, &format!("infra{leader} will drop it"));
    ends_in(&waiting, Rule::TruncateOnConflict);
    act(&mut session, Action::Heal);
    session.advance(SECOND);
    let gone = why(&session, Topic::Entry(index, term));
    assert_eq!(gone.tone, Tone::Bad);
    links(
        &session,
        &gone,
        &format!("infra{leader} drops entry {index}"),
    );
    ends_in(&gone, Rule::TruncateOnConflict);
}

#[test]
fn a_vote_is_refused_to_a_candidate_whose_log_is_behind() {
    let (mut session, leader) = elected(session(3, 1));
    let [behind, ahead] = others(&session, &[leader])[..] else {
        panic!("three members")
    };
    act(&mut session, Action::Crash { member: behind });
    put(&mut session, leader);
    session.advance(SECOND / 2);
    act(&mut session, Action::Crash { member: leader });
    act(&mut session, Action::Restart { member: behind });
    session.advance(200_000);
    act(&mut session, Action::TimeOutNow { member: behind });
    let refused = until(&mut session, "a refusal", |event| {
        matches!(
            event.fact,
            Fact::Learned {
                event: Event::VoteRefused {
                    reason: VoteRefusal::LogBehind { .. },
                    ..
                },
                ..
            }
        )
    });
    let Fact::Learned {
        event: Event::VoteRefused { term, pre, .. },
        ..
    } = refused.fact
    else {
        unreachable!()
    };
    let vote = Topic::Vote {
        candidate: behind,
        voter: ahead,
        term,
        pre,
    };
    let why = why(&session, vote);
    assert_eq!(why.tone, Tone::Bad);
    tells(
        &session,
        &why,
        &format!("The log of infra{behind} ends at entry"),
    );
    links(
        &session,
        &why,
        &format!("The log of infra{ahead} ends at entry"),
    );
    let refusal = links(
        &session,
        &why,
        &format!("infra{ahead} refuses infra{behind}"),
    );
    assert_eq!(refusal, refused.step);
    ends_in(&why, Rule::UpToDateLog);
}

#[test]
fn a_vote_is_refused_out_of_loyalty_to_a_leader_that_is_heard() {
    let (mut session, leader) = elected(session(3, 1));
    let [candidate, voter] = others(&session, &[leader])[..] else {
        panic!("three members")
    };
    act(&mut session, Action::TimeOutNow { member: candidate });
    let refused = until(&mut session, "a refusal", |event| {
        matches!(event.fact, Fact::Learned {
            member, event: Event::VoteRefused { .. },
        } if member == voter)
    });
    let Fact::Learned {
        event: Event::VoteRefused { term, pre, .. },
        ..
    } = refused.fact
    else {
        unreachable!()
    };
    let vote = Topic::Vote {
        candidate,
        voter,
        term,
        pre,
    };
    let why = why(&session, vote);
    links(
        &session,
        &why,
        &format!("infra{voter} heard from infra{leader}"),
    );
    ends_in(&why, Rule::LeaderStickiness);
}

#[test]
fn a_vote_that_nobody_answers_is_explained_by_the_cut() {
    let (mut session, leader) = elected(session(3, 1));
    let [candidate, voter] = others(&session, &[leader])[..] else {
        panic!("three members")
    };
    let groups = vec![vec![candidate], vec![leader, voter]];
    act(&mut session, Action::Partition { groups });
    let cut = session.steps();
    act(&mut session, Action::TimeOutNow { member: candidate });
    session.advance(20_000);
    let node = session
        .world()
        .member(candidate)
        .unwrap()
        .server()
        .unwrap()
        .node();
    let vote = Topic::Vote {
        candidate,
        voter,
        term: node.term().next(),
        pre: true,
    };
    let why = why(&session, vote);
    links(&session, &why, "is lost: the network is cut");
    let sentence = format!("The network between infra{candidate} and infra{voter} is cut");
    assert_eq!(links(&session, &why, &sentence), cut);
    assert!(offers(&session).iter().any(|offer| offer.topic == vote));
}

#[test]
fn without_a_majority_there_is_no_leader() {
    let (mut session, leader) = elected(session(5, 1));
    let rest = others(&session, &[leader]);
    act(&mut session, Action::Crash { member: leader });
    let groups = vec![rest[..2].to_vec(), vec![rest[2], rest[3], leader]];
    act(&mut session, Action::Partition { groups });
    let cut = session.steps();
    session.advance(SECOND);
    let why = why(&session, Topic::Leader);
    assert_eq!(plain(&why.question), "Why is there no leader?");
    links(&session, &why, &format!("infra{leader} crashed"));
    tells(
        &session,
        &why,
        "At most 2 of 5 members run and reach each other; a majority is 3",
    );
    assert_eq!(links(&session, &why, "is cut"), cut);
    ends_in(&why, Rule::MajorityQuorum);
}

#[test]
fn before_the_first_election_the_timers_are_the_reason_and_then_the_campaign() {
    let mut session = session(3, 1);
    let waiting = why(&session, Topic::Leader);
    tells(&session, &waiting, "Nobody has been elected yet");
    tells(&session, &waiting, "runs out first");
    ends_in(&waiting, Rule::RandomTimeouts);
    until(&mut session, "a campaign", |event| {
        matches!(
            event.fact,
            Fact::Learned {
                event: Event::VoteGranted { pre: false, .. },
                ..
            }
        )
    });
    let campaign = why(&session, Topic::Leader);
    links(&session, &campaign, "of 2 needed votes");
}

#[test]
fn a_leader_is_explained_by_its_votes() {
    let (session, leader) = elected(session(5, 1));
    let why = why(&session, Topic::Leader);
    assert_eq!(
        plain(&why.question),
        format!("Why does infra{leader} lead?")
    );
    assert!(
        told(&why)
            .iter()
            .filter(|s| s.contains("counts the vote"))
            .count()
            >= 2
    );
    ends_in(&why, Rule::MajorityQuorum);
}

#[test]
fn a_write_in_the_minority_waits_and_then_fails_without_certainty() {
    let (mut session, leader) = elected(session(5, 1));
    let near = others(&session, &[leader])[0];
    let groups = vec![vec![leader, near], others(&session, &[leader, near])];
    act(&mut session, Action::Partition { groups });
    let cut = session.steps();
    let operation = put(&mut session, leader);
    session.advance(60_000);
    let waits = why(&session, Topic::Operation(operation));
    assert_eq!(plain(&waits.question), "Why does put name joe wait?");
    links(&session, &waits, "It is entry");
    tells(&session, &waits, "A majority of 5 is 3");
    assert_eq!(links(&session, &waits, "is cut"), cut);
    session.advance(2 * SECOND);
    let failed = why(&session, Topic::Operation(operation));
    assert_eq!(plain(&failed.question), "Why did put name joe fail?");
    assert_eq!(
        failed.tone,
        Tone::Open,
        "nobody knows whether it was executed"
    );
    links(&session, &failed, "client A gives up");
    tells(&session, &failed, "No answer is no refusal");
}

#[test]
fn a_request_to_a_crashed_member_is_lost() {
    let (mut session, leader) = elected(session(3, 1));
    let member = others(&session, &[leader])[0];
    act(&mut session, Action::Crash { member });
    let operation = put(&mut session, member);
    session.advance(SECOND / 2);
    let why = why(&session, Topic::Operation(operation));
    links(
        &session,
        &why,
        &format!("is lost: infra{member} is crashed"),
    );
    let next = session.world().next_try(operation).unwrap();
    tells(
        &session,
        &why,
        &format!("The client asks infra{member} again at {next}"),
    );
}

#[test]
fn a_read_waits_for_the_confirmation_of_a_majority() {
    let (mut session, leader) = elected(session(3, 1));
    let rest = others(&session, &[leader]);
    act(
        &mut session,
        Action::Partition {
            groups: vec![vec![leader], rest],
        },
    );
    let operation = get(&mut session, leader, false);
    session.advance(60_000);
    let why = why(&session, Topic::Operation(operation));
    tells(
        &session,
        &why,
        "may answer only after a majority has confirmed",
    );
    links(&session, &why, "is cut");
    ends_in(&why, Rule::ReadFreshRound);
}

#[test]
fn a_local_read_of_a_member_that_was_cut_off_is_old() {
    let (mut session, leader) = elected(session(3, 1));
    let alone = others(&session, &[leader])[0];
    let groups = vec![vec![alone], others(&session, &[alone])];
    act(&mut session, Action::Partition { groups });
    let cut = session.steps();
    put(&mut session, leader);
    session.advance(100_000);
    let operation = get(&mut session, alone, true);
    session.advance(100_000);
    let why = why(&session, Topic::Operation(operation));
    assert_eq!(
        plain(&why.question),
        "Why is the answer to get name --consistency=s old?"
    );
    links(&session, &why, "had reached revision 2 already");
    links(
        &session,
        &why,
        &format!("The answer of infra{alone} shows revision 1"),
    );
    assert_eq!(links(&session, &why, "cut"), cut);
    tells(&session, &why, "answers from its own store and asks nobody");
    ends_in(&why, Rule::ReadFreshRound);
}

#[test]
fn a_member_with_a_damaged_disk_refuses_to_start() {
    let (mut session, leader) = elected(session(3, 1));
    let member = others(&session, &[leader])[0];
    act(&mut session, Action::Crash { member });
    act(&mut session, Action::DamageDisk { member, back: 0 });
    let damaged = session.steps();
    act(&mut session, Action::Restart { member });
    let refused = session.steps();
    let why = why(&session, Topic::Start(member));
    assert_eq!(why.tone, Tone::Bad);
    let steps: Vec<u64> = why
        .chain
        .iter()
        .filter_map(|r| r.at)
        .map(|at| at.step)
        .collect();
    assert_eq!(steps, [damaged, refused]);
    tells(&session, &why, "cannot know what it has promised");
    ends_in(&why, Rule::DurableVote);
    assert!(
        offers(&session)
            .iter()
            .any(|offer| offer.topic == Topic::Start(member))
    );
}

#[test]
fn a_violation_names_both_moments_and_the_rule_that_was_switched_off() {
    let mut session = modified(4, 1, Rule::MajorityQuorum);
    let groups = vec![vec![NodeId(1), NodeId(2)], vec![NodeId(3), NodeId(4)]];
    act(&mut session, Action::Partition { groups });
    let violated = until(&mut session, "a violation", |event| {
        matches!(event.fact, Fact::Violated(_))
    });
    let Fact::Violated(violation) = &violated.fact else {
        unreachable!()
    };
    let why = why(&session, Topic::Violation(violated.step));
    let steps: Vec<u64> = why
        .chain
        .iter()
        .filter_map(|r| r.at)
        .map(|at| at.step)
        .collect();
    assert_eq!(steps, [violation.earlier.step, violation.later.step]);
    tells(&session, &why, "A rule is switched off in this run");
    assert_eq!(why.rule.unwrap().property, violation.property.name());
    assert!(
        offers(&session)
            .iter()
            .any(|o| o.topic == Topic::Violation(violated.step))
    );
}

#[test]
fn a_message_tells_its_fate() {
    let (mut session, leader) = elected(session(3, 1));
    put(&mut session, leader);
    let is_append = |event: &TraceEvent| match &event.fact {
        Fact::Sent { flight, packet, .. } => match &**packet {
            Packet::Raft(envelope)
                if quorum::view::message_label(envelope)
                    .label
                    .starts_with("append") =>
            {
                Some(*flight)
            }
            _ => None,
        },
        _ => None,
    };
    let sent = until(&mut session, "an append", |event| {
        is_append(event).is_some()
    });
    let flight = is_append(&sent).unwrap();
    let flying = why(&session, Topic::Message(flight));
    assert_eq!(flying.tone, Tone::Open);
    assert_eq!(links(&session, &flying, "sends to"), sent.step);
    tells(&session, &flying, "It arrives in");
    act(&mut session, Action::DropMessage { flight });
    let lost = why(&session, Topic::Message(flight));
    assert_eq!(lost.tone, Tone::Bad);
    links(&session, &lost, "is dropped by hand");
    ends_in(&lost, Rule::ConsistencyCheck);
}

#[test]
fn what_is_asked_in_the_past_knows_nothing_of_the_future() {
    let (mut session, leader) = elected(session(3, 1));
    let operation = put(&mut session, leader);
    let then = session.position();
    session.advance(SECOND);
    session.seek_position(then);
    let why = why(&session, Topic::Operation(operation));
    assert_eq!(plain(&why.question), "Why does put name joe wait?");
    assert!(
        why.chain
            .iter()
            .filter_map(|reason| reason.at)
            .all(|at| at <= then)
    );
}
