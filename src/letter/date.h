/* SPDX-License-Identifier: MIT */
/* date.h: the dates of letters: RFC 5322 §3.3.
 *
 * Written in UTC ("+0000"); read in any zone. Times are µs since 1970. Any thread. */
#pragma once
#include <glib.h>

G_BEGIN_DECLS

/* Appends "Tue, 24 Nov 2026 09:15:02 +0000" (no line ending). */
void gpo_date_append (GString *out, gint64 when);
/* Reads a date-time, also in its obsolete forms (RFC 5322 §4.3: zones by name, short years) and with
 * comments. *offset: the zone in minutes east of UTC (may be NULL). FALSE: it is no date. */
gboolean gpo_date_parse (const char *text, gsize length, gint64 *when, int *offset);

G_END_DECLS
