/* SPDX-License-Identifier: MIT */
/* compose-reply.c: a draft that answers a letter: RFC 5322 §3.6.4 and §3.6.5. */
#include "letter/address.h"
#include "letter/compose.h"
#include "letter/mime.h"
#include <string.h>

static char *
field (const char *bytes, GpoSpan header, const char *name)
{
  char *text = gpo_header_text (bytes, header, name);
  if (text && *text)
    return text;
  g_free (text);
  return NULL;
}

/* "Re: " once, however often it was answered. */
static char *
reply_subject (const char *subject)
{
  return g_ascii_strncasecmp (subject, "Re:", 3) == 0 ? g_strdup (subject)
                                                      : g_strdup_printf ("Re: %s", subject);
}

static char *
quote (const GpoReading *reading)
{
  g_autoptr (GString) out = g_string_new (NULL);
  g_auto (GStrv) lines = g_strsplit (reading->text, "\n", -1);
  g_string_append_printf (out, "%s wrote:\n", reading->summary.from);
  for (char **line = lines; *line; line++)
    if (line[1] || **line)
      g_string_append_printf (out, ">%s%s\n", **line == '>' || !**line ? "" : " ", *line);
  return g_string_free (g_steal_pointer (&out), FALSE);
}

/* Adds the addresses of a field that are neither our own nor there already. */
static void
add_others (GString *out, const char *text, const char *self, const char *to)
{
  g_auto (GStrv) parts = g_strsplit (text ? text : "", ",", -1);
  g_autofree char *first = gpo_address_of (to);
  for (char **p = parts; *p; p++)
    {
      g_autofree char *address = gpo_address_of (g_strstrip (*p));
      if (!address || (self && gpo_path_equal (address, self)) || (first && gpo_path_equal (address, first))
          || strstr (out->str, address))
        continue;
      g_string_append_printf (out, "%s%s", out->len ? ", " : "", *p);
    }
}

void
gpo_draft_reply (GpoDraft *draft, const char *bytes, gsize length, gboolean all, const char *self)
{
  GpoSpan header = gpo_header_span (bytes, length);
  g_autoptr (GpoReading) reading = gpo_reading_new (bytes, length);
  g_autofree char *references = field (bytes, header, "References");
  draft->to = field (bytes, header, "Reply-To");
  if (!draft->to)
    draft->to = g_strdup (reading->summary.from);
  draft->subject = reply_subject (reading->summary.subject);
  draft->text = quote (reading);
  draft->in_reply_to = field (bytes, header, "Message-ID");
  if (draft->in_reply_to)
    draft->references = references ? g_strdup_printf ("%s %s", references, draft->in_reply_to)
                                   : g_strdup (draft->in_reply_to);
  if (!all)
    return;
  GString *cc = g_string_new (NULL);
  add_others (cc, reading->summary.to, self, draft->to);
  add_others (cc, reading->cc, self, draft->to);
  draft->cc = g_string_free (cc, FALSE);
}
