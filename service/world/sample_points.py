"""The sample world's rewards, time bank and praise, of the people that are shown."""

from __future__ import annotations

from typing import Any

Data = dict[str, Any]

# Who asks for help in the sample world, in the order of its requests; each has hours from the year before.
_ASKERS = ("李淑芬", "何桂英", "王建国", "王建国")


def rewarded(data: Data) -> Data:
    """Rewards; what 吴玉梅 and 孙志远 had for their points; help asked for; praise."""
    helps = [
        {
            "person": name,
            "words": row["words"],
            "starts": row["at"],
            "hours": row["hours"],
            "when": "-1d 16:00",
        }
        for name, row in zip(_ASKERS, data["helps"], strict=True)
    ]
    helped = {"person": "何桂英", "words": "陪我去社区医院量血糖", "starts": "-6d 09:00", "hours": 1}
    return {
        "rewards": data["rewards"],
        "redemptions": [
            {"person": "吴玉梅", "reward": "理发券", "when": "-1d 10:30"},
            {"person": "孙志远", "reward": "大米", "when": "-5d 10:00", "state": "picked_up", "by": "白知秋"},
        ],
        "helps": [{**helped, "when": "-8d 10:00", "helper": "吴玉梅", "done": True}, *helps],
        "recognitions": [
            _praise("陈秀兰", "荣誉证书", "银龄志愿之星", "全年志愿服务一百二十小时"),
            _praise("孙志远", "通报表扬", "助农先进个人", "为三个村讲柑橘嫁接，带动新增二十亩"),
            {**_praise("吴玉梅", "补贴", "微网格补贴", "巡查银杏社区网格四十次"), "yuan": 200},
        ],
    }


def _praise(name: str, kind: str, title: str, earned_by: str) -> Data:
    praise = {"person": name, "kind": kind, "title": title, "earned_by": earned_by}
    return {**praise, "by": "田小满", "when": "-30d 10:00"}
