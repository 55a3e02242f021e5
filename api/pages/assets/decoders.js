// Decoders from the bytes of a format to samples, incremental where the format allows it.

const MAX_HEADER_BYTES = 4096; // longest header of a WAV file

/** Decode 16-bit little-endian samples. */
function linear(bytes) {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return Float32Array.from({ length: bytes.length / 2 }, (_, n) => view.getInt16(2 * n, true) / 32768);
}

/** Decode G.711 μ-law: sign, segment and step, all inverted. */
function mulaw(bytes) {
  return Float32Array.from(bytes, (byte) => {
    const code = ~byte & 0xff;
    const magnitude = ((((code & 0x0f) << 3) + 132) << ((code >> 4) & 7)) - 132;
    return (code & 0x80 ? -magnitude : magnitude) / 32768;
  });
}

/** Decoder of plain samples, with or without a header: incremental. */
class PlainDecoder {
  #header;
  #width;
  #convert;
  #held = new Uint8Array(0);

  constructor({ header, width, convert }) {
    this.#header = header;
    this.#width = width;
    this.#convert = convert;
  }

  feed(bytes) {
    let held = joined([this.#held, bytes]);
    if (this.#header) {
      const offset = dataOffset(held);
      if (offset === null) {
        if (held.length > MAX_HEADER_BYTES) throw new Error("The answer is not a WAV file.");
        this.#held = held;
        return new Float32Array(0);
      }
      held = held.slice(offset);
      this.#header = false;
    }
    const whole = held.length - (held.length % this.#width);
    this.#held = held.slice(whole);
    return this.#convert(held.subarray(0, whole));
  }

  async finish() {
    return new Float32Array(0);
  }
}

/** Decoder of the browser, which takes a whole file. */
class WholeDecoder {
  #context;
  #pieces = [];

  constructor(context) {
    this.#context = context;
  }

  feed(bytes) {
    this.#pieces.push(bytes);
    return new Float32Array(0);
  }

  async finish() {
    const decoded = await this.#context.decodeAudioData(joined(this.#pieces).buffer);
    return decoded.getChannelData(0);
  }
}

const PLAIN = {
  wav: { header: true, width: 2, convert: linear },
  pcm: { header: false, width: 2, convert: linear },
  "pcm-f32": { header: false, width: 4, convert: (bytes) => new Float32Array(bytes.slice().buffer) },
  mulaw: { header: true, width: 1, convert: mulaw },
  "mulaw-raw": { header: false, width: 1, convert: mulaw },
};

/** Return whether a format plays before it is complete. */
export const playsEarly = (format) => format in PLAIN;

export const decoderOf = (format, context) => (playsEarly(format) ? new PlainDecoder(PLAIN[format]) : new WholeDecoder(context));

/** Return the offset of a WAV's samples; null while its header is incomplete. */
function dataOffset(bytes) {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  for (let at = 12; at + 8 <= bytes.length; at += 8 + view.getUint32(at + 4, true)) {
    if (view.getUint32(at) === 0x64617461) return at + 8; // "data"
  }
  return null;
}

/** Return the file of a stream. A WAV's header, sent before the length was known, gets the length. */
export function fileOf(format, pieces) {
  const bytes = joined(pieces);
  const offset = PLAIN[format]?.header ? dataOffset(bytes) : null;
  if (offset === null) return bytes;
  const view = new DataView(bytes.buffer);
  view.setUint32(4, bytes.length - 8, true);
  view.setUint32(offset - 4, bytes.length - offset, true);
  if (format === "mulaw") view.setUint32(offset - 12, bytes.length - offset, true); // `fact` counts samples
  return bytes;
}

function joined(pieces) {
  const whole = new Uint8Array(pieces.reduce((sum, piece) => sum + piece.length, 0));
  let at = 0;
  for (const piece of pieces) {
    whole.set(piece, at);
    at += piece.length;
  }
  return whole;
}
