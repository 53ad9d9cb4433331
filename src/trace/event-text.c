/* SPDX-License-Identifier: MIT */
/* event-text.c: one event in words, and text made harmless for a terminal.
 *
 * What a kind has to say is a pattern: words, and fields in braces; what stands in brackets is left out
 * where its field is missing. Kinds of newer versions show all their fields. */
#include <string.h>
#include "trace/transcript.h"
#include "trace/transcript-internal.h"

/* --- harmless text --- */

static gboolean
has_no_shape (gunichar c)
{
  switch (g_unichar_type (c))
    {
    case G_UNICODE_CONTROL:
    case G_UNICODE_FORMAT:
    case G_UNICODE_UNASSIGNED:
    case G_UNICODE_PRIVATE_USE:
    case G_UNICODE_SURROGATE:
    case G_UNICODE_LINE_SEPARATOR:
    case G_UNICODE_PARAGRAPH_SEPARATOR:
      return TRUE;
    default:
      return FALSE;
    }
}

static void
escape_byte (GString *out, guchar byte, GpoTranscriptFlags flags)
{
  if (byte == '\r')
    g_string_append (out, "\\r");
  else if (byte == '\n')
    g_string_append (out, "\\n");
  else if (byte == '\t')
    g_string_append (out, "\\t");
  else if (byte == '\\' && flags & GPO_TRANSCRIPT_BYTES)
    g_string_append (out, "\\\\");
  else if (byte < 0x20 || byte >= 0x7f)
    g_string_append_printf (out, "\\x%02x", byte);
  else
    g_string_append_c (out, (char) byte);
}

void
gpo_escape_text (GString *out, const char *text, gsize length, GpoTranscriptFlags flags)
{
  gboolean ascii = flags & (GPO_TRANSCRIPT_BYTES | GPO_TRANSCRIPT_ASCII);
  for (const char *p = text, *end = text + length; p < end;)
    {
      gunichar c = (guchar) *p < 0x80 || ascii ? (gunichar) -1 : g_utf8_get_char_validated (p, end - p);
      if (c >= 0x110000)
        {
          escape_byte (out, (guchar) *p++, flags);
          continue;
        }
      if (has_no_shape (c))
        g_string_append_printf (out, "\\u{%x}", c);
      else
        g_string_append_unichar (out, c);
      p = g_utf8_next_char (p);
    }
}

char *
gpo_escape_json (char *json)
{
  g_autofree char *raw = json;
  GString *out = g_string_sized_new (strlen (raw));
  for (const char *p = raw; *p; p = g_utf8_next_char (p))
    {
      gunichar c = g_utf8_get_char (p);
      if (c < 0x7f || !has_no_shape (c))
        g_string_append_unichar (out, c);
      else if (c < 0x10000)
        g_string_append_printf (out, "\\u%04x", c);
      else /* a surrogate pair: RFC 8259 §7 */
        g_string_append_printf (out, "\\u%04x\\u%04x", 0xd800 + ((c - 0x10000) >> 10), 0xdc00 + (c & 0x3ff));
    }
  return g_string_free (out, FALSE);
}

/* --- patterns --- */

static const char *const patterns[GPO_N_KINDS] = {
  [GPO_KIND_OFFICE] = "office[ {action}][ {title}][ {name}][ {person}][ {domain}][ {address}][ roles "
                      "{roles}][: {answer}][ next hop "
                      "{next-hop}][: {text}][ {reason}]",
  [GPO_KIND_CONNECT] = "connected[ {role}][ from {from}][ to {to}][ by {name}]",
  [GPO_KIND_LETTER] = "letter[ {name}] is whole[: {size} bytes][ from <{sender}>][ for {count}]",
  [GPO_KIND_LOOKUP] = "lookup[ {type}][ {domain}][: {answer}][ ({result})][: {reason}]",
  [GPO_KIND_TLS] = "TLS[ {result}][: {mechanism}][: {reason}]",
  [GPO_KIND_AUTH] = "login[ {mechanism}][ as {person}][: {result}][ ({text})]",
  [GPO_KIND_QUEUE]
  = "queue[ {action}][: {state}][ for <{recipient}>][ next hop {next-hop}][ attempt {attempt}][ due at "
    "{due} µs][: {reason}]",
  [GPO_KIND_MAILBOX]
  = "mailbox[ {mailbox}][: {action}][ uid {uid}][ number {number}][ flags {flags}][ {count} letters]",
  [GPO_KIND_HOLD] = "hold[ {action}][: {text}][ (was {was})][ {reason}]",
  [GPO_KIND_FAULT] = "fault[ {name}][: {action}][ when {filter}][ ({reason})]",
  [GPO_KIND_CLOCK] = "clock[ {action}][ speed {speed}][ to {due} µs][ ({reason})]",
  [GPO_KIND_NOTE] = "note[: {text}]",
  [GPO_KIND_LAB] = "lab[ {name}][ step {step}][ {check}][: {result}][ ({text})]",
  [GPO_KIND_CLOSE] = "closed[: {result}][ ({reason})]",
};

/* The field's value, harmless. FALSE if there is none. */
static gboolean
append_field (GString *out, const GpoEvent *event, GpoField field, GpoTranscriptFlags flags)
{
  GpoFieldIter iter;
  if (!gpo_event_find (event, field, &iter))
    return FALSE;
  if (iter.type == GPO_VALUE_NUMBER)
    g_string_append_printf (out, "%" G_GINT64_FORMAT, iter.number);
  else if (iter.type == GPO_VALUE_BOOLEAN)
    g_string_append (out, iter.number ? "true" : "false");
  else
    gpo_escape_text (out, iter.text, iter.length, flags);
  return TRUE;
}

static void
append_pattern (GString *out, const GpoEvent *event, const char *pattern, GpoTranscriptFlags flags)
{
  gsize group = 0;
  for (const char *p = pattern; *p; p++)
    if (*p == '[')
      group = out->len;
    else if (*p == '{')
      {
        const char *close = strchr (p, '}');
        char name[32];
        g_strlcpy (name, p + 1, MIN (sizeof name, (gsize) (close - p)));
        p = close;
        if (append_field (out, event, (GpoField) gpo_field_from_name (name), flags))
          continue;
        g_string_truncate (out, group);
        p = strchr (p, ']');
      }
    else if (*p == '\xc2' && p[1] == '\xb5' && flags & GPO_TRANSCRIPT_ASCII)
      {
        g_string_append_c (out, 'u');
        p++;
      }
    else if (*p != ']')
      g_string_append_c (out, *p);
}

static void
append_all_fields (GString *out, const GpoEvent *event, GpoTranscriptFlags flags)
{
  GpoFieldIter iter;
  gpo_field_iter_init (&iter, event);
  g_string_append (out, event->kind == GPO_KIND_UNKNOWN ? "" : gpo_kind_name (event->kind));
  while (gpo_field_iter_next (&iter))
    {
      if (iter.field != GPO_FIELD_KIND)
        {
          const char *name = gpo_field_name (iter.field);
          g_string_append_c (out, ' ');
          gpo_escape_text (out, name, strlen (name), flags);
          g_string_append_c (out, '=');
        }
      append_field (out, event, iter.field, flags);
    }
}

/* Whose state it is: in a session a server's goes without saying. */
static void
append_machine (GString *out, const GpoEvent *event, GpoTranscriptFlags flags)
{
  const char *machine = gpo_event_text (event, GPO_FIELD_MACHINE, NULL);
  if (machine && g_str_has_suffix (machine, "-client"))
    g_string_append (out, "client: ");
  else if (machine && !(event->session && g_str_has_suffix (machine, "-server")))
    append_pattern (out, event, "[{machine} ]", flags);
}

/* "ready → mail   RFC 5321 §4.1.1.2", "client: rcpt (refused)   …", "queue queued → routed …" */
static void
append_edge (GString *out, const GpoEvent *event, GpoTranscriptFlags flags)
{
  const char *from = gpo_event_text (event, GPO_FIELD_FROM, NULL),
             *to = gpo_event_text (event, GPO_FIELD_TO, NULL);
  const char *verdict = gpo_event_text (event, GPO_FIELD_VERDICT, NULL);
  append_machine (out, event, flags);
  append_field (out, event, GPO_FIELD_FROM, flags);
  if (to && g_strcmp0 (from, to) != 0)
    {
      g_string_append (out, flags & GPO_TRANSCRIPT_ASCII ? " -> " : " → ");
      append_field (out, event, GPO_FIELD_TO, flags);
    }
  if (verdict && strcmp (verdict, "ok") != 0)
    append_pattern (out, event, "[ ({verdict})]", flags);
  const char *spec = gpo_event_text (event, GPO_FIELD_SPEC, NULL);
  const char *sign
      = spec && flags & (GPO_TRANSCRIPT_ASCII | GPO_TRANSCRIPT_BYTES) ? strstr (spec, "§") : NULL;
  if (!sign)
    append_pattern (out, event, "[   {spec}]", flags);
  else
    {
      g_string_append (out, "   ");
      gpo_escape_text (out, spec, (gsize) (sign - spec), flags);
      gpo_escape_text (out, sign + strlen ("§"), strlen (sign + strlen ("§")), flags);
    }
}

static void
append_envelope (GString *out, const GpoEvent *event, GpoTranscriptFlags flags)
{
  g_string_append (out, "envelope:");
  gsize before = out->len;
  append_pattern (out, event, "[ from <{sender}>]", flags);
  append_pattern (out, event, "[ to <{recipient}>]", flags);
  if (out->len == before)
    append_pattern (out, event, "[ {action}]", flags);
}

static void
append_data (GString *out, const GpoEvent *event, GpoTranscriptFlags flags)
{
  append_pattern (out, event, "data[ from {from}][: {length} bytes][ at {offset}]", flags);
  if (event->letter)
    g_string_append_printf (out, " of letter %u", event->letter);
}

void
gpo_event_words (GString *out, const GpoEvent *event, GpoTranscriptFlags flags)
{
  if (event->kind == GPO_KIND_EDGE)
    append_edge (out, event, flags);
  else if (event->kind == GPO_KIND_ENVELOPE)
    append_envelope (out, event, flags);
  else if (event->kind == GPO_KIND_DATA)
    append_data (out, event, flags);
  else if (event->kind == GPO_KIND_LINE)
    append_pattern (out, event, "[{from}: ][{text}]", flags);
  else if (event->kind < GPO_N_KINDS && patterns[event->kind])
    append_pattern (out, event, patterns[event->kind], flags);
  else
    append_all_fields (out, event, flags);
}

void
gpo_event_to_text (GString *out, guint64 n, const GpoEvent *event, GpoTranscriptFlags flags)
{
  gsize start = out->len;
  if (flags & GPO_TRANSCRIPT_NUMBERS)
    g_string_append_printf (out, "%" G_GUINT64_FORMAT " ", n);
  gsize head = out->len;
  const char *host = gpo_symbol_name (event->host);
  gpo_escape_text (out, host, strlen (host), flags);
  if (event->protocol)
    g_string_append_printf (out, "%s%s", out->len > head ? " " : "", gpo_protocol_name (event->protocol));
  if (event->session)
    g_string_append_printf (out, "%s%u", out->len > head ? " " : "", event->session);
  if (out->len > start)
    g_string_append (out, ": ");
  gpo_event_words (out, event, flags);
}
