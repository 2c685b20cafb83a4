//! Tables with a frame, as olekukonko/tablewriter draws them for etcdctl: headings in capitals and
//! centred, cells to the right, one space on each side.

/// Draws a table; without rows only its heading.
pub(crate) fn draw(heading: &[&str], rows: &[Vec<String>]) -> String {
    let heading: Vec<String> = heading.iter().map(|name| name.to_uppercase()).collect();
    let widths: Vec<usize> = (0..heading.len())
        .map(|column| {
            let cells = rows.iter().filter_map(|row| row.get(column));
            let widest = cells.chain([&heading[column]]).map(|cell| width(cell));
            widest.max().unwrap_or(0)
        })
        .collect();
    let mut rule = String::from("+");
    for width in &widths {
        rule.push_str(&"-".repeat(width + 2));
        rule.push('+');
    }
    rule.push('\n');
    let mut text = rule.clone();
    line(&mut text, &heading, &widths, |free| free / 2);
    text.push_str(&rule);
    for row in rows {
        line(&mut text, row, &widths, |free| free);
    }
    if !rows.is_empty() {
        text.push_str(&rule);
    }
    text
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
        assert_eq!(draw(&["id"], &[]), "+----+\n| ID |\n+----+\n");
    }
}
