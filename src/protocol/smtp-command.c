/* SPDX-License-Identifier: MIT */
/* smtp-command.c: the grammar of SMTP commands: RFC 5321 §4.1.
 *
 * Only what a line says is decided here; whether it is allowed now is the table's business, and
 * whether a path is an address is src/letter/address.c's. */
#include "protocol/smtp.h"
#include <string.h>

static const char *const verbs[] = { "HELO", "EHLO", "MAIL", "RCPT", "DATA", "BDAT",     "RSET",
                                     "NOOP", "QUIT", "VRFY", "EXPN", "HELP", "STARTTLS", "AUTH" };

gboolean
gpo_slice_is (GpoSlice slice, const char *word)
{
  return slice.length == strlen (word) && g_ascii_strncasecmp (slice.text, word, slice.length) == 0;
}

char *
gpo_slice_dup (GpoSlice slice)
{
  return g_strndup (slice.text, slice.length);
}

/* command = verb [SP argument] CRLF          RFC 5321 §4.1.1; trailing spaces are taken (§4.1.1) */
void
gpo_smtp_command_parse (const char *line, gsize length, GpoSmtpCommand *command)
{
  memset (command, 0, sizeof *command);
  while (length > 0 && (line[length - 1] == ' ' || line[length - 1] == '\t'))
    length--;
  gsize n = 0;
  while (n < length && line[n] != ' ')
    n++;
  command->verb = (GpoSlice){ line, n };
  command->has_argument = n < length;
  command->argument = (GpoSlice){ line + MIN (n + 1, length), length - MIN (n + 1, length) };
  command->input = GPO_SMTP_IN_UNKNOWN;
  for (guint i = 0; i < G_N_ELEMENTS (verbs); i++)
    if (gpo_slice_is (command->verb, verbs[i]))
      command->input = (GpoSmtpInput) i;
}

/* "MAIL FROM:" Reverse-path [SP Mail-parameters]      RFC 5321 §4.1.1.2
 * "RCPT TO:" Forward-path [SP Rcpt-parameters]        RFC 5321 §4.1.1.3 */
gboolean
gpo_smtp_path_prefix (GpoSlice *argument, const char *prefix, guint *spaces)
{
  gsize n = strlen (prefix);
  if (argument->length < n || g_ascii_strncasecmp (argument->text, prefix, n) != 0)
    return FALSE;
  guint skipped = 0;
  while (n + skipped < argument->length && argument->text[n + skipped] == ' ')
    skipped++;
  argument->text += n + skipped;
  argument->length -= n + skipped;
  *spaces = skipped;
  return TRUE;
}

static gboolean
is_keyword_byte (char c, gboolean first)
{
  return g_ascii_isalnum (c) || (!first && c == '-');
}

/* esmtp-value = 1*(%d33-60 / %d62-126), and UTF-8 (RFC 6531 §3.3) */
static gboolean
is_value_byte (char c)
{
  guchar b = (guchar) c;
  return b > 32 && b != '=' && b != 127;
}

/* esmtp-param    = esmtp-keyword ["=" esmtp-value]
 * esmtp-keyword  = (ALPHA / DIGIT) *(ALPHA / DIGIT / "-")      RFC 5321 §4.1.2 */
GpoParamResult
gpo_smtp_param_next (GpoSlice *rest, GpoSmtpParam *param)
{
  const char *p = rest->text, *end = rest->text + rest->length;
  while (p < end && *p == ' ')
    p++;
  if (p == end)
    {
      *rest = (GpoSlice){ end, 0 };
      return GPO_PARAM_END;
    }
  gboolean separated = p > rest->text;
  const char *keyword = p;
  while (p < end && is_keyword_byte (*p, p == keyword))
    p++;
  *param = (GpoSmtpParam){ .keyword = { keyword, (gsize) (p - keyword) } };
  if (separated && p > keyword && p < end && *p == '=')
    {
      const char *value = ++p;
      /* An ORCPT or AUTH value in the wild may hold "=": let the value's own grammar refuse it. */
      while (p < end && (is_value_byte (*p) || *p == '='))
        p++;
      param->value = (GpoSlice){ value, (gsize) (p - value) };
    }
  *rest = (GpoSlice){ p, (gsize) (end - p) };
  if (!separated || param->keyword.length == 0 || (p < end && *p != ' ')
      || (param->value.text && param->value.length == 0))
    return GPO_PARAM_BAD;
  return GPO_PARAM_OK;
}

/* size-value = 1*20DIGIT        RFC 1870 §4 */
gint64
gpo_slice_number (GpoSlice slice)
{
  guint64 value = 0;
  if (!slice.text || slice.length == 0 || slice.length > 20)
    return -1;
  for (gsize i = 0; i < slice.length; i++)
    {
      if (!g_ascii_isdigit (slice.text[i]))
        return -1;
      guint digit = (guint) (slice.text[i] - '0');
      if (value > ((guint64) G_MAXINT64 - digit) / 10)
        return G_MAXINT64;
      value = value * 10 + digit;
    }
  return (gint64) value;
}

/* xtext = *( xchar / hexchar )      hexchar = "+" 2(HEXDIG)       RFC 3461 §4 */
char *
gpo_xtext_decode (GpoSlice slice)
{
  g_autoptr (GString) out = g_string_sized_new (slice.length);
  for (gsize i = 0; i < slice.length; i++)
    {
      guchar c = (guchar) slice.text[i];
      if (c == '+')
        {
          if (i + 2 >= slice.length || !g_ascii_isxdigit (slice.text[i + 1])
              || !g_ascii_isxdigit (slice.text[i + 2]))
            return NULL;
          c = (guchar) (g_ascii_xdigit_value (slice.text[i + 1]) * 16
                        + g_ascii_xdigit_value (slice.text[i + 2]));
          i += 2;
          if (c == 0)
            return NULL;
        }
      else if (c <= 32 || c == '=' || c == 127)
        return NULL;
      g_string_append_c (out, (char) c);
    }
  return g_string_free (g_steal_pointer (&out), FALSE);
}

char *
gpo_xtext_encode (const char *text)
{
  GString *out = g_string_new (NULL);
  for (; *text; text++)
    {
      guchar c = (guchar) *text;
      if (c > 32 && c != '+' && c != '=' && c < 127)
        g_string_append_c (out, (char) c);
      else
        g_string_append_printf (out, "+%02X", c);
    }
  return g_string_free (out, FALSE);
}
