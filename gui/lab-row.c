/* SPDX-License-Identifier: MIT */
/* lab-row.c: one check or question of a lab. See lab-row.h. */
#include "lab-row.h"
#include "i18n.h"

struct _GpoLabRow
{
  GtkBox parent_instance;
  const GpoLab *lab;
  GpoOffice *office; /* outlives us */
  guint item;
  GpoLabVerdict verdict, look;
  guint64 event;
  GtkLabel *sign, *says, *details, *hints;
  GtkWidget *jump, *hint, *answer;
};

G_DEFINE_FINAL_TYPE (GpoLabRow, gpo_lab_row, GTK_TYPE_BOX)

/* With the ports of the office that is worked in. */
static char *
with_ports (GpoLabRow *row, const char *text)
{
  return row->office ? gpo_office_ports_in_use (row->office, text) : g_strdup (text);
}

static void
on_jump (GpoLabRow *row)
{
  g_signal_emit_by_name (row, "jump", row->event);
}

static void
on_hint (GpoLabRow *row)
{
  g_signal_emit_by_name (row, "hint");
}

static void
on_answer (GpoLabRow *row)
{
  const char *text = NULL;
  if (GTK_IS_DROP_DOWN (row->answer))
    {
      guint chosen = gtk_drop_down_get_selected (GTK_DROP_DOWN (row->answer));
      if (chosen > 0 && chosen != GTK_INVALID_LIST_POSITION)
        text = gpo_lab_item (row->lab, row->item)->choices[chosen - 1];
    }
  else
    text = gtk_editable_get_text (GTK_EDITABLE (row->answer));
  if (text && *text)
    g_signal_emit_by_name (row, "answer", text);
}

static GtkLabel *
add_label (GtkBox *box, const char *css)
{
  GtkWidget *label = gtk_label_new (NULL);
  gtk_label_set_wrap (GTK_LABEL (label), TRUE);
  gtk_label_set_wrap_mode (GTK_LABEL (label), PANGO_WRAP_WORD_CHAR);
  gtk_label_set_xalign (GTK_LABEL (label), 0);
  gtk_label_set_selectable (GTK_LABEL (label), css != NULL);
  gtk_widget_set_hexpand (label, TRUE);
  if (css)
    gtk_widget_add_css_class (label, css);
  gtk_box_append (box, label);
  return GTK_LABEL (label);
}

/* One may be chosen, or a text typed. */
static GtkWidget *
answer_of (const GpoLabItem *item)
{
  if (!item->choices)
    {
      GtkWidget *entry = gtk_entry_new ();
      gtk_entry_set_placeholder_text (GTK_ENTRY (entry), _ ("Your answer, then Enter"));
      return entry;
    }
  g_autoptr (GStrvBuilder) words = g_strv_builder_new ();
  g_strv_builder_add (words, _ ("Choose an answer"));
  g_strv_builder_addv (words, (const char **) gpo_lab_item_choices (item));
  g_auto (GStrv) list = g_strv_builder_end (words);
  return gtk_drop_down_new_from_strings ((const char *const *) list);
}

GtkWidget *
gpo_lab_row_new (const GpoLab *lab, guint i, GpoOffice *office)
{
  GpoLabRow *row
      = g_object_new (GPO_TYPE_LAB_ROW, "orientation", GTK_ORIENTATION_VERTICAL, "spacing", 2, NULL);
  const GpoLabItem *item = gpo_lab_item (lab, i);
  GtkWidget *top = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 8),
            *below = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 6);
  row->lab = lab;
  row->office = office;
  row->item = i;
  row->event = G_MAXUINT64;
  row->sign = GTK_LABEL (gtk_label_new (NULL));
  gtk_widget_set_valign (GTK_WIDGET (row->sign), GTK_ALIGN_START);
  gtk_box_append (GTK_BOX (top), GTK_WIDGET (row->sign));
  row->says = add_label (GTK_BOX (top), NULL);
  gtk_label_set_text (row->says, item->says);
  row->hint = gtk_button_new_with_label (_ ("Hint"));
  row->jump = gtk_button_new ();
  gtk_widget_add_css_class (row->jump, "flat");
  gtk_widget_add_css_class (row->hint, "flat");
  gtk_widget_set_valign (row->jump, GTK_ALIGN_START);
  gtk_box_append (GTK_BOX (top), row->jump);
  gtk_box_append (GTK_BOX (below), row->hint);
  gtk_widget_set_visible (row->jump, FALSE);
  gtk_widget_set_visible (row->hint, *item->hints != NULL);
  gtk_box_append (GTK_BOX (row), top);
  row->details = add_label (GTK_BOX (row), "lab-details");
  row->hints = add_label (GTK_BOX (row), "lab-hints");
  gtk_widget_set_visible (GTK_WIDGET (row->hints), FALSE);
  g_signal_connect_swapped (row->jump, "clicked", G_CALLBACK (on_jump), row);
  g_signal_connect_swapped (row->hint, "clicked", G_CALLBACK (on_hint), row);
  if (item->type == GPO_LAB_QUESTION)
    {
      row->answer = answer_of (item);
      gtk_widget_set_hexpand (row->answer, TRUE);
      gtk_accessible_update_property (GTK_ACCESSIBLE (row->answer), GTK_ACCESSIBLE_PROPERTY_LABEL, item->ask,
                                      -1);
      gtk_box_append (GTK_BOX (row), row->answer);
      if (item->choices)
        g_signal_connect_swapped (row->answer, "notify::selected", G_CALLBACK (on_answer), row);
      else
        g_signal_connect_swapped (row->answer, "activate", G_CALLBACK (on_answer), row);
    }
  gtk_widget_set_halign (below, GTK_ALIGN_END);
  gtk_box_append (GTK_BOX (row), below);
  gpo_lab_row_show (row, &(GpoLabResult){ .event = G_MAXUINT64, .waits_for = -1, .mistake = -1 });
  return GTK_WIDGET (row);
}

guint
gpo_lab_row_get_item (GpoLabRow *row)
{
  return row->item;
}

void
gpo_lab_row_show (GpoLabRow *row, const GpoLabResult *result)
{
  static const char *const signs[] = { "○", "✗", "✓" };
  static const char *const css[] = { "lab-open", "lab-failed", "lab-passed" };
  const char *words[] = { _ ("not reached"), _ ("failed"), _ ("passed") };
  g_autoptr (GString) text = g_string_new (NULL);
  gboolean open = result->verdict != GPO_LAB_PASSED;
  gtk_widget_remove_css_class (GTK_WIDGET (row), css[row->look]);
  row->verdict = result->verdict;
  row->event = result->event;
  row->look = result->tried ? GPO_LAB_NOT_REACHED : row->verdict;
  gtk_widget_add_css_class (GTK_WIDGET (row), css[row->look]);
  gtk_label_set_text (row->sign, signs[row->look]);
  g_autofree char *name
      = g_strdup_printf ("%s: %s", words[row->look], gpo_lab_item (row->lab, row->item)->says);
  gtk_accessible_update_property (GTK_ACCESSIBLE (row), GTK_ACCESSIBLE_PROPERTY_LABEL, name, -1);
  g_autofree char *told = result->says ? with_ports (row, result->says) : NULL;
  if (told)
    g_string_append (text, told);
  if (open && result->seen && result->expected)
    g_string_append_printf (text, "%s%s %s\n%s %s", text->len ? "\n" : "", _ ("expected:"), result->expected,
                            _ ("seen:"), result->seen);
  else if (open && result->seen && !told)
    g_string_append_printf (text, "%s %s", _ ("seen:"), result->seen);
  if (open && result->bytes)
    g_string_append_printf (text, "%s%s", text->len ? "\n" : "", result->bytes);
  gtk_label_set_text (row->details, text->str);
  gtk_widget_set_visible (GTK_WIDGET (row->details), text->len > 0);
  gtk_widget_set_visible (row->jump, row->event != G_MAXUINT64);
  gtk_widget_set_visible (row->hint, open && *gpo_lab_item (row->lab, row->item)->hints);
  g_autofree char *label = g_strdup_printf (_ ("Event %lu"), (gulong) row->event);
  gtk_button_set_label (GTK_BUTTON (row->jump), label);
  if (row->answer)
    gtk_widget_set_sensitive (row->answer, open);
}

void
gpo_lab_row_show_hints (GpoLabRow *row, guint n)
{
  char **hints = gpo_lab_item (row->lab, row->item)->hints;
  g_autoptr (GString) text = g_string_new (NULL);
  for (guint i = 0; i < n && hints[i]; i++)
    g_string_append_printf (text, "%s%s", i ? "\n" : "", hints[i]);
  g_autofree char *told = with_ports (row, text->str);
  gtk_label_set_text (row->hints, told);
  gtk_widget_set_visible (GTK_WIDGET (row->hints), text->len > 0);
  gtk_widget_set_sensitive (row->hint, n < g_strv_length (hints));
}

GpoLabVerdict
gpo_lab_row_get_verdict (GpoLabRow *row)
{
  return row->verdict;
}

const char *
gpo_lab_row_get_details (GpoLabRow *row)
{
  return gtk_label_get_text (row->details);
}

static void
gpo_lab_row_class_init (GpoLabRowClass *class)
{
  GType type = G_TYPE_FROM_CLASS (class);
  g_signal_new ("jump", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 1, G_TYPE_UINT64);
  g_signal_new ("hint", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  g_signal_new ("answer", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 1, G_TYPE_STRING);
  gtk_widget_class_set_css_name (GTK_WIDGET_CLASS (class), "labrow");
}

static void
gpo_lab_row_init (GpoLabRow *row)
{
}
