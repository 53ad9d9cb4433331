/* SPDX-License-Identifier: MIT */
/* letter-header.c: the header's fields: decoded, beside what stands there; told apart by kind and by who put
 * them there. */
#include "i18n.h"
#include "letter-columns.h"
#include <string.h>

/* The field's bytes as they are, with its folding made visible; under the decoded value if the two differ. */
static void
add_raw (GpoProse *prose, const GpoFieldFact *field)
{
  g_auto (GStrv) lines = g_strsplit (field->raw, "\n", 40);
  for (guint i = 0; lines[i]; i++)
    {
      g_strchomp (lines[i]);
      const char *text = i == 0 ? g_strchug (lines[i]) : lines[i];
      gboolean tab = i && *text == '\t';
      g_autofree char *folded = i ? g_strconcat (tab ? "↳ ⇥" : "↳ ", text + tab, NULL) : g_strdup (text);
      gpo_letter_row_text (prose, GPO_PROSE_RAW, folded);
    }
}

static void
add_field (GtkListBox *list, const GpoFieldFact *field)
{
  static const GpoProseStyle styles[] = { GPO_PROSE_TRACE_FIELD, GPO_PROSE_PLAIN,     GPO_PROSE_PLAIN,
                                          GPO_PROSE_PLAIN,       GPO_PROSE_OWN_FIELD, GPO_PROSE_OWN_FIELD };
  GpoLetterRow about = { field->span, field->event, -1 };
  GpoProse *prose = gpo_letter_row_add (list, &about);
  gboolean machine = field->kind == GPO_HEADER_TRACE && field->folded; /* its lines alone read better */
  gpo_letter_row_field (prose, styles[field->kind], field->name, machine ? "" : field->text);
  if (field->encoded || field->folded)
    add_raw (prose, field);
  const char *kind = field->kind == GPO_HEADER_TRACE && !field->added_by
                         ? _ ("trace, but it came with the letter: only claimed")
                     : field->kind == GPO_HEADER_OWN   ? _ ("X-: its writer’s own, no standard")
                     : field->kind == GPO_HEADER_OTHER ? _ ("a name that we know from no standard")
                                                       : NULL;
  if (kind)
    gpo_letter_row_text (prose, GPO_PROSE_ASIDE, kind);
}

static void
add_origin (GtkListBox *list, GpoSymbol host)
{
  g_autofree char *text = host ? g_strdup_printf (_ ("⇡ put on top by %s"), gpo_symbol_name (host))
                               : g_strdup (_ ("came with the letter"));
  gpo_letter_row_text (gpo_letter_row_add (list, NULL), GPO_PROSE_GROUP, text);
}

void
gpo_letter_show_header (GtkListBox *list, const GpoLetterFacts *facts)
{
  GpoSymbol origin = (GpoSymbol) -1;
  gpo_letter_list_begin (list);
  for (guint i = 0; i < facts->fields->len && i < GPO_LETTER_ROWS; i++)
    {
      const GpoFieldFact *field = facts->fields->pdata[i];
      if (field->added_by != origin)
        add_origin (list, field->added_by);
      origin = field->added_by;
      add_field (list, field);
    }
  GpoProse *last = gpo_letter_row_add (list, NULL);
  if (facts->fields->len > GPO_LETTER_ROWS)
    {
      g_autofree char *text
          = g_strdup_printf (_ ("… and %u fields more: see Bytes"), facts->fields->len - GPO_LETTER_ROWS);
      gpo_letter_row_text (last, GPO_PROSE_DIM, text);
    }
  else if (facts->fields->len == 0)
    gpo_letter_row_text (last, GPO_PROSE_DIM, _ ("Not sent yet: it comes after DATA."));
  else if (!facts->header_ended)
    gpo_letter_row_text (last, GPO_PROSE_DIM,
                         facts->bytes ? _ ("The empty line that ends the header has not come.") : "");
  gpo_letter_list_end (list);
}
