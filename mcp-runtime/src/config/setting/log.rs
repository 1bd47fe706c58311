//! `[log]`.

use super::Setting;
use crate::config::kind::Kind;
use crate::config::problem::Problem;
use crate::config::settings::LogFormat;
use crate::ops::logging;

pub(super) const ROWS: &[Setting] = &[
    Setting::new(
        "log.level",
        "MCP_LOG_LEVEL",
        Kind::Text(
            |it| it.log_level.clone(),
            |it, text| {
                if logging::filter(text).is_none() {
                    let help = "use error, warn, info, debug, trace or off; or `info,my_crate=debug` for one crate more";
                    return Err(Problem::new(text, "", help));
                }
                text.clone_into(&mut it.log_level);
                Ok(())
            },
        ),
        "The level of the log, such as `info`, or `warn,my_crate=debug`.",
    )
    .live(),
    Setting::new(
        "log.format",
        "MCP_LOG_FORMAT",
        Kind::Text(
            |it| it.log_format.as_str().to_owned(),
            |it, text| {
                it.log_format = match text {
                    "text" => LogFormat::Text,
                    "json" => LogFormat::Json,
                    other => return Err(Problem::new(other, "", "use text or json")),
                };
                Ok(())
            },
        ),
        "The format of log lines: `text` or `json`.",
    ),
    Setting::new(
        "log.audit",
        "MCP_LOG_AUDIT",
        Kind::Text(
            |it| {
                let path = it.audit_file.as_ref();
                path.map_or_else(String::new, |path| path.display().to_string())
            },
            |it, text| {
                it.audit_file = (!text.is_empty()).then(|| text.into());
                Ok(())
            },
        ),
        "The file that audit records are appended to, as one JSON object per line; without one they go to the log.",
    )
    .code("audit_file"),
];
