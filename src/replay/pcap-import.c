/* SPDX-License-Identifier: MIT */
/* pcap-import.c: packets in, events out. */
#include "replay/pcap-import.h"
#include "replay/observer.h"
#include "replay/reassembly.h"
#include <gio/gio.h>
#include <pcap/pcap.h>
#include <string.h>

/* Bytes of a side kept until it is known what is spoken. */
#define GUESS_MAX 512

typedef struct
{
  GpoLog *log;
  GpoObserver *observer;
  GpoPcapCount *count;
  guint16 port;
  GpoProtocol protocol;
  gint64 started, now; /* µs since 1970; µs since then */
  guint32 sessions;
} Import;

typedef struct
{
  GpoEndpoint client_end, server_end;
  gboolean late, ignored;
  GpoObserved *observed;              /* NULL: it is not known yet what is spoken */
  GString *from_client, *from_server; /* until then */
  gboolean server_first;
} Conn;

static gint64
clock_of (gpointer data)
{
  return ((Import *) data)->now;
}

static gboolean
is_well_known (guint16 port)
{
  return port < 1024 && gpo_protocol_of_port (port) != GPO_PROTOCOL_NONE;
}

/* --- a connection becomes a session --- */

static void
begin (Import *import, Conn *conn, GpoProtocol protocol)
{
  char from[64], to[64], host[64];
  if (import->protocol != GPO_PROTOCOL_NONE && protocol != import->protocol)
    {
      conn->ignored = TRUE;
      return;
    }
  gpo_endpoint_text (&conn->client_end, from, sizeof from);
  gpo_endpoint_text (&conn->server_end, to, sizeof to);
  g_strlcpy (host, to, sizeof host);
  if (is_well_known (conn->server_end.port))
    *strrchr (host, ':') = 0;
  import->count->smtp += protocol == GPO_PROTOCOL_SMTP;
  import->count->imap += protocol == GPO_PROTOCOL_IMAP;
  import->count->pop3 += protocol == GPO_PROTOCOL_POP3;
  conn->observed = gpo_observed_new (import->observer, protocol, gpo_symbol_try (host, strlen (host)),
                                     ++import->sessions);
  gpo_observed_connected (conn->observed, from, to, NULL);
  if (conn->late)
    gpo_observed_begin_late (conn->observed);
}

/* Gives what was kept to the observer, in the order of a conversation. */
static void
hand_over (Conn *conn)
{
  GString *first = conn->server_first ? conn->from_server : conn->from_client;
  GString *second = conn->server_first ? conn->from_client : conn->from_server;
  if (first)
    gpo_observed_receive (conn->observed, first == conn->from_client, first->str, first->len);
  if (second)
    gpo_observed_receive (conn->observed, second == conn->from_client, second->str, second->len);
}

static void
forget_kept (Conn *conn)
{
  if (conn->from_client)
    g_string_free (g_steal_pointer (&conn->from_client), TRUE);
  if (conn->from_server)
    g_string_free (g_steal_pointer (&conn->from_server), TRUE);
}

/* What is spoken, from the first bytes; the port helps where they say nothing. */
static void
guess (Import *import, Conn *conn, gboolean last)
{
  const GString *c = conn->from_client, *s = conn->from_server;
  GpoProtocol protocol
      = gpo_protocol_guess (s ? s->str : "", s ? s->len : 0, c ? c->str : "", c ? c->len : 0);
  gboolean enough = (c && c->len >= GUESS_MAX) || (s && s->len >= GUESS_MAX);
  if (protocol == GPO_PROTOCOL_NONE && (last || enough || (c && c->str[0] == 0x16)))
    {
      protocol = gpo_protocol_of_port (conn->server_end.port);
      conn->ignored = protocol == GPO_PROTOCOL_NONE;
    }
  if (protocol != GPO_PROTOCOL_NONE)
    {
      begin (import, conn, protocol);
      if (conn->observed)
        hand_over (conn);
    }
  if (conn->ignored || conn->observed)
    forget_kept (conn);
}

/* --- what reassembly tells --- */

static gpointer
on_opened (const GpoEndpoint *client, const GpoEndpoint *server, gboolean late, gpointer data)
{
  Import *import = data;
  import->count->connections++;
  if (import->port && client->port != import->port && server->port != import->port)
    return NULL;
  Conn *conn = g_new0 (Conn, 1);
  conn->client_end = *client;
  conn->server_end = *server;
  conn->late = late;
  if (is_well_known (server->port))
    begin (import, conn, gpo_protocol_of_port (server->port));
  return conn;
}

static void
on_bytes (gpointer connection, gboolean from_client, const guint8 *bytes, gsize n, gpointer data)
{
  Conn *conn = connection;
  if (conn->ignored)
    return;
  if (conn->observed)
    {
      gpo_observed_receive (conn->observed, from_client, (const char *) bytes, n);
      return;
    }
  GString **kept = from_client ? &conn->from_client : &conn->from_server;
  if (!conn->from_client && !conn->from_server)
    conn->server_first = !from_client;
  if (!*kept)
    *kept = g_string_new (NULL);
  g_string_append_len (*kept, (const char *) bytes, (gssize) n);
  guess (data, conn, FALSE);
}

static void
on_gap (gpointer connection, gboolean from_client, guint64 n, gpointer data)
{
  Conn *conn = connection;
  if (conn->observed)
    gpo_observed_gap (conn->observed, from_client, n);
}

static void
on_ended (gpointer connection, const char *how, gpointer data)
{
  Conn *conn = connection;
  if (!conn->observed && !conn->ignored && (conn->from_client || conn->from_server))
    guess (data, conn, TRUE);
  if (conn->observed && strcmp (how, "end") != 0)
    {
      gboolean server = strcmp (how, "server") == 0, reset = strcmp (how, "reset") == 0;
      gpo_observed_end (conn->observed, server);
      gpo_observed_closed (conn->observed,
                           reset    ? "reset"
                           : server ? "ours"
                                    : "peer",
                           reset    ? "the connection was reset"
                           : server ? "the server closed first"
                                    : "the client closed first");
    }
  if (conn->observed)
    gpo_observed_free (conn->observed);
  forget_kept (conn);
  g_free (conn);
}

/* --- reading --- */

struct GpoPcap
{
  pcap_t *pcap;
  char *name;
  struct pcap_pkthdr *head; /* the packet at hand … */
  const guint8 *bytes;
  int result; /* … if this is 1 */
};

static gint64
wall_of (const struct pcap_pkthdr *head)
{
  /* A damaged file may say any time; those beyond the year 4000 are not believed. */
  gint64 seconds = CLAMP ((gint64) head->ts.tv_sec, 0, G_GINT64_CONSTANT (1) << 36), rest = head->ts.tv_usec;
  return seconds * G_USEC_PER_SEC + CLAMP (rest, 0, G_USEC_PER_SEC);
}

GpoPcap *
gpo_pcap_open (FILE *file, const char *name, GError **error)
{
  char why[PCAP_ERRBUF_SIZE] = "";
  pcap_t *opened = pcap_fopen_offline (file, why);
  if (!opened)
    {
      fclose (file);
      g_set_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA,
                   "%s is no capture that libpcap reads (%s); give a pcap or pcapng "
                   "file, as tcpdump -w writes it",
                   name, why);
      return NULL;
    }
  int link = pcap_datalink (opened);
  if (!gpo_packet_link_known (link))
    {
      const char *type = pcap_datalink_val_to_name (link);
      g_set_error (error, G_IO_ERROR, G_IO_ERROR_NOT_SUPPORTED,
                   "%s was captured on a link of type %s, whose frames cannot be opened here; Ethernet, "
                   "loopback, raw IP and "
                   "Linux cooked captures can (tcpdump -i any)",
                   name, type ? type : "unknown");
      pcap_close (opened);
      return NULL;
    }
  GpoPcap *pcap = g_new0 (GpoPcap, 1);
  pcap->pcap = opened;
  pcap->name = g_strdup (name);
  pcap->result = pcap_next_ex (opened, &pcap->head, &pcap->bytes);
  return pcap;
}

void
gpo_pcap_close (GpoPcap *pcap)
{
  pcap_close (pcap->pcap);
  g_free (pcap->name);
  g_free (pcap);
}

gint64
gpo_pcap_started (GpoPcap *pcap)
{
  return pcap->result == 1 ? wall_of (pcap->head) : 0;
}

static void
take_packet (Import *import, GpoReassembly *reassembly, int link, const struct pcap_pkthdr *head,
             const guint8 *bytes)
{
  GpoSegment segment;
  import->count->packets++;
  /* A clock that was set back must not make the trace run backwards. */
  import->now = MAX (import->now, wall_of (head) - import->started);
  switch (gpo_packet_open (link, bytes, head->caplen, &segment))
    {
    case GPO_PACKET_TCP:
      import->count->tcp++;
      gpo_reassembly_take (reassembly, &segment);
      break;
    case GPO_PACKET_FRAGMENT:
      import->count->fragments++;
      break;
    case GPO_PACKET_BROKEN:
      import->count->broken++;
      break;
    case GPO_PACKET_OTHER:
      break;
    }
}

static void
read_packets (Import *import, GpoPcap *pcap)
{
  static const GpoReassemblyUser user = { on_opened, on_bytes, on_gap, on_ended };
  g_autoptr (GpoReassembly) reassembly = gpo_reassembly_new (&user, import);
  int link = pcap_datalink (pcap->pcap);
  for (; pcap->result == 1; pcap->result = pcap_next_ex (pcap->pcap, &pcap->head, &pcap->bytes))
    take_packet (import, reassembly, link, pcap->head, pcap->bytes);
}

gboolean
gpo_pcap_import (GpoPcap *pcap, GpoLog *log, guint16 port, GpoProtocol protocol, GpoPcapCount *count,
                 GError **error)
{
  g_autoptr (GpoObserver) observer = gpo_observer_new (log);
  Import import = { .log = log,
                    .observer = observer,
                    .count = count,
                    .port = port,
                    .protocol = protocol,
                    .started = gpo_pcap_started (pcap) };
  memset (count, 0, sizeof *count);
  gpo_log_set_started (log, import.started);
  gpo_log_set_clock (log, clock_of, &import);
  read_packets (&import, pcap);
  gpo_log_set_clock (log, NULL, NULL);
  if (pcap->result != PCAP_ERROR)
    return TRUE;
  g_set_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA,
               "%s breaks off or is damaged behind packet %" G_GUINT64_FORMAT
               " (%s); what came before it was read",
               pcap->name, count->packets, pcap_geterr (pcap->pcap));
  return FALSE;
}
