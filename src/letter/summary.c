/* SPDX-License-Identifier: MIT */
/* summary.c: decoded fields, the readable text, attachments of both kinds (RFC 2183, and uuencode before
 * MIME). */
#include "letter/summary.h"
#include "letter/date.h"
#include "letter/mime.h"
#include <string.h>

static char *
field (const char *bytes, GpoSpan header, const char *name)
{
  char *text = gpo_header_text (bytes, header, name);
  return text ? text : g_strdup ("");
}

void
gpo_summary_init (GpoSummary *summary, const char *bytes, gsize length)
{
  GpoSpan header = gpo_header_span (bytes, length);
  g_autofree char *date = field (bytes, header, "Date");
  summary->from = field (bytes, header, "From");
  summary->to = field (bytes, header, "To");
  summary->subject = field (bytes, header, "Subject");
  if (!gpo_date_parse (date, strlen (date), &summary->date, NULL))
    summary->date = 0;
}

void
gpo_summary_clear (GpoSummary *summary)
{
  g_clear_pointer (&summary->from, g_free);
  g_clear_pointer (&summary->to, g_free);
  g_clear_pointer (&summary->subject, g_free);
}

/* --- a letter opened --- */

static void
attachment_free (gpointer data)
{
  GpoAttachment *attachment = data;
  g_free (attachment->name);
  g_free (attachment->type);
  g_bytes_unref (attachment->bytes);
  g_free (attachment);
}

/* The sender's name for a file may hold folders, to write where it should not: only the last part counts. */
static void
add_attachment (GpoReading *reading, char *name, char *type, GBytes *bytes)
{
  GpoAttachment *attachment = g_new (GpoAttachment, 1);
  g_autofree char *said = g_strdelimit (name ? name : g_strdup (""), "\\", '/');
  const char *slash = strrchr (said, '/');
  const char *last = slash ? slash + 1 : said;
  attachment->name = *last && last[0] != '.' ? g_utf8_make_valid (last, -1)
                                             : g_strdup_printf ("part %u", reading->attachments->len + 1);
  attachment->type = type;
  attachment->bytes = bytes;
  g_ptr_array_add (reading->attachments, attachment);
}

/* Text with LF ends, and its uuencoded files taken out. */
static void
add_text (GpoReading *reading, GString *out, const char *text, gsize length)
{
  gsize from = 0;
  GpoUuencoded file;
  g_autoptr (GString) plain = g_string_new (NULL);
  while (gpo_uu_find (text, (GpoSpan){ 0, length }, from, &file))
    {
      g_string_append_len (plain, text + from, (gssize) (file.whole.start - from));
      add_attachment (reading, g_strndup (text + file.name.start, file.name.length), g_strdup ("uuencoded"),
                      gpo_uu_decode (text, &file));
      from = file.whole.start + file.whole.length;
    }
  g_string_append_len (plain, text + from, (gssize) (length - from));
  g_string_replace (plain, "\r\n", "\n", 0);
  if (out->len && plain->len)
    g_string_append_c (out, '\n');
  g_string_append_len (out, plain->str, (gssize) plain->len);
}

static char *
type_of (const GpoAnatomy *anatomy, const GpoPart *part)
{
  GpoSpan word, sub;
  gpo_content_words (anatomy->bytes, part->type, &word, &sub);
  if (!word.length || !sub.length)
    return g_strdup ("text/plain");
  g_autofree char *type = g_strdup_printf ("%.*s/%.*s", (int) word.length, anatomy->bytes + word.start,
                                           (int) sub.length, anatomy->bytes + sub.start);
  return g_ascii_strdown (type, -1);
}

static gboolean
is_attached (const GpoAnatomy *anatomy, const GpoPart *part)
{
  GpoHeaderField found;
  GpoSpan word, sub;
  if (!gpo_header_find (anatomy->bytes, part->header, "Content-Disposition", &found))
    return FALSE;
  gpo_content_words (anatomy->bytes, gpo_span_trim (anatomy->bytes, found.value), &word, &sub);
  return word.length == 10 && g_ascii_strncasecmp (anatomy->bytes + word.start, "attachment", 10) == 0;
}

/* In multipart/alternative the plain part is read; the others say the same again. */
static gboolean
is_other_version (const GpoAnatomy *anatomy, const GpoPart *part)
{
  if (part->parent == GPO_NO_PART
      || !gpo_part_is (anatomy, &anatomy->parts[part->parent], "multipart", "alternative"))
    return FALSE;
  for (gint p = anatomy->parts[part->parent].first_child; p != GPO_NO_PART; p = anatomy->parts[p].next)
    if (gpo_part_is (anatomy, &anatomy->parts[p], "text", "plain"))
      return !gpo_part_is (anatomy, part, "text", "plain");
  return FALSE;
}

static gboolean
inside (const GpoAnatomy *anatomy, const GpoPart *part, GpoPartKind kind)
{
  for (gint p = part->parent; p != GPO_NO_PART; p = anatomy->parts[p].parent)
    if (anatomy->parts[p].kind == kind)
      return TRUE;
  return FALSE;
}

static void
add_part (GpoReading *reading, GString *out, const GpoAnatomy *anatomy, const GpoPart *part)
{
  if (part->kind == GPO_PART_MULTIPART || inside (anatomy, part, GPO_PART_MESSAGE)
      || is_other_version (anatomy, part))
    return;
  gboolean plain = gpo_part_is (anatomy, part, "text", "plain")
                   || gpo_part_is (anatomy, part, "message", "delivery-status");
  if (plain && part->kind == GPO_PART_LEAF && !is_attached (anatomy, part))
    {
      gsize length;
      g_autofree char *text = gpo_part_text (anatomy, part, &length);
      add_text (reading, out, text, length);
    }
  else
    add_attachment (reading, gpo_part_filename (anatomy, part), type_of (anatomy, part),
                    gpo_part_decode (anatomy, part));
}

GpoReading *
gpo_reading_new (const char *bytes, gsize length)
{
  GpoReading *reading = g_new0 (GpoReading, 1);
  g_auto (GpoAnatomy) anatomy;
  GString *out = g_string_new (NULL);
  gpo_summary_init (&reading->summary, bytes, length);
  reading->cc = field (bytes, gpo_header_span (bytes, length), "Cc");
  reading->attachments = g_ptr_array_new_with_free_func (attachment_free);
  gpo_anatomy_init (&anatomy, bytes, length);
  for (guint i = 0; i < anatomy.n_parts; i++)
    add_part (reading, out, &anatomy, &anatomy.parts[i]);
  reading->text = g_string_free (out, FALSE);
  return reading;
}

void
gpo_reading_free (GpoReading *reading)
{
  gpo_summary_clear (&reading->summary);
  g_free (reading->cc);
  g_free (reading->text);
  g_ptr_array_unref (reading->attachments);
  g_free (reading);
}

static gboolean
stands_in (const char *text, const char *folded)
{
  g_autofree char *own = g_utf8_casefold (text, -1);
  return strstr (own, folded) != NULL;
}

gboolean
gpo_reading_has (const GpoReading *reading, const char *words)
{
  g_autofree char *folded = g_utf8_casefold (words, -1);
  return stands_in (reading->summary.from, folded) || stands_in (reading->summary.to, folded)
         || stands_in (reading->cc, folded) || stands_in (reading->summary.subject, folded)
         || stands_in (reading->text, folded);
}
