// ElevenLabs' SDK for Node with the service at URL: `elevenlabs_node.mjs URL KEY`. Prints its measurements as JSON.

import { createRequire } from "node:module";

const { ElevenLabsClient } = createRequire(`${process.env.NODE_CLIENTS}/`)("@elevenlabs/elevenlabs-js");
const [url, key] = process.argv.slice(2);
const TEXTS = ["Hello, this is the demo voice.", "It speaks to another client."];
const LONG = "This sentence is one of very many, and all of them are spoken one after the other until then. ".repeat(60);
const told = { turns: [], interrupted_at: 0, errors: {}, more: {} };

const client = (apiKey) => new ElevenLabsClient({ baseUrl: url, apiKey, maxRetries: 0 });
const speech = client(key).textToSpeech;
const asked = (text) => ({ text, modelId: "eleven_turbo_v2_5", outputFormat: "pcm_16000" });

async function hear(pieces) {
  const [begun, turn] = [performance.now(), { first_s: 0, bytes: 0 }];
  for await (const piece of await pieces) {
    const sound = typeof piece.audioBase64 === "string" ? Buffer.from(piece.audioBase64, "base64") : piece;
    turn.first_s ||= (performance.now() - begun) / 1000;
    turn.bytes += sound.length;
  }
  told.turns.push(turn);
}

async function fails(name, call) {
  try {
    await call();
    told.errors[name] = "no error";
  } catch (error) {
    told.errors[name] = `${error.constructor.name} ${error.statusCode}`;
  }
}

for (const text of TEXTS) await hear(speech.stream("lipakshi", asked(text)));
await hear(speech.convert("lipakshi", asked(TEXTS[0])));
await hear(speech.streamWithTimestamps("lipakshi", asked(TEXTS[0])));
const timed = await speech.convertWithTimestamps("lipakshi", asked(TEXTS[0]));
await hear([timed]);
told.more.alignment = timed.alignment.characters.join("");
told.more.voices = (await client(key).voices.getAll()).voices.map(({ voiceId, category }) => [voiceId, category]);
await fails("voice", () => speech.convert("nobody", asked(TEXTS[0])));
await fails("text", () => speech.convert("lipakshi", asked("")));
await fails("key", () => client("wrong").textToSpeech.convert("lipakshi", asked(TEXTS[0])));

const reader = (await speech.stream("lipakshi", asked(LONG))).getReader();
await reader.read();
told.interrupted_at = Number(process.hrtime.bigint()) / 1e9; // the machine's monotonic clock, as Python's perf_counter
await reader.cancel();
await new Promise((later) => setTimeout(later, 300));
process.stdout.write(JSON.stringify(told));
