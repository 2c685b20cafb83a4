//! The store: the state machine that the log drives.

use super::auth::{Auth, AuthStatus, Caller};
use super::code::{CodeError, decode, encode, fields};
use super::error::KvError;
use super::lease::{Lease, LeaseId};
use super::mvcc::Mvcc;
use super::range::KeyRange;
use super::request::{
    AlarmAction, AlarmRequest, AlarmType, LeaseGrantRequest, MAX_LEASE_TTL, Request,
};
use super::response::{AlarmMember, KeyValue, Response, ResponseBody, Revision};
use super::v2::V2Store;
use bytes::Bytes;
use std::sync::Arc;

/// The smallest space that the data of a member take, in bytes: what etcd's database has when it
/// is new.
const EMPTY_SIZE: u64 = 20_480;

/// The unit in which that space grows, in bytes.
const PAGE: u64 = 4_096;

/// A store of everything that etcd keeps. Clones share their contents, so that a checkpoint costs
/// only what changed since the one before.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Store {
    pub(super) mvcc: Mvcc,
    /// The leases in the order of their ids. Which keys are attached, the keys know.
    leases: Arc<Vec<Lease>>,
    /// The alarms, in order.
    alarms: Vec<AlarmMember>,
    auth: Arc<Auth>,
    v2: V2Store,
}

fields! { Store { mvcc, leases, alarms, auth, v2 } }

/// A fingerprint of the keys with their versions (etcd's `HashKV`).
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct HashKv {
    /// The fingerprint: equal for members that applied the same.
    pub hash: u32,
    /// The compacted revision; -1 if nothing was ever compacted.
    pub compact_revision: i64,
}

impl Store {
    /// The whole store as bytes, for a snapshot.
    pub fn save(&self) -> Bytes {
        encode(self).into()
    }

    /// The store that [`Store::save`] made the bytes of; a fresh one for no bytes.
    ///
    /// # Errors
    /// For bytes that `save` did not make.
    pub fn restore(data: &[u8]) -> Result<Store, CodeError> {
        if data.is_empty() {
            return Ok(Store::default());
        }
        decode(data)
    }

    /// The same with no key in it.
    pub fn without_keys(&self) -> Store {
        let mut store = self.clone();
        store.mvcc.clear();
        store
    }

    /// What was put and deleted, oldest first, since this earlier copy of it was made; `None` if that holds anything that
    /// is not there any more.
    pub fn since_copy(&self, earlier: &Store) -> Option<impl Iterator<Item = &KeyValue>> {
        let versions = self.mvcc.since_copy(&earlier.mvcc)?;
        Some(versions.map(|version| &**version))
    }

    /// The revision of the last change; 1 for a fresh store.
    pub fn revision(&self) -> Revision {
        Revision(self.mvcc.revision())
    }

    /// The lowest revision that can be read; -1 if nothing was ever compacted.
    pub fn compact_revision(&self) -> i64 {
        self.mvcc.compacted()
    }

    /// A key's current value.
    pub fn get(&self, key: &[u8]) -> Option<&KeyValue> {
        self.mvcc.get(key).map(|version| &**version)
    }

    /// All keys in order, as they are now.
    pub fn iter(&self) -> impl Iterator<Item = &KeyValue> {
        self.mvcc.iter().map(|version| &**version)
    }

    /// The newest version of every key of which something is kept, in order. What is deleted has the
    /// version 0.
    pub fn newest(&self) -> impl Iterator<Item = &KeyValue> {
        self.mvcc.newest().map(|version| &**version)
    }

    /// What is kept of a key, oldest first: as each put left it, and deletes with the version 0.
    pub fn history(&self, key: &[u8]) -> impl DoubleEndedIterator<Item = &KeyValue> {
        let kept = self.mvcc.history(key);
        let places = 0..kept.map_or(0, |kept| kept.len());
        places.filter_map(move |place| kept?.get(place).map(|version| &**version))
    }

    /// How many bytes of the member's space are used. With what compaction has freed and
    /// defragmentation not given back yet it may be more on a disk.
    pub fn size_in_use(&self) -> u64 {
        EMPTY_SIZE + self.mvcc.bytes().div_ceil(PAGE) * PAGE
    }

    /// How many puts and deletes are kept, those of the past included.
    pub fn versions(&self) -> usize {
        self.mvcc.versions()
    }

    /// A fingerprint of the keys with their versions, up to a revision; 0 for the current one.
    ///
    /// # Errors
    /// When the revision is compacted, or not there yet.
    pub fn hash_kv(&self, revision: i64) -> Result<HashKv, KvError> {
        let compact_revision = self.mvcc.compacted();
        let current = self.mvcc.revision() as i64;
        if revision > 0 && revision < compact_revision {
            return Err(KvError::Compacted);
        }
        if revision > current {
            return Err(KvError::FutureRev);
        }
        let until = if revision == 0 { current } else { revision };
        Ok(HashKv {
            hash: self.mvcc.hash(until),
            compact_revision,
        })
    }

    /// A lease that was granted and is not gone.
    pub fn lease(&self, id: LeaseId) -> Option<&Lease> {
        let place = self.place_of(id).ok()?;
        self.leases.get(place)
    }

    /// All leases, in the order of their ids.
    pub fn leases(&self) -> &[Lease] {
        &self.leases
    }

    /// The keys that are attached to a lease, in order.
    pub fn lease_keys(&self, id: LeaseId) -> Vec<Bytes> {
        let mut keys = Vec::new();
        for kv in self.mvcc.iter() {
            if kv.lease == id {
                keys.push(kv.key.clone());
            }
        }
        keys
    }

    /// The alarms of all members, in order.
    pub fn alarms(&self) -> &[AlarmMember] {
        &self.alarms
    }

    /// Whether authentication is on, and the revision of users and roles.
    pub fn auth_status(&self) -> AuthStatus {
        self.auth.status()
    }

    /// Users, roles and what they may.
    pub fn auth(&self) -> &Auth {
        &self.auth
    }

    /// The store of version 2.
    pub fn v2(&self) -> &V2Store {
        &self.v2
    }

    /// Counts records of etcd's own in the index of version 2: it keeps the members there, and the
    /// version of the cluster. A fresh cluster has one for each member that is added and each that
    /// says what it is called, and one for its version.
    pub fn count_v2_records(&mut self, count: u64) {
        self.v2.count_records(count);
    }

    /// Carries out a request in nobody's name.
    ///
    /// # Errors
    /// Why it is refused; nothing has changed then.
    pub fn apply(&mut self, request: &Request) -> Result<Response, KvError> {
        self.apply_as(&Caller::default(), request)
    }

    /// Carries out a request.
    ///
    /// # Errors
    /// Why it is refused; nothing has changed then.
    pub fn apply_as(&mut self, caller: &Caller, request: &Request) -> Result<Response, KvError> {
        self.check(caller, request)?;
        self.check_alarms(request)?;
        let body = match request {
            Request::Range(range) => ResponseBody::Range(self.range(range)?),
            Request::Put(put) => {
                self.check_put(put)?;
                ResponseBody::Put(self.put(self.next(), put).map(Box::new))
            }
            Request::DeleteRange(delete) => {
                ResponseBody::DeleteRange(self.delete_range(self.next(), delete))
            }
            Request::Txn(txn) => ResponseBody::Txn(self.txn(txn)?),
            Request::Compaction(compaction) => {
                self.mvcc.compact(compaction.revision)?;
                ResponseBody::Compaction
            }
            Request::LeaseGrant(grant) => ResponseBody::LeaseGrant(self.grant(grant)?),
            Request::LeaseRevoke(lease) => {
                self.revoke(*lease)?;
                ResponseBody::LeaseRevoke
            }
            Request::Alarm(alarm) => ResponseBody::Alarm(self.alarm(alarm)),
            Request::Auth(request) => {
                ResponseBody::Auth(Arc::make_mut(&mut self.auth).apply(request)?)
            }
            Request::V2(request) => ResponseBody::V2(self.v2.apply(request)),
        };
        Ok(Response {
            revision: self.revision(),
            body,
        })
    }

    /// Answers a read: a range, or a transaction that only reads.
    ///
    /// # Errors
    /// Why it is refused.
    ///
    /// # Panics
    /// For a request that may change the store.
    pub fn read(&self, caller: &Caller, request: &Request) -> Result<Response, KvError> {
        if let Request::Range(range) = request {
            self.check(caller, request)?;
            let (revision, body) = (self.revision(), ResponseBody::Range(self.range(range)?));
            return Ok(Response { revision, body });
        }
        assert!(!request.is_write(), "a write goes through the log");
        self.clone().apply_as(caller, request)
    }

    /// The revision of the next change.
    pub(super) fn next(&self) -> u64 {
        self.mvcc.revision() + 1
    }

    fn place_of(&self, id: LeaseId) -> Result<usize, usize> {
        self.leases.binary_search_by(|lease| lease.id.cmp(&id))
    }

    fn grant(&mut self, grant: &LeaseGrantRequest) -> Result<Lease, KvError> {
        let LeaseGrantRequest { id, ttl } = *grant;
        if !id.is_some() {
            return Err(KvError::LeaseNotFound);
        }
        if ttl > MAX_LEASE_TTL {
            return Err(KvError::LeaseTtlTooLarge);
        }
        let Err(place) = self.place_of(id) else {
            return Err(KvError::LeaseExists);
        };
        let lease = Lease { id, ttl };
        Arc::make_mut(&mut self.leases).insert(place, lease);
        Ok(lease)
    }

    /// All keys of a lease go in one revision, in order.
    fn revoke(&mut self, id: LeaseId) -> Result<(), KvError> {
        let place = self.place_of(id).map_err(|_| KvError::LeaseNotFound)?;
        let revision = self.next();
        for key in self.lease_keys(id) {
            self.mvcc.delete(revision, &key);
        }
        Arc::make_mut(&mut self.leases).remove(place);
        Ok(())
    }

    fn alarm(&mut self, request: &AlarmRequest) -> Vec<AlarmMember> {
        let AlarmRequest { member, alarm, .. } = *request;
        let named = AlarmMember { member, alarm };
        let known = self.alarms.binary_search(&named);
        match (request.action, known) {
            (AlarmAction::Get, _) => {
                let asked = |known: &&AlarmMember| alarm == AlarmType::None || known.alarm == alarm;
                return self.alarms.iter().filter(asked).copied().collect();
            }
            (AlarmAction::Activate, _) if alarm == AlarmType::None => return Vec::new(),
            (AlarmAction::Activate, Ok(_)) => {}
            (AlarmAction::Activate, Err(place)) => self.alarms.insert(place, named),
            (AlarmAction::Deactivate, Ok(place)) => {
                self.alarms.remove(place);
            }
            (AlarmAction::Deactivate, Err(_)) => return Vec::new(),
        }
        vec![named]
    }

    /// With no space left nothing may be added; of data that differ nothing may be changed.
    fn check_alarms(&self, request: &Request) -> Result<(), KvError> {
        let raised = |alarm| self.alarms.iter().any(|known| known.alarm == alarm);
        let touches_keys = !matches!(
            request,
            Request::Range(_) | Request::Alarm(_) | Request::Auth(_) | Request::V2(_)
        );
        if touches_keys && request.is_write() && raised(AlarmType::Corrupt) {
            return Err(KvError::Corrupt);
        }
        if request.cost() > 0 && raised(AlarmType::NoSpace) {
            return Err(KvError::NoSpace);
        }
        Ok(())
    }

    /// Whether the caller may do this.
    ///
    /// # Errors
    /// If not, why.
    pub fn check(&self, caller: &Caller, request: &Request) -> Result<(), KvError> {
        let keys = |lease| self.lease_keys(lease);
        self.auth.check(caller, request, &keys)
    }

    /// Whether the caller may read, and so watch, a range.
    ///
    /// # Errors
    /// If not, why.
    pub fn check_range(&self, caller: &Caller, range: &KeyRange) -> Result<(), KvError> {
        self.auth.check_read(caller, range)
    }

    /// Whether the caller may see which keys are attached to a lease.
    ///
    /// # Errors
    /// If not, why.
    pub fn check_lease_keys(&self, caller: &Caller, lease: LeaseId) -> Result<(), KvError> {
        let keys = self.lease_keys(lease);
        let point = |key: &Bytes| KeyRange::new(key, &Bytes::new());
        keys.iter()
            .try_for_each(|key| self.auth.check_read(caller, &point(key)))
    }
}
