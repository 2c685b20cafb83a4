use super::*;
use crate::cluster::Header;
use crate::kv::{
    DeleteRangeRequest, KeyValue, PutRequest, Request, RequestOp, Revision, TxnRequest,
};

/// `a` at 2, `b` at 3, both at once at 4, `a` deleted at 5, `b` again at 6.
fn past() -> Past {
    let put = |key: &'static str, value: &'static str| PutRequest {
        key: key.into(),
        value: value.into(),
        ..PutRequest::default()
    };
    let both = TxnRequest {
        success: vec![RequestOp::Put(put("b", "4")), RequestOp::Put(put("a", "4"))],
        ..TxnRequest::default()
    };
    let delete = DeleteRangeRequest {
        key: "a".into(),
        ..DeleteRangeRequest::default()
    };
    Past::of([
        Request::Put(put("a", "2")),
        Request::Put(put("b", "3")),
        Request::Txn(both),
        Request::DeleteRange(delete),
        Request::Put(put("b", "6")),
    ])
}

fn kv(key: &'static str, (created, modified, version): (u64, u64, u64)) -> KeyValue {
    KeyValue {
        key: key.into(),
        value: modified.to_string().into(),
        create_revision: Revision(created),
        mod_revision: Revision(modified),
        version,
        ..KeyValue::default()
    }
}

fn put(key: &'static str, numbers: (u64, u64, u64)) -> Event {
    Event {
        kind: EventType::Put,
        kv: kv(key, numbers),
        prev_kv: None,
    }
}

fn deleted(key: &'static str, revision: u64) -> Event {
    Event {
        kind: EventType::Delete,
        kv: KeyValue {
            key: key.into(),
            mod_revision: Revision(revision),
            ..KeyValue::default()
        },
        prev_kv: None,
    }
}

/// Everything that happens, revision by revision.
fn all() -> Vec<Vec<Event>> {
    vec![
        vec![put("a", (2, 2, 1))],
        vec![put("b", (3, 3, 1))],
        vec![put("b", (3, 4, 2)), put("a", (2, 4, 2))],
        vec![deleted("a", 5)],
        vec![put("b", (3, 6, 3))],
    ]
}

fn everything(start_revision: i64) -> WatchRequest {
    WatchRequest {
        key: "a".into(),
        range_end: "z".into(),
        start_revision,
        ..WatchRequest::default()
    }
}

/// A watch under test.
struct Trial {
    watches: Watches,
    report: Report,
    past: Past,
    operation: u64,
    parts: u64,
}

const RUN: RunId = RunId(1);

impl Trial {
    fn new(request: WatchRequest) -> Trial {
        let mut trial = Trial {
            watches: Watches::default(),
            report: Report::default(),
            past: past(),
            operation: 0,
            parts: 0,
        };
        trial.begins(&request);
        trial
    }

    /// A stream begins, perhaps not the first.
    fn begins(&mut self, request: &WatchRequest) {
        self.operation += 1;
        self.parts = 0;
        let question = Question {
            run: RUN,
            number: 1,
        };
        let operation = OperationId(self.operation);
        self.watches
            .called(&self.report, operation, question, request, true);
        let created = WatchAnswer {
            created: true,
            ..WatchAnswer::default()
        };
        self.part(created, 3, false);
    }

    fn answer(part: WatchAnswer, revision: u64) -> Answer {
        Answer {
            header: Header {
                revision,
                ..Header::default()
            },
            body: AnswerBody::Watch(part.into()),
        }
    }

    fn part(&mut self, part: WatchAnswer, revision: u64, said: bool) {
        self.parts += 1;
        let answer = Arc::new(Trial::answer(part, revision));
        let number = (OperationId(self.operation), self.parts);
        let report = self.report.at(self.operation * 100 + self.parts);
        self.watches.arrived(report, &self.past, number, &answer);
        if said {
            self.watches.says(report, RUN, &answer);
        }
        self.watches.end_step(report);
    }

    /// Events come, and the program says so.
    fn told(&mut self, events: Vec<Event>) {
        let part = WatchAnswer {
            events,
            ..WatchAnswer::default()
        };
        self.part(part, 6, true);
    }

    fn violated(&mut self) -> usize {
        let found = self.report.violated();
        assert!(found.iter().all(|it| *it == Property::WholeWatches));
        found.len()
    }
}

/// The parts one after the other, from a revision on: how many were wrong.
fn check(start: i64, parts: Vec<Vec<Event>>) -> usize {
    let mut trial = Trial::new(everything(start));
    for events in parts {
        trial.told(events);
    }
    trial.violated()
}

#[test]
fn all_in_order_is_right_however_it_is_packed() {
    assert_eq!(check(2, all()), 0);
    assert_eq!(check(2, vec![all().concat()]), 0);
    assert_eq!(check(4, all()[2..].to_vec()), 0);
    assert_eq!(check(0, all()[2..].to_vec()), 0, "set up at revision 3");
}

#[test]
fn a_change_that_is_left_out_told_twice_or_told_late_is_wrong() {
    for place in 0..4 {
        let mut missing = all();
        missing.remove(place);
        assert_eq!(check(2, missing), 1, "without part {place}");
        let mut twice = all();
        twice.insert(place, twice[place].clone());
        assert_eq!(check(2, twice), 1, "part {place} twice");
        let mut swapped = all();
        swapped.swap(place, place + 1);
        assert!(check(2, swapped) > 0, "part {place} after the next");
    }
}

#[test]
fn a_revision_in_two_parts_or_in_another_order_is_wrong() {
    let mut torn = all();
    let second = torn[2].split_off(1);
    torn.insert(3, second);
    assert!(check(2, torn) > 0);
    let mut turned = all();
    turned[2].reverse();
    assert_eq!(check(2, turned), 1);
}

#[test]
fn an_event_that_says_otherwise_is_wrong() {
    let spoil: [fn(&mut Event); 7] = [
        |event| event.kv.value = "5".into(),
        |event| event.kv.version = 3,
        |event| event.kv.create_revision = Revision(3),
        |event| event.kv.lease.0 = 1,
        |event| event.kv.key = "c".into(),
        |event| event.kind = EventType::Delete,
        |event| event.prev_kv = Some(kv("a", (2, 2, 1))),
    ];
    for (number, spoil) in (0..).zip(spoil) {
        let mut parts = all();
        spoil(&mut parts[2][1]);
        assert_eq!(check(2, parts), 1, "spoilt in way {number}");
    }
}

#[test]
fn what_came_before_the_start_is_not_wanted() {
    assert_eq!(check(3, all()), 1);
}

#[test]
fn what_was_there_before_must_be_right_when_it_is_asked_for() {
    let watch = |before: Option<KeyValue>| {
        let mut request = everything(5);
        request.prev_kv = true;
        let mut trial = Trial::new(request);
        let mut event = deleted("a", 5);
        event.prev_kv = before;
        trial.told(vec![event]);
        trial.violated()
    };
    assert_eq!(watch(Some(kv("a", (2, 4, 2)))), 0);
    assert_eq!(watch(Some(kv("a", (2, 2, 1)))), 1, "older than that");
    assert_eq!(watch(None), 1, "nothing");
}

#[test]
fn only_the_own_keys_and_kinds_are_told() {
    let one = WatchRequest {
        key: "a".into(),
        start_revision: 1,
        no_delete: true,
        ..WatchRequest::default()
    };
    let mut trial = Trial::new(one.clone());
    trial.told(vec![put("a", (2, 2, 1))]);
    trial.told(vec![put("a", (2, 4, 2))]);
    assert_eq!(trial.violated(), 0);
    let mut trial = Trial::new(one.clone());
    trial.told(vec![put("a", (2, 2, 1)), put("b", (3, 3, 1))]);
    assert_eq!(trial.violated(), 1, "somebody else's key");
    let mut trial = Trial::new(one);
    trial.told(vec![put("a", (2, 2, 1))]);
    trial.told(vec![put("a", (2, 4, 2)), deleted("a", 5)]);
    assert_eq!(trial.violated(), 1, "a kind that is not wanted");
}

#[test]
fn a_watch_goes_on_at_another_member_where_it_was() {
    let go_on = |from: i64, parts: &[Vec<Event>]| {
        let mut trial = Trial::new(everything(2));
        trial.told(all()[0].clone());
        trial.told(all()[1].clone());
        let operation = OperationId(trial.operation);
        trial
            .watches
            .returned(&mut trial.report, &trial.past, operation, None);
        trial.begins(&everything(from));
        for events in parts {
            trial.told(events.clone());
        }
        trial.violated()
    };
    assert_eq!(go_on(4, &all()[2..]), 0);
    assert_eq!(go_on(5, &all()[3..]), 1, "one is never told");
    assert_eq!(go_on(3, &all()[1..]), 1, "one is told twice");
}

#[test]
fn that_nothing_happened_must_be_true() {
    let progress = |revision| {
        let mut trial = Trial::new(everything(2));
        trial.told(all()[0].clone());
        trial.part(WatchAnswer::default(), revision, true);
        trial.violated()
    };
    assert_eq!(progress(2), 0);
    assert_eq!(progress(3), 1);
}

#[test]
fn a_program_says_what_it_hears_and_nothing_else() {
    let mut trial = Trial::new(everything(2));
    let part = |place: usize| WatchAnswer {
        events: all()[place].clone(),
        ..WatchAnswer::default()
    };
    trial.part(part(0), 6, false);
    assert_eq!(trial.violated(), 1, "it is silent");
    trial.part(part(1), 6, true);
    assert_eq!(trial.violated(), 0);
    let report = trial.report.at(500);
    let answer = Trial::answer(part(1), 6);
    trial.watches.says(report, RUN, &answer);
    assert_eq!(trial.violated(), 1, "it says a thing twice");
}

#[test]
fn a_copy_on_the_network_is_not_taken() {
    let mut trial = Trial::new(everything(2));
    trial.told(all()[0].clone());
    let copy = WatchAnswer {
        events: all()[0].clone(),
        ..WatchAnswer::default()
    };
    let number = (OperationId(trial.operation), trial.parts);
    let answer = Arc::new(Trial::answer(copy, 6));
    trial
        .watches
        .arrived(trial.report.at(300), &trial.past, number, &answer);
    trial.watches.end_step(&mut trial.report);
    trial.told(all()[1].clone());
    assert_eq!(trial.violated(), 0);
}

#[test]
fn compaction_ends_a_watch_only_when_it_wants_what_is_forgotten() {
    let canceled = |start, compact_revision| {
        let mut trial = Trial::new(everything(start));
        trial.past.forget(4);
        let part = WatchAnswer {
            canceled: Some("compacted".to_owned()),
            compact_revision,
            ..WatchAnswer::default()
        };
        let answer = Arc::new(Trial::answer(part, 0));
        let operation = OperationId(trial.operation);
        let report = trial.report.at(200);
        trial
            .watches
            .returned(report, &trial.past, operation, Some(&answer));
        trial.violated()
    };
    assert_eq!(canceled(2, 4), 0);
    assert_eq!(canceled(4, 4), 1, "all of it is there");
    assert_eq!(canceled(2, 5), 1, "nobody forgot so much");
}

#[test]
fn who_was_not_told_everything_is_behind() {
    let mut trial = Trial::new(everything(2));
    assert_eq!(trial.watches.behind(&trial.past), 1);
    for events in all() {
        trial.told(events);
    }
    assert_eq!(trial.watches.behind(&trial.past), 0);
    let mut trial = Trial::new(everything(3));
    trial.watches.ended(RUN);
    assert_eq!(trial.watches.behind(&trial.past), 0);
}
