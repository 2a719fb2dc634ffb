//! The last net: a panic in somebody else's generator becomes a finding.
//!
//! The rules keep known panics away; this catches the unknown ones. It cannot catch a stack
//! overflow, which is why cycles have a rule.

use std::{
    panic::{self, AssertUnwindSafe, PanicHookInfo},
    sync::{Arc, Mutex, PoisonError},
    thread,
};

use crate::{
    finding::{Finding, Location},
    rule::{Rule, breaking},
};

/// The rule that speaks where no other foresaw it.
pub(super) const PANIC: Rule = breaking(
    "generator-panic",
    "the generator does not panic",
    "there is no code, and no rule that says why",
);

type Hook = Box<dyn Fn(&PanicHookInfo<'_>) + Sync + Send + 'static>;

/// The panic hook belongs to the process: one guard at a time.
static TURN: Mutex<()> = Mutex::new(());

/// Runs `generate`; a panic in it prints nothing and comes back as a finding about `file`.
///
/// Panics of other threads reach the hook that was there before, which stands again afterwards.
/// Guards take turns, so one inside another would wait for ever.
///
/// ```
/// use xtask::lint::guard;
///
/// let finding = guard("a.yaml", || panic!("key Job is missing")).unwrap_err();
/// assert_eq!(finding.rule, "generator-panic");
/// assert!(finding.message.contains("key Job is missing"));
/// assert_eq!(guard("a.yaml", || 7), Ok(7));
/// ```
///
/// # Errors
///
/// A `generator-panic` finding that carries the panic's message and place.
pub fn guard<T>(file: &str, generate: impl FnOnce() -> T) -> Result<T, Box<Finding>> {
    let turn = TURN.lock().unwrap_or_else(PoisonError::into_inner);
    let before: Arc<Hook> = Arc::new(panic::take_hook());
    let heard: Arc<Mutex<Option<String>>> = Arc::default();

    let ours = thread::current().id();
    let (others, ear) = (Arc::clone(&before), Arc::clone(&heard));
    panic::set_hook(Box::new(move |info| {
        if thread::current().id() == ours {
            *ear.lock().unwrap_or_else(PoisonError::into_inner) = Some(describe(info));
        } else {
            others(info);
        }
    }));

    // Whatever the generator left half done is dropped with it.
    let outcome = panic::catch_unwind(AssertUnwindSafe(generate));

    drop(panic::take_hook());
    panic::set_hook(match Arc::try_unwrap(before) {
        Ok(hook) => hook,
        Err(shared) => Box::new(move |info| shared(info)),
    });
    drop(turn);

    outcome.map_err(|_| {
        let heard = heard.lock().unwrap_or_else(PoisonError::into_inner).take();
        let said = heard.unwrap_or_else(|| "without a message".to_owned());
        Box::new(Finding::new(
            PANIC.id,
            file,
            Location::START,
            "",
            format!("the generator panicked: {said}"),
            "take back the last change to the contract, and give lint a rule that names its fault",
        ))
    })
}

fn describe(info: &PanicHookInfo<'_>) -> String {
    let payload = info.payload();
    let text = payload.downcast_ref::<&str>().copied();
    let said = text.or_else(|| payload.downcast_ref::<String>().map(String::as_str));
    let said = said.unwrap_or("without a message");
    let said = said.lines().next().unwrap_or_default();
    info.location().map_or_else(
        || said.to_owned(),
        // The file alone: where its crate lies differs from machine to machine.
        |at| {
            let file = at.file().rsplit(['/', '\\']).next().unwrap_or_default();
            format!("{said} ({file}:{})", at.line())
        },
    )
}
