//! The form says what the options are, and warns of what will go wrong.

use super::*;
use crate::timeline::Session;

/// Whether one of the warnings is that of this key: it has the longest piece of its text.
fn warned(options: &WorldOptions, key: Key) -> bool {
    let pieces = say(key).split(['{', '}']);
    let longest = pieces.max_by_key(|piece| piece.len()).unwrap_or_default();
    assert!(longest.len() > 12, "{longest}");
    warnings(options).iter().any(|text| text.contains(longest))
}

fn with(change: impl FnOnce(&mut WorldOptions)) -> WorldOptions {
    let mut options = WorldOptions::default();
    change(&mut options);
    options
}

#[test]
fn every_preset_is_valid_and_gives_no_warning() {
    for place in 0..PRESETS.len() {
        let options = preset(place);
        options.validate().unwrap();
        assert_eq!(warnings(&options), Vec::<String>::new(), "{place}");
    }
}

#[test]
fn every_preset_elects_a_leader_that_stays() {
    for place in 0..PRESETS.len() {
        let mut session = Session::new(preset(place), 1).unwrap();
        session.advance(30_000_000);
        let leader = session.world().leader().expect("somebody leads");
        let term = leader.server().unwrap().node().term();
        session.advance(30_000_000);
        let after = session.world().leader().expect("still");
        assert_eq!(after.server().unwrap().node().term(), term, "{place}");
    }
}

#[test]
fn what_is_written_is_what_is_read() {
    for place in 0..PRESETS.len() {
        let options = preset(place);
        let mut read = with(|other| other.raft.pre_vote = false);
        for (place, text) in written(&options).iter().enumerate() {
            set(&mut read, place, text).unwrap();
        }
        assert_eq!(read, options);
    }
}

#[test]
fn each_setting_changes_one_option_and_has_a_name() {
    let usual = written(&WorldOptions::default());
    for (place, setting) in SETTINGS.iter().enumerate() {
        let text = match (setting, usual[place].as_str()) {
            (Setting::Switch(_), "on") => "off",
            (Setting::Switch(_), _) => "on",
            _ => "77",
        };
        let options = with(|options| set(options, place, text).unwrap());
        let now = written(&options);
        let changed: Vec<usize> = (0..now.len()).filter(|i| now[*i] != usual[*i]).collect();
        assert_eq!(changed, [place], "{}", say(setting.name()));
    }
    let mut next = 0;
    for group in GROUPS {
        assert_eq!(group.settings.0, next);
        next = group.settings.1;
    }
    assert_eq!(next, SETTINGS.len());
}

#[test]
fn numbers_that_make_no_sense_are_refused_with_a_sentence() {
    let place = |name| SETTINGS.iter().position(|setting| setting.name() == name);
    for (name, text) in [
        (key!("set.latency"), "-1"),
        (key!("set.latency"), "soon"),
        (key!("set.loss"), "101"),
        (key!("set.heartbeat"), "0"),
        (key!("set.heartbeat"), "1.5"),
        (key!("set.inflight-bytes"), "0"),
    ] {
        let mut options = WorldOptions::default();
        let refused = set(&mut options, place(name).unwrap(), text).unwrap_err();
        assert!(refused.contains(text), "{refused}");
    }
    let unlimited =
        with(|options| set(options, place(key!("set.inflight-bytes")).unwrap(), "").unwrap());
    assert_eq!(unlimited.raft.max_inflight_bytes, u64::MAX);
}

#[test]
fn messages_that_outlive_the_election_timer_are_warned_of() {
    let slow = |us| with(|options| options.network.latency_us = us);
    assert!(warned(&slow(147_000), key!("warn.outlive")));
    assert!(!warned(&slow(60_000), key!("warn.outlive")));
    assert!(warned(&slow(140_000), key!("warn.slow-votes")));
    assert!(warned(&slow(150_000), key!("warn.no-election")));
    let alone = with(|options| {
        options.members = 1;
        options.network.latency_us = 150_000;
    });
    assert!(!warned(&alone, key!("warn.no-election")));
}

/// The warnings tell the truth: what they say does happen.
#[test]
fn where_no_election_can_succeed_there_is_no_leader() {
    let options = with(|options| {
        options.network.latency_us = 160_000;
        options.network.jitter_us = 0;
    });
    assert!(warned(&options, key!("warn.no-election")));
    let mut session = Session::new(options, 1).unwrap();
    session.advance(60_000_000);
    assert!(session.world().leader().is_none());
}

#[test]
fn late_heartbeats_lost_heartbeats_and_narrow_timers_are_warned_of() {
    let jitter = with(|options| {
        options.network.latency_us = 1_000;
        options.network.jitter_us = 110_000;
    });
    assert!(warned(&jitter, key!("warn.late-heartbeat")));
    let narrow = with(|options| options.raft.election_timeout_max = 160);
    assert!(warned(&narrow, key!("warn.narrow")));
    let loss = |ppm| with(|options| options.network.loss_ppm = ppm);
    assert!(warned(&loss(200_000), key!("warn.loss")));
    assert!(
        !warned(&loss(50_000), key!("warn.loss")),
        "three in a row are rare"
    );
    let few = |ticks| with(|options| options.raft.heartbeat_interval = ticks);
    assert!(warned(&few(51), key!("warn.few-heartbeats")));
    assert!(!warned(&few(50), key!("warn.few-heartbeats")));
    let long = with(|options| {
        options.raft.election_timeout = 60_000;
        options.raft.election_timeout_max = 90_000;
    });
    assert!(warned(&long, key!("warn.etcd-most")));
}

#[test]
fn clients_that_give_up_early_and_risky_choices_are_warned_of() {
    let hasty = with(|options| options.client_timeout_us = 20_000);
    assert!(warned(&hasty, key!("warn.client-timeout")));
    assert!(warned(
        &with(|o| o.raft.pre_vote = false),
        key!("warn.pre-vote")
    ));
    assert!(warned(
        &with(|o| o.raft.check_quorum = false),
        key!("warn.check-quorum")
    ));
    let lease = with(|options| options.raft.read_mode = ReadMode::LeaseBased);
    assert!(warned(&lease, key!("warn.lease")));
    for (members, even, many) in [(1, false, false), (4, true, false), (9, false, true)] {
        let options = with(|options| options.members = members);
        assert_eq!(
            warnings(&options).len(),
            usize::from(even) + usize::from(many)
        );
    }
}

#[test]
fn a_rule_that_is_switched_off_is_named_with_what_goes_wrong() {
    let rules = WorldOptions::default().raft.rules;
    let options = with(|options| options.raft.rules = rules.without(Rule::CommitOwnTerm));
    assert_eq!(modified(&options), ["commit-own-term"]);
    let all = warnings(&options);
    assert!(all[0].contains("commit-own-term"), "{all:?}");
    assert!(modified(&WorldOptions::default()).is_empty());
}
