//! The panel of the branches: switch, rename, compare, delete.

use super::super::drawn::Part;
use super::super::message::{Message, Panel};
use super::super::parts::{button, click, icon_button};
use super::Time;
use crate::timeline::BranchId;
use crate::ui::dom::html;
use crate::view::timeline::BranchView;
use crate::words::{key, say, tell};
use web_sys::HtmlInputElement;
use yew::prelude::*;

/// The panel.
#[derive(PartialEq)]
pub struct BranchPanel {
    /// All branches; none if there is one only.
    pub branches: Vec<BranchView>,
    /// The branch of which it is asked whether it shall be deleted.
    pub deleting: Option<BranchId>,
    /// The branch that the current one was compared with, and what came of it.
    pub compared: Option<(BranchId, Vec<String>)>,
    /// What went wrong.
    pub trouble: Option<String>,
    /// Where messages go.
    pub send: Callback<Message>,
}

impl Part for BranchPanel {
    fn view(&self) -> Html {
        let close = Message::TogglePanel(Panel::Branches);
        let branches = self.branches.iter();
        html! {
            <section class="panel branches" aria-label={say("time.branches")}>
                <div class="row between">
                    <h2>{say("time.branches")}</h2>
                    {icon_button("close-branches", say(key!("stage.close")), html! { "×" }, &self.send, close)}
                </div>
                if self.branches.is_empty() {
                    <p class="dim">{say("time.one-branch")}</p>
                }
                <ul>{for branches.map(|branch| self.row(branch))}</ul>
                <p class="error" role="alert">{self.trouble.clone()}</p>
            </section>
        }
    }
}

impl BranchPanel {
    fn row(&self, branch: &BranchView) -> Html {
        let (send, id) = (&self.send, branch.id);
        let rename = send.reform(move |event: Event| {
            let field = event.target_unchecked_into::<HtmlInputElement>();
            Message::Time(Time::Rename(id, field.value()))
        });
        let name = tell(key!("time.name-of"), &[("branch", &branch.name)]);
        let about = tell(
            key!("time.about"),
            &[
                ("from", &branch.fork),
                ("to", &branch.end),
                ("actions", &branch.actions),
            ],
        );
        let compared = self.compared.as_ref().filter(|(other, _)| *other == id);
        html! {
            <li key={u64::from(id.0)} data-branch={id.0} data-current={branch.current}>
                <input type="text" value={branch.name.clone()} maxlength="60" aria-label={name} onchange={rename} />
                <span class="faint">{about}</span>
                if branch.current {
                    <b>{say("time.here")}</b>
                } else {
                    <span class="row">
                        {button("btn", say(key!("time.go")), send, Message::Time(Time::Switch(id)))}
                        <button type="button" class="btn" aria-expanded={compared.is_some()}
                            onclick={click(send, Message::Time(Time::Compare(id)))}>{say("time.compare")}</button>
                        {button("btn", say(key!("time.delete")), send, Message::Time(Time::AskDelete(Some(id))))}
                    </span>
                }
                if self.deleting == Some(id) {
                    <p class="row" role="alert">
                        {tell(key!("time.really"), &[("branch", &branch.name)])}
                        {button("btn", say(key!("time.delete-it")), send, Message::Time(Time::Delete(id)))}
                        {button("btn", say(key!("time.keep-it")), send, Message::Time(Time::AskDelete(None)))}
                    </p>
                }
                if let Some((_, lines)) = compared {
                    <div class="compared" role="status" data-testid="compared">
                        {for lines.iter().map(|line| html! { <p>{line.clone()}</p> })}
                    </div>
                }
            </li>
        }
    }
}
