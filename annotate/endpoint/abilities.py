"""What an endpoint can do. Learnt by a probe and by refusals, remembered for each (base URL, model)."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict

__all__ = ["PARAMETERS", "Abilities", "Rung"]

Rung = Literal["strict", "schema", "object_schema", "object", "plain"]
"""structured output, best first: json_schema strict, json_schema, json_object with a schema, json_object, one fenced block"""

RUNGS: tuple[Rung, ...] = ("strict", "schema", "object_schema", "object", "plain")
PARAMETERS = ("max_completion_tokens", "max_tokens", "seed", "temperature", "detail", "service_tier", "response_format")
"""what a refusal may name and we can do without or replace"""


class Abilities(BaseModel):
    """Frozen; ``without`` gives what is left when a parameter is refused."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    rung: Rung = "strict"
    limit_field: Literal["max_completion_tokens", "max_tokens"] = "max_tokens"
    limit_field_settled: bool = False
    """both names were tried"""
    seed: bool = True
    temperature: bool = True
    detail: bool = True
    service_tier: bool = True
    probed: bool = False

    @classmethod
    def presumed(cls, url: str) -> Abilities:
        """Before anything was learnt: OpenAI's own models refuse ``max_tokens``, other servers may ignore the newer name."""
        return cls(limit_field="max_completion_tokens" if "api.openai.com" in url else "max_tokens")

    def without(self, parameter: str) -> Abilities | None:
        """The abilities that are left; None if nothing can be given up for it."""
        if parameter in ("max_completion_tokens", "max_tokens"):
            return self._other_limit_field(parameter)
        if parameter == "response_format":
            lower = self.lower_rung()
            return self.model_copy(update={"rung": lower}) if lower else None
        if parameter in ("seed", "temperature", "detail", "service_tier") and getattr(self, parameter):
            return self.model_copy(update={parameter: False})
        return None

    def lower_rung(self) -> Rung | None:
        """The next rung of the ladder; None at its foot."""
        below = RUNGS[RUNGS.index(self.rung) + 1 :]
        return below[0] if below else None

    def _other_limit_field(self, refused: str) -> Abilities | None:
        # A request sent before another one learnt this may come back with the old name.
        if refused != self.limit_field:
            return self
        if self.limit_field_settled:
            return None
        other: Literal["max_completion_tokens", "max_tokens"] = (
            "max_tokens" if refused == "max_completion_tokens" else "max_completion_tokens"
        )
        return self.model_copy(update={"limit_field": other, "limit_field_settled": True})
