/* SPDX-License-Identifier: MIT */
/* ladder.c: a sequence diagram of text, a column a party.
 *
 *        client             athens             gateway
 *          │                  │                  │
 *          ├─MAIL FROM:<a…───▶│                  │
 *          │                  │ ready → mail     │
 *
 * A party is a host of the world or somebody outside it ("client", or the address of a server). Where
 * the trace has both ends of a connection (the same address calls), only the server's is drawn. */
#include <string.h>
#include "trace/transcript.h"
#include "trace/transcript-internal.h"

#define MIN_SPACING 20
#define MAX_SPACING 60
#define HEADING_EVERY 40

typedef struct
{
  guint client, server; /* columns */
  char *caller;         /* the address that called */
  gboolean client_side;
} Session;

struct GpoLadder
{
  GpoTranscriptFlags flags;
  guint width, rows;
  GByteArray *declared; /* parties that Mermaid was told of, by column */
  GPtrArray *parties;   /* names */
  GHashTable *sessions; /* number → Session */
  GHashTable *served;   /* addresses whose calls a server of the trace has taken */
  gunichar *row;
  guint row_length;
};

static void
session_free (gpointer data)
{
  Session *s = data;
  g_free (s->caller);
  g_free (s);
}

GpoLadder *
gpo_ladder_new (GpoTranscriptFlags flags, guint width)
{
  GpoLadder *ladder = g_new0 (GpoLadder, 1);
  ladder->flags = flags;
  ladder->width = MAX (width, 40);
  ladder->parties = g_ptr_array_new_with_free_func (g_free);
  ladder->declared = g_byte_array_new ();
  ladder->sessions = g_hash_table_new_full (NULL, NULL, NULL, session_free);
  ladder->served = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  return ladder;
}

void
gpo_ladder_free (GpoLadder *ladder)
{
  g_ptr_array_unref (ladder->parties);
  g_byte_array_unref (ladder->declared);
  g_hash_table_unref (ladder->sessions);
  g_hash_table_unref (ladder->served);
  g_free (ladder->row);
  g_free (ladder);
}

static guint
party (GpoLadder *ladder, const char *name)
{
  for (guint i = 0; i < ladder->parties->len; i++)
    if (strcmp (ladder->parties->pdata[i], name) == 0)
      return i;
  g_ptr_array_add (ladder->parties, g_strdup (name));
  ladder->rows = 0;
  return ladder->parties->len - 1;
}

void
gpo_ladder_scan (GpoLadder *ladder, const GpoEvent *event)
{
  gpointer key = GUINT_TO_POINTER (event->session);
  if (event->kind != GPO_KIND_CONNECT || !event->session || g_hash_table_contains (ladder->sessions, key))
    return;
  const char *from = gpo_event_text (event, GPO_FIELD_FROM, NULL),
             *to = gpo_event_text (event, GPO_FIELD_TO, NULL);
  const char *name = gpo_event_text (event, GPO_FIELD_NAME, NULL), *host = gpo_symbol_name (event->host);
  Session *s = g_new0 (Session, 1);
  s->client_side = g_strcmp0 (gpo_event_text (event, GPO_FIELD_SIDE, NULL), "client") == 0;
  s->caller = g_strdup (from);
  g_hash_table_insert (ladder->sessions, key, s);
  if (s->client_side)
    {
      s->client = G_MAXUINT;
      s->server = G_MAXUINT;
      return;
    }
  s->client = party (ladder, name && *name ? name : "client");
  s->server = party (ladder, *host ? host : to ? to : "server");
  if (from)
    g_hash_table_add (ladder->served, g_strdup (from));
}

/* The session as it is to be drawn; NULL if the other end is. */
static Session *
drawn_session (GpoLadder *ladder, const GpoEvent *event)
{
  Session *s = g_hash_table_lookup (ladder->sessions, GUINT_TO_POINTER (event->session));
  const char *host = gpo_symbol_name (event->host);
  if (!s)
    {
      s = g_new0 (Session, 1);
      g_hash_table_insert (ladder->sessions, GUINT_TO_POINTER (event->session), s);
      s->client = party (ladder, "client");
      s->server = party (ladder, *host ? host : "server");
    }
  if (!s->client_side)
    return s;
  if (s->caller && g_hash_table_contains (ladder->served, s->caller))
    return NULL;
  s->client = party (ladder, *host ? host : "client");
  s->server = party (ladder, "outside");
  return s;
}

/* --- rows --- */

static guint
spacing (GpoLadder *ladder)
{
  return CLAMP (ladder->width / MAX (ladder->parties->len, 1), MIN_SPACING, MAX_SPACING);
}

static guint
column (GpoLadder *ladder, guint index)
{
  return spacing (ladder) * index + spacing (ladder) / 2;
}

static gunichar
shape (GpoLadder *ladder, const char *fine, char plain)
{
  return ladder->flags & GPO_TRANSCRIPT_ASCII ? (gunichar) plain : g_utf8_get_char (fine);
}

static void
start_row (GpoLadder *ladder, gboolean lines)
{
  guint length = spacing (ladder) * ladder->parties->len + 1;
  if (length > ladder->row_length)
    ladder->row = g_renew (gunichar, ladder->row, length);
  ladder->row_length = length;
  for (guint i = 0; i < length; i++)
    ladder->row[i] = ' ';
  for (guint i = 0; i < ladder->parties->len && lines; i++)
    ladder->row[column (ladder, i)] = shape (ladder, "│", '|');
}

/* Writes harmless text into the row from `at`, at most `room` columns, with an ellipsis if it is cut. */
static void
put_text (GpoLadder *ladder, guint at, guint room, const char *text)
{
  guint used = 0;
  for (const char *p = text; *p; p = g_utf8_next_char (p))
    {
      gunichar c = g_utf8_get_char (p);
      guint width = g_unichar_iszerowidth (c) ? 0 : g_unichar_iswide (c) ? 2 : 1;
      if (!width)
        continue;
      if (used + width > room || at + used + width > ladder->row_length)
        {
          if (used && ladder->row[at + used - 1] == 0)
            ladder->row[at + --used] = ' ';
          if (used)
            ladder->row[at + used - 1] = shape (ladder, "…", '~');
          return;
        }
      ladder->row[at + used] = c;
      /* 0 stands for the second half of a wide character. */
      if (width == 2)
        ladder->row[at + used + 1] = 0;
      used += width;
    }
}

static void
end_row (GpoLadder *ladder, GString *out)
{
  guint length = ladder->row_length;
  while (length && ladder->row[length - 1] == ' ')
    length--;
  for (guint i = 0; i < length; i++)
    if (ladder->row[i])
      g_string_append_unichar (out, ladder->row[i]);
  g_string_append_c (out, '\n');
  ladder->rows++;
}

/* --- Mermaid --- */

/* What is special in a message of Mermaid becomes a character reference: "#59;". */
static void
append_mermaid (GString *out, const char *text)
{
  for (const char *p = text; *p; p++)
    if (strchr ("#;<>%{}&\"", *p))
      g_string_append_printf (out, "#%d;", *p);
    else
      g_string_append_c (out, *p);
  g_string_append_c (out, '\n');
}

/* A party stands in the diagram from its first message on. */
static void
declare_party (GpoLadder *ladder, guint column, GString *out)
{
  guint8 no = 0;
  if (ladder->declared->len == 0)
    g_string_append (out, "sequenceDiagram\n");
  while (ladder->declared->len <= column)
    g_byte_array_append (ladder->declared, &no, 1);
  if (ladder->declared->data[column])
    return;
  ladder->declared->data[column] = 1;
  g_string_append_printf (out, "  participant p%u as ", column);
  append_mermaid (out, ladder->parties->pdata[column]);
}

/* Commands are solid, answers dashed; what is refused ends in a cross. */
static void
put_mermaid_arrow (GpoLadder *ladder, guint from, guint to, const GpoEvent *event, const char *text,
                   GString *out)
{
  gboolean reply = g_strcmp0 (gpo_event_text (event, GPO_FIELD_FROM, NULL), "server") == 0;
  gint64 code = gpo_event_number (event, GPO_FIELD_CODE, 0);
  declare_party (ladder, from, out);
  declare_party (ladder, to, out);
  g_string_append_printf (out, "  p%u%sp%u: ", from, code >= 500 ? "--x" : reply ? "-->>" : "->>", to);
  append_mermaid (out, *text ? text : "(empty)");
}

static void
put_heading (GpoLadder *ladder, GString *out)
{
  if (ladder->rows % HEADING_EVERY != 0 || ladder->parties->len == 0)
    return;
  start_row (ladder, FALSE);
  for (guint i = 0; i < ladder->parties->len; i++)
    {
      GString *name = g_string_new (NULL);
      gpo_escape_text (name, ladder->parties->pdata[i], strlen (ladder->parties->pdata[i]), ladder->flags);
      guint half = (guint) MIN (g_utf8_strlen (name->str, -1) / 2, (glong) spacing (ladder) / 2 - 1);
      put_text (ladder, column (ladder, i) - half, spacing (ladder) - 2, name->str);
      g_string_free (name, TRUE);
    }
  end_row (ladder, out);
  start_row (ladder, TRUE);
  end_row (ladder, out);
}

static void
put_arrow (GpoLadder *ladder, guint from, guint to, const char *text, GString *out)
{
  start_row (ladder, TRUE);
  if (from == to)
    put_text (ladder, column (ladder, from) + 2, spacing (ladder) - 3, text);
  else
    {
      guint left = column (ladder, MIN (from, to)), right = column (ladder, MAX (from, to));
      for (guint i = left + 1; i < right; i++)
        ladder->row[i] = shape (ladder, "─", '-');
      put_text (ladder, left + 3, right - left - 5, text);
      if (from < to)
        ladder->row[right - 1] = shape (ladder, "▶", '>');
      else
        ladder->row[left + 1] = shape (ladder, "◀", '<');
    }
  end_row (ladder, out);
}

static void
put_note (GpoLadder *ladder, guint where, const char *text, GString *out)
{
  start_row (ladder, TRUE);
  /* The text may run over other columns: what it says matters more than their lines. */
  guint at = column (ladder, where), right = ladder->row_length - at - 2;
  glong length = g_utf8_strlen (text, -1);
  if (length <= (glong) right || at < right)
    put_text (ladder, at + 2, right, text);
  else
    put_text (ladder, length + 2 < (glong) at ? at - 1 - (guint) length : 0, at - 2, text);
  end_row (ladder, out);
}

void
gpo_ladder_add (GpoLadder *ladder, guint64 n, const GpoEvent *event, GString *out)
{
  gpo_ladder_scan (ladder, event);
  const char *host = gpo_symbol_name (event->host);
  Session *s = event->session ? drawn_session (ladder, event) : NULL;
  if (event->session && !s)
    return;
  guint where = s ? s->server : *host ? party (ladder, host) : 0;
  if (!(ladder->flags & GPO_TRANSCRIPT_MERMAID))
    put_heading (ladder, out);
  if (ladder->parties->len == 0)
    return;
  g_autoptr (GString) text = g_string_new (NULL);
  if (ladder->flags & GPO_TRANSCRIPT_NUMBERS)
    g_string_append_printf (text, "%" G_GUINT64_FORMAT " ", n);
  if (ladder->flags & GPO_TRANSCRIPT_TIMES)
    gpo_append_time (text, event->time, 0);
  if (s && (event->kind == GPO_KIND_LINE || event->kind == GPO_KIND_DATA))
    {
      gboolean from_server = g_strcmp0 (gpo_event_text (event, GPO_FIELD_FROM, NULL), "server") == 0;
      gsize length;
      const char *line = gpo_event_text (event, GPO_FIELD_TEXT, &length);
      if (event->kind == GPO_KIND_DATA)
        g_string_append_printf (text, "(%" G_GINT64_FORMAT " bytes)",
                                gpo_event_number (event, GPO_FIELD_LENGTH, 0));
      else if (line)
        {
          while (!(ladder->flags & GPO_TRANSCRIPT_BYTES) && length
                 && (line[length - 1] == '\n' || line[length - 1] == '\r'))
            length--;
          gpo_escape_text (text, line, length, ladder->flags);
        }
      guint from = from_server ? s->server : s->client, to = from_server ? s->client : s->server;
      if (ladder->flags & GPO_TRANSCRIPT_MERMAID)
        put_mermaid_arrow (ladder, from, to, event, text->str, out);
      else
        put_arrow (ladder, from, to, text->str, out);
      return;
    }
  gpo_event_words (text, event, ladder->flags);
  if (ladder->flags & GPO_TRANSCRIPT_MERMAID)
    {
      declare_party (ladder, where, out);
      g_string_append_printf (out, "  Note over p%u: ", where);
      append_mermaid (out, text->str);
    }
  else
    put_note (ladder, where, text->str, out);
}
