//! Actions and faults in words.

use super::{Fill, Words};
use crate::cluster::{Action, Address, Fact, Links, WaitReason};
use crate::raft::NodeId;
use crate::words::{Key, key, tell, translate};
use Fill::{Actor, Code, Deed, Member, Word};

impl Words<'_> {
    /// Says what was done to the world.
    pub(in crate::view) fn action(&mut self, action: &Action) -> Option<bool> {
        match action {
            // The facts of the same step say it better.
            Action::Request { .. }
            | Action::Crash { .. }
            | Action::TearWrite { .. }
            | Action::DropMessage { .. }
            | Action::HoldMessage { .. }
            | Action::DuplicateMessage { .. }
            | Action::DeliverMessage { .. } => return None,
            _ => self.deed(action),
        };
        Some(true)
    }

    /// What happens because of a fault.
    pub(in crate::view) fn fault(&mut self, fact: &Fact) -> Option<bool> {
        match fact {
            Fact::Duplicated {
                from, to, packet, ..
            } => {
                self.of_message(key!("said.doubled"), (*from, *to), packet);
                return Some(false);
            }
            Fact::Waiting {
                from,
                to,
                packet,
                reason,
                ..
            } => {
                let key = match reason {
                    WaitReason::LinkHeld => key!("said.waits-link"),
                    WaitReason::Hand => key!("said.waits-hand"),
                    WaitReason::Paused => key!("said.waits-paused"),
                    WaitReason::Busy => key!("said.waits-busy"),
                };
                self.of_message(key, (*from, *to), packet);
                return Some(*reason == WaitReason::Hand);
            }
            Fact::Torn { member } => self.of(key!("said.torn"), *member),
            Fact::Repaired { member } => self.of(key!("said.repaired"), *member),
            Fact::FailedToStart { member, error } => {
                let fills = [("member", Member(*member)), ("error", Code(error))];
                self.say(key!("said.failed-to-start"), &fills);
            }
            Fact::Ended { action } => self.say(key!("said.ended"), &[("deed", Deed(action))]),
            Fact::Refused { action, reason } => {
                let fills = [("deed", Deed(action)), ("reason", Word(&translate(reason)))];
                self.say(key!("said.impossible"), &fills);
            }
            _ => return None,
        }
        Some(true)
    }

    /// The words for any action.
    pub(in crate::view) fn deed(&mut self, action: &Action) {
        match action {
            Action::During { action, for_us } => {
                let fills = [("deed", Deed(action)), ("time", Word(&length(*for_us)))];
                self.say(key!("said.during"), &fills);
            }
            Action::At { action, time } => {
                let fills = [("deed", Deed(action)), ("time", Word(time))];
                self.say(key!("said.planned"), &fills);
            }
            Action::Request { member, .. } => self.of(key!("said.request"), *member),
            Action::Run { client, typed, .. } => {
                let fills = [
                    ("client", Actor(Address::Client(*client))),
                    ("line", Code(typed.lines().next().unwrap_or_default())),
                ];
                self.say(key!("said.runs"), &fills);
            }
            Action::Feed { .. } => self.say(key!("said.fed"), &[]),
            Action::Interrupt { .. } => self.say(key!("said.interrupted"), &[]),
            Action::Join { member } => self.of(key!("said.joins"), *member),
            Action::SetLoad { client, load } => {
                let (key, rate) = match load {
                    Some(load) => (key!("said.load"), load.per_second),
                    None => (key!("said.no-load"), 0),
                };
                let client = Actor(Address::Client(*client));
                self.say(key, &[("client", client), ("rate", Word(&rate))]);
            }
            Action::Crash { member } => self.of(key!("said.is-crashed"), *member),
            Action::TearWrite { member } => self.of(key!("said.is-crashed-writing"), *member),
            Action::Restart { member } => self.of(key!("said.is-restarted"), *member),
            Action::TimeOutNow { member } => self.of(key!("said.timed-out"), *member),
            Action::Pause { member } => self.of(key!("said.is-paused"), *member),
            Action::Resume { member } => self.of(key!("said.is-resumed"), *member),
            Action::SlowDown { member, delay_us } => {
                let key = match delay_us {
                    0 => key!("said.is-quick"),
                    _ => key!("said.is-slow"),
                };
                let time = length(*delay_us);
                self.say(key, &[("member", Member(*member)), ("time", Word(&time))]);
            }
            Action::SetClockRate { member, rate } => {
                let key = match rate.0 {
                    0 => key!("said.clock-right"),
                    ..0 => key!("said.clock-slow"),
                    _ => key!("said.clock-fast"),
                };
                let rate = share(rate.0.unsigned_abs());
                self.say(key, &[("member", Member(*member)), ("rate", Word(&rate))]);
            }
            Action::JumpClock { member, by_us } => {
                let key = match by_us {
                    ..0 => key!("said.clock-back"),
                    _ => key!("said.clock-forward"),
                };
                let time = length(by_us.unsigned_abs());
                self.say(key, &[("member", Member(*member)), ("time", Word(&time))]);
            }
            Action::DropMessage { .. } => self.say(key!("said.message-dropped"), &[]),
            Action::HoldMessage { .. } => self.say(key!("said.message-held"), &[]),
            Action::ReleaseMessage { .. } => self.say(key!("said.message-released"), &[]),
            Action::DuplicateMessage { .. } => self.say(key!("said.message-doubled"), &[]),
            Action::DeliverMessage { .. } => self.say(key!("said.message-delivered"), &[]),
            Action::DamageDisk { member, .. } => self.of(key!("said.disk-damaged"), *member),
            Action::WipeDisk { member } => self.of(key!("said.disk-wiped"), *member),
            Action::StallDisk { member } => self.of(key!("said.disk-stalled"), *member),
            Action::ResumeDisk { member } => self.of(key!("said.disk-resumed"), *member),
            Action::SetDisk { member, disk } => {
                let least = disk.write_us.saturating_add(disk.sync_us);
                let time = range(least, disk.jitter_us);
                let fills = [("member", Member(*member)), ("time", Word(&time))];
                self.say(key!("said.disk-needs"), &fills);
            }
            _ => self.network(action),
        }
    }

    fn network(&mut self, action: &Action) {
        match action {
            Action::Partition { groups } => self.partition(groups),
            Action::Heal => self.say(key!("said.healed"), &[]),
            Action::ResetNetwork => self.say(key!("said.links-reset"), &[]),
            Action::SetDelay {
                links,
                latency_us,
                jitter_us,
            } => {
                let time = range(*latency_us, *jitter_us);
                let fills = [("links", Fill::Links(links)), ("time", Word(&time))];
                self.say(key!("said.delay"), &fills);
            }
            Action::SetLoss { links, loss_ppm } => {
                self.part(*loss_ppm, links, [key!("said.no-loss"), key!("said.loss")]);
            }
            Action::SetDuplication {
                links,
                duplicate_ppm,
            } => self.part(
                *duplicate_ppm,
                links,
                [key!("said.no-duplication"), key!("said.duplication")],
            ),
            Action::CutLinks { links } => self.of_links(key!("said.links-cut"), links),
            Action::MendLinks { links } => self.of_links(key!("said.links-mended"), links),
            Action::HoldLinks { links } => self.of_links(key!("said.links-held"), links),
            Action::ReleaseLinks { links } => self.of_links(key!("said.links-released"), links),
            _ => {}
        }
    }

    fn partition(&mut self, groups: &[Vec<NodeId>]) {
        self.say(key!("said.cut"), &[]);
        for (place, group) in groups.iter().enumerate() {
            self.text(if place == 0 { " " } else { " | " });
            self.members(group);
        }
        if groups.len() == 1 {
            self.say(key!("said.cut-others"), &[]);
        }
    }

    fn of_links(&mut self, key: Key, links: &Links) {
        self.say(key, &[("links", Fill::Links(links))]);
    }

    fn part(&mut self, ppm: u32, links: &Links, keys: [Key; 2]) {
        let share = share(ppm);
        let fills = [("links", Fill::Links(links)), ("share", Word(&share))];
        self.say(keys[usize::from(ppm > 0)], &fills);
    }

    /// Between or from where to where.
    pub(in crate::view) fn links(&mut self, links: &Links) {
        match links {
            Links::BetweenMembers => self.say(key!("said.between-members"), &[]),
            Links::Of(id) => self.of(key!("said.to-or-from"), *id),
            Links::From(id) => self.of(key!("said.from"), *id),
            Links::To(id) => self.of(key!("said.to"), *id),
            Links::List(list) => self.ends(list),
        }
    }

    fn ends(&mut self, list: &[(Address, Address)]) {
        if let [(from, to), back] = list
            && *back == (*to, *from)
        {
            return self.say(
                key!("said.between"),
                &[("from", Actor(*from)), ("to", Actor(*to))],
            );
        }
        for (place, (from, to)) in list.iter().enumerate() {
            if place > 0 {
                self.text(", ");
            }
            self.say(
                key!("said.from-to"),
                &[("from", Actor(*from)), ("to", Actor(*to))],
            );
        }
    }
}

/// So many parts of a million, as a percentage: `2.5 %`.
pub(in crate::view) fn share(ppm: u32) -> String {
    format!("{} %", decimal(ppm.into(), 10_000))
}

/// A length of time: `20 ms`, `1.5 s`, `300 µs`.
pub(in crate::view) fn length(us: u64) -> String {
    match us {
        0..1_000 => format!("{us} µs"),
        1_000..1_000_000 => format!("{} ms", decimal(us, 1_000)),
        _ => format!("{} s", decimal(us, 1_000_000)),
    }
}

/// `20 ms`, or `20 ms to 30 ms`.
pub(in crate::view) fn range(least_us: u64, more_us: u64) -> String {
    match more_us {
        0 => length(least_us),
        more => tell(
            key!("said.range"),
            &[
                ("least", &length(least_us)),
                ("most", &length(least_us.saturating_add(more))),
            ],
        ),
    }
}

/// A fraction with as many digits as it needs. `unit` is a power of ten.
fn decimal(number: u64, unit: u64) -> String {
    let (mut rest, mut digits) = (number % unit, String::new());
    let mut place = unit;
    while rest > 0 {
        place /= 10;
        digits.push(char::from(b'0' + (rest / place) as u8));
        rest %= place;
    }
    match digits.is_empty() {
        true => format!("{}", number / unit),
        false => format!("{}.{digits}", number / unit),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cluster::{ClientId, TraceEvent};
    use crate::sim::{ClockRate, DiskOptions, SimTime};

    fn words(action: Action) -> String {
        let event = TraceEvent {
            time: SimTime(0),
            step: 1,
            fact: Fact::Acted(Box::new(action)),
        };
        let described =
            super::super::describe(&event, &|_| crate::raft::Term(1)).expect("it has words");
        assert!(described.major);
        super::super::plain(&described.sentence)
    }

    const ONE: NodeId = NodeId(1);

    #[test]
    fn faults_read_as_sentences() {
        let member = ONE;
        let links = Links::To(member);
        for (action, expected) in [
            (
                Action::SetLoss {
                    links: Links::BetweenMembers,
                    loss_ppm: 25_000,
                },
                "2.5 % of the messages between members get lost",
            ),
            (
                Action::SetDuplication {
                    links: links.clone(),
                    duplicate_ppm: 0,
                },
                "No messages to infra1 are doubled",
            ),
            (
                Action::SetDelay {
                    links: Links::From(member),
                    latency_us: 20_000,
                    jitter_us: 500,
                },
                "A message from infra1 needs 20 ms to 20.5 ms",
            ),
            (
                Action::CutLinks { links }.during(1_500_000),
                "Nothing that is sent to infra1 arrives any more, for 1.5 s",
            ),
            (
                Action::HoldLinks {
                    links: Links::between(Address::Member(member), Address::Client(ClientId(0))),
                }
                .at(SimTime(2_000_000)),
                "Planned for 2.000 s: What is sent between infra1 and client A waits at the end of its way",
            ),
            (
                Action::SetClockRate {
                    member,
                    rate: ClockRate(-100_000),
                },
                "The clock of infra1 runs 10 % too slow",
            ),
            (
                Action::JumpClock {
                    member,
                    by_us: -300,
                },
                "The clock of infra1 is set back by 300 µs",
            ),
            (
                Action::SetDisk {
                    member,
                    disk: DiskOptions {
                        write_us: 1_000,
                        sync_us: 9_000,
                        jitter_us: 0,
                    },
                },
                "The disk of infra1 needs 10 ms for a write",
            ),
            (
                Action::Crash { member }.during(1_000_000),
                "infra1 is crashed, for 1 s",
            ),
        ] {
            assert_eq!(words(action), expected);
        }
    }

    #[test]
    fn numbers_have_the_digits_that_they_need() {
        assert_eq!(length(1), "1 µs");
        assert_eq!(length(1_050), "1.05 ms");
        assert_eq!(length(60_000_000), "60 s");
        assert_eq!(share(1), "0.0001 %");
        assert_eq!(share(1_000_000), "100 %");
    }
}
