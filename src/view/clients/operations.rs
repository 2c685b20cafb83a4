//! The bars, with what stands in them and what is said of them.

use super::lanes::{Lane, Placed, is_unknown, operation};
use super::{BAR, ROW, Wanted, add_spot, contradiction};
use crate::cluster::{AnswerBody, Call, Fact, Operation, OperationId, Outcome};
use crate::kv::{Request, ResponseBody};
use crate::sim::SimTime;
use crate::timeline::{Position, Session};
use crate::view::compose::operation_view;
use crate::view::frame::OutcomeView;
use crate::view::geometry::{Point, tenths};
use crate::view::keys::{clipped, legible};
use crate::view::labels::{call_line, client_name};
use crate::view::sequence::{Form, Look, Picture, Plot, Spot, Thing};
use crate::words::{key, say, tell};

/// The width of a character.
const LETTER: f64 = 6.1;
/// How far before the time in sight it is looked for where a write took effect, in microseconds.
const EFFECT_US: u64 = 2_000_000;

/// What is needed to draw operations.
pub(super) struct Drawn<'a> {
    wanted: &'a Wanted,
    plot: &'a Plot,
    now: SimTime,
    /// Where writes took effect.
    effects: Vec<(OperationId, SimTime)>,
    /// What contradicts, and the longest order of the rest.
    against: Vec<OperationId>,
    ordered: Vec<OperationId>,
}

/// Where a write takes effect: where the first member applies it.
fn effects(session: &Session, from: SimTime, to: SimTime) -> Vec<(OperationId, SimTime)> {
    let mut effects: Vec<(OperationId, SimTime)> = Vec::new();
    for event in session.whole_trace().between(from, to) {
        if let Fact::Applied {
            operation: Some(id),
            ..
        } = &event.fact
            && let Err(place) = effects.binary_search_by_key(id, |effect| effect.0)
        {
            effects.insert(place, (*id, event.time));
        }
    }
    effects
}

impl<'a> Drawn<'a> {
    pub fn new(session: &'a Session, wanted: &'a Wanted, plot: &'a Plot) -> Drawn<'a> {
        let (mut against, mut ordered) = (Vec::new(), Vec::new());
        for violation in session.whole_violations() {
            let (contradict, order) = contradiction(violation);
            against.extend_from_slice(contradict);
            if ordered.is_empty() {
                ordered = order.to_vec();
            }
        }
        let from = SimTime(plot.view.start().0.saturating_sub(EFFECT_US));
        Drawn {
            wanted,
            plot,
            now: session.end().time,
            effects: effects(session, from, plot.view.to()),
            against,
            ordered,
        }
    }

    pub fn draw(&self, picture: &mut Picture, lanes: &[Lane]) {
        for lane in lanes {
            for placed in &lane.operations {
                let y = lane.y + placed.row as f64 * ROW + (ROW - BAR) / 2.0;
                self.operation(picture, placed, y);
            }
        }
    }

    /// Where a write took effect, if it began where that was looked for.
    fn effect(&self, operation: &Operation) -> Option<SimTime> {
        let place = self
            .effects
            .binary_search_by_key(&operation.id, |effect| effect.0);
        let (_, at) = self.effects[place.ok()?];
        let known = operation.called.0.saturating_add(EFFECT_US) >= self.plot.view.start().0;
        (known && operation.call.is_write()).then_some(at)
    }

    fn operation(&self, picture: &mut Picture, placed: &Placed, y: f64) {
        let (plot, operation) = (self.plot, &placed.operation);
        let returned = operation.returned.as_ref();
        let ended = returned.map_or(self.now, |(at, _)| *at);
        let left = plot.x_within(operation.called);
        let right = plot
            .x_within(ended)
            .max(left + 3.0)
            .min(placed.room.max(left + 3.0));
        let unknown = is_unknown(operation);
        let effect = self.effect(operation);
        let selected = self.wanted.chosen == Some(operation.id);
        let open = unknown || returned.is_none();
        let look = match returned {
            _ if open => Look::Open,
            Some((_, Outcome::Failed(_))) => Look::Refused,
            _ if operation.call.is_write() => Look::Write,
            _ => Look::Operation,
        };
        let form = match open {
            false => Form::Rect(Point::new(left, y), right - left, BAR),
            // Up to where it takes effect, or nobody knows where.
            true => {
                let tail = match effect {
                    Some(at) if unknown => plot.x_within(at.max(ended)),
                    _ if unknown => plot.width,
                    _ => right,
                };
                let end = tail.max(right).min(placed.room.max(right));
                Form::Path(open_bar(left, end, y))
            }
        };
        picture.add(look, form, None).selected = selected;
        if unknown {
            // Where the client gave up.
            let line = format!("M{} {}V{}", tenths(right), tenths(y), tenths(y + BAR));
            picture.add(look, Form::Path(line), None);
        }
        if let Some(at) = effect.filter(|at| (plot.view.start()..=plot.view.to()).contains(at)) {
            picture.add(Look::Effect, point(plot.x(at), y), None);
        }
        let against = self.against.contains(&operation.id);
        if against {
            let frame = Form::Rect(
                Point::new(left - 1.5, y - 1.5),
                right - left + 3.0,
                BAR + 3.0,
            );
            picture.add(Look::Contradiction, frame, None);
        }
        let order = self.ordered.iter().position(|id| *id == operation.id);
        let label = label(operation, against, order);
        let at = fitted(&label, left, right, placed.room.min(plot.width));
        if let Some((x, words)) = at {
            let at = Point::new(x, y + BAR - 3.5);
            picture
                .add(Look::Label, Form::Text(at, words), None)
                .selected = selected;
        }
        let spot = Spot {
            thing: Thing::Operation(operation.id),
            from: Point::new(left, y + BAR / 2.0),
            to: Point::new(right, y + BAR / 2.0),
            description: self.description(operation, effect, against, order),
        };
        add_spot(picture, spot);
    }

    fn description(
        &self,
        operation: &Operation,
        effect: Option<SimTime>,
        against: bool,
        order: Option<usize>,
    ) -> String {
        let ended = operation.returned.as_ref().map_or(self.now, |(at, _)| *at);
        let member = format!("infra{}", operation.member);
        let fills: [(&str, &dyn std::fmt::Display); 6] = [
            ("client", &client_name(operation.client)),
            ("command", &call_line(&operation.call)),
            ("member", &member),
            ("called", &operation.called),
            ("returned", &ended),
            ("answer", &answer(operation)),
        ];
        let mut words = match (&operation.returned, is_unknown(operation)) {
            (None, _) => tell(key!("clients.waits"), &fills),
            (_, true) => tell(key!("clients.unknown"), &fills),
            (Some((_, Outcome::Failed(_))), _) => tell(key!("clients.failed"), &fills),
            _ => tell(key!("clients.done"), &fills),
        };
        let mut add = |more: &str| {
            words.push(' ');
            words.push_str(more);
        };
        if let Some(at) = effect {
            add(&tell(key!("clients.effect"), &[("time", &at)]));
        }
        if against {
            add(say(key!("clients.against")));
        }
        if let Some(place) = order {
            add(&tell(key!("clients.order"), &[("n", &(place + 1))]));
        }
        words
    }
}

/// A bar without a right edge.
fn open_bar(left: f64, right: f64, y: f64) -> String {
    let (left, right) = (tenths(left), tenths(right));
    format!("M{right} {}H{left}V{}H{right}", tenths(y), tenths(y + BAR))
}

/// Where something takes effect.
fn point(x: f64, y: f64) -> Form {
    Form::Path(format!(
        "M{} {}l3.5 4l-3.5 4l-3.5 -4z",
        tenths(x),
        tenths(y + BAR / 2.0 - 4.0)
    ))
}

/// The middle and the words of a label, in its bar or behind it, as far as there is room.
fn fitted(label: &str, left: f64, right: f64, room: f64) -> Option<(f64, String)> {
    let width = label.chars().count() as f64 * LETTER;
    if width + 4.0 <= right - left {
        return Some((left + width / 2.0 + 3.0, label.to_owned()));
    }
    if width + 8.0 <= room - right {
        return Some((right + width / 2.0 + 5.0, label.to_owned()));
    }
    let letters = ((right - left - 4.0) / LETTER) as usize;
    (letters > 3).then(|| {
        let words = clipped(label, letters - 1);
        let width = words.chars().count() as f64 * LETTER;
        (left + width / 2.0 + 3.0, words)
    })
}

/// What stands in a bar: `A put joe`, `B get → joe`.
fn label(operation: &Operation, against: bool, order: Option<usize>) -> String {
    let client = client_name(operation.client);
    let client = client.rsplit(' ').next().unwrap_or_default();
    let sign = match &operation.returned {
        None => " …",
        Some((_, Outcome::Failed(_))) if is_unknown(operation) => " ?",
        Some((_, Outcome::Failed(_))) => " ✕",
        _ => "",
    };
    let order = order.map_or_else(String::new, |place| format!("#{} ", place + 1));
    let against = if against { "! " } else { "" };
    format!("{against}{order}{client} {}{sign}", deed(operation))
}

fn deed(operation: &Operation) -> String {
    let short = |bytes: &[u8]| clipped(&legible(&bytes[..bytes.len().min(64)]), 12);
    let response = match &operation.returned {
        Some((_, Outcome::Answered(answer))) => match &answer.body {
            AnswerBody::Store(response) => Some(&response.body),
            _ => None,
        },
        _ => None,
    };
    match (&*operation.call, response) {
        (Call::Store(Request::Put(put)), _) => format!("put {}", short(&put.value)),
        (call, Some(ResponseBody::Range(found))) => match &found.kvs[..] {
            [] => format!("{} → ∅", call.name()),
            [one] => format!("{} → {}", call.name(), short(&one.value)),
            many => format!("{} → {}", call.name(), many.len()),
        },
        (call, Some(ResponseBody::DeleteRange(found))) => {
            format!("{} {}", call.name(), found.deleted)
        }
        (call, Some(ResponseBody::Txn(found))) => {
            let branch = if found.succeeded { "✓" } else { "✕" };
            format!("{} {branch}", call.name())
        }
        (call, _) => call.name().to_owned(),
    }
}

fn answer(operation: &Operation) -> String {
    match operation_view(operation).outcome {
        OutcomeView::Pending => String::new(),
        OutcomeView::Done(lines) if lines.is_empty() => say(key!("clients.nothing")).to_owned(),
        OutcomeView::Done(lines) => clipped(&lines.join(" "), 80),
        OutcomeView::Failed(text) | OutcomeView::Unknown(text) => text,
    }
}

/// An operation with all that is known of it.
#[derive(Clone, PartialEq, Debug)]
pub struct OperationPage {
    /// Its identity.
    pub id: OperationId,
    /// Its client.
    pub client: String,
    /// As typed.
    pub command: String,
    /// The member that was asked.
    pub member: String,
    /// When it was called.
    pub called: SimTime,
    /// When it returned.
    pub returned: Option<SimTime>,
    /// What was answered, or why not.
    pub answer: String,
    /// Nobody knows whether it happened.
    pub unknown: bool,
    /// When it took effect, as far as somebody applied it.
    pub effect: Option<SimTime>,
    /// It contradicts others: the place of the violation.
    pub against: Option<Position>,
}

/// The page of an operation of the branch.
pub fn operation_page(session: &Session, id: OperationId) -> Option<OperationPage> {
    let operation = operation(session, id)?;
    let to = SimTime(operation.called.0.saturating_add(EFFECT_US));
    let effect = effects(session, operation.called, to).into_iter();
    let mut effect = effect.filter(|(other, _)| *other == id && operation.call.is_write());
    let mut violations = session.whole_violations().iter();
    let against = violations.find(|violation| contradiction(violation).0.contains(&id));
    Some(OperationPage {
        id,
        client: client_name(operation.client),
        command: call_line(&operation.call),
        member: format!("infra{}", operation.member),
        called: operation.called,
        returned: operation.returned.as_ref().map(|(at, _)| *at),
        answer: answer(operation),
        unknown: is_unknown(operation),
        effect: effect.next().map(|(_, at)| at),
        against: against.map(|violation| Position {
            step: violation.later.step,
            time: violation.later.time,
        }),
    })
}
