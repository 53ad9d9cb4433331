/* SPDX-License-Identifier: MIT */
/* fuzz-filter.c: any text as a filter: it is refused with a place inside it, or it parses again and
 * its negation gives the other answer; completion takes every position. */
#include "fuzz-target.h"
#include <string.h>
#include "trace/filter.h"

static void
make_event (GpoEventBuilder *b)
{
  gpo_event_begin (b, GPO_KIND_LETTER);
  b->event.time = 1500000;
  b->event.protocol = GPO_PROTOCOL_SMTP;
  b->event.session = 3;
  gpo_event_add_number (b, GPO_FIELD_CODE, 550);
  gpo_event_add_text (b, GPO_FIELD_TEXT, "RCPT TO:<bob@sparta.example>\r\n", -1);
  gpo_event_add_text (b, GPO_FIELD_HEADER, "To: bob\r\n carol\r\nX:\r\nno colon\r\n", -1);
  gpo_event_add_boolean (b, GPO_FIELD_AHEAD, TRUE);
}

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  if (size > 4096)
    return 0;
  g_autofree char *text = g_strndup ((const char *) data, size);
  g_autoptr (GError) error = NULL;
  gsize position = 0, start;
  for (gsize at = 0; at <= strlen (text); at += 1 + strlen (text) / 8)
    {
      G_GNUC_UNUSED g_autoptr (GPtrArray) list = gpo_filter_complete (text, at, &start);
      g_assert_cmpuint (start, <=, at);
    }
  g_autoptr (GpoFilter) filter = gpo_filter_parse (text, &position, &error);
  if (!filter)
    {
      g_assert_nonnull (error);
      g_assert_cmpuint (position, <=, strlen (text));
      return 0;
    }
  GpoEventBuilder b;
  make_event (&b);
  gboolean passes = gpo_filter_match (filter, 7, gpo_event_peek (&b));
  g_autofree char *denied = g_strdup_printf ("not (%s)", text);
  g_autoptr (GpoFilter) other = gpo_filter_parse (denied, NULL, NULL);
  if (other)
    g_assert_true (gpo_filter_match (other, 7, &b.event) != passes);
  gpo_event_clear (&b);
  return 0;
}
