"""Markup in texts: SSML, and single tags in plain text. Both become `shared.passages`, before the text is normalised.

`ssml.py` and `tags.py` read the two forms, `elements.py` gives each element its meaning, `builder.py` collects the
passages, `arriving.py` gives them out in whole sentences while the text arrives.
"""
