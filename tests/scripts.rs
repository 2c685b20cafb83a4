//! Every story in `tests/scripts` is played by `quorum-headless`, and every bad one in
//! `tests/scripts/bad` is refused with the message that stands beside it.
//!
//! To write the messages anew after a change that you can explain:
//! `UPDATE_GOLDEN=1 cargo test --no-default-features --test scripts`.

use quorum::lesson::{Runner, Script, Verdict};
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

fn scripts(folder: &str) -> Vec<PathBuf> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let files = std::fs::read_dir(root.join(folder)).expect("the folder exists");
    let mut paths: Vec<PathBuf> = files
        .map(|file| file.expect("the folder can be listed").path())
        .filter(|path| path.extension().is_some_and(|ext| ext == "quorum"))
        .collect();
    paths.sort();
    assert!(!paths.is_empty(), "{folder} holds scripts");
    paths
}

/// Runs the program in the folder of the script, so that messages name the file alone.
fn headless(script: &Path, options: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_quorum-headless"))
        .arg("run")
        .arg(script.file_name().expect("a script is a file"))
        .args(options)
        .current_dir(script.parent().expect("a script is in a folder"))
        .output()
        .expect("quorum-headless can be started")
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).expect("the program writes UTF-8")
}

#[test]
fn every_story_passes_and_is_the_same_twice() {
    for path in scripts("tests/scripts") {
        let first = headless(&path, &[]);
        let (out, err) = (text(&first.stdout), text(&first.stderr));
        assert!(first.status.success(), "{}\n{out}\n{err}", path.display());
        assert!(out.contains("\ntrace hash "), "{out}");
        let second = headless(&path, &[]);
        assert_eq!(out, text(&second.stdout), "{}", path.display());
    }
}

/// Runs each bad script and compares what the program complains about with the file beside it.
#[test]
fn every_bad_script_is_refused_with_its_message() {
    for path in scripts("tests/scripts/bad") {
        let output = headless(&path, &["--quiet"]);
        let status = output.status.code().expect("the program ends by itself");
        let complaint = format!("exit status {status}\n{}", text(&output.stderr));
        let golden = path.with_extension("expected");
        if std::env::var_os("UPDATE_GOLDEN").is_some() {
            std::fs::write(&golden, &complaint).expect("the golden file can be written");
        }
        let expected = std::fs::read_to_string(&golden).unwrap_or_default();
        assert_eq!(complaint, expected, "{}", golden.display());
    }
}

#[test]
fn standard_input_is_read_for_a_hyphen() {
    use std::io::Write;
    use std::process::Stdio;
    let mut child = Command::new(env!("CARGO_BIN_EXE_quorum-headless"))
        .args(["run", "-", "--json"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("quorum-headless can be started");
    let mut input = child.stdin.take().expect("its input is ours");
    input
        .write_all(b"start 1 member\nwait until leader\n")
        .unwrap();
    drop(input);
    let output = child.wait_with_output().unwrap();
    assert!(output.status.success());
    for line in text(&output.stdout).lines() {
        let value: serde_json::Value = serde_json::from_str(line).expect("each line is JSON");
        assert!(value.is_object(), "{line}");
    }
}

#[test]
fn a_missing_file_is_named() {
    let output = headless(Path::new("tests/no-such-story.quorum"), &[]);
    assert_eq!(output.status.code(), Some(2));
    let err = text(&output.stderr);
    assert!(
        err.starts_with("no-such-story.quorum cannot be read: "),
        "{err}"
    );
}

/// The manual begins with a story, which has to pass like any other.
#[test]
fn the_story_of_the_manual_passes() {
    let manual = include_str!("../docs/script.md");
    let story = manual
        .split("```\n")
        .nth(1)
        .expect("the manual has a story");
    play(story).unwrap();
}

fn play(script: &str) -> Result<(), String> {
    let script = Script::parse(script).map_err(|errors| errors.render("generated"))?;
    let mut session = script.session(None).map_err(|error| error.to_string())?;
    match Runner::new(script).run(&mut session) {
        Verdict::Passed => Ok(()),
        Verdict::Failed(failure) => Err(failure.to_string()),
    }
}

/// Every way to cut 3 to 7 members into two groups: a side with a majority goes on, any other side
/// stands still, and afterwards everybody agrees.
#[test]
fn any_two_groups_can_be_cut() {
    for members in 3..=7_u32 {
        // Every set of members that holds the first one and is not everybody: one side.
        for side in (1..(1_u32 << members) - 1).filter(|side| side & 1 == 1) {
            let script = story_of_a_cut(members, side);
            if let Err(failure) = play(&script) {
                panic!("{script}\n{failure}");
            }
        }
    }
}

fn story_of_a_cut(members: u32, side: u32) -> String {
    let group = |inside: bool| -> String {
        let ids = (0..members).filter(|id| (side >> id & 1 == 1) == inside);
        let names: Vec<String> = ids.map(|id| format!("infra{}", id + 1)).collect();
        names.join(" ")
    };
    let (one, other) = (group(true), group(false));
    let largest = side.count_ones().max(members - side.count_ones());
    let during = if largest > members / 2 {
        "wait until leader within 3s
         put k during via leader
         wait until answer is OK within 1s
         wait until value k = during at majority within 1s
         put k lost via minority:1 as B
         expect value k = before at minority
         wait until answer of B fails with \"context deadline exceeded\" within 2s
         expect value k = before at minority"
    } else {
        "wait until none leads within 3s
         put k during via infra1
         wait until answer fails with \"context deadline exceeded\" within 2s
         expect value k = before at all"
    };
    let story = format!(
        "start {members} members seed {side}
         wait until leader within 3s
         put k before via leader
         wait until value k = before at all within 1s
         cut {one} | {other}
         {during}
         heal
         wait until leader within 3s
         put k after via follower:1
         wait until value k = after at all within 2s
         wait until logs equal within 1s
         wait until stores equal within 1s"
    );
    let lines: Vec<&str> = story.lines().map(str::trim).collect();
    lines.join("\n")
}
