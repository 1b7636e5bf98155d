"""The domain: what the office does for its people. Imports no Rasa, messenger, scheduler or web framework."""
