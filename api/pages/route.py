"""The pages and their files. To add a page: its files in `assets/`, and a line in `PAGES`."""

from fastapi import APIRouter, Request, Response
from starlette.staticfiles import StaticFiles

PAGES = {"/": "playground.html", "/voices": "own-voices.html", "/flow": "flow.html", "/docs": "docs.html"}
ASSETS: list[str | tuple[str, str]] = [("api.pages", "assets"), ("fastapi_offline", "static")]
"""Packages and folders of the pages' files. Swagger UI, which `/docs` runs, is in the second."""
HEADERS = {
    # Files of this service alone: no inline script or style, no other host. `data:` is for the pictures in Swagger
    # UI's stylesheet, `blob:` for the audio that `/docs` has received.
    "Content-Security-Policy": "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
    "media-src blob:; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-cache",  # asked for each time, answered with 304 while it is the same
}

router = APIRouter(include_in_schema=False)


async def page(request: Request) -> Response:
    """Return a page by its path."""
    return await _file(PAGES[request.scope["route"].path], request)


for path in PAGES:
    router.add_api_route(path, page, methods=["GET", "HEAD"])


@router.api_route("/assets/{name}", methods=["GET", "HEAD"])
async def asset(name: str, request: Request) -> Response:
    """Return a script, a style or a picture of a page."""
    return await _file(name, request)


async def _file(name: str, request: Request) -> Response:
    """Raise HTTPException (404) for a file that is not there."""
    found = await StaticFiles(packages=ASSETS).get_response(name, request.scope)
    found.headers.update(HEADERS)
    return found
