//! What is selected, and the tools for it: no browser here.

use crate::cluster::{Action, World};
use crate::raft::NodeId;
use crate::timeline::Session;
use crate::view::deeds::{
    self, Deed, DeedView, KNOBS, Knob, KnobError, Target, Unit, Way, parse_knob,
};
use crate::words::{Key, key, say, tell};

/// The longest time for a fault for a while, and how far ahead one can be planned: an hour.
const HOUR: i64 = 3_600_000_000;

/// How long a fault lasts.
pub const LASTS: Knob = time(key!("deed.for"), 1);
/// When it happens.
pub const AT: Knob = time(key!("deed.at"), 0);

const fn time(name: Key, least: i64) -> Knob {
    Knob {
        name,
        unit: Unit::Seconds,
        usual: 1_000_000,
        least,
        most: HOUR,
    }
}

/// What is selected, what can be done to it, and what is typed for that.
#[derive(Clone, PartialEq, Debug)]
pub struct Tools {
    /// What is selected.
    pub target: Target,
    /// Of a link's two directions, which.
    pub way: Way,
    /// What can be done.
    pub deeds: Vec<DeedView>,
    /// The numbers as typed, by their place in [`KNOBS`].
    pub knobs: Vec<String>,
    /// For how long, in seconds, as typed; empty for good.
    pub lasts: String,
    /// When, in seconds, as typed; empty for now.
    pub at: String,
    /// The ends of the link that somebody wants to look at.
    pub link: (NodeId, NodeId),
}

impl Tools {
    /// The tools for the first member.
    pub fn new(session: &Session) -> Tools {
        let mut tools = Tools {
            target: Target::Member(NodeId(1)),
            way: Way::Both,
            deeds: Vec::new(),
            knobs: KNOBS
                .iter()
                .map(|knob| knob.unit.write(knob.usual))
                .collect(),
            lasts: String::new(),
            at: String::new(),
            link: (NodeId(1), NodeId(2)),
        };
        tools.refresh(session);
        tools
    }

    /// What can be done now.
    pub fn refresh(&mut self, session: &Session) {
        self.deeds = deeds::deeds(session.world(), self.target, self.way);
    }

    /// What would be done: with the numbers that are typed, for as long and when it is typed.
    ///
    /// # Errors
    /// A sentence about the number that makes no sense.
    pub fn action(&self, world: &World, deed: Deed) -> Result<Action, String> {
        let numbers = deed.knobs().iter();
        let values: Result<Vec<i64>, String> = numbers
            .map(|knob| read(&self.knobs[*knob], &KNOBS[*knob]))
            .collect();
        let mut action = deeds::action(world, self.target, self.way, deed, &values?);
        if action.can_end() && !self.lasts.trim().is_empty() {
            action = action.during(read(&self.lasts, &LASTS)?.unsigned_abs());
        }
        if !self.at.trim().is_empty() {
            let at = read(&self.at, &AT)?.unsigned_abs();
            action = action.at(crate::sim::SimTime(at));
        }
        Ok(action)
    }

    /// What a button says: with the time for which it would be.
    pub fn label(&self, view: &DeedView) -> String {
        let deed = say(view.deed.name());
        match view.can_end && !self.lasts.trim().is_empty() {
            true => tell(
                key!("deed.for-while"),
                &[("deed", &deed), ("time", &self.lasts.trim())],
            ),
            false => deed.to_owned(),
        }
    }
}

/// Reads a number that belongs to a knob.
///
/// # Errors
/// A sentence that names the number and what would be possible.
pub fn read(text: &str, knob: &Knob) -> Result<i64, String> {
    parse_knob(text, knob).map_err(|error| {
        let (name, unit) = (say(knob.name), knob.unit);
        let text = text.trim();
        match error {
            KnobError::NoNumber => tell(
                key!("knob.no-number"),
                &[
                    ("text", &text),
                    ("name", &name),
                    ("example", &unit.write(knob.usual)),
                ],
            ),
            KnobError::OutOfRange => tell(
                key!("knob.range"),
                &[
                    ("text", &text),
                    ("name", &name),
                    ("least", &unit.write(knob.least)),
                    ("most", &unit.write(knob.most)),
                ],
            ),
        }
    })
}
