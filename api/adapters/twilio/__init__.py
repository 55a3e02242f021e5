"""Twilio's media streams: `<Connect><Stream>` of a call connects to this service, which speaks into the call."""
