//! Who may do what.

use super::request::{AuthRequest, Caller, PermissionType};
use super::users::{Auth, User};
use crate::kv::error::KvError;
use crate::kv::lease::LeaseId;
use crate::kv::range::KeyRange;
use crate::kv::request::{PutRequest, Request, RequestOp, TxnRequest};
use bytes::Bytes;

impl Auth {
    /// Whether the caller may make the request. `keys` knows which keys are attached to a lease:
    /// whoever ends a lease, or attaches another key to it, must be allowed to write them.
    ///
    /// # Errors
    /// If not, why.
    pub(in crate::kv) fn check(
        &self,
        caller: &Caller,
        request: &Request,
        keys: &dyn Fn(LeaseId) -> Vec<Bytes>,
    ) -> Result<(), KvError> {
        if !self.status().enabled {
            return Ok(());
        }
        match request {
            Request::Range(range) => {
                self.check_read(caller, &KeyRange::new(&range.key, &range.range_end))
            }
            Request::Put(put) => self.check_put(caller, put, keys),
            Request::DeleteRange(delete) => {
                let range = KeyRange::new(&delete.key, &delete.range_end);
                self.check_keys(caller, &range, PermissionType::Write)?;
                if delete.prev_kv {
                    self.check_read(caller, &range)?;
                }
                Ok(())
            }
            Request::Txn(txn) => self.check_txn(caller, txn),
            Request::LeaseRevoke(lease) => self.check_lease(caller, &keys(*lease)),
            Request::Auth(request) => self.check_auth(caller, request),
            Request::Compaction(_)
            | Request::LeaseGrant(_)
            | Request::Alarm(_)
            | Request::V2(_) => Ok(()),
        }
    }

    /// Whether the caller may do everything.
    ///
    /// # Errors
    /// If not, why.
    pub fn check_admin(&self, caller: &Caller) -> Result<(), KvError> {
        if !self.status().enabled {
            return Ok(());
        }
        if caller.user.is_empty() {
            return Err(KvError::UserEmpty);
        }
        let user = self.user(&caller.user).ok_or(KvError::UserNotFound)?;
        if !user.is_root() {
            return Err(KvError::PermissionDenied);
        }
        Ok(())
    }

    /// Whether the caller may read the keys.
    pub(in crate::kv) fn check_read(
        &self,
        caller: &Caller,
        range: &KeyRange,
    ) -> Result<(), KvError> {
        self.check_keys(caller, range, PermissionType::Read)
    }

    fn check_put(
        &self,
        caller: &Caller,
        put: &PutRequest,
        keys: &dyn Fn(LeaseId) -> Vec<Bytes>,
    ) -> Result<(), KvError> {
        self.check_keys(caller, &point(&put.key), PermissionType::Write)?;
        if put.lease.is_some() {
            self.check_lease(caller, &keys(put.lease))?;
        }
        if put.prev_kv {
            self.check_read(caller, &point(&put.key))?;
        }
        Ok(())
    }

    fn check_lease(&self, caller: &Caller, keys: &[Bytes]) -> Result<(), KvError> {
        if self.check_admin(caller).is_ok() {
            return Ok(());
        }
        keys.iter()
            .try_for_each(|key| self.check_keys(caller, &point(key), PermissionType::Write))
    }

    fn check_txn(&self, caller: &Caller, txn: &TxnRequest) -> Result<(), KvError> {
        for compare in &txn.compare {
            self.check_read(caller, &KeyRange::new(&compare.key, &compare.range_end))?;
        }
        for op in txn.success.iter().chain(&txn.failure) {
            match op {
                RequestOp::Range(range) => {
                    self.check_read(caller, &KeyRange::new(&range.key, &range.range_end))?;
                }
                RequestOp::Put(put) => {
                    self.check_keys(caller, &point(&put.key), PermissionType::Write)?;
                }
                RequestOp::DeleteRange(delete) => {
                    let range = KeyRange::new(&delete.key, &delete.range_end);
                    if delete.prev_kv {
                        self.check_read(caller, &range)?;
                    }
                    self.check_keys(caller, &range, PermissionType::Write)?;
                }
                RequestOp::Txn(txn) => self.check_txn(caller, txn)?,
            }
        }
        Ok(())
    }

    /// Users and roles are the administrator's business, but for what concerns the caller.
    fn check_auth(&self, caller: &Caller, request: &AuthRequest) -> Result<(), KvError> {
        let own = match request {
            AuthRequest::Authenticate(_) => true,
            AuthRequest::UserGet(name) => *name == caller.user,
            AuthRequest::RoleGet(role) => {
                let user = self.user(&caller.user);
                user.is_some_and(|user| user.has(role))
            }
            _ => false,
        };
        if own {
            return Ok(());
        }
        self.check_admin(caller)
    }

    fn check_keys(
        &self,
        caller: &Caller,
        range: &KeyRange,
        wanted: PermissionType,
    ) -> Result<(), KvError> {
        let status = self.status();
        if !status.enabled {
            return Ok(());
        }
        if caller.revision == 0 {
            return Err(KvError::UserEmpty);
        }
        if caller.revision < status.revision {
            return Err(KvError::AuthOldRevision);
        }
        let user = self.user(&caller.user).ok_or(KvError::PermissionDenied)?;
        if user.is_root() || self.covers(user, range, wanted) {
            return Ok(());
        }
        Err(KvError::PermissionDenied)
    }

    /// Whether what the user's roles permit, put together, covers the range.
    fn covers(&self, user: &User, range: &KeyRange, wanted: PermissionType) -> bool {
        let mut permitted = Vec::new();
        for role in user.roles.iter().filter_map(|name| self.role(name)) {
            for known in &role.permissions {
                if known.kind == wanted || known.kind == PermissionType::ReadWrite {
                    permitted.push(KeyRange::new(&known.key, &known.range_end));
                }
            }
        }
        let mut reached = range.key.clone();
        while let Some(next) = permitted.iter().find(|known| known.contains(&reached)) {
            if next.is_open() || range.is_point() {
                return true;
            }
            reached = match next.is_point() {
                true => [&reached[..], &[0]].concat().into(),
                false => next.range_end.clone(),
            };
            if !range.is_open() && reached >= range.range_end {
                return true;
            }
        }
        false
    }
}

fn point(key: &Bytes) -> KeyRange {
    KeyRange::new(key, &Bytes::new())
}
