//! The parts of the page, with what each of them shows.

use super::App;
use super::turns::Slot;
use crate::sim::SimTime;
use crate::ui::console::Console;
use crate::ui::dom::{component, html};
use crate::ui::drawn::drawn;
use crate::ui::help::Help;
use crate::ui::hints::Hints;
use crate::ui::inspector::Inspector;
use crate::ui::left::Left;
use crate::ui::logs::{Logs, LogsProps};
use crate::ui::message::{Panel, Place, Sheet, StageView};
use crate::ui::parts::{definition_box, stage_switch};
use crate::ui::recording::{Opening, SharePanel, Trouble};
use crate::ui::sentence::Sentence;
use crate::ui::sequence::{Chart, ChartKind, ChartProps};
use crate::ui::stage::{Stage, StageProps};
use crate::ui::timeline::{BranchPanel, Timeline};
use crate::ui::topbar::TopBar;
use crate::ui::transport::{Clock, Transport};
use crate::ui::why;
use crate::ui::write::Write;
use crate::view::timeline::branches;
use crate::words::language;
use yew::prelude::*;

impl App {
    /// All of it.
    pub(super) fn page(&self) -> Html {
        html! {
            <>
                // Another language is another page: nothing of it stays as it was drawn.
                <div class="page" key={language().tag()}>
                    {self.turns.show(Slot::TopBar, || drawn(self.top_bar()))}
                    <main>
                        if self.model.left.open { {drawn(self.left())} }
                        {self.stage_column()}
                        {self.turns.show(Slot::Inspector, || drawn(self.inspector()))}
                        {drawn(why::card(self.model.why.card.clone()))}
                    </main>
                    <footer class="transport" aria-label={say("play.title")}>
                        {drawn(self.transport())}
                        {self.turns.show(Slot::Timeline, || drawn(self.timeline()))}
                        {self.turns.show(Slot::Clock, || drawn(self.clock()))}
                    </footer>
                    if self.model.panel == Some(Panel::Branches) { {drawn(self.branches())} }
                    if self.model.panel == Some(Panel::Help) {
                        {drawn(Help { send: self.send.clone() })}
                    }
                    {self.dialogs()}
                    if self.model.hints { {drawn(Hints { send: self.send.clone() })} }
                    {definition_box(self.model.definition.as_ref())}
                </div>
            </>
        }
    }

    fn top_bar(&self) -> TopBar {
        let model = &self.model;
        let open = model.panel == Some(Panel::NewCluster);
        TopBar {
            vitals: model.panels.vitals.clone(),
            cluster: open.then(|| model.cluster.clone()),
            notice: model.notice_at(Place::NewCluster),
            dark: model.dark,
            left_open: model.left.open,
            share_open: model.panel == Some(Panel::Share),
            send: self.send.clone(),
        }
    }

    fn left(&self) -> Left {
        Left {
            tab: self.model.left.tab,
            page: self.model.left.page(),
            send: self.send.clone(),
        }
    }

    fn stage_column(&self) -> Html {
        let (model, slices, panels) = (&self.model, &self.model.slices, &self.model.panels);
        let send = || self.send.clone();
        let sentence = Sentence {
            sentence: panels.sentence.clone(),
            said: self.said.clone(),
            modified: panels.vitals.modified.clone(),
            send: send(),
        };
        let stage = || StageProps {
            vitals: slices.vitals.clone(),
            ids: slices.ids.clone(),
            members: slices.members.clone(),
            groups: slices.groups.clone(),
            links: slices.links.clone(),
            unstarted: slices.unstarted.clone(),
            flights: slices.flights.clone(),
            losses: slices.losses.clone(),
            clients: slices.clients.clone(),
            selected: model.selected,
            tools: model.tools.clone(),
            bar: model.bar,
            panel: model.panel,
            cut: model.cut.clone(),
            notice: model.notice_at(Place::Stage),
            cut_notice: model.notice_at(Place::Cut),
            send: send(),
        };
        let logs = LogsProps {
            columns: panels.columns,
            rows: panels.rows.clone(),
            members: panels.members.clone(),
            selected: model.selected,
            entry: model.why.entry(),
            open: model.sheet == Some(Sheet::Log),
            send: send(),
        };
        html! {
            <div class="stagecol">
                <div class="stagewrap">
                {stage_switch(model.stage_view, &self.send)}
                if model.stage_view == StageView::Sequence { {self.sequence()} } else {
                    {component::<Stage>(stage())}
                }
                </div>
                {drawn(sentence)}
                {component::<Logs>(logs)}
                {self.turns.show(Slot::Write, || drawn(self.write()))}
            </div>
        }
    }

    fn write(&self) -> Write {
        let model = &self.model;
        let send = || self.send.clone();
        let console = model.console.open.then(|| Console {
            shown: model.console.shown.clone(),
            prompt: model.console.prompt(model.write.member),
            line: model.console.line.clone(),
            busy: model.console.is_busy(),
            member: model.write.member,
            send: send(),
        });
        Write {
            console,
            ids: model.panels.ids.clone(),
            draft: model.write.clone(),
            answers: model.answers.clone(),
            followed: model.can_be_followed(),
            notice: model.notice_at(Place::Write),
            open: model.sheet == Some(Sheet::Write),
            send: send(),
        }
    }

    fn sequence(&self) -> Html {
        let state = &self.model.sequence;
        component::<Chart>(ChartProps {
            kind: ChartKind::Sequence,
            picture: state.picture.clone(),
            tip: state.pane.tip.clone(),
            chosen: self.model.chosen_words(),
            pace: self.model.sequence_pace(),
            can_fit: false,
            send: self.send.clone(),
        })
    }

    fn inspector(&self) -> Inspector {
        let (model, slices) = (&self.model, &self.model.panels);
        Inspector {
            member: slices.member(model.selected).cloned(),
            command: model.start_command(),
            tools: model.tools.clone(),
            message: model.message.clone(),
            ids: slices.ids.clone(),
            clients: slices.clients.clone(),
            links: slices.links.clone(),
            faults: slices.faults.clone(),
            recent: slices.recent.clone(),
            playing: model.playback.playing,
            tab: model.tab,
            shown: model.shown_tab(&self.send),
            why: model.why.page.clone(),
            notice: model.notice_at(Place::Inspector),
            open: model.sheet == Some(Sheet::Member),
            send: self.send.clone(),
        }
    }

    fn transport(&self) -> Transport {
        let model = &self.model;
        Transport {
            playing: model.playback.playing,
            speed: model.playback.speed,
            step_by: model.timeline.step_by,
            sheet: model.sheet,
            left_open: model.left.open,
            send: self.send.clone(),
        }
    }

    fn clock(&self) -> Clock {
        let session = &self.model.session;
        let current = session.current_branch();
        let branch = session.branches().find(|branch| branch.id == current);
        Clock {
            step: self.model.panels.step,
            seed: session.seed(),
            branch: branch.map(|branch| branch.name).unwrap_or_default(),
            live: session.is_live(),
            branches_open: self.model.panel == Some(Panel::Branches),
            send: self.send.clone(),
        }
    }

    fn timeline(&self) -> Timeline {
        let (session, timeline) = (&self.model.session, &self.model.timeline);
        let milliseconds = |time: SimTime| time.0 / 1_000;
        let still = !self.model.playback.playing;
        Timeline {
            picture: timeline.picture.clone(),
            hover: timeline.hover.clone(),
            told: timeline.told.clone(),
            playhead: timeline.playhead.clone(),
            place: match still {
                true => (
                    milliseconds(session.now()),
                    milliseconds(session.end().time),
                ),
                false => (0, milliseconds(timeline.picture.window.to())),
            },
            send: self.send.clone(),
        }
    }

    /// What lies over the page because of runs that come and go.
    fn dialogs(&self) -> Html {
        let recording = &self.model.recording;
        let send = || self.send.clone();
        html! {
            <>
                if self.model.panel == Some(Panel::Share) {
                    {drawn(SharePanel {
                        shared: recording.shared.clone(),
                        before: recording.before.is_some(),
                        send: send(),
                    })}
                }
                if let Some(progress) = recording.progress() { {drawn(Opening { progress, send: send() })} }
                if let Some(error) = recording.error.clone() {
                    {drawn(Trouble { error, kept: recording.unopened.is_some(), send: send() })}
                }
            </>
        }
    }

    fn branches(&self) -> BranchPanel {
        let (timeline, window) = (&self.model.timeline, self.model.window());
        BranchPanel {
            branches: branches(&self.model.session, window, timeline.picture.width),
            deleting: timeline.deleting,
            compared: timeline.compared.clone(),
            trouble: timeline.trouble.clone(),
            send: self.send.clone(),
        }
    }
}
