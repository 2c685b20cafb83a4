//! The console: everything that etcdctl printed when it was recorded with a real cluster, printed
//! again by a simulated one; what its source says about more; and that no line does harm.

use proptest::prelude::*;
use quorum::etcdctl::{Entered, Shell};
use quorum::headless::run_etcdctl_session;
use std::fmt::Write;
use std::path::{Path, PathBuf};

fn folder(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests/etcdctl")
        .join(name)
}

fn read(path: &Path) -> String {
    std::fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// The files of a folder, in the order of their names.
fn files(name: &str) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(folder(name)).expect("the folder is there");
    let mut files: Vec<PathBuf> = entries.map(|entry| entry.unwrap().path()).collect();
    files.sort();
    assert!(!files.is_empty());
    files
}

/// The first lines that differ.
fn difference(expected: &str, found: &str) -> Option<String> {
    if expected == found {
        return None;
    }
    let mut text = String::new();
    let expected: Vec<&str> = expected.lines().collect();
    let found: Vec<&str> = found.lines().collect();
    let same = expected
        .iter()
        .zip(&found)
        .take_while(|(a, b)| a == b)
        .count();
    let from = same.saturating_sub(3);
    for line in &expected[from..same] {
        let _ = writeln!(text, "    {line}");
    }
    for line in expected.iter().skip(same).take(6) {
        let _ = writeln!(text, "  - {line}");
    }
    for line in found.iter().skip(same).take(6) {
        let _ = writeln!(text, "  + {line}");
    }
    Some(text)
}

/// Runs sessions and compares what they print with their transcripts.
fn compare(all: impl Iterator<Item = (String, String, String)>) {
    let only = std::env::var("QUORUM_SESSION").unwrap_or_default();
    let mut report = String::new();
    let mut count = 0;
    for (name, session, transcript) in all.filter(|(name, ..)| name.contains(&only)) {
        count += 1;
        let (found, complaints) = match run_etcdctl_session(&session, true, 1) {
            Ok(run) => run,
            Err(why) => (why, Vec::new()),
        };
        if let Some(difference) = difference(&transcript, &found) {
            let _ = writeln!(report, "{name}:\n{difference}");
        }
        for complaint in complaints {
            let _ = writeln!(report, "{name}: {complaint}");
        }
    }
    assert!(report.is_empty(), "of {count} sessions:\n{report}");
}

/// What a real cluster of three etcd 3.5.16 was recorded to print.
#[test]
fn recorded_sessions_print_what_etcd_printed() {
    compare(files("sessions").into_iter().map(|path| {
        let name = path.file_stem().unwrap().to_string_lossy().into_owned();
        let transcript = read(&folder("transcripts").join(format!("{name}.txt")));
        (name, read(&path), transcript)
    }));
}

/// What etcdctl's source says, where no recording shows it.
#[test]
fn more_sessions_print_what_the_source_says() {
    compare(files("more").into_iter().map(|path| {
        let name = path.file_stem().unwrap().to_string_lossy().into_owned();
        let transcript = read(&path);
        (name, session_of(&transcript), transcript)
    }));
}

/// Other seeds print the same.
#[test]
fn the_seed_does_not_matter() {
    for name in ["leader-down", "quorum-return", "lock-elect", "member-join"] {
        let session = read(&folder("sessions").join(format!("{name}.session")));
        let transcript = read(&folder("transcripts").join(format!("{name}.txt")));
        for seed in 2..6 {
            let (found, _) = run_etcdctl_session(&session, true, seed).unwrap();
            if let Some(difference) = difference(&transcript, &found) {
                panic!("{name} with seed {seed}:\n{difference}");
            }
        }
    }
}

/// Simulated seconds cost no real ones. To be run alone, on a machine that has nothing else to do:
/// `cargo test --profile chaos --no-default-features --test etcdctl -- --ignored --nocapture`.
#[test]
#[ignore = "measures time"]
fn every_session_ends_within_a_second() {
    let recorded = files("sessions").into_iter().map(|path| {
        let session = read(&path);
        (path, session)
    });
    let more = files("more").into_iter().map(|path| {
        let session = session_of(&read(&path));
        (path, session)
    });
    let mut times: Vec<(std::time::Duration, PathBuf)> = recorded
        .chain(more)
        .map(|(path, session)| {
            let began = std::time::Instant::now();
            run_etcdctl_session(&session, true, 1).unwrap();
            (began.elapsed(), path)
        })
        .collect();
    times.sort();
    for (time, path) in times.iter().rev().take(5) {
        println!("{time:>10.1?} {}", path.file_name().unwrap().display());
    }
    let slowest = times.last().unwrap();
    assert!(slowest.0.as_secs() < 1, "{slowest:?}");
}

/// The session that a transcript is of.
fn session_of(transcript: &str) -> String {
    let mut session = String::new();
    let mut lines = transcript.lines().peekable();
    while let Some(line) = lines.next() {
        let typed = match line.strip_prefix("$ ") {
            Some(typed) => typed,
            None if line.starts_with('@') || line.starts_with('#') => line,
            None => continue,
        };
        let mut input = String::new();
        while let Some(next) = lines.next_if(|next| *next == "<" || next.starts_with("< ")) {
            let _ = writeln!(input, "{}", next.strip_prefix("< ").unwrap_or(""));
        }
        match input.as_str() {
            "" => writeln!(session, "{typed}"),
            input => writeln!(session, "{typed} <<EOF\n{input}EOF"),
        }
        .unwrap();
    }
    session
}

/// A session that says what could not be run.
#[test]
fn what_cannot_be_run_is_said() {
    let session =
        "@kill x\nfoo bar\n@dance\n@watch-end nobody\netcdctl get $LEASE9\netcdctl version\n";
    let (transcript, complaints) = run_etcdctl_session(session, true, 1).unwrap();
    assert_eq!(complaints.len(), 5, "{complaints:?}");
    assert!(complaints[1].starts_with("line 2: "), "{complaints:?}");
    assert!(transcript.ends_with("API version: 3.5\n"), "{transcript}");
    assert!(run_etcdctl_session("etcdctl txn <<EOF\n", true, 1).is_err());
}

/// A run is a function of the session and the seed.
#[test]
fn the_same_session_prints_the_same() {
    let session = read(&folder("sessions").join("leader-down.session"));
    let once = run_etcdctl_session(&session, false, 7).unwrap();
    assert_eq!(once, run_etcdctl_session(&session, false, 7).unwrap());
}

/// Words of which lines are made.
const WORDS: &[&str] = &[
    "etcdctl",
    "get",
    "put",
    "del",
    "txn",
    "watch",
    "lease",
    "grant",
    "revoke",
    "keep-alive",
    "timetolive",
    "list",
    "lock",
    "elect",
    "endpoint",
    "status",
    "health",
    "hashkv",
    "member",
    "add",
    "remove",
    "update",
    "promote",
    "alarm",
    "disarm",
    "user",
    "role",
    "auth",
    "enable",
    "snapshot",
    "save",
    "move-leader",
    "compaction",
    "defrag",
    "version",
    "help",
    "ls",
    "set",
    "mk",
    "mkdir",
    "rm",
    "cluster-health",
    "exec-watch",
    "--prefix",
    "--from-key",
    "--rev",
    "-1",
    "--rev=3",
    "-w",
    "json",
    "fields",
    "table",
    "-wjson",
    "--hex",
    "--limit=2",
    "--once",
    "-i",
    "--cluster",
    "--endpoints=127.0.0.1:22379",
    "--endpoints",
    "--command-timeout=1s",
    "--",
    "-",
    "--keys",
    "--ttl",
    "5",
    "a",
    "b",
    "\"\"",
    "'x y'",
    "0",
    "1",
    "ff",
    "zz",
    "9999999999999999999",
    "--user",
    "u:p",
    "ETCDCTL_API=2",
    "ETCDCTL_API=3",
    "export",
    "echo",
    "$A",
    "${A}",
    "<<EOF",
    "#",
    "\\",
    "\"",
    "'",
    "--help",
    "-x",
    "--peer-urls=http://127.0.0.1:42380",
    "--sort-by=VALUE",
    "--order=DESCEND",
    "Grüße",
    "\u{1F980}",
    "-o",
    "extended",
    "make-mirror",
    "check",
    "perf",
    "restore",
    "promote",
    "passwd",
    "grant-role",
    "grant-permission",
    "revoke-permission",
    "readwrite",
    "root",
    "no-such-command",
    "s.db",
    "--data-dir=d",
    "--debug",
    "--no-sync",
    "--insecure-transport=false",
    "--command-timeout=0",
    "--progress-notify",
    "--prev-kv",
    "--ignore-value",
    "--ignore-lease",
    "--lease=1",
    "--detail",
    "--interactive=false",
    "--learner",
    "-l",
    "update",
    "updatedir",
    "setdir",
    "--ttl=1",
    "--in-order",
    "--recursive",
    "--sort",
    "--after-index=1",
    "--swap-with-index=1",
    "--forever",
    "--roles=r",
    "--path=/a",
    "/a",
    "/",
    "/a/../b",
    "unset",
];

/// Lines of standard input.
const LINES: &[&str] = &[
    "",
    "",
    "mod(\"a\") > \"0\"",
    "lease(\"a\") = \"0\"",
    "val(\"a\") ! \"\"",
    "value(\"\\x",
    "put a 1",
    "put 'a b' \"c\\n\"",
    "get a --prefix",
    "get --help",
    "del a z --prev-kv",
    "put a --lease=zz",
    "watch a",
    "watch a b --rev=1 -- echo x",
    "watch --",
    "watch -- etcdctl get a",
    "progress",
    "''",
    "'",
    "secret",
];

/// What a command reads: mostly nothing.
fn input() -> impl Strategy<Value = Vec<&'static str>> {
    prop_oneof![
        2 => Just(Vec::new()),
        1 => prop::collection::vec(prop::sample::select(LINES), 0..8),
    ]
}

fn line() -> impl Strategy<Value = String> {
    let word = prop_oneof![
        8 => prop::sample::select(WORDS).prop_map(str::to_owned),
        1 => any::<String>(),
    ];
    let words = prop::collection::vec(word, 0..7).prop_map(|words| words.join(" "));
    prop_oneof![3 => words.clone().prop_map(|words| format!("etcdctl {words}")), 1 => words]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2_000, failure_persistence: None, ..Default::default() })]

    /// Whatever is typed, the shell takes it, and completes it: in either version of the interface,
    /// with whatever is typed next for those who read.
    #[test]
    fn no_line_panics(
        lines in prop::collection::vec((line(), input()), 1..6),
        version in 1..=3,
    ) {
        let mut shell = Shell::new();
        shell.enter(&format!("export ETCDCTL_API={version}"));
        for (line, input) in &lines {
            let keys = ["a".to_owned(), "Grüße".to_owned()];
            let completion = shell.complete(line, &keys);
            prop_assert!(line.is_char_boundary(completion.from));
            let _ = completion.common();
            if let Entered::Begun(mut process, _) = shell.enter(line) {
                let _ = process.input("a\n\nput a b\n\n\n");
                for line in input {
                    let _ = process.input(&format!("{line}\n"));
                }
                let _ = process.close_input();
                let _ = process.interrupt();
            }
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, failure_persistence: None, ..Default::default() })]

    /// Whatever is typed to a cluster, it ends: by itself, or when it is interrupted.
    #[test]
    fn no_line_hangs(
        lines in prop::collection::vec((line(), input(), any::<bool>()), 1..8),
        version in 2..=3,
    ) {
        let mut session = format!("@server --enable-v2\nexport ETCDCTL_API={version}\n");
        let is_line = |line: &str| !line.contains(['\n', '\r', '<']) && !line.starts_with('@');
        let lines = lines.iter().filter(|(line, ..)| is_line(line));
        for (number, (line, input, behind)) in lines.enumerate() {
            if *behind && !line.trim().is_empty() {
                let _ = writeln!(session, "@watch-begin w{number} {line}\n@sleep 1\n@watch-end w{number}");
                continue;
            }
            let _ = write!(session, "@expect-timeout 3\n{line}");
            if !input.is_empty() {
                let _ = write!(session, " <<EOF");
                input.iter().for_each(|line| { let _ = write!(session, "\n{line}"); });
                let _ = write!(session, "\nEOF");
            }
            session.push('\n');
        }
        if let Ok((_, complaints)) = run_etcdctl_session(&session, true, 1) {
            let stuck = complaints.iter().find(|complaint| complaint.contains("does not end"));
            prop_assert!(stuck.is_none(), "{stuck:?}");
        }
    }
}
