"""What models write around calls: good ones, broken ones, invented ones, and ordinary answers. Written by hand."""

from __future__ import annotations

from phidesk.core.tools import ToolCall

OFFERED = ("get_weather", "get_time", "files/read-2.0", "wetter_für")
PARIS = ToolCall("get_weather", '{"city": "Paris"}')
NOON = ToolCall("get_time", '{"zone": "a]}\\"b", "days": [[1, 2], {"n": 3}]}')
NOTHING = ToolCall("get_weather", "{}")
FILE = ToolCall("files/read-2.0", '{"path": "C:\\\\x", "lines": [1, 2.5, -3], "all": true, "from": null}')
ORT = ToolCall("wetter_für", '{"ort": "Köln 😀"}')

_W = '{"name":"get_weather","arguments":{"city": "Paris"}}'
_T = f'{{"name": "get_time", "arguments": {NOON.arguments}}}'
_TAG, _END = "<|tool_call|>", "<|/tool_call|>"

CALLS: dict[str, tuple[str, tuple[ToolCall, ...]]] = {
    "tagged": (f"{_TAG}[{_W}]{_END}", (PARIS,)),
    "two tagged": (f"{_TAG}[{_W}, {_T}]{_END}", (PARIS, NOON)),
    "brace missing": (f"{_TAG}[{_W[:-1]}]{_END}", (PARIS,)),
    "brace missing in two": (f"[{_W[:-1]}, {_T[:-1]}]", (PARIS, NOON)),
    "brace missing, bare": (_W[:-1], (PARIS,)),
    "two braces missing, bare": (_W[:-2], (PARIS,)),
    "bare list": (f"[{_W}]", (PARIS,)),
    "bare object": (_W, (PARIS,)),
    "functools": (f"functools[{_W}]", (PARIS,)),
    "functools, two": (f"functools[{_W},{_T}]", (PARIS, NOON)),
    "functools, blank": (f"functools [{_W}]", (PARIS,)),
    "fenced": (f"```json\n[{_W}]\n```", (PARIS,)),
    "fenced without language": (f"```\n{_W}\n```", (PARIS,)),
    "fence never closed": (f"```json\n[{_W}]", (PARIS,)),
    "fenced as tool_call": (f"```tool_call\n{_W}\n```", (PARIS,)),
    "blank behind the tag": (f"{_TAG} [{_W}]{_END}", (PARIS,)),
    "no bracket": (f"{_TAG}{_W}{_END}", (PARIS,)),
    "nested lists": (f"[[{_W}],[{_T}]]", (PARIS, NOON)),
    "list never closed": (f"{_TAG}[{_W}", (PARIS,)),
    "single quotes": (_W.replace('"', "'"), (PARIS,)),
    "arguments as text": ('[{"name":"get_weather","arguments":"{\\"city\\":\\"Paris\\"}"}]', (PARIS,)),
    "parameters": ('[{"name":"get_weather","parameters":{"city": "Paris"}}]', (PARIS,)),
    "no arguments": (f'{_TAG}[{{"name":"get_weather"}}]{_END}', (NOTHING,)),
    "empty arguments": ('[{"name":"get_weather","arguments":{}}]', (NOTHING,)),
    "wrapped": (f'{_TAG}[{{"type":"function","function":{_W}}}]{_END}', (PARIS,)),
    "tool_calls": (f'{{"tool_calls":[{_W}]}}', (PARIS,)),
    "arguments first": ('{"arguments":{"city": "Paris"},"name":"get_weather"}', (PARIS,)),
    "keys without quotes": ('{name: "get_weather", arguments: {city: "Paris"}}', (PARIS,)),
    "comma at the end": ('[{"name":"get_weather","arguments":{"city":"Paris",},}]', (PARIS,)),
    "lines": (f"[\n  {_W},\n  {_T}\n]", (PARIS, NOON)),
    "two objects": (f"{_W}\n{_T}", (PARIS, NOON)),
    "null for arguments": ('[{"name":"get_weather","arguments":null}]', (NOTHING,)),
    "blank text for arguments": ('[{"name":"get_weather","arguments":" "}]', (NOTHING,)),
    "odd name": (f'{_TAG}[{{"name":"files/read-2.0","arguments":{FILE.arguments}}}]{_END}', (FILE,)),
    "odd name, single quotes": ("{'name': 'files/read-2.0', 'arguments': {}}", (ToolCall("files/read-2.0"),)),
    "name with an umlaut": (f'[{{"name":"wetter_für","arguments":{ORT.arguments}}}]', (ORT,)),
    "escaped name": (f'[{{"name":"wetter_f\\u00fcr","arguments":{ORT.arguments}}}]', (ORT,)),
    "with id": ('{"id":"call_1","type":"function","function":' + _W + "}", (PARIS,)),
    "with type": ('{"type":"function","name":"get_weather","arguments":{"city": "Paris"}}', (PARIS,)),
    "closed without list": (f"{_TAG}{_W[:-2]}{_END}", (PARIS,)),
    "end token in a text": (
        f'{_TAG}[{{"name":"get_weather","arguments":{{"city":"{_END}"}}}}]{_END}',
        (ToolCall("get_weather", f'{{"city":"{_END}"}}'),),
    ),
    "Python's names": (
        "{'name': 'get_time', 'arguments': {'now': True, 'x': None}}",
        (ToolCall("get_time", '{"now": true, "x": null}'),),
    ),
}

FIRST_CALLS: dict[str, tuple[str, tuple[ToolCall, ...]]] = {
    "no arguments, tags invisible": ('[{"name":"get_weather"}]', (NOTHING,)),
    "two without arguments": ('[{"name": "get_weather"}, {"name": "get_time"}]', (NOTHING, ToolCall("get_time"))),
}
"""Only where the answer begins with them."""

INVENTED: dict[str, ToolCall] = {
    f'{_TAG}[{{"name":"fly","arguments":{{}}}}]': ToolCall("fly"),
    f'{_TAG}[{{"name":"fly"}}]': ToolCall("fly"),
    'functools[{"name":"fly","arguments":{"to":"moon"}}]': ToolCall("fly", '{"to":"moon"}'),
    '[{"name":"fly","arguments":{"to": "moon"}}]': ToolCall("fly", '{"to": "moon"}'),
    '{"name": "Get_Weather", "arguments": {"city": "Paris"}}': ToolCall("Get_Weather", PARIS.arguments),
    "{'name': 'get_weather2', 'arguments': {'a': 1,}}": ToolCall("get_weather2", '{"a": 1}'),
}

_CALL_UP_TO_VALUE = '{"name":"get_weather","arguments":{"city":'
BROKEN = (
    _CALL_UP_TO_VALUE + '"\\ud800"}}', _CALL_UP_TO_VALUE + "1e999}}", '{"name":"get_weather","arguments":"' + "[" * 9000 + '"}',
    _CALL_UP_TO_VALUE + '"Par', _CALL_UP_TO_VALUE, '{"name":"get_weather"', '{"name":"get_weather","arg', '[{"name":"get_weather",',
    '{"name":"get_weather","arguments":[1]}', '{"name":"get_weather","arguments":"Paris"}', f"{_TAG}[", _TAG,
    '{"name":"get_weather","arguments":{"city": "Paris"},"thought":"x"}', '[{"name":"get_weather","arguments":{}}, {"a":1}]',
    f"{_TAG}none", f"{_TAG}[]{_END}", f"{_TAG}[1]{_END}", f'{_TAG}{{"city": "Paris"}}{_END}', f"{_TAG}get_weather{_END}",
    f'{_TAG}get_weather(city="it\'s [1]"){_END}', f"{_TAG}```\n{_W}\n```{_END}", f'{_TAG}[{{"name":"get_weather","arguments":Paris}}]{_END}',
    f'{_TAG}[{{"name":"fly","arguments":{{"to":', 'functools[{"name":"get_weather","arguments":{city}}]', 'functools[{"name":"fly",',
    "{'name': 'get_weather', 'arguments': {'city': Paris}}", '```json\n{"name":"get_weather","arguments":{"city":oops}}\n```',
    '{"tool_calls":[{"name":"get_weather","arguments":[]}]}', '{"type":"function","function":{"name":"get_weather","arguments":7}}',
)  # fmt: skip
"""Surely meant as calls, but unreadable as such: nothing of them is text."""

POSITIONS = (
    ("", ""),
    ("Sure.\n", ""),
    ("Let me look: ", ""),
    ("As [1] says {x}: ", ""),
    ("", "\nI asked."),
    ("Sure.\n\n", "<|system|>The weather is"),
    ("```python\nx = {1: [2]}\n```\n", "\nDone."),
    ("> [a] said:\n\n", "\n\n[b] {c}"),
)

ORDINARY = (
    "", " ", "Hello.", "See [1] and {x}.", "[", "{", "]", "}", "[]", "{}", "[[1, 2], [3, 4]]", "a[0] = b[1]",
    "{ curly }", "set {1, 2, 3}", "[x] done", "- [ ] open\n- [x] done", "[link](https://example.org)", "![a](b.png)",
    "![a][b]", "[^1]: note", "$\\frac{a}{b}$", "\\[ x^2 \\]", "\\{1, 2\\}", "$\\left[0, 1\\right]$", "f(x) = {x[1]}",
    '{"name": "Anna", "age": 3}', '{"name": "Anna"}', '[{"name": "Anna"}, {"name": "Ben"}]', '{"name": "cut',
    '{"name":"get_weather"}', '[{"name":"get_weather"}, {"name":"Anna"}]',
    '{"name":"get_weather","parameters":{"type":"object","properties":{"city":{}}}}', '{"name":"get_weather","description":"cut',
    '{"name":"get_weather","description":"d","parameters":{}}', '{"type": "object", "properties": {}}',
    '{"type":"function","function":{"name":"get_weather","description":"d","parameters":{}}}',
    '{"id": 1, "name": "x"}', '{"arguments": [1, 2]}', '{"name": 3, "arguments": {}}', '{"name": "", "arguments": {}}',
    '{"name": "Anna", "parameters": {"a": 1}}', '{"function": "sin"}',
    '{"tool_calls": []}', '{"tool_calls": "none"}', '{"type": "a"} [2]',
    '```json\n{"name": "Anna"}\n```\nok', '```json\n[1, 2]\n```', '```json\n{"a": [{"b": 1}]}\n```', "```\nls [a-z]*\n```",
    '```python\nx = [{"name":"get_weather","arguments":{}}]\n```', '```js\nf({name: "get_weather", arguments: {}})\n```',
    '```python\nd = {"name": "x"}\nprint(d["name"])\n```', "```c\nint a[] = {1, 2};\n```", "```rust\nfn f() {}\n```",
    '```html\n<a name="x">{}</a>\n```', "```", "``", "`", "````", "```json", "```json\n", "```json\n{", "``` ```", "`[`",
    'Write `{"name":"get_weather","arguments":{}}` here.', "`a` and `[b]`", "Use `functools[0]`.", "`{name: 1}`",
    "functools", "functools is a module", "import functools\n", "functools.reduce", "use functools [lru]", "functools[",
    "functools[1]", "functool", "<|tool_call|", "<|tool", "<|", "<", "a < b | c",
    "<|/tool_call|>", "x <|end|> y", "[name: Anna]", "{name: Anna}", "{name", "[{", '[{"', '[{"na', "{'name': 'Anna'}",
    "{'a': 1}", "[{'name': 'Anna', 'age': 3}]", '{"name": "x", "arguments"', "it's {name: 'x", '{"name": "a\\', "{{name}}",
    "Dear {name}, {greeting}", "{type} of [name]", "[id: 4]", "{id: 4}", "{% if name %}{% endif %}", "[name]: http://x",
    "function f() { return [1]; }", "if (a[i]) { b(); }", "{function: f}", "CSS: a { name: b; }", "a { type: x }",
    "get_weather", "get_weather(city='Paris')", "The tool get_weather takes {city}.", '["get_weather", {"city": "Paris"}]',
    '{"tool": "get_weather", "arguments": {}}', "😀 [😀] {😀}", "नमस्ते [a]", "مرحبا {name", "{\n\n\n", "[ [ [ [",
)  # fmt: skip
