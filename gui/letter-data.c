/* SPDX-License-Identifier: MIT */
/* letter-data.c: the tree of parts, each with its encoding and its sizes. */
#include "i18n.h"
#include "said-words.h"
#include "letter-columns.h"
#include "replay/letter-words.h"

static void
add_part (GtkListBox *list, const GpoLetterFacts *facts, guint index)
{
  const GpoPartFact *part = facts->parts->pdata[index];
  const GpoPart *place = &facts->anatomy.parts[part->index];
  GpoLetterRow about = { index ? place->whole : place->body, G_MAXUINT64, (gint) index };
  about.event = gpo_transfer_event (gpo_letter_facts_transfer (facts), facts->bytes, about.span.start);
  GpoProse *prose = gpo_letter_row_add (list, &about);
  gboolean leaf = place->kind == GPO_PART_LEAF;
  const char *sign = place->kind == GPO_PART_MULTIPART ? "▣" : leaf ? "▤" : "✉";
  g_autofree char *held
      = g_strdup_printf (ngettext ("%u part", "%u parts", place->n_children), place->n_children);
  const char *aside = !leaf ? held : part->filename;
  g_autofree char *title
      = g_strdup_printf ("%s %s%s%s", sign, part->type, aside ? " · " : "", aside ? aside : "");
  gtk_widget_set_margin_start (GTK_WIDGET (prose), (int) MIN (part->depth, 12) * 14);
  gpo_letter_row_text (prose, GPO_PROSE_PART, title);
  if (!leaf)
    return;
  g_autofree char *size = gpo_part_size_words (part);
  g_autofree char *text = g_strdup_printf ("%s · %s", gpo_form_name (part->form.declared), size);
  gpo_letter_row_text (prose, GPO_PROSE_ASIDE, text);
}

void
gpo_letter_show_parts (GtkListBox *list, const GpoLetterFacts *facts)
{
  gpo_letter_list_begin (list);
  for (guint i = 0; i < facts->parts->len && i < GPO_LETTER_ROWS; i++)
    add_part (list, facts, i);
  if (facts->parts->len > GPO_LETTER_ROWS)
    {
      g_autofree char *text
          = g_strdup_printf (_ ("… and %u parts more: see Bytes"), facts->parts->len - GPO_LETTER_ROWS);
      gpo_letter_row_text (gpo_letter_row_add (list, NULL), GPO_PROSE_DIM, text);
    }
  else if (facts->parts->len == 0)
    gpo_letter_row_text (gpo_letter_row_add (list, NULL), GPO_PROSE_DIM,
                         gpo_missing_words (facts, _ ("Not sent yet: the data come behind the header.")));
  gpo_letter_list_end (list);
}
