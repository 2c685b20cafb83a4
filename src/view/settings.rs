//! The options of a cluster as data for a form: groups of numbers and switches, presets, and what is worth
//! a warning before anybody starts it.

use super::deeds::{Knob, KnobError, Unit, parse_knob};
use super::rules::without;
use crate::cluster::{MAX_DURATION_US, WorldOptions};
use crate::raft::rules::Rule;
use crate::raft::{Options, ReadMode};
use crate::sim::{DiskOptions, LinkOptions, PPM};
use crate::words::{Key, key, say, tell};

/// A part of the form.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Group {
    /// The key of its title in the catalogue.
    pub title: Key,
    /// The places of its settings in [`SETTINGS`]: the first, and the one after the last.
    pub settings: (usize, usize),
}

/// One option.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Setting {
    /// A number.
    Number(Knob),
    /// A number of bytes that may be without limit: then nothing is written.
    Limit(Key),
    /// On or off. The key of its name in the catalogue.
    Switch(Key),
}

const fn number(name: Key, unit: Unit, least: i64, most: i64) -> Setting {
    Setting::Number(Knob {
        name,
        unit,
        usual: least,
        least,
        most,
    })
}

const HOUR: i64 = MAX_DURATION_US as i64;
const LARGE: i64 = 1 << 40;

/// All options but the number of members and the rules. The numbers in `slot` are places here.
pub const SETTINGS: [Setting; 28] = [
    number(key!("set.latency"), Unit::Millis, 0, HOUR),
    number(key!("set.jitter"), Unit::Millis, 0, HOUR),
    number(key!("set.loss"), Unit::Percent, 0, PPM as i64),
    number(key!("set.duplicates"), Unit::Percent, 0, PPM as i64),
    number(key!("set.latency"), Unit::Millis, 0, HOUR),
    number(key!("set.jitter"), Unit::Millis, 0, HOUR),
    number(key!("set.loss"), Unit::Percent, 0, PPM as i64),
    number(key!("set.duplicates"), Unit::Percent, 0, PPM as i64),
    number(key!("set.client-timeout"), Unit::Millis, 1, HOUR),
    number(key!("set.request-timeout"), Unit::Millis, 1, HOUR),
    Setting::Switch(key!("set.client-retries")),
    number(key!("set.disk-write"), Unit::Millis, 0, HOUR),
    number(key!("set.disk-sync"), Unit::Millis, 0, HOUR),
    number(key!("set.disk-jitter"), Unit::Millis, 0, HOUR),
    number(key!("set.heartbeat"), Unit::Count, 1, HOUR / 1_000),
    number(key!("set.election-least"), Unit::Count, 1, HOUR / 1_000),
    number(key!("set.election-most"), Unit::Count, 1, HOUR / 1_000),
    Setting::Switch(key!("set.pre-vote")),
    Setting::Switch(key!("set.check-quorum")),
    Setting::Switch(key!("set.lease-reads")),
    number(key!("set.drift"), Unit::Count, 0, 999),
    number(key!("set.message-bytes"), Unit::Count, 1, LARGE),
    number(key!("set.inflight-messages"), Unit::Count, 1, 1 << 31),
    Setting::Limit(key!("set.inflight-bytes")),
    number(key!("set.uncommitted-bytes"), Unit::Count, 1, LARGE),
    Setting::Switch(key!("set.forwarding")),
    number(key!("set.snapshot-distance"), Unit::Count, 1, LARGE),
    number(key!("set.snapshot-tail"), Unit::Count, 0, LARGE),
];

/// The parts of the form, in its order.
pub const GROUPS: [Group; 7] = [
    group(key!("set.network"), (0, 4)),
    group(key!("set.clients"), (4, 11)),
    group(key!("set.disk"), (11, 14)),
    group(key!("set.elections"), (14, 19)),
    group(key!("set.reads"), (19, 21)),
    group(key!("set.replication"), (21, 26)),
    group(key!("set.snapshots"), (26, 28)),
];

const fn group(title: Key, settings: (usize, usize)) -> Group {
    Group { title, settings }
}

impl Setting {
    /// The key of its name in the catalogue.
    pub fn name(&self) -> Key {
        match self {
            Setting::Number(knob) => knob.name,
            Setting::Limit(name) | Setting::Switch(name) => *name,
        }
    }

    /// Its value as it is written.
    fn write(&self, value: u64) -> String {
        match self {
            Setting::Number(knob) => knob.unit.write(i64::try_from(value).unwrap_or(i64::MAX)),
            Setting::Limit(_) if value == u64::MAX => String::new(),
            Setting::Limit(_) => value.to_string(),
            Setting::Switch(_) => if value == 0 { "off" } else { "on" }.to_owned(),
        }
    }

    /// Reads what is written.
    fn read(&self, text: &str) -> Result<u64, String> {
        let knob = match self {
            Setting::Switch(_) => return Ok(u64::from(text == "on")),
            Setting::Limit(_) if text.trim().is_empty() => return Ok(u64::MAX),
            Setting::Limit(name) => Knob {
                name: *name,
                unit: Unit::Count,
                usual: 1,
                least: 1,
                most: i64::MAX,
            },
            Setting::Number(knob) => *knob,
        };
        let value = parse_knob(text, &knob).map_err(|error| match error {
            KnobError::NoNumber => tell(key!("set.no-number"), &[("text", &text.trim())]),
            KnobError::OutOfRange => tell(
                key!("set.range"),
                &[
                    ("least", &knob.unit.write(knob.least)),
                    ("most", &knob.unit.write(knob.most)),
                    ("text", &text.trim()),
                ],
            ),
        })?;
        Ok(value.unsigned_abs())
    }
}

/// Where an option is kept.
enum Slot<'a> {
    Long(&'a mut u64),
    Short(&'a mut u32),
    Size(&'a mut usize),
    Flag(&'a mut bool),
    Reads(&'a mut ReadMode),
}

/// Where the option with this place in [`SETTINGS`] is kept.
fn slot(options: &mut WorldOptions, place: usize) -> Slot<'_> {
    fn link(link: &mut LinkOptions, place: usize) -> Slot<'_> {
        match place {
            0 => Slot::Long(&mut link.latency_us),
            1 => Slot::Long(&mut link.jitter_us),
            2 => Slot::Short(&mut link.loss_ppm),
            _ => Slot::Short(&mut link.duplicate_ppm),
        }
    }
    let raft = &mut options.raft;
    match place {
        0..4 => link(&mut options.network, place),
        4..8 => link(&mut options.client_network, place - 4),
        8 => Slot::Long(&mut options.client_timeout_us),
        9 => Slot::Long(&mut options.request_timeout_us),
        10 => Slot::Flag(&mut options.client_retries),
        11 => Slot::Long(&mut options.disk.write_us),
        12 => Slot::Long(&mut options.disk.sync_us),
        13 => Slot::Long(&mut options.disk.jitter_us),
        14 => Slot::Long(&mut raft.heartbeat_interval),
        15 => Slot::Long(&mut raft.election_timeout),
        16 => Slot::Long(&mut raft.election_timeout_max),
        17 => Slot::Flag(&mut raft.pre_vote),
        18 => Slot::Flag(&mut raft.check_quorum),
        19 => Slot::Reads(&mut raft.read_mode),
        20 => Slot::Long(&mut raft.clock_drift_permille),
        21 => Slot::Long(&mut raft.max_bytes_per_message),
        22 => Slot::Size(&mut raft.max_inflight_messages),
        23 => Slot::Long(&mut raft.max_inflight_bytes),
        24 => Slot::Long(&mut raft.max_uncommitted_bytes),
        25 => Slot::Flag(&mut raft.forward_proposals),
        26 => Slot::Long(&mut raft.compaction_distance),
        _ => Slot::Long(&mut raft.compaction_tail),
    }
}

/// All options as they are written, in the order of [`SETTINGS`].
pub fn written(options: &WorldOptions) -> Vec<String> {
    let mut options = options.clone();
    let value = |slot: Slot<'_>| match slot {
        Slot::Long(value) => *value,
        Slot::Short(value) => u64::from(*value),
        Slot::Size(value) => *value as u64,
        Slot::Flag(value) => u64::from(*value),
        Slot::Reads(value) => u64::from(*value == ReadMode::LeaseBased),
    };
    let settings = SETTINGS.iter().enumerate();
    settings
        .map(|(place, setting)| setting.write(value(slot(&mut options, place))))
        .collect()
}

/// Sets the option with this place in [`SETTINGS`].
///
/// # Errors
/// A sentence that says what to write.
pub fn set(options: &mut WorldOptions, place: usize, text: &str) -> Result<(), String> {
    let read = SETTINGS[place].read(text)?;
    match slot(options, place) {
        Slot::Long(value) => *value = read,
        // Their knobs keep them in range.
        Slot::Short(value) => *value = u32::try_from(read).unwrap_or(u32::MAX),
        Slot::Size(value) => *value = usize::try_from(read).unwrap_or(usize::MAX),
        Slot::Flag(value) => *value = read != 0,
        Slot::Reads(value) => {
            *value = match read {
                0 => ReadMode::Safe,
                _ => ReadMode::LeaseBased,
            }
        }
    }
    Ok(())
}

/// The keys of the names of the presets.
pub const PRESETS: [Key; 3] = [
    key!("preset.lab"),
    key!("preset.data-centre"),
    key!("preset.continents"),
];

/// A preset, by its place in [`PRESETS`]. The times of `raft` follow etcd's tuning guide: a heartbeat of
/// about a round trip, an election timeout of ten.
pub fn preset(place: usize) -> WorldOptions {
    let lab = WorldOptions::default();
    let link = |latency_us, jitter_us| LinkOptions {
        latency_us,
        jitter_us,
        ..LinkOptions::default()
    };
    let raft = |heartbeat_interval, election_timeout| Options {
        heartbeat_interval,
        election_timeout,
        election_timeout_max: 2 * election_timeout,
        ..Options::default()
    };
    match place {
        1 => WorldOptions {
            raft: raft(100, 1_000),
            network: link(200, 300),
            client_network: link(200, 300),
            disk: DiskOptions {
                write_us: 100,
                sync_us: 900,
                jitter_us: 1_000,
            },
            client_timeout_us: 5_000_000,
            request_timeout_us: 7_000_000,
            ..lab
        },
        2 => WorldOptions {
            raft: raft(250, 2_500),
            network: link(70_000, 40_000),
            client_network: link(5_000, 5_000),
            client_timeout_us: 10_000_000,
            request_timeout_us: 12_000_000,
            ..lab
        },
        _ => lab,
    }
}

/// `12.5` ms for microseconds.
fn ms(us: u64) -> String {
    Unit::Millis.write(i64::try_from(us).unwrap_or(i64::MAX))
}

/// What is worth knowing before a cluster with these options starts, most important first.
pub fn warnings(options: &WorldOptions) -> Vec<String> {
    let mut found = Vec::new();
    elections(options, &mut found);
    if let Some(silent) = silent_ppm(options) {
        let share = Unit::Percent.write(i64::try_from(silent).unwrap_or(0));
        found.push(tell(key!("warn.loss"), &[("share", &share)]));
    }
    let (network, clients) = (&options.network, &options.client_network);
    let disk = options.disk.write_us.saturating_add(options.disk.sync_us);
    let there = |latency: u64| latency.saturating_mul(2);
    let write = there(clients.latency_us)
        .saturating_add(there(network.latency_us))
        .saturating_add(disk);
    if write >= options.client_timeout_us {
        found.push(tell(key!("warn.client-timeout"), &[("least", &ms(write))]));
    }
    if options.raft.read_mode == ReadMode::LeaseBased {
        found.push(say(key!("warn.lease")).to_owned());
    }
    if !options.raft.pre_vote {
        found.push(say(key!("warn.pre-vote")).to_owned());
    }
    if !options.raft.check_quorum {
        found.push(say(key!("warn.check-quorum")).to_owned());
    }
    let members = options.members;
    if members.is_multiple_of(2) {
        let fewer = members - 1;
        found.push(tell(
            key!("warn.even"),
            &[("members", &members), ("fewer", &fewer)],
        ));
    }
    if members > 7 {
        let quorum = members / 2 + 1;
        found.push(tell(key!("warn.many"), &[("quorum", &quorum)]));
    }
    for rule in options.raft.rules.switched_off() {
        let info = rule.info();
        found.push(tell(
            key!("warn.rule"),
            &[("rule", &info.name), ("without", &without(rule))],
        ));
    }
    found
}

/// What is wrong with the timers.
fn elections(options: &WorldOptions, found: &mut Vec<String>) {
    let (raft, network) = (&options.raft, &options.network);
    let us = |ticks: u64| ticks.saturating_mul(crate::cluster::TICK_US);
    let (least, most) = (us(raft.election_timeout), us(raft.election_timeout_max));
    let heartbeat = us(raft.heartbeat_interval);
    let longest = network.latency_us.saturating_add(network.jitter_us);
    let (disk, jitter) = (&options.disk, options.disk.jitter_us);
    let stored = disk.write_us.saturating_add(disk.sync_us);
    let quickest_vote = network.latency_us.saturating_mul(2).saturating_add(stored);
    let slowest_vote = longest
        .saturating_mul(2)
        .saturating_add(stored)
        .saturating_add(jitter);
    let mut say_times = |key: Key, time: u64, timer: u64| {
        found.push(tell(key, &[("time", &ms(time)), ("timer", &ms(timer))]));
    };
    if options.members > 1 {
        if quickest_vote >= most {
            say_times(key!("warn.no-election"), quickest_vote, most);
        } else if longest >= least {
            say_times(key!("warn.outlive"), longest, least);
        } else if heartbeat.saturating_add(network.jitter_us) >= least {
            let gap = heartbeat.saturating_add(network.jitter_us);
            say_times(key!("warn.late-heartbeat"), gap, least);
        } else if slowest_vote >= least {
            say_times(key!("warn.slow-votes"), slowest_vote, least);
        }
        if most.saturating_sub(least) < longest.saturating_mul(2) {
            let range = most.saturating_sub(least);
            say_times(key!("warn.narrow"), longest.saturating_mul(2), range);
        }
    }
    if least < heartbeat.saturating_mul(3) {
        say_times(key!("warn.few-heartbeats"), heartbeat, least);
    }
    if least > 50_000_000 {
        say_times(key!("warn.etcd-most"), least, 50_000_000);
    }
}

/// How often all heartbeats of an election timeout are lost, in parts per million, if that is not rare.
fn silent_ppm(options: &WorldOptions) -> Option<u64> {
    /// Rarer than this is not worth a warning: one of two thousand.
    const RARE: u64 = 500;
    let loss = u64::from(options.network.loss_ppm);
    let heartbeats = options.raft.election_timeout / options.raft.heartbeat_interval.max(1);
    let million = u64::from(PPM);
    let mut silent = million;
    for _ in 0..heartbeats.clamp(1, 64) {
        silent = silent * loss / million;
    }
    (options.members > 1 && silent >= RARE).then_some(silent)
}

/// The names of the rules that are switched off.
pub fn modified(options: &WorldOptions) -> Vec<&'static str> {
    let off = options.raft.rules.switched_off();
    off.map(|rule: Rule| rule.info().name).collect()
}

#[cfg(test)]
mod tests;
