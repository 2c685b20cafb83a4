//! The operations of the clients, as a chart over time, and the page of the one that is chosen.

use super::Ask;
use crate::ui::dom::{component, html};
use crate::ui::drawn::Part;
use crate::ui::message::Message;
use crate::ui::parts::{button, click, pair, text, typed};
use crate::ui::sequence::{Chart, ChartKind, ChartProps, Pace};
use crate::ui::slices::Shared;
use crate::ui::why;
use crate::ui::words;
use crate::view::clients::OperationPage;
use crate::view::geometry::Point;
use crate::view::sequence::{Look, Picture};
use crate::view::why::Topic;
use crate::words::{key, say};
use yew::prelude::*;

/// The tab's content.
#[derive(Clone, PartialEq)]
pub struct ClientsPanel {
    /// The chart, once its size is known.
    pub picture: Option<Shared<Picture>>,
    /// What lies under the pointer.
    pub tip: Option<(Point, String)>,
    /// How the chart moves with the playhead.
    pub pace: Pace,
    /// The chart fits itself to what was asked for.
    pub fits: bool,
    /// The operation that is chosen, in words.
    pub chosen: Option<String>,
    /// Its page.
    pub operation: Option<Shared<OperationPage>>,
    /// How the keys begin.
    pub prefix: String,
    /// Where messages go.
    pub send: Callback<Message>,
}

impl Part for ClientsPanel {
    fn view(&self) -> Html {
        let oninput = self
            .send
            .reform(|event: InputEvent| Ask::ClientsPrefix(typed(&event)).into());
        let empty = self
            .picture
            .as_ref()
            .is_some_and(|picture| picture.lanes.iter().all(|lane| lane.of.is_some()));
        let chart = ChartProps {
            kind: ChartKind::Clients,
            picture: self.picture.clone(),
            tip: self.tip.clone(),
            chosen: self.chosen.clone(),
            pace: self.pace,
            can_fit: !self.fits,
            send: self.send.clone(),
        };
        html! {
            <div class="clients-tab">
                <input id="clients-prefix" type="text" autocomplete="off" autocapitalize="off" spellcheck="false"
                    aria-label={say("clients.prefix")} placeholder={say("keys.prefix")}
                    value={self.prefix.clone()} {oninput} />
                {component::<Chart>(chart)}
                if empty { <p class="clients-empty faint">{self.emptiness()}</p> }
                {legend(self.picture.as_deref())}
                if let Some(page) = &self.operation { {self.page(page)} }
            </div>
        }
    }
}

/// The looks that are in sight, each with its name.
fn legend(picture: Option<&Picture>) -> Html {
    let samples = [
        (Look::Write, say(key!("clients.legend.write"))),
        (Look::Operation, say(key!("clients.legend.read"))),
        (Look::Open, say(key!("clients.legend.open"))),
        (Look::Refused, say(key!("clients.legend.refused"))),
        (Look::Effect, say(key!("clients.legend.effect"))),
        (Look::Contradiction, say(key!("clients.legend.against"))),
    ];
    let in_sight = |look: Look| {
        picture.is_some_and(|picture| picture.shapes.iter().any(|shape| shape.look == look))
    };
    let samples = samples.into_iter().filter(|(look, _)| in_sight(*look));
    let samples = samples.map(|(look, name)| {
        let shape = match look {
            Look::Effect => html! { <path class={look.class()} d="M8 1l3.5 4l-3.5 4l-3.5 -4z" /> },
            Look::Open => html! { <path class={look.class()} d="M16 1H1V9H16" /> },
            _ => html! { <rect class={look.class()} x="1" y="1" width="14" height="8" /> },
        };
        html! { <li><svg class="sequence" width="16" height="10" aria-hidden="true">{shape}</svg>{name}</li> }
    });
    html! { <ul class="clients-legend" aria-label={say("clients.legend")}>{for samples}</ul> }
}

impl ClientsPanel {
    /// Why there is nothing in the chart.
    fn emptiness(&self) -> &'static str {
        match (self.fits, self.prefix.is_empty()) {
            (true, true) => say(key!("clients.empty")),
            (true, false) => say(key!("clients.empty-prefix")),
            (false, _) => say(key!("clients.elsewhere")),
        }
    }

    fn page(&self, page: &OperationPage) -> Html {
        let send = &self.send;
        let moment = |name: &'static str, at: Option<crate::sim::SimTime>| {
            let Some(time) = at else {
                return Html::default();
            };
            let moment = button("moment", words::seconds(time), send, Ask::At(time).into());
            pair(name, moment)
        };
        let about = why::Ask::About(Topic::Operation(page.id));
        html! {
            <section class="sect operation" data-testid="operation" aria-label={say("clients.page")}>
                <div class="row between">
                    <code>{page.command.clone()}</code>
                    <button type="button" class="btn ghost icon" aria-label={say("stage.close")}
                        onclick={click(send, Ask::NoOperation.into())}>{"×"}</button>
                </div>
                <p class="dim">{format!("{} → {}", page.client, page.member)}</p>
                <dl>
                    {moment(say(key!("clients.called")), Some(page.called))}
                    {moment(say(key!("clients.took-effect")), page.effect)}
                    {moment(say(key!("clients.returned")), page.returned)}
                    if !page.answer.is_empty() {
                        {pair(say(key!("clients.answer")), match page.unknown {
                            true => text("span", "warn", format!("{} · {}", page.answer, say(key!("clients.not-known")))),
                            false => page.answer.clone().into(),
                        })}
                    }
                </dl>
                <p class="row">
                    {button("btn", say(key!("why.page.ask")), send, about.into())}
                    if page.against.is_some() {
                        <span class="error">{format!("✕ {}", say(key!("clients.contradicts")))}</span>
                        {button("btn", say(key!("clients.evidence")), send, Message::Show(crate::ui::message::Tab::Checks))}
                    }
                </p>
            </section>
        }
    }
}
