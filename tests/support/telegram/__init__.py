"""An emulator of the Telegram Bot API over real HTTP, for tests and for trying the assistant out.

The README beside this file says how to start it, how to act as a person, and how to break things on purpose.
"""
