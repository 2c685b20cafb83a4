//! The script language at its edges: limits, options, clients, and text that is no script at all.

use proptest::prelude::*;
use proptest::test_runner::RngSeed;
use quorum::cluster::{ClientId, WorldOptions};
use quorum::kv::{MAX_REQUEST_BYTES, Request};
use quorum::lesson::{
    Condition, MAX_SCRIPT_BYTES, MAX_STATEMENTS, Quantifier, Script, ScriptErrors, StatementKind,
    Target, Test, Trait,
};
use quorum::raft::NodeId;
use quorum::sim::LinkOptions;

fn statements(lines: &str) -> Vec<StatementKind> {
    let script = Script::parse(&format!("start 5 members\n{lines}")).unwrap();
    script.statements.into_iter().map(|s| s.kind).collect()
}

fn refused(text: &str) -> ScriptErrors {
    Script::parse(text).expect_err("this is no script")
}

fn condition(line: &str) -> Condition {
    match statements(line).pop() {
        Some(StatementKind::Expect(condition)) => condition,
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_cluster_has_etcds_proportions_if_nothing_else_is_said() {
    let script = Script::parse("start 4 members").unwrap();
    assert_eq!(script.start.options, WorldOptions::with_members(4));
    assert_eq!(script.start.seed, 1);
    let script = Script::parse("# first\n\nstart 1 member seed 18446744073709551615").unwrap();
    assert_eq!((script.start.line, script.start.seed), (3, u64::MAX));
}

#[test]
fn every_option_reaches_the_world() {
    let script = Script::parse(
        "start 3 members seed 2 with heartbeat 20ms election 100ms..250ms latency 1.5ms jitter 10us \
         client-latency 2ms sync 3ms jitter 1ms client-timeout 4s request-timeout 5s client-retries off \
         pre-vote off check-quorum off forwarding off reads safe",
    );
    let options = script.unwrap().start.options;
    assert_eq!(options.raft.heartbeat_interval, 20);
    let election = (
        options.raft.election_timeout,
        options.raft.election_timeout_max,
    );
    assert_eq!(election, (100, 250));
    let times = |link: LinkOptions| (link.latency_us, link.jitter_us);
    assert_eq!(times(options.network), (1_500, 10));
    assert_eq!(times(options.client_network), (2_000, 0));
    let disk = options.disk;
    assert_eq!((disk.sync_us, disk.jitter_us), (3_000, 1_000));
    assert_eq!(options.client_timeout_us, 4_000_000);
    assert_eq!(options.request_timeout_us, 5_000_000);
    assert!(!options.client_retries);
    assert!(!options.raft.pre_vote && !options.raft.check_quorum);
    assert!(!options.raft.forward_proposals);
}

#[test]
fn options_that_do_not_fit_together_are_refused_in_the_words_of_their_owner() {
    let errors = refused("start 3 members with check-quorum off reads lease");
    assert!(errors.to_string().contains("check_quorum"), "{errors}");
}

#[test]
fn clients_are_letters_and_the_first_one_is_the_default() {
    let clients = |lines: &str| -> Vec<ClientId> {
        let of = |kind| match kind {
            StatementKind::Request { client, .. } => client,
            other => panic!("{other:?}"),
        };
        statements(lines).into_iter().map(of).collect()
    };
    let lines = "get k via leader\nget k via leader as B\nget k via leader local as client Z";
    assert_eq!(clients(lines), [ClientId(0), ClientId(1), ClientId(25)]);
}

#[test]
fn quoted_words_are_never_keywords() {
    let kind = statements(r#"put "via" "as" via infra1 as A"#)
        .pop()
        .unwrap();
    let expected = StatementKind::Request {
        request: Request::put("via", "as"),
        via: Target::Member(NodeId(1)),
        client: ClientId(0),
    };
    assert_eq!(kind, expected);
    // Unquoted, they are taken by their place.
    assert_eq!(statements("put via as via infra1").pop().unwrap(), expected);
    refused("start 3 members\n\"crash\" infra1");
    refused("start 3 members\ncrash \"infra1\"");
}

#[test]
fn not_any_and_none_are_read_as_they_stand() {
    let read = condition("expect leader and not any of minority leads and no value k at none");
    assert_eq!(
        read.text,
        "leader and not any of minority leads and no value k at none"
    );
    let negated: Vec<bool> = read.tests.iter().map(|(negated, _)| *negated).collect();
    assert_eq!(negated, [false, true, false]);
    assert!(matches!(&read.tests[1].1, Test::Members(who, _) if who.quantifier == Quantifier::Any));
    assert!(matches!(
        &read.tests[2].1,
        Test::Members(who, Trait::Value(_, None)) if who.quantifier == Quantifier::None
    ));
    assert!(condition("expect not no leader").tests == condition("expect leader").tests);
}

#[test]
fn etcds_limits_hold_to_the_byte() {
    let put = |bytes: usize| {
        let value = "x".repeat(bytes);
        format!("start 3 members\nput k {value} via leader")
    };
    assert!(Script::parse(&put(MAX_REQUEST_BYTES - 1)).is_ok());
    let errors = refused(&put(MAX_REQUEST_BYTES));
    assert_eq!(errors.errors[0].message, "etcdserver: request is too large");
    let shown = errors.render("story");
    assert!(shown.len() < 1_000, "the line is not shown whole");
}

#[test]
fn scripts_are_bounded() {
    let errors = refused(&"#".repeat(MAX_SCRIPT_BYTES + 1));
    assert!(errors.to_string().contains("the limit is"), "{errors}");
    let many = format!("start 1 member\n{}", "step\n".repeat(MAX_STATEMENTS));
    assert!(Script::parse(&many).is_ok());
    let errors = refused(&format!("{many}step\n"));
    assert!(errors.to_string().contains("split it"), "{errors}");
}

#[test]
fn many_errors_are_counted_and_the_first_are_shown() {
    let bad = format!("start 1 member\n{}", "crahs\n".repeat(50));
    let errors = refused(&bad);
    assert_eq!(errors.errors.len(), 50);
    assert!(
        errors
            .render("x")
            .ends_with("… and 30 more lines with errors")
    );
}

#[test]
fn windows_line_ends_mean_nothing() {
    let script = Script::parse("start 3 members\r\ncrash infra1\r\n").unwrap();
    assert_eq!(script.statements[0].text, "crash infra1");
}

fn config() -> ProptestConfig {
    ProptestConfig {
        cases: 2_000,
        rng_seed: RngSeed::Fixed(1),
        failure_persistence: None,
        ..ProptestConfig::default()
    }
}

/// Whatever it is, it is read or refused; and each error can be shown and lies in its line.
fn is_read_or_refused(text: &str) {
    let Err(errors) = Script::parse(text) else {
        return;
    };
    assert!(!errors.errors.is_empty());
    assert!(!errors.render("x").is_empty() && !errors.to_string().is_empty());
    for error in &errors.errors {
        let line = text.lines().nth(error.place.line - 1).unwrap_or_default();
        assert!(error.source.is_empty() || error.source == line);
        // The end of a line is the place behind it.
        assert!(error.place.column <= line.chars().count() + 2, "{error:?}");
        assert!(error.place.length >= 1);
    }
    let lines: Vec<usize> = errors.errors.iter().map(|error| error.place.line).collect();
    assert!(lines.is_sorted_by(|a, b| a < b), "one error for each line");
}

const WORDS: &str = "start members seed with put get delete via local as crash restart cut heal \
    time-out let be wait until within step expect not no leader of term infra1 infra9 follower:1 \
    minority:2 all any none except others majority minority followers crashed running is are \
    leads follows reaches value = joe at entry 3 committed log has logs stores equal answer \
    client A pending nothing fails OK \"a b\" | >= 200ms 5 1.5s # \" old commit and";

proptest! {
    #![proptest_config(config())]

    #[test]
    fn any_text_is_read_or_refused(text in "\\PC{0,80}(\n\\PC{0,80}){0,4}") {
        is_read_or_refused(&text);
    }

    #[test]
    fn any_row_of_words_is_read_or_refused(picks in prop::collection::vec(0..200_usize, 0..40)) {
        let words: Vec<&str> = WORDS.split_whitespace().collect();
        let mut text = "start 3 members\n".to_owned();
        for pick in picks {
            match words.get(pick % (words.len() + 8)) {
                Some(word) => text.push_str(word),
                None => text.push('\n'),
            }
            text.push(' ');
        }
        is_read_or_refused(&text);
    }

    #[test]
    fn a_story_with_a_slip_of_the_pen_is_read_or_refused(
        at in any::<prop::sample::Index>(),
        slip in prop_oneof![Just(String::new()), "\\PC", Just("\n".to_owned()), Just("\"".to_owned())],
    ) {
        let story = include_str!("scripts/partition-3-2.quorum");
        let at = at.index(story.len());
        let mut text = story.to_owned();
        text.replace_range(at..=at, &slip);
        is_read_or_refused(&text);
    }
}
