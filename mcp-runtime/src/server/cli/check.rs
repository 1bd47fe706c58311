//! `check`: the findings of clients about the tools, one line for each.

use super::show::print;
use crate::error::{Error, Result};
use crate::lint::{self, Finding, Verdict};
use crate::protocol::tool::Tool;
use crate::service::Service;

/// Checks that the callers can be verified, and prints for which transport they are; an error if an issuer cannot be
/// reached.
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

/// The names of the clients as they are typed: `claude-code`, `llama.cpp`.
pub(super) fn clients() -> impl Iterator<Item = String> {
    lint::CLIENTS.iter().map(|client| typed(client))
}

fn typed(client: &str) -> String {
    client.to_lowercase().replace(' ', "-")
}

/// Returns whether a finding of `found` concerns `client`; those of Claude concern Claude Code too.
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
