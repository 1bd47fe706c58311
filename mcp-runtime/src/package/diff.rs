//! The difference between two texts, shown to a person before a file is written.

/// The number of lines that are shown around a change.
const AROUND: usize = 3;

/// Shows the lines that change, with those around them.
pub(crate) fn lines(before: &str, after: &str) -> String {
    let (before, after): (Vec<_>, Vec<_>) = (before.lines().collect(), after.lines().collect());
    let same = |(one, other): &(&&str, &&str)| one == other;
    let head = before.iter().zip(&after).take_while(same).count();
    let (rest, new) = (&before[head..], &after[head..]);
    let tail = rest
        .iter()
        .rev()
        .zip(new.iter().rev())
        .take_while(same)
        .count();
    let (gone, come) = (&rest[..rest.len() - tail], &new[..new.len() - tail]);
    let above = before[head.saturating_sub(AROUND)..head]
        .iter()
        .map(|it| format!("  {it}"));
    let below = rest[rest.len() - tail..]
        .iter()
        .take(AROUND)
        .map(|it| format!("  {it}"));
    let gone = gone.iter().map(|it| format!("- {it}"));
    let come = come.iter().map(|it| format!("+ {it}"));
    above
        .chain(gone)
        .chain(come)
        .chain(below)
        .collect::<Vec<_>>()
        .join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_change_is_shown_with_the_lines_around_it() {
        let shown = lines("a\nb\nc\nd\nx\ne\nf\n", "a\nb\nc\nd\ny\nz\ne\nf\n");
        assert_eq!(shown, "  b\n  c\n  d\n- x\n+ y\n+ z\n  e\n  f");
        assert_eq!(lines("", "a\n"), "+ a");
        assert_eq!(lines("a\n", "a\n"), "  a");
    }
}
