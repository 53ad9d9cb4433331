/* SPDX-License-Identifier: MIT */
/* event.c: names, symbols, and the encoding of an event's fields.
 *
 * A field is three bytes (its number, low byte first, and its type) and a value: a number in 8 bytes,
 * a truth value in 1, a symbol in 2, a text or JSON as a 4-byte length, the bytes and a NUL.
 * Nothing is aligned, so values are copied in and out. */
#include "trace/event.h"
#include <string.h>

static const char *const kind_names[] = {
#define X(name, word) word,
  GPO_KINDS (X)
#undef X
};

static const char *const protocol_names[] = {
#define X(name, word) word,
  GPO_PROTOCOLS (X)
#undef X
};

static const char *const field_names[] = {
#define X(name, word) word,
  GPO_FIELDS (X)
#undef X
};

const char *
gpo_kind_name (GpoKind kind)
{
  return (guint) kind < GPO_N_KINDS ? kind_names[kind] : "unknown";
}

static int
name_index (const char *const *names, guint n, const char *name)
{
  for (guint i = 0; i < n; i++)
    if (strcmp (names[i], name) == 0)
      return (int) i;
  return -1;
}

int
gpo_kind_from_name (const char *name)
{
  return name_index (kind_names, GPO_N_KINDS, name);
}

const char *
gpo_protocol_name (GpoProtocol protocol)
{
  return (guint) protocol < GPO_N_PROTOCOLS ? protocol_names[protocol] : "";
}

int
gpo_protocol_from_name (const char *name)
{
  return name_index (protocol_names, GPO_N_PROTOCOLS, name);
}

/* --- words kept once: symbols, and the field names of newer versions --- */

typedef struct
{
  GHashTable *numbers; /* word → number */
  const char *words[65536];
  gint n; /* published with a release store, so readers need no lock */
} Words;

static GMutex words_lock;
static Words symbols, fields;

static void
words_start (Words *w)
{
  if (w->numbers)
    return;
  w->numbers = g_hash_table_new (g_str_hash, g_str_equal);
  if (w == &fields)
    for (guint i = 0; i < GPO_N_FIELDS; i++)
      {
        w->words[i] = field_names[i];
        g_hash_table_insert (w->numbers, (gpointer) field_names[i], GUINT_TO_POINTER (i));
      }
  else
    {
      w->words[0] = "";
      g_hash_table_insert (w->numbers, (gpointer) "", GUINT_TO_POINTER (0));
    }
  g_atomic_int_set (&w->n, w == &fields ? GPO_N_FIELDS : 1);
}

/* The word's number, made if `limit` allows; -1 otherwise. */
static int
words_intern (Words *w, const char *word, gint limit)
{
  g_mutex_lock (&words_lock);
  words_start (w);
  gpointer number;
  int result = -1;
  if (g_hash_table_lookup_extended (w->numbers, word, NULL, &number))
    result = (int) GPOINTER_TO_UINT (number);
  else if (w->n < limit)
    {
      result = w->n;
      w->words[result] = g_strdup (word);
      g_hash_table_insert (w->numbers, (gpointer) w->words[result], GINT_TO_POINTER (result));
      g_atomic_int_set (&w->n, result + 1);
    }
  g_mutex_unlock (&words_lock);
  return result;
}

GpoField
gpo_field_intern (const char *name)
{
  int n = words_intern (&fields, name, 65000);
  return n < 0 ? GPO_FIELD_HIDDEN : (GpoField) n;
}

int
gpo_field_from_name (const char *name)
{
  return words_intern (&fields, name, 0);
}

const char *
gpo_field_name (GpoField field)
{
  if (field < GPO_N_FIELDS)
    return field_names[field];
  return field < g_atomic_int_get (&fields.n) ? fields.words[field] : "?";
}

GpoSymbol
gpo_symbol (const char *word)
{
  int n = words_intern (&symbols, word, 65536);
  if (n < 0)
    g_error ("more than 65,535 different words in tables and scenario");
  return (GpoSymbol) n;
}

GpoSymbol
gpo_symbol_try (const char *word, gsize length)
{
  char copy[64];
  if (length == 0 || length >= sizeof copy || memchr (word, 0, length))
    return 0;
  memcpy (copy, word, length);
  copy[length] = 0;
  int n = words_intern (&symbols, copy, 32768);
  return n < 0 ? 0 : (GpoSymbol) n;
}

const char *
gpo_symbol_name (GpoSymbol symbol)
{
  return symbol < g_atomic_int_get (&symbols.n) ? symbols.words[symbol] : "";
}

/* --- reading --- */

void
gpo_field_iter_init (GpoFieldIter *iter, const GpoEvent *event)
{
  iter->next = event->fields;
  iter->end = event->fields + event->n_bytes;
}

gboolean
gpo_field_iter_next (GpoFieldIter *iter)
{
  const guint8 *p = iter->next;
  if (p >= iter->end)
    return FALSE;
  iter->field = (GpoField) (p[0] | p[1] << 8);
  iter->type = (GpoValueType) p[2];
  iter->text = NULL;
  iter->length = 0;
  iter->number = 0;
  p += 3;
  switch (iter->type)
    {
    case GPO_VALUE_NUMBER:
      memcpy (&iter->number, p, 8);
      p += 8;
      break;
    case GPO_VALUE_BOOLEAN:
      iter->number = *p++;
      break;
    case GPO_VALUE_SYMBOL:
      {
        GpoSymbol symbol;
        memcpy (&symbol, p, 2);
        p += 2;
        iter->number = symbol;
        iter->text = gpo_symbol_name (symbol);
        iter->length = strlen (iter->text);
        break;
      }
    case GPO_VALUE_TEXT:
    case GPO_VALUE_JSON:
      {
        guint32 length;
        memcpy (&length, p, 4);
        iter->text = (const char *) p + 4;
        iter->length = length;
        p += 4 + length + 1;
        break;
      }
    }
  iter->next = p;
  return TRUE;
}

/* Bytes of the value at p. */
static gsize
value_size (guint8 type, const guint8 *p)
{
  guint32 length;
  switch (type)
    {
    case GPO_VALUE_NUMBER:
      return 8;
    case GPO_VALUE_BOOLEAN:
      return 1;
    case GPO_VALUE_SYMBOL:
      return 2;
    default:
      memcpy (&length, p, 4);
      return 4 + (gsize) length + 1;
    }
}

/* Filters ask this a million times: fields that are not wanted are stepped over unread. */
gboolean
gpo_event_find (const GpoEvent *event, GpoField field, GpoFieldIter *out)
{
  const guint8 *end = event->fields + event->n_bytes;
  for (const guint8 *p = event->fields; p < end; p += 3 + value_size (p[2], p + 3))
    if ((GpoField) (p[0] | p[1] << 8) == field)
      {
        out->next = p;
        out->end = end;
        return gpo_field_iter_next (out);
      }
  return FALSE;
}

gboolean
gpo_event_has (const GpoEvent *event, GpoField field)
{
  GpoFieldIter iter;
  return gpo_event_find (event, field, &iter);
}

gint64
gpo_event_number (const GpoEvent *event, GpoField field, gint64 fallback)
{
  GpoFieldIter iter;
  if (!gpo_event_find (event, field, &iter) || iter.type > GPO_VALUE_BOOLEAN)
    return fallback;
  return iter.number;
}

const char *
gpo_event_text (const GpoEvent *event, GpoField field, gsize *length)
{
  GpoFieldIter iter;
  if (length)
    *length = 0;
  if (!gpo_event_find (event, field, &iter) || iter.type < GPO_VALUE_SYMBOL)
    return NULL;
  if (length)
    *length = iter.length;
  return iter.text;
}

/* --- building --- */

void
gpo_event_begin (GpoEventBuilder *b, GpoKind kind)
{
  memset (&b->event, 0, sizeof b->event);
  b->event.kind = (guint8) kind;
  b->bytes = b->inline_bytes;
  b->used = 0;
  b->size = GPO_BUILDER_INLINE;
}

const GpoEvent *
gpo_event_peek (GpoEventBuilder *b)
{
  b->event.fields = b->bytes;
  b->event.n_bytes = b->used;
  return &b->event;
}

void
gpo_event_clear (GpoEventBuilder *b)
{
  if (b->bytes != b->inline_bytes)
    g_free (b->bytes);
  b->bytes = b->inline_bytes;
  b->used = 0;
  b->size = GPO_BUILDER_INLINE;
}

/* Room for a field's head and n bytes of value, which the caller fills in. */
static guint8 *
add_field (GpoEventBuilder *b, GpoField field, GpoValueType type, gsize n)
{
  gsize wanted = b->used + 3 + n;
  if (wanted > b->size)
    {
      guint32 size = (guint32) MAX (wanted, (gsize) b->size * 2);
      guint8 *bytes = g_malloc (size);
      memcpy (bytes, b->bytes, b->used);
      if (b->bytes != b->inline_bytes)
        g_free (b->bytes);
      b->bytes = bytes;
      b->size = size;
    }
  guint8 *p = b->bytes + b->used;
  p[0] = (guint8) field;
  p[1] = (guint8) (field >> 8);
  p[2] = (guint8) type;
  b->used = (guint32) wanted;
  return p + 3;
}

void
gpo_event_add_number (GpoEventBuilder *b, GpoField field, gint64 value)
{
  memcpy (add_field (b, field, GPO_VALUE_NUMBER, 8), &value, 8);
}

void
gpo_event_add_boolean (GpoEventBuilder *b, GpoField field, gboolean value)
{
  *add_field (b, field, GPO_VALUE_BOOLEAN, 1) = value ? 1 : 0;
}

void
gpo_event_add_symbol (GpoEventBuilder *b, GpoField field, GpoSymbol value)
{
  memcpy (add_field (b, field, GPO_VALUE_SYMBOL, 2), &value, 2);
}

static void
add_bytes (GpoEventBuilder *b, GpoField field, GpoValueType type, const char *text, gssize length)
{
  if (!text)
    return;
  guint32 n = (guint32) (length < 0 ? (gssize) strlen (text) : length);
  guint8 *p = add_field (b, field, type, 4 + (gsize) n + 1);
  memcpy (p, &n, 4);
  memcpy (p + 4, text, n);
  p[4 + n] = 0;
}

void
gpo_event_add_text (GpoEventBuilder *b, GpoField field, const char *text, gssize length)
{
  add_bytes (b, field, GPO_VALUE_TEXT, text, length);
}

void
gpo_event_add_json (GpoEventBuilder *b, GpoField field, const char *json, gssize length)
{
  add_bytes (b, field, GPO_VALUE_JSON, json, length);
}

void
gpo_event_add_value (GpoEventBuilder *b, const GpoFieldIter *value)
{
  switch (value->type)
    {
    case GPO_VALUE_NUMBER:
      gpo_event_add_number (b, value->field, value->number);
      break;
    case GPO_VALUE_BOOLEAN:
      gpo_event_add_boolean (b, value->field, value->number != 0);
      break;
    case GPO_VALUE_SYMBOL:
      gpo_event_add_symbol (b, value->field, (GpoSymbol) value->number);
      break;
    default:
      add_bytes (b, value->field, value->type, value->text, (gssize) value->length);
    }
}
