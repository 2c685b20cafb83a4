//! How commands of version 3 fail: the words and the exit codes.

use super::output::{Stop, exit, fail};
use super::view::{View, What};
use crate::cluster::ProgramError;

impl View {
    /// The words and the exit code of a failure.
    pub(super) fn gave_up(&self, error: &ProgramError) -> Result<(), Stop> {
        let text = error_text(error);
        if let ProgramError::Login(_) = error {
            let code = match &self.what {
                What::Save { .. } => exit::INTERRUPTED,
                _ => exit::BAD_CONNECTION,
            };
            return fail(code, text);
        }
        if let ProgramError::Members(_) = error {
            let what = "failed to fetch endpoints from etcd cluster member list: ";
            return fail(exit::ERROR, format!("{what}{text}"));
        }
        match &self.what {
            What::Watch { .. } => fail(exit::INTERRUPTED, "watch is canceled by the server"),
            What::Grant => fail(exit::ERROR, format!("failed to grant lease ({text})")),
            What::Revoke(_) => fail(exit::ERROR, format!("failed to revoke lease ({text})")),
            What::TimeToLive { .. } | What::Leases | What::KeepAliveOnce | What::KeepAlive => {
                fail(exit::BAD_CONNECTION, text)
            }
            What::Save { .. } => fail(exit::INTERRUPTED, text),
            _ => fail(exit::ERROR, text),
        }
    }
}

/// A failure in words.
pub(crate) fn error_text(error: &ProgramError) -> String {
    match error {
        ProgramError::Call(error) | ProgramError::Login(error) | ProgramError::Members(error) => {
            error.to_string()
        }
        ProgramError::SessionExpired => "mutex: session is expired".to_owned(),
        ProgramError::NoEndpoints => "etcdclient: no available endpoints".to_owned(),
        ProgramError::ManyEndpoints(all) => format!(
            "snapshot must be requested to one selected node, not multiple [{}]",
            all.join(" ")
        ),
        ProgramError::WatchCanceled => "watch is canceled by the server".to_owned(),
        ProgramError::Unavailable { .. } | ProgramError::V2(_) => {
            "client: etcd cluster is unavailable or misconfigured".to_owned()
        }
    }
}
