//! Numbers, booleans and types written as one.

use std::num::{NonZeroI8, NonZeroU8, NonZeroU32, Wrapping};

super::table! {
    byte: u8 {
        takes ["255", "0"] refuses ["256", "-1", "1.5"]
        repairs ["\"7\"", "7.0", "-0"]
    }
    short: i16 { takes ["-32768"] refuses ["-32769", "40000", "\"x\""] }
    natural: u64 {
        takes ["18446744073709551615"] refuses ["-1", "true"] unsaid ["18446744073709551616"]
        repairs ["\"18446744073709551615\""]
    }
    wide: i64 { takes ["-9223372036854775808"] refuses ["null"] unsaid ["9223372036854775808", "1e30"] }
    size: usize { takes ["5"] refuses ["-5", "{}", "[5]"] }
    huge: u128 {
        takes ["340282366920938463463374607431768211455"] refuses ["-1", "0.5", "\"many\""]
        repairs ["\"340282366920938463463374607431768211455\""]
    }
    signed: i128 {
        takes ["-170141183460469231731687303715884105728"] refuses ["0.5", "\"\"", "[]"]
    }
    nonzero: NonZeroU8 { takes ["1"] refuses ["0", "256", "-0"] }
    nonzero_wide: NonZeroU32 { takes ["4294967295"] refuses ["0", "-1"] unsaid ["4294967296"] }
    nonzero_signed: NonZeroI8 { takes ["-128"] refuses ["128", "-129"] unsaid ["0"] }
    wrapping: Wrapping<u8> { takes ["3"] refuses ["300", "\"x\"", "null"] }
    single: f32 {
        takes ["1.5", "3.4028235e38", "7"] refuses ["\"1e39\""] unsaid ["1e39", "-1e39"]
        repairs ["\"1.5\""]
    }
    double: f64 { takes ["1e300", "-1"] refuses ["1e400", "\"NaN\"", "false"] }
    truth: bool { takes ["true"] refuses ["1", "\"yes\"", "0"] repairs ["\"false\""] }
}
