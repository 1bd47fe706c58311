use super::*;
use crate::config::tree;
use crate::handler::spec::policy::{Breaker, Cache, Concurrency, Per, RateLimit, Retry, Source};

fn declared() -> Declared {
    let specs = [
        Spec::tool("search", "Reads.").read_only(),
        Spec::tool("buy", "Writes.")
            .scopes(&["orders:write"])
            .audit(),
        Spec::tool("add", "Is not async.").read_only().sync(),
        Spec::tool("book", "Elicits.").read_only().elicits("seats"),
        Spec::tool("slow", "Has a limit.")
            .read_only()
            .timeout(1_000, Source::Attribute),
        Spec::resource("item", "One item.", "shop://{id}"),
    ];
    let named = specs
        .into_iter()
        .map(|spec| (spec.name.clone().into_owned(), spec));
    Declared {
        functions: named.collect(),
        is_open: false,
    }
}

/// Reads `[tools]` or `[resources]` of `text`; returns the mistakes as well.
fn read(text: &str) -> (Overrides, Vec<String>) {
    read_of(&declared(), text)
}

/// Reads the tables of `text` for these declarations.
fn read_of(declared: &Declared, text: &str) -> (Overrides, Vec<String>) {
    let (mut overrides, mut mistakes) = (Overrides::default(), Vec::new());
    for table in tree::parse(text).unwrap() {
        let Value::Table(members) = &table.node.value else {
            panic!("{table:?}");
        };
        let mut reader = Reader {
            file: "mcp.toml",
            declared,
            mistakes: &mut mistakes,
        };
        reader.read(kind_of(&table.name).unwrap(), members, &mut overrides);
    }
    let mistakes = mistakes.iter().map(ToString::to_string).collect();
    (overrides, mistakes)
}

#[track_caller]
fn mistake(text: &str) -> String {
    let (_, mistakes) = read(text);
    assert_eq!(mistakes.len(), 1, "{mistakes:?}");
    mistakes[0].clone()
}

#[test]
fn every_key_is_read() {
    let (overrides, mistakes) = read(
        "[tools.search]
rate_limit = { quota = \"100/min\", burst = 5, per = \"ip\" }
timeout = \"5s\"
concurrency = { max = 4, queue = 16 }
cache = { ttl = \"30s\", max_entries = 7, per = \"all\" }
retry = { max = 2, backoff = \"10ms\" }
breaker = { failures = 5, cooldown = \"30s\" }
max_output = \"64KiB\"
scopes = [\"orders:read\"]
audit = true
enabled = false
[resources.item]
cache = \"1m\"
",
    );
    assert_eq!(mistakes, Vec::<String>::new());
    let declared = declared();
    let (spec, enabled) = overrides.apply("search", &declared.functions[0].1);
    assert!(!enabled && spec.audit && *spec.scopes == ["orders:read"]);
    let limit = RateLimit::new(100, 60_000).burst(5).per(Per::Ip);
    assert_eq!(spec.rate_limit, Some((limit, Source::File(2, 14))));
    let cache = Cache::new(30_000).max_entries(7).shared();
    assert_eq!(spec.cache.map(|(it, _)| it), Some(cache));
    let concurrency = Concurrency::new(4).queue(16);
    assert_eq!(spec.concurrency.map(|(it, _)| it), Some(concurrency));
    assert_eq!(
        spec.retry.map(|(it, _)| it),
        Some(Retry::new(2).backoff(10))
    );
    let breaker = Breaker::new(5, 30_000);
    assert_eq!(spec.breaker.map(|(it, _)| it), Some(breaker));
    assert_eq!(spec.max_output.map(|(it, _)| it), Some(65_536));
    let (item, enabled) = overrides.apply("item", &declared.functions[5].1);
    assert!(enabled && item.cache.is_some());
    let (other, enabled) = overrides.apply("buy", &declared.functions[1].1);
    assert!(enabled && other.timeout.is_none(), "it has no table");
}

#[test]
fn conflicts_with_the_declaration_have_the_error_of_the_attribute() {
    for (text, says) in [
        (
            "[tools.buy]\ncache = \"5s\"",
            "`cache` needs `read_only`\n --> mcp.toml:2:1\n  help: add `read_only` if `buy` changes nothing, or remove `cache`",
        ),
        (
            "[tools.book]\ncache = \"5s\"",
            "`cache` contradicts `elicit`: the result depends on what the user answers",
        ),
        (
            "[tools.buy]\nretry = 3",
            "`retry` needs `read_only` or `idempotent`",
        ),
        (
            "[tools.add]\ntimeout = \"5s\"",
            "`timeout` cannot stop a function that is not `async`",
        ),
        (
            "[tools.add]\nconcurrency = 4",
            "`concurrency` cannot limit a function that is not `async`",
        ),
        (
            "[tools.slow]\nretry = 9",
            "the waits of `retry` add up to 51s100ms, and the declared `timeout` is 1s",
        ),
        (
            "[tools.search]\nretry = 3\ntimeout = \"100ms\"",
            "the waits of `retry` add up to 700ms, and `timeout` is 100ms",
        ),
        (
            "[tools.search]\ntimeout = \"0s\"",
            "a timeout of zero would fail every call",
        ),
        (
            "[tools.search]\nrate_limit = \"0/min\"",
            "rate limit of zero: `search` could never be called",
        ),
        (
            "[tools.search]\nrate_limit = { quota = \"1/s\", burst = 2, algorithm = \"fixed_window\" }",
            "`algorithm = \"fixed_window\"` has no `burst`",
        ),
    ] {
        let mistake = mistake(text);
        assert!(mistake.starts_with(says), "{text}: {mistake}");
    }
}

#[test]
fn configuration_narrows_access_and_never_widens_it() {
    let (_, mistakes) = read("[tools.buy]\nscopes = [\"orders:write\", \"orders:all\"]");
    assert_eq!(mistakes, Vec::<String>::new());
    for scopes in ["[]", "[\"orders:read\"]"] {
        let mistake = mistake(&format!("[tools.buy]\nscopes = {scopes}"));
        assert!(mistake.contains("lacks \"orders:write\""), "{mistake}");
    }
    let mistake = mistake("[tools.buy]\naudit = false");
    assert!(mistake.contains("the attribute has `audit`"), "{mistake}");
}

#[test]
fn unknown_names_are_reported_with_the_nearest() {
    for (text, says) in [
        (
            "[tools.serch]\ntimeout = \"5s\"",
            "there is no tool `serch`\n --> mcp.toml:1:8\n  help: did you mean `search`?",
        ),
        ("[tools.xyzzy]\n", "the tools are search, buy"),
        (
            "[tools.search]\nratelimit = \"1/s\"",
            "unknown key `ratelimit` in [tools.search]\n --> mcp.toml:2:1\n  help: did you mean `rate_limit`?",
        ),
        (
            "[tools.search]\nvisible_if = \"x\"",
            "write it in the attribute",
        ),
        (
            "[tools.search.rate_limit]\nquota = \"1/s\"\nbrust = 1",
            "unknown key `brust` in [tools.search.rate_limit]",
        ),
        (
            "[tools.search]\nrate_limit = { burst = 1 }",
            "[tools.search.rate_limit] has no `quota`",
        ),
        ("[tools.search]\ntimeout = 5", "`5` has no unit"),
        ("[tools]\nsearch = 5", "[tools.search] is a table"),
    ] {
        let mistake = mistake(text);
        assert!(mistake.contains(says), "{text}: {mistake}");
    }
}

#[test]
fn a_table_waits_for_a_function_that_is_added_later() {
    let declared = Declared {
        is_open: true,
        ..declared()
    };
    let read = |text: &str| {
        let (overrides, mistakes) = read_of(&declared, text);
        assert!(mistakes.is_empty(), "{mistakes:?}");
        overrides
    };
    let before = read("[tools.later]\ntimeout = \"5s\"");
    assert_eq!(before.awaited(), ["tools.later"]);
    let moved = read("[tools.later]\ntimeout = \"6s\"");
    assert_eq!(before.changes(&moved), ["tools.later"]);
    assert_eq!(before.changes(&before.clone()), Vec::<String>::new());
}

#[test]
fn only_functions_whose_limits_differ_have_changed() {
    let text = |limit: &str| {
        format!("[tools.search]\ntimeout = \"{limit}\"\n[tools.buy]\nenabled = false")
    };
    let (before, _) = read(&text("5s"));
    let (same, _) = read(&format!("\n{}", text("5s")));
    let (after, _) = read(&text("6s"));
    assert_eq!(before.changes(&same), Vec::<String>::new());
    assert_eq!(before.changes(&after), ["tools.search"]);
    assert_eq!(
        before.changes(&Overrides::default()),
        ["tools.buy", "tools.search"]
    );
}
