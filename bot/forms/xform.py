"""The XForm that pyxform writes -> the core's Form.

One rule: what is decided here is only where things stand in the XML; what they mean is the core's.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from typing import Final, TypeAlias
from xml.etree.ElementTree import Element  # the XML is pyxform's own, without a document type

from defusedxml.ElementTree import fromstring  # type: ignore[import-untyped] # it has no types

from bot.core.form.model import (
    CHOOSING,
    Action,
    Choices,
    Expression,
    Field,
    Form,
    Group,
    Item,
    Kind,
    Language,
    Part,
    Range,
    Text,
    Words,
)
from bot.core.form.xpath import ParseError

Wrong: TypeAlias = Callable[[str, str, str], None]  # (path of the question, column, text)

MOST_DIGITS: Final = 12  # of the ends of a range: a number of a chat has 30 at most, and a step divides it
_CONTROLS: Final = frozenset({"input", "secret", "select1", "select", "rank", "range", "trigger", "upload"})
_CODE = re.compile(r"\(\s*([a-z]{2,3}(?:-[A-Za-z0-9]{1,8})*)\s*\)\s*$")
_KINDS: Final = {
    "int": Kind.INTEGER,
    "decimal": Kind.DECIMAL,
    "date": Kind.DATE,
    "time": Kind.TIME,
    "dateTime": Kind.DATE_TIME,
    "geopoint": Kind.POINT,
    "geotrace": Kind.TRACE,
    "geoshape": Kind.SHAPE,
    "barcode": Kind.BARCODE,
}
_UPLOADS: Final = {"image": Kind.IMAGE, "audio": Kind.AUDIO, "video": Kind.VIDEO}


def local(name: str) -> str:
    """A tag or an attribute without its namespace."""
    return name.rpartition("}")[2].rpartition(":")[2]


def code_of(name: str) -> str:
    """What a language of a spreadsheet is called here: "Polski (pl)" is "pl"; one without a code keeps its name."""
    hit = _CODE.search(name)
    return hit[1] if hit else name.strip()


@dataclass(slots=True)
class _Body:
    """Where a question or a group stands in the body: its element, and the repeat around it."""

    controls: dict[str, Element] = field(default_factory=dict)
    groups: dict[str, Element] = field(default_factory=dict)
    repeats: dict[str, Element] = field(default_factory=dict)


class Builder:
    """Reads one XForm. What cannot be read is told to `wrong` and left out."""

    def __init__(self, xml: str, wrong: Wrong) -> None:
        self._wrong = wrong
        top = fromstring(xml)
        model = next(it for it in top.iter() if local(it.tag) == "model")
        self._body = _stand(next(it for it in top if local(it.tag) == "body"))
        self._title = next((it.text or "" for it in top.iter() if local(it.tag) == "title"), "")
        self._languages, self._texts = _translations(model)
        instances = [it for it in model if local(it.tag) == "instance"]
        self._root = instances[0][0]
        self._lists = {it.get("id", ""): it for it in instances[1:]}
        self._binds = {_plain(it.get("nodeset", "")): it for it in model if local(it.tag) == "bind"}
        self._sets = [it for it in model if local(it.tag) == "setvalue"]
        self._inline: dict[str, tuple[Item, ...]] = {}
        self._itext = False

    def elsewhere(self) -> Iterator[tuple[str, str]]:
        """What the form wants from other files or devices, which no hub has: (path, text)."""
        outer = [name for name, element in self._lists.items() if element.get("src")]
        for path, control in self._body.controls.items():
            source = " ".join(it.get("nodeset", "") for it in control) + (control.get("query") or "")
            for name in outer:
                if f"'{name}'" in source or f'"{name}"' in source:
                    yield (
                        path,
                        f"the choices are in another file ({self._lists[name].get('src')}): put them on the sheet choices",
                    )
            look = control.get("appearance") or ""
            for word in ("search(", "bearing", "printer"):
                if word in look:
                    yield path, f"the appearance {word.rstrip('(')} needs a device or a file that a chat has not"

    def form(self) -> Form:
        """The form. Whatever was wrong with it has been told."""
        root = self._group(self._root, f"/{local(self._root.tag)}")
        actions = tuple(self._actions())
        lists = {name: self._items(element) for name, element in self._lists.items()} | self._inline
        texts = tuple((key, self._words(key, "label")) for key in self._texts) if self._itext else ()
        version = next((value for name, value in self._root.attrib.items() if local(name) == "version"), "")
        languages = tuple(Language(code, name) for name, code in self._languages.items())
        return Form(
            self._root.get("id", ""), self._title, version, languages, root, tuple(lists.items()), actions, texts
        )

    # The tree.

    def _group(self, element: Element, path: str) -> Group:
        children: dict[str, Part] = {}
        for child in element:
            name = local(child.tag)
            if name not in children:  # a repeat stands there twice: as template, and as first instance
                children[name] = self._part(child, f"{path}/{name}")
        bind = self._binds.get(path)
        group, repeat = self._body.groups.get(path), self._body.repeats.get(path)
        count = None
        if repeat is not None:
            source = next((value for name, value in repeat.attrib.items() if local(name) == "count"), "")
            count = self._expression(source, path, "repeat_count")
        return Group(
            path,
            tuple(children.values()),
            self._words_of(group, "label", path) if group is not None else (),
            self._rule(bind, "relevant", path, "relevant"),
            (group.get("appearance") or "") if group is not None else "",
            repeat is not None,
            count,
        )

    def _part(self, element: Element, path: str) -> Part:
        grouped = len(element) or path in self._body.groups or path in self._body.repeats
        return self._group(element, path) if grouped else self._field(element, path)

    def _field(self, element: Element, path: str) -> Field:
        bind, control = self._binds.get(path), self._body.controls.get(path)
        stored = local(_attribute(bind, "type") or "string")
        readonly = self._rule(bind, "readonly", path, "read_only")
        kind = _kind(control, stored, readonly)
        return Field(
            path,
            kind,
            stored,
            self._words_of(control, "label", path),
            self._words_of(control, "hint", path),
            self._rule(bind, "relevant", path, "relevant"),
            self._rule(bind, "required", path, "required"),
            self._message(bind, "requiredMsg", path, "required_message"),
            self._rule(bind, "constraint", path, "constraint"),
            self._message(bind, "constraintMsg", path, "constraint_message"),
            None if kind is Kind.NOTE else readonly,
            self._rule(bind, "calculate", path, "calculation"),
            element.text or "",
            self._choices(control, path) if control is not None and kind in CHOOSING else None,
            self._range(control, stored, path) if control is not None and kind is Kind.RANGE else None,
            (control.get("appearance") or "") if control is not None else "",
            " ".join(filter(None, (_attribute(bind, "preload"), _attribute(bind, "preloadParams")))),
        )

    # Rules.

    def _rule(self, bind: Element | None, name: str, path: str, column: str) -> Expression | None:
        source = _attribute(bind, name).strip()
        never = source == "false()" and name in ("required", "readonly")
        return None if never else self._expression(source, path, column)

    def _expression(self, source: str, path: str, column: str) -> Expression | None:
        source = " ".join(source.split()) if not _quoted(source) else source.strip()
        if not source:
            return None
        self._itext = self._itext or ("jr:itext(" in source and column != "label")
        try:
            return Expression.of(source)
        except ParseError as error:
            self._wrong(path, column, f"the expression cannot be read: {error}")
            return None

    def _range(self, control: Element, stored: str, path: str) -> Range | None:
        numbers = [control.get(name, default) for name, default in (("start", "0"), ("end", "10"), ("step", "1"))]
        try:
            start, end, step = (Decimal(number) for number in numbers)
        except InvalidOperation:
            self._wrong(path, "parameters", f"start, end and step must be numbers, not {', '.join(numbers)}")
            return None
        if not all(it.is_finite() and (it == 0 or abs(it.adjusted()) < MOST_DIGITS) for it in (start, end, step)):
            self._wrong(path, "parameters", f"start, end and step must be numbers of at most {MOST_DIGITS} digits")
            return None
        return Range(start, end, step, stored == "int")

    # Choices.

    def _choices(self, control: Element, path: str) -> Choices | None:
        itemset = next((it for it in control if local(it.tag) == "itemset"), None)
        if itemset is None:
            items = [it for it in control if local(it.tag) == "item"]
            self._inline[path] = tuple(self._inline_item(it) for it in items)
            nodes: Expression | None = Expression.of(f"instance('{path}')/root/item")
            return (
                Choices(Expression.of(f"instance('{path}')/root/item"), Expression.of("name"), None) if nodes else None
            )
        nodes = self._expression(itemset.get("nodeset", ""), path, "choice_filter")
        refs = {local(it.tag): it.get("ref", "") for it in itemset}
        value = self._expression(refs.get("value", "name"), path, "type")
        label = self._expression(refs.get("label", ""), path, "label")
        return Choices(nodes, value, label) if nodes is not None and value is not None else None

    def _inline_item(self, element: Element) -> Item:
        value = next((it.text or "" for it in element if local(it.tag) == "value"), "")
        return Item((("name", value),), self._words_of(element, "label", ""))

    def _items(self, instance: Element) -> tuple[Item, ...]:
        return tuple(self._item(row) for root in instance for row in root)

    def _item(self, row: Element) -> Item:
        columns = tuple((local(it.tag), it.text or "") for it in row)
        have = dict(columns)
        if "itextId" in have:
            return Item(columns, self._words(have["itextId"], "label"))
        return Item(columns, (("", Text((have["label"],))),) if have.get("label") else ())

    # Actions.

    def _actions(self) -> Iterator[Action]:
        for element in self._sets:
            yield from self._action(element, "")
        for path, control in self._body.controls.items():
            for element in control:
                if local(element.tag) == "setvalue":
                    yield from self._action(element, path)
        for repeat in self._body.repeats.values():
            for element in repeat:
                if local(element.tag) == "setvalue":
                    yield from self._action(element, "")

    def _action(self, element: Element, source: str) -> Iterator[Action]:
        target = _plain(element.get("ref", ""))
        written = element.get("value") or (f"'{element.text}'" if element.text else "")
        value = self._expression(written, target, "calculation" if source else "default")
        yield Action(target, value, tuple((element.get("event") or "").split()), source)

    # Words.

    def _words_of(self, holder: Element | None, tag: str, path: str) -> Words:
        element = None if holder is None else next((it for it in holder if local(it.tag) == tag), None)
        if element is None:
            return ()
        key = _itext_key(element.get("ref", ""))
        if key:
            return self._words(key, tag, path)
        text = self._text(element, path, tag)
        return (("", text),) if text.parts else ()

    def _message(self, bind: Element | None, name: str, path: str, column: str) -> Words:
        source = _attribute(bind, name)
        key = _itext_key(source)
        if key:
            return self._words(key, column, path)
        return (("", Text((source,))),) if source else ()

    def _words(self, key: str, column: str, path: str = "") -> Words:
        """A text in every language that has it. pyxform writes a hyphen where a translation is missing."""
        found: list[tuple[str, Text]] = []
        for lang, element in self._texts.get(key, {}).items():
            text = self._text(element, path, column)
            if text.parts and text.plain != "-":
                found.append((lang, text))
        return tuple(found)

    def _text(self, element: Element, path: str, column: str) -> Text:
        parts: list[str | Expression] = [element.text or ""]
        for gap in element:
            value = self._expression(gap.get("value", ""), path, column)
            parts += [value] if value is not None else []
            parts.append(gap.tail or "")
        if isinstance(parts[0], str):
            parts[0] = parts[0].lstrip()
        if isinstance(parts[-1], str):
            parts[-1] = parts[-1].rstrip()
        return Text(tuple(part for part in parts if part))


def _quoted(source: str) -> bool:
    """Whether white space in it may be meant."""
    return "'" in source or '"' in source


def _attribute(element: Element | None, name: str) -> str:
    if element is None:
        return ""
    return next((value for key, value in element.attrib.items() if local(key) == name), "")


def _plain(path: str) -> str:
    """A path of the XForm without blanks and prefixes: "/data/orx:meta" is "/data/meta"."""
    return "/".join(step.rpartition(":")[2] for step in path.strip().split("/"))


def _itext_key(reference: str) -> str:
    hit = re.fullmatch(r"""\s*jr:itext\(\s*(['"])(.*)\1\s*\)\s*""", reference, re.DOTALL)
    return hit[2] if hit else ""


def _stand(body: Element) -> _Body:
    found = _Body()
    for element in body.iter():
        tag = local(element.tag)
        if tag in _CONTROLS and element.get("ref"):
            found.controls.setdefault(_plain(element.get("ref", "")), element)
        elif tag == "group" and element.get("ref"):
            found.groups.setdefault(_plain(element.get("ref", "")), element)
        elif tag == "repeat":
            found.repeats[_plain(element.get("nodeset", ""))] = element
    return found


def _translations(model: Element) -> tuple[dict[str, str], dict[str, dict[str, Element]]]:
    """The languages, name -> code, the default first; and for each text's key its element in each language."""
    blocks = [it for text in model if local(text.tag) == "itext" for it in text]
    blocks.sort(key=lambda it: it.get("default") != "true()")
    codes: dict[str, str] = {}
    texts: dict[str, dict[str, Element]] = {}
    for block in blocks:
        name = block.get("lang", "")
        code = code_of(name)
        codes[name] = code if code not in codes.values() else name
        for text in block:
            value = next((it for it in text if local(it.tag) == "value" and it.get("form") is None), None)
            if value is not None:
                texts.setdefault(text.get("id", ""), {})[codes[name]] = value
    return codes, texts


def _kind(control: Element | None, stored: str, readonly: Expression | None) -> Kind:
    if control is None:
        return Kind.HIDDEN
    match local(control.tag):
        case "select1":
            return Kind.ONE
        case "select":
            return Kind.MANY
        case "rank":
            return Kind.RANK
        case "range":
            return Kind.RANGE
        case "trigger":
            return Kind.ACKNOWLEDGE
        case "upload":
            return _UPLOADS.get((control.get("mediatype") or "").partition("/")[0], Kind.FILE)
        case _ if readonly is not None and readonly.source == "true()":
            return Kind.NOTE
        case _:
            return _KINDS.get(stored, Kind.TEXT)
