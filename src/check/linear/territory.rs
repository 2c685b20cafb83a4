//! Which keys have to be looked at together.

use super::super::spec::Span;

/// Intervals of keys, each with the number of the part that it belongs to. Two intervals have no
/// key in common.
#[derive(Clone, Debug, Default)]
pub(in super::super) struct Territory {
    spans: Vec<(Span, usize)>,
}

impl Territory {
    /// The part of these keys. If there are several, they become one from now on; `merged` hears of
    /// it: the part that stays, and the one that is gone. `fresh` is the number of a new part, if
    /// none is known.
    pub fn claim(
        &mut self,
        spans: &[Span],
        fresh: usize,
        mut merged: impl FnMut(usize, usize),
    ) -> usize {
        let mut parts: Vec<usize> = spans
            .iter()
            .flat_map(|span| self.spans[self.overlapping(span)].iter())
            .map(|(_, part)| *part)
            .collect();
        parts.sort_unstable();
        parts.dedup();
        let part = parts.first().copied().unwrap_or(fresh);
        for span in spans {
            let places = self.overlapping(span);
            let mut joined = span.clone();
            match &self.spans[places.clone()] {
                // Most keys are known.
                [(known, _)] if known.contains(&span.start) && span.is_key() => continue,
                known => known
                    .iter()
                    .for_each(|(known, _)| joined = joined.join(known)),
            }
            self.spans.splice(places, [(joined, part)]);
        }
        for gone in parts.into_iter().skip(1) {
            for (_, other) in &mut self.spans {
                if *other == gone {
                    *other = part;
                }
            }
            merged(part, gone);
        }
        part
    }

    /// The places of the intervals that have a key in common with this one.
    fn overlapping(&self, span: &Span) -> std::ops::Range<usize> {
        let beyond = |end: &Option<_>, start: &_| end.as_ref().is_none_or(|end| end > start);
        let before = |(known, _): &(Span, usize)| !beyond(&known.end, &span.start);
        let start = self.spans.partition_point(before);
        let rest = &self.spans[start..];
        start..start + rest.partition_point(|(known, _)| beyond(&span.end, &known.start))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn claim(territory: &mut Territory, spans: &[(&'static str, &'static str)]) -> (usize, usize) {
        let spans = spans.iter();
        let spans: Vec<Span> = spans
            .map(|(start, end)| Span::range(&(*start).into(), &(*end).into()))
            .collect();
        let mut gone = 0;
        let fresh = territory.spans.iter().map(|(_, part)| part + 1).max();
        let part = territory.claim(&spans, fresh.unwrap_or(0), |_, _| gone += 1);
        (part, gone)
    }

    #[test]
    fn keys_are_alone_until_somebody_asks_for_several_at_once() {
        let mut territory = Territory::default();
        assert_eq!(claim(&mut territory, &[("b", "")]), (0, 0));
        assert_eq!(claim(&mut territory, &[("d", "")]), (1, 0));
        assert_eq!(claim(&mut territory, &[("a", "")]), (2, 0));
        assert_eq!(claim(&mut territory, &[("b", "")]), (0, 0));
        assert_eq!(claim(&mut territory, &[("d", ""), ("a", "")]), (1, 1));
        assert_eq!(claim(&mut territory, &[("a", "")]), (1, 0));
        assert_eq!(claim(&mut territory, &[("b", "")]), (0, 0));
    }

    #[test]
    fn keys_of_a_range_that_were_never_seen_belong_to_it() {
        let mut territory = Territory::default();
        claim(&mut territory, &[("b", "")]);
        claim(&mut territory, &[("x", "")]);
        assert_eq!(claim(&mut territory, &[("a", "c")]), (0, 0));
        assert_eq!(claim(&mut territory, &[("bb", "")]), (0, 0));
        assert_eq!(claim(&mut territory, &[("c", "")]), (2, 0));
        assert_eq!(claim(&mut territory, &[("c", "\0"), ("b", "")]), (0, 2));
        assert_eq!(claim(&mut territory, &[("y", "")]), (0, 0));
        assert_eq!(territory.spans.len(), 2);
    }
}
