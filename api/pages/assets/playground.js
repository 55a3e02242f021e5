// The playground: its form, and one utterance at a time.

import { Captions } from "./captions.js";
import { hasAudioThread } from "./outputs.js";
import { Reading } from "./reading.js";
import { curl, explain, explained, fileName, health, sample, voices } from "./service.js";
import { Utterance } from "./utterance.js";
import { VoiceMenu } from "./voices.js";
import { Waveform } from "./waveform.js";

const SAMPLES = {
  en: ["English", "Good morning. You hear this sentence while its end is still being generated."],
  hi: ["हिन्दी", "नमस्ते! आज 15 अगस्त है, और टिकट ₹1,250 का है।"],
  mr: ["मराठी", "नमस्कार! आज 15 ऑगस्ट आहे आणि तिकीट ₹1,250 चे आहे."],
  te: ["తెలుగు", "నమస్కారం! మీరు ఎలా ఉన్నారు? ఈ రోజు వాతావరణం చాలా బాగుంది."],
};
const RETRY_MS = 2000; // between two requests for the voices of a service that is not ready
const NOTHING = "–"; // of a number that is not measured yet
const STATES = { healthy: "Ready", degraded: "Ready, with limits", unhealthy: "Not working" };

const $ = (id) => document.getElementById(id);
const show = (state) => ($("state").textContent = state);
const view = {
  waveform: new Waveform($("waveform")),
  captions: new Captions($("captions")),
  show,
  offer,
  measure: (name, text) => ($(name).textContent = text),
  isMeasured: (name) => $(name).textContent !== NOTHING,
};
const menu = new VoiceMenu(
  { button: $("voice"), list: $("voices"), about: $("about-voice"), status: $("sample") },
  { chosen: choose, sample: (voice, signal) => sample(voice, { key: $("key").value, signal }) },
);
const shown = { table: $("spans"), spoken: $("spoken-form"), status: $("reading-state"), entries: $("entries") };
const reading = new Reading(shown, { changed: readAnew });
let explanation = null; // the last answer about how the text is read
let current = null; // the utterance that plays
let file = null; // URL of the last utterance's file
let spoken = {}; // languages of each voice, by its id
let retry = null; // timer of the next request for the voices

// The request

function request() {
  const [format, rate] = [$("format").value, Number($("rate").value)];
  return {
    text: $("text").value.trim(),
    speaker: menu.value,
    ...($("language").value && { language: $("language").value }),
    ...(reading.lexicon && { lexicon: reading.lexicon }),
    stream: true,
    format,
    ...(!format.startsWith("mulaw") && { sample_rate: rate, ...(rate > 16000 && { output: "48khz" }) }),
    ...($("speed").value !== "1" && { speed: Number($("speed").value) }),
  };
}

function describe() {
  $("rate").disabled = $("format").value.startsWith("mulaw");
  $("speed-value").textContent = `${Number($("speed").value)}×`;
  $("count").textContent = `${$("text").value.length.toLocaleString()} characters`;
  const body = { ...request(), speaker: menu.value || "VOICE" }; // the voices may not be known yet
  $("curl").textContent = curl(body, { keyed: $("key").value || !$("key-row").hidden });
}

// One utterance

async function speak() {
  stop();
  $("error").textContent = "";
  for (const number of document.querySelectorAll(".numbers dd")) number.textContent = NOTHING;
  $("download").hidden = true;
  $("stop").disabled = false;
  $("waveform").scrollIntoView({ block: "nearest" });
  show("Requesting …");
  const utterance = (current = new Utterance(request(), $("key").value, view));
  try {
    await utterance.speak();
  } catch (error) {
    if (current === utterance) fail(error);
  }
  if (current === utterance) {
    current = null;
    $("stop").disabled = true;
  }
}

function stop() {
  current?.stop();
  current = null;
  $("stop").disabled = true;
}

function offer(bytes, format, type) {
  if (file) URL.revokeObjectURL(file);
  file = URL.createObjectURL(new Blob([bytes], { type }));
  Object.assign($("download"), { href: file, download: fileName(format), hidden: false });
}

function fail(error) {
  show("");
  if (needsKey(error)) return askForKey(error);
  $("error").textContent = explained(error);
}

// How the text is read

async function showReading() {
  const { text, speaker, language, lexicon } = request();
  reading.say("Requesting …");
  try {
    explanation = await explain({ text, speaker, ...(language && { language }), ...(lexicon && { lexicon }) }, { key: $("key").value });
    reading.show(explanation);
    $("report").hidden = !navigator.clipboard;
  } catch (error) {
    reading.say(explained(error));
  }
}

function readAnew() {
  describe();
  if (explanation) showReading();
}

// The service

async function listVoices() {
  clearTimeout(retry);
  try {
    const found = await voices($("key").value);
    menu.show(found);
    $("speak").disabled = $("explain").disabled = false;
    $("error").textContent = $("key-message").textContent = "";
    offerSamples(new Set(found.flatMap((voice) => voice.languages)));
    spoken = Object.fromEntries(found.map((voice) => [voice.id, voice.languages]));
    offerLanguages();
    describe();
    await showHealth();
  } catch (error) {
    $("service").dataset.state = "waiting";
    if (needsKey(error)) return askForKey(error);
    $("service").textContent = error.code === "MODEL_NOT_LOADED" ? "Loading the model …" : "Not reachable";
    retry = setTimeout(listVoices, RETRY_MS);
  }
}

const needsKey = ({ status }) => status === 401;

/** Ask for the key beside its field: for one at all, or for another one. */
function askForKey(error) {
  $("key-row").hidden = false;
  $("key-message").textContent = $("key").value ? explained(error) : "This service asks for an API key.";
  $("service").textContent = "API key required";
  $("service").dataset.state = "waiting";
  $("speak").disabled = $("explain").disabled = true;
  menu.wait("Enter the API key first");
  describe();
  $("key").focus();
  $("key").select();
}

function offerSamples(languages) {
  const offered = Object.entries(SAMPLES).filter(([language]) => languages.has(language) && languages.size > 1);
  $("samples").replaceChildren(
    ...offered.map(([language, [name, text]]) => {
      const button = Object.assign(document.createElement("button"), { type: "button", textContent: name, lang: language });
      button.addEventListener("click", () => {
        $("text").value = text;
        describe();
        $("text").focus();
      });
      return button;
    }),
  );
}

function choose() {
  offerLanguages();
  describe();
}

function offerLanguages() {
  const chosen = $("language").value;
  const languages = (spoken[menu.value] ?? []).map((tag) => tag.split("-")[0]);
  const offered = Object.entries(SAMPLES).filter(([language]) => languages.includes(language));
  $("language").replaceChildren(
    new Option("Automatic", ""),
    ...offered.map(([language, [name]]) => new Option(name, `${language}-IN`)),
  );
  $("language").value = languages.includes(chosen.split("-")[0]) ? chosen : "";
}

async function showHealth() {
  const { status, model_version: model, app_version: app, gpu } = await health();
  $("service").textContent = STATES[status];
  $("service").dataset.state = status;
  $("model").textContent = `Model ${model} on ${gpu?.name ?? "CPU"}, service ${app}`;
}

// The form

$("form").addEventListener("input", describe);
$("form").addEventListener("submit", (event) => {
  event.preventDefault();
  speak();
});
$("explain").addEventListener("click", showReading);
$("entry").addEventListener("submit", (event) => {
  event.preventDefault();
  reading.set($("entry-word").value, $("entry-spoken").value);
  $("entry").reset();
});
$("report").addEventListener("click", async () => {
  await navigator.clipboard.writeText(JSON.stringify(explanation, null, 2));
  reading.say("Copied.");
});
$("stop").addEventListener("click", stop);
$("key").addEventListener("change", listVoices);
$("thread").hidden = hasAudioThread();
$("copy").hidden = !navigator.clipboard; // browsers have it over https and on localhost alone
$("copy").addEventListener("click", async () => {
  await navigator.clipboard.writeText($("curl").textContent);
  $("copied").textContent = "Copied.";
});
document.addEventListener("keydown", (event) => {
  if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) $("form").requestSubmit();
  if (event.key === "Escape") stop();
});
describe();
listVoices();
