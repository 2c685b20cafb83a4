//! Ongaro's dissertation: leadership transfer, membership, reads, elections that do not disturb.

mod membership;
mod pre_vote;
mod reads;

use crate::cluster::*;
use crate::solo::*;
use ::quorum::raft::*;
use bytes::Bytes;

fn careful() -> Options {
    options()
}

fn leased() -> Options {
    Options {
        read_mode: ReadMode::LeaseBased,
        ..options()
    }
}

fn voters(count: u64) -> ConfState {
    ConfState::voters((1..=count).map(NodeId))
}

fn step(step: ConfChangeStep) -> ConfChange {
    ConfChange::single(step)
}

fn pre_granted() -> Message {
    Message::PreVoteResponse {
        verdict: VoteVerdict::Granted,
    }
}
