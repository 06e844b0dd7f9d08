# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# For tests of what -j prints, after tests/lib.sh.

# schema NAME [FILE]: hold what was printed, in /tmp/out if nothing else is said, against
# docs/gxdp.schema.json
schema()
{
	check "  as the schema says ($1)" python3 - "$1" "${2:-/tmp/out}" <<'PY'
import json, sys, jsonschema
name, path = sys.argv[1:]
schema = json.load(open("/repo/docs/gxdp.schema.json"))
assert name in schema["$defs"], "there is none for " + name
schema["$ref"] = "#/$defs/" + name
text = open(path).read()
values = [json.loads(l) for l in text.splitlines()] if name.endswith("_line") else [json.loads(text)]
assert values
for v in values:
    jsonschema.validate(v, schema)
PY
}
