//! Users, roles and permissions, as in etcd's `auth` package.

mod check;
mod request;
mod users;

pub use request::{
    AuthRequest, AuthResponse, AuthStatus, Caller, Credentials, Permission, PermissionType,
    RoleName, RolePermission, UserAddRequest, UserName, UserRole, password_digest,
};
pub use users::Auth;
