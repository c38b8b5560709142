//! Share links: the page's address with `#run=` and a run file behind it, as base64url(deflate-raw(JSON)).

use base64::Engine;
use base64::alphabet::URL_SAFE;
use base64::engine::DecodePaddingMode;
use base64::engine::general_purpose::{GeneralPurpose, GeneralPurposeConfig};
use headroom_core::session::run_file::LONGEST;
use miniz_oxide::inflate::{TINFLStatus, decompress_to_vec_with_limit};
use std::fmt;

/// What stands before the run in a link.
const MARK: &str = "#run=";

/// Without padding, and with, since mail programs add strange things.
const BASE64: GeneralPurpose = GeneralPurpose::new(
    &URL_SAFE,
    GeneralPurposeConfig::new()
        .with_encode_padding(false)
        .with_decode_padding_mode(DecodePaddingMode::Indifferent),
);

/// Why a link cannot be used.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum LinkError {
    /// Not base64url: characters are missing or foreign.
    NotBase64,
    /// Its bytes are not what was packed.
    Damaged,
    /// It would unpack to more than a run file may have.
    TooLong,
}

impl fmt::Display for LinkError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            LinkError::NotBase64 => {
                "the link is damaged: it has characters that do not belong there; copy it whole"
            }
            LinkError::Damaged => "the link is damaged: a part is missing or was changed; copy it whole",
            LinkError::TooLong => "the link unpacks to more than 1 MiB; this is not a run of Headroom",
        })
    }
}

/// The packed run in a link, or nothing if it is none.
pub(crate) fn packed(text: &str) -> Option<&str> {
    text.split_once(MARK).map(|(_, packed)| packed)
}

/// The JSON that was packed.
pub(crate) fn unpack(packed: &str) -> Result<String, LinkError> {
    let bytes = BASE64.decode(packed.trim()).map_err(|_| LinkError::NotBase64)?;
    let json = decompress_to_vec_with_limit(&bytes, LONGEST).map_err(|error| match error.status {
        TINFLStatus::HasMoreOutput => LinkError::TooLong,
        _ => LinkError::Damaged,
    })?;
    String::from_utf8(json).map_err(|_| LinkError::Damaged)
}

#[cfg(test)]
mod tests {
    use super::*;
    use headroom_core::session::run_file::RunFile;
    use miniz_oxide::deflate::compress_to_vec;
    use proptest::prelude::*;
    use proptest::sample::Index;

    fn pack(json: &str) -> String {
        BASE64.encode(compress_to_vec(json.as_bytes(), 9))
    }

    #[test]
    fn what_is_packed_can_be_unpacked() {
        let json = "{\"headroom\":1,\"engine\":1,\"lab\":\"busy-is-not-full\"}";
        let link = format!("https://example.org/play/?lab=busy-is-not-full#run={}", pack(json));
        assert_eq!(unpack(packed(&link).unwrap()).as_deref(), Ok(json));
        assert_eq!(packed("busy-is-not-full"), None);
    }

    #[test]
    fn damaged_links_say_so() {
        let good = pack(&"{\"headroom\":1}".repeat(100));
        assert_eq!(unpack("a b"), Err(LinkError::NotBase64));
        assert_eq!(unpack(&good[..good.len() / 8 * 4]), Err(LinkError::Damaged));
        assert_eq!(unpack(""), Err(LinkError::Damaged));
        assert_eq!(unpack(&pack(&" ".repeat(LONGEST + 1))), Err(LinkError::TooLong));
        assert_eq!(unpack(&pack(&" ".repeat(LONGEST))).map(|json| json.len()), Ok(LONGEST));
        assert_eq!(unpack(&BASE64.encode(compress_to_vec(&[0xff, 0xfe], 9))), Err(LinkError::Damaged));
    }

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(8_000) })]

        #[test]
        fn no_damaged_link_makes_reading_panic(
            bytes in proptest::collection::vec((any::<Index>(), any::<u8>()), 0..4),
            end in any::<Index>(),
            cut in any::<bool>(),
        ) {
            let json = r#"{"headroom":1,"engine":1,"lab":"busy-is-not-full","seed":5,"until":12.5}"#;
            let mut packed = pack(json).into_bytes();
            for (at, byte) in bytes {
                let place = at.index(packed.len());
                packed[place] = byte;
            }
            packed.truncate(if cut { end.index(packed.len()) } else { packed.len() });
            if let Ok(json) = unpack(&String::from_utf8_lossy(&packed)) {
                let _ = RunFile::read(&json);
            }
        }

        #[test]
        fn foreign_bytes_unpack_to_no_more_than_a_run_may_have(
            bytes in proptest::collection::vec(any::<u8>(), 0..200),
        ) {
            if let Ok(json) = unpack(&BASE64.encode(bytes)) {
                prop_assert!(json.len() <= LONGEST);
            }
        }
    }
}
