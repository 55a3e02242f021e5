// Requests to the service: voices, health and speech; and a speech request as a curl command.

const address = (path) => new URL(path, document.baseURI).href;

/** A request that the service refused, or a stream that broke off. */
export class Refusal extends Error {
  constructor(message, { code = null, status = 0, requestId = null } = {}) {
    super(message);
    Object.assign(this, { code, status, requestId });
  }
}

export async function request(path, { key, ...options } = {}) {
  const headers = { ...options.headers, ...(key && { Authorization: `Bearer ${key}` }) };
  const answer = await fetch(address(path), { ...options, headers }).catch(unreachable);
  if (answer.ok) return answer;
  const refused = await answer.json().catch(() => ({}));
  const { code = null, message = `The service answered ${answer.status}.` } = refused.error ?? {};
  throw new Refusal(message, { code, status: answer.status, requestId: refused.request_id });
}

function unreachable(error) {
  if (error.name === "AbortError") throw error;
  throw new Refusal("The service cannot be reached.");
}

export const voices = async (key) => (await (await request("v1/voices", { key })).json()).voices;
export const health = async () => (await request("health")).json();

/** Request streamed speech in events, with the times of words. Throws a Refusal for an error answer. */
export function speech(body, { key, signal }) {
  const headers = { "Content-Type": "application/json" };
  return request("v1/tts/sse", { method: "POST", headers, body: JSON.stringify({ ...body, timestamps: true }), key, signal });
}

/** Ask how a text is read. Throws a Refusal for an error answer. */
export async function explain(body, { key }) {
  const headers = { "Content-Type": "application/json" };
  return (await request("v1/text/normalize", { method: "POST", headers, body: JSON.stringify(body), key })).json();
}

const SAMPLES = { en: "Hello, I am NAME.", hi: "नमस्ते, मैं NAME हूँ।", te: "నమస్కారం, నేను NAME." };

/** Return a file in which a voice says its name, in the first of its languages that this page has a text for. */
export async function sample({ id, name, languages }, { key, signal }) {
  const language = languages.find((code) => code in SAMPLES) ?? "en";
  const body = JSON.stringify({ text: SAMPLES[language].replace("NAME", name), speaker: id });
  const headers = { "Content-Type": "application/json" };
  return (await request("v1/tts/generate", { method: "POST", headers, body, key, signal })).blob();
}

/** Return an error for people: what is wrong first, its code and the request's id behind it. */
export function explained({ message, code, requestId }) {
  const sentence = message.charAt(0).toUpperCase() + message.slice(1) + (/[.!?]$/.test(message) ? "" : ".");
  const behind = [code, requestId && `request ${requestId}`].filter(Boolean).join(", ");
  return behind ? `${sentence} (${behind})` : sentence;
}

const quoted = (text) => `'${text.replaceAll("'", `'\\''`)}'`;

/** Return the curl command of a request. It names the key's variable and never shows the key. */
export function curl(body, { keyed }) {
  return [
    `curl -N ${quoted(address("v1/tts/generate"))}`,
    `-H 'Content-Type: application/json'`,
    ...(keyed ? [`-H "Authorization: Bearer $VEENA3_API_KEY"`] : []),
    `-d ${quoted(JSON.stringify(body))}`,
    `-o ${fileName(body.format)}`,
  ].join(" \\\n  ");
}

export const fileName = (format) => `speech.${{ mulaw: "wav", "mulaw-raw": "ul", "pcm-f32": "f32", opus: "ogg" }[format] ?? format}`;
