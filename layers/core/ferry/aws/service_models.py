"""botocore's models of services, read quickly: making the first client is mostly reading them."""

import gzip
from pathlib import Path
from typing import Any

import msgspec
from botocore.loaders import JSONFileLoader, Loader, create_loader


class ModelFiles(JSONFileLoader):
    """Reads files of models as msgspec does.

    botocore makes each object of a file an `OrderedDict`, member by member. A dict keeps the order,
    too, and takes a fifth of the instructions.
    """

    def load_file(self, file_path: str) -> Any:
        """Return the content of a file, named without its suffix; None if there is none."""
        plain, packed = Path(f"{file_path}.json"), Path(f"{file_path}.json.gz")
        if plain.is_file():
            return msgspec.json.decode(plain.read_bytes())
        if packed.is_file():
            return msgspec.json.decode(gzip.decompress(packed.read_bytes()))
        return None


def model_loader(search_path: str | None) -> Loader:
    """Return a loader that finds and reads models.

    Args:
        search_path: folders of more models, as botocore's setting ``data_path`` has them.

    """
    loader = create_loader(search_path)
    loader.file_loader = ModelFiles()
    return loader
