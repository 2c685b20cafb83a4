//! A run is a pure function of options, seed and actions: the same today and tomorrow, natively and
//! in a browser (`tests/wasm.rs` compares with the same table), first and replayed.
//!
//! The table is written anew, after a change that you can explain, with
//! `UPDATE_GOLDEN=1 cargo test --no-default-features --test determinism`.

mod stories;

use quorum::cluster::{Action, ClientId, WorldOptions};
use quorum::kv::Request;
use quorum::lesson::Verdict;
use quorum::raft::NodeId;
use quorum::sim::SimTime;
use quorum::timeline::Session;
use std::collections::BTreeSet;
use std::path::Path;
use stories::{HASHES, Story, hash_of, play, stories};

#[test]
fn every_story_has_the_hash_of_the_table() {
    let mut table = String::new();
    let mut wrong = Vec::new();
    for story in stories() {
        let (session, verdict) = play(&story, None);
        assert_eq!(verdict, Verdict::Passed, "{}", story.name);
        let hash = session.trace_hash();
        table.push_str(&format!("{} {hash:016x}\n", story.name));
        if hash_of(story.name) != Some(hash) {
            wrong.push(story.name);
        }
    }
    if std::env::var_os("UPDATE_GOLDEN").is_some() {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/scripts/hashes.txt");
        std::fs::write(path, &table).expect("the table can be written");
    } else {
        assert!(wrong.is_empty(), "other hashes for {wrong:?}");
        assert_eq!(table, HASHES, "the table has a line too many");
    }
}

/// The table's list is written by hand, since a browser cannot list a folder.
#[test]
fn every_story_is_in_the_table() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/scripts");
    let files = std::fs::read_dir(folder).expect("the folder exists");
    let there: BTreeSet<String> = files
        .map(|file| file.expect("the folder can be listed").path())
        .filter(|path| path.extension().is_some_and(|ext| ext == "quorum"))
        .filter_map(|path| Some(path.file_stem()?.to_str()?.to_owned()))
        .collect();
    let listed = stories().into_iter().map(|story| story.name.to_owned());
    assert_eq!(listed.collect::<BTreeSet<_>>(), there);
}

#[test]
fn another_seed_makes_another_run() {
    for story in stories() {
        let mut hashes = BTreeSet::new();
        for seed in 100..110 {
            // A story written for one seed need not pass with another; it must differ.
            let (session, _) = play(&story, Some(seed));
            hashes.insert(session.trace_hash());
        }
        // All ten, unless a story ends before anything random happens.
        assert_eq!(hashes.len(), 10, "{}", story.name);
    }
}

#[test]
fn a_recording_makes_the_same_run_again() {
    for story in stories() {
        let (session, _) = play(&story, None);
        assert_replays(&session, story.name);
    }
}

/// Replays the recording of a session, with what happened after its last action.
fn assert_replays(session: &Session, name: &str) {
    let again = session.recording().replay().expect("it was recorded");
    let first_difference = again
        .trace()
        .iter()
        .zip(session.trace().iter())
        .find(|(again, before)| again != before);
    assert_eq!(first_difference, None, "{name}");
    assert_eq!(again.steps(), session.steps(), "{name}");
    assert_eq!(again.trace_hash(), session.trace_hash(), "{name}");
}

/// Actions between two events and several actions in one moment keep their place when replayed.
#[test]
fn actions_keep_their_place_among_the_events_of_a_moment() {
    let mut session = Session::new(WorldOptions::with_members(3), 5).unwrap();
    let put = |member: u64, value: &'static str| Action::Request {
        client: ClientId(0),
        member: NodeId(member),
        request: Request::put("k", value),
    };
    session.advance(400_000);
    for round in 0..200 {
        session.step();
        // On an event, then half-way to the next one.
        session.act(put(1 + round % 3, "on")).unwrap();
        session.act(put(1 + round % 3, "again")).unwrap();
        let next = session.world().next_time().unwrap_or(SimTime(u64::MAX));
        session.advance(next.since(session.now()) / 2);
        session.act(put(1 + round % 3, "between")).unwrap();
    }
    session.advance(3_000_000);
    assert_replays(&session, "actions everywhere");
}

/// Looking at a run, or cutting its time into pieces, does not change it.
#[test]
fn small_steps_make_the_same_run_as_large_ones() {
    let new = || Session::new(WorldOptions::with_members(5), 1).unwrap();
    let (mut large, mut small) = (new(), new());
    large.advance(2_000_000);
    for _ in 0..2_000 {
        small.advance(1_000);
    }
    assert_eq!(large.trace_hash(), small.trace_hash());
    assert_eq!(large.now(), small.now());
}

/// A runner that is allowed little at a time plays the same run as one that is not.
#[test]
fn a_runner_with_a_limit_plays_the_same_run() {
    use quorum::lesson::{Progress, Runner, Script};
    for Story { name, text } in stories() {
        let script = Script::parse(text).unwrap();
        let mut session = script.session(None).unwrap();
        let mut runner = Runner::new(script);
        let mut limit = SimTime::ZERO;
        let verdict = loop {
            match runner.next(&mut session, limit) {
                Progress::Began { .. } | Progress::Moved => {}
                Progress::Paused => limit = limit.after(7_001),
                Progress::Finished(verdict) => break verdict,
            }
            assert!(session.now() <= limit, "{name}");
        };
        assert_eq!(verdict, Verdict::Passed, "{name}");
        assert_eq!(Some(session.trace_hash()), hash_of(name), "{name}");
    }
}
