//! Actions as numbered fields.

use super::coder::Coder;
use super::error::OpenError;
use super::links::{client, links};
use crate::cluster::{Action, ClientId, Input, Links, Load, MAX_MEMBERS, Program, RunId};
use crate::kv::{DeleteRangeRequest, PutRequest, RangeRequest, Request};
use crate::raft::NodeId;
use crate::sim::{ClockRate, DiskOptions, FlightId, SimTime};
use bytes::Bytes;

/// The shorter forms of what a client asks, beside [`ASK`] for everything.
const PUT: u32 = 3;
const GET: u32 = 4;
const DELETE: u32 = 5;
const ASK: u32 = 37;

/// A list is as short as one that names members can be.
const FEW: (usize, &str) = (MAX_MEMBERS, "a list of members is too long");

/// The number of each action, and the action that a reader fills.
macro_rules! numbered {
    ($($number:literal => $variant:ident { $($field:ident: $blank:expr),* },)*) => {
        fn number(action: &Action) -> u32 {
            match action {
                Action::Request { request, .. } => form(request),
                $(Action::$variant { .. } => $number,)*
            }
        }

        fn blank(number: u32) -> Option<Action> {
            Some(match number {
                PUT | GET | DELETE | ASK => Action::Request {
                    client: ClientId(0),
                    member: NodeId(0),
                    request: Request::default(),
                },
                $($number => Action::$variant { $($field: $blank),* },)*
                _ => return None,
            })
        }
    };
}

numbered! {
    6 => Crash { member: NodeId(0) },
    7 => Restart { member: NodeId(0) },
    8 => Partition { groups: Vec::new() },
    9 => Heal {},
    10 => TimeOutNow { member: NodeId(0) },
    11 => During { action: Box::new(Action::Heal), for_us: 0 },
    12 => At { action: Box::new(Action::Heal), time: SimTime::ZERO },
    13 => ResetNetwork {},
    14 => CutLinks { links: Links::BetweenMembers },
    15 => MendLinks { links: Links::BetweenMembers },
    16 => HoldLinks { links: Links::BetweenMembers },
    17 => ReleaseLinks { links: Links::BetweenMembers },
    18 => SetDelay { links: Links::BetweenMembers, latency_us: 0, jitter_us: 0 },
    19 => SetLoss { links: Links::BetweenMembers, loss_ppm: 0 },
    20 => SetDuplication { links: Links::BetweenMembers, duplicate_ppm: 0 },
    21 => DropMessage { flight: FlightId(0) },
    22 => HoldMessage { flight: FlightId(0) },
    23 => ReleaseMessage { flight: FlightId(0) },
    24 => DuplicateMessage { flight: FlightId(0) },
    25 => DeliverMessage { flight: FlightId(0) },
    26 => TearWrite { member: NodeId(0) },
    27 => DamageDisk { member: NodeId(0), back: 0 },
    28 => WipeDisk { member: NodeId(0) },
    29 => StallDisk { member: NodeId(0) },
    30 => ResumeDisk { member: NodeId(0) },
    31 => SetDisk { member: NodeId(0), disk: DiskOptions { write_us: 0, sync_us: 0, jitter_us: 0 } },
    32 => Pause { member: NodeId(0) },
    33 => Resume { member: NodeId(0) },
    34 => SlowDown { member: NodeId(0), delay_us: 0 },
    35 => SetClockRate { member: NodeId(0), rate: ClockRate(0) },
    36 => JumpClock { member: NodeId(0), by_us: 0 },
    38 => Run { client: ClientId(0), program: Box::default(), typed: String::new() },
    39 => Feed { run: RunId(0), input: Input::default() },
    40 => Interrupt { run: RunId(0) },
    41 => Join { member: NodeId(0) },
    42 => SetLoad { client: ClientId(0), load: None },
}

/// An action. Reading ends before they are nested deep enough to do harm; how deep makes sense is
/// for the world to say.
pub(super) fn action(coder: &mut Coder<'_>, action: &mut Action) {
    let number = coder.choice(number(action));
    if coder.reads() {
        match blank(number) {
            Some(blank) => *action = blank,
            None => return coder.fail(OpenError::Unknown),
        }
    }
    match action {
        Action::Crash { member }
        | Action::Restart { member }
        | Action::TimeOutNow { member }
        | Action::TearWrite { member }
        | Action::WipeDisk { member }
        | Action::StallDisk { member }
        | Action::ResumeDisk { member }
        | Action::Pause { member }
        | Action::Resume { member }
        | Action::Join { member } => coder.always(number, &mut member.0),
        Action::DropMessage { flight }
        | Action::HoldMessage { flight }
        | Action::ReleaseMessage { flight }
        | Action::DuplicateMessage { flight }
        | Action::DeliverMessage { flight } => coder.always(number, &mut flight.0),
        Action::Interrupt { run } => coder.always(number, &mut run.0),
        parts => coder.message(number, &mut |coder| fields(coder, number, parts)),
    }
}

/// The fields of an action that has more of them than one number.
fn fields(coder: &mut Coder<'_>, number: u32, shown: &mut Action) {
    match shown {
        Action::Request {
            client: from,
            member,
            request: asked,
        } => {
            client(coder, from);
            coder.number(2, &mut member.0);
            request(coder, number, asked);
        }
        Action::Run {
            client: from,
            program,
            typed,
        } => {
            client(coder, from);
            let decode = |bytes: &_| Program::decode(bytes).map(Box::new);
            inside(coder, program, &|program| program.encode(), &decode);
            coder.text(3, typed);
        }
        Action::Feed { run, input } => {
            coder.number(1, &mut run.0);
            inside(coder, input, &Input::encode, &Input::decode);
        }
        Action::SetLoad { client: from, load } => {
            client(coder, from);
            let encode = |load: &Option<Load>| load.as_ref().map_or_else(Vec::new, Load::encode);
            inside(coder, load, &encode, &|bytes| match bytes {
                [] => Ok(None),
                bytes => Load::decode(bytes).map(Some),
            });
        }
        Action::Partition { groups } => {
            coder.messages(1, groups, Vec::new(), FEW, |coder, group| {
                let mut numbers = group.iter().map(|member| member.0).collect();
                coder.numbers(1, &mut numbers, FEW);
                *group = numbers.into_iter().map(NodeId).collect();
            });
        }
        Action::CutLinks { links: which }
        | Action::MendLinks { links: which }
        | Action::HoldLinks { links: which }
        | Action::ReleaseLinks { links: which } => links(coder, which),
        Action::SetDelay {
            links: which,
            latency_us,
            jitter_us,
        } => {
            coder.message(1, &mut |coder| links(coder, which));
            coder.number(2, latency_us);
            coder.number(3, jitter_us);
        }
        Action::SetLoss {
            links: which,
            loss_ppm: ppm,
        }
        | Action::SetDuplication {
            links: which,
            duplicate_ppm: ppm,
        } => {
            coder.message(1, &mut |coder| links(coder, which));
            coder.share(2, ppm);
        }
        Action::DamageDisk {
            member,
            back: number,
        }
        | Action::SlowDown {
            member,
            delay_us: number,
        } => {
            coder.number(1, &mut member.0);
            coder.number(2, number);
        }
        Action::SetDisk { member, disk } => {
            coder.number(1, &mut member.0);
            coder.number(2, &mut disk.write_us);
            coder.number(3, &mut disk.sync_us);
            coder.number(4, &mut disk.jitter_us);
        }
        Action::SetClockRate { member, rate } => {
            coder.number(1, &mut member.0);
            let mut ppm = i64::from(rate.0);
            coder.signed(2, &mut ppm);
            match i32::try_from(ppm) {
                Ok(ppm) => rate.0 = ppm,
                Err(_) => coder.fail(OpenError::Unknown),
            }
        }
        Action::JumpClock { member, by_us } => {
            coder.number(1, &mut member.0);
            coder.signed(2, by_us);
        }
        Action::During {
            action: inner,
            for_us: number,
        }
        | Action::At {
            action: inner,
            time: SimTime(number),
        } => {
            coder.number(1, number);
            action(coder, inner);
        }
        // Heal and ResetNetwork have none, the others are their number.
        _ => {}
    }
}

/// What the store or the cluster encodes.
fn inside<T, E>(
    coder: &mut Coder<'_>,
    value: &mut T,
    encode: &dyn Fn(&T) -> Vec<u8>,
    decode: &dyn Fn(&[u8]) -> Result<T, E>,
) {
    let mut bytes = if coder.reads() {
        Bytes::new()
    } else {
        encode(value).into()
    };
    coder.bytes(2, &mut bytes);
    if coder.reads() {
        match decode(&bytes) {
            Ok(read) => *value = read,
            Err(_) => coder.fail(OpenError::Value("a program cannot be read")),
        }
    }
}

/// The shortest form that says all of a request.
fn form(request: &Request) -> u32 {
    let (number, plain) = match request.clone() {
        Request::Put(PutRequest { key, value, .. }) => (PUT, Request::put(key, value)),
        Request::Range(RangeRequest {
            key, serializable, ..
        }) => (GET, Request::get(key, serializable)),
        Request::DeleteRange(DeleteRangeRequest { key, .. }) => (DELETE, Request::delete(key)),
        _ => return ASK,
    };
    if plain == *request { number } else { ASK }
}

/// A request in one of its forms.
fn request(coder: &mut Coder<'_>, form: u32, request: &mut Request) {
    let mut serializable = false;
    let (mut first, mut value) = match request {
        _ if coder.reads() => Default::default(),
        Request::Put(put) if form == PUT => (put.key.clone(), put.value.clone()),
        Request::Range(get) if form == GET => {
            serializable = get.serializable;
            (get.key.clone(), Bytes::new())
        }
        Request::DeleteRange(delete) if form == DELETE => (delete.key.clone(), Bytes::new()),
        ref all => (all.encode().into(), Bytes::new()),
    };
    coder.bytes(3, &mut first);
    *request = match form {
        PUT => {
            coder.bytes(4, &mut value);
            Request::put(first, value)
        }
        GET => {
            coder.flag(false, 4, &mut serializable);
            Request::get(first, serializable)
        }
        DELETE => Request::delete(first),
        _ => match Request::decode(&first) {
            Ok(known) => known,
            Err(_) => return coder.fail(OpenError::Value("a request cannot be read")),
        },
    };
}
