//! A member: its role as a shape, its term as a hue, its election timer as an arc.

use super::{px, translate};
use crate::raft::NodeId;
use crate::ui::hue::term_style;
use crate::ui::model::Message;
use crate::ui::motion::use_motion;
use crate::ui::slices::Shared;
use crate::ui::words;
use crate::view::geometry::{LabelPlace, MemberPlace, ring_angle, timer_fraction};
use crate::view::{BallotView, MemberView, RoleView, TimerView};
use std::f64::consts::{FRAC_PI_2, TAU};
use yew::prelude::*;

/// What a member's mark shows.
#[derive(Properties, PartialEq)]
pub struct MemberMarkProps {
    /// The member.
    pub member: Shared<MemberView>,
    /// Where it stands.
    pub place: MemberPlace,
    /// The radius of its circle.
    pub radius: f64,
    /// Whether the inspector shows it.
    pub selected: bool,
    /// Its side of the cut.
    pub side: Option<char>,
    /// Where messages go.
    pub send: Callback<Message>,
}

/// Renders the mark as a button.
#[function_component]
pub fn MemberMark(props: &MemberMarkProps) -> Html {
    let (member, radius) = (&props.member, props.radius);
    let select = {
        let id = member.id;
        props.send.reform(move |_: MouseEvent| Message::Select(id))
    };
    let onkeydown = select_by_key(member.id, props.selected, props.send.clone());
    let term = match member.role {
        RoleView::Crashed => "--term:var(--t0)",
        _ => term_style(member.term),
    };
    html! {
        <g class="member" role="button" tabindex="0" transform={translate(props.place.at)}
            style={term} data-member={member.id.to_string()} data-role={role_name(member.role)}
            data-term={member.term.to_string()} aria-pressed={props.selected.to_string()}
            aria-label={words::member_label(member, props.side)} onclick={select} {onkeydown}>
            <circle class="focus-ring" r={px(radius + 15.0)} />
            if props.selected { <Brackets reach={radius + 14.0} /> }
            if let Some(timer) = member.timer { <Timer {timer} radius={radius + 7.0} /> }
            if member.role == RoleView::Leader {
                <circle class="halo" r={px(radius + 10.0)} />
                <path class="crown" d={format!("M-11 {} l4 -11 l7 7 l7 -7 l4 11z", px(-radius - 6.0))} />
            }
            <circle class="disc" r={px(radius)} />
            if member.role == RoleView::Crashed {
                <path class="cross" d={cross(radius * 0.62)} />
            }
            if !member.ballots.is_empty() {
                <Ballots member={member.clone()} radius={radius * 0.7} />
            }
            <text class="number" y={px(number_height(member, radius))}>{member.id.to_string()}</text>
            if member.ballots.is_empty() {
                <text class="term-number" y={px(radius * 0.45)}>{format!("T{}", member.term)}</text>
            }
            {label(member, props.place.label, radius, props.side)}
        </g>
    }
}

fn select_by_key(id: NodeId, selected: bool, send: Callback<Message>) -> Callback<KeyboardEvent> {
    Callback::from(move |event: KeyboardEvent| {
        // On the selected member the space bar has nothing to do but to play and pause.
        let here = event.key() == "Enter" || (event.key() == " " && !selected);
        if here {
            event.prevent_default();
            send.emit(Message::Select(id));
        }
    })
}

/// The role as a word for styles and tests.
pub fn role_name(role: RoleView) -> &'static str {
    match role {
        RoleView::Follower => "follower",
        RoleView::PreCandidate => "pre-candidate",
        RoleView::Candidate => "candidate",
        RoleView::Leader => "leader",
        RoleView::Crashed => "crashed",
    }
}

fn number_height(member: &MemberView, radius: f64) -> f64 {
    if !member.ballots.is_empty() {
        5.0
    } else {
        -radius * 0.06
    }
}

fn cross(reach: f64) -> String {
    let r = px(reach);
    format!("M-{r} -{r}L{r} {r}M{r} -{r}L-{r} {r}")
}

fn label(member: &MemberView, place: LabelPlace, radius: f64, side: Option<char>) -> Html {
    let beside = radius + 15.0;
    let (x, y, anchor) = match place {
        LabelPlace::Below | LabelPlace::Name => (0.0, radius + 25.0, "middle"),
        LabelPlace::Left => (-beside, -2.0, "end"),
        LabelPlace::Right => (beside, -2.0, "start"),
        LabelPlace::Hidden => return Html::default(),
    };
    let note = match side {
        Some(side) if member.note.len() < 12 => format!("{} · {side}", member.note),
        _ => member.note.to_string(),
    };
    html! {
        <>
            <text class="name" x={px(x)} y={px(y)} text-anchor={anchor}>{member.name.clone()}</text>
            if place != LabelPlace::Name {
                <text class="note" x={px(x)} y={px(y + 14.0)} text-anchor={anchor}>{note}</text>
            }
        </>
    }
}

#[derive(Properties, PartialEq)]
struct BracketsProps {
    reach: f64,
}

/// The mark of the selected member: four corners.
#[function_component]
fn Brackets(props: &BracketsProps) -> Html {
    let (r, s) = (px(props.reach), px(props.reach - 9.0));
    let d = format!("M-{r} -{s}V-{r}H-{s}M{s} -{r}H{r}V-{s}M{r} {s}V{r}H{s}M-{s} {r}H-{r}V{s}");
    html! { <path class="brackets" {d} /> }
}

#[derive(Properties, PartialEq)]
struct TimerProps {
    timer: TimerView,
    radius: f64,
}

/// The election timer: an arc from 12 o'clock, with a tick where it runs out.
#[function_component]
fn Timer(props: &TimerProps) -> Html {
    let arc = use_node_ref();
    use_motion(arc.clone(), props.timer, |element, timer, moment| {
        let (started, now) = (timer.started.0, moment.now.0.min(timer.fires.0));
        let fraction = timer_fraction(started, now, timer.scale_us);
        let _ = element.set_attribute("stroke-dasharray", &format!("{fraction:.4} 2"));
    });
    let timer = &props.timer;
    let fires = timer_fraction(timer.started.0, timer.fires.0, timer.scale_us);
    let angle = TAU * fires - FRAC_PI_2;
    let tick = |r: f64| format!("{:.1} {:.1}", r * angle.cos(), r * angle.sin());
    let r = props.radius;
    html! {
        <g class="timer">
            <circle class="track" r={px(r)} />
            <circle ref={arc} class="arc" r={px(r)} pathLength="1" transform="rotate(-90)" />
            <path class="tick" d={format!("M{}L{}", tick(r - 4.0), tick(r + 4.0))} />
        </g>
    }
}

#[derive(Properties, PartialEq)]
struct BallotsProps {
    member: Shared<MemberView>,
    radius: f64,
}

/// The ballots of a candidate, placed as the members are.
#[function_component]
fn Ballots(props: &BallotsProps) -> Html {
    let ballots = &props.member.ballots;
    let size = if ballots.len() > 7 { 3.0 } else { 3.8 };
    let pips = ballots.iter().enumerate().map(|(i, (voter, ballot))| {
        let angle = ring_angle(i, ballots.len());
        let (x, y) = (props.radius * angle.cos(), props.radius * angle.sin());
        let place = format!("translate({x:.1} {y:.1})");
        let (state, mark) = match ballot {
            BallotView::NotAsked => ("not-asked", html! { <circle r="1.6" /> }),
            BallotView::InFlight => ("in-flight", html! { <circle r={px(size)} /> }),
            BallotView::Granted => ("granted", html! { <circle r={px(size)} /> }),
            BallotView::Refused => ("refused", html! { <path d={cross(size)} /> }),
        };
        html! {
            <g class="ballot" transform={place} data-voter={voter.to_string()} data-ballot={state}>
                {mark}
            </g>
        }
    });
    html! { <g class="ballots">{for pips}</g> }
}
