# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# For tests that kill commands about rules, after tests/loader/rules-lib.sh: /tmp/old.rules
# and /tmp/new.rules, which both drop ping and count UDP, each by a rule of its own name.

cat >/tmp/old.rules <<'E'
noping: drop icmp type echo-request
old: count udp
default pass
E
cat >/tmp/new.rules <<'E'
new: count udp
noping: drop icmp type echo-request
more: drop tcp dport { 1-100 }
default pass
E

# There are many: no answer is the usual one
pings() { p ping -q -c 1 -W 0.3 10.7.0.1; }

# who: which rules show has; fails if there are none
who() { gxdp -j show rules dev va | jq -re '[.rules.rules[].name] | if . == ["noping","old"] then "old" elif . == ["new","noping","more"] then "new" else "neither" end'; }

# counted RULE: whether a packet of UDP is counted by it now
counted()
{
	local before after

	before=$(packets "$1")
	p bash -c 'echo x >/dev/udp/10.7.0.1/9'
	after=$(packets "$1")
	[ "$after" -gt "$before" ]
}
