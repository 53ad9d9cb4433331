/* SPDX-License-Identifier: MIT */
/* imap-response.c: reading a server's responses: RFC 3501 §7 and §9.
 *
 *     response         = *(continue-req / response-data) response-done
 *     continue-req     = "+" SP (resp-text / base64) CRLF
 *     response-data    = "*" SP (resp-cond-state / resp-cond-bye / mailbox-data / message-data /
 * capability-data) CRLF response-tagged  = tag SP resp-cond-state CRLF mailbox-list     = "("
 * [mbx-list-flags] ")" SP (DQUOTE QUOTED-CHAR DQUOTE / nil) SP mailbox message-data     = nz-number SP
 * ("EXPUNGE" / ("FETCH" SP msg-att)) */
#include "protocol/imap-client.h"
#include "protocol/imap.h"
#include <string.h>

static const struct
{
  const char *word;
  GpoResponseKind kind;
} words[] = {
  { "OK", GPO_RESPONSE_OK },           { "NO", GPO_RESPONSE_NO },
  { "BAD", GPO_RESPONSE_BAD },         { "BYE", GPO_RESPONSE_BYE },
  { "PREAUTH", GPO_RESPONSE_PREAUTH }, { "CAPABILITY", GPO_RESPONSE_CAPABILITY },
  { "LIST", GPO_RESPONSE_LIST },       { "STATUS", GPO_RESPONSE_STATUS },
  { "SEARCH", GPO_RESPONSE_SEARCH },   { "EXISTS", GPO_RESPONSE_EXISTS },
  { "EXPUNGE", GPO_RESPONSE_EXPUNGE }, { "FETCH", GPO_RESPONSE_FETCH },
};

/* Those that stand behind a number, and no others do. */
static gboolean
is_numbered (GpoResponseKind kind)
{
  return kind == GPO_RESPONSE_EXISTS || kind == GPO_RESPONSE_EXPUNGE || kind == GPO_RESPONSE_FETCH;
}

static gboolean
read_kind (GpoImapParser *parser, gboolean numbered, GpoImapResponse *out)
{
  const char *word;
  gsize length;
  if (!gpo_imap_atom (parser, &word, &length, "a word"))
    return FALSE;
  out->kind = GPO_RESPONSE_OTHER;
  for (guint i = 0; i < G_N_ELEMENTS (words); i++)
    if (strlen (words[i].word) == length && g_ascii_strncasecmp (word, words[i].word, length) == 0
        && is_numbered (words[i].kind) == numbered)
      out->kind = words[i].kind;
  gpo_imap_skip (parser, ' ');
  out->rest = parser->text + parser->at;
  out->rest_length = parser->length - parser->at;
  return TRUE;
}

static gboolean
is_condition (GpoResponseKind kind)
{
  return kind == GPO_RESPONSE_OK || kind == GPO_RESPONSE_NO || kind == GPO_RESPONSE_BAD;
}

gboolean
gpo_imap_response_parse (const char *text, gsize length, GpoImapResponse *out)
{
  GpoImapParser parser = { .text = text, .length = length };
  *out = (GpoImapResponse){ .kind = GPO_RESPONSE_OTHER };
  if (gpo_imap_skip (&parser, '+'))
    {
      gpo_imap_skip (&parser, ' ');
      out->kind = GPO_RESPONSE_CONTINUE;
      out->rest = text + parser.at;
      out->rest_length = length - parser.at;
      return TRUE;
    }
  if (gpo_imap_skip (&parser, '*'))
    {
      if (!gpo_imap_space (&parser))
        return FALSE;
      gboolean numbered = g_ascii_isdigit (gpo_imap_peek (&parser));
      if (numbered && (!gpo_imap_number (&parser, &out->number, "a number") || !gpo_imap_space (&parser)))
        return FALSE;
      return read_kind (&parser, numbered, out);
    }
  out->tagged = TRUE;
  return gpo_imap_atom (&parser, &out->tag, &out->tag_length, "a tag") && gpo_imap_space (&parser)
         && read_kind (&parser, FALSE, out) && is_condition (out->kind);
}

static GpoImapParser
rest_of (const GpoImapResponse *response)
{
  return (GpoImapParser){ .text = response->rest, .length = response->rest_length };
}

gboolean
gpo_imap_response_offers (const GpoImapResponse *response, const char *capability)
{
  g_autofree char *rest = g_strndup (response->rest, response->rest_length);
  char *end = NULL;
  const char *list = rest;
  if (response->kind != GPO_RESPONSE_CAPABILITY)
    {
      if (g_ascii_strncasecmp (rest, "[CAPABILITY ", 12) != 0 || !(end = strchr (rest, ']')))
        return FALSE;
      *end = '\0';
      list = rest + 12;
    }
  g_auto (GStrv) offered = g_strsplit (list, " ", -1);
  for (char **o = offered; *o; o++)
    if (g_ascii_strcasecmp (*o, capability) == 0)
      return TRUE;
  return FALSE;
}

char *
gpo_imap_response_words (const GpoImapResponse *response)
{
  return g_utf8_make_valid (response->rest, (gssize) response->rest_length);
}

/* --- mailboxes --- */

gboolean
gpo_imap_response_list (const GpoImapResponse *response, char **name, gboolean *selectable)
{
  GpoImapParser parser = rest_of (response);
  g_autofree char *delimiter = NULL;
  const char *flag;
  gsize length;
  *selectable = TRUE;
  if (!gpo_imap_must (&parser, '(', "\"(\""))
    return FALSE;
  while (!gpo_imap_skip (&parser, ')'))
    {
      gpo_imap_skip (&parser, ' ');
      if (!gpo_imap_must (&parser, '\\', "a flag") || !gpo_imap_atom (&parser, &flag, &length, "a flag"))
        return FALSE;
      if ((length == 8 && g_ascii_strncasecmp (flag, "Noselect", 8) == 0)
          || (length == 11 && g_ascii_strncasecmp (flag, "NonExistent", 11) == 0))
        *selectable = FALSE;
    }
  return gpo_imap_space (&parser) && gpo_imap_nstring (&parser, &delimiter, "a delimiter")
         && gpo_imap_space (&parser) && gpo_imap_mailbox (&parser, name);
}

static gboolean
read_status_item (GpoImapParser *parser, guint32 *messages, guint32 *unseen)
{
  guint32 *into = gpo_imap_word (parser, "MESSAGES") ? messages
                  : gpo_imap_word (parser, "UNSEEN") ? unseen
                                                     : NULL;
  return into && gpo_imap_space (parser) && gpo_imap_number (parser, into, "a number");
}

gboolean
gpo_imap_response_status (const GpoImapResponse *response, char **name, guint32 *messages, guint32 *unseen)
{
  GpoImapParser parser = rest_of (response);
  *messages = *unseen = 0;
  if (!gpo_imap_mailbox (&parser, name))
    return FALSE;
  gboolean ok = gpo_imap_space (&parser) && gpo_imap_must (&parser, '(', "\"(\"");
  while (ok && !gpo_imap_skip (&parser, ')'))
    {
      gpo_imap_skip (&parser, ' ');
      ok = read_status_item (&parser, messages, unseen);
    }
  if (!ok)
    g_clear_pointer (name, g_free);
  return ok;
}

gboolean
gpo_imap_response_search (const GpoImapResponse *response, GArray *numbers)
{
  GpoImapParser parser = rest_of (response);
  guint32 number;
  while (!gpo_imap_at_end (&parser))
    {
      gpo_imap_skip (&parser, ' ');
      if (!gpo_imap_number (&parser, &number, "a number"))
        return FALSE;
      g_array_append_val (numbers, number);
    }
  return TRUE;
}

/* --- letters --- */

/* BODY[…]<n>: passes over the section's name, in which header fields may stand as strings. */
static gboolean
skip_section (GpoImapParser *parser)
{
  if (!gpo_imap_must (parser, '[', "\"[\""))
    return FALSE;
  while (!gpo_imap_skip (parser, ']'))
    {
      g_autofree char *string = NULL;
      if (gpo_imap_at_end (parser))
        return gpo_imap_fail (parser, "\"]\"");
      if (gpo_imap_peek (parser) == '"' || gpo_imap_peek (parser) == '{')
        {
          if (!gpo_imap_string (parser, &string, "a field's name"))
            return FALSE;
        }
      else
        parser->at++;
    }
  if (!gpo_imap_skip (parser, '<'))
    return TRUE;
  while (g_ascii_isdigit (gpo_imap_peek (parser)))
    parser->at++;
  return gpo_imap_must (parser, '>', "an offset");
}

/* nstring, but any bytes, and where they are: a letter is not copied, and may hold NULs. */
static gboolean
read_bytes (GpoImapParser *parser, GpoImapFetched *out)
{
  if (gpo_imap_word (parser, "NIL"))
    return TRUE;
  gboolean quoted = gpo_imap_skip (parser, '"');
  if (quoted)
    {
      const char *start = parser->text + parser->at;
      const char *end = memchr (start, '"', parser->length - parser->at);
      if (!end || memchr (start, '\\', (gsize) (end - start)))
        return gpo_imap_fail (parser, "a string without backslashes");
      out->section = start;
      out->section_length = (gsize) (end - start);
      parser->at += out->section_length + 1;
      return TRUE;
    }
  const char *crlf = memchr (parser->text + parser->at, '\n', parser->length - parser->at);
  gsize marker = crlf ? (gsize) (crlf - parser->text) - parser->at : 0;
  guint64 size;
  gboolean sync;
  if (marker < 2 || crlf[-1] != '\r'
      || !gpo_imap_literal_at_end (parser->text + parser->at, marker - 1, &size, &sync)
      || size > parser->length - parser->at - marker - 1)
    return gpo_imap_fail (parser, "a literal");
  out->section = crlf + 1;
  out->section_length = size;
  parser->at += marker + 1 + size;
  return TRUE;
}

/* \Recent is no flag that a client can set, so gpo_imap_flags() refuses it; here it is told and left out. */
static gboolean
read_flags (GpoImapParser *parser, GpoImapFetched *out)
{
  gsize start = parser->at;
  const char *close = memchr (parser->text + start, ')', parser->length - start);
  if (!close)
    return gpo_imap_fail (parser, "\")\"");
  g_autoptr (GString) list = g_string_new_len (parser->text + start, close + 1 - (parser->text + start));
  g_string_replace (list, " \\Recent", "", 0);
  g_string_replace (list, "\\Recent ", "", 0);
  g_string_replace (list, "\\Recent", "", 0);
  g_autoptr (GPtrArray) keywords = g_ptr_array_new_with_free_func (g_free);
  GpoImapParser own = { .text = list->str, .length = list->len };
  out->has_flags = TRUE;
  parser->at = (gsize) (close + 1 - parser->text);
  return gpo_imap_flags (&own, TRUE, &out->flags, keywords);
}

static gboolean
read_item (GpoImapParser *parser, GpoImapFetched *out)
{
  guint32 number;
  if (gpo_imap_word (parser, "UID"))
    return gpo_imap_space (parser) && gpo_imap_number (parser, &out->uid, "a UID");
  if (gpo_imap_word (parser, "FLAGS"))
    return gpo_imap_space (parser) && read_flags (parser, out);
  if (gpo_imap_word (parser, "INTERNALDATE"))
    return gpo_imap_space (parser) && gpo_imap_date_time (parser, &out->date);
  if (gpo_imap_word (parser, "RFC822.SIZE"))
    {
      gboolean ok = gpo_imap_space (parser) && gpo_imap_number (parser, &number, "a size");
      out->size = ok ? number : 0;
      return ok;
    }
  /* "[" is an atom's character, so that no word ends before it */
  if (parser->length - parser->at > 4 && g_ascii_strncasecmp (parser->text + parser->at, "BODY", 4) == 0)
    {
      parser->at += 4;
      return skip_section (parser) && gpo_imap_space (parser) && read_bytes (parser, out);
    }
  return gpo_imap_fail (parser, "UID, FLAGS, INTERNALDATE, RFC822.SIZE or BODY[…]");
}

gboolean
gpo_imap_response_fetch (const GpoImapResponse *response, GpoImapFetched *out)
{
  GpoImapParser parser = rest_of (response);
  *out = (GpoImapFetched){ 0 };
  if (!gpo_imap_must (&parser, '(', "\"(\""))
    return FALSE;
  while (!gpo_imap_skip (&parser, ')'))
    {
      gpo_imap_skip (&parser, ' ');
      if (!read_item (&parser, out))
        return FALSE;
    }
  return gpo_imap_at_end (&parser);
}
