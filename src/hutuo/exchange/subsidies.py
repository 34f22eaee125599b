"""The subsidy after evaluation (绩效后补助): a run by a rule, which comes out again, and its ledger entries.

A run keeps the digest of rule, figures and budget. An appeal is a new version of a figure with its reason;
the next run replaces the one before, tells what changed and why, and owes the difference alone.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any, Literal, NamedTuple

from hutuo.base.geographies import today
from hutuo.base.recording import recorded
from hutuo.errors import BadAsk, one_of
from hutuo.exchange.accords import Row, called
from hutuo.exchange.awards import awards
from hutuo.exchange.evaluation import (
    ROUND,
    EvaluateSharing,
    Rule,
    Score,
    at_odds,
    by_owner,
    exact,
    lacking,
    owners,
    rule_of,
    score_of,
    usage,
)
from hutuo.exchange.sortition import digest_of
from hutuo.glossary import both
from hutuo.verbs import Answer, Ask, Text, said, verb

if TYPE_CHECKING:
    from hutuo.base.region import Region

CURRENCY = "CNY"
FIGURES = (
    "owner", "instrument", "valid_from", "valid_to", "hours_available", "hours_booked", "hours_no_show",
    "hours_outside", "satisfaction", "ratings", "results",
)  # fmt: skip


class Subsidy(Ask):
    """Which run, and what to do with it."""

    action: Literal["propose", "run", "show"] = said(
        "操作:试算、核算并存档、查看并复算",
        "propose, which writes nothing; run, which keeps it; show a run and compute it again",
        default="show",
    )
    run: str | None = said("核算;缺省为最近一次", "run; the last one by default", default=None)
    since: date | None = said("统计期第一天", "first day of the period", default=None)
    until: date | None = said(
        "统计期最后一天", "last day of the period, itself in it", default=None
    )
    rule: str | None = said(
        "评价规则;只有一个时可缺省", "rule; may be left out where there is one", default=None
    )
    version: int | None = said(
        "规则版本;缺省为最新", "version of the rule; the newest by default", default=None, ge=1
    )
    budget_fen: int | None = said("预算(分)", "what is split, in fen", default=None, ge=0)
    day: date | None = said(
        "生效日期;缺省为今天", "day on which it takes effect; today if none is given", default=None
    )
    pays: Literal["due", "cash"] = said(
        "分录:记为应付,或记为已付",
        "entries: what the funder owes, or what it has paid",
        default="due",
    )
    note: str | None = said("备注", "remark", default=None)
    by: str | None = said("经手", "who writes this", default=None)
    check: bool = said("只检查,不写入", "only check, write nothing", default=False)


class ShareRow(Answer):
    """What one owner gets."""

    owner: str = said("管理单位", "institution that owns the instruments")
    owner_name: Text = said("管理单位名称", "what it is called")
    total_score: float = said("得分", "score, 0 to 100")
    amount_fen: int = said("补助金额(分)", "what it gets, in fen")
    before_fen: int | None = said(
        "前一次核算的金额(分)", "what it got by the run that this one replaces; null if none"
    )
    change_fen: int = said("差额(分)", "what it gets more, in fen; of a first run all of it")
    reasons: list[Text] = said("更正原因", "why its figures changed since that run")


class SubsidyAnswer(Answer):
    """A run."""

    action: str = said("操作", "what was done")
    run: str = said("核算", "id of the run")
    rule: str = said("评价规则", "rule")
    version: int = said("规则版本", "version of the rule")
    title: Text = said("评价规则名称", "what the rule is called")
    since: date = said("统计期第一天", "first day of the period")
    until: date = said("统计期最后一天", "last day of the period")
    day: date = said("生效日期", "day on which it takes effect")
    budget_fen: int = said("预算(分)", "what is split, in fen")
    spent_fen: int = said("补助合计(分)", "what owners get together, in fen")
    left_fen: int = said("未分配(分)", "what is left of the budget, in fen")
    digest: str = said("输入摘要", "SHA-256 of rule, figures, period and budget")
    replaces: str | None = said("替代的核算", "run that this one replaces")
    verified: bool | None = said(
        "复算是否一致",
        "whether the stored run comes out again from what was known then; null for a proposal",
    )
    rows: list[ShareRow] = said("各单位", "owners, the most first")
    entries: list[dict[str, Any]] = said(
        "账本分录(JSON)", "entries for the ledger, as ledger post takes them"
    )
    findings: list[Text] = said("问题", "figures that do not fit together or are missing")
    batch: str | None = said("批次", "id of the batch; null if nothing was written")
    stored: int = said("存入的行数", "rows that were written")


class Computed(NamedTuple):
    """What comes out of rule, figures, period and budget.

    Attributes:
        rule: Version of the rule.
        rows: Usage.
        scores: By owner.
        amounts: Fen by owner, 0 for those below the least score.
        digest: Of all that it was made from.
        findings: Figures that do not fit together or are missing.
    """

    rule: Rule
    rows: Sequence[Row]
    scores: Mapping[str, Score]
    amounts: Mapping[str, int]
    digest: str
    findings: Sequence[Text]


@verb(
    "核算仪器开放共享后补助",
    columns=("owner_name", "total_score", "amount_fen", "before_fen", "change_fen", "reasons"),
)
def subsidy(region: "Region", ask: Subsidy) -> SubsidyAnswer:
    """Split a subsidy by score, keep the run so that it comes out again, and tell its entries.

    Example:
        ``hutuo exchange subsidy --action run --since 2026-01-01 --until 2026-12-31 --budget-fen 50000000``
    """
    if ask.action == "show":
        head = _stored(region, ask.run)
        made = _again(region, head)
        kept = _amounts(region, head["run"])
        good = made.digest == head["digest"] and dict(made.amounts) == kept
        return _answer(region, ask, head, made, verified=good)
    head, made = _made(region, ask)
    shares = [
        {"run": head["run"], "owner": owner, "score": _rounded(made.scores[owner]),
         "amount_fen": amount, "note": None}
        for owner, amount in made.amounts.items()
    ]  # fmt: skip
    done: tuple[str | None, int] = (None, 0)
    if ask.action == "run":
        rows = {"subsidy_run": [head], "subsidy_share": shares}
        done = recorded(
            region, {name: some for name, some in rows.items() if some}, "subsidy", check=ask.check
        )
    verified = True if done[0] else None
    return _answer(region, ask, head, made, verified=verified, done=done)


def computed(rule: Rule, rows: Sequence[Row], period: tuple[date, date], budget: int) -> Computed:
    """Scores and amounts; the same rule, figures, period and budget always give the same.

    Args:
        rule: Version of the rule.
        rows: Usage within the period.
        period: First day, and first day after the period.
        budget: What is split, in fen.
    """
    scores = {
        owner: score_of(several, rule.measures)
        for owner, several in sorted(by_owner(rows).items())
    }
    least = exact(rule.head["least_score"])
    good = {o: score.total for o, score in scores.items() if score.total >= least and score.total}
    got = awards(budget, good, rule.head["floor_fen"], rule.head["cap_fen"])
    amounts = {owner: got.get(owner, 0) for owner in scores}
    findings = [*at_odds(rows), *lacking(scores)]
    return Computed(rule, rows, scores, amounts, _digest(rule, rows, period, budget), findings)


def entries(
    head: Row, funder: str, changes: Mapping[str, int], *, pays: str = "due"
) -> list[dict[str, Any]]:
    """Entries for the ledger: one for each owner whose amount changed, from the funder to it.

    Args:
        head: Row of the run.
        funder: Who pays.
        changes: Fen by owner, less than 0 where it gets less than before.
        pays: ``due`` if it becomes owed, ``cash`` if it is paid.
    """
    return [
        {
            "key": f"subsidy:{head['run']}:{owner}",
            "effective": head["day"].isoformat(),
            "memo": f"绩效后补助 {head['run']},规则{head['rule']}@{head['version']}",
            "contract": None,
            "clause": None,
            "postings": [
                {"account": account, "commodity": CURRENCY, "amount": amount, "book": None}
                for account, amount in _accounts(funder, owner, fen, pays)
            ],
        }
        for owner, fen in sorted(changes.items())
        if fen
    ]


def _accounts(funder: str, owner: str, fen: int, pays: str) -> list[tuple[str, int]]:
    if pays == "cash":
        return [(f"{funder}/cash", -fen), (f"{owner}/cash", fen)]
    return [(f"{funder}/due:{owner}", -fen), (f"{owner}/due:{funder}", fen)]


def _digest(rule: Rule, rows: Sequence[Row], period: tuple[date, date], budget: int) -> str:
    def plain(row: Row, names: Sequence[str]) -> dict[str, Any]:
        return {n: row[n].isoformat() if isinstance(row[n], date) else row[n] for n in names}

    head = ("rule", "version", "least_score", "cap_fen", "floor_fen", "funder")
    measure = ("measure", "weight", "zero_at", "full_at")
    return digest_of(
        {
            "rule": plain(rule.head, head),
            "measures": [plain(row, measure) for row in rule.measures],
            "period": [day.isoformat() for day in period],
            "budget_fen": budget,
            "usage": [plain(row, FIGURES) for row in rows],
        }
    )


def _made(region: "Region", ask: Subsidy) -> tuple[dict[str, Any], Computed]:
    """A new run, with the run that it replaces."""
    if ask.since is None or ask.until is None or ask.budget_fen is None:
        says = Text("须给出统计期和预算", "period and budget are needed")
        raise BadAsk(
            says, Text("请给出 since、until、budget_fen", "give since, until, budget_fen")
        )
    period = EvaluateSharing(since=ask.since, until=ask.until)
    rule = rule_of(region, ask.rule, ask.version)
    rows, across = usage(region, period.since, period.until)
    span = (ask.since, ask.until + timedelta(days=1))
    made = computed(rule, rows, span, ask.budget_fen)
    before = [
        row
        for row in region.records("subsidy_run", rule=rule.head["rule"])
        if (row["period_from"], row["period_to"]) == span
    ]
    name = ask.run or f"{rule.head['rule']}:{ask.since}:{ask.until}#{len(before) + 1}"
    if name in {row["run"] for row in region.records("subsidy_run")}:
        says = Text(f"已有核算{name}", f"there is run {name} already")
        raise BadAsk(says, Text("请换名称", "name another"))
    head = {
        "run": name, "rule": rule.head["rule"], "version": rule.head["version"], "period_from": span[0],
        "period_to": span[1], "budget_fen": ask.budget_fen, "day": ask.day or today(region),
        "digest": made.digest, "after": _last(before)["run"] if before else None, "by": ask.by,
        "note": ask.note,
    }  # fmt: skip
    return head, made._replace(findings=[*across, *made.findings])


def _again(region: "Region", head: Row) -> Computed:
    """A stored run computed once more, from what was known when it was."""
    then = replace(region, as_of=head["recorded_at"])
    rule = rule_of(then, head["rule"], head["version"])
    rows, across = usage(then, head["period_from"], head["period_to"] - timedelta(days=1))
    span = (head["period_from"], head["period_to"])
    made = computed(rule, rows, span, head["budget_fen"])
    return made._replace(findings=[*across, *made.findings])


def _stored(region: "Region", name: str | None) -> dict[str, Any]:
    rows = region.records("subsidy_run")
    found = {row["run"]: row for row in rows}
    asked = name or (_last(rows)["run"] if rows else "")
    if asked not in found:
        raise one_of(asked, "run", list(found))
    return found[asked]


def _last(rows: Sequence[dict[str, Any]]) -> dict[str, Any]:
    return max(rows, key=lambda row: row["recorded_at"])


def _amounts(region: "Region", run: str | None) -> dict[str, int]:
    if run is None:
        return {}
    return {row["owner"]: row["amount_fen"] for row in region.records("subsidy_share", run=run)}


def _changed_figures(
    region: "Region", head: Row, rows: Sequence[Row]
) -> Iterator[tuple[str, Text]]:
    """Owners whose figures are other than the run before saw, with the reason that their rows give."""
    if head["after"] is None:
        return
    (before,) = region.records("subsidy_run", run=head["after"])
    then = replace(region, as_of=before["recorded_at"])
    seen, _ = usage(then, head["period_from"], head["period_to"] - timedelta(days=1))
    known = {tuple(row[name] for name in FIGURES) for row in seen}
    for row in rows:
        if tuple(row[name] for name in FIGURES) not in known:
            reason = both(row["reason"]) or Text("没有写明原因", "no reason is given")
            what = row["instrument"]
            yield row["owner"], Text(f"{what}:{reason.zh}", f"{what}: {reason.en}")


def _answer(
    region: "Region",
    ask: Subsidy,
    head: Row,
    made: Computed,
    *,
    verified: bool | None,
    done: tuple[str | None, int] = (None, 0),
) -> SubsidyAnswer:
    before = _amounts(region, head["after"])
    # An owner that is no longer there gives back what it got.
    amounts = dict.fromkeys(sorted(before), 0) | dict(made.amounts)
    changes = {owner: amount - before.get(owner, 0) for owner, amount in amounts.items()}
    reasons: dict[str, list[Text]] = {}
    for owner, reason in _changed_figures(region, head, made.rows):
        reasons.setdefault(owner, []).append(reason)
    names = owners(region)
    rows = [
        ShareRow(
            owner=owner,
            owner_name=names.get(owner, called(None, owner)),
            total_score=_rounded(made.scores[owner]) if owner in made.scores else 0.0,
            amount_fen=amount,
            before_fen=before.get(owner) if head["after"] else None,
            change_fen=changes[owner],
            reasons=reasons.get(owner, []),
        )
        for owner, amount in sorted(amounts.items(), key=lambda one: (-one[1], one[0]))
    ]
    spent = sum(amounts.values())
    same = ("run", "rule", "version", "day", "budget_fen", "digest")
    return SubsidyAnswer(
        action=ask.action,
        **{name: head[name] for name in same},
        replaces=head["after"],
        title=called(made.rule.head, made.rule.name),
        since=head["period_from"],
        until=head["period_to"] - timedelta(days=1),
        spent_fen=spent,
        left_fen=head["budget_fen"] - spent,
        verified=verified,
        rows=rows,
        entries=entries(head, made.rule.head["funder"], changes, pays=ask.pays),
        findings=list(made.findings),
        batch=done[0],
        stored=done[1],
    )


def _rounded(score: Score) -> float:
    return round(float(score.total), ROUND)
