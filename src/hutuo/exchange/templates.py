"""Verbs on templates: which kinds of contracts there are, and what one of them asks for."""

from typing import TYPE_CHECKING, Any

from hutuo.glossary import both, label
from hutuo.verbs import Answer, Ask, Text, said, verb

if TYPE_CHECKING:
    from hutuo.base.region import Region
    from hutuo.exchange.contracts import Template as Form
    from hutuo.exchange.contracts.form import Term

__all__ = [
    "ClauseRow",
    "FigureRow",
    "RoleRow",
    "Template",
    "TemplateAnswer",
    "TemplateRow",
    "Templates",
    "TermRow",
    "template",
    "templates",
]


class Templates(Ask):
    """Nothing is asked for but all of them."""


class TemplateRow(Answer):
    """One kind of contract in short."""

    template: str = said("模板", "id of the template")
    title: Text = said("模板名称", "what it is called")
    about: Text = said("内容", "what it rules in short")
    roles: list[str] = said("角色", "roles that bodies play in it")
    terms: list[str] = said("约定", "what is to be agreed")
    figures: list[str] = said("数据", "what is told of each period")
    source: Text = said("规则来源", "where its rule is from")


class Template(Ask):
    """Which template to show."""

    template: str = said("模板", "id of a template, as park-joint")


class RoleRow(Answer):
    """A role."""

    party: str = said("角色", "name of the role")
    title: Text = said("角色名称", "what it is called")
    many: bool = said("可有多个机构", "whether several bodies play it")


class TermRow(Answer):
    """What is to be agreed."""

    item: str = said("约定", "name of the term")
    title: Text = said("约定名称", "what it is called")
    type: str = said("类型", "share, shares, money, moneys, by_party, number, whole, day or yes")
    type_name: Text = said("类型名称", "what the type is called")
    unit: str | None = said("计量单位", "unit of it")
    of_roles: list[str] = said("涉及角色", "roles among which shares or sums are given")
    required: bool = said("必填", "whether it must be given")
    fixed: bool = said("规则定死", "whether the rule leaves no other value")
    default: Any = said("缺省", "what holds where it is not given")
    lowest: float | None = said("最小值", "least that it may be")
    highest: float | None = said("最大值", "most that it may be")
    source: Text | None = said("规则来源", "where its default is from")


class FigureRow(Answer):
    """What is told of each period."""

    figure: str = said("数据", "name of the figure")
    title: Text = said("数据名称", "what it is called")
    unit: str = said("计量单位", "unit of it")
    by_roles: list[str] = said(
        "按哪些角色给出", "roles of whose bodies each has its own; one number if none"
    )


class ClauseRow(Answer):
    """What is posted."""

    clause: str = said("合同条款", "name of the clause, the last part of its entries' keys")
    title: Text = said("条款名称", "what it is called")
    kind: str = said("种类", "split, count, charge, move, instalment, call or waterfall")
    kind_name: Text = said("种类名称", "what the kind is called")
    formula: str = said("计算式", "what its amount is, in names of figures and terms")


class TemplateAnswer(Answer):
    """One kind of contract as a whole."""

    template: str = said("模板", "id of the template")
    title: Text = said("模板名称", "what it is called")
    about: Text = said("内容", "what it rules in short")
    source: Text = said("规则来源", "where its rule is from")
    roles: list[RoleRow] = said("角色", "roles that bodies play in it")
    terms: list[TermRow] = said("约定", "what is to be agreed")
    figures: list[FigureRow] = said("数据", "what is told of each period")
    rows: list[ClauseRow] = said("合同条款", "what is posted when a period closes")
    requirements: list[Text] = said("适用条件", "what the terms must meet")
    books: dict[str, str] = said(
        "统计方式", "how each memo commodity is counted: none, in_place, shares or double"
    )


@verb("列出合同模板", columns=("template", "title", "about"), needs_region=False)
def templates(region: "Region | None", ask: Templates) -> list[TemplateRow]:  # noqa: ARG001
    """List the kinds of contracts that can be made."""
    from hutuo.exchange.contracts.form import templates as forms

    return [
        TemplateRow(
            **_about(form),
            roles=[one.role for one in form.roles],
            terms=[one.term for one in form.terms],
            figures=[one.figure for one in form.figures],
        )
        for form in forms().values()
    ]


@verb("查看合同模板", columns=("clause", "title", "kind_name", "formula"), needs_region=False)
def template(region: "Region | None", ask: Template) -> TemplateAnswer:  # noqa: ARG001
    """Show what a kind of contract asks for and what it posts."""
    from hutuo.exchange.contracts.form import find_template

    form = find_template(ask.template)
    return TemplateAnswer(
        **_about(form),
        roles=[RoleRow(party=one.role, title=one.title, many=one.many) for one in form.roles],
        terms=[_term(one) for one in form.terms],
        figures=[
            FigureRow(figure=one.figure, title=one.title, unit=one.unit, by_roles=list(one.by))
            for one in form.figures
        ],
        rows=[
            ClauseRow(
                clause=one.clause,
                title=one.title,
                kind=one.kind,
                kind_name=label(f"clause_kind:{one.kind}"),
                formula=one.formula,
            )
            for one in form.clauses
        ],
        requirements=[one.title for one in form.requirements],
        books=dict(form.books),
    )


def _about(form: "Form") -> dict[str, Any]:
    return {
        "template": form.template,
        "title": form.title,
        "about": Text(form.about_zh, form.about_en),
        "source": both(form.source),
    }


def _term(one: "Term") -> TermRow:
    share = one.type == "share"
    return TermRow(
        item=one.term,
        title=one.title,
        type=one.type,
        type_name=label(f"term_type:{one.type}"),
        unit=one.unit,
        of_roles=list(one.of),
        required=one.default is None and not one.optional,
        fixed=one.fixed,
        default=one.default,
        lowest=0 if share and one.least is None else one.least,
        highest=1 if share and one.most is None else one.most,
        source=both(one.source),
    )
