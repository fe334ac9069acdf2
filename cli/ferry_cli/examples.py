"""Examples below the help of each command."""

import typer

from ferry_cli.wording import t

_EXAMPLES: dict[str, tuple[str, ...]] = {
    "login": (
        "ferry login --url https://ferry.example --mail li@example.com",
        "ferry --as prod login --url https://ferry.example --token - < token",
    ),
    "logout": ("ferry --as prod logout",),
    "whoami": ("ferry whoami --json",),
    "export": (
        "ferry export goods -o goods.csv",
        "ferry export goods -o - --format jsonl | jq .sku",
        """ferry export goods -o cheap.xlsx --where '{"price": {"$lt": 5}}' --order price""",
    ),
    "import": (
        "ferry import goods goods.csv --match sku --diff --keep-before",
        "ferry import goods preise.csv --map Preis=price --delimiter semicolon",
        "pg_dump_goods | ferry import goods - --format csv",
    ),
    "preview": ("ferry preview goods.xlsx", "ferry preview goods.csv --table goods"),
    "failed": ("ferry failed JOB --fix", "ferry failed JOB -o failed.csv"),
    "undo": ("ferry undo JOB",),
    "doctor": ("ferry doctor", "ferry --as prod doctor --json"),
    "admin": ("ferry admin create-app shop --stack ferry-dev --region eu-west-1",),
    "tables list": ("ferry tables list --jsonl | jq .name",),
    "tables show": ("ferry tables show goods",),
    "tables create": ("ferry tables create goods.table.json",),
    "tables from-file": ("ferry tables from-file goods.csv --key sku",),
    "tables attach": (
        "ferry tables attach wines shop-wines",
        "ferry tables attach wines shop-wines --propose > wines.json",
    ),
    "tables change": ("ferry tables change goods --rate 200", "ferry tables change 7 --name wares"),
    "tables delete": ("ferry tables delete goods",),
    "jobs list": ("ferry jobs list goods --limit 5",),
    "jobs show": ("ferry jobs show JOB --json",),
    "jobs watch": ("ferry jobs watch JOB",),
    "jobs download": (
        "ferry jobs download JOB -o goods.csv",
        "ferry jobs download JOB -o - --from 1048576 >> goods.csv",
    ),
    "jobs cancel": ("ferry jobs cancel JOB",),
    "jobs resume": ("ferry jobs resume JOB --budget 5",),
    "jobs delete": ("ferry jobs delete JOB",),
    "config export": ("ferry config export -o engine.json",),
    "config import": ("ferry config import engine.json --dry-run",),
    "config diff": ("ferry config diff", "ferry config diff 3 7"),
    "config status": ("ferry config status",),
    "config history": ("ferry config history --jsonl",),
    "config rollback": ("ferry config rollback 3",),
    "config plan": (
        "ferry config plan engines/ --engine http://north:9081 --var-file north.yaml",
        "ferry config plan ferry:7 --engine http://north:9081 --json",
    ),
    "config apply": (
        "ferry config apply engines/ --engine http://north:9081 --engine http://south:9081"
        " --canary 1",
    ),
    "config drift": ("ferry config drift engines/ --engine http://north:9081",),
    "config pull": ("ferry config pull --engine http://north:9081 -o engines/",),
}


def add_examples(app: typer.Typer, *group: str) -> None:
    """Put below each command's help what it is used like.

    Raises:
        KeyError: a command has no examples.

    """
    for command in app.registered_commands:
        lines = _EXAMPLES[" ".join((*group, command.name or ""))]
        # A paragraph that begins with \b is not wrapped.
        # https://click.palletsprojects.com/en/stable/documentation/#escaping-click-s-wrapping
        command.epilog = "\n".join(("\b", t("Examples:"), *(f"  {line}" for line in lines)))
    for each in app.registered_groups:
        if each.typer_instance:
            add_examples(each.typer_instance, *group, each.name or "")
