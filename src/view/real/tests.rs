//! The texts for a few runs, whole, and what must never be in them.
//!
//! `UPDATE_GOLDEN=1` writes the files of `tests/real` anew.

use super::*;
use crate::cluster::{Address, ClientId, Links, Program, WorldOptions};
use crate::kv::{PutRequest, RangeRequest, Request};
use crate::lesson::{Runner, Script, Verdict};
use crate::sim::SimTime;
use std::path::Path;

const FORMS: [Form; 3] = [Form::Procfile, Form::Systemd, Form::Compose];

fn golden(name: &str, text: &str) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests/real")
        .join(name);
    if std::env::var_os("UPDATE_GOLDEN").is_some() {
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(&path, text).unwrap();
    }
    let expected = std::fs::read_to_string(&path).unwrap_or_default();
    assert_eq!(text, expected, "{name}");
}

/// All that a session has to show, one file after the other.
fn all(session: &Session, form: Form) -> String {
    let real = real(session, form);
    let mut text: String = real
        .remarks
        .iter()
        .map(|remark| format!("! {remark}\n"))
        .collect();
    for file in real.files {
        text.push_str(&format!("=== {} ===\n{}", file.name, file.text));
    }
    text
}

fn script_of(session: &Session, form: Form) -> String {
    real(session, form).files.pop().unwrap().text
}

fn name_of(form: Form) -> &'static str {
    match form {
        Form::Procfile => "procfile",
        Form::Systemd => "systemd",
        Form::Compose => "compose",
    }
}

/// Faults of all kinds, and a member that comes later.
const STORY: &str = "start 3 members seed 7
wait until leader within 10s
wait until all except leader follow within 10s
put name \"joe & ann's\" via infra1
wait 500ms
get name via infra2
crash infra1
wait 2s
restart infra1
pause infra2 for 300ms
wait 1s
add infra4 via leader as B
wait 2s
join infra4
wait 2s
remove infra3 via infra1 as B
wait 1s
cut infra1 infra4 | others
wait 250ms
heal
isolate infra2
rejoin infra2
delay 50ms jitter 20ms all <-> all
lose 2% all <-> all
wait 1s
";

fn play() -> Session {
    let mut runner = Runner::new(Script::parse(STORY).unwrap());
    let mut session = runner.script().session(None).unwrap();
    assert_eq!(runner.run(&mut session), Verdict::Passed);
    session
}

#[test]
fn a_story_is_written_in_every_form() {
    let session = play();
    for form in FORMS {
        golden(
            &format!("story-{}.txt", name_of(form)),
            &all(&session, form),
        );
    }
}

#[test]
fn the_first_cluster_of_the_page_is_one_that_etcd_would_start() {
    let session = Session::new(WorldOptions::default(), 7).unwrap();
    for form in FORMS {
        golden(
            &format!("first-{}.txt", name_of(form)),
            &all(&session, form),
        );
    }
    let text = command(session.world(), NodeId(2));
    golden("command.txt", &(text.clone() + "\n"));
    assert!(
        text.contains("--heartbeat-interval 30 "),
        "a fifth of 150 ms: {text}"
    );
    assert!(text.contains("--election-timeout 150 "));
}

#[test]
fn etcds_own_options_need_no_flags() {
    let mut options = WorldOptions::etcd();
    options.raft.compaction_distance = 100_000;
    let session = Session::new(options, 7).unwrap();
    let text = command(session.world(), NodeId(1));
    assert!(
        text.trim_end().ends_with("--initial-cluster-state new"),
        "{text}"
    );
    assert_eq!(real(&session, Form::Compose).remarks, Vec::<String>::new());
}

#[test]
fn options_that_etcd_has_not_are_told() {
    let mut options = WorldOptions::default();
    options.raft.election_timeout = 60_000;
    options.raft.election_timeout_max = 90_000;
    options.raft.check_quorum = false;
    options.raft.pre_vote = false;
    options.quota_bytes = 4096;
    options.raft.compaction_tail = 10;
    options.raft.rules = options
        .raft
        .rules
        .without(crate::raft::rules::Rule::PreVote);
    let session = Session::new(options, 7).unwrap();
    let real = real(&session, Form::Procfile);
    assert_eq!(real.remarks.len(), 5, "{:?}", real.remarks);
    let text = &real.files[0].text;
    for flag in [
        "--election-timeout 50000",
        "--heartbeat-interval 50",
        "--pre-vote false",
        "--quota-backend-bytes 4096",
        "--snapshot-count 10000",
        "--experimental-snapshot-catchup-entries 10",
    ] {
        assert!(text.contains(flag), "{flag}: {text}");
    }
}

#[test]
fn the_script_ends_at_the_playhead() {
    let mut session = play();
    let crash = Action::Crash { member: NodeId(1) };
    while session
        .last_action()
        .is_some_and(|done| done.action != crash)
    {
        session.undo();
    }
    session.undo();
    let script = script_of(&session, Form::Compose);
    assert!(script.contains("get"));
    assert!(!script.contains("docker compose kill"), "{script}");
}

/// The lines of a script that are run.
fn run_lines(script: &str) -> Vec<&str> {
    let lines = script.lines();
    lines
        .filter(|line| !line.is_empty() && !line.starts_with('#'))
        .collect()
}

fn typed(session: &mut Session, typed: &str) {
    let program = Program {
        endpoints: vec!["127.0.0.1:2379; reboot".to_owned()],
        ..Program::default()
    };
    let action = Action::Run {
        client: ClientId(1),
        program: Box::new(program),
        typed: typed.to_owned(),
    };
    session.act(action).unwrap();
}

#[test]
fn nothing_of_a_recording_is_run_but_etcdctl_with_words() {
    let hostile = [
        "etcdctl put a b; rm -rf ~",
        "etcdctl put a $(reboot)",
        "etcdctl put a `reboot`",
        "etcdctl put a b\nreboot",
        "LD_PRELOAD=/tmp/evil.so etcdctl get a",
        "ETCDCTL_API=2 etcdctl get a",
        "reboot",
        "etcdctl put 'a | reboot' '\"quoted\"' && reboot",
        "etcdctl get 'open",
    ];
    let mut session = Session::new(WorldOptions::etcd(), 7).unwrap();
    for line in hostile {
        typed(&mut session, line);
    }
    let put = |key: &'static [u8], value: &'static [u8]| PutRequest {
        key: key.into(),
        value: value.into(),
        ..PutRequest::default()
    };
    let range = RangeRequest {
        key: b"-x; reboot"[..].into(),
        serializable: true,
        ..RangeRequest::default()
    };
    let requests = [
        Request::Put(put(b"line\nreboot", b"'; reboot; '")),
        Request::Put(put(b"zero\0", b"\xff")),
        Request::Range(range),
    ];
    for request in requests {
        let (client, member) = (ClientId(2), NodeId(1));
        let action = Action::Request {
            client,
            member,
            request,
        };
        session.act(action).unwrap();
    }
    for form in FORMS {
        let script = script_of(&session, form);
        // What stands in quotes may have several lines, so the whole is split at once.
        let mut commands: Vec<Vec<String>> = vec![Vec::new()];
        let runs = script.split("\n\n").skip(1);
        for paragraph in runs {
            let (comment, command) = paragraph.split_once('\n').unwrap_or((paragraph, ""));
            assert!(comment.starts_with("# ") || comment == "wait", "{comment}");
            let mut words = shlex::split(command).expect(command);
            // What a command reads are words too.
            if words.first().is_some_and(|word| word == "printf") {
                let pipe = words.iter().position(|word| word == "|").unwrap();
                assert!(command.split(" | ").next().unwrap().ends_with("reboot"));
                words.drain(..=pipe);
            }
            commands.push(words);
        }
        for words in commands.iter().filter(|words| !words.is_empty()) {
            let first = words
                .iter()
                .find(|word| !word.contains("ETCDCTL_") && *word != "env");
            assert_eq!(first.map(String::as_str), Some("etcdctl"), "{words:?}");
            assert_eq!(words.last().map(String::as_str), Some("&"), "{words:?}");
        }
        assert!(
            !script.contains("LD_PRELOAD=/tmp/evil.so etcdctl get a &"),
            "{script}"
        );
        assert!(script.contains("ETCDCTL_API=2"), "{script}");
    }
}

#[test]
fn what_a_command_reads_is_handed_to_it() {
    let mut session = Session::new(WorldOptions::etcd(), 7).unwrap();
    typed(
        &mut session,
        "etcdctl txn <<'END'\nmod(\"name\") > \"0\"\n\nput name ann\n\n\nEND",
    );
    typed(&mut session, "etcdctl txn -i\n\nput name joe\n\n");
    typed(&mut session, "etcdctl put a 'x << y'");
    let script = script_of(&session, Form::Procfile);
    let lines = script.lines().filter(|line| line.contains("etcdctl"));
    let lines: Vec<&str> = lines.filter(|line| line.contains("printf")).collect();
    assert!(
        lines[0].starts_with(
            r#"printf '%s\n' 'mod("name") > "0"' '' 'put name ann' '' '' | etcdctl --endpoints"#
        ),
        "{}",
        lines[0]
    );
    assert!(lines[0].ends_with("txn &"), "{}", lines[0]);
    assert!(
        lines[1].starts_with(r"printf '%s\n' '' 'put name joe' '' | etcdctl"),
        "{}",
        lines[1]
    );
    assert_eq!(lines.len(), 2);
}

#[test]
fn every_fault_has_its_line_or_says_that_there_is_none() {
    let (one, two) = (NodeId(1), NodeId(2));
    let link = Links::List(vec![(Address::Member(one), Address::Member(two))]);
    let mut session = Session::new(WorldOptions::etcd(), 7).unwrap();
    let actions = [
        Action::CutLinks {
            links: link.clone(),
        },
        Action::CutLinks {
            links: Links::Of(two),
        }
        .during(1_500_000),
        Action::SetDuplication {
            links: Links::From(one),
            duplicate_ppm: 2_500,
        },
        Action::SetDelay {
            links: link,
            latency_us: 5,
            jitter_us: 0,
        },
        Action::ResetNetwork,
        Action::TimeOutNow { member: one },
        Action::Crash { member: one }.at(SimTime(2_000_000)),
    ];
    for action in actions {
        session.act(action).unwrap();
    }
    session.advance(1_000_000);
    session.act(Action::Crash { member: NodeId(3) }).unwrap();
    session.act(Action::WipeDisk { member: NodeId(3) }).unwrap();
    for form in FORMS {
        golden(
            &format!("faults-{}.sh", name_of(form)),
            &script_of(&session, form),
        );
    }
    assert!(run_lines(&script_of(&session, Form::Procfile)).len() < 12);
}
