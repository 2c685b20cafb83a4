//! Actions and faults in words.

use super::describe::Words;
use super::labels::packet_label;
use crate::cluster::{Action, Address, Fact, Links, WaitReason};
use crate::raft::NodeId;

impl Words<'_> {
    /// Says what was done to the world.
    pub(super) fn action(&mut self, action: &Action) -> Option<bool> {
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
    pub(super) fn fault(&mut self, fact: &Fact) -> Option<bool> {
        match fact {
            Fact::Duplicated {
                from, to, packet, ..
            } => {
                self.code(packet_label(packet).label).text(" from ");
                self.address(*from).text(" to ").address(*to);
                self.text(" is on its way twice");
            }
            Fact::Waiting {
                from,
                to,
                packet,
                reason,
                ..
            } => {
                self.code(packet_label(packet).label).text(" from ");
                self.address(*from).text(" to ").address(*to);
                match reason {
                    WaitReason::LinkHeld => self.text(" waits: its link is held"),
                    WaitReason::Hand => self.text(" is held"),
                    WaitReason::Paused => self.text(" waits: ").address(*to).text(" is paused"),
                    WaitReason::Busy => self.text(" waits: ").address(*to).text(" is busy"),
                };
                return Some(*reason == WaitReason::Hand);
            }
            Fact::Torn { member } => {
                self.text("Half of a record is left on the disk of ")
                    .member(*member);
                return Some(true);
            }
            Fact::Repaired { member } => {
                self.member(*member)
                    .text(" finds half of a record at the end of its disk and cuts it off");
                return Some(true);
            }
            Fact::FailedToStart { member, error } => {
                self.member(*member).text(" refuses to start: ").code(error);
                return Some(true);
            }
            Fact::Ended { action } => {
                self.text("This is over: ").deed(action);
                return Some(true);
            }
            Fact::Refused { action, reason } => {
                self.text("What was planned is impossible (").deed(action);
                self.text(format!("): {reason}"));
                return Some(true);
            }
            _ => return None,
        }
        Some(false)
    }

    /// The words for any action.
    pub(super) fn deed(&mut self, action: &Action) -> &mut Self {
        match action {
            Action::During { action, for_us } => {
                self.deed(action).text(format!(", for {}", length(*for_us)))
            }
            Action::At { action, time } => self.text(format!("Planned for {time}: ")).deed(action),
            Action::Request { member, .. } => self.text("A request to ").member(*member),
            Action::Run { client, typed, .. } => self.text(format!("{client} runs ")).code(typed),
            Action::Feed { .. } => self.text("A running command is given a line"),
            Action::Interrupt { .. } => self.text("A running command is interrupted"),
            Action::Join { member } => self
                .member(*member)
                .text(" starts for the first time and joins the cluster"),
            Action::SetLoad { client, load } => self.text(match load {
                Some(load) => format!("{client} sends {} requests per second", load.per_second),
                None => format!("{client} sends no requests by itself any more"),
            }),
            Action::Crash { member } => self.member(*member).text(" is crashed"),
            Action::TearWrite { member } => self
                .member(*member)
                .text(" is crashed in the middle of a write"),
            Action::Restart { member } => self
                .member(*member)
                .text(" is started again from what its disk holds"),
            Action::TimeOutNow { member } => self
                .text("The election timer of ")
                .member(*member)
                .text(" is run out by hand"),
            Action::Pause { member } => self
                .member(*member)
                .text(" is paused: it takes in nothing, and its timers do not run out"),
            Action::Resume { member } => self
                .member(*member)
                .text(" goes on, and sees that its clock has jumped"),
            Action::SlowDown { member, delay_us } => self.slow(*member, *delay_us),
            Action::SetClockRate { member, rate } => self.clock(*member, rate.0),
            Action::JumpClock { member, by_us } => {
                let way = if *by_us < 0 { "back" } else { "forward" };
                let by = length(by_us.unsigned_abs());
                self.text("The clock of ")
                    .member(*member)
                    .text(format!(" is set {way} by {by}"))
            }
            Action::DropMessage { .. } => self.text("A message is dropped"),
            Action::HoldMessage { .. } => self.text("A message is held"),
            Action::ReleaseMessage { .. } => self.text("A message that was held comes on"),
            Action::DuplicateMessage { .. } => self.text("A message is doubled"),
            Action::DeliverMessage { .. } => self.text("A message is delivered at once"),
            Action::DamageDisk { .. }
            | Action::WipeDisk { .. }
            | Action::StallDisk { .. }
            | Action::ResumeDisk { .. }
            | Action::SetDisk { .. } => self.disk(action),
            _ => self.network(action),
        }
    }

    fn slow(&mut self, member: NodeId, delay_us: u64) -> &mut Self {
        self.member(member);
        match delay_us {
            0 => self.text(" is as fast as usual"),
            us => self.text(format!(
                " is slow: it needs {} for everything that it takes in",
                length(us)
            )),
        }
    }

    fn clock(&mut self, member: NodeId, ppm: i32) -> &mut Self {
        self.text("The clock of ").member(member);
        match ppm {
            0 => self.text(" runs at the right rate"),
            ppm => {
                let way = if ppm < 0 { "slow" } else { "fast" };
                self.text(format!(" runs {} too {way}", share(ppm.unsigned_abs())))
            }
        }
    }

    fn disk(&mut self, action: &Action) -> &mut Self {
        match action {
            Action::DamageDisk { member, .. } => self
                .text("A bit of a record on the disk of ")
                .member(*member)
                .text(" flips"),
            Action::WipeDisk { member } => self
                .member(*member)
                .text(" gets an empty disk: it will not know what it has promised"),
            Action::StallDisk { member } => self
                .text("The disk of ")
                .member(*member)
                .text(" stands still"),
            Action::ResumeDisk { member } => {
                self.text("The disk of ").member(*member).text(" goes on")
            }
            Action::SetDisk { member, disk } => {
                let least = disk.write_us.saturating_add(disk.sync_us);
                self.text("The disk of ").member(*member);
                self.text(format!(
                    " needs {} for a write",
                    range(least, disk.jitter_us)
                ))
            }
            _ => self,
        }
    }

    fn network(&mut self, action: &Action) -> &mut Self {
        match action {
            Action::Partition { groups } => {
                self.text("The network is cut: ");
                for (place, group) in groups.iter().enumerate() {
                    if place > 0 {
                        self.text(" | ");
                    }
                    self.members(group);
                }
                if groups.len() == 1 {
                    self.text(" | the others");
                }
                self
            }
            Action::Heal => self.text("The network is whole again"),
            Action::ResetNetwork => self.text("Every link is as it was at the start"),
            Action::SetDelay {
                links,
                latency_us,
                jitter_us,
            } => {
                self.text("A message ").links(links);
                let time = range(*latency_us, *jitter_us);
                self.text(format!(" needs {time}"))
            }
            Action::SetLoss { links, loss_ppm } => self.part(*loss_ppm, links, "get lost"),
            Action::SetDuplication {
                links,
                duplicate_ppm,
            } => self.part(*duplicate_ppm, links, "are doubled"),
            Action::CutLinks { links } => {
                self.text("Nothing that is sent ").links(links);
                self.text(" arrives any more")
            }
            Action::MendLinks { links } => {
                self.text("What is sent ").links(links);
                self.text(" arrives again")
            }
            Action::HoldLinks { links } => {
                self.text("What is sent ").links(links);
                self.text(" waits at the end of its way")
            }
            Action::ReleaseLinks { links } => {
                self.text("What was sent ").links(links);
                self.text(" and waits is delivered")
            }
            _ => self,
        }
    }

    fn part(&mut self, ppm: u32, links: &Links, happens: &str) -> &mut Self {
        match ppm {
            0 => self.text("No messages "),
            ppm => self.text(format!("{} of the messages ", share(ppm))),
        };
        self.links(links).text(format!(" {happens}"))
    }

    /// Between or from where to where.
    fn links(&mut self, links: &Links) -> &mut Self {
        match links {
            Links::BetweenMembers => self.text("between members"),
            Links::Of(id) => self.text("to or from ").member(*id),
            Links::From(id) => self.text("from ").member(*id),
            Links::To(id) => self.text("to ").member(*id),
            Links::List(list) => self.ends(list),
        }
    }

    fn ends(&mut self, list: &[(Address, Address)]) -> &mut Self {
        if let [(from, to), back] = list
            && *back == (*to, *from)
        {
            self.text("between ").address(*from);
            return self.text(" and ").address(*to);
        }
        for (place, (from, to)) in list.iter().enumerate() {
            self.text(if place == 0 { "from " } else { ", from " });
            self.address(*from).text(" to ").address(*to);
        }
        self
    }
}

/// So many parts of a million, as a percentage: `2.5 %`.
pub(super) fn share(ppm: u32) -> String {
    format!("{} %", decimal(ppm.into(), 10_000))
}

/// A length of time: `20 ms`, `1.5 s`, `300 µs`.
pub(super) fn length(us: u64) -> String {
    match us {
        0..1_000 => format!("{us} µs"),
        1_000..1_000_000 => format!("{} ms", decimal(us, 1_000)),
        _ => format!("{} s", decimal(us, 1_000_000)),
    }
}

/// `20 ms`, or `20 ms to 30 ms`.
pub(super) fn range(least_us: u64, more_us: u64) -> String {
    match more_us {
        0 => length(least_us),
        more => format!(
            "{} to {}",
            length(least_us),
            length(least_us.saturating_add(more))
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
