//! Lists of texts of the configuration that live as long as those of attributes.

use std::collections::BTreeSet;
use std::sync::{Mutex, PoisonError};

/// Returns `texts` as a list that lives for ever; equal lists are one, so that reloads take no further memory.
pub(super) fn list(texts: &[String]) -> &'static [&'static str] {
    static LISTS: Mutex<BTreeSet<&'static [&'static str]>> = Mutex::new(BTreeSet::new());
    let mut lists = LISTS.lock().unwrap_or_else(PoisonError::into_inner);
    let texts: Vec<&str> = texts.iter().map(String::as_str).collect();
    if let Some(known) = lists.iter().find(|known| ***known == *texts) {
        return known;
    }
    let owned = texts.iter().map(|text| &*String::leak((*text).to_owned()));
    let list: &'static [&'static str] = Vec::leak(owned.collect());
    lists.insert(list);
    list
}
