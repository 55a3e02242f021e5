/** Values of requests and answers. Names of options and of events' fields are those of the wire. */

export type Format =
  | "wav" | "pcm" | "pcm-f32" | "opus" | "mp3" | "flac" | "mulaw" | "aac" | "mp4" | "webm" | "mulaw-raw";

/** Levels of pitch and of syllables a second, which designed voices take. */
export type Level = "very_low" | "low" | "moderate" | "high" | "very_high";

/** Fields of a request beside the text. What is left out is the server's default. */
export interface SpeechOptions {
  speaker: string;
  format?: Format;
  output?: "16khz" | "48khz";
  sample_rate?: number;
  speed?: number;
  pitch?: Level;
  rate?: Level;
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

/**
 * Fields of a request with a recording in place of the speaker: `reference_audio` is a sound file in base64, `consent`
 * true, your statement that its speaker consents, or the id of a consent record.
 */
export interface ReferenceOptions extends Omit<SpeechOptions, "speaker"> {
  reference_audio: string;
  reference_text?: string;
  consent: true | string;
}

/** Facts about a voice of a key, beside its name. `public`: every key may speak with it. */
export interface VoiceOptions {
  language?: string;
  description?: string;
  labels?: Record<string, string>;
  public?: boolean;
}

/** Options of a design beside the gender. `pitch_hz` and `syllables_per_s` replace the levels. */
export interface DesignOptions {
  pitch?: Level;
  rate?: Level;
  pitch_hz?: number;
  syllables_per_s?: number;
  text?: string;
  candidates?: number;
  seed?: number;
}

/** A designed voice to hear: `audio_b64` is MP3 in base64. */
export interface Candidate {
  id: string;
  audio_b64: string;
  seconds: number;
  [field: string]: unknown;
}

/** Options of a WebSocket context; its format is `pcm` by default. `frame_ms`: 10 to 100 ms of audio in a frame. */
export type ContextOptions = (SpeechOptions | ReferenceOptions) & {
  context_id?: string;
  frame_ms?: number;
};

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
