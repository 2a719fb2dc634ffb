//! The keychain that the system has: on Linux and BSD the Secret Service over D-Bus, on macOS the
//! keychain of the login, on Windows the credential manager. Of these the first was tried.

use std::{
    sync::{Arc, mpsc},
    thread,
    time::Duration,
};

use keyring_core::{Error as StoreError, api::CredentialStoreApi};

use super::keychain::{Keychain, KeychainError, Looked, value};

/// How long the keychain has, which may ask a person to unlock it.
const PATIENCE: Duration = Duration::from_secs(60);

/// The keychain that the system has.
pub(super) struct SystemKeychain;

impl Keychain for SystemKeychain {
    /// On a thread of its own: the store waits for D-Bus, which within an async runtime it may not.
    fn look(&self, service: &str, account: &str) -> Result<Looked, KeychainError> {
        let (sender, receiver) = mpsc::sync_channel(1);
        let (service, account) = (service.to_owned(), account.to_owned());
        let thread = thread::Builder::new().name("atlas-keychain".to_owned());
        let started = thread.spawn(move || {
            let looked = store().and_then(|store| look(&*store, &service, &account));
            // Nobody may be waiting any more.
            let _ = sender.send(looked);
        });
        started.map_err(|error| KeychainError::Unreachable(error.to_string()))?;
        match receiver.recv_timeout(PATIENCE) {
            Ok(Ok(value)) => value::decoded(value).map(Looked::Found),
            Ok(Err(failure)) => of_failure(&failure),
            Err(mpsc::RecvTimeoutError::Timeout) => Err(KeychainError::Silent(PATIENCE.as_secs())),
            Err(mpsc::RecvTimeoutError::Disconnected) => Err(KeychainError::Unreachable(
                "its library panicked".to_owned(),
            )),
        }
    }
}

type Store = Arc<dyn CredentialStoreApi + Send + Sync>;

#[cfg(all(unix, not(target_vendor = "apple")))]
fn store() -> keyring_core::Result<Store> {
    Ok(zbus_secret_service_keyring_store::Store::new()?)
}

#[cfg(target_os = "macos")]
fn store() -> keyring_core::Result<Store> {
    Ok(apple_native_keyring_store::keychain::Store::new()?)
}

#[cfg(windows)]
fn store() -> keyring_core::Result<Store> {
    Ok(windows_native_keyring_store::Store::new()?)
}

#[cfg(not(any(all(unix, not(target_vendor = "apple")), target_os = "macos", windows)))]
fn store() -> keyring_core::Result<Store> {
    Err(StoreError::NotSupportedByStore("there is none".to_owned()))
}

/// The bytes of an item. Windows knows it by one name, which the CLI makes of both.
fn look(
    store: &(dyn CredentialStoreApi + Send + Sync),
    service: &str,
    account: &str,
) -> keyring_core::Result<Vec<u8>> {
    let target = format!("{service}:{account}");
    let names = [("target", target.as_str())].into();
    let names = cfg!(windows).then_some(&names);
    store.build(service, account, names)?.get_secret()
}

fn of_failure(failure: &StoreError) -> Result<Looked, KeychainError> {
    match failure {
        StoreError::NoEntry => Ok(Looked::Missing),
        StoreError::NoStorageAccess(_) => Err(KeychainError::Locked),
        StoreError::Ambiguous(_) => Err(KeychainError::Ambiguous),
        // Others may hold what was stored.
        StoreError::PlatformFailure(why) => Err(KeychainError::Unreachable(why.to_string())),
        StoreError::NotSupportedByStore(why) => Err(KeychainError::Unreachable(why.clone())),
        _ => Err(KeychainError::Unreachable("it fails".to_owned())),
    }
}
