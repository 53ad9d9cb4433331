/* SPDX-License-Identifier: MIT */
/* trace-write.c: the emitter of trace lines.
 *
 * The one place of the program that writes JSON by hand: the office writes a line for everything that
 * happens, and json-glib needs six times as long. Room for a slice is made once, then bytes are copied
 * in runs that a table says are harmless. RFC 8259 §7 (strings). */
#include "trace/trace-write.h"
#include <string.h>

/* What a byte of a string needs. */
enum
{
  COPY,
  ESCAPE,
  LOOK
};
static const guint8 byte_class[256] = {
  [0 ... 0x1f] = ESCAPE,
  ['"'] = ESCAPE,
  ['\\'] = ESCAPE,
  [0x7f] = ESCAPE,
  /* These may begin a C1 control, a direction mark or a line separator. */
  [0xc2] = LOOK,
  [0xd8] = LOOK,
  [0xe2] = LOOK,
  [0xef] = LOOK,
};

/* A string is written in slices, so that the room made for the worst case stays small. */
#define SLICE 4096
#define WORST 6 /* \u00e9 */

typedef struct
{
  GString *string;
  char *p, *end;
} Out;

static void
out_begin (Out *out, GString *string)
{
  out->string = string;
  out->p = string->str + string->len;
  out->end = string->str + string->allocated_len - 1;
}

static void
out_end (Out *out)
{
  out->string->len = (gsize) (out->p - out->string->str);
  *out->p = 0;
}

static inline void
need (Out *out, gsize n)
{
  if (G_LIKELY ((gsize) (out->end - out->p) >= n))
    return;
  gsize used = (gsize) (out->p - out->string->str);
  out->string->len = used;
  g_string_set_size (out->string, used + n);
  out->p = out->string->str + used;
  out->end = out->string->str + out->string->allocated_len - 1;
}

static inline void
put (Out *out, const char *text, gsize n)
{
  need (out, n);
  memcpy (out->p, text, n);
  out->p += n;
}

#define PUT(out, literal) put ((out), "" literal, sizeof (literal) - 1)

static void
put_number (Out *out, gint64 number)
{
  char digits[24], *p = digits + sizeof digits;
  guint64 rest = number < 0 ? 0 - (guint64) number : (guint64) number;
  do
    *--p = (char) ('0' + rest % 10);
  while ((rest /= 10) != 0);
  if (number < 0)
    *--p = '-';
  put (out, p, (gsize) (digits + sizeof digits - p));
}

/* --- strings --- */

static char *
put_unicode (char *p, guint code)
{
  static const char hex[] = "0123456789abcdef";
  *p++ = '\\';
  *p++ = 'u';
  for (int shift = 12; shift >= 0; shift -= 4)
    *p++ = hex[code >> shift & 15];
  return p;
}

static char *
put_escape (char *p, guint8 byte)
{
  static const char letters[] = "btn\0fr"; /* from 8 on */
  *p = '\\';
  if (byte == '"' || byte == '\\')
    p[1] = (char) byte;
  else if (byte >= 8 && byte <= 13 && letters[byte - 8])
    p[1] = letters[byte - 8];
  else
    return put_unicode (p, byte);
  return p + 2;
}

/* The code point at s if it must not reach a terminal: a C1 control, a mark that turns the direction,
 * a separator of lines, a byte order mark; else 0. Its bytes are *length. */
static guint
unsafe_at (const guint8 *s, gsize left, gsize *length)
{
  *length = 2;
  if (left >= 2 && s[0] == 0xc2 && s[1] < 0xa0)
    return s[1];
  if (left >= 2 && s[0] == 0xd8 && s[1] == 0x9c)
    return 0x61c;
  *length = 3;
  if (left < 3 || s[0] < 0xe0)
    return 0;
  guint code = (guint) (s[0] & 15) << 12 | (guint) (s[1] & 63) << 6 | (s[2] & 63);
  if (code == 0x200e || code == 0x200f || (code >= 0x2028 && code <= 0x202e)
      || (code >= 0x2066 && code <= 0x2069) || code == 0xfeff)
    return code;
  return 0;
}

/* How many bytes from s on need nothing. Most text is plain ASCII, so eight bytes are looked at in one
 * word: in each byte of `odd` the highest bit is set if the byte is beyond ASCII, a DEL, a control, a quote
 * or a backslash. A borrow may set it for a harmless byte too; then the table decides. */
static inline gsize
plain_run (const guint8 *s, const guint8 *stop)
{
  const guint64 ones = G_GUINT64_CONSTANT (0x0101010101010101), tops = ones << 7;
  const guint8 *begin = s;
  for (guint64 word; stop - s >= 8; s += 8)
    {
      memcpy (&word, s, 8);
      guint64 quote = word ^ (ones * '"'), backslash = word ^ (ones * '\\');
      guint64 odd = word | (word + ones) | (word - ones * ' ') | (quote - ones) | (backslash - ones);
      if (odd & tops)
        break;
    }
  while (s < stop && byte_class[*s] == COPY)
    s++;
  return (gsize) (s - begin);
}

/* Valid UTF-8 as a JSON string's inside. */
static void
put_utf8 (Out *out, const char *text, gsize length)
{
  const guint8 *s = (const guint8 *) text, *end = s + length;
  while (s < end)
    {
      const guint8 *stop = s + MIN ((gsize) (end - s), SLICE);
      need (out, SLICE * WORST + WORST);
      char *p = out->p;
      while (s < stop)
        {
          gsize run = plain_run (s, stop);
          memcpy (p, s, run);
          p += run;
          s += run;
          if (s == stop)
            break;
          gsize n;
          guint code;
          if (byte_class[*s] == ESCAPE)
            p = put_escape (p, *s++);
          else if ((code = unsafe_at (s, (gsize) (end - s), &n)) != 0)
            {
              p = put_unicode (p, code);
              s += n;
            }
          else
            *p++ = (char) *s++;
        }
      out->p = p;
    }
}

/* Any bytes, each as the code point of the same number. */
static void
put_latin1 (Out *out, const char *text, gsize length)
{
  const guint8 *s = (const guint8 *) text, *end = s + length;
  while (s < end)
    {
      const guint8 *stop = s + MIN ((gsize) (end - s), SLICE);
      need (out, SLICE * WORST);
      char *p = out->p;
      for (; s < stop; s++)
        if (*s >= 0x80)
          p = put_unicode (p, *s);
        else if (byte_class[*s] == COPY)
          *p++ = (char) *s;
        else
          p = put_escape (p, *s);
      out->p = p;
    }
}

static gboolean
is_ascii (const char *text, gsize length)
{
  guint64 word;
  for (; length >= 8; text += 8, length -= 8)
    {
      memcpy (&word, text, 8);
      if (word & G_GUINT64_CONSTANT (0x8080808080808080))
        return FALSE;
    }
  for (; length; text++, length--)
    if (*text & 0x80)
      return FALSE;
  return TRUE;
}

gboolean
gpo_trace_needs_star (const char *text, gsize length)
{
  if (is_ascii (text, length))
    return FALSE;
  /* GLib takes a NUL for an end; here it is a character like any other. */
  for (const char *end = text + length, *stop; text < end; text = stop + 1)
    {
      stop = memchr (text, 0, (gsize) (end - text));
      if (!stop)
        stop = end;
      if (!g_utf8_validate_len (text, (gsize) (stop - text), NULL))
        return TRUE;
    }
  return FALSE;
}

static void
put_string (Out *out, const char *text, gsize length, gboolean star)
{
  PUT (out, "\"");
  if (star)
    put_latin1 (out, text, length);
  else
    put_utf8 (out, text, length);
  PUT (out, "\"");
}

void
gpo_trace_write_string (GString *string, const char *text, gsize length)
{
  Out out;
  out_begin (&out, string);
  put_string (&out, text, length, gpo_trace_needs_star (text, length));
  out_end (&out);
}

/* --- events --- */

/* What the names of this version come to: all as long as the longest, so that they are copied without a loop. */
#define FRAGMENT 32
typedef struct
{
  char text[FRAGMENT];
  guint8 length;
} Fragment;
#define FRAGMENT_OF(text) { text, sizeof (text) - 1 },

static const Fragment field_fragments[] = {
#define X(name, word) FRAGMENT_OF (",\"" word "\":")
  GPO_FIELDS (X)
#undef X
};

static const Fragment kind_fragments[] = {
#define X(name, word) FRAGMENT_OF (",\"kind\":\"" word "\"")
  GPO_KINDS (X)
#undef X
};

static const Fragment protocol_fragments[] = {
#define X(name, word) FRAGMENT_OF (",\"protocol\":\"" word "\"")
  GPO_PROTOCOLS (X)
#undef X
};

static inline void
put_fragment (Out *out, const Fragment *fragment)
{
  need (out, FRAGMENT);
  memcpy (out->p, fragment->text, FRAGMENT);
  out->p += fragment->length;
}

/* ,"name": or ,"name*": */
static void
put_name (Out *out, const char *name, gboolean star)
{
  PUT (out, ",\"");
  put_utf8 (out, name, strlen (name));
  if (star)
    PUT (out, "*\":");
  else
    PUT (out, "\":");
}

static void
put_text (Out *out, const char *name, const char *text, gsize length)
{
  gboolean star = gpo_trace_needs_star (text, length);
  put_name (out, name, star);
  put_string (out, text, length, star);
}

/* JSON of a newer version as it came, but harmless on a terminal: outside strings a control is white
 * space, inside them there is none. */
static void
put_json (Out *out, const char *json, gsize length)
{
  const guint8 *s = (const guint8 *) json, *end = s + length;
  while (s < end)
    {
      gsize n;
      guint code = *s == 0x7f ? 0x7f : byte_class[*s] == LOOK ? unsafe_at (s, (gsize) (end - s), &n) : 0;
      need (out, WORST);
      if (code)
        {
          out->p = put_unicode (out->p, code);
          s += *s == 0x7f ? 1 : n;
        }
      else
        {
          *out->p++ = *s < 0x20 ? ' ' : (char) *s;
          s++;
        }
    }
}

/* ,"name": of a field of this version, or of one that a newer version named. */
static void
put_field_name (Out *out, GpoField field)
{
  if (field < G_N_ELEMENTS (field_fragments))
    put_fragment (out, &field_fragments[field]);
  else
    put_name (out, gpo_field_name (field), FALSE);
}

/* A text that needs nothing done to it, as most are, is copied in one piece. */
static void
put_field_text (Out *out, GpoField field, const char *text, gsize length)
{
  const guint8 *s = (const guint8 *) text;
  gboolean ascii = is_ascii (text, length), plain = ascii && plain_run (s, s + length) == length;
  if (!ascii && gpo_trace_needs_star (text, length))
    {
      put_text (out, gpo_field_name (field), text, length);
      return;
    }
  put_field_name (out, field);
  if (!plain)
    put_string (out, text, length, FALSE);
  else
    {
      need (out, length + 2);
      *out->p++ = '"';
      memcpy (out->p, text, length);
      out->p += length;
      *out->p++ = '"';
    }
}

static void
put_field (Out *out, GpoLog *log, const GpoEvent *event, const GpoFieldIter *iter)
{
  if (iter->field == GPO_FIELD_HIDDEN)
    {
      g_autoptr (GBytes) content = log ? gpo_log_content (log, event) : NULL;
      gsize length;
      const char *text = content ? g_bytes_get_data (content, &length) : NULL;
      if (text)
        put_field_text (out, GPO_FIELD_TEXT, text, length);
      return;
    }
  switch (iter->type)
    {
    case GPO_VALUE_NUMBER:
      put_field_name (out, iter->field);
      put_number (out, iter->number);
      break;
    case GPO_VALUE_BOOLEAN:
      put_field_name (out, iter->field);
      if (iter->number)
        PUT (out, "true");
      else
        PUT (out, "false");
      break;
    case GPO_VALUE_SYMBOL:
    case GPO_VALUE_TEXT:
      put_field_text (out, iter->field, iter->text, iter->length);
      break;
    case GPO_VALUE_JSON:
      put_field_name (out, iter->field);
      put_json (out, iter->text, iter->length);
      break;
    }
}

static void
put_head_fields (Out *out, guint64 n, const GpoEvent *event)
{
  PUT (out, "{\"n\":");
  put_number (out, (gint64) n);
  PUT (out, ",\"t\":");
  put_number (out, event->time);
  gsize length = 0;
  const char *kind = event->kind == GPO_KIND_UNKNOWN ? gpo_event_text (event, GPO_FIELD_KIND, &length) : NULL;
  if (kind)
    put_text (out, "kind", kind, length);
  else
    put_fragment (out, &kind_fragments[event->kind]);
  if (event->host)
    put_text (out, "host", gpo_symbol_name (event->host), strlen (gpo_symbol_name (event->host)));
  if (event->protocol)
    put_fragment (out, &protocol_fragments[event->protocol]);
  if (event->session)
    {
      PUT (out, ",\"session\":");
      put_number (out, event->session);
    }
  if (event->letter)
    {
      PUT (out, ",\"letter\":");
      put_number (out, event->letter);
    }
}

void
gpo_trace_write_event (GString *string, GpoLog *log, guint64 n, const GpoEvent *event)
{
  Out out;
  out_begin (&out, string);
  put_head_fields (&out, n, event);
  GpoFieldIter iter;
  gpo_field_iter_init (&iter, event);
  while (gpo_field_iter_next (&iter))
    if (iter.field != GPO_FIELD_KIND || event->kind != GPO_KIND_UNKNOWN)
      put_field (&out, log, event, &iter);
  PUT (&out, "}\n");
  out_end (&out);
}

void
gpo_trace_write_head (GString *out, gint64 started)
{
  g_autoptr (GDateTime) seconds = g_date_time_new_from_unix_utc (started / G_USEC_PER_SEC);
  g_autofree char *date
      = seconds ? g_date_time_format (seconds, "%Y-%m-%dT%H:%M:%S") : g_strdup ("1970-01-01T00:00:00");
  g_string_append_printf (out, "{\"glasspost-trace\":%d,\"started\":\"%s.%06dZ\",\"version\":\"%s\"}\n",
                          GPO_TRACE_VERSION, date, (int) (started % G_USEC_PER_SEC), GPO_VERSION);
}
