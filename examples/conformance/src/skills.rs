//! The skills of the suite's extension scenarios, compiled in so that the program is a single file.

/// The files with their paths below the folder of skills.
pub(crate) const FILES: [(&str, &str); 4] = [
    (
        "acme/refunds/SKILL.md",
        include_str!("../skills/acme/refunds/SKILL.md"),
    ),
    (
        "acme/refunds/examples/email.md",
        include_str!("../skills/acme/refunds/examples/email.md"),
    ),
    (
        "git-workflow/SKILL.md",
        include_str!("../skills/git-workflow/SKILL.md"),
    ),
    (
        "git-workflow/templates/commit.md",
        include_str!("../skills/git-workflow/templates/commit.md"),
    ),
];
