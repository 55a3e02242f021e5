"""`python -m tools.docs`: write every generated part of docs/ again."""

from tools.docs.pages import ROOT, generated_files

for path, text in generated_files().items():
    (ROOT / path).write_text(text, encoding="utf-8")
