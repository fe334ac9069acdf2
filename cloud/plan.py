"""A deployment's plan: the command line's order merged with a stage of samconfig.toml."""

from dataclasses import dataclass, field

from cloud.stages import Stage
from local.instance import Failed
from local.template import template

DEFAULT_ARCHITECTURE = "arm64"

_OWN = {"Architecture": "ARCH", "MailFrom": "MAIL_FROM"}
"""Parameters of the template that have a variable of their own."""


@dataclass(frozen=True)
class Order:
    """The options of the command line; empty ones follow from the stage.

    Attributes:
        region: where; where the stage has none either, that of the AWS profile.
        stack: the stack's name.
        mail_from: the template's MailFrom.
        architecture: of build and deployment alike.
        parameters: further parameters of the template.
        confirm: whether a person confirms the changeset; None for as the stage says.

    """

    stage: str
    region: str = ""
    stack: str = ""
    mail_from: str = ""
    architecture: str = ""
    parameters: dict[str, str] = field(default_factory=dict)
    confirm: bool | None = None


@dataclass(frozen=True)
class Plan:
    """The complete settings of a deployment."""

    stack: str
    region: str
    parameters: dict[str, str]
    confirm: bool

    @property
    def architecture(self) -> str:
        """Of build and deployment alike."""
        return self.parameters["Architecture"]


def plan(order: Order, of: Stage, region: str) -> Plan:
    """Put order and stage together; the order wins.

    SAM would not: parameters on its command line replace those of samconfig.toml, all of them
    (aws/aws-sam-cli#2380). What neither names keeps the value that the stack has.

    Raises:
        Failed: a parameter is not the template's, which SAM would ignore, or has its own variable.

    """
    for name in order.parameters.keys() & _OWN.keys():
        raise Failed(f"{name} has a variable of its own: {_OWN[name]}={order.parameters[name]}")
    for name in (of.parameters | order.parameters).keys() - template()["Parameters"].keys():
        raise Failed(f"template.yaml has no parameter {name}; docs/operations.md lists them")
    own = {"Architecture": order.architecture, "MailFrom": order.mail_from}
    return Plan(
        stack=order.stack or of.stack,
        region=region,
        parameters={
            "Architecture": DEFAULT_ARCHITECTURE,
            **of.parameters,
            **order.parameters,
            **{name: value for name, value in own.items() if value},
        },
        confirm=of.confirms if order.confirm is None else order.confirm,
    )
