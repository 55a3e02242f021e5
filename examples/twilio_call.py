"""A telephone number that speaks: Twilio asks this program what to do with a call, and connects it to the service.

pip install fastapi uvicorn, then: VEENA3_URL=https://speech.example.com uvicorn twilio_call:app --port 9000
In Twilio's console set the number's voice webhook to https://YOUR-HOST/call. Without Twilio:
curl -X POST 'http://127.0.0.1:9000/call'
"""

import os
from xml.etree import ElementTree

from fastapi import FastAPI
from starlette.responses import Response

URL = os.environ.get("VEENA3_URL", "http://127.0.0.1:8000")
KEY = os.environ.get("VEENA3_API_KEY", "")
GREETING = "Hello, this is the demo voice. Press any key to interrupt me. Thank you for calling."

app = FastAPI()


@app.post("/call")
async def answer_call() -> Response:
    """Return TwiML that connects the call to the service, which speaks the greeting into it, and then hangs up."""
    response = ElementTree.Element("Response")
    stream = ElementTree.SubElement(ElementTree.SubElement(response, "Connect"), "Stream")
    stream.set("url", URL.replace("http", "ws", 1) + "/v1/twilio/stream")
    for name, value in {"text": GREETING, "voice": "lipakshi", "api_key": KEY}.items():
        if value:
            ElementTree.SubElement(stream, "Parameter", name=name, value=value)
    ElementTree.SubElement(response, "Hangup")
    return Response(ElementTree.tostring(response, "utf-8", xml_declaration=True), media_type="application/xml")
