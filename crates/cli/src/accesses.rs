//! A trace of cache accesses as a stream of batches: from a file or standard input, unpacked if need be. While one batch
//! is worked on, the next is read, so memory is that of two batches whatever the length of the trace.

use crate::args::TraceArguments;
use crate::failure::Failure;
use crate::progress;
use headroom_core::trace::{Access, Column, Columns, Format, OnFault, Reader, zstd};
use indicatif::ProgressBar;
use std::fs::File;
use std::io::{BufReader, Read};

/// Bytes read at a time.
const CHUNK: usize = 1 << 18;

/// A trace that is being read.
pub(crate) struct Accesses {
    name: String,
    format: Format,
    is_guessed: bool,
    needs_times: bool,
    reader: Reader,
    input: Box<dyn Read + Send>,
    chunk: Vec<u8>,
    bar: ProgressBar,
}

/// What there is to say about a trace once it has been read.
#[derive(Debug)]
pub(crate) struct Summary {
    pub(crate) name: String,
    pub(crate) format: Format,
    is_guessed: bool,
    /// Accesses of all kinds.
    pub(crate) accesses: u64,
    /// Records that could not be read.
    pub(crate) skipped: u64,
    first_fault: Option<String>,
    pub(crate) has_times: bool,
}

impl Accesses {
    /// Opens what the arguments name. With `needs_times`, a trace without times is refused when it is read.
    pub(crate) fn open(arguments: &TraceArguments, needs_times: bool) -> Result<Accesses, Failure> {
        let name = arguments.trace.clone();
        let guessed = Format::of_file(&name);
        let Some(format) = arguments.format.as_deref().map_or(guessed, Format::named) else {
            return Err(Failure::Unusable(format!(
                "{name}: its name does not tell its format; give --format {}",
                Format::ALL.map(Format::name).join(", ")
            )));
        };
        let failed = |error: std::io::Error| match error.kind() {
            std::io::ErrorKind::NotFound => Failure::Unusable(format!("{name}: there is no such file")),
            _ => Failure::Unusable(format!("{name}: {error}")),
        };
        let bar = progress::bar(0, "{bar:40} {bytes} of {total_bytes}, {eta} left");
        let (input, may_be_packed): (Box<dyn Read + Send>, bool) = if name == "-" {
            bar.unset_length();
            (Box::new(std::io::stdin()), true)
        } else {
            let file = File::open(&name).map_err(failed)?;
            let about = file.metadata().map_err(failed)?;
            if about.is_dir() {
                return Err(Failure::Unusable(format!("{name}: this is a folder; give a file of it")));
            }
            bar.set_length(about.len());
            (Box::new(file), name.ends_with(".zst"))
        };
        let input = unpacked(bar.wrap_read(input), may_be_packed, name != "-").map_err(failed)?;
        let on_fault = if arguments.skip_bad { OnFault::Skip } else { OnFault::Stop };
        let reader = Reader::new(format, columns(arguments)?, on_fault);
        let is_guessed = arguments.format.is_none();
        Ok(Accesses { name, format, is_guessed, needs_times, reader, input, chunk: vec![0; CHUNK], bar })
    }

    /// Hands out all accesses in order, batch by batch.
    pub(crate) fn for_each_batch(
        mut self,
        mut work: impl FnMut(&[Access]) -> Result<(), Failure> + Send,
    ) -> Result<Summary, Failure> {
        let (mut current, mut next) = (Vec::new(), Vec::new());
        let mut accesses = 0;
        let mut goes_on = self.read(&mut current)?;
        while !current.is_empty() || goes_on {
            accesses += current.len() as u64;
            next.clear();
            let (read, worked) =
                rayon::join(|| if goes_on { self.read(&mut next) } else { Ok(false) }, || work(&current));
            worked?;
            goes_on = read?;
            std::mem::swap(&mut current, &mut next);
        }
        self.bar.finish_and_clear();
        if accesses == 0 {
            return Err(Failure::Unusable(format!("{}: there are no accesses in it", self.name)));
        }
        Ok(Summary {
            accesses,
            skipped: self.reader.skipped(),
            first_fault: self.reader.first_fault().map(ToString::to_string),
            has_times: self.reader.has_times(),
            name: self.name,
            format: self.format,
            is_guessed: self.is_guessed,
        })
    }

    /// Fills `batch`; whether there may be more.
    fn read(&mut self, batch: &mut Vec<Access>) -> Result<bool, Failure> {
        let read = loop {
            match self.input.read(&mut self.chunk) {
                Err(error) if error.kind() == std::io::ErrorKind::Interrupted => {}
                read => break read,
            }
        };
        let count = read.map_err(|error| self.fail(&error))?;
        let parsed = match count {
            0 => self.reader.finish(batch),
            _ => self.reader.feed(&self.chunk[..count], batch),
        };
        parsed.map_err(|error| self.fail(&error))?;
        if self.needs_times && !batch.is_empty() && !self.reader.has_times() {
            return Err(self.fail(&"the trace has no times, so nothing in it grows old; leave out --ttl"));
        }
        Ok(count > 0)
    }

    fn fail(&self, error: &dyn std::fmt::Display) -> Failure {
        self.bar.finish_and_clear();
        Failure::Unusable(format!("{}: {error}", self.name))
    }
}

impl Summary {
    /// A line for people.
    pub(crate) fn line(&self) -> String {
        let guessed = if self.is_guessed { " (by its name)" } else { "" };
        let skipped = match (&self.first_fault, self.skipped) {
            (Some(fault), 1..) => format!("; {} records skipped, the first at {fault}", self.skipped),
            _ => String::new(),
        };
        let accesses = crate::table::count(self.accesses);
        format!("{}: {accesses} accesses, format {}{guessed}{skipped}\n", self.name, self.format.name())
    }
}

/// Unpacks what is packed. A file is by its name; standard input by its first bytes.
fn unpacked(
    input: impl Read + Send + 'static,
    may_be_packed: bool,
    must_be: bool,
) -> std::io::Result<Box<dyn Read + Send>> {
    if !may_be_packed {
        return Ok(Box::new(input));
    }
    let mut input = BufReader::with_capacity(CHUNK, input);
    if must_be {
        return Ok(Box::new(zstd::Unpacked::new(input)));
    }
    let mut start = Vec::new();
    input.by_ref().take(zstd::MAGIC.len() as u64).read_to_end(&mut start)?;
    let is_packed = start == zstd::MAGIC;
    let whole = std::io::Cursor::new(start).chain(input);
    if is_packed { Ok(Box::new(zstd::Unpacked::new(whole))) } else { Ok(Box::new(whole)) }
}

fn columns(arguments: &TraceArguments) -> Result<Columns, Failure> {
    let column = |given: &Option<String>| -> Result<Option<Column>, Failure> {
        let Some(given) = given else { return Ok(None) };
        match given.parse::<usize>() {
            Ok(0) => Err(Failure::Unusable("columns are counted from 1".to_owned())),
            Ok(number) => Ok(Some(Column::Number(number))),
            Err(_) if arguments.no_header => Err(Failure::Unusable(format!(
                "without a header no column is called \"{given}\"; give its number, from 1"
            ))),
            Err(_) => Ok(Some(Column::Name(given.clone()))),
        }
    };
    Ok(Columns {
        delimiter: arguments.delimiter,
        has_header: !arguments.no_header,
        key: column(&arguments.key_column)?,
        size: column(&arguments.size_column)?,
        time: column(&arguments.time_column)?,
        ttl: column(&arguments.ttl_column)?,
        operation: column(&arguments.operation_column)?,
        time_unit: arguments.time_unit.nanos(),
    })
}
