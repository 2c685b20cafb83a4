//! The histories of `tests/histories`: the folder says what the verdict is, and beside each history
//! is what the program says of it. `UPDATE_GOLDEN=1` writes that down anew.

use clap::Parser;
use quorum::headless::{Arguments, execute};
use std::fmt::Write;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

/// What the program says of a history, and its exit status. The history is at hand as standard
/// input, so that no path is in the answer.
fn check(text: &str, options: &[&str]) -> (u8, String) {
    let words = ["quorum-headless", "check-history", "-"]
        .iter()
        .chain(options);
    let arguments = Arguments::try_parse_from(words).expect("the command line is right");
    let (mut out, mut err) = (Vec::new(), Vec::new());
    let status = execute(&arguments, &mut text.as_bytes(), &mut out, &mut err);
    let status = status.expect("memory can be written");
    out.extend(err);
    (status, String::from_utf8(out).expect("it speaks in UTF-8"))
}

fn histories(folder: &str) -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests/histories")
        .join(folder);
    let files = fs::read_dir(folder).expect("the folder is there");
    let files = files.map(|file| file.expect("it can be listed").path());
    let mut files: Vec<PathBuf> = files
        .filter(|path| path.extension().is_some_and(|kind| kind != "said"))
        .collect();
    files.sort();
    files
}

fn expect_all(folder: &str, expected: u8) {
    let files = histories(folder);
    assert!(files.len() > 5);
    for file in files {
        let text = fs::read_to_string(&file).expect("it is text");
        let (status, said) = check(&text, &[]);
        assert_eq!(status, expected, "{}: {said}", file.display());
        let golden = file.with_extension("said");
        if std::env::var_os("UPDATE_GOLDEN").is_some() {
            fs::write(&golden, &said).expect("it can be written");
        }
        let before = fs::read_to_string(&golden).unwrap_or_default();
        assert_eq!(said, before, "{}", golden.display());
    }
}

#[test]
fn good_histories_are_linearizable() {
    expect_all("linearizable", 0);
}

#[test]
fn bad_histories_are_not() {
    expect_all("not-linearizable", 1);
}

#[test]
fn what_cannot_be_read_is_refused_with_its_line() {
    expect_all("unreadable", 2);
    for file in histories("unreadable") {
        let said = fs::read_to_string(file.with_extension("said")).expect("it was written");
        let line = said
            .strip_prefix("standard input:")
            .and_then(|rest| rest.split(':').next());
        assert!(
            line.is_some_and(|line| line.parse::<usize>().is_ok()),
            "{said}"
        );
    }
}

#[test]
fn a_budget_that_is_too_small_is_said_and_is_no_verdict() {
    let text = fs::read_to_string(&histories("linearizable")[0]).expect("it is text");
    let (status, said) = check(&text, &["--budget", "1"]);
    assert_eq!(status, 2);
    assert!(
        said.starts_with("unknown: ") && said.contains("--budget"),
        "{said}"
    );
}

/// Operations by ten clients on a register that takes each at once, in the middle of its time. One in
/// twenty writes is never answered, and half of those happen.
fn long_history(operations: usize, values: u64, stale: bool) -> String {
    let mut text = String::new();
    let mut draw = 1u64;
    let mut random = |below: u64| {
        draw = draw
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (draw >> 33) % below
    };
    let (mut register, mut before) = (None, None);
    let mut open: Vec<(u64, u64, Option<u64>, String)> = Vec::new();
    let mut calls = 0;
    let mut process = 10;
    let mut free: Vec<u64> = (0..10).collect();
    while calls < operations || !open.is_empty() {
        if calls < operations && !free.is_empty() && random(2) == 0 {
            let who = free.swap_remove(random(free.len() as u64) as usize);
            let value = random(values);
            let f = random(3);
            let call = match f {
                0 => ":f :read, :value nil".to_owned(),
                1 => format!(":f :write, :value {value}"),
                _ => format!(":f :cas, :value [{} {value}]", random(values)),
            };
            writeln!(text, "{{:process {who}, :type :invoke, {call}}}").expect("memory");
            open.push((who, f, Some(value), call));
            calls += 1;
        } else if !open.is_empty() {
            let (who, f, value, call) = open.swap_remove(random(open.len() as u64) as usize);
            // It takes place now. (Those that are still open take place later.)
            let lost = random(20) == 0;
            if !(lost && random(2) == 0) && f == 1 {
                before = register;
                register = value;
            }
            let from = call
                .split(['[', ' '])
                .find_map(|word| word.parse::<u64>().ok());
            let fits = f == 2 && register == from;
            if fits && !lost {
                before = register;
                register = value;
            }
            let shown = |value: Option<u64>| value.map_or("nil".to_owned(), |v| v.to_string());
            let end = match f {
                _ if lost => format!(":info, {call}"),
                0 => format!(":ok, :f :read, :value {}", shown(register)),
                2 if !fits => format!(":fail, {call}"),
                _ => format!(":ok, {call}"),
            };
            writeln!(text, "{{:process {who}, :type {end}}}").expect("memory");
            if lost {
                free.push(process);
                process += 1;
            } else {
                free.push(who);
            }
        }
    }
    if stale {
        // Two reads alone: the second sees what was there before the first.
        for value in [register, before] {
            let value = value.map_or("nil".to_owned(), |v| v.to_string());
            text += "{:process 5000, :type :invoke, :f :read, :value nil}\n";
            writeln!(
                text,
                "{{:process 5000, :type :ok, :f :read, :value {value}}}"
            )
            .expect("memory");
        }
    }
    text
}

#[test]
fn ten_thousand_operations_by_ten_clients_take_seconds() {
    for (values, stale) in [(5, false), (1_000_000, false), (1_000_000, true)] {
        let text = long_history(10_000, values, stale);
        let started = Instant::now();
        let (status, said) = check(&text, &[]);
        assert_eq!(status, u8::from(stale), "{values} values: {said}");
        let took = started.elapsed();
        println!("{values} values, stale: {stale}: {took:?}");
        assert!(took < Duration::from_secs(20), "it took {took:?}");
    }
}
