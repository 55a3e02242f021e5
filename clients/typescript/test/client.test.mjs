// The client with a real server at VEENA3_BASE_URL, and one at VEENA3_GUARDED_URL that takes the key VEENA3_API_KEY.
// VEENA3_BASE_URL must be a server that nothing else uses: its queue is read.

import assert from "node:assert/strict";
import { createServer } from "node:http";
import test from "node:test";

import {
  APIConnectionError, APITimeoutError, AuthenticationError, BadRequestError, InternalServerError, NotFoundError,
  StreamInterruptedError, Veena3, Veena3Error, ServiceUnavailableError,
} from "../dist/index.js";

const { VEENA3_BASE_URL: baseUrl, VEENA3_GUARDED_URL: guardedUrl, VEENA3_API_KEY: apiKey } = process.env;
const client = new Veena3({ baseUrl });
const TEXT = "Hello there.";
const SAID = { speaker: "lipakshi", seed: 3, format: "pcm" };
const LONG = "It goes on. ".repeat(400);

const joined = (pieces) => Buffer.concat(pieces);

async function collected(iterable) {
  const all = [];
  for await (const one of iterable) all.push(one);
  return all;
}

async function freed() {
  for (const began = performance.now(); performance.now() - began < 5000;) {
    if ((await client.health()).queue.running === 0) return;
  }
  assert.fail("the engine is still busy");
}

test("every transport gives the same speech", async () => {
  const whole = await client.tts.generate(TEXT, SAID);
  assert.equal(whole.format, "pcm");
  assert.equal(whole.sampleRate, 16000);
  assert.equal(whole.seed, 3);
  assert.ok(whole.requestId && whole.seconds > 0.5);
  assert.equal(whole.blob().size, whole.audio.length);
  const stream = await client.tts.stream(TEXT, SAID);
  assert.equal(stream.sampleRate, 16000);
  assert.deepEqual(joined(await collected(stream)), Buffer.from(whole.audio));
  const body = new Response((await client.tts.stream(TEXT, SAID)).body());
  assert.deepEqual(Buffer.from(await body.arrayBuffer()), Buffer.from(whole.audio));
  const events = await collected(client.tts.events(TEXT, SAID));
  assert.deepEqual(joined(events.map((event) => event.audio)), Buffer.from(whole.audio));
  assert.equal(events[0].type, "start");
  assert.equal(events.at(-1).type, "end");
  assert.ok(events.some((event) => event.type === "chunk" && event.fields.text === TEXT));
  const socket = await client.tts.websocket();
  const context = socket.context(SAID);
  context.speak(TEXT);
  assert.deepEqual(joined(await collected(context.audio())), Buffer.from(whole.audio));
  socket.close();
});

test("voices are listed and found by an alias", async () => {
  const voices = await client.voices.list();
  assert.ok(voices.some((voice) => voice.id === "lipakshi"));
  assert.equal((await client.voices.get("LIPAKSHI")).id, "lipakshi");
  await assert.rejects(client.voices.get("nobody"), NotFoundError);
});

test("voices are mixed, heard, renamed and deleted, and what the server cannot do is refused", async () => {
  const made = await client.voices.mix("From TypeScript", "lipakshi(2)+reet", { labels: { use: "test" } });
  assert.equal(made.source, "mixed");
  assert.equal((await client.voices.update(made.id, { name: "Renamed" })).name, "Renamed");
  assert.ok((await client.voices.preview("Renamed")).length > 1000);
  assert.ok((await client.tts.generate(TEXT, { speaker: made.id, format: "pcm" })).audio.length > 16000);
  await client.voices.delete(made.id);
  await assert.rejects(client.voices.get(made.id), NotFoundError);
  const recording = new Blob([new Uint8Array(100)]);
  await assert.rejects(client.voices.add("No", recording, { consent: true }), /speaker encoder/);
  await assert.rejects(client.voices.design("female", { pitch: "low" }), BadRequestError);
  await assert.rejects(client.voices.keep(`cand_${"0".repeat(20)}`, "No"), NotFoundError);
  await assert.rejects(client.tts.generate(TEXT, { reference_audio: "AAAA", consent: true }), /speaker encoder/);
});

test("text that arrives in pieces is spoken, flushed and ended", async () => {
  const socket = await client.tts.websocket();
  const context = socket.context({ speaker: "lipakshi" });
  for (const word of TEXT.split(" ")) context.send(`${word} `);
  context.flush();
  let bytes = 0;
  for await (const event of context) {
    bytes += event.audio.length;
    if (event.type === "flushed") break;
  }
  assert.ok(bytes > 16000);
  context.send("Another one.");
  context.end();
  const events = await collected(context);
  assert.equal(events.at(-1).type, "end");
  assert.ok(events.at(-1).fields.seconds > bytes / 32000);
  socket.end();
});

test("contexts of one socket have their own audio", async () => {
  const socket = await client.tts.websocket();
  const spoken = await Promise.all([1, 2, 3].map(async (seed) => {
    const context = socket.context({ ...SAID, seed });
    context.speak(TEXT);
    return joined(await collected(context.audio()));
  }));
  for (const seed of [1, 2, 3]) {
    assert.deepEqual(spoken[seed - 1], Buffer.from((await client.tts.generate(TEXT, { ...SAID, seed })).audio));
  }
  socket.close();
});

test("cancelling and leaving free the engine", async () => {
  const socket = await client.tts.websocket();
  const context = socket.context({ speaker: "lipakshi" });
  context.speak(LONG);
  for await (const _ of context.audio()) break;
  await context.cancel();
  await freed();
  assert.deepEqual((await collected(context)).map((event) => event.type), ["cancelled"]);
  await context.cancel();
  socket.close();
  const stream = await client.tts.stream(LONG, SAID);
  for await (const _ of stream) break;
  await freed();
  (await client.tts.stream(LONG, SAID)).cancel();
  await freed();
  for await (const event of client.tts.events(LONG, SAID)) if (event.type === "audio") break;
  await freed();
  const abort = new AbortController();
  const aborted = await client.tts.stream(LONG, SAID, { signal: abort.signal });
  const reading = collected(aborted);
  abort.abort();
  await assert.rejects(reading, { name: "AbortError" });
  await freed();
});

test("refusals have their classes, codes and fields", async () => {
  const wrong = { ...SAID, speed: 9 };
  const { tts } = client;
  for (const ask of [() => tts.generate(TEXT, wrong), () => tts.stream(TEXT, wrong), () => collected(tts.events(TEXT, wrong))]) {
    await assert.rejects(ask, (error) => error instanceof BadRequestError
      && error.code === "VALIDATION_ERROR" && error.param === "speed" && error.status === 400 && error.requestId !== undefined);
  }
  const socket = await client.tts.websocket();
  const context = socket.context({ speaker: "nobody" }), other = socket.context(SAID);
  assert.throws(() => context.flush(), /no text yet/);
  context.speak(TEXT);
  other.speak(TEXT);
  await assert.rejects(collected(context), (error) => error instanceof BadRequestError && error.code === "INVALID_SPEAKER");
  assert.equal((await collected(other)).at(-1).type, "end");
  socket.close();
  const pending = socket.context(SAID);
  await assert.rejects(collected(pending), StreamInterruptedError);
  assert.throws(() => new Veena3({ baseUrl: "127.0.0.1" }), Veena3Error);
});

test("a key is sent over HTTP and over the socket", async () => {
  for (const [key, good] of [[apiKey, true], ["wrong", false]]) {
    const guarded = new Veena3({ baseUrl: guardedUrl, apiKey: key });
    const spoken = async () => {
      const socket = await guarded.tts.websocket();
      const context = socket.context(SAID);
      context.speak(TEXT);
      try {
        return joined(await collected(context.audio()));
      } finally {
        socket.close();
      }
    };
    if (good) assert.deepEqual(await spoken(), Buffer.from((await guarded.tts.generate(TEXT, SAID)).audio));
    else {
      await assert.rejects(guarded.tts.generate(TEXT, SAID), AuthenticationError);
      await assert.rejects(spoken(), AuthenticationError);
    }
  }
});

async function answering(answers, use) {
  let asked = 0;
  const server = createServer((request, response) => {
    const [status, headers, body] = answers[asked++];
    request.resume();
    if (status) response.writeHead(status, headers).end(body);
  });
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  try {
    await use(`http://127.0.0.1:${server.address().port}`);
  } finally {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  }
  return asked;
}

test("requests are repeated only where no work was begun", async () => {
  const full = [503, { "retry-after": "0" }, '{"error": {"code": "SERVICE_UNAVAILABLE", "message": "full"}}'];
  const audio = [200, { "x-format": "pcm", "x-sample-rate": "16000" }, "abcd"];
  const said = (url, timeoutMs) => new Veena3({ baseUrl: url, timeoutMs }).tts.generate(TEXT, SAID);
  assert.equal(await answering([full, full, audio], async (url) => assert.equal((await said(url)).audio.length, 4)), 3);
  assert.equal(await answering([full, full, full], (url) => assert.rejects(said(url), ServiceUnavailableError)), 3);
  const proxy = [502, {}, "<html>"];
  assert.equal(await answering([proxy], (url) => assert.rejects(said(url), InternalServerError)), 1);
  assert.equal(await answering([proxy, [200, {}, '{"voices": []}']], (url) => new Veena3({ baseUrl: url }).voices.list()), 2);
  assert.equal(await answering([[0]], (url) => assert.rejects(said(url, 200), APITimeoutError)), 1);
  let absent;
  await answering([], (url) => { absent = url; });
  await assert.rejects(said(absent), (error) => error instanceof APIConnectionError && !error.requestSent);
  await assert.rejects(new Veena3({ baseUrl: absent }).tts.websocket(), APIConnectionError);
});
