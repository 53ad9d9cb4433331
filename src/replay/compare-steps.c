/* SPDX-License-Identifier: MIT */
/* compare-steps.c: how two steps of sessions differ: what was said without tags and sizes, what was answered
 * by meaning. */
#include "replay/compare.h"
#include <string.h>

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

char *
gpo_step_to_text (const GpoStep *step)
{
  switch (step->kind)
    {
    case GPO_STEP_SAY:
      return gpo_step_words (step);
    case GPO_STEP_ANSWER:
      return gpo_answer_to_text (step->answer);
    case GPO_STEP_TLS:
      return g_strdup ("TLS");
    case GPO_STEP_HANG_UP:
      return g_strdup ("the client hangs up");
    default:
      return g_strdup ("the server hangs up");
    }
}

/* The line without what is different each time: IMAP's tag, the size of a letter, the case of letters. */
static char *
plain_words (const GpoStep *step, GpoProtocol protocol)
{
  g_autofree char *words = gpo_step_words (step);
  const char *text = words;
  if (protocol == GPO_PROTOCOL_IMAP && strchr (text, ' ') && strcmp (step->verb, "response") != 0)
    text = strchr (text, ' ') + 1;
  g_autofree char *plain = g_utf8_casefold (text, -1);
  char *size
      = protocol == GPO_PROTOCOL_SMTP && strcmp (step->verb, "MAIL") == 0 ? strstr (plain, " size=") : NULL;
  if (size)
    memmove (size, size + 6 + strspn (size + 6, "0123456789"),
             strlen (size + 6 + strspn (size + 6, "0123456789")) + 1);
  char *literal = protocol == GPO_PROTOCOL_IMAP ? strrchr (plain, '{') : NULL;
  if (literal)
    *literal = '\0';
  return g_steal_pointer (&plain);
}

/* What proves who one is, and what one calls oneself, is worth a remark. */
static gboolean
is_personal (const GpoStep *step)
{
  static const char *const verbs[]
      = { "response", "AUTH", "AUTHENTICATE", "PASS", "EHLO", "HELO", "ID", NULL };
  return g_strv_contains (verbs, step->verb);
}

static void
compare_said (const GpoStep *a, const GpoStep *b, GpoProtocol protocol, GPtrArray *out)
{
  g_autofree char *x = plain_words (a, protocol), *y = plain_words (b, protocol);
  g_autofree char *was = gpo_step_words (a), *is = gpo_step_words (b);
  if (!a->line && !b->line)
    {
      if (!g_bytes_equal (a->bytes, b->bytes))
        tell (out, FALSE, "other bytes: %" G_GSIZE_FORMAT " and %" G_GSIZE_FORMAT,
              g_bytes_get_size (a->bytes), g_bytes_get_size (b->bytes));
    }
  else if (strcmp (x, y) != 0)
    tell (out, !is_personal (a), "%s where the other says %s", was, is);
}

void
gpo_step_compare (const GpoStep *a, const GpoStep *b, GpoProtocol protocol, GPtrArray *out)
{
  if (a->kind == GPO_STEP_SAY && b->kind == GPO_STEP_SAY)
    compare_said (a, b, protocol, out);
  else if (a->kind == GPO_STEP_ANSWER && b->kind == GPO_STEP_ANSWER)
    gpo_answer_compare (a->answer, b->answer, out);
  else if (a->kind != b->kind)
    {
      g_autofree char *x = gpo_step_to_text (a), *y = gpo_step_to_text (b);
      tell (out, TRUE, "%s where in the other %s", x, y);
    }
}
