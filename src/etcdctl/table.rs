//! Tables with a frame, as olekukonko/tablewriter draws them for etcdctl: headings in capitals and
//! centred, cells to the right, one space on each side.

/// The widest that a cell becomes before its text is broken at spaces.
const WIDEST: usize = 30;

/// Draws a table; without rows only its heading.
pub(crate) fn draw(heading: &[&str], rows: &[Vec<String>]) -> String {
    let heading: Vec<String> = heading
        .iter()
        .map(|name| name.to_ascii_uppercase())
        .collect();
    let mut widths: Vec<usize> = heading.iter().map(|name| width(name)).collect();
    let mut body = Vec::new();
    for row in rows {
        let cells: Vec<Vec<String>> = row.iter().map(|cell| broken(cell)).collect();
        for ((wide, cell), lines) in widths.iter_mut().zip(row).zip(&cells) {
            let longest = lines.iter().map(|line| width(line)).max().unwrap_or(0);
            *wide = (*wide).max(longest).max(width(cell).min(WIDEST));
        }
        let height = cells.iter().map(Vec::len).max().unwrap_or(1);
        for at in 0..height {
            let line = cells
                .iter()
                .map(|lines| lines.get(at).cloned().unwrap_or_default());
            body.push(line.collect::<Vec<_>>());
        }
    }
    let mut rule = String::from("+");
    for width in &widths {
        rule.push_str(&"-".repeat(width + 2));
        rule.push('+');
    }
    rule.push('\n');
    let mut text = rule.clone();
    line(&mut text, &heading, &widths, |free| free / 2);
    text.push_str(&rule);
    for row in &body {
        line(&mut text, row, &widths, |free| free);
    }
    text.push_str(&rule);
    text
}

/// Breaks a long text at spaces so that its lines are as even as can be: the sum of the squares of
/// what they fall short is the smallest, the last line not counted (tablewriter's `WrapWords`).
fn broken(text: &str) -> Vec<String> {
    if width(text) <= WIDEST {
        return vec![text.to_owned()];
    }
    let words: Vec<&str> = text.split(' ').collect();
    let limit = words
        .iter()
        .map(|word| width(word))
        .fold(WIDEST, usize::max);
    let length = |from: usize, to: usize| {
        let letters: usize = words[from..to].iter().map(|word| width(word)).sum();
        letters + to - from - 1
    };
    // For each word the cost of the lines from it on, and where the line that it begins ends.
    let mut best: Vec<(usize, usize)> = vec![(usize::MAX, words.len()); words.len()];
    for from in (0..words.len()).rev() {
        if length(from, words.len()) <= limit {
            best[from] = (0, words.len());
            continue;
        }
        for end in from + 1..words.len() {
            let missing = limit.abs_diff(length(from, end));
            let penalty = if length(from, end) > limit {
                100_000
            } else {
                0
            };
            let cost = (missing * missing + penalty).saturating_add(best[end].0);
            if cost < best[from].0 {
                best[from] = (cost, end);
            }
        }
    }
    let mut lines = Vec::new();
    let mut from = 0;
    while from < words.len() {
        let end = best[from].1;
        lines.push(words[from..end].join(" "));
        from = end;
    }
    lines
}

/// Writes a row; `before` says how many of the free columns come before the cell.
fn line(text: &mut String, cells: &[String], widths: &[usize], before: fn(usize) -> usize) {
    text.push('|');
    for (cell, wide) in cells.iter().zip(widths) {
        let free = wide - width(cell);
        let left = before(free);
        text.push_str(&" ".repeat(left + 1));
        text.push_str(cell);
        text.push_str(&" ".repeat(free - left + 1));
        text.push('|');
    }
    text.push('\n');
}

fn width(text: &str) -> usize {
    text.chars().count()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn looks_like_etcdctls() {
        let rows = [vec!["127.0.0.1:2379".to_owned(), "true".to_owned()]];
        assert_eq!(
            draw(&["endpoint", "health"], &rows),
            "\
+----------------+--------+
|    ENDPOINT    | HEALTH |
+----------------+--------+
| 127.0.0.1:2379 |   true |
+----------------+--------+
"
        );
    }

    #[test]
    fn a_table_without_rows_has_a_heading() {
        assert_eq!(draw(&["id"], &[]), "+----+\n| ID |\n+----+\n+----+\n");
    }

    #[test]
    fn long_texts_are_broken() {
        let long = "etcdserver: rpc not supported for learner";
        assert_eq!(
            broken(long),
            ["etcdserver: rpc not supported", "for learner"]
        );
        let rows = [vec![long.to_owned(), "x".to_owned()]];
        assert_eq!(
            draw(&["error", "n"], &rows),
            "\
+--------------------------------+---+
|             ERROR              | N |
+--------------------------------+---+
|  etcdserver: rpc not supported | x |
|                    for learner |   |
+--------------------------------+---+
"
        );
    }
}
