/* SPDX-License-Identifier: MIT */
/* answer-compare.c: where one answer differs from another in meaning, and what is worth a remark. */
#include "replay/answer.h"
#include <string.h>

static void
difference_free (gpointer data)
{
  GpoDeviation *difference = data;
  g_free (difference->text);
  g_free (difference);
}

GPtrArray *
gpo_differences_new (void)
{
  return g_ptr_array_new_with_free_func (difference_free);
}

G_GNUC_PRINTF (3, 4) static void tell (GPtrArray *out, gboolean counts, const char *format, ...)
{
  va_list args;
  GpoDeviation *difference = g_new (GpoDeviation, 1);
  va_start (args, format);
  difference->counts = counts;
  difference->text = g_strdup_vprintf (format, args);
  va_end (args);
  g_ptr_array_add (out, difference);
}

static int
by_text (gconstpointer a, gconstpointer b)
{
  return strcmp (*(const char *const *) a, *(const char *const *) b);
}

static GPtrArray *
sorted (GHashTable *set)
{
  GPtrArray *names = g_ptr_array_new ();
  GHashTableIter iter;
  gpointer name;
  if (set)
    {
      g_hash_table_iter_init (&iter, set);
      while (g_hash_table_iter_next (&iter, &name, NULL))
        g_ptr_array_add (names, name);
    }
  g_ptr_array_sort (names, by_text);
  return names;
}

char *
gpo_answer_names (GHashTable *set, const char *separator)
{
  g_autoptr (GPtrArray) names = sorted (set);
  g_ptr_array_add (names, NULL);
  return g_strjoinv (separator, (char **) names->pdata);
}

char *
gpo_answer_to_text (const GpoAnswer *answer)
{
  g_autofree char *kinds = gpo_answer_names (answer->kinds, ", ");
  const char *status = answer->status;
  gboolean finer = answer->code && answer->protocol == GPO_PROTOCOL_SMTP;
  if (!*status && answer->n_lines && !answer->kinds)
    return g_strdup ("what is no reply");
  if (!*status && !answer->kinds)
    return g_strdup ("nothing");
  if (!answer->kinds)
    return finer ? g_strdup (answer->code)
                 : g_strconcat (status, answer->code ? " " : "", answer->code ? answer->code : "", NULL);
  return g_strconcat (kinds, *status ? ", " : "", status, NULL);
}

/* --- comparing --- */

static void
compare_status (const GpoAnswer *expected, const GpoAnswer *seen, GPtrArray *out)
{
  g_autofree char *e = gpo_answer_to_text (expected), *s = gpo_answer_to_text (seen);
  if (strcmp (expected->status, seen->status) != 0)
    tell (out, TRUE, "%s instead of %s%s%s", s, e, seen->words ? ": " : "", seen->words ? seen->words : "");
  else if (g_strcmp0 (expected->code, seen->code) != 0)
    tell (out, FALSE, "%s where the trace has %s", seen->code ? seen->code : "no code",
          expected->code ? expected->code : "none");
}

/* What a server may leave out: extensions of RFC 7162 and RFC 8474, and alerts for people. */
static gboolean
may_be_missing (const char *kind)
{
  static const char *const optional[] = {
    "OK [HIGHESTMODSEQ]", "OK [NOMODSEQ]", "OK [MAILBOXID]", "OK [ALERT]", "OK", "OK [UNSEEN]", "RECENT", NULL
  };
  return g_strv_contains (optional, kind);
}

/* Untagged responses: what is missing counts; more than was asked for is always allowed (RFC 3501 §5.2). */
static void
compare_kinds (const GpoAnswer *expected, const GpoAnswer *seen, GPtrArray *out)
{
  g_autoptr (GPtrArray) wanted = sorted (expected->kinds), came = sorted (seen->kinds);
  for (guint i = 0; i < wanted->len; i++)
    {
      const char *kind = wanted->pdata[i];
      guint n = GPOINTER_TO_UINT (g_hash_table_lookup (expected->kinds, kind));
      guint m = seen->kinds ? GPOINTER_TO_UINT (g_hash_table_lookup (seen->kinds, kind)) : 0;
      if (m == 0)
        tell (out, !may_be_missing (kind), "no untagged %s", kind);
      else if (m != n)
        tell (out, FALSE, "%u untagged %s where the trace has %u", m, kind, n);
    }
  for (guint i = 0; i < came->len; i++)
    if (!expected->kinds || !g_hash_table_contains (expected->kinds, came->pdata[i]))
      tell (out, FALSE, "an untagged %s more", (const char *) came->pdata[i]);
}

static void
compare_capabilities (const GpoAnswer *expected, const GpoAnswer *seen, GPtrArray *out)
{
  g_autoptr (GPtrArray) wanted = sorted (expected->capabilities);
  g_autoptr (GString) missing = g_string_new (NULL);
  if (wanted->len && !seen->capabilities && expected->protocol == GPO_PROTOCOL_IMAP
      && !g_hash_table_contains (expected->kinds ? expected->kinds : expected->capabilities, "CAPABILITY"))
    return; /* told without being asked for: a server need not */
  for (guint i = 0; i < wanted->len; i++)
    {
      const char *name = wanted->pdata[i];
      if (seen->capabilities && g_hash_table_contains (seen->capabilities, name))
        continue;
      g_string_append_printf (missing, "%s%s", missing->len ? ", " : "", name);
    }
  if (missing->len)
    tell (out, FALSE, "not offered: %s", missing->str);
}

void
gpo_answer_compare (const GpoAnswer *expected, const GpoAnswer *seen, GPtrArray *out)
{
  compare_status (expected, seen, out);
  compare_kinds (expected, seen, out);
  compare_capabilities (expected, seen, out);
}
