//! What is checked after every step, and what came of it.

use super::Ask;
use crate::cluster::Property;
use crate::timeline::Position;
use crate::ui::dom::html;
use crate::ui::drawn::Part;
use crate::ui::message::Message;
use crate::ui::parts::{click, text};
use crate::ui::slices::Shared;
use crate::ui::words;
use crate::view::checks::{Asked, CheckRow, ChecksView, RuleOff, Verdict, ViolationView};
use crate::words::{key, say, tell};
use yew::prelude::*;

/// The tab's content.
#[derive(Clone, PartialEq)]
pub struct ChecksPanel {
    /// The checks.
    pub view: Shared<ChecksView>,
    /// Where messages go.
    pub send: Callback<Message>,
}

impl Part for ChecksPanel {
    fn view(&self) -> Html {
        let view = &self.view;
        let rules = view.rules.iter().map(rule);
        html! {
            <div class="checks" data-testid="checks">
                <div class="sect">
                    <h2>{say("checks.about")}</h2>
                    if view.violated == 0 {
                        <p><span class="ok">{"✓ "}</span>{tell(key!("checks.held"), &[("n", &grouped(view.checked))])}</p>
                    } else {
                        <p class="error">{format!("✕ {}", tell(key!("checks.broken"), &[("n", &view.violated)]))}</p>
                    }
                    <ul class="check-list">{for view.rows.iter().map(|row| self.row(row))}</ul>
                </div>
                if !view.rules.is_empty() {
                    <div class="sect">
                        <h2>{say("checks.rules")}</h2>
                        <ul class="check-list">{for rules}</ul>
                    </div>
                }
            </div>
        }
    }
}

/// A number with its digits in groups of three.
fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::new();
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            text.push('\u{202f}');
        }
        text.push(digit);
    }
    text
}

fn rule(rule: &RuleOff) -> Html {
    let fills: [(&str, &dyn std::fmt::Display); 2] =
        [("section", &rule.section), ("property", &rule.property)];
    html! {
        <li class="rule-off">
            <p>{rule.sentence}</p>
            <p class="warn">{format!("⚠ {}", tell(key!("checks.rule-off"), &[("without", &rule.without)]))}</p>
            <p class="faint">{tell(key!("checks.rule"), &fills)}</p>
        </li>
    }
}

impl ChecksPanel {
    fn row(&self, row: &CheckRow) -> Html {
        let linear = row.property == Property::Linearizability;
        let (class, sign, verdict) = match row.verdict {
            Verdict::Violated if linear => {
                ("error", "✕", say(key!("checks.linear.violated")).to_owned())
            }
            Verdict::Violated => (
                "error",
                "✕",
                tell(key!("checks.violated"), &[("n", &row.violated)]),
            ),
            Verdict::Unknown { budget, groups } => {
                let fills: [(&str, &dyn std::fmt::Display); 2] =
                    [("groups", &groups), ("budget", &grouped(budget))];
                ("warn", "?", tell(key!("checks.unknown"), &fills))
            }
            Verdict::NotYet if row.later.is_none() => {
                ("faint", "·", say(key!("checks.not-yet")).to_owned())
            }
            Verdict::Holds | Verdict::NotYet => match row.later {
                Some(at) => (
                    "warn",
                    "✓",
                    tell(key!("checks.later"), &[("time", &at.time)]),
                ),
                None if linear => ("ok", "✓", say(key!("checks.linear.holds")).to_owned()),
                None => ("ok", "✓", say(key!("checks.holds")).to_owned()),
            },
        };
        let told = !matches!(row.verdict, Verdict::Holds) || row.later.is_some() || linear;
        let more = row.violated.saturating_sub(row.violations.len() as u64);
        html! {
            <li>
                <details open={!row.violations.is_empty()} data-property={row.property.name()} data-verdict={class}>
                    <summary>
                        <span class={class} aria-hidden="true">{sign}</span>
                        <span>{row.name.clone()}{" "}
                            {text("span", if told { class } else { "visually-hidden" }, verdict)}</span>
                        <span class="mono faint">{tell(key!("checks.count"), &[("n", &grouped(row.checked))])}</span>
                    </summary>
                    <p class="faint">{row.demand}</p>
                    {for row.violations.iter().map(|violation| self.violation(violation, linear))}
                    if more > 0 && !row.violations.is_empty() {
                        <p class="faint">{tell(key!("checks.more"), &[("n", &more)])}</p>
                    }
                </details>
            </li>
        }
    }

    fn violation(&self, violation: &ViolationView, linear: bool) -> Html {
        let names = [say(key!("checks.earlier")), say(key!("checks.after"))];
        let evidence = violation
            .evidence
            .iter()
            .zip(names)
            .map(|(evidence, name)| {
                let here = evidence.at.step == self.view.now.step;
                html! {
                    <li aria-current={here.then_some("step")}>
                        <span><b>{name}</b>{" "}{evidence.claim.clone()}</span>
                        {self.moment(evidence.at)}
                    </li>
                }
            });
        html! {
            <div class="evidence" data-testid="evidence">
                <ol>{for evidence}</ol>
                if !violation.against.is_empty() {
                    if linear { <h3>{say("checks.against")}</h3> }
                    {self.operations(&violation.against)}
                }
                if linear {
                    <h3>{say("checks.ordered")}</h3>
                    <p class="faint">{match violation.ordered.is_empty() {
                        true => say(key!("checks.ordered-none")),
                        false => say(key!("checks.ordered-after")),
                    }}</p>
                    {self.operations(&violation.ordered)}
                }
            </div>
        }
    }

    fn operations(&self, operations: &[Asked]) -> Html {
        let row = |asked: &Asked| {
            html! {
                <li><button type="button" class="asked" title={say("checks.in-clients")}
                    onclick={click(&self.send, Ask::Operation(asked.id).into())}>
                    {asked.client.clone()}{": "}<code>{asked.words.clone()}</code></button></li>
            }
        };
        html! { <ol class="asked-list">{for operations.iter().map(row)}</ol> }
    }

    /// A link to a moment.
    fn moment(&self, at: Position) -> Html {
        html! {
            <button type="button" class="moment" onclick={click(&self.send, Ask::Go(at).into())}
                aria-label={tell(key!("why.page.go"), &[("time", &at.time)])}>{words::seconds(at.time)}</button>
        }
    }
}
