//! Writes what the page fetches when it is wanted: each lab as `labs/<id>.bin`, claims and symptoms as
//! `labs/sayings.bin`, in the folder named or in the one that Trunk is building (`Trunk.toml` calls this).

use std::path::PathBuf;
use std::process::ExitCode;

fn main() -> ExitCode {
    let named = std::env::args_os().nth(1).or_else(|| std::env::var_os("TRUNK_STAGING_DIR"));
    let Some(folder) = named.map(|folder| PathBuf::from(folder).join("labs")) else {
        eprintln!("name the folder that shall hold labs/, such as dist");
        return ExitCode::from(2);
    };
    match write(&folder) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{}: {error}", folder.display());
            ExitCode::FAILURE
        }
    }
}

fn write(folder: &std::path::Path) -> std::io::Result<()> {
    std::fs::create_dir_all(folder)?;
    for (id, file) in headroom_labs::every_file() {
        std::fs::write(folder.join(format!("{id}.bin")), file)?;
    }
    std::fs::write(folder.join("sayings.bin"), headroom_labs::SAYINGS_FILE)
}
