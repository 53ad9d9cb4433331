/* SPDX-License-Identifier: MIT */
/* script-needs.c: which of what a server offers a line makes use of. What was refused needs nothing. */
#include "replay/script.h"
#include <string.h>

/* X stands in a line of this verb → that capability. An empty word: the verb itself is enough. */
typedef struct
{
  GpoProtocol protocol;
  const char *verb, *word, *capability;
} Need;

static const Need needs[] = {
  { GPO_PROTOCOL_SMTP, "BDAT", "", "CHUNKING" },
  { GPO_PROTOCOL_SMTP, "STARTTLS", "", "STARTTLS" },
  { GPO_PROTOCOL_SMTP, "MAIL", " SIZE=", "SIZE" },
  { GPO_PROTOCOL_SMTP, "MAIL", " BODY=8BITMIME", "8BITMIME" },
  { GPO_PROTOCOL_SMTP, "MAIL", " SMTPUTF8", "SMTPUTF8" },
  { GPO_PROTOCOL_SMTP, "MAIL", " RET=", "DSN" },
  { GPO_PROTOCOL_SMTP, "MAIL", " ENVID=", "DSN" },
  { GPO_PROTOCOL_SMTP, "RCPT", " NOTIFY=", "DSN" },
  { GPO_PROTOCOL_SMTP, "RCPT", " ORCPT=", "DSN" },
  { GPO_PROTOCOL_IMAP, "IDLE", "", "IDLE" },
  { GPO_PROTOCOL_IMAP, "MOVE", "", "MOVE" },
  { GPO_PROTOCOL_IMAP, "UID MOVE", "", "MOVE" },
  { GPO_PROTOCOL_IMAP, "UID EXPUNGE", "", "UIDPLUS" },
  { GPO_PROTOCOL_IMAP, "ENABLE", "", "ENABLE" },
  { GPO_PROTOCOL_IMAP, "NAMESPACE", "", "NAMESPACE" },
  { GPO_PROTOCOL_IMAP, "UNSELECT", "", "UNSELECT" },
  { GPO_PROTOCOL_IMAP, "ID", "", "ID" },
  { GPO_PROTOCOL_IMAP, "STARTTLS", "", "STARTTLS" },
  { GPO_PROTOCOL_POP3, "TOP", "", "TOP" },
  { GPO_PROTOCOL_POP3, "UIDL", "", "UIDL" },
  { GPO_PROTOCOL_POP3, "STLS", "", "STLS" },
};

static gboolean
contains (const char *line, gsize length, const char *word)
{
  gsize n = strlen (word);
  for (gsize i = 0; i + n <= length; i++)
    if (g_ascii_strncasecmp (line + i, word, n) == 0)
      return TRUE;
  return n == 0;
}

/* AUTH and AUTHENTICATE need their mechanism: the word behind the verb. */
static void
add_mechanism (GHashTable *set, const GpoScript *script, const char *line, gsize length)
{
  g_autofree char *text = g_strndup (line, length);
  g_auto (GStrv) words = g_strsplit_set (text, " \r\n", -1);
  guint at = script->protocol == GPO_PROTOCOL_IMAP ? 2 : 1;
  if (g_strv_length (words) <= at || !*words[at])
    return;
  g_autofree char *mechanism = g_ascii_strup (words[at], -1);
  g_hash_table_add (set,
                    g_strconcat (script->protocol == GPO_PROTOCOL_POP3 ? "SASL " : "AUTH ", mechanism, NULL));
}

static void
add_needs (GHashTable *set, const GpoScript *script, const GpoStep *say)
{
  gsize length;
  const char *line = g_bytes_get_data (say->bytes, &length);
  for (guint i = 0; i < G_N_ELEMENTS (needs); i++)
    if (needs[i].protocol == script->protocol && strcmp (needs[i].verb, say->verb) == 0
        && contains (line, length, needs[i].word))
      g_hash_table_add (set, g_strdup (needs[i].capability));
  if (strcmp (say->verb, "AUTH") == 0 || strcmp (say->verb, "AUTHENTICATE") == 0)
    add_mechanism (set, script, line, length);
}

static gboolean
was_granted (const GpoScript *script, const GpoStep *say)
{
  for (guint i = 0; i < script->steps->len; i++)
    {
      const GpoStep *step = script->steps->pdata[i];
      if (step->kind == GPO_STEP_ANSWER && step->to == say)
        return gpo_answer_accepts (step->answer);
    }
  return FALSE;
}

GHashTable *
gpo_script_step_needs (const GpoScript *script, const GpoStep *say)
{
  GHashTable *set = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  if (!say->line || !was_granted (script, say))
    return set;
  if (say->together && script->protocol == GPO_PROTOCOL_SMTP)
    g_hash_table_add (set, g_strdup ("PIPELINING"));
  add_needs (set, script, say);
  return set;
}
