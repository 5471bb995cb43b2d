//! What can go wrong with a registry, and whether asking again may help.

use std::time::Duration;

use time::format_description::well_known::Rfc2822;

use super::transport::Answer;
use crate::diagnostic::{Code, Diagnostic, Place};

const UNREACHABLE: Code = Code::environment("L830", "registry-unreachable");
const DENIED: Code = Code::environment("L831", "registry-denies-access");
const MISBEHAVES: Code = Code::environment("L832", "registry-misbehaves");
const REFUSED: Code = Code::environment("L833", "registry-refuses");

/// The longest time to wait because a registry asks for it.
const LONGEST_WAIT: Duration = Duration::from_secs(120);
/// The longest time between two attempts that no registry asked for.
const LONGEST_PAUSE: Duration = Duration::from_secs(10);
/// Characters of a registry's own words that are shown.
const QUOTED: usize = 300;

/// Why an attempt failed.
pub(super) struct Trouble {
    finding: Diagnostic,
    again: Again,
}

#[derive(Clone, Copy)]
enum Again {
    Never,
    /// Perhaps after a while; a registry may say how long.
    After(Option<Duration>),
}

impl Trouble {
    /// Trouble that stays.
    pub(super) fn lasting(finding: Diagnostic) -> Self {
        Self { finding, again: Again::Never }
    }

    /// Trouble that may be over soon.
    pub(super) fn passing(finding: Diagnostic) -> Self {
        Self { finding, again: Again::After(None) }
    }

    /// Whether another attempt is of no use.
    pub(super) fn stays(&self) -> bool {
        matches!(self.again, Again::Never)
    }

    /// The same trouble, which another attempt may get around.
    pub(super) fn perhaps(self) -> Self {
        Self::passing(self.finding)
    }

    /// An answer that is not the one hoped for; `what` says what was asked, `to push a manifest to …`.
    pub(super) fn answer(answer: &Answer, host: &str, what: &str) -> Self {
        let status = answer.status;
        let said = said(&answer.body).map_or_else(String::new, |said| format!(": {said}"));
        match status {
            401 | 403 => {
                let message = format!("`{host}` denies access when asked {what} ({status}{said})");
                let help = format!(
                    "log in with `docker login {host}`, whose file and credential helpers are read; check the rights of the account"
                );
                Self::lasting(Diagnostic::new(DENIED, message, Place::default()).help(help))
            }
            408 | 429 | 500..=599 => {
                let finding = unreachable(
                    format!("`{host}` cannot serve {what} now ({status}{said})"),
                    Place::default(),
                );
                let wait = asked_wait(answer);
                if wait.is_some_and(|wait| wait > LONGEST_WAIT) {
                    let why = format!("it asks to wait {} s", wait.unwrap_or_default().as_secs());
                    return Self::lasting(finding.why(why).help("try again later"));
                }
                Self { finding: finding.help("try again later"), again: Again::After(wait) }
            }
            _ => {
                let message = format!("`{host}` refuses {what} ({status}{said})");
                Self::lasting(Diagnostic::new(REFUSED, message, Place::default()))
            }
        }
    }
}

/// A registry that is not there, or not able.
pub(super) fn unreachable(message: String, place: Place) -> Diagnostic {
    Diagnostic::new(UNREACHABLE, message, place)
}

/// A registry that does what none may do.
pub(super) fn misbehaves(message: String, why: impl Into<String>) -> Diagnostic {
    Diagnostic::new(MISBEHAVES, message, Place::default())
        .why(why)
        .help("ask who runs the registry, or whoever stands between it and you")
}

/// How often to try, and how long to wait in between.
#[derive(Clone, Copy, Debug)]
pub struct Patience {
    /// How many attempts there are in all.
    pub attempts: u32,
    /// The wait after the first attempt; each further one is twice as long, up to ten seconds.
    pub first_wait: Duration,
}

impl Default for Patience {
    /// Eight attempts within thirteen seconds: as long as a registry takes to start again.
    fn default() -> Self {
        Self { attempts: 8, first_wait: Duration::from_millis(100) }
    }
}

impl Patience {
    /// Tries until it works, until it cannot work, or until there is no patience left.
    pub(super) async fn persist<T>(
        self,
        mut attempt: impl AsyncFnMut() -> Result<T, Trouble>,
    ) -> Result<T, Diagnostic> {
        let mut wait = self.first_wait;
        for _ in 1..self.attempts {
            match attempt().await {
                Err(Trouble { again: Again::After(asked), .. }) => {
                    tokio::time::sleep(asked.map_or(wait, |asked| asked.max(wait))).await;
                    wait = (wait * 2).min(LONGEST_PAUSE);
                }
                done => return done.map_err(|trouble| trouble.finding),
            }
        }
        attempt().await.map_err(|trouble| trouble.finding)
    }
}

/// What the header `Retry-After` asks for, as seconds or as a date.
fn asked_wait(answer: &Answer) -> Option<Duration> {
    let text = answer.header("retry-after")?;
    if let Ok(seconds) = text.trim().parse() {
        return Some(Duration::from_secs(seconds));
    }
    let date = |text: &str| time::OffsetDateTime::parse(&text.replace("GMT", "+0000"), &Rfc2822).ok();
    // The registry's own clock, so that ours does not matter.
    let wait = date(text)? - date(answer.header("date")?)?;
    Duration::try_from(wait).ok()
}

/// A registry's own words, made harmless.
fn said(body: &[u8]) -> Option<String> {
    let body: serde_json::Value = serde_json::from_slice(body).ok()?;
    let first = body.get("errors")?.as_array()?.first()?;
    let text = |name: &str| first.get(name).and_then(serde_json::Value::as_str).unwrap_or_default();
    let said = [text("code"), text("message")].join(" ");
    let harmless: String = said.chars().filter(|c| !c.is_control()).take(QUOTED).collect();
    Some(harmless.trim().to_owned()).filter(|said| !said.is_empty())
}
