"""`python -m bench.telegram_traffic URL PEOPLE SECONDS`: so many people write one message each, evenly spread."""

from __future__ import annotations

import asyncio
import sys

import aiohttp

SAID = (
    "我还有多少积分",
    "这周有什么活动",
    "你好",
    "谢谢",
    "有什么课可以学",
    "怎么用",
    "我报了哪些活动",
    "积分怎么算",
)


async def write(url: str, people: int, seconds: float) -> None:
    """Write, through /sim, as `people` new people."""
    loop = asyncio.get_running_loop()
    async with aiohttp.ClientSession(f"{url}/", connector=aiohttp.TCPConnector(limit=8)) as session:
        ids = []
        for number in range(people):
            async with session.post("/sim/users", json={"first_name": f"人{number}"}) as response:
                ids.append((await response.json())["id"])
        began = loop.time()
        for number, user in enumerate(ids):
            await asyncio.sleep(max(0.0, began + seconds * number / people - loop.time()))
            async with session.post(f"/sim/users/{user}/say", json={"text": SAID[number % len(SAID)]}):
                pass


if __name__ == "__main__":
    asyncio.run(write(sys.argv[1], int(sys.argv[2]), float(sys.argv[3])))
