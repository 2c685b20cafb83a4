//! Why a request is refused, in etcd's words.

use serde::{Deserialize, Serialize};
use thiserror::Error;

/// Why a request is refused. The words are etcd's (`rpctypes/error.go`), and so is the meaning:
/// nothing has changed.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Error, Serialize, Deserialize)]
pub enum KvError {
    /// The key is empty.
    #[error("etcdserver: key is not provided")]
    EmptyKey,
    /// A put that keeps the value or the lease of a key that is not there.
    #[error("etcdserver: key not found")]
    KeyNotFound,
    /// A put has a value and is told to keep the old one.
    #[error("etcdserver: value is provided")]
    ValueProvided,
    /// A put has a lease and is told to keep the old one.
    #[error("etcdserver: lease is provided")]
    LeaseProvided,
    /// A transaction has more operations than [`MAX_TXN_OPS`](super::MAX_TXN_OPS).
    #[error("etcdserver: too many operations in txn request")]
    TooManyOps,
    /// A transaction would write a key twice.
    #[error("etcdserver: duplicate key given in txn request")]
    DuplicateKey,
    /// The revision is below the compacted one.
    #[error("etcdserver: mvcc: required revision has been compacted")]
    Compacted,
    /// The revision is not there yet.
    #[error("etcdserver: mvcc: required revision is a future revision")]
    FutureRev,
    /// The space of the member is used up.
    #[error("etcdserver: mvcc: database space exceeded")]
    NoSpace,
    /// There is no such lease, or not any more.
    #[error("etcdserver: requested lease not found")]
    LeaseNotFound,
    /// A lease with the id is there already.
    #[error("etcdserver: lease already exists")]
    LeaseExists,
    /// The time to live is above [`MAX_LEASE_TTL`](super::MAX_LEASE_TTL).
    #[error("etcdserver: too large lease TTL")]
    LeaseTtlTooLarge,
    /// The request is larger than [`MAX_REQUEST_BYTES`](super::MAX_REQUEST_BYTES).
    #[error("etcdserver: request is too large")]
    TooLarge,
    /// Authentication needs a user `root`.
    #[error("etcdserver: root user does not exist")]
    RootUserNotExist,
    /// Authentication needs a user `root` with the role `root`.
    #[error("etcdserver: root user does not have root role")]
    RootRoleNotExist,
    /// There is a user of that name.
    #[error("etcdserver: user name already exists")]
    UserAlreadyExists,
    /// The request says not who asks, or names no user.
    #[error("etcdserver: user name is empty")]
    UserEmpty,
    /// There is no user of that name.
    #[error("etcdserver: user name not found")]
    UserNotFound,
    /// There is a role of that name.
    #[error("etcdserver: role name already exists")]
    RoleAlreadyExists,
    /// There is no role of that name.
    #[error("etcdserver: role name not found")]
    RoleNotFound,
    /// A role without a name.
    #[error("etcdserver: role name is empty")]
    RoleEmpty,
    /// The user is not known, or the password is not the user's.
    #[error("etcdserver: authentication failed, invalid user ID or password")]
    AuthFailed,
    /// The user has no password to log in with, or a password was given for such a user.
    #[error(
        "rpc error: code = Unknown desc = auth: authentication failed, password was given for no password user"
    )]
    NoPasswordUser,
    /// A grant without permission.
    #[error("etcdserver: permission not given")]
    PermissionNotGiven,
    /// The user may not do this.
    #[error("etcdserver: permission denied")]
    PermissionDenied,
    /// The user has not got the role that is to be taken away.
    #[error("etcdserver: role is not granted to the user")]
    RoleNotGranted,
    /// The role has not got the permission that is to be taken away.
    #[error("etcdserver: permission is not granted to the role")]
    PermissionNotGranted,
    /// Nobody can log in, since everybody may do everything.
    #[error("etcdserver: authentication is not enabled")]
    AuthNotEnabled,
    /// The token is not known, or not any more.
    #[error("etcdserver: invalid auth token")]
    InvalidAuthToken,
    /// What would lock everybody out.
    #[error("etcdserver: invalid auth management")]
    InvalidAuthMgmt,
    /// Users or roles have changed since the user was let in.
    #[error("etcdserver: revision of auth store is old")]
    AuthOldRevision,
    /// A member has found that its data are not those of the others.
    #[error("etcdserver: corrupt cluster")]
    Corrupt,
}
