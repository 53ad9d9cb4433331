/* SPDX-License-Identifier: MIT */
/* patience.c: the table of RFC 5321 §4.5.3.2, and what stands in for it elsewhere. */
#include "protocol/patience.h"
#include <string.h>

static const struct
{
  const char *protocol, *verb; /* NULL: the greeting; "": any other command */
  GpoPatience grants;
} table[] = {
  { "smtp", NULL, { 5 * 60, TRUE, "the greeting", "RFC 5321 §4.5.3.2.1" } },
  { "smtp", "MAIL", { 5 * 60, TRUE, "the answer to MAIL", "RFC 5321 §4.5.3.2.2" } },
  { "smtp", "RCPT", { 5 * 60, TRUE, "the answer to RCPT", "RFC 5321 §4.5.3.2.3" } },
  { "smtp", "DATA", { 2 * 60, TRUE, "354", "RFC 5321 §4.5.3.2.4" } },
  { "smtp", "BDAT", { 3 * 60, TRUE, "the next piece", "RFC 5321 §4.5.3.2.5" } },
  { "smtp", "end-of-data", { 10 * 60, TRUE, "the answer to the dot", "RFC 5321 §4.5.3.2.6" } },
  { "smtp", "", { 5 * 60, FALSE, "an answer", "RFC 5321 §4.5.3.2" } },
  { "imap", "", { 30 * 60, FALSE, "an answer", "RFC 9051 §5.4" } },
  { "pop3", "", { 10 * 60, FALSE, "an answer", "RFC 1939 §3" } },
};

GpoPatience
gpo_patience (const char *protocol, const char *verb)
{
  for (gsize i = 0; i < G_N_ELEMENTS (table); i++)
    if (g_strcmp0 (table[i].protocol, protocol) == 0
        && (g_strcmp0 (table[i].verb, verb) == 0 || (table[i].verb && !*table[i].verb)))
      return table[i].grants;
  return (GpoPatience){ 5 * 60, FALSE, "an answer", "RFC 5321 §4.5.3.2" };
}
