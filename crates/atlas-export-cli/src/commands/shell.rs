//! `completions` and `man`: the tool for a shell and for a reader.

use std::path::Path;

use clap_complete::Shell;
use clap_mangen::Man;

use crate::{
    args,
    exit::{self, Stop},
    output::text_block,
};

pub(crate) fn completions(shell: Shell) {
    let mut script = Vec::new();
    clap_complete::generate(shell, &mut args::command(), "atlas-export", &mut script);
    text_block(&String::from_utf8_lossy(&script));
}

pub(crate) fn man(directory: Option<&Path>) -> Result<(), Stop> {
    let tool = args::command();
    if let Some(directory) = directory {
        return clap_mangen::generate_to(tool, directory)
            .map_err(|error| Stop::of_file(directory, error));
    }
    let mut page = Vec::new();
    Man::new(tool)
        .render(&mut page)
        .map_err(|error| Stop::new(exit::FAILURE, format!("the man page: {error}")))?;
    text_block(&String::from_utf8_lossy(&page));
    Ok(())
}
