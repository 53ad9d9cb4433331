/* SPDX-License-Identifier: MIT */
/* answer-lines.c: words of a request, lines of an answer. */
#include "office/answer-lines.h"
#include "trace/transcript.h"
#include "wire/nearest.h"
#include <gio/gio.h>
#include <string.h>

gboolean
gpo_intent_wrong (GError **error, const char *format, ...)
{
  va_list args;
  va_start (args, format);
  g_autofree char *text = g_strdup_vprintf (format, args);
  va_end (args);
  g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT, text);
  return FALSE;
}

/* Cuts the first word off; *rest is what follows it. */
char *
gpo_intent_word (const char *line, const char **rest)
{
  line += strspn (line, " \t");
  gsize n = strcspn (line, " \t");
  *rest = line + n + strspn (line + n, " \t");
  return g_strndup (line, n);
}

gboolean
gpo_intent_unknown (const char *word, const char *const *words, GError **error)
{
  const char *meant = gpo_nearest_word (word, (const char **) words);
  g_autofree char *all = g_strjoinv (", ", (char **) words);
  if (meant)
    return gpo_intent_wrong (error, "there is no \"%s\"; did you mean \"%s\"?", word, meant);
  return gpo_intent_wrong (error, "there is no \"%s\"; there is: %s", word, all);
}

/* --- JSON --- */

void
gpo_answer_init (GpoAnswerLines *a)
{
  a->json = json_builder_new ();
  a->out = g_string_new (NULL);
}

void
gpo_answer_clear (GpoAnswerLines *a)
{
  g_object_unref (a->json);
  g_string_free (a->out, TRUE);
}

void
gpo_answer_begin (GpoAnswerLines *a)
{
  json_builder_reset (a->json);
  json_builder_begin_object (a->json);
}

void
gpo_answer_text (GpoAnswerLines *a, const char *name, const char *value)
{
  g_autofree char *valid = value ? g_utf8_make_valid (value, -1) : NULL;
  if (!valid)
    return;
  json_builder_set_member_name (a->json, name);
  json_builder_add_string_value (a->json, valid);
}

void
gpo_answer_number (GpoAnswerLines *a, const char *name, gint64 value)
{
  json_builder_set_member_name (a->json, name);
  json_builder_add_int_value (a->json, value);
}

void
gpo_answer_boolean (GpoAnswerLines *a, const char *name, gboolean value)
{
  json_builder_set_member_name (a->json, name);
  json_builder_add_boolean_value (a->json, value);
}

void
gpo_answer_end (GpoAnswerLines *a)
{
  json_builder_end_object (a->json);
  g_autoptr (JsonNode) root = json_builder_get_root (a->json);
  g_autofree char *line = gpo_escape_json (json_to_string (root, FALSE));
  g_string_append_printf (a->out, "%s\n", line);
}

gboolean
gpo_answer_count (GpoAnswerLines *a, guint n)
{
  gpo_answer_begin (a);
  gpo_answer_number (a, "count", n);
  gpo_answer_end (a);
  return TRUE;
}
