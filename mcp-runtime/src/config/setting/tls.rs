//! `[tls]`.

use std::path::Path;

use super::Setting;
use crate::config::kind::Kind;
use crate::config::problem::Problem;
use crate::config::settings::Settings;
use crate::tls::{ClientAuth, Files, Tls, TlsVersion};

pub(super) const ROWS: &[Setting] = &[
    Setting::new(
        "tls.cert",
        "MCP_TLS_CERT_PATH",
        Kind::Text(
            |it| shown(it, |files| path(&files.certificate)),
            |it, text| set(it, |files| files.certificate = text.into()),
        ),
        "The file of the certificate with its chain, in PEM; it is read again when it changes.",
    ),
    Setting::new(
        "tls.key",
        "MCP_TLS_KEY_PATH",
        Kind::Text(
            |it| shown(it, |files| path(&files.key)),
            |it, text| set(it, |files| files.key = text.into()),
        ),
        "The file of its private key, in PEM.",
    ),
    Setting::new(
        "tls.min_version",
        "MCP_TLS_MIN_VERSION",
        Kind::Text(
            |it| shown(it, |files| version(files.min_version).to_owned()),
            |it, text| {
                let known = [TlsVersion::V1_2, TlsVersion::V1_3];
                let named = known.into_iter().find(|it| version(*it) == text);
                let named = named.ok_or_else(|| Problem::new(text, "", "use 1.2 or 1.3"))?;
                set(it, |files| files.min_version = named)
            },
        ),
        "The oldest version of TLS that callers may use: `1.2` or `1.3`.",
    ),
    Setting::new(
        "tls.client_ca",
        "MCP_TLS_CLIENT_CA",
        Kind::Text(
            |it| {
                shown(it, |files| {
                    files
                        .client_ca
                        .as_ref()
                        .map_or_else(String::new, |it| path(it))
                })
            },
            |it, text| set(it, |files| files.client_ca = Some(text.into())),
        ),
        "The file of the authorities that issue client certificates, in PEM.",
    ),
    Setting::new(
        "tls.client_auth",
        "MCP_TLS_CLIENT_AUTH",
        Kind::Text(
            |it| {
                shown(it, |files| {
                    files
                        .client_auth
                        .map_or_else(String::new, |it| it.as_str().to_owned())
                })
            },
            |it, text| {
                let known = [ClientAuth::None, ClientAuth::Request, ClientAuth::Require];
                let named = known.into_iter().find(|it| it.as_str() == text);
                let help = "use none, request or require";
                let named = named.ok_or_else(|| Problem::new(text, "", help))?;
                set(it, |files| files.client_auth = Some(named))
            },
        ),
        "The requirement of client certificates: `none`, `request` or `require`, the default with `client_ca`.",
    ),
];

fn shown(settings: &Settings, show: impl FnOnce(&Files) -> String) -> String {
    let files = settings.tls.as_ref().and_then(Tls::of_files);
    files.map_or_else(String::new, show)
}

#[expect(clippy::unnecessary_wraps, reason = "the readers of other forms fail")]
fn set(settings: &mut Settings, change: impl FnOnce(&mut Files)) -> Result<(), Problem> {
    settings.tls = Some(settings.tls.take().unwrap_or_default().with_files(change));
    Ok(())
}

fn path(path: &Path) -> String {
    path.to_string_lossy().into_owned()
}

fn version(version: TlsVersion) -> &'static str {
    match version {
        TlsVersion::V1_2 => "1.2",
        TlsVersion::V1_3 => "1.3",
    }
}
