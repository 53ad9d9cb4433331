/* SPDX-License-Identifier: MIT */
/* mime.c: reading what a letter says, through GMime.
 *
 * Header words (RFC 2047), parameters (RFC 2231), transfer encodings (RFC 2045 §6) and charsets. All of
 * it on request and only for the part that is asked for: GMime never sees the whole letter, since its
 * parser does not keep the bytes as they were.
 *
 * Who calls it: the reader, the window, IMAP's SEARCH. */
#include "letter/mime.h"
#include <errno.h>
#include <gmime/gmime.h>
#include <string.h>

void
gpo_mime_ready (void)
{
  static gsize once = 0;
  if (g_once_init_enter (&once))
    {
      g_mime_init ();
      g_once_init_leave (&once, 1);
    }
}

/* A value on one line: line endings of folding taken out, white space kept, NULs made visible. */
static char *
unfold (const char *value, gsize length)
{
  GString *line = g_string_sized_new (length);
  for (gsize i = 0; i < length; i++)
    if (value[i] == 0)
      g_string_append (line, "\xef\xbf\xbd");
    else if (value[i] != '\n' && !(value[i] == '\r' && i + 1 < length && value[i + 1] == '\n'))
      g_string_append_c (line, value[i]);
  return g_string_free (line, FALSE);
}

char *
gpo_header_decode (const char *value, gsize length)
{
  gpo_mime_ready ();
  g_autofree char *line = unfold (value, length);
  g_autofree char *decoded = g_mime_utils_header_decode_text (NULL, g_strstrip (line));
  return g_utf8_make_valid (decoded, -1);
}

char *
gpo_header_text (const char *bytes, GpoSpan header, const char *name)
{
  GpoHeaderField field;
  if (!gpo_header_find (bytes, header, name, &field))
    return NULL;
  return gpo_header_decode (bytes + field.value.start, field.value.length);
}

char *
gpo_part_parameter (const GpoAnatomy *anatomy, const GpoPart *part, const char *field, const char *name)
{
  GpoHeaderField found;
  const char *value = NULL;
  char *copy = NULL;
  if (!gpo_header_find (anatomy->bytes, part->header, field, &found))
    return NULL;
  gpo_mime_ready ();
  g_autofree char *line = unfold (anatomy->bytes + found.value.start, found.value.length);
  if (g_ascii_strcasecmp (field, "Content-Type") == 0)
    {
      GMimeContentType *type = g_mime_content_type_parse (NULL, g_strstrip (line));
      value = g_mime_content_type_get_parameter (type, name);
      copy = value ? g_utf8_make_valid (value, -1) : NULL;
      g_object_unref (type);
    }
  else
    {
      GMimeContentDisposition *disposition = g_mime_content_disposition_parse (NULL, g_strstrip (line));
      value = g_mime_content_disposition_get_parameter (disposition, name);
      copy = value ? g_utf8_make_valid (value, -1) : NULL;
      g_object_unref (disposition);
    }
  return copy;
}

char *
gpo_part_filename (const GpoAnatomy *anatomy, const GpoPart *part)
{
  char *name = gpo_part_parameter (anatomy, part, "Content-Disposition", "filename");
  return name ? name : gpo_part_parameter (anatomy, part, "Content-Type", "name");
}

/* --- transfer encodings --- */

static GMimeContentEncoding
encoding_of (const GpoAnatomy *anatomy, const GpoPart *part)
{
  GpoSpan word, sub;
  char name[32];
  gpo_content_words (anatomy->bytes, part->encoding, &word, &sub);
  if (word.length == 0 || word.length >= sizeof name)
    return GMIME_CONTENT_ENCODING_DEFAULT;
  memcpy (name, anatomy->bytes + word.start, word.length);
  name[word.length] = 0;
  return g_mime_content_encoding_from_string (name);
}

static GBytes *
decode_span (const char *bytes, GpoSpan span, GMimeContentEncoding encoding)
{
  GMimeEncoding decoder;
  g_mime_encoding_init_decode (&decoder, encoding);
  char *out = g_malloc (g_mime_encoding_outlen (&decoder, span.length) + 1);
  gsize n = g_mime_encoding_flush (&decoder, bytes + span.start, span.length, out);
  return g_bytes_new_take (out, n);
}

GBytes *
gpo_part_decode (const GpoAnatomy *anatomy, const GpoPart *part)
{
  GpoUuencoded file;
  GMimeContentEncoding encoding = encoding_of (anatomy, part);
  gpo_mime_ready ();
  switch (encoding)
    {
    case GMIME_CONTENT_ENCODING_BASE64:
    case GMIME_CONTENT_ENCODING_QUOTEDPRINTABLE:
      return decode_span (anatomy->bytes, part->body, encoding);
    case GMIME_CONTENT_ENCODING_UUENCODE:
      if (gpo_uu_find (anatomy->bytes, part->body, part->body.start, &file))
        return gpo_uu_decode (anatomy->bytes, &file);
      G_GNUC_FALLTHROUGH;
    default:
      return g_bytes_new (anatomy->bytes + part->body.start, part->body.length);
    }
}

/* --- charsets --- */

/* Converts what can be converted; each byte that cannot becomes U+FFFD. */
static char *
convert (GIConv converter, const char *text, gsize length, gsize *out_length)
{
  GString *out = g_string_sized_new (length + length / 2);
  char buffer[1024], *from = (char *) text;
  while (length)
    {
      char *to = buffer;
      gsize room = sizeof buffer;
      gboolean bad = g_iconv (converter, &from, &length, &to, &room) == (gsize) -1 && errno != E2BIG;
      g_string_append_len (out, buffer, to - buffer);
      if (bad)
        {
          g_string_append (out, "\xef\xbf\xbd");
          from++;
          length--;
        }
    }
  *out_length = out->len;
  return g_string_free (out, FALSE);
}

/* The name iconv has for a part's charset; NULL: none is named, or one that says nothing. */
static char *
charset_of (const GpoAnatomy *anatomy, const GpoPart *part)
{
  g_autofree char *name = gpo_part_parameter (anatomy, part, "Content-Type", "charset");
  if (!name || g_ascii_strcasecmp (name, "us-ascii") == 0 || g_ascii_strncasecmp (name, "unknown", 7) == 0)
    return NULL;
  return g_strdup (g_mime_charset_iconv_name (name));
}

char *
gpo_part_text (const GpoAnatomy *anatomy, const GpoPart *part, gsize *length)
{
  g_autoptr (GBytes) decoded = gpo_part_decode (anatomy, part);
  g_autofree char *charset = charset_of (anatomy, part);
  gsize size, converted_size;
  const char *bytes = g_bytes_get_data (decoded, &size);
  g_autofree char *converted = NULL;

  /* Who names no charset and sends no UTF-8 most likely wrote in the old default of the West. */
  if (!charset && !g_utf8_validate (bytes, (gssize) size, NULL) && !memchr (bytes, 0, size))
    charset = g_strdup ("CP1252");
  if (charset && g_ascii_strcasecmp (charset, "UTF-8") != 0)
    {
      GIConv converter = g_iconv_open ("UTF-8", charset);
      if (converter != (GIConv) -1)
        {
          bytes = converted = convert (converter, bytes, size, &converted_size);
          size = converted_size;
          g_iconv_close (converter);
        }
    }
  char *text = g_utf8_make_valid (size ? bytes : "", (gssize) size);
  if (length)
    *length = strlen (text);
  return text;
}

/* --- uuencode --- */

static gboolean
next_line (const char *bytes, gsize end, gsize *at, GpoSpan *line)
{
  if (*at >= end)
    return FALSE;
  const char *lf = memchr (bytes + *at, '\n', end - *at);
  gsize stop = lf ? (gsize) (lf - bytes) : end;
  *line = (GpoSpan){ *at, stop - *at };
  if (line->length && bytes[stop - 1] == '\r')
    line->length--;
  *at = lf ? stop + 1 : end;
  return TRUE;
}

/* "begin" SP mode SP name; the mode is three or four octal digits. */
static gboolean
is_begin (const char *bytes, GpoSpan line, GpoSpan *name)
{
  const char *p = bytes + line.start, *end = p + line.length;
  if (line.length < 11 || memcmp (p, "begin ", 6) != 0)
    return FALSE;
  const char *mode = p += 6;
  while (p < end && *p >= '0' && *p <= '7')
    p++;
  if (p - mode < 3 || p - mode > 4 || p + 1 >= end || *p != ' ')
    return FALSE;
  *name = (GpoSpan){ (gsize) (p + 1 - bytes), (gsize) (end - p - 1) };
  return TRUE;
}

/* A line of data says its number of bytes first and has four characters for every three of them
 * (and perhaps one or two of a checksum). */
static gboolean
is_data (const char *bytes, GpoSpan line)
{
  if (line.length == 0)
    return TRUE;
  for (gsize i = 0; i < line.length; i++)
    if (bytes[line.start + i] < 0x20 || bytes[line.start + i] > 0x60)
      return FALSE;
  gsize count = (gsize) (bytes[line.start] - 0x20) & 63, needed = 1 + (count + 2) / 3 * 4;
  return line.length >= needed && line.length <= needed + 2;
}

gboolean
gpo_uu_find (const char *bytes, GpoSpan within, gsize from, GpoUuencoded *out)
{
  gsize end = GPO_SPAN_END (within), at = MAX (from, within.start), before;
  GpoSpan line;
  gboolean open = FALSE;
  while (before = at, next_line (bytes, end, &at, &line))
    if (is_begin (bytes, line, &out->name))
      {
        open = TRUE;
        out->whole.start = before;
        out->data.start = at;
      }
    else if (open && line.length == 3 && memcmp (bytes + line.start, "end", 3) == 0)
      {
        out->data.length = before - out->data.start;
        out->whole.length = at - out->whole.start;
        return TRUE;
      }
    else if (open && !is_data (bytes, line))
      open = FALSE;
  return FALSE;
}

GBytes *
gpo_uu_decode (const char *bytes, const GpoUuencoded *file)
{
  gpo_mime_ready ();
  return decode_span (bytes, file->data, GMIME_CONTENT_ENCODING_UUENCODE);
}

/* --- addresses --- */

static void
add_addresses (GPtrArray *out, InternetAddressList *list)
{
  for (int i = 0; list && i < internet_address_list_length (list); i++)
    {
      InternetAddress *address = internet_address_list_get_address (list, i);
      if (INTERNET_ADDRESS_IS_GROUP (address))
        add_addresses (out, internet_address_group_get_members (INTERNET_ADDRESS_GROUP (address)));
      else if (INTERNET_ADDRESS_IS_MAILBOX (address))
        {
          const char *addr = internet_address_mailbox_get_addr (INTERNET_ADDRESS_MAILBOX (address));
          if (addr && *addr)
            g_ptr_array_add (out, g_utf8_make_valid (addr, -1));
        }
    }
}

char **
gpo_header_addresses (const char *value, gsize length)
{
  GPtrArray *out = g_ptr_array_new ();
  g_autofree char *text = g_strndup (value, length);
  gpo_mime_ready ();
  InternetAddressList *list = internet_address_list_parse (NULL, text);
  add_addresses (out, list);
  g_clear_object (&list);
  g_ptr_array_add (out, NULL);
  return (char **) g_ptr_array_free (out, FALSE);
}
