/* SPDX-License-Identifier: MIT */
/* fault.c: reading the rules of what is to go wrong. */
#include "office/fault.h"
#include "office/scenario.h"
#include "wire/nearest.h"
#include <string.h>

G_DEFINE_QUARK (gpo - fault - error - quark, gpo_fault_error)

static const char *const kinds[] = { "delay", "reply", "drop", "down", "corrupt", "greylist", NULL };

static gboolean
wrong (GError **error, const char *text)
{
  g_set_error_literal (error, GPO_FAULT_ERROR, GPO_FAULT_ERROR_DO, text);
  return FALSE;
}

/* A reply of SMTP has a code; those of IMAP and POP3 begin with a word. */
static gboolean
reply_is_good (const char *text)
{
  static const char *const words[] = { "NO", "BAD", "BYE", "-ERR", NULL };
  for (const char *p = text; *p; p++)
    if (!g_ascii_isprint (*p))
      return FALSE;
  if (text[0] >= '2' && text[0] <= '5' && g_ascii_isdigit (text[1]) && g_ascii_isdigit (text[2]))
    return text[3] == ' ' && text[4] && strlen (text) <= 500;
  g_autofree char *first = g_strndup (text, strcspn (text, " "));
  return g_strv_contains (words, first) && text[strlen (first)] == ' ';
}

static gboolean
read_action (GpoFault *fault, GError **error)
{
  g_auto (GStrv) parts = g_strsplit (fault->action, " ", 2);
  const char *word = parts[0] ? parts[0] : "", *rest = parts[0] && parts[1] ? g_strstrip (parts[1]) : "";
  int kind = -1;
  for (int i = 0; kinds[i]; i++)
    if (g_ascii_strcasecmp (kinds[i], word) == 0)
      kind = i;
  if (kind < 0)
    {
      const char *meant = gpo_nearest_word (word, kinds);
      g_autofree char *all = g_strjoinv (", ", (char **) kinds);
      g_autofree char *text
          = meant ? g_strdup_printf ("nothing is called \"%s\"; did you mean \"%s\"?", word, meant)
                  : g_strdup_printf ("nothing is called \"%s\"; there is: %s", word, all);
      return wrong (error, text);
    }
  fault->kind = (GpoFaultKind) kind;
  if (kind == GPO_FAULT_DELAY && !gpo_duration_parse (rest, &fault->delay))
    return wrong (error, "say how long: delay 2s");
  if (kind == GPO_FAULT_REPLY && !reply_is_good (rest))
    return wrong (error, "say what to reply: reply 451 4.3.0 Not now");
  if (kind > GPO_FAULT_REPLY && *rest)
    return wrong (error, "nothing stands behind this word");
  if (kind == GPO_FAULT_REPLY)
    fault->reply = g_strdup (rest);
  if (kind == GPO_FAULT_GREYLIST)
    fault->seen = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  return TRUE;
}

GpoFault *
gpo_fault_new (const char *name, const char *when, const char *action, guint times, GError **error)
{
  g_autoptr (GpoFault) fault = g_new0 (GpoFault, 1);
  g_autoptr (GError) syntax = NULL;
  fault->name = g_strdup (name);
  fault->action = g_strstrip (g_strdup (action));
  fault->times = times;
  fault->when = gpo_filter_parse (when, NULL, &syntax);
  if (!fault->when)
    g_set_error_literal (error, GPO_FAULT_ERROR, GPO_FAULT_ERROR_WHEN, syntax->message);
  if (!fault->when || !read_action (fault, error))
    return NULL;
  return g_steal_pointer (&fault);
}

void
gpo_fault_free (GpoFault *fault)
{
  g_free (fault->name);
  g_free (fault->action);
  g_free (fault->reply);
  g_clear_pointer (&fault->when, gpo_filter_free);
  g_clear_pointer (&fault->seen, g_hash_table_unref);
  g_free (fault);
}

gboolean
gpo_fault_is_spent (const GpoFault *fault)
{
  return fault->times && fault->acted >= fault->times;
}
