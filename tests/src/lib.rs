//! Behaviour across the crates of the workspace.
