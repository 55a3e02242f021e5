// Captions: the text that is spoken, with the word that sounds highlighted. Without times of words it stays plain text.

/** The view in `element`, whose size does not change. */
export class Captions {
  #element;
  #rest; // the text behind the last word that is known
  #characters; // of the text: the service counts code points
  #at; // characters before `rest`
  #words;
  #current;

  constructor(element) {
    this.#element = element;
  }

  /** Show a text of which no word is known yet. */
  begin(text) {
    this.#characters = [...text];
    this.#at = this.#current = 0;
    this.#words = [];
    this.#rest = document.createTextNode(text);
    this.#element.replaceChildren(this.#rest);
    this.#element.classList.remove("timed");
    this.#element.scrollTop = 0;
  }

  /** Take words as an event `words` has them. One that was told without its end comes again with it. */
  add(words) {
    for (const word of words) {
      const known = this.#words.at(-1);
      if (known?.index === word.index) known.end_s = word.end_s;
      else if (word.from !== null && word.from >= this.#at) this.#append(word);
    }
    this.#element.classList.toggle("timed", this.#words.length > 0);
  }

  /** Highlight the word that sounds at this second, and scroll it into the view. */
  playedTo(seconds) {
    const [words, before] = [this.#words, this.#current];
    for (; words[this.#current]?.start_s <= seconds; this.#current += 1) {
      if (this.#current) words[this.#current - 1].span.className = "said";
    }
    const word = words[this.#current - 1];
    if (!word) return;
    const sounds = word.end_s === null || seconds < word.end_s;
    word.span.className = sounds ? "sounds" : "said";
    if (this.#current > before) this.#follow(word.span);
  }

  /** Show all words as said, or as they are where playback was stopped. */
  end() {
    for (const { span } of this.#words.slice(0, this.#current)) span.className = "said";
  }

  #append({ index, from, to, start_s, end_s }) {
    const span = document.createElement("span");
    span.textContent = this.#characters.slice(from, to).join("");
    this.#rest.before(this.#characters.slice(this.#at, from).join(""), span);
    this.#at = to;
    this.#rest.textContent = this.#characters.slice(to).join("");
    this.#words.push({ index, start_s, end_s, span });
  }

  #follow(span) {
    const { offsetTop, offsetHeight } = span;
    const box = this.#element;
    const [top, bottom] = [offsetTop - box.offsetTop, offsetTop - box.offsetTop + offsetHeight];
    if (bottom > box.scrollTop + box.clientHeight || top < box.scrollTop) box.scrollTop = top - offsetHeight / 2;
  }
}
