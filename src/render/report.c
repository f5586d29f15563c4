/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "render/report.h"

#include <errno.h>
#include <stdio_ext.h>
#include <string.h>
#include <time.h>

int report_print(const struct report *report, FILE *stream, struct error *err)
{
	/* No other thread of ours prints, and libsmartcols writes raw cells a character at a time,
	 * each of which would take the lock. */
	const int locking = __fsetlocking(stream, FSETLOCKING_BYCALLER);
	int r = report->format == REPORT_JSON ? report_print_json(report, stream, err)
					      : report_print_table(report, stream, err);
	__fsetlocking(stream, locking);
	if (r < 0)
		return r;
	errno = EIO;
	if (fflush(stream) != 0 || ferror(stream))
		return error_errno(err, errno, "cannot write");
	return 0;
}

void format_start(uint64_t seconds, uint64_t now, char *buffer, size_t size)
{
	time_t start = seconds, reference = now;
	struct tm tm, now_tm;
	if (!localtime_r(&start, &tm) || !localtime_r(&reference, &now_tm)) {
		snprintf(buffer, size, "?");
		return;
	}
	if (seconds <= now && now - seconds < 24 * 60 * 60)
		strftime(buffer, size, "%H:%M", &tm);
	else if (tm.tm_year == now_tm.tm_year)
		strftime(buffer, size, "%b%d", &tm);
	else
		strftime(buffer, size, "%Y", &tm);
}

void format_utc(uint64_t seconds, char *buffer, size_t size)
{
	time_t time = seconds;
	struct tm tm;
	if (!gmtime_r(&time, &tm) || strftime(buffer, size, "%Y-%m-%dT%H:%M:%SZ", &tm) == 0)
		snprintf(buffer, size, "?");
}

void format_clock(uint64_t ns, char *buffer, size_t size)
{
	time_t time = ns / 1000000000;
	struct tm tm;
	char clock[16];
	if (!localtime_r(&time, &tm) || strftime(clock, sizeof(clock), "%H:%M:%S", &tm) == 0)
		snprintf(buffer, size, "?");
	else
		snprintf(buffer, size, "%s.%03u", clock, (unsigned)(ns / 1000000 % 1000));
}

void format_utc_ns(uint64_t ns, char *buffer, size_t size)
{
	char seconds[32];
	format_utc(ns / 1000000000, seconds, sizeof(seconds));
	seconds[strcspn(seconds, "Z")] = 0;
	snprintf(buffer, size, "%s.%09uZ", seconds, (unsigned)(ns % 1000000000));
}
