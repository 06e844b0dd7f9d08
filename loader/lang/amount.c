// SPDX-License-Identifier: GPL-2.0
/* Rates, bursts and times as people write them. */
#include <string.h>

#include "value.h"

#define RATE_EXPECTED	"packets or bytes per time, such as 1000/s, 20k/s, 5/min, 500kB/s, 10Mbit/s"
#define BURST_PACKETS	"a number of packets, such as 200"
#define BURST_BYTES	"a number of bytes, such as 64kB"

struct unit {
	const char *name;
	bool bytes;
	uint64_t mul, div;
};

static const struct unit units[] = {
	{ "", false, 1, 1 }, { "packets", false, 1, 1 },
	{ "packet", false, 1, 1 }, { "pkts", false, 1, 1 },
	{ "k", false, 1000, 1 }, { "K", false, 1000, 1 },
	{ "M", false, 1000000, 1 }, { "G", false, 1000000000, 1 },
	{ "B", true, 1, 1 }, { "bytes", true, 1, 1 }, { "byte", true, 1, 1 },
	{ "kB", true, 1000, 1 }, { "KB", true, 1000, 1 },
	{ "kbytes", true, 1000, 1 }, { "MB", true, 1000000, 1 },
	{ "mbytes", true, 1000000, 1 }, { "GB", true, 1000000000, 1 },
	{ "KiB", true, 1 << 10, 1 }, { "MiB", true, 1 << 20, 1 },
	{ "GiB", true, 1 << 30, 1 },
	{ "bit", true, 1, 8 }, { "kbit", true, 1000, 8 },
	{ "Mbit", true, 1000000, 8 }, { "mbit", true, 1000000, 8 },
	{ "Gbit", true, 1000000000, 8 }, { "gbit", true, 1000000000, 8 },
	{}
};

static const struct {
	const char *name;
	uint32_t seconds;
} times[] = {
	{ "s", 1 }, { "sec", 1 }, { "second", 1 }, { "m", 60 }, { "min", 60 },
	{ "minute", 60 }, { "h", 3600 }, { "hour", 3600 }, { "d", 86400 },
	{ "day", 86400 }, { "w", 604800 }, { "week", 604800 },
	{}
};

static uint32_t time_unit(struct gx_str name)
{
	int i;

	for (i = 0; times[i].name; i++)
		if (gx_str_eq(name, times[i].name))
			return times[i].seconds;
	return 0;
}

static const struct unit *amount_unit(struct gx_str name)
{
	int i;

	for (i = 0; units[i].name; i++)
		if (gx_str_eq(name, units[i].name))
			return &units[i];
	return NULL;
}

/* Digits at the front of @text, which moves behind them */
static bool take_digits(struct gx_str *text, uint64_t *value)
{
	struct gx_str digits = { text->s, 0 };

	while (digits.n < text->n && text->s[digits.n] >= '0' &&
	       text->s[digits.n] <= '9')
		digits.n++;
	if (!gx_read_number(digits, value))
		return false;
	text->s += digits.n;
	text->n -= digits.n;
	return true;
}

/* "64kB": false if it is none, or too much for 64 bits */
static bool read_amount(struct gx_str text, struct gx_str second,
			const struct unit **unit, uint64_t *value)
{
	if (!take_digits(&text, value) || (second.s && text.n))
		return false;
	*unit = amount_unit(second.s ? second : text);
	if (!*unit || *value > UINT64_MAX / 1000 / (*unit)->mul)
		return false;
	*value = *value * (*unit)->mul;
	return true;
}

/* So many a second, and a part of one is not worth a number that cannot be read again */
#define RATE_FINE	(UINT64_MAX / 1000 / 604800)

/*
 * @value units of 1/@div a second, in the shortest time in which they are a whole number;
 * in the longest of all, rounded, if they are in none. False: less than one in @longest.
 */
static bool whole_rate(uint64_t value, uint64_t div, uint32_t longest,
		       struct gx_limit *limit, bool *exact)
{
	static const uint32_t per[] = { 1, 60, 3600, 86400, 604800 };
	size_t n = value / div > RATE_FINE ? 1 : sizeof(per) / sizeof(per[0]), i;

	if ((gx_u128)value * longest < div)
		return false;
	for (i = 0; i < n; i++) {
		limit->per = per[i];
		limit->rate = (gx_u128)value * per[i] / div;
		*exact = !((gx_u128)value * per[i] % div);
		if (*exact)
			break;
	}
	return true;
}

bool gx_read_rate(struct gx_parser *p, const struct gx_item *item,
		  struct gx_limit *limit)
{
	struct gx_str amount = item->text, second = item->hi, time;
	struct gx_str *last = second.s ? &second : &amount;
	const char *slash = memchr(last->s, '/', last->n);
	const struct unit *unit;
	uint32_t seconds;
	uint64_t value;
	bool exact;

	if (!slash)
		goto wrong;
	time.s = slash + 1;
	time.n = last->s + last->n - time.s;
	last->n = slash - last->s;
	seconds = time_unit(time);
	if (!seconds || !read_amount(amount, second, &unit, &value))
		goto wrong;
	if (!value) {
		gx_error(p, &item->loc, NULL, "a limit of nothing is a drop: write drop");
		return false;
	}
	/* What a byte costs is times the frame's length, and has to fit a word then. */
	if (!whole_rate(value, (uint64_t)seconds * unit->div,
			unit->bytes ? GX_LONGEST_PER_BYTE : GX_LONGEST_PER_PACKET,
			limit, &exact)) {
		gx_error(p, &item->loc, "at least 1B/min", "this is less than a byte in a minute");
		return false;
	}
	if (!exact)
		gx_warning(p, &item->loc, NULL, "rounded to %llu a %s",
			   (unsigned long long)limit->rate,
			   limit->per == 1 ? "second" : "week");
	limit->bytes = unit->bytes;
	return true;
wrong:
	gx_error(p, &item->loc, RATE_EXPECTED, "this is no rate");
	return false;
}

bool gx_read_burst(struct gx_parser *p, const struct gx_item *item,
		   const struct gx_limit *limit, uint64_t *burst)
{
	const struct unit *unit;

	if (!read_amount(item->text, item->hi, &unit, burst)) {
		gx_error(p, &item->loc, limit->bytes ? BURST_BYTES : BURST_PACKETS,
			 "this is no amount");
		return false;
	}
	*burst /= unit->div;
	if (unit->bytes != limit->bytes) {
		gx_error(p, &item->loc, limit->bytes ? BURST_BYTES : BURST_PACKETS,
			 "the limit counts %s, its burst %s",
			 limit->bytes ? "bytes" : "packets",
			 unit->bytes ? "bytes" : "packets");
		return false;
	}
	if (!*burst) {
		gx_error(p, &item->loc, NULL, "with a burst of nothing no packet would ever pass");
		return false;
	}
	return true;
}

bool gx_lang_read_time(const char *text, size_t len, uint32_t *seconds)
{
	struct gx_str rest = { text, len }, unit;
	uint64_t n, total = 0, each;

	do {
		if (!take_digits(&rest, &n) || n > UINT32_MAX)
			return false;
		unit.s = rest.s;
		unit.n = 0;
		while (unit.n < rest.n && (rest.s[unit.n] < '0' ||
					   rest.s[unit.n] > '9'))
			unit.n++;
		rest.s += unit.n;
		rest.n -= unit.n;
		each = unit.n ? time_unit(unit) : 1;
		if (!each)
			return false;
		total += n * each;
		if (total > UINT32_MAX)
			return false;
	} while (rest.n);
	*seconds = total;
	return true;
}

bool gx_read_seconds(struct gx_parser *p, const struct gx_item *item,
		     uint32_t *seconds)
{
	if (!item->hi.s &&
	    gx_lang_read_time(item->text.s, item->text.n, seconds) && *seconds)
		return true;
	gx_error(p, &item->loc, "a time such as 30s, 10m, 1h30m, 7d",
		 "\"%.*s\" is no time", (int)item->text.n, item->text.s);
	return false;
}
