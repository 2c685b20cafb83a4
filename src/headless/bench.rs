//! `quorum-headless bench`: how fast it is.

#[cfg(feature = "comparison")]
use super::comparison::TikvLoad;
use crate::load::{CoreLoad, WorldLoad, minutes};
use serde_json::json;
use std::io::{self, Write};
use std::time::Instant;

/// What `bench` is told.
#[derive(clap::Args, Debug)]
pub(super) struct Bench {
    /// Print one JSON object per line, with `name`, `unit` and `runs`
    #[arg(long)]
    json: bool,
    /// Measure everything so many times
    #[arg(long, value_name = "N", default_value_t = 5)]
    runs: usize,
    /// Deliver so many messages in each run
    #[arg(long, value_name = "N", default_value_t = 200_000)]
    deliveries: u64,
    /// Only what has this in its name
    #[arg(value_name = "TEXT", default_value = "")]
    filter: String,
}

/// Something to measure: it works, and returns how much it did.
type Load = Box<dyn FnMut() -> u64>;

/// Measures everything.
pub(super) fn run(options: &Bench, out: &mut impl Write) -> io::Result<u8> {
    let deliveries = options.deliveries;
    for under_way in [1, 64] {
        for members in [3, 5, 7, 9] {
            let of = format!("{members} members, {under_way} under way");
            #[cfg(feature = "comparison")]
            {
                let mut load = TikvLoad::new(members, under_way);
                let work = move || {
                    load.run(deliveries);
                    deliveries
                };
                options.measure(
                    out,
                    &format!("raft-rs, {of}"),
                    "deliveries/s",
                    Box::new(work),
                )?;
            }
            let mut load = CoreLoad::new(members, under_way);
            let work = move || {
                load.run(deliveries);
                deliveries
            };
            options.measure(out, &format!("core, {of}"), "deliveries/s", Box::new(work))?;
            for (checked, name) in [(false, "world"), (true, "world with checkers")] {
                let new = move || WorldLoad::new(members as usize, under_way, checked);
                let (mut load, name) = (new(), format!("{name}, {of}"));
                let work = move || {
                    load.run(deliveries);
                    deliveries
                };
                options.measure(out, &name, "deliveries/s", Box::new(work))?;
                let mut load = new();
                let work = move || load.run(deliveries);
                options.measure(out, &name, "events/s", Box::new(work))?;
            }
        }
    }
    for length in [1, 10] {
        let name = format!("run of {length} simulated minutes, 20 writes per second");
        options.measure(out, &name, "events/s", Box::new(move || minutes(length)))?;
    }
    Ok(0)
}

impl Bench {
    fn measure(
        &self,
        out: &mut impl Write,
        name: &str,
        unit: &str,
        mut load: Load,
    ) -> io::Result<()> {
        if !name.contains(&self.filter) {
            return Ok(());
        }
        // Once to warm up.
        load();
        let runs: Vec<u64> = (0..self.runs.max(1))
            .map(|_| {
                let started = Instant::now();
                let work = load();
                (work as f64 / started.elapsed().as_secs_f64().max(1e-9)) as u64
            })
            .collect();
        if self.json {
            let line = json!({ "name": name, "unit": unit, "runs": runs });
            writeln!(out, "{line}")?;
        } else {
            let (low, high) = (runs.iter().min(), runs.iter().max());
            let (low, high) = (low.unwrap_or(&0), high.unwrap_or(&0));
            writeln!(out, "{name:<58} {low:>9} to {high:>9} {unit}")?;
        }
        out.flush()
    }
}
