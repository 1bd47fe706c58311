//! The faults that stop the start: each rule once, with a text that names the file.

use mcp_runtime::Server;

use super::{fault, manifest, server};

/// The reason why a `SKILL.md` with this text cannot be served.
fn with(text: &str) -> String {
    fault(server([("refunds/SKILL.md", text.as_bytes())]))
}

#[test]
fn frontmatter_needs_a_name_and_a_description() {
    assert_eq!(
        with("# Refunds"),
        "the skills cannot be served: `refunds/SKILL.md` has no frontmatter; begin it with a line `---`, then \
         `name: ..` and `description: ..`, then a line `---`"
    );
    for (frontmatter, expected) in [
        (
            "name: refunds",
            "has no `description` in its frontmatter; add it",
        ),
        (
            "description: About.",
            "has no `name` in its frontmatter; add it",
        ),
        (
            "name: refunds\ndescription: ''",
            "has a `description` that is not a text of 1 to 1024 characters",
        ),
        (
            "name: 5\ndescription: About.",
            "has a `name` that is not a text of 1 to 64 characters",
        ),
        (
            "name: Refunds\ndescription: About.",
            "has the name `Refunds`; write lower-case letters, digits",
        ),
        (
            "name: refunds\ndescription: About.\ncompatibility: 5",
            "has a `compatibility` that is not a text",
        ),
        (
            "name: refunds\ndescription: About.\nmetadata: 5",
            "has a `metadata` that is not keys with values",
        ),
        (
            "name: refunds\ndescription: About.\nmetadata: {io.modelcontextprotocol/a: b}",
            "which the protocol reserves",
        ),
        ("name: [", "has frontmatter that is not YAML"),
        ("refunds", "has frontmatter without fields"),
    ] {
        let told = with(&format!("---\n{frontmatter}\n---\n"));
        assert!(
            told.contains("`refunds/SKILL.md` ") && told.contains(expected),
            "{frontmatter}: {told}"
        );
    }
}

#[test]
fn the_folder_has_the_name_of_the_skill() {
    assert_eq!(
        with(&manifest("returns")),
        "the skills cannot be served: `refunds/SKILL.md` has the name `returns`, but its folder is called `refunds`; \
         give both the same name"
    );
}

#[test]
fn a_manifest_is_utf_8() {
    let told = fault(server([("refunds/SKILL.md", b"---\nname: \xff")]));
    assert!(told.contains("`refunds/SKILL.md` is not UTF-8"), "{told}");
}

#[test]
fn every_top_level_folder_contains_a_skill() {
    let manifest = manifest("refunds");
    let told = fault(server([
        ("refunds/SKILL.md", manifest.as_bytes()),
        ("returns/skill.md", b""),
    ]));
    assert!(
        told.contains("the folder `returns` has no skill in it; add a `SKILL.md`, spelt like this"),
        "{told}"
    );
    assert!(
        fault(server([("SKILL.md", manifest.as_bytes())]))
            .contains("`SKILL.md` is in no folder of its own")
    );
    assert!(fault(server([])).contains("there is no skill"));
}

#[test]
fn paths_cannot_leave_the_folder() {
    let manifest = manifest("refunds");
    for path in [
        "../refunds/SKILL.md",
        "/refunds/SKILL.md",
        "refunds//SKILL.md",
        "refunds/.env",
        "refunds\\a",
    ] {
        let told = fault(server([
            ("refunds/SKILL.md", manifest.as_bytes()),
            (path, b""),
        ]));
        assert!(
            told.contains("is not a path of a file in a skill"),
            "{told}"
        );
    }
}

#[test]
fn two_files_with_one_path_are_refused() {
    let manifest = manifest("refunds");
    let one = || server([("refunds/SKILL.md", manifest.as_bytes())]);
    assert!(fault(one().mount("other", one())).contains("has the path of another file"));
}

#[test]
fn a_skill_has_at_most_512_files() {
    let files = |count: usize| {
        let text = manifest("refunds");
        let others = (1..count).map(|index| (format!("refunds/{index}.md"), String::new()));
        Server::new("skilled", "1.0.0")
            .skill_files(others.chain([("refunds/SKILL.md".to_owned(), text)]))
    };
    assert!(files(512).check().is_ok());
    assert!(fault(files(513)).contains("the skill `refunds` has 513 files"));
}

#[test]
fn a_skill_has_at_most_16_mib() {
    let manifest = manifest("refunds");
    let whole = vec![b'a'; 16 * 1024 * 1024 - manifest.len()];
    let too_much = vec![b'a'; whole.len() + 1];
    let with = |data: &[u8]| {
        server([
            ("refunds/SKILL.md", manifest.as_bytes()),
            ("refunds/data", data),
        ])
    };
    assert!(with(&whole).check().is_ok());
    assert!(fault(with(&too_much)).contains("the skill `refunds` has 16777217 bytes"));
}
