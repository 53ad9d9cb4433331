/* SPDX-License-Identifier: MIT */
/* event-details.c: fields, bytes, a link. */
#include "event-details.h"
#include "i18n.h"
#include <string.h>

#define MOST_BYTES 4000

/* Bytes as a student should see them: CR, LF and tabs have pictures, a line ends where it ends. */
static void
append_bytes (GString *out, const char *bytes, gsize n)
{
  for (const char *p = bytes, *end = bytes + MIN (n, MOST_BYTES); p < end;)
    {
      gunichar c = g_utf8_get_char_validated (p, end - p);
      if (c == (gunichar) -1 || c == (gunichar) -2)
        {
          g_string_append_printf (out, "\\x%02x", (guchar) *p++);
          continue;
        }
      if (c == '\n')
        g_string_append (out, p + 1 < end ? "␊\n  " : "␊");
      else if (c == '\r' || c == '\t' || c == 0)
        g_string_append (out, c == '\r' ? "␍" : c == '\t' ? "␉" : "␀");
      else if (g_unichar_iscntrl (c) || !g_unichar_isdefined (c) || (c >= 0x200b && c <= 0x206f))
        g_string_append_printf (out, "\\u{%x}", c);
      else
        g_string_append_unichar (out, c);
      p = g_utf8_next_char (p);
    }
  if (n > MOST_BYTES)
    g_string_append_printf (out, _ (" … (%zu bytes in all)"), n);
}

static void
append_name (GString *out, const char *name)
{
  g_string_append_printf (out, "%-11s ", name);
}

static void
append_field (GString *out, const GpoEvent *event, const GpoFieldIter *iter)
{
  append_name (out, gpo_field_name (iter->field));
  if (iter->type == GPO_VALUE_NUMBER)
    g_string_append_printf (out, "%" G_GINT64_FORMAT, iter->number);
  else if (iter->type == GPO_VALUE_BOOLEAN)
    g_string_append (out, iter->number ? "true" : "false");
  else
    append_bytes (out, iter->text, iter->length);
  g_string_append_c (out, '\n');
}

char *
gpo_event_fields (GpoLog *log, guint64 n, const GpoEvent *event)
{
  g_autoptr (GString) out = g_string_new (NULL);
  g_autofree char *time = gpo_time_words (event->time);
  GpoFieldIter iter;
  append_name (out, "event");
  g_string_append_printf (out, _ ("%lu, %s, at %s s"), (gulong) n, gpo_kind_name ((GpoKind) event->kind),
                          time);
  if (event->host)
    g_string_append_printf (out, ", %s", gpo_symbol_name (event->host));
  if (event->session)
    g_string_append_printf (out, _ (", session %u"), event->session);
  if (event->letter)
    g_string_append_printf (out, _ (", letter %u"), event->letter);
  g_string_append_c (out, '\n');
  gpo_field_iter_init (&iter, event);
  while (gpo_field_iter_next (&iter))
    if (iter.field != GPO_FIELD_HIDDEN && !(event->kind == GPO_KIND_DATA && iter.field == GPO_FIELD_TEXT))
      append_field (out, event, &iter);
  g_autoptr (GBytes) content = event->kind == GPO_KIND_DATA ? gpo_log_content (log, event) : NULL;
  if (content)
    {
      gsize size;
      const char *bytes = g_bytes_get_data (content, &size);
      append_name (out, _ ("bytes"));
      append_bytes (out, bytes, size);
      g_string_append_c (out, '\n');
    }
  g_string_truncate (out, out->len - 1);
  return g_string_free (g_steal_pointer (&out), FALSE);
}

/* "RFC 5321 §4.1.1.3" */
char *
gpo_event_link (const GpoEvent *event)
{
  const char *spec = gpo_event_text (event, GPO_FIELD_SPEC, NULL);
  const char *section = spec ? strstr (spec, "§") : NULL;
  guint64 rfc = spec && g_str_has_prefix (spec, "RFC ") ? g_ascii_strtoull (spec + 4, NULL, 10) : 0;
  if (!rfc)
    return NULL;
  gsize length = section ? strspn (section + strlen ("§"), "0123456789.ABCDEF") : 0;
  g_autofree char *number = section ? g_strndup (section + strlen ("§"), length) : NULL;
  const char *kind = number && g_ascii_isalpha (*number) ? "appendix" : "section";
  return number && *number
             ? g_strdup_printf ("https://www.rfc-editor.org/rfc/rfc%u#%s-%s", (guint) rfc, kind, number)
             : g_strdup_printf ("https://www.rfc-editor.org/rfc/rfc%u", (guint) rfc);
}

gboolean
gpo_event_contains (const GpoEvent *event, const char *words)
{
  GpoFieldIter iter;
  if (strcasestr (gpo_kind_name ((GpoKind) event->kind), words)
      || (event->host && strcasestr (gpo_symbol_name (event->host), words)))
    return TRUE;
  gpo_field_iter_init (&iter, event);
  while (gpo_field_iter_next (&iter))
    {
      char number[24];
      const char *text = iter.text;
      if (iter.type == GPO_VALUE_NUMBER)
        {
          g_snprintf (number, sizeof number, "%" G_GINT64_FORMAT, iter.number);
          text = number;
        }
      if (text && iter.type != GPO_VALUE_BOOLEAN && iter.field != GPO_FIELD_HIDDEN
          && strcasestr (text, words))
        return TRUE;
    }
  return FALSE;
}

gboolean
gpo_event_is_error (const GpoEvent *event)
{
  if (event->kind == GPO_KIND_HOLD || event->kind == GPO_KIND_EDGE)
    return FALSE; /* an edge that refuses is followed by the reply that says so */
  GpoTone tone = gpo_event_tone (event);
  return tone == GPO_TONE_REFUSED || tone == GPO_TONE_DEFERRED;
}
