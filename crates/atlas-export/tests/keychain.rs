//! A profile whose secret is in a real keychain: gnome-keyring on a D-Bus session of its own.
#![cfg(all(feature = "keyring", unix, not(target_vendor = "apple")))]
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a test may panic: that is how it fails"
)]

use std::{
    env, fs,
    os::unix::fs::PermissionsExt as _,
    path::{Path, PathBuf},
    process::Command,
    thread,
};

use atlas_export::Credentials;

const PROFILES: &str = r#"
version = 2

[backup]
auth_type = "service_account"

[encoded]
public_api_key = "abcdefgh"

[gone]
client_id = "mdb_sa_id_1234567890abcdef12345678"
"#;

/// What a keychain needs that is no part of Rust.
const TOOLS: [&str; 3] = ["dbus-run-session", "gnome-keyring-daemon", "secret-tool"];

/// Run by the tests, within a session.
#[test]
#[ignore = "wants a session of its own"]
fn child() {
    // A runtime around it, in which nothing that blocks on D-Bus may run.
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let name = env::var("PROFILE").unwrap();
    match runtime.block_on(async { Credentials::from_profile(Some(&name)) }) {
        Ok(credentials) => println!("FOUND {}", credentials.describe()),
        Err(error) => println!("ERROR {error}"),
    }
}

/// Runs the child in a session after these commands; `None` without the tools.
fn told(profile: &str, before: &str) -> Option<String> {
    let has = |tool: &&str| {
        let paths = env::var_os("PATH").unwrap_or_default();
        env::split_paths(&paths).any(|folder| folder.join(tool).exists())
    };
    if let Some(missing) = TOOLS.iter().find(|tool| !has(tool)) {
        assert!(env::var_os("CI").is_none(), "{missing} is missing");
        eprintln!("not tried: {missing} is missing");
        return None;
    }
    let folder = folder();
    let script = format!("{before}\nexec \"$CHILD\" child --exact --ignored --nocapture");
    let mut session = Command::new("dbus-run-session");
    session
        .args(["--", "sh", "-ec", &script])
        .env_clear()
        .env("PATH", env::var_os("PATH").unwrap())
        .env("CHILD", env::current_exe().unwrap())
        .env("XDG_RUNTIME_DIR", &folder);
    Some(said(&mut session, profile, &folder))
}

/// What the child says that this command runs.
fn said(command: &mut Command, profile: &str, home: &Path) -> String {
    let output = command.env("PROFILE", profile).env("HOME", home).output();
    let output = output.unwrap();
    let (output, errors) = (
        String::from_utf8(output.stdout).unwrap(),
        String::from_utf8_lossy(&output.stderr).into_owned(),
    );
    assert!(!output.contains("s3cret"), "{output}");
    let line = output.lines().find(|line| line.starts_with(['F', 'E']));
    let line = line.unwrap_or_else(|| panic!("{output} {errors}"));
    line.to_owned()
}

/// A home of the test that runs, with the profiles.
fn folder() -> PathBuf {
    let test = thread::current();
    let name = format!("keychain-{}", test.name().unwrap());
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    let _ = fs::remove_dir_all(&folder);
    let file = folder.join(".config/atlascli/config.toml");
    fs::create_dir_all(file.parent().unwrap()).unwrap();
    fs::write(file, PROFILES).unwrap();
    fs::set_permissions(&folder, fs::Permissions::from_mode(0o700)).unwrap();
    folder
}

const UNLOCKED: &str = "printf pw | gnome-keyring-daemon --unlock --components=secrets >&2";

/// Stores a value as the CLI does on Linux.
fn store(profile: &str, account: &str, value: &str) -> String {
    format!(
        "printf %s '{value}' | secret-tool store --label=x service atlascli_{profile} username \
         {account} >&2"
    )
}

#[test]
fn both_halves_are_read_where_the_cli_keeps_them() {
    let commands = [
        UNLOCKED.to_owned(),
        store("backup", "client_id", "mdb_sa_id_1234567890abcdef12345678"),
        store("backup", "client_secret", "mdb_sa_sk_s3cret"),
        store("other", "client_secret", "mdb_sa_sk_other1"),
    ];
    let Some(told) = told("backup", &commands.join("\n")) else {
        return;
    };
    assert_eq!(
        told,
        "FOUND service account mdb_sa_id_1234567890abcdef12345678 from profile backup"
    );
}

#[test]
fn a_value_in_base64_is_decoded() {
    let value = "go-keyring-base64:MGExYjJjM2QtMDAwMC00MDAwLTgwMDAtMDEyMzQ1Njc4OWFi";
    let commands = [
        UNLOCKED.to_owned(),
        store("encoded", "private_api_key", value),
    ];
    let Some(told) = told("encoded", &commands.join("\n")) else {
        return;
    };
    assert_eq!(told, "FOUND API key abcdefgh from profile encoded");
}

#[test]
fn what_is_not_there_is_told() {
    let Some(told) = told("gone", UNLOCKED) else {
        return;
    };
    assert!(
        told.contains("client_secret is neither in the file nor in the keychain"),
        "{told}"
    );
}

#[test]
fn a_locked_keychain_that_nobody_unlocks_is_told() {
    let commands = [
        UNLOCKED.to_owned(),
        store("encoded", "private_api_key", "s3cret"),
        "gnome-keyring-daemon --replace --components=secrets >&2".to_owned(),
    ];
    let Some(told) = told("encoded", &commands.join("\n")) else {
        return;
    };
    assert!(
        told.contains("the keychain of the system is locked"),
        "{told}"
    );
}

#[test]
fn a_machine_without_a_keychain_is_told() {
    let mut child = Command::new(env::current_exe().unwrap());
    child
        .args(["child", "--exact", "--ignored", "--nocapture"])
        .env_clear()
        .env("DBUS_SESSION_BUS_ADDRESS", "unix:path=/nonexistent/bus");
    let told = said(&mut child, "encoded", &folder());
    assert!(
        told.contains("the keychain of the system cannot be read"),
        "{told}"
    );
    assert!(
        told.contains("set the credentials in the environment"),
        "{told}"
    );
}
