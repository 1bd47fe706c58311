//! The sessions of an endpoint, by themselves: many of them, ended ones, and a maximum that changes.

use super::*;
use crate::changes::Changes;
use crate::protocol::client_info::ClientNames;
use crate::protocol::{Declared, Version};
use crate::share::Holder;

fn sessions(most: usize) -> (Arc<Sessions>, Number) {
    let most = Number::from(most);
    let sessions = Sessions::new(
        most.clone(),
        limits::SESSION_IDLE.into(),
        &Stores::default(),
    );
    (sessions, most)
}

fn ann() -> Principal {
    Principal::new("ann", [""; 0])
}

/// Opens a session of `who`.
fn open(sessions: &Sessions, who: &Principal, id: usize) -> Option<String> {
    let about = (Declared::default(), ClientNames::default());
    let changes = Changes::default().subscribe([]);
    let caller = (who, Holder::new(who, None));
    let (id, version) = (id.to_string(), Version::LATEST_LEGACY);
    sessions.insert(Session::new(
        id,
        version,
        about,
        changes,
        caller,
        limits::SESSION_IDLE,
    ))
}

#[tokio::test(start_paused = true)]
async fn many_sessions_are_opened_at_the_maximum_without_a_pass_for_each() {
    const MANY: usize = 20_000;
    let (sessions, _) = sessions(MANY);
    let begun = std::time::Instant::now();
    let callers: Vec<_> = (0..100)
        .map(|number: usize| Principal::new(number.to_string(), [""; 0]))
        .collect();
    for id in 0..3 * MANY {
        assert!(open(&sessions, &callers[id % 100], id).is_some());
        let earlier = (id / 2).to_string();
        if let Some(session) = sessions.get(&earlier, &callers[id / 2 % 100]) {
            drop(session.count_client());
        }
    }
    // Passes over all sessions for each new one take many minutes.
    assert!(
        begun.elapsed() < Duration::from_mins(2),
        "{:?}",
        begun.elapsed()
    );
    assert_eq!(sessions.count(), MANY);
}

#[tokio::test(start_paused = true)]
async fn a_session_that_has_ended_by_itself_is_removed_even_with_a_client() {
    let (sessions, _) = sessions(600);
    let guards: Vec<_> = (0..600)
        .map(|id| {
            let id = open(&sessions, &ann(), id).unwrap();
            sessions.get(&id, &ann()).unwrap().count_client()
        })
        .collect();
    assert_eq!(open(&sessions, &ann(), 600), None, "all are in use");
    for guard in &guards {
        guard.session().end_with_calls();
    }
    assert!(open(&sessions, &ann(), 601).is_some());
    assert_eq!(sessions.count(), 1);
    drop(guards);
    assert_eq!(sessions.with_clients().len(), 0);
}

#[tokio::test(start_paused = true)]
async fn all_sessions_with_clients_are_found_in_parts() {
    let (sessions, _) = sessions(2_000);
    let guards: Vec<_> = (0..1_024)
        .map(|id| open(&sessions, &ann(), id).unwrap())
        .filter_map(|id| Some(sessions.get(&id, &ann())?.count_client()))
        .step_by(2)
        .collect();
    assert_eq!(sessions.with_clients().len(), guards.len());
    assert_eq!(sessions.count(), 1_024);
}

#[tokio::test(start_paused = true)]
async fn a_lowered_maximum_evicts_one_for_each_new_session_and_idle_ones_until_there_is_room() {
    let (sessions, most) = sessions(100);
    for id in 0..100 {
        open(&sessions, &ann(), id).unwrap();
    }
    most.set(10);
    let bob = Principal::new("bob", [""; 0]);
    open(&sessions, &bob, 100).unwrap();
    assert_eq!(lock(&sessions.open).sessions.len(), 100);
    assert!(sessions.get("0", &ann()).is_none() && sessions.get("1", &ann()).is_some());
    tokio::time::advance(limits::SESSION_IDLE).await;
    open(&sessions, &bob, 101).unwrap();
    assert!(lock(&sessions.open).sessions.len() <= 10);
    assert_eq!(sessions.count(), 1);
}
