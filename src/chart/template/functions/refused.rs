//! Functions whose result no two runs share, and those that nobody has needed yet.
//!
//! The result of the former may be handed on: a chart that makes a key and writes it nowhere is rendered.

use super::{Call, Fault, Function, MANY, Value, function};

pub(super) const TABLE: &[Function] = &[
    function("ago", 0, MANY, |call| Ok(clock(call))),
    function("now", 0, MANY, |call| Ok(clock(call))),
    function("date", 0, MANY, |call| Ok(clock(call))),
    function("dateInZone", 0, MANY, |call| Ok(clock(call))),
    function("date_in_zone", 0, MANY, |call| Ok(clock(call))),
    function("dateModify", 0, MANY, |call| Ok(clock(call))),
    function("date_modify", 0, MANY, |call| Ok(clock(call))),
    function("mustDateModify", 0, MANY, |call| Ok(clock(call))),
    function("must_date_modify", 0, MANY, |call| Ok(clock(call))),
    function("htmlDate", 0, MANY, |call| Ok(clock(call))),
    function("htmlDateInZone", 0, MANY, |call| Ok(clock(call))),
    function("toDate", 0, MANY, |call| Ok(clock(call))),
    function("mustToDate", 0, MANY, |call| Ok(clock(call))),
    function("unixEpoch", 0, MANY, |call| Ok(clock(call))),
    function("randAlphaNum", 0, MANY, |call| Ok(chance(call))),
    function("randAlpha", 0, MANY, |call| Ok(chance(call))),
    function("randAscii", 0, MANY, |call| Ok(chance(call))),
    function("randNumeric", 0, MANY, |call| Ok(chance(call))),
    function("randBytes", 0, MANY, |call| Ok(chance(call))),
    function("randInt", 0, MANY, |call| Ok(chance(call))),
    function("shuffle", 0, MANY, |call| Ok(chance(call))),
    function("uuidv4", 0, MANY, |call| Ok(chance(call))),
    function("bcrypt", 0, MANY, |call| Ok(chance(call))),
    function("htpasswd", 0, MANY, |call| Ok(chance(call))),
    function("genPrivateKey", 0, MANY, |call| Ok(chance(call))),
    function("genCA", 0, MANY, |call| Ok(chance(call))),
    function("genCAWithKey", 0, MANY, |call| Ok(chance(call))),
    function("genSelfSignedCert", 0, MANY, |call| Ok(chance(call))),
    function("genSelfSignedCertWithKey", 0, MANY, |call| Ok(chance(call))),
    function("genSignedCert", 0, MANY, |call| Ok(chance(call))),
    function("genSignedCertWithKey", 0, MANY, |call| Ok(chance(call))),
    function("encryptAES", 0, MANY, |call| Ok(chance(call))),
    function("buildCustomCert", 0, MANY, unknown),
    function("decryptAES", 0, MANY, unknown),
    function("derivePassword", 0, MANY, unknown),
    function("toToml", 0, MANY, unknown),
    function("mustToToml", 0, MANY, unknown),
    function("fromToml", 0, MANY, unknown),
    function("durationRound", 0, MANY, unknown),
    function("mustToDuration", 0, MANY, unknown),
    function("durationSeconds", 0, MANY, unknown),
    function("durationMilliseconds", 0, MANY, unknown),
    function("durationMicroseconds", 0, MANY, unknown),
    function("durationNanoseconds", 0, MANY, unknown),
    function("durationMinutes", 0, MANY, unknown),
    function("durationHours", 0, MANY, unknown),
    function("durationDays", 0, MANY, unknown),
    function("durationWeeks", 0, MANY, unknown),
    function("durationRoundTo", 0, MANY, unknown),
    function("durationTruncateTo", 0, MANY, unknown),
    function("wrap", 0, MANY, unknown),
    function("wrapWith", 0, MANY, unknown),
    function("abbrevboth", 0, MANY, unknown),
    function("urlJoin", 0, MANY, unknown),
    function("call", 0, MANY, unknown),
];

fn clock(call: &Call<'_>) -> Value {
    unforeseeable(call, "depends on the clock or the time zone")
}

fn chance(call: &Call<'_>) -> Value {
    unforeseeable(call, "gives another result each time")
}

fn unknown(call: &mut Call<'_>) -> Result<Value, Fault> {
    Err(Fault::unknown(format!("the function `{}` is not known to this renderer", call.name)))
}

fn unforeseeable(call: &Call<'_>, why: &str) -> Value {
    Value::Unknown(format!("the function `{}` {why}", call.name).into())
}
