/* SPDX-License-Identifier: MIT */
/* structure-address.c: the addresses of an ENVELOPE: RFC 3501 §7.4.2, grammar in §9.
 *
 *     env-from = "(" 1*address ")" / nil
 *     address  = "(" addr-name SP addr-adl SP addr-mailbox SP addr-host ")"
 *
 * They are read by hand, since IMAP wants them raw: RFC 2047 words stay as they are, comments become names,
 * groups keep their beginning and end. RFC 5322 §3.4 is the grammar; what does not follow it becomes a
 * mailbox without host. */
#include "letter/structure-internal.h"
#include <string.h>

typedef struct
{
  const char *text;
  gsize length, at;
  GString *phrase, *local, *domain, *route, *comment;
  GString *out;
  gboolean plain; /* as people write them, not as IMAP does */
  gboolean group;
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

/* "name <mailbox@host>" and a line's end. */
static void
put_plain (Addresses *a, const GString *name, const char *local, gsize local_length, const GString *host)
{
  if (name && name->len)
    g_string_append_printf (a->out, "%s ", name->str);
  g_string_append_c (a->out, '<');
  g_string_append_len (a->out, local, (gssize) local_length);
  if (host)
    g_string_append_printf (a->out, "@%s", host->str);
  g_string_append (a->out, ">\n");
}

static void
put_address (Addresses *a, const GString *name, const GString *route, const char *local, gsize local_length,
             const GString *host)
{
  if (a->plain)
    {
      put_plain (a, name, local, local_length, host);
      return;
    }
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
read_addresses (GString *out, gboolean plain, const char *text, gsize length)
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
                  .out = out,
                  .plain = plain };
  const char *end = plain ? "" : "(NIL NIL NIL NIL)";
  while (a.at < a.length)
    if (at_space (&a) || a.text[a.at] == ',')
      a.at++;
    else if (a.text[a.at] == ';')
      {
        a.at++;
        if (a.group)
          g_string_append (out, end);
        a.group = FALSE;
      }
    else
      take_one (&a);
  if (a.group)
    g_string_append (out, end);
}

void
gpo_imap_addresses_append (GString *out, const char *text, gsize length)
{
  gsize start = out->len;
  g_string_append_c (out, '(');
  read_addresses (out, FALSE, text, length);
  if (out->len == start + 1)
    {
      g_string_truncate (out, start);
      g_string_append (out, "NIL");
    }
  else
    g_string_append_c (out, ')');
}

void
gpo_addresses_plain_append (GString *out, const char *text, gsize length)
{
  read_addresses (out, TRUE, text, length);
}
