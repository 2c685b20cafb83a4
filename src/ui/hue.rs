//! The hue of a term, the only thing that hue stands for.

use crate::raft::Term;

/// The style that sets `--term` to the term's hue: `--t0` for term 0, then `--t1` to `--t7` in a
/// cycle.
pub fn term_style(term: Term) -> &'static str {
    const STYLES: [&str; 7] = [
        "--term:var(--t1)",
        "--term:var(--t2)",
        "--term:var(--t3)",
        "--term:var(--t4)",
        "--term:var(--t5)",
        "--term:var(--t6)",
        "--term:var(--t7)",
    ];
    match term.0 {
        0 => "--term:var(--t0)",
        term => STYLES[((term - 1) % 7) as usize],
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn terms_cycle_through_seven_hues() {
        assert_eq!(term_style(Term(0)), "--term:var(--t0)");
        assert_eq!(term_style(Term(1)), "--term:var(--t1)");
        assert_eq!(term_style(Term(7)), "--term:var(--t7)");
        assert_eq!(term_style(Term(8)), "--term:var(--t1)");
    }
}
