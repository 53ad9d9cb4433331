/* SPDX-License-Identifier: MIT */
/* imap-esearch-args.c: RETURN of SEARCH, which ESEARCH answers: RFC 4731 §3.1.
 *
 *     return = "RETURN" SP "(" [option *(SP option)] ")" SP
 *     option = "MIN" / "MAX" / "ALL" / "COUNT"         none: ALL */
#include "protocol/imap.h"

gboolean
gpo_imap_return_options (GpoImapParser *parser, GpoSearchArgs *args)
{
  static const struct
  {
    const char *word;
    guint bit;
  } options[] = { { "MIN", GPO_RETURN_MIN },
                  { "MAX", GPO_RETURN_MAX },
                  { "ALL", GPO_RETURN_ALL },
                  { "COUNT", GPO_RETURN_COUNT } };
  args->extended = TRUE;
  if (!gpo_imap_space (parser) || !gpo_imap_must (parser, '(', "a list of MIN, MAX, ALL and COUNT"))
    return FALSE;
  while (!gpo_imap_skip (parser, ')'))
    {
      guint i = 0;
      while (i < G_N_ELEMENTS (options) && !gpo_imap_word (parser, options[i].word))
        i++;
      if (i == G_N_ELEMENTS (options))
        return gpo_imap_fail (parser, "MIN, MAX, ALL, COUNT or \")\"");
      args->returns |= options[i].bit;
      if (!gpo_imap_skip (parser, ' ') && gpo_imap_peek (parser) != ')')
        return gpo_imap_fail (parser, "a space or \")\"");
    }
  if (args->returns == 0)
    args->returns = GPO_RETURN_ALL;
  return gpo_imap_space (parser);
}
