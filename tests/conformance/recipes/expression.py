"""The expressions of GitHub's workflows, as far as the recipes use them. An unknown function or sign is an error.

upstream: the page on expressions of GitHub's documentation; actionlint checks their types.
"""

import json
import re

TOKEN = re.compile(r"\s*(\|\||&&|==|!=|[!(),]|'(?:[^']|'')*'|[A-Za-z_][\w.-]*)")


def evaluate(text, contexts, status):
    """The value of an expression; `status` is `success` or `failure`, of the steps so far."""
    tokens = []
    position = 0
    text = text.strip()
    while position < len(text):
        match = TOKEN.match(text, position)
        assert match, f"no expression: {text[position:]}"
        tokens.append(match.group(1))
        position = match.end()
    parser = Parser(tokens, contexts, status)
    value = parser.alternative()
    assert not parser.tokens, f"left over in {text}: {parser.tokens}"
    return value


def interpolate(text, contexts, status="success"):
    """A text with `${{ expressions }}`."""
    if not isinstance(text, str):
        return text

    def replaced(match):
        value = evaluate(match.group(1), contexts, status)
        return "" if value is None else str(value).lower() if isinstance(value, bool) else str(value)

    return re.sub(r"\$\{\{(.*?)\}\}", replaced, text)


def condition(text, contexts, status):
    """Whether something runs; without a function about the status, only after success."""
    text = str(text or "success()").strip().removeprefix("${{").removesuffix("}}")
    if not re.search(r"\b(success|failure|always|cancelled)\(", text):
        text = f"success() && ({text})"
    return bool(evaluate(text, contexts, status))


class Parser:
    def __init__(self, tokens, contexts, status):
        self.tokens = tokens
        self.contexts = contexts
        self.status = status

    def take(self, *wanted):
        if self.tokens and self.tokens[0] in wanted:
            return self.tokens.pop(0)
        return None

    def alternative(self):
        value = self.conjunction()
        while self.take("||"):
            other = self.conjunction()
            value = value or other
        return value

    def conjunction(self):
        value = self.equality()
        while self.take("&&"):
            other = self.equality()
            value = value and other
        return value

    def equality(self):
        value = self.unary()
        while sign := self.take("==", "!="):
            value = (value == self.unary()) == (sign == "==")
        return value

    def unary(self):
        if self.take("!"):
            return not self.unary()
        if self.take("("):
            value = self.alternative()
            assert self.take(")"), "a bracket stays open"
            return value
        token = self.tokens.pop(0)
        if token.startswith("'"):
            return token[1:-1].replace("''", "'")
        if self.take("("):
            arguments = []
            while not self.take(")"):
                arguments.append(self.alternative())
                self.take(",")
            return self.call(token, arguments)
        value = self.contexts
        for part in token.split("."):
            value = value.get(part) if isinstance(value, dict) else None
        return value

    def call(self, name, arguments):
        match name, arguments:
            case "success", []:
                return self.status == "success"
            case "cancelled", []:
                return False
            case "fromJSON", [text]:
                return json.loads(text)
            case "contains", [items, item]:
                return item in items
        raise AssertionError(f"no function that the recipes may use: {name}")
