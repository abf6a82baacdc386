"""A look at a tree that nobody has described yet: its Lambda functions, where their code is, which
of them a state machine runs, and what they import from the tree.

Templates tell which functions there are; names tell which file is whose, as far as they do.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import yaml

from codemods.templates.yaml_text import Document, compose, flattened
from drs_refactor.errors import InputError

_TEMPLATES = (".yaml", ".yml", ".template", ".json")
_FUNCTIONS = ("AWS::Lambda::Function", "AWS::Serverless::Function")
_STATE_MACHINES = ("AWS::StepFunctions::StateMachine", "AWS::Serverless::StateMachine")
_LAMBDA = "lambda.amazonaws.com"
_SKIPPED = {"node_modules", "__pycache__", "venv", "site-packages", "cdk.out"}
_COMMON = {"lambda", "function", "functions", "index", "handler", "py", "src", "app", "main"}


@dataclass(frozen=True)
class Lambda:
    """A function that a template defines. `candidates` are the files that may be its entry, the
    likeliest first; `certain` says that no other is as likely; `role` is the logical id of its
    role, if that can be told.
    """

    key: str
    resource: str
    template: str
    line: int
    handler: str
    candidates: tuple[str, ...]
    certain: bool
    role: str
    in_state_machine: bool

    @property
    def path(self) -> str:
        return self.candidates[0] if self.candidates else ""


@dataclass(frozen=True)
class Survey:
    """What a tree consists of. `unread` are files that look like templates and cannot be read."""

    root: Path
    lambdas: tuple[Lambda, ...]
    templates: tuple[str, ...]
    layers: tuple[str, ...]
    texts: Mapping[str, str]
    modules: Mapping[str, str]
    unread: tuple[str, ...]


@dataclass(frozen=True)
class _Resource:
    document: Document
    logical_id: str
    node: yaml.Node

    def text(self, *keys: str) -> str:
        """The text of a property, whatever it is; "" if there is none."""
        node = _get(self.node, "Properties", *keys)
        return "" if node is None else self.document.source(node)


def survey(root: Path) -> Survey:
    """Look at a tree. Raises InputError if there is no function in it."""
    if not root.is_dir():
        raise InputError("there is no such folder", path=root, mend="Name the tree with --source")
    paths = sorted(_files(root))
    texts = {p: _text(root / p) for p in paths if p.endswith(".py")}
    documents, unread = _documents(root, paths)
    resources = [r for document in documents for r in _resources(document)]
    lambdas = _lambdas(resources, texts)
    if not lambdas:
        raise InputError(
            "no template of this tree defines a Lambda function",
            path=root,
            mend="Write migration.toml by hand: README.md, or name the tree with --source",
        )
    entries = [found.path for found in lambdas if found.path]
    layers = _layers(texts, entries)
    modules = {
        ".".join(Path(path).relative_to(layer).with_suffix("").parts).removesuffix(
            ".__init__"
        ): path
        for layer in layers
        for path in texts
        if Path(path).is_relative_to(layer)
    }
    used = {r.document.relative for r in resources if _type(r) in (*_FUNCTIONS, *_STATE_MACHINES)}
    used |= {d.relative for d in documents}
    return Survey(
        root, tuple(lambdas), tuple(sorted(used)), tuple(layers), texts, modules, tuple(unread)
    )


def _files(root: Path) -> Iterator[str]:
    for path in root.rglob("*"):
        relative = path.relative_to(root)
        hidden = any(part.startswith(".") or part in _SKIPPED for part in relative.parts)
        if not hidden and path.is_file() and path.suffix in (".py", *_TEMPLATES):
            yield relative.as_posix()


def _text(path: Path) -> str:
    return path.read_bytes().decode("utf-8", errors="replace").removeprefix("\ufeff")


def _documents(root: Path, paths: list[str]) -> tuple[list[Document], list[str]]:
    """The files that have resources in them, and those that have but cannot be read."""
    found, unread = [], []
    for relative in paths:
        if not relative.endswith(_TEMPLATES):
            continue
        text = _text(root / relative)
        if not re.search(r"\bResources\b", text):
            continue
        try:
            document = compose(text, relative)
        except InputError as error:
            unread.append(str(error))
            continue
        if _get(document.root, "Resources") is not None:
            found.append(document)
    return found, unread


def _resources(document: Document) -> Iterator[_Resource]:
    resources = _get(document.root, "Resources")
    if isinstance(resources, yaml.MappingNode):
        for key, node in resources.value:
            if isinstance(node, yaml.MappingNode):
                yield _Resource(document, str(key.value), node)


def _get(node: yaml.Node | None, *keys: str) -> yaml.Node | None:
    for key in keys:
        if not isinstance(node, yaml.MappingNode):
            return None
        node = next((value for name, value in node.value if name.value == key), None)
    return node


def _type(resource: _Resource) -> str:
    node = _get(resource.node, "Type")
    return str(node.value) if isinstance(node, yaml.ScalarNode) else ""


def _lambdas(resources: list[_Resource], texts: Mapping[str, str]) -> list[Lambda]:
    machines = [r for r in resources if _type(r) in _STATE_MACHINES]
    found: list[Lambda] = []
    keys: set[str] = set()
    taken: set[str] = set()
    functions = [r for r in resources if _type(r) in _FUNCTIONS]
    roles = [
        r.logical_id
        for r in resources
        if _type(r) == "AWS::IAM::Role"
        and _LAMBDA in {value for _, value in flattened(r.node).values()}
    ]
    ranked = {id(r): _entries(r, texts) for r in functions}
    # Those whose file is surest choose first, so that the others are not left with it.
    for resource in sorted(functions, key=lambda r: -_margin(ranked[id(r)])):
        scores = [(s, path) for s, path in ranked[id(resource)] if path not in taken]
        candidates = tuple(path for _, path in scores)
        taken |= set(candidates[:1])
        key = _key(resource.logical_id, candidates, keys)
        keys.add(key)
        role = re.search(r"\b(?:GetAtt|Ref)\b[^A-Za-z]*(\w+)", resource.text("Role"))
        named = role is not None and role[1] in roles
        found.append(
            Lambda(
                key,
                resource.logical_id,
                resource.document.relative,
                resource.node.start_mark.line,
                resource.text("Handler").strip("'\"").rpartition(".")[2] or "lambda_handler",
                candidates,
                len(candidates) == 1 or _margin(scores) > 0,
                role[1] if role and named else roles[0] if len(roles) == 1 else "",
                any(_names(machine, resource) for machine in machines),
            )
        )
    return sorted(found, key=lambda f: (f.template, f.line))


def _names(machine: _Resource, function: _Resource) -> bool:
    """True if a state machine, or the parameters of its template, name the function."""
    same = machine.document is function.document
    text = machine.document.source(machine.node) if same else machine.document.text
    return re.search(rf"\b{function.logical_id}(?:Arn)?\b", text) is not None


def _entries(resource: _Resource, texts: Mapping[str, str]) -> list[tuple[int, str]]:
    """The files that define its handler, by how many words their path shares with its names."""
    handler = resource.text("Handler").strip("'\"")
    module, _, function = handler.rpartition(".")
    code = resource.text("CodeUri").strip("'\"./") or resource.text("Code").strip("'\"./")
    names = _words(
        resource.logical_id + " " + resource.text("FunctionName") + " " + resource.text("Code")
    )
    found = []
    for path, text in texts.items():
        plain = Path(path).with_suffix("").as_posix()
        if module and not f"/{plain}".endswith("/" + module.replace(".", "/")):
            continue
        if not re.search(rf"^(?:async )?def {re.escape(function)}\b|^{function}\s*=", text, re.M):
            continue
        exact = 100 if code and f"{code}/" in path else 0
        found.append((exact + len(names & _words(path)), path))
    return sorted(found, key=lambda pair: (-pair[0], pair[1]))


def _margin(scores: list[tuple[int, str]]) -> int:
    if not scores:
        return -1
    return scores[0][0] - (scores[1][0] if len(scores) > 1 else -1)


def _words(text: str) -> set[str]:
    parts = re.findall(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+", text)
    return {part.lower() for part in parts} - _COMMON


def _key(logical_id: str, candidates: tuple[str, ...], taken: set[str]) -> str:
    """The folder of its entry, or the file if that says more; the logical id if neither will do."""
    if candidates:
        entry = Path(candidates[0])
        for name in (entry.parent.name if entry.stem in _COMMON else entry.stem, entry.stem):
            if re.fullmatch(r"[A-Za-z][\w-]*", name, re.ASCII) and name not in taken | _COMMON:
                return name
    return logical_id


def _layers(texts: Mapping[str, str], entries: list[str]) -> list[str]:
    """The folders from which entries import what is not in their own."""
    found = set()
    for entry in entries:
        try:
            tree = ast.parse(texts[entry])
        except (SyntaxError, ValueError):
            continue
        for name in {n for node in ast.walk(tree) for n in _imported(node)}:
            for path in texts:
                parts = Path(path).parts
                if Path(path).stem == name:
                    folder = Path(*parts[:-1])
                elif name in parts[:-1]:
                    folder = Path(*parts[: parts.index(name)])
                else:
                    continue
                if folder != Path(entry).parent:
                    found.add(folder.as_posix())
    return sorted(found)


def _imported(node: ast.AST) -> list[str]:
    if isinstance(node, ast.Import):
        return [alias.name.partition(".")[0] for alias in node.names]
    if isinstance(node, ast.ImportFrom) and node.module and not node.level:
        return [node.module.partition(".")[0]]
    return []
