/* SPDX-License-Identifier: MIT */
/* filter-entry.c: an entry, a list of words that never takes the keyboard, and a line for the error. */
#include "filter-entry.h"
#include "i18n.h"
#include <string.h>

#define OFFERED 9

struct _GpoFilterEntry
{
  GtkWidget parent_instance;
  GtkEntry *entry;
  GtkLabel *problem;
  GtkPopover *popover;
  GtkListBox *list;
  GPtrArray *words; /* of GpoCompletion, as offered */
  gsize start;      /* byte where the word at the text cursor begins */
  gboolean taking;
};

enum
{
  CHANGED,
  ACTIVATE,
  N_SIGNALS
};
static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (GpoFilterEntry, gpo_filter_entry, GTK_TYPE_WIDGET)

/* --- offering words --- */

static void
put_away (GpoFilterEntry *entry)
{
  gtk_popover_popdown (entry->popover);
}

static gsize
position (GpoFilterEntry *entry)
{
  const char *text = gpo_filter_entry_get_text (entry);
  int characters = gtk_editable_get_position (GTK_EDITABLE (entry->entry));
  return (gsize) (g_utf8_offset_to_pointer (text, MIN (characters, g_utf8_strlen (text, -1))) - text);
}

static const char *
kind_words (GpoCompletionKind kind)
{
  switch (kind)
    {
    case GPO_COMPLETE_FIELD:
      return _ ("field");
    case GPO_COMPLETE_KIND:
      return _ ("kind of event");
    case GPO_COMPLETE_VALUE:
      return _ ("value");
    default:
      return "";
    }
}

static GtkWidget *
row_new (const GpoCompletion *word)
{
  GtkWidget *row = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 12), *text = gtk_label_new (word->text),
            *kind = gtk_label_new (kind_words (word->kind));
  gtk_label_set_xalign (GTK_LABEL (text), 0);
  gtk_widget_set_hexpand (text, TRUE);
  gtk_widget_add_css_class (text, "monospace");
  gtk_widget_add_css_class (kind, "dim-label");
  gtk_widget_add_css_class (kind, "caption");
  gtk_box_append (GTK_BOX (row), text);
  gtk_box_append (GTK_BOX (row), kind);
  return row;
}

static void
fill (GpoFilterEntry *entry)
{
  GtkWidget *row;
  g_clear_pointer (&entry->words, g_ptr_array_unref);
  entry->words = gpo_filter_complete (gpo_filter_entry_get_text (entry), position (entry), &entry->start);
  while ((row = gtk_widget_get_first_child (GTK_WIDGET (entry->list))))
    gtk_list_box_remove (entry->list, row);
  for (guint i = 0; i < MIN (entry->words->len, OFFERED); i++)
    gtk_list_box_append (entry->list, row_new (entry->words->pdata[i]));
}

char **
gpo_filter_entry_complete (GpoFilterEntry *entry)
{
  GStrvBuilder *out = g_strv_builder_new ();
  fill (entry);
  for (guint i = 0; i < MIN (entry->words->len, OFFERED); i++)
    g_strv_builder_add (out, ((GpoCompletion *) entry->words->pdata[i])->text);
  char **words = g_strv_builder_end (out);
  g_strv_builder_unref (out);
  return words;
}

/* Only where somebody types; a word that is complete already is not offered. */
static void
offer (GpoFilterEntry *entry)
{
  GtkWidget *inside = gtk_widget_get_first_child (GTK_WIDGET (entry->entry));
  fill (entry);
  const char *text = gpo_filter_entry_get_text (entry);
  gsize at = position (entry), typed = at - MIN (entry->start, at);
  guint n = MIN (entry->words->len, OFFERED);
  const GpoCompletion *only = n == 1 ? entry->words->pdata[0] : NULL;
  gboolean complete
      = only && strlen (only->text) == typed && !strncmp (only->text, text + entry->start, typed);
  if (n == 0 || complete || at == 0 || !inside || !gtk_widget_has_focus (inside))
    {
      put_away (entry);
      return;
    }
  gtk_popover_popup (entry->popover);
}

gboolean
gpo_filter_entry_take (GpoFilterEntry *entry, guint i)
{
  if (!entry->words || i >= entry->words->len)
    return FALSE;
  const GpoCompletion *word = entry->words->pdata[i];
  const char *text = gpo_filter_entry_get_text (entry);
  gsize at = position (entry), start = MIN (entry->start, at);
  g_autofree char *before = g_strndup (text, start);
  const char *after = text + at;
  gboolean space = *after != ' ' && strcmp (word->text, "(") != 0;
  g_autofree char *whole = g_strconcat (before, word->text, space ? " " : "", after, NULL);
  int to = (int) g_utf8_strlen (before, -1) + (int) g_utf8_strlen (word->text, -1) + 1;
  entry->taking = TRUE;
  gtk_editable_set_text (GTK_EDITABLE (entry->entry), whole);
  gtk_editable_set_position (GTK_EDITABLE (entry->entry), to);
  entry->taking = FALSE;
  put_away (entry);
  return TRUE;
}

static void
on_row (GpoFilterEntry *entry, GtkListBoxRow *row)
{
  gpo_filter_entry_take (entry, (guint) gtk_list_box_row_get_index (row));
}

static void
choose (GpoFilterEntry *entry, int by)
{
  GtkListBoxRow *row = gtk_list_box_get_selected_row (entry->list);
  int n = (int) MIN (entry->words->len, OFFERED);
  int i = row ? gtk_list_box_row_get_index (row) + by : by > 0 ? 0 : n - 1;
  gtk_list_box_select_row (entry->list, gtk_list_box_get_row_at_index (entry->list, CLAMP (i, 0, n - 1)));
}

static gboolean
on_key (GpoFilterEntry *entry, guint key, guint code, GdkModifierType state)
{
  if (key == GDK_KEY_space && (state & GDK_CONTROL_MASK))
    {
      offer (entry);
      return TRUE;
    }
  if (!gtk_widget_get_visible (GTK_WIDGET (entry->popover)))
    return FALSE;
  GtkListBoxRow *row = gtk_list_box_get_selected_row (entry->list);
  switch (key)
    {
    case GDK_KEY_Down:
    case GDK_KEY_Up:
      choose (entry, key == GDK_KEY_Down ? 1 : -1);
      return TRUE;
    case GDK_KEY_Escape:
      put_away (entry);
      return TRUE;
    case GDK_KEY_Tab:
      return gpo_filter_entry_take (entry, row ? (guint) gtk_list_box_row_get_index (row) : 0);
    case GDK_KEY_Return:
    case GDK_KEY_KP_Enter:
      if (row)
        return gpo_filter_entry_take (entry, (guint) gtk_list_box_row_get_index (row));
      put_away (entry);
      return FALSE;
    default:
      return FALSE;
    }
}

/* --- the text --- */

/* What stands from `where` on is underlined as misspelled words are. */
static void
mark (GpoFilterEntry *entry, gboolean wrong, gsize where)
{
  g_autoptr (PangoAttrList) list = pango_attr_list_new ();
  PangoAttribute *wave = pango_attr_underline_new (PANGO_UNDERLINE_ERROR);
  wave->start_index = (guint) where;
  wave->end_index = wrong ? PANGO_ATTR_INDEX_TO_TEXT_END : 0;
  pango_attr_list_insert (list, wave);
  gtk_entry_set_attributes (entry->entry, list);
}

/* The cause alone: where it is the window says itself. */
static char *
problem_words (const char *text, gsize where, const GError *error)
{
  const char *cause = strstr (error->message, ": ");
  return g_strdup_printf (_ ("At character %ld: %s"), g_utf8_strlen (text, (gssize) where) + 1,
                          cause ? cause + 2 : error->message);
}

gboolean
gpo_filter_entry_compile (GpoFilterEntry *entry, GpoFilter **filter)
{
  const char *text = gpo_filter_entry_get_text (entry);
  g_autoptr (GError) error = NULL;
  gsize where = 0;
  GpoFilter *made = *text ? gpo_filter_parse (text, &where, &error) : NULL;
  g_autofree char *words = error ? problem_words (text, where, error) : g_strdup ("");
  mark (entry, error != NULL, where);
  gtk_label_set_text (entry->problem, words);
  gtk_widget_set_visible (GTK_WIDGET (entry->problem), error != NULL);
  if (error)
    gtk_widget_add_css_class (GTK_WIDGET (entry->entry), "error");
  else
    gtk_widget_remove_css_class (GTK_WIDGET (entry->entry), "error");
  gtk_accessible_update_state (GTK_ACCESSIBLE (entry->entry), GTK_ACCESSIBLE_STATE_INVALID,
                               error ? GTK_ACCESSIBLE_INVALID_TRUE : GTK_ACCESSIBLE_INVALID_FALSE, -1);
  if (filter)
    *filter = made;
  else if (made)
    gpo_filter_free (made);
  return error == NULL;
}

static void
on_changed (GpoFilterEntry *entry)
{
  g_signal_emit (entry, signals[CHANGED], 0);
  if (!entry->taking)
    offer (entry);
}

static void
on_activate (GpoFilterEntry *entry)
{
  g_signal_emit (entry, signals[ACTIVATE], 0);
}

const char *
gpo_filter_entry_get_text (GpoFilterEntry *entry)
{
  return gtk_editable_get_text (GTK_EDITABLE (entry->entry));
}

void
gpo_filter_entry_set_text (GpoFilterEntry *entry, const char *text)
{
  entry->taking = TRUE;
  gtk_editable_set_text (GTK_EDITABLE (entry->entry), text);
  gtk_editable_set_position (GTK_EDITABLE (entry->entry), -1);
  entry->taking = FALSE;
}

const char *
gpo_filter_entry_get_problem (GpoFilterEntry *entry)
{
  const char *text = gtk_label_get_text (entry->problem);
  return *text ? text : NULL;
}

void
gpo_filter_entry_set_words (GpoFilterEntry *entry, const char *placeholder, const char *label)
{
  gtk_entry_set_placeholder_text (entry->entry, placeholder);
  gtk_accessible_update_property (GTK_ACCESSIBLE (entry->entry), GTK_ACCESSIBLE_PROPERTY_LABEL, label, -1);
}

/* --- the object --- */

static gboolean
gpo_filter_entry_grab_focus (GtkWidget *widget)
{
  return gtk_widget_grab_focus (GTK_WIDGET (GPO_FILTER_ENTRY (widget)->entry));
}

static void
gpo_filter_entry_dispose (GObject *object)
{
  GtkWidget *child;
  while ((child = gtk_widget_get_first_child (GTK_WIDGET (object))))
    gtk_widget_unparent (child);
  g_clear_pointer (&GPO_FILTER_ENTRY (object)->words, g_ptr_array_unref);
  G_OBJECT_CLASS (gpo_filter_entry_parent_class)->dispose (object);
}

static void
gpo_filter_entry_class_init (GpoFilterEntryClass *class)
{
  G_OBJECT_CLASS (class)->dispose = gpo_filter_entry_dispose;
  GTK_WIDGET_CLASS (class)->grab_focus = gpo_filter_entry_grab_focus;
  gtk_widget_class_set_layout_manager_type (GTK_WIDGET_CLASS (class), GTK_TYPE_BOX_LAYOUT);
  signals[CHANGED] = g_signal_new ("changed", G_TYPE_FROM_CLASS (class), G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                                   NULL, G_TYPE_NONE, 0);
  signals[ACTIVATE] = g_signal_new ("activate", G_TYPE_FROM_CLASS (class), G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                                    NULL, G_TYPE_NONE, 0);
}

static void
make_popover (GpoFilterEntry *entry)
{
  entry->popover = GTK_POPOVER (gtk_popover_new ());
  gtk_popover_set_autohide (entry->popover, FALSE);
  gtk_popover_set_has_arrow (entry->popover, FALSE);
  gtk_popover_set_position (entry->popover, GTK_POS_BOTTOM);
  gtk_widget_set_halign (GTK_WIDGET (entry->popover), GTK_ALIGN_START);
  gtk_widget_set_can_focus (GTK_WIDGET (entry->popover), FALSE);
  gtk_widget_add_css_class (GTK_WIDGET (entry->popover), "completion");
  entry->list = GTK_LIST_BOX (gtk_list_box_new ());
  gtk_accessible_update_property (GTK_ACCESSIBLE (entry->list), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  _ ("What may come here"), -1);
  g_signal_connect_swapped (entry->list, "row-activated", G_CALLBACK (on_row), entry);
  gtk_popover_set_child (entry->popover, GTK_WIDGET (entry->list));
  gtk_widget_set_parent (GTK_WIDGET (entry->popover), GTK_WIDGET (entry));
}

static void
gpo_filter_entry_init (GpoFilterEntry *entry)
{
  gtk_orientable_set_orientation (GTK_ORIENTABLE (gtk_widget_get_layout_manager (GTK_WIDGET (entry))),
                                  GTK_ORIENTATION_VERTICAL);
  entry->entry = GTK_ENTRY (gtk_entry_new ());
  gtk_editable_set_width_chars (GTK_EDITABLE (entry->entry), 14);
  gtk_widget_set_parent (GTK_WIDGET (entry->entry), GTK_WIDGET (entry));
  entry->problem = GTK_LABEL (gtk_label_new (""));
  gtk_label_set_xalign (entry->problem, 0);
  gtk_label_set_wrap (entry->problem, TRUE);
  gtk_widget_set_visible (GTK_WIDGET (entry->problem), FALSE);
  gtk_widget_add_css_class (GTK_WIDGET (entry->problem), "problem");
  gtk_widget_set_parent (GTK_WIDGET (entry->problem), GTK_WIDGET (entry));
  make_popover (entry);
  GtkEventController *keys = gtk_event_controller_key_new ();
  gtk_event_controller_set_propagation_phase (keys, GTK_PHASE_CAPTURE);
  g_signal_connect_swapped (keys, "key-pressed", G_CALLBACK (on_key), entry);
  gtk_widget_add_controller (GTK_WIDGET (entry), keys);
  GtkEventController *focus = gtk_event_controller_focus_new ();
  g_signal_connect_swapped (focus, "leave", G_CALLBACK (put_away), entry);
  gtk_widget_add_controller (GTK_WIDGET (entry), focus);
  g_signal_connect_swapped (entry->entry, "changed", G_CALLBACK (on_changed), entry);
  g_signal_connect_swapped (entry->entry, "activate", G_CALLBACK (on_activate), entry);
}
