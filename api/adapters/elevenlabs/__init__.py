"""ElevenLabs' text-to-speech API: REST, with and without timestamps, and both sockets."""
