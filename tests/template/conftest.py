import copy
from typing import Any

import pytest
from samtranslator.parser.parser import Parser
from samtranslator.translator.translator import Translator

from tests.declared import TEMPLATE


@pytest.fixture(scope="session")
def cloudformation() -> dict[str, Any]:
    """The resources that SAM makes of the template, by logical id."""
    template = copy.deepcopy(TEMPLATE)
    for resource in template["Resources"].values():
        for code in ("CodeUri", "ContentUri"):
            if code in resource.get("Properties", {}):
                resource["Properties"][code] = "s3://bucket/key"
    return Translator({}, Parser()).translate(template, {}, feature_toggle=None)["Resources"]
