//! Packing by the browser's own compression streams.

use super::{LONGEST, RunFile, Shared, base64};
use js_sys::Uint8Array;
use wasm_bindgen::prelude::wasm_bindgen;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{ReadableStream, ReadableStreamDefaultReader, ReadableWritablePair, Response, WritableStream};

// web-sys still counts these as unstable, though every browser has had them since 2023.
#[wasm_bindgen]
extern "C" {
    type CompressionStream;
    #[wasm_bindgen(constructor, catch)]
    fn new(format: &str) -> Result<CompressionStream, JsValue>;
    #[wasm_bindgen(method, getter)]
    fn readable(this: &CompressionStream) -> ReadableStream;
    #[wasm_bindgen(method, getter)]
    fn writable(this: &CompressionStream) -> WritableStream;

    type DecompressionStream;
    #[wasm_bindgen(constructor, catch)]
    fn new(format: &str) -> Result<DecompressionStream, JsValue>;
    #[wasm_bindgen(method, getter)]
    fn readable(this: &DecompressionStream) -> ReadableStream;
    #[wasm_bindgen(method, getter)]
    fn writable(this: &DecompressionStream) -> WritableStream;
}

const FORMAT: &str = "deflate-raw";

/// The part of a link after `#run=`.
///
/// # Errors
/// The browser has no compression streams.
pub async fn pack(file: &RunFile) -> Result<String, JsValue> {
    let stream = CompressionStream::new(FORMAT)?;
    let pair = ReadableWritablePair::new(&stream.readable(), &stream.writable());
    let bytes = through(file.write().as_bytes(), &pair).await?;
    Ok(base64::encode(&bytes))
}

/// The run behind `#run=`.
pub async fn unpack(packed: &str) -> Shared {
    match unpacked(packed).await {
        Some(json) => RunFile::read(&json),
        None => Shared::Damaged,
    }
}

async fn unpacked(packed: &str) -> Option<String> {
    let bytes = base64::decode(packed)?;
    let stream = DecompressionStream::new(FORMAT).ok()?;
    let pair = ReadableWritablePair::new(&stream.readable(), &stream.writable());
    let bytes = through(&bytes, &pair).await.ok()?;
    String::from_utf8(bytes).ok()
}

/// `bytes` through a transforming stream. Stops once more than [`LONGEST`] have come out, so that a small link
/// cannot fill the memory.
async fn through(bytes: &[u8], pair: &ReadableWritablePair) -> Result<Vec<u8>, JsValue> {
    let body = Uint8Array::from(bytes);
    let response = Response::new_with_opt_buffer_source(Some(body.unchecked_ref()))?;
    let input = response.body().ok_or(JsValue::NULL)?;
    let reader: ReadableStreamDefaultReader = input.pipe_through(pair).get_reader().dyn_into()?;
    let mut out = Vec::new();
    loop {
        let chunk = JsFuture::from(reader.read()).await?;
        if js_sys::Reflect::get(&chunk, &"done".into())?.is_truthy() {
            return Ok(out);
        }
        let value: Uint8Array = js_sys::Reflect::get(&chunk, &"value".into())?.dyn_into()?;
        out.extend(value.to_vec());
        if out.len() > LONGEST {
            return Err(JsValue::NULL);
        }
    }
}
