//! A headless Chromium: the document as it is once its scripts have run, and a picture of it.

use std::path::Path;

use super::run;

/// What it may be called.
const NAMES: [&str; 3] = ["chromium", "chromium-browser", "google-chrome"];
/// Without a display, without a sandbox (which root cannot have; the page is our own), and alone.
const ALWAYS: [&str; 4] = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--no-first-run",
];
/// How much time passes for the page, in milliseconds; it passes as fast as the scripts run.
const BUDGET: &str = "--virtual-time-budget=600000";

/// The document of a page, as HTML.
///
/// # Errors
/// Where there is no Chromium, or it fails.
pub(super) fn document(page: &Path) -> Result<String, String> {
    open(page, &[BUDGET, "--dump-dom"])
}

/// Stores a picture of the top of a page.
///
/// # Errors
/// Where there is no Chromium, or it fails.
pub(super) fn picture(page: &Path, picture: &Path) -> Result<(), String> {
    let screenshot = format!("--screenshot={}", picture.display());
    let arguments = [
        "--virtual-time-budget=20000",
        "--window-size=1600,2400",
        &screenshot,
    ];
    open(page, &arguments)?;
    if picture.exists() {
        Ok(())
    } else {
        Err(format!("{}: no picture was taken", picture.display()))
    }
}

fn open(page: &Path, arguments: &[&str]) -> Result<String, String> {
    let folder = page.parent().unwrap_or(Path::new("."));
    let name = NAMES
        .iter()
        .find(|name| run(folder, name, &["--version"]).is_ok());
    let name = name.ok_or("there is no Chromium; install the Debian package `chromium`")?;
    let page = page
        .canonicalize()
        .map_err(|error| format!("{}: {error}", page.display()))?;
    let address = format!("file://{}", page.display());
    let arguments: Vec<&str> = ALWAYS
        .iter()
        .chain(arguments)
        .copied()
        .chain([&*address])
        .collect();
    run(folder, name, &arguments)
}
