"""The describe stage: asks a teacher, judges every text, asks again with the reasons, and gives up as the recipe says.

A text is asked for ``settings.attempts`` times: first plainly, then with what was wrong with the last text, then afresh,
and so on in turn. When all were rejected, ``settings.on_reject`` decides between the grammar teacher and quarantine.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from annotate.checks import judge
from annotate.stages._meter import Meter
from annotate.teachers import Metered, Pixels, Writer, teachers
from schemas.errors import TeacherError
from schemas.recipe import TeacherSettings
from schemas.values import Answer, Ask, Finding, Quarantined, TextRequest

__all__ = ["UNREADABLE", "DescribeReport", "describe"]

STOP_AFTER = 20
"""items judged before a run may be stopped because more than half of their first texts were refused"""
UNREADABLE = "unparsable"
"""code of a Quarantined that is asked again like a rejected text: there was an answer, but not in the form asked for"""
CLEAN = "clean"


@dataclass
class DescribeReport:
    """What a run of the stage did; picklable, and summed over chunks with ``add``."""

    requests: int = 0
    """items asked for"""
    texts: int = 0
    """texts judged or unreadable, re-asked ones included"""
    first_texts: int = 0
    first_refused: int = 0
    """first texts of items, and how many of them were refused"""
    accepted: int = 0
    fallbacks: int = 0
    """items that the grammar teacher wrote because every attempt was rejected"""
    quarantined: Counter[str] = field(default_factory=Counter)
    """by code"""
    rejected: Counter[tuple[str, str, str]] = field(default_factory=Counter)
    """texts by (code, distortion category of the request's targets, teacher)"""
    money: dict[str, float] = field(default_factory=dict)
    """spent_usd, reserved_usd, saved_usd of a teacher that costs money"""

    def add(self, other: DescribeReport) -> None:
        """Adds what another chunk did."""
        self.requests += other.requests
        self.texts += other.texts
        self.first_texts += other.first_texts
        self.first_refused += other.first_refused
        self.accepted += other.accepted
        self.fallbacks += other.fallbacks
        self.quarantined += other.quarantined
        self.rejected += other.rejected
        for name, amount in other.money.items():
            self.money[name] = self.money.get(name, 0.0) + amount

    def codes(self) -> Counter[str]:
        """Rejected texts by code alone (a text about two categories counts in each)."""
        return sum((Counter({code: count}) for (code, _, _), count in self.rejected.items()), Counter())

    def as_json(self) -> dict[str, Any]:
        """For the run's report."""
        rejected = [
            {"code": code, "category": category, "teacher": teacher, "texts": count}
            for (code, category, teacher), count in sorted(self.rejected.items())
        ]
        numbers = {
            name: getattr(self, name) for name in ("requests", "texts", "first_texts", "first_refused", "accepted", "fallbacks")
        }
        return {**numbers, "quarantined": dict(self.quarantined), "rejected": rejected, "money": self.money}

    def line(self) -> str:
        """One line for a progress display."""
        parts = [f"{self.accepted}/{self.requests} described"] if self.requests else []
        if refused := self.texts - self.accepted:
            parts.append(f"{refused} texts refused")
        if self.fallbacks:
            parts.append(f"{self.fallbacks} by grammar")
        parts += [f"{name.removesuffix('_usd')} ${amount:.4f}" for name, amount in self.money.items()]
        return ", ".join(parts)


def describe(
    requests: Sequence[TextRequest],
    pixels: Pixels,
    settings: TeacherSettings,
    folder: Path,
    *,
    report: DescribeReport | None = None,
) -> Iterator[Answer | Quarantined]:
    """One checked Answer or one Quarantined for each request, in any order, as they become ready.

    Args:
        requests: what to write; ids are unique.
        pixels: lets the teacher see pictures and photos.
        settings: the recipe's teacher.
        folder: the run's own folder, where paid answers may be stored.
        report: filled in as the stage goes on.

    Raises:
        TeacherError: the endpoint refuses to work, or more than half of the first texts of at least 20 items were refused.
        BudgetError: the spending cap was reached; everything paid for is kept.
    """
    writer = teachers.get(settings.name).open(settings, folder)
    loop = _AskLoop(writer, settings, pixels, report if report is not None else DescribeReport())
    loop.report.requests += len(requests)
    try:
        asks = [Ask(request=request) for request in requests]
        for attempt in range(1, settings.attempts + 1):
            yield from loop.round(asks, last=attempt == settings.attempts)
            asks = loop.again
        yield from loop.give_up(folder)
    finally:
        loop.meter.close()


class _AskLoop:
    """State of one call of ``describe``."""

    def __init__(self, writer: Writer, settings: TeacherSettings, pixels: Pixels, report: DescribeReport) -> None:
        self.writer, self.settings, self.pixels, self.report = writer, settings, pixels, report
        self.again: list[Ask] = []
        self._given_up: list[tuple[Ask, tuple[Finding, ...]]] = []
        self.meter = Meter(writer, report.money)

    def round(self, asks: Sequence[Ask], *, last: bool) -> Iterator[Answer | Quarantined]:
        """Asks once for each; yields what is settled, keeps the rest in ``again`` or for ``give_up``."""
        self.again = []
        waiting = {ask.request.id: ask for ask in asks}
        if not waiting:
            return
        for result in self.writer.write(asks, self.pixels):
            ask = waiting.pop(result.request if isinstance(result, Answer) else result.subject)
            findings = self._findings(ask, result)
            settled: list[Answer | Quarantined] = []
            if findings:
                self._refuse(ask, result, findings, last=last)
            elif isinstance(result, Answer):
                self.report.accepted += 1
                settled = [result.model_copy(update={"attempts": ask.attempt})]
            else:
                settled = [self._quarantine(result)]
            self.meter.read(least_s=0.2)
            self._watch(ask, result.reason if isinstance(result, Quarantined) else " ".join(f.message for f in findings))
            yield from settled
        self.meter.read()

    def give_up(self, folder: Path) -> Iterator[Answer | Quarantined]:
        """Settles what was rejected every time: the grammar teacher's text, or quarantine."""
        settled: set[str] = set()
        if self.settings.on_reject == "grammar" and self.settings.name != "grammar" and self._given_up:
            for answer in self._fallback(folder):
                settled.add(answer.request)
                self.report.fallbacks += 1
                self.report.accepted += 1
                yield answer
        for ask, findings in self._given_up:
            if ask.request.id not in settled:
                reasons = " ".join(finding.message for finding in findings)
                yield self._quarantine(
                    Quarantined(
                        stage="describe",
                        subject=ask.request.id,
                        code=findings[0].code,
                        reason=f"{ask.attempt} texts were refused; the last one: {reasons}",
                    )
                )

    def _fallback(self, folder: Path) -> Iterator[Answer]:
        grammar = teachers.get("grammar").open(self.settings.model_copy(update={"name": "grammar"}), folder)
        left = {ask.request.id: ask.request for ask, _ in self._given_up}
        for attempt in range(1, self.settings.attempts + 1):  # as often as where it is the teacher: a text may read wrong
            asks = [Ask(request=request, attempt=attempt) for request in left.values()]
            for result in grammar.write(asks, self.pixels):
                if isinstance(result, Answer) and not judge(left[result.request], result.text):
                    del left[result.request]
                    yield result.model_copy(update={"attempts": self.settings.attempts + attempt})

    def _findings(self, ask: Ask, result: Answer | Quarantined) -> tuple[Finding, ...]:
        """Why the text must be asked for again; empty for a good text and for what asking again would not mend."""
        if isinstance(result, Quarantined):
            again = result.code == UNREADABLE
            return (Finding(code=UNREADABLE, message=result.reason, subject=result.subject),) if again else ()
        findings = tuple(judge(ask.request, result.text))
        if isinstance(self.writer, Metered):
            self.writer.judged(ask, result, findings)
        return findings

    def _refuse(self, ask: Ask, result: Answer | Quarantined, findings: tuple[Finding, ...], *, last: bool) -> None:
        teacher = result.teacher if isinstance(result, Answer) else self.settings.name
        categories = {step.category for i in ask.request.targets for step in ask.request.picture.regions[i].steps} or {CLEAN}
        self.report.rejected.update((code, category, teacher) for code in {f.code for f in findings} for category in categories)
        if last:
            self._given_up.append((ask, findings))
        elif ask.findings:
            self.again.append(Ask(request=ask.request, attempt=ask.attempt + 1))
        else:
            text = result.text if isinstance(result, Answer) else ""
            self.again.append(Ask(request=ask.request, attempt=ask.attempt + 1, findings=findings, rejected=text))

    def _watch(self, ask: Ask, refusal: str) -> None:
        """Counts a text and stops a run whose teacher is plainly not up to it."""
        self.report.texts += 1
        if ask.attempt > 1:
            return
        report = self.report
        report.first_texts += 1
        report.first_refused += bool(refusal)
        if refusal and report.first_texts >= STOP_AFTER and 2 * report.first_refused > report.first_texts:
            codes = ", ".join(f"{code} {count}" for code, count in (report.codes() + report.quarantined).most_common(4))
            raise TeacherError(
                f"teacher {self.settings.name!r} {self.settings.model}: {report.first_refused} of the first {report.first_texts} "
                f"texts were refused ({codes}). The last one: {refusal} Try another model or change the prompts; "
                "all texts so far are kept."
            )

    def _quarantine(self, left_out: Quarantined) -> Quarantined:
        self.report.quarantined[left_out.code] += 1
        return left_out
