"""Staff of the office, and where they are reached."""

from __future__ import annotations

from dataclasses import dataclass, field

from sqlalchemy import Boolean, Column, ForeignKey, String, Table

from service.db import RowId, mapped, metadata

staff = Table(
    "staff",
    metadata,
    Column("id", RowId, primary_key=True),
    Column("office_id", ForeignKey("offices.id"), nullable=False),
    Column("name", String(64), nullable=False, unique=True),
    Column("role", String(32), nullable=False, server_default=""),
    Column("phone", String(20), nullable=False, server_default=""),
    Column("on_duty", Boolean, nullable=False, default=True),
    Column("chat_id", ForeignKey("chats.id")),
)


@mapped
@dataclass
class Staff:
    """A member of staff; alerts go to `chat_id` of those on duty, if they have one."""

    __table__ = staff

    office_id: int
    name: str
    role: str = ""
    phone: str = ""
    on_duty: bool = True
    chat_id: int | None = None
    id: int = field(init=False)
