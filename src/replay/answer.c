/* SPDX-License-Identifier: MIT */
/* answer.c: reading answers: RFC 5321 §4.2, RFC 3501 §7 and RFC 1939 §3, a line at a time.
 *
 * What is no answer at all is one too, with an empty status: a server under test may say anything. */
#include "replay/answer.h"
#include "protocol/smtp-client.h"
#include <string.h>

struct GpoAnswerReader
{
  GpoAnswer *answer;
  char verb[32];
  gboolean arguments;
  gboolean greeted;   /* IMAP: the first line of all is the greeting */
  gboolean continued; /* IMAP: the next line goes on behind a literal */
  gsize literal;
};

void
gpo_answer_free (GpoAnswer *answer)
{
  if (!answer)
    return;
  g_free (answer->code);
  g_free (answer->words);
  g_clear_pointer (&answer->kinds, g_hash_table_unref);
  g_clear_pointer (&answer->capabilities, g_hash_table_unref);
  g_free (answer);
}

gboolean
gpo_answer_accepts (const GpoAnswer *answer)
{
  static const char *const good[] = { "2", "3", "OK", "PREAUTH", "+", "+OK", NULL };
  return g_strv_contains (good, answer->status);
}

static GpoAnswer *
answer_new (GpoProtocol protocol)
{
  GpoAnswer *answer = g_new0 (GpoAnswer, 1);
  answer->protocol = protocol;
  return answer;
}

GpoAnswerReader *
gpo_answer_reader_new (GpoProtocol protocol)
{
  GpoAnswerReader *reader = g_new0 (GpoAnswerReader, 1);
  reader->answer = answer_new (protocol);
  return reader;
}

void
gpo_answer_reader_free (GpoAnswerReader *reader)
{
  gpo_answer_free (reader->answer);
  g_free (reader);
}

void
gpo_answer_reader_asked (GpoAnswerReader *reader, const char *verb, gboolean arguments)
{
  g_strlcpy (reader->verb, verb, sizeof reader->verb);
  reader->arguments = arguments;
}

gsize
gpo_answer_reader_literal (const GpoAnswerReader *reader)
{
  return reader->literal;
}

gboolean
gpo_answer_reader_has (const GpoAnswerReader *reader)
{
  return reader->answer->n_lines > 0;
}

GpoAnswer *
gpo_answer_reader_take (GpoAnswerReader *reader)
{
  GpoAnswer *answer = reader->answer;
  reader->answer = answer_new (answer->protocol);
  reader->continued = FALSE;
  reader->literal = 0;
  return answer;
}

/* --- what lines hold --- */

static void
count (GHashTable **set, char *name)
{
  if (!*set)
    *set = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  guint n = GPOINTER_TO_UINT (g_hash_table_lookup (*set, name));
  g_hash_table_replace (*set, name, GUINT_TO_POINTER (n + 1));
}

/* Words of printable ASCII, upper case, cut at 64. */
static char *
name_of (const char *text, gsize length)
{
  char *name = g_ascii_strup (text, (gssize) MIN (length, 64));
  for (char *p = name; *p; p++)
    if (!g_ascii_isprint (*p))
      *p = '?';
  return name;
}

/* A NUL is a byte of a word like any other: strchr() would find it at the end of the stops. */
static gsize
word_length (const char *text, const char *end, const char *stops)
{
  gsize n = 0;
  while (text + n < end && !(text[n] && strchr (stops, text[n])))
    n++;
  return n;
}

/* One capability with its parameters: the mechanisms behind AUTH and SASL are capabilities of their own. */
static void
add_capability (GpoAnswer *answer, const char *text, const char *end)
{
  gsize n = word_length (text, end, " =");
  g_autofree char *keyword = name_of (text, n);
  gboolean mechanisms = g_str_equal (keyword, "AUTH") || g_str_equal (keyword, "SASL");
  if (n == 0)
    return;
  count (&answer->capabilities, g_strdup (keyword));
  for (const char *p = text + n; mechanisms && p < end; p += n)
    {
      while (p < end && (*p == ' ' || *p == '='))
        p++;
      n = word_length (p, end, " ");
      g_autofree char *mechanism = name_of (p, n);
      if (n)
        count (&answer->capabilities, g_strconcat (keyword, " ", mechanism, NULL));
    }
}

/* capability-data = "CAPABILITY" *(SP capability); AUTH=PLAIN is one capability (RFC 3501 §9). */
static void
add_imap_capabilities (GpoAnswer *answer, const char *text, const char *end)
{
  for (const char *p = text; p < end && *p != ']';)
    {
      gsize n = word_length (p, end, " ]");
      g_autofree char *name = name_of (p, n);
      char *equals = strchr (name, '=');
      if (equals && g_str_has_prefix (name, "AUTH="))
        *equals = ' ';
      if (n)
        count (&answer->capabilities, g_strdup (name));
      p += n;
      while (p < end && *p == ' ')
        p++;
    }
}

static void
set_words (GpoAnswer *answer, const char *line, gsize length)
{
  g_free (answer->words);
  answer->words = g_utf8_make_valid (line, (gssize) MIN (length, 500));
}

/* --- SMTP --- */

static gboolean
add_smtp (GpoAnswerReader *reader, const char *line, gsize length)
{
  GpoAnswer *answer = reader->answer;
  GpoSmtpReplyLine read;
  gboolean is_reply = gpo_smtp_reply_line_parse (line, length, &read);
  if (answer->n_lines == 1 || !is_reply)
    set_words (answer, line, length);
  if (!is_reply)
    {
      answer->status[0] = '\0';
      return TRUE;
    }
  if (answer->n_lines > 1 && g_str_equal (reader->verb, "EHLO"))
    add_capability (answer, read.text.text, read.text.text + read.text.length);
  if (read.more)
    return FALSE;
  answer->status[0] = line[0];
  answer->code = g_strdup_printf ("%d%s%.*s", read.code, read.status.text ? " " : "",
                                  (int) read.status.length, read.status.text ? read.status.text : "");
  return TRUE;
}

/* --- POP3 --- */

static gboolean
has_more_lines (const GpoAnswerReader *reader)
{
  static const char *const always[] = { "RETR", "TOP", "CAPA", NULL }, *const bare[]
                                                                       = { "LIST", "UIDL", NULL };
  return g_strv_contains (always, reader->verb)
         || (!reader->arguments && g_strv_contains (bare, reader->verb));
}

static gboolean
add_pop3 (GpoAnswerReader *reader, const char *line, gsize length)
{
  GpoAnswer *answer = reader->answer;
  if (answer->n_lines > 1)
    {
      if (length == 1 && *line == '.')
        return TRUE;
      if (g_str_equal (reader->verb, "CAPA"))
        add_capability (answer, line, line + length);
      return FALSE;
    }
  set_words (answer, line, length);
  gsize n = word_length (line, line + length, " ");
  if (n == 3 && g_ascii_strncasecmp (line, "+OK", 3) == 0)
    g_strlcpy (answer->status, "+OK", sizeof answer->status);
  else if (n == 4 && g_ascii_strncasecmp (line, "-ERR", 4) == 0)
    g_strlcpy (answer->status, "-ERR", sizeof answer->status);
  else if (n == 1 && *line == '+')
    g_strlcpy (answer->status, "+", sizeof answer->status);
  const char *code = memchr (line, '[', length),
             *end = code ? memchr (code, ']', (gsize) (line + length - code)) : NULL;
  if (end && code == line + n + 1)
    answer->code = name_of (code, (gsize) (end + 1 - code));
  return !(g_str_equal (answer->status, "+OK") && has_more_lines (reader));
}

/* --- IMAP --- */

/* The size of a literal that ends the line: "{12}", "{12+}", "~{12}"; 0 if there is none. */
static gsize
literal_of (const char *line, gsize length)
{
  gsize n = length;
  if (n < 3 || line[--n] != '}')
    return 0;
  if (line[n - 1] == '+')
    n--;
  gsize end = n;
  while (n && g_ascii_isdigit (line[n - 1]))
    n--;
  if (!n || n == end || line[n - 1] != '{' || end - n > 10)
    return 0;
  return (gsize) g_ascii_strtoull (line + n, NULL, 10);
}

/* "[READ-WRITE]", "[APPENDUID]": the name of a response code at the beginning of the text; NULL: none.
 * Those that tell capabilities are taken for that. */
static char *
response_code (GpoAnswer *answer, const char *text, const char *end)
{
  if (text >= end || *text != '[')
    return NULL;
  gsize n = word_length (text, end, " ]");
  g_autofree char *name = name_of (text, n);
  if (g_str_equal (name, "[CAPABILITY"))
    {
      add_imap_capabilities (answer, text + n + (text + n < end), end);
      return NULL;
    }
  return g_strconcat (name, "]", NULL);
}

static gboolean
is_condition (const char *name)
{
  static const char *const conditions[] = { "OK", "NO", "BAD", "BYE", "PREAUTH", NULL };
  return g_strv_contains (conditions, name);
}

/* Behind "* ": a number may come first, then the kind. */
static gboolean
add_untagged (GpoAnswerReader *reader, const char *text, const char *end)
{
  GpoAnswer *answer = reader->answer;
  gsize n = word_length (text, end, " ");
  if (n && g_ascii_isdigit (*text) && text + n < end)
    {
      text += n + 1;
      n = word_length (text, end, " ");
    }
  g_autofree char *name = name_of (text, n);
  const char *rest = MIN (text + n + 1, end);
  if (g_str_equal (name, "CAPABILITY"))
    add_imap_capabilities (answer, rest, end);
  g_autofree char *code = is_condition (name) ? response_code (answer, rest, end) : NULL;
  if (!reader->greeted && is_condition (name))
    {
      g_strlcpy (answer->status, name, sizeof answer->status);
      answer->code = g_steal_pointer (&code);
      return TRUE;
    }
  count (&answer->kinds, code ? g_strconcat (name, " ", code, NULL) : g_strdup (name));
  return FALSE;
}

static gboolean
add_tagged (GpoAnswer *answer, const char *line, gsize length)
{
  const char *end = line + length;
  gsize tag = word_length (line, end, " ");
  const char *text = MIN (line + tag + 1, end);
  gsize n = word_length (text, end, " ");
  g_autofree char *name = name_of (text, n);
  set_words (answer, line, length);
  if (g_str_equal (name, "OK") || g_str_equal (name, "NO") || g_str_equal (name, "BAD"))
    {
      g_strlcpy (answer->status, name, sizeof answer->status);
      answer->code = response_code (answer, MIN (text + n + 1, end), end);
    }
  return TRUE;
}

static gboolean
add_imap (GpoAnswerReader *reader, const char *line, gsize length)
{
  gboolean continued = reader->continued, whole = FALSE;
  reader->literal = literal_of (line, length);
  reader->continued = reader->literal > 0;
  if (continued)
    return FALSE; /* the rest of a response whose kind is known */
  if (length >= 2 && line[0] == '*' && line[1] == ' ')
    {
      whole = add_untagged (reader, line + 2, line + length);
      if (whole)
        set_words (reader->answer, line, length);
    }
  else if (length && line[0] == '+' && (length == 1 || line[1] == ' '))
    {
      set_words (reader->answer, line, length);
      g_strlcpy (reader->answer->status, "+", sizeof reader->answer->status);
      whole = TRUE;
    }
  else
    whole = add_tagged (reader->answer, line, length);
  reader->greeted = TRUE;
  return whole;
}

gboolean
gpo_answer_reader_add (GpoAnswerReader *reader, const char *line, gsize length)
{
  if (length && line[length - 1] == '\n')
    length--;
  if (length && line[length - 1] == '\r')
    length--;
  reader->answer->n_lines++;
  switch (reader->answer->protocol)
    {
    case GPO_PROTOCOL_IMAP:
      return add_imap (reader, line, length);
    case GPO_PROTOCOL_POP3:
      return add_pop3 (reader, line, length);
    default:
      return add_smtp (reader, line, length);
    }
}
