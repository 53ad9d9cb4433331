/* SPDX-License-Identifier: MIT */
/* letter-header.c: the header's fields: decoded, beside what stands there; told apart by kind and by who put
 * them there. */
#include "i18n.h"
#include "letter-columns.h"
#include <string.h>

/* The field's bytes as they are, with its folding made visible; under the decoded value if the two differ. */
static void
add_raw (GtkBox *box, const GpoFieldFact *field)
{
  g_auto (GStrv) lines = g_strsplit (field->raw, "\n", 40);
  for (guint i = 0; lines[i]; i++)
    {
      g_strchomp (lines[i]);
      const char *text = i == 0 ? g_strchug (lines[i]) : lines[i];
      gboolean tab = i && *text == '\t';
      g_autofree char *folded = i ? g_strconcat (tab ? "↳ ⇥" : "↳ ", text + tab, NULL) : g_strdup (text);
      gpo_letter_row_text (box, folded, "raw");
    }
}

static void
add_field (GtkListBox *list, const GpoFieldFact *field)
{
  static const char *const classes[]
      = { "field-trace", "field", "field-mime", "field", "own-field", "own-field" };
  GpoLetterRow about = { field->span, field->event, -1 };
  GtkBox *box = gpo_letter_row_add (list, &about);
  gboolean machine = field->kind == GPO_HEADER_TRACE && field->folded; /* its lines alone read better */
  gpo_letter_row_field (box, field->name, machine ? "" : field->text, classes[field->kind]);
  if (field->encoded || field->folded)
    add_raw (box, field);
  const char *kind = field->kind == GPO_HEADER_TRACE && !field->added_by
                         ? _ ("trace, but it came with the letter: only claimed")
                     : field->kind == GPO_HEADER_OWN   ? _ ("X-: its writer’s own, no standard")
                     : field->kind == GPO_HEADER_OTHER ? _ ("a name that we know from no standard")
                                                       : NULL;
  if (kind)
    gpo_letter_row_text (box, kind, "kind");
}

static void
add_origin (GtkListBox *list, GpoSymbol host)
{
  g_autofree char *text = host ? g_strdup_printf (_ ("⇡ put on top by %s"), gpo_symbol_name (host))
                               : g_strdup (_ ("came with the letter"));
  gpo_letter_row_text (gpo_letter_row_add (list, NULL), text, "group");
}

void
gpo_letter_show_header (GtkListBox *list, const GpoLetterFacts *facts)
{
  GpoSymbol origin = (GpoSymbol) -1;
  gpo_letter_list_empty (list);
  for (guint i = 0; i < facts->fields->len && i < GPO_LETTER_ROWS; i++)
    {
      const GpoFieldFact *field = facts->fields->pdata[i];
      if (field->added_by != origin)
        add_origin (list, field->added_by);
      origin = field->added_by;
      add_field (list, field);
    }
  GtkBox *last = gpo_letter_row_add (list, NULL);
  if (facts->fields->len > GPO_LETTER_ROWS)
    {
      g_autofree char *text
          = g_strdup_printf (_ ("… and %u fields more: see Bytes"), facts->fields->len - GPO_LETTER_ROWS);
      gpo_letter_row_text (last, text, "dim-label");
    }
  else if (facts->fields->len == 0)
    gpo_letter_row_text (last, _ ("Not sent yet: it comes after DATA."), "dim-label");
  else if (!facts->header_ended)
    gpo_letter_row_text (last, facts->bytes ? _ ("The empty line that ends the header has not come.") : "",
                         "dim-label");
}
