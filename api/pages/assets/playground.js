// The page: its form, its numbers, and one utterance at a time.

import { decoderOf, fileOf, isHeardEarly } from "./decoders.js";
import { Player } from "./player.js";
import { Refusal, curl, fileName, health, speech, voices } from "./service.js";
import { Waveform } from "./waveform.js";

const SAMPLES = {
  en: ["English", "Good morning. This is a voice that was made to be heard while it is still being spoken."],
  hi: ["हिन्दी", "नमस्ते! आज 15 अगस्त है, और टिकट ₹1,250 का है।"],
  te: ["తెలుగు", "నమస్కారం! మీరు ఎలా ఉన్నారు? ఈ రోజు వాతావరణం చాలా బాగుంది."],
};
const ASK_AGAIN_MS = 2000;
const MULAW_RATE = 8000;

const $ = (id) => document.getElementById(id);
const waveform = new Waveform($("waveform"));
let current = null; // the utterance that is spoken
let file = null; // the URL of the last one's file
let retry = null; // the timer that asks for the voices again

// What is asked for

function request() {
  const format = $("format").value;
  const rate = Number($("rate").value);
  return {
    text: $("text").value.trim(),
    speaker: $("voice").value,
    stream: true,
    format,
    ...(format !== "mulaw" && { sample_rate: rate, ...(rate > 16000 && { output: "48khz" }) }),
    ...($("speed").value !== "1" && { speed: Number($("speed").value) }),
  };
}

function describe() {
  $("rate").disabled = $("format").value === "mulaw";
  $("speed-value").textContent = `${Number($("speed").value)}×`;
  $("count").textContent = `${$("text").value.length.toLocaleString()} characters`;
  $("curl").textContent = curl(request(), { keyed: $("key").value !== "" });
}

// One utterance

class Utterance {
  #abort = new AbortController();
  #began = performance.now();
  #asked = request();
  #rate = this.#asked.sample_rate ?? MULAW_RATE;
  #pieces = [];
  #samples = 0;
  #player = null;
  #stopped = false;

  async speak() {
    const context = Player.context(this.#rate);
    try {
      waveform.begin(this.#rate);
      const answered = speech(this.#asked, { key: $("key").value, signal: this.#abort.signal });
      const opened = Player.open(context, (now) => this.#heard(now, context));
      const [answer, player] = await Promise.all([answered, opened]);
      this.#player = player;
      $("first-audio").textContent = `${Math.round(answer.headers.get("X-TTFB-ms"))} ms`;
      tell(isHeardEarly(this.#asked.format) ? "Speaking …" : `Fetching: ${this.#asked.format} is heard once it is complete …`);
      await this.#receive(answer, decoderOf(this.#asked.format, context));
      tell("Speaking …");
      await player.end();
      const resampled = this.#asked.output && answer.headers.get("X-SR-Applied") !== "true";
      tell(resampled ? "Said, resampled from 16 kHz: this server has no super-resolution." : "Said.");
    } catch (error) {
      if (!this.#stopped) throw error;
    } finally {
      await context.close();
    }
  }

  stop() {
    this.#stopped = true;
    this.#abort.abort();
    this.#player?.stop();
    tell("Stopped.");
  }

  async #receive(answer, decoder) {
    const reader = answer.body.getReader();
    for (let read; !(read = await reader.read().catch(broken)).done; ) {
      this.#pieces.push(read.value);
      await this.#play(decoder.feed(read.value));
    }
    const took = (performance.now() - this.#began) / 1000;
    offer(fileOf(this.#asked.format, this.#pieces), this.#asked.format, answer.headers.get("Content-Type"));
    await this.#play(await decoder.finish());
    $("pace").textContent = `${(this.#samples / this.#rate / took).toFixed(1)}×`;
  }

  async #play(samples) {
    if (!samples.length) return;
    this.#samples += samples.length;
    waveform.add(samples);
    $("arrived").textContent = `${(this.#samples / this.#rate).toFixed(2)} s`;
    await this.#player.give(samples);
  }

  #heard({ played, underruns }, context) {
    if ($("first-sound").textContent === "–") {
      const ms = performance.now() - this.#began + 1000 * (context.outputLatency || 0);
      $("first-sound").textContent = `${Math.round(ms)} ms`;
    }
    $("underruns").textContent = underruns;
    $("played").textContent = `${(played / this.#rate).toFixed(2)} s`;
    waveform.playedTo(played);
  }
}

function broken() {
  throw new Refusal("The stream broke off before its end.");
}

async function speak() {
  stop();
  $("error").textContent = "";
  for (const number of document.querySelectorAll(".numbers dd")) number.textContent = "–";
  $("download").hidden = true;
  $("stop").disabled = false;
  $("waveform").scrollIntoView({ block: "nearest" });
  tell("Asking …");
  const utterance = (current = new Utterance());
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

const tell = (state) => ($("state").textContent = state);

function fail(error) {
  tell("");
  const named = error instanceof Refusal && error.code ? `${error.code}: ` : "";
  const traced = error.requestId ? ` (request ${error.requestId})` : "";
  $("error").textContent = named + (error instanceof TypeError ? "The service cannot be reached." : error.message) + traced;
}

// The service

async function listVoices() {
  clearTimeout(retry);
  try {
    const found = await voices($("key").value);
    $("voice").replaceChildren(...found.map((voice) => new Option(label(voice), voice.id)));
    $("voice").disabled = $("speak").disabled = false;
    $("error").textContent = "";
    offerSamples(new Set(found.flatMap((voice) => voice.languages)));
    describe();
    await showHealth();
  } catch (error) {
    $("service").dataset.state = "waiting";
    if (error.status === 401 || error.status === 403) {
      $("service").textContent = "Asks for a key"; // which, once it is there, asks again
      return $("key").value ? fail(error) : undefined;
    }
    $("service").textContent = error.code === "MODEL_NOT_LOADED" ? "Loading the model …" : "Not reachable";
    retry = setTimeout(listVoices, ASK_AGAIN_MS);
  }
}

const label = ({ name, gender, languages }) => `${name} (${[gender, languages.join(", ")].filter(Boolean).join("; ")})`;

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

async function showHealth() {
  const { status, model_version: model, app_version: app, gpu } = await health();
  $("service").textContent = status === "healthy" ? "Ready" : status;
  $("service").dataset.state = status;
  $("model").textContent = `Model ${model} on ${gpu?.name ?? "CPU"}, service ${app}`;
}

// The form

$("form").addEventListener("input", describe);
$("form").addEventListener("submit", (event) => {
  event.preventDefault();
  speak();
});
$("stop").addEventListener("click", stop);
$("key").addEventListener("change", listVoices);
$("copy").hidden = !navigator.clipboard; // which is there only over https or on localhost
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
