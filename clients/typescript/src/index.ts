export { Tts, Veena3, type ClientOptions } from "./client.js";
export * from "./errors.js";
export { SpeechContext, SpeechSocket } from "./socket.js";
export { Speech, SpeechInfo, SpeechStream } from "./stream.js";
export type {
  CallOptions, Candidate, ContextOptions, DesignOptions, Format, Level, ReferenceOptions, SpeechEvent, SpeechOptions,
  Voice, VoiceOptions, Word,
} from "./types.js";
export { Voices } from "./voices.js";
