//! Tables: read, and drawn again.

/// A table that was read.
pub(super) struct Table {
    /// The headings.
    pub heading: Vec<String>,
    /// The cells.
    pub rows: Vec<Vec<String>>,
    /// How many lines it took.
    pub height: usize,
}

/// Reads the table that begins with these lines, if one does.
///
/// # Errors
/// A table that is not laid out as etcdctl does.
pub(super) fn read(lines: &[String]) -> Result<Option<Table>, String> {
    let is_rule = |line: &String| line.starts_with("+-") && line.chars().all(|c| "+-".contains(c));
    let Some(rule) = lines.first().filter(|line| is_rule(line)) else {
        return Ok(None);
    };
    let height = lines
        .iter()
        .take_while(|line| is_rule(line) || line.starts_with('|'))
        .count();
    let body: Vec<&String> = lines[..height]
        .iter()
        .filter(|line| !is_rule(line))
        .collect();
    let mut rows: Vec<Vec<String>> = body.iter().map(|line| cells(line)).collect();
    if rows.is_empty() {
        return Err(format!("a table without a heading: {rule}"));
    }
    let heading = rows.remove(0);
    // Headings are centred.
    let heading: Vec<String> = heading.iter().map(|name| name.trim().to_owned()).collect();
    let columns = heading.len();
    if rows.iter().any(|row| row.len() != columns) {
        return Err(format!(
            "a table whose rows have not all {columns} cells: {}",
            lines[1]
        ));
    }
    let table = Table {
        heading,
        rows,
        height,
    };
    if table.draw() != lines[..height] {
        return Err(format!(
            "a table that etcdctl would lay out otherwise: {}",
            lines[1]
        ));
    }
    Ok(Some(table))
}

/// The cells of a line. Lists of alarms end with a space of their own.
fn cells(line: &str) -> Vec<String> {
    let inner = line.strip_prefix('|').unwrap_or(line);
    let inner = inner.strip_suffix('|').unwrap_or(inner);
    let text = |cell: &str| {
        let text = cell.trim();
        let alarms = text.ends_with("NOSPACE") || text.ends_with("CORRUPT");
        let space = if alarms && cell.ends_with("  ") {
            " "
        } else {
            ""
        };
        format!("{text}{space}")
    };
    inner.split('|').map(text).collect()
}

impl Table {
    /// Draws it: headings centred, the odd space to the right, cells to the right, each column as
    /// wide as its longest cell.
    pub fn draw(&self) -> Vec<String> {
        let width = |text: &String| text.chars().count();
        let columns = 0..self.heading.len();
        let widths: Vec<usize> = columns
            .map(|column| {
                let cells = self.rows.iter().map(|row| &row[column]);
                cells
                    .chain([&self.heading[column]])
                    .map(width)
                    .max()
                    .unwrap_or(0)
            })
            .collect();
        let rule: String = widths
            .iter()
            .map(|wide| format!("+{}", "-".repeat(wide + 2)))
            .collect();
        let rule = rule + "+";
        let line = |cells: &[String], centred: bool| -> String {
            let cells = cells.iter().zip(&widths).map(|(cell, wide)| {
                let free = wide - width(cell);
                let left = if centred { free / 2 } else { free };
                format!("| {}{cell}{} ", " ".repeat(left), " ".repeat(free - left))
            });
            cells.collect::<String>() + "|"
        };
        let mut lines = vec![rule.clone(), line(&self.heading, true), rule.clone()];
        lines.extend(self.rows.iter().map(|row| line(row, false)));
        lines.push(rule);
        lines
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_good_tables_are_read() {
        let good = ["+----+", "| ID |", "+----+", "|  a |", "+----+", "after"].map(str::to_owned);
        let table = read(&good).unwrap().unwrap();
        assert_eq!((table.height, table.rows), (5, vec![vec!["a".to_owned()]]));
        let bad = ["+----+", "| ID |", "+----+", "| a  |", "+----+"].map(str::to_owned);
        assert!(read(&bad).is_err());
        assert!(read(&["x".to_owned()]).unwrap().is_none());
    }
}
