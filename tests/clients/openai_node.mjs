// OpenAI's SDK for Node with the service at URL: `openai_node.mjs URL KEY MODULES`. Prints what it observed as JSON.
// MODULES is the folder `node_modules` that holds the SDK. Times are of the monotonic clock that all processes share.

import { createRequire } from "node:module";

const [url, key, modules] = process.argv.slice(2);
const OpenAI = createRequire(`${modules}/`)("openai").default;
const client = new OpenAI({ baseURL: `${url}/v1`, apiKey: key, maxRetries: 0 });
const LONG = "This one is interrupted before it has been spoken to its end, as callers do. ".repeat(40);
const asked = { model: "gpt-4o-mini-tts", voice: "nova", input: "Hello there.", response_format: "pcm" };

async function turn(input) {
  const began = performance.now();
  const answer = await client.audio.speech.create({ ...asked, input });
  let bytes = 0, firstMs = null;
  for await (const piece of answer.body) {
    firstMs ??= performance.now() - began;
    bytes += piece.length;
  }
  return { bytes, firstMs, type: answer.headers.get("content-type") };
}

async function interrupted() {
  const abort = new AbortController();
  const answer = await client.audio.speech.create({ ...asked, input: LONG }, { signal: abort.signal });
  const reader = answer.body.getReader();
  await reader.read();
  const now = Number(process.hrtime.bigint()) / 1e9;
  abort.abort();
  return now;
}

async function refused(change) {
  try {
    await client.audio.speech.create({ ...asked, ...change });
  } catch (error) {
    return { name: error.constructor.name, code: error.code, param: error.param, status: error.status };
  }
}

const models = [];
for await (const model of client.models.list()) models.push(model.id);
const observed = {
  models,
  turns: [await turn("Hello there."), await turn("And again.")],
  errors: {
    voice: await refused({ voice: "nobody" }),
    model: await refused({ model: "gpt-9" }),
    input: await refused({ input: "" }),
  },
  interruptedAt: await interrupted(),
};
console.log(JSON.stringify(observed));
