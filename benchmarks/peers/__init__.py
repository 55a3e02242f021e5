"""Comparisons with other projects' code and servers, which the reader provides: none of it is part of this project."""
