//! Members, clients and the world that they live in.

mod action;
mod client;

pub use action::{Action, ActionError};
pub use client::{ClientError, ClientId, Operation, OperationId, Outcome};
