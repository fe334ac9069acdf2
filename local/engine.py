"""The engine: ministack, which answers as AWS on a loopback port and runs our functions."""

import subprocess
import time
import urllib.request
from importlib.metadata import distributions
from pathlib import Path

from local.daemons import Daemon, check_port, kill_strays, processes
from local.instance import ENVIRONMENTS, LOOPBACK, Failed, Instance, environment

_PYTHON = ENVIRONMENTS / "engine" / "bin" / "python"
_PROGRAM = Path(__file__).with_name("ministack_program.py")
_START_S = 60
_REMOVAL_S = 5


def daemon(instance: Instance) -> Daemon:
    """The engine of `instance`, running or not."""
    return Daemon("engine", instance.state)


def start(instance: Instance) -> None:
    """Start the engine, empty, unless it runs already on the wanted port.

    Raises:
        Failed: the port is taken or the engine does not come up.

    """
    engine = daemon(instance)
    identity = f"{_version()} {instance.engine_port}"
    if engine.runs_as(identity):
        return
    stop(instance)
    check_port(instance.engine_port, "ENGINE_PORT")
    print("Starting the engine", flush=True)
    (instance.run / "tmp").mkdir(parents=True)
    engine.log.unlink(missing_ok=True)
    # -P: the program's own folder is not searched for modules, which has some of common names.
    engine.start([str(_PYTHON), "-P", str(_PROGRAM)], _variables(instance), identity)
    _wait_until_healthy(instance, engine)


def stop(instance: Instance) -> None:
    """Stop the engine and the functions it runs, and remove the copies it unpacked."""
    daemon(instance).stop()
    kill_strays(_of_functions(instance))
    _remove(instance)


def function_memory(instance: Instance) -> list[int]:
    """Return the resident bytes of each process that runs a function."""
    return sorted(processes(_of_functions(instance)).values())


def _of_functions(instance: Instance) -> str:
    return str(instance.run / "tmp" / "ministack-lambda-")


def _remove(instance: Instance) -> None:
    """Remove the run folder; its many small files can take some disks a minute."""
    if instance.run.exists():
        instance.run.rename(instance.state / f"removing-{time.time_ns()}")
    old = [str(folder) for folder in instance.state.glob("removing-*")]
    removal = subprocess.Popen(
        ["rm", "-rf", *old],
        start_new_session=True,
        stdout=subprocess.DEVNULL,  # else whoever reads what this command says waits for it, too
        stderr=subprocess.DEVNULL,
    )
    try:
        removal.wait(_REMOVAL_S)
    except subprocess.TimeoutExpired:
        print("What the functions unpacked is being removed in the background", flush=True)


def _variables(instance: Instance) -> dict[str, str]:
    """The engine's environment, which every function inherits: so as little as possible."""
    inherited = {k: v for k, v in environment().items() if k in {"PATH", "HOME", "LANG", "TZ"}}
    keys = {k: v for k, v in instance.credentials.items() if k != "AWS_ENDPOINT_URL"}
    return (
        inherited
        | keys
        | {
            "GATEWAY_PORT": str(instance.engine_port),
            "BIND_HOST": LOOPBACK,
            "IOT_MTLS_ENABLED": "0",
            "SFTP_ENABLED": "0",
            "DOCKER_HOST": "unix:///nonexistent",  # it would remove containers it takes for its own
            "TMPDIR": str(instance.run / "tmp"),
            "PYTHONUTF8": "1",
        }
    )


def _version() -> str:
    site = next((ENVIRONMENTS / "engine" / "lib").glob("python*/site-packages"), None)
    found = distributions(name="ministack", path=[str(site)])
    return next((d.version for d in found), "none")


def _wait_until_healthy(instance: Instance, engine: Daemon) -> None:
    deadline = time.monotonic() + _START_S
    while time.monotonic() < deadline and engine.running:
        try:
            with urllib.request.urlopen(f"{instance.engine_url}/_ministack/health", timeout=5):  # noqa: S310 - our own
                return
        except OSError:
            time.sleep(0.1)
    last_words = engine.last_words()
    stop(instance)
    raise Failed(f"The engine did not come up. Its last words:\n{last_words}")
