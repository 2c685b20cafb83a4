//! Links: short, exact, and readable for ever.

use crate::hostile::code;
use crate::support::{SECOND, crash, eventful, put, restart, session, snapshot};
use base64ct::{Base64UrlUnpadded, Encoding};
use quorum::cluster::{
    Action, Address, ClientId, Input, Job, KeyChoice, Links, Load, Login, NewMember, Program,
    RunId, WatchRequest, WorldOptions,
};
use quorum::kv::Request;
use quorum::raft::rules::{Rule, Rules};
use quorum::raft::{NodeId, ReadMode};
use quorum::sim::{ClockRate, DiskOptions, FlightId, SimTime};
use quorum::timeline::{
    FORMAT_VERSION, MAX_LINK, OpenError, Position, RecordedAction, Saved, Session,
};
use std::fmt::Write;
use std::fs;
use std::path::{Path, PathBuf};

/// A lesson: five members, default options, some thirty actions.
pub fn lesson() -> Session {
    let mut session = session(5, 20);
    session.advance(SECOND);
    for number in 0..22 {
        let value = format!("value {number}");
        let key = ["name", "colour", "city"][number % 3];
        session
            .act(put(number as u64 % 5 + 1, key, &value))
            .unwrap();
        session.advance(57_123);
    }
    let groups = vec![vec![NodeId(1), NodeId(2)]];
    session.act(crash(4)).unwrap();
    session.advance(SECOND);
    session.act(Action::Partition { groups }).unwrap();
    session.act(put(1, "name", "nobody")).unwrap();
    session.act(put(3, "name", "somebody")).unwrap();
    session.advance(SECOND);
    session.act(restart(4)).unwrap();
    session.advance(SECOND / 3);
    session.act(Action::Heal).unwrap();
    session
        .act(Action::TimeOutNow { member: NodeId(3) })
        .unwrap();
    session.act(put(2, "name", "joe")).unwrap();
    session.advance(SECOND);
    session
}

#[test]
fn a_lesson_fits_into_a_short_link() {
    let session = lesson();
    let saved = session.save_branch();
    assert_eq!(saved.branches[0].actions.len(), 30);
    let link = saved.to_link().unwrap();
    assert!(link.len() < 700, "{} characters: {link}", link.len());
    let short = eventful(1).save_branch().to_link().unwrap();
    assert!(short.len() < 200, "{} characters: {short}", short.len());
}

#[test]
fn a_link_gives_the_same_session_again() {
    let mut session = lesson();
    session.seek(SimTime(2 * SECOND));
    let link = session.save_branch().to_link().unwrap();
    assert!(link.starts_with("#r="));
    let opened = Saved::from_text(&link).unwrap();
    assert_eq!(opened, session.save_branch());
    let again = opened.replay().unwrap();
    assert_eq!(snapshot(&again), snapshot(&session));
    assert_eq!(again.whole_trace().len(), session.whole_trace().len());
}

#[test]
fn a_link_is_found_in_an_address_and_among_other_fields() {
    let saved = eventful(1).save_branch();
    let code = saved.to_code();
    for text in [
        format!("#r={code}"),
        format!("r={code}"),
        format!("  {code}\n"),
        format!("https://example.org/quorum/index.html?x=1#r={code}"),
        format!("https://example.org/#theme=dark&r={code}"),
    ] {
        assert_eq!(Saved::from_text(&text), Ok(saved.clone()), "{text}");
    }
}

#[test]
fn all_branches_can_be_put_into_a_code() {
    let mut session = eventful(1);
    session.seek(SimTime(900_000));
    session.act(crash(1)).unwrap();
    session
        .rename_branch(session.current_branch(), "Zürich → crash")
        .unwrap();
    session.advance(SECOND);
    session.seek(SimTime(SECOND));
    let saved = session.save();
    assert_eq!(Saved::from_text(&saved.to_code()), Ok(saved.clone()));
    let branch = Saved::from_text(&session.save_branch().to_link().unwrap()).unwrap();
    assert_eq!(branch.branches.len(), 1, "a link has only this branch");
    assert_eq!(branch.replay().unwrap().trace_hash(), session.trace_hash());
}

#[test]
fn every_option_finds_its_way_through_a_link() {
    let mut options = WorldOptions::with_members(7);
    options.raft.election_timeout = 111;
    options.raft.election_timeout_max = 222;
    options.raft.heartbeat_interval = 33;
    options.raft.pre_vote = false;
    options.raft.read_mode = ReadMode::LeaseBased;
    options.raft.clock_drift_permille = 44;
    options.raft.max_bytes_per_message = 55;
    options.raft.max_inflight_messages = 66;
    options.raft.max_inflight_bytes = 77;
    options.raft.max_uncommitted_bytes = 88;
    options.raft.forward_proposals = false;
    options.raft.compaction_distance = 98;
    options.raft.compaction_tail = 99;
    options.raft.rules = Rules::all()
        .without(Rule::MajorityQuorum)
        .without(Rule::DurableVote);
    options.network.latency_us = 1;
    options.network.jitter_us = 2;
    options.client_network.latency_us = 3;
    options.client_network.jitter_us = 4;
    options.network.loss_ppm = 9;
    options.network.duplicate_ppm = 10;
    options.client_network.loss_ppm = 11;
    options.client_network.duplicate_ppm = 12;
    options.disk.write_us = 13;
    options.disk.sync_us = 5;
    options.disk.jitter_us = 6;
    options.client_timeout_us = 7;
    options.request_timeout_us = 8;
    options.client_retries = false;
    options.as_etcd = true;
    options.quota_bytes = 14;
    options.edition = 0;
    let mut other = WorldOptions::default();
    other.raft.check_quorum = false;
    for options in [options, other, WorldOptions::default()] {
        let saved = Session::new(options, u64::MAX).unwrap().save();
        assert_eq!(Saved::from_text(&saved.to_code()), Ok(saved.clone()));
        assert_eq!(Saved::from_text(&saved.to_file()), Ok(saved));
    }
}

/// One of each kind of action, and its number: the compiler asks for new ones here.
fn number(action: &Action) -> usize {
    match action {
        Action::Request { .. } => 0,
        Action::Crash { .. } => 1,
        Action::Restart { .. } => 2,
        Action::Partition { .. } => 3,
        Action::Heal => 4,
        Action::TimeOutNow { .. } => 5,
        Action::SetDelay { .. } => 6,
        Action::SetLoss { .. } => 7,
        Action::SetDuplication { .. } => 8,
        Action::CutLinks { .. } => 9,
        Action::MendLinks { .. } => 10,
        Action::HoldLinks { .. } => 11,
        Action::ReleaseLinks { .. } => 12,
        Action::ResetNetwork => 13,
        Action::DropMessage { .. } => 14,
        Action::HoldMessage { .. } => 15,
        Action::ReleaseMessage { .. } => 16,
        Action::DuplicateMessage { .. } => 17,
        Action::DeliverMessage { .. } => 18,
        Action::TearWrite { .. } => 19,
        Action::DamageDisk { .. } => 20,
        Action::WipeDisk { .. } => 21,
        Action::StallDisk { .. } => 22,
        Action::ResumeDisk { .. } => 23,
        Action::SetDisk { .. } => 24,
        Action::Pause { .. } => 25,
        Action::Resume { .. } => 26,
        Action::SlowDown { .. } => 27,
        Action::SetClockRate { .. } => 28,
        Action::JumpClock { .. } => 29,
        Action::During { .. } => 30,
        Action::At { .. } => 31,
        Action::Run { .. } => 32,
        Action::Feed { .. } => 33,
        Action::Interrupt { .. } => 34,
        Action::Join { .. } => 35,
        Action::SetLoad { .. } => 36,
    }
}

fn every_action() -> Vec<Action> {
    let member = NodeId(3);
    let flight = FlightId(70_000);
    let client = ClientId(25);
    let key: bytes::Bytes = vec![0xff, 0].into();
    let request = |request| Action::Request {
        client,
        member,
        request,
    };
    let links = || Links::Of(member);
    let run = |program| Action::Run {
        client,
        program: Box::new(program),
        typed: "etcdctl …".to_owned(),
    };
    let watch = WatchRequest {
        key: "a".into(),
        range_end: vec![0].into(),
        start_revision: -1,
        prev_kv: true,
        ..WatchRequest::default()
    };
    let disk = DiskOptions {
        write_us: 1,
        sync_us: 0,
        jitter_us: 300,
    };
    vec![
        put(1, "a", ""),
        request(Request::get(key.clone(), true)),
        request(Request::get(key.clone(), false)),
        request(Request::delete(key)),
        Action::Crash { member },
        Action::Restart { member },
        Action::Partition {
            groups: vec![vec![], vec![NodeId(1), NodeId(200)]],
        },
        Action::Heal,
        Action::TimeOutNow { member },
        Action::SetDelay {
            links: Links::BetweenMembers,
            latency_us: 5,
            jitter_us: 0,
        },
        Action::SetLoss {
            links: links(),
            loss_ppm: 1_000_000,
        },
        Action::SetDuplication {
            links: links(),
            duplicate_ppm: 7,
        },
        Action::CutLinks {
            links: Links::From(member),
        },
        Action::MendLinks {
            links: Links::To(member),
        },
        Action::HoldLinks {
            links: Links::between(Address::Member(member), Address::Client(client)),
        },
        Action::ReleaseLinks { links: links() },
        Action::ResetNetwork,
        Action::DropMessage { flight },
        Action::HoldMessage { flight },
        Action::ReleaseMessage { flight },
        Action::DuplicateMessage { flight },
        Action::DeliverMessage { flight },
        Action::TearWrite { member },
        Action::DamageDisk { member, back: 4 },
        Action::WipeDisk { member },
        Action::StallDisk { member },
        Action::ResumeDisk { member },
        Action::SetDisk { member, disk },
        Action::Pause { member },
        Action::Resume { member },
        Action::SlowDown {
            member,
            delay_us: 9,
        },
        Action::SetClockRate {
            member,
            rate: ClockRate(-5),
        },
        Action::JumpClock { member, by_us: -77 },
        Action::Crash { member }.during(5),
        Action::Pause { member }.during(6).at(SimTime(7)),
        run(Program::request(
            vec!["127.0.0.1:2379".to_owned(), "[::1]:1".to_owned()],
            Request::put(vec![0xff, 0], "ü"),
        )),
        run(Program {
            endpoints: Vec::new(),
            user: Some(Login {
                name: "root".to_owned(),
                password: "pw".to_owned(),
            }),
            command_timeout_us: u64::MAX,
            job: Job::Watch(vec![watch.clone(), WatchRequest::default()]),
        }),
        Action::Feed {
            run: RunId(7),
            input: Input::Watch(watch),
        },
        Action::Interrupt { run: RunId(8) },
        Action::Join { member },
        Action::SetLoad {
            client,
            load: Some(Load {
                members: vec![member],
                choice: KeyChoice::Zipf,
                ..Load::default()
            }),
        },
        Action::SetLoad { client, load: None },
    ]
}

#[test]
fn every_action_finds_its_way_through_a_link_and_a_file() {
    let actions = every_action();
    let mut kinds: Vec<usize> = actions.iter().map(number).collect();
    kinds.dedup();
    assert_eq!(kinds, Vec::from_iter(0..=36));
    let mut saved = session(3, 1).save();
    let placed = actions
        .into_iter()
        .zip(1..)
        .map(|(action, step)| RecordedAction {
            step: step * step,
            time: SimTime(step * 1_000),
            action,
        });
    saved.branches[0].actions = placed.collect();
    saved.branches[0].end = Position {
        step: 5_000,
        time: SimTime(1_000_000),
    };
    saved.playhead = saved.branches[0].end;
    assert_eq!(Saved::from_text(&saved.to_code()), Ok(saved.clone()));
    assert_eq!(Saved::from_text(&saved.to_file()), Ok(saved));
}

#[test]
fn a_session_that_is_too_long_for_a_link_says_so() {
    let mut session = session(3, 1);
    for number in 0..3000_u64 {
        let value = format!("{:x}", number.wrapping_mul(0x9E37_79B9_7F4A_7C15));
        session.act(put(number % 3 + 1, &value, &value)).unwrap();
    }
    let saved = session.save();
    let length = saved.to_code().len();
    assert!(length > MAX_LINK);
    assert_eq!(saved.to_link(), Err(OpenError::TooLongForALink(length)));
    assert_eq!(Saved::from_text(&saved.to_code()), Ok(saved));
}

/// The files of the folder of links.
pub fn kept_links() -> Vec<(PathBuf, String)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/links");
    let files = fs::read_dir(folder)
        .unwrap()
        .map(|file| file.unwrap().path());
    let mut links: Vec<_> = files
        .filter(|path| path.extension().is_some_and(|ext| ext == "txt"))
        .map(|path| {
            let text = fs::read_to_string(&path).unwrap();
            (path, text)
        })
        .collect();
    links.sort();
    links
}

/// What a kept link says, and the run that it gives.
fn told(link: &str) -> String {
    let saved = Saved::from_text(link).unwrap();
    let session = saved.clone().replay().unwrap();
    let mut told = String::new();
    writeln!(told, "{link}\ntrace {:016x}", session.trace_hash()).unwrap();
    told + &says(&saved)
}

/// A session, with those options that are not the defaults of the format.
fn says(saved: &Saved) -> String {
    let usual = flat(&Saved::from_text(&code(2, &[2, 2 << 3 | 2, 0, 0])).unwrap());
    let options = flat(saved).into_iter().filter(|line| !usual.contains(line));
    let mut told = format!("seed {}\n", saved.seed);
    told.extend(options.map(|line| line + "\n"));
    for branch in &saved.branches {
        let (parent, fork, end) = (branch.parent, branch.fork, branch.end);
        writeln!(
            told,
            "branch {:?} from {parent:?} at {fork:?} to {end:?}",
            branch.name
        )
        .unwrap();
        for RecordedAction { step, time, action } in &branch.actions {
            writeln!(told, "  {step} {time:?} {action:?}").unwrap();
        }
    }
    writeln!(told, "playhead {:?} on {}", saved.playhead, saved.current).unwrap();
    told
}

/// The options of a session, one on a line, each behind the names of what it is in.
fn flat(saved: &Saved) -> Vec<String> {
    let (mut within, mut lines) = (Vec::new(), Vec::new());
    for line in format!("{:#?}", saved.options).lines().map(str::trim) {
        if let Some(name) = line.strip_suffix(" {") {
            within.push(name.split(':').next().unwrap().to_owned());
        } else if line.starts_with('}') {
            within.pop();
        } else {
            lines.push(format!(
                "{}.{}",
                within.join("."),
                line.trim_end_matches(',')
            ));
        }
    }
    lines
}

#[test]
fn links_open_for_ever() {
    let links = kept_links();
    assert!(links.len() >= 4, "{} links are kept", links.len());
    for (path, text) in links {
        let (link, rest) = text.split_once('\n').unwrap_or((&text, ""));
        let told = told(link);
        if std::env::var_os("QUORUM_FILL_LINKS").is_some() {
            let says = |text: &str| text.split_once("\nseed").map(|(_, says)| says.to_owned());
            assert!(rest.is_empty() || says(&text) == says(&told), "{path:?}");
            fs::write(&path, &told).unwrap();
        } else {
            assert_eq!(text, told, "{path:?}");
        }
    }
}

#[test]
fn the_format_has_a_version() {
    let code = eventful(1).save().to_code();
    let bytes = Base64UrlUnpadded::decode_vec(&code).unwrap();
    assert_eq!(u32::from(bytes[0] / 2), FORMAT_VERSION);
}

/// A session with every kind of thing that clients and members of etcd do. `tests/links/etcd.txt`
/// is its link.
#[test]
fn a_session_of_programs_and_loads_is_the_same_from_its_link() {
    let mut session = Session::new(WorldOptions::etcd(), 5).unwrap();
    let client = ClientId(2);
    let run = |job| Action::Run {
        client,
        program: Box::new(Program::new(vec!["127.0.0.1:22379".to_owned()], job)),
        typed: "etcdctl …".to_owned(),
    };
    let watch = WatchRequest {
        key: "k".into(),
        ..WatchRequest::default()
    };
    session.advance(6 * SECOND);
    session.act(run(Job::Watch(vec![watch.clone()]))).unwrap();
    session.advance(SECOND);
    let input = Input::Watch(watch);
    session
        .act(Action::Feed {
            run: RunId(1),
            input,
        })
        .unwrap();
    let load = Some(Load::default());
    session.act(Action::SetLoad { client, load }).unwrap();
    let learner = NewMember {
        peer_urls: vec!["http://127.0.0.1:42380".to_owned()],
        learner: true,
    };
    session.act(run(Job::MemberAdd(learner))).unwrap();
    session.advance(SECOND);
    session.act(Action::Join { member: NodeId(4) }).unwrap();
    session.advance(SECOND);
    session.act(Action::SetLoad { client, load: None }).unwrap();
    session.act(Action::Interrupt { run: RunId(1) }).unwrap();
    session.advance(SECOND);
    let link = session.save_branch().to_link().unwrap();
    let again = Saved::from_text(&link).unwrap().replay().unwrap();
    assert_eq!(again.trace_hash(), session.trace_hash());
    if std::env::var_os("QUORUM_FILL_LINKS").is_some() {
        println!("{link}");
    }
}
