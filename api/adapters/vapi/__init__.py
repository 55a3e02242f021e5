"""Custom voice of Vapi: Vapi posts each text, and plays the raw audio of the answer."""
