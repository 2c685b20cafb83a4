//! Chaos runs, natively: nothing fails, and what happens is what happens everywhere.

mod storms;

use clap::Parser;
use quorum::chaos::{Case, Profile, play};
use quorum::headless::{Arguments, execute};
use quorum::raft::rules::{Rule, Rules};
use quorum::timeline::Saved;
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
