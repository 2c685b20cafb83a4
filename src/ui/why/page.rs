//! The tab: the questions that make sense now, or one with its answer.

use super::card::{copy_sign, copy_words, life_table};
use super::{Ask, Page};
use crate::timeline::Position;
use crate::ui::dom::html;
use crate::ui::drawn::Part;
use crate::ui::hue::term_style;
use crate::ui::message::Message;
use crate::ui::parts::click;
use crate::ui::slices::Shared;
use crate::ui::{spans, words};
use crate::view::why::{Life, Reason, RuleView, Tone, Why};
use crate::words::{key, tell, translate};
use yew::prelude::*;

/// The tab's content.
#[derive(PartialEq)]
pub struct WhyPanel {
    /// What it shows.
    pub page: Shared<Page>,
    /// Where messages go.
    pub send: Callback<Message>,
}

impl Part for WhyPanel {
    fn view(&self) -> Html {
        let page = &self.page;
        html! {
            <div class="why" data-testid="why">
                {match &page.why {
                    Some(why) => self.answer(why),
                    None => self.questions(),
                }}
            </div>
        }
    }
}

impl WhyPanel {
    fn ask(&self, ask: Ask) -> Callback<MouseEvent> {
        click(&self.send, ask.into())
    }

    fn questions(&self) -> Html {
        let offers = self.page.offers.iter().map(|offer| {
            html! {
                <li><button type="button" class="btn question" onclick={self.ask(Ask::About(offer.topic))}>
                    <span>{spans::html(&offer.question)}</span>
                </button></li>
            }
        });
        html! {
            <div class="sect">
                <h2>{say("why.page.all")}</h2>
                <p class="faint">{say("why.page.hint")}</p>
                <ul class="questions">{for offers}</ul>
            </div>
        }
    }

    fn answer(&self, why: &Why) -> Html {
        let page = &self.page;
        let tone = match why.tone {
            Tone::Good => "good",
            Tone::Open => "open",
            Tone::Bad => "bad",
        };
        let reasons = why.chain.iter().map(|reason| self.reason(reason));
        html! {
            <>
                <div class="sect" data-tone={tone}>
                    <button type="button" class="btn ghost why-all" onclick={self.ask(Ask::All)}>
                        {"‹ "}{say("why.page.all")}
                    </button>
                    <h3 class="why-question" data-testid="why-question">{spans::html(&why.question)}</h3>
                    if let Some(life) = &page.life { {entry(life)} }
                    if page.now < page.asked {
                        <p class="why-then">
                            <span>{tell(key!("why.page.as-of"), &[("time", &page.asked.time)])}</span>
                            <button type="button" class="btn" onclick={self.ask(Ask::Back)}>{say("why.page.back")}</button>
                        </p>
                    }
                    <ol class="why-chain">{for reasons}</ol>
                    if let Some(rule) = &why.rule { {rule_box(rule)} }
                </div>
                if let Some(life) = &page.life {
                    <div class="sect">
                        <h2>{say("why.life.title")}</h2>
                        {life_table(life, Some(&|at| self.moment(at)))}
                    </div>
                }
            </>
        }
    }

    fn reason(&self, reason: &Reason) -> Html {
        let here = reason.at.is_some_and(|at| at.step == self.page.now.step);
        html! {
            <li aria-current={here.then_some("step")}>
                <span>{spans::html(&reason.sentence)}</span>
                <span class="why-links">
                    if let Some(at) = reason.at { {self.moment(at)} }
                    if let Some(topic) = reason.topic {
                        <button type="button" class="why-more" onclick={self.ask(Ask::About(topic))}>
                            {say("why.page.ask")}
                        </button>
                    }
                </span>
            </li>
        }
    }

    /// A link to a moment.
    fn moment(&self, at: Position) -> Html {
        html! {
            <button type="button" class="moment" onclick={self.ask(Ask::Go(at))}
                aria-label={tell(key!("why.page.go"), &[("time", &at.time)])}>
                {words::seconds(at.time)}
            </button>
        }
    }
}

/// The entry with a chip per member.
fn entry(life: &Life) -> Html {
    let chips = life.copies.iter().map(|copy| {
        let label = format!("{}: {}", words::member(copy.member), copy_words(copy));
        html! {
            <li class="copy" style={term_style(life.term)} data-member={copy.member}
                data-there={copy.state.is_there()} title={label.clone()}>
                <span aria-hidden="true">{copy.member.0}{" "}{copy_sign(copy)}</span>
                <span class="visually-hidden">{label}</span>
            </li>
        }
    });
    html! {
        <>
            <p class="row"><code>{life.command.clone()}</code>
                <span class="term" style={term_style(life.term)}>{tell(key!("why.life.term"), &[("term", &life.term)])}</span></p>
            <ul class="copies">{for chips}</ul>
        </>
    }
}

/// The rule, where it comes from, and what it protects.
fn rule_box(rule: &RuleView) -> Html {
    html! {
        <div class="why-rule" data-testid="why-rule">
            <p>{rule.sentence}</p>
            <p class="faint">{tell(key!("why.page.rule"), &[("section", &translate(rule.section)), ("property", &translate(rule.property))])}</p>
            if let Some(without) = rule.off {
                <p class="warn">{"⚠ "}{tell(key!("why.page.rule-off"), &[("without", &without)])}</p>
            }
        </div>
    }
}
