/* SPDX-License-Identifier: MIT */
/* witness.h: two witnesses of one conversation: the edges a server recorded, and those an observer reaches that is given
 * only what could be seen of it: connect, line, data, the end of a handshake, close. */
#pragma once
#include "protocol/machine.h"
#include "replay/observer.h"
#include <string.h>

/* What was seen of one connection goes to its observer. */
typedef struct
{
  GpoObserver *observer;
  GHashTable *sessions; /* number → GpoObserved */
} Witness;

static inline void
witness_init (Witness *w, GpoLog *out)
{
  w->observer = gpo_observer_new (out);
  w->sessions = g_hash_table_new_full (NULL, NULL, NULL, (GDestroyNotify) gpo_observed_free);
}

static inline void
witness_clear (Witness *w)
{
  g_hash_table_unref (w->sessions);
  gpo_observer_free (w->observer);
}

static inline void
witness_see (Witness *w, GpoLog *log, const GpoEvent *e)
{
  gpointer key = GUINT_TO_POINTER (e->session);
  GpoObserved *o = g_hash_table_lookup (w->sessions, key);
  if (!e->session || !e->protocol)
    return;
  if (e->kind == GPO_KIND_CONNECT && !o)
    {
      o = gpo_observed_new (w->observer, (GpoProtocol) e->protocol, e->host, e->session);
      g_hash_table_insert (w->sessions, key, o);
      return;
    }
  if (!o)
    return;
  gboolean client = g_strcmp0 (gpo_event_text (e, GPO_FIELD_FROM, NULL), "client") == 0;
  g_autoptr (GBytes) bytes = e->kind == GPO_KIND_LINE || e->kind == GPO_KIND_DATA ? gpo_log_content (log, e) : NULL;
  gsize n = 0;
  const char *text = bytes ? g_bytes_get_data (bytes, &n) : NULL;
  if (e->kind == GPO_KIND_LINE)
    gpo_observed_line (o, client, text, n);
  else if (e->kind == GPO_KIND_DATA)
    gpo_observed_data (o, client, text, (gsize) gpo_event_number (e, GPO_FIELD_LENGTH, 0));
  else if (e->kind == GPO_KIND_TLS)
    gpo_observed_secured (o, g_strcmp0 (gpo_event_text (e, GPO_FIELD_RESULT, NULL), "ok") == 0);
  else if (e->kind == GPO_KIND_CLOSE)
    gpo_observed_end (o, g_strcmp0 (gpo_event_text (e, GPO_FIELD_RESULT, NULL), "ours") == 0);
}

/* The edges of servers, session by session: number → GString of lines "machine from verb verdict to". */
static inline GHashTable *
witness_edges (GpoLog *log)
{
  GHashTable *edges = g_hash_table_new_full (NULL, NULL, NULL, (GDestroyNotify) g_bytes_unref);
  g_autoptr (GHashTable) texts = g_hash_table_new (NULL, NULL);
  GHashTableIter iter;
  gpointer key, value;
  for (guint64 n = gpo_log_first (log); n < gpo_log_length (log); n++)
    {
      const GpoEvent *e = gpo_log_get (log, n);
      const char *machine = e->kind == GPO_KIND_EDGE ? gpo_event_text (e, GPO_FIELD_MACHINE, NULL) : NULL;
      if (!machine || !g_str_has_suffix (machine, "-server"))
        continue;
      GString *text = g_hash_table_lookup (texts, GUINT_TO_POINTER (e->session));
      if (!text)
        g_hash_table_insert (texts, GUINT_TO_POINTER (e->session), text = g_string_new (NULL));
      g_string_append_printf (text, "%s %s %s %s %s\n", machine, gpo_event_text (e, GPO_FIELD_FROM, NULL),
                              gpo_event_text (e, GPO_FIELD_VERB, NULL), gpo_event_text (e, GPO_FIELD_VERDICT, NULL),
                              gpo_event_text (e, GPO_FIELD_TO, NULL));
    }
  g_hash_table_iter_init (&iter, texts);
  while (g_hash_table_iter_next (&iter, &key, &value))
    g_hash_table_insert (edges, key, g_string_free_to_bytes (value));
  return edges;
}

static inline const char *
witness_text (GHashTable *edges, gpointer session)
{
  GBytes *bytes = g_hash_table_lookup (edges, session);
  static char text[1 << 20];
  gsize n = 0;
  const char *from = bytes ? g_bytes_get_data (bytes, &n) : "";
  n = MIN (n, sizeof text - 1);
  memcpy (text, from, n);
  text[n] = 0;
  return text;
}

/* NULL if every session whose server recorded edges was seen to take the same ones; else what differs. The caller frees. */
static inline char *
witness_compare (GpoLog *recorded, GpoLog *seen)
{
  g_autoptr (GHashTable) a = witness_edges (recorded), b = witness_edges (seen);
  GHashTableIter iter;
  gpointer key, value;
  g_hash_table_iter_init (&iter, a);
  while (g_hash_table_iter_next (&iter, &key, &value))
    {
      g_auto (GStrv) one = g_strsplit (witness_text (a, key), "\n", 0);
      g_auto (GStrv) other = g_strsplit (witness_text (b, key), "\n", 0);
      for (guint i = 0; one[i] || other[i]; i++)
        if (g_strcmp0 (one[i], other[i]) != 0)
          return g_strdup_printf ("session %u, edge %u:\n  the server: %s\n  the witness: %s", GPOINTER_TO_UINT (key), i + 1,
                                  one[i] ? one[i] : "(none)", other[i] ? other[i] : "(none)");
        else if (!one[i])
          break;
    }
  return NULL;
}
