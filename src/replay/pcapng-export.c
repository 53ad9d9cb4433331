/* SPDX-License-Identifier: MIT */
/* pcapng-export.c: sessions become connections again. */
#include "replay/pcapng-export.h"
#include "replay/letter-transfers.h"
#include "replay/packet.h"
#include "replay/pcapng.h"
#include <string.h>

#define SEGMENT_MAX 1400
#define FLUSH_AT (256 * 1024)
#define STRANGER 0x0a0000fau /* 10.0.0.250: a client that is no host */

typedef struct
{
  guint32 number;
  GpoProtocol protocol;
  GpoEndpoint client, server;
  guint32 seq[2];        /* of the server and of the client: what comes next */
  gboolean open, inside; /* inside: what was said in TLS */
  gboolean dots;         /* POP3: a letter is being read, and its lines get their dots back */
  gboolean line_start;
  GString *notes; /* for the next packet of the server */
} Session;

typedef struct
{
  GpoPicture *picture;
  GpoLog *log;
  GString *out;
  GpoPcapngCount *count;
  GHashTable *sessions, *hosts; /* number → Session; symbol → address */
  GHashTable *letters;          /* number → GPtrArray of GpoTransfer */
  gint64 started, now;
} Export;

static void
session_free (gpointer data)
{
  Session *s = data;
  g_string_free (s->notes, TRUE);
  g_free (s);
}

static guint32
address_of (Export *e, GpoSymbol host)
{
  return GPOINTER_TO_UINT (g_hash_table_lookup (e->hosts, GUINT_TO_POINTER ((guint) host)));
}

static GpoEndpoint
endpoint (guint32 address, guint port)
{
  GpoEndpoint e = { .port = (guint16) port };
  guint32 wire = GUINT32_TO_BE (address);
  memcpy (e.address, &wire, sizeof wire);
  return e;
}

/* The names that Wireshark shows for the addresses. */
static void
put_names (Export *e)
{
  gsize at = gpo_pcapng_begin_names (e->out);
  GHashTableIter iter;
  gpointer host, address;
  g_hash_table_iter_init (&iter, e->hosts);
  while (g_hash_table_iter_next (&iter, &host, &address))
    {
      const char *name = gpo_symbol_name ((GpoSymbol) GPOINTER_TO_UINT (host));
      if (*name)
        gpo_pcapng_name (e->out, GPOINTER_TO_UINT (address), name);
    }
  gpo_pcapng_end_names (e->out, at);
}

/* --- packets --- */

static void
put_packet (Export *e, Session *s, gboolean client, guint8 flags, const char *bytes, gsize n,
            const char *comment)
{
  guint8 packet[GPO_PACKET_HEADS + SEGMENT_MAX];
  GpoSegment segment = { .from = client ? s->client : s->server,
                         .to = client ? s->server : s->client,
                         .seq = s->seq[client],
                         .ack = flags & GPO_TCP_ACK ? s->seq[!client] : 0,
                         .flags = flags,
                         .bytes = (const guint8 *) bytes,
                         .captured = n,
                         .length = n };
  gsize length = gpo_packet_make (packet, &segment);
  gpo_pcapng_packet (e->out, e->started + e->now, packet, length, comment);
  s->seq[client] += (guint32) n + (flags & (GPO_TCP_SYN | GPO_TCP_FIN) ? 1 : 0);
  e->count->packets++;
}

static void
put_bytes (Export *e, Session *s, gboolean client, const char *bytes, gsize n, const char *comment)
{
  for (gsize at = 0; at < n; at += SEGMENT_MAX)
    {
      put_packet (e, s, client, GPO_TCP_PSH | GPO_TCP_ACK, bytes + at, MIN (n - at, SEGMENT_MAX), comment);
      comment = NULL;
    }
}

static void
open_connection (Export *e, Session *s, const char *comment)
{
  s->open = TRUE;
  s->seq[0] = s->number * 100000u + 1;
  s->seq[1] = s->number * 200000u + 7;
  put_packet (e, s, TRUE, GPO_TCP_SYN, "", 0, comment);
  put_packet (e, s, FALSE, GPO_TCP_SYN | GPO_TCP_ACK, "", 0, NULL);
  put_packet (e, s, TRUE, GPO_TCP_ACK, "", 0, NULL);
}

static void
close_connection (Export *e, Session *s, gboolean server_first, const char *comment)
{
  if (!s->open)
    return;
  s->open = FALSE;
  put_packet (e, s, !server_first, GPO_TCP_FIN | GPO_TCP_ACK, "", 0, comment);
  put_packet (e, s, server_first, GPO_TCP_FIN | GPO_TCP_ACK, "", 0, NULL);
  put_packet (e, s, !server_first, GPO_TCP_ACK, "", 0, NULL);
}

/* --- bytes that the trace has elsewhere --- */

static GPtrArray *
transfers_of (Export *e, guint32 number)
{
  GPtrArray *transfers = g_hash_table_lookup (e->letters, GUINT_TO_POINTER (number));
  const GpoLetterTrack *letter = gpo_picture_letter_numbered (e->picture, number);
  if (!transfers && letter)
    {
      transfers = gpo_letter_transfers_new (e->picture, letter, gpo_log_length (e->log) - 1);
      g_hash_table_insert (e->letters, GUINT_TO_POINTER (number), transfers);
    }
  return transfers;
}

/* The transfer these bytes are of: the session's own, or for a letter that is read the one that its host has
 * kept. */
static int
find_transfer (GPtrArray *transfers, guint64 n, const GpoEvent *event, gboolean client, gsize *start)
{
  int found = -1;
  for (guint i = 0; transfers && i < transfers->len; i++)
    {
      const GpoTransfer *t = transfers->pdata[i];
      if (!client && t->host == event->host && t->whole != G_MAXUINT64)
        found = (int) i;
      for (guint p = 0; client && p < t->pieces->len; p++)
        if (g_array_index (t->pieces, GpoWirePiece, p).event == n)
          {
            *start = g_array_index (t->pieces, GpoWirePiece, p).start;
            return (int) i;
          }
    }
  return found;
}

static GBytes *
bytes_elsewhere (Export *e, guint64 n, const GpoEvent *event, gboolean client)
{
  gsize length = (gsize) gpo_event_number (event, GPO_FIELD_LENGTH, 0), size = 0;
  gsize start = (gsize) gpo_event_number (event, GPO_FIELD_OFFSET, 0);
  GPtrArray *transfers = event->letter ? transfers_of (e, event->letter) : NULL;
  int i = find_transfer (transfers, n, event, client, &start);
  g_autoptr (GpoLetterBytes) bytes
      = i >= 0 ? gpo_letter_bytes_new (e->picture, transfers, (guint) i, 0) : NULL;
  GBytes *form = bytes ? client ? bytes->wire : bytes->stored : NULL;
  if (form)
    size = g_bytes_get_size (form);
  if (form && start <= size && length <= size - start)
    return g_bytes_new_from_bytes (form, start, length);
  e->count->missing += length;
  char *made_up = g_malloc (length + 1);
  memset (made_up, '?', length);
  return g_bytes_new_take (made_up, length);
}

/* --- events --- */

static Session *
session_of (Export *e, const GpoEvent *event)
{
  static const guint16 ports[]
      = { [GPO_PROTOCOL_SMTP] = 25, [GPO_PROTOCOL_IMAP] = 143, [GPO_PROTOCOL_POP3] = 110 };
  Session *s = g_hash_table_lookup (e->sessions, GUINT_TO_POINTER (event->session));
  if (s || !event->session || !event->protocol || event->protocol >= GPO_N_PROTOCOLS)
    return s;
  const GpoSessionTrack *track = gpo_picture_session_numbered (e->picture, event->session);
  s = g_new0 (Session, 1);
  s->number = event->session;
  s->protocol = (GpoProtocol) event->protocol;
  s->notes = g_string_new (NULL);
  s->server = endpoint (address_of (e, event->host), ports[event->protocol]);
  s->client = endpoint (track && track->caller ? address_of (e, track->caller) : STRANGER,
                        10000 + event->session % 25000);
  g_hash_table_insert (e->sessions, GUINT_TO_POINTER (event->session), s);
  e->count->sessions++;
  return s;
}

static void
describe (GString *text, guint64 n, const GpoEvent *event)
{
  g_string_append_printf (text, "event %" G_GUINT64_FORMAT ", session %u", n, event->session);
  if (event->letter)
    g_string_append_printf (text, ", letter %u", event->letter);
}

static void
on_edge (Session *s, guint64 n, const GpoEvent *event)
{
  const char *spec = gpo_event_text (event, GPO_FIELD_SPEC, NULL),
             *verb = gpo_event_text (event, GPO_FIELD_VERB, NULL);
  const char *machine = gpo_event_text (event, GPO_FIELD_MACHINE, NULL);
  if (!machine || !g_str_has_suffix (machine, "-server"))
    return;
  g_string_append_printf (s->notes, "; event %" G_GUINT64_FORMAT ": %s, %s %s, now %s", n,
                          gpo_event_text (event, GPO_FIELD_FROM, NULL), verb,
                          gpo_event_text (event, GPO_FIELD_VERDICT, NULL),
                          gpo_event_text (event, GPO_FIELD_TO, NULL));
  if (spec)
    g_string_append_printf (s->notes, " (%s)", spec);
  if (s->protocol == GPO_PROTOCOL_POP3)
    s->dots = s->line_start = g_strcmp0 (verb, "RETR") == 0 || g_strcmp0 (verb, "TOP") == 0;
}

/* POP3's letters are recorded as they are; on the wire their dots are doubled: RFC 1939 §3. */
static GString *
stuffed (Session *s, const char *bytes, gsize n)
{
  GString *out = g_string_sized_new (n + 16);
  for (const char *p = bytes, *end = bytes + n; p < end;)
    {
      const char *lf = memchr (p, '\n', (gsize) (end - p)), *next = lf ? lf + 1 : end;
      if (s->line_start && *p == '.')
        g_string_append_c (out, '.');
      g_string_append_len (out, p, next - p);
      s->line_start = lf != NULL;
      p = next;
    }
  return out;
}

static void
on_said (Export *e, Session *s, guint64 n, const GpoEvent *event)
{
  gboolean client = g_strcmp0 (gpo_event_text (event, GPO_FIELD_FROM, NULL), "client") == 0;
  gboolean data = event->kind == GPO_KIND_DATA;
  g_autoptr (GBytes) bytes = gpo_log_content (e->log, event);
  g_autoptr (GString) comment = g_string_new (NULL);
  if (!bytes)
    bytes = bytes_elsewhere (e, n, event, client);
  gsize length;
  const char *text = g_bytes_get_data (bytes, &length);
  describe (comment, n, event);
  if (!s->open)
    open_connection (e, s, s->inside ? "what was said inside TLS, as it was before it was encrypted" : NULL);
  if (!client)
    {
      g_string_append (comment, s->notes->str);
      g_string_truncate (s->notes, 0);
    }
  g_autoptr (GString) dotted = s->dots && data && !client ? stuffed (s, text, length) : NULL;
  if (s->dots && !data && !client && length == 3 && text[0] == '.')
    {
      if (!s->line_start)
        put_bytes (e, s, FALSE, "\r\n", 2, NULL); /* a letter whose last line has no end */
      s->dots = FALSE;
    }
  put_bytes (e, s, client, dotted ? dotted->str : text, dotted ? dotted->len : length, comment->str);
}

static void
on_tls (Export *e, Session *s, const GpoEvent *event)
{
  if (g_strcmp0 (gpo_event_text (event, GPO_FIELD_RESULT, NULL), "ok") != 0 || !s->open)
    return;
  close_connection (e, s, FALSE, "here TLS begins; what was said inside follows as a connection of its own");
  s->inside = TRUE;
  s->client.port = (guint16) (s->client.port + 25000);
}

static void
take (Export *e, guint64 n, const GpoEvent *event)
{
  Session *s = session_of (e, event);
  if (!s)
    return;
  e->now = event->time;
  if (event->kind == GPO_KIND_LINE || event->kind == GPO_KIND_DATA)
    on_said (e, s, n, event);
  else if (event->kind == GPO_KIND_EDGE)
    on_edge (s, n, event);
  else if (event->kind == GPO_KIND_TLS)
    on_tls (e, s, event);
  else if (event->kind == GPO_KIND_CLOSE)
    close_connection (e, s, g_strcmp0 (gpo_event_text (event, GPO_FIELD_RESULT, NULL), "ours") == 0, NULL);
  else if (event->kind == GPO_KIND_CONNECT && !s->open)
    open_connection (e, s, NULL);
}

/* Every host that took part in a session gets an address. */
static void
gather_hosts (Export *e)
{
  for (guint i = 0; i < gpo_picture_n_sessions (e->picture); i++)
    {
      const GpoSessionTrack *track = gpo_picture_session (e->picture, i);
      GpoSymbol both[] = { track->host, track->caller };
      for (guint k = 0; k < 2; k++)
        if (both[k] && !address_of (e, both[k]))
          g_hash_table_insert (e->hosts, GUINT_TO_POINTER ((guint) both[k]),
                               GUINT_TO_POINTER (0x0a000000u + (g_hash_table_size (e->hosts) % 200 + 1)
                                                 + (g_hash_table_size (e->hosts) / 200 << 8)));
    }
}

gboolean
gpo_pcapng_export (GpoPicture *picture, GpoFilter *filter, GString *out,
                   gboolean (*flush) (GString *, gpointer), gpointer data, GpoPcapngCount *count)
{
  GpoLog *log = gpo_picture_log (picture);
  Export e = { .picture = picture, .log = log, .out = out, .count = count, .started = gpo_log_started (log) };
  gboolean good = TRUE;
  memset (count, 0, sizeof *count);
  e.sessions = g_hash_table_new_full (NULL, NULL, NULL, session_free);
  e.hosts = g_hash_table_new (NULL, NULL);
  e.letters = g_hash_table_new_full (NULL, NULL, NULL, (GDestroyNotify) g_ptr_array_unref);
  gather_hosts (&e);
  gpo_pcapng_head (
      out, "glasspost " GPO_VERSION,
      "Made from a trace: addresses and ports stand for hosts and protocols, numbers of TCP are made up.");
  put_names (&e);
  for (guint64 n = gpo_log_first (log); good && n < gpo_picture_length (picture); n++)
    {
      const GpoEvent *event = gpo_log_get (log, n);
      if (!filter || gpo_filter_match_at (filter, log, n))
        take (&e, n, event);
      if (flush && out->len > FLUSH_AT)
        good = flush (out, data);
    }
  g_hash_table_unref (e.sessions);
  g_hash_table_unref (e.hosts);
  g_hash_table_unref (e.letters);
  return good && (!flush || flush (out, data));
}
