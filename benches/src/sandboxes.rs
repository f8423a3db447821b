//! Sandboxes created and destroyed in a second, without anything of Lambda: by the sandbox crate's own example.

use std::io;
use std::process::Command;

use crate::Bench;
use crate::table::Table;
use crate::target::{Bound, has_only_cgroup_v2};

const ROUNDS: &str = "200";

/// What the example calls each figure, and what the table does.
const FIGURES: [(&str, &str); 2] = [
    ("created and destroyed per second: ", "sandboxes created and destroyed, one after the other"),
    ("created and destroyed per second, 8 at once: ", "sandboxes created and destroyed, 8 at once"),
];

pub(crate) fn measure(bench: &Bench, table: &mut Table) -> io::Result<()> {
    let output = Command::new(&bench.sandboxes).arg(ROUNDS).output()?;
    let text = String::from_utf8_lossy(&output.stdout);
    for (label, what) in FIGURES {
        let figure = text.lines().find_map(|line| line.strip_prefix(label)?.parse::<f64>().ok());
        let lacking = || io::Error::other(format!("the sandbox example tells no figure: {text}"));
        let figure = figure.ok_or_else(lacking)?;
        if has_only_cgroup_v2() {
            table.number(what, figure, "/s", Bound::AtLeast(500.0));
        } else {
            table.figure(what, format!("{figure:.0}/s"));
        }
    }
    Ok(())
}
