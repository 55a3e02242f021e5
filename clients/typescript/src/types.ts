/** Values of requests and answers. Names of options and of events' fields are those of the wire. */

export type Format =
  | "wav" | "pcm" | "pcm-f32" | "opus" | "mp3" | "flac" | "mulaw" | "aac" | "mp4" | "webm" | "mulaw-raw";

/** Fields of a request beside the text. What is left out is the server's default. */
export interface SpeechOptions {
  speaker: string;
  format?: Format;
  output?: "16khz" | "48khz";
  sample_rate?: number;
  speed?: number;
  seed?: number;
  temperature?: number;
  top_k?: number;
  top_p?: number;
  repetition_penalty?: number;
  max_tokens?: number;
  input_type?: "text" | "ssml" | "tags";
  language?: string;
  date_order?: "dmy" | "mdy";
  number_scale?: "auto" | "lakh" | "million";
  digit_grouping?: number;
  repeated_digits?: "single" | "double";
  normalize?: boolean;
  normalize_verbose?: boolean;
  lexicon?: Record<string, string>;
  pronunciation_dictionaries?: { id: string; version?: number }[];
  chunking?: boolean;
  timestamps?: boolean;
}

/** Options of a WebSocket context; its format is `pcm` by default. `frame_ms`: 10 to 100 ms of audio in a frame. */
export interface ContextOptions extends SpeechOptions {
  context_id?: string;
  frame_ms?: number;
}

/** What a call may decide for itself: an abort signal, and the milliseconds allowed for each read. */
export interface CallOptions {
  signal?: AbortSignal;
  timeoutMs?: number;
}

/** A voice. `id` and each alias name it in requests. */
export interface Voice {
  id: string;
  aliases: string[];
  languages: string[];
  gender: string | null;
  description: string;
  [field: string]: unknown;
}

/**
 * Position of a word in the audio, in seconds, and in the text that was sent, in characters (code points).
 * `end_s` is null in an event for a word that still sounds; it comes again with the same `index` and its end.
 */
export interface Word {
  word: string;
  start_s: number;
  end_s: number | null;
  from: number | null;
  to: number | null;
  index?: number;
}

/** One message of a stream: `start`, `audio`, `chunk`, `mark`, `words`, `flushed`, … and `end` or `cancelled`. */
export interface SpeechEvent {
  type: string;
  /** Bytes of an `audio` event, else empty. */
  audio: Uint8Array;
  /** The event as the server sent it, without the audio. */
  fields: Record<string, unknown>;
  /** Times of words that the event brings; empty where it brings none. */
  words: Word[];
  /** The last word that was heard, of a `cancelled` event of a context with `timestamps`. */
  spokenTo: Word | null;
}

const NOTHING = new Uint8Array(0);

/** Return an event. */
export function speechEvent(
  type: string, fields: Record<string, unknown>, audio: Uint8Array = NOTHING,
): SpeechEvent {
  const words = Array.isArray(fields["words"]) ? (fields["words"] as Word[]) : [];
  const spokenTo = (fields["spoken_to"] as Word | null | undefined) ?? null;
  return { type, audio, fields, words, spokenTo };
}
