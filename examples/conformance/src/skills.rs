//! The skills of the suite's extension scenarios: in the program itself, so that it is one file wherever it runs.

/// Each file with its path among the skills.
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
