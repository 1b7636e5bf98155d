"""Components of the language understanding pipeline, usable in the config.yml of any Rasa project."""
