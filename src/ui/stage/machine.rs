//! What is wrong with a member's machine, drawn at its circle: process, clock and disk.

use crate::ui::dom::html;
use crate::ui::words;
use crate::view::MachineView;
use crate::view::geometry::{Point, translate};
use yew::prelude::*;

/// The hatching of a paused member.
pub fn patterns() -> Html {
    html! {
        <defs>
            <pattern id="hatch" width="6" height="6" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">
                <path class="hatch" d="M1.5 0V6" />
            </pattern>
        </defs>
    }
}

/// The badges of a member: none while all is well.
pub fn badges(machine: &MachineView, radius: f64, scale: f64) -> Html {
    let far = radius * 0.78 + 4.0 * scale;
    let at = |x: f64, y: f64| translate(Point::new(x * far, y * far));
    html! {
        <>
            {disk(machine, at(1.0, 1.0))}
            {clock(machine, at(-1.0, 1.0))}
            {process(machine, at(-1.0, -1.0))}
            if machine.failure.is_some() {
                <g class="badge refused" transform={at(1.0, -1.0)}>
                    <path d="M0 -9L9 7H-9z" /><text y="5">{"!"}</text>
                </g>
            }
        </>
    }
}

/// The disk: as in the log matrix, an outline with a gap below means that something is not durable yet;
/// two bars that it stands still.
fn disk(machine: &MachineView, at: String) -> Html {
    if machine.unsynced == 0 && !machine.disk_stalled {
        return Html::default();
    }
    let outline = match machine.unsynced {
        0 => "M-9 -7H9V7H-9z",
        _ => "M-4 7H-9V-7H9V7H4",
    };
    html! {
        <g class="badge disk" transform={at} data-badge="disk" data-unsynced={machine.unsynced.to_string()}
            data-stalled={machine.disk_stalled.to_string()}>
            <rect class="back" x="-10" y="-8" width="20" height="16" />
            <path d={outline} />
            if machine.unsynced > 0 { <text y="4">{machine.unsynced.to_string()}</text> }
            if machine.disk_stalled { <path class="bars" d="M13 -6V6M17 -6V6" /> }
        </g>
    }
}

/// The clock, with the rate at which it runs: `1.1×`.
fn clock(machine: &MachineView, at: String) -> Html {
    if machine.clock_rate_ppm == 0 {
        return Html::default();
    }
    let thousandths = (1_000_000 + i64::from(machine.clock_rate_ppm)) / 1_000;
    let rate = format!("{}.{:02}×", thousandths / 1_000, thousandths % 1_000 / 10);
    html! {
        <g class="badge clock" transform={at} data-badge="clock">
            <rect class="back" x="-38" y="-8" width="46" height="16" rx="8" />
            <circle r="6" /><path d="M0 -4V0L3 2" />
            <text x="-9" y="4" text-anchor="end">{rate}</text>
        </g>
    }
}

/// The process: how slow it is, and how much waits for it.
fn process(machine: &MachineView, at: String) -> Html {
    if machine.delay_us == 0 && machine.inbox == 0 {
        return Html::default();
    }
    let text = match machine.delay_us {
        0 => format!("+{}", machine.inbox),
        us => format!("+{} · {}", machine.inbox, words::duration(us)),
    };
    let width = 14.0 + 6.2 * text.chars().count() as f64;
    html! {
        <g class="badge process" transform={at} data-badge="process">
            <rect class="back" x={format!("{}", 8 - width as i64)} y="-8" width={format!("{}", width as i64)} height="16" rx="3" />
            <text x="2" y="4" text-anchor="end">{text}</text>
        </g>
    }
}
