/* SPDX-License-Identifier: MIT */
/* imap-section.c: which bytes BODY[section] names: RFC 3501 §6.4.5.
 *
 * A section is a span of the letter, never a copy, except for chosen header fields, which are put together.
 */
#include "roles/imap-private.h"
#include <string.h>

gboolean
gpo_imap_section_needs_header_only (const GpoFetchItem *item)
{
  return item->n_numbers == 0 && item->text >= GPO_SECTION_HEADER && item->text <= GPO_SECTION_FIELDS_NOT;
}

static gboolean
is_listed (const GpoFetchItem *item, const char *name, gsize length)
{
  for (guint i = 0; i < item->fields->len; i++)
    {
      const char *field = item->fields->pdata[i];
      if (length && g_ascii_tolower (*field) == g_ascii_tolower (*name) && strlen (field) == length
          && g_ascii_strncasecmp (field, name, length) == 0)
        return TRUE;
    }
  return FALSE;
}

/* The fields that are (not) listed, in the order of the letter, and the empty line (RFC 3501 §6.4.5). */
static void
make_fields (const GpoFetchItem *item, const char *bytes, GpoSpan header, GString *made)
{
  gsize at = header.start;
  GpoHeaderField field;
  g_string_truncate (made, 0);
  while (gpo_header_next (bytes, GPO_SPAN_END (header), &at, &field))
    if (is_listed (item, bytes + field.name.start, field.name.length) == (item->text == GPO_SECTION_FIELDS))
      {
        g_string_append_len (made, bytes + field.whole.start, field.whole.length);
        if (bytes[GPO_SPAN_END (field.whole) - 1] != '\n')
          g_string_append (made, "\r\n");
      }
  g_string_append (made, "\r\n");
}

static void
clip (const GpoFetchItem *item, GpoImapSection *out)
{
  if (!item->partial || out->nil)
    return;
  gsize skip = MIN (item->offset, out->length);
  out->bytes += skip;
  out->length = MIN (out->length - skip, item->count);
  if (out->offset >= 0)
    out->offset += skip;
}

static void
set_span (GpoImapSection *out, const char *bytes, GpoSpan span)
{
  *out = (GpoImapSection){ .bytes = bytes + span.start, .length = span.length, .offset = span.start };
}

static void
header_section (const GpoFetchItem *item, const char *bytes, GpoSpan header, GString *made,
                GpoImapSection *out)
{
  if (item->text == GPO_SECTION_HEADER)
    set_span (out, bytes, header);
  else
    {
      make_fields (item, bytes, header, made);
      *out = (GpoImapSection){ .bytes = made->str, .length = made->len, .offset = -1 };
    }
}

void
gpo_imap_section_of_header (const GpoFetchItem *item, const char *header, gsize length, GString *made,
                            GpoImapSection *out)
{
  header_section (item, header, (GpoSpan){ 0, length }, made, out);
  clip (item, out);
}

void
gpo_imap_section (const GpoFetchItem *item, const GpoAnatomy *anatomy, GString *made, GpoImapSection *out)
{
  gint index = gpo_anatomy_section (anatomy, item->numbers, item->n_numbers);
  *out = (GpoImapSection){ .nil = TRUE };
  if (index == GPO_NO_PART)
    return;
  const GpoPart *part = &anatomy->parts[index];
  if (item->text == GPO_SECTION_ALL)
    set_span (out, anatomy->bytes, item->n_numbers ? part->body : part->whole);
  else if (item->text == GPO_SECTION_MIME)
    set_span (out, anatomy->bytes, part->header);
  else
    {
      /* HEADER and TEXT are those of a letter: of this one, or of the one that the part is. */
      if (item->n_numbers && (part->kind != GPO_PART_MESSAGE || part->first_child == GPO_NO_PART))
        return;
      const GpoPart *letter = item->n_numbers ? &anatomy->parts[part->first_child] : part;
      if (item->text == GPO_SECTION_TEXT)
        set_span (out, anatomy->bytes, letter->body);
      else
        header_section (item, anatomy->bytes, letter->header, made, out);
    }
  clip (item, out);
}
