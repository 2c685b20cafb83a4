//! How the process of a member starts, from what its disk holds, and how it ends.

use super::server::{self, Identity, Server};
use super::{Effect, Member, MemberChange};
use crate::cluster::options::WorldOptions;
use crate::cluster::trace::Fact;
use crate::cluster::world::Out;
use crate::raft::{Node, Stored};
use crate::sim::{Damage, SimTime, stream};

/// What a member says that was removed from the cluster.
const REMOVED: &str = "the member has been permanently removed from the cluster";

impl Member {
    /// Starts the process from what the disk holds, unless that is damaged.
    pub(in crate::cluster) fn start(
        &mut self,
        now: SimTime,
        options: &WorldOptions,
        seed: u64,
        out: &mut Out,
    ) {
        self.starts += 1;
        out.started(self.starts);
        let member = self.id;
        self.failure = match self.open(options, seed) {
            Err(error) => Some(error.into()),
            Ok(node) => {
                if self.disk.repair() {
                    out.push(Effect::Note(Fact::Repaired { member }));
                }
                let state = server::restore(&self.stored.snapshot, options);
                let identity = Identity {
                    id: self.id,
                    name: self.name.clone(),
                    client_url: self.client_url.clone(),
                    start: self.starts,
                    reading: self.clock.read(now),
                    db_size: self.db_size,
                };
                self.server = Some(Server::new(node, state, identity, options));
                self.started_at = now;
                None
            }
        };
        match &self.failure {
            None => out.push(Effect::Note(Fact::Started { member })),
            Some(error) => out.push(Effect::Note(Fact::FailedToStart {
                member,
                error: error.as_ref().to_owned(),
            })),
        }
        self.pump(now, out);
    }

    /// A node that starts from what the disk holds.
    fn open(&mut self, options: &WorldOptions, seed: u64) -> Result<Node, String> {
        if self.removed {
            return Err(REMOVED.to_owned());
        }
        self.stored = self.read_disk().map_err(|damage| {
            format!("failed to read WAL, cannot be repaired: walpb: crc mismatch: {damage}")
        })?;
        let stored = self.stored.clone();
        let rng = stream(seed, "member", [self.id.0, self.starts]);
        Node::new(self.id, options.raft.clone(), stored, rng).map_err(|error| error.to_string())
    }

    /// Ends the process at once; if `torn`, in the middle of a write.
    pub(in crate::cluster) fn crash(&mut self, now: SimTime, torn: bool, out: &mut Out) {
        let member = self.id;
        let ended = self.server.take();
        self.db_size = ended.as_ref().map_or(self.db_size, Server::db_size);
        let waiting = ended.map(|server| server.inbox);
        let lost_writes = match torn {
            true => self.disk.crash_torn(now),
            false => self.disk.crash(now),
        };
        out.push(Effect::Note(Fact::Crashed {
            member,
            lost_writes,
        }));
        if torn {
            out.push(Effect::Note(Fact::Torn { member }));
        }
        let lost = waiting.into_iter().flat_map(|inbox| inbox.lost(member));
        out.extend(lost.map(Effect::Note));
        // A new process is not paused.
        self.settings.set(MemberChange::Paused(false));
    }

    /// The process ends for good, since the member does not belong to the cluster any more.
    pub(in crate::cluster) fn leave(&mut self, now: SimTime, out: &mut Out) {
        if self.server.is_some() {
            self.removed = true;
            self.crash(now, false, out);
            self.failure = Some(REMOVED.into());
        }
    }

    /// One bit of a durable record flips. `back` counts from the newest, which is 0.
    pub(in crate::cluster) fn damage_disk(&mut self, back: u64) {
        let log = self.disk.durable();
        let newest = (log.first_number() + log.len()).saturating_sub(1);
        self.disk.damage(newest.saturating_sub(back));
    }

    /// An empty disk takes the place of the old one.
    pub(in crate::cluster) fn wipe_disk(&mut self, now: SimTime) {
        self.disk.wipe(now);
        self.stored = self.empty.clone();
        self.db_size = 0;
        self.failure = None;
        self.removed = false;
    }

    /// Reads the disk from the front, as a start does. That gives [`Member::stored`], and takes
    /// time in proportion to what the disk holds.
    ///
    /// # Errors
    /// The first damaged record.
    pub fn read_disk(&self) -> Result<Stored, Damage> {
        let mut stored = self.empty.clone();
        self.disk.read(|record| record.write_to(&mut stored))?;
        Ok(stored)
    }
}
