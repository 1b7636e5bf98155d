"""The web chat: the kiosk at a community centre, and the way in without a messenger.

It puts what people say in the inbox and shows what was sent to them; it knows nothing of what is said.
"""
