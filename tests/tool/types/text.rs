//! Strings, and types written as one.

use std::borrow::Cow;
use std::ffi::CString;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::path::PathBuf;
use std::time::{Duration, SystemTime};

use mcp_runtime::model;

/// A date that its own decoder reads.
#[model]
#[derive(Debug)]
pub(super) struct Day(#[schemars(extend("format" = "date"))] String);

/// A moment that its own decoder reads.
#[model]
#[derive(Debug)]
pub(super) struct Moment(#[schemars(extend("format" = "date-time"))] String);

/// A time that no draft has a format for.
#[model]
#[derive(Debug)]
pub(super) struct Clock(#[schemars(extend("format" = "partial-time"))] String);

/// An identifier.
#[model]
#[derive(Debug)]
pub(super) struct Id(#[schemars(extend("format" = "uuid"))] String);

super::table! {
    text: String { takes ["\"\"", "\"a\\u00e9\""] refuses ["5", "[\"a\"]", "\"\\ud800\""] }
    boxed_text: Box<str> { takes ["\"a\""] refuses ["5", "null", "{\"a\":1}"] }
    cow: Cow<'static, str> { takes ["\"a\""] refuses ["true", "null", "[]"] }
    letter: char { takes ["\"é\""] refuses ["\"ab\"", "\"\"", "5"] }
    path: PathBuf { takes ["\"/a\""] refuses ["5", "[\"a\"]", "null"] }
    address: IpAddr { takes ["\"::1\""] refuses ["5"] unsaid ["\"1.2.3\"", "\"localhost\""] }
    old_address: Ipv4Addr { takes ["\"1.2.3.4\""] refuses ["\"::1\"", "\"1.2.3.400\"", "1"] }
    new_address: Ipv6Addr { takes ["\"::1\""] refuses ["\"1.2.3.4\"", "\":1\"", "1"] }
    bytes: CString { takes ["[97]", "\"a\""] refuses ["[300]", "[-1]", "5"] }
    day: Day { takes ["\"2026-02-28\""] refuses ["20260228", "null", "[]"] repairs ["\"28.2.2026\""] }
    moment: Moment {
        takes ["\"2026-07-28T09:30:00Z\""] refuses ["1785230000", "null", "{}"] repairs ["\"now\""]
    }
    clock: Clock { takes ["\"12:30:00\""] refuses ["1230", "null", "{}"] }
    id: Id {
        takes ["\"67e55044-10b1-426f-9247-bb680e5fe0c8\""] refuses ["67", "null", "[]"] repairs ["\"67e5\""]
    }
    duration: Duration {
        takes ["{\"secs\":1,\"nanos\":5}"] refuses ["{\"secs\":-1,\"nanos\":0}", "{\"secs\":1}", "5"]
    }
    time: SystemTime {
        takes ["{\"secs_since_epoch\":1,\"nanos_since_epoch\":0}"]
        refuses ["{\"secs_since_epoch\":1}", "\"now\"", "{\"secs_since_epoch\":1,\"nanos_since_epoch\":-1}"]
    }
}
