/* SPDX-License-Identifier: MIT */
/* replay-report.c: what came of re-enacting: for people, a line an answer; for machines, JUnit's XML. */
#include "command/replay.h"
#include "trace/transcript.h"
#include <stdio.h>
#include <string.h>

void
gpo_replay_case_free (gpointer data)
{
  GpoReplayCase *one = data;
  g_free (one->name);
  g_free (one->title);
  g_free (one->spec);
  g_free (one->problem);
  gpo_reenactment_free (one->result);
  g_free (one);
}

/* --- for people --- */

static char *
harmless (const char *text)
{
  GString *out = g_string_new (NULL);
  gpo_escape_text (out, text, strlen (text), GPO_TRANSCRIPT_PLAIN);
  return g_string_free (out, FALSE);
}

/* The sign in front: = agrees, ~ agrees with a remark, ! differs. */
static char
sign (const GpoReenactedLine *line, gboolean strict)
{
  return gpo_reenacted_line_differs (line, strict) ? '!' : line->differences->len ? '~' : '=';
}

static void
print_line (const GpoReenactedLine *line, gboolean strict, gboolean many)
{
  g_autofree char *said = harmless (line->said), *seen = harmless (line->seen);
  g_autofree char *session = many ? g_strdup_printf ("%u  ", line->session) : g_strdup ("");
  printf ("  %c %s%-50.70s  %s\n", sign (line, strict), session, said, seen);
  for (guint i = 0; i < line->differences->len; i++)
    {
      const GpoDeviation *difference = line->differences->pdata[i];
      g_autofree char *text = harmless (difference->text);
      printf ("      %s%s   (event %" G_GUINT64_FORMAT ")\n",
              difference->counts || strict ? "" : "remark: ", text, line->event);
    }
  if (gpo_reenacted_line_differs (line, strict) && line->state && line->should
      && strcmp (line->state, line->should) != 0)
    printf ("      by the table the server is now in state %s, not %s\n", line->state, line->should);
}

static void
print_sum (const GpoReplayCase *one)
{
  const GpoReenactment *r = one->result;
  printf ("  %s: %u answer%s in %u session%s, %u differ%s, %u with a remark, %.2f s\n",
          r->n_differences ? "differs" : "agrees", r->lines->len, r->lines->len == 1 ? "" : "s",
          r->n_sessions, r->n_sessions == 1 ? "" : "s", r->n_differences, r->n_differences == 1 ? "s" : "",
          r->n_remarks, r->seconds);
}

void
gpo_replay_print_case (const GpoReplayCase *one, gboolean strict, gboolean verbose)
{
  const char *outcome = one->problem ? "could not run" : one->result->n_differences ? "differs" : "agrees";
  g_autofree char *title = harmless (one->title ? one->title : ""),
                  *spec = harmless (one->spec ? one->spec : "");
  printf ("%-13s %s%s%s%s%s%s\n", outcome, one->name, *title ? ": " : "", title, *spec ? " (" : "", spec,
          *spec ? ")" : "");
  if (one->problem)
    {
      printf ("  %s\n", one->problem);
      return;
    }
  for (guint i = 0; i < one->result->lines->len; i++)
    {
      const GpoReenactedLine *line = one->result->lines->pdata[i];
      if (verbose || gpo_reenacted_line_differs (line, strict))
        print_line (line, strict, one->result->n_sessions > 1);
    }
  if (verbose || one->result->n_differences)
    print_sum (one);
  fflush (stdout);
}

/* --- for machines --- */

static void
append_escaped (GString *out, const char *text)
{
  g_autofree char *escaped = g_markup_escape_text (text, -1);
  for (const char *p = escaped; *p; p++)
    g_string_append_c (out, (guchar) *p < 32 && *p != '\n' ? ' ' : *p); /* XML 1.0 has no other controls */
}

static void
append_attribute (GString *out, const char *name, const char *value)
{
  g_string_append_printf (out, " %s=\"", name);
  append_escaped (out, value);
  g_string_append_c (out, '"');
}

static void
append_failure (GString *out, const GpoReenactment *result, gboolean strict)
{
  g_string_append_printf (out, "    <failure message=\"%u answers differ\">", result->n_differences);
  for (guint i = 0; i < result->lines->len; i++)
    {
      const GpoReenactedLine *line = result->lines->pdata[i];
      if (!gpo_reenacted_line_differs (line, strict))
        continue;
      g_autofree char *head = g_strdup_printf ("session %u, event %" G_GUINT64_FORMAT ": %s\n", line->session,
                                               line->event, line->said);
      append_escaped (out, head);
      for (guint k = 0; k < line->differences->len; k++)
        {
          append_escaped (out, ((GpoDeviation *) line->differences->pdata[k])->text);
          g_string_append_c (out, '\n');
        }
    }
  g_string_append (out, "</failure>\n");
}

static void
append_case (GString *out, const char *suite, const GpoReplayCase *one, gboolean strict)
{
  g_autofree char *name
      = g_strconcat (one->name, one->title ? ": " : "", one->title ? one->title : "", one->spec ? " (" : "",
                     one->spec ? one->spec : "", one->spec ? ")" : "", NULL);
  g_string_append (out, "  <testcase");
  append_attribute (out, "classname", suite);
  append_attribute (out, "name", name);
  g_string_append_printf (out, " time=\"%.3f\">\n", one->result ? one->result->seconds : 0.0);
  if (one->problem)
    {
      g_string_append (out, "    <error");
      append_attribute (out, "message", one->problem);
      g_string_append (out, "/>\n");
    }
  else if (one->result->n_differences)
    append_failure (out, one->result, strict);
  g_string_append (out, "  </testcase>\n");
}

char *
gpo_replay_junit (const char *suite, const GPtrArray *cases, gboolean strict)
{
  GString *out = g_string_new ("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuite");
  guint failures = 0, errors = 0;
  for (guint i = 0; i < cases->len; i++)
    {
      const GpoReplayCase *one = cases->pdata[i];
      errors += one->problem != NULL;
      failures += one->result && one->result->n_differences;
    }
  append_attribute (out, "name", suite);
  g_string_append_printf (out, " tests=\"%u\" failures=\"%u\" errors=\"%u\">\n", cases->len, failures,
                          errors);
  for (guint i = 0; i < cases->len; i++)
    append_case (out, suite, cases->pdata[i], strict);
  g_string_append (out, "</testsuite>\n");
  return g_string_free (out, FALSE);
}
