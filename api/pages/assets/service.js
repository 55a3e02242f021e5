// The service as this page asks it: voices, health, speech, and the same request as a line of curl.

const address = (path) => new URL(path, document.baseURI).href;

/** What the service, or the way to it, refused. */
export class Refusal extends Error {
  constructor(message, { code = null, status = 0, requestId = null } = {}) {
    super(message);
    Object.assign(this, { code, status, requestId });
  }
}

async function ask(path, { key, ...options } = {}) {
  const headers = { ...options.headers, ...(key && { Authorization: `Bearer ${key}` }) };
  const answer = await fetch(address(path), { ...options, headers });
  if (answer.ok) return answer;
  const told = await answer.json().catch(() => ({}));
  const { code = null, message = `The service answered ${answer.status}.` } = told.error ?? {};
  throw new Refusal(message, { code, status: answer.status, requestId: told.request_id });
}

export const voices = async (key) => (await (await ask("v1/voices", { key })).json()).voices;
export const health = async () => (await ask("health")).json();

/** Ask for speech, streamed. Raises Refusal for an answer that is an error. */
export function speech(body, { key, signal }) {
  const headers = { "Content-Type": "application/json" };
  return ask("v1/tts/generate", { method: "POST", headers, body: JSON.stringify(body), key, signal });
}

const quoted = (text) => `'${text.replaceAll("'", `'\\''`)}'`;

/** The command line that makes the same request. A key is named, never shown. */
export function curl(body, { keyed }) {
  return [
    `curl -N ${quoted(address("v1/tts/generate"))}`,
    `-H 'Content-Type: application/json'`,
    ...(keyed ? [`-H "Authorization: Bearer $VEENA3_API_KEY"`] : []),
    `-d ${quoted(JSON.stringify(body))}`,
    `-o ${fileName(body.format)}`,
  ].join(" \\\n  ");
}

export const fileName = (format) => `speech.${{ mulaw: "wav", opus: "ogg" }[format] ?? format}`;
