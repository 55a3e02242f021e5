// Menu of the voices: each with its description, and a spoken sample of the voice that the pointer or the keyboard is on.

const SAMPLE_AFTER_MS = 500; // on one voice, so that passing over the list plays nothing
const NAMES = new Intl.DisplayNames(["en"], { type: "language" });
const HINT = "Stay on a voice to hear it.";

/** A menu in a button and a list. `sample(voice, signal)` resolves to a file with the voice's sample. */
export class VoiceMenu {
  #button;
  #list;
  #about;
  #status;
  #chosen;
  #voices = [];
  #value = new URLSearchParams(location.search).get("voice") ?? "";
  #active = -1;
  #sampler;

  constructor({ button, list, about, status }, { chosen, sample }) {
    this.#button = button;
    this.#list = list;
    this.#about = about;
    this.#status = status;
    this.#chosen = chosen;
    this.#sampler = new Sampler(sample, (state) => (status.textContent = state));
    button.addEventListener("click", () => (this.#isOpen ? this.#close() : this.#open()));
    button.addEventListener("keydown", (event) => this.#pressed(event));
    button.addEventListener("blur", () => this.#close());
    list.addEventListener("pointerdown", (event) => event.preventDefault()); // the button keeps the focus
  }

  get value() {
    return this.#value;
  }

  /** Show these voices; keep the chosen one where it is among them. */
  show(voices) {
    this.#voices = voices;
    this.#list.replaceChildren(...voices.map((voice, index) => this.#option(voice, index)));
    this.#button.disabled = false;
    const kept = voices.findIndex(({ id }) => id === this.#value);
    this.#choose(Math.max(0, kept));
  }

  /** Show why no voice can be chosen. */
  wait(reason) {
    this.#button.textContent = reason;
    this.#button.disabled = true;
  }

  get #isOpen() {
    return this.#button.getAttribute("aria-expanded") === "true";
  }

  #option(voice, index) {
    const option = element("li", { role: "option", id: `voice-${index}` });
    option.append(element("strong", {}, voice.name), element("span", {}, facts(voice)), element("span", {}, voice.description));
    option.addEventListener("pointerenter", () => this.#activate(index));
    option.addEventListener("click", () => {
      this.#choose(index);
      this.#close();
      this.#chosen();
    });
    return option;
  }

  #open() {
    this.#button.focus(); // Safari does not focus a clicked button
    this.#button.setAttribute("aria-expanded", "true");
    this.#list.parentElement.hidden = false;
    this.#status.textContent = HINT;
    this.#activate(this.#voices.findIndex(({ id }) => id === this.#value));
  }

  #close() {
    this.#button.setAttribute("aria-expanded", "false");
    this.#button.removeAttribute("aria-activedescendant");
    this.#list.parentElement.hidden = true;
    this.#sampler.stop();
  }

  #choose(index) {
    const voice = this.#voices[index];
    this.#value = voice.id;
    this.#button.textContent = voice.name;
    this.#about.textContent = [facts(voice), voice.description].filter(Boolean).join(". ");
    [...this.#list.children].forEach((option, at) => option.setAttribute("aria-selected", String(at === index)));
  }

  #activate(index) {
    if (!this.#isOpen) return;
    this.#list.children[this.#active]?.classList.remove("active");
    this.#active = index;
    const option = this.#list.children[index];
    option.classList.add("active");
    option.scrollIntoView({ block: "nearest" });
    this.#button.setAttribute("aria-activedescendant", option.id);
    this.#sampler.after(SAMPLE_AFTER_MS, this.#voices[index]);
  }

  #pressed(event) {
    const last = this.#voices.length - 1;
    const to = { ArrowDown: this.#active + 1, ArrowUp: this.#active - 1, Home: 0, End: last }[event.key];
    if (!this.#isOpen) {
      if (event.key !== "ArrowDown" && event.key !== "ArrowUp") return;
      this.#open();
    } else if (to !== undefined) this.#activate(Math.min(last, Math.max(0, to)));
    else if (event.key === "Escape") this.#close();
    else if ((event.key === "Enter" && !event.ctrlKey && !event.metaKey) || event.key === " ") this.#list.children[this.#active].click();
    else if (event.key.length === 1 && !event.ctrlKey && !event.metaKey && !event.altKey) this.#activate(this.#startingWith(event.key.toLowerCase()));
    else return;
    event.preventDefault();
    event.stopPropagation();
  }

  /** Return the next voice whose name starts with a letter, or the active one. */
  #startingWith(letter) {
    const order = this.#voices.map((_, at) => (this.#active + 1 + at) % this.#voices.length);
    return order.find((at) => this.#voices[at].name.toLowerCase().startsWith(letter)) ?? this.#active;
  }
}

/** Player of one sample at a time. Samples are kept, so that each is requested once. */
class Sampler {
  #fetchSample;
  #show;
  #kept = new Map();
  #timer = null;
  #abort = new AbortController();
  #audio = new Audio();

  constructor(fetchSample, show) {
    this.#fetchSample = fetchSample;
    this.#show = show;
  }

  after(ms, voice) {
    this.stop();
    this.#show(HINT);
    this.#timer = setTimeout(() => this.#play(voice), ms);
  }

  stop() {
    clearTimeout(this.#timer);
    this.#abort.abort();
    this.#abort = new AbortController();
    this.#audio.pause();
  }

  async #play(voice) {
    const { signal } = this.#abort;
    try {
      this.#show(`Sample of ${voice.name} …`);
      if (!this.#kept.has(voice.id)) this.#kept.set(voice.id, URL.createObjectURL(await this.#fetchSample(voice, signal)));
      if (signal.aborted) return;
      this.#audio.src = this.#kept.get(voice.id);
      await this.#audio.play();
    } catch (error) {
      if (!signal.aborted) this.#show(`No sample: ${error.message}`);
    }
  }
}

/** Return the name of a language; the code itself where it is none that browsers know. */
function nameOf(code) {
  try {
    return NAMES.of(code);
  } catch {
    return code;
  }
}

/** Return gender and languages of a voice in words. */
function facts({ gender, languages }) {
  const spoken = languages.map(nameOf).join(", ");
  return [gender && gender.charAt(0).toUpperCase() + gender.slice(1), spoken].filter(Boolean).join("; ");
}

function element(tag, attributes, text = "") {
  const made = Object.assign(document.createElement(tag), { textContent: text });
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
  return made;
}
