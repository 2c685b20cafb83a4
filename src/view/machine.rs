//! What is wrong with machines and links, and for how long.

use super::compose::{actor, term_of};
use super::describe::Words;
use super::describe::{length, range, share};
use super::frame::{FaultView, LinkView, MachineView};
use crate::cluster::{Action, Member, World};
use crate::sim::SimTime;
use crate::words::{key, say, tell};

pub(super) fn machine(world: &World, member: &Member) -> MachineView {
    let settings = member.settings();
    let disk = member.disk();
    let mut view = MachineView {
        remarks: Vec::new(),
        paused: settings.paused,
        delay_us: settings.delay_us,
        inbox: member.server().map_or(0, |server| server.waiting()),
        clock_rate_ppm: settings.clock.0,
        clock_offset_us: member.clock().offset(world.now()),
        disk_stalled: settings.stalled,
        unsynced: disk.unsynced(),
        written: disk.written(world.now()),
        failure: member.failure().map(str::to_owned),
    };
    let usual = world.options().disk;
    let mut remark = |wrong: bool, words: &dyn Fn() -> String| {
        if wrong {
            view.remarks.push(words());
        }
    };
    remark(settings.paused, &|| say(key!("state.paused")).to_owned());
    remark(settings.delay_us > 0, &|| {
        tell(key!("state.slow"), &[("time", &length(settings.delay_us))])
    });
    remark(settings.clock.0 != 0, &|| {
        let key = match settings.clock.0 {
            ..0 => key!("state.clock-slow"),
            _ => key!("state.clock-fast"),
        };
        tell(key, &[("rate", &share(settings.clock.0.unsigned_abs()))])
    });
    remark(settings.stalled, &|| {
        say(key!("state.disk-stalled")).to_owned()
    });
    remark(settings.disk != usual, &|| {
        let least = settings.disk.write_us.saturating_add(settings.disk.sync_us);
        let time = range(least, settings.disk.jitter_us);
        tell(key!("state.disk-needs"), &[("time", &time)])
    });
    remark(member.failure().is_some(), &|| {
        say(key!("state.refuses-to-start")).to_owned()
    });
    view
}

/// The links that are not as they were at the start.
pub(super) fn links(world: &World) -> Vec<LinkView> {
    let wrong = world.links().filter(|(_, link)| !link.is_usual());
    wrong
        .map(|((from, to), link)| {
            let settings = link.settings();
            let options = &settings.options;
            let delay = (options.latency_us, options.jitter_us);
            let usual = (link.usual().latency_us, link.usual().jitter_us);
            let mut words = Vec::new();
            if settings.cut {
                words.push(say(key!("state.cut")).to_owned());
            }
            if settings.held {
                words.push(say(key!("state.held")).to_owned());
            }
            if options.loss_ppm > 0 {
                words.push(tell(
                    key!("state.loses"),
                    &[("share", &share(options.loss_ppm))],
                ));
            }
            if options.duplicate_ppm > 0 {
                let share = share(options.duplicate_ppm);
                words.push(tell(key!("state.doubles"), &[("share", &share)]));
            }
            if delay != usual {
                words.push(range(delay.0, delay.1));
            }
            LinkView {
                from: actor(from),
                to: actor(to),
                cut: settings.cut,
                held: settings.held,
                loss_ppm: options.loss_ppm,
                duplicate_ppm: options.duplicate_ppm,
                delay_us: (delay != usual).then_some(delay),
                label: words.join(", "),
            }
        })
        .collect()
}

/// What ends by itself, and what is planned.
pub(super) fn faults(world: &World) -> Vec<FaultView> {
    let view = |action: &Action, at: SimTime, planned: bool| {
        let term_of = |id| term_of(world, id);
        let mut words = Words::new(&term_of);
        words.deed(action);
        FaultView {
            sentence: words.spans,
            at,
            planned,
        }
    };
    let active = world
        .active_faults()
        .map(|fault| view(fault.action, fault.until, false));
    let planned = world.plans().map(|(action, at)| view(action, at, true));
    active.chain(planned).collect()
}
