/* SPDX-License-Identifier: MIT */
/* imap-search-args.c: what SEARCH looks for: RFC 3501 §6.4.4. RETURN, YOUNGER, OLDER and MODSEQ are read by
 * imap-esearch-args.c, imap-within.c and imap-condstore-args.c.
 *
 *     search     = [return] [SP "CHARSET" SP astring] 1*(SP search-key)
 *     search-key = "ALL" / flag keys / "BCC" … "TO" SP astring / "BEFORE" … SP date / "HEADER" SP astring SP
 * astring / "LARGER" / "SMALLER" SP number / within-key / modseq-key / "NOT" SP search-key / "OR" SP
 * search-key SP search-key / "UID" SP sequence-set / sequence-set /
 *                  "(" search-key *(SP search-key) ")"
 *
 * Keys become a tree; several in a row are joined by AND. */
#include "protocol/imap.h"
#include <string.h>

static void
key_free (GpoSearchKey *key)
{
  if (!key)
    return;
  key_free (key->first);
  key_free (key->second);
  g_free (key->name);
  g_free (key->text);
  gpo_imap_set_clear (&key->set);
  g_free (key);
}

void
gpo_imap_search_args_clear (GpoSearchArgs *args)
{
  key_free (args->key);
  args->key = NULL;
}

char *
gpo_imap_fold (const char *text, gssize length)
{
  g_autofree char *valid = g_utf8_make_valid (text, length);
  return g_utf8_casefold (valid, -1);
}

typedef struct
{
  GpoImapParser *parser;
  GpoSearchArgs *args;
  char *charset; /* NULL: UTF-8 */
  guint depth, n_keys;
} Reader;

static gboolean search_key (Reader *reader, GpoSearchKey **out);

static GpoSearchKey *
new_key (GpoSearchKind kind)
{
  GpoSearchKey *key = g_new0 (GpoSearchKey, 1);
  key->kind = kind;
  return key;
}

static GpoSearchKey *
joined (GpoSearchKind kind, GpoSearchKey *first, GpoSearchKey *second)
{
  GpoSearchKey *key = new_key (kind);
  key->first = first;
  key->second = second;
  return key;
}

/* --- keys that are one word --- */

static const struct
{
  const char *word;
  GpoSearchKind kind;
  guint32 flag;
  gboolean not ;
} words[] = {
  { "ALL", GPO_SEARCH_ALL, 0, FALSE },           { "ANSWERED", GPO_SEARCH_FLAG, 0x02, FALSE },
  { "UNANSWERED", GPO_SEARCH_FLAG, 0x02, TRUE }, { "DELETED", GPO_SEARCH_FLAG, 0x08, FALSE },
  { "UNDELETED", GPO_SEARCH_FLAG, 0x08, TRUE },  { "DRAFT", GPO_SEARCH_FLAG, 0x10, FALSE },
  { "UNDRAFT", GPO_SEARCH_FLAG, 0x10, TRUE },    { "FLAGGED", GPO_SEARCH_FLAG, 0x04, FALSE },
  { "UNFLAGGED", GPO_SEARCH_FLAG, 0x04, TRUE },  { "SEEN", GPO_SEARCH_FLAG, 0x01, FALSE },
  { "UNSEEN", GPO_SEARCH_FLAG, 0x01, TRUE },     { "RECENT", GPO_SEARCH_RECENT, 0, FALSE },
  { "OLD", GPO_SEARCH_RECENT, 0, TRUE },
};

static gboolean
word_key (GpoImapParser *parser, GpoSearchKey **out)
{
  for (guint i = 0; i < G_N_ELEMENTS (words); i++)
    if (gpo_imap_word (parser, words[i].word))
      {
        *out = new_key (words[i].kind);
        (*out)->flag = words[i].flag;
        if (words[i].not )
          *out = joined (GPO_SEARCH_NOT, *out, NULL);
        return TRUE;
      }
  if (!gpo_imap_word (parser, "NEW"))
    return FALSE;
  GpoSearchKey *seen = new_key (GPO_SEARCH_FLAG);
  seen->flag = 0x01;
  *out = joined (GPO_SEARCH_AND, new_key (GPO_SEARCH_RECENT), joined (GPO_SEARCH_NOT, seen, NULL));
  return TRUE;
}

/* --- keys with an argument --- */

typedef enum
{
  ARG_STRING,
  ARG_KEYWORD,
  ARG_DATE,
  ARG_NUMBER
} Argument;

static const struct
{
  const char *word;
  Argument argument;
  GpoSearchKind kind;
  GpoSearchDay compare;
  const char *field;
} with_argument[] = {
  { "BCC", ARG_STRING, GPO_SEARCH_HEADER, 0, "Bcc" },
  { "BODY", ARG_STRING, GPO_SEARCH_BODY, 0, NULL },
  { "CC", ARG_STRING, GPO_SEARCH_HEADER, 0, "Cc" },
  { "FROM", ARG_STRING, GPO_SEARCH_HEADER, 0, "From" },
  { "SUBJECT", ARG_STRING, GPO_SEARCH_HEADER, 0, "Subject" },
  { "TEXT", ARG_STRING, GPO_SEARCH_TEXT, 0, NULL },
  { "TO", ARG_STRING, GPO_SEARCH_HEADER, 0, "To" },
  { "KEYWORD", ARG_KEYWORD, GPO_SEARCH_KEYWORD, 0, NULL },
  { "BEFORE", ARG_DATE, GPO_SEARCH_INTERNAL, GPO_DAY_BEFORE, NULL },
  { "ON", ARG_DATE, GPO_SEARCH_INTERNAL, GPO_DAY_ON, NULL },
  { "SINCE", ARG_DATE, GPO_SEARCH_INTERNAL, GPO_DAY_SINCE, NULL },
  { "SENTBEFORE", ARG_DATE, GPO_SEARCH_SENT, GPO_DAY_BEFORE, NULL },
  { "SENTON", ARG_DATE, GPO_SEARCH_SENT, GPO_DAY_ON, NULL },
  { "SENTSINCE", ARG_DATE, GPO_SEARCH_SENT, GPO_DAY_SINCE, NULL },
  { "LARGER", ARG_NUMBER, GPO_SEARCH_LARGER, 0, NULL },
  { "SMALLER", ARG_NUMBER, GPO_SEARCH_SMALLER, 0, NULL },
};

/* A string in the search's charset as folded UTF-8. */
static gboolean
search_string (Reader *reader, char **out)
{
  g_autofree char *raw = NULL;
  gsize start = reader->parser->at;
  if (!gpo_imap_astring (reader->parser, &raw, "a string to search for"))
    return FALSE;
  g_autofree char *utf8
      = reader->charset ? g_convert (raw, -1, "UTF-8", reader->charset, NULL, NULL, NULL) : g_strdup (raw);
  if (!utf8 || !g_utf8_validate (utf8, -1, NULL))
    {
      reader->parser->at = start;
      return gpo_imap_fail (reader->parser, "a string in the charset of the search");
    }
  *out = gpo_imap_fold (utf8, -1);
  return TRUE;
}

static gboolean
keyword (GpoImapParser *parser, GpoSearchKey *key)
{
  const char *text;
  gsize length;
  if (!gpo_imap_atom (parser, &text, &length, "a keyword"))
    return FALSE;
  key->name = g_strndup (text, length);
  return TRUE;
}

static gboolean
argument (Reader *reader, Argument kind, GpoSearchKey *key)
{
  guint32 number = 0;
  gboolean ok = gpo_imap_space (reader->parser);
  if (!ok)
    return FALSE;
  switch (kind)
    {
    case ARG_STRING:
      return search_string (reader, &key->text);
    case ARG_KEYWORD:
      return keyword (reader->parser, key);
    case ARG_DATE:
      return gpo_imap_date (reader->parser, &key->day);
    case ARG_NUMBER:
      ok = gpo_imap_number (reader->parser, &number, "a number of bytes");
      break;
    }
  key->number = number;
  return ok;
}

/* TRUE if the word was one of these; *ok says whether its argument was good. */
static gboolean
argument_key (Reader *reader, GpoSearchKey **out, gboolean *ok)
{
  gboolean not = gpo_imap_word (reader->parser, "UNKEYWORD");
  for (guint i = 0; i < G_N_ELEMENTS (with_argument); i++)
    {
      if (not ? with_argument[i].argument != ARG_KEYWORD
              : !gpo_imap_word (reader->parser, with_argument[i].word))
        continue;
      GpoSearchKey *key = *out = new_key (with_argument[i].kind);
      key->compare = with_argument[i].compare;
      key->name = g_strdup (with_argument[i].field);
      *ok = argument (reader, with_argument[i].argument, key);
      if (not )
        *out = joined (GPO_SEARCH_NOT, key, NULL);
      return TRUE;
    }
  return FALSE;
}

/* --- the others --- */

static gboolean
header_key (Reader *reader, GpoSearchKey **out)
{
  *out = new_key (GPO_SEARCH_HEADER);
  return gpo_imap_space (reader->parser)
         && gpo_imap_astring (reader->parser, &(*out)->name, "a header field's name")
         && gpo_imap_space (reader->parser) && search_string (reader, &(*out)->text);
}

static gboolean
within_key (GpoImapParser *parser, GpoSearchKind kind, GpoSearchKey **out)
{
  *out = new_key (kind);
  return gpo_imap_within_args (parser, *out);
}

static gboolean
set_key (GpoImapParser *parser, GpoSearchKind kind, GpoSearchKey **out)
{
  *out = new_key (kind);
  return gpo_imap_sequence_set (parser, &(*out)->set);
}

static gboolean
keys (Reader *reader, GpoSearchKey **out)
{
  do
    {
      GpoSearchKey *key = NULL;
      gboolean ok = search_key (reader, &key);
      *out = *out && key ? joined (GPO_SEARCH_AND, *out, key) : key ? key : *out;
      if (!ok)
        return FALSE;
    }
  while (gpo_imap_skip (reader->parser, ' '));
  return TRUE;
}

static gboolean
or_key (Reader *reader, GpoSearchKey **out)
{
  *out = new_key (GPO_SEARCH_OR);
  return gpo_imap_space (reader->parser) && search_key (reader, &(*out)->first)
         && gpo_imap_space (reader->parser) && search_key (reader, &(*out)->second);
}

static gboolean
any_key (Reader *reader, GpoSearchKey **out)
{
  GpoImapParser *parser = reader->parser;
  gboolean ok = FALSE;
  char c = gpo_imap_peek (parser);
  if (c == '*' || g_ascii_isdigit (c))
    return set_key (parser, GPO_SEARCH_NUMBERS, out);
  if (gpo_imap_skip (parser, '('))
    return keys (reader, out) && gpo_imap_must (parser, ')', "a space or \")\"");
  if (word_key (parser, out))
    return TRUE;
  if (argument_key (reader, out, &ok))
    return ok;
  if (gpo_imap_word (parser, "YOUNGER"))
    return within_key (parser, GPO_SEARCH_YOUNGER, out);
  if (gpo_imap_word (parser, "OLDER"))
    return within_key (parser, GPO_SEARCH_OLDER, out);
  if (gpo_imap_word (parser, "UID"))
    return gpo_imap_space (parser) && set_key (parser, GPO_SEARCH_UIDS, out);
  if (gpo_imap_word (parser, "HEADER"))
    return header_key (reader, out);
  if (gpo_imap_word (parser, "MODSEQ"))
    {
      *out = new_key (GPO_SEARCH_MODSEQ);
      reader->args->modseq = TRUE;
      return gpo_imap_modseq_key (parser, *out);
    }
  if (gpo_imap_word (parser, "OR"))
    return or_key (reader, out);
  if (gpo_imap_word (parser, "NOT"))
    {
      *out = new_key (GPO_SEARCH_NOT);
      return gpo_imap_space (parser) && search_key (reader, &(*out)->first);
    }
  return gpo_imap_fail (parser, "a search key: ALL, UNSEEN, FROM, 1:10 …");
}

#define KEYS_MAX 1000

static gboolean
search_key (Reader *reader, GpoSearchKey **out)
{
  if (reader->depth == GPO_SEARCH_DEPTH)
    return gpo_imap_fail (reader->parser, "at most 64 keys within each other");
  if (reader->n_keys++ == KEYS_MAX)
    return gpo_imap_fail (reader->parser, "at most 1000 search keys");
  reader->depth++;
  gboolean ok = any_key (reader, out);
  reader->depth--;
  return ok;
}

/* --- before the keys --- */

static gboolean
charset (Reader *reader)
{
  if (!gpo_imap_space (reader->parser) || !gpo_imap_astring (reader->parser, &reader->charset, "a charset")
      || !gpo_imap_space (reader->parser))
    return FALSE;
  GIConv known = g_iconv_open ("UTF-8", reader->charset);
  reader->args->bad_charset = known == (GIConv) -1;
  if (!reader->args->bad_charset)
    g_iconv_close (known);
  if (g_ascii_strcasecmp (reader->charset, "UTF-8") == 0)
    g_clear_pointer (&reader->charset, g_free);
  return TRUE;
}

gboolean
gpo_imap_search_args (GpoImapParser *parser, GpoSearchArgs *args)
{
  Reader reader = { .parser = parser, .args = args };
  *args = (GpoSearchArgs){ .extended = FALSE };
  gboolean ok = !gpo_imap_word (parser, "RETURN") || gpo_imap_return_options (parser, args);
  if (ok && gpo_imap_word (parser, "CHARSET"))
    ok = charset (&reader);
  if (ok && !args->bad_charset)
    ok = keys (&reader, &args->key) && gpo_imap_at_end (parser);
  g_free (reader.charset);
  return ok;
}
