// How the text is read: each part that changes, its words and its rules, and the lexicon that corrects them.

const STARTS_WORD = /^[\p{L}\p{N}]/u; // a key of a lexicon begins with a letter or a digit

const element = (name, properties = {}, children = []) => {
  const made = Object.assign(document.createElement(name), properties);
  made.append(...children);
  return made;
};

/** The view of one explanation, and the entries that the user made. */
export class Reading {
  #parts;
  #entries = new Map();
  #changed;

  /** `parts`: `table` (its body is filled), `spoken`, `status`, `entries`; `changed` is called when an entry is. */
  constructor(parts, { changed }) {
    this.#parts = parts;
    this.#changed = changed;
  }

  /** The entries, for the `lexicon` of a request; null if there are none. */
  get lexicon() {
    return this.#entries.size ? Object.fromEntries(this.#entries) : null;
  }

  /** Show an answer of `POST /v1/text/normalize`. */
  show({ spoken, spans }) {
    this.#parts.spoken.textContent = spoken;
    this.#parts.table.tBodies[0].replaceChildren(...spans.map((span) => this.#row(span)));
    this.#parts.table.parentElement.hidden = !spans.length;
    this.say(spans.length ? `${spans.length} parts are read otherwise than written.` : "All is read as it is written.");
  }

  say(text) {
    this.#parts.status.textContent = text;
  }

  /** Set the spoken form of a word, or remove it if `spoken` is empty. */
  set(word, spoken) {
    if (spoken.trim()) this.#entries.set(word.trim(), spoken.trim());
    else this.#entries.delete(word);
    this.#parts.entries.replaceChildren(...[...this.#entries].map(([key, value]) => this.#entry(key, value)));
    this.#changed();
  }

  #row({ written, spoken, rules }) {
    const word = written.trim();
    const own = element("input", { value: spoken.trim(), dir: "auto", maxLength: 256 });
    own.setAttribute("aria-label", `Spoken form of ${word}`);
    const keep = element("button", { type: "button", textContent: "Correct" });
    keep.setAttribute("aria-label", `Correct ${word}`);
    keep.addEventListener("click", () => this.set(word, own.value));
    own.addEventListener("keydown", (event) => event.key === "Enter" && keep.click());
    const fits = STARTS_WORD.test(word) && word.length <= 64;
    return element("tr", {}, [
      element("td", { textContent: word, dir: "auto" }),
      element("td", {}, fits ? [own, keep] : [element("span", { textContent: spoken.trim() || "(not spoken)", dir: "auto" })]),
      element("td", {}, [element("code", { textContent: rules.join(", ") })]),
    ]);
  }

  #entry(word, spoken) {
    const remove = element("button", { type: "button", textContent: "Remove" });
    remove.setAttribute("aria-label", `Remove ${word}`);
    remove.addEventListener("click", () => this.set(word, ""));
    return element("li", {}, [element("span", { textContent: `${word} → ${spoken}`, dir: "auto" }), remove]);
  }
}
