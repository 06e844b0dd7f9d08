%code top {
// SPDX-License-Identifier: GPL-2.0
/*
 * Grammar of the rules language. A statement is a line; a rule is conditions
 * and actions in any order, which build.c puts together: what the words mean
 * is not known here.
 */
#include <stdio.h>
#include <string.h>

#include "parser.h"
}

%code requires {
#include "ast.h"

#ifndef YY_TYPEDEF_YY_SCANNER_T
#define YY_TYPEDEF_YY_SCANNER_T
typedef void *yyscan_t;
#endif

struct gx_token {
	struct gx_str text;
	struct gx_loc loc;
};
}

%code provides {
int gx_yylex(GX_YYSTYPE *val, GX_YYLTYPE *loc, yyscan_t scanner);
int gx_yylex_init_extra(struct gx_parser *p, yyscan_t *scanner);
int gx_yylex_destroy(yyscan_t scanner);
}

%define api.pure full
%define api.prefix {gx_yy}
%define api.location.type {struct gx_loc}
%define parse.error custom
%define parse.lac full
%locations
%lex-param { yyscan_t scanner }
%parse-param { yyscan_t scanner } { struct gx_parser *p }
%expect 0

%code {
#define YYLLOC_DEFAULT(cur, rhs, n) do {				\
	if (n) {							\
		(cur) = YYRHSLOC(rhs, 1);				\
		(cur).end_line = YYRHSLOC(rhs, n).end_line;		\
		(cur).end_col = YYRHSLOC(rhs, n).end_col;		\
	} else {							\
		(cur) = YYRHSLOC(rhs, 0);				\
		(cur).line = (cur).end_line;				\
		(cur).col = (cur).end_col;				\
	}								\
} while (0)

static void gx_yyerror(const struct gx_loc *loc, yyscan_t scanner,
		       struct gx_parser *p, const char *message);
static struct gx_item *item(struct gx_parser *p, enum gx_item_kind kind,
			    const struct gx_token *tok);
static void add_item(struct gx_values *values, struct gx_item *item);
static struct gx_clause *clause(struct gx_parser *p, enum gx_clause_kind kind,
				const struct gx_loc *loc);
static struct gx_clause *field(struct gx_parser *p, enum gx_field which,
			       const struct gx_values *values,
			       const struct gx_loc *loc);
static struct gx_clause *address(struct gx_parser *p, enum gx_clause_kind kind,
				 const struct gx_values *values,
				 const struct gx_loc *loc);
static struct gx_clause *verdict(struct gx_parser *p, enum gx_verdict which,
				 const struct gx_values *values,
				 const struct gx_loc *loc);
static struct gx_values one(struct gx_item *item, const struct gx_loc *loc);
static void set_members(struct gx_parser *p, struct gx_set_options *set,
			const struct gx_values *members);
}

%union {
	struct gx_token tok;
	struct gx_item *item;
	struct gx_values values;
	struct gx_clause *clause;
	struct gx_clauses clauses;
	struct gx_set_options set;
	enum gx_op op;
	enum gx_verdict verdict;
	enum gx_limit_key key;
}

%token EOL "end of line"
%token END 0 "end of file"
%token SKIP
%token <tok> WORD "word" STRING "\"text\"" CONST "$name" SETREF "@set"
%token <tok> LABEL "name:"
%token LBRACE "{" RBRACE "}"
%token NE "!=" LE "<=" GE ">="
%token <tok> DASH "-"
%token <tok> DEFINE "define" SET "set" DEFAULT "default"
%token <tok> FROM "from" TO "to" TIMEOUT "timeout" TIMEOUTS "timeouts"
%token <tok> ETHER "ether" VLAN "vlan" VLAN2 "vlan2" PCP "pcp" ID "id"
%token <tok> SRC "src" DST "dst" TYPE "type" CODE "code" LEN "len"
%token <tok> QUEUE "queue" STATE "state" PROTO "proto" DSCP "dscp" TTL "ttl"
%token <tok> FRAG "frag" SPORT "sport" DPORT "dport" FLAGS "flags"
%token <tok> IP "ip" IP6 "ip6"
%token <tok> TCP "tcp" UDP "udp" SCTP "sctp" ICMP "icmp" ICMPV6 "icmpv6"
%token <tok> PASS "pass" DROP "drop" REJECT "reject" REFLECT "reflect"
%token <tok> REDIRECT "redirect" CPU "cpu" XSK "xsk" COUNT "count"
%token <tok> LIMIT "limit" BURST "burst" PER "per" FLOW "flow" RULE "rule"
%token <tok> MARK "mark" SAMPLE "sample" BYTES "bytes"

%type <tok> word name value_keyword proto_word
%type <item> item file_name scalar amount
%type <values> values list items
%type <op> op
%type <clause> clause condition action
%type <clauses> clauses
%type <set> set_options
%type <verdict> simple_verdict
%type <key> limit_key

%%

file:
	%empty
	| file statement		{
		if (p->diags->errors >= GX_ERRORS_MAX) {
			gx_error(p, NULL, NULL, "these are %d errors: the rest has not been read",
				 GX_ERRORS_MAX);
			YYABORT;
		}
	}
	;

statement:
	EOL
	| DEFINE name '=' values EOL	{
		gx_build_define(p, item(p, GX_ITEM_WORD, &$2), &$4);
	}
	| SET name set_options EOL	{
		gx_build_set(p, item(p, GX_ITEM_WORD, &$2), &$3);
	}
	| DEFAULT simple_verdict EOL	{
		gx_build_default(p, $2, &@1);
	}
	| clauses EOL			{
		$1.loc = @1;
		gx_build_rule(p, NULL, &$1);
	}
	| LABEL clauses EOL		{
		$2.loc = @2;
		gx_build_rule(p, item(p, GX_ITEM_WORD, &$1), &$2);
	}
	| error EOL			{ yyerrok; }
	;

name:
	word
	| STRING
	;

/* Any keyword may be a value too ("icmp type redirect"), but for two. */
word:
	WORD
	| value_keyword
	| proto_word
	;

proto_word:
	TCP | UDP | SCTP | ICMP | ICMPV6
	;

value_keyword:
	DEFINE | SET | DEFAULT | FROM | TO | TIMEOUT | TIMEOUTS | ETHER | VLAN
	| VLAN2 | SRC | DST | TYPE | CODE | LEN | QUEUE | STATE | PROTO | DSCP
	| TTL | FRAG | SPORT | DPORT | FLAGS | IP | IP6 | PASS | DROP | REJECT
	| REFLECT | REDIRECT | CPU | XSK | COUNT | LIMIT | BURST | PER | FLOW
	| RULE | MARK | SAMPLE | BYTES
	;

/* --- sets ------------------------------------------------------------------- */

set_options:
	%empty				{
		memset(&$$, 0, sizeof($$));
	}
	| set_options '=' list		{
		$$ = $1;
		set_members(p, &$$, &$3);
	}
	| set_options list		{
		$$ = $1;
		set_members(p, &$$, &$2);
	}
	| set_options FROM file_name	{
		$$ = $1;
		if ($3) {
			$3->next = $$.files;
			$$.files = $3;
		}
	}
	| set_options TIMEOUT scalar	{
		$$ = $1;
		$$.timeouts = true;
		if ($1.timeout && $3) {
			gx_error(p, &$3->loc, NULL, "this is said twice");
			gx_note(p, &$1.timeout->loc, "here");
		}
		$$.timeout = $3;
	}
	| set_options TIMEOUTS		{
		$$ = $1;
		$$.timeouts = true;
	}
	;

file_name:
	STRING				{ $$ = item(p, GX_ITEM_WORD, &$1); }
	;

/* --- values ----------------------------------------------------------------- */

op:
	'='				{ $$ = GX_OP_EQ; }
	| NE				{ $$ = GX_OP_NE; }
	| '<'				{ $$ = GX_OP_LT; }
	| '>'				{ $$ = GX_OP_GT; }
	| LE				{ $$ = GX_OP_LE; }
	| GE				{ $$ = GX_OP_GE; }
	;

values:
	item				{ $$ = one($1, &@$); }
	| list				{ $$ = $1; }
	| op item			{ $$ = one($2, &@$); $$.op = $1; $$.told = true; }
	| op list			{ $$ = $2; $$.op = $1; $$.told = true; $$.loc = @$; }
	;

list:
	LBRACE items RBRACE			{ $$ = $2; $$.list = true; $$.loc = @$; }
	| LBRACE items ',' RBRACE		{ $$ = $2; $$.list = true; $$.loc = @$; }
	| LBRACE RBRACE			{
		memset(&$$, 0, sizeof($$));
		$$.list = true;
		$$.loc = @$;
	}
	;

/* Commas may be left out, as in pf */
items:
	item				{
		memset(&$$, 0, sizeof($$));
		add_item(&$$, $1);
	}
	| items item			{ $$ = $1; add_item(&$$, $2); }
	| items ',' item		{ $$ = $1; add_item(&$$, $3); }
	;

item:
	word				{ $$ = item(p, GX_ITEM_WORD, &$1); }
	| STRING			{ $$ = item(p, GX_ITEM_WORD, &$1); }
	| word DASH word		{
		$$ = item(p, GX_ITEM_WORD, &$1);
		if ($$) {
			$$->hi = $3.text;
			$$->loc = @$;
		}
	}
	| CONST				{ $$ = item(p, GX_ITEM_CONST, &$1); }
	| SETREF			{ $$ = item(p, GX_ITEM_SET, &$1); }
	;

scalar:
	word				{ $$ = item(p, GX_ITEM_WORD, &$1); }
	| CONST				{ $$ = item(p, GX_ITEM_CONST, &$1); }
	;

/* "10 MB/s" in two words is what "10MB/s" is in one */
amount:
	scalar				{ $$ = $1; }
	| scalar WORD			{
		$$ = $1;
		if ($$) {
			$$->hi = $2.text;
			$$->loc = @$;
		}
	}
	;

/* --- rules ------------------------------------------------------------------ */

clauses:
	clause				{
		memset(&$$, 0, sizeof($$));
		$$.first = $$.last = $1;
	}
	| clauses clause		{
		$$ = $1;
		if ($$.last)
			$$.last->next = $2;
		$$.last = $2;
	}
	;

clause:
	condition
	| action
	;

condition:
	ETHER SRC values		{ $$ = field(p, GX_F_ETH_SRC, &$3, &@$); }
	| ETHER DST values		{ $$ = field(p, GX_F_ETH_DST, &$3, &@$); }
	| ETHER TYPE values		{ $$ = field(p, GX_F_ETH_TYPE, &$3, &@$); }
	| VLAN values			{ $$ = field(p, GX_F_VLAN_ID, &$2, &@$); }
	| VLAN ID values		{ $$ = field(p, GX_F_VLAN_ID, &$3, &@$); }
	| VLAN PCP values		{ $$ = field(p, GX_F_VLAN_PCP, &$3, &@$); }
	| VLAN2 values			{ $$ = field(p, GX_F_VLAN2_ID, &$2, &@$); }
	| VLAN2 ID values		{ $$ = field(p, GX_F_VLAN2_ID, &$3, &@$); }
	| VLAN2 PCP values		{ $$ = field(p, GX_F_VLAN2_PCP, &$3, &@$); }
	| LEN values			{ $$ = field(p, GX_F_LEN, &$2, &@$); }
	| QUEUE values			{ $$ = field(p, GX_F_RXQ, &$2, &@$); }
	| STATE values			{ $$ = field(p, GX_F_STATE, &$2, &@$); }
	| PROTO values			{ $$ = field(p, GX_F_PROTO, &$2, &@$); }
	| DSCP values			{ $$ = field(p, GX_F_DSCP, &$2, &@$); }
	| TTL values			{ $$ = field(p, GX_F_TTL, &$2, &@$); }
	| FRAG values			{ $$ = field(p, GX_F_FRAG, &$2, &@$); }
	| SPORT values			{ $$ = field(p, GX_F_SPORT, &$2, &@$); }
	| DPORT values			{ $$ = field(p, GX_F_DPORT, &$2, &@$); }
	| FLAGS values			{ $$ = field(p, GX_F_TCP_FLAGS, &$2, &@$); }
	| TYPE values			{ $$ = field(p, GX_F_ICMP_TYPE, &$2, &@$); }
	| CODE values			{ $$ = field(p, GX_F_ICMP_CODE, &$2, &@$); }
	| SRC values			{ $$ = address(p, GX_C_SRC, &$2, &@$); }
	| FROM values			{ $$ = address(p, GX_C_SRC, &$2, &@$); }
	| DST values			{ $$ = address(p, GX_C_DST, &$2, &@$); }
	| TO values			{ $$ = address(p, GX_C_DST, &$2, &@$); }
	| IP				{ $$ = clause(p, GX_C_IP, &@$); }
	| IP6				{ $$ = clause(p, GX_C_IP6, &@$); }
	| proto_word			{
		struct gx_item *word = item(p, GX_ITEM_WORD, &$1);

		$$ = clause(p, GX_C_PROTO_WORD, &@$);
		if ($$)
			$$->values = one(word, &@$);
	}
	;

simple_verdict:
	PASS				{ $$ = GX_PASS; }
	| DROP				{ $$ = GX_DROP; }
	| REJECT			{ $$ = GX_REJECT; }
	| REFLECT			{ $$ = GX_REFLECT; }
	| COUNT				{ $$ = GX_COUNT; }
	;

action:
	simple_verdict			{ $$ = verdict(p, $1, NULL, &@$); }
	| REDIRECT item			{
		struct gx_values v = one($2, &@2);

		$$ = verdict(p, GX_REDIRECT, &v, &@$);
	}
	| CPU values			{ $$ = verdict(p, GX_CPU, &$2, &@$); }
	| XSK values			{ $$ = verdict(p, GX_XSK, &$2, &@$); }
	| LIMIT amount			{
		$$ = clause(p, GX_C_LIMIT, &@$);
		if ($$)
			$$->values = one($2, &@2);
	}
	| BURST amount			{
		/* belongs to the limit in front of it: build.c */
		$$ = clause(p, GX_C_BURST, &@$);
		if ($$)
			$$->extra = $2;
	}
	| PER limit_key			{
		$$ = clause(p, GX_C_PER, &@$);
		if ($$)
			$$->key = $2;
	}
	| PER WORD			{
		$$ = clause(p, GX_C_PER, &@$);
		if ($$)
			$$->extra = item(p, GX_ITEM_WORD, &$2);
	}
	| MARK values			{
		$$ = clause(p, GX_C_MARK, &@$);
		if ($$)
			$$->values = $2;
	}
	| SAMPLE scalar			{
		$$ = clause(p, GX_C_SAMPLE, &@$);
		if ($$)
			$$->values = one($2, &@2);
	}
	| BYTES scalar			{
		$$ = clause(p, GX_C_BYTES, &@$);
		if ($$)
			$$->extra = $2;
	}
	;

limit_key:
	RULE				{ $$ = GX_LIMIT_RULE; }
	| SRC				{ $$ = GX_LIMIT_SRC; }
	| DST				{ $$ = GX_LIMIT_DST; }
	| FLOW				{ $$ = GX_LIMIT_FLOW; }
	;

%%

static struct gx_item *item(struct gx_parser *p, enum gx_item_kind kind,
			    const struct gx_token *tok)
{
	struct gx_item *it = gx_alloc(p, sizeof(*it));

	if (!it)
		return NULL;
	it->kind = kind;
	it->text = tok->text;
	it->loc = tok->loc;
	return it;
}

static void add_item(struct gx_values *values, struct gx_item *it)
{
	if (!it)
		return;
	if (values->last)
		values->last->next = it;
	else
		values->first = it;
	values->last = it;
}

static struct gx_values one(struct gx_item *it, const struct gx_loc *loc)
{
	struct gx_values values = { .loc = *loc };

	add_item(&values, it);
	return values;
}

static void set_members(struct gx_parser *p, struct gx_set_options *set,
			const struct gx_values *members)
{
	if (set->members_seen) {
		gx_error(p, &members->loc, "all members in one list",
			 "this is said twice");
		gx_note(p, &set->members.loc, "here");
	}
	set->members = *members;
	set->members_seen = true;
}

static struct gx_clause *clause(struct gx_parser *p, enum gx_clause_kind kind,
				const struct gx_loc *loc)
{
	struct gx_clause *c = gx_alloc(p, sizeof(*c));

	if (!c)
		return NULL;
	c->kind = kind;
	c->loc = *loc;
	return c;
}

static struct gx_clause *field(struct gx_parser *p, enum gx_field which,
			       const struct gx_values *values,
			       const struct gx_loc *loc)
{
	struct gx_clause *c = clause(p, GX_C_FIELD, loc);

	if (!c)
		return NULL;
	c->field = which;
	c->values = *values;
	return c;
}

static struct gx_clause *address(struct gx_parser *p, enum gx_clause_kind kind,
				 const struct gx_values *values,
				 const struct gx_loc *loc)
{
	struct gx_clause *c = clause(p, kind, loc);

	if (c)
		c->values = *values;
	return c;
}

static struct gx_clause *verdict(struct gx_parser *p, enum gx_verdict which,
				 const struct gx_values *values,
				 const struct gx_loc *loc)
{
	struct gx_clause *c = clause(p, GX_C_VERDICT, loc);

	if (!c)
		return NULL;
	c->verdict = which;
	if (values)
		c->values = *values;
	return c;
}

/* Only bison's own troubles come here: the rest is yyreport_syntax_error()'s */
static void gx_yyerror(const struct gx_loc *loc, yyscan_t scanner,
		       struct gx_parser *p, const char *message)
{
	(void)scanner;
	gx_error(p, loc, NULL, "%s", message);
}

static bool expects(const yysymbol_kind_t *list, int n, yysymbol_kind_t kind)
{
	int i;

	for (i = 0; i < n; i++)
		if (list[i] == kind)
			return true;
	return false;
}

/* What may stand here, in words: a list of all keywords would help nobody */
static void describe_expected(const yysymbol_kind_t *list, int n, char *out,
			      size_t size)
{
	bool clause = expects(list, n, YYSYMBOL_SPORT) &&
		      !expects(list, n, YYSYMBOL_WORD);
	size_t used = 0;
	int i;

	if (expects(list, n, YYSYMBOL_DEFINE) && clause) {
		snprintf(out, size, "a rule (\"drop tcp dport 23\"), set, define, include or default");
		return;
	}
	if (clause) {
		snprintf(out, size, "a condition (src, dst, proto, sport, dport ...), an action (pass, drop, limit ...)%s",
			 expects(list, n, YYSYMBOL_EOL) ? " or the end of the line" : "");
		return;
	}
	if (expects(list, n, YYSYMBOL_YYEOF) || n > 40) {
		snprintf(out, size, "%s", expects(list, n, YYSYMBOL_LBRACE) ?
			 "a value, or a list { ... }" : "a value");
		return;
	}
	for (i = 0; i < n && used < size; i++)
		used += snprintf(out + used, size - used, "%s%s",
				 !i ? "" : i == n - 1 ? " or " : ", ",
				 yysymbol_name(list[i]));
}

static int yyreport_syntax_error(const yypcontext_t *ctx, yyscan_t scanner,
				 struct gx_parser *p)
{
	const struct gx_loc *loc = yypcontext_location(ctx);
	yysymbol_kind_t got = yypcontext_token(ctx);
	yysymbol_kind_t list[YYNTOKENS];
	char expected[256];
	int n;

	(void)scanner;
	/* what is wrong has been said */
	if (got == YYSYMBOL_SKIP || p->brace_told)
		return 0;
	n = yypcontext_expected_tokens(ctx, list, YYNTOKENS);
	if (n < 0)
		n = 0;
	describe_expected(list, n, expected, sizeof(expected));
	gx_syntax_error(p, loc, got == YYSYMBOL_EOL || got == YYSYMBOL_YYEOF,
			expected);
	return 0;
}
