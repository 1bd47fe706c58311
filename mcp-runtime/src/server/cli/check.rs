//! `check`: verifiers, the machine, and the findings of clients about the tools, one line for each.

use std::time::{Duration, SystemTime};

#[cfg(feature = "tls")]
use axum::http::Uri;

use super::show::print;
#[cfg(feature = "tls")]
use crate::certificate::Certificate;
use crate::clock::rfc3339;
use crate::error::{Error, Result};
use crate::lint::{self, Finding, Verdict};
use crate::ops::descriptors;
use crate::protocol::tool::Tool;
use crate::service::Service;

/// Checks that callers can be verified, and prints for which transport; an error if an issuer cannot be reached.
pub(super) async fn callers(service: &Service) -> Result<()> {
    let Some(auth) = &service.auth else {
        return Ok(());
    };
    let started = auth.verifier.start().await;
    started.map_err(|fault| Error::auth(&fault))?;
    print("callers are verified over HTTP; over stdio there is one, who needs no credentials");
    if service.settings.public_urls.is_empty() && !auth.verifier.authorization_servers().is_empty()
    {
        print("note: clients cannot find the issuer by themselves; set `public_url`");
    }
    Ok(())
}

/// Checks the machine's clock, the certificate and the limit of open files; an error if the server could not serve.
pub(super) fn machine(service: &Service) -> Result<()> {
    let now = SystemTime::now();
    if let Some(fault) = clock_fault(now) {
        return Err(Error::usage(fault));
    }
    #[cfg(feature = "tls")]
    if let Some(certificate) = service.tls.as_ref().and_then(|tls| tls.certificate()) {
        print(&validity(certificate.not_after(), now)?);
        for note in trust(&certificate, &service.settings.public_urls) {
            print(&note);
        }
    }
    let wanted = service.settings.limits.connections;
    let fit = descriptors::for_connections(wanted);
    if fit < wanted {
        print(&format!(
            "note: limits.connections is {wanted}, and the limit of open files lets {fit} in; raise it (RLIMIT_NOFILE, ulimit -n)"
        ));
    }
    Ok(())
}

/// The fault of a clock before the first release of this crate, by which no certificate or token would be valid.
fn clock_fault(now: SystemTime) -> Option<String> {
    let earliest = SystemTime::UNIX_EPOCH + Duration::from_hours(490_896);
    (now < earliest).then(|| {
        let now = rfc3339(now, 0);
        format!("the clock of this machine says {now}, by which tokens and certificates are not valid yet; set it")
    })
}

/// The reasons for which clients would not trust the certificate.
#[cfg(feature = "tls")]
fn trust(certificate: &Certificate, public_urls: &[String]) -> Vec<String> {
    let mut notes = Vec::new();
    if certificate.is_self_signed() {
        notes.push(
            "note: the certificate is self-signed: clients refuse it unless they are configured to trust it; use one of an authority"
                .to_owned(),
        );
    }
    let urls = public_urls.iter().filter_map(|url| url.parse::<Uri>().ok());
    for url in urls.filter(|url| url.scheme_str() == Some("https")) {
        let host = url.host().unwrap_or_default();
        if !certificate.is_for(host) {
            notes.push(format!(
                "note: the certificate is not for {host}, which is in `public_url`: it is for {}",
                certificate.hosts()
            ));
        }
    }
    notes
}

/// The line about the expiry of the certificate.
#[cfg(feature = "tls")]
fn validity(end: SystemTime, now: SystemTime) -> Result<String> {
    let shown = rfc3339(end, 0);
    let Ok(left) = end.duration_since(now) else {
        let text = format!("the certificate has ended at {shown}; renew it");
        return Err(Error::usage(text));
    };
    let days = left.as_secs() / 86_400;
    let level = if days < SOON { "note: " } else { "" };
    Ok(format!(
        "{level}the certificate ends at {shown}, in {days} days"
    ))
}

/// The number of days before its expiry from which a certificate should be renewed.
#[cfg(feature = "tls")]
const SOON: u64 = 14;

/// The names of the clients for the command line: `claude-code`, `llama.cpp`.
pub(super) fn clients() -> impl Iterator<Item = String> {
    lint::CLIENTS.iter().map(|client| typed(client))
}

fn typed(client: &str) -> String {
    client.to_lowercase().replace(' ', "-")
}

/// Returns true if a finding of `found` concerns `client`; those of Claude concern Claude Code too.
fn concerns(found: &str, client: &str) -> bool {
    let found = typed(found);
    found == client || found == "claude" && client == "claude-code"
}

/// Prints the findings, of one client or of all; an error if a client would refuse a tool.
pub(super) fn report(service: &Service, client: Option<&str>) -> Result<()> {
    let client = client.map(typed);
    let registry = service.registry.read();
    let tools: Vec<&Tool> = registry.tools().collect();
    let (mut notes, mut refused) = (0, 0);
    for tool in &tools {
        let mut found = lint::declared(&service.identity.info.name, tool);
        if let Some(client) = &client {
            found.retain(|finding| concerns(finding.client, client));
        }
        for finding in &found {
            print(&line(finding));
        }
        if found
            .iter()
            .any(|finding| finding.verdict == Verdict::Rejects)
        {
            refused += 1;
        }
        notes += found.len();
    }
    let all = counted(tools.len(), "tool");
    let whose = client.as_deref().unwrap_or("some client");
    if refused > 0 {
        return Err(Error::usage(format!(
            "{whose} would reject {refused} of {all}"
        )));
    }
    let notes = if notes == 0 {
        String::new()
    } else {
        format!(", with {}", counted(notes, "note"))
    };
    let whose = client.as_deref().unwrap_or("every client");
    print(&format!("{all} checked: {whose} takes them{notes}"));
    Ok(())
}

/// The finding, with the source of its rule.
fn line(finding: &Finding) -> String {
    let level = if finding.verdict == Verdict::Rejects {
        "error"
    } else {
        "note"
    };
    format!("{level}: {finding} ({})", finding.source)
}

fn counted(count: usize, noun: &str) -> String {
    if count == 1 {
        format!("1 {noun}")
    } else {
        format!("{count} {noun}s")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_clock_that_was_never_set_is_a_fault() {
        let fault = clock_fault(SystemTime::UNIX_EPOCH + Duration::from_secs(5));
        assert!(fault.unwrap().contains("1970-01-01T00:00:05Z"));
        assert_eq!(clock_fault(SystemTime::now()), None);
    }

    #[test]
    #[cfg(feature = "tls")]
    fn a_certificate_is_good_near_its_end_or_over() {
        let now = SystemTime::UNIX_EPOCH + Duration::from_secs(2_000_000_000);
        let day = Duration::from_hours(24);
        let line = |days| validity(now + day * days, now);
        let good = line(90).unwrap();
        assert!(
            good.starts_with("the certificate ends at 2033-08-16") && good.ends_with("90 days")
        );
        assert!(line(13).unwrap().starts_with("note: "));
        assert!(
            validity(now - day, now)
                .unwrap_err()
                .to_string()
                .contains("renew it")
        );
    }
}
