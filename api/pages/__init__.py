"""Web pages: the playground at `/`, the audio flow at `/flow`, the API description at `/docs`. No build step."""

from api.pages.route import router

__all__ = ["router"]
