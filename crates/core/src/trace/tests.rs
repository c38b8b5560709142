//! Every format gives the accesses that were written, whatever the chunks; hostile bytes give faults and no panic.

use super::*;
use proptest::prelude::*;

/// All accesses of `bytes`, read in chunks of `step`.
fn read(format: Format, columns: Columns, bytes: &[u8], step: usize) -> Result<Vec<Access>, TraceError> {
    let mut reader = Reader::new(format, columns, OnFault::Stop);
    let mut accesses = Vec::new();
    for chunk in bytes.chunks(step.max(1)) {
        reader.feed(chunk, &mut accesses)?;
    }
    reader.finish(&mut accesses)?;
    Ok(accesses)
}

fn csv(text: &str) -> Result<Vec<Access>, TraceError> {
    read(Format::Csv, Columns::default(), text.as_bytes(), usize::MAX)
}

/// What is left of accesses in a format that keeps less, and the bytes of that format.
fn written(format: Format, accesses: &[Access]) -> (Vec<Access>, Vec<u8>) {
    let mut kept = Vec::new();
    let mut bytes = if format == Format::Csv { b"time,key,size,ttl,op\n".to_vec() } else { Vec::new() };
    for (number, access) in (0..).zip(accesses) {
        let Access { time, key, size, ttl, operation } = *access;
        let seconds = time / 1_000_000_000;
        match format {
            Format::U32le => {
                kept.push(Access::read(number, key & 0xffff_ffff));
                bytes.extend((key as u32).to_le_bytes());
            }
            Format::U64le => {
                kept.push(Access::read(number, key));
                bytes.extend(key.to_le_bytes());
            }
            Format::OracleGeneral => {
                let (time, size) = (seconds as u32, size as u32);
                kept.push(Access { size: size.into(), ..Access::read(u64::from(time) * 1_000_000_000, key) });
                bytes.extend(time.to_le_bytes());
                bytes.extend(key.to_le_bytes());
                bytes.extend(size.to_le_bytes());
                bytes.extend((-1_i64).to_le_bytes());
            }
            Format::Csv => {
                kept.push(*access);
                let word = match operation {
                    Operation::Read => "get",
                    Operation::Write => "SET",
                    Operation::Delete => "delete",
                };
                let decimal = |nanos: u64| format!("{}.{:09}", nanos / 1_000_000_000, nanos % 1_000_000_000);
                let ttl = ttl.map_or_else(String::new, decimal);
                bytes.extend(format!("{},{key},{size},{ttl},{word}\r\n", decimal(time)).bytes());
            }
        }
    }
    (kept, bytes)
}

fn any_accesses() -> impl Strategy<Value = Vec<Access>> {
    let operation = prop_oneof![Just(Operation::Read), Just(Operation::Write), Just(Operation::Delete)];
    let access = (any::<u64>(), any::<u64>(), any::<u64>(), prop::option::of(1..u64::MAX), operation)
        .prop_map(|(time, key, size, ttl, operation)| Access { time, key, size, ttl, operation });
    prop::collection::vec(access, 0..40)
}

proptest! {
    #[test]
    fn what_is_written_is_read(accesses in any_accesses(), step in 1..60usize) {
        for format in Format::ALL {
            let (kept, bytes) = written(format, &accesses);
            prop_assert_eq!(read(format, Columns::default(), &bytes, step), Ok(kept));
        }
    }

    #[test]
    fn any_text_in_quotes_is_one_key(text in "\\PC{1,20}", step in 1..9usize) {
        let quoted = format!("key,size\n\"{}\",7\n", text.replace('"', "\"\""));
        let accesses = read(Format::Csv, Columns::default(), quoted.as_bytes(), step);
        prop_assert_eq!(accesses.as_ref().map(|all| (all.len(), all[0].size)), Ok((1, 7)));
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(10_000))]

    /// Whatever the bytes: no panic, and the same faults and accesses in whatever chunks they come.
    #[test]
    fn hostile_bytes_do_no_harm(
        bytes in prop_oneof![
            prop::collection::vec(any::<u8>(), 0..300),
            "(key,size\n)?([a-z0-9\",\r\n .-]{0,20}\n?){0,12}".prop_map(String::into_bytes),
        ],
        format in prop::sample::select(&Format::ALL[..]),
        has_header: bool,
        key in prop::option::of(0..4usize),
        step in 1..40usize,
        skips: bool,
    ) {
        let columns = Columns { has_header, key: key.map(Column::Number), ..Columns::default() };
        let on_fault = if skips { OnFault::Skip } else { OnFault::Stop };
        let run = |step: usize| {
            let mut reader = Reader::new(format, columns.clone(), on_fault);
            let mut accesses = Vec::new();
            for chunk in bytes.chunks(step) {
                let _ = reader.feed(chunk, &mut accesses);
            }
            let end = reader.finish(&mut accesses);
            (accesses, end, reader.skipped(), reader.first_fault().cloned())
        };
        let (accesses, end, skipped, first_fault) = run(step);
        prop_assert!(accesses.len() <= bytes.len());
        prop_assert_eq!(end.is_err() || skipped > 0, first_fault.is_some());
        prop_assert_eq!((accesses, end, skipped, first_fault), run(usize::MAX));
    }
}

#[test]
fn columns_are_found_by_name_and_by_number() {
    let named = |name: &str| Some(Column::Name(name.to_owned()));
    let numbered = |number| Some(Column::Number(number));
    let plain = Columns::default();
    let cases: [(Columns, &str, u64, u64, u64); 9] = [
        (plain.clone(), "key\n5\n", 5, 1, 0),
        (plain.clone(), "Timestamp,OBJ_ID,Size\n3,5,10\n", 5, 10, 3_000_000_000),
        (plain.clone(), "\u{feff}key,size\n\n 5 , 10 \r\n", 5, 10, 0),
        (plain.clone(), "key,size\n5,10", 5, 10, 0),
        (Columns { key: named("lbn"), ..plain.clone() }, "id,lbn\n4,5\n", 5, 1, 0),
        (Columns { key: numbered(2), ..plain.clone() }, "id,lbn\n4,5\n", 5, 1, 0),
        (Columns { has_header: false, ..plain.clone() }, "5,4\n", 5, 1, 0),
        (
            Columns { delimiter: b'\t', time_unit: 1_000_000, ..plain.clone() },
            "ts\tid\n2.5\t5\n",
            5,
            1,
            2_500_000,
        ),
        // The traces of Twitter's caches: time, key, size of the key, of the value, client, operation, lifetime.
        (
            Columns { has_header: false, time: numbered(1), key: numbered(2), size: numbered(4), ..plain },
            "7,5,3,10,9,get,0\n",
            5,
            10,
            7_000_000_000,
        ),
    ];
    for (columns, text, key, size, time) in cases {
        let found = read(Format::Csv, columns, text.as_bytes(), usize::MAX);
        assert_eq!(found, Ok(vec![Access { size, ..Access::read(time, key) }]), "{text}");
    }
}

#[test]
fn keys_of_text_are_hashed() {
    let key = |text: &str| csv(&format!("key\n{text}\n")).map(|accesses| accesses[0].key);
    // Test vectors of the authors of FNV for "a" and "foobar".
    assert_eq!(key("a"), Ok(0xaf63_dc4c_8601_ec8c));
    assert_eq!(key("foobar"), Ok(0x8594_4171_f739_67e8));
    assert_eq!((key("0"), key("7"), key("18446744073709551615")), (Ok(0), Ok(7), Ok(u64::MAX)));
    for other in ["07", "18446744073709551616", "-7", "7.0", "\"7 \""] {
        assert_ne!(key(other), Ok(7), "{other}");
    }
    assert_eq!(key("\"a\""), key("a"));
    let tabs = Columns { delimiter: b'\t', ..Columns::default() };
    let plain = read(Format::Csv, tabs, b"key\nsay \"a\", twice\n", 4).map(|accesses| accesses[0].key);
    assert_eq!(key("\"say \"\"a\"\", twice\""), plain);
}

#[test]
fn faults_name_the_place_and_what_to_do() {
    let long = format!("key\n\"{}\"\n", "a".repeat(LONGEST_RECORD));
    for (text, expected) in [
        ("size\n1\n", "line 1: no column is called key or id or obj_id"),
        ("key,size\n1,2\n3,many\n", "line 3: \"many\" as size; give a decimal number"),
        ("key,size\n1,-2\n", "line 2: \"-2\" as size"),
        ("key,size\n1,99999999999999999999\n", "line 2: \"99999999999999999999\" as size"),
        ("key,time\n1,1e3\n", "line 2: \"1e3\" as time"),
        ("key,time\n1,.5\n", "line 2: \".5\" as time"),
        ("key,time\n1,99999999999\n", "line 2: \"99999999999\" as time"),
        ("size,key\n1\n", "line 2: 1 fields, and column 2 is needed"),
        ("key,size\n,1\n", "line 2: the key is empty"),
        ("key,op\n1,evict\n", "line 2: \"evict\" as operation; give one such as get, set or delete"),
        // A line break in quotes belongs to the field, and counts as a line.
        ("key,size\n\"a\nb\",1\n2,x\n", "line 4: \"x\" as size"),
        ("key\n1\n\"2\n3\n", "line 3: quotes are left open"),
        (&long, "line 2: no end within 65536 bytes; are quotes left open?"),
    ] {
        let told = csv(text).map_err(|error| error.to_string());
        let told = told.expect_err("a fault");
        assert!(told.starts_with(expected), "{told}, expected {expected}");
    }
    let binary = |format, bytes: &[u8]| read(format, Columns::default(), bytes, 5).unwrap_err().to_string();
    assert!(binary(Format::U32le, &[0; 11]).starts_with("byte 8: the file ends 3 bytes into a record of 4"));
    assert!(binary(Format::U64le, &[0; 7]).starts_with("byte 0: the file ends 7 bytes into a record of 8"));
    let mut records = [0; 48];
    records[40..].copy_from_slice(&(-3_i64).to_le_bytes());
    let told = binary(Format::OracleGeneral, &records);
    assert_eq!(told, "byte 24: -3 as the number of the next read; is this oracle-general?");
}

#[test]
fn records_that_cannot_be_read_are_counted() {
    let mut reader = Reader::new(Format::Csv, Columns::default(), OnFault::Skip);
    let mut accesses = Vec::new();
    let long = format!("\"{}\n4,1\n", "a".repeat(LONGEST_RECORD));
    for chunk in ["key,size\n1,", "x\n2,1\n,7\n", "3", ",1\n", &long, "5,?"] {
        assert_eq!(reader.feed(chunk.as_bytes(), &mut accesses), Ok(()));
    }
    assert_eq!(reader.finish(&mut accesses), Ok(()));
    assert_eq!(accesses.iter().map(|access| access.key).collect::<Vec<_>>(), [2, 3, 4]);
    assert_eq!(reader.skipped(), 4);
    assert_eq!(reader.first_fault().map(|fault| fault.place), Some(Place::Line(2)));
}

#[test]
fn a_reader_that_stopped_says_the_same_again() {
    let mut reader = Reader::new(Format::Csv, Columns::default(), OnFault::Stop);
    let mut accesses = Vec::new();
    let first = reader.feed(b"key,size\n1,1\n2,x\n3,1\n", &mut accesses);
    assert!(first.is_err());
    assert_eq!(reader.feed(b"4,1\n", &mut accesses), first);
    assert_eq!(reader.finish(&mut accesses), first);
    assert_eq!(accesses.len(), 1);
}

#[test]
fn formats_are_told_by_the_names_of_files() {
    for (name, format) in [
        ("zipf.u32le", Some(Format::U32le)),
        ("traces/zipf.u64le.zst", Some(Format::U64le)),
        ("cluster26.csv.zst", Some(Format::Csv)),
        ("w106.oracleGeneral.bin.zst", Some(Format::OracleGeneral)),
        ("w106.oracle-general", Some(Format::OracleGeneral)),
        ("csv", None),
        ("csv.zst", None),
        ("a.csv/trace", None),
        ("trace.bin", None),
        ("trace.txt", None),
        ("-", None),
        ("", None),
    ] {
        assert_eq!(Format::of_file(name), format, "{name}");
    }
    assert!(Format::ALL.into_iter().all(|format| Format::named(format.name()) == Some(format)));
}
