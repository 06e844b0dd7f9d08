// SPDX-License-Identifier: GPL-2.0
/* The screen of gxdp top: three tables, of which one has the keys and the room. */
#include <errno.h>
#include <locale.h>
#include <ncurses.h>
#include <poll.h>
#include <signal.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "clock.h"
#include "gxdp.h"
#include "table.h"
#include "terminal.h"
#include "top.h"

#define FIRST_MS	250	/* until the second reading, which has the first rates */
#define FEW_LINES	12	/* a screen of fewer has one table alone */
#define FEW_COLUMNS	60	/* and of fewer, fewer columns */
#define WHAT		34	/* columns in front of what is counted */
#define WHAT_FEW	19

enum sort { BY_PPS, BY_BPS, BY_PACKETS, BY_ORDER, SORTS };

static const char *const sort_name[SORTS] = {
	"packets/s", "bits/s", "packets", "order",
};

enum colour { PLAIN, RED, CYAN };

struct screen {
	struct top *t;
	unsigned int interval_ms;
	enum sort sort;
	bool reverse, active, paused, help;
	enum top_table focus;
	size_t first[TOP_TABLES];	/* row at the top */
	size_t shown[TOP_TABLES];	/* rows there is room for */
	size_t n[TOP_TABLES];		/* rows that are to be shown, if there were room */
	const struct top_row **row;	/* of one table, while it is drawn */
	size_t right;			/* columns that text is moved to the left by */
	char find[64];
	bool finding;			/* keys go into .find */
};

/* --- which rows ---------------------------------------------------------------------- */

/* qsort() has no other way in */
static enum sort sort_by;
static bool sort_reverse;

static double key_of(const struct top_row *row)
{
	switch (sort_by) {
	case BY_PPS:
		return row->pps;
	case BY_BPS:
		return row->bps;
	case BY_PACKETS:
		return row->packets;
	default:
		return -(double)row->order;
	}
}

static int compare(const void *a, const void *b)
{
	const struct top_row *x = *(const struct top_row **)a;
	const struct top_row *y = *(const struct top_row **)b;
	double kx = key_of(x), ky = key_of(y);

	if (kx != ky)
		return (kx < ky) == sort_reverse ? -1 : 1;
	return x->order < y->order ? -1 : x->order > y->order;
}

static bool wanted(const struct screen *s, enum top_table table,
		   const struct top_row *row)
{
	char what[640];

	if (s->active && row->pps == 0)
		return false;
	if (table != TOP_RULES || !*s->find)
		return true;
	top_what(row, what, sizeof(what));
	return strcasestr(what, s->find);
}

/* The rows of @table as they are to be shown, in s->row. 0 or -ENOMEM */
static int pick(struct screen *s, enum top_table table)
{
	const struct top_rows *rows = &s->t->table[table];
	size_t i, n = 0;

	free(s->row);
	s->n[table] = 0;
	s->row = calloc(rows->n + 1, sizeof(*s->row));
	if (!s->row)
		return -ENOMEM;
	for (i = 0; i < rows->n; i++)
		if (wanted(s, table, &rows->v[i]))
			s->row[n++] = &rows->v[i];
	sort_by = s->sort;
	sort_reverse = s->reverse;
	if (s->sort != BY_ORDER || s->reverse)
		qsort(s->row, n, sizeof(*s->row), compare);
	s->n[table] = n;
	return 0;
}

/* --- drawing ------------------------------------------------------------------------- */

static void put(int y, int x, const char *text, int attr)
{
	if (y < 0 || y >= LINES || x >= COLS)
		return;
	attron(attr);
	mvaddnstr(y, x, text, COLS - x);
	attroff(attr);
}

/* A whole line, with a text on the left and, if there is room, one on the right */
static void put_bar(int y, const char *left, const char *right, int attr)
{
	int len = strlen(right);

	if (y < 0 || y >= LINES)
		return;
	attron(attr);
	mvhline(y, 0, ' ', COLS);
	attroff(attr);
	put(y, 0, left, attr);
	if ((int)strlen(left) + 2 + len <= COLS)
		put(y, COLS - len, right, attr);
}

static int colour(enum colour c)
{
	return has_colors() && !getenv("NO_COLOR") ? COLOR_PAIR(c) : 0;
}

static void draw_title(const struct screen *s)
{
	const struct top *t = s->t;
	char left[160], right[80], pps[16], bps[16];

	human_number(t->all.pps, pps);
	human_number(t->all.bps, bps);
	snprintf(left, sizeof(left),
		 "%s: %s packets/s, %s bit/s, %.0f%% dropped; %zu rule%s, generation %u",
		 t->d.link.name, pps, bps,
		 t->all.pps > 0 ? 100 * t->dropped.pps / t->all.pps : 0.0,
		 t->now.n, t->now.n == 1 ? "" : "s", t->d.info.root.generation);
	snprintf(right, sizeof(right), "every %g s", s->interval_ms / 1000.0);
	put_bar(0, left, s->paused || !t->seconds ? "" : right, A_BOLD);
	if (s->paused)
		put(0, COLS > 8 ? COLS - 8 : 0, " PAUSED ", A_REVERSE | A_BOLD);
}

static void head_cell(const struct screen *s, enum sort sort, const char *name,
		      char *out)
{
	char text[16];

	snprintf(text, sizeof(text), "%s%s", s->sort == sort ? "*" : "", name);
	sprintf(out + strlen(out), "%8s ", text);
}

static void draw_head(const struct screen *s, enum top_table table, int y)
{
	bool focus = table == s->focus;
	char left[160] = "", right[80] = "";
	size_t last = s->first[table] + s->shown[table];

	head_cell(s, BY_PPS, "PPS", left);
	head_cell(s, BY_BPS, "BIT/S", left);
	if (COLS >= FEW_COLUMNS) {
		head_cell(s, BY_PACKETS, "PACKETS", left);
		strcat(left, "    % ");
	}
	if (table == TOP_RULES)
		strcat(left, s->sort == BY_ORDER ? "    *# " : "     # ");
	else
		strcat(left, " ");
	strcat(left, top_head[table]);
	if (focus)
		left[0] = '>';
	if (s->n[table] > s->shown[table])
		snprintf(right, sizeof(right), "%zu-%zu of %zu",
			 s->first[table] + 1, last, s->n[table]);
	put_bar(y, left, right, A_REVERSE | (focus ? A_BOLD | colour(CYAN) : 0));
}

static void draw_row(const struct screen *s, enum top_table table,
		     const struct top_row *row, int y)
{
	char packets[16], pps[16], bps[16], line[64], what[640], *c;
	int attr = A_NORMAL, x = COLS >= FEW_COLUMNS ? WHAT : WHAT_FEW;

	human_number(row->packets, packets);
	human_number(row->pps, pps);
	human_number(row->bps, bps);
	/* one reading alone has none */
	if (!s->t->seconds)
		pps[0] = bps[0] = '\0';
	if (COLS >= FEW_COLUMNS)
		snprintf(line, sizeof(line), "%8s %8s %8s %5.1f", pps, bps,
			 packets, s->t->all.pps > 0 ?
			 100 * row->pps / s->t->all.pps : 0.0);
	else
		snprintf(line, sizeof(line), "%8s %8s", pps, bps);
	if (row->pps > 0)
		attr = A_BOLD | (row->drops ? colour(RED) : 0);
	put(y, 0, line, attr);
	if (table == TOP_RULES) {
		snprintf(line, sizeof(line), "%5zu", row->order + 1);
		put(y, x - 1, row->text == s->t->dflt ? "" : line, attr);
		x += 5;
	}
	top_what(row, what, sizeof(what));
	for (c = what; *c; c++)
		if ((unsigned char)*c < ' ' || (unsigned char)*c >= 0x7f)
			*c = '?';
	if (strlen(what) > s->right)
		put(y, x, what + s->right, attr);
}

/* Draw @table from line @y on, in @lines lines, one of them its head */
static void draw_table(struct screen *s, enum top_table table, int y, int lines)
{
	size_t i;

	if (lines < 2 || pick(s, table))
		return;
	s->shown[table] = lines - 1;
	if (table != s->focus || s->first[table] + s->shown[table] > s->n[table])
		s->first[table] = table == s->focus &&
				  s->n[table] > s->shown[table] ?
				  s->n[table] - s->shown[table] : 0;
	draw_head(s, table, y);
	for (i = 0; i < s->shown[table] && s->first[table] + i < s->n[table]; i++)
		draw_row(s, table, s->row[s->first[table] + i], y + 1 + i);
}

static void draw_help(void)
{
	static const char *const line[] = {
		"gxdp top: what the rules of a device do, as it happens", "",
		"q            end",
		"space        pause, and go on",
		"s            sort by the next of packets/s, bits/s, packets, order",
		"p b t o      sort by packets/s, bits/s, packets in total, order",
		"r            the other way round",
		"a            only what has traffic, or all",
		"/            only rules with a text in them; Enter takes it, Esc all again",
		"Tab          the keys (>) and the room to the next table",
		"up down      scroll; also PgUp, PgDn, Home, End, j, k",
		"left right   move long rules",
		"", "PPS and BIT/S: a second, since the last reading. PACKETS: in total.",
		"%: of all packets a second. *: what the tables are sorted by.", "",
		"Any key goes back.",
	};
	size_t i;

	for (i = 0; i < sizeof(line) / sizeof(line[0]); i++)
		put(i, 0, line[i], i ? A_NORMAL : A_BOLD);
}

static void draw_foot(const struct screen *s)
{
	char text[160];

	if (s->finding)
		snprintf(text, sizeof(text), "rules with: %s_", s->find);
	else if (*s->find)
		snprintf(text, sizeof(text), "rules with \"%s\" alone (Esc: all)  h help  q end",
			 s->find);
	else
		snprintf(text, sizeof(text), "q end  h help  space pause  s sort (%s%s)  a %s  / find  Tab table",
			 sort_name[s->sort], s->reverse ? ", least first" : "",
			 s->active ? "all" : "active");
	put_bar(LINES - 1, text, "", A_REVERSE);
}

/* How many lines @table would take if it could */
static int lines_wanted(const struct screen *s, enum top_table table)
{
	return 1 + (int)s->t->table[table].n;
}

static void draw(struct screen *s)
{
	bool foot = LINES > 4;
	int lines[TOP_TABLES] = {}, room = LINES - 1 - foot, half = room / 2;
	int others = TOP_TABLES - 1, y = 1, i;

	erase();
	if (s->help) {
		draw_help();
		refresh();
		return;
	}
	/* half of the screen at most for what the keys do not go to */
	for (i = 0; i < TOP_TABLES && LINES >= FEW_LINES; i++) {
		if (i == (int)s->focus)
			continue;
		lines[i] = half / others--;
		if (lines[i] > lines_wanted(s, i))
			lines[i] = lines_wanted(s, i);
		if (lines[i] < 2)
			lines[i] = 0;
		half -= lines[i];
		room -= lines[i];
	}
	lines[s->focus] = room;
	/* rules are last: what others need not, they have */
	if (s->focus != TOP_RULES && lines[TOP_RULES] &&
	    room > lines_wanted(s, s->focus)) {
		lines[TOP_RULES] += room - lines_wanted(s, s->focus);
		lines[s->focus] = lines_wanted(s, s->focus);
	}
	draw_title(s);
	for (i = 0; i < TOP_TABLES; i++) {
		draw_table(s, i, y, lines[i]);
		y += lines[i];
	}
	if (foot)
		draw_foot(s);
	refresh();
}

/* --- keys ---------------------------------------------------------------------------- */

static void scroll_by(struct screen *s, long rows)
{
	size_t *first = &s->first[s->focus];

	if (rows < 0 && (size_t)-rows > *first)
		*first = 0;
	else
		*first += rows;		/* draw_table() sees to the end */
}

/* While a text is typed */
static void key_finding(struct screen *s, int key)
{
	size_t len = strlen(s->find);

	if (key == '\n' || key == '\r' || key == KEY_ENTER) {
		s->finding = false;
	} else if (key == 27) {
		s->finding = false;
		s->find[0] = '\0';
	} else if ((key == KEY_BACKSPACE || key == 127 || key == '\b') && len) {
		s->find[len - 1] = '\0';
	} else if (key >= ' ' && key < 127 && len + 1 < sizeof(s->find)) {
		s->find[len] = key;
		s->find[len + 1] = '\0';
	}
	s->first[TOP_RULES] = 0;
}

static void key_scroll(struct screen *s, int key)
{
	size_t page = s->shown[s->focus];

	switch (key) {
	case KEY_UP: case 'k':
		return scroll_by(s, -1);
	case KEY_DOWN: case 'j':
		return scroll_by(s, 1);
	case KEY_PPAGE:
		return scroll_by(s, -(long)page);
	case KEY_NPAGE:
		return scroll_by(s, page);
	case KEY_HOME: case 'g':
		s->first[s->focus] = 0;
		return;
	case KEY_END: case 'G':
		s->first[s->focus] = s->n[s->focus];
		return;
	case KEY_LEFT:
		s->right -= s->right < 8 ? s->right : 8;
		return;
	case KEY_RIGHT:
		s->right += s->right < 512 ? 8 : 0;
		return;
	}
}

static void sort_now(struct screen *s, enum sort sort)
{
	s->sort = sort;
	s->reverse = false;
	memset(s->first, 0, sizeof(s->first));
}

/* True: the user wants to go */
static bool take_key(struct screen *s, int key)
{
	if (key == KEY_RESIZE)
		return false;
	if (s->help) {
		s->help = false;
		return key == 'q' || key == 'Q';
	}
	if (s->finding) {
		key_finding(s, key);
		return false;
	}
	switch (key) {
	case 'q': case 'Q': case KEY_F(10):
		return true;
	case 'h': case '?': case KEY_F(1):
		s->help = true;
		break;
	case ' ':
		s->paused = !s->paused;
		break;
	case 's': case 'S':
		sort_now(s, (s->sort + 1) % SORTS);
		break;
	case 'p':
		sort_now(s, BY_PPS);
		break;
	case 'b':
		sort_now(s, BY_BPS);
		break;
	case 't':
		sort_now(s, BY_PACKETS);
		break;
	case 'o':
		sort_now(s, BY_ORDER);
		break;
	case 'r':
		s->reverse = !s->reverse;
		break;
	case 'a':
		s->active = !s->active;
		break;
	case '/':
		s->finding = true;
		s->focus = TOP_RULES;
		break;
	case 27:
		s->find[0] = '\0';
		break;
	case '\t':
		s->focus = (s->focus + 1) % TOP_TABLES;
		break;
	case KEY_BTAB:
		s->focus = (s->focus + TOP_TABLES - 1) % TOP_TABLES;
		break;
	default:
		key_scroll(s, key);
	}
	return false;
}

/* --- the terminal -------------------------------------------------------------------- */

static int no_screen(void)
{
	const char *term = getenv("TERM");

	fail(GX_USAGE, "a terminal of type \"%s\" has no screen to draw on",
	     term ?: "");
	fail_hint("gxdp top --batch; or say what it is in TERM, say TERM=vt100");
	return GX_USAGE;
}

static void start_screen(void)
{
	setlocale(LC_ALL, "");
	initscr();
	cbreak();
	noecho();
	keypad(stdscr, TRUE);
	nodelay(stdscr, TRUE);
	set_escdelay(50);
	curs_set(0);
	if (has_colors()) {
		start_color();
		use_default_colors();
		init_pair(RED, COLOR_RED, -1);
		init_pair(CYAN, COLOR_CYAN, -1);
	}
}

static volatile sig_atomic_t ended;

static void end(int sig)
{
	(void)sig;
	ended = 1;
}

/*
 * Signals come only while we wait, so that none is missed between a look and the
 * wait. @before: what was let through until now.
 */
static void hold_signals(sigset_t *before)
{
	static const int ends[] = { SIGINT, SIGTERM, SIGQUIT };
	struct sigaction act = { .sa_handler = end };
	sigset_t held;
	size_t i;

	sigemptyset(&held);
	sigaddset(&held, SIGWINCH);
	for (i = 0; i < sizeof(ends) / sizeof(ends[0]); i++) {
		sigaddset(&held, ends[i]);
		sigaction(ends[i], &act, NULL);
	}
	sigprocmask(SIG_BLOCK, &held, before);
}

/*
 * Wait until @until (ms; -1: for ever) or for a key or another size. 1: there is one,
 * 0: time is up, -1: the terminal is gone, or a signal ends it.
 */
static int wait_for_key(int64_t until, const sigset_t *mask)
{
	struct pollfd in = { .fd = STDIN_FILENO, .events = POLLIN };
	int64_t left = until < 0 ? 0 : until - clock_ms();
	struct timespec limit;
	int ret;

	if (left < 0)
		left = 0;
	limit.tv_sec = left / 1000;
	limit.tv_nsec = left % 1000 * 1000000;
	ret = ppoll(&in, 1, until < 0 ? NULL : &limit, mask);
	if (ret < 0)
		return errno == EINTR && !ended ? 1 : -1;
	if (!ret)
		return 0;
	return in.revents & POLLIN ? 1 : -1;
}

/* Keys and readings until one ends it; a gx_exit code */
static int run(struct screen *s, unsigned long count, const sigset_t *mask)
{
	int64_t next = clock_ms() + (s->interval_ms < FIRST_MS ?
				     s->interval_ms : FIRST_MS);
	unsigned long shown = 0;
	int ret, key, empty = 0;

	for (;;) {
		draw(s);
		ret = wait_for_key(s->paused ? -1 : next, mask);
		if (ret < 0)
			return GX_OK;
		while ((key = getch()) != ERR) {
			empty = 0;
			if (take_key(s, key))
				return GX_OK;
		}
		/* a terminal that is gone has nothing to read, again and again */
		if (ret && ++empty > 64)
			return GX_OK;
		if (s->paused || clock_ms() < next)
			continue;
		ret = top_read(s->t);
		if (ret)
			return ret;
		empty = 0;
		next = clock_ms() + s->interval_ms;
		if (count && ++shown >= count) {
			draw(s);
			return GX_OK;
		}
	}
}

int top_screen(struct top *t, unsigned int interval_ms, unsigned long count)
{
	struct screen s = {
		.t = t, .interval_ms = interval_ms, .focus = TOP_RULES,
	};
	sigset_t before;
	int ret;

	if (!terminal_has_screen())
		return no_screen();
	hold_signals(&before);
	start_screen();
	ret = run(&s, count, &before);
	endwin();
	sigprocmask(SIG_SETMASK, &before, NULL);
	free(s.row);
	return ret;
}
