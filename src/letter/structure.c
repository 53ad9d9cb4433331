/* SPDX-License-Identifier: MIT */
/* structure.c: strings, and BODYSTRUCTURE: RFC 3501 §7.4.2, grammar in §9.
 *
 *     body = "(" (body-type-1part / body-type-mpart) ")" */
#include "letter/structure-internal.h"
#include "letter/mime.h"
#include <string.h>

/* --- strings --- */

void
gpo_imap_string_append (GString *out, const char *text, gsize length)
{
  if (!text)
    {
      g_string_append_len (out, "NIL", 3);
      return;
    }
  gboolean literal = length > 4096, escapes = FALSE;
  gsize nuls = 0;
  for (gsize i = 0; i < length; i++)
    {
      guchar c = text[i];
      literal |= c >= 0x80 || c == '\r' || c == '\n';
      escapes |= c == '"' || c == '\\';
      nuls += c == '\0';
    }
  if (literal)
    g_string_append_printf (out, "{%" G_GSIZE_FORMAT "}\r\n", length - nuls);
  else
    g_string_append_c (out, '"');
  if (!nuls && (literal || !escapes))
    g_string_append_len (out, text, length);
  else
    for (gsize i = 0; i < length; i++)
      {
        if (!literal && (text[i] == '"' || text[i] == '\\'))
          g_string_append_c (out, '\\');
        if (text[i])
          g_string_append_c (out, text[i]);
      }
  if (!literal)
    g_string_append_c (out, '"');
}

GpoSpan
gpo_imap_unfold (const char *bytes, GpoSpan value, GString *scratch, const char **text)
{
  value = gpo_span_trim (bytes, value);
  *text = bytes + value.start;
  if (!memchr (*text, '\n', value.length) && !memchr (*text, '\r', value.length))
    return (GpoSpan){ 0, value.length };
  g_string_truncate (scratch, 0);
  for (gsize i = 0; i < value.length; i++)
    if ((*text)[i] != '\r' && (*text)[i] != '\n')
      g_string_append_c (scratch, (*text)[i]);
  *text = scratch->str;
  return (GpoSpan){ 0, scratch->len };
}

void
gpo_imap_value_append (GString *out, const char *bytes, const GpoSpan *value, GString *scratch)
{
  const char *text;
  if (!value->length)
    {
      g_string_append_len (out, "NIL", 3);
      return;
    }
  GpoSpan span = gpo_imap_unfold (bytes, *value, scratch, &text);
  gpo_imap_string_append (out, text, span.length);
}

/* --- BODYSTRUCTURE --- */

static void
append_span (GString *out, const char *bytes, GpoSpan span)
{
  gpo_imap_string_append (out, span.length ? bytes + span.start : NULL, span.length);
}

/* "(" string SP string … ")" / nil; backslashes of quoted values are taken off. */
static void
append_parameters (GString *out, const char *bytes, gsize end, gsize at)
{
  GpoParameter parameter;
  gboolean any = FALSE;
  while (gpo_parameter_next (bytes, end, &at, &parameter))
    {
      g_autofree char *value = gpo_parameter_dup (bytes, &parameter);
      g_string_append_c (out, any ? ' ' : '(');
      gpo_imap_string_append (out, bytes + parameter.name.start, parameter.name.length);
      g_string_append_c (out, ' ');
      g_strdelimit (value, "\r\n", ' '); /* of what is not quoted */
      gpo_imap_string_append (out, value, strlen (value));
      any = TRUE;
    }
  g_string_append (out, any ? ")" : "NIL");
}

static void
append_field (GString *out, const char *bytes, GpoSpan header, const char *name)
{
  GpoHeaderField field;
  g_autoptr (GString) scratch = g_string_new (NULL);
  GpoSpan value = { 0, 0 };
  if (gpo_header_find (bytes, header, name, &field))
    value = gpo_span_trim (bytes, field.value);
  gpo_imap_value_append (out, bytes, &value, scratch);
}

/* body-fld-dsp = "(" string SP body-fld-param ")" / nil */
static void
append_disposition (GString *out, const char *bytes, GpoSpan header)
{
  GpoHeaderField field;
  GpoSpan word = { 0, 0 }, sub;
  if (!gpo_header_find (bytes, header, "Content-Disposition", &field))
    {
      g_string_append (out, "NIL");
      return;
    }
  GpoSpan value = gpo_span_trim (bytes, field.value);
  gsize at = gpo_content_words (bytes, value, &word, &sub);
  if (!word.length)
    {
      g_string_append (out, "NIL");
      return;
    }
  g_string_append_c (out, '(');
  append_span (out, bytes, word);
  g_string_append_c (out, ' ');
  append_parameters (out, bytes, GPO_SPAN_END (value), at);
  g_string_append_c (out, ')');
}

/* body-fld-lang = nstring / "(" string *(SP string) ")": the words between commas. */
static void
append_language (GString *out, const char *bytes, GpoSpan header)
{
  g_autofree char *text = NULL;
  GpoHeaderField field;
  gboolean any = FALSE;
  if (gpo_header_find (bytes, header, "Content-Language", &field))
    text = g_strndup (bytes + field.value.start, field.value.length);
  g_auto (GStrv) words = g_strsplit_set (text ? text : "", ", \t\r\n", -1);
  for (guint i = 0; words[i]; i++)
    if (*words[i])
      {
        g_string_append_c (out, any ? ' ' : '(');
        gpo_imap_string_append (out, words[i], strlen (words[i]));
        any = TRUE;
      }
  g_string_append (out, any ? ")" : "NIL");
}

/* Disposition, language, location: what extension data ends with. */
static void
append_extension (GString *out, const char *bytes, const GpoPart *part)
{
  g_string_append_c (out, ' ');
  append_disposition (out, bytes, part->header);
  g_string_append_c (out, ' ');
  append_language (out, bytes, part->header);
  g_string_append_c (out, ' ');
  append_field (out, bytes, part->header, "Content-Location");
}

static void
append_multipart (GString *out, const GpoAnatomy *anatomy, const GpoPart *part, gboolean extended)
{
  const char *bytes = anatomy->bytes;
  GpoSpan word, sub = { 0, 0 };
  gsize at = gpo_content_words (bytes, part->type, &word, &sub);
  for (gint child = part->first_child; child != GPO_NO_PART; child = anatomy->parts[child].next)
    gpo_imap_structure_append (out, anatomy, child, extended);
  g_string_append_c (out, ' ');
  if (sub.length)
    append_span (out, bytes, sub);
  else
    g_string_append (out, "\"MIXED\"");
  if (!extended)
    return;
  g_string_append_c (out, ' ');
  append_parameters (out, bytes, GPO_SPAN_END (part->type), at);
  append_extension (out, bytes, part);
}

/* media type and body-fields: type, subtype, parameters, id, description, encoding, octets */
static void
append_fields (GString *out, const GpoAnatomy *anatomy, const GpoPart *part, const char *type,
               const char *subtype)
{
  const char *bytes = anatomy->bytes;
  GpoSpan word = { 0, 0 }, sub = { 0, 0 };
  gsize at = gpo_content_words (bytes, part->type, &word, &sub);
  if (!type && word.length && sub.length)
    {
      append_span (out, bytes, word);
      g_string_append_c (out, ' ');
      append_span (out, bytes, sub);
      g_string_append_c (out, ' ');
      append_parameters (out, bytes, GPO_SPAN_END (part->type), at);
    }
  else if (type && word.length && sub.length)
    {
      g_string_append_printf (out, "\"%s\" \"%s\" ", type, subtype);
      append_parameters (out, bytes, GPO_SPAN_END (part->type), at);
    }
  else if (type)
    g_string_append_printf (out, "\"%s\" \"%s\" NIL", type, subtype);
  else
    g_string_append (out, "\"TEXT\" \"PLAIN\" (\"CHARSET\" \"US-ASCII\")"); /* RFC 2045 §5.2 */
  g_string_append_c (out, ' ');
  append_field (out, bytes, part->header, "Content-ID");
  g_string_append_c (out, ' ');
  append_field (out, bytes, part->header, "Content-Description");
  g_string_append_c (out, ' ');
  gsize n = 0; /* an encoding is one token; a comment behind it is none of it */
  while (n < part->encoding.length && !strchr (" \t\r\n;(", bytes[part->encoding.start + n]))
    n++;
  if (n)
    gpo_imap_string_append (out, bytes + part->encoding.start, n);
  else
    g_string_append (out, "\"7BIT\"");
  g_string_append_printf (out, " %" G_GSIZE_FORMAT, gpo_part_body_size (part));
}

static void
append_leaf (GString *out, const GpoAnatomy *anatomy, const GpoPart *part, gboolean extended)
{
  const char *bytes = anatomy->bytes;
  GpoSpan word = { 0, 0 }, sub = { 0, 0 };
  gpo_content_words (bytes, part->type, &word, &sub);
  gboolean typed = word.length && sub.length;
  /* A multipart whose boundary never comes has no parts to show: it is shown as text. */
  gboolean broken = part->kind == GPO_PART_MULTIPART || gpo_part_is (anatomy, part, "multipart", NULL);
  gboolean message = part->kind == GPO_PART_MESSAGE && part->first_child != GPO_NO_PART;
  /* message/rfc822 without a letter in it must not look like one. */
  gboolean unmessage = !message && typed && gpo_part_is (anatomy, part, "message", "rfc822");
  if (broken)
    append_fields (out, anatomy, part, "TEXT", "PLAIN");
  else if (unmessage)
    append_fields (out, anatomy, part, "APPLICATION", "OCTET-STREAM");
  else if (message)
    append_fields (out, anatomy, part, "MESSAGE", "RFC822");
  else
    append_fields (out, anatomy, part, NULL, NULL);
  if (message)
    {
      const GpoPart *letter = &anatomy->parts[part->first_child];
      g_string_append_c (out, ' ');
      gpo_imap_envelope_append (out, bytes, letter->header);
      g_string_append_c (out, ' ');
      gpo_imap_structure_append (out, anatomy, part->first_child, extended);
    }
  if (message || broken || !typed || gpo_part_is (anatomy, part, "text", NULL))
    g_string_append_printf (out, " %" G_GSIZE_FORMAT, part->body_lines);
  if (!extended)
    return;
  g_string_append_c (out, ' ');
  append_field (out, bytes, part->header, "Content-MD5");
  append_extension (out, bytes, part);
}

void
gpo_imap_structure_append (GString *out, const GpoAnatomy *anatomy, gint index, gboolean extended)
{
  const GpoPart *part = &anatomy->parts[index];
  g_string_append_c (out, '(');
  if (part->kind == GPO_PART_MULTIPART && part->first_child != GPO_NO_PART)
    append_multipart (out, anatomy, part, extended);
  else
    append_leaf (out, anatomy, part, extended);
  g_string_append_c (out, ')');
}
