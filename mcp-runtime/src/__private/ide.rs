//! The keys of the attributes as items, for editors: generated code imports those that are typed where rust-analyzer reads it.
//!
//! A test of the macros (`args/reference.rs`) makes this file from the pages in `docs`; `UPDATE_EXPECT=1` writes it.

macro_rules! keys {
    ($table:ident $($key:ident $text:literal)*) => {
        #[doc = concat!("The keys of `", stringify!($table), "`.")]
        pub mod $table {$(
            #[doc = $text]
            pub use core::compile_error as $key;
        )*}
    };
}

keys! {
    arg
    default "`default = 10` (flag, or value; default: required, unless an `Option`)\n\nthe value used when the client sends none; the bare flag uses `Default::default()`"
    length "`length = 1..=200` (range; default: any)\n\nthe number of characters of a string, or of items of a collection"
    range "`range = 1..=100` (range; default: any)\n\nthe minimum and maximum of a number"
    pattern "`pattern = \"^[a-z]+$\"` (regular expression; default: none)\n\na regular expression that a string must match"
    email "`email` (flag; default: off)\n\na string must be an email address"
    url "`url` (flag; default: off)\n\na string must be a URL"
    one_of "`one_of(\"asc\", \"desc\")` (list of strings; default: none)\n\nthe allowed values of a string"
    custom "`custom = is_known` (path of a `fn(&T) -> Result<(), E>`; default: none)\n\na custom rule; the text of its error is shown to the client"
    rename "`rename = \"query\"` (string; default: the parameter's name)\n\nthe name on the wire"
    example "`example = \"IS\"` (value; default: none)\n\nan example in the schema"
    redact "`redact` (flag; default: off)\n\nkeeps the value out of logs, audit records and error texts"
    header "`header = \"Region\"` (string; default: none)\n\nrequires an `Mcp-Param-..` header with the same value over HTTP (tools only)"
    complete "`complete = names` (path of a function; default: none)\n\nthe function that completes the argument while a user types (prompts and resources only)"
    elicit "`elicit = \"Which account?\"` (string; default: none)\n\nasks the user for the argument if the client does not send it, with this message and a form of one field; the type must be one that a form allows ([`Elicit`](macro@crate::Elicit)); not with `default`, `redact` or `cache`"
    alias "`alias(\"q\", \"query\")` (list of strings; default: none)\n\nother names that are accepted and that the schema does not show; the argument under two of its names is refused (tools and prompts only)"
    flatten "`flatten` (flag; default: off)\n\ntakes the members of a struct as arguments, with their rules, defaults and descriptions (tools only); of the other keys, only `redact` may be combined with it"
}

keys! {
    breaker
    failures "`failures = 5` (count; default: required)\n\nthe number of consecutive failures that opens the breaker"
    cooldown "`cooldown = \"30s\"` (duration; default: required)\n\nthe time the breaker stays open"
}

keys! {
    cache
    ttl "`ttl = \"30s\"` (duration; default: required)\n\nthe time to live of an entry; errors are not cached"
    max_entries "`max_entries = 100` (count; default: 1000)\n\nthe maximum number of entries, over all callers; the oldest is evicted first, also above 64 MiB of results (a quarter of `Server::max_held`)"
    per "`per = \"all\"` (`\"principal\"`, `\"all\"`; default: `\"principal\"`)\n\nthe scope of an entry: one caller with one set of scopes (but with any claims), or all callers"
}

keys! {
    concurrency
    max "`max = 4` (count; default: required)\n\nthe maximum number of concurrent calls"
    queue "`queue = 16` (count; default: none)\n\nthe maximum number of calls waiting for a permit, in order of arrival; the wait does not count against `timeout`; further calls are refused immediately"
}

keys! {
    defaults
    timeout "`timeout = \"30s\"` (duration; default: no limit)\n\nthe maximum duration of a call, which is cancelled afterwards"
    rate_limit "`rate_limit = \"100/min\"` (rate, or keys; default: no limit)\n\nthe maximum number of calls of each function per period"
    concurrency "`concurrency = 4` (count, or keys; default: no limit)\n\nthe maximum number of concurrent calls of each function"
    retry "`retry = 3` (count, or keys; default: off)\n\nthe maximum number of retries; every tool must be `read_only` or `idempotent`"
    breaker "`breaker(failures = 5, cooldown = \"30s\")` (keys; default: off)\n\nrejects calls of a function for a cooldown period after consecutive failures"
    max_output "`max_output = \"64KiB\"` (size; default: no limit)\n\nthe maximum size of the result; a larger one is replaced by an error that says how to request less"
    scopes "`scopes(\"orders:read\")` (list of strings; default: none)\n\nthe scopes a caller must hold, all of them"
    audit "`audit` (flag; default: off)\n\nlogs a record of each call; cannot be turned off for a single function"
}

keys! {
    model
    input "`#[model(input)]` (flag; default: both)\n\nderives only the traits of an argument, which is read from JSON"
    output "`#[model(output)]` (flag; default: both)\n\nderives only the traits of a result, which is written as JSON"
}

keys! {
    prompt
    name "`name = \"review\"` (string; default: the function's name)\n\nthe name on the wire: 1 to 128 of `A-Z a-z 0-9 _ - .`"
    title "`title = \"Code review\"` (string; default: none)\n\nthe display name"
    description "`description = \"A review of some code.\"` (string; default: the doc comment)\n\nthe description shown to users"
    icon "`icon = \"https://example.com/icon.png\"` (URI; default: none)\n\nan image, `https://` or `data:`"
    meta "`meta(owner = \"search\", \"com.example/tier\" = 2)` (list of `key = value`; default: none)\n\nmembers of the `_meta` that lists show: keys are identifiers or strings, values anything that serializes; keys whose prefix belongs to the protocol are refused"
    rate_limit "`rate_limit = \"10/min\"` (rate, or keys; default: no limit)\n\nthe maximum number of calls per period; excess calls are refused before their arguments are decoded; a call with input requests counts once; completions have a separate limit of 600/min"
    timeout "`timeout = \"5s\"` (duration; default: no limit)\n\nthe maximum duration of a call, which is cancelled afterwards; a function that is not `async` needs `blocking`"
    concurrency "`concurrency = 4` (count, or keys; default: no limit)\n\nthe maximum number of concurrent calls; a function that is not `async` needs `blocking`"
    cache "`cache = \"30s\"` (duration, or keys; default: off)\n\nthe time to live of cached messages, keyed by the arguments"
    retry "`retry = 3` (count, or keys; default: off)\n\nthe maximum number of retries after an error marked as retryable; all backoffs together must fit in `timeout`"
    breaker "`breaker(failures = 5, cooldown = \"30s\")` (keys; default: off)\n\nrejects calls for a cooldown period after consecutive failures, as defined for [`#[tool]`](macro@crate::tool)"
    max_output "`max_output = \"64KiB\"` (size; default: no limit)\n\nthe maximum size of the messages; larger ones are replaced by an error"
    scopes "`scopes(\"orders:read\")` (list of strings; default: none)\n\nthe scopes a caller must hold, all of them; the prompt is not listed for other callers"
    visible_if "`visible_if = is_staff` (path of a `fn(&Principal) -> bool`; in a `#[server]` block, of a `fn(&self, &Principal) -> bool` too; default: all callers)\n\na predicate that decides for each caller whether the prompt exists"
    audit "`audit` (flag; default: off)\n\nlogs a record of each call under the target `mcp_runtime::audit`"
    blocking "`blocking` (flag; default: off)\n\nruns a function that is not `async` on the blocking pool"
}

keys! {
    rate_limit
    quota "`quota = \"10/min\"` (rate; default: required)\n\nthe maximum number of calls per period"
    burst "`burst = 5` (count; default: that of the quota)\n\nthe maximum number of calls at once (token bucket only)"
    per "`per = \"ip\"` (`\"principal\"`, `\"ip\"`, `\"all\"`; default: `\"principal\"`)\n\nthe scope of the counter; anonymous callers count by address if it is known, and all addresses of an IPv6 /64 as one address"
    algorithm "`algorithm = \"sliding_window\"` (`\"token_bucket\"`, `\"sliding_window\"`, `\"fixed_window\"`; default: `\"token_bucket\"`)\n\n`token_bucket` restores calls one by one; `sliding_window` never exceeds the quota in any interval of one period; `fixed_window` resets at the start of each period"
}

keys! {
    ready
    name "`name = \"database\"` (string; default: the function's name)\n\nthe name of the check in the response of `/ready`"
    optional "`optional` (flag; default: off)\n\nthe server is ready without it: while it fails, `/health` reports `degraded`, and `/ready` is 200"
}

keys! {
    resource
    name "`name = \"Read me\"` (string; default: the function's name)\n\nthe name of the resource, as clients show it: 1 to 128 characters on one line"
    title "`title = \"Read me\"` (string; default: none)\n\nthe display name"
    description "`description = \"General information about the shop.\"` (string; default: the doc comment)\n\nthe description given to clients"
    icon "`icon = \"https://example.com/icon.png\"` (URI; default: none)\n\nan image, `https://` or `data:`"
    meta "`meta(owner = \"search\", \"com.example/tier\" = 2)` (list of `key = value`; default: none)\n\nmembers of the `_meta` that lists show: keys are identifiers or strings, values anything that serializes; keys whose prefix belongs to the protocol are refused"
    mime_type "`mime_type = \"text/markdown\"` (media type; default: by the return type; for `ui://` that of a view)\n\nthe media type of the contents, `<type>/<subtype>`"
    size "`size = \"64KiB\"` (size; default: none)\n\nthe size of the contents; not for a template"
    audience "`audience(\"user\", \"assistant\")` (`\"user\"`, `\"assistant\"`, or both; default: unset)\n\nthe intended audience of the contents"
    priority "`priority = 0.8` (number from 0 to 1; default: unset)\n\nthe importance of the contents, 1 being the highest"
    last_modified "`last_modified = \"2026-01-31T12:00:00Z\"` (ISO 8601; default: unset)\n\nthe time of the last modification: a date, or a time with its zone"
    list "`list = Self::cached` (path of a function; default: none)\n\nthe function that lists the resources of a template, for `resources/list`"
    rate_limit "`rate_limit = \"10/min\"` (rate, or keys; default: no limit)\n\nthe maximum number of reads per period; excess reads are refused before their variables are decoded; a read with input requests counts once; completions have a separate limit of 600/min"
    timeout "`timeout = \"5s\"` (duration; default: no limit)\n\nthe maximum duration of a read, which is cancelled afterwards; a function that is not `async` needs `blocking`"
    concurrency "`concurrency = 4` (count, or keys; default: no limit)\n\nthe maximum number of concurrent reads; a function that is not `async` needs `blocking`"
    cache "`cache = \"60s\"` (duration, or keys; default: off)\n\nthe time to live of cached contents, keyed by the variables; also sent to clients as a caching hint"
    retry "`retry = 3` (count, or keys; default: off)\n\nthe maximum number of retries after an error marked as retryable; all backoffs together must fit in `timeout`"
    breaker "`breaker(failures = 5, cooldown = \"30s\")` (keys; default: off)\n\nrejects reads for a cooldown period after consecutive failures, as defined for [`#[tool]`](macro@crate::tool)"
    max_output "`max_output = \"64KiB\"` (size; default: no limit)\n\nthe maximum size of the contents; larger ones are replaced by an error"
    scopes "`scopes(\"orders:read\")` (list of strings; default: none)\n\nthe scopes a caller must hold, all of them; the resource is not listed for other callers"
    visible_if "`visible_if = is_staff` (path of a `fn(&Principal) -> bool`; in a `#[server]` block, of a `fn(&self, &Principal) -> bool` too; default: all callers)\n\na predicate that decides for each caller whether the resource exists"
    audit "`audit` (flag; default: off)\n\nlogs a record of each read under the target `mcp_runtime::audit`"
    blocking "`blocking` (flag; default: off)\n\nruns a function that is not `async` on the blocking pool"
}

keys! {
    retry
    max "`max = 3` (count; default: required)\n\nthe maximum number of retries after the first attempt"
    backoff "`backoff = \"1s\"` (duration; default: `\"100ms\"`)\n\nthe maximum wait before the first retry; doubles with each retry up to 30 s, with jitter down to half of it"
}

keys! {
    server
    name "`name = \"shop\"` (string; default: the package's name)\n\nthe server's name"
    version "`version = \"1.0.0\"` (string; default: the package's version)\n\nthe server's version"
    title "`title = \"The shop\"` (string; default: none)\n\nthe display name"
    instructions "`instructions = \"The shop's catalogue.\"` (string; default: the doc comment)\n\nthe instructions given to models"
    page_size "`page_size = 100` (count; default: 500)\n\nthe maximum number of entries per page of a list"
    describe_rules "`describe_rules` (flag; default: off)\n\nrepeats the rules of arguments in their descriptions, for clients that drop them from schemas"
    defaults "`defaults(timeout = \"30s\")` (keys; default: none)\n\ndefault keys of every tool, resource and prompt in the block"
    part "`part = \"orders\"` (string; default: the whole server)\n\ndeclares this block as a part of the server that another block of the same type builds"
    parts "`parts(\"orders\", \"reports\")` (list of strings; default: none)\n\nthe parts added to this block"
}

keys! {
    tool
    name "`name = \"search\"` (string; default: the function's name)\n\nthe name on the wire: 1 to 128 of `A-Z a-z 0-9 _ - .`"
    title "`title = \"Search\"` (string; default: none)\n\nthe display name"
    description "`description = \"Searches the catalogue.\"` (string; default: the doc comment)\n\nthe description given to the model"
    icon "`icon = \"https://example.com/icon.png\"` (URI; default: none)\n\nan image, `https://` or `data:`"
    meta "`meta(owner = \"search\", \"com.example/tier\" = 2)` (list of `key = value`; default: none)\n\nmembers of the `_meta` that lists show: keys are identifiers or strings, values anything that serializes; keys whose prefix belongs to the protocol are refused"
    read_only "`read_only`, `read_only = false` (flag or bool; default: unset)\n\nthe tool has no side effects; error texts then say that a retry is safe"
    idempotent "`idempotent`, `idempotent = false` (flag or bool; default: unset)\n\nrepeated calls have the same effect as one; error texts then say that a retry is safe"
    destructive "`destructive`, `destructive = false` (flag or bool; default: unset)\n\nthe tool may perform destructive updates; contradicts `read_only` and `cache`"
    open_world "`open_world`, `open_world = false` (flag or bool; default: unset)\n\nthe tool interacts with systems outside of this server"
    ui "`ui = \"ui://shop/cart\"` (`ui://` URI; default: none)\n\nthe URI of the [`View`](crate::View) in which clients show the results (MCP Apps)"
    visible_to "`visible_to(\"app\")` (`\"model\"`, `\"app\"`, or both; default: both)\n\noffers the tool to the model, to views of this server, or to both; a hint to the client, unlike `scopes`, which the server enforces"
    task "`task = \"optional\"` (`\"optional\"` or `\"required\"`; default: never)\n\nruns the calls of clients that support tasks as tasks; `\"required\"` refuses other clients ([tasks extension](https://github.com/modelcontextprotocol/ext-tasks))"
    rate_limit "`rate_limit = \"10/min\"` (rate, or keys; default: no limit)\n\nthe maximum number of calls per period; excess calls are refused with the time to wait, before their arguments are decoded; a call with input requests counts once, as long as each round responds to an open request"
    timeout "`timeout = \"5s\"` (duration; default: no limit)\n\nthe maximum duration of a call, which is cancelled afterwards; in a session, the time spent waiting for input responses does not count; a function that is not `async` needs `blocking`"
    concurrency "`concurrency = 4` (count, or keys; default: no limit)\n\nthe maximum number of concurrent calls; a function that is not `async` needs `blocking`"
    cache "`cache = \"30s\"` (duration, or keys; default: off)\n\nthe time to live of cached results, keyed by the arguments; concurrent calls with equal arguments run the function once; needs `read_only`"
    retry "`retry = 3` (count, or keys; default: off)\n\nthe maximum number of retries after a `ToolError` marked as retryable; needs `Result<_, ToolError>`, and `read_only` or `idempotent`; all backoffs together must fit in `timeout`"
    breaker "`breaker(failures = 5, cooldown = \"30s\")` (keys; default: off)\n\nrejects calls for a cooldown period after consecutive failures, then admits one trial call"
    max_output "`max_output = \"64KiB\"` (size; default: no limit)\n\nthe maximum size of the result; a larger one is replaced by an error that says how to request less"
    scopes "`scopes(\"orders:read\")` (list of strings; default: none)\n\nthe scopes a caller must hold, all of them; the tool is not listed for other callers"
    visible_if "`visible_if = is_staff` (path of a `fn(&Principal) -> bool`; in a `#[server]` block, of a `fn(&self, &Principal) -> bool` too; default: all callers)\n\na predicate that decides for each caller whether the tool exists"
    audit "`audit` (flag; default: off)\n\nlogs a record of each call under the target `mcp_runtime::audit`: the caller, the tool, the arguments, the outcome and the duration"
    schema "`schema = keywords` (path of a `fn() -> Value`; default: none)\n\nkeywords merged into the input schema and checked on every call (feature `json-schema`)"
    output "`output = Page` (path of a type; default: none)\n\nthe type of the structured content of a `ToolResult`, for the output schema; a result without it is an error (a generic type as `Vec::<Page>`)"
    blocking "`blocking` (flag; default: off)\n\nruns a function that is not `async` on the blocking pool"
}
