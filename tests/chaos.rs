//! Chaos runs, natively: nothing fails, and what happens is what happens everywhere.

mod storms;

use clap::Parser;
use quorum::chaos::{Case, Deed, Profile, Story, play, replay};
use quorum::cluster::{
    Action, Call, ClientId, Fact, Job, Links, NewMember, Outcome, Program, ProgramEvent,
    WorldOptions, member_id, usual_client_url,
};
use quorum::headless::{Arguments, execute};
use quorum::kv::Request;
use quorum::raft::NodeId;
use quorum::raft::rules::{Rule, Rules};
use quorum::sim::SimTime;
use quorum::timeline::{Saved, Session};
use storms::{FINGERPRINTS, fingerprint};

#[test]
fn storms_have_the_fingerprints_that_were_written_down() {
    let fingerprints = FINGERPRINTS.map(|(members, _)| (members, fingerprint(members)));
    assert_eq!(fingerprints, FINGERPRINTS, "natively");
}

#[test]
fn no_profile_breaks_anything() {
    for profile in Profile::ALL {
        for seed in 0..15 {
            let case = Case {
                seed,
                members: 3 + 2 * (seed % 2) as usize,
                events: 1500,
                profile,
                rules: Rules::all(),
            };
            let outcome = play(&case, |_| ());
            assert_eq!(outcome.failure, None, "{case:?}");
        }
    }
}

#[test]
fn a_failing_run_comes_with_a_link_that_shows_it() {
    let rule = Rule::MajorityQuorum.info().name;
    let words = format!(
        "quorum-headless chaos --seeds 0..200 --members 4 --without {rule} --page https://example.org/q/"
    );
    let arguments = Arguments::try_parse_from(words.split(' ')).expect("the command line is right");
    let mut out = Vec::new();
    let status = execute(&arguments, &mut &b""[..], &mut out, &mut Vec::new());
    assert_eq!(status.expect("memory can be written"), 1);
    let said = String::from_utf8(out).expect("it speaks in UTF-8");
    let line = |start| {
        said.lines()
            .find_map(|line| line.trim_start().strip_prefix(start))
    };
    let again = line("again: ").expect("a command that does it again");
    assert!(again.starts_with("quorum-headless chaos --seeds ") && again.ends_with(rule));
    let link = line("in the page: ").expect("a link");
    assert!(link.starts_with("https://example.org/q/#r="), "{link}");
    let saved = Saved::from_text(link).expect("it can be opened");
    let session = saved.replay().expect("it can be played");
    assert!(session.checker().is_violated());
}

/// Found by the profile `membership`.
#[test]
fn a_member_that_was_added_serves_again_after_a_restart() {
    let second = 1_000_000;
    let mut session = Session::new(WorldOptions::with_members(3), 1).expect("they make sense");
    session.advance(second);
    let added = NodeId(4);
    let program = Program {
        endpoints: vec![usual_client_url(NodeId(1))],
        command_timeout_us: second,
        job: Job::Call(Call::MemberAdd(NewMember {
            peer_urls: vec!["http://127.0.0.1:42380".to_owned()],
            learner: false,
        })),
        ..Program::default()
    };
    let add = Action::Run {
        client: ClientId(0),
        program: Box::new(program),
        typed: String::new(),
    };
    let restart = [
        Action::Crash { member: added },
        Action::Restart { member: added },
    ];
    let all = [add, Action::Join { member: added }];
    for action in all.into_iter().chain(restart) {
        session.act(action).expect("it is possible");
        session.advance(2 * second);
        if session
            .world()
            .member(added)
            .is_none_or(|member| member.server().is_none())
        {
            continue;
        }
        let client = ClientId(1);
        let request = Request::get("key", false);
        let ask = Action::Request {
            client,
            member: added,
            request,
        };
        session.act(ask).expect("it can be asked");
        session.advance(second);
        let operations = session.operations();
        let last = operations.last().expect("it was asked");
        let answered =
            matches!(&last.returned, Some((_, outcome)) if matches!(outcome, Outcome::Answered(_)));
        assert!(answered, "{:?}", last.returned);
    }
}

/// The last but one client, who changes the membership in chaos runs.
const OPERATOR: ClientId = ClientId(ClientId::COUNT - 2);

fn remove(member: NodeId, asked: NodeId) -> Action {
    let program = Program {
        endpoints: vec![usual_client_url(asked)],
        command_timeout_us: 2_000_000,
        job: Job::Call(Call::MemberRemove(member_id(member))),
        ..Program::default()
    };
    Action::Run {
        client: OPERATOR,
        program: Box::new(program),
        typed: String::new(),
    }
}

/// Found by the profile `membership` (seeds 1440 and 2269 of 5 members): the checkers counted by the
/// configuration of a member that had not heard of two removals.
#[test]
fn who_has_not_heard_of_two_removals_does_not_make_the_checkers_count_the_removed() {
    let second = 1_000_000;
    let mut session = Session::new(WorldOptions::with_members(5), 1).expect("they make sense");
    session.advance(second);
    let leader = |session: &Session| session.world().leader().expect("somebody leads").id();
    let put = |session: &mut Session, member: NodeId, value: &'static str| {
        let ask = Action::Request {
            client: ClientId(0),
            member,
            request: Request::put("key", value),
        };
        session.act(ask).expect("it can be asked");
    };
    let lost = leader(&session);
    let links = Links::Of(lost);
    session.act(Action::HoldLinks { links }).expect("it can be");
    put(&mut session, lost, "never committed");
    session.advance(3 * second);
    let next = leader(&session);
    assert_ne!(next, lost);
    let others: Vec<NodeId> = session.options().member_ids().collect();
    let others = others.into_iter().filter(|id| ![lost, next].contains(id));
    for removed in others.take(2) {
        session.act(remove(removed, next)).expect("it can be asked");
        session.advance(2 * second);
    }
    put(&mut session, next, "committed by two of three");
    session.advance(second);
    let before = session.trace().len();
    let links = Links::Of(lost);
    session
        .act(Action::ReleaseLinks { links })
        .expect("it can be");
    session.advance(2 * second);
    let behind = session
        .world()
        .member(lost)
        .and_then(|member| member.server());
    assert_eq!(behind.expect("it runs").node().conf().voters.len(), 3);
    assert!(session.trace().len() > before);
    assert!(!session.checker().is_violated());
    let operations = session.operations();
    let last = operations.last().and_then(|last| last.returned.clone());
    assert!(matches!(last, Some((_, Outcome::Answered(_)))), "{last:?}");
}

/// Found by the profile `membership` (seed 2158 of 5 members): who is removed while the world calms
/// down answers nobody any more, and nobody is asked before that is over.
#[test]
fn the_calm_waits_for_removals_that_are_under_way() {
    for later in 0..16 {
        let time = SimTime(1_000_000);
        let story = Story {
            options: WorldOptions::with_members(5),
            seed: 7,
            deeds: vec![Deed {
                time,
                action: remove(NodeId(5), NodeId(1)),
            }],
            end: time.after(later * 4_000),
        };
        let outcome = replay(&story, |_| ());
        assert_eq!(outcome.failure, None, "{later}");
    }
}

#[test]
fn chaos_has_generated_loads_watches_and_reads_that_may_be_stale() {
    let (mut loads, mut watched, mut stale, mut leased) = (0, 0, 0, 0);
    for seed in 0..5 {
        let case = Case {
            seed,
            members: 3,
            events: 2000,
            profile: Profile::Everything,
            rules: Rules::all(),
        };
        play(&case, |facts| {
            for event in facts {
                match &event.fact {
                    Fact::Acted(action) => {
                        loads += usize::from(matches!(**action, Action::SetLoad { .. }));
                    }
                    Fact::Ran { event, .. } => {
                        let told = matches!(**event, ProgramEvent::Watched { .. });
                        watched += usize::from(told);
                    }
                    Fact::Called { call, .. } => {
                        let request = call.request();
                        stale += usize::from(request.is_some_and(Request::is_serializable));
                        let put = |request: &&Request| matches!(request, Request::Put(put) if put.lease.is_some());
                        leased += usize::from(request.filter(put).is_some());
                    }
                    _ => {}
                }
            }
        });
    }
    assert!(loads >= 15 && watched > 20 && stale > 20 && leased > 5);
}
