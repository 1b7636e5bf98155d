"""Write an evaluation as a page with a picture of the confusions."""

from __future__ import annotations

from html import escape
from typing import Any

_STYLE = """
body { font: 15px/1.5 sans-serif; margin: 2rem auto; max-width: 70rem; padding: 0 1rem; color: #222; }
table { border-collapse: collapse; margin: 1rem 0; }
th, td { padding: .2rem .6rem; text-align: right; border-bottom: 1px solid #ddd; }
th:first-child, td:first-child { text-align: left; }
svg text { font: 9px sans-serif; }
"""
_CELL = 14
_MARGIN = 150


def page(evaluation: dict[str, Any]) -> str:
    """Return the HTML page of an evaluation as `evaluate.py` writes it to JSON."""
    parts = [
        "<h1>What the assistant understands</h1>",
        f"<p>Sentences: {escape(evaluation['set'])}. Model: {escape(evaluation['model'])}</p>",
        "<h2>By style</h2>",
        _table("style", evaluation["styles"]),
        "<h2>Who is taken for whom</h2>",
        "<p>Rows: what was meant. Columns: what was understood. Right is grey, wrong is red.</p>",
        _picture(evaluation["intents"], evaluation["confusions"]),
        "<h2>By intent</h2>",
        _table("intent", evaluation["intents"]),
        "<h2>What is out of scope, refused at shares of what is in scope answered</h2>",
        _table("in scope answered", evaluation["refusals"]),
        "<h2>Entities</h2>",
        _table("entity", evaluation["entities"]),
    ]
    parts += ["<h2>How long a parse takes</h2>", _table("length", evaluation["milliseconds"])]
    if evaluation.get("learning_curve"):
        parts += ["<h2>With less training data</h2>", _table("share of data", evaluation["learning_curve"])]
    parts += ["<h2>Misread</h2>", _misread(evaluation["misread"])]
    return (
        '<!doctype html><html lang="en"><meta charset="utf-8"><title>Evaluation</title>'
        f"<style>{_STYLE}</style><body>{''.join(parts)}</body></html>"
    )


def shown(figure: float | int | None) -> str:
    """Return a figure for reading: shares in percent, counts as they are, nothing as a dash."""
    if figure is None:
        return "–"
    return f"{figure:.1%}" if isinstance(figure, float) else str(figure)


def _table(name: str, rows: dict[str, dict[str, Any]]) -> str:
    if not rows:
        return "<p>None.</p>"
    columns = list(next(iter(rows.values())))
    head = "".join(f"<th>{escape(title.replace('_', ' '))}</th>" for title in [name, *columns])
    body = "".join(
        f"<tr><td>{escape(label)}</td>{''.join(f'<td>{shown(row[column])}</td>' for column in columns)}</tr>"
        for label, row in rows.items()
    )
    return f"<table><tr>{head}</tr>{body}</table>"


def _picture(intents: dict[str, dict[str, Any]], confusions: list[list[Any]]) -> str:
    names = list(intents)
    place = {name: _MARGIN + index * _CELL for index, name in enumerate(names)}
    cells = []
    for name in names:
        recall, total = intents[name]["recall"], intents[name]["sentences"]
        if recall:
            cells.append(
                _square(place[name], place[name], "#555", recall, f"{name}: {recall:.0%} of {total}")
            )
        middle = place[name] + _CELL - 4
        label = escape(name)
        cells.append(f'<text x="{_MARGIN - 4}" y="{middle}" text-anchor="end">{label}</text>')
        cells.append(f'<text transform="translate({middle},{_MARGIN - 4}) rotate(-90)">{label}</text>')
    for truth, guess, count in confusions:
        share = count / max(1, intents[truth]["sentences"])
        cells.append(_square(place[guess], place[truth], "#c00", share, f"{truth} → {guess}: {count}"))
    size = _MARGIN + len(names) * _CELL
    return f'<svg width="{size}" height="{size}" role="img" aria-label="confusions">{"".join(cells)}</svg>'


def _square(x: int, y: int, colour: str, share: float, title: str) -> str:
    opacity = 0.15 + 0.85 * min(1.0, share)
    return (
        f'<rect x="{x}" y="{y}" width="{_CELL - 1}" height="{_CELL - 1}" fill="{colour}"'
        f' fill-opacity="{opacity:.2f}"><title>{escape(title)}</title></rect>'
    )


def _misread(rows: list[dict[str, Any]]) -> str:
    cells = "".join(
        "<tr>"
        + "".join(f"<td>{escape(str(row[key]))}</td>" for key in ("text", "style", "meant", "read"))
        + "</tr>"
        for row in rows
    )
    return f"<table><tr><th>text</th><th>style</th><th>meant</th><th>read</th></tr>{cells}</table>"
