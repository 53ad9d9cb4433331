/* SPDX-License-Identifier: MIT */
/* date.c: writing and reading the dates of letters.
 *
 *   date-time = [ day-name "," ] day month year hour ":" minute [ ":" second ] zone    RFC 5322 §3.3
 *
 * A busy daemon writes thousands of dates a second, nearly all of them the same: each thread keeps the
 * last one. Reading is GMime's, which takes the obsolete forms of RFC 5322 §4.3 and what old software
 * made of them. */
#include "letter/date.h"
#include <gmime/gmime.h>
#include <string.h>
#include <time.h>

static const char days[7][4] = { "Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat" };
static const char months[12][4]
    = { "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec" };

void
gpo_date_append (GString *out, gint64 when)
{
  static _Thread_local struct
  {
    gint64 second;
    gsize length;
    char text[48];
  } last;
  gint64 second = when / G_USEC_PER_SEC - (when % G_USEC_PER_SEC < 0);
  if (last.length == 0 || last.second != second)
    {
      struct tm tm;
      time_t t = (time_t) second;
      gmtime_r (&t, &tm);
      last.length = (gsize) g_snprintf (last.text, sizeof last.text, "%s, %d %s %04d %02d:%02d:%02d +0000",
                                        days[tm.tm_wday], tm.tm_mday, months[tm.tm_mon], tm.tm_year + 1900,
                                        tm.tm_hour, tm.tm_min, tm.tm_sec);
      last.second = second;
    }
  g_string_append_len (out, last.text, (gssize) last.length);
}

gboolean
gpo_date_parse (const char *text, gsize length, gint64 *when, int *offset)
{
  g_autofree char *line = g_strndup (text, length);
  g_autoptr (GDateTime) date = g_mime_utils_header_decode_date (line);
  if (!date)
    return FALSE;
  *when = g_date_time_to_unix (date) * G_USEC_PER_SEC;
  if (offset)
    *offset = (int) (g_date_time_get_utc_offset (date) / G_TIME_SPAN_MINUTE);
  return TRUE;
}
