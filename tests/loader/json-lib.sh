# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# For tests of what -j prints, after tests/lib.sh.

# schema NAME [FILE]: hold what was printed, in /tmp/out if nothing else is said, against
# docs/gxdp.schema.json
schema()
{
	check "  as the schema says ($1)" as_schema "$@"
}

# as_schema NAME [FILE]: the schema is open, for members that later versions print; to this
# version one that it does not name is a mistake
as_schema()
{
	python3 - "$1" "${2:-/tmp/out}" <<'PY'
import json, sys, jsonschema
def close(node):
    if isinstance(node, dict):
        if "properties" in node:
            node["additionalProperties"] = False
        node = list(node.values())
    for n in node if isinstance(node, list) else ():
        close(n)
name, path = sys.argv[1:]
schema = json.load(open("/repo/docs/gxdp.schema.json"))
assert name in schema["$defs"], "there is none for " + name
close(schema)
schema["$ref"] = "#/$defs/" + name
text = open(path).read()
values = [json.loads(l) for l in text.splitlines()] if name.endswith("_line") else [json.loads(text)]
assert values
for v in values:
    jsonschema.validate(v, schema)
PY
}
