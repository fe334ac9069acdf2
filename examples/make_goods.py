"""Print a CSV file of goods, the same for the same number of rows: make_goods.py [ROWS].

Every field type of `goods.table.json` is there, and what files break on: Chinese and English text,
quotes, commas, line breaks inside cells, leading zeros, integers beyond a double's reach, text that
looks like a formula, empty cells.
"""

import csv
import json
import random
import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any, TextIO

COLUMNS = (
    "sku", "name", "name_en", "description", "stock", "price", "on_sale", "tags", "attributes",
    "made_at", "photo", "listed_on", "maker",
)  # fmt: skip

_GOODS = (
    ("龙井茶", "Longjing tea"),
    ("宣纸", "Xuan paper"),
    ("青花瓷碗", "Blue and white bowl"),
    ("丝绸围巾", "Silk scarf"),
    ("竹编篮", "Bamboo basket"),
    ("檀香扇", "Sandalwood fan"),
    ("紫砂壶", "Zisha teapot"),
    ("景泰蓝瓶", "Cloisonné vase"),
)
_TOWNS = (
    ("杭州", 120.1551, 30.2741),
    ("宣城", 118.7587, 30.9407),
    ("景德镇", 117.1784, 29.2688),
    ("苏州", 120.5853, 31.2989),
    ("宜兴", 119.8234, 31.3404),
)
_TAGS = ("新品", "handmade", "包邮", "gift", "限量", "易碎 fragile")
_NOTES = (
    "",
    "手工制作，每件都不同。",
    'The label says "best before" – ask us.',
    "第一行\n第二行, with a comma",
    "=SUM(A1:A9) is text here, not a formula",
    "🍵 200 g",
    "Line one\r\nline two",
)
_FIRST_DAY = datetime(2018, 1, 1, 8, tzinfo=UTC)


def write(rows: int, file: TextIO) -> None:
    """Write a header and `rows` rows."""
    writer = csv.writer(file)
    writer.writerow(COLUMNS)
    writer.writerows(goods(rows))


def goods(rows: int) -> Iterator[list[str]]:
    """Yield the cells of `rows` rows, spelled as an export spells them."""
    chance = random.Random(2018)  # noqa: S311 - sample data, the same every time
    for number in range(1, rows + 1):
        name, name_en = chance.choice(_GOODS)
        town, longitude, latitude = chance.choice(_TOWNS)
        yield [
            f"{number:06}",
            name,
            f"{name_en}, no. {number}",
            chance.choice(_NOTES),
            str(_stock(chance, number)),
            _price(chance),
            chance.choice(("true", "false", "")),
            _json(chance.sample(_TAGS, chance.randint(0, 3))),
            _json({"产地": town, "grams": chance.randint(5, 5000), "boxed": number % 2 == 0}),
            _json({"type": "Point", "coordinates": [longitude, latitude]}),
            _photo(name, number),
            (_FIRST_DAY + timedelta(hours=number)).isoformat(),
            f"{number % 50 + 1:024x}" if number % 10 else "",
        ]


def _stock(chance: random.Random, number: int) -> int:
    return 1582917533873852417 if number % 1000 == 0 else chance.randint(0, 9999)


def _price(chance: random.Random) -> str:
    cents = chance.randint(100, 999_999)
    return f"{cents / 100:.2f}".rstrip("0").rstrip(".")


def _photo(name: str, number: int) -> str:
    if number % 5:
        return ""
    return _json({"id": f"{number:024x}", "name": f"{name}.jpg", "size": 1000 + number})


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


if __name__ == "__main__":
    sys.stdout.reconfigure(encoding="utf-8", newline="")  # type: ignore[union-attr]
    write(int(sys.argv[1]) if len(sys.argv) > 1 else 10_000, sys.stdout)
