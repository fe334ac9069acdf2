"""Running engines: planned, changed, watched and read by the configuration's files."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from ferry_cli.engines.references import References
from ferry_cli.exits import Exit, Stop
from ferry_cli.output import AsJson, note, record
from ferry_cli.questions import YES, sure
from ferry_cli.session import signed_in, world_of
from ferry_cli.wording import t
from ferry_cli.world import World

if TYPE_CHECKING:
    from ferry_cli.engines.documents import Sections
    from ferry_cli.engines.engine import Compared, Outcome
    from ferry_client.blocking.configuration import Configuration

_FERRY = "ferry"

type Result = Literal[
    "applied", "unchanged", "rolled_back", "rollback_incomplete", "failed", "left_alone"
]
_WELL = ("applied", "unchanged")

Source = Annotated[
    str, typer.Argument(help=t("A folder, a file, ferry (its current revision) or ferry:NUMBER."))
]
Engines = Annotated[
    list[str],
    typer.Option("--engine", metavar="URL", help=t("An engine's address; repeat it for several.")),
]
Tokens = Annotated[
    list[str] | None,
    typer.Option(
        "--engine-token",
        metavar="REFERENCE",
        help=t("Its Authorization header by reference, ${env:NAME}; in the order of the engines."),
    ),
]
Variables = Annotated[
    list[str] | None,
    typer.Option(
        "--var", metavar="NAME=value", help=t("A value of ${var:NAME}: NAME=value. Repeat it.")
    ),
]
VariableFile = Annotated[
    Path | None,
    typer.Option(help=t("Values of ${var:NAME} for an environment: a map in YAML or JSON.")),
]
Full = Annotated[bool, typer.Option("--full", help=t("Remove what the source does not have, too."))]


def plan(
    context: typer.Context,
    source: Source,
    engine: Engines,
    engine_token: Tokens = None,
    var: Variables = None,
    var_file: VariableFile = None,
    full: Full = False,
    as_json: AsJson = False,
) -> None:
    """Show what apply would change on each engine; exits 2 if they differ."""
    world = world_of(context)
    references = _references(world, var, var_file)
    with _ways(world, engine, engine_token, references) as ways:
        wanted = _wanted(world, source, references)
        found = [_compared(url, way, wanted, full) for url, way in ways.items()]
    if as_json:
        record(world, {each.url: _changes(each) for each in found}, as_json=True)
    else:
        _show(world, found, references)
    if any(each.differences for each in found):
        raise typer.Exit(Exit.DIFFERS)


def drift(
    context: typer.Context,
    source: Source,
    engine: Engines,
    engine_token: Tokens = None,
    var: Variables = None,
    var_file: VariableFile = None,
    as_json: AsJson = False,
) -> None:
    """Show in what engines differ from the source, either way; exits 2 if they do."""
    plan(context, source, engine, engine_token, var, var_file, full=True, as_json=as_json)


def apply(
    context: typer.Context,
    source: Source,
    engine: Engines,
    engine_token: Tokens = None,
    var: Variables = None,
    var_file: VariableFile = None,
    full: Full = False,
    canary: Annotated[
        int, typer.Option(min=0, help=t("Go on to the others only if these first engines succeed."))
    ] = 0,
    yes: YES = False,
    as_json: AsJson = False,
) -> None:
    """Bring engines to what the source says; one on which an item fails gets back what it had."""
    world = world_of(context)
    references = _references(world, var, var_file)
    results: dict[str, Result] = {}
    with _ways(world, engine, engine_token, references) as ways:
        wanted = _wanted(world, source, references)
        found = [_compared(url, way, wanted, full) for url, way in ways.items()]
        if not as_json:
            _show(world, found, references)
        if any(each.differences for each in found):
            sure(world, t("Apply this?"), yes=yes)
        for number, each in enumerate(found):
            if 0 < canary <= number and _bad(results):
                results[each.url] = "left_alone"
                note(world, t("{url}: left alone, for a canary failed").format(url=each.url))
            else:
                results[each.url] = _applied(world, each, wanted, references, full)
    if as_json:
        told = {
            each.url: {"result": results[each.url], "changes": _changes(each)} for each in found
        }
        record(world, told, as_json=True)
    if bad := _bad(results):
        raise Stop(t("not applied: {urls}").format(urls=", ".join(bad)))


def pull(
    context: typer.Context,
    engine: Annotated[str, typer.Option("--engine", help=t("The engine's address."))],
    to: Annotated[Path, typer.Option("-o", "--output", help=t("The folder."))],
    engine_token: Tokens = None,
    as_json: AsJson = False,
) -> None:
    """Write what an engine has into a folder, a file for each section; secrets are masked."""
    from ferry_cli.engines.documents import write

    world = world_of(context)
    references = _references(world, None, None)
    with _ways(world, [engine], engine_token, references) as ways:
        has = ways[engine].export()
    hidden = {
        section: {name: references.hidden(text) for name, text in items.items()}
        for section, items in has.items()
    }
    files = [str(file) for file in write(to, hidden)]
    if as_json:
        record(world, {"files": files, "masked": hidden != has}, as_json=True)
    else:
        for file in files:
            note(world, file)
    if hidden != has:
        note(world, t("Secrets are masked: put references in their place, such as ${env:NAME}."))


def _applied(
    world: World, compared: "Compared", wanted: "Sections", references: References, full: bool
) -> Result:
    """Apply what differs on one engine, and say what became of it."""
    from ferry_cli.engines.engine import apply as apply_to
    from ferry_client import FerryError

    url = compared.url
    if not compared.differences:
        return "unchanged"
    try:
        outcome = apply_to(compared, wanted, full=full)
    except FerryError as error:
        note(world, t("{url}: {error}").format(url=url, error=references.hidden(str(error))))
        note(world, t("{url}: see what it has: ferry config drift").format(url=url))
        return "failed"
    return _told(world, url, outcome, references)


def _told(world: World, url: str, outcome: "Outcome", references: References) -> Result:
    if not outcome.failed:
        note(world, t("{url}: applied").format(url=url))
        return "applied"
    for section, items in outcome.failed.items():
        for name, why in items.items():
            note(world, f"{url}: {section} {name}: {references.hidden(why)}")
    told = t("{url}: rolled back") if outcome.rolled_back else t("{url}: ROLLBACK INCOMPLETE")
    note(world, told.format(url=url))
    return "rolled_back" if outcome.rolled_back else "rollback_incomplete"


def _bad(results: dict[str, Result]) -> list[str]:
    return [url for url, result in results.items() if result not in _WELL]


def _references(world: World, var: list[str] | None, var_file: Path | None) -> References:
    from ferry_cli.engines.documents import read_variables

    known = read_variables(var_file) if var_file else {}
    return References(world.environment, known | dict(_pair(each) for each in var or ()))


@contextmanager
def _ways(
    world: World, engines: list[str], tokens: list[str] | None, references: References
) -> Iterator[dict[str, "Configuration"]]:
    """Open the ways to engines, by their addresses."""
    from ferry_client.blocking.configuration import Configuration
    from ferry_client.blocking.transport import Transport

    if len(set(engines)) < len(engines):
        raise Stop(t("an engine is named twice"), code=Exit.WRONG_USE)
    shared = world.environment.get("FERRY_ENGINE_TOKEN", "")
    given = [references.resolved(token) for token in tokens or [shared] * len(engines)]
    if len(given) != len(engines):
        raise Stop(t("give one --engine-token for each --engine"), code=Exit.WRONG_USE)
    with ExitStack() as stack:
        ways = {}
        for url, authorization in zip(engines, given, strict=True):
            # eKuiper wants the bare token, Ferry "Bearer <token>": it is sent as it is given.
            # https://docs.emqx.com/en/kuiper/latest/operation/config/authentication.html
            way = Transport(url, authorization=authorization, through=world.through)
            stack.callback(way.close)
            ways[url] = Configuration(way)
        yield ways


def _wanted(world: World, source: str, references: References) -> "Sections":
    """Return the document that engines are to have."""
    from ferry_cli.engines.documents import read

    name, _, number = source.partition(":")
    if name != _FERRY or Path(source).exists():
        return read(Path(source), references)
    with signed_in(world) as client:
        kept = client.configuration
        found = kept.revision(int(number)) if number else kept.export()
    return {
        section: {item: references.resolved(text) for item, text in items.items()}
        for section, items in found.items()
    }


def _compared(url: str, way: "Configuration", wanted: "Sections", full: bool) -> "Compared":
    from ferry_cli.engines.differences import differences
    from ferry_cli.engines.engine import Compared

    has = way.export()
    return Compared(url, way, has, differences(has, wanted, full=full))


def _changes(compared: "Compared") -> list[dict[str, Any]]:
    """What JSON tells of a plan: no values, which may be secret."""
    return [
        {"section": each.section, "name": each.name, "change": each.kind}
        for each in compared.differences
    ]


def _show(world: World, found: "list[Compared]", references: References) -> None:
    from ferry_cli.engines.differences import lines

    for each in found:
        same = "" if each.differences else ": " + t("no difference")
        world.out.write(f"{each.url}{same}\n")
        world.out.writelines(f"{line}\n" for line in lines(each.differences, references))


def _pair(text: str) -> tuple[str, str]:
    name, mark, value = text.partition("=")
    if not mark:
        raise Stop(
            t("{text} gives no value").format(text=text),
            code=Exit.WRONG_USE,
            advice="--var NAME=value",
        )
    return name, value
