//! Chaos runs, natively: nothing fails, and what happens is what happens everywhere.

mod storms;

use clap::Parser;
use quorum::chaos::{Case, Profile, play};
use quorum::cluster::{
    Action, Call, ClientId, Job, NewMember, Outcome, Program, WorldOptions, usual_client_url,
};
use quorum::headless::{Arguments, execute};
use quorum::kv::Request;
use quorum::raft::NodeId;
use quorum::raft::rules::{Rule, Rules};
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
