//! Lists, sets, tuples and maps.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet, VecDeque};

use mcp_runtime::model;

/// A step.
#[model]
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Step {
    Build,
    Test,
}

super::table! {
    octets: Vec<u8> { takes ["[1,255]"] refuses ["[1,300]", "[-4,256]", "5"] repairs ["\"[1]\"", "[\"1\"]"] }
    texts: Vec<String> { takes ["[]", "[\"a\"]"] refuses ["[5]", "\"a\"", "[\"a\",null]"] }
    gaps: Vec<Option<u8>> { takes ["[1,null]"] refuses ["[256]", "[\"x\",null,-1]", "null"] }
    nested_lists: Vec<Vec<i8>> { takes ["[[1],[]]"] refuses ["[[1,128],[\"x\"]]", "[1]", "[[1],null]"] }
    deque: VecDeque<bool> { takes ["[true]"] refuses ["[1]", "{}", "[null]"] }
    boxed_list: Box<[u8]> { takes ["[1]"] refuses ["[1.5]", "true", "[[]]"] }
    ordered_set: BTreeSet<u8> { takes ["[1,2,1]"] refuses ["[256]", "{\"1\":1}", "[\"x\"]"] }
    hashed_set: HashSet<char> { takes ["[\"a\"]"] refuses ["[\"ab\"]", "[1]", "\"a\""] }
    pair: (u8, String) {
        takes ["[1,\"a\"]"] refuses ["[1]", "[\"a\",1]", "[1,\"a\",2]"] repairs ["[\"1\",\"a\"]"]
    }
    alone: (u8,) { takes ["[1]"] refuses ["[]", "[1,2]", "1"] }
    triple: [u8; 3] { takes ["[1,2,3]"] refuses ["[1,2]", "[1,2,300]", "[1,2,3,4]"] }
    floats: [f32; 2] { takes ["[1,2.5]"] refuses ["[1]", "[\"x\",\"y\"]"] unsaid ["[1e39,1]"] }
    nothing: () { takes ["null"] refuses ["0", "{}", "[]"] }
    map: BTreeMap<String, u8> { takes ["{\"a\":1}"] refuses ["{\"a\":256}", "[1]"] unsaid ["{\"a\":1,\"a\":2}"] }
    lists_by_name: HashMap<String, Vec<u8>> {
        takes ["{\"a\":[1]}"] refuses ["{\"a\":[1,-1]}", "{\"a\":1}", "{\"a\":null}"]
    }
    by_number: BTreeMap<u32, bool> { takes ["{\"1\":true}"] refuses ["{\"1\":5}"] unsaid ["{\"x\":true}", "{\"-1\":true}"] }
    by_signed: BTreeMap<i8, bool> { takes ["{\"-1\":true}"] refuses ["[]"] unsaid ["{\"200\":true}", "{\"1.5\":true}"] }
    by_step: BTreeMap<Step, u8> { takes ["{\"Build\":1}"] refuses ["{\"Biuld\":1}", "{\"Test\":-1}", "5"] }
    pairs: Vec<(String, i8)> { takes ["[[\"a\",1]]"] refuses ["[[\"a\",128]]", "[[\"a\"]]", "[{\"a\":1}]"] }
}
