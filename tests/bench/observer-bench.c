/* SPDX-License-Identifier: MIT */
/* observer-bench.c: how fast strangers' mail becomes a trace. Prints, asserts nothing: figures depend on the machine.
 *
 *     ninja -C build tests/bench/observer-bench && build/tests/bench/observer-bench [LINES] [PACKETS] [CAPTURE.pcap]
 *
 * First the observer alone: bytes of both sides in, events in memory out. Then a whole import: a capture of so many packets
 * (made here, kept under the name that is given) is read, put together, observed, and written as a trace file. */
#include "replay/observer.h"
#include "replay/pcap-import.h"
#include "trace/trace-file.h"
#include <glib/gstdio.h>
#include <pcap/pcap.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

/* One session: pieces as they lie in segments; 'C' and 'S' say whose. */
static const char *const session[] = {
  "S220 sparta.example ESMTP ready\r\n",
  "CEHLO athens.example\r\n",
  "S250-sparta.example greets athens.example\r\n250-PIPELINING\r\n250-8BITMIME\r\n250-ENHANCEDSTATUSCODES\r\n250 SIZE "
  "67108864\r\n",
  "CMAIL FROM:<alice@athens.example> SIZE=558\r\n",
  "S250 2.1.0 sender noted\r\n",
  "CRCPT TO:<bob@sparta.example>\r\n",
  "S250 2.1.5 recipient noted\r\n",
  "CRCPT TO:<nobody@sparta.example>\r\n",
  "S550 5.1.1 no such person here\r\n",
  "CDATA\r\n",
  "S354 go on, end with a line that holds a dot alone\r\n",
  "CFrom: Alice <alice@athens.example>\r\nTo: Bob <bob@sparta.example>\r\nSubject: olives\r\nMessage-ID: "
  "<1@athens.example>\r\n\r\n"
  "Dear Bob,\r\n\r\nthe olives are ripe.\r\n.\r\n",
  "S250 2.0.0 taken\r\n",
  "CQUIT\r\n",
  "S221 2.0.0 goodbye\r\n",
};

static guint
lines_of_a_session (void)
{
  guint n = 0;
  for (guint i = 0; i < G_N_ELEMENTS (session); i++)
    for (const char *p = session[i]; (p = strchr (p, '\n')); p++)
      n++;
  return n;
}

/* Of this program, all threads: what a busy machine does not change. */
static double
cpu_seconds (void)
{
  return (double) clock () / CLOCKS_PER_SEC;
}

static void
observe (guint64 lines)
{
  double cpu = cpu_seconds ();
  g_autoptr (GpoLog) log = gpo_log_new ();
  g_autoptr (GpoObserver) observer = gpo_observer_new (log);
  guint a_session = lines_of_a_session ();
  gint64 since = g_get_monotonic_time ();
  guint64 done = 0;
  for (guint32 number = 1; done < lines; number++, done += a_session)
    {
      g_autoptr (GpoObserved) o = gpo_observed_new (observer, GPO_PROTOCOL_SMTP, 0, number);
      for (guint i = 0; i < G_N_ELEMENTS (session); i++)
        gpo_observed_receive (o, *session[i] == 'C', session[i] + 1, strlen (session[i] + 1));
    }
  double s = (double) (g_get_monotonic_time () - since) / G_USEC_PER_SEC;
  printf ("observer: %" G_GUINT64_FORMAT " lines in %.2f s (CPU %.2f s): %.2f M lines/s, %" G_GUINT64_FORMAT " events\n",
          done, s, cpu_seconds () - cpu, (double) done / s / 1e6, gpo_log_length (log));
}

/* --- a capture --- */

typedef struct
{
  pcap_dumper_t *out;
  guint64 packets;
  guint32 number, seq[2];
} Wire;

static void
put_packet (Wire *w, gboolean client, guint8 flags, const char *bytes)
{
  guint8 frame[2048] = { 0 };
  gsize n = strlen (bytes);
  guint8 *ip = frame + 14, *tcp = ip + 20;
  guint16 ephemeral = (guint16) (20000 + w->number % 40000);
  frame[12] = 8;
  ip[0] = 0x45;
  ip[2] = (guint8) ((40 + n) >> 8);
  ip[3] = (guint8) (40 + n);
  ip[8] = 64;
  ip[9] = 6;
  memcpy (ip + 12, client ? "\x0a\0\0\1\x0a\0\0\2" : "\x0a\0\0\2\x0a\0\0\1", 8);
  ip[client ? 14 : 18] = (guint8) (w->number / 40000);
  tcp[client ? 0 : 2] = (guint8) (ephemeral >> 8);
  tcp[client ? 1 : 3] = (guint8) ephemeral;
  tcp[client ? 3 : 1] = 25;
  guint32 seq = GUINT32_TO_BE (w->seq[client]), ack = GUINT32_TO_BE (w->seq[!client]);
  memcpy (tcp + 4, &seq, 4);
  memcpy (tcp + 8, &ack, 4);
  tcp[12] = 0x50;
  tcp[13] = flags;
  memcpy (tcp + 20, bytes, n);
  struct pcap_pkthdr head = { .caplen = (guint32) (54 + n), .len = (guint32) (54 + n) };
  head.ts.tv_sec = 1700000000 + (glong) (w->packets / 100000);
  head.ts.tv_usec = (glong) (w->packets % 100000 * 10);
  pcap_dump ((u_char *) w->out, &head, frame);
  w->packets++;
  w->seq[client] += (guint32) n + (flags & 3 ? 1 : 0);
}

/* As a kernel sends it: each piece is acknowledged by a segment of its own. */
static void
put_session (Wire *w)
{
  w->number++;
  w->seq[0] = w->number * 7919;
  w->seq[1] = w->number * 104729;
  put_packet (w, TRUE, 2, "");
  put_packet (w, FALSE, 18, "");
  put_packet (w, TRUE, 16, "");
  for (guint i = 0; i < G_N_ELEMENTS (session); i++)
    {
      put_packet (w, *session[i] == 'C', 24, session[i] + 1);
      put_packet (w, *session[i] != 'C', 16, "");
    }
  put_packet (w, FALSE, 17, "");
  put_packet (w, TRUE, 17, "");
  put_packet (w, FALSE, 16, "");
}

static void
make_capture (const char *path, guint64 packets)
{
  pcap_t *dead = pcap_open_dead (DLT_EN10MB, 65535);
  Wire w = { .out = pcap_dump_open (dead, path) };
  while (w.packets < packets)
    put_session (&w);
  pcap_dump_close (w.out);
  pcap_close (dead);
}

static void
import (const char *path, const char *trace)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GpoLog) log = gpo_log_new ();
  GpoPcapCount count;
  double cpu = cpu_seconds ();
  gint64 since = g_get_monotonic_time ();
  g_autoptr (GpoPcap) pcap = gpo_pcap_open (fopen (path, "rb"), path, &error);
  gpo_log_set_started (log, gpo_pcap_started (pcap));
  GpoTraceFile *file = gpo_trace_file_new (log, trace, NULL, NULL, &error);
  gpo_pcap_import (pcap, log, 0, GPO_PROTOCOL_NONE, &count, &error);
  gpo_trace_file_close (file);
  printf ("import: %" G_GUINT64_FORMAT " packets, %u sessions, %" G_GUINT64_FORMAT " events in %.2f s (CPU %.2f s)\n",
          count.packets, count.smtp, gpo_log_length (log), (double) (g_get_monotonic_time () - since) / G_USEC_PER_SEC,
          cpu_seconds () - cpu);
}

int
main (int argc, char **argv)
{
  guint64 lines = argc > 1 ? g_ascii_strtoull (argv[1], NULL, 10) : 2000000;
  guint64 packets = argc > 2 ? g_ascii_strtoull (argv[2], NULL, 10) : 1000000;
  g_autofree char *folder = g_dir_make_tmp ("observer-bench-XXXXXX", NULL);
  g_autofree char *path = argc > 3 ? g_strdup (argv[3]) : g_build_filename (folder, "bench.pcap", NULL);
  g_autofree char *trace = g_build_filename (folder, "bench.trace", NULL);
  observe (lines);
  make_capture (path, packets);
  import (path, trace);
  g_remove (trace);
  if (argc <= 3)
    g_remove (path);
  g_rmdir (folder);
  return 0;
}
