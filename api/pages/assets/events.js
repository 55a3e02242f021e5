// Server-Sent Events of an answer, one after the other, while they arrive.

import { Refusal } from "./service.js";

/** Yield the object of each event. Throws a Refusal for an `error`, and where the stream ends before its `end`. */
export async function* eventsOf(answer) {
  let held = "";
  const reader = answer.body.pipeThrough(new TextDecoderStream()).getReader();
  for (let read; !(read = await reader.read().catch(breakOff)).done; ) {
    const parts = (held + read.value).split("\n\n");
    held = parts.pop();
    for (const part of parts) {
      const event = JSON.parse(part.slice(part.indexOf("\ndata: ") + 7));
      if (event.type === "error") throw new Refusal(event.error.message, { code: event.error.code, requestId: event.request_id });
      yield event;
      if (event.type === "end") return;
    }
  }
  breakOff();
}

function breakOff(error) {
  if (error?.name === "AbortError") throw error;
  throw new Refusal("The stream ended before the audio was complete.");
}

/** Return the bytes of base64. */
export const bytesOf = (text) => Uint8Array.from(atob(text), (character) => character.charCodeAt(0));
