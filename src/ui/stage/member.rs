//! A member: its role as a shape, its term as a hue, its election timer as an arc.

use super::machine;
use crate::raft::NodeId;
use crate::ui::dom::html;
use crate::ui::drawn::Part;
use crate::ui::hue::term_style;
use crate::ui::message::Message;
use crate::ui::motion::{Moving, mover};
use crate::ui::parts::click;
use crate::ui::slices::Shared;
use crate::ui::words;
use crate::view::geometry::{
    LabelPlace, MemberPlace, Point, StageLayout, ring_angle, tenths, timer_fraction, translate,
};
use crate::view::wall::polyline;
use crate::view::{BallotView, MemberView, RoleView, TimerView};
use std::f64::consts::{FRAC_PI_2, TAU};
use yew::prelude::*;

/// How large a member's mark is.
#[derive(Clone, Copy, PartialEq)]
pub struct MarkSize {
    /// The radius of the circle.
    pub radius: f64,
    /// The radius of the election timer's arc.
    pub timer: f64,
    /// How large small things are, from 0 to 1.
    pub scale: f64,
}

impl MarkSize {
    /// The size on a stage.
    pub fn of(layout: &StageLayout) -> MarkSize {
        MarkSize {
            radius: layout.radius,
            timer: layout.timer_radius(),
            scale: layout.scale(),
        }
    }
}

/// What a member's mark shows.
#[derive(PartialEq)]
pub struct MemberMark {
    /// The member.
    pub member: Shared<MemberView>,
    /// Where it stands.
    pub place: MemberPlace,
    /// How large it is.
    pub size: MarkSize,
    /// Whether the inspector shows it.
    pub selected: bool,
    /// Its side of the cut.
    pub side: Option<char>,
    /// Where messages go.
    pub send: Callback<Message>,
}

impl Part for MemberMark {
    fn view(&self) -> Html {
        let member = &self.member;
        let MarkSize {
            radius,
            timer: arc,
            scale,
        } = self.size;
        let select = click(&self.send, Message::Select(member.id));
        let onkeydown = select_by_key(member.id, self.selected, self.send.clone());
        let hue = match member.role {
            RoleView::Crashed => "--term:var(--t0)",
            _ => term_style(member.term),
        };
        let number = (radius * 0.5).clamp(9.0, 15.0);
        let with_term = member.ballots.is_empty() && radius >= 16.0;
        // The texts stand beside the button: its name has them in words, and in another order.
        html! {
            <>
                <g class="member" role="button" tabindex="0" transform={translate(self.place.at)}
                    style={hue} data-member={member.id.to_string()} data-role={role_name(member.role)}
                    data-paused={member.machine.paused.to_string()}
                    data-term={member.term.to_string()} aria-pressed={self.selected.to_string()}
                    aria-label={self.name()} onclick={select.clone()} {onkeydown}>
                    {disc(member.learner, "focus-ring", arc + 8.0 * scale)}
                    if self.selected { {brackets(arc + 7.0 * scale, scale)} }
                    if let Some(timer) = member.timer { {view_timer(timer, arc, scale)} }
                    if member.role == RoleView::Leader { {crown(radius, scale)} }
                    {disc(member.learner, "disc", radius)}
                    if member.machine.paused { {disc(member.learner, "hatching", radius)} }
                    if member.role == RoleView::Crashed {
                        <path class="cross" d={cross(radius * 0.62)} />
                    }
                    {ballots(member, radius * 0.7)}
                </g>
                <g class="member-text" aria-hidden="true" data-of={member.id.to_string()} transform={translate(self.place.at)} style={hue}
                    data-role={role_name(member.role)} data-paused={member.machine.paused.to_string()} onclick={select}>
                    <text class="number" font-size={tenths(number)} y={tenths(number_height(with_term, radius, number))}>
                        {member.id.to_string()}
                    </text>
                    if with_term {
                        <text class="term-number" y={tenths(radius * 0.45)}>{format!("T{}", member.term)}</text>
                    }
                    {machine::badges(&member.machine, radius, scale)}
                    {label(member, self.place.label, self.size, self.side)}
                </g>
            </>
        }
    }
}

impl MemberMark {
    /// The accessible name, with what is wrong with the machine.
    fn name(&self) -> String {
        let mut name = words::member_label(&self.member, self.side);
        for remark in &self.member.machine.remarks {
            name.push_str(", ");
            name.push_str(remark);
        }
        name
    }
}

/// The shape of a member: a circle, or a square for a learner.
fn disc(learner: bool, class: &'static str, radius: f64) -> Html {
    if !learner {
        return html! { <circle {class} r={tenths(radius)} /> };
    }
    let half = radius * 0.86;
    let (start, side) = (tenths(-half), tenths(2.0 * half));
    html! { <rect {class} x={start.clone()} y={start} width={side.clone()} height={side} rx="3" /> }
}

fn crown(radius: f64, scale: f64) -> Html {
    let place = format!(
        "translate(0 {})scale({})",
        tenths(-radius - 6.0 * scale),
        tenths(scale)
    );
    html! {
        <>
            <circle class="halo" r={tenths(radius + 10.0 * scale)} />
            <path class="crown" transform={place} d="M-11 0l4 -11l7 7l7 -7l4 11z" />
        </>
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

fn number_height(with_term: bool, radius: f64, size: f64) -> f64 {
    if with_term {
        -radius * 0.06
    } else {
        size * 0.35
    }
}

fn cross(reach: f64) -> String {
    let r = tenths(reach);
    format!("M-{r} -{r}L{r} {r}M{r} -{r}L-{r} {r}")
}

fn label(member: &MemberView, place: LabelPlace, size: MarkSize, side: Option<char>) -> Html {
    let beside = size.timer + 8.0;
    let (x, y, anchor) = match place {
        LabelPlace::Below | LabelPlace::Name => {
            (0.0, size.radius + 12.0 + 13.0 * size.scale, "middle")
        }
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
            <text class="name" x={tenths(x)} y={tenths(y)} text-anchor={anchor}>{member.name.clone()}</text>
            if place != LabelPlace::Name {
                <text class="note" x={tenths(x)} y={tenths(y + 14.0)} text-anchor={anchor}>{note}</text>
            }
        </>
    }
}

/// The mark of the selected member: four corners.
fn brackets(reach: f64, scale: f64) -> Html {
    let (r, s) = (tenths(reach), tenths(reach - 9.0 * scale));
    let d = format!("M-{r} -{s}V-{r}H-{s}M{s} -{r}H{r}V-{s}M{r} {s}V{r}H{s}M-{s} {r}H-{r}V{s}");
    html! { <path class="brackets" {d} /> }
}

/// The election timer: an arc from 12 o'clock, with a tick where it runs out.
fn view_timer(timer: TimerView, radius: f64, scale: f64) -> Html {
    let fires = timer_fraction(timer.started.0, timer.fires.0, timer.scale_us);
    let angle = TAU * fires - FRAC_PI_2;
    let at = Point::at_angle(angle);
    let end = |r: f64| Point::new(r * at.x, r * at.y);
    html! {
        <g class="timer" stroke-width={tenths(4.0 * scale)}>
            <circle class="track" r={tenths(radius)} />
            {mover("path", "arc", Moving::Timer(timer, radius), Html::default())}
            <path class="tick" d={polyline(&[end(radius - 4.0 * scale), end(radius + 4.0 * scale)])} />
        </g>
    }
}

/// The ballots of a candidate, placed as the members are.
fn ballots(member: &MemberView, radius: f64) -> Html {
    let ballots = &member.ballots;
    // No two of them touch, on the smallest circle too.
    let size = (radius * 2.2 / ballots.len().max(1) as f64).clamp(1.2, 3.8);
    let pips = ballots.iter().enumerate().map(|(i, (voter, ballot))| {
        let angle = ring_angle(i, ballots.len());
        let at = Point::at_angle(angle);
        let place = translate(Point::new(radius * at.x, radius * at.y));
        let (state, mark) = match ballot {
            BallotView::NotAsked => ("not-asked", circle(size * 0.42)),
            BallotView::InFlight => ("in-flight", circle(size)),
            BallotView::Granted => ("granted", circle(size)),
            BallotView::Refused => ("refused", html! { <path d={cross(size)} /> }),
        };
        html! {
            <g class="ballot" transform={place} data-voter={voter.to_string()} data-ballot={state}>
                {mark}
            </g>
        }
    });
    pips.collect()
}

fn circle(radius: f64) -> Html {
    html! { <circle r={tenths(radius)} /> }
}
