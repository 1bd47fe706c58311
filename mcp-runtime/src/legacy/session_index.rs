//! The sessions of one kind in the order of their eviction, for all holders and for each.
//!
//! Invariant: no call takes time in proportion to the number of sessions. A session is filed by the activity that it
//! had then; since its [`Age`] never decreases, the first of an order is the oldest once its own activity is as filed.
//! One that is not is filed again, which is one of the [`Steps`] of the call: a use, a client that comes or leaves, and
//! the end of a session each cause at most one step, of some later call.

use std::collections::{BTreeMap, BTreeSet, HashMap, VecDeque};
use std::sync::Arc;

use super::activity::{Activity, Age, Filed, Notice, Notices, Place};
use crate::share::Holder;

/// Sessions by their places, their holders and their ages.
#[derive(Debug, Default)]
pub(super) struct SessionIndex {
    entries: BTreeMap<Place, Entry>,
    last: Place,
    /// The sessions that are not filed as in use: those that were never used, and the others.
    idle: [BTreeSet<Age>; 2],
    holders: HashMap<Holder, Held>,
    by_number: BTreeSet<(usize, Holder)>,
    ended: VecDeque<Place>,
    notices: Arc<Notices>,
}

#[derive(Debug)]
struct Entry {
    key: Arc<str>,
    holder: Holder,
    activity: Arc<Activity>,
    filed: Filed,
}

/// The sessions of one holder.
#[derive(Debug, Default)]
struct Held {
    idle: BTreeSet<Age>,
    in_use: BTreeSet<Age>,
}

/// An order of sessions.
#[derive(Clone, Copy, Debug)]
pub(super) enum Order<'h> {
    /// All that are idle, either used or never used.
    Idle { is_used: bool },
    /// The idle ones of a holder.
    IdleOf(&'h Holder),
    /// Those of a holder that are in use.
    InUseOf(&'h Holder),
}

/// The number of steps that a call has left.
#[derive(Debug)]
pub(super) struct Steps(usize);

impl Steps {
    pub(super) fn new(number: usize) -> Self {
        Self(number)
    }

    /// Counts a step; returns false if none is left.
    pub(super) fn take(&mut self) -> bool {
        let left = self.0.checked_sub(1);
        self.0 = left.unwrap_or_default();
        left.is_some()
    }

    pub(super) fn is_empty(&self) -> bool {
        self.0 == 0
    }
}

impl SessionIndex {
    /// Returns the number of sessions.
    pub(super) fn len(&self) -> usize {
        self.entries.len()
    }

    /// Returns the number of sessions of `holder`.
    pub(super) fn held(&self, holder: &Holder) -> usize {
        self.holders.get(holder).map_or(0, Held::len)
    }

    /// Returns the holders of more than `share` sessions, those with the most first.
    pub(super) fn above(&self, share: usize) -> impl Iterator<Item = &Holder> {
        let by_number = self.by_number.iter().rev();
        by_number
            .take_while(move |(number, _)| *number > share)
            .map(|(_, holder)| holder)
    }

    /// Files a session, which is found by `key`.
    pub(super) fn insert(
        &mut self,
        key: Arc<str>,
        holder: Holder,
        activity: Arc<Activity>,
    ) -> Place {
        self.last += 1;
        let place = self.last;
        activity.enter(place, &self.notices);
        let filed = activity.watch(place);
        self.file(&holder, None, Some(filed));
        let entry = Entry {
            key,
            holder,
            activity,
            filed,
        };
        self.entries.insert(place, entry);
        place
    }

    pub(super) fn remove(&mut self, place: Place) {
        if let Some(entry) = self.entries.remove(&place) {
            entry.activity.exit();
            self.file(&entry.holder, Some(entry.filed), None);
        }
    }

    /// Returns the key of the session at `place`.
    pub(super) fn key(&self, place: Place) -> Option<&Arc<str>> {
        self.entries.get(&place).map(|entry| &entry.key)
    }

    /// Returns the places after `place`, with the keys of those that have clients.
    pub(super) fn after(&self, place: Place) -> impl Iterator<Item = (Place, Option<&Arc<str>>)> {
        let entries = self.entries.range(place + 1..);
        entries.map(|(place, it)| (*place, it.activity.has_clients().then_some(&it.key)))
    }

    /// Files the sessions again whose last clients have left, and notes those that have ended.
    pub(super) fn apply_notices(&mut self, steps: &mut Steps) {
        while !steps.is_empty()
            && let Some(notice) = self.notices.next()
        {
            steps.take();
            match notice {
                Notice::Left(place) => {
                    if let Some(entry) = self.entries.get(&place) {
                        entry.activity.end_notice();
                        self.correct(place);
                    }
                }
                Notice::Ended(place) => self.ended.push_back(place),
            }
        }
    }

    /// Returns a session that has ended, once. It may have been removed.
    pub(super) fn next_ended(&mut self) -> Option<Place> {
        self.ended.pop_front()
    }

    /// Returns the first session of an order, as of now.
    ///
    /// Without steps left it is the first as filed, which may have been used since; `None` if it has a client and the
    /// order is one of idle sessions.
    pub(super) fn first(&mut self, order: Order<'_>, steps: &mut Steps) -> Option<Age> {
        let is_in_use = matches!(order, Order::InUseOf(_));
        loop {
            let filed = *self.order(order)?.first()?;
            let now = self.entries.get(&filed.place)?.activity.watch(filed.place);
            let is_right = now.in_use == is_in_use;
            if is_right && now.age == filed {
                return Some(now.age);
            }
            if !steps.take() {
                return (is_right || is_in_use).then_some(now.age);
            }
            self.correct(filed.place);
        }
    }

    fn order(&self, order: Order<'_>) -> Option<&BTreeSet<Age>> {
        match order {
            Order::Idle { is_used } => self.idle.get(usize::from(is_used)),
            Order::IdleOf(holder) => self.holders.get(holder).map(|held| &held.idle),
            Order::InUseOf(holder) => self.holders.get(holder).map(|held| &held.in_use),
        }
    }

    /// Files a session by its present activity.
    fn correct(&mut self, place: Place) {
        let Some(entry) = self.entries.get_mut(&place) else {
            return;
        };
        let now = entry.activity.watch(place);
        let before = std::mem::replace(&mut entry.filed, now);
        let holder = entry.holder.clone();
        self.file(&holder, Some(before), Some(now));
    }

    /// Moves a session of `holder` within the orders, into them or out of them.
    fn file(&mut self, holder: &Holder, before: Option<Filed>, now: Option<Filed>) {
        let held = self.holders.entry(holder.clone()).or_default();
        let number = held.len();
        if let Some(Filed { in_use, age }) = before {
            held.order(in_use).remove(&age);
            self.idle[usize::from(age.is_used)].remove(&age);
        }
        if let Some(Filed { in_use, age }) = now {
            held.order(in_use).insert(age);
            if !in_use {
                self.idle[usize::from(age.is_used)].insert(age);
            }
        }
        let after = held.len();
        if after == 0 {
            self.holders.remove(holder);
        }
        if after != number {
            self.by_number.remove(&(number, holder.clone()));
            if after > 0 {
                self.by_number.insert((after, holder.clone()));
            }
        }
    }
}

impl Held {
    fn len(&self) -> usize {
        self.idle.len() + self.in_use.len()
    }

    fn order(&mut self, in_use: bool) -> &mut BTreeSet<Age> {
        if in_use {
            &mut self.in_use
        } else {
            &mut self.idle
        }
    }
}
