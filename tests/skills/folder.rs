//! Skills from a folder on the disk.

use std::fs;
use std::path::{Path, PathBuf};

use mcp_runtime::Server;
use mcp_testkit::TestClient;
use serde_json::json;

use super::{fault, manifest};

/// A fresh folder with the skill `refunds`, for one test.
fn folder(test: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR"))
        .join("skills")
        .join(test);
    let _ = fs::remove_dir_all(&folder);
    fs::create_dir_all(folder.join("refunds/empty")).unwrap();
    fs::write(folder.join("refunds/SKILL.md"), manifest("refunds")).unwrap();
    folder
}

fn server(folder: &Path) -> Server {
    Server::new("skilled", "1.0.0").skills(folder)
}

#[tokio::test(start_paused = true)]
async fn a_folder_is_served_as_it_was_when_the_server_was_built() {
    let folder = folder("kept");
    let client = TestClient::new(server(&folder)).await;
    fs::remove_dir_all(&folder).unwrap();
    let reply = client.read("skill://refunds/SKILL.md").await;
    assert_eq!(
        reply.assert_ok().result()["contents"][0]["text"],
        manifest("refunds")
    );
    let empty = client
        .request(
            "resources/directory/read",
            json!({ "uri": "skill://refunds/empty" }),
        )
        .await;
    assert_eq!(empty.assert_ok().result()["resources"], json!([]));
}

#[tokio::test(start_paused = true)]
async fn names_that_begin_with_a_dot_are_skipped() {
    let folder = folder("hidden");
    fs::write(folder.join("refunds/.env"), "TOKEN=1").unwrap();
    fs::create_dir(folder.join(".git")).unwrap();
    let client = TestClient::new(server(&folder)).await;
    let reply = client
        .request("skills/get", json!({ "uri": "skill://refunds/SKILL.md" }))
        .await;
    assert_eq!(
        reply.assert_ok().result()["skill"]["resources"]
            .as_array()
            .unwrap()
            .len(),
        1
    );
    client
        .read("skill://refunds/.env")
        .await
        .assert_rpc_error(-32602);
}

#[test]
fn a_missing_folder_stops_the_start() {
    let told = fault(server(Path::new("no/such/folder")));
    assert!(
        told.contains("the folder `no/such/folder` cannot be read"),
        "{told}"
    );
}

#[test]
fn a_fault_names_the_file_on_the_disk() {
    let folder = folder("shown");
    let file = folder.join("refunds/SKILL.md");
    fs::write(&file, "").unwrap();
    assert!(fault(server(&folder)).contains(&format!("`{}` has no frontmatter", file.display())));
}

#[cfg(unix)]
#[test]
fn a_link_out_of_the_folder_stops_the_start() {
    let folder = folder("linked");
    let outside = folder.with_extension("outside");
    fs::write(&outside, "secret").unwrap();
    std::os::unix::fs::symlink(&outside, folder.join("refunds/data")).unwrap();
    assert!(fault(server(&folder)).contains("refunds/data` is a link out of the folder"));
}

#[cfg(unix)]
#[test]
fn a_cycle_of_links_stops_the_start() {
    let folder = folder("circle");
    std::os::unix::fs::symlink("..", folder.join("refunds/again")).unwrap();
    assert!(fault(server(&folder)).contains("refunds/again` is a link to a folder that it is in"));
}

#[cfg(unix)]
#[test]
fn a_link_inside_the_folder_is_followed() {
    let folder = folder("inside");
    std::os::unix::fs::symlink("SKILL.md", folder.join("refunds/copy.md")).unwrap();
    assert!(server(&folder).check().is_ok());
}

#[test]
fn all_skills_have_at_most_256_mib_together() {
    let folder = folder("large");
    // Only its size is read.
    fs::File::create(folder.join("refunds/data"))
        .unwrap()
        .set_len(257 * 1024 * 1024)
        .unwrap();
    assert!(
        fault(server(&folder))
            .contains("the skills of this server have more than 256 MiB together")
    );
}

#[cfg(unix)]
#[test]
fn a_special_file_stops_the_start_and_is_not_opened() {
    let folder = folder("pipe");
    let pipe = folder.join("refunds/pipe");
    let made = std::process::Command::new("mkfifo").arg(&pipe).status();
    assert!(made.unwrap().success());
    let told = fault(server(&folder));
    assert!(told.contains("refunds/pipe` is neither a file"), "{told}");
    fs::remove_file(&pipe).unwrap();
    // The path of a socket must be short.
    let socket = std::env::temp_dir().join(format!("mcp-skills-{}", std::process::id()));
    fs::create_dir_all(socket.join("refunds")).unwrap();
    fs::write(socket.join("refunds/SKILL.md"), manifest("refunds")).unwrap();
    let listener = std::os::unix::net::UnixListener::bind(socket.join("refunds/s")).unwrap();
    let told = fault(server(&socket));
    drop(listener);
    fs::remove_dir_all(&socket).unwrap();
    assert!(told.contains("refunds/s` is neither a file"), "{told}");
}

#[cfg(unix)]
#[test]
fn a_folder_reached_by_two_paths_of_links_stops_the_start() {
    let folder = folder("ladder");
    let rung = |number: usize| folder.join(format!("refunds/{number}"));
    for number in 0..18 {
        fs::create_dir(rung(number)).unwrap();
        if let Some(below) = number.checked_sub(1) {
            for link in ["a", "b"] {
                let target = format!("../{below}");
                std::os::unix::fs::symlink(target, rung(number).join(link)).unwrap();
            }
        }
    }
    let told = fault(server(&folder));
    assert!(told.contains("are one folder"), "{told}");
}

#[test]
fn folders_are_read_to_a_maximum_depth() {
    let deep = |folder: &Path, depth: usize| {
        let below = "d/".repeat(depth - 1);
        fs::create_dir_all(folder.join("refunds").join(below)).unwrap();
        server(folder)
    };
    assert!(deep(&folder("deep"), 32).check().is_ok());
    let told = fault(deep(&folder("deeper"), 33));
    assert!(told.contains("more than 32 folders deep"), "{told}");
}

#[test]
fn the_entries_of_a_folder_are_bounded_whatever_their_kind() {
    let folder = folder("many");
    for number in 0..20_000 {
        fs::write(folder.join(format!("refunds/.{number}")), "").unwrap();
    }
    let told = fault(server(&folder));
    assert!(told.contains("more than 20000 entries"), "{told}");
    fs::remove_dir_all(&folder).unwrap();
}
