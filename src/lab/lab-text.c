/* SPDX-License-Identifier: MIT */
/* lab-text.c: lab.md cut into its steps.
 *
 *     # The envelope is not the header        the title, once
 *     why one should care                     the intro
 *     ## Write to Bob                         step 1
 *     what to do                              its text, CommonMark
 *
 * Only the headings are looked at, and not those inside a fenced block (CommonMark 0.30, 4.2 and 4.5);
 * who shows the text renders it. */
#include "lab/lab-read.h"
#include <string.h>

#define MAX_STEPS 50

typedef struct
{
  GpoLab *lab;
  const char *name;
  guint line;
  char *title;
  GString *text; /* of the section that is open */
  gboolean fenced;
  GError **error;
} Cutter;

static gboolean
wrong (Cutter *cutter, const char *text)
{
  g_set_error (cutter->error, GPO_LAB_ERROR, GPO_LAB_ERROR_WRONG, "%s:%u: %s", cutter->name, cutter->line,
               text);
  return FALSE;
}

/* Empty lines around it go; the first line keeps its indent, which may be what makes it code. */
static char *
trimmed (const char *text)
{
  const char *start = text;
  for (const char *p = text; g_ascii_isspace (*p); p++)
    if (*p == '\n')
      start = p + 1;
  return g_strchomp (g_strdup (start));
}

static void
end_section (Cutter *cutter)
{
  GpoLab *lab = cutter->lab;
  g_autofree char *text = trimmed (cutter->text->str);
  g_string_truncate (cutter->text, 0);
  if (lab->steps->len == 0)
    lab->intro = g_steal_pointer (&text);
  else
    ((GpoLabStep *) lab->steps->pdata[lab->steps->len - 1])->text = g_steal_pointer (&text);
}

static gboolean
take_line (Cutter *cutter, const char *line)
{
  GpoLab *lab = cutter->lab;
  if (g_str_has_prefix (line, "```") || g_str_has_prefix (line, "~~~"))
    cutter->fenced = !cutter->fenced;
  if (!cutter->fenced && g_str_has_prefix (line, "# "))
    {
      if (cutter->title)
        return wrong (cutter, "a second title; a step begins with ##");
      cutter->title = g_strstrip (g_strdup (line + 2));
      return TRUE;
    }
  if (cutter->fenced || !g_str_has_prefix (line, "## "))
    {
      g_string_append_printf (cutter->text, "%s\n", line);
      return TRUE;
    }
  if (!cutter->title)
    return wrong (cutter, "a step before the title; begin with a line like: # The first letter");
  if (lab->steps->len == MAX_STEPS)
    return wrong (cutter, "more than 50 steps; make two labs");
  end_section (cutter);
  GpoLabStep *step = g_new0 (GpoLabStep, 1);
  step->title = g_strstrip (g_strdup (line + 3));
  g_ptr_array_add (lab->steps, step);
  return TRUE;
}

gboolean
gpo_lab_read_text (GpoLab *lab, const char *name, const char *text, gsize length, char **title,
                   GError **error)
{
  Cutter cutter = { .lab = lab, .name = name, .line = 1, .error = error };
  gboolean ok = TRUE;
  if (!g_utf8_validate (text, (gssize) length, NULL))
    return wrong (&cutter, "a byte that is not UTF-8; save the file as UTF-8");
  g_autofree char *copy = g_strndup (text, length);
  g_auto (GStrv) lines = g_strsplit (copy, "\n", -1);
  cutter.text = g_string_new (NULL);
  for (char **line = lines; *line && ok; line++, cutter.line++)
    ok = take_line (&cutter, g_strchomp (*line));
  if (ok)
    end_section (&cutter);
  g_string_free (cutter.text, TRUE);
  if (ok && lab->steps->len == 0)
    ok = wrong (&cutter, "there is no step; each step is a section that begins with ##");
  if (ok && title)
    *title = g_steal_pointer (&cutter.title);
  g_free (cutter.title);
  return ok;
}
