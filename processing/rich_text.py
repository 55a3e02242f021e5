"""Reader of the Markdown, HTML and LaTeX that assistants write: what stands for layout goes, what is said stays.

A link is its text, an image its description, a table its cells, a fence its content, an entity its character, a formula
its signs. `RichTextReader` takes the text in pieces, and gives the same as for the whole text.

Guarantee: time is linear in the text. Each construct has a bounded length; at most MOST_HELD characters wait for the
end of one.
"""

import html
import re

from processing import latex
from shared.source_map import Run, SourceMap
from shared.steps import Steps, finish

_URL = r"(?:[^()\s]|\([^()\s]{0,100}\)){0,800}"
_TITLE = r"(?:[ \t]{1,4}\"[^\"\n]{0,200}\")?"
_TARGET = rf"\({_URL}{_TITLE}\)"
_BLOCKS = (
    "p|div|br|hr|li|ul|ol|tr|table|thead|tbody|h[1-6]|section|article|header|footer|blockquote|pre|dt|dd|dl|main|nav"
)
_CELLS = "td|th"
_INLINE = (
    "a|b|i|u|s|em|strong|small|big|mark|code|kbd|samp|var|del|ins|q|cite|abbr|span|font|center|img|sub|label|button|time"
    "|html|head|body|title|meta|link|details|summary|figure|figcaption|input|form|video|audio|source|iframe|svg|path"
    "|speak|voice|prosody|break|say-as|phoneme|emphasis|lang|amazon:[a-z]+|mstts:[a-z-]+"
)
_NO_AMOUNT = r"(?!\d{1,3}(?:,\d{2,3}){0,4},\d{3}\])"
"""Not before an amount in groups, '1,00,000', which is no list of references."""
_ATTRIBUTES = r"(?:\s[^<>]{0,500})?"
_CONSTRUCT = re.compile(
    rf"""(?m:^)[ \t]{{0,8}}(?:
        (?P<fence> (?:```[^\n`]{{0,60}}|~~~~?[\w+.\#-]{{0,40}}[ \t]{{0,8}})(?=\n|\Z) )
      | (?P<rule> (?:-{{3,80}}|\*{{3,80}}|_{{3,80}}|={{3,80}}|(?:[-*_][ ]){{2,40}}[-*_])[ \t]{{0,8}}(?=\n|\Z) )
      | (?P<separator> \|?[ \t]{{0,8}}:?-{{1,80}}:?[ \t]{{0,8}}
            (?:\|[ \t]{{0,8}}:?-{{1,80}}:?[ \t]{{0,8}}){{1,40}}\|?[ \t]{{0,8}}(?=\n|\Z) )
      | \|(?P<row> [^\n]{{1,1000}} )\|[ \t]{{0,8}}(?=\n|\Z)
      | (?P<definition> \[[^\]\n]{{1,60}}\]:[ \t]{{1,4}}(?:https?://|/|\#|<)[^\n]{{0,800}}(?=\n|\Z) )
      | (?P<footnote> \[\^[\w-]{{1,20}}\]:[ \t]{{0,4}} )
      | (?P<heading> \#{{1,6}}[ \t]{{1,8}} )
      | (?P<quote> >(?![\d=])(?:[ \t]?>){{0,8}}[ \t]? )(?:[-*+][ \t]{{1,8}})?
      | (?P<item> [-*+•][ \t]{{1,8}}(?:\[[ xX]\][ \t]{{1,8}})? )
      | (?P<task> \d{{1,3}}[.)][ \t]{{1,8}}(?=\[[ xX]\]) )\[[ xX]\][ \t]{{1,8}}
    )
    | \[!\[(?P<badge>[^\[\]\n]{{0,300}})\]{_TARGET}\]{_TARGET}
    | !\[(?P<image>[^\[\]\n]{{0,300}})\]{_TARGET}
    | \[(?P<link>[^\[\]\n]{{1,300}})\](?:{_TARGET}|\[\d{{0,3}}\])
    | (?P<note> \[\^[\w-]{{1,20}}\]
        | (?<=[\w.,)])\[(?!0\]){_NO_AMOUNT}\d{{1,3}}(?:,[ ]?\d{{1,3}}){{0,5}}\](?!\()
        | (?<=\w[ ])(?<!\band[ ])(?<!\bsee[ ])(?<!\bSee[ ])(?<!\bin[ ])(?<!\bor[ ])(?<!\bof[ ])
            (?<!\bat[ ])(?<!\bto[ ])(?<!\bby[ ])(?<!from[ ])
            \[\d{{1,3}}\](?=[.,;!?])
        | (?:(?<![(=,:\[])[ ]|(?<![\s(=,:\[]))\[{_NO_AMOUNT}\d{{1,3}}(?:,[ ]?\d{{1,3}}){{1,5}}\](?!\()
        | 【[^】\n]{{1,40}}】 )
    | \[(?P<number>\d{{1,3}})\]
    | <(?P<autolink> https?://[^<>\s]{{1,800}} | [\w.+-]{{1,64}}@[\w.-]{{1,100}} )>
    | (?P<comment> <!--[^<>]{{0,1000}}-->
        | <(?:script|style)(?:\s[^<>]{{0,300}})?>[^<]{{0,2000}}</(?:script|style)>
        | <!DOCTYPE[^<>]{{0,200}}> | <\#> )
    | <sup{_ATTRIBUTES}>(?P<sup>[^<>\n]{{1,40}})</sup>
    | (?P<block> </?(?i:{_BLOCKS}){_ATTRIBUTES}/?> )
    | (?P<cell> </(?i:{_CELLS})> )
    | (?P<tag> </?(?i:{_INLINE}|{_CELLS}|sup){_ATTRIBUTES}/?>
        | <[A-Za-z][\w:-]{{0,30}}\s[^<>=]{{0,200}}=[^<>]{{0,500}}> | </[A-Za-z][\w:-]{{0,30}}> )
    | &(?P<entity> [A-Za-z]{{2,10}} | \#\d{{1,7}} | \#[xX][0-9A-Fa-f]{{1,6}} );
    | \$\$(?P<display>[^$]{{1,500}})\$\$
    | \\\[(?P<brackets>[^\\\]]{{0,200}}(?:\\(?![\[\]])[^\\\]]{{0,100}}){{0,30}})\\\]
    | \\\((?P<parentheses>[^\\]{{0,200}}(?:\\(?![()])[^\\]{{0,100}}){{0,30}})\\\)
    | \$(?P<formula>(?![\s\d])[^$\n]{{1,200}}(?<!\s)
        |\d{{1,6}}(?:[A-Za-z\\^=+*/{{(]|[ ]\\)[^$\n]{{0,200}}(?<!\s))\$(?!\d)
    | (?P<command> {latex.BARE.pattern.replace(" ?", "[ ]?")} )
    | \\(?P<escaped>[\\`*_${{}}\[\]\#+.!|~>-])
    | (?P<emoji> (?<![\w:/]):[a-z][a-z0-9_+-]{{1,30}}:(?![\w:/]) )
    """,
    re.VERBOSE,
)
_UNFINISHED = re.compile(
    rf"""(?m:^)[ \t]{{0,8}}(?:(?:```|~~~)[^\n`]{{0,60}} | \|[^\n]{{0,1000}} | \[[^\]\n]{{1,60}}\]:[^\n]{{0,800}}
        | [-*+_=>\#•|`~ \t]{{0,80}} | [-*+>•][ \t]{{1,8}}\[[ xX]?\]?[ \t]{{0,8}}
        | \d{{1,3}}(?:[.)](?:[ \t]{{1,8}}(?:\[[ xX]?\]?)?)?)? )\Z
    | !?\[!?(?:\[[^\[\]\n]{{0,300}}(?:\](?:\({_URL}(?:[ \t]{{1,4}}(?:"[^"\n]{{0,200}}"?)?)?\)?)?)?|[^\[\]\n]{{0,300}})
        (?:\](?:\({_URL}(?:[ \t]{{1,4}}(?:"[^"\n]{{0,200}}"?[ \t]{{0,4}})?)?|\[\d{{0,3}})?)?\Z
    | !\Z
    | 【[^】\n]{{0,40}}\Z
    | <(?:[A-Za-z/!\#][^<>]{{0,1000}})?\Z
    | <sup{_ATTRIBUTES}>[^<>\n]{{0,40}}(?:<[/sup]{{0,4}})?\Z
    | <(?:script|style)(?:\s[^<>]{{0,300}})?>[^<]{{0,2000}}(?:</?[a-z]{{0,6}})?\Z
    | &[\#A-Za-z0-9]{{0,10}}\Z
    | \$\$[^$]{{0,500}}\$?\Z
    | \$(?:(?![\s\d$])[^$\n]{{0,201}}|\d{{1,6}}(?:[ ]|(?:[A-Za-z\\^=+*/{{(]|[ ]\\)[^$\n]{{0,200}})?)?\$?\Z
    | \\\[[^\\\]]{{0,200}}(?:\\(?![\[\]])[^\\\]]{{0,100}}){{0,30}}\\?\Z
    | \\\([^\\]{{0,200}}(?:\\(?![()])[^\\]{{0,100}}){{0,30}}\\?\Z
    | \\(?:[A-Za-z]{{0,20}}[ ]?(?:\{{[^{{}}]{{0,200}}\}}?[ ]?){{0,2}})?\Z
    | (?<![\w:/]):(?:[a-z][a-z0-9_+-]{{0,30}}:?)?\Z""",
    re.VERBOSE,
)
"""Beginning of a construct at the end of the text, which text that arrives later may complete."""
_MARKED = re.compile(r"[\[<&$\\`|#>~_=*+•:】-]|(?m:^)[ \t]*\d{1,3}[.)]")
_EMPHASIS = re.compile(
    r"(?<![\w*_\\])(\*{1,3}|_{2,3})(?=[^\s*_])([^*_\n]{1,500})(?<=[^\s*_])\1(?![\w*#_])"
    r"|(?<![\w*_\\^-])(_)(?=[^\s*_.^-])([^*_\n]{1,500})(?<=[^\s*_^-])_(?![\w*#_^-])"
)
_ELEMENT = re.compile(rf"(?i:{_BLOCKS}|{_CELLS}|{_INLINE}|sup)")
MOST_HELD = 2_500
"""Characters that wait for the end of a construct; longer than any."""
STEP = 1_000
"""Characters of a step: 2 ms of the most expensive text (measured with `<a b='`)."""
_BEFORE = 5
"""Characters of the text before a piece on which its reading depends."""


def read_rich_text(text: str) -> str:
    """Return `text` as it would be read aloud, without layout."""
    return finish(read_rich_text_steps(text))


def read_rich_text_steps(text: str, sources: SourceMap | None = None) -> Steps[str]:
    """Do the work of `read_rich_text` in steps of STEP characters, because `re` keeps the interpreter's lock.

    `sources`, if given, are those of the text, and become those of the result.
    """
    if _MARKED.search(text) is None:
        return text
    reader = RichTextReader(None if sources is None else SourceMap())
    read: list[str] = []
    for start in range(0, len(text) - STEP, STEP):
        read.append(reader.feed(text[start : start + STEP]))
        yield
    rest = len(read) * STEP
    read.append(reader.finish(text[rest:]))
    if sources is not None and reader.sources is not None:
        sources.compose(reader.sources)
    return "".join(read)


class RichTextReader:
    """Reader of one text that arrives in pieces. It holds the beginning of a construct until the construct is whole.

    `sources`, if given, grow by those of the text that is read, whose first character is the source's at `start`.
    """

    def __init__(self, sources: SourceMap | None = None, *, start: int = 0) -> None:
        self.sources = sources
        self._before = ""
        self._held = ""
        self._read_upto = start

    def feed(self, text: str) -> str:
        """Take `text`; return what can be read of it and of the text that was held."""
        held = self._held + text
        whole = self._before + held
        begun = _UNFINISHED.search(whole, len(self._before))
        cut = begun.start() if begun else len(whole)
        if len(whole) - cut > MOST_HELD:
            cut = len(whole)
        return self._read(whole, cut)

    def finish(self, text: str = "") -> str:
        """Return the reading of the text that is held, and of `text`, the last."""
        whole = self._before + self._held + text
        return self._read(whole, len(whole))

    def _read(self, whole: str, cut: int) -> str:
        parts: list[str] = []
        begin = done = len(self._before)
        for match in _CONSTRUCT.finditer(whole, done):
            if match.start() >= cut:
                break
            said = _said(match)
            parts += (whole[done : match.start()], said)
            self._note(done - begin, match.start() - begin)
            self._note_said(match, said, begin)
            done = match.end()
        cut = max(cut, done)
        parts.append(whole[done:cut])
        self._note(done - begin, cut - begin)
        self._before, self._held = whole[max(0, cut - _BEFORE) : cut], whole[cut:]
        self._read_upto += cut - begin
        return "".join(parts)

    def _note(self, start: int, end: int) -> None:
        """Note text that is read as it is written."""
        if self.sources is not None:
            self.sources.extend([Run(end - start, self._read_upto + start, self._read_upto + end)])

    def _note_said(self, match: re.Match[str], said: str, begin: int) -> None:
        """Note the reading of a construct: parts of it that are read as they are written, or else the whole."""
        if self.sources is None or not said:
            return
        written, shift = match[0], self._read_upto + match.start() - begin
        cells = said.split(", ") if match.lastgroup == "row" else [said]
        at = 0
        for number, cell in enumerate(cells):
            if number:
                self.sources.extend([Run(2, shift + at, shift + at, _RULES)])
            found = written.find(cell, at)
            if found < 0:
                self.sources.extend([Run(len(cell), shift + at, shift + len(written), _RULES)])
                continue
            self.sources.extend([Run(len(cell), shift + found, shift + found + len(cell))])
            at = found + len(cell)


def is_element(name: str) -> bool:
    """Return whether `name` is that of an element of HTML, whose tags this module reads."""
    return _ELEMENT.fullmatch(name) is not None


def without_emphasis(text: str, sources: SourceMap | None = None) -> str:
    """Return `text` without the pairs of asterisks and underscores that mark emphasis. `sources` are those of it."""
    if "*" not in text and "_" not in text:
        return text
    if sources is not None:
        found = [_signs(match) for match in _EMPHASIS.finditer(text)]
        sources.edit([(*span, "") for pair in found for span in pair], "characters")
    return _EMPHASIS.sub(lambda match: match[2] or match[4], text)


def _signs(match: re.Match[str]) -> tuple[tuple[int, int], tuple[int, int]]:
    """Return the spans of the opening and of the closing signs of emphasis."""
    of_signs, of_text = (1, 2) if match[1] else (3, 4)
    return match.span(of_signs), (match.end(of_text), match.end())


def _said(match: re.Match[str]) -> str:
    kind = match.lastgroup or ""
    said = match[kind] if kind else ""
    if kind in ("display", "brackets", "parentheses", "formula", "command"):
        return f" {latex.read_formula(said)} " if kind != "formula" else latex.read_formula(said)
    if kind == "row":
        return ", ".join(filter(None, map(str.strip, said.split("|"))))
    if kind in ("link", "image", "badge", "number", "autolink", "escaped"):
        return said
    if kind == "sup":
        return f"^{said}" if said.lstrip("-").isdigit() else f" {said}"
    if kind == "entity":
        return _character(said)
    return _LAYOUT.get(kind, "")


_RULES = ("characters",)
"""Rules of what is read otherwise than it is written."""
_LAYOUT = {"block": "\n", "cell": ", "}
"""Text in place of layout."""


def _character(name: str) -> str:
    """Return the character of an entity; those that could begin a tag stand between spaces."""
    character = html.unescape(f"&{name};")
    return f" {character} " if character in "<>" else character
