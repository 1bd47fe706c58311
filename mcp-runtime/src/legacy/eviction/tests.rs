//! Admissions compared with a walk over all sessions, and their duration with many.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::Duration;

use super::super::activity::{Activity, Place};
use super::super::session_index::{SessionIndex, Steps};
use crate::principal::Principal;
use crate::random::Seeded;
use crate::share::Holder;

const IDLE: Duration = Duration::from_secs(1_000);
const QUIET: Duration = Duration::from_secs(250);

fn holder(number: usize) -> Holder {
    Holder::new(&Principal::new(number.to_string(), [""; 0]), None)
}

struct Member {
    holder: Holder,
    activity: Arc<Activity>,
    clients: usize,
    has_ended: bool,
}

/// The order of the walk: not above its share, in use, of another caller at its share, used, last used.
type Rank = (bool, bool, bool, bool, tokio::time::Instant);

/// Sessions in an index, and as a list.
#[derive(Default)]
struct House {
    index: SessionIndex,
    members: BTreeMap<Place, Member>,
}

impl House {
    fn insert(&mut self, holder: Holder) -> Arc<Activity> {
        let activity = Arc::new(Activity::new());
        let (key, filed) = ("key".into(), Arc::clone(&activity));
        let place = self.index.insert(key, holder.clone(), filed);
        let member = Member {
            holder,
            activity: Arc::clone(&activity),
            clients: 0,
            has_ended: false,
        };
        self.members.insert(place, member);
        activity
    }

    fn remove(&mut self, place: Place) {
        self.index.remove(place);
        self.members.remove(&place).unwrap();
    }

    fn any(&mut self, random: &mut Seeded) -> Option<&mut Member> {
        let at = random.below(self.members.len().max(1));
        self.members.values_mut().nth(at)
    }

    fn is_expired(member: &Member) -> bool {
        let is_idle = member.clients == 0 && member.activity.last_used().elapsed() >= IDLE;
        member.has_ended || is_idle
    }

    /// The rank of each session that may be evicted.
    fn walk(&self, newcomer: &Holder, share: usize) -> BTreeMap<Place, Rank> {
        let held = |of: &Holder| self.members.values().filter(|it| it.holder == *of).count();
        let is_below = held(newcomer) < share;
        let rank = |member: &Member| {
            let is_over = held(&member.holder) > share;
            let is_own = member.holder == *newcomer;
            let last_used = member.activity.last_used();
            let may_go = if member.clients > 0 {
                is_over && is_below
            } else {
                is_over || is_below || is_own || last_used.elapsed() >= QUIET
            };
            let is_used = member.activity.is_used();
            let is_of_another = !is_below && !is_own;
            let in_use = member.clients > 0;
            may_go.then_some((!is_over, in_use, is_of_another, is_used, last_used))
        };
        let ranked = self.members.iter();
        ranked
            .filter_map(|(place, member)| Some((*place, rank(member)?)))
            .collect()
    }

    /// Admits a session as the walk would; returns the rank of the evicted one.
    fn admit(&mut self, newcomer: Holder, most: usize) -> Option<Rank> {
        self.index.apply_notices(&mut Steps::new(1_000));
        let mut steps = Steps::new(1_000);
        while let Some(place) = self.index.expired(IDLE, &mut steps) {
            assert!(Self::is_expired(&self.members[&place]));
            self.remove(place);
        }
        assert!(!self.members.values().any(Self::is_expired));
        let mut evicted = None;
        if self.members.len() >= most {
            let share = (most / 4).max(1);
            let ranks = self.walk(&newcomer, share);
            let place = self.index.choose(&newcomer, share, QUIET, &mut steps);
            evicted = place.map(|place| ranks[&place]);
            assert_eq!(evicted, ranks.values().min().copied());
            self.remove(place?);
        }
        assert!(!steps.is_empty());
        self.insert(newcomer);
        assert_eq!(self.index.len(), self.members.len());
        evicted
    }
}

#[tokio::test(start_paused = true)]
async fn an_admission_decides_as_a_walk_over_all_sessions_does() {
    let mut reached = BTreeSet::new();
    for seed in 1..=300 {
        let mut random = Seeded(0x9e37_79b9_7f4a_7c15 ^ seed);
        let (mut house, most) = (House::default(), [1, 2, 3, 4, 8, 13][random.below(6)]);
        let holders = 2 + random.below(5);
        let pace = [2, 30, 200][random.below(3)];
        for _ in 0..400 {
            match random.below(12) {
                0..5 => {
                    let rank = house.admit(holder(random.below(holders)), most);
                    reached.extend(rank.map(|(a, b, c, d, _)| [a, b, c, d]));
                }
                5..7 => drop(house.any(&mut random).map(|it| it.activity.record_use())),
                7..9 => drop(house.any(&mut random).map(|it| {
                    it.clients += 1;
                    it.activity.join();
                })),
                9 => drop(house.any(&mut random).map(|it| {
                    if it.clients > 0 {
                        it.clients -= 1;
                        it.activity.leave();
                    }
                })),
                10 if random.below(10) == 0 => drop(house.any(&mut random).map(|it| {
                    it.has_ended = true;
                    it.activity.end();
                })),
                _ => {
                    let time = Duration::from_secs(random.below(pace) as u64);
                    tokio::time::advance(time).await;
                }
            }
        }
    }
    for either in [false, true] {
        for used in [false, true] {
            let of_one_above_its_share = [false, either, false, used];
            assert!(reached.contains(&of_one_above_its_share));
            let of_another = [either, false, true, used];
            assert!(reached.contains(&of_another));
        }
    }
}

const MANY: usize = 100_000;

/// Lets `MANY` sessions be opened in a full house; returns the number of those admitted.
fn flood(house: &mut House) -> usize {
    let admitted = (0..MANY).filter(|number| {
        house.index.apply_notices(&mut Steps::new(256));
        let newcomer = holder(number % 3_000);
        let mut steps = Steps::new(256);
        let evicted = (house.index).choose(&newcomer, MANY / 4, QUIET, &mut steps);
        evicted.is_some_and(|place| {
            house.remove(place);
            house.insert(newcomer);
            true
        })
    });
    admitted.count()
}

#[tokio::test(start_paused = true)]
async fn a_hundred_thousand_sessions_are_evicted_without_a_pass_for_each() {
    let begun = std::time::Instant::now();
    let mut house = House::default();
    for number in 0..MANY {
        // One caller has nearly half of all sessions.
        let number = if number % 2 == 0 { 0 } else { number };
        house.insert(holder(number % 5_000));
    }
    assert_eq!(flood(&mut house), MANY);
    for member in house.members.values() {
        member.activity.record_use();
    }
    assert_eq!(flood(&mut house), MANY);
    for member in house.members.values() {
        member.activity.join();
    }
    assert_eq!(flood(&mut house), 0, "all are in use");
    for member in house.members.values() {
        member.activity.leave();
    }
    assert_eq!(flood(&mut house), MANY);
    // A pass over all sessions for each takes an hour.
    assert!(
        begun.elapsed() < Duration::from_mins(2),
        "{:?}",
        begun.elapsed()
    );
}

#[tokio::test(start_paused = true)]
async fn without_steps_left_the_session_that_comes_up_is_evicted_unless_it_is_in_use() {
    let mut house = House::default();
    let activities: Vec<_> = (0..100).map(|_| house.insert(holder(0))).collect();
    for activity in &activities {
        activity.record_use();
    }
    let mut steps = Steps::new(10);
    let place = house.index.choose(&holder(1), 100, QUIET, &mut steps);
    assert_eq!(place, Some(11), "the first that was not filed again");
    for activity in &activities[..99] {
        activity.join();
    }
    let mut evict = || {
        let mut steps = Steps::new(10);
        house.index.choose(&holder(1), 100, QUIET, &mut steps)
    };
    let refused = (0..20).take_while(|_| evict().is_none()).count();
    assert!(
        (9..12).contains(&refused),
        "the search continues: {refused}"
    );
    assert_eq!(evict(), Some(100));
    // A caller below its share evicts a session in use of one above it.
    let place = house
        .index
        .choose(&holder(1), 50, QUIET, &mut Steps::new(10));
    assert_eq!(place, Some(100));
    activities[99].join();
    let place = house
        .index
        .choose(&holder(1), 50, QUIET, &mut Steps::new(0));
    assert!(place.is_some());
}
