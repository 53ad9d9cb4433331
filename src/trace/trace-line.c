/* SPDX-License-Identifier: MIT */
/* trace-line.c: what a name with its value says in a line of a trace file, whichever reader found it. */
#include "trace/trace-line.h"
#include <string.h>

#define MAX_NAME 64

/* Names of the head of an event, numbered behind every field. */
enum
{
  HEAD = 0x10000,
  HEAD_N = HEAD,
  HEAD_T,
  HEAD_KIND,
  HEAD_HOST,
  HEAD_PROTOCOL,
  HEAD_SESSION,
  HEAD_LETTER
};

/* --- names --- */

typedef struct
{
  const char *name;
  guint8 length;
  gint32 key;
} Name;

#define N_SLOTS 512
static Name slots[N_SLOTS];

static inline guint
hash (const char *text, gsize length)
{
  guint h = (guint) length;
  for (gsize i = 0; i < length; i++)
    h = h * 31 + (guint8) text[i];
  return h ^ h >> 9;
}

static void
add_name (const char *name, gint32 key)
{
  gsize length = strlen (name);
  guint slot = hash (name, length) % N_SLOTS;
  while (slots[slot].name)
    slot = (slot + 1) % N_SLOTS;
  slots[slot] = (Name){ name, (guint8) length, key };
}

static void
start_names (void)
{
  static gsize started;
  if (!g_once_init_enter (&started))
    return;
  static const char *const head[] = { "n", "t", "kind", "host", "protocol", "session", "letter" };
  for (guint i = 0; i < G_N_ELEMENTS (head); i++)
    add_name (head[i], (gint32) (HEAD + i));
  for (guint i = 0; i < GPO_N_FIELDS; i++)
    if (i != GPO_FIELD_KIND)
      add_name (gpo_field_name ((GpoField) i), (gint32) i);
  g_once_init_leave (&started, 1);
}

/* Names are printable ASCII; quotes, backslashes and the star are not for them. */
static gboolean
is_name (const char *name, gsize length)
{
  for (gsize i = 0; i < length; i++)
    if (name[i] < 0x20 || name[i] > 0x7e || name[i] == '"' || name[i] == '\\' || name[i] == '*')
      return FALSE;
  return length > 0 && length <= MAX_NAME;
}

/* The key of a name; -1 if it cannot be one. */
gint32
gpo_trace_line_name (const char *name, gsize length)
{
  for (guint slot = hash (name, length) % N_SLOTS; slots[slot].name; slot = (slot + 1) % N_SLOTS)
    if (slots[slot].length == length && memcmp (slots[slot].name, name, length) == 0)
      return slots[slot].key;
  if (!is_name (name, length))
    return -1;
  char copy[MAX_NAME + 1];
  memcpy (copy, name, length);
  copy[length] = 0;
  return gpo_field_intern (copy);
}

/* --- symbols: words that come again and again are looked up without a lock --- */

#define MAX_WORD 30
typedef struct
{
  guint8 length;
  char word[MAX_WORD];
  GpoSymbol symbol;
} Word;

static GpoSymbol
find_symbol (const char *word, gsize length)
{
  static __thread Word cache[256];
  if (length > MAX_WORD)
    return gpo_symbol_try (word, length);
  Word *cached = &cache[hash (word, length) % G_N_ELEMENTS (cache)];
  if (cached->symbol && cached->length == length && memcmp (cached->word, word, length) == 0)
    return cached->symbol;
  cached->symbol = gpo_symbol_try (word, length);
  cached->length = (guint8) length;
  memcpy (cached->word, word, length);
  return cached->symbol;
}

/* Fields whose values are words of tables and of the scenario. An address of a peer is not. */
static gboolean
holds_symbol (const GpoTraceLine *line, gint32 key)
{
  switch (key)
    {
    case GPO_FIELD_FROM:
    case GPO_FIELD_TO:
      return line->has_kind && line->b->event.kind != GPO_KIND_CONNECT;
    case GPO_FIELD_MACHINE:
    case GPO_FIELD_VERB:
    case GPO_FIELD_VERDICT:
    case GPO_FIELD_STATUS:
    case GPO_FIELD_SPEC:
    case GPO_FIELD_ACTION:
    case GPO_FIELD_ENDING:
    case GPO_FIELD_STATE:
    case GPO_FIELD_TYPE:
    case GPO_FIELD_MECHANISM:
    case GPO_FIELD_PERSON:
    case GPO_FIELD_RESULT:
    case GPO_FIELD_ROLE:
    case GPO_FIELD_SIDE:
      return TRUE;
    default:
      return FALSE;
    }
}

/* --- values --- */

gboolean
gpo_trace_line_wrong (GpoTraceLine *line, const char *problem)
{
  line->problem = problem;
  return FALSE;
}

static gboolean
take_kind (GpoTraceLine *line, const char *text, gsize length)
{
  GpoEvent *event = &line->b->event;
  line->has_kind = TRUE;
  for (guint i = 0; i < GPO_N_KINDS; i++)
    {
      const char *name = gpo_kind_name ((GpoKind) i);
      if (name[0] == *text && strlen (name) == length && memcmp (name, text, length) == 0)
        {
          event->kind = (guint8) i;
          return TRUE;
        }
    }
  event->kind = GPO_KIND_UNKNOWN;
  gpo_event_add_text (line->b, GPO_FIELD_KIND, text, (gssize) length);
  return TRUE;
}

/* `text` need not end with a NUL. */
gboolean
gpo_trace_line_text (GpoTraceLine *line, gint32 key, const char *text, gsize length)
{
  GpoEvent *event = &line->b->event;
  switch (key)
    {
    case HEAD_KIND:
      return length && !memchr (text, 0, length)
                 ? take_kind (line, text, length)
                 : gpo_trace_line_wrong (line, "`kind` is empty or holds a NUL");
    case HEAD_HOST:
      event->host = length ? find_symbol (text, length) : 0;
      return event->host || !length
             || gpo_trace_line_wrong (
                 line, "`host` is longer than 63 bytes, or the trace has more than 32,768 different words");
    case HEAD_PROTOCOL:
      for (guint i = 0; i < GPO_N_PROTOCOLS; i++)
        {
          const char *name = gpo_protocol_name ((GpoProtocol) i);
          if (strlen (name) == length && memcmp (name, text, length) == 0)
            {
              event->protocol = (guint8) i;
              return TRUE;
            }
        }
      key = gpo_field_intern ("protocol");
      break;
    case HEAD_N:
    case HEAD_T:
    case HEAD_SESSION:
    case HEAD_LETTER:
      return gpo_trace_line_wrong (line, "`n`, `t`, `session` and `letter` must be whole numbers");
    case GPO_FIELD_HIDDEN:
      return gpo_trace_line_wrong (
          line, "the field `hidden` cannot be in a file, and there can be 65,000 different fields");
    }
  GpoSymbol symbol = holds_symbol (line, key) ? find_symbol (text, length) : 0;
  if (symbol)
    gpo_event_add_symbol (line->b, (GpoField) key, symbol);
  else
    gpo_event_add_text (line->b, (GpoField) key, text, (gssize) length);
  return TRUE;
}

/* Text under a name with a `*`: UTF-8 whose code points are bytes. */
gboolean
gpo_trace_line_star (GpoTraceLine *line, gint32 key, const char *text, gsize length)
{
  g_autofree char *bytes = g_malloc (length + 1);
  gsize n = 0;
  for (const guint8 *s = (const guint8 *) text, *end = s + length; s < end; s++)
    if (*s < 0x80)
      bytes[n++] = (char) *s;
    else if ((*s == 0xc2 || *s == 0xc3) && s + 1 < end)
      {
        bytes[n++] = (char) ((*s & 3) << 6 | (s[1] & 63));
        s++;
      }
    else
      return gpo_trace_line_wrong (line, "a field with `*` holds a character above U+00FF");
  return gpo_trace_line_text (line, key, bytes, n);
}

gboolean
gpo_trace_line_number (GpoTraceLine *line, gint32 key, gint64 number)
{
  GpoEvent *event = &line->b->event;
  switch (key)
    {
    case HEAD_N:
      *line->n = (guint64) number;
      return number >= 0 || gpo_trace_line_wrong (line, "`n` is negative");
    case HEAD_T:
      event->time = number;
      line->has_time = TRUE;
      return TRUE;
    case HEAD_SESSION:
      event->session = (guint32) number;
      return (number >= 0 && number <= G_MAXUINT32)
             || gpo_trace_line_wrong (line, "`session` is not between 0 and 4294967295");
    case HEAD_LETTER:
      event->letter = (guint32) number;
      return (number >= 0 && number <= G_MAXUINT32)
             || gpo_trace_line_wrong (line, "`letter` is not between 0 and 4294967295");
    case HEAD_KIND:
    case HEAD_HOST:
    case HEAD_PROTOCOL:
      return gpo_trace_line_wrong (line, "`kind`, `host` and `protocol` must be strings");
    case GPO_FIELD_HIDDEN:
      return gpo_trace_line_wrong (
          line, "the field `hidden` cannot be in a file, and there can be 65,000 different fields");
    }
  gpo_event_add_number (line->b, (GpoField) key, number);
  return TRUE;
}

gboolean
gpo_trace_line_boolean (GpoTraceLine *line, gint32 key, gboolean value)
{
  if (key >= HEAD || key == GPO_FIELD_HIDDEN)
    return gpo_trace_line_wrong (line, "true or false stands where it cannot");
  gpo_event_add_boolean (line->b, (GpoField) key, value);
  return TRUE;
}

gboolean
gpo_trace_line_json (GpoTraceLine *line, gint32 key, const char *json, gsize length)
{
  if (key >= HEAD || key == GPO_FIELD_HIDDEN)
    return gpo_trace_line_wrong (
        line,
        "`n`, `t`, `session` and `letter` must be whole numbers, `kind`, `host` and `protocol` strings");
  gpo_event_add_json (line->b, (GpoField) key, json, (gssize) length);
  return TRUE;
}

gboolean
gpo_trace_line_whole (GpoTraceLine *line)
{
  if (!line->has_kind)
    return gpo_trace_line_wrong (line, "it has no `kind`");
  return line->has_time || gpo_trace_line_wrong (line, "it has no time `t`");
}

void
gpo_trace_line_begin (GpoTraceLine *line, const char *text, gsize length, GpoEventBuilder *b, guint64 *n)
{
  start_names ();
  *line = (GpoTraceLine){ .p = text, .end = text + length, .b = b, .n = n };
  *n = G_MAXUINT64;
  gpo_event_begin (b, GPO_KIND_UNKNOWN);
}

/* Whether the name stands here for the first time. Those without a bit are few: they are looked for. */
gboolean
gpo_trace_line_first_time (GpoTraceLine *line, gint32 key)
{
  guint64 *seen = key >= HEAD ? &line->seen_head : &line->seen_fields;
  guint bit = (guint) (key >= HEAD ? key - HEAD : key);
  if (bit >= 64)
    return !gpo_event_has (gpo_event_peek (line->b), (GpoField) key);
  gboolean first = !(*seen >> bit & 1);
  *seen |= G_GUINT64_CONSTANT (1) << bit;
  return first;
}
