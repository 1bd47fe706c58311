//! A set of patterns that a text is searched for in one pass (Aho and Corasick, 1975).

use std::collections::VecDeque;
use std::ops::Range;

use smallvec::SmallVec;

/// The number of the root.
const ROOT: u32 = 0;

/// Most prefixes have one child.
type Children = SmallVec<[(u8, u32); 2]>;

/// A trie of patterns, with the links between their common parts.
#[derive(Debug)]
pub(super) struct Patterns {
    nodes: Vec<Node>,
    /// The children of the root by their byte, since most bytes of a text lead there.
    first: Box<[u32; 256]>,
}

/// A prefix of a pattern.
#[derive(Debug, Default)]
struct Node {
    /// The prefixes that are a byte longer, sorted by that byte: a caller can make 200 of one.
    children: Children,
    /// The node of its longest proper suffix that is also a prefix of a pattern.
    suffix: u32,
    /// The length of the longest pattern that ends here; 0 if none does.
    length: u32,
}

impl Patterns {
    /// Compiles patterns that are not empty and have fewer than 2³² bytes together.
    pub(super) fn new(patterns: &[String]) -> Self {
        let mut this = Self {
            nodes: vec![Node::default()],
            first: Box::new([ROOT; 256]),
        };
        for pattern in patterns {
            this.add(pattern);
        }
        this.link();
        this
    }

    fn add(&mut self, pattern: &str) {
        let (mut at, mut length) = (ROOT, 0);
        for byte in pattern.bytes() {
            length += 1;
            at = match self.child(at, byte) {
                Some(child) => child,
                None => self.grow(at, byte),
            };
        }
        self.node_mut(at).length = length;
    }

    /// Adds a child.
    fn grow(&mut self, parent: u32, byte: u8) -> u32 {
        let number = u32::try_from(self.nodes.len()).unwrap_or(ROOT);
        self.nodes.push(Node::default());
        let children = &mut self.node_mut(parent).children;
        let place = children.partition_point(|(other, _)| *other < byte);
        children.insert(place, (byte, number));
        if parent == ROOT {
            self.first[usize::from(byte)] = number;
        }
        number
    }

    /// Links each node with its suffix, those of shorter prefixes first.
    fn link(&mut self) {
        let mut queue = VecDeque::from([ROOT]);
        while let Some(parent) = queue.pop_front() {
            for (byte, child) in self.node(parent).children.clone() {
                let linked = match parent {
                    ROOT => ROOT,
                    _ => self.next(self.node(parent).suffix, byte),
                };
                let inherited = self.node(linked).length;
                let node = self.node_mut(child);
                node.suffix = linked;
                // Its own pattern is longer than any suffix.
                if node.length == 0 {
                    node.length = inherited;
                }
                queue.push_back(child);
            }
        }
    }

    /// Returns the places of `text` that contain a pattern; overlapping ones are merged.
    pub(super) fn find(&self, text: &str) -> Vec<Range<usize>> {
        let mut places: Vec<Range<usize>> = Vec::new();
        let mut at = ROOT;
        for (end, byte) in (1..).zip(text.bytes()) {
            at = self.next(at, byte);
            let length = self.node(at).length as usize;
            if length == 0 {
                continue;
            }
            let mut place = end - length..end;
            while let Some(last) = places.pop_if(|last| last.end > place.start) {
                place.start = place.start.min(last.start);
            }
            places.push(place);
        }
        places
    }

    /// The node of the longest suffix of what was read, with `byte`, that is a prefix of a pattern.
    fn next(&self, mut at: u32, byte: u8) -> u32 {
        loop {
            match self.child(at, byte) {
                Some(child) => return child,
                None if at == ROOT => return ROOT,
                None => at = self.node(at).suffix,
            }
        }
    }

    fn child(&self, at: u32, byte: u8) -> Option<u32> {
        if at == ROOT {
            return Some(self.first[usize::from(byte)]).filter(|child| *child != ROOT);
        }
        let children = &self.node(at).children;
        let place = children
            .binary_search_by_key(&byte, |(other, _)| *other)
            .ok()?;
        Some(children[place].1)
    }

    fn node(&self, number: u32) -> &Node {
        &self.nodes[number as usize]
    }

    fn node_mut(&mut self, number: u32) -> &mut Node {
        &mut self.nodes[number as usize]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The places by comparison of each pattern at each byte.
    fn compared(patterns: &[String], text: &str) -> Vec<bool> {
        let mut hidden = vec![false; text.len()];
        for pattern in patterns {
            for at in 0..text.len() {
                if text.as_bytes()[at..].starts_with(pattern.as_bytes()) {
                    hidden[at..at + pattern.len()].fill(true);
                }
            }
        }
        hidden
    }

    #[test]
    fn every_pattern_is_found_as_by_comparison() {
        // A generator of texts over three letters, in which patterns overlap and contain one another.
        let mut state = 7_u32;
        let mut word = |most: u32| {
            let mut next = || {
                state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
                state >> 16
            };
            let length = 1 + next() % most;
            (0..length)
                .map(|_| ["a", "b", "ä"][next() as usize % 3])
                .collect::<String>()
        };
        for _ in 0..2_000 {
            let patterns: Vec<String> = (0..4).map(|_| word(5)).collect();
            let text = word(40);
            let mut hidden = vec![false; text.len()];
            let places = Patterns::new(&patterns).find(&text);
            assert!(places.is_sorted_by(|one, next| one.end <= next.start));
            for place in places {
                hidden[place].fill(true);
            }
            assert_eq!(hidden, compared(&patterns, &text), "{patterns:?} {text}");
        }
    }

    #[test]
    fn a_prefix_may_continue_with_any_byte() {
        let letters = (b'!'..=b'~').map(char::from);
        let patterns: Vec<String> = letters.rev().map(|it| format!("x{it}y")).collect();
        let found = Patterns::new(&patterns);
        for pattern in &patterns {
            assert_eq!(found.find(&format!("xx-{pattern}")), [3..6], "{pattern}");
        }
        assert!(found.find(&"x".repeat(100)).is_empty());
    }

    #[test]
    fn a_text_without_patterns_has_no_places() {
        assert!(Patterns::new(&[]).find("hunter2").is_empty());
        assert!(Patterns::new(&["hunter2".to_owned()]).find("").is_empty());
    }
}
