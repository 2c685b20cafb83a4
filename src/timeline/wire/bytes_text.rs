//! Bytes in a JSON file: as text if they are text, otherwise `{"base64": "…"}`.

use bytes::Bytes;
use data_encoding::BASE64;
use serde::de::Error;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

#[derive(Serialize, Deserialize)]
#[serde(untagged)]
enum Text {
    Text(String),
    Encoded { base64: String },
}

/// Writes bytes.
///
/// # Errors
/// Those of the serializer.
pub(super) fn serialize<S: Serializer>(bytes: &Bytes, out: S) -> Result<S::Ok, S::Error> {
    match str::from_utf8(bytes) {
        Ok(text) => out.serialize_str(text),
        Err(_) => Text::Encoded {
            base64: BASE64.encode(bytes),
        }
        .serialize(out),
    }
}

/// Reads bytes.
///
/// # Errors
/// Those of the deserializer, and text that is not base64.
pub(super) fn deserialize<'de, D: Deserializer<'de>>(input: D) -> Result<Bytes, D::Error> {
    match Text::deserialize(input)? {
        Text::Text(text) => Ok(text.into()),
        Text::Encoded { base64 } => BASE64
            .decode(base64.as_bytes())
            .map(Bytes::from)
            .map_err(|_| D::Error::custom("these bytes are not valid base64")),
    }
}
