"""Pages for people: the playground at `/`. Plain files, no build step."""

from api.pages.route import router

__all__ = ["router"]
