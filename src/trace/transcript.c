/* SPDX-License-Identifier: MIT */
/* transcript.c: a dialogue as swaks shows it.
 *
 *     === session 3: smtp at athens, submission from 127.0.0.1:4711 to 127.0.0.1:11587
 *     <-  220 athens.example ESMTP
 *      -> MAIL FROM:<alice@athens.example>
 *             ready → mail   RFC 5321 §4.1.1.2
 *             envelope: from <alice@athens.example>
 *     <** 550 5.1.1 no such mailbox
 *      ~> an encrypted line; <~ its answer, <~* its refusal
 *     === session 3 closed: quit
 *
 * While more than one session is open each line begins with its session's number. The bytes of a
 * letter gather until something else happens in their session, and are summed up in one line. */
#include "trace/transcript.h"
#include <string.h>
#include "trace/transcript-internal.h"

typedef struct
{
  gboolean encrypted;
  /* Data not shown yet. */
  gboolean gathering, from_client;
  guint64 n;
  gint64 time;
  gint64 offset, length;
  guint32 letter;
} Session;

struct GpoTranscript
{
  GpoTranscriptFlags flags;
  GHashTable *sessions; /* number → Session: those that are open */
};

typedef enum
{
  DIM,
  CLIENT,
  SERVER,
  REFUSED,
  HEADING,
  CALM
} Color;
static const char *const colors[] = { "\x1b[2m", "\x1b[36m", "\x1b[32m", "\x1b[31m", "\x1b[1m", "" };

GpoTranscript *
gpo_transcript_new (GpoTranscriptFlags flags)
{
  GpoTranscript *t = g_new0 (GpoTranscript, 1);
  t->flags = flags;
  t->sessions = g_hash_table_new_full (NULL, NULL, NULL, g_free);
  return t;
}

void
gpo_transcript_free (GpoTranscript *t)
{
  g_hash_table_unref (t->sessions);
  g_free (t);
}

static Session *
session_of (GpoTranscript *t, guint32 number)
{
  Session *s = g_hash_table_lookup (t->sessions, GUINT_TO_POINTER (number));
  if (!s && number)
    {
      s = g_new0 (Session, 1);
      g_hash_table_insert (t->sessions, GUINT_TO_POINTER (number), s);
    }
  return s;
}

void
gpo_append_time (GString *out, gint64 time, int width)
{
  g_string_append_printf (out, "%*" G_GINT64_FORMAT ".%06u ", width, time / G_USEC_PER_SEC,
                          (guint) (ABS (time) % G_USEC_PER_SEC));
}

/* Begins a line: number, time, session, colour, mark. */
static void
begin_at (GpoTranscript *t, GString *out, guint64 n, gint64 time, guint32 session, Color color,
          const char *mark)
{
  if (t->flags & GPO_TRANSCRIPT_NUMBERS)
    g_string_append_printf (out, "%7" G_GUINT64_FORMAT " ", n);
  if (t->flags & GPO_TRANSCRIPT_TIMES)
    gpo_append_time (out, time, 6);
  if (session && g_hash_table_size (t->sessions) > 1)
    g_string_append_printf (out, "%3u| ", session);
  if (t->flags & GPO_TRANSCRIPT_COLOR)
    g_string_append (out, colors[color]);
  g_string_append (out, mark);
}

static void
begin (GpoTranscript *t, GString *out, guint64 n, const GpoEvent *event, Color color, const char *mark)
{
  begin_at (t, out, n, event->time, event->session, color, mark);
}

static void
end (GpoTranscript *t, GString *out)
{
  if (t->flags & GPO_TRANSCRIPT_COLOR)
    g_string_append (out, "\x1b[0m");
  g_string_append_c (out, '\n');
}

static const char *
mark_of (gboolean from_client, gboolean refused, gboolean encrypted)
{
  if (from_client)
    return encrypted ? " ~> " : " -> ";
  if (refused)
    return encrypted ? "<~* " : "<** ";
  return encrypted ? "<~  " : "<-  ";
}

/* The line's text without its ending, which shows only on demand or when it is not CRLF. */
static void
append_line (GpoTranscript *t, GString *out, const char *text, gsize length)
{
  gsize bare = length;
  gboolean lf = length && text[length - 1] == '\n', crlf = length > 1 && lf && text[length - 2] == '\r';
  if (!(t->flags & GPO_TRANSCRIPT_BYTES))
    bare -= (gsize) (lf + crlf);
  gpo_escape_text (out, text, bare, t->flags);
  if (!(t->flags & GPO_TRANSCRIPT_BYTES) && lf && !crlf)
    g_string_append (out, "   (ends in a bare LF)");
}

/* 4xx and 5xx, -ERR, a tagged NO or BAD. */
static gboolean
refuses (const GpoEvent *event, const char *text, gsize length)
{
  if (event->protocol == GPO_PROTOCOL_SMTP)
    return length > 2 && (text[0] == '4' || text[0] == '5') && g_ascii_isdigit (text[1]);
  if (event->protocol == GPO_PROTOCOL_POP3)
    return length > 3 && memcmp (text, "-ERR", 4) == 0;
  const char *space = memchr (text, ' ', length);
  gsize left = space ? (gsize) (text + length - space) : 0;
  return (left > 3 && memcmp (space, " NO ", 4) == 0) || (left > 4 && memcmp (space, " BAD ", 5) == 0);
}

static void
add_line (GpoTranscript *t, guint64 n, const GpoEvent *event, Session *s, GString *out)
{
  gsize length;
  const char *text = gpo_event_text (event, GPO_FIELD_TEXT, &length);
  gboolean from_client = g_strcmp0 (gpo_event_text (event, GPO_FIELD_FROM, NULL), "client") == 0;
  gboolean refused = text && !from_client && refuses (event, text, length);
  begin (t, out, n, event,
         from_client ? CLIENT
         : refused   ? REFUSED
                     : SERVER,
         mark_of (from_client, refused, s && s->encrypted));
  if (text)
    append_line (t, out, text, length);
  end (t, out);
}

/* --- data --- */

static void
flush_data (GpoTranscript *t, guint32 number, Session *s, GString *out)
{
  if (!s || !s->gathering)
    return;
  s->gathering = FALSE;
  begin_at (t, out, s->n, s->time, number, DIM, mark_of (s->from_client, FALSE, s->encrypted));
  g_string_append_printf (out, "(%" G_GINT64_FORMAT " bytes", s->length);
  if (s->letter)
    g_string_append_printf (out, " of letter %u", s->letter);
  if (s->offset)
    g_string_append_printf (out, " from byte %" G_GINT64_FORMAT, s->offset);
  g_string_append_c (out, ')');
  end (t, out);
}

static void
show_data (GpoTranscript *t, GpoLog *log, guint64 n, const GpoEvent *event, Session *s, gboolean from_client,
           GString *out)
{
  gsize length = 0;
  const char *text = gpo_event_text (event, GPO_FIELD_TEXT, &length);
  g_autoptr (GBytes) content = !text && log ? gpo_log_content (log, event) : NULL;
  if (content)
    text = g_bytes_get_data (content, &length);
  if (!text)
    {
      begin (t, out, n, event, DIM, mark_of (from_client, FALSE, s && s->encrypted));
      g_string_append_c (out, '(');
      gpo_event_words (out, event, t->flags);
      g_string_append (out, ", recorded before)");
      end (t, out);
    }
  for (const char *stop = text ? text + length : text; text < stop;)
    {
      const char *lf = memchr (text, '\n', (gsize) (stop - text));
      gsize n_line = (gsize) ((lf ? lf + 1 : stop) - text);
      begin (t, out, n, event, CALM, mark_of (from_client, FALSE, s && s->encrypted));
      append_line (t, out, text, n_line);
      end (t, out);
      text += n_line;
    }
}

static void
add_data (GpoTranscript *t, GpoLog *log, guint64 n, const GpoEvent *event, Session *s, GString *out)
{
  gboolean from_client = g_strcmp0 (gpo_event_text (event, GPO_FIELD_FROM, NULL), "server") != 0;
  gint64 length = gpo_event_number (event, GPO_FIELD_LENGTH, 0);
  if (t->flags & GPO_TRANSCRIPT_DATA)
    {
      show_data (t, log, n, event, s, from_client, out);
      return;
    }
  if (!s)
    {
      begin (t, out, n, event, DIM, "        ");
      gpo_event_words (out, event, t->flags);
      end (t, out);
      return;
    }
  if (s->gathering && (s->letter != event->letter || s->from_client != from_client))
    flush_data (t, event->session, s, out);
  if (!s->gathering)
    {
      s->gathering = TRUE;
      s->n = n;
      s->time = event->time;
      s->letter = event->letter;
      s->from_client = from_client;
      s->offset = gpo_event_number (event, GPO_FIELD_OFFSET, 0);
      s->length = 0;
    }
  s->length += length;
}

/* --- everything else --- */

static void
add_heading (GpoTranscript *t, guint64 n, const GpoEvent *event, GString *out)
{
  begin (t, out, n, event, HEADING, "=== ");
  if (event->session)
    g_string_append_printf (out, "session %u", event->session);
  if (event->kind == GPO_KIND_CONNECT)
    {
      const char *host = gpo_symbol_name (event->host);
      g_string_append_printf (out, ": %s at ", gpo_protocol_name (event->protocol));
      gpo_escape_text (out, host, strlen (host), t->flags);
      g_string_append_c (out, ',');
    }
  g_string_append_c (out, ' ');
  gpo_event_words (out, event, t->flags);
  end (t, out);
}

/* Between the lines of a session: what they changed. Outside of one: with the host. */
static void
add_words (GpoTranscript *t, guint64 n, const GpoEvent *event, GString *out)
{
  gboolean quiet = event->kind == GPO_KIND_EDGE || event->kind == GPO_KIND_ENVELOPE;
  begin (t, out, n, event, quiet ? DIM : CALM, quiet && event->session ? "        " : "**  ");
  if (!event->session)
    {
      const char *host = gpo_symbol_name (event->host);
      gpo_escape_text (out, host, strlen (host), t->flags);
      if (event->letter)
        g_string_append_printf (out, "%sletter %u", event->host ? ", " : "", event->letter);
      if (event->host || event->letter)
        g_string_append (out, ": ");
    }
  gpo_event_words (out, event, t->flags);
  end (t, out);
}

void
gpo_transcript_add (GpoTranscript *t, GpoLog *log, guint64 n, const GpoEvent *event, GString *out)
{
  Session *s = session_of (t, event->session);
  if (event->kind != GPO_KIND_DATA)
    flush_data (t, event->session, s, out);
  switch (event->kind)
    {
    case GPO_KIND_LINE:
      add_line (t, n, event, s, out);
      break;
    case GPO_KIND_DATA:
      add_data (t, log, n, event, s, out);
      break;
    case GPO_KIND_CONNECT:
      add_heading (t, n, event, out);
      break;
    case GPO_KIND_CLOSE:
      add_heading (t, n, event, out);
      g_hash_table_remove (t->sessions, GUINT_TO_POINTER (event->session));
      break;
    case GPO_KIND_TLS:
      if (s && g_strcmp0 (gpo_event_text (event, GPO_FIELD_RESULT, NULL), "failed") != 0)
        s->encrypted = TRUE;
      add_words (t, n, event, out);
      break;
    default:
      add_words (t, n, event, out);
    }
}

static gint
by_number (gconstpointer a, gconstpointer b)
{
  return (gint) (GPOINTER_TO_UINT (a) > GPOINTER_TO_UINT (b))
         - (gint) (GPOINTER_TO_UINT (a) < GPOINTER_TO_UINT (b));
}

void
gpo_transcript_end (GpoTranscript *t, GString *out)
{
  g_autoptr (GList) numbers = g_list_sort (g_hash_table_get_keys (t->sessions), by_number);
  for (GList *l = numbers; l; l = l->next)
    flush_data (t, GPOINTER_TO_UINT (l->data), g_hash_table_lookup (t->sessions, l->data), out);
}
