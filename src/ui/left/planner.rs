//! The quorum planner: what so many members stand, what a cut leaves standing, and how often there is a quorum.

use super::super::message::Message;
use super::super::parts::{button, click, typed};
use super::state::{Ask, Plan};
use crate::raft::electorate::majority;
use crate::ui::dom::html;
use crate::view::planner::{
    CHANCES, MOST, Span, Split, available, nines, splits, tolerated, yearly_outage,
};
use crate::words::{key, say, tell};
use yew::prelude::*;

/// The page.
pub fn page(plan: Plan, send: &Callback<Message>) -> Html {
    let members = plan.members;
    let (quorum, may_fail) = (majority(members), tolerated(members));
    let numbers = (1..=MOST).map(|number| {
        html! {
            <button type="button" aria-pressed={number == members}
                onclick={click(send, Ask::Members(number).into())}>{number}</button>
        }
    });
    html! {
        <div class="sect planner" data-testid="planner">
            <div class="field">
                <span id="planner-members">{say("planner.members")}</span>
                <div class="segments" role="group" aria-labelledby="planner-members">{for numbers}</div>
            </div>
            <div class="planner-sum" role="status">
                <p><b data-testid="planner-quorum">{quorum}</b>
                    {tell(key!("planner.quorum"), &[("n", &members)])}</p>
                <p><b data-testid="planner-tolerated">{may_fail}</b>{say("planner.tolerated")}</p>
            </div>
            <p data-testid="planner-why">{why(plan)}</p>
            {button("btn primary", tell(key!("planner.start"), &[("n", &members)]), send, Ask::Try(vec![members]).into())}
            {cuts(members, 2, say(key!("planner.two")), send)}
            {cuts(members, 3, say(key!("planner.three")), send)}
            {availability(plan, send)}
        </div>
    }
}

/// Why an even number buys nothing, said of the number that is chosen.
fn why(plan: Plan) -> String {
    let members = plan.members;
    let half = members / 2;
    let percent = |members| available(members, CHANCES[plan.chance]);
    match members {
        1 => say(key!("planner.one")).to_owned(),
        _ if members % 2 == 1 => tell(
            key!("planner.odd"),
            &[
                ("more", &(members + 1)),
                ("quorum", &majority(members + 1)),
                ("tolerated", &tolerated(members)),
            ],
        ),
        _ => tell(
            key!("planner.even"),
            &[
                ("n", &members),
                ("quorum", &majority(members)),
                ("fewer", &(members - 1)),
                ("tolerated", &tolerated(members)),
                ("percent", &percent(members)),
                ("before", &percent(members - 1)),
                ("half", &half),
            ],
        ),
    }
}

/// A table of the ways to cut the members into so many sides.
fn cuts(members: usize, sides: usize, title: &'static str, send: &Callback<Message>) -> Html {
    let rows = splits(members, sides);
    if rows.is_empty() {
        return Html::default();
    }
    let rows = rows.into_iter().map(|Split { sides, ways, spare }| {
        let text: Vec<String> = sides.iter().map(usize::to_string).collect();
        let shape = text.join(" | ");
        let outcome = match spare {
            None => say(key!("planner.none")).to_owned(),
            Some(0) => tell(key!("planner.just"), &[("n", &sides[0])]),
            Some(spare) => tell(
                key!("planner.spare"),
                &[("n", &sides[0]), ("spare", &spare)],
            ),
        };
        let name = tell(key!("planner.try-shape"), &[("shape", &shape)]);
        html! {
            <tr data-shape={text.join("-")} data-stands={spare.is_some()}>
                <th scope="row">{shape}</th>
                <td>{outcome}</td>
                <td class="num">{ways}</td>
                <td><button type="button" class="btn" aria-label={name}
                    onclick={click(send, Ask::Try(sides).into())}>{say("planner.try")}</button></td>
            </tr>
        }
    });
    html! {
        <table class="cuts">
            <caption>{title}</caption>
            <thead><tr>
                <th scope="col">{say("planner.cut")}</th>
                <th scope="col">{say("planner.goes-on")}</th>
                <th scope="col" class="num">{say("planner.ways")}</th>
                <th scope="col"><span class="visually-hidden">{say("planner.try")}</span></th>
            </tr></thead>
            <tbody>{for rows}</tbody>
        </table>
    }
}

/// A chance in ten-thousandths, in percent.
fn percent(chance: u32) -> String {
    match chance % 100 {
        0 => (chance / 100).to_string(),
        rest if rest % 10 == 0 => format!("{}.{}", chance / 100, rest / 10),
        rest => format!("{}.{rest:02}", chance / 100),
    }
}

fn availability(plan: Plan, send: &Callback<Message>) -> Html {
    let chance = CHANCES[plan.chance];
    let text = percent(chance);
    let choose = send.reform(|event: InputEvent| {
        let place = typed(&event).parse().unwrap_or_default();
        Ask::Chance(place).into()
    });
    let said = tell(key!("planner.chance-said"), &[("percent", &text)]);
    let rows = (1..=MOST).map(|members| {
        let down = match yearly_outage(members, chance) {
            Span::Days(n) => tell(key!("planner.days"), &[("n", &n)]),
            Span::Hours(n) => tell(key!("planner.hours"), &[("n", &n)]),
            Span::Minutes(n) => tell(key!("planner.minutes"), &[("n", &n)]),
            Span::Seconds(0) => say(key!("planner.moment")).to_owned(),
            Span::Seconds(n) => tell(key!("planner.seconds"), &[("n", &n)]),
        };
        let nines = nines(members, chance) / 100;
        let available = match nines > 7 {
            true => tell(key!("planner.nines"), &[("n", &nines)]),
            false => available(members, chance) + " %",
        };
        html! {
            <tr aria-current={(members == plan.members).then_some("true")}>
                <th scope="row" class="num">{members}</th>
                <td class="num">{majority(members)}</td>
                <td class="num">{tolerated(members)}</td>
                <td class="num" data-available={members}>{available}</td>
                <td class="num">{down}</td>
            </tr>
        }
    });
    html! {
        <>
            <h2>{say("planner.availability")}</h2>
            <div class="field">
                <label for="planner-chance">{say("planner.chance")}</label>
                <output for="planner-chance" class="mono">{text}{" %"}</output>
                <input id="planner-chance" type="range" min="0" max={(CHANCES.len() - 1)}
                    value={plan.chance} oninput={choose} aria-valuetext={said} />
            </div>
            {plot(plan.members, chance)}
            <table class="availability" id="planner-table">
                <caption class="visually-hidden">{say("planner.availability")}</caption>
                <thead><tr>
                    <th scope="col" class="num">{say("planner.members")}</th>
                    <th scope="col" class="num">{say("planner.col-quorum")}</th>
                    <th scope="col" class="num">{say("planner.col-fail")}</th>
                    <th scope="col" class="num">{say("planner.col-available")}</th>
                    <th scope="col" class="num">{say("planner.col-down")}</th>
                </tr></thead>
                <tbody>{for rows}</tbody>
            </table>
            <p class="faint">{say("planner.independent")}</p>
        </>
    }
}

/// The availability as bars, one nine more on each line.
fn plot(chosen: usize, chance: u32) -> Html {
    /// Width, height of the bars, and room at the left and below.
    const SIZE: (u32, u32) = (332, 120);
    const ROOM: (u32, u32) = (58, 16);
    let all: Vec<u32> = (1..=MOST).map(|members| nines(members, chance)).collect();
    let most = all.iter().max().copied().unwrap_or_default();
    let lines = most.div_ceil(100).max(1);
    let each = lines.div_ceil(6);
    let top = lines.div_ceil(each) * each * 100;
    let height = |nines: u32| nines * SIZE.1 / top;
    let grid = (0..=top / 100).step_by(each as usize).map(|nines| {
        let y = 8 + SIZE.1 - height(nines * 100);
        let text = match nines {
            0 => "0 %".to_owned(),
            1 => "90 %".to_owned(),
            2 => "99 %".to_owned(),
            more if more <= 5 => format!("99.{} %", "9".repeat(more as usize - 2)),
            more => tell(key!("planner.nines"), &[("n", &more)]),
        };
        html! {
            <>
                <path d={format!("M{} {y}H{}", ROOM.0, SIZE.0)} />
                <text x={ROOM.0 - 6} y={y + 4} text-anchor="end">{text}</text>
            </>
        }
    });
    let step = (SIZE.0 - ROOM.0) / MOST as u32;
    let bars = all.iter().enumerate().map(|(place, nines)| {
        let members = place + 1;
        let (x, tall) = (ROOM.0 + place as u32 * step + 5, height(*nines).max(1));
        let kind = match members % 2 {
            _ if members == chosen => "bar chosen",
            0 => "bar even",
            _ => "bar",
        };
        html! {
            <>
                <rect class={kind} x={x} y={8 + SIZE.1 - tall}
                    width={step - 10} height={tall} />
                <text x={x + step / 2 - 5} y={8 + SIZE.1 + ROOM.1 - 2}
                    text-anchor="middle">{members}</text>
            </>
        }
    });
    html! {
        <svg class="plot" viewBox={format!("0 0 {} {}", SIZE.0, 8 + SIZE.1 + ROOM.1)} role="img"
            aria-label={tell(key!("planner.plot"), &[("percent", &percent(chance))])} aria-describedby="planner-table">
            {for grid}{for bars}
        </svg>
    }
}
