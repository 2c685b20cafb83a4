//! Messages on their way, and where they were lost.

use crate::ui::dom::{classes, html};
use crate::ui::drawn::Part;
use crate::ui::hue::term_style;
use crate::ui::message::Message;
use crate::ui::motion::{Moving, Way, mover};
use crate::ui::parts::click;
use crate::ui::slices::Shared;
use crate::ui::words;
use crate::view::deeds::Target;
use crate::view::geometry::{Mark, NAME_OFF, Point, Side, flight_fraction, tenths, translate};
use crate::view::{FlightView, LossView, MessageShape};
use yew::prelude::*;

/// A message: a solid card for a request, a hollow pill for a reply.
#[derive(PartialEq)]
pub struct Flight {
    /// The message.
    pub flight: Shared<FlightView>,
    /// Its way.
    pub way: Way,
    /// Whether it is selected.
    pub selected: bool,
    /// Whether its label is drawn.
    pub labelled: bool,
    /// How large small things are, from 0 to 1.
    pub scale: f64,
    /// Where messages go.
    pub send: Callback<Message>,
}

/// The size of a card without its label.
const BARE: (f64, f64) = (15.0, 10.0);

/// The width of a label in the monospaced face.
fn width(label: &str) -> f64 {
    label.chars().count() as f64 * 6.7
}

/// The size of a card with this label.
pub fn card(label: &str) -> (f64, f64) {
    (width(label) + 12.0, 18.0)
}

fn hue(flight: &FlightView) -> &'static str {
    flight.term.map_or("--term:var(--ink2)", term_style)
}

impl Part for Flight {
    fn view(&self) -> Html {
        let flight = &self.flight;
        let (width, height) = match self.labelled {
            true => card(&flight.label),
            false => (BARE.0 * self.scale, BARE.1 * self.scale),
        };
        let (shape, corner) = match flight.shape {
            MessageShape::Request => ("request", "3"),
            MessageShape::Granted | MessageShape::Refused => ("reply", "9"),
        };
        let held = flight.stopped.is_some();
        let class = classes!(
            "flight",
            shape,
            held.then_some("held"),
            self.selected.then_some("selected")
        );
        let frame = |grow: f64| {
            html! {
                <rect x={tenths(-width / 2.0 - grow)} y={tenths(-height / 2.0 - grow)}
                    width={tenths(width + 2.0 * grow)} height={tenths(height + 2.0 * grow)} rx={corner} />
            }
        };
        html! {
            <div {class} style={hue(flight)} role="img" data-flight={flight.id.0.to_string()}
                onclick={click(&self.send, Message::Look(Target::Message(flight.id), false))}
                aria-label={flight.description.clone()}>
                {mover("svg", "", Moving::Flight(self.way), html! {
                    <path class="trail" d={self.way.trail()} />
                    if self.selected { <g class="frame">{frame(4.0)}</g> }
                    {frame(0.0)}
                    if self.labelled { <text y="4">{flight.label.clone()}</text> }
                    if held { <path class="bars" d={format!("M{0} -6v12m4 -12v12", tenths(width / 2.0 + 4.0))} /> }
                })}
            </div>
        }
    }
}

/// A cross where a message was lost, with what it was.
#[derive(PartialEq)]
pub struct Loss {
    /// The loss.
    pub loss: Shared<LossView>,
    /// Where it was lost.
    pub at: Point,
    /// On which side there is room for its name.
    pub side: Option<Side>,
}

impl Loss {
    /// Where a message was lost, with its name, which would rather stand where the message came from.
    pub fn mark(loss: &LossView, way: &Way) -> Mark {
        let fraction = flight_fraction(way.sent.0, way.arrives.0, loss.at.0).min(way.stop);
        Mark {
            at: way.start.towards(way.end, fraction),
            name: width(&loss.flight.label),
            side: match way.start.x <= way.end.x {
                true => Side::Left,
                false => Side::Right,
            },
        }
    }
}

impl Part for Loss {
    fn view(&self) -> Html {
        let flight = &self.loss.flight;
        let name = self.side.map(|side| {
            let (x, anchor) = match side {
                Side::Left => (-NAME_OFF, "end"),
                Side::Right => (NAME_OFF, "start"),
            };
            html! { <text x={tenths(x)} y="4" text-anchor={anchor}>{flight.label.clone()}</text> }
        });
        html! {
            <g class="loss" transform={translate(self.at)} style={hue(flight)} role="img" data-testid="loss"
                aria-label={words::lost(&flight.description, &self.loss.reason)}>
                <path d="M-6 -6L6 6M6 -6L-6 6" />
                {name}
            </g>
        }
    }
}
