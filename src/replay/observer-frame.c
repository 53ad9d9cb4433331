/* SPDX-License-Identifier: MIT */
/* observer-frame.c: cutting the bytes of a side into lines and data.
 *
 * What a byte is depends on what was said before: behind DATA's 354 it is a letter's, behind {12} a
 * literal's. RFC 5321 §4.1.1.4, RFC 3030 §2, RFC 3501 §4.3, RFC 1939 §3. */
#include "replay/observer-private.h"
#include <string.h>

/* A line longer than this is recorded in parts. */
#define LINE_MAX_BYTES (64 * 1024)
/* Bytes that wait for a reply which never comes are not kept for ever. */
#define KEPT_MAX (8 * 1024 * 1024)

static GpoUnit
frame_line (const char *bytes, gsize n, gsize *length)
{
  const char *lf = memchr (bytes, '\n', MIN (n, LINE_MAX_BYTES));
  if (!lf && n < LINE_MAX_BYTES)
    return GPO_UNIT_NONE;
  *length = lf ? (gsize) (lf - bytes) + 1 : LINE_MAX_BYTES;
  return GPO_UNIT_LINE;
}

/* Bytes of a letter up to its last line, CRLF.CRLF; that line is a unit of its own. */
static GpoUnit
frame_dots (GpoSide *side, const char *bytes, gsize n, gsize *length)
{
  const char *p = bytes, *end = bytes + n;
  gboolean start = side->line_start;
  while (p < end)
    {
      if (start && *p == '.')
        {
          gsize left = (gsize) (end - p);
          if (left < 3 && memcmp (p, ".\r\n", left) == 0)
            break;
          if (left >= 3 && p[1] == '\r' && p[2] == '\n')
            {
              *length = p > bytes ? (gsize) (p - bytes) : 3;
              return p > bytes ? GPO_UNIT_DATA : GPO_UNIT_LINE;
            }
        }
      const char *lf = memchr (p, '\n', (gsize) (end - p));
      if (!lf)
        {
          /* A piece of a line; its last CR may be half of a line's end. */
          p = end[-1] == '\r' ? end - 1 : end;
          break;
        }
      start = lf > bytes && lf[-1] == '\r';
      p = lf + 1;
    }
  *length = (gsize) (p - bytes);
  return p > bytes ? GPO_UNIT_DATA : GPO_UNIT_NONE;
}

GpoUnit
gpo_observed_frame (GpoObserved *o, gboolean from_client, const char *bytes, gsize n, gsize *length)
{
  GpoSide *side = from_client ? &o->client : &o->server;
  *length = n;
  if (n == 0)
    return GPO_UNIT_NONE;
  /* 0x16: a record of the TLS handshake (RFC 8446 §5.1); a line of ours never begins so. */
  if ((side->frame == GPO_FRAME_TLS || (from_client && !o->server_spoke && !o->lost)) && bytes[0] == 0x16)
    return GPO_UNIT_OPAQUE;
  switch (side->frame)
    {
    case GPO_FRAME_OPAQUE:
      return GPO_UNIT_OPAQUE;
    case GPO_FRAME_WAIT:
      return GPO_UNIT_WAIT;
    case GPO_FRAME_OCTETS:
      *length = (gsize) MIN ((guint64) n, side->octets);
      return GPO_UNIT_DATA;
    case GPO_FRAME_DOTS:
      return frame_dots (side, bytes, n, length);
    case GPO_FRAME_LINES:
    case GPO_FRAME_LIST:
    case GPO_FRAME_TLS:
      break;
    }
  return frame_line (bytes, n, length);
}

/* Undoes dot-stuffing for a record that holds the letter's own bytes, as POP3's does; SMTP's holds the
 * wire's. */
static void
take_unstuffed (GpoObserved *o, const char *bytes, gsize n)
{
  GpoSide *side = &o->server;
  g_autoptr (GString) plain = g_string_sized_new (n);
  gboolean start = side->line_start;
  for (const char *p = bytes, *end = bytes + n; p < end;)
    {
      const char *lf = memchr (p, '\n', (gsize) (end - p));
      const char *next = lf ? lf + 1 : end;
      if (start && *p == '.')
        p++;
      g_string_append_len (plain, p, next - p);
      start = lf != NULL;
      p = next;
    }
  if (plain->len)
    gpo_observed_data (o, FALSE, plain->str, plain->len);
}

guint64
gpo_observed_unit (GpoObserved *o, gboolean from_client, GpoUnit unit, const char *bytes, gsize n)
{
  GpoSide *side = from_client ? &o->client : &o->server;
  gboolean dots = side->frame == GPO_FRAME_DOTS;
  guint64 event = gpo_log_length (o->log);
  if (unit == GPO_UNIT_LINE)
    {
      event = gpo_observed_line (o, from_client, bytes, n);
      side->rest = bytes[n - 1] != '\n';
    }
  else if (unit == GPO_UNIT_DATA && dots && !from_client)
    take_unstuffed (o, bytes, n);
  else if (unit == GPO_UNIT_DATA)
    event = gpo_observed_data (o, from_client, bytes, n);
  else if (unit == GPO_UNIT_OPAQUE)
    gpo_observed_opaque (o, from_client, n);
  if (unit == GPO_UNIT_DATA && dots && side->frame == GPO_FRAME_DOTS)
    side->line_start = bytes[n - 1] == '\n' && n >= 2 && bytes[n - 2] == '\r';
  return event;
}

static void take_kept (GpoObserved *o, gboolean from_client);

/* Takes what can be cut; returns how many bytes that was. */
static gsize
take_units (GpoObserved *o, gboolean from_client, const char *bytes, gsize n)
{
  gsize used = 0, length;
  while (used < n)
    {
      GpoUnit unit = gpo_observed_frame (o, from_client, bytes + used, n - used, &length);
      if (unit == GPO_UNIT_NONE || unit == GPO_UNIT_WAIT)
        break;
      gpo_observed_unit (o, from_client, unit, bytes + used, length);
      used += length;
      /* A reply may have decided what the client's bytes are. */
      if (!from_client && o->client.kept && o->client.frame != GPO_FRAME_WAIT)
        take_kept (o, TRUE);
    }
  return used;
}

static void
take_kept (GpoObserved *o, gboolean from_client)
{
  GpoSide *side = from_client ? &o->client : &o->server;
  GString *kept = g_steal_pointer (&side->kept);
  gsize used = kept ? take_units (o, from_client, kept->str, kept->len) : 0;
  if (!kept)
    return;
  if (used == kept->len || side->kept)
    {
      g_string_free (kept, TRUE);
      return;
    }
  g_string_erase (kept, 0, (gssize) used);
  side->kept = kept;
}

void
gpo_observed_receive (GpoObserved *o, gboolean from_client, const char *bytes, gsize n)
{
  GpoSide *side = from_client ? &o->client : &o->server;
  if (side->kept)
    {
      g_string_append_len (side->kept, bytes, (gssize) n);
      take_kept (o, from_client);
    }
  else
    {
      gsize used = take_units (o, from_client, bytes, n);
      if (used < n)
        side->kept = g_string_new_len (bytes + used, (gssize) (n - used));
    }
  if (side->kept && side->kept->len > KEPT_MAX)
    {
      side->frame = GPO_FRAME_LINES; /* the reply will not come */
      take_kept (o, from_client);
    }
}

/* --- which protocol --- */

static gboolean
begins (const char *bytes, gsize n, const char *word)
{
  gsize length = strlen (word);
  return n >= length && g_ascii_strncasecmp (bytes, word, length) == 0;
}

static gboolean
begins_with_any (const char *bytes, gsize n, const char *const *words)
{
  for (; *words; words++)
    if (begins (bytes, n, *words))
      return TRUE;
  return FALSE;
}

GpoProtocol
gpo_protocol_guess (const char *server, gsize n_server, const char *client, gsize n_client)
{
  static const char *const imap_greetings[] = { "* OK", "* PREAUTH", "* BYE", NULL };
  static const char *const smtp_verbs[] = { "EHLO ", "HELO ", "MAIL FROM:", "RCPT TO:", NULL };
  static const char *const pop3_verbs[] = { "CAPA\r", "USER ", "APOP ", "STLS\r", "RETR ", "UIDL", NULL };
  static const char *const imap_verbs[]
      = { "CAPABILITY", "LOGIN ",   "SELECT ", "AUTHENTICATE ", "STARTTLS", "UID FETCH",
          "FETCH ",     "EXAMINE ", "IDLE",    "LIST ",         "NOOP",     NULL };
  if (begins_with_any (server, n_server, imap_greetings))
    return GPO_PROTOCOL_IMAP;
  if (begins (server, n_server, "+OK"))
    return GPO_PROTOCOL_POP3;
  if (begins_with_any (client, n_client, smtp_verbs))
    return GPO_PROTOCOL_SMTP;
  if (begins_with_any (client, n_client, pop3_verbs))
    return GPO_PROTOCOL_POP3;
  const char *space = n_client ? memchr (client, ' ', MIN (n_client, 64)) : NULL;
  if (space && begins_with_any (space + 1, n_client - (gsize) (space + 1 - client), imap_verbs))
    return GPO_PROTOCOL_IMAP;
  /* 220 is an FTP server's greeting too, which does not call itself (E)SMTP. */
  GpoSeen first = { server, n_server, n_server };
  return (begins (server, n_server, "220") || begins (server, n_server, "554"))
                 && gpo_seen_has (&first, "SMTP")
             ? GPO_PROTOCOL_SMTP
             : GPO_PROTOCOL_NONE;
}

GpoProtocol
gpo_protocol_of_port (guint16 port)
{
  /* An office's ports are its host's thousand and the well-known port: 11025, 13143 (docs/scenario.md). */
  switch (port >= 10000 ? port % 1000 : port)
    {
    case 25:
    case 465:
    case 587:
      return GPO_PROTOCOL_SMTP;
    case 143:
    case 993:
      return GPO_PROTOCOL_IMAP;
    case 110:
    case 995:
      return GPO_PROTOCOL_POP3;
    default:
      return port == 2525 ? GPO_PROTOCOL_SMTP : GPO_PROTOCOL_NONE;
    }
}
