//! Files that callers name, confined to one folder.

use std::io;

use mcp_runtime::{Folder, FolderError, Server, State, tool, tools};

#[derive(State)]
pub(crate) struct Desk {
    papers: Folder,
}

/// Lists the papers in a folder.
#[tool(read_only, blocking)]
fn list(papers: &Folder, #[arg(default)] folder: String) -> Result<String, FolderError> {
    let lines = papers.list(&folder)?.into_iter();
    let lines = lines.map(|it| {
        if it.is_folder {
            format!("{}/", it.name)
        } else {
            it.name
        }
    });
    Ok(lines.collect::<Vec<_>>().join("\n"))
}

/// Reads a paper.
#[tool(read_only, blocking)]
fn read(papers: &Folder, path: String) -> Result<String, FolderError> {
    papers.read_text(&path)
}

/// Writes a paper.
#[tool(blocking, destructive)]
fn write(papers: &Folder, path: String, text: String) -> Result<String, FolderError> {
    papers.write(&path, &text)?;
    Ok(format!("wrote {} bytes to {path}", text.len()))
}

fn on(papers: Folder) -> Server<Desk> {
    Server::new("sandbox", "1.0.0")
        .state(Desk { papers })
        .tools(tools![list, read, write])
}

/// Serves the folder `papers` of the working directory, and creates it.
pub(crate) fn server() -> io::Result<Server<Desk>> {
    std::fs::create_dir_all("papers")?;
    Ok(on(Folder::open("papers")?.max_size(64 * 1024)))
}

#[cfg(test)]
mod tests {
    use mcp_testkit::TestClient;
    use serde_json::json;

    use super::*;

    #[tokio::test]
    async fn papers_stay_in_their_folder() {
        let path = std::env::temp_dir().join(format!("sandbox-{}", std::process::id()));
        let made = std::fs::create_dir_all(&path).and_then(|()| Folder::open(&path));
        let client = TestClient::new(on(made.unwrap_or_else(|error| panic!("{error}")))).await;
        let _time = mcp_testkit::hold_time();
        let wrote = client
            .call("write", json!({"path": "a/b.md", "text": "hi"}))
            .await;
        wrote.assert_text("wrote 2 bytes to a/b.md");
        client
            .call("read", json!({"path": "a/b.md"}))
            .await
            .assert_text("hi");
        client.call("list", json!({})).await.assert_text("a/");
        let outside = client
            .call("read", json!({"path": "../../etc/passwd"}))
            .await;
        outside.assert_error("not a path inside the folder");
        let _ = std::fs::remove_dir_all(path);
    }
}
