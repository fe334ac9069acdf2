"""A build must be for the processor that is deployed, whatever its files' names."""

import pytest

from cloud.artifacts import check
from local.instance import Failed

X86_64, ARM64, RISCV = 62, 183, 243  # e_machine, as <elf.h> numbers them
LITTLE, BIG = 1, 2


def elf(machine: int, order: int = LITTLE) -> bytes:
    """Return the header of an ELF file of 64 bits."""
    number = machine.to_bytes(2, "little" if order == LITTLE else "big")
    return b"\x7fELF" + bytes([2, order, 1]) + bytes(9) + b"\x03\x00" + number + bytes(44)


@pytest.fixture
def build(tmp_path):
    def build(**files):
        for name, content in files.items():
            path = tmp_path / "CoreLayer" / "python" / name.replace("__", ".")
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)
        return tmp_path

    return build


@pytest.mark.parametrize(("machine", "name"), [(X86_64, "x86_64"), (ARM64, "arm64")])
def test_libraries_of_one_architecture_are_for_that_and_no_other(build, machine, name):
    folder = build(a__so=elf(machine), b__so__4=elf(machine), c__py=b"import a", d=elf(machine))

    assert check(folder, name) == 3
    with pytest.raises(Failed, match=f"3 of 3 .* is for {name}"):
        check(folder, "arm64" if name == "x86_64" else "x86_64")


def test_one_library_for_another_architecture_is_enough(build):
    folder = build(a__so=elf(ARM64), b__so=elf(X86_64))

    with pytest.raises(Failed, match=r"1 of 2 .* CoreLayer/python/b\.so is for x86_64"):
        check(folder, "arm64")


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (elf(RISCV), "machine 243"),
        (elf(ARM64, BIG), "arm64"),
        (b"\xcf\xfa\xed\xfe" + bytes(40), "another operating system"),
        (b"\x7fELF", "another operating system"),
        (b"", "another operating system"),
    ],
)
def test_what_is_for_neither_is_for_neither(build, content, kind):
    with pytest.raises(Failed, match=f"is for {kind}"):
        check(build(a__so=content), "x86_64")


def test_a_build_without_libraries_is_none(build):
    with pytest.raises(Failed, match="has no compiled library"):
        check(build(a__py=b""), "arm64")
