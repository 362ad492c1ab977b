"""A chart broken on purpose: a change of one file that one of the platforms' rules must catch."""

import dataclasses


@dataclasses.dataclass
class Breakage:
    name: str
    file: str
    old: str
    new: str
    # What one of the violations must start with.
    caught: str
    values: dict = dataclasses.field(default_factory=dict)


WEBHOOKS = "templates/_webhooks.tpl"
HELPERS = "templates/_helpers.tpl"
