//! Faults, as a person would cause them.

use super::files::{container_address, shell};
use super::{Form, Server};
use crate::cluster::{Action, Links};
use crate::raft::NodeId;
use crate::sim::SimTime;
use std::fmt::Write;

/// How `tc` treats what a container sends: delay and how much it varies in microseconds, losses and copies per million.
type Shape = (u64, u64, u32, u32);

/// Knows how to do what was done to members and their network.
pub(super) struct Faults<'a> {
    servers: &'a [Server],
    form: Form,
    /// How the members' containers send now.
    shapes: Vec<Shape>,
    /// Which helpers the script needs.
    uses: (bool, bool),
}

/// A span of time for `sleep`.
pub(super) fn seconds(us: u64) -> String {
    let text = format!("{}.{:03}", us / 1_000_000, us / 1_000 % 1_000);
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

/// Millionths, in percent.
fn percent(ppm: u32) -> String {
    let text = format!("{}.{:04}", ppm / 10_000, ppm % 10_000);
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

impl<'a> Faults<'a> {
    pub fn new(servers: &'a [Server], form: Form) -> Faults<'a> {
        Faults {
            servers,
            form,
            shapes: vec![(0, 0, 0, 0); servers.len()],
            uses: (false, false),
        }
    }

    /// The functions that the commands use.
    pub fn helpers(&self) -> String {
        let mut text = String::new();
        if self.form == Form::Compose && self.servers.iter().any(|server| server.is_late) {
            text.push_str("export COMPOSE_PROFILES=late\n");
        }
        if self.uses.0 {
            text.push_str("signal() { pkill \"-$1\" -f \"^[^ ]*etcd --name $2 \"; }\n");
        }
        if self.uses.1 {
            text.push_str(
                "in_network_of() {
  pid=$(docker inspect --format '{{.State.Pid}}' \"quorum-$1-1\") && shift && sudo nsenter --net --target \"$pid\" \"$@\"
}
block() { in_network_of \"$2\" iptables --append INPUT --source \"$1\" --jump DROP; }
unblock() { in_network_of \"$2\" iptables --delete INPUT --source \"$1\" --jump DROP; }
",
            );
        }
        text
    }

    /// The lines that do it; `None` if nothing does.
    pub fn action(&mut self, action: &Action, now: SimTime) -> Option<String> {
        match action {
            Action::During { action, for_us } => {
                let mut lines = self.action(action, now)?;
                let undone = undone(action).and_then(|undo| self.action(&undo, now));
                let undone = undone.unwrap_or_default();
                lines.push_str(&later(*for_us, &undone));
                Some(lines)
            }
            Action::At { action, time } => {
                let lines = self.action(action, now)?;
                Some(later(time.since(now), &lines))
            }
            _ => self.on_member(action).or_else(|| self.on_network(action)),
        }
    }

    fn server(&self, member: NodeId) -> Option<&'a Server> {
        self.servers.iter().find(|server| server.id == member)
    }

    /// What is done to a process.
    fn on_member(&mut self, action: &Action) -> Option<String> {
        let (member, what) = match action {
            Action::Crash { member } | Action::TearWrite { member } => (*member, "kill"),
            Action::Restart { member } => (*member, "start"),
            Action::Pause { member } => (*member, "pause"),
            Action::Resume { member } => (*member, "unpause"),
            Action::Join { member } => (*member, "join"),
            Action::WipeDisk { member } => (*member, "wipe"),
            _ => return None,
        };
        let server = self.server(member)?;
        let name = &server.name;
        let signal = match what {
            "kill" => "KILL",
            "pause" => "STOP",
            _ => "CONT",
        };
        Some(match (self.form, what) {
            (Form::Procfile, "start") => format!("goreman run start {name}\n"),
            (Form::Procfile, "join") => format!("{} &\n", shell(server)),
            (Form::Procfile, "wipe") => format!("rm -rf {name}.etcd\n"),
            (Form::Procfile, _) => {
                self.uses.0 = true;
                format!("signal {signal} {name}\n")
            }
            (Form::Systemd, "start" | "join") => {
                format!("sudo systemctl start --no-block quorum-{name}\n")
            }
            (Form::Systemd, "wipe") => format!("sudo rm -rf /var/lib/quorum-{name}/member\n"),
            (Form::Systemd, _) => format!("sudo systemctl kill --signal={signal} quorum-{name}\n"),
            (Form::Compose, "join") => format!("docker compose up --detach {name}\n"),
            (Form::Compose, "wipe") => {
                format!("docker compose rm --force {name} && docker compose create {name}\n")
            }
            (Form::Compose, _) => format!("docker compose {what} {name}\n"),
        })
    }

    /// What is done to the network between containers. Members on one machine share an address.
    fn on_network(&mut self, action: &Action) -> Option<String> {
        if self.form != Form::Compose {
            return None;
        }
        let lines = match action {
            Action::Partition { groups } => self.partition(groups),
            Action::Heal => self.open(),
            Action::CutLinks { links } => self.each("block", links)?,
            Action::MendLinks { links } => self.each("unblock", links)?,
            Action::ResetNetwork => {
                let all = Links::BetweenMembers;
                let mut lines = self.open();
                lines.push_str(&self.shape(&all, |shape| *shape = (0, 0, 0, 0))?);
                lines
            }
            Action::SetDelay {
                links,
                latency_us,
                jitter_us,
            } => self.shape(links, |shape| {
                (shape.0, shape.1) = (*latency_us, *jitter_us)
            })?,
            Action::SetLoss { links, loss_ppm } => {
                self.shape(links, |shape| shape.2 = *loss_ppm)?
            }
            Action::SetDuplication {
                links,
                duplicate_ppm,
            } => self.shape(links, |shape| shape.3 = *duplicate_ppm)?,
            _ => return None,
        };
        self.uses.1 = true;
        Some(lines)
    }

    /// No rule is left.
    fn open(&self) -> String {
        let mut lines = String::new();
        for server in self.servers {
            let _ = writeln!(
                lines,
                "in_network_of {} iptables --flush INPUT",
                server.name
            );
        }
        lines
    }

    fn partition(&self, groups: &[Vec<NodeId>]) -> String {
        let group = |server: &Server| groups.iter().position(|group| group.contains(&server.id));
        let mut lines = self.open();
        for from in self.servers {
            for to in self.servers {
                if group(from) != group(to) {
                    let _ = writeln!(lines, "block {} {}", container_address(from), to.name);
                }
            }
        }
        lines
    }

    /// A line with this helper for each of the links between two members.
    fn each(&self, helper: &str, links: &Links) -> Option<String> {
        let mut lines = String::new();
        for from in self.servers {
            for to in self.servers {
                if concerns(links, from.id, to.id) {
                    let _ = writeln!(lines, "{helper} {} {}", container_address(from), to.name);
                }
            }
        }
        (!lines.is_empty()).then_some(lines)
    }

    /// Changes how some containers send. Only for all that they send: `tc` needs classes for anything else.
    fn shape(&mut self, links: &Links, change: impl Fn(&mut Shape)) -> Option<String> {
        let mut lines = String::new();
        for (server, shape) in self.servers.iter().zip(&mut self.shapes) {
            let others = || self.servers.iter().filter(|other| other.id != server.id);
            let concerned = others()
                .filter(|to| concerns(links, server.id, to.id))
                .count();
            if concerned == 0 {
                continue;
            }
            if concerned < others().count() {
                return None;
            }
            change(shape);
            let (delay, jitter, loss, copies) = *shape;
            // `tc` takes the middle and how far it varies to both sides.
            let middle = delay + jitter / 2;
            let _ = write!(
                lines,
                "in_network_of {} tc qdisc replace dev eth0 root netem delay {middle}us {}us",
                server.name,
                jitter / 2
            );
            if loss > 0 {
                let _ = write!(lines, " loss {}%", percent(loss));
            }
            if copies > 0 {
                let _ = write!(lines, " duplicate {}%", percent(copies));
            }
            lines.push('\n');
        }
        (!lines.is_empty()).then_some(lines)
    }
}

/// Whether what one member sends to another goes over one of these links.
fn concerns(links: &Links, from: NodeId, to: NodeId) -> bool {
    use crate::cluster::Address::Member;
    from != to
        && match links {
            Links::BetweenMembers => true,
            Links::Of(id) => from == *id || to == *id,
            Links::From(id) => from == *id,
            Links::To(id) => to == *id,
            Links::List(list) => list.contains(&(Member(from), Member(to))),
        }
}

/// Lines that are run later, while the script goes on.
fn later(us: u64, lines: &str) -> String {
    match lines {
        "" => String::new(),
        _ => format!("(\nsleep {}\n{lines}) &\n", seconds(us)),
    }
}

/// What takes back what was done for a while.
fn undone(action: &Action) -> Option<Action> {
    Some(match action {
        Action::Crash { member } | Action::TearWrite { member } => {
            Action::Restart { member: *member }
        }
        Action::Pause { member } => Action::Resume { member: *member },
        Action::Partition { .. } => Action::Heal,
        Action::CutLinks { links } => Action::MendLinks {
            links: links.clone(),
        },
        Action::SetDelay { links, .. } => Action::SetDelay {
            links: links.clone(),
            latency_us: 0,
            jitter_us: 0,
        },
        Action::SetLoss { links, .. } => Action::SetLoss {
            links: links.clone(),
            loss_ppm: 0,
        },
        Action::SetDuplication { links, .. } => Action::SetDuplication {
            links: links.clone(),
            duplicate_ppm: 0,
        },
        _ => return None,
    })
}
