"""Running engines: planned, changed, watched and read by the configuration's files."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ferry_cli.engines.references import References
from ferry_cli.exits import Exit, Stop
from ferry_cli.output import AsJson, note, record
from ferry_cli.questions import YES, sure
from ferry_cli.session import signed_in, world_of
from ferry_cli.wording import t
from ferry_cli.world import World

if TYPE_CHECKING:
    from ferry_cli.engines.differences import Difference
    from ferry_cli.engines.documents import Sections
    from ferry_client.blocking.configuration import Configuration

_FERRY = "ferry"

Source = Annotated[
    str, typer.Argument(help=t("A folder, a file, ferry (its current revision) or ferry:NUMBER."))
]
Engines = Annotated[
    list[str], typer.Option("--engine", help=t("An engine's address; repeat it for several."))
]
Tokens = Annotated[
    list[str] | None,
    typer.Option(
        "--engine-token",
        help=t("Its Authorization header by reference, ${env:NAME}; in the order of the engines."),
    ),
]
Variables = Annotated[
    list[str] | None,
    typer.Option("--var", help=t("A value of ${var:NAME}: NAME=value. Repeat it.")),
]
Full = Annotated[bool, typer.Option("--full", help=t("Remove what the source does not have, too."))]


def plan(
    context: typer.Context,
    source: Source,
    engine: Engines,
    engine_token: Tokens = None,
    var: Variables = None,
    full: Full = False,
    as_json: AsJson = False,
) -> None:
    """Show what apply would change on each engine; exits 2 if they differ."""
    world = world_of(context)
    with _ways(world, engine, engine_token, var) as (ways, references):
        wanted = _wanted(world, source, references)
        found = {url: _compared(way, wanted, full)[1] for url, way in ways.items()}
    _show(world, found, references, as_json=as_json)
    if any(found.values()):
        raise typer.Exit(Exit.DIFFERS)


def drift(
    context: typer.Context,
    source: Source,
    engine: Engines,
    engine_token: Tokens = None,
    var: Variables = None,
    as_json: AsJson = False,
) -> None:
    """Show in what engines differ from the source, either way; exits 2 if they do."""
    plan(context, source, engine, engine_token, var, full=True, as_json=as_json)


def apply(
    context: typer.Context,
    source: Source,
    engine: Engines,
    engine_token: Tokens = None,
    var: Variables = None,
    full: Full = False,
    canary: Annotated[
        int, typer.Option(help=t("Go on to the others only if these first engines succeed."))
    ] = 0,
    yes: YES = False,
) -> None:
    """Bring engines to what the source says; one on which an item fails gets back what it had."""
    world = world_of(context)
    with _ways(world, engine, engine_token, var) as (ways, references):
        wanted = _wanted(world, source, references)
        compared = {url: _compared(way, wanted, full) for url, way in ways.items()}
        _show(world, {url: found for url, (_, found) in compared.items()}, references)
        if not any(found for _, found in compared.values()):
            return
        sure(world, t("Apply this?"), yes=yes)
        bad: list[str] = []
        for number, (url, (has, found)) in enumerate(compared.items()):
            if canary and bad and number >= canary:
                note(world, t("{url}: left alone, for a canary failed").format(url=url))
            elif found and not _applied(
                world, url, ways[url], has, wanted, found, references, full
            ):
                bad.append(url)
    if bad:
        raise Stop(t("not applied: {urls}").format(urls=", ".join(bad)))


def pull(
    context: typer.Context,
    engine: Annotated[str, typer.Option("--engine", help=t("The engine's address."))],
    to: Annotated[Path, typer.Option("-o", "--output", help=t("The folder."))],
    engine_token: Tokens = None,
) -> None:
    """Write what an engine has into a folder, a file for each section; secrets are masked."""
    from ferry_cli.engines.documents import write

    world = world_of(context)
    with _ways(world, [engine], engine_token, None) as (ways, references):
        has = ways[engine].export()
    hidden = {
        section: {name: references.hidden(text) for name, text in items.items()}
        for section, items in has.items()
    }
    for file in write(to, hidden):
        note(world, str(file))
    if hidden != has:
        note(world, t("Secrets are masked: put references in their place, such as ${env:NAME}."))


def _applied(
    world: World,
    url: str,
    way: "Configuration",
    has: "Sections",
    wanted: "Sections",
    found: "list[Difference]",
    references: References,
    full: bool,
) -> bool:
    from ferry_cli.engines.engine import apply as apply_to
    from ferry_client import FerryError

    try:
        outcome = apply_to(way, has, wanted, found, full=full)
    except FerryError as error:
        note(world, t("{url}: {error}").format(url=url, error=references.hidden(str(error))))
        note(world, t("{url}: see what it has: ferry config drift").format(url=url))
        return False
    if not outcome.failed:
        note(world, t("{url}: applied").format(url=url))
        return True
    for section, items in outcome.failed.items():
        for name, why in items.items():
            note(world, f"{url}: {section} {name}: {references.hidden(why)}")
    told = t("{url}: rolled back") if outcome.rolled_back else t("{url}: ROLLBACK INCOMPLETE")
    note(world, told.format(url=url))
    return False


@contextmanager
def _ways(
    world: World, engines: list[str], tokens: list[str] | None, variables: list[str] | None
) -> Iterator[tuple[dict[str, "Configuration"], References]]:
    """Open the ways to engines, by their addresses."""
    from ferry_client.blocking.configuration import Configuration
    from ferry_client.blocking.transport import Transport

    references = References(world.environment, dict(_pair(each) for each in variables or ()))
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
        yield ways, references


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


def _compared(
    way: "Configuration", wanted: "Sections", full: bool
) -> "tuple[Sections, list[Difference]]":
    from ferry_cli.engines.differences import differences

    has = way.export()
    return has, differences(has, wanted, full=full)


def _show(
    world: World,
    found: "dict[str, list[Difference]]",
    references: References,
    *,
    as_json: bool = False,
) -> None:
    from ferry_cli.engines.differences import lines

    if as_json:
        shown = {
            url: [{"section": d.section, "name": d.name, "change": d.kind} for d in each]
            for url, each in found.items()
        }
        record(world, shown, as_json=True)
        return
    for url, each in found.items():
        world.out.write(f"{url}{'' if each else ': ' + t('no difference')}\n")
        world.out.writelines(f"{line}\n" for line in lines(each, references))


def _pair(text: str) -> tuple[str, str]:
    name, mark, value = text.partition("=")
    if not mark:
        raise Stop(
            t("{text} gives no value").format(text=text),
            code=Exit.WRONG_USE,
            advice="--var NAME=value",
        )
    return name, value
