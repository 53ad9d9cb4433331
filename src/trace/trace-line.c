/* SPDX-License-Identifier: MIT */
/* trace-line.c: one line of a trace file becomes an event.
 *
 * Two readers give the same event (the fuzzer compares them). The fast one takes strict JSON (RFC 8259)
 * and gives up, without a word, on anything it would have to think about: names that come twice, lone
 * surrogates, leniencies. The slow one is json-glib's; it also finds the words for an error. */
#include "trace/trace-read.h"
#include <json-glib/json-glib.h>
#include <string.h>

#define MAX_NAME 64
/* json-glib reads nested values by calling itself. */
#define MAX_DEPTH 64
#define MAX_BRACKETS 1000
#define STACK_TEXT 4096

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

typedef struct
{
  const char *p, *end;
  GpoEventBuilder *b;
  guint64 *n;
  guint64 seen_fields, seen_head;
  gboolean has_time, has_kind;
  const char *problem; /* static words */
} Line;

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
static gint32
find_name (const char *name, gsize length)
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
holds_symbol (const Line *line, gint32 key)
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

/* --- values, the same for both readers --- */

static gboolean
no (Line *line, const char *problem)
{
  line->problem = problem;
  return FALSE;
}

static gboolean
take_kind (Line *line, const char *text, gsize length)
{
  GpoEvent *event = &line->b->event;
  line->has_kind = TRUE;
  for (guint i = 0; i < GPO_N_KINDS; i++)
    {
      const char *name = gpo_kind_name ((GpoKind) i);
      if (name[0] == *text && strncmp (name, text, length) == 0 && name[length] == 0)
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
static gboolean
take_text (Line *line, gint32 key, const char *text, gsize length)
{
  GpoEvent *event = &line->b->event;
  switch (key)
    {
    case HEAD_KIND:
      return length && !memchr (text, 0, length) ? take_kind (line, text, length)
                                                 : no (line, "`kind` is empty or holds a NUL");
    case HEAD_HOST:
      event->host = length ? find_symbol (text, length) : 0;
      return event->host || !length
             || no (line,
                    "`host` is longer than 63 bytes, or the trace has more than 32,768 different words");
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
      return no (line, "`n`, `t`, `session` and `letter` must be whole numbers");
    case GPO_FIELD_HIDDEN:
      return no (line, "the field `hidden` cannot be in a file, and there can be 65,000 different fields");
    }
  GpoSymbol symbol = holds_symbol (line, key) ? find_symbol (text, length) : 0;
  if (symbol)
    gpo_event_add_symbol (line->b, (GpoField) key, symbol);
  else
    gpo_event_add_text (line->b, (GpoField) key, text, (gssize) length);
  return TRUE;
}

/* Text under a name with a `*`: UTF-8 whose code points are bytes. */
static gboolean
take_star (Line *line, gint32 key, const char *text, gsize length)
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
      return no (line, "a field with `*` holds a character above U+00FF");
  return take_text (line, key, bytes, n);
}

static gboolean
take_number (Line *line, gint32 key, gint64 number)
{
  GpoEvent *event = &line->b->event;
  switch (key)
    {
    case HEAD_N:
      *line->n = (guint64) number;
      return number >= 0 || no (line, "`n` is negative");
    case HEAD_T:
      event->time = number;
      line->has_time = TRUE;
      return TRUE;
    case HEAD_SESSION:
      event->session = (guint32) number;
      return (number >= 0 && number <= G_MAXUINT32) || no (line, "`session` is not between 0 and 4294967295");
    case HEAD_LETTER:
      event->letter = (guint32) number;
      return (number >= 0 && number <= G_MAXUINT32) || no (line, "`letter` is not between 0 and 4294967295");
    case HEAD_KIND:
    case HEAD_HOST:
    case HEAD_PROTOCOL:
      return no (line, "`kind`, `host` and `protocol` must be strings");
    case GPO_FIELD_HIDDEN:
      return no (line, "the field `hidden` cannot be in a file, and there can be 65,000 different fields");
    }
  gpo_event_add_number (line->b, (GpoField) key, number);
  return TRUE;
}

static gboolean
take_boolean (Line *line, gint32 key, gboolean value)
{
  if (key >= HEAD || key == GPO_FIELD_HIDDEN)
    return no (line, "true or false stands where it cannot");
  gpo_event_add_boolean (line->b, (GpoField) key, value);
  return TRUE;
}

static gboolean
take_json (Line *line, gint32 key, const char *json, gsize length)
{
  if (key >= HEAD || key == GPO_FIELD_HIDDEN)
    return no (
        line,
        "`n`, `t`, `session` and `letter` must be whole numbers, `kind`, `host` and `protocol` strings");
  gpo_event_add_json (line->b, (GpoField) key, json, (gssize) length);
  return TRUE;
}

static gboolean
whole (Line *line)
{
  if (!line->has_kind)
    return no (line, "it has no `kind`");
  return line->has_time || no (line, "it has no time `t`");
}

static void
line_begin (Line *line, const char *text, gsize length, GpoEventBuilder *b, guint64 *n)
{
  start_names ();
  *line = (Line){ .p = text, .end = text + length, .b = b, .n = n };
  *n = G_MAXUINT64;
  gpo_event_begin (b, GPO_KIND_UNKNOWN);
}

/* --- the fast reader --- */

enum
{
  PLAIN,
  QUOTE,
  BACKSLASH,
  CONTROL,
  HIGH
};
static const guint8 string_class[256] = {
  [0 ... 0x1f] = CONTROL,
  ['"'] = QUOTE,
  ['\\'] = BACKSLASH,
  [0x80 ... 0xff] = HIGH,
};

static inline void
skip_space (Line *line)
{
  while (line->p < line->end && (*line->p == ' ' || *line->p == '\t' || *line->p == '\r' || *line->p == '\n'))
    line->p++;
}

static inline gboolean
skip_char (Line *line, char c)
{
  skip_space (line);
  if (line->p >= line->end || *line->p != c)
    return FALSE;
  line->p++;
  return TRUE;
}

/* Steps over a string behind its opening quote. *length gets the bytes up to the closing one, *escaped
 * whether there are escapes. FALSE if it is not strict or not UTF-8. */
static gboolean
skip_string (Line *line, gsize *length, gboolean *escaped)
{
  const char *start = line->p, *p = start, *end = line->end;
  gboolean high = FALSE;
  *escaped = FALSE;
  for (;;)
    {
      while (p < end && string_class[(guint8) *p] == PLAIN)
        p++;
      if (p >= end)
        return FALSE;
      guint8 class = string_class[(guint8) *p];
      if (class == QUOTE)
        break;
      if (class == CONTROL)
        return FALSE;
      if (class == BACKSLASH)
        {
          *escaped = TRUE;
          p++;
        }
      else
        high = TRUE;
      if (++p > end)
        return FALSE;
    }
  *length = (gsize) (p - start);
  line->p = p + 1;
  return !high || g_utf8_validate_len (start, *length, NULL);
}

/* Four hex digits; -1 if they are none. */
static int
hex4 (const char *s, const char *end)
{
  int code = 0;
  if (end - s < 4)
    return -1;
  for (int i = 0; i < 4; i++)
    {
      int digit = g_ascii_xdigit_value (s[i]);
      if (digit < 0)
        return -1;
      code = code << 4 | digit;
    }
  return code;
}

/* The bytes that \uXXXX at s (behind the u) stands for. Returns the end of what it read, or NULL. */
static const char *
unescape_unicode (const char *s, const char *end, char **out)
{
  int code = hex4 (s, end);
  s += 4;
  if (code < 0 || (code >= 0xdc00 && code < 0xe000))
    return NULL;
  if (code >= 0xd800 && code < 0xdc00)
    {
      int low = end - s >= 6 && s[0] == '\\' && s[1] == 'u' ? hex4 (s + 2, end) : -1;
      if (low < 0xdc00 || low >= 0xe000)
        return NULL;
      code = 0x10000 + ((code - 0xd800) << 10) + (low - 0xdc00);
      s += 6;
    }
  *out += g_unichar_to_utf8 ((gunichar) code, *out);
  return s;
}

/* Writes the string without its escapes, which is never longer. Returns the end, or NULL. */
static char *
unescape (const char *s, gsize length, char *out)
{
  static const char from[] = "\"\\/bfnrt", to[] = "\"\\/\b\f\n\r\t";
  const char *end = s + length;
  while (s < end)
    {
      const char *stop = memchr (s, '\\', (gsize) (end - s));
      if (!stop)
        stop = end;
      memcpy (out, s, (gsize) (stop - s));
      out += stop - s;
      if (stop == end)
        break;
      s = stop + 2;
      const char *at = strchr (from, stop[1]);
      if (at && *at)
        *out++ = to[at - from];
      else if (stop[1] != 'u' || !(s = unescape_unicode (s, end, &out)))
        return NULL;
    }
  return out;
}

static gboolean
read_string (Line *line, gint32 key, gboolean star)
{
  const char *text = ++line->p;
  gsize length;
  gboolean escaped;
  char stack[STACK_TEXT];
  g_autofree char *heap = NULL;
  if (!skip_string (line, &length, &escaped))
    return FALSE;
  if (escaped)
    {
      char *out = length <= sizeof stack ? stack : (heap = g_malloc (length));
      char *end = unescape (text, length, out);
      if (!end)
        return FALSE;
      text = out;
      length = (gsize) (end - out);
    }
  return star ? take_star (line, key, text, length) : take_text (line, key, text, length);
}

static gboolean
skip_digits (Line *line)
{
  const char *start = line->p;
  while (line->p < line->end && g_ascii_isdigit (*line->p))
    line->p++;
  return line->p > start;
}

/* number = [ minus ] int [ frac ] [ exp ]   RFC 8259 §6. What is no 64-bit integer is kept as it is. */
static gboolean
read_number (Line *line, gint32 key)
{
  const char *start = line->p;
  gboolean negative = *line->p == '-', integer = TRUE;
  line->p += negative;
  const char *digits = line->p;
  if (!skip_digits (line) || (*digits == '0' && line->p - digits > 1))
    return FALSE;
  gsize n_digits = (gsize) (line->p - digits);
  if (line->p < line->end && *line->p == '.')
    {
      integer = FALSE;
      line->p++;
      if (!skip_digits (line))
        return FALSE;
    }
  if (line->p < line->end && (*line->p == 'e' || *line->p == 'E'))
    {
      integer = FALSE;
      line->p++;
      if (line->p < line->end && (*line->p == '+' || *line->p == '-'))
        line->p++;
      if (!skip_digits (line))
        return FALSE;
    }
  if (!integer || n_digits > 18)
    return take_json (line, key, start, (gsize) (line->p - start));
  gint64 number = 0;
  for (gsize i = 0; i < n_digits; i++)
    number = number * 10 + (digits[i] - '0');
  return take_number (line, key, negative ? -number : number);
}

static gboolean
is_json (const char *json, gsize length)
{
  g_autofree char *copy = g_strndup (json, length);
  g_autoptr (JsonNode) node = json_from_string (copy, NULL);
  return node && strlen (copy) == length;
}

/* An object, an array: its end is found here, json-glib says whether it is JSON, and it is kept as it is. */
static gboolean
read_nested (Line *line, gint32 key)
{
  const char *start = line->p;
  guint depth = 0;
  do
    {
      if (line->p >= line->end)
        return FALSE;
      char c = *line->p++;
      gsize length;
      gboolean escaped;
      if (c == '{' || c == '[')
        depth++;
      else if (c == '}' || c == ']')
        depth--;
      else if ((c == '"' && !skip_string (line, &length, &escaped)) || c == '/' || c & 0x80)
        return FALSE;
      if (depth > MAX_DEPTH)
        return FALSE;
    }
  while (depth > 0);
  gsize length = (gsize) (line->p - start);
  return is_json (start, length) && take_json (line, key, start, length);
}

static gboolean
read_word (Line *line, const char *word)
{
  gsize length = strlen (word);
  if ((gsize) (line->end - line->p) < length || memcmp (line->p, word, length) != 0)
    return FALSE;
  line->p += length;
  return TRUE;
}

static gboolean
read_value (Line *line, gint32 key, gboolean star)
{
  skip_space (line);
  if (line->p >= line->end)
    return FALSE;
  char c = *line->p;
  if (c == '"')
    return read_string (line, key, star);
  if (star)
    return FALSE;
  if (c == '-' || g_ascii_isdigit (c))
    return read_number (line, key);
  if (c == '{' || c == '[')
    return read_nested (line, key);
  if (c == 't')
    return read_word (line, "true") && take_boolean (line, key, TRUE);
  if (c == 'f')
    return read_word (line, "false") && take_boolean (line, key, FALSE);
  return read_word (line, "null") && take_json (line, key, "null", 4);
}

/* Whether the name stands here for the first time. Those without a bit are few: they are looked for. */
static gboolean
first_time (Line *line, gint32 key)
{
  guint64 *seen = key >= HEAD ? &line->seen_head : &line->seen_fields;
  guint bit = (guint) (key >= HEAD ? key - HEAD : key);
  if (bit >= 64)
    return !gpo_event_has (gpo_event_peek (line->b), (GpoField) key);
  gboolean first = !(*seen >> bit & 1);
  *seen |= G_GUINT64_CONSTANT (1) << bit;
  return first;
}

static gboolean
read_member (Line *line)
{
  if (!skip_char (line, '"'))
    return FALSE;
  const char *name = line->p;
  gsize length;
  gboolean escaped;
  if (!skip_string (line, &length, &escaped) || escaped)
    return FALSE;
  gboolean star = length > 1 && name[length - 1] == '*';
  gint32 key = find_name (name, length - star);
  return key >= 0 && first_time (line, key) && skip_char (line, ':') && read_value (line, key, star);
}

gboolean
gpo_trace_line_fast (const char *text, gsize length, GpoEventBuilder *b, guint64 *n)
{
  Line line;
  line_begin (&line, text, length, b, n);
  gboolean good = skip_char (&line, '{');
  while (good)
    {
      good = read_member (&line);
      skip_space (&line);
      if (!good || line.p >= line.end || *line.p != ',')
        break;
      line.p++;
    }
  good = good && skip_char (&line, '}') && whole (&line);
  skip_space (&line);
  if (good && line.p == line.end)
    return TRUE;
  gpo_event_clear (b);
  return FALSE;
}

/* --- the slow reader --- */

static gboolean
slow_value (Line *line, gint32 key, gboolean star, JsonNode *node)
{
  GType type = JSON_NODE_HOLDS_VALUE (node) ? json_node_get_value_type (node) : G_TYPE_NONE;
  if (type == G_TYPE_STRING)
    {
      const char *text = json_node_get_string (node);
      return star ? take_star (line, key, text, strlen (text)) : take_text (line, key, text, strlen (text));
    }
  if (star)
    return no (line, "a field with `*` must be a string");
  if (type == G_TYPE_INT64)
    return take_number (line, key, json_node_get_int (node));
  if (type == G_TYPE_BOOLEAN)
    return take_boolean (line, key, json_node_get_boolean (node));
  g_autofree char *json = json_to_string (node, FALSE);
  return take_json (line, key, json, strlen (json));
}

static gboolean
slow_members (Line *line, JsonObject *object)
{
  JsonObjectIter iter;
  const char *name;
  JsonNode *node;
  json_object_iter_init_ordered (&iter, object);
  while (json_object_iter_next_ordered (&iter, &name, &node))
    {
      gsize length = strlen (name);
      gboolean star = length > 1 && name[length - 1] == '*';
      gint32 key = find_name (name, length - star);
      if (key < 0)
        return no (line, "a field's name is empty, longer than 64 bytes, or not plain printable ASCII");
      if (!first_time (line, key))
        return no (line, "a field comes with and without `*`");
      if (!slow_value (line, key, star, node))
        return FALSE;
    }
  return whole (line);
}

/* What json-glib cannot take without harm: a NUL inside a string, and nesting without end. */
static const char *
unfit (const char *text, gsize length)
{
  guint brackets = 0;
  for (const char *p = text, *end = text + length; p < end; p++)
    {
      if (*p == 0 || (*p == '\\' && end - p >= 6 && memcmp (p, "\\u0000", 6) == 0))
        return "it is not strict JSON, and it holds a NUL";
      if ((*p == '{' || *p == '[') && ++brackets > MAX_BRACKETS)
        return "it is not strict JSON, or nested too deeply";
    }
  return NULL;
}

gboolean
gpo_trace_line_slow (const char *text, gsize length, GpoEventBuilder *b, guint64 *n, GError **error)
{
  Line line;
  line_begin (&line, text, length, b, n);
  line.problem = unfit (text, length);
  if (!line.problem)
    {
      g_autoptr (JsonParser) parser = json_parser_new_immutable ();
      g_autoptr (GError) wrong = NULL;
      if (!json_parser_load_from_data (parser, text, (gssize) length, &wrong))
        line.problem = "it is not JSON; the line is torn or was edited";
      else
        {
          JsonNode *root = json_parser_get_root (parser);
          if (!root || !JSON_NODE_HOLDS_OBJECT (root))
            line.problem = "it is not a JSON object";
          else if (slow_members (&line, json_node_get_object (root)))
            return TRUE;
        }
    }
  gpo_event_clear (b);
  g_set_error (error, GPO_TRACE_ERROR, GPO_TRACE_ERROR_LINE, "%s; the line is left out", line.problem);
  return FALSE;
}
