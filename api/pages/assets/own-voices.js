// Page of a key's own voices: made of recordings, designed, mixed; heard and deleted.

import { Recorder } from "./recorder.js";
import { explained, health, request, voices } from "./service.js";

const LEVELS = ["very_low", "low", "moderate", "high", "very_high"];
const STATES = { healthy: "Ready", degraded: "Ready, with limits", unhealthy: "Not working" };

const $ = (id) => document.getElementById(id);
const plain = (name) => name.replaceAll("_", " ");
let recording = null; // the last recording of the microphone
const players = new Map(); // URLs of what the audio elements play

const element = (name, properties = {}, children = []) => {
  const made = Object.assign(document.createElement(name), properties);
  made.append(...children);
  return made;
};

// Requests

const call = (path, options = {}) => request(path, { ...options, key: $("key").value });

async function callJson(path, method, body) {
  const headers = { "Content-Type": "application/json" };
  return (await call(path, { method, headers, body: JSON.stringify(body) })).json();
}

/** Do the work of a form, with its buttons disabled; show its error beside it. */
async function during(form, error, work) {
  const buttons = [...form.querySelectorAll("button")].filter((button) => !button.disabled);
  for (const button of buttons) button.disabled = true;
  error.textContent = "";
  try {
    await work();
  } catch (refused) {
    if (refused.status === 401) askForKey(refused);
    else error.textContent = explained(refused);
    return refused;
  } finally {
    for (const button of buttons) button.disabled = false;
  }
}

/** Play a file in an audio element, in place of what it played. */
function play(audio, file) {
  URL.revokeObjectURL(players.get(audio));
  players.set(audio, URL.createObjectURL(file));
  audio.src = players.get(audio);
  audio.hidden = false;
}

// Of a recording

const recorder = new Recorder({
  changed: (seconds) => {
    $("record").textContent = "Stop";
    $("record").setAttribute("aria-pressed", "true");
    $("record-state").textContent = `Recording, ${Math.round(seconds)} s …`;
  },
  ended: (file) => {
    recording = file;
    $("record").textContent = "Record again";
    $("record").setAttribute("aria-pressed", "false");
    $("record-state").textContent = "Recorded.";
    $("files").value = "";
    play($("recorded"), file);
  },
});

async function record() {
  if (recorder.isRecording) return recorder.stop();
  $("make-error").textContent = "";
  try {
    await recorder.start();
  } catch (error) {
    $("make-error").textContent = error.message;
  }
}

async function make() {
  recorder.stop();
  const files = $("files").files.length ? [...$("files").files] : [recording].filter(Boolean);
  if (!files.length) throw new Error("Record your voice, or choose a sound file.");
  const form = new FormData();
  form.set("name", $("name").value);
  form.set("consent", "true");
  if ($("transcript").value.trim()) form.set("transcript", $("transcript").value);
  for (const file of files) form.append("audio", file, file.name);
  $("make-state").textContent = "Checking and encoding …";
  const made = await (await call("v1/voices", { method: "POST", body: form })).json();
  $("make-state").textContent = `${made.name} is made.`;
  showHeard(made.heard);
  await listOwn();
}

function showHeard({ recordings, trial }) {
  const speech = recordings.reduce((seconds, one) => seconds + one.speech_s, 0);
  const [first] = recordings;
  const facts = {
    Speech: `${speech.toFixed(1)} s`,
    Level: `${first.level_db} dB`,
    Noise: `${first.noise_db} dB`,
    Clipped: `${(100 * first.clipped).toFixed(1)} %`,
    Pitch: `${Math.round(first.pitch_hz)} Hz`,
    Speakers: recordings.some((one) => one.several_speakers) ? "several, it seems" : "one",
    Trial: `${trial.seconds} s of speech`,
  };
  const rows = Object.entries(facts).map(([name, value]) =>
    element("div", {}, [element("dt", { textContent: name }), element("dd", { textContent: value })]));
  $("heard").replaceChildren(...rows);
  $("heard").hidden = false;
}

// By design

function describeLevels() {
  for (const name of ["pitch", "pace"]) $(`${name}-value`).textContent = plain(LEVELS[$(name).value]);
}

async function design() {
  $("design-state").textContent = "Designing …";
  $("candidates").replaceChildren();
  const labels = { gender: $("gender").value, pitch: LEVELS[$("pitch").value], rate: LEVELS[$("pace").value] };
  const { candidates } = await callJson("v1/voices/design", "POST", labels);
  $("candidates").replaceChildren(...candidates.map(candidateRow));
  $("design-state").textContent = "Hear them, name the one to keep.";
}

function candidateRow({ id, audio_b64: encoded, pitch_hz: pitch }, index) {
  const audio = element("audio", { controls: true });
  play(audio, new Blob([Uint8Array.from(atob(encoded), (letter) => letter.charCodeAt(0))], { type: "audio/mpeg" }));
  const name = element("input", { maxLength: 100, placeholder: "Name", ariaLabel: `Name of candidate ${index + 1}` });
  const keep = element("button", { type: "button", textContent: "Keep", ariaLabel: `Keep candidate ${index + 1}` });
  keep.addEventListener("click", () =>
    during($("design-form"), $("design-error"), async () => {
      const kept = await callJson(`v1/voices/design/${id}`, "POST", { name: name.value });
      $("design-state").textContent = `${kept.name} is kept.`;
      await listOwn();
    }));
  const facts = element("span", { textContent: `Voice ${index + 1}, about ${Math.round(pitch)} Hz` });
  return element("li", {}, [facts, audio, name, keep]);
}

// As a mix

async function keepMix() {
  await callJson("v1/voices/mix", "POST", { name: $("mix-name").value, mix: $("mix").value });
  $("mix-form").reset();
  await listOwn();
}

// Voices of this key

async function listOwn() {
  const own = (await voices($("key").value)).filter((voice) => voice.owned);
  $("own").replaceChildren(...own.map(ownRow));
  $("own-state").textContent = own.length ? "" : "None yet.";
  $("key-message").textContent = "";
}

function ownRow(voice) {
  const hear = element("button", { type: "button", textContent: "Speak", ariaLabel: `Speak with ${voice.name}` });
  hear.addEventListener("click", () => during($("own"), $("own-error"), () => speak(voice)));
  const remove = element("button", { type: "button", textContent: "Delete", ariaLabel: `Delete ${voice.name}` });
  remove.addEventListener("click", () =>
    during($("own"), $("own-error"), async () => {
      await call(`v1/voices/${voice.id}`, { method: "DELETE" });
      await listOwn();
    }));
  const facts = element("span", { textContent: `${voice.name} (${voice.source})` });
  const link = element("a", { href: `./?voice=${voice.id}`, textContent: "In the playground" });
  return element("li", {}, [facts, hear, remove, link]);
}

async function speak({ id }) {
  const headers = { "Content-Type": "application/json" };
  const body = JSON.stringify({ text: $("text").value, speaker: id });
  const answer = await call("v1/tts/generate", { method: "POST", headers, body });
  play($("heard-voice"), await answer.blob());
  await $("heard-voice").play();
}

// The service

function askForKey(error) {
  $("key-row").hidden = false;
  $("key-message").textContent = $("key").value ? explained(error) : "This service asks for an API key.";
  $("key").focus();
}

async function open() {
  try {
    await listOwn();
    const { status } = await health();
    $("service").textContent = STATES[status];
    $("service").dataset.state = status;
  } catch (error) {
    if (error.status === 401) return askForKey(error);
    $("service").textContent = "Not reachable";
    $("own-error").textContent = explained(error);
  }
}

for (const [form, error, work, state] of [
  ["recording-form", "make-error", make, "make-state"],
  ["design-form", "design-error", design, "design-state"],
  ["mix-form", "mix-error", keepMix],
]) {
  $(form).addEventListener("submit", async (event) => {
    event.preventDefault();
    const refused = await during($(form), $(error), work);
    if (refused && state) $(state).textContent = "";
  });
}
$("record").addEventListener("click", record);
$("record").disabled = !Recorder.isPossible;
if (!Recorder.isPossible) $("record-state").textContent = "Browsers record over https and on localhost alone.";
$("design-form").addEventListener("input", describeLevels);
$("key").addEventListener("change", open);
open();
