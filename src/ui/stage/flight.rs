//! Messages on their way, and where they were lost.

use crate::ui::drawn::Part;
use crate::ui::hue::term_style;
use crate::ui::motion::{Mover, Moving, Way};
use crate::ui::slices::Shared;
use crate::ui::words;
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
}

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
        let (width, height) = card(&flight.label);
        let (shape, corner) = match flight.shape {
            MessageShape::Request => ("flight request", "3"),
            MessageShape::Granted | MessageShape::Refused => ("flight reply", "9"),
        };
        html! {
            <g class={shape} style={hue(flight)} role="img" data-flight={flight.id.0.to_string()}
                aria-label={flight.description.clone()}>
                <Mover tag="g" moving={Moving::Flight(self.way)}>
                    <Mover tag="path" class="trail" moving={Moving::Trail(self.way)} />
                    <rect x={tenths(-width / 2.0)} y={tenths(-height / 2.0)} width={tenths(width)} height={tenths(height)} rx={corner} />
                    <text y="4">{flight.label.clone()}</text>
                </Mover>
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
