"""The verb on rules of control: which there are, in which version, and what each counts."""

from typing import TYPE_CHECKING

from hutuo.environment.control import Rule, rules
from hutuo.verbs import Answer, Ask, Text, said, verb

if TYPE_CHECKING:
    from hutuo.base.region import Region

__all__ = ["ControlRules", "RuleRow", "control_rules"]


class ControlRules(Ask):
    """Which rules to show."""

    year: int | None = said("只要该年有效的规则", "only those in force in this year", default=None)


class RuleRow(Answer):
    """A rule of control."""

    rule: str = said("规则", "rule")
    version: int = said("规则版本", "version of the rule")
    rule_name: Text = said("规则名称", "what it is called")
    control_kind: str = said("控制对象", "energy or carbon")
    in_force_from: int | None = said(
        "生效年份", "first year in force; null for one that is only to be compared"
    )
    in_force_to: int | None = said("失效年份", "last year in force; null while it is")
    feedstock_rule: str = said("原料用能", "feedstock: counted or excluded; empty under carbon")
    renewables_rule: str = said(
        "可再生能源",
        "renewables: counted, excluded, or new: those beyond the base year's; empty under carbon",
    )
    base_year: int | None = said("基年", "year beyond whose renewables they are new")
    source: str = said("规则依据", "document that the rule is from")


@verb(
    "能耗与碳排放控制规则",
    columns=(
        "rule",
        "version",
        "rule_name",
        "in_force_from",
        "in_force_to",
        "feedstock_rule",
        "renewables_rule",
    ),
)
def control_rules(region: "Region", ask: ControlRules) -> list[RuleRow]:  # noqa: ARG001
    """List the rules of control of energy and carbon, by version, with what each counts and its source.

    Example:
        ``hutuo environment control-rules --year 2026``
    """
    return [_row(rule) for rule in rules().values() if ask.year is None or _holds(rule, ask.year)]


def _holds(rule: Rule, year: int) -> bool:
    first = rule.first_year
    return first is not None and first <= year <= (rule.last_year or year)


def _row(rule: Rule) -> RuleRow:
    return RuleRow(
        rule=rule.rule,
        version=rule.version,
        rule_name=rule.name,
        control_kind=rule.control,
        in_force_from=rule.first_year,
        in_force_to=rule.last_year,
        feedstock_rule=rule.feedstock,
        renewables_rule=rule.renewables,
        base_year=rule.base_year,
        source=rule.source,
    )
