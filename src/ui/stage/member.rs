//! A member: its role as a shape, its term as a hue, its election timer as an arc.

use crate::raft::NodeId;
use crate::ui::drawn::Part;
use crate::ui::hue::term_style;
use crate::ui::message::Message;
use crate::ui::motion::{Mover, Moving};
use crate::ui::parts::click;
use crate::ui::slices::Shared;
use crate::ui::words;
use crate::view::geometry::{
    LabelPlace, MemberPlace, Point, ring_angle, tenths, timer_fraction, translate,
};
use crate::view::wall::polyline;
use crate::view::{BallotView, MemberView, RoleView, TimerView};
use std::f64::consts::{FRAC_PI_2, TAU};
use yew::prelude::*;

/// What a member's mark shows.
#[derive(PartialEq)]
pub struct MemberMark {
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

impl Part for MemberMark {
    fn view(&self) -> Html {
        let (member, radius) = (&self.member, self.radius);
        let select = click(&self.send, Message::Select(member.id));
        let onkeydown = select_by_key(member.id, self.selected, self.send.clone());
        let hue = match member.role {
            RoleView::Crashed => "--term:var(--t0)",
            _ => term_style(member.term),
        };
        html! {
            <g class="member" role="button" tabindex="0" transform={translate(self.place.at)}
                style={hue} data-member={member.id.to_string()} data-role={role_name(member.role)}
                data-term={member.term.to_string()} aria-pressed={self.selected.to_string()}
                aria-label={words::member_label(member, self.side)} onclick={select} {onkeydown}>
                <circle class="focus-ring" r={tenths(radius + 15.0)} />
                if self.selected { {brackets(radius + 14.0)} }
                if let Some(timer) = member.timer { {view_timer(timer, radius + 7.0)} }
                if member.role == RoleView::Leader { {crown(radius)} }
                <circle class="disc" r={tenths(radius)} />
                if member.role == RoleView::Crashed {
                    <path class="cross" d={cross(radius * 0.62)} />
                }
                {ballots(member, radius * 0.7)}
                <text class="number" y={tenths(number_height(member, radius))}>{member.id.to_string()}</text>
                if member.ballots.is_empty() {
                    <text class="term-number" y={tenths(radius * 0.45)}>{format!("T{}", member.term)}</text>
                }
                {label(member, self.place.label, radius, self.side)}
            </g>
        }
    }
}

fn crown(radius: f64) -> Html {
    html! {
        <>
            <circle class="halo" r={tenths(radius + 10.0)} />
            <path class="crown" d={format!("M-11 {} l4 -11 l7 7 l7 -7 l4 11z", tenths(-radius - 6.0))} />
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

fn number_height(member: &MemberView, radius: f64) -> f64 {
    if !member.ballots.is_empty() {
        5.0
    } else {
        -radius * 0.06
    }
}

fn cross(reach: f64) -> String {
    let r = tenths(reach);
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
            <text class="name" x={tenths(x)} y={tenths(y)} text-anchor={anchor}>{member.name.clone()}</text>
            if place != LabelPlace::Name {
                <text class="note" x={tenths(x)} y={tenths(y + 14.0)} text-anchor={anchor}>{note}</text>
            }
        </>
    }
}

/// The mark of the selected member: four corners.
fn brackets(reach: f64) -> Html {
    let (r, s) = (tenths(reach), tenths(reach - 9.0));
    let d = format!("M-{r} -{s}V-{r}H-{s}M{s} -{r}H{r}V-{s}M{r} {s}V{r}H{s}M-{s} {r}H-{r}V{s}");
    html! { <path class="brackets" {d} /> }
}

/// The election timer: an arc from 12 o'clock, with a tick where it runs out.
fn view_timer(timer: TimerView, radius: f64) -> Html {
    let fires = timer_fraction(timer.started.0, timer.fires.0, timer.scale_us);
    let angle = TAU * fires - FRAC_PI_2;
    let end = |r: f64| Point::new(r * angle.cos(), r * angle.sin());
    html! {
        <g class="timer">
            <circle class="track" r={tenths(radius)} />
            <Mover tag="path" class="arc" moving={Moving::Timer(timer, radius)} />
            <path class="tick" d={polyline(&[end(radius - 4.0), end(radius + 4.0)])} />
        </g>
    }
}

/// The ballots of a candidate, placed as the members are.
fn ballots(member: &MemberView, radius: f64) -> Html {
    let ballots = &member.ballots;
    let size = if ballots.len() > 7 { 3.0 } else { 3.8 };
    let pips = ballots.iter().enumerate().map(|(i, (voter, ballot))| {
        let angle = ring_angle(i, ballots.len());
        let place = translate(Point::new(radius * angle.cos(), radius * angle.sin()));
        let (state, mark) = match ballot {
            BallotView::NotAsked => ("not-asked", circle(1.6)),
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
