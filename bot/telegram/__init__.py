"""The assistant on Telegram: updates into the inbox, the outbox to the Bot API."""
