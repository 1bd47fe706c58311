//! `[ops]`.

use std::net::SocketAddr;

use super::Setting;
use crate::config::kind::Kind;
use crate::config::problem::Problem;

pub(super) const ROWS: &[Setting] = &[
    Setting::new(
        "ops.bind",
        "MCP_OPS_BIND",
        Kind::Text(
            |it| it.ops_bind.clone(),
            |it, text| {
                if !text.is_empty() && text.parse::<SocketAddr>().is_err() {
                    let help = "write an IP address and a port, such as 127.0.0.1:9090";
                    return Err(Problem::new(text, "", help));
                }
                text.clone_into(&mut it.ops_bind);
                Ok(())
            },
        ),
        "The separate address of health and metrics, such as `0.0.0.0:9090`; without one they are at the address of clients.",
    )
    .code("ops_bind"),
    Setting::new(
        "ops.client_names",
        "MCP_OPS_CLIENT_NAMES",
        Kind::Switch(|it| it.client_names, |it, count| it.client_names = count),
        "`mcp_client_requests_total` counts requests by the self-reported names of clients, of which at most 50 are distinguished.",
    )
    .code("client_names"),
];
