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

/// Prints the findings; an error if a client would refuse a tool.
pub(super) fn report(service: &Service) -> Result<()> {
    let registry = service.registry.read();
    let tools: Vec<&Tool> = registry.tools().collect();
    let (mut notes, mut refused) = (0, 0);
    for tool in &tools {
        let found = lint::declared(&service.identity.info.name, tool);
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
    if refused > 0 {
        return Err(Error::usage(format!(
            "some client would reject {refused} of {all}"
        )));
    }
    let notes = if notes == 0 {
        String::new()
    } else {
        format!(", with {}", counted(notes, "note"))
    };
    print(&format!("{all} checked: every client takes them{notes}"));
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
