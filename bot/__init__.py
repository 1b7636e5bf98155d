"""The running assistant: gateway, conversation, delivery and scheduler."""
