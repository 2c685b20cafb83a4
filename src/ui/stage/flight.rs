//! Messages on their way, and where they were lost.

use super::{px, translate};
use crate::ui::hue::term_style;
use crate::ui::motion::use_motion;
use crate::ui::slices::Shared;
use crate::view::geometry::{Point, flight_fraction};
use crate::view::{FlightView, LossView, MessageShape};
use yew::prelude::*;

/// What a flight shows.
#[derive(Properties, PartialEq)]
pub struct FlightProps {
    /// The message.
    pub flight: Shared<FlightView>,
    /// Where its way starts.
    pub start: Point,
    /// Where its way ends.
    pub end: Point,
    /// How far it gets: to the wall, if there is one.
    pub stop: f64,
}

/// The width of a label in the monospaced face.
fn label_width(label: &str) -> f64 {
    label.chars().count() as f64 * 6.7 + 12.0
}

fn hue(flight: &FlightView) -> &'static str {
    flight.term.map_or("--term:var(--ink2)", term_style)
}

/// The share of the way that the trail covers.
const TRAIL: f64 = 0.16;

/// Renders the message: a solid card for a request, a hollow pill for a reply.
#[function_component]
pub fn Flight(props: &FlightProps) -> Html {
    let flight = &props.flight;
    let (card, trail) = (use_node_ref(), use_node_ref());
    let way = (
        flight.sent.0,
        flight.arrives.0,
        props.start,
        props.end,
        props.stop,
    );
    use_motion(card.clone(), way, |element, way, moment| {
        let (sent, arrives, start, end, stop) = *way;
        let fraction = match moment.reduced {
            true => 0.5 * stop,
            false => flight_fraction(sent, arrives, moment.now.0).min(stop),
        };
        let _ = element.set_attribute("transform", &translate(start.towards(end, fraction)));
    });
    use_motion(trail.clone(), way, |element, way, moment| {
        let (sent, arrives, start, end, stop) = *way;
        let behind = flight_fraction(sent, arrives, moment.now.0)
            .min(stop)
            .min(TRAIL);
        let behind = if moment.reduced { 0.0 } else { behind };
        let tail = Point::default().towards(Point::new(start.x - end.x, start.y - end.y), behind);
        let _ = element.set_attribute("d", &format!("M0 0L{:.1} {:.1}", tail.x, tail.y));
    });
    let width = label_width(&flight.label);
    let (shape, corner) = match flight.shape {
        MessageShape::Request => ("request", "3"),
        MessageShape::Granted => ("reply granted", "9"),
        MessageShape::Refused => ("reply refused", "9"),
    };
    html! {
        <g ref={card} class={classes!("flight", shape)} style={hue(flight)} role="img"
            data-flight={flight.id.0.to_string()} aria-label={flight.description.clone()}>
            <path ref={trail} class="trail" />
            <rect x={px(-width / 2.0)} y="-9" width={px(width)} height="18" rx={corner} />
            <text y="4">{flight.label.clone()}</text>
        </g>
    }
}

/// What a loss shows.
#[derive(Properties, PartialEq)]
pub struct LossProps {
    /// The loss.
    pub loss: Shared<LossView>,
    /// Where the message's way started.
    pub start: Point,
    /// Where it would have ended.
    pub end: Point,
    /// How far it got at most.
    pub stop: f64,
}

/// Renders a cross where the message was lost, with what it was.
#[function_component]
pub fn Loss(props: &LossProps) -> Html {
    let flight = &props.loss.flight;
    let fraction =
        flight_fraction(flight.sent.0, flight.arrives.0, props.loss.at.0).min(props.stop);
    let at = props.start.towards(props.end, fraction);
    // The label stands on the side that the message came from.
    let (x, anchor) = if props.start.x <= props.end.x {
        ("-11", "end")
    } else {
        ("11", "start")
    };
    html! {
        <g class="loss" transform={translate(at)} style={hue(flight)} role="img" data-testid="loss"
            aria-label={format!("{}, lost: {}", flight.description, props.loss.reason)}>
            <path d="M-6 -6L6 6M6 -6L-6 6" />
            <text {x} y="4" text-anchor={anchor}>{flight.label.clone()}</text>
        </g>
    }
}
