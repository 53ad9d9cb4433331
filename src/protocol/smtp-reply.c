/* SPDX-License-Identifier: MIT */
/* smtp-reply.c: reading what an SMTP server answers: RFC 5321 §4.2, RFC 2034, RFC 3463 §2.
 *
 *     Reply-line  = *( Reply-code "-" [ textstring ] CRLF ) Reply-code [ SP textstring ] CRLF
 *     Reply-code  = %x32-35 %x30-35 %x30-39
 *     status-code = class "." subject "." detail     class = "2" / "4" / "5", the others 1*3 digit
 *
 * Read kindly: the second digit may be any, the text any bytes; a code alone is a whole reply. Only
 * what would put client and server out of step is refused. Pure. */
#include "protocol/smtp-client.h"
#include <string.h>

static gsize
digits (const char *text, gsize length, gsize most)
{
  gsize n = 0;
  while (n < length && n < most && g_ascii_isdigit (text[n]))
    n++;
  return n;
}

/* The length of a status code at the beginning of the text, 0 if there is none. */
static gsize
status_length (const char *text, gsize length, char class)
{
  if (length < 5 || text[0] != class || text[1] != '.')
    return 0;
  gsize subject = digits (text + 2, length - 2, 3), at = 2 + subject;
  if (!subject || at >= length || text[at] != '.')
    return 0;
  gsize detail = digits (text + at + 1, length - at - 1, 3);
  at += 1 + detail;
  return detail && (at == length || text[at] == ' ') ? at : 0;
}

gboolean
gpo_smtp_reply_line_parse (const char *line, gsize length, GpoSmtpReplyLine *out)
{
  *out = (GpoSmtpReplyLine){ 0 };
  if (length < 3 || digits (line, 3, 3) != 3 || line[0] < '2' || line[0] > '5')
    return FALSE;
  if (length > 3 && line[3] != ' ' && line[3] != '-')
    return FALSE;
  out->code = (line[0] - '0') * 100 + (line[1] - '0') * 10 + (line[2] - '0');
  out->more = length > 3 && line[3] == '-';
  out->text = (GpoSlice){ line + MIN (length, 4), length > 4 ? length - 4 : 0 };
  gsize status = status_length (out->text.text, out->text.length, line[0]);
  if (status)
    out->status = (GpoSlice){ out->text.text, status };
  return TRUE;
}

void
gpo_smtp_reply_init (GpoSmtpReply *reply)
{
  *reply = (GpoSmtpReply){ .text = g_string_new (NULL) };
}

void
gpo_smtp_reply_clear (GpoSmtpReply *reply)
{
  if (reply->text)
    g_string_free (reply->text, TRUE);
  *reply = (GpoSmtpReply){ 0 };
}

void
gpo_smtp_reply_reset (GpoSmtpReply *reply)
{
  reply->code = 0;
  reply->n_lines = 0;
  reply->status[0] = '\0';
  g_string_truncate (reply->text, 0);
}

GpoReplyResult
gpo_smtp_reply_add (GpoSmtpReply *reply, const char *line, gsize length)
{
  GpoSmtpReplyLine read;
  if (!gpo_smtp_reply_line_parse (line, length, &read) || reply->n_lines >= GPO_SMTP_REPLY_LINES_MAX
      || (reply->n_lines && reply->code != read.code))
    return GPO_REPLY_BAD;
  reply->code = read.code;
  if (reply->n_lines++)
    g_string_append_c (reply->text, '\n');
  if (reply->text->len + read.text.length <= GPO_SMTP_REPLY_TEXT_MAX)
    g_string_append_len (reply->text, read.text.text, read.text.length);
  if (read.status.text && read.status.length < sizeof reply->status)
    {
      memcpy (reply->status, read.status.text, read.status.length);
      reply->status[read.status.length] = '\0';
    }
  return read.more ? GPO_REPLY_MORE : GPO_REPLY_WHOLE;
}

GpoVerdict
gpo_smtp_reply_verdict (const GpoSmtpReply *reply)
{
  if (reply->code == 421)
    return GPO_CLOSING;
  switch (reply->code / 100)
    {
    case 2:
      return GPO_OK;
    case 3:
      return GPO_MORE;
    case 4:
      return GPO_DEFERRED;
    case 5:
      return GPO_REFUSED;
    default:
      return GPO_SYNTAX;
    }
}

char *
gpo_smtp_reply_words (const GpoSmtpReply *reply, gboolean all)
{
  const char *text = reply->text->str, *end = text + reply->text->len;
  if (!all)
    {
      const char *newline = memchr (text, '\n', reply->text->len);
      end = newline ? newline : end;
    }
  GString *words = g_string_sized_new (end - text + 5);
  g_string_append_printf (words, "%d", reply->code);
  if (end > text)
    g_string_append_c (words, ' ');
  for (const char *p = text; p < end; p++)
    g_string_append_c (words, g_ascii_iscntrl (*p) ? ' ' : *p);
  return g_string_free (words, FALSE);
}

/* --- EHLO --- */

/*     ehlo-line = ehlo-keyword *( SP ehlo-param )        RFC 5321 §4.1.1.1
 * Old servers write "AUTH=LOGIN"; it means the same as "AUTH LOGIN". */
static void
take_keyword (GpoSmtpOffer *offer, const char *line)
{
  gsize n = strcspn (line, " =");
  g_autofree char *word = g_ascii_strup (line, n);
  const char *rest = line[n] ? line + n + 1 : "";
  const struct
  {
    const char *word;
    gboolean *flag;
  } flags[] = { { "PIPELINING", &offer->pipelining }, { "8BITMIME", &offer->eightbitmime },
                { "SMTPUTF8", &offer->smtputf8 },     { "DSN", &offer->dsn },
                { "STARTTLS", &offer->starttls },     { "ENHANCEDSTATUSCODES", &offer->enhanced },
                { "CHUNKING", &offer->chunking } };
  for (guint i = 0; i < G_N_ELEMENTS (flags); i++)
    if (strcmp (word, flags[i].word) == 0)
      *flags[i].flag = TRUE;
  if (strcmp (word, "SIZE") == 0)
    offer->size = MAX (0, gpo_slice_number ((GpoSlice){ rest, strcspn (rest, " ") }));
  if (strcmp (word, "AUTH") == 0)
    {
      g_autofree char *was = g_steal_pointer (&offer->auth);
      g_autofree char *now = g_ascii_strup (rest, -1);
      offer->auth = was ? g_strconcat (was, " ", now, NULL) : g_steal_pointer (&now);
    }
}

void
gpo_smtp_offer_parse (GpoSmtpOffer *offer, const GpoSmtpReply *reply, gboolean esmtp)
{
  gpo_smtp_offer_clear (offer);
  g_auto (GStrv) lines = g_strsplit (reply->text->str, "\n", -1);
  offer->name = g_strndup (lines[0] ? lines[0] : "", lines[0] ? strcspn (lines[0], " ") : 0);
  for (guint i = 1; esmtp && lines[0] && lines[i]; i++)
    take_keyword (offer, lines[i]);
}

void
gpo_smtp_offer_clear (GpoSmtpOffer *offer)
{
  g_free (offer->auth);
  g_free (offer->name);
  *offer = (GpoSmtpOffer){ .size = -1 };
}
