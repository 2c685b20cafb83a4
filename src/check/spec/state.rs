//! What the store holds, as far as the clients' replies tell.

use super::{Compare, Input, Output, Reply, Seen, Span};
use bytes::Bytes;

/// A revision, as far as it is known.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Mark {
    /// This one.
    Is(u64),
    /// A later one than this.
    After(u64),
}

/// What is stored under a key.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Record {
    /// The value.
    pub value: Bytes,
    /// The revision that created it.
    pub created: Option<u64>,
    /// The revision of the last put.
    pub modified: Mark,
    /// How many times it was put since it was created.
    pub version: Option<u64>,
    /// The lease, 0 for none. A record with a lease may be gone without anybody asking.
    pub lease: i64,
}

/// A store, or the part of it that some keys make up.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Default)]
pub struct State {
    /// The store has had this revision.
    floor: u64,
    /// Whether writes may happen that nobody hears of. Then nobody can count versions.
    blurred: bool,
    records: Vec<(Bytes, Record)>,
}

/// Not a possible reply.
struct Impossible;

/// Carries a request out.
struct Turn<'a> {
    state: &'a mut State,
    /// The revision that the store has after it, if known.
    revision: Option<u64>,
    wrote: bool,
}

impl State {
    /// An empty store of which nothing but values is ever seen.
    pub fn without_numbers() -> State {
        State {
            blurred: true,
            ..State::default()
        }
    }

    /// Says whether there may be writes from now on that nobody hears of.
    pub fn set_blurred(&mut self, blurred: bool) {
        self.blurred = blurred;
    }

    /// All records, in the order of their keys.
    pub fn records(&self) -> &[(Bytes, Record)] {
        &self.records
    }

    /// The state after the request; `None` if the reply is impossible.
    pub fn step(&self, input: &Input, reply: &Reply) -> Option<State> {
        let mut next = self.clone();
        next.take(input, reply).then_some(next)
    }

    /// Carries the request out here. `false` if the reply is impossible; then the state is of no
    /// use any more.
    pub fn take(&mut self, input: &Input, reply: &Reply) -> bool {
        let floor = self.floor;
        let mut turn = Turn {
            state: self,
            revision: reply.revision,
            wrote: false,
        };
        if turn.run(input, reply.output.as_ref()).is_err() {
            return false;
        }
        let wrote = turn.wrote;
        let Some(revision) = reply.revision else {
            return true;
        };
        self.floor = revision;
        if wrote {
            revision > floor
        } else {
            revision >= floor
        }
    }

    /// This state and another one of other keys.
    pub fn join(&self, other: &State) -> State {
        let both = self.records.iter().chain(&other.records);
        let mut records: Vec<(Bytes, Record)> = both.cloned().collect();
        records.sort_unstable_by(|one, other| one.0.cmp(&other.0));
        State {
            floor: self.floor.min(other.floor),
            blurred: self.blurred || other.blurred,
            records,
        }
    }

    fn place_of(&self, key: &Bytes) -> Result<usize, usize> {
        self.records.binary_search_by(|(other, _)| other.cmp(key))
    }

    fn places_in(&self, span: &Span) -> std::ops::Range<usize> {
        let start = self.records.partition_point(|(key, _)| *key < span.start);
        let inside = &self.records[start..];
        start..start + inside.partition_point(|(key, _)| span.contains(key))
    }
}

impl Turn<'_> {
    fn run(&mut self, input: &Input, output: Option<&Output>) -> Result<(), Impossible> {
        match (input, output) {
            (Input::Get { .. }, None) => Ok(()),
            (
                Input::Get {
                    span,
                    limit,
                    filtered,
                },
                Some(Output::Got { records, count }),
            ) => self.get(span, (*limit, *filtered), records, *count),
            (Input::Put { key, value, lease }, output) => {
                let before = match output {
                    None => None,
                    Some(Output::Put { before }) => before.as_ref(),
                    Some(_) => return Err(Impossible),
                };
                self.put(key, value.as_ref(), *lease, before)
            }
            (Input::Delete { span }, None) => {
                let places = self.state.places_in(span);
                self.remove(places);
                Ok(())
            }
            (Input::Delete { span }, Some(Output::Deleted { count, before })) => {
                self.delete(span, *count, before.as_deref())
            }
            (Input::Revoke { lease }, _) => {
                let before = self.state.records.len();
                let keeps = |record: &Record| record.lease != *lease || *lease == 0;
                self.state.records.retain(|(_, record)| keeps(record));
                self.wrote |= self.state.records.len() < before;
                Ok(())
            }
            (Input::Txn { .. }, output) => self.txn(input, output),
            (Input::Get { .. } | Input::Delete { .. }, Some(_)) => Err(Impossible),
        }
    }

    /// Every record must be in the answer, and be what the answer says.
    fn get(
        &mut self,
        span: &Span,
        (limit, filtered): (u64, bool),
        seen: &[(Bytes, Seen)],
        count: Option<u64>,
    ) -> Result<(), Impossible> {
        let places = self.state.places_in(span);
        // In the order of the keys: a request may ask for another one.
        let mut seen: Vec<&(Bytes, Seen)> = seen.iter().collect();
        seen.sort_unstable_by(|one, other| one.0.cmp(&other.0));
        let cut = limit > 0 && seen.len() as u64 == limit;
        let last = seen.last().map(|(key, _)| key.clone());
        let mut seen = seen.into_iter().peekable();
        let mut place = places.start;
        let mut found = 0;
        for _ in places {
            let (key, record) = &mut self.state.records[place];
            if let Some((_, shown)) = seen.next_if(|(other, _)| other == key) {
                learn(record, shown, self.revision)?;
            } else if filtered || (cut && last.as_ref().is_some_and(|last| last < key)) {
                // It may be left out.
            } else if record.lease != 0 {
                self.state.records.remove(place);
                continue;
            } else {
                return Err(Impossible);
            }
            place += 1;
            found += 1;
        }
        // What is shown must be there.
        expect(seen.next().is_none())?;
        self.expect_count(span, found, count)
    }

    /// Compares the number of records with the number that a client was told. Records with a lease
    /// may be gone.
    fn expect_count(&self, span: &Span, found: u64, count: Option<u64>) -> Result<(), Impossible> {
        let Some(count) = count else {
            return Ok(());
        };
        let records = &self.state.records[self.state.places_in(span)];
        let leased = records.iter().filter(|(_, record)| record.lease != 0);
        expect(count <= found && count + leased.count() as u64 >= found)
    }

    fn put(
        &mut self,
        key: &Bytes,
        value: Option<&Bytes>,
        lease: Option<i64>,
        before: Option<&Option<Seen>>,
    ) -> Result<(), Impossible> {
        let blurred = self.state.blurred;
        let mut place = self.state.place_of(key);
        if let (Ok(at), Some(shown)) = (place, before) {
            let record = &mut self.state.records[at].1;
            match shown {
                Some(shown) => learn(record, shown, self.revision)?,
                None if record.lease != 0 => {
                    self.state.records.remove(at);
                    place = Err(at);
                }
                None => return Err(Impossible),
            }
        }
        let old = place.ok().map(|place| &self.state.records[place].1);
        expect(old.is_some() || before.is_none_or(Option::is_none))?;
        let revision = self.revision;
        let certain = |number: Option<u64>| number.filter(|_| !blurred);
        let record = Record {
            value: match (value, old) {
                (Some(value), _) => value.clone(),
                (None, Some(old)) => old.value.clone(),
                (None, None) => return Err(Impossible),
            },
            created: certain(match old {
                // It may have been gone in between.
                Some(old) if old.lease != 0 => None,
                Some(old) => old.created,
                None => revision,
            }),
            modified: match revision {
                Some(revision) => Mark::Is(revision),
                None => Mark::After(self.state.floor),
            },
            version: certain(match old {
                Some(old) if old.lease != 0 => None,
                Some(old) => old.version.map(|version| version + 1),
                None => Some(1),
            }),
            lease: match (lease, old) {
                (Some(lease), _) => lease,
                (None, Some(old)) => old.lease,
                (None, None) => return Err(Impossible),
            },
        };
        self.wrote = true;
        match place {
            Ok(place) => self.state.records[place].1 = record,
            Err(place) => self.state.records.insert(place, (key.clone(), record)),
        }
        Ok(())
    }

    fn delete(
        &mut self,
        span: &Span,
        count: Option<u64>,
        before: Option<&[(Bytes, Seen)]>,
    ) -> Result<(), Impossible> {
        if let Some(before) = before {
            self.get(span, (0, false), before, None)?;
        }
        let places = self.state.places_in(span);
        let found = places.len() as u64;
        self.expect_count(span, found, count)?;
        if count == Some(0) {
            self.state.records.drain(places);
        } else {
            self.remove(places);
        }
        Ok(())
    }

    fn remove(&mut self, places: std::ops::Range<usize>) {
        self.wrote |= !places.is_empty();
        self.state.records.drain(places);
    }

    /// Carries out a transaction. All comparisons, those of transactions in it too, are made before
    /// anything is written.
    fn txn(&mut self, input: &Input, output: Option<&Output>) -> Result<(), Impossible> {
        let mut ways = Vec::new();
        self.decide(input, output, &mut ways)?;
        self.follow(input, output, &mut ways.into_iter())
    }

    /// Finds out for a transaction and those in it whether all comparisons hold.
    fn decide(
        &mut self,
        input: &Input,
        output: Option<&Output>,
        ways: &mut Vec<bool>,
    ) -> Result<(), Impossible> {
        let Input::Txn { compare, .. } = input else {
            return Ok(());
        };
        let told = match output {
            None => None,
            Some(Output::Txn { succeeded, .. }) => Some(*succeeded),
            Some(_) => return Err(Impossible),
        };
        if let Some(succeeded) = told {
            self.let_leases_end(compare, succeeded);
        }
        let mut holds = Some(true);
        for compare in compare {
            let places = self.state.places_in(&compare.span);
            match compare.holds(&self.state.records[places]) {
                Some(true) => {}
                Some(false) => holds = Some(false),
                None => holds = holds.filter(|holds| !holds),
            }
        }
        let succeeded = match (told, holds) {
            (Some(told), holds) => {
                expect(holds.is_none_or(|holds| holds == told))?;
                told
            }
            (None, Some(holds)) => holds,
            // Nobody was told, and nobody can know. Whoever wants to try both says what was told.
            (None, None) => return Err(Impossible),
        };
        ways.push(succeeded);
        for (input, output) in parts(input, output, succeeded)? {
            self.decide(input, output, ways)?;
        }
        Ok(())
    }

    /// Does what was decided.
    fn follow(
        &mut self,
        input: &Input,
        output: Option<&Output>,
        ways: &mut std::vec::IntoIter<bool>,
    ) -> Result<(), Impossible> {
        let Input::Txn { .. } = input else {
            return self.run(input, output);
        };
        let succeeded = ways.next().unwrap_or_default();
        for (input, output) in parts(input, output, succeeded)? {
            self.follow(input, output, ways)?;
        }
        Ok(())
    }

    /// Removes records with a lease where only that explains what a transaction did.
    fn let_leases_end(&mut self, compare: &[Compare], succeeded: bool) {
        for compare in compare {
            let places = self.state.places_in(&compare.span);
            let records = &self.state.records[places.clone()];
            let leased = !records.is_empty() && records.iter().all(|(_, r)| r.lease != 0);
            let holds = compare.holds(records);
            if leased && holds == Some(!succeeded) && compare.holds_without_record() == succeeded {
                self.state.records.drain(places);
            }
        }
    }
}

/// A part of a transaction, and what became of it, if that is known.
type TxnPart<'a> = (&'a Input, Option<&'a Output>);

/// What a transaction does if it goes this way.
fn parts<'a>(
    input: &'a Input,
    output: Option<&'a Output>,
    succeeded: bool,
) -> Result<Vec<TxnPart<'a>>, Impossible> {
    let Input::Txn {
        then, otherwise, ..
    } = input
    else {
        return Err(Impossible);
    };
    let branch = if succeeded { then } else { otherwise };
    let outputs = match output {
        Some(Output::Txn {
            outputs: Some(outputs),
            ..
        }) => outputs,
        _ => return Ok(branch.iter().map(|input| (input, None)).collect()),
    };
    expect(outputs.len() == branch.len())?;
    Ok(branch.iter().zip(outputs.iter().map(Some)).collect())
}

fn expect(holds: bool) -> Result<(), Impossible> {
    if holds { Ok(()) } else { Err(Impossible) }
}

/// What a reply shows of a record becomes known, unless it cannot be.
fn learn(record: &mut Record, seen: &Seen, revision: Option<u64>) -> Result<(), Impossible> {
    let same = |value: &Bytes| *value == record.value;
    expect(seen.value.as_ref().is_none_or(same))?;
    expect(seen.lease.is_none_or(|lease| lease == record.lease))?;
    if let Some(shown) = seen.modified {
        expect(match record.modified {
            Mark::Is(known) => known == shown,
            Mark::After(floor) => shown > floor && revision.is_none_or(|now| shown <= now),
        })?;
        record.modified = Mark::Is(shown);
    }
    learn_number(&mut record.created, seen.created)?;
    learn_number(&mut record.version, seen.version)
}

fn learn_number(known: &mut Option<u64>, shown: Option<u64>) -> Result<(), Impossible> {
    let Some(shown) = shown else {
        return Ok(());
    };
    expect(known.is_none_or(|known| known == shown))?;
    *known = Some(shown);
    Ok(())
}
