//! Message deliveries per second: the bare core, and the whole world without and with checkers.

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use quorum::load::{CoreLoad, WorldLoad};
use std::hint::black_box;

const DELIVERIES: u64 = 10_000;

fn throughput(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("deliveries");
    group.throughput(Throughput::Elements(DELIVERIES));
    for under_way in [1, 64] {
        for members in [3, 5, 9] {
            let of = format!("{members} members, {under_way} under way");
            let mut load = CoreLoad::new(members, under_way);
            group.bench_function(format!("core, {of}"), |bench| {
                bench.iter(|| load.run(black_box(DELIVERIES)));
            });
            for (checked, name) in [(false, "world"), (true, "world with checkers")] {
                let mut load = WorldLoad::new(members as usize, under_way, checked);
                group.bench_function(format!("{name}, {of}"), |bench| {
                    bench.iter(|| load.run(black_box(DELIVERIES)));
                });
            }
        }
    }
    group.finish();
}

criterion_group!(benches, throughput);
criterion_main!(benches);
