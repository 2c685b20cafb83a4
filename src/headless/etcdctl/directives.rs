//! What happens to the cluster and the console between commands.

use super::console::{Console, SECOND};
use super::session::{Record, Typed};
use crate::cluster::{
    Action, Job, MemberInfo, member_id, usual_client_url, usual_name, usual_peer_url,
};
use crate::raft::NodeId;

/// Where clients reach a member, as `@endpoint` names it.
pub(super) fn address(number: u64) -> String {
    let url = usual_client_url(NodeId(number));
    url.strip_prefix("http://").unwrap_or(&url).to_owned()
}

impl Console {
    /// Does what a directive says.
    ///
    /// # Errors
    /// A sentence that says why not.
    pub(super) fn directive(&mut self, typed: &Typed) -> Result<Record, String> {
        let line = typed.line.as_str();
        let shown = Record::Plain(format!("@{line}"));
        let (name, rest) = line.split_once(' ').unwrap_or((line, ""));
        let rest = rest.trim();
        match name {
            "server" => self.server(rest)?,
            "endpoint" => self.endpoint(rest)?,
            "leader" => self.lead(rest)?,
            "kill" => {
                let member = self.member(rest)?;
                self.act(Action::Crash { member })?;
            }
            "start" => self.start(rest)?,
            "sleep" => {
                let us = seconds(rest)?;
                self.world();
                self.pass(us);
            }
            "expect-timeout" => self.expect_timeout = Some(seconds(rest)? / SECOND),
            "watch-begin" => {
                let Some((name, command)) = rest.split_once(' ') else {
                    return Err("@watch-begin takes a name and a command".to_owned());
                };
                return self.watch_begin(typed, name, command.trim());
            }
            "watch-end" => return self.watch_end(rest),
            _ => return Err(format!("there is no directive @{name}")),
        }
        Ok(shown)
    }

    /// Flags of the members.
    fn server(&mut self, flags: &str) -> Result<(), String> {
        if self.has_begun() {
            return Err("@server stands before the first command".to_owned());
        }
        let number = |value: &str| -> Result<u64, String> {
            value.parse().map_err(|_| format!("{value} is no number"))
        };
        for flag in flags.split_whitespace() {
            let (name, value) = flag.split_once('=').unwrap_or((flag, ""));
            match name {
                "--enable-v2" => {}
                "--quota-backend-bytes" => self.options.quota_bytes = number(value)?,
                "--heartbeat-interval" => self.options.raft.heartbeat_interval = number(value)?,
                "--election-timeout" => {
                    let ticks = number(value)?;
                    self.options.raft.election_timeout = ticks;
                    self.options.raft.election_timeout_max = ticks.saturating_mul(2);
                    self.options.request_timeout_us =
                        (5 * SECOND).saturating_add(ticks.saturating_mul(2_000));
                }
                "--pre-vote" => self.options.raft.pre_vote = value != "false",
                "--snapshot-count" => self.options.raft.compaction_distance = number(value)?,
                _ => return Err(format!("members have no flag {name} here")),
            }
        }
        self.options.validate().map_err(|why| why.to_string())
    }

    /// Which members commands talk to.
    fn endpoint(&mut self, which: &str) -> Result<(), String> {
        self.world();
        if which == "default" {
            self.shell.env.unset("ETCDCTL_ENDPOINTS");
            return Ok(());
        }
        let members: Vec<u64> = match which {
            "all" => (1..=self.ever).collect(),
            "leader" | "follower" => {
                let member = self.member(which)?;
                vec![self.number_of(member)]
            }
            list => list
                .split(',')
                .map(|number| number.trim().parse().map_err(|_| no_member(number)))
                .collect::<Result<_, String>>()?,
        };
        let endpoints: Vec<String> = members.into_iter().map(address).collect();
        self.shell
            .env
            .suggest("ETCDCTL_ENDPOINTS", &endpoints.join(","));
        Ok(())
    }

    /// The member that a number, `leader` or `follower` means.
    fn member(&mut self, which: &str) -> Result<NodeId, String> {
        let leader = self.leader();
        let running: Vec<NodeId> = self
            .world()
            .members()
            .filter(|member| member.server().is_some())
            .map(|member| member.id())
            .collect();
        match which {
            "leader" => leader.ok_or_else(|| "nobody leads".to_owned()),
            "follower" => {
                let follower = running.into_iter().find(|member| Some(*member) != leader);
                follower.ok_or_else(|| "there is no follower".to_owned())
            }
            number => {
                let number = number.parse().map_err(|_| no_member(number))?;
                Ok(self.numbered(NodeId(number)))
            }
        }
    }

    /// The member that goes by the usual name or address of a number. That is another one than the
    /// member of this number if members were added and removed before.
    fn numbered(&mut self, usual: NodeId) -> NodeId {
        let (name, url) = (usual_name(usual), usual_peer_url(usual));
        let world = self.world();
        let goes_by = |info: &MemberInfo| match info.name.as_str() {
            "" => info.peer_urls.contains(&url),
            other => other == name,
        };
        let roster = world.roster();
        let listed = roster.iter().find(|(_, info)| goes_by(info));
        let ever = || world.members().find(|member| member.name() == name);
        let found = listed.map(|(id, _)| *id).or_else(|| Some(ever()?.id()));
        found.unwrap_or(usual)
    }

    /// The number that a member's usual name has.
    fn number_of(&mut self, member: NodeId) -> u64 {
        let world = self.world();
        let name = world.member(member).map(|member| member.name().to_owned());
        let number = name.and_then(|name| name.strip_prefix("infra")?.parse().ok());
        number.unwrap_or(member.0)
    }

    /// Waits for a leader, and moves the leadership to a member.
    fn lead(&mut self, which: &str) -> Result<(), String> {
        let member = self.member(which)?;
        if !self.wait(30, |console| console.leader().is_some()) {
            return Err("nobody is elected".to_owned());
        }
        for _ in 0..5 {
            if self.leads(member) {
                break;
            }
            // Only the leader can be asked to hand over.
            if let Some(leader) = self.leader() {
                self.chore(leader, Job::MoveLeader(member_id(member)));
            }
            self.wait(2, |console| console.leads(member));
        }
        if !self.leads(member) {
            return Err(format!("{member} does not come to lead"));
        }
        // The others hear of it.
        self.pass(SECOND / 2);
        Ok(())
    }

    /// Starts a member, for the first time or again, and waits until it has caught up.
    fn start(&mut self, which: &str) -> Result<(), String> {
        let member = self.member(which)?;
        let is_new = self.world().member(member).is_none();
        let action = if is_new {
            Action::Join { member }
        } else {
            Action::Restart { member }
        };
        self.act(action)?;
        self.ever = self.ever.max(self.number_of(member));
        self.wait(15, |console| console.has_caught_up(member));
        self.pass(SECOND / 2);
        Ok(())
    }

    /// Whether a member has applied all that the leader has committed.
    fn has_caught_up(&mut self, member: NodeId) -> bool {
        let world = self.world();
        let applied = |id: NodeId| {
            let server = world.member(id)?.server()?;
            Some(server.node().applied_index())
        };
        let Some(leader) = world.leader().map(|leader| leader.id()) else {
            return false;
        };
        match (applied(member), applied(leader)) {
            (Some(mine), Some(all)) => mine >= all,
            _ => false,
        }
    }
}

fn no_member(text: &str) -> String {
    format!("{text} is no member's number")
}

/// A time in seconds, in microseconds.
fn seconds(text: &str) -> Result<u64, String> {
    let (whole, rest) = text.split_once('.').unwrap_or((text, ""));
    let millis = format!("{rest:0<3}");
    let number = |text: &str| -> Option<u64> { text.parse().ok() };
    let us = number(whole).zip(number(&millis[..3.min(millis.len())]));
    us.map(|(whole, millis)| whole.saturating_mul(SECOND) + millis * 1_000)
        .ok_or_else(|| format!("{text} is no number of seconds"))
}
