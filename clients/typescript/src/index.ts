export { Tts, Veena3, Voices, type ClientOptions } from "./client.js";
export * from "./errors.js";
export { SpeechContext, SpeechSocket } from "./socket.js";
export { Speech, SpeechInfo, SpeechStream } from "./stream.js";
export type { CallOptions, ContextOptions, Format, SpeechEvent, SpeechOptions, Voice, Word } from "./types.js";
