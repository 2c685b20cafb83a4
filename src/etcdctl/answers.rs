//! What commands of version 3 print of the answers to their calls.

use super::output::{Output, Stop, exit, fail};
use super::show;
use super::view::{Effects, View, What};
use crate::cluster::{Answer, AnswerBody, Header};
use crate::kv::{AuthResponse, ResponseBody};

impl View {
    /// Prints the answer to a call.
    pub(super) fn answered(
        &mut self,
        endpoint: &str,
        answer: &Answer,
        out: &mut Output,
        effects: &mut Effects,
    ) -> Result<(), Stop> {
        let header = &answer.header;
        match &answer.body {
            AnswerBody::Store(response) => self.stored(header, &response.body, out),
            AnswerBody::KeptAlive { id, ttl } if *ttl > 0 => {
                show::kept_alive(self, header, *id, *ttl, out)
            }
            AnswerBody::KeptAlive { .. } => {
                let message = "etcdserver: requested lease not found";
                fail(exit::BAD_CONNECTION, message)
            }
            AnswerBody::TimeToLive {
                id,
                ttl,
                granted_ttl,
                keys,
            } => show::time_to_live(self, header, (*id, *ttl, *granted_ttl), keys, out),
            AnswerBody::Leases(ids) => show::leases(self, header, ids, out),
            AnswerBody::Members { member, members } => {
                show::members(self, header, member.as_deref(), members, out)
            }
            AnswerBody::Status(status) => {
                if let What::Status { rows, .. } = &mut self.what {
                    rows.push((endpoint.to_owned(), *header, status.clone()));
                }
                Ok(())
            }
            AnswerBody::HashKv {
                hash,
                compact_revision,
            } => {
                if let What::HashKv { rows, .. } = &mut self.what {
                    rows.push((endpoint.to_owned(), *header, *hash, *compact_revision));
                }
                Ok(())
            }
            AnswerBody::Snapshot(bytes) => {
                if let What::Save { path } = &self.what {
                    if path.is_empty() {
                        let why = "rename .part : no such file or directory";
                        let message = format!("could not rename .part to  ({why})");
                        return fail(exit::INTERRUPTED, message);
                    }
                    out.line(&format!("Snapshot saved at {path}"));
                    effects.file = Some((path.clone(), show::saved_file(bytes)));
                }
                Ok(())
            }
            AnswerBody::Done => {
                if let What::Defrag { .. } = &self.what {
                    out.line(&format!("Finished defragmenting etcd member[{endpoint}]"));
                }
                Ok(())
            }
            _ => Ok(()),
        }
    }

    /// Prints what the store answers.
    pub(super) fn stored(
        &mut self,
        header: &Header,
        body: &ResponseBody,
        out: &mut Output,
    ) -> Result<(), Stop> {
        match (&mut self.what, body) {
            (What::Get { complaint, .. }, ResponseBody::Range(range)) => match complaint {
                Some(complaint) => fail(exit::BAD_ARGS, *complaint),
                None => show::range(self, header, range, out),
            },
            (What::Lock { held, .. } | What::Elect { held, .. }, ResponseBody::Range(range)) => {
                *held = true;
                show::range(self, header, range, out)
            }
            (_, ResponseBody::Put(prev)) => show::put(self, header, prev.as_deref(), out),
            (_, ResponseBody::DeleteRange(delete)) => show::delete(self, header, delete, out),
            (_, ResponseBody::Txn(txn)) => show::txn(self, header, txn, out),
            (What::Compaction(revision), ResponseBody::Compaction) => {
                out.line(&format!("compacted revision {revision}"));
                Ok(())
            }
            (_, ResponseBody::LeaseGrant(lease)) => show::granted(self, header, lease, out),
            (What::Revoke(id), ResponseBody::LeaseRevoke) => {
                let said = format!("lease {id} revoked");
                show::done(self, header, &said, out)
            }
            (What::Alarms, ResponseBody::Alarm(alarms)) => {
                show::alarms(self, Some(header), alarms, out)
            }
            (What::Disarm(disarmed), ResponseBody::Alarm(alarms)) => {
                disarmed.extend(alarms);
                Ok(())
            }
            (What::Said(_), _) => Ok(()),
            (_, ResponseBody::Auth(response)) => self.auth(header, response, out),
            _ => Ok(()),
        }
    }

    fn auth(
        &mut self,
        header: &Header,
        response: &AuthResponse,
        out: &mut Output,
    ) -> Result<(), Stop> {
        match (&mut self.what, response) {
            (What::Auth(said), _) => {
                let said = said.clone();
                show::done(self, header, &said, out)
            }
            (_, AuthResponse::Status(status)) => show::auth_status(self, header, status, out),
            (What::UserDetail { name, roles }, AuthResponse::Names(names)) => {
                out.line(&format!("User: {name}"));
                *roles = Some(names.iter().rev().cloned().collect());
                Ok(())
            }
            (What::UserDetail { roles, .. }, AuthResponse::Permissions(permissions)) => {
                let role = roles.as_mut().and_then(Vec::pop).unwrap_or_default();
                out.line("");
                show::role(self, header, &role, permissions, out)
            }
            (What::RoleGet(role), AuthResponse::Permissions(permissions)) => {
                let role = role.clone();
                show::role(self, header, &role, permissions, out)
            }
            (_, AuthResponse::Names(names)) => show::names(self, header, names, out),
            _ => Ok(()),
        }
    }
}
