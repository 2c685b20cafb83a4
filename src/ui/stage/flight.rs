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
use crate::view::geometry::{flight_fraction, tenths, translate};
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

/// The size of a card with this label in the monospaced face.
pub fn card(label: &str) -> (f64, f64) {
    (label.chars().count() as f64 * 6.7 + 12.0, 18.0)
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
            <g {class} style={hue(flight)} role="img" data-flight={flight.id.0.to_string()}
                onclick={click(&self.send, Message::Look(Target::Message(flight.id), false))}
                aria-label={flight.description.clone()}>
                {mover("g", "", Moving::Flight(self.way), html! {
                    <path class="trail" d={self.way.trail()} />
                    if self.selected { <g class="frame">{frame(4.0)}</g> }
                    {frame(0.0)}
                    if self.labelled { <text y="4">{flight.label.clone()}</text> }
                    if held { <path class="bars" d={format!("M{0} -6v12m4 -12v12", tenths(width / 2.0 + 4.0))} /> }
                })}
            </g>
        }
    }
}

/// A cross where a message was lost, with what it was.
#[derive(PartialEq)]
pub struct Loss {
    /// The loss.
    pub loss: Shared<LossView>,
    /// The way of the message.
    pub way: Way,
}

impl Part for Loss {
    fn view(&self) -> Html {
        let (flight, way) = (&self.loss.flight, &self.way);
        let fraction = flight_fraction(way.sent.0, way.arrives.0, self.loss.at.0).min(way.stop);
        let at = way.start.towards(way.end, fraction);
        // The label stands on the side that the message came from.
        let (x, anchor) = if way.start.x <= way.end.x {
            ("-11", "end")
        } else {
            ("11", "start")
        };
        html! {
            <g class="loss" transform={translate(at)} style={hue(flight)} role="img" data-testid="loss"
                aria-label={words::lost(&flight.description, &self.loss.reason)}>
                <path d="M-6 -6L6 6M6 -6L-6 6" />
                <text {x} y="4" text-anchor={anchor}>{flight.label.clone()}</text>
            </g>
        }
    }
}
