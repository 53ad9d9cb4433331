/* SPDX-License-Identifier: MIT */
/* compose.c: a draft becomes bytes.
 *
 *     header   Date From To Cc Subject Message-ID In-Reply-To References, and MIME-Version where MIME is used
 *     body     text alone, or multipart/mixed with a part per file, or text with uuencoded files behind it
 *
 * MIME is used where it is needed: text in ASCII with short lines goes as it would have gone in 1982. GMime
 * encodes words, quoted-printable, base64 and uuencode. */
#include "letter/compose.h"
#include "letter/address.h"
#include "letter/date.h"
#include "letter/mime.h"
#include <gmime/gmime.h>
#include <string.h>

/* RFC 5322 §2.1.1: 998 bytes without CRLF are allowed, 78 are polite. */
#define LINE_MOST 998

void
gpo_draft_clear (GpoDraft *draft)
{
  g_free (draft->from);
  g_free (draft->to);
  g_free (draft->cc);
  g_free (draft->bcc);
  g_free (draft->subject);
  g_free (draft->text);
  g_free (draft->in_reply_to);
  g_free (draft->references);
  g_clear_pointer (&draft->attachments, g_ptr_array_unref);
  *draft = (GpoDraft){ 0 };
}

static void
attachment_free (gpointer data)
{
  GpoAttachment *attachment = data;
  g_free (attachment->name);
  g_free (attachment->type);
  g_bytes_unref (attachment->bytes);
  g_free (attachment);
}

void
gpo_draft_attach (GpoDraft *draft, const char *name, const char *type, GBytes *bytes)
{
  GpoAttachment *attachment = g_new (GpoAttachment, 1);
  *attachment = (GpoAttachment){ g_strdup (name), g_strdup (type), g_bytes_ref (bytes) };
  if (!draft->attachments)
    draft->attachments = g_ptr_array_new_with_free_func (attachment_free);
  g_ptr_array_add (draft->attachments, attachment);
}

/* --- addresses --- */

/* GMime's reading of an address list; it is generous. */
static InternetAddressList *
parse_list (const char *text)
{
  gpo_mime_ready ();
  return internet_address_list_parse (g_mime_parser_options_get_default (), text ? text : "");
}

char *
gpo_address_of (const char *text)
{
  InternetAddressList *list = parse_list (text);
  char *found = NULL;
  if (list && internet_address_list_length (list) > 0)
    {
      InternetAddress *first = internet_address_list_get_address (list, 0);
      if (INTERNET_ADDRESS_IS_MAILBOX (first))
        found = g_strdup (internet_address_mailbox_get_addr (INTERNET_ADDRESS_MAILBOX (first)));
    }
  if (list)
    g_object_unref (list);
  return found;
}

/* Adds the list's addresses; *problem is set at the first that is none. */
static void
add_recipients (GPtrArray *out, const char *text, char **problem)
{
  if (*problem || !text || !*text)
    return;
  InternetAddressList *list = parse_list (text);
  int n = list ? internet_address_list_length (list) : 0;
  if (n == 0)
    *problem = g_strdup_printf ("\"%s\" is no address; write it like bob@sparta.example", text);
  for (int i = 0; i < n && !*problem; i++)
    {
      InternetAddress *one = internet_address_list_get_address (list, i);
      const char *address = INTERNET_ADDRESS_IS_MAILBOX (one)
                                ? internet_address_mailbox_get_addr (INTERNET_ADDRESS_MAILBOX (one))
                                : internet_address_get_name (one);
      GpoPath path;
      const char *expected = "an address";
      gsize where = 0;
      if (!address || !gpo_mailbox_parse (address, strlen (address), TRUE, &path, &expected, &where))
        *problem = g_strdup_printf ("\"%s\" is no address: at character %" G_GSIZE_FORMAT
                                    " %s should stand; write it like bob@sparta.example",
                                    address ? address : text, where + 1, expected);
      else if (!g_ptr_array_find_with_equal_func (out, address, (GEqualFunc) gpo_path_equal, NULL))
        g_ptr_array_add (out, g_strdup (address));
    }
  if (list)
    g_object_unref (list);
}

char **
gpo_draft_recipients (const GpoDraft *draft, char **problem)
{
  g_autoptr (GPtrArray) out = g_ptr_array_new_with_free_func (g_free);
  *problem = NULL;
  add_recipients (out, draft->to, problem);
  add_recipients (out, draft->cc, problem);
  add_recipients (out, draft->bcc, problem);
  if (!*problem && out->len == 0)
    *problem = g_strdup ("nobody is to get this letter: write an address behind To, Cc or Bcc");
  if (*problem)
    return NULL;
  g_ptr_array_add (out, NULL);
  return (char **) g_ptr_array_free (g_steal_pointer (&out), FALSE);
}

/* --- the header --- */

/* One field with a value that is ASCII already, folded at spaces near 78 bytes: RFC 5322 §2.2.3. */
static void
append_folded (GString *out, const char *name, const char *value)
{
  gsize column = strlen (name) + 1;
  g_auto (GStrv) words = g_strsplit (value, " ", -1);
  g_string_append_printf (out, "%s:", name);
  for (char **w = words; *w; w++)
    {
      if (column + 1 + strlen (*w) > 78 && w > words && **w)
        {
          g_string_append (out, "\r\n");
          column = 0;
        }
      g_string_append_printf (out, " %s", *w);
      column += 1 + strlen (*w);
    }
  g_string_append (out, "\r\n");
}

/* What GMime folded is unfolded first, and nobody smuggles in a field of his own. */
static char *
one_line (const char *text)
{
  g_autoptr (GString) out = g_string_new (text);
  g_string_replace (out, "\r", "", 0);
  g_string_replace (out, "\n\t", " ", 0);
  g_string_replace (out, "\n ", " ", 0);
  g_string_replace (out, "\n", " ", 0);
  return g_string_free (g_steal_pointer (&out), FALSE);
}

static void
append_text_field (GString *out, const char *name, const char *text)
{
  g_autofree char *flat = one_line (text);
  g_autofree char *encoded
      = g_mime_utils_header_encode_text (g_mime_format_options_get_default (), flat, "utf-8");
  g_autofree char *line = one_line (encoded);
  append_folded (out, name, line);
}

static void
append_address_field (GString *out, const char *name, const char *text)
{
  if (!text || !*text)
    return;
  g_autofree char *flat = one_line (text);
  InternetAddressList *list = parse_list (flat);
  if (!list)
    return;
  g_autofree char *encoded
      = internet_address_list_to_string (list, g_mime_format_options_get_default (), TRUE);
  g_autofree char *line = one_line (encoded);
  append_folded (out, name, line);
  g_object_unref (list);
}

static void
append_header (GString *out, const GpoDraft *draft, gint64 when, const char *id, const char *host)
{
  g_string_append (out, "Date: ");
  gpo_date_append (out, when);
  g_string_append (out, "\r\n");
  append_address_field (out, "From", draft->from);
  append_address_field (out, "To", draft->to);
  append_address_field (out, "Cc", draft->cc);
  append_text_field (out, "Subject", draft->subject ? draft->subject : "");
  g_string_append_printf (out, "Message-ID: <%s@%s>\r\n", id, host);
  if (draft->in_reply_to)
    append_folded (out, "In-Reply-To", draft->in_reply_to);
  if (draft->references)
    append_folded (out, "References", draft->references);
}

/* --- the body --- */

/* CRLF line ends, and one at the end. */
static char *
with_crlf (const char *text)
{
  g_autoptr (GString) out = g_string_new (text ? text : "");
  g_string_replace (out, "\r\n", "\n", 0);
  if (out->len && out->str[out->len - 1] != '\n')
    g_string_append_c (out, '\n');
  g_string_replace (out, "\n", "\r\n", 0);
  return g_string_free (g_steal_pointer (&out), FALSE);
}

static gboolean
is_plain (const char *text)
{
  if (!g_str_is_ascii (text))
    return FALSE;
  for (const char *line = text; *line;)
    {
      gsize n = strcspn (line, "\r\n");
      if (n > LINE_MOST)
        return FALSE;
      line += n + strspn (line + n, "\r\n");
    }
  return TRUE;
}

/* Encodes with GMime, whose lines end in LF. */
static void
append_encoded (GString *out, const char *bytes, gsize length, GMimeContentEncoding how)
{
  GMimeEncoding encoding;
  g_mime_encoding_init_encode (&encoding, how);
  g_autofree char *to = g_malloc (g_mime_encoding_outlen (&encoding, length) + 64);
  gsize n = g_mime_encoding_flush (&encoding, bytes, length, to);
  g_autofree char *text = g_strndup (to, n);
  g_autofree char *crlf = with_crlf (text);
  g_string_append (out, crlf);
}

/* The text's own fields and the text. In 7 bits if it can be; else quoted-printable, which people can nearly
 * read. */
static void
append_text (GString *out, const char *text, gboolean mime)
{
  g_autofree char *crlf = with_crlf (text);
  if (is_plain (crlf))
    {
      if (mime)
        g_string_append (out, "Content-Type: text/plain; charset=us-ascii\r\n");
      g_string_append (out, "\r\n");
      g_string_append (out, crlf);
      return;
    }
  g_string_append (
      out, "Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n");
  g_autoptr (GString) lf = g_string_new (crlf);
  g_string_replace (lf, "\r\n", "\n", 0);
  append_encoded (out, lf->str, lf->len, GMIME_CONTENT_ENCODING_QUOTEDPRINTABLE);
}

/* RFC 2231: a name in other letters than ASCII. */
static void
append_name (GString *out, const char *name)
{
  if (g_str_is_ascii (name) && !strpbrk (name, "\"\\\r\n"))
    g_string_append_printf (out, "Content-Disposition: attachment; filename=\"%s\"\r\n", name);
  else
    {
      g_autofree char *escaped = g_uri_escape_string (name, NULL, FALSE);
      g_string_append_printf (out, "Content-Disposition: attachment;\r\n filename*=utf-8''%s\r\n", escaped);
    }
}

static void
append_file_part (GString *out, const GpoAttachment *file)
{
  gsize length;
  const char *bytes = g_bytes_get_data (file->bytes, &length);
  g_string_append_printf (out, "Content-Type: %s\r\nContent-Transfer-Encoding: base64\r\n",
                          file->type ? file->type : "application/octet-stream");
  append_name (out, file->name);
  g_string_append (out, "\r\n");
  append_encoded (out, bytes, length, GMIME_CONTENT_ENCODING_BASE64);
}

/* begin MODE NAME, lines of at most 45 bytes each with its length in front, a line for "no more", end. */
static void
append_uuencoded (GString *out, const GpoAttachment *file)
{
  gsize length;
  const char *bytes = g_bytes_get_data (file->bytes, &length);
  g_autofree char *name = g_str_to_ascii (file->name, "C");
  g_strdelimit (name, "\r\n", '_');
  g_string_append_printf (out, "\r\nbegin 644 %s\r\n", name);
  append_encoded (out, bytes, length, GMIME_CONTENT_ENCODING_UUENCODE);
  g_string_append (out, "end\r\n");
}

/* A line of the text that looks like the boundary would end its part: then another is taken. */
static char *
choose_boundary (const GpoDraft *draft, const char *id)
{
  for (guint i = 0;; i++)
    {
      char *boundary = g_strdup_printf ("=-%u-%s", i, id);
      if (!draft->text || !strstr (draft->text, boundary))
        return boundary;
      g_free (boundary);
    }
}

static void
append_multipart (GString *out, const GpoDraft *draft, const char *id)
{
  g_autofree char *boundary = choose_boundary (draft, id);
  g_string_append_printf (
      out, "MIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=\"%s\"\r\n\r\n--%s\r\n", boundary,
      boundary);
  append_text (out, draft->text, TRUE);
  for (guint i = 0; i < draft->attachments->len; i++)
    {
      g_string_append_printf (out, "\r\n--%s\r\n", boundary);
      append_file_part (out, draft->attachments->pdata[i]);
    }
  g_string_append_printf (out, "\r\n--%s--\r\n", boundary);
}

GBytes *
gpo_draft_compose (const GpoDraft *draft, gint64 when, const char *id, const char *host)
{
  GString *out = g_string_new (NULL);
  g_autofree char *crlf = with_crlf (draft->text);
  guint n_files = draft->attachments ? draft->attachments->len : 0;
  gpo_mime_ready ();
  append_header (out, draft, when, id, host);
  if (n_files && !draft->uuencode)
    append_multipart (out, draft, id);
  else
    {
      if (!is_plain (crlf))
        g_string_append (out, "MIME-Version: 1.0\r\n");
      append_text (out, draft->text, FALSE);
      for (guint i = 0; i < n_files; i++)
        append_uuencoded (out, draft->attachments->pdata[i]);
    }
  return g_string_free_to_bytes (out);
}
