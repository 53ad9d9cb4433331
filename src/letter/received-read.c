/* SPDX-License-Identifier: MIT */
/* received-read.c: taking a Received field apart.
 *
 *   Stamp     = From-domain By-domain Opt-info [CFWS] ";" FWS date-time      RFC 5321 §4.4
 *   Opt-info  = [Via] [With] [ID] [For]
 *
 * A word is anything up to white space, a parenthesis or the semicolon; a comment may hold comments and
 * belongs to the clause before it.
 *
 * Who calls it: the chain of hops (src/replay/letter-chain). */
#include "letter/received-read.h"
#include "letter/date.h"
#include <string.h>

/* The next word or comment behind *at; a semicolon is a word. NULL at the end. */
static char *
next_token (const char *text, gsize length, gsize *at, gboolean *comment)
{
  while (*at < length && g_ascii_isspace (text[*at]))
    (*at)++;
  gsize start = *at;
  if (start == length)
    return NULL;
  *comment = text[start] == '(';
  if (text[start] == ';')
    return g_strndup (text + (*at)++, 1);
  if (*comment)
    {
      for (int depth = 0; *at < length; (*at)++)
        if (text[*at] == '\\' && *at + 1 < length)
          (*at)++;
        else if (text[*at] == '(')
          depth++;
        else if (text[*at] == ')' && --depth == 0)
          break;
      gsize end = *at;
      *at = MIN (length, *at + 1);
      return g_utf8_make_valid (text + start + 1, (gssize) (end - start - 1));
    }
  while (*at < length && !g_ascii_isspace (text[*at]) && text[*at] != '(' && text[*at] != ';')
    (*at)++;
  return g_utf8_make_valid (text + start, (gssize) (*at - start));
}

static char **
clause (GpoStamp *stamp, const char *word)
{
  const struct
  {
    const char *word;
    char **to;
  } clauses[] = { { "from", &stamp->from }, { "by", &stamp->by }, { "via", &stamp->via },
                  { "with", &stamp->with }, { "id", &stamp->id }, { "for", &stamp->for_path } };
  for (guint i = 0; i < G_N_ELEMENTS (clauses); i++)
    if (g_ascii_strcasecmp (word, clauses[i].word) == 0 && !*clauses[i].to)
      return clauses[i].to;
  return NULL;
}

static char *
without_angles (char *path)
{
  gsize length = path ? strlen (path) : 0;
  if (length >= 2 && path[0] == '<' && path[length - 1] == '>')
    {
      memmove (path, path + 1, length - 2);
      path[length - 2] = 0;
    }
  return path;
}

void
gpo_stamp_init (GpoStamp *stamp, const char *value, gsize length)
{
  gsize at = 0;
  gboolean comment = FALSE;
  char *token, **to = NULL;
  *stamp = (GpoStamp){ 0 };
  while ((token = next_token (value, length, &at, &comment)))
    {
      g_autofree char *word = token;
      if (!comment && strcmp (word, ";") == 0)
        {
          stamp->dated = gpo_date_parse (value + at, length - at, &stamp->when, &stamp->zone);
          break;
        }
      if (comment)
        {
          if (stamp->from && !stamp->by && !stamp->from_info)
            stamp->from_info = g_steal_pointer (&word);
        }
      else if (to)
        {
          *to = g_steal_pointer (&word);
          to = NULL;
        }
      else
        to = clause (stamp, word);
    }
  without_angles (stamp->for_path);
}

void
gpo_stamp_clear (GpoStamp *stamp)
{
  g_free (stamp->from);
  g_free (stamp->from_info);
  g_free (stamp->by);
  g_free (stamp->via);
  g_free (stamp->with);
  g_free (stamp->id);
  g_free (stamp->for_path);
  *stamp = (GpoStamp){ 0 };
}
