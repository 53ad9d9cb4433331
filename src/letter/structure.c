/* SPDX-License-Identifier: MIT */
/* structure.c: ENVELOPE and BODYSTRUCTURE: RFC 3501 §7.4.2, grammar in §9.
 *
 *     envelope  = "(" date SP subject SP from SP sender SP reply-to SP to SP cc SP bcc SP in-reply-to SP
 * message-id ")" env-from  = "(" 1*address ")" / nil address   = "(" addr-name SP addr-adl SP addr-mailbox SP
 * addr-host ")" body      = "(" (body-type-1part / body-type-mpart) ")"
 *
 * Addresses are read by hand, since IMAP wants them raw: RFC 2047 words stay as they are, comments become
 * names, groups keep their beginning and end. RFC 5322 §3.4 is the grammar; what does not follow it becomes a
 * mailbox without host. */
#include "letter/structure.h"
#include "letter/mime.h"
#include <string.h>

/* --- strings --- */

void
gpo_imap_string_append (GString *out, const char *text, gsize length)
{
  if (!text)
    {
      g_string_append_len (out, "NIL", 3);
      return;
    }
  gboolean literal = length > 4096, escapes = FALSE;
  gsize nuls = 0;
  for (gsize i = 0; i < length; i++)
    {
      guchar c = text[i];
      literal |= c >= 0x80 || c == '\r' || c == '\n';
      escapes |= c == '"' || c == '\\';
      nuls += c == '\0';
    }
  if (literal)
    g_string_append_printf (out, "{%" G_GSIZE_FORMAT "}\r\n", length - nuls);
  else
    g_string_append_c (out, '"');
  if (!nuls && (literal || !escapes))
    g_string_append_len (out, text, length);
  else
    for (gsize i = 0; i < length; i++)
      {
        if (!literal && (text[i] == '"' || text[i] == '\\'))
          g_string_append_c (out, '\\');
        if (text[i])
          g_string_append_c (out, text[i]);
      }
  if (!literal)
    g_string_append_c (out, '"');
}

/* Unfolds: the line endings go, the white space behind them stays (RFC 5322 §2.2.3). `scratch` is used if
 * there are any. */
static GpoSpan
unfold (const char *bytes, GpoSpan value, GString *scratch, const char **text)
{
  value = gpo_span_trim (bytes, value);
  *text = bytes + value.start;
  if (!memchr (*text, '\n', value.length) && !memchr (*text, '\r', value.length))
    return (GpoSpan){ 0, value.length };
  g_string_truncate (scratch, 0);
  for (gsize i = 0; i < value.length; i++)
    if ((*text)[i] != '\r' && (*text)[i] != '\n')
      g_string_append_c (scratch, (*text)[i]);
  *text = scratch->str;
  return (GpoSpan){ 0, scratch->len };
}

static void
append_value (GString *out, const char *bytes, const GpoSpan *value, GString *scratch)
{
  const char *text;
  if (!value->length)
    {
      g_string_append_len (out, "NIL", 3);
      return;
    }
  GpoSpan span = unfold (bytes, *value, scratch, &text);
  gpo_imap_string_append (out, text, span.length);
}

/* --- addresses --- */

typedef struct
{
  const char *text;
  gsize length, at;
  GString *phrase, *local, *domain, *route, *comment;
  GString *out;
  gboolean any, group;
} Addresses;

static gboolean
at_space (const Addresses *a)
{
  return a->at < a->length && strchr (" \t\r\n", a->text[a->at]) && a->text[a->at];
}

/* comment = "(" *(ctext / quoted-pair / comment) ")"; its text, without the outer parentheses, is appended to
 * `into`. */
static void
take_comment (Addresses *a, GString *into)
{
  guint depth = 0;
  g_string_truncate (into, 0);
  for (; a->at < a->length; a->at++)
    {
      char c = a->text[a->at];
      if (c == '(' && depth++ == 0)
        continue;
      if (c == ')' && --depth == 0)
        {
          a->at++;
          return;
        }
      if (c == '\\' && a->at + 1 < a->length)
        c = a->text[++a->at];
      g_string_append_c (into, c);
    }
}

static void
skip_cfws (Addresses *a)
{
  while (a->at < a->length)
    if (at_space (a))
      a->at++;
    else if (a->text[a->at] == '(')
      take_comment (a, a->comment);
    else
      return;
}

/* A quoted string without its quotes; behind an opening quote. */
static void
take_quoted (Addresses *a, GString *into)
{
  for (a->at++; a->at < a->length && a->text[a->at] != '"'; a->at++)
    {
      if (a->text[a->at] == '\\' && a->at + 1 < a->length)
        a->at++;
      g_string_append_c (into, a->text[a->at]);
    }
  if (a->at < a->length)
    a->at++;
}

/* Words up to one of `stop`, with single spaces where there was white space. */
static void
take_words (Addresses *a, GString *into, const char *stop)
{
  gboolean space = FALSE;
  g_string_truncate (into, 0);
  while (a->at < a->length)
    {
      char c = a->text[a->at];
      if (c && strchr (stop, c))
        return;
      if (at_space (a) || c == '(')
        {
          skip_cfws (a);
          space = into->len > 0;
          continue;
        }
      if (space)
        g_string_append_c (into, ' ');
      space = FALSE;
      if (c == '"')
        take_quoted (a, into);
      else
        {
          g_string_append_c (into, c);
          a->at++;
        }
    }
}

static void
nstring (GString *out, const GString *text)
{
  gpo_imap_string_append (out, text->len ? text->str : NULL, text->len);
}

static void
put_address (Addresses *a, const GString *name, const GString *route, const char *local, gsize local_length,
             const GString *host)
{
  g_string_append_c (a->out, '(');
  if (name)
    nstring (a->out, name);
  else
    g_string_append (a->out, "NIL");
  g_string_append_c (a->out, ' ');
  if (route)
    nstring (a->out, route);
  else
    g_string_append (a->out, "NIL");
  g_string_append_c (a->out, ' ');
  gpo_imap_string_append (a->out, local, local_length);
  g_string_append_c (a->out, ' ');
  if (host)
    gpo_imap_string_append (a->out, host->str, host->len);
  else
    g_string_append (a->out, "NIL");
  g_string_append_c (a->out, ')');
  a->any = TRUE;
}

/* angle-addr = "<" [route ":"] addr-spec ">", behind the "<". */
static void
take_angle (Addresses *a)
{
  g_string_truncate (a->route, 0);
  a->at++;
  skip_cfws (a);
  if (a->at < a->length && a->text[a->at] == '@')
    {
      take_words (a, a->route, ":>");
      if (a->at < a->length && a->text[a->at] == ':')
        a->at++;
    }
  take_words (a, a->local, "@>");
  g_string_truncate (a->domain, 0);
  if (a->at < a->length && a->text[a->at] == '@')
    {
      a->at++;
      take_words (a, a->domain, ">");
    }
  if (a->at < a->length)
    a->at++;
  skip_cfws (a);
  put_address (a, a->phrase, a->route, a->local->str, a->local->len, a->domain);
  /* What follows up to the next comma is no address. */
  take_words (a, a->phrase, ",;");
}

/* mailbox / group begin, at something that is neither white space nor a comma. */
static void
take_one (Addresses *a)
{
  g_string_truncate (a->comment, 0);
  take_words (a, a->phrase, "<,@:;");
  char c = a->at < a->length ? a->text[a->at] : ',';
  if (c == '<')
    {
      take_angle (a);
      return;
    }
  if (c == ':' && !a->group)
    {
      a->at++;
      a->group = TRUE;
      put_address (a, NULL, NULL, a->phrase->str, a->phrase->len, NULL);
      return;
    }
  if (c == ':')
    a->at++;
  g_string_truncate (a->domain, 0);
  if (c == '@')
    {
      a->at++;
      take_words (a, a->domain, ",;<");
      if (a->at < a->length
          && a->text[a->at] == '<') /* "bob@home <bob@sparta.example>": the first is a name */
        {
          g_string_append_printf (a->phrase, "@%s", a->domain->str);
          take_angle (a);
          return;
        }
    }
  /* addr-spec (name in a comment), as before RFC 822 */
  if (a->phrase->len || a->domain->len)
    put_address (a, a->comment, NULL, a->phrase->str, a->phrase->len, a->domain);
}

static void
append_addresses (GString *out, const char *text, gsize length)
{
  g_autoptr (GString) phrase = g_string_new (NULL), local = g_string_new (NULL), domain = g_string_new (NULL),
                      route = g_string_new (NULL), comment = g_string_new (NULL);
  Addresses a = { .text = text,
                  .length = length,
                  .phrase = phrase,
                  .local = local,
                  .domain = domain,
                  .route = route,
                  .comment = comment,
                  .out = out };
  gsize start = out->len;
  g_string_append_c (out, '(');
  while (a.at < a.length)
    if (at_space (&a) || a.text[a.at] == ',')
      a.at++;
    else if (a.text[a.at] == ';')
      {
        a.at++;
        if (a.group)
          g_string_append (out, "(NIL NIL NIL NIL)");
        a.group = FALSE;
      }
    else
      take_one (&a);
  if (a.group)
    g_string_append (out, "(NIL NIL NIL NIL)");
  if (a.any)
    {
      g_string_append_c (out, ')');
      return;
    }
  g_string_truncate (out, start);
  g_string_append (out, "NIL");
}

/* --- ENVELOPE --- */

enum
{
  DATE,
  SUBJECT,
  FROM,
  SENDER,
  REPLY_TO,
  TO,
  CC,
  BCC,
  IN_REPLY_TO,
  MESSAGE_ID,
  N_FIELDS
};

static const struct
{
  const char *name;
  gsize length;
} fields[N_FIELDS] = {
  { "Date", 4 }, { "Subject", 7 }, { "From", 4 }, { "Sender", 6 },       { "Reply-To", 8 },
  { "To", 2 },   { "Cc", 2 },      { "Bcc", 3 },  { "In-Reply-To", 11 }, { "Message-ID", 10 },
};

/* The first field of each name counts. */
static void
find_fields (const char *bytes, GpoSpan header, GpoSpan values[N_FIELDS])
{
  gsize at = header.start;
  GpoHeaderField field;
  while (gpo_header_next (bytes, GPO_SPAN_END (header), &at, &field))
    for (guint i = 0; i < N_FIELDS; i++)
      if (field.name.length == fields[i].length && !values[i].start
          && g_ascii_strncasecmp (bytes + field.name.start, fields[i].name, fields[i].length) == 0)
        values[i] = gpo_span_trim (bytes, field.value);
}

void
gpo_imap_envelope_append (GString *out, const char *bytes, GpoSpan header)
{
  GpoSpan values[N_FIELDS] = { { 0, 0 } };
  g_autoptr (GString) scratch = g_string_new (NULL);
  find_fields (bytes, header, values);
  g_string_append_c (out, '(');
  for (guint i = 0; i < N_FIELDS; i++)
    {
      if (i)
        g_string_append_c (out, ' ');
      if (i < FROM || i > BCC)
        {
          append_value (out, bytes, &values[i], scratch);
          continue;
        }
      /* Where Sender or Reply-To is missing or empty it is From's (RFC 3501 §7.4.2). */
      GpoSpan value = values[i];
      if ((i == SENDER || i == REPLY_TO) && !value.length)
        value = values[FROM];
      const char *text;
      value = unfold (bytes, value, scratch, &text);
      append_addresses (out, text, value.length);
    }
  g_string_append_c (out, ')');
}

/* --- BODYSTRUCTURE --- */

static void
append_span (GString *out, const char *bytes, GpoSpan span)
{
  gpo_imap_string_append (out, span.length ? bytes + span.start : NULL, span.length);
}

/* "(" string SP string … ")" / nil; backslashes of quoted values are taken off. */
static void
append_parameters (GString *out, const char *bytes, gsize end, gsize at)
{
  GpoParameter parameter;
  gboolean any = FALSE;
  while (gpo_parameter_next (bytes, end, &at, &parameter))
    {
      g_autofree char *value = gpo_parameter_dup (bytes, &parameter);
      g_string_append_c (out, any ? ' ' : '(');
      gpo_imap_string_append (out, bytes + parameter.name.start, parameter.name.length);
      g_string_append_c (out, ' ');
      g_strdelimit (value, "\r\n", ' ');
      gpo_imap_string_append (out, value, strlen (value));
      any = TRUE;
    }
  g_string_append (out, any ? ")" : "NIL");
}

static void
append_field (GString *out, const char *bytes, GpoSpan header, const char *name)
{
  GpoHeaderField field;
  g_autoptr (GString) scratch = g_string_new (NULL);
  GpoSpan value = { 0, 0 };
  if (gpo_header_find (bytes, header, name, &field))
    value = gpo_span_trim (bytes, field.value);
  append_value (out, bytes, &value, scratch);
}

/* body-fld-dsp = "(" string SP body-fld-param ")" / nil */
static void
append_disposition (GString *out, const char *bytes, GpoSpan header)
{
  GpoHeaderField field;
  GpoSpan word = { 0, 0 }, sub;
  if (!gpo_header_find (bytes, header, "Content-Disposition", &field))
    {
      g_string_append (out, "NIL");
      return;
    }
  GpoSpan value = gpo_span_trim (bytes, field.value);
  gsize at = gpo_content_words (bytes, value, &word, &sub);
  if (!word.length)
    {
      g_string_append (out, "NIL");
      return;
    }
  g_string_append_c (out, '(');
  append_span (out, bytes, word);
  g_string_append_c (out, ' ');
  append_parameters (out, bytes, GPO_SPAN_END (value), at);
  g_string_append_c (out, ')');
}

/* body-fld-lang = nstring / "(" string *(SP string) ")": the words between commas. */
static void
append_language (GString *out, const char *bytes, GpoSpan header)
{
  g_autofree char *text = NULL;
  GpoHeaderField field;
  gboolean any = FALSE;
  if (gpo_header_find (bytes, header, "Content-Language", &field))
    text = g_strndup (bytes + field.value.start, field.value.length);
  g_auto (GStrv) words = g_strsplit_set (text ? text : "", ", \t\r\n", -1);
  for (guint i = 0; words[i]; i++)
    if (*words[i])
      {
        g_string_append_c (out, any ? ' ' : '(');
        gpo_imap_string_append (out, words[i], strlen (words[i]));
        any = TRUE;
      }
  g_string_append (out, any ? ")" : "NIL");
}

/* Disposition, language, location: what extension data ends with. */
static void
append_extension (GString *out, const char *bytes, const GpoPart *part)
{
  g_string_append_c (out, ' ');
  append_disposition (out, bytes, part->header);
  g_string_append_c (out, ' ');
  append_language (out, bytes, part->header);
  g_string_append_c (out, ' ');
  append_field (out, bytes, part->header, "Content-Location");
}

static void
append_multipart (GString *out, const GpoAnatomy *anatomy, const GpoPart *part, gboolean extended)
{
  const char *bytes = anatomy->bytes;
  GpoSpan word, sub = { 0, 0 };
  gsize at = gpo_content_words (bytes, part->type, &word, &sub);
  for (gint child = part->first_child; child != GPO_NO_PART; child = anatomy->parts[child].next)
    gpo_imap_structure_append (out, anatomy, child, extended);
  g_string_append_c (out, ' ');
  if (sub.length)
    append_span (out, bytes, sub);
  else
    g_string_append (out, "\"MIXED\"");
  if (!extended)
    return;
  g_string_append_c (out, ' ');
  append_parameters (out, bytes, GPO_SPAN_END (part->type), at);
  append_extension (out, bytes, part);
}

/* media type and body-fields: type, subtype, parameters, id, description, encoding, octets */
static void
append_fields (GString *out, const GpoAnatomy *anatomy, const GpoPart *part, const char *type,
               const char *subtype)
{
  const char *bytes = anatomy->bytes;
  GpoSpan word = { 0, 0 }, sub = { 0, 0 };
  gsize at = gpo_content_words (bytes, part->type, &word, &sub);
  if (!type && word.length && sub.length)
    {
      append_span (out, bytes, word);
      g_string_append_c (out, ' ');
      append_span (out, bytes, sub);
      g_string_append_c (out, ' ');
      append_parameters (out, bytes, GPO_SPAN_END (part->type), at);
    }
  else if (type && word.length && sub.length)
    {
      g_string_append_printf (out, "\"%s\" \"%s\" ", type, subtype);
      append_parameters (out, bytes, GPO_SPAN_END (part->type), at);
    }
  else if (type)
    g_string_append_printf (out, "\"%s\" \"%s\" NIL", type, subtype);
  else
    g_string_append (out, "\"TEXT\" \"PLAIN\" (\"CHARSET\" \"US-ASCII\")"); /* RFC 2045 §5.2 */
  g_string_append_c (out, ' ');
  append_field (out, bytes, part->header, "Content-ID");
  g_string_append_c (out, ' ');
  append_field (out, bytes, part->header, "Content-Description");
  g_string_append_c (out, ' ');
  gsize n = 0; /* an encoding is one token; a comment behind it is none of it */
  while (n < part->encoding.length && !strchr (" \t\r\n;(", bytes[part->encoding.start + n]))
    n++;
  if (n)
    gpo_imap_string_append (out, bytes + part->encoding.start, n);
  else
    g_string_append (out, "\"7BIT\"");
  g_string_append_printf (out, " %" G_GSIZE_FORMAT, gpo_part_body_size (part));
}

static void
append_leaf (GString *out, const GpoAnatomy *anatomy, const GpoPart *part, gboolean extended)
{
  const char *bytes = anatomy->bytes;
  GpoSpan word = { 0, 0 }, sub = { 0, 0 };
  gpo_content_words (bytes, part->type, &word, &sub);
  gboolean typed = word.length && sub.length;
  /* A multipart whose boundary never comes has no parts to show: it is shown as text. */
  gboolean broken = part->kind == GPO_PART_MULTIPART || gpo_part_is (anatomy, part, "multipart", NULL);
  gboolean message = part->kind == GPO_PART_MESSAGE && part->first_child != GPO_NO_PART;
  /* message/rfc822 without a letter in it must not look like one. */
  gboolean unmessage = !message && typed && gpo_part_is (anatomy, part, "message", "rfc822");
  if (broken)
    append_fields (out, anatomy, part, "TEXT", "PLAIN");
  else if (unmessage)
    append_fields (out, anatomy, part, "APPLICATION", "OCTET-STREAM");
  else if (message)
    append_fields (out, anatomy, part, "MESSAGE", "RFC822");
  else
    append_fields (out, anatomy, part, NULL, NULL);
  if (message)
    {
      const GpoPart *letter = &anatomy->parts[part->first_child];
      g_string_append_c (out, ' ');
      gpo_imap_envelope_append (out, bytes, letter->header);
      g_string_append_c (out, ' ');
      gpo_imap_structure_append (out, anatomy, part->first_child, extended);
    }
  if (message || broken || !typed || gpo_part_is (anatomy, part, "text", NULL))
    g_string_append_printf (out, " %" G_GSIZE_FORMAT, part->body_lines);
  if (!extended)
    return;
  g_string_append_c (out, ' ');
  append_field (out, bytes, part->header, "Content-MD5");
  append_extension (out, bytes, part);
}

void
gpo_imap_structure_append (GString *out, const GpoAnatomy *anatomy, gint index, gboolean extended)
{
  const GpoPart *part = &anatomy->parts[index];
  g_string_append_c (out, '(');
  if (part->kind == GPO_PART_MULTIPART && part->first_child != GPO_NO_PART)
    append_multipart (out, anatomy, part, extended);
  else
    append_leaf (out, anatomy, part, extended);
  g_string_append_c (out, ')');
}
