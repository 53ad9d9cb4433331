/* SPDX-License-Identifier: MIT */
/* send-letter.c: the letter that `glasspost send` sends: from a file or standard input, as it is; only line
 * ends become CRLF, and only --add-missing adds fields. */
#include "command/send.h"
#include "letter/address.h"
#include "letter/anatomy.h"
#include "letter/received.h"
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static char *
read_stream (FILE *file, gsize *length)
{
  GString *text = g_string_new (NULL);
  char block[16384];
  for (gsize n; (n = fread (block, 1, sizeof block, file)) > 0;)
    g_string_append_len (text, block, (gssize) n);
  *length = text->len;
  return g_string_free (text, FALSE);
}

/* Bare LFs become CRLF; what is CRLF stays. */
static GString *
with_crlf (const char *text, gsize length)
{
  GString *out = g_string_sized_new (length + length / 32 + 2);
  const char *end = text + length;
  for (const char *p = text; p < end;)
    {
      const char *lf = memchr (p, '\n', (gsize) (end - p));
      gsize n = (gsize) ((lf ? lf : end) - p);
      if (lf && n && p[n - 1] == '\r')
        n--;
      g_string_append_len (out, p, (gssize) n);
      g_string_append (out, "\r\n");
      p = lf ? lf + 1 : end;
    }
  return out;
}

static void
add_missing (GString *letter, const char *from)
{
  g_autoptr (GString) added = g_string_new (NULL);
  GpoHeaderField field;
  gint64 now = g_get_real_time ();
  const char *domain = gpo_path_domain (from);
  g_autofree char *id = g_strdup_printf ("%" G_GINT64_FORMAT ".%d", now, (int) getpid ());
  GpoSpan header = gpo_header_span (letter->str, letter->len);
  if (!gpo_header_find (letter->str, header, "From", &field))
    g_string_append_printf (added, "From: %s\r\n", from);
  gpo_submission_append (added, letter->str, letter->len, now, id, domain ? domain : "localhost");
  if (header.length == 0)
    g_string_append (added, "\r\n"); /* it has no header at all: the text is the body */
  g_string_prepend_len (letter, added->str, (gssize) added->len);
}

GBytes *
gpo_send_read_letter (const char *name, const char *complete_for, GError **error)
{
  gsize length = 0;
  g_autofree char *text = NULL;
  if (!name || strcmp (name, "-") == 0)
    text = read_stream (stdin, &length);
  else if (!g_file_get_contents (name, &text, &length, error))
    return NULL;
  GString *letter = with_crlf (text, length);
  if (complete_for)
    add_missing (letter, complete_for);
  return g_string_free_to_bytes (letter);
}
