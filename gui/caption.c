/* SPDX-License-Identifier: MIT */
/* caption.c: whose, what, and where the cursor is meanwhile. */
#include "caption.h"
#include "event-words.h"
#include "i18n.h"

/* "Event 330, session 4 at sparta". The caller frees. */
static char *
whose (guint64 n, const GpoEvent *event)
{
  const char *host = event->host ? gpo_symbol_name (event->host) : NULL;
  if (event->session && host)
    return g_strdup_printf (_ ("Event %lu, session %u at %s"), (gulong) n, event->session, host);
  if (event->letter && host)
    return g_strdup_printf (_ ("Event %lu, letter %u at %s"), (gulong) n, event->letter, host);
  return host ? g_strdup_printf (_ ("Event %lu at %s"), (gulong) n, host)
              : g_strdup_printf (_ ("Event %lu"), (gulong) n);
}

char *
gpo_caption (GpoCursor *cursor)
{
  GpoLog *log = gpo_cursor_get_log (cursor);
  guint64 n = gpo_cursor_get_n (cursor), at = gpo_cursor_get_event (cursor);
  const GpoEvent *event = at == G_MAXUINT64 ? NULL : gpo_log_get (log, at);
  const GpoEvent *now = gpo_cursor_get_length (cursor) ? gpo_log_get (log, n) : NULL;
  if (!now)
    return g_strdup ("");
  g_autofree char *elsewhere = whose (n, now);
  if (!event)
    return g_strdup_printf (_ ("What is chosen has not begun yet.   [%s: elsewhere]"), elsewhere);
  g_autofree char *who = whose (at, event), *what = gpo_event_explain (log, event);
  return at == n ? g_strdup_printf ("%s: %s", who, what)
                 : g_strdup_printf (_ ("%s: %s   [%s: elsewhere]"), who, what, elsewhere);
}
