//! What each action does.

use super::super::action::{Action, Links};
use super::super::action_error::ActionError;
use super::super::call::Call;
use super::super::identity::{MemberInfo, usual_name, usual_peer_url};
use super::super::member::{Member, MemberChange, Roster, Server};
use super::super::trace::{Address, Fact};
use super::{Out, World};
use crate::raft::NodeId;
use crate::sim::{FaultId, LinkChange, SimTime};
use std::sync::Arc;

impl World {
    /// Does something to the world. It is a step of its own.
    ///
    /// # Errors
    /// An action that is impossible now, with the reason. Nothing has changed then.
    pub fn act(&mut self, action: Action) -> Result<(), ActionError> {
        self.check(&action)?;
        self.outside.steps += 1;
        self.note(Fact::Acted(Box::new(action.clone())));
        self.perform(action, None);
        self.drop_dead();
        Ok(())
    }

    /// Carries out an action that is possible: for good, or until the fault ends.
    pub(super) fn perform(&mut self, action: Action, fault: Option<FaultId>) {
        match action {
            Action::Request {
                client,
                member,
                request,
            } => {
                let deadline = self.outside.now.after(self.options.client_timeout_us);
                self.call(client, member, Arc::new(Call::Store(request)), deadline);
            }
            Action::Run {
                client, program, ..
            } => self.begin_program(client, *program),
            Action::Feed { run, input } => self.feed_program(run, input),
            Action::Interrupt { run } => self.interrupt_program(run),
            Action::Join { member } => self.join(member),
            Action::SetLoad { client, load } => self.set_load(client, load, fault),
            Action::Crash { member } => {
                self.with_member(member, |member, now, out| member.crash(now, false, out));
            }
            Action::TearWrite { member } => {
                self.with_member(member, |member, now, out| member.crash(now, true, out));
            }
            Action::Restart { member } => self.restart(member),
            Action::TimeOutNow { member } => {
                self.with_member(member, |member, now, out| member.campaign(now, out));
            }
            Action::DamageDisk { member, back } => {
                self.with_member(member, |member, _, _| member.damage_disk(back));
            }
            Action::WipeDisk { member } => {
                self.with_member(member, |member, now, _| member.wipe_disk(now));
            }
            Action::JumpClock { member, by_us } => self.with_member(member, |member, now, out| {
                member.jump_clock(now, by_us);
                if !member.settings().paused {
                    member.wake(now, out);
                }
            }),
            Action::StallDisk { member } => {
                self.set_member(member, MemberChange::Stalled(true), fault);
            }
            Action::ResumeDisk { member } => {
                self.set_member(member, MemberChange::Stalled(false), fault);
            }
            Action::SetDisk { member, disk } => {
                self.set_member(member, MemberChange::Disk(disk), fault);
            }
            Action::Pause { member } => {
                self.set_member(member, MemberChange::Paused(true), fault);
            }
            Action::Resume { member } => {
                self.set_member(member, MemberChange::Paused(false), fault);
            }
            Action::SlowDown { member, delay_us } => {
                self.set_member(member, MemberChange::Delay(delay_us), fault);
            }
            Action::SetClockRate { member, rate } => {
                self.set_member(member, MemberChange::Clock(rate), fault);
            }
            Action::During { action, for_us } => self.begin(*action, for_us),
            Action::At { action, time } => self.plan(*action, time),
            network => self.perform_on_network(network, fault),
        }
    }

    fn perform_on_network(&mut self, action: Action, fault: Option<FaultId>) {
        match action {
            Action::Partition { groups } => self.partition(&groups, fault),
            Action::Heal => {
                self.mended_at = self.outside.now;
                self.set_all_links(&[LinkChange::Cut(false)]);
            }
            Action::SetDelay {
                links,
                latency_us,
                jitter_us,
            } => {
                let delay = LinkChange::Delay {
                    latency_us,
                    jitter_us,
                };
                self.set_links(&links, delay, fault);
            }
            Action::SetLoss { links, loss_ppm } => {
                self.set_links(&links, LinkChange::Loss(loss_ppm), fault);
            }
            Action::SetDuplication {
                links,
                duplicate_ppm,
            } => self.set_links(&links, LinkChange::Duplication(duplicate_ppm), fault),
            Action::CutLinks { links } => self.set_links(&links, LinkChange::Cut(true), fault),
            Action::MendLinks { links } => {
                self.mended_at = self.outside.now;
                self.set_links(&links, LinkChange::Cut(false), fault);
            }
            Action::HoldLinks { links } => self.set_links(&links, LinkChange::Held(true), fault),
            Action::ReleaseLinks { links } => {
                self.set_links(&links, LinkChange::Held(false), fault);
            }
            Action::ResetNetwork => self.reset_network(),
            Action::DropMessage { flight } => self.drop_message(flight),
            Action::HoldMessage { flight } => self.hold_message(flight),
            Action::ReleaseMessage { flight } => self.release_message(flight),
            Action::DuplicateMessage { flight } => self.duplicate_message(flight),
            Action::DeliverMessage { flight } => self.deliver_message(flight),
            other => unreachable!("{other:?} does nothing to the network"),
        }
    }

    /// The process of a member that was added starts for the first time. It takes the addresses
    /// that its peer URL stands for, if no other member has them.
    fn join(&mut self, id: NodeId) {
        let named = self.named_by_url(id);
        let mut ids: Vec<NodeId> = self.members.ids().collect();
        ids.push(id);
        ids.sort();
        ids.dedup();
        self.wire_members(&ids);
        self.add_member(id, named);
    }

    /// The member whose usual peer URL an added member has, if nobody that runs has the name of it.
    fn named_by_url(&self, id: NodeId) -> Option<NodeId> {
        let info = self.rosters().find_map(|roster| roster.get(id));
        let url = info.and_then(|info| info.peer_urls.first());
        (1..64).map(NodeId).find(|other| {
            let taken =
                |member: &Member| member.server().is_some() && member.name() == usual_name(*other);
            Some(&usual_peer_url(*other)) == url && !self.members.iter().any(taken)
        })
    }

    /// The members that were added and have never been started, and the names that they will have.
    pub fn unstarted(&self) -> Vec<(NodeId, String)> {
        let added = self.roster().into_iter().map(|(id, _)| id);
        let added = added.filter(|id| self.member(*id).is_none());
        added
            .map(|id| (id, usual_name(self.named_by_url(id).unwrap_or(id))))
            .collect()
    }

    /// Who is in the cluster, as far as the member knows that has applied most of the log.
    pub fn roster(&self) -> Vec<(NodeId, MemberInfo)> {
        let servers = self.members.iter().filter_map(Member::server);
        let best = servers.max_by_key(|server| server.node().applied_index());
        let members = best.map(|server| server.roster().members());
        let members = members.into_iter().flatten();
        members.map(|(id, info)| (id, info.clone())).collect()
    }

    /// What the running members know about the membership.
    pub(super) fn rosters(&self) -> impl Iterator<Item = &Roster> {
        let servers = self.members.iter().filter_map(Member::server);
        servers.map(Server::roster)
    }

    pub(super) fn restart(&mut self, id: NodeId) {
        let (options, seed) = (self.options.clone(), self.seed);
        self.with_member(id, |member, now, out| {
            member.start(now, &options, seed, out)
        });
    }

    fn set_member(&mut self, id: NodeId, change: MemberChange, fault: Option<FaultId>) {
        self.with_member(id, |member: &mut Member, now: SimTime, out: &mut Out| {
            member.change(now, change, fault, out);
        });
    }

    /// Cuts exactly the links between members of different groups.
    fn partition(&mut self, groups: &[Vec<NodeId>], fault: Option<FaultId>) {
        let side = |id: NodeId| groups.iter().position(|group| group.contains(&id));
        for (from, to) in self.member_links() {
            let ends = (Address::Member(from), Address::Member(to));
            self.outside
                .network
                .change(ends, LinkChange::Cut(false), None);
            if side(from) != side(to) {
                self.outside
                    .network
                    .change(ends, LinkChange::Cut(true), fault);
            }
        }
        self.release_held();
    }

    fn set_links(&mut self, links: &Links, change: LinkChange, fault: Option<FaultId>) {
        for ends in self.ends_of(links) {
            if let (Address::Client(client), Address::Member(member))
            | (Address::Member(member), Address::Client(client)) = ends
            {
                self.wire_client(client, member);
            }
            self.outside.network.change(ends, change, fault);
        }
        self.release_held();
    }

    fn set_all_links(&mut self, changes: &[LinkChange]) {
        let all: Vec<(Address, Address)> =
            self.outside.network.links().map(|(ends, _)| ends).collect();
        for ends in all {
            for change in changes {
                self.outside.network.change(ends, *change, None);
            }
        }
        self.release_held();
    }

    fn reset_network(&mut self) {
        self.mended_at = self.outside.now;
        let usual = self.outside.network.links().map(|(ends, link)| {
            let usual = *link.usual();
            (ends, usual)
        });
        for (ends, usual) in usual.collect::<Vec<_>>() {
            for change in [
                LinkChange::Delay {
                    latency_us: usual.latency_us,
                    jitter_us: usual.jitter_us,
                },
                LinkChange::Loss(usual.loss_ppm),
                LinkChange::Duplication(usual.duplicate_ppm),
                LinkChange::Cut(false),
                LinkChange::Held(false),
            ] {
                self.outside.network.change(ends, change, None);
            }
        }
        self.release_held();
    }

    /// All ordered pairs of members.
    pub(super) fn member_links(&self) -> Vec<(NodeId, NodeId)> {
        let ids = || self.members.ids();
        ids()
            .flat_map(|from| {
                ids()
                    .filter(move |to| *to != from)
                    .map(move |to| (from, to))
            })
            .collect()
    }

    /// The links that are meant, whether or not there are such links.
    pub(super) fn ends_of(&self, links: &Links) -> Vec<(Address, Address)> {
        let meant = |from: &NodeId, to: &NodeId| match links {
            Links::BetweenMembers => true,
            Links::Of(id) => from == id || to == id,
            Links::From(id) => from == id,
            Links::To(id) => to == id,
            Links::List(_) => false,
        };
        match links {
            Links::List(list) => list.clone(),
            _ => self
                .member_links()
                .into_iter()
                .filter(|(from, to)| meant(from, to))
                .map(|(from, to)| (Address::Member(from), Address::Member(to)))
                .collect(),
        }
    }
}
