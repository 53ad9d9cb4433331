/* SPDX-License-Identifier: MIT */
/* intent-lab.c: what a student does in a lab becomes `lab` events of the trace, so that the trace alone can
 * be handed in and judged. The office knows nothing of labs: it writes down what it is told.
 *
 *     NAME start VERSION [PERSON]   NAME step N   NAME hint CHECK   NAME answer CHECK TEXT */
#include "office/office-private.h"
#include <string.h>

static char *
cut_word (const char **line)
{
  *line += strspn (*line, " \t");
  gsize n = strcspn (*line, " \t");
  char *word = g_strndup (*line, n);
  *line += n + strspn (*line + n, " \t");
  return word;
}

static gboolean
begin (GpoOffice *office, GpoEventBuilder *b, const char *name, const char *action)
{
  gpo_office_event (office, b, GPO_KIND_LAB, action);
  gpo_event_add_text (b, GPO_FIELD_NAME, name, -1);
  return TRUE;
}

gboolean
gpo_office_note_lab (GpoOffice *office, const char *words, GError **error)
{
  GpoEventBuilder b;
  guint64 number = 0;
  g_autofree char *name = cut_word (&words);
  g_autofree char *action = cut_word (&words);
  g_autofree char *word = cut_word (&words);
  gboolean numbered = g_ascii_string_to_unsigned (word, 10, 1, 9999, &number, NULL), noted = FALSE;
  if (strcmp (action, "start") == 0 && numbered && (noted = begin (office, &b, name, "start")))
    {
      gpo_event_add_number (&b, GPO_FIELD_VERSION, (gint64) number);
      gpo_event_add_text (&b, GPO_FIELD_PERSON, *words ? words : NULL, -1);
    }
  else if (strcmp (action, "step") == 0 && numbered && (noted = begin (office, &b, name, "step")))
    gpo_event_add_number (&b, GPO_FIELD_STEP, (gint64) number);
  else if (strcmp (action, "hint") == 0 && *word && (noted = begin (office, &b, name, "hint")))
    gpo_event_add_text (&b, GPO_FIELD_CHECK, word, -1);
  else if (strcmp (action, "answer") == 0 && *word && *words && (noted = begin (office, &b, name, "answer")))
    {
      gpo_event_add_text (&b, GPO_FIELD_CHECK, word, -1);
      gpo_event_add_text (&b, GPO_FIELD_ANSWER, words, -1);
    }
  if (noted)
    gpo_log_append (office->parts.log, &b);
  else
    g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT,
                         "say: lab NAME start VERSION [PERSON], lab NAME step N, lab NAME hint CHECK, or "
                         "lab NAME answer CHECK TEXT");
  return noted;
}
